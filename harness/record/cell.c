#include "harness/record/cell.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/lib/text.h"

/* The bounds of docs/method.md, "Is a cell valid?". */
#define CONCURRENCY_SHORT 0.05
#define CLIENT_BUSY       0.90
#define CONTROL_AHEAD     1.5
#define LITTLE_OFF        0.05
#define LAG_MOST          0.10
/* Of what was offered in an open loop. */
#define KEPT_UP 0.95

const char *const invalid_names[INVALIDS] = {
	"failed", "no_answers", "short_concurrency", "client_bound", "little", "conservation", "lag", "build",
};

const char *const invalid_words[INVALIDS] = {
	"the server could not be started, or failed under the load",
	"the server gave no right answer",
	"fewer requests were in flight, or fewer connections open, than the level says",
	"the client's CPU was the limit, not the server",
	"rate, latency and concurrency contradict each other (Little's law)",
	"requests were lost in the counting",
	"the client itself was late to start requests, by more than a tenth of their latency",
	"benchctl was built without optimization or with a sanitizer",
};

const char *const invalid_advice[INVALIDS] = {
	"its error says why; run the server by hand with BENCH_PORT set, or 'benchctl check' it",
	"'benchctl check' the server; its errors by kind are in 'benchctl explain'",
	"give it time: a longer --max-ramp and --max-window; else the server does not take so many, or ends those of a crowd that are silent",
	"give the client more CPUs (--client-cpus), or read the server's CPU per request instead of its rate",
	"repeat it on a quieter host, with a longer --duration",
	"this is a fault of benchctl: please report it with the run.json",
	"give the client a quieter CPU or more of them (--client-cpus), or offer a lower rate",
	"build it with 'make' and measure again",
};

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
	*cell = (struct cell){
		.level = level,
		.block = block,
		.rate_rps = NAN,
		.window_s = NAN,
		.ramp_s = NAN,
		.open_mean = NAN,
		.open_max = NAN,
		.concurrency_mean = NAN,
		.concurrency_min = NAN,
		.concurrency_max = NAN,
		.latency_ns = unknown,
		.connect_ns = unknown,
		.open_loop = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN },
		.lag_ns = unknown,
		.crowd = { NAN, NAN, NAN, NAN },
		.served_min = NAN,
		.served_max = NAN,
		.never_served = NAN,
		.jain = NAN,
		.client_cpu_busiest = NAN,
		.observer_cpu = NAN,
		.ceiling_rps = NAN,
		.little = NAN,
		.server_cpu_us_per_request = NAN,
		.server_rss_bytes = NAN,
		.server_use = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN },
		.kernel.time_wait = NAN,
	};
	for (int i = 0; i < KERNEL_COUNTERS; i++)
		cell->kernel.counters[i] = NAN;
	for (int i = 0; i < LOAD_THREADS_MAX; i++)
		cell->client_user[i] = cell->client_system[i] = NAN;
	if (!cell_set_text(&cell->server, server) && !cell_set_text(&cell->client, client) &&
	    !cell_set_text(&cell->mode, mode))
		return 0;
	cell_release(cell);
	return -1;
}

static struct cell_times times_of(const struct hist *hist)
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

/* The whole histogram as text; NULL where it is empty. Returns 0, or -1 where memory is out. */
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

/* What needs memory of its own. Returns 0, or -1 where it is out. */
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
			       cell_set_text(&cell->wrong, sample->wrong)
		       ? -1
		       : 0;
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
	return (double)cell->ok >= KEPT_UP * (cell->open_loop.scheduled - 1);
}

/* NAN is what is unknown in both. */
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
 * Where half of a round outlasts the window, most of the requests that began in it have not ended. In an open loop the
 * latency is that of all requests which were due in the window, unless some have failed or not even ended behind it.
 */
static bool is_censored(const struct cell *cell)
{
	if (cell_is_open_loop(cell))
		return cell->open_loop.unended > 0 || cell->open_loop.late_failed > 0;
	return cell->rate_rps > 0 && cell_active(cell) / cell->rate_rps > cell->window_s / 2;
}

/* What only an open loop or a crowd has. */
static void take_special(struct cell *cell, const struct load_sample *sample)
{
	const struct load_counts *counts = &sample->counts;

	if (cell_is_open_loop(cell)) {
		cell->open_loop.scheduled = (double)counts->scheduled;
		cell->open_loop.waiting_start = (double)counts->waiting_start;
		cell->open_loop.waiting_end = (double)counts->waiting_end;
		cell->open_loop.waited = (double)counts->waited;
		cell->open_loop.late_ok = (double)counts->late_ok;
		cell->open_loop.late_failed = (double)counts->late_failed;
		cell->open_loop.unended = (double)counts->unended;
		cell->lag_ns = times_of(&sample->lag_ns);
	}
	if (!isnan(cell->crowd.active)) {
		cell->crowd.silent = sample->silent;
		cell->crowd.dropped = sample->silent_dropped;
		if (sample->silent_dropped)
			cell->crowd.dropped_after_s = (double)sample->dropped_after_ns / 1e9;
	}
}

int cell_take(struct cell *cell, const struct load_sample *sample)
{
	const struct load_counts *counts = &sample->counts;

	if (evidence_take(cell, sample))
		return -1;

	cell->rate_rps = sample->rate_rps;
	cell->window_s = sample->window_s;
	cell->ramp_s = sample->ramp_s;
	cell->ramp_reached = sample->ramp_reached;
	cell->started = counts->started;
	cell->ok = counts->ok;
	memcpy(cell->failed, counts->failed, sizeof cell->failed);
	cell->in_flight_start = counts->in_flight_start;
	cell->in_flight_end = counts->in_flight_end;
	cell->connects = counts->connects;
	cell->started_before = counts->started_before;
	cell->stray = counts->stray;
	cell->concurrency_mean = sample->concurrency_mean;
	cell->concurrency_min = (double)sample->concurrency_min;
	cell->concurrency_max = (double)sample->concurrency_max;
	cell->latency_ns = times_of(&sample->latency_ns);
	cell->connect_ns = times_of(&sample->connect_ns);
	take_special(cell, sample);
	cell->latency_censored = is_censored(cell);
	if (!cell_is_open_loop(cell)) { /* there a connection is used when there is need of it */
		cell->served_min = (double)sample->served_min;
		cell->served_max = (double)sample->served_max;
		cell->never_served = (double)sample->never_served;
		cell->jain = sample->jain;
	}
	cell->client_threads = sample->threads_count;
	cell->client_cpu_busiest = sample->busiest_cpu;
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

static bool is_off(double value, double wanted)
{
	return !(fabs(value - wanted) <= CONCURRENCY_SHORT * wanted);
}

static bool is_short(const struct cell *cell)
{
	double silent = (double)cell->level - cell_active(cell);

	return is_off(cell->concurrency_mean, cell_active(cell)) || (silent > 0 && is_off(cell->crowd.silent, silent));
}

/* The latency of an open loop has the lag in it: it must be small beside it, in the middle and at the end. */
static bool is_lagging(const struct cell *cell)
{
	return cell->lag_ns.p50 > LAG_MOST * cell->latency_ns.p50 || cell->lag_ns.p99 > LAG_MOST * cell->latency_ns.p99;
}

static bool is_client_bound(const struct cell *cell, double control_rps)
{
	return cell->client_cpu_busiest > CLIENT_BUSY && !(control_rps >= CONTROL_AHEAD * cell->rate_rps);
}

/* Where the control server cannot keep up with a rate either, nobody can tell a server's limit from the client's. */
static bool is_beyond_control(const struct cell *cell, double control_rps)
{
	return strcmp(cell->server, CONTROL_SERVER) != 0 && !cell_keeps_up(cell) &&
	       control_rps < KEPT_UP * cell->open_loop.offered_rps;
}

static double little_residual(const struct cell *cell)
{
	return fabs(cell->rate_rps * cell->latency_ns.mean / 1e9 / cell->concurrency_mean - 1);
}

static bool breaks_little(const struct cell *cell)
{
	/* In close mode latency and the time between two requests of a connection are not the same. */
	return strcmp(cell->mode, load_mode_names[LOAD_CLOSE]) != 0 && cell->little > LITTLE_OFF;
}

static bool breaks_conservation(const struct cell *cell)
{
	if (cell_is_open_loop(cell) && cell->open_loop.scheduled + cell->open_loop.waiting_start !=
					       (double)cell->started + cell->open_loop.waiting_end)
		return true;
	/* Cells of before say nothing of what came of the requests behind the window. */
	if (cell_is_open_loop(cell) && !isnan(cell->open_loop.unended) &&
	    (double)cell->in_flight_end + cell->open_loop.waiting_end !=
		    cell->open_loop.late_ok + cell->open_loop.late_failed + cell->open_loop.unended)
		return true;
	return cell->in_flight_start + cell->started != cell->ok + cell_failed(cell) + cell->in_flight_end;
}

/* What a load of many connections in a closed loop can be invalid for. */
static unsigned judge_closed_loop(const struct cell *cell, double control_rps)
{
	unsigned invalid = (unsigned)is_short(cell) << INVALID_SHORT_CONCURRENCY | (unsigned)breaks_little(cell)
											   << INVALID_LITTLE;

	/* The control server shows the client's limit: being bound by it is its purpose. */
	if (strcmp(cell->server, CONTROL_SERVER) != 0)
		invalid |= (unsigned)is_client_bound(cell, control_rps) << INVALID_CLIENT_BOUND;
	return invalid;
}

void cell_judge(struct cell *cell, double control_rps)
{
	const struct client *client = client_find(cell->client);
	unsigned invalid = 0;

	cell->ceiling_rps = control_rps;
	cell->little = little_residual(cell);
	if (cell->error) {
		invalid = 1u << INVALID_FAILED;
	} else if (!cell->ok) {
		invalid = 1u << INVALID_NO_ANSWERS;
	} else {
		invalid |= (unsigned)breaks_conservation(cell) << INVALID_CONSERVATION;
		if (cell_is_open_loop(cell))
			invalid |= (unsigned)is_lagging(cell) << INVALID_LAG |
				   (unsigned)is_beyond_control(cell, control_rps) << INVALID_CLIENT_BOUND;
		else if (!client || client->most_connections != 1)
			invalid |= judge_closed_loop(cell, control_rps);
	}
	/* The build is known while measuring only; what it made of the cell then stays. */
	invalid |= (unsigned)cell->debug_build << INVALID_BUILD | (cell->invalid & 1u << INVALID_BUILD);
	cell->invalid = invalid;
	cell->valid = !invalid;
}

void cell_release(struct cell *cell)
{
	free(cell->server);
	free(cell->client);
	free(cell->mode);
	free(cell->error);
	free(cell->wrong);
	free(cell->latency_hist);
	free(cell->connect_hist);
	free(cell->tenths);
	*cell = (struct cell){ 0 };
}
