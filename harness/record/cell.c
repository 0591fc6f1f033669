#include "harness/record/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"

#define CELL(path, kind, presence, member, unit_, group_, ...) \
	FIELD_ROW(struct cell, path, kind, presence, member, .unit = unit_, .group = group_, ##__VA_ARGS__)
#define FIGURE(path, kind, presence, merge_, member, unit, group, ...) \
	CELL(path, kind, presence, member, unit, group, .merge = FIELD_##merge_, ##__VA_ARGS__),
#define TIMES(name, presence)                                                 \
	CELL(#name ".mean", NUMBER, presence, name.mean, "ns", NULL),         \
		CELL(#name ".p50", NUMBER, presence, name.p50, "ns", NULL),   \
		CELL(#name ".p90", NUMBER, presence, name.p90, "ns", NULL),   \
		CELL(#name ".p99", NUMBER, presence, name.p99, "ns", NULL),   \
		CELL(#name ".p999", NUMBER, presence, name.p999, "ns", NULL), \
		CELL(#name ".max", NUMBER, presence, name.max, "ns", NULL)
/* For each thread of the client. */
#define THREADS(path, presence, member) \
	CELL(path, SERIES, presence, member, "cores", "client", .count = FIELD_COUNTED_BY(struct cell, client_threads))
#define USE(name, unit) CELL("server_use." #name, NUMBER, LATER, server_use.name, unit, "server")

const char *const unseen_names[UNSEENS] = { "processes", "cpu", "memory", "files", "files_limit", "accept_queue" };

const char *const unseen_descriptions[UNSEENS] = {
	"its processes", "its CPU time", "its memory", "its open files", "its limit of open files", "its accept queue",
};

const struct field cell_fields[] = {
	CELL("server", TEXT, ALWAYS, server, NULL, NULL, .filled = true),
	CELL("client", TEXT, ALWAYS, client, NULL, NULL, .filled = true),
	CELL("mode", TEXT, ALWAYS, mode, NULL, NULL, .filled = true),
	CELL("level", COUNT, ALWAYS, level, "connections", NULL, .filled = true),
	CELL("block", COUNT, ALWAYS, block, NULL, NULL),
	CELL("open_loop.offered_rps", NUMBER, KNOWN, open_loop.offered_rps, "1/s", "rate"),
	CELL("open_loop.share", NUMBER, KNOWN, open_loop.share, "share", "rate"),
	CELL("crowd.active", NUMBER, KNOWN, crowd.active, "connections", "in flight"),
#include "clients/figures.def"
	CELL("open_in_server.mean", NUMBER, ALWAYS, open_mean, "connections", "in flight"),
	CELL("open_in_server.max", NUMBER, ALWAYS, open_max, "connections", "in flight"),
	CELL("accept_queue.mean", NUMBER, KNOWN, accept_queue.mean, "connections", "in flight"),
	CELL("accept_queue.max", NUMBER, KNOWN, accept_queue.max, "connections", "in flight"),
	CELL("backlog", COUNT, ALWAYS, backlog, "connections", "in flight"),
	TIMES(latency_ns, ALWAYS),
	TIMES(connect_ns, ALWAYS),
	TIMES(handshake_ns, KNOWN),
	CELL("tls.version", TEXT, KNOWN, tls_version, NULL, "requests"),
	CELL("tls.cipher", TEXT, KNOWN, tls_cipher, NULL, "requests"),
	TIMES(lag_ns, KNOWN),
	CELL("latency_censored", BOOL, LATER, latency_censored, NULL, "latency"),
	CELL("latency_histogram", TEXT, KNOWN, latency_hist, NULL, NULL),
	CELL("connect_histogram", TEXT, KNOWN, connect_hist, NULL, NULL),
	CELL("tenths", TALLY, LATER, tenths, "responses", NULL, .room = LOAD_TENTHS_MAX,
	     .count = FIELD_COUNTED_BY(struct cell, tenths_count)),
	CELL("little_residual", NUMBER, LATER, little, "share", "in flight"),
	THREADS("client_cpu", ALWAYS, client_cpu),
	THREADS("client_cpu_user", LATER, client_user),
	THREADS("client_cpu_system", LATER, client_system),
	CELL("shared_cpus", NUMBER, KNOWN, shared_cpus, "CPUs", "client"),
	CELL("observer_cpu", NUMBER, LATER, observer_cpu, "cores", "client"),
	CELL("ceiling_rps", NUMBER, LATER, ceiling_rps, "1/s", "rate"),
	CELL("capacity_rps", NUMBER, KNOWN, capacity_rps, "1/s", "rate"),
	CELL("server_share", NUMBER, KNOWN, server_share, "share", "server"),
	CELL("throttled", NUMBER, KNOWN, throttled, "share", "server"),
	CELL("throttled_time", NUMBER, KNOWN, throttled_time, "share", "server"),
	CELL("scaled_from", NUMBER, KNOWN, scaled_from, "1/s", "rate"),
	CELL("server_cpu_us_per_request", NUMBER, ALWAYS, server_cpu_us_per_request, "us", "server"),
	CELL("server_rss_bytes", NUMBER, ALWAYS, server_rss_bytes, "bytes", "server"),
	USE(user_s, "s"),
	USE(system_s, "s"),
	USE(peak_rss_bytes, "bytes"),
	USE(files_max, "files"),
	USE(files_limit, "files"),
	CELL("server_use.files_given", NUMBER, KNOWN, server_use.files_given, "files", "server"),
	USE(processes, "processes"),
	USE(threads, "threads"),
	USE(switches_voluntary, "switches"),
	USE(switches_involuntary, "switches"),
	CELL("unseen", NAMES, KNOWN, unseen, NULL, NULL, .names = unseen_names, .room = UNSEENS),
	CELL("kernel", NUMBERS, LATER, kernel.counters, NULL, NULL, .names = kernel_counter_names),
	CELL("kernel.time_wait", NUMBER, LATER, kernel.time_wait, "sockets", NULL),
	CELL("status", NUMBER, KNOWN, status, "", "requests"),
	CELL("address", TEXT, KNOWN, address, NULL, "requests"),
	CELL("restarted", BOOL, ALWAYS, restarted, NULL, NULL),
	CELL("error", TEXT, KNOWN, error, NULL, NULL),
	CELL("wrong", TEXT, KNOWN, wrong, NULL, NULL),
	CELL("valid", BOOL, ALWAYS, valid, NULL, NULL),
	CELL("invalid", NAMES, ALWAYS, invalid, NULL, NULL, .names = invalid_names, .room = INVALIDS),
	{ .path = NULL }
};

/* Where fields_copy() takes the figures from a sample. */
_Static_assert(offsetof(struct cell, rate_rps) == offsetof(struct load_figures, rate_rps) &&
		       offsetof(struct load_sample, rate_rps) == offsetof(struct load_figures, rate_rps),
	       "the figures come first in a cell and in a sample");

/* This share of requests can be unfinished without moving the 99.9th percentile. */
#define CENSORED 0.001

/* Of its share, a server has used up that much at least; and of the time in which it could run, has run so much. */
#define SHARE_USED 0.95
#define SHARE_BUSY 0.90

static const struct cell_times unknown = { NAN, NAN, NAN, NAN, NAN, NAN };

int cell_set_text(char **field, const char *text)
{
	bool is_set = text && *text;

	free(*field);
	*field = is_set ? strdup(text) : NULL;
	return is_set && !*field ? -1 : 0;
}

int cell_init(struct cell *cell, const char *server, const char *client, const char *mode, uint64_t level,
	      uint64_t block)
{
	*cell = (struct cell){ 0 };
	fields_init(cell_fields, cell);
	cell->level = level;
	cell->block = block;
	if (!cell_set_text(&cell->server, server) && !cell_set_text(&cell->client, client) &&
	    !cell_set_text(&cell->mode, mode))
		return 0;
	cell_release(cell);
	return -1;
}

char *cell_show_unseen(char out[CELL_UNSEEN], unsigned unseen)
{
	size_t used = 0;

	out[0] = 0;
	for (int i = 0; i < UNSEENS && used < CELL_UNSEEN; i++)
		if (unseen >> i & 1)
			used += (size_t)snprintf(out + used, CELL_UNSEEN - used, "%s%s", used ? ", " : "",
						 unseen_descriptions[i]);
	return out;
}

struct cell_times cell_times_of(const struct hist *hist)
{
	if (!hist->count)
		return unknown;
	return (struct cell_times){
		.mean = hist_mean(hist),
		.p50 = (double)hist_quantile(hist, 0.50),
		.p90 = (double)hist_quantile(hist, 0.90),
		.p99 = (double)hist_quantile(hist, 0.99),
		.p999 = (double)hist_quantile(hist, 0.999),
		.max = (double)hist->max,
	};
}

/* The whole histogram as text; NULL where it is empty. Returns 0, or -1 if out of memory. */
static int text_of(char **text, const struct hist *hist)
{
	size_t bytes;

	free(*text);
	*text = NULL;
	if (!hist->count)
		return 0;
	FILE *out = open_memstream(text, &bytes);
	if (!out)
		return -1;
	hist_print(hist, out);
	return text_close(out, text);
}

/* The fields that own memory. Returns 0, or -1 where it is out. */
static int evidence_take(struct cell *cell, const struct load_sample *sample)
{
	free(cell->tenths);
	cell->tenths_count = 0;
	cell->tenths = calloc(sample->tenths_count + 1, sizeof *cell->tenths);
	if (!cell->tenths)
		return -1;
	cell->tenths_count = sample->tenths_count;
	if (sample->tenths_count)
		memcpy(cell->tenths, sample->tenths, sample->tenths_count * sizeof *cell->tenths);
	return text_of(&cell->latency_hist, &sample->latency_ns) || text_of(&cell->connect_hist, &sample->connect_ns) ||
			       cell_set_text(&cell->tls_version, sample->tls_version) ||
			       cell_set_text(&cell->tls_cipher, sample->tls_cipher) ||
			       cell_set_text(&cell->wrong, sample->wrong)
		       ? -1
		       : 0;
}

int cell_take_target(struct cell *cell, const struct target *target)
{
	char address[TARGET_ADDRESS_TEXT];

	cell->status = target->expected.status;
	return target->named ? cell_set_text(&cell->address, target_show_address(target, address)) : 0;
}

bool cell_share_is_limit(const struct cell_share *use)
{
	return use->used >= SHARE_USED * use->share && use->used >= SHARE_BUSY * (1 - use->throttled_time);
}

void cell_take_share(struct cell *cell, const struct cell_share *use)
{
	cell->server_share = use->share;
	cell->throttled = use->throttled;
	cell->throttled_time = use->throttled_time;
	cell->latency_ns = unknown;
	cell->latency_censored = false;
	cell_set_text(&cell->latency_hist, NULL);
	if (!cell_share_is_limit(use) || cell_is_open_loop(cell) || isnan(cell->rate_rps))
		return;
	cell->scaled_from = cell->rate_rps;
	cell->rate_rps /= use->share;
}

char *cell_show_share(char out[CELL_SHARE], double share)
{
	if (share == 0.25)
		snprintf(out, CELL_SHARE, "a quarter of a CPU");
	else if (share == 0.5)
		snprintf(out, CELL_SHARE, "half a CPU");
	else
		snprintf(out, CELL_SHARE, "%.3g of a CPU", share);
	return out;
}

bool cell_is_failed(const struct cell *cell)
{
	return cell->error || isnan(cell->rate_rps);
}

bool cell_is_open_loop(const struct cell *cell)
{
	return !isnan(cell->open_loop.offered_rps) || !isnan(cell->open_loop.share);
}

bool cell_keeps_up(const struct cell *cell)
{
	return (double)cell->ok >= CELL_KEPT_UP * (cell->open_loop.scheduled - 1);
}

/* Unknown in both is NAN. */
static bool is_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

bool cell_is_alike(const struct cell *cell, const struct cell *other)
{
	return cell->level == other->level && cell->block == other->block && strcmp(cell->client, other->client) == 0 &&
	       strcmp(cell->mode, other->mode) == 0 && is_same(cell->open_loop.share, other->open_loop.share) &&
	       (is_same(cell->open_loop.offered_rps, other->open_loop.offered_rps) ||
		(!isnan(cell->open_loop.share) && strcmp(cell->server, other->server) == 0));
}

char *cell_show_at(char out[CELL_AT], const struct cell *cell)
{
	if (!isnan(cell->open_loop.offered_rps))
		snprintf(out, CELL_AT, "%.0f/s", cell->open_loop.offered_rps);
	else if (!isnan(cell->open_loop.share))
		snprintf(out, CELL_AT, "%.0f%%", 100 * cell->open_loop.share);
	else
		snprintf(out, CELL_AT, "%llu", (unsigned long long)cell->level);
	return out;
}

double cell_active(const struct cell *cell)
{
	return isnan(cell->crowd.active) ? (double)cell->level : cell->crowd.active;
}

/*
 * If half of a round is longer than the window, most of the requests that started in it have not ended. In an open loop
 * the latency is that of all requests due in the window, unless some failed or never ended after it.
 */
static bool is_censored(const struct cell *cell)
{
	if (cell_is_open_loop(cell))
		return cell->open_loop.unfinished > 0 || cell->open_loop.late_failed > 0;
	if (!isnan(cell->rounds))
		return cell->rounds < 1 || (double)cell->unfinished > CENSORED * (double)cell->ok;
	return cell->rate_rps > 0 && cell_active(cell) / cell->rate_rps > cell->window_s / 2;
}

int cell_take(struct cell *cell, const struct load_sample *sample)
{
	if (evidence_take(cell, sample))
		return -1;

	fields_copy(load_figures, cell, sample);
	cell->latency_ns = cell_times_of(&sample->latency_ns);
	cell->connect_ns = cell_times_of(&sample->connect_ns);
	cell->handshake_ns = cell_times_of(&sample->handshake_ns);
	cell->lag_ns = cell_times_of(&sample->lag_ns);
	cell->latency_censored = is_censored(cell);
	cell->client_threads = sample->threads_count;
	for (unsigned i = 0; i < sample->threads_count; i++) {
		const struct load_thread *thread = &sample->threads[i];
		cell->client_user[i] = thread->window_s > 0 ? thread->user_s / thread->window_s : 0;
		cell->client_system[i] = thread->window_s > 0 ? thread->system_s / thread->window_s : 0;
		cell->client_cpu[i] = cell->client_user[i] + cell->client_system[i];
	}
	return 0;
}

uint64_t cell_failed(const struct cell *cell)
{
	uint64_t sum = 0;

	for (int i = 0; i < LOAD_FAILURES; i++)
		sum += cell->failed[i];
	return sum;
}

void cell_release(struct cell *cell)
{
	fields_release(cell_fields, cell);
}
