#include "harness/lib/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/clock.h"

static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	/* largest first */
	{ "h", 3600 * CLOCK_S }, { "m", 60 * CLOCK_S }, { "s", CLOCK_S },
	{ "ms", CLOCK_MS },      { "us", CLOCK_US },    { "ns", 1 },
};

#define UNITS      (sizeof units / sizeof *units)
#define DIGITS     "0123456789"
#define LONGEST_NS (1000 * 3600 * CLOCK_S)

int units_count(uint64_t *count, const char *text, struct err *err)
{
	size_t digits = strspn(text, DIGITS);

	if (!digits || digits > 18 || text[digits])
		return err_set(err, "'%s' is not a whole number", text);
	*count = strtoull(text, NULL, 10);
	return 0;
}

static const struct unit *unit_find(const char *name)
{
	for (size_t i = 0; i < UNITS; i++)
		if (strcmp(name, units[i].name) == 0)
			return &units[i];
	return NULL;
}

int units_duration(uint64_t *ns, const char *text, struct err *err)
{
	const char *point = text + strspn(text, DIGITS); /* after the whole number */
	size_t places = *point == '.' ? strspn(point + 1, DIGITS) : 0;
	const struct unit *unit = unit_find(places ? point + 1 + places : point);
	uint64_t whole = 0, part = 0;

	if (point == text || !unit)
		return err_set(err,
			       "'%s' is not a duration: write a number and ns, us, ms, s, m or h, as in 500ms or 3s",
			       text);
	for (const char *c = text; c < point && whole <= LONGEST_NS; c++)
		whole = whole * 10 + (uint64_t)(*c - '0');
	/* From the last place on: each must leave whole nanoseconds, or all together can't be. */
	for (const char *c = point + places; c > point; c--) {
		part += (uint64_t)(*c - '0') * unit->ns;
		if (part % 10)
			return err_set(err, "'%s' is not a whole number of ns", text);
		part /= 10;
	}
	if (whole > LONGEST_NS / unit->ns || whole * unit->ns + part > LONGEST_NS)
		return err_set(err, "'%s' is longer than 1000h", text);
	*ns = whole * unit->ns + part;
	return 0;
}

char *units_show_duration(char out[UNITS_TEXT], uint64_t ns)
{
	/* Minutes and hours are harder to read than 90s; seconds are the largest unit shown. */
	for (size_t i = 2; i < UNITS; i++) {
		if (ns % units[i].ns == 0) {
			snprintf(out, UNITS_TEXT, "%llu%s", (unsigned long long)(ns / units[i].ns), units[i].name);
			break;
		}
	}
	return out;
}

char *units_show_latency(char out[UNITS_TEXT], uint64_t ns)
{
	for (size_t i = 2; i < UNITS; i++) {
		if (ns >= units[i].ns || i + 1 == UNITS) {
			double value = (double)ns / (double)units[i].ns;
			int decimals = value >= 100 || units[i].ns == 1 ? 0 : value >= 10 ? 1 : 2;
			snprintf(out, UNITS_TEXT, "%.*f%s", decimals, value, units[i].name);
			break;
		}
	}
	return out;
}

uint64_t units_whole(double figure)
{
	return figure >= 1 ? figure < (double)INT64_MAX ? (uint64_t)figure : INT64_MAX : 0;
}

char *units_show_count(char out[UNITS_TEXT], uint64_t count)
{
	char digits[UNITS_TEXT];
	int bytes = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
	char *to = out;

	for (int i = 0; i < bytes; i++) {
		if (i && (bytes - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = 0;
	return out;
}
