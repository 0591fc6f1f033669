/*
 * Levels: whatever is read rises, is in range, and is the same when it is written out level by level; what is
 * refused leaves the earlier value.
 */
#include "tests/fuzz/fuzz.h"

#include "harness/config/levels.h"

/* The levels as a list of numbers; freed by the caller. */
static char *levels_list(const struct levels *levels)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	fuzz_require(out != NULL);
	for (size_t i = 0; i < levels->count; i++)
		fprintf(out, "%s%u", i ? "," : "", levels->level[i]);
	fuzz_require(fclose(out) == 0);
	return text;
}

static void check_levels(const struct levels *levels, const char *text)
{
	struct levels again = { 0 };
	struct err err;

	fuzz_require(strcmp(levels->text, text) == 0);
	fuzz_require(levels->count >= 1 && levels->count <= LEVELS_MAX);
	fuzz_require(levels->level[0] >= 1 && levels->level[levels->count - 1] <= LEVELS_HIGHEST);
	for (size_t i = 1; i < levels->count; i++)
		fuzz_require(levels->level[i - 1] < levels->level[i]);
	char *list = levels_list(levels);
	fuzz_require(levels_parse(&again, list, &err) == 0);
	fuzz_require(again.count == levels->count);
	fuzz_require(memcmp(again.level, levels->level, levels->count * sizeof *levels->level) == 0);
	levels_release(&again);
	free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct levels levels = { 0 };
	struct err err;
	char *text = fuzz_text(data, size);

	fuzz_require(levels_parse(&levels, "7", &err) == 0);
	if (levels_parse(&levels, text, &err) == 0)
		check_levels(&levels, text);
	else
		check_levels(&levels, "7");
	levels_release(&levels);
	free(text);
	return 0;
}
