/*
 * The text of a histogram: what is read is the same when it is printed and read again, its counts add up, and its
 * quantiles rise and never pass the largest value.
 */
#include "tests/fuzz/fuzz.h"

#include "harness/lib/hist.h"

/* Printed as text; freed by the caller. */
static char *hist_text(const struct hist *hist)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	fuzz_require(out != NULL);
	hist_print(hist, out);
	fuzz_require(fclose(out) == 0);
	return text;
}

static void check_quantiles(const struct hist *hist)
{
	uint64_t before = 0;

	for (int i = 1; i <= 8; i++) {
		uint64_t value = hist_quantile(hist, i / 8.0);
		fuzz_require(before <= value && value <= hist->max);
		before = value;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hist hist, again;
	char *text = fuzz_text(data, size);

	if (hist_parse(&hist, text)) {
		uint64_t left = hist.count;
		for (size_t i = 0; i < HIST_BUCKETS; i++) {
			fuzz_require(hist.buckets[i] <= left);
			left -= hist.buckets[i];
		}
		fuzz_require(left == 0);
		check_quantiles(&hist);
		char *printed = hist_text(&hist);
		fuzz_require(hist_parse(&again, printed));
		fuzz_require(memcmp(&hist, &again, sizeof hist) == 0);
		free(printed);
	}
	free(text);
	return 0;
}
