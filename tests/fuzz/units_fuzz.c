/*
 * Counts and durations: nothing is rounded, nothing is out of range, and what is shown reads back the same. The
 * judge is arithmetic of another kind, floating-point with 64 bits of mantissa.
 */
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "harness/lib/clock.h"
#include "harness/lib/units.h"

#define HOUR (3600 * CLOCK_S)

static void check_count(const char *text)
{
	uint64_t count, again;
	struct err err;
	char shown[UNITS_TEXT];

	if (units_count(&count, text, &err))
		return;
	snprintf(shown, sizeof shown, "%llu", (unsigned long long)count);
	fuzz_require(strlen(shown) <= 18 && units_count(&again, shown, &err) == 0 && again == count);
	size_t zeros = strspn(text, "0");
	fuzz_require(strcmp(text + zeros - (text[zeros] == 0), shown) == 0);
}

static void check_duration(const char *text)
{
	uint64_t ns, again;
	struct err err;
	char shown[UNITS_TEXT], *unit;

	if (units_duration(&ns, text, &err))
		return;
	long double value = strtold(text, &unit);
	value *= strcmp(unit, "h") == 0    ? HOUR
		 : strcmp(unit, "m") == 0  ? 60 * CLOCK_S
		 : strcmp(unit, "s") == 0  ? CLOCK_S
		 : strcmp(unit, "ms") == 0 ? CLOCK_MS
		 : strcmp(unit, "us") == 0 ? CLOCK_US
					   : 1;
	fuzz_require(fabsl(value - (long double)ns) < 0.001L);
	fuzz_require(ns <= 1000 * HOUR);
	fuzz_require(units_duration(&again, units_show_duration(shown, ns), &err) == 0 && again == ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char shown[UNITS_TEXT];
	uint64_t raw = 0;

	check_count(text);
	check_duration(text);
	memcpy(&raw, data, size < sizeof raw ? size : sizeof raw);
	fuzz_require(strlen(units_show_latency(shown, raw)) < UNITS_TEXT - 1);
	fuzz_require(strlen(units_show_count(shown, raw)) < UNITS_TEXT - 1);
	free(text);
	return 0;
}
