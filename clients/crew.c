#include "clients/crew.h"

#include "clients/phases.h"
#include "clients/sources.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/close_range.h>

#define WATCH_NS (20 * CLOCK_MS)
/* Minimum of samples of the requests in flight for a mean. */
#define SAMPLES_MIN 20
/*
 * From the time when all threads are ready to the start of an open loop's schedules: each thread has learned of it by
 * then.
 */
#define SCHEDULE_NS (10 * CLOCK_MS)
struct crew {
	const struct load_spec *spec;
	crew_work *work;
	_Atomic int phase;
	_Atomic uint64_t schedule_ns; /* when the schedules of an open loop begin; 0: not known yet */
	unsigned count;
	struct worker *workers;
	/* The window as the crew sees it. */
	double concurrency_sum, handshaking_sum, resting_sum;
	uint64_t concurrency_samples, concurrency_min, concurrency_max;
	uint64_t next_watch_ns;
	uint64_t due_ns;   /* when the next turn of the window is due, by CLOCK_BOOTTIME; 0: it follows at once */
	uint64_t pause_ns; /* the maximum delay of a turn of the window */
	bool told_stalled, told_drain;
	bool abandoned; /* the watch says that it is pointless to continue */
};

enum load_phase worker_phase(const struct worker *worker)
{
	return (enum load_phase)atomic_load_explicit(&worker->crew->phase, memory_order_acquire);
}

uint64_t worker_schedule_ns(const struct worker *worker)
{
	/* A worker that a test drives has no crew. */
	return worker->crew ? atomic_load_explicit(&worker->crew->schedule_ns, memory_order_relaxed) : 0;
}

void worker_window_end(struct worker *worker, uint64_t now_ns)
{
	if (!worker->measuring)
		return;
	load_thread_add(&worker->usage, 1);
	worker->measuring = false;
	worker->late = worker->spec->offered_rps > 0 || !worker->spec->requests;
	worker->unsettled = worker->in_flight;
	worker->counts.in_flight_end = worker->in_flight;
	worker->window_end_ns = now_ns;
	/* A window that opens with the schedule may end before it has opened. */
	worker->usage.window_s = now_ns > worker->window_start_ns ? (double)(now_ns - worker->window_start_ns) / 1e9
								  : 0;
}

void worker_enter(struct worker *worker, enum load_phase phase, uint64_t now_ns)
{
	bool open_loop = worker->spec->offered_rps > 0;

	worker->phase = phase;
	/* With a fixed number of requests the window lasts until the last of them has ended. */
	if (phase == LOAD_SETTLE && worker->spec->requests)
		return;
	worker_window_end(worker, now_ns);
	if (phase >= LOAD_DRAIN && !open_loop) {
		worker->budget = 0; /* an open loop has arrivals left that were due in the window */
		worker->late = false;
	}
	if (phase != LOAD_MEASURE)
		return;
	load_thread_add(&worker->usage, -1);
	worker->measuring = true;
	worker->counts.in_flight_start = worker->in_flight;
	/* With a fixed number of requests the window opens with the schedule, and all requests are in it. */
	if (worker->spec->requests && now_ns < worker_schedule_ns(worker))
		now_ns = worker_schedule_ns(worker);
	worker->window_start_ns = now_ns;
	/* In an open loop, the latency of requests due after its start. */
	if (!worker->spec->requests)
		worker->latency_from_ns = now_ns + open_loop;
	worker->tenth_end_ns = now_ns + CLOCK_S / 10;
}

void worker_ok_outside(struct worker *worker, uint64_t start_ns, uint64_t now_ns)
{
	worker->right_outside++;
	if (!worker->late || start_ns > worker->window_end_ns)
		return;
	worker->unsettled--;
	worker->counts.open_loop.late_ok++;
	worker_latency(worker, start_ns, now_ns);
}

void worker_failed(struct worker *worker, enum load_failure failure, uint64_t start_ns, uint64_t now_ns)
{
	worker->in_flight--;
	worker->busy_ns += now_ns - start_ns;
	worker->failures++;
	worker->counts.failed[failure] += worker->measuring;
	bool settles = worker->late && start_ns <= worker->window_end_ns;
	worker->unsettled -= settles;
	worker->counts.open_loop.late_failed += settles;
	if (window_holds(&worker->window, start_ns))
		worker->window.lost_ns += now_ns - start_ns;
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

/* The CPU for the index-th thread, round robin over those allowed; -1 for none. */
static int cpu_at(const cpu_set_t *cpus, unsigned index)
{
	int count = cpus ? CPU_COUNT(cpus) : 0;

	for (int cpu = 0, seen = 0; count && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, cpus) && seen++ == (int)(index % (unsigned)count))
			return cpu;
	return -1;
}

/* The CPUs that threads are pinned to in turn; if they are not pinned, as many as the client may use. */
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
 * Whether the index-th thread has its CPU to itself: no other thread of the crew is on it, nor the server. If the
 * servers' CPUs are not known, a CPU that the threads leave free is assumed to be theirs.
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
	/* Only the CPUs that this process may run on. */
	return !sched_getaffinity(0, sizeof all, &all) && CPU_COUNT(&all) > (int)crew->count;
}

static unsigned threads_needed(const struct load_spec *spec)
{
	struct rlimit files;
	/* Schedules are more exact in one thread, and a rate that leaves the thread idle at times needs no more. */
	unsigned threads = spec->threads ? spec->threads : spec->offered_rps > 0 ? 1 : spec_cpus(spec);

	getrlimit(RLIMIT_NOFILE, &files);
	uint64_t per_table = load_connections_of(files.rlim_cur);
	uint64_t min = (spec->connections + per_table - 1) / per_table;
	if (threads < min)
		threads = (unsigned)(min < LOAD_THREADS_MAX ? min : LOAD_THREADS_MAX);
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

/* The counters of this load start at 0; everything else is unknown. */
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
	unsigned busy = active < crew->count ? active
					     : crew->count; /* workers with a connection that carries requests */

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
		worker->spread = sources_for(spec->target, spec->connections);
		worker->tenths_room = tenths < LOAD_TENTHS_MAX ? tenths : LOAD_TENTHS_MAX;
		worker->tenths = calloc(worker->tenths_room, sizeof *worker->tenths);
		if (!worker->tenths)
			return err_set(err, "out of memory");
		if (spec->raw && raw_init(&worker->raw_ns, worker->budget, err))
			return -1;
	}
	return 0;
}

/* The worker that failed, or NULL: without it the figures of the others are useless. */
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

/* Calls the caller's watch at intervals, and tells it once of a server that has fallen silent. */
static void crew_watch(struct crew *crew, const struct phases *phases, const struct phases_seen *seen, uint64_t now_ns)
{
	const struct load_watch *watch = crew->spec->watch;
	uint64_t silent_ns = phases_silent_ns(phases, now_ns);

	if (watch && watch->stalled && silent_ns >= LOAD_SILENCE_NS && phases->phase < LOAD_DRAIN &&
	    !crew->told_stalled) {
		watch->stalled(watch->context, silent_ns);
		crew->told_stalled = true;
	}
	if (!watch || phases->phase >= LOAD_DRAIN || now_ns < crew->next_watch_ns)
		return;
	crew->next_watch_ns = now_ns + WATCH_NS;
	if (watch->look)
		watch->look(watch->context, now_ns, seen->right, seen->ended);
	if (watch->tick && !watch->tick(watch->context))
		crew->abandoned = true;
}

/*
 * Sums what the workers have published. A worker may be busy for long with one turn, such as sending 16384 requests.
 * The phase is read first (acquire): once a worker has followed, its counts are those of that phase.
 */
static struct phases_seen crew_see(const struct crew *crew, enum load_phase phase)
{
	struct phases_seen seen = { .followed = true, .idle = true };

	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];
		bool idle = atomic_load(&worker->idle);
		seen.idle &= idle;
		seen.followed &= idle || atomic_load_explicit(&worker->live_phase, memory_order_acquire) == (int)phase;
		seen.exhausted |= atomic_load_explicit(&worker->exhausted, memory_order_relaxed);
		seen.reached += atomic_load_explicit(&worker->live_reached, memory_order_relaxed);
		seen.right += atomic_load_explicit(&worker->live_right, memory_order_relaxed);
		seen.ended += atomic_load_explicit(&worker->live_ended, memory_order_relaxed);
		seen.closing += atomic_load_explicit(&worker->live_closing, memory_order_relaxed);
		seen.unsettled += atomic_load_explicit(&worker->live_unsettled, memory_order_relaxed);
	}
	return seen;
}

/* One sample of the requests in flight. */
static void crew_sample(struct crew *crew)
{
	uint64_t in_flight = 0;

	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];
		in_flight += atomic_load_explicit(&worker->live_in_flight, memory_order_relaxed);
		crew->handshaking_sum += atomic_load_explicit(&worker->live_handshaking, memory_order_relaxed);
		crew->resting_sum += atomic_load_explicit(&worker->live_resting, memory_order_relaxed);
	}
	crew->concurrency_sum += (double)in_flight;
	if (!crew->concurrency_samples++ || in_flight < crew->concurrency_min)
		crew->concurrency_min = in_flight;
	if (in_flight > crew->concurrency_max)
		crew->concurrency_max = in_flight;
}

/*
 * A late turn shows that this process stood still: it was stopped, its machine was suspended (which CLOCK_MONOTONIC
 * leaves out), or it got no CPU.
 */
static void crew_note_pause(struct crew *crew)
{
	uint64_t now_ns = clock_read_ns(CLOCK_BOOTTIME);

	if (crew->due_ns && now_ns > crew->due_ns && now_ns - crew->due_ns > crew->pause_ns)
		crew->pause_ns = now_ns - crew->due_ns;
}

/* The start of an open loop's schedules: once all threads are prepared. 0: not yet. */
static uint64_t crew_schedule(struct crew *crew, uint64_t now_ns)
{
	for (unsigned i = 0; i < crew->count; i++)
		if (!atomic_load(&crew->workers[i].ready) && !atomic_load(&crew->workers[i].idle))
			return 0;
	atomic_store(&crew->schedule_ns, now_ns + SCHEDULE_NS);
	return now_ns + SCHEDULE_NS;
}

/* The caller's window ends with the window itself, not when the requests in flight at its end have ended. */
static void crew_tell(struct crew *crew, enum load_phase phase)
{
	const struct load_watch *watch = crew->spec->watch;

	if (phase == LOAD_SETTLE && crew->spec->requests)
		return;
	if (phase == LOAD_SETTLE)
		phase = LOAD_DRAIN;
	if (phase == LOAD_DRAIN && crew->told_drain)
		return;
	crew->told_drain |= phase == LOAD_DRAIN;
	if (watch && watch->enter)
		watch->enter(watch->context, phase);
}

/* Leads the workers from phase to phase, to the end. */
static void crew_lead(struct crew *crew, struct load_sample *sample, struct phases *phases)
{
	while (phases->phase != LOAD_STOP) {
		uint64_t now_ns = clock_ns();
		enum load_phase before = phases->phase;
		bool followed = phases->followed;
		if (before == LOAD_MEASURE)
			crew_note_pause(crew);
		crew->due_ns = 0;
		struct phases_seen seen = crew_see(crew, before);
		if (crew->spec->offered_rps > 0 && !phases->schedule_ns)
			phases->schedule_ns = crew_schedule(crew, now_ns);
		bool stops = crew_stopped(crew) && phases_stop(phases);
		bool changes = stops || phases_step(phases, now_ns, &seen);
		if (!followed && (stops || phases->followed || changes))
			crew_tell(crew, before);
		if (before == LOAD_RAMP)
			sample->ramp_reached = seen.reached;
		/* A window is sampled once at least, though it may be shorter than a turn: the workers have not left it yet. */
		if (before == LOAD_MEASURE && (changes ? !crew->concurrency_samples : phases->followed))
			crew_sample(crew);
		if (changes) {
			atomic_store_explicit(&crew->phase, (int)phases->phase, memory_order_release);
			continue;
		}
		crew_watch(crew, phases, &seen, now_ns);
		uint64_t pause_ns = phases_pause_ns(phases, now_ns);
		struct timespec pause = clock_timespec(pause_ns);
		if (before == LOAD_MEASURE)
			crew->due_ns = clock_read_ns(CLOCK_BOOTTIME) + pause_ns;
		nanosleep(&pause, NULL);
	}
	crew_tell(crew, LOAD_STOP);
	sample->ramp_s = (double)phases->ramp_ns / 1e9;
}

static int tenths_merge(struct crew *crew, struct load_sample *sample, struct err *err)
{
	unsigned max = 0;

	for (unsigned i = 0; i < crew->count; i++)
		if (crew->workers[i].tenth + 1 > max)
			max = crew->workers[i].tenth + 1;
	sample->tenths = calloc(max, sizeof *sample->tenths);
	if (!sample->tenths)
		return err_set(err, "out of memory");
	sample->tenths_count = max;
	for (unsigned i = 0; i < crew->count; i++)
		for (unsigned j = 0; j <= crew->workers[i].tenth; j++)
			sample->tenths[j] += crew->workers[i].tenths[j];
	return 0;
}

/* The memory of the single latencies is handed over, not copied: it may be large. */
static void raw_hand_over(struct crew *crew, struct load_sample *sample)
{
	for (unsigned i = 0; i < crew->count; i++) {
		sample->raw_ns[i] = crew->workers[i].raw_ns;
		crew->workers[i].raw_ns = (struct raw){ 0 };
	}
}

/* Of the busiest CPU: the fraction that the threads on it used. */
static double crew_busiest(const struct crew *crew)
{
	double busy[LOAD_THREADS_MAX] = { 0 }, busiest = 0;
	unsigned cpus = spec_cpus(crew->spec);

	for (unsigned i = 0; i < crew->count; i++) {
		const struct load_thread *usage = &crew->workers[i].usage;
		if (usage->window_s > 0)
			busy[i % cpus] += (usage->user_s + usage->system_s) / usage->window_s;
		busiest = fmax(busiest, busy[i % cpus]);
	}
	return busiest;
}

/* The requests of a round, for window_rate(): those of a fixed number are all followed to their end. */
static uint32_t round_of(const struct load_spec *spec)
{
	return spec->requests ? 0 : load_active(spec);
}

/* Whether the thread had requests to make: with a small fixed number, some threads have none. */
static bool has_worked(const struct worker *worker)
{
	return worker->counts.started || worker->counts.in_flight_start || !worker->spec->requests;
}

/*
 * The requests in flight. Samples are of the whole phase, which is the window only if time ends it; and a few samples
 * are no evidence against the times of the requests.
 */
static void crew_concurrency(const struct crew *crew, struct load_sample *sample, const struct window_sum *sum)
{
	const struct load_spec *spec = crew->spec;
	uint64_t samples = crew->concurrency_samples;
	bool counted = spec->requests && spec->offered_rps <= 0;

	sample->concurrency_mean = samples ? crew->concurrency_sum / (double)samples : 0;
	if (samples) {
		sample->handshaking = crew->handshaking_sum / (double)samples;
		sample->resting = crew->resting_sum / (double)samples;
	}
	if (sum->known) {
		if (samples >= SAMPLES_MIN && !counted)
			sample->concurrency_sampled = sample->concurrency_mean;
		sample->concurrency_mean = sum->busy;
	} else if (counted && sample->window_s > 0) {
		sample->concurrency_mean = (double)sample->latency_ns.sum / 1e9 / sample->window_s;
	}
	if (sum->known || counted)
		sample->rounds = sample->rate_rps * sample->window_s / load_active(spec);
	sample->concurrency_min = (double)crew->concurrency_min;
	sample->concurrency_max = (double)crew->concurrency_max;
}

/*
 * Rate, window and concurrency. An open loop has the rate of its schedule, and each thread its own window. With a fixed
 * number of requests, a thread may have too few for a window: then the window is from the first request of all to the
 * last.
 */
static void crew_rate(const struct crew *crew, struct load_sample *sample)
{
	uint64_t start_ns = UINT64_MAX, end_ns = 0;
	struct window_sum sum = { 0 };
	double rate = 0;

	for (unsigned i = 0; i < crew->count; i++)
		if (has_worked(&crew->workers[i]))
			window_add(&sum, &crew->workers[i].window);
	/* Half a round is too few for a mean latency. */
	if (crew->spec->requests && 2 * sum.count < load_active(crew->spec))
		sum.known = false;
	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];
		const struct window *window = &worker->window;
		bool judged = sum.known && window_seconds(window) > 0;
		uint64_t from_ns = judged ? window->start.at_ns : worker->window_start_ns;
		uint64_t to_ns = judged ? window->end.at_ns : worker->window_end_ns;
		if (sum.known && !judged)
			continue;
		start_ns = from_ns < start_ns ? from_ns : start_ns;
		end_ns = to_ns > end_ns ? to_ns : end_ns;
		if (worker->usage.window_s > 0)
			rate += (double)worker->counts.ok / worker->usage.window_s;
	}
	sample->window_s = end_ns > start_ns ? (double)(end_ns - start_ns) / 1e9 : 0;
	if (crew->spec->requests)
		rate = sample->window_s > 0 ? (double)sample->ok / sample->window_s : 0;
	sample->rate_rps = sum.known ? window_rate(&sum, round_of(crew->spec), (double)sample->unfinished) : rate;
	crew_concurrency(crew, sample, &sum);
}

static int crew_merge(struct crew *crew, struct load_sample *sample, struct err *err)
{
	double squares = 0;
	const struct worker *broken = crew_broken(crew);

	if (broken)
		return err_set(err, "engine thread %u: %.1000s", broken->index, broken->err.text);
	for (unsigned i = 0; i < crew->count; i++) {
		const struct worker *worker = &crew->workers[i];
		fields_merge(load_figures, sample, &worker->counts);
		hist_merge(&sample->latency_ns, &worker->latency_ns);
		hist_merge(&sample->connect_ns, &worker->connect_ns);
		hist_merge(&sample->handshake_ns, &worker->handshake_ns);
		hist_merge(&sample->lag_ns, &worker->lag_ns);
		if (!sample->tls_version[0]) {
			memcpy(sample->tls_version, worker->tls_version, sizeof sample->tls_version);
			memcpy(sample->tls_cipher, worker->tls_cipher, sizeof sample->tls_cipher);
		}
		squares += worker->served_squares;
		sample->threads[i] = worker->usage;
		sample->engine_bytes += worker->engine_bytes;
		if (!sample->wrong[0])
			memcpy(sample->wrong, worker->wrong, sizeof sample->wrong);
	}
	sample->client_cpu_busiest = crew_busiest(crew);
	sample->client_pause_s = (double)crew->pause_ns / 1e9;
	sample->threads_count = crew->count;
	crew_rate(crew, sample);
	double ok = (double)sample->ok;
	if (crew->spec->offered_rps <= 0)
		sample->jain = squares > 0 ? ok * ok / (squares * load_active(crew->spec)) : 0;
	sample->interrupted = crew_stopped(crew) && !crew->abandoned;
	raw_hand_over(crew, sample);
	return tenths_merge(crew, sample, err);
}

int crew_run(const struct load_spec *spec, crew_work *work, struct load_sample *sample, struct err *err)
{
	int result = -1;
	struct crew crew = { .spec = spec, .work = work, .count = threads_needed(spec) };
	struct phases phases;
	unsigned started = 0, count = crew.count;

	sample->ramp_s = 0;
	crew.workers = calloc(crew.count, sizeof *crew.workers);
	if (!crew.workers)
		return err_set(err, "out of memory");
	if (crew_divide(&crew, err))
		goto out;
	phases_init(&phases, spec);
	atomic_store(&crew.phase, phases.phase);
	while (started < crew.count && !worker_start(&crew.workers[started], err))
		started++;
	if (started < crew.count) {
		crew.abandoned = true; /* the others end those they have started, and are not waited for to follow */
		phases_stop(&phases);
		atomic_store(&crew.phase, LOAD_DRAIN);
		crew.count = started;
	}
	crew_lead(&crew, sample, &phases);
	for (unsigned i = 0; i < started; i++)
		pthread_join(crew.workers[i].thread, NULL);
	if (started == count)
		result = crew_merge(&crew, sample, err);
out:
	for (unsigned i = 0; i < count; i++) {
		free(crew.workers[i].tenths);
		raw_release(&crew.workers[i].raw_ns);
	}
	free(crew.workers);
	return result;
}
