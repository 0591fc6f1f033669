#include "harness/compare/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/lib/units.h"

static double rate_of(const struct cell *cell)
{
	return cell->rate_rps;
}

static double cpu_of(const struct cell *cell)
{
	return cell->server_cpu_us_per_request;
}

static double p99_of(const struct cell *cell)
{
	return cell->latency_censored ? NAN : cell->latency_ns.p99;
}

static double rss_of(const struct cell *cell)
{
	return cell->server_rss_bytes;
}

/* A server that failed as a whole, or gave no right response, failed all requests. */
static double failures_of(const struct cell *cell)
{
	double failed = (double)cell_failed(cell);

	return cell->error || !cell->ok ? 1 : failed / (failed + (double)cell->ok);
}

static void rate_show(char out[COMPARE_TEXT], double value)
{
	char shown[UNITS_TEXT];

	if (value >= 100 && value < 1e15)
		snprintf(out, COMPARE_TEXT, "%s/s", units_show_count(shown, (uint64_t)llround(value)));
	else
		snprintf(out, COMPARE_TEXT, "%.3g/s", value);
}

static void cpu_show(char out[COMPARE_TEXT], double value)
{
	snprintf(out, COMPARE_TEXT, "%.*f us", value < 100 ? 2 : 1, value);
}

static void share_show(char out[COMPARE_TEXT], double value)
{
	snprintf(out, COMPARE_TEXT, "%.3g %%", 100 * value);
}

static void latency_show(char out[COMPARE_TEXT], double value)
{
	if (value < 1e18)
		units_show_latency(out, (uint64_t)value);
}

static void memory_show(char out[COMPARE_TEXT], double value)
{
	snprintf(out, COMPARE_TEXT, "%.1f MiB", value / (1 << 20));
}

#define BOUND (1u << INVALID_CLIENT_BOUND)
/* CPU and memory per request are the server's, even where the client was the limit. */
#define SPEED   (BOUND | 1u << INVALID_SHARED_CPU)
#define COUNTED (~(1u << INVALID_CONSERVATION | 1u << INVALID_BUILD))

const struct compare_measure_row compare_measures[COMPARE_MEASURES] = {
	[COMPARE_RATE] = { "rate", "requests per second", rate_of, 0, false, false, true, rate_show },
	[COMPARE_CPU] = { "cpu", "server CPU per request", cpu_of, SPEED, true, false, false, cpu_show },
	[COMPARE_FAILURES] = { "failures", "requests that failed", failures_of, COUNTED, true, true, false,
			       share_show },
	[COMPARE_P99] = { "p99", "99th percentile of latency", p99_of, 0, true, false, false, latency_show },
	[COMPARE_RSS] = { "rss", "server memory", rss_of, SPEED, true, false, false, memory_show },
};

char *compare_show_value(char out[COMPARE_TEXT], enum compare_measure measure, double value)
{
	strcpy(out, "-");
	if (isfinite(value) && value >= 0)
		compare_measures[measure].show(out, value);
	return out;
}

double compare_value(const struct cell *cell, enum compare_measure measure, unsigned *reasons)
{
	const struct compare_measure_row *row = &compare_measures[measure];
	unsigned bad = cell->invalid & ~row->tolerated;
	double value = row->value(cell);

	*reasons |= bad;
	if (bad || (!cell->valid && !cell->invalid))
		return NAN;
	if (row->is_share)
		return value;
	return isfinite(value) && value > 0 ? log(value) : NAN;
}

double compare_bound(const struct cell *cell, enum compare_measure measure)
{
	const struct compare_measure_row *row = &compare_measures[measure];
	double value = row->value(cell);

	return row->has_bounds && cell->invalid == BOUND && isfinite(value) && value > 0 ? log(value) : NAN;
}

double compare_unscaled(enum compare_measure measure, double value)
{
	return compare_measures[measure].is_share ? value : exp(value);
}
