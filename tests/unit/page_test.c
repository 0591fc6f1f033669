/* The pages of the server contract. */
#include "tests/unit/unit.h"

#include "clients/page.h"

static void test_start(void **state)
{
	(void)state;
	assert_int_equal(PAGE_START_BYTES, 40);
	check_text("start", PAGE_START, "<p>Hello, World! <a href=\"/0\">start</a>\n");
}

static void test_next(void **state)
{
	static const struct {
		uint32_t n, next;
	} cases[] = {
		{ 0, 1013904223 }, /* the constants of the generator themselves */
		{ 1, 1015568748 },
		{ 1013904223, 1196435762 },
		{ 4294967295, 1012239698 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(page_next(cases[i].n), cases[i].next);
}

static void test_links_from_0(void **state)
{
	uint32_t n = 0;

	(void)state;
	for (int i = 0; i < 10000; i++)
		n = page_next(n);
	assert_int_equal(n, 2845218640);
}

static void test_write(void **state)
{
	static const uint32_t numbers[] = { 0, 1, 4294967295, 2845218640 };
	char page[PAGE_MAX];

	(void)state;
	assert_int_equal(page_write(page, 0), 37);
	check_text("/0", page, "<a href=\"/1013904223\">1013904223</a>\n");
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		unsigned link, text;
		char end;
		int bytes = page_write(page, numbers[i]);
		assert_int_equal(bytes, strlen(page));
		assert_true(bytes < PAGE_MAX);
		assert_int_equal(sscanf(page, "<a href=\"/%u\">%u</a>%c", &link, &text, &end), 3);
		assert_int_equal(link, page_next(numbers[i]));
		assert_int_equal(text, link);
		assert_int_equal(end, '\n');
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_links_from_0),
		cmocka_unit_test(test_write),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
