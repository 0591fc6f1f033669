#include "clients/phases.h"

#include <math.h>

#include "harness/lib/clock.h"

#define TICK_NS (5 * CLOCK_MS)
/*
 * Rounds of all connections that a window should hold: below one the rate is that of a part of them. The bias of the rate over
 * r rounds of N connections is about 1 / (N r^2) (docs/method.md): few connections need more rounds for it to be a percent.
 */
#define ROUNDS     2
#define ROUNDS_ONE 18
/*
 * How long requests in flight may take to end after the window, whether they are waited for (settle) or not (drain); in
 * an open loop as long as the window was.
 */
#define DRAIN_NS CLOCK_S
/*
 * Rounds for which requests in flight at the window's end are followed: of exponential service times one in 3000 is
 * left then.
 */
#define SETTLE_ROUNDS 8
/* This share of the right responses may remain unfinished: too few to move the mean latency by a percent. */
#define SETTLE_SHARE 2000

static bool is_open_loop(const struct phases *phases)
{
	return phases->spec->offered_rps > 0;
}

static bool is_counted(const struct phases *phases)
{
	return phases->spec->requests > 0;
}

void phases_init(struct phases *phases, const struct load_spec *spec)
{
	bool open_loop = spec->offered_rps > 0;
	/* The silent connections of a crowd are opened before the fixed number of requests begins. */
	bool ramps = !spec->requests || spec->mode == LOAD_CROWD;

	*phases = (struct phases){ .spec = spec, .phase = ramps || open_loop ? LOAD_RAMP : LOAD_MEASURE };
}

static bool is_stalled(const struct phases *phases, uint64_t now_ns)
{
	return phases_silent_ns(phases, now_ns) >= phases->spec->timeout_ns;
}

/* An open loop has no ramp: its connections are opened as they are needed. */
static bool ramp_is_over(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	const struct load_spec *spec = phases->spec;

	phases->ramp_ns = now_ns - phases->since_ns;
	return is_open_loop(phases) ? phases->schedule_ns > 0
				    : seen->reached >= spec->connections || phases->ramp_ns >= spec->max_ramp_ns ||
					      seen->idle || is_stalled(phases, now_ns);
}

/* How long a round of all connections takes, by the rate of the warm-up; 0 where nothing was right in it. */
static double round_length_ns(const struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	bool one = phases->round_ns && seen->ended > phases->round_ended;
	uint64_t ended = seen->ended - (one ? phases->round_ended : phases->ended_start);
	uint64_t start_ns = one ? phases->round_ns : phases->since_ns;

	if (seen->right == phases->right_start || !ended)
		return 0;
	return (double)(now_ns - start_ns) * load_active(phases->spec) / (double)ended;
}

/* Where nothing was right in the warm-up, a longer window would show no more. */
static uint64_t window_plan(const struct phases *phases)
{
	const struct load_spec *spec = phases->spec;
	double rounds = fmax(ROUNDS, ROUNDS_ONE / sqrt(load_active(spec)));
	double wanted = phases->round_length_ns * rounds;

	if (wanted >= (double)spec->max_window_ns)
		return spec->max_window_ns;
	return wanted > (double)spec->duration_ns ? (uint64_t)wanted : spec->duration_ns;
}

static bool warmup_is_over(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	const struct load_spec *spec = phases->spec;
	uint64_t start_ns = phases->since_ns > phases->schedule_ns ? phases->since_ns : phases->schedule_ns;
	uint64_t elapsed_ns = now_ns > start_ns ? now_ns - start_ns : 0, active = load_active(spec);

	/*
	 * How long a round takes is known after the second: the first may have begun in the middle of the server's
	 * work. While most connections wait for the server to close them, a round is not over.
	 */
	if (!phases->round_ns && seen->ended - phases->ended_start >= active && 2 * seen->closing <= active) {
		phases->round_ns = now_ns;
		phases->round_ended = seen->ended;
	}
	if (elapsed_ns < spec->warmup_ns && !seen->idle)
		return false;
	bool rounds = phases->round_ns && seen->ended - phases->round_ended >= active && 2 * seen->closing <= active;
	if (!rounds && !seen->idle && !is_open_loop(phases) && !is_stalled(phases, now_ns) &&
	    elapsed_ns < spec->max_window_ns)
		return false;
	phases->round_length_ns = is_open_loop(phases) ? 0 : round_length_ns(phases, now_ns, seen);
	phases->window_ns = window_plan(phases);
	return true;
}

static bool window_is_over(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	uint64_t elapsed_ns = now_ns - phases->since_ns;
	bool over = seen->idle ||
		    (is_counted(phases) ? seen->exhausted || load_has_stalled(phases->spec, phases->progress_ns, now_ns)
					: elapsed_ns >= phases->window_ns);

	if (over) {
		phases->window_ns = elapsed_ns;
		phases->window_right = seen->right - phases->right_start;
	}
	return over;
}

static bool settle_is_over(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	const struct load_spec *spec = phases->spec;
	uint64_t elapsed_ns = now_ns - phases->since_ns, right = phases->window_right;

	if (seen->idle)
		return true;
	if (is_counted(phases)) /* the last requests end */
		return load_has_stalled(spec, phases->progress_ns, now_ns);
	if (!seen->unsettled || elapsed_ns >= spec->timeout_ns)
		return true;
	/* How long a round takes, by the warm-up and by the window: in the one or the other it may have been too short. */
	double active = load_active(spec), seen_ns = right ? (double)phases->window_ns * active / (double)right : 0;
	double round_ns = fmax(phases->round_length_ns, seen_ns);
	if (round_ns <= 0)
		return true;
	/* Of a window of less than half a round, the rate is that of what was counted, whatever becomes of the rest. */
	if (2 * (double)phases->window_ns < phases->round_length_ns && 2 * (double)right < active)
		return elapsed_ns >= DRAIN_NS;
	double rounds_ns = SETTLE_ROUNDS * round_ns;
	return elapsed_ns >= DRAIN_NS && (seen->unsettled <= right / SETTLE_SHARE || (double)elapsed_ns >= rounds_ns);
}

static bool drain_is_over(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	bool longer = is_open_loop(phases) && !phases->stopped && phases->window_ns > DRAIN_NS;

	return seen->idle || now_ns - phases->since_ns >= (longer ? phases->window_ns : DRAIN_NS);
}

static bool never(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	(void)phases, (void)now_ns, (void)seen;
	return false;
}

static bool (*const is_over[])(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen) = {
	[LOAD_RAMP] = ramp_is_over,     [LOAD_WARMUP] = warmup_is_over, [LOAD_MEASURE] = window_is_over,
	[LOAD_SETTLE] = settle_is_over, [LOAD_DRAIN] = drain_is_over,   [LOAD_STOP] = never,
};

/* A fixed number of requests needs no warmup, and late requests of an open loop end in the drain. */
static enum load_phase phase_after(const struct phases *phases)
{
	if (phases->phase == LOAD_RAMP && is_counted(phases))
		return LOAD_MEASURE;
	if (phases->phase == LOAD_MEASURE && is_open_loop(phases))
		return LOAD_DRAIN;
	return phases->phase + 1;
}

bool phases_step(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen)
{
	if (seen->right > phases->right || seen->reached > phases->reached || !phases->progress_ns)
		phases->progress_ns = now_ns;
	phases->right = seen->right;
	phases->reached = seen->reached;
	if (!phases->followed) {
		if (!seen->followed)
			return false;
		phases->followed = true;
		phases->since_ns = now_ns;
		phases->right_start = seen->right;
		phases->ended_start = seen->ended;
	}
	if (!is_over[phases->phase](phases, now_ns, seen))
		return false;
	phases->phase = phase_after(phases);
	phases->followed = false;
	return true;
}

bool phases_stop(struct phases *phases)
{
	phases->stopped = true;
	if (phases->phase >= LOAD_DRAIN)
		return false;
	if (phases->phase == LOAD_MEASURE && !phases->followed)
		phases->window_ns = 0;
	phases->phase = LOAD_DRAIN;
	phases->followed = false;
	return true;
}

uint64_t phases_pause_ns(const struct phases *phases, uint64_t now_ns)
{
	uint64_t end_ns = phases->since_ns + phases->window_ns;

	if (phases->phase != LOAD_MEASURE || !phases->followed || is_counted(phases) || now_ns + TICK_NS <= end_ns)
		return TICK_NS;
	return end_ns > now_ns ? end_ns - now_ns : 0;
}
