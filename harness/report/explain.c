#include "harness/report/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"

/* Columns of the longest bar of the histogram; tenths of a second in a line. */
#define BAR    50
#define TENTHS 10
/* How far the rate may be from what ended in the window, as a share; or three standard deviations of a count. */
#define UNEVEN 0.1
/* Holds a line. Only texts from outside are longer, and they are not written through it. */
#define LINE_ROOM 1024

/* The format of a figure by its unit: factor, decimals, suffix. Other units name the things counted. */
static const struct unit {
	const char *name;
	double times;
	int decimals;
	const char *text;
} units[] = {
	{ "s", 1, 3, " s" },       { "us", 1, 1, " us" },     { "bytes", 1.0 / (1 << 20), 1, " MiB" },
	{ "share", 100, 1, " %" }, { "cores", 100, 1, " %" }, { "index", 1, 3, "" },
	{ "rounds", 1, 2, "" },    { "plain", 1, 0, "" },
};

static char *figure_show(char out[UNITS_TEXT], const char *unit, double figure)
{
	if (!isfinite(figure)) {
		snprintf(out, UNITS_TEXT, "unknown");
		return out;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(unit, units[i].name) == 0) {
			snprintf(out, UNITS_TEXT, "%.*f%s", units[i].decimals, figure * units[i].times, units[i].text);
			return out;
		}
	return strcmp(unit, "ns") == 0 ? units_show_latency(out, units_whole(figure))
				       : units_show_count(out, units_whole(figure + 0.5));
}

/* Figures that are computed from several fields. */

#define DERIVED(name, value)                        \
	static double name(const struct cell *cell) \
	{                                           \
		return value;                       \
	}

DERIVED(failed_of, (double)cell_failed(cell))
DERIVED(served_of, cell_active(cell) - cell->never_served)
DERIVED(silent_of, (double)cell->level - cell_active(cell))
DERIVED(dropped_after_of, cell->crowd.dropped_after_s * 1e9)
DERIVED(ceiling_share_of, cell->rate_rps / cell->ceiling_rps)
DERIVED(kept_up_of, (double)cell->ok / cell->open_loop.scheduled)
DERIVED(counted_of, (double)cell->ok / cell->window_s)
DERIVED(left_of, (double)cell->in_flight_end + cell->open_loop.waiting_end)

/* What the server has closed and the client has not followed yet, and the error of sampling. */
DERIVED(elsewhere_of,
	fmax(0, (double)cell->level - cell->open_mean - cell->accept_queue.mean - cell->handshaking - cell->resting))

static const struct derived {
	const char *name, *unit;
	double (*value)(const struct cell *cell);
} deriveds[] = {
	{ "active", "connections", cell_active },    { "ever served", "plain", served_of },
	{ "all failed", "plain", failed_of },        { "all silent", "connections", silent_of },
	{ "dropped after", "ns", dropped_after_of }, { "share of ceiling", "share", ceiling_share_of },
	{ "kept up", "share", kept_up_of },          { "left", "requests", left_of },
	{ "counted", "requests", counted_of },       { "elsewhere", "connections", elsewhere_of },
};

/*
 * The figure of that name as text: one that is computed, or a field by its path; a blank before the name requests
 * thousands separators.
 */
static void name_show(char out[UNITS_TEXT], const char *name, const struct cell *cell)
{
	const struct field *field = fields_find(cell_fields, name + (*name == ' '));
	char words[CELL_SHARE];

	if (strcmp(name, "share in words") == 0)
		snprintf(out, UNITS_TEXT, "%s", cell_show_share(words, cell->server_share));
	for (size_t i = 0; i < sizeof deriveds / sizeof *deriveds; i++)
		if (strcmp(deriveds[i].name, name) == 0)
			figure_show(out, deriveds[i].unit, deriveds[i].value(cell));
	if (!field)
		return;
	if (field->kind == FIELD_NUMBER)
		figure_show(out, field->unit, *(const double *)field_at(field, cell));
	else if (*name == ' ')
		units_show_count(out, *(const uint64_t *)field_at(field, cell));
	else
		snprintf(out, UNITS_TEXT, "%" PRIu64, *(const uint64_t *)field_at(field, cell));
}

/* Writes a text with each {name} replaced by its figure. */
static void fill(char *out, size_t room, const char *text, const struct cell *cell)
{
	size_t used = 0;

	out[0] = 0;
	while (*text && used < room) {
		char name[64], figure[UNITS_TEXT] = "";
		size_t plain = strcspn(text, "{");
		used += (size_t)snprintf(out + used, room - used, "%.*s", (int)plain, text);
		text += plain;
		if (!*text)
			break;
		size_t bytes = strcspn(text, "}");
		snprintf(name, sizeof name, "%.*s", (int)bytes - 1, text + 1);
		name_show(figure, name, cell);
		if (used < room)
			used += (size_t)snprintf(out + used, room - used, "%s", figure);
		text += bytes + 1;
	}
}

static void row(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%-12s%s\n", name, text);
}

/* The server's own text, or text from a file, goes to a terminal: it must not steer the terminal. */
static void row_plain(FILE *out, const char *name, const char *text)
{
	char plain[2048];

	if (text)
		row(out, name, text_plain(plain, sizeof plain, text));
}

static void print_validity(const struct cell *cell, FILE *out)
{
	if (cell->valid)
		row(out, "valid", "yes");
	for (int i = 0; i < INVALIDS; i++)
		if (cell->invalid >> i & 1) {
			fprintf(out, "%-12s%s: %s\n", "not valid", invalid_names[i], invalid_descriptions[i]);
			row(out, "", invalid_advice[i]);
		}
	row_plain(out, "error", cell->error);
	if (cell->restarted)
		row(out, "restarted", "the server was started afresh after this cell");
}

/* A second in a line. The last tenth may be cut by the end of the window: its count is of less time. */
static void print_tenths(const struct cell *cell, FILE *out)
{
	double last_s = cell->window_s - (double)(cell->tenths_count - 1) / TENTHS;

	if (!cell->tenths_count)
		return;
	row(out, "in time", "right responses in each 0.1 s, from the start of the window:");
	for (uint64_t i = 0; i < cell->tenths_count; i++) {
		if (i % TENTHS == 0)
			fprintf(out, "%s%12s%6" PRIu64 " s ", i ? "\n" : "", "", i / TENTHS);
		fprintf(out, " %6" PRIu32, cell->tenths[i]);
	}
	if (last_s > 0 && last_s < 0.0995)
		fprintf(out, " (the last: %.2f s only)", last_s);
	fputc('\n', out);
}

static void print_failures(const struct cell *cell, FILE *out)
{
	for (int i = 0; i < LOAD_FAILURES; i++)
		if (cell->failed[i])
			fprintf(out, "%-12s%" PRIu64 " %s\n", "failed", cell->failed[i], load_failure_names[i]);
}

static void print_wrong(const struct cell *cell, FILE *out)
{
	row_plain(out, "wrong", cell->wrong);
}

#define OFFERED                                                                                                      \
	"{open_loop.offered_rps} requests/s: {open_loop.waiting_start} waiting + {open_loop.scheduled} scheduled = " \
	"{ started} started + {open_loop.waiting_end} waiting; {open_loop.waited} waited for a connection"
#define CROWD                                                                                                        \
	"{crowd.active} active; of {all silent} silent connections {crowd.silent} open at the end, {crowd.dropped} " \
	"ended by the server"

char *explain_offered(char out[EXPLAIN_OFFERED], const struct cell *cell)
{
	fill(out, EXPLAIN_OFFERED, OFFERED, cell);
	return out;
}

const char *explain_crowd(char text[EXPLAIN_CROWD], const struct cell *cell)
{
	text[0] = 0;
	if (!isnan(cell->crowd.active))
		fill(text, EXPLAIN_CROWD,
		     cell->crowd.dropped > 0 ? CROWD ", after a silence of at least {dropped after}" : CROWD, cell);
	return text;
}

static void print_crowd(const struct cell *cell, FILE *out)
{
	char crowd[EXPLAIN_CROWD];

	if (*explain_crowd(crowd, cell))
		row(out, "crowd", crowd);
}

/* A bar for each doubling of the time. */
static void print_bars(const struct hist *hist, FILE *out)
{
	uint64_t counts[64] = { 0 }, max = 0;
	char time[UNITS_TEXT], count[UNITS_TEXT];

	for (size_t i = 0; i < HIST_BUCKETS; i++)
		if (hist->buckets[i])
			counts[hist_bucket_low(i) ? 63 - __builtin_clzll(hist_bucket_low(i)) : 0] += hist->buckets[i];
	for (int i = 0; i < 64; i++)
		max = counts[i] > max ? counts[i] : max;
	for (int i = 0; i < 64; i++) {
		if (!counts[i])
			continue;
		int length = (int)((double)counts[i] * BAR / (double)max);
		fprintf(out, "%12s%9s..  %.*s %s\n", "", units_show_latency(time, 1ull << i), length ? length : 1,
			"##################################################", units_show_count(count, counts[i]));
	}
}

static void print_times(const char *name, const struct cell_times *times, FILE *out)
{
	const struct {
		const char *name;
		double ns;
	} shown[] = { { "p50", times->p50 },    { "p90", times->p90 }, { "p99", times->p99 },
		      { "p99.9", times->p999 }, { "max", times->max }, { "mean", times->mean } };
	char figure[UNITS_TEXT];

	fprintf(out, "%-12s", name);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		fprintf(out, "%s%s %s", i ? "  " : "", shown[i].name, figure_show(figure, "ns", shown[i].ns));
	fputc('\n', out);
}

/* The times by the whole histogram, if the cell has it as text, else the recorded quantiles. */
static void explain_times(const char *name, const char *text, const struct cell_times *noted, bool bars, FILE *out)
{
	struct hist *hist = calloc(1, sizeof *hist);

	if (hist && text && hist_parse(hist, text)) {
		struct cell_times times = cell_times_of(hist);
		print_times(name, &times, out);
		if (bars)
			print_bars(hist, out);
	} else if (!isnan(noted->p50)) {
		print_times(name, noted, out);
	}
	free(hist);
}

static void print_latency(const struct cell *cell, FILE *out)
{
	explain_times("connect", cell->connect_hist, &cell->connect_ns, false, out);
	explain_times("latency", cell->latency_hist, &cell->latency_ns, true, out);
}

static void print_lag(const struct cell *cell, FILE *out)
{
	explain_times("lag", NULL, &cell->lag_ns, false, out);
}

static void print_threads(const struct cell *cell, FILE *out)
{
	char name[32], cpu[UNITS_TEXT], user[UNITS_TEXT], system[UNITS_TEXT];

	for (uint64_t i = 0; i < cell->client_threads; i++) {
		snprintf(name, sizeof name, "client %" PRIu64, i);
		fprintf(out, "%-12s%s of a core: user %s, system %s\n", name,
			figure_show(cpu, "cores", cell->client_cpu[i]),
			figure_show(user, "cores", cell->client_user[i]),
			figure_show(system, "cores", cell->client_system[i]));
	}
}

/* A figure that is missing is said to be: it is not 0. */
static void print_unseen(const struct cell *cell, FILE *out)
{
	char unseen[CELL_UNSEEN];

	if (cell->unseen)
		fprintf(out, "%-12snot seen, though it was alive: %s\n", "", cell_show_unseen(unseen, cell->unseen));
}

static void print_kernel(const struct cell *cell, FILE *out)
{
	char count[UNITS_TEXT];
	int told = 0;

	for (int i = 0; i < KERNEL_COUNTERS; i++)
		if (cell->kernel.counters[i] > 0)
			fprintf(out, "%-12s%s %s\n", told++ ? "" : "kernel", kernel_counter_names[i],
				units_show_count(count, units_whole(cell->kernel.counters[i] + 0.5)));
	fprintf(out, "%-12s%s sockets in TIME_WAIT%s\n", told ? "" : "kernel",
		figure_show(count, "sockets", cell->kernel.time_wait),
		told ? "; its other counters stood still" : "; its counters stood still");
}

/* What the kernel's counters cover. */
static void print_counted(const char *network, FILE *out)
{
	row(out, "",
	    strcmp(network, "private") == 0
		    ? "(of this server's private network alone; steal and pressure are of the whole host)"
		    : "(of the whole host: other traffic shows too)");
}

/* When a line is shown. */
#define WHEN(name, condition)                     \
	static bool name(const struct cell *cell) \
	{                                         \
		return condition;                 \
	}

WHEN(is_closed_loop, !cell_is_open_loop(cell))
WHEN(has_ceiling, is_closed_loop(cell) && cell->ceiling_rps >= cell->rate_rps)
WHEN(has_slow_control, is_closed_loop(cell) && cell->ceiling_rps < cell->rate_rps)
WHEN(has_no_ceiling, is_closed_loop(cell) && isnan(cell->ceiling_rps))
WHEN(has_share, !isnan(cell->open_loop.share))
WHEN(keeps_up, cell_is_open_loop(cell) && cell_keeps_up(cell))
WHEN(falls_behind, cell_is_open_loop(cell) && !cell_keeps_up(cell))
WHEN(has_end, cell_is_open_loop(cell) && !isnan(cell->open_loop.unfinished))
WHEN(is_whole, cell->in_flight_start + cell->started == cell->ok + cell_failed(cell) + cell->in_flight_end)
WHEN(is_lossy, !is_whole(cell))
WHEN(has_stray, cell->stray)
WHEN(is_short_of_rounds, cell->rounds < 1)
/*
 * The rate takes all connections for alike (clients/window.h). Where those that wait long start nothing in the window it is too
 * high; what ended in the window, divided by its length, is at most a round off. With a fixed number of requests, which begins
 * and ends with nothing in flight, the counts are not of the window.
 */
WHEN(is_uneven, is_closed_loop(cell) && cell->rounds >= 1 && cell->in_flight_end &&
			fabs((isnan(cell->scaled_from) ? cell->rate_rps : cell->scaled_from) / counted_of(cell) - 1) >
				fmax(UNEVEN, 3 / sqrt((double)cell->ok)))
WHEN(has_starved, is_closed_loop(cell) && cell->never_served > 0 && cell->ok && !is_short_of_rounds(cell))
WHEN(has_unfinished, cell->unfinished)
WHEN(has_dropped, cell->dropped_unannounced)
WHEN(has_ignored, cell->close_ignored)
WHEN(is_late_censored, cell_is_open_loop(cell) && cell->latency_censored)
WHEN(is_scaled, !isnan(cell->scaled_from))
WHEN(has_share_of_cpu, !isnan(cell->server_share))
WHEN(has_share_unscaled, !isnan(cell->server_share) && isnan(cell->scaled_from))
WHEN(has_capacity, !isnan(cell->capacity_rps))
WHEN(has_places, is_closed_loop(cell) && !isnan(cell->accept_queue.mean) && !isnan(cell->handshaking))
WHEN(has_queue, !isnan(cell->accept_queue.mean))
WHEN(is_censored, is_closed_loop(cell) && cell->latency_censored)
WHEN(has_latency, is_closed_loop(cell) && !cell->latency_censored && !isnan(cell->latency_ns.p50))
WHEN(was_paused, cell->invalid >> INVALID_CLIENT_PAUSED & 1)
WHEN(has_shared_cpus, cell->shared_cpus > 0)
WHEN(has_sampled, is_closed_loop(cell) && !isnan(cell->concurrency_sampled))
WHEN(has_no_sampled, is_closed_loop(cell) && isnan(cell->concurrency_sampled) && !isnan(cell->little))
WHEN(has_lowered_files, !isnan(cell->server_use.files_given))
WHEN(has_server_cpu, !isnan(cell->server_cpu_us_per_request))

#define NOTE     "note"
#define ANSWERED "of what was scheduled in the window had its right response in it"
#define SENT \
	"{in_flight_start} in flight + {started} started = {ok} ok + {all failed} failed + {in_flight_end} in flight: "

/*
 * The lines about a cell, each with its condition. The lines of a group are followed by those of its fields that no
 * line names; a field added later shows that way.
 */
#define TELL(group_, name_, when_, text_)                                    \
	{                                                                    \
		.group = group_, .name = name_, .when = when_, .text = text_ \
	}
#define PRINT(group_, print_)                    \
	{                                        \
		.group = group_, .print = print_ \
	}

static const struct line {
	const char *group, *name, *text;
	bool (*when)(const struct cell *cell);             /* NULL: always */
	void (*print)(const struct cell *cell, FILE *out); /* in place of a text */
} lines[] = {
	TELL("rate", "rate", NULL, "{rate_rps} requests/s over a window of {window_s}"),
	TELL("rate", "offered", cell_is_open_loop, OFFERED),
	TELL("rate", "", has_share,
	     "the rate is {open_loop.share} of the highest rate that the server reached in the closed loop of this launch"),
	TELL("rate", "keeps up", keeps_up, "yes: {kept up} " ANSWERED),
	TELL("rate", "keeps up", falls_behind, "no: {kept up} " ANSWERED),
	TELL("rate", "after it", has_end,
	     "{left} in flight or waiting as it ended: {open_loop.late_ok} ok, {open_loop.late_failed} failed, {open_loop.unfinished} never ended"),
	TELL("rate", "share", is_scaled,
	     "at {share in words}, scaled to a whole one; measured: {scaled_from} requests/s, and the server waited for the CPU in {throttled_time} of the time"),
	TELL("rate", "share", has_share_unscaled,
	     "at {share in words}, which was not what limited it all the time: not scaled"),
	TELL("rate", "capacity", has_capacity,
	     "{capacity_rps} requests/s on a whole CPU, by the server's CPU time per request: the client could not offer that"),
	TELL("rate", "ceiling", has_ceiling,
	     "{ceiling_rps} requests/s of the control server: this is {share of ceiling} of it"),
	TELL("rate", "ceiling", has_slow_control,
	     "none: the control server was slower, {ceiling_rps} requests/s, and shows no limit here"),
	TELL("rate", "ceiling", has_no_ceiling, "unknown: the control server was not measured at this level"),
	PRINT("requests", print_tenths),
	TELL("requests", "requests", is_whole, SENT "none lost"),
	TELL("requests", "requests", is_lossy, SENT "they do not add up"),
	PRINT("requests", print_failures),
	TELL("requests", NOTE, is_short_of_rounds,
	     "only {rounds} rounds of all connections fit into the window: the rate is of a part of them, and nothing is said of fairness (a longer --max-window)"),
	TELL("requests", NOTE, is_uneven,
	     "{counted} responses a second ended in the window: the rate differs, because connections are served in step, or unevenly (a full accept queue, for example)"),
	TELL("requests", NOTE, has_starved,
	     "{ever served} of {active} connections were ever served in the window, and the latency is theirs: the server serves few at a time (more workers or threads, or fewer connections)"),
	TELL("requests", NOTE, has_unfinished,
	     "{unfinished} requests in flight at the window's end had not ended long after it"),
	TELL("requests", NOTE, has_dropped,
	     "{dropped_unannounced} keep-alive connections were dropped without announcement, and what was asked on them failed (turn on keep-alive in the server, or measure it in close mode)"),
	TELL("requests", NOTE, has_ignored,
	     "{close_ignored} connections that the server should have closed were closed by the client, which has their TIME_WAIT"),
	TELL("requests", "stray", has_stray,
	     "{stray} connections given up: bytes arrived on them that belong to no response"),
	PRINT("requests", print_wrong),
	TELL("in flight", "in flight", is_closed_loop,
	     "{concurrency.mean} of {active} on average, {concurrency.min} to {concurrency.max}"),
	TELL("in flight", "in flight", cell_is_open_loop,
	     "{concurrency.mean} of at most {active} on average, {concurrency.min} to {concurrency.max}"),
	PRINT("in flight", print_crowd),
	TELL("in flight", "in server", NULL,
	     "{open_in_server.mean} connections open on average, {open_in_server.max} at most; listen backlog {backlog}"),
	TELL("in flight", "queue", has_queue,
	     "{accept_queue.mean} connections waited in the accept queue on average, {accept_queue.max} at most"),
	TELL("in flight", "where", has_places,
	     "{ level} offered: {open_in_server.mean} in the server, {accept_queue.mean} in its accept queue,"),
	TELL("in flight", "", has_places, "{handshaking} in handshake or SYN retry, {resting} resting after failures,"),
	TELL("in flight", "", has_places,
	     "{elsewhere} between two requests, or established for the client alone (SYN cookies of a full queue)"),
	/* An open loop opens what it needs, when it needs it. */
	TELL("in flight", "ramp", is_closed_loop, "{ramp.reached} connections after {ramp.seconds}"),
	TELL("in flight", "fairness", is_closed_loop,
	     "{fairness.min} to {fairness.max} responses a connection, {fairness.never_served} never served, Jain's index {fairness.jain}"),
	TELL("in flight", "Little", has_sampled,
	     "residual {little_residual}: {concurrency.sampled} in flight by the sampled counts"),
	TELL("in flight", "Little", has_no_sampled, "residual {little_residual}"),
	PRINT("latency", print_latency),
	TELL("latency", "", has_share_of_cpu,
	     "not taken: at {share in words} a server waits for the CPU, and its clients with it (--server-share 1)"),
	TELL("latency", "", cell_is_open_loop,
	     "of an open loop: from the scheduled time, with all waiting and with the client's own lag"),
	TELL("latency", "", is_late_censored,
	     "censored: after the window {open_loop.late_failed} requests failed, {open_loop.unfinished} never ended: the slowest are missing"),
	PRINT("latency", print_lag),
	TELL("latency", "", is_censored,
	     "censored: some of the requests that began in the window have no end, so that the slow ones are missing"),
	TELL("latency", "", has_latency, "of a closed loop: under this load, not at a rate of arrivals"),
	PRINT("client", print_threads),
	TELL("client", "client", NULL, "busiest CPU {client_cpu_busiest}; watching took {observer_cpu} of a core"),
	TELL("client", "", was_paused, "it stood still for {client_pause_s} of the window"),
	TELL("client", "", has_shared_cpus, "{shared_cpus} of the CPUs that it may run on are the server's too"),
	TELL("server", "server", has_server_cpu,
	     "{server_cpu_us_per_request} of CPU a request; user {server_use.user_s}, system {server_use.system_s} over the window"),
	TELL("server", "", NULL,
	     "memory {server_rss_bytes}, at most {server_use.peak_rss_bytes}; open files at most {server_use.files_max} of {server_use.files_limit}"),
	TELL("server", "", has_lowered_files,
	     "it has lowered its limit of open files, from {server_use.files_given} to {server_use.files_limit}"),
	PRINT("server", print_unseen),
	TELL("server", "", NULL,
	     "processes {server_use.processes}, threads {server_use.threads}; context switches: {server_use.switches_voluntary} waiting, {server_use.switches_involuntary} preempted"),
	PRINT("kernel", print_kernel),
};

#define LINES (sizeof lines / sizeof *lines)

static bool is_named(const struct field *field)
{
	char plain[80], commas[80];

	snprintf(plain, sizeof plain, "{%s}", field->path);
	snprintf(commas, sizeof commas, "{ %s}", field->path);
	if (strstr(CROWD, plain) || strstr(OFFERED, plain))
		return true;
	for (size_t i = 0; i < LINES; i++)
		if (lines[i].text && (strstr(lines[i].text, plain) || strstr(lines[i].text, commas)))
			return true;
	return false;
}

void explain_fields(const struct field *fields, const char *group, const void *of, FILE *out)
{
	for (const struct field *field = fields; field->path; field++) {
		char figure[UNITS_TEXT];
		bool is_number = field->kind == FIELD_NUMBER;
		if (!field->group || strcmp(field->group, group) != 0 || (!is_number && field->kind != FIELD_COUNT) ||
		    is_named(field))
			continue;
		double value = is_number ? *(const double *)field_at(field, of)
					 : (double)*(const uint64_t *)field_at(field, of);
		if (isnan(value) || (!is_number && value < 1))
			continue;
		figure_show(figure, field->unit, value);
		fprintf(out, "%-12s%s: %s", "", field->path, figure);
		/* Where the figure is a count, its unit names the things counted. */
		fprintf(out, strspn(figure, "0123456789,") == strlen(figure) ? " %s\n" : "\n", field->unit);
	}
}

void explain_notes(const struct cell *cell, const char *before, FILE *out)
{
	char text[LINE_ROOM];

	for (size_t i = 0; i < LINES; i++) {
		const struct line *line = &lines[i];
		if (!line->name || strcmp(line->name, NOTE) != 0 || !line->when(cell))
			continue;
		fill(text, sizeof text, line->text, cell);
		fprintf(out, "%s%s\n", before, text);
	}
}

void explain_print(const struct cell *cell, const char *network, FILE *out)
{
	char at[CELL_AT], text[LINE_ROOM], server[256], mode[64], client[64];

	fprintf(out, "%s@%s, %s mode, client %s, launch %" PRIu64 "\n\n",
		text_plain(server, sizeof server, cell->server), cell_show_at(at, cell),
		text_plain(mode, sizeof mode, cell->mode), text_plain(client, sizeof client, cell->client),
		cell->block);
	print_validity(cell, out);
	if (isnan(cell->rate_rps))
		return; /* nothing was measured */
	for (size_t i = 0; i < LINES; i++) {
		const struct line *line = &lines[i];
		bool holds = !line->when || line->when(cell);
		if (holds && line->print) {
			line->print(cell, out);
		} else if (holds) {
			fill(text, sizeof text, line->text, cell);
			row(out, line->name, text);
		}
		if (i + 1 == LINES || strcmp(line->group, line[1].group) != 0)
			explain_fields(cell_fields, line->group, cell, out);
	}
	print_counted(network, out);
}
