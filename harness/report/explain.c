#include "harness/report/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"

/* Columns of the longest bar of the histogram, and of a line of tenths. */
#define BAR  50
#define LINE 96

static void row(FILE *out, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void row(FILE *out, const char *name, const char *format, ...)
{
	va_list args;

	fprintf(out, "%-12s", name);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

/* A figure from a file can be any number: one that no count can be is shown as the highest. */
static uint64_t whole(double value)
{
	return value < 1 ? 0 : value < (double)INT64_MAX ? (uint64_t)value : INT64_MAX;
}

/* A number with thousands apart, or "unknown". Several may stand in one printf(). */
static const char *number(double value)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;
	char *text = texts[next++ % 8];

	if (!isfinite(value))
		return "unknown";
	return units_show_count(text, whole(value + 0.5));
}

static const char *time_of(double ns)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;

	return !isfinite(ns) ? "unknown" : units_show_latency(texts[next++ % 8], whole(ns));
}

static const char *fraction(double value)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;
	char *text = texts[next++ % 8];

	if (!isfinite(value))
		return "unknown";
	snprintf(text, UNITS_TEXT, "%.3f", value);
	return text;
}

static const char *seconds(double s)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;
	char *text = texts[next++ % 8];

	if (!isfinite(s))
		return "unknown";
	snprintf(text, UNITS_TEXT, "%.3f s", s);
	return text;
}

static const char *percent(double share)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;
	char *text = texts[next++ % 8];

	if (!isfinite(share))
		return "unknown";
	snprintf(text, UNITS_TEXT, "%.1f %%", 100 * share);
	return text;
}

static const char *mebibytes(double bytes)
{
	static char texts[8][UNITS_TEXT];
	static unsigned next;
	char *text = texts[next++ % 8];

	if (!isfinite(bytes))
		return "unknown";
	snprintf(text, UNITS_TEXT, "%.1f MiB", bytes / (1 << 20));
	return text;
}

/* Words from a server or a file go to a terminal: nothing in them may steer it. */
static const char *plain(const char *words)
{
	static char texts[4][2048];
	static unsigned next;

	return text_plain(texts[next++ % 4], sizeof texts[0], words);
}

static void explain_validity(const struct cell *cell, FILE *out)
{
	if (cell->valid)
		row(out, "valid", "yes");
	for (int i = 0; i < INVALIDS; i++)
		if (cell->invalid >> i & 1) {
			row(out, "not valid", "%s: %s", invalid_names[i], invalid_words[i]);
			row(out, "", "%s", invalid_advice[i]);
		}
	if (cell->error)
		row(out, "error", "%s", plain(cell->error));
	if (cell->restarted)
		row(out, "restarted", "the server was started afresh after this cell");
}

char *explain_offered(char out[EXPLAIN_OFFERED], const struct cell *cell)
{
	snprintf(out, EXPLAIN_OFFERED,
		 "%s requests/s: %s waiting + %s scheduled = %s started + %s waiting; %s waited for a "
		 "connection",
		 number(cell->open_loop.offered_rps), number(cell->open_loop.waiting_start),
		 number(cell->open_loop.scheduled), number((double)cell->started), number(cell->open_loop.waiting_end),
		 number(cell->open_loop.waited));
	return out;
}

static void explain_rate(const struct cell *cell, FILE *out)
{
	char offered[EXPLAIN_OFFERED];

	row(out, "rate", "%s requests/s over a window of %s", number(cell->rate_rps), seconds(cell->window_s));
	if (cell_is_open_loop(cell)) {
		row(out, "offered", "%s", explain_offered(offered, cell));
		if (!isnan(cell->open_loop.share))
			row(out, "",
			    "the rate is %s of the most that the server reached in the closed loop of this block",
			    percent(cell->open_loop.share));
		row(out, "keeps up", "%s: %s of what was scheduled in the window was answered rightly in it",
		    cell_keeps_up(cell) ? "yes" : "no", percent((double)cell->ok / cell->open_loop.scheduled));
		if (!isnan(cell->open_loop.unfinished))
			row(out, "behind it", "%s in flight or waiting as it ended: %s ok, %s failed, %s had no end",
			    number((double)cell->in_flight_end + cell->open_loop.waiting_end),
			    number(cell->open_loop.late_ok), number(cell->open_loop.late_failed),
			    number(cell->open_loop.unfinished));
		return;
	}
	if (!isnan(cell->ceiling_rps))
		row(out, "ceiling", "%s requests/s of the control server: this is %s of it", number(cell->ceiling_rps),
		    percent(cell->rate_rps / cell->ceiling_rps));
	else
		row(out, "ceiling", "unknown: the control server was not measured at this level");
}

static void explain_tenths(const struct cell *cell, FILE *out)
{
	int column = 0;

	if (!cell->tenths_count)
		return;
	fprintf(out, "%-12s", "by tenths");
	for (uint64_t i = 0; i < cell->tenths_count; i++) {
		if (column > LINE) {
			fprintf(out, "\n%-12s", "");
			column = 0;
		}
		column += fprintf(out, "%s%" PRIu32, column ? " " : "", cell->tenths[i]);
	}
	fputc('\n', out);
}

static void explain_counts(const struct cell *cell, FILE *out)
{
	uint64_t left = cell->in_flight_start + cell->started;
	uint64_t right = cell->ok + cell_failed(cell) + cell->in_flight_end;

	row(out, "requests",
	    "%" PRIu64 " in flight + %" PRIu64 " started = %" PRIu64 " ok + %" PRIu64 " failed + %" PRIu64
	    " in flight: %s",
	    cell->in_flight_start, cell->started, cell->ok, cell_failed(cell), cell->in_flight_end,
	    left == right ? "none lost" : "they do not add up");
	for (int i = 0; i < LOAD_FAILURES; i++)
		if (cell->failed[i])
			row(out, "failed", "%" PRIu64 " %s", cell->failed[i], load_failure_names[i]);
	if (cell->stray)
		row(out, "stray", "%" PRIu64 " connections given up: bytes came on them that answer no request",
		    cell->stray);
	if (cell->wrong)
		row(out, "wrong", "%s", plain(cell->wrong));
}

const char *explain_crowd(char text[EXPLAIN_CROWD], const struct cell *cell)
{
	double silent = (double)cell->level - cell_active(cell);
	char first[UNITS_TEXT + 32] = "";

	text[0] = 0;
	if (isnan(cell->crowd.active))
		return text;
	if (cell->crowd.dropped > 0)
		snprintf(first, sizeof first, ", after a silence of %s at the least",
			 time_of(cell->crowd.dropped_after_s * 1e9));
	snprintf(text, EXPLAIN_CROWD,
		 "%s active; of %s silent connections %s open at the end, %s ended by the server%s",
		 number(cell->crowd.active), number(silent), number(cell->crowd.silent), number(cell->crowd.dropped),
		 first);
	return text;
}

static void explain_concurrency(const struct cell *cell, FILE *out)
{
	char crowd[EXPLAIN_CROWD];

	row(out, "in flight", "%s of %s%s on average, %s to %s", number(cell->concurrency_mean),
	    cell_is_open_loop(cell) ? "at most " : "", number(cell_active(cell)), number(cell->concurrency_min),
	    number(cell->concurrency_max));
	if (*explain_crowd(crowd, cell))
		row(out, "crowd", "%s", crowd);
	row(out, "in server", "%s connections open on average, %s at most; listen backlog %" PRIu64,
	    number(cell->open_mean), number(cell->open_max), cell->backlog);
	if (cell_is_open_loop(cell))
		return; /* it opens what it needs, when it needs it */
	row(out, "ramp", "%" PRIu64 " connections after %s", cell->ramp_reached, seconds(cell->ramp_s));
	row(out, "fairness", "%s to %s answers a connection, %s never served, Jain's index %s",
	    number(cell->served_min), number(cell->served_max), number(cell->never_served), fraction(cell->jain));
	row(out, "Little", "residual %s", percent(cell->little));
}

/* A bar for each doubling of the time. */
static void print_bars(const struct hist *hist, FILE *out)
{
	uint64_t counts[64] = { 0 }, most = 0;

	for (size_t i = 0; i < HIST_BUCKETS; i++)
		if (hist->buckets[i])
			counts[hist_bucket_low(i) ? 63 - __builtin_clzll(hist_bucket_low(i)) : 0] += hist->buckets[i];
	for (int i = 0; i < 64; i++)
		if (counts[i] > most)
			most = counts[i];
	for (int i = 0; i < 64; i++) {
		if (!counts[i])
			continue;
		int length = (int)((double)counts[i] * BAR / (double)most);
		fprintf(out, "%12s%9s..  %.*s %s\n", "", time_of((double)(1ull << i)), length ? length : 1,
			"##################################################", number((double)counts[i]));
	}
}

static void explain_times(const char *name, const char *text, const struct cell_times *times, bool bars, FILE *out)
{
	struct hist *hist = calloc(1, sizeof *hist);

	if (hist && text && hist_parse(hist, text)) {
		row(out, name, "p50 %s  p90 %s  p99 %s  p99.9 %s  max %s  mean %s",
		    time_of((double)hist_quantile(hist, 0.5)), time_of((double)hist_quantile(hist, 0.9)),
		    time_of((double)hist_quantile(hist, 0.99)), time_of((double)hist_quantile(hist, 0.999)),
		    time_of((double)hist->max), time_of(hist_mean(hist)));
		if (bars)
			print_bars(hist, out);
	} else if (!isnan(times->p50)) {
		row(out, name, "p50 %s  p90 %s  p99 %s  p99.9 %s  max %s  mean %s", time_of(times->p50),
		    time_of(times->p90), time_of(times->p99), time_of(times->p999), time_of(times->max),
		    time_of(times->mean));
	}
	free(hist);
}

static void explain_latency(const struct cell *cell, FILE *out)
{
	explain_times("connect", cell->connect_hist, &cell->connect_ns, false, out);
	explain_times("latency", cell->latency_hist, &cell->latency_ns, true, out);
	if (cell_is_open_loop(cell)) {
		row(out, "",
		    "of an open loop: from the scheduled time, with all waiting and with the client's own lag");
		if (cell->latency_censored)
			row(out, "",
			    "censored: behind the window %s requests failed, %s had no end: the slowest are missing",
			    number(cell->open_loop.late_failed), number(cell->open_loop.unfinished));
		explain_times("lag", NULL, &cell->lag_ns, false, out);
		return;
	}
	if (cell->latency_censored)
		row(out, "",
		    "censored: half a round of all connections outlasts the window, so that the slow answers are "
		    "missing; a longer --max-window shows them");
	else if (!isnan(cell->latency_ns.p50))
		row(out, "", "of a closed loop: under this load, not at a rate of arrivals");
}

static void explain_client(const struct cell *cell, FILE *out)
{
	for (uint64_t i = 0; i < cell->client_threads; i++) {
		char name[32];
		snprintf(name, sizeof name, "client %" PRIu64, i);
		row(out, name, "%s of a core: user %s, system %s", percent(cell->client_cpu[i]),
		    percent(cell->client_user[i]), percent(cell->client_system[i]));
	}
	row(out, "client", "busiest CPU %s; watching took %s of a core", percent(cell->client_cpu_busiest),
	    percent(cell->observer_cpu));
}

static void explain_server(const struct cell *cell, FILE *out)
{
	if (!isnan(cell->server_cpu_us_per_request))
		row(out, "server", "%.1f us of CPU a request; user %s, system %s over the window",
		    cell->server_cpu_us_per_request, seconds(cell->server_use.user_s),
		    seconds(cell->server_use.system_s));
	row(out, "", "memory %s, at most %s; open files at most %s of %s", mebibytes(cell->server_rss_bytes),
	    mebibytes(cell->server_use.peak_rss_bytes), number(cell->server_use.files_max),
	    number(cell->server_use.files_limit));
	row(out, "", "processes %s, threads %s; context switches: %s waiting, %s put off the CPU",
	    number(cell->server_use.processes), number(cell->server_use.threads),
	    number(cell->server_use.switches_voluntary), number(cell->server_use.switches_involuntary));
}

static void explain_kernel(const struct cell *cell, FILE *out)
{
	int told = 0;

	for (int i = 0; i < KERNEL_COUNTERS; i++) {
		if (!(cell->kernel.counters[i] > 0))
			continue;
		row(out, told++ ? "" : "kernel", "%s %s", kernel_counter_names[i], number(cell->kernel.counters[i]));
	}
	row(out, told ? "" : "kernel", "%s sockets in TIME_WAIT%s", number(cell->kernel.time_wait),
	    told ? "; its other counters stood still" : "; its counters stood still");
	row(out, "", "(of the whole host: other traffic shows too)");
}

void explain_print(const struct cell *cell, FILE *out)
{
	char at[CELL_AT];

	fprintf(out, "%s@%s, %s mode, client %s, block %" PRIu64 "\n\n", plain(cell->server), cell_show_at(at, cell),
		plain(cell->mode), plain(cell->client), cell->block);
	explain_validity(cell, out);
	if (isnan(cell->rate_rps))
		return; /* nothing was measured */
	explain_rate(cell, out);
	explain_tenths(cell, out);
	explain_counts(cell, out);
	explain_concurrency(cell, out);
	explain_latency(cell, out);
	explain_client(cell, out);
	explain_server(cell, out);
	explain_kernel(cell, out);
}
