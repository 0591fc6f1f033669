#include "clients/crew.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/close_range.h>

#define TICK_NS  (5 * CLOCK_MS)
#define WATCH_NS (20 * CLOCK_MS)
/* How long requests in flight may take to end after the window, in an open loop as long as it was. The rest is cut off. */
#define DRAIN_NS CLOCK_S
/* From when all threads are ready to when the schedules of an open loop begin: each has heard of it by then. */
#define SCHEDULE_NS (10 * CLOCK_MS)
/* Rounds of all connections that a window should hold. */
#define ROUNDS 2

struct crew {
	const struct load_spec *spec;
	crew_work *work;
	_Atomic int phase;
	_Atomic uint64_t schedule_ns; /* when the schedules of an open loop begin; 0: not known yet */
	unsigned count;
	struct worker *workers;
	/* The window as the crew sees it. */
	double concurrency_sum;
	uint64_t concurrency_samples, concurrency_min, concurrency_max;
	uint64_t window_ns;
	uint64_t next_watch_ns;
	bool abandoned; /* the watch sees no use in going on */
};

enum load_phase worker_phase(const struct worker *worker)
{
	return (enum load_phase)atomic_load_explicit(&worker->crew->phase, memory_order_acquire);
}

uint64_t worker_schedule_ns(const struct worker *worker)
{
	return atomic_load_explicit(&worker->crew->schedule_ns, memory_order_relaxed);
}

void worker_window_end(struct worker *worker, uint64_t now_ns)
{
	if (!worker->measuring)
		return;
	load_thread_add(&worker->usage, 1);
	worker->measuring = false;
	worker->late = worker->spec->offered_rps > 0;
	worker->counts.in_flight_end = worker->in_flight;
	worker->window_end_ns = now_ns;
	/* Where it opens with the schedule, it may be cut short before it has. */
	worker->usage.window_s = now_ns > worker->window_start_ns ? (double)(now_ns - worker->window_start_ns) / 1e9
								  : 0;
}

void worker_enter(struct worker *worker, enum load_phase phase, uint64_t now_ns)
{
	worker_window_end(worker, now_ns);
	worker->phase = phase;
	if (phase != LOAD_MEASURE)
		return;
	load_thread_add(&worker->usage, -1);
	worker->measuring = true;
	worker->counts.in_flight_start = worker->in_flight;
	/* Where requests are counted, the window opens with the schedule, and all of them are its own. */
	if (worker->spec->requests && now_ns < worker_schedule_ns(worker))
		now_ns = worker_schedule_ns(worker);
	worker->window_start_ns = now_ns;
	if (worker->spec->offered_rps > 0 && !worker->spec->requests)
		worker->latency_from_ns = now_ns + 1;
	worker->tenth_end_ns = now_ns + CLOCK_S / 10;
}

void worker_wrong(struct worker *worker, const char *format, ...)
{
	if (worker->wrong[0])
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(worker->wrong, sizeof worker->wrong, format, args);
	va_end(args);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;

	if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_UNSHARE)) {
		err_set_errno(&worker->err, "a file table for an engine thread (close_range)");
		worker->broken = true;
	} else {
		worker->crew->work(worker);
	}
	atomic_store(&worker->idle, true);
	return NULL;
}

/* The CPU for the index-th thread, going round those that are allowed; -1 for none. */
static int cpu_at(const cpu_set_t *cpus, unsigned index)
{
	int count = cpus ? CPU_COUNT(cpus) : 0;

	for (int cpu = 0, seen = 0; count && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, cpus) && seen++ == (int)(index % (unsigned)count))
			return cpu;
	return -1;
}

/* The CPUs that threads are pinned to in turn; where they are not pinned, as many as the client may use. */
static unsigned spec_cpus(const struct load_spec *spec)
{
	cpu_set_t all;
	const cpu_set_t *cpus = spec->cpus;

	if (!cpus && !sched_getaffinity(0, sizeof all, &all))
		cpus = &all;
	int count = cpus ? CPU_COUNT(cpus) : 1;
	return count < 1 ? 1 : count < LOAD_THREADS_MAX ? (unsigned)count : LOAD_THREADS_MAX;
}

/*
 * Whether the index-th thread has its CPU to itself: no other thread of the crew is on it, nor the server. Where the
 * servers' CPUs are not known, one that the threads leave free is taken for theirs.
 */
static bool has_cpu(const struct crew *crew, unsigned index)
{
	const struct load_spec *spec = crew->spec;
	int cpu = cpu_at(spec->cpus, index);
	cpu_set_t all;

	if (crew->count > spec_cpus(spec))
		return false;
	if (spec->server_cpus && cpu >= 0)
		return !CPU_ISSET(cpu, spec->server_cpus);
	/* Not all that the host has: others are no use to whom may not run there. */
	return !sched_getaffinity(0, sizeof all, &all) && CPU_COUNT(&all) > (int)crew->count;
}

static unsigned threads_needed(const struct load_spec *spec)
{
	struct rlimit files;
	/* Schedules keep better time in one thread, which a rate that leaves it idle at times does not need more of. */
	unsigned threads = spec->threads ? spec->threads : spec->offered_rps > 0 ? 1 : spec_cpus(spec);

	getrlimit(RLIMIT_NOFILE, &files);
	uint64_t per_table = load_connections_of(files.rlim_cur);
	uint64_t least = (spec->connections + per_table - 1) / per_table;
	if (threads < least)
		threads = (unsigned)(least < LOAD_THREADS_MAX ? least : LOAD_THREADS_MAX);
	if (threads > spec->connections)
		threads = spec->connections;
	return threads < LOAD_THREADS_MAX ? threads : LOAD_THREADS_MAX;
}

static int worker_start(struct worker *worker, struct err *err)
{
	pthread_attr_t attributes;
	int cpu = cpu_at(worker->spec->cpus, worker->index);

	pthread_attr_init(&attributes);
	if (cpu >= 0) {
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
	}
	errno = pthread_create(&worker->thread, &attributes, worker_main, worker);
	pthread_attr_destroy(&attributes);
	return errno ? err_set_errno(err, "starting an engine thread") : 0;
}

/* Nothing has been counted yet, of what is counted under that load; all else is unknown. */
static void figures_begin(struct load_figures *figures, const struct load_spec *spec)
{
	fields_init(load_figures, figures);
	if (spec->offered_rps > 0) {
		figures->open_loop.scheduled = figures->open_loop.waited = 0;
		figures->open_loop.waiting_start = figures->open_loop.waiting_end = 0;
		figures->open_loop.late_ok = figures->open_loop.late_failed = figures->open_loop.unfinished = 0;
	}
	if (spec->mode == LOAD_CROWD)
		figures->crowd.silent = figures->crowd.dropped = 0;
}

/* Divides the connections and the requests among the workers. */
static int crew_divide(struct crew *crew, struct err *err)
{
	const struct load_spec *spec = crew->spec;
	uint64_t window_ns = spec->requests ? 600 * CLOCK_S : spec->max_window_ns;
	unsigned tenths = (unsigned)(window_ns / (CLOCK_S / 10)) + 20;
	uint32_t active = load_active(spec);
	unsigned busy = active < crew->count ? active : crew->count; /* workers with a connection to ask on */

	for (unsigned i = 0; i < crew->count; i++) {
		struct worker *worker = &crew->workers[i];
		uint32_t share = spec->connections / crew->count + (i < spec->connections % crew->count);
		uint64_t part = i < busy ? spec->requests / busy + (i < spec->requests % busy) : 0;
		figures_begin(&worker->counts, spec);
		worker->spec = spec;
		worker->crew = crew;
		worker->index = i;
		worker->workers = crew->count;
		worker->has_cpu = has_cpu(crew, i);
		worker->connections = share;
		worker->active = active / crew->count + (i < active % crew->count);
		worker->budget = spec->requests ? part : UINT64_MAX;
		worker->spread = load_sources(spec->target, spec->connections);
		worker->tenths_room = tenths < LOAD_TENTHS_MAX ? tenths : LOAD_TENTHS_MAX;
		worker->tenths = calloc(worker->tenths_room, sizeof *worker->tenths);
		if (!worker->tenths)
			return err_set(err, "out of memory");
		if (spec->raw && raw_init(&worker->raw_ns, worker->budget, err))
			return -1;
	}
	return 0;
}

/* The worker that could not do its work, or NULL: the figures of the others are then no use. */
static const struct worker *crew_broken(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (atomic_load(&crew->workers[i].broken))
			return &crew->workers[i];
	return NULL;
}

static bool crew_stopped(const struct crew *crew)
{
	return crew->abandoned || crew_broken(crew) || (crew->spec->stop && *crew->spec->stop);
}

/* Waits a little, and lets the caller's watch look now and then. */
static void crew_tick(struct crew *crew)
{
	const struct load_watch *watch = crew->spec->watch;
	struct timespec pause = clock_timespec(TICK_NS);

	nanosleep(&pause, NULL);
	if (!watch || !watch->tick || clock_ns() < crew->next_watch_ns)
		return;
	crew->next_watch_ns = clock_ns() + WATCH_NS;
	if (!watch->tick(watch->context))
		crew->abandoned = true;
}

/* Whether all workers have noticed the phase; one may be busy for long, sending 16384 requests, say. */
static bool crew_follows(const struct crew *crew, enum load_phase phase)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (atomic_load_explicit(&crew->workers[i].live_phase, memory_order_relaxed) != (int)phase &&
		    !atomic_load(&crew->workers[i].idle))
			return false;
	return true;
}

static void crew_enter(struct crew *crew, enum load_phase phase)
{
	const struct load_watch *watch = crew->spec->watch;

	atomic_store_explicit(&crew->phase, (int)phase, memory_order_release);
	while (!crew_stopped(crew) && !crew_follows(crew, phase))
		crew_tick(crew);
	if (watch && watch->enter)
		watch->enter(watch->context, phase);
}

static uint64_t crew_reached(const struct crew *crew)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < crew->count; i++)
		sum += atomic_load_explicit(&crew->workers[i].live_reached, memory_order_relaxed);
	return sum;
}

static bool crew_idle(const struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (!atomic_load(&crew->workers[i].idle))
			return false;
	return true;
}

/* One look at the requests in flight. */
static void crew_sample(struct crew *crew)
{
	uint64_t in_flight = 0;

	for (unsigned i = 0; i < crew->count; i++)
		in_flight += atomic_load_explicit(&crew->workers[i].live_in_flight, memory_order_relaxed);
	crew->concurrency_sum += (double)in_flight;
	if (!crew->concurrency_samples++ || in_flight < crew->concurrency_min)
		crew->concurrency_min = in_flight;
	if (in_flight > crew->concurrency_max)
		crew->concurrency_max = in_flight;
}

static uint64_t crew_ok(const struct crew *crew)
{
	uint64_t ok = 0;

	for (unsigned i = 0; i < crew->count; i++)
		ok += atomic_load_explicit(&crew->workers[i].live_ok, memory_order_relaxed);
	return ok;
}

/* How long the window should be, by the rate so far: two rounds of all connections, within bounds. */
static uint64_t window_wanted(const struct crew *crew, uint64_t elapsed_ns)
{
	const struct load_spec *spec = crew->spec;
	uint64_t ok = crew_ok(crew);

	if (spec->offered_rps > 0) /* its rate is the schedule's, whatever the number of connections */
		return spec->duration_ns;
	double rounds_ns = ok ? (double)elapsed_ns * ROUNDS * load_active(spec) / (double)ok
			      : (double)spec->max_window_ns;
	uint64_t wanted = rounds_ns < (double)spec->max_window_ns ? (uint64_t)rounds_ns : spec->max_window_ns;
	return wanted > spec->duration_ns ? wanted : spec->duration_ns;
}

static void phase_ramp(struct crew *crew, struct load_sample *sample)
{
	uint64_t start = clock_ns();

	crew_enter(crew, LOAD_RAMP);
	while (!crew_stopped(crew) && crew_reached(crew) < crew->spec->connections &&
	       clock_ns() - start < crew->spec->max_ramp_ns && !crew_idle(crew))
		crew_tick(crew);
	sample->ramp_s = (double)(clock_ns() - start) / 1e9;
	sample->ramp_reached = (uint32_t)crew_reached(crew);
}

/* Lets the schedules of an open loop begin, once no thread has anything to prepare any more. */
static void crew_schedule(struct crew *crew)
{
	unsigned ready = 0;

	while (!crew_stopped(crew) && ready < crew->count) {
		const struct worker *worker = &crew->workers[ready];
		if (atomic_load(&worker->ready) || atomic_load(&worker->idle))
			ready++;
		else
			crew_tick(crew);
	}
	atomic_store(&crew->schedule_ns, clock_ns() + SCHEDULE_NS);
}

static void phase_warmup(struct crew *crew)
{
	crew_enter(crew, LOAD_WARMUP);
	uint64_t now = clock_ns(), schedule = atomic_load(&crew->schedule_ns);
	uint64_t end = (now > schedule ? now : schedule) + crew->spec->warmup_ns;
	while (!crew_stopped(crew) && clock_ns() < end && !crew_idle(crew))
		crew_tick(crew);
}

static void phase_measure(struct crew *crew)
{
	crew_enter(crew, LOAD_MEASURE);
	uint64_t start = clock_ns(), ok = 0, ok_ns = start;
	while (!crew_stopped(crew) && !crew_idle(crew)) {
		crew_tick(crew);
		uint64_t now = clock_ns(), elapsed = now - start;
		if (crew_ok(crew) != ok) {
			ok = crew_ok(crew);
			ok_ns = now;
		}
		if (crew->spec->requests && load_has_stalled(crew->spec, ok_ns, now))
			break;
		if (!crew->spec->requests && elapsed >= crew->spec->duration_ns &&
		    elapsed >= window_wanted(crew, elapsed))
			break;
		crew_sample(crew);
	}
	crew->window_ns = clock_ns() - start;
}

static void phase_drain(struct crew *crew)
{
	uint64_t most_ns = DRAIN_NS;

	if (crew->spec->offered_rps > 0 && crew->window_ns > most_ns)
		most_ns = crew->window_ns;
	crew_enter(crew, LOAD_DRAIN);
	uint64_t end = clock_ns() + most_ns;
	while (!crew_stopped(crew) && clock_ns() < end && !crew_idle(crew))
		crew_tick(crew);
	atomic_store_explicit(&crew->phase, LOAD_STOP, memory_order_relaxed);
	if (crew->spec->watch && crew->spec->watch->enter)
		crew->spec->watch->enter(crew->spec->watch->context, LOAD_STOP);
}

static int tenths_merge(struct crew *crew, struct load_sample *sample, struct err *err)
{
	unsigned most = 0;

	for (unsigned i = 0; i < crew->count; i++)
		if (crew->workers[i].tenth + 1 > most)
			most = crew->workers[i].tenth + 1;
	sample->tenths = calloc(most, sizeof *sample->tenths);
	if (!sample->tenths)
		return err_set(err, "out of memory");
	sample->tenths_count = most;
	for (unsigned i = 0; i < crew->count; i++)
		for (unsigned j = 0; j <= crew->workers[i].tenth; j++)
			sample->tenths[j] += crew->workers[i].tenths[j];
	return 0;
}

/* The room of the single latencies changes hands: it may be large. */
static void raw_hand_over(struct crew *crew, struct load_sample *sample)
{
	for (unsigned i = 0; i < crew->count; i++) {
		sample->raw_ns[i] = crew->workers[i].raw_ns;
		crew->workers[i].raw_ns = (struct raw){ 0 };
	}
}

static int crew_merge(struct crew *crew, struct load_sample *sample, struct err *err)
{
	uint64_t first_start = UINT64_MAX, last_end = 0;
	double squares = 0, rate = 0, busiest = 0;
	unsigned cpus = spec_cpus(crew->spec);
	double busy[LOAD_THREADS_MAX] = { 0 };
	const struct worker *broken = crew_broken(crew);

	if (broken)
		return err_set(err, "engine thread %u: %.1000s", broken->index, broken->err.text);
	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];
		fields_merge(load_figures, sample, &worker->counts);
		hist_merge(&sample->latency_ns, &worker->latency_ns);
		hist_merge(&sample->connect_ns, &worker->connect_ns);
		hist_merge(&sample->lag_ns, &worker->lag_ns);
		if (worker->window_start_ns < first_start)
			first_start = worker->window_start_ns;
		if (worker->window_end_ns > last_end)
			last_end = worker->window_end_ns;
		if (worker->usage.window_s > 0)
			rate += (double)worker->counts.ok / worker->usage.window_s;
		squares += worker->served_squares;
		sample->threads[i] = worker->usage;
		if (worker->usage.window_s > 0)
			busy[i % cpus] += (worker->usage.user_s + worker->usage.system_s) / worker->usage.window_s;
		busiest = fmax(busiest, busy[i % cpus]);
		sample->engine_bytes += worker->engine_bytes;
		if (!sample->wrong[0])
			memcpy(sample->wrong, worker->wrong, sizeof sample->wrong);
	}
	sample->client_cpu_busiest = busiest;
	sample->threads_count = crew->count;
	sample->window_s = last_end > first_start ? (double)(last_end - first_start) / 1e9 : 0;
	/* Each thread counts over its own window; where requests end it, the whole takes as long as the slowest. */
	if (crew->spec->requests)
		rate = sample->window_s > 0 ? (double)sample->ok / sample->window_s : 0;
	sample->rate_rps = rate;
	double ok = (double)sample->ok;
	if (crew->spec->offered_rps <= 0)
		sample->jain = squares > 0 ? ok * ok / (squares * load_active(crew->spec)) : 0;
	sample->concurrency_mean = crew->concurrency_samples ? crew->concurrency_sum / (double)crew->concurrency_samples
							     : 0;
	sample->concurrency_min = (double)crew->concurrency_min;
	sample->concurrency_max = (double)crew->concurrency_max;
	sample->interrupted = crew_stopped(crew) && !crew->abandoned;
	raw_hand_over(crew, sample);
	return tenths_merge(crew, sample, err);
}

int crew_run(const struct load_spec *spec, crew_work *work, struct load_sample *sample, struct err *err)
{
	int result = -1;
	struct crew crew = { .spec = spec, .work = work, .count = threads_needed(spec) };
	unsigned started = 0;

	sample->ramp_s = 0;
	crew.workers = calloc(crew.count, sizeof *crew.workers);
	if (!crew.workers)
		return err_set(err, "out of memory");
	if (crew_divide(&crew, err))
		goto out;
	/* Requests by number are measured from the first to the last, but for the silent ones of a crowd. */
	bool open_loop = spec->offered_rps > 0;
	bool ramps = (!spec->requests || spec->mode == LOAD_CROWD) && !open_loop;
	atomic_store(&crew.phase, ramps || open_loop ? LOAD_RAMP : spec->requests ? LOAD_MEASURE : LOAD_WARMUP);
	while (started < crew.count && !worker_start(&crew.workers[started], err))
		started++;
	if (started == crew.count) {
		if (ramps)
			phase_ramp(&crew, sample);
		if (open_loop)
			crew_schedule(&crew);
		if (!spec->requests)
			phase_warmup(&crew);
		phase_measure(&crew);
	} else {
		crew.abandoned = true; /* those that have started end, and are not waited for to follow */
	}
	phase_drain(&crew);
	for (unsigned i = 0; i < started; i++)
		pthread_join(crew.workers[i].thread, NULL);
	if (started == crew.count)
		result = crew_merge(&crew, sample, err);
out:
	for (unsigned i = 0; i < crew.count; i++) {
		free(crew.workers[i].tenths);
		raw_release(&crew.workers[i].raw_ns);
	}
	free(crew.workers);
	return result;
}
