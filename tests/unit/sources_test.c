/* The addresses that connections come from: how many there are, and how many are needed. */
#include "clients/sources.h"
#include "tests/unit/unit.h"

static struct target at(const char *url)
{
	struct target target;
	struct err err;

	assert_int_equal(target_init(&target, url, &(struct request_settings){ 0 }, &err), 0);
	return target;
}

static void connections_are_spread(void **state)
{
	static const struct {
		uint64_t connections;
		uint32_t sources;
	} cases[] = {
		{ 0, 1 }, { 1, 1 }, { 8192, 1 }, { 8193, 2 }, { 65536, 8 }, { 10000000, 250 }, { UINT64_MAX / 2, 250 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(sources_for(NULL, cases[i].connections), cases[i].sources);
}

static void only_loopback_has_several(void **state)
{
	static const struct {
		const char *url;
		uint32_t needed; /* for 65,536 connections */
	} cases[] = {
		{ "http://127.0.0.1:8080/", 8 },
		{ "http://127.9.8.7/", 8 },
		{ "http://192.0.2.1/", 1 },
		{ "http://[2001:db8::1]/", 1 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct target target = at(cases[i].url);
		if (sources_for(&target, 65536) != cases[i].needed)
			fail_msg("%s: %u sources", cases[i].url, sources_for(&target, 65536));
		target_release(&target);
	}
}

static void addresses_are_those_of_loopback(void **state)
{
	struct target target = at("http://127.0.0.1:8080/");
	struct sources sources;

	(void)state;
	sources_init(&sources, &target);
	assert_int_equal(sources.count, SOURCES_MAX);
	assert_int_equal(ntohl(sources.all[0].v4.sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(ntohl(sources.all[SOURCES_MAX - 1].v4.sin_addr.s_addr), INADDR_LOOPBACK + 249);
	assert_int_equal(sources.all[7].bytes, sizeof(struct sockaddr_in));
	target_release(&target);
	/* Where nothing was added to it, IPv6 has ::1; in a private network more (network_test.c). */
	target = at("http://[::1]:8080/");
	sources_init(&sources, &target);
	assert_in_range(sources.count, 1, SOURCES_V6 + 1);
	target_release(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_spread),
		cmocka_unit_test(only_loopback_has_several),
		cmocka_unit_test(addresses_are_those_of_loopback),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
