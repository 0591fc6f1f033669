#include "harness/levels.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/lib/words.h"

static int level_add(struct levels *levels, uint64_t level, const char *item, struct err *err)
{
	if (levels->count == LEVELS_MOST)
		return err_set(err, "'%s' gives more than %d levels", item, LEVELS_MOST);
	levels->level[levels->count++] = (uint32_t)level;
	return 0;
}

/* One number of an item, which is `bytes` long at text. */
static int number_read(uint64_t *number, const char *text, size_t bytes, const char *item, struct err *err)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%.*s", (int)bytes, text);
	if (bytes >= sizeof digits || units_count(number, digits, err))
		return err_set(err, "'%s' is no level: write 8, 1..65536 (doubling) or 1..64:+8", item);
	if (*number < 1 || *number > LEVELS_HIGHEST)
		return err_set(err, "'%s': a level is from 1 to %d", item, LEVELS_HIGHEST);
	return 0;
}

static int item_read(struct levels *levels, const char *item, struct err *err)
{
	const char *dots = strstr(item, "..");
	const char *colon = strstr(item, ":+");
	uint64_t from, to, step = 0;

	if (!dots)
		return number_read(&from, item, strlen(item), item, err) || level_add(levels, from, item, err) ? -1 : 0;
	size_t to_bytes = colon ? (size_t)(colon - dots) - 2 : strlen(dots + 2);
	if (colon && colon < dots)
		return err_set(err, "'%s' is no level: write 8, 1..65536 (doubling) or 1..64:+8", item);
	if (number_read(&from, item, (size_t)(dots - item), item, err) ||
	    number_read(&to, dots + 2, to_bytes, item, err) ||
	    (colon && number_read(&step, colon + 2, strlen(colon + 2), item, err)))
		return -1;
	if (from > to)
		return err_set(err, "'%s' ends below its start", item);
	for (uint64_t level = from; level < to; level = step ? level + step : level * 2)
		if (level_add(levels, level, item, err))
			return -1;
	return level_add(levels, to, item, err);
}

static int level_compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

int levels_parse(struct levels *levels, const char *text, struct err *err)
{
	struct levels made = { 0 };
	int result = -1;
	char **items = words_list(text, err);

	if (!items)
		return -1;
	made.level = calloc(LEVELS_MOST, sizeof *made.level);
	made.text = strdup(text);
	if (!made.level || !made.text) {
		err_set(err, "out of memory");
		goto out;
	}
	for (char **item = items; *item; item++)
		if (item_read(&made, *item, err))
			goto out;
	qsort(made.level, made.count, sizeof *made.level, level_compare);
	size_t kept = 1;
	for (size_t i = 1; i < made.count; i++)
		if (made.level[i] != made.level[kept - 1])
			made.level[kept++] = made.level[i];
	made.count = kept;
	levels_release(levels);
	*levels = made;
	made = (struct levels){ 0 };
	result = 0;
out:
	levels_release(&made);
	words_free(items);
	return result;
}

void levels_release(struct levels *levels)
{
	free(levels->level);
	free(levels->text);
	*levels = (struct levels){ 0 };
}

static int levels_option_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	return levels_parse(field, text, err);
}

static void levels_option_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	fputs(((const struct levels *)field)->text, out);
}

static void levels_option_release(void *field)
{
	levels_release(field);
}

const struct option_type option_levels = {
	"LEVELS", levels_option_parse, levels_option_show, levels_option_release
};
