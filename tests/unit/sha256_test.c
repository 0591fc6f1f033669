/* SHA-256 against the examples of FIPS 180-4 and NIST's test vectors, in one piece and in two. */
#include "harness/lib/sha256.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text, *hash;
} cases[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t bytes = strlen(cases[i].text);
		char whole[SHA256_TEXT];
		check_text(cases[i].text, sha256_text(whole, cases[i].text, bytes), cases[i].hash);
		for (size_t split = 0; split <= bytes; split++) {
			struct sha256_ctx sha;
			char hash[SHA256_TEXT];
			sha256_init(&sha);
			sha256_update(&sha, split, (const uint8_t *)cases[i].text);
			sha256_update(&sha, bytes - split, (const uint8_t *)cases[i].text + split);
			check_text(cases[i].text, sha256_show(&sha, hash), cases[i].hash);
		}
	}
}

static void test_million(void **state)
{
	struct sha256_ctx sha;
	char hash[SHA256_TEXT], piece[1000];

	(void)state;
	memset(piece, 'a', sizeof piece);
	sha256_init(&sha);
	for (int i = 0; i < 1000; i++)
		sha256_update(&sha, sizeof piece, (const uint8_t *)piece);
	check_text("a million a", sha256_show(&sha, hash),
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_million),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
