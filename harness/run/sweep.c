#include "harness/run/sweep.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/seq.h"
#include "harness/host/build.h"
#include "harness/host/port.h"
#include "harness/lib/argv.h"
#include "harness/lib/clock.h"
#include "harness/lib/random.h"
#include "harness/record/judge.h"
#include "harness/run/plan.h"
#include "harness/server/observe.h"
#include "harness/server/service.h"

/* Between SIGTERM and SIGKILL. */
#define GRACE_NS (2 * CLOCK_S)
/* Failed cells in a row after which the rest of a server's levels is skipped. */
#define FAILURES_MAX 3
/* How long a server that hung under a load is put under it once more, for its stderr output. */
#define AGAIN_NS (5 * CLOCK_S)
/* The share of its accept queue that a server must work through, in each period of --ready, to count as alive. */
#define QUEUE_PROGRESS 0.05
/* A queue of so many connections may take long; a server that has taken a tenth of that from it in this time works. */
#define QUEUE_LONG        100
#define QUEUE_PATIENCE_NS (2 * CLOCK_S)
/* How long it may then take to show that it hangs again. */
#define AGAIN_RESPONSE_NS CLOCK_S

/* The load of one cell. */
struct step {
	const struct client *client;
	enum load_mode mode;
	uint32_t level;
	double offered_rps, share; /* of an open loop, as in struct cell; NAN in a closed one */
};

/*
 * The look at what a server leaves the client of its CPU: connections, time, and the busiest that the client may be. A cell is
 * client_bound from 90 % on (harness/record/judge.c).
 */
#define LOOK_CONNECTIONS 64
#define LOOK_NS          (300 * CLOCK_MS)
#define LOOK_WARMUP_NS   (100 * CLOCK_MS)
#define LOOK_RAMP_NS     CLOCK_S
#define LOOK_BUSY        0.80
/* How long a server may take to show that the look has not harmed it. */
#define LOOK_RESPONSE_NS CLOCK_S

/* One launch of a server, with all that a cell of it needs. */
struct visit {
	struct sweep *sweep;
	const struct conf_server *server;
	const struct sweep_ask *ask; /* NULL: all levels */
	uint64_t block;
	struct service service;
	struct observe observe;
	unsigned failures; /* in a row */
	bool skipping;
	struct err last; /* the error of the last of them */
	size_t *done;
	/* Sums of the cell's window. */
	uint64_t idle_fds, observer_start_ns, observer_end_ns;
	struct observe_usage use_start, use_end;
	bool has_looked; /* use_end is of this load */
	struct kernel kernel_start, kernel_end;
	double open_sum, open_max, files_max;
	uint64_t open_samples;
	struct quota_use quota_start, quota_end;
	double mode_share; /* of a CPU, for the levels of this mode at which that is the limit */
	double share;      /* that the server had in the load that was measured last */
	double queue_sum, queue_max;
	uint64_t queue_samples;
	enum load_phase phase;
	uint64_t give_up_ns; /* when to cut the load short */
	bool is_changed;     /* the experiment knows of this start */
	unsigned unseen;     /* bit set of enum unseen: what has been told of, in this launch */
	bool told_lowered;   /* the server's lower limit of open files has been */
};

static bool stopped(const struct sweep *sweep)
{
	return sweep->stop && *sweep->stop;
}

static void notice(const struct sweep *sweep, const char *text)
{
	if (sweep->watch && sweep->watch->notice)
		sweep->watch->notice(sweep->watch->context, text);
}

/* The modes, each with its cells: rates, or levels and what follows them; a crowd is never an open loop. */
static size_t mode_cells(const struct settings *settings, enum load_mode mode)
{
	if (settings->rate.count)
		return settings->rate.count;
	return settings->concurrency.count + (mode == LOAD_CROWD ? 0 : settings->after_sweep.count);
}

/* Whether a server can be measured in a mode: all modes but close need connections that stay open. */
static bool takes_mode(const struct conf_server *server, enum load_mode mode)
{
	return mode == LOAD_CLOSE || server->keepalive;
}

static size_t server_cells(const struct sweep *sweep, const struct conf_server *server)
{
	size_t sum = !sweep->levels_only; /* the sequential one */

	for (size_t i = 0; i < sweep->modes_count; i++)
		if (takes_mode(server, sweep->modes[i]))
			sum += mode_cells(sweep->settings, sweep->modes[i]);
	return sum;
}

size_t sweep_cells(const struct sweep *sweep)
{
	size_t sum = 0;

	for (size_t i = 0; i < sweep->servers_count; i++)
		sum += server_cells(sweep, sweep->servers[i]);
	return sum * sweep->settings->repeat + sweep->asked;
}

static size_t asked_cells(const struct sweep_ask *ask)
{
	size_t sum = 0;

	for (size_t mode = 0; mode < LOAD_MODES; mode++)
		sum += ask->of_mode[mode].count;
	return sum;
}

/* Whether the port of a server that is not started is free; a service that runs already has it. */
static int port_check(const struct visit *visit, struct err *err)
{
	unsigned port = target_port(&visit->service.target);
	struct port_holder holder;

	if (!port || conf_is_attached(visit->server) || !port_is_held(port, &holder))
		return 0;
	if (!holder.pid)
		return err_set(err,
			       "port %u is in use by a process that can't be seen from here: "
			       "choose another with --port",
			       port);
	return err_set(err, "port %u is in use by process %d (%s): end it, or choose another port with --port", port,
		       (int)holder.pid, holder.name);
}

/* Ends the server, where it runs. */
static void visit_end(struct visit *visit)
{
	if (visit->is_changed)
		visit->sweep->change->ending(visit->sweep->change->context);
	visit->is_changed = false;
	service_stop(&visit->service);
}

/* Starts the server and waits until it responds. On a failure nothing is left running. */
static int visit_start(struct visit *visit, struct err *err)
{
	const struct sweep *sweep = visit->sweep;
	const struct sweep_change *change = sweep->change;

	if (service_start(&visit->service, sweep->settings->ready_ns, sweep->stop, err))
		return -1;
	visit->is_changed = change && change->started;
	if (visit->is_changed && change->started(change->context, &visit->service, err)) {
		visit_end(visit);
		return -1;
	}
	service_observe(&visit->service, &visit->observe);
	visit->idle_fds = observe_fds(&visit->observe);
	return 0;
}

/* Ends the server and sees to it that its port is free. */
static int visit_stop(struct visit *visit, struct err *err)
{
	visit_end(visit);
	return port_check(visit, err);
}

static void watch_enter(void *context, enum load_phase phase)
{
	struct visit *visit = context;

	visit->phase = phase;
	if (phase == LOAD_RAMP) {
		/* A closed connection may have been counted as idle before the server had closed its end. */
		uint64_t fds = observe_fds(&visit->observe);
		if (fds < visit->idle_fds)
			visit->idle_fds = fds;
	} else if (phase == LOAD_MEASURE) {
		service_observe(&visit->service, &visit->observe);
		kernel_read(&visit->kernel_start, "/proc");
		observe_use(&visit->observe, &visit->use_start);
		visit->quota_start = service_share_use(&visit->service);
		visit->observer_start_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
	} else if (phase == LOAD_DRAIN) {
		visit->observer_end_ns = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
		observe_use(&visit->observe, &visit->use_end);
		visit->has_looked = true;
		visit->quota_end = service_share_use(&visit->service);
		kernel_read(&visit->kernel_end, "/proc");
	}
}

static void look_at_queue(struct visit *visit)
{
	double length = service_queue_length(&visit->service);

	if (isnan(length))
		return;
	visit->queue_sum += length;
	visit->queue_samples++;
	if (length > visit->queue_max)
		visit->queue_max = length;
}

/* Observes the server; once it is gone, no more. */
static bool watch_tick(void *context)
{
	struct visit *visit = context;

	if (!service_is_alive(&visit->service) || clock_ns() >= visit->give_up_ns)
		return false;
	if (visit->phase != LOAD_MEASURE)
		return true;
	uint64_t fds = observe_fds(&visit->observe);
	double open = fds > visit->idle_fds ? (double)(fds - visit->idle_fds) : 0;

	visit->open_sum += open;
	visit->open_samples++;
	if (open > visit->open_max)
		visit->open_max = open;
	if ((double)fds > visit->files_max)
		visit->files_max = (double)fds;
	look_at_queue(visit);
	return true;
}

/* The sum of CPU time is exact; it is divided into user and system by the proportion of the kernel's clock ticks. */
static void take_cpu(const struct visit *visit, struct cell *cell)
{
	const struct observe_usage *start = &visit->use_start, *end = &visit->use_end;
	double cpu_s = end->cpu_ns > start->cpu_ns ? (double)(end->cpu_ns - start->cpu_ns) / 1e9 : 0;
	double user = (double)end->user_ticks - (double)start->user_ticks;
	double system = (double)end->system_ticks - (double)start->system_ticks;

	/* No response costs nothing: in a window of a few microseconds the kernel's clock has just not advanced. */
	if (cell->ok && cpu_s > 0)
		cell->server_cpu_us_per_request = cpu_s * 1e6 / (double)cell->ok;
	if (user >= 0 && system >= 0 && user + system > 0) {
		cell->server_use.user_s = cpu_s * user / (user + system);
		cell->server_use.system_s = cpu_s * system / (user + system);
	}
}

/* The CPUs on which both a thread of the client and one of the server may run. */
static double shared_cpus(const struct load_sample *sample, const cpu_set_t *server)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	for (unsigned i = 0; i < sample->threads_count; i++)
		CPU_OR(&cpus, &cpus, &sample->threads[i].cpus);
	CPU_AND(&cpus, &cpus, server);
	return CPU_COUNT(&cpus);
}

/* What became of the server's share of a CPU in the window. */
static struct cell_share share_use(const struct visit *visit, const struct load_sample *sample)
{
	const struct quota_use *start = &visit->quota_start, *end = &visit->quota_end;
	struct cell_share use = { visit->share, NAN, NAN, NAN };

	if (sample->window_s > 0 && visit->use_end.processes) {
		use.used = (double)(visit->use_end.cpu_ns - visit->use_start.cpu_ns) / 1e9 / sample->window_s;
		use.throttled_time = (double)(end->throttled_ns - start->throttled_ns) / 1e9 / sample->window_s;
	}
	if (end->periods > start->periods)
		use.throttled = (double)(end->throttled - start->throttled) / (double)(end->periods - start->periods);
	return use;
}

static bool share_is_limit(const struct visit *visit, const struct load_sample *sample)
{
	struct cell_share use = share_use(visit, sample);

	return cell_share_is_limit(&use);
}

/*
 * What was looked for and not found of a server of this host that is alive, or was until now: its figure is missing, and that is
 * said. A window too short for a look has no samples, which is no fault.
 */
static unsigned visit_unseen(struct visit *visit)
{
	const struct observe_usage *end = &visit->use_end;
	const struct conf_server *server = visit->server;
	bool looked = visit->open_samples > 0;
	bool has_queue = target_port(&visit->service.target) && !conf_is_attached(server) && !conf_is_container(server);
	const bool missing[UNSEENS] = {
		[UNSEEN_CPU] = !end->cpu_ns,
		[UNSEEN_MEMORY] = !end->rss_bytes,
		[UNSEEN_FILES] = looked && visit->files_max < 1,
		[UNSEEN_FILES_LIMIT] = end->files_limit == UINT64_MAX,
		[UNSEEN_QUEUE] = looked && has_queue && !visit->queue_samples,
	};
	unsigned unseen = 0;

	if (!visit->has_looked || !visit->observe.root || !service_is_alive(&visit->service))
		return 0;
	if (!end->processes)
		return 1u << UNSEEN_PROCESSES;
	for (int i = 0; i < UNSEENS; i++)
		unseen |= (unsigned)missing[i] << i;
	return unseen;
}

/* Tells of evidence that a cell lacks, and of a limit that the server has lowered: once a launch. A failed one lacks all. */
static void visit_tell(struct visit *visit, struct cell *cell)
{
	char text[CELL_UNSEEN + 200], at[CELL_AT], unseen[CELL_UNSEEN];

	if (cell->error)
		cell->unseen = 0;
	if (visit->sweep->change)
		return;
	unsigned fresh = cell->unseen & ~visit->unseen;
	cell_show_at(at, cell);
	if (fresh) {
		snprintf(text, sizeof text, "%.100s@%s %.20s: evidence is missing, since benchctl could not see %s",
			 cell->server, at, cell->mode, cell_show_unseen(unseen, fresh));
		notice(visit->sweep, text);
	}
	visit->unseen |= fresh;
	if (!isnan(cell->server_use.files_given) && !visit->told_lowered) {
		visit->told_lowered = true;
		snprintf(text, sizeof text,
			 "%.100s@%s %.20s: the server has lowered its limit of open files, from %.0f to %.0f",
			 cell->server, at, cell->mode, cell->server_use.files_given, cell->server_use.files_limit);
		notice(visit->sweep, text);
	}
}

/* What was observed of the server and the kernel in the window. */
static void visit_take(const struct visit *visit, struct cell *cell, const struct load_sample *sample, bool sequential)
{
	const struct observe_usage *start = &visit->use_start, *end = &visit->use_end;

	if (!end->processes)
		return; /* the server was gone before the window was over */
	take_cpu(visit, cell);
	if (visit->share < 1) {
		struct cell_share use = share_use(visit, sample);
		cell_take_share(cell, &use);
	}
	if (end->rss_bytes) {
		cell->server_rss_bytes = (double)end->rss_bytes;
		cell->server_use.peak_rss_bytes = (double)end->peak_rss_bytes;
	}
	if (end->files_limit != UINT64_MAX)
		cell->server_use.files_limit = (double)end->files_limit;
	/* What experiments, containers and services that run already have for a limit is not ours. */
	if (end->files_limit < visit->sweep->document->host.files_soft && !visit->sweep->change &&
	    !conf_is_attached(visit->server) && !conf_is_container(visit->server))
		cell->server_use.files_given = (double)visit->sweep->document->host.files_soft;
	cell->server_use.processes = (double)end->processes;
	cell->server_use.threads = (double)end->threads;
	/* The counts of threads that have ended are gone. */
	if (end->switches_voluntary >= start->switches_voluntary)
		cell->server_use.switches_voluntary = (double)(end->switches_voluntary - start->switches_voluntary);
	if (end->switches_involuntary >= start->switches_involuntary)
		cell->server_use.switches_involuntary = (double)(end->switches_involuntary -
								 start->switches_involuntary);
	if (visit->open_samples) {
		cell->open_mean = visit->open_sum / (double)visit->open_samples;
		cell->open_max = visit->open_max;
		cell->server_use.files_max = visit->files_max;
	}
	if (!sequential) /* one request at a time: client and server take turns anyway */
		cell->shared_cpus = shared_cpus(sample, &end->cpus);
	if (visit->queue_samples) {
		cell->accept_queue.mean = visit->queue_sum / (double)visit->queue_samples;
		cell->accept_queue.max = visit->queue_max;
	}
	cell->kernel = kernel_between(&visit->kernel_start, &visit->kernel_end);
	if (!sequential && cell->window_s > 0) /* the sequential clients run in the thread that observes */
		cell->observer_cpu = (double)(visit->observer_end_ns - visit->observer_start_ns) / 1e9 / cell->window_s;
}

/* Offers a load to the server while it has that share of a CPU, and looks at it. Same contract as `run` in struct client. */
static int visit_offer(struct visit *visit, const struct client *client, const struct load_spec *spec, double share,
		       struct load_sample *sample, struct err *err)
{
	struct err ignored; /* what has been held back can be let go */

	visit->open_sum = visit->open_max = visit->files_max = 0;
	visit->open_samples = 0;
	visit->queue_sum = visit->queue_max = 0;
	visit->queue_samples = 0;
	visit->use_start = visit->use_end = (struct observe_usage){ 0 };
	visit->has_looked = false;
	visit->share = share;
	if (service_share(&visit->service, share, err))
		return -1;
	int bad = client->run(spec, sample, err);
	service_share(&visit->service, 1, &ignored);
	return bad;
}

/* Drives the server once and fills in the cell. Returns -1 with err set where the load could not be offered. */
static int visit_measure(struct visit *visit, struct cell *cell, const struct client *client, struct err *err)
{
	const struct settings *settings = visit->sweep->settings;
	bool sequential = client->max_connections == 1;
	double share = sequential || cell_is_open_loop(cell) ? 1 : visit->mode_share;
	struct load_watch watch = { .enter = watch_enter, .tick = watch_tick, .context = visit };
	struct load_spec spec = {
		.target = &visit->service.target,
		.mode = load_mode_find(cell->mode),
		.links = sequential && !visit->server->url, /* the pages of the server contract */
		.connections = (uint32_t)cell->level,
		.active = (uint32_t)settings->active,
		.offered_rps = cell_is_open_loop(cell) ? cell->open_loop.offered_rps : 0,
		.arrivals = (enum arrivals_kind)settings->open_loop.arrivals,
		.seed = visit->sweep->seed + cell->block, /* the same arrivals for all servers of a block */
		.requests = sequential ? settings->sequential : settings->requests,
		.warmup_ns = settings->warmup_ns,
		.duration_ns = settings->duration_ns,
		.max_window_ns = settings->max_window_ns,
		.max_ramp_ns = settings->max_ramp_ns,
		.timeout_ns = settings->timeout_ns,
		.cpus = &visit->sweep->cpus.client,
		.server_cpus = &visit->sweep->cpus.server,
		.stop = visit->sweep->stop,
		.watch = &watch,
	};
	struct load_sample *sample = calloc(1, sizeof *sample);

	if (!sample)
		return err_set(err, "out of memory");
	load_sample_init(sample);
	if (spec.mode == LOAD_CROWD)
		cell->crowd.active = load_active(&spec);
	int bad = visit_offer(visit, client, &spec, share, sample, err);
	if (!bad && share < 1 && settings->server_share == SHARE_AUTO && !share_is_limit(visit, sample) &&
	    service_is_alive(&visit->service) && !stopped(visit->sweep)) {
		load_sample_release(sample);
		load_sample_init(sample);
		bad = visit_offer(visit, client, &spec, 1, sample, err);
	}
	if (!bad && (cell_take(cell, sample) || cell_take_target(cell, &visit->service.target)))
		bad = err_set(err, "out of memory for the evidence");
	if (!bad)
		visit_take(visit, cell, sample, sequential);
	if (!bad)
		cell->unseen = visit_unseen(visit);
	load_sample_release(sample);
	free(sample);
	return bad;
}

/*
 * Whether the server, left alone after the load, sends a right response within that time, or within that time again for
 * as long as its accept queue shrinks: the connections that the client has given up are in it, and the server must work
 * through them first. A queue that loses less than QUEUE_PROGRESS of its first length in that time makes no progress.
 */
static bool visit_is_well(struct visit *visit, uint64_t within_ns, struct err *err)
{
	struct service *service = &visit->service;
	const double first = service_queue_length(service);
	double before = first;

	while (service_wait_recovered(service, within_ns, visit->sweep->stop, err)) {
		double now = service_queue_length(service);
		if (!(before - now > first * QUEUE_PROGRESS) || stopped(visit->sweep) || !service_is_alive(service))
			return false;
		before = now;
	}
	return true;
}

/* Whether right responses came in the last quarter of the window: one that accepts connections and no more does not respond. */
static bool has_served_to_the_end(const struct cell *cell)
{
	for (uint64_t i = cell->tenths_count - cell->tenths_count / 4; i < cell->tenths_count; i++)
		if (cell->tenths[i])
			return true;
	return false;
}

/*
 * Whether a server that has served the load has many connections left in its accept queue that the client has given up, and
 * works through them: it is alive. To wait until it has done so could take a minute.
 */
static bool visit_works_off(struct visit *visit)
{
	struct service *service = &visit->service;
	struct err ignored;
	const double first = service_queue_length(service);

	if (!(first >= QUEUE_LONG) || !supervisor_wait_recovered(&service->supervisor, &service->target,
								 QUEUE_PATIENCE_NS, visit->sweep->stop, &ignored))
		return false;
	return service_queue_length(service) < first - QUEUE_LONG / 10 && service_is_alive(service);
}

/*
 * Adds the last stderr output of a server that has failed under the load of a cell: it is started again and gets that
 * load once more, with its stderr kept. A server that hung would let every request run into its timeout: it gets
 * AGAIN_NS.
 */
static void visit_hear_stderr(struct visit *visit, const struct cell *like, const struct client *client, bool hung,
			      struct err *err)
{
	struct service *service = &visit->service;
	struct cell again;
	struct err ignored;

	service_stop(service);
	if (service_keep_stderr(service, &ignored))
		return;
	int bad = cell_init(&again, like->server, like->client, like->mode, like->level, like->block);
	again.open_loop.offered_rps = like->open_loop.offered_rps;
	if (!bad && !service_start(service, visit->sweep->settings->ready_ns, visit->sweep->stop, &ignored)) {
		if (hung)
			visit->give_up_ns = clock_ns() + AGAIN_NS;
		visit_measure(visit, &again, client, &ignored);
		visit->give_up_ns = UINT64_MAX;
	}
	/* If it withstands the load the second time, nothing that it writes is about the failure. */
	if (!bad && !visit_is_well(visit, AGAIN_RESPONSE_NS, &ignored))
		service_add_stderr(service, err);
	cell_release(&again);
	service_stop(service);
	service_drop_stderr(service);
}

/* Takes the cell in each case: where the ledger can't, the document still has it. Returns 0, or -1 with err set. */
static int record(struct visit *visit, struct cell *cell, struct err *err)
{
	struct sweep *sweep = visit->sweep;

	cell_judge(cell, NAN, NAN);
	int lost = sweep->ledger && ledger_append(sweep->ledger, cell, err);
	if (document_add_cell(sweep->document, cell)) {
		cell_release(cell);
		return lost ? -1 : err_set(err, "out of memory");
	}
	if (lost)
		return -1;
	++*visit->done;
	if (sweep->watch && sweep->watch->end)
		sweep->watch->end(sweep->watch->context, cell, *visit->done, sweep_cells(sweep));
	return 0;
}

/*
 * Measures one cell on a server that may have to be started first. The cell's error says what went wrong. Returns 0, or
 * -1 where memory is out.
 */
static int visit_attempt(struct visit *visit, struct cell *cell, const struct client *client)
{
	struct err err;
	char how[96];
	bool hung;

	if ((!service_is_started(&visit->service) && visit_start(visit, &err)) ||
	    visit_measure(visit, cell, client, &err))
		return cell_set_text(&cell->error, err.text);
	if (has_served_to_the_end(cell) && visit_works_off(visit)) { /* faster than to wait until it has */
		service_stop(&visit->service);
		cell->restarted = true;
		return 0;
	}
	/* Also where it has not recovered it may have died meanwhile. */
	if (visit_is_well(visit, visit->sweep->settings->ready_ns, &err) || stopped(visit->sweep))
		return 0;
	hung = service_is_alive(&visit->service);
	if (hung)
		err_prefix(&err, "the server did not respond after this load");
	else if (conf_is_attached(visit->server))
		err_set(&err, "the server has ended under this load");
	else
		err_set(&err, "the server %s under this load", supervisor_show_exit(&visit->service.supervisor, how));
	if (!visit->sweep->change && !conf_is_attached(visit->server))
		visit_hear_stderr(visit, cell, client, hung, &err);
	int result = cell_set_text(&cell->error, err.text);
	/* It is not fit for the next level: a fresh one is. */
	cell->restarted = !conf_is_attached(visit->server);
	visit_end(visit);
	return result;
}

/* The error of a cell that is skipped. Returns 0, or -1 where memory is out. */
static int visit_skip(const struct visit *visit, struct cell *cell)
{
	struct err why = visit->last;

	err_prefix(&why, "skipped after three failures in a row, the last");
	return cell_set_text(&cell->error, why.text);
}

/* Counts a finished cell: NULL is one that has not failed. */
static void visit_count(struct visit *visit, const char *error)
{
	visit->failures = error ? visit->failures + 1 : 0;
	if (error && !visit->skipping)
		err_set(&visit->last, "%s", error);
	visit->skipping = visit->failures >= FAILURES_MAX;
}

/* Measures and records one cell. Returns -1 with err set where the sweep can't continue. */
static int visit_cell(struct visit *visit, const struct step *step, struct err *err)
{
	struct sweep *sweep = visit->sweep;
	struct cell cell;
	char text[2200], at[CELL_AT];

	if (cell_init(&cell, visit->server->name, step->client->name, load_mode_names[step->mode], step->level,
		      visit->block))
		return err_set(err, "out of memory");
	cell.open_loop.offered_rps = step->offered_rps;
	cell.open_loop.share = step->share;
	const struct cell *known = document_cell(sweep->document, cell.server, &cell);
	if (known) { /* measured before this run was interrupted */
		cell_release(&cell);
		++*visit->done;
		visit_count(visit, known->error);
		return 0;
	}
	cell.backlog = sweep->backlog;
	cell.debug_build = !build_is_benchmark();
	if (sweep->watch && sweep->watch->begin)
		sweep->watch->begin(sweep->watch->context, &cell, *visit->done, sweep_cells(sweep));
	int bad = 0;
	if (cell_is_open_loop(&cell) && isnan(cell.open_loop.offered_rps))
		bad = cell_set_text(&cell.error,
				    "there is no rate to take a share of: no level of this launch has a figure");
	else if (visit->skipping)
		bad = visit_skip(visit, &cell);
	else
		bad = visit_attempt(visit, &cell, step->client);
	if (bad || stopped(sweep)) { /* stopped: this cell's window was ended early */
		cell_release(&cell);
		return bad ? err_set(err, "out of memory") : 0;
	}
	visit_tell(visit, &cell);
	if (!visit->skipping && cell.error) {
		snprintf(text, sizeof text, "%s@%s %s: %s", cell.server, cell_show_at(at, &cell), cell.mode,
			 cell.error);
		notice(sweep, text);
		if (!service_is_started(&visit->service) && port_check(visit, err)) {
			cell_release(&cell);
			return -1;
		}
	}
	visit_count(visit, cell.error);
	return record(visit, &cell, err);
}

/*
 * A new series of levels: what failed at the highest level of the last mode may work at the lowest level of this one.
 */
static void visit_forgive(struct visit *visit)
{
	visit->failures = 0;
	visit->skipping = false;
}

/* The highest rate of right responses that any level of this launch has; NAN where none has a figure. */
static double visit_best_rate(const struct visit *visit, enum load_mode mode)
{
	const struct document *document = visit->sweep->document;
	double best = NAN;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell_is_failed(cell) || cell_is_open_loop(cell))
			continue;
		if (cell->block == visit->block && strcmp(cell->server, visit->server->name) == 0 &&
		    strcmp(cell->client, visit->sweep->client->name) == 0 &&
		    strcmp(cell->mode, load_mode_names[mode]) == 0 && cell->rate_rps > 0)
			best = fmax(best, cell->rate_rps);
	}
	return best;
}

/* The open-loop cells of a mode: at rates, or, where best_rps is not 0, at percentages of that. */
static int visit_rates(struct visit *visit, enum load_mode mode, const struct levels *rates, double best_rps,
		       struct err *err)
{
	struct sweep *sweep = visit->sweep;
	struct step step = {
		.client = sweep->client,
		.mode = mode,
		.level = (uint32_t)sweep->settings->open_loop.max_connections,
		.share = NAN,
	};

	visit_forgive(visit);
	for (size_t i = 0; i < rates->count && !stopped(sweep); i++) {
		step.offered_rps = rates->level[i];
		if (best_rps != 0) {
			step.share = rates->level[i] / 100.0;
			step.offered_rps = isnan(best_rps) ? NAN : fmax(1, round(step.share * best_rps));
		}
		if (visit_cell(visit, &step, err))
			return -1;
	}
	return 0;
}

/* The busiest CPU of the client while the server has that share of one; NAN where the look has failed. */
static double visit_look(struct visit *visit, enum load_mode mode, double share)
{
	const struct settings *settings = visit->sweep->settings;
	const struct load_watch watch = { .enter = watch_enter, .tick = watch_tick, .context = visit };
	const struct load_spec spec = {
		.target = &visit->service.target,
		.mode = mode == LOAD_CROWD ? LOAD_KEEPALIVE : mode, /* the silent ones cost the client nothing */
		.connections = LOOK_CONNECTIONS,
		.warmup_ns = LOOK_WARMUP_NS,
		.duration_ns = LOOK_NS,
		.max_window_ns = LOOK_NS,
		.max_ramp_ns = LOOK_RAMP_NS,
		.timeout_ns = settings->timeout_ns,
		.cpus = &visit->sweep->cpus.client,
		.server_cpus = &visit->sweep->cpus.server,
		.stop = visit->sweep->stop,
		.watch = &watch,
	};
	struct load_sample *sample = calloc(1, sizeof *sample);
	struct err ignored; /* what is wrong shows at the first level */
	double busiest = NAN;

	if (!sample)
		return NAN;
	load_sample_init(sample);
	if (!visit_offer(visit, visit->sweep->client, &spec, share, sample, &ignored))
		busiest = sample->client_cpu_busiest;
	load_sample_release(sample);
	free(sample);
	return busiest;
}

/* The largest share at which the client is not busy, or the smallest of all. A server that the look has harmed is ended. */
static double visit_find_share(struct visit *visit, enum load_mode mode)
{
	struct err ignored; /* as above */
	double share = 1;

	if (!service_is_started(&visit->service) && visit_start(visit, &ignored))
		return 1;
	for (int i = SHARE_WHOLE; i < SHARES && !stopped(visit->sweep); i++) {
		share = settings_shares[i];
		double busiest = visit_look(visit, mode, share);
		if (isnan(busiest) || !service_is_alive(&visit->service)) {
			share = 1;
			break;
		}
		if (busiest < LOOK_BUSY)
			break;
	}
	/* Nor may connections of the look have left anything in the memory of a server whose crowds come next. */
	if (mode == LOAD_CROWD || !visit_is_well(visit, LOOK_RESPONSE_NS, &ignored))
		service_stop(&visit->service);
	return share;
}

/* The share of a CPU for a mode's levels. What the first launch has found is that of all launches, and of a resumed run. */
static double visit_share(struct visit *visit, enum load_mode mode)
{
	const struct sweep *sweep = visit->sweep;
	const struct document *document = sweep->document;

	if (!sweep->takes_shares)
		return 1;
	if (sweep->settings->server_share != SHARE_AUTO)
		return settings_shares[sweep->settings->server_share];
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (!isnan(cell->server_share) && strcmp(cell->server, visit->server->name) == 0 &&
		    strcmp(cell->mode, load_mode_names[mode]) == 0)
			return cell->server_share;
	}
	return visit->block == 1 ? visit_find_share(visit, mode) : 1;
}

static int visit_levels(struct visit *visit, enum load_mode mode, struct err *err)
{
	struct sweep *sweep = visit->sweep;
	const struct levels *levels = &sweep->settings->concurrency;
	struct step step = { .client = sweep->client, .mode = mode, .offered_rps = NAN, .share = NAN };

	visit_forgive(visit);
	visit->mode_share = visit_share(visit, mode);
	for (size_t i = 0; i < levels->count && !stopped(sweep); i++) {
		step.level = levels->level[i];
		if (visit_cell(visit, &step, err))
			return -1;
	}
	return 0;
}

/* What was asked for, instead of all. */
static int visit_asked(struct visit *visit, enum load_mode mode, struct err *err)
{
	const struct sweep *sweep = visit->sweep;
	struct step step = { .client = sweep->client, .mode = mode, .offered_rps = NAN, .share = NAN };

	visit_forgive(visit);
	visit->mode_share = visit_share(visit, mode);
	for (size_t i = 0; i < visit->ask->of_mode[mode].count && !stopped(sweep); i++) {
		step.level = (uint32_t)visit->ask->of_mode[mode].level[i];
		if (visit_cell(visit, &step, err))
			return -1;
	}
	return 0;
}

static int visit_modes(struct visit *visit, struct err *err)
{
	static const struct step sequential = { &client_seq, LOAD_CLOSE, 1, NAN, NAN };
	struct sweep *sweep = visit->sweep;
	const struct settings *settings = sweep->settings;

	if (!sweep->levels_only && !visit->ask && visit_cell(visit, &sequential, err))
		return -1;
	for (size_t i = 0; i < sweep->modes_count; i++) {
		enum load_mode mode = sweep->modes[i];
		if (!takes_mode(visit->server, mode))
			continue;
		/* What the connections of other modes have left in the server's memory would hide what a crowd's take. */
		if (visit->ask && !visit->ask->of_mode[mode].count)
			continue;
		if (mode == LOAD_CROWD && visit_stop(visit, err))
			return err_prefix(err, "after %s", visit->server->name);
		if (visit->ask) {
			if (visit_asked(visit, mode, err))
				return -1;
		} else if (settings->rate.count) {
			if (visit_rates(visit, mode, &settings->rate, 0, err))
				return -1;
		} else if (visit_levels(visit, mode, err)) {
			return -1;
		} else if (mode != LOAD_CROWD &&
			   visit_rates(visit, mode, &settings->after_sweep, visit_best_rate(visit, mode), err)) {
			return -1;
		}
	}
	return 0;
}

static int visit_prepare(struct visit *visit, struct err *err)
{
	const struct sweep *sweep = visit->sweep;
	const struct sweep_change *change = sweep->change;
	const struct service_place place = {
		.port = sweep->port,
		.backlog = sweep->backlog,
		.network = sweep->network,
		.request = &sweep->settings->request,
		.cpus = &sweep->cpus.server,
		.grace_ns = GRACE_NS,
		.stop = sweep->stop,
		.takes_shares = sweep->takes_shares,
		.workers = change ? change->workers : 0,
	};

	return service_init(&visit->service, visit->server, &place, err);
}

static int server_visit(struct sweep *sweep, size_t place, uint64_t block, struct err *err)
{
	const struct conf_server *server = sweep->servers[place];
	struct visit visit = {
		.sweep = sweep,
		.server = server,
		.ask = sweep->asks ? &sweep->asks[place] : NULL,
		.block = block,
		.done = &sweep->done,
		.give_up_ns = UINT64_MAX,
	};
	struct err stop_err;
	int result = -1;

	if (!visit_prepare(&visit, err) && !port_check(&visit, err))
		result = visit_modes(&visit, err);
	if (visit_stop(&visit, &stop_err) && !result)
		result = err_set(err, "after %s: %.1000s", server->name, stop_err.text);
	service_release(&visit.service);
	if (!result && !stopped(sweep) && sweep->watch && sweep->watch->server_end)
		sweep->watch->server_end(sweep->watch->context, server->name, block, sweep->done, sweep_cells(sweep));
	return result;
}

int sweep_modes(struct sweep *sweep, const char *text, struct err *err)
{
	char **names = argv_list(text, err);

	if (!names)
		return err_prefix(err, "--mode");
	for (char **name = names; *name; name++) {
		enum load_mode mode = load_mode_find(*name);
		if (mode == LOAD_MODES || sweep->modes_count == sizeof sweep->modes / sizeof *sweep->modes) {
			err_set(err, "--mode: '%s' is not one of: close, keepalive, crowd", *name);
			argv_free(names);
			return -1;
		}
		sweep->modes[sweep->modes_count++] = mode;
	}
	argv_free(names);
	return 0;
}

/* Why a launch has no figure at any level; NULL where it has a figure. */
static const char *launch_error(const struct document *document, const char *server, uint64_t block)
{
	const char *why = NULL;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell->block != block || strcmp(cell->server, server) != 0)
			continue;
		if (!cell->error)
			return NULL;
		why = why ? why : cell->error;
	}
	return why;
}

/* Launches all servers once. Returns 0, or -1 with err set where the sweep can't go on. */
static int block_run(struct sweep *sweep, uint64_t block, size_t *order, struct err *err)
{
	if (sweep->has_arms)
		plan_mirrored(order, sweep->servers_count, block);
	else
		random_order(order, sweep->servers_count, sweep->seed, block);
	for (size_t i = 0; i < sweep->servers_count && !stopped(sweep); i++) {
		const struct conf_server *server = sweep->servers[order[i]];
		if (sweep->asks && !asked_cells(&sweep->asks[order[i]]))
			continue;
		if (server_visit(sweep, order[i], block, err))
			return -1;
		const char *why = sweep->has_arms && block == 1 && !stopped(sweep)
					  ? launch_error(sweep->document, server->name, block)
					  : NULL;
		if (why) {
			sweep->document->interrupted = true;
			return err_set(err, "the first launch of %s has no figure at any level: %.1500s", server->name,
				       why);
		}
	}
	return 0;
}

int sweep_run(struct sweep *sweep, struct err *err)
{
	int result = 0;
	size_t *order = calloc(sweep->servers_count + 1, sizeof *order);

	if (!order)
		return err_set(err, "out of memory");
	sweep->done = sweep->asked = 0;
	sweep->document->interrupted = false;
	if (sched_setaffinity(0, sizeof sweep->cpus.client, &sweep->cpus.client))
		result = err_set_errno(err, "pinning to the client CPUs");
	for (uint64_t block = 1; block <= sweep->settings->repeat && !result && !stopped(sweep); block++)
		result = block_run(sweep, block, order, err);
	sweep->document->interrupted |= stopped(sweep);
	document_judge(sweep->document);
	free(order);
	return result;
}

int sweep_block(struct sweep *sweep, const struct sweep_ask *asks, uint64_t block, struct err *err)
{
	size_t *order = calloc(sweep->servers_count + 1, sizeof *order);

	if (!order)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < sweep->servers_count; i++)
		sweep->asked += asked_cells(&asks[i]);
	sweep->asks = asks;
	int result = block_run(sweep, block, order, err);
	sweep->asks = NULL;
	sweep->document->interrupted |= stopped(sweep);
	document_judge(sweep->document);
	free(order);
	return result;
}
