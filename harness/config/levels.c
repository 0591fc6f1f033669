#include "harness/config/levels.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/argv.h"
#include "harness/lib/units.h"

/* What a list is of. */
struct kind {
	const char *noun, *examples;
	uint64_t highest;
};

static const struct kind kind_levels = { "level", "8, 1..65536 (doubling) or 1..64:+8", LEVELS_HIGHEST };
static const struct kind kind_rates = { "rate", "5000, 1000..50000 (doubling) or 1000..9000:+2000",
					LEVELS_RATE_HIGHEST };
static const struct kind kind_shares = { "percentage", "50 or 50,70,90", 100 };

static int level_add(struct levels *levels, const struct kind *kind, uint64_t level, const char *item, struct err *err)
{
	if (levels->count == LEVELS_MAX)
		return err_set(err, "'%s' gives more than %d %ss", item, LEVELS_MAX, kind->noun);
	levels->level[levels->count++] = (uint32_t)level;
	return 0;
}

static int kind_refuse(const struct kind *kind, const char *item, struct err *err)
{
	return err_set(err, "'%s' is no %s: write %s", item, kind->noun, kind->examples);
}

/* One number of an item, which is `bytes` long at text. */
static int number_read(uint64_t *number, const struct kind *kind, const char *text, size_t bytes, const char *item,
		       struct err *err)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%.*s", (int)bytes, text);
	if (bytes >= sizeof digits || units_count(number, digits, err))
		return kind_refuse(kind, item, err);
	if (*number < 1 || *number > kind->highest)
		return err_set(err, "'%s': a %s is from 1 to %llu", item, kind->noun,
			       (unsigned long long)kind->highest);
	return 0;
}

static int item_read(struct levels *levels, const struct kind *kind, const char *item, struct err *err)
{
	const char *dots = strstr(item, "..");
	const char *colon = strstr(item, ":+");
	uint64_t from, to, step = 0;

	if (!dots)
		return number_read(&from, kind, item, strlen(item), item, err) ||
				       level_add(levels, kind, from, item, err)
			       ? -1
			       : 0;
	size_t to_bytes = colon ? (size_t)(colon - dots) - 2 : strlen(dots + 2);
	if (colon && colon < dots)
		return kind_refuse(kind, item, err);
	if (number_read(&from, kind, item, (size_t)(dots - item), item, err) ||
	    number_read(&to, kind, dots + 2, to_bytes, item, err) ||
	    (colon && number_read(&step, kind, colon + 2, strlen(colon + 2), item, err)))
		return -1;
	if (from > to)
		return err_set(err, "'%s' ends below its start", item);
	for (uint64_t level = from; level < to; level = step ? level + step : level * 2)
		if (level_add(levels, kind, level, item, err))
			return -1;
	return level_add(levels, kind, to, item, err);
}

static int level_compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static int list_parse(struct levels *levels, const struct kind *kind, const char *text, struct err *err)
{
	struct levels made = { 0 };
	int result = -1;
	char **items = argv_list(text, err);

	if (!items)
		return -1;
	made.level = calloc(LEVELS_MAX, sizeof *made.level);
	made.text = strdup(text);
	if (!made.level || !made.text) {
		err_set(err, "out of memory");
		goto out;
	}
	for (char **item = items; *item; item++)
		if (item_read(&made, kind, *item, err))
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
	argv_free(items);
	return result;
}

int levels_parse(struct levels *levels, const char *text, struct err *err)
{
	return list_parse(levels, &kind_levels, text, err);
}

int levels_parse_rates(struct levels *levels, const char *text, struct err *err)
{
	return list_parse(levels, &kind_rates, text, err);
}

int levels_parse_shares(struct levels *levels, const char *text, struct err *err)
{
	return list_parse(levels, &kind_shares, text, err);
}

void levels_release(struct levels *levels)
{
	free(levels->level);
	free(levels->text);
	*levels = (struct levels){ 0 };
}

static int option_levels_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	return levels_parse(field, text, err);
}

static int option_rates_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	return levels_parse_rates(field, text, err);
}

static int option_shares_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	return levels_parse_shares(field, text, err);
}

static void option_list_show(const void *field, const struct option_def *def, FILE *out)
{
	const struct levels *levels = field;

	(void)def;
	fputs(levels->text ? levels->text : "", out);
}

static void option_list_release(void *field)
{
	levels_release(field);
}

const struct option_type option_levels = { "LEVELS", option_levels_parse, option_list_show, option_list_release };
const struct option_type option_rates = { "RATES", option_rates_parse, option_list_show, option_list_release };
const struct option_type option_shares = { "PERCENT,..", option_shares_parse, option_list_show, option_list_release };
