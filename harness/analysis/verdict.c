#include "harness/analysis/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/control.h"
#include "harness/lib/units.h"

/* The bounds of the classes. */
#define HOLDS     0.90
#define SAGS      0.50
#define CLIFF     0.70 /* at most this is left after a doubling */
#define COME_BACK 0.85 /* of the rate before the fall: then it was a dip */
#define ERRORS    0.001
/* Standard deviations of a count of failures: the one end of INTERVAL_CONFIDENCE. */
#define COUNT_ERROR 2.24
/* The share of all launches that must fail at least, by its interval; launches from which on a single failure is a note. */
#define FAILS_OFTEN  0.10
#define FAILS_EXCUSE 5
/* Waiting: neither side uses half a core, a response takes a millisecond or more, and no quota holds the server up. */
#define IDLE      0.5
#define WAITS_NS  1e6
#define THROTTLED 0.1
#define SYN_NS    0.9e9 /* a SYN is sent again after a second */
#define SYN_SHARE 0.001
#define STOLEN    0.05
/* Launches that scatter by more than this, as standard deviation, do not tell which level is the best. */
#define SCATTER_MAX 0.25
#define HOST_TOLD   0.02 /* the host's share is told from here on */

/* What is worked out on the way to a verdict. */
struct trial {
	struct verdict *verdict;
	const struct launches *launches;
	double *ratios;                        /* room for a number a launch */
	size_t last, fall_from, fall_to, back; /* levels by place; `back`: the best one above the fall, or 0 */
	bool is_cliff, best_bounded, last_bounded;
	struct interval come_back; /* the rate at `back`, of that before the fall */
	struct interval_prior prior;
};

static void note(struct verdict *verdict, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct verdict *verdict, const char *format, ...)
{
	va_list args;

	if (verdict->notes_count == VERDICT_NOTES)
		return;
	va_start(args, format);
	vsnprintf(verdict->notes[verdict->notes_count++], VERDICT_TEXT, format, args);
	va_end(args);
}

/* How much of the host's taking is in the fall between two points: a server whose CPU is full loses rate by it. */
static double host_factor(const struct launches *launches, const struct launch_point *from,
			  const struct launch_point *to)
{
	double rise_us = to->control_cost_us - from->control_cost_us;
	bool is_full = to->cores >= LAUNCHES_CPU_FULL * launches->cpus;

	return rise_us > 0 && from->cost_us > 0 && is_full ? (from->cost_us + rise_us) / from->cost_us : 1;
}

/* What a launch keeps of its rate from one level to another, as measured or without the host's share; NAN unknown. */
static double kept(const struct launches *launches, size_t launch, size_t from, size_t to, bool own)
{
	const struct launch_point *a = launches_at(launches, launch, from), *b = launches_at(launches, launch, to);

	if (!a->counts || !b->counts)
		return NAN;
	return b->rate_rps / a->rate_rps * (own ? host_factor(launches, a, b) : 1);
}

/* The same of all launches, in `ratios`; their median. */
static double kept_in_all(struct trial *trial, size_t from, size_t to)
{
	double room[trial->launches->count + 1];

	for (size_t i = 0; i < trial->launches->count; i++)
		room[i] = trial->ratios[i] = kept(trial->launches, i, from, to, true);
	return summary_median(room, trial->launches->count);
}

/*
 * What is left after one doubling, where a rate went from one level to another: of several doublings at least one must
 * have left so little. Of less than one, it is what was left.
 */
static double of_doubling(const struct launches *launches, double left, size_t from, size_t to)
{
	double doublings = log2((double)launches->levels[to] / (double)launches->levels[from]);

	return doublings > 1 ? pow(left, 1 / doublings) : left;
}

/* Whether at least half of the launches that count at a level are `is` there. */
static bool most(const struct launches *launches, size_t level, bool (*is)(const struct launch_point *))
{
	size_t known = 0, yes = 0;

	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *point = launches_at(launches, i, level);
		known += point->counts;
		yes += point->counts && is(point);
	}
	return yes > 0 && 2 * yes >= known;
}

static bool is_bounded(const struct launch_point *point)
{
	return point->bounded;
}

static bool is_harness_limit(const struct launch_point *point)
{
	return point->bounded || point->at_ceiling;
}

static bool is_waiting(const struct launch_point *point)
{
	return point->cores < IDLE && point->client_cpu < IDLE && point->latency_ns >= WAITS_NS &&
	       !(point->throttled > THROTTLED);
}

static bool is_scaled(const struct launch_point *point)
{
	return point->scaled;
}

/* Rates. */

static size_t best_without(const struct launches *launches, size_t launch)
{
	size_t best = launches->levels_count;
	double best_rps = 0;

	for (size_t level = 0; level < launches->levels_count; level++) {
		double rate = launches_rate(launches, level, launch);
		if (launch < launches->count && !launches_at(launches, launch, level)->counts)
			continue;
		if (rate > best_rps) {
			best_rps = rate;
			best = level;
		}
	}
	return best;
}

/* The level of the best rate for a launch, chosen by the others, where there are others. */
static size_t best_for(const struct launches *launches, size_t launch)
{
	size_t best = best_without(launches, launch);

	return best < launches->levels_count ? best : best_without(launches, launches->count);
}

static size_t levels_that_count(const struct launches *launches)
{
	size_t count = 0;

	for (size_t level = 0; level < launches->levels_count; level++)
		count += !isnan(launches_rate(launches, level, launches->count));
	return count;
}

/* What each launch keeps at the highest level of its best, of launches in which the harness is not the limit there. */
static void retention_find(struct trial *trial)
{
	const struct launches *launches = trial->launches;
	struct verdict *verdict = trial->verdict;
	double raw[launches->count + 1];
	size_t pooled = best_without(launches, launches->count);

	if (pooled < launches->levels_count)
		verdict->best_level = launches->levels[pooled];
	for (size_t level = 0; level < launches->levels_count; level++)
		trial->best_bounded |= most(launches, level, is_bounded);
	trial->last_bounded = most(launches, trial->last, is_harness_limit);
	for (size_t i = 0; i < launches->count; i++) {
		size_t best = best_for(launches, i);
		bool known = best < launches->levels_count &&
			     (trial->last_bounded || !is_harness_limit(launches_at(launches, i, trial->last)));
		raw[i] = known ? kept(launches, i, best, trial->last, false) : NAN;
		trial->ratios[i] = known ? kept(launches, i, best, trial->last, true) : NAN;
	}
	verdict->retention = interval_of(raw, launches->count, trial->prior);
	verdict->remains = interval_of(trial->ratios, launches->count, trial->prior);
}

/* The best rate above a level, of the rate at `from`: where it is, and how much. */
static double come_back_to(struct trial *trial, size_t from, size_t above, size_t *where)
{
	double best = 0;

	*where = 0;
	for (size_t level = above + 1; level < trial->launches->levels_count; level++) {
		double left = kept_in_all(trial, from, level);
		if (left > best) {
			best = left;
			*where = level;
		}
	}
	return best;
}

/* The worst fall; where there are cliffs, the worst of these. */
static void fall_find(struct trial *trial)
{
	const struct launches *launches = trial->launches;
	double worst = 1;
	size_t back;

	for (size_t from = 0; from < launches->levels_count; from++) {
		bool is_next = true;
		for (size_t to = from + 1; to < launches->levels_count; to++) {
			double left = kept_in_all(trial, from, to);
			if (isnan(left))
				continue;
			if (!is_next && launches->levels[to] > 2 * launches->levels[from])
				break;
			is_next = false;
			left = of_doubling(launches, left, from, to);
			if (!(left < 1) || most(launches, to, is_harness_limit))
				continue;
			bool is_cliff = left <= CLIFF && come_back_to(trial, from, to, &back) < COME_BACK;
			if (is_cliff < trial->is_cliff || (is_cliff == trial->is_cliff && left >= worst))
				continue;
			worst = left;
			trial->is_cliff = is_cliff;
			trial->fall_from = from;
			trial->fall_to = to;
		}
	}
	if (!trial->fall_to)
		return;
	come_back_to(trial, trial->fall_from, trial->fall_to, &trial->back);
	if (trial->back) {
		trial->verdict->back_level = launches->levels[trial->back];
		kept_in_all(trial, trial->fall_from, trial->back);
		trial->come_back = interval_of(trial->ratios, launches->count, trial->prior);
	}
	kept_in_all(trial, trial->fall_from, trial->fall_to);
	for (size_t i = 0; i < launches->count; i++)
		trial->ratios[i] = of_doubling(launches, trial->ratios[i], trial->fall_from, trial->fall_to);
	trial->verdict->fall = interval_of(trial->ratios, launches->count, trial->prior);
	trial->verdict->fall_from = launches->levels[trial->fall_from];
	trial->verdict->fall_to = launches->levels[trial->fall_to];
}

/* Failures. */

static bool is_failing(const struct launch_point *point)
{
	return point->measured &&
	       (point->died || point->failed - COUNT_ERROR * sqrt(point->failed) > ERRORS * point->requests);
}

/* The first level at which a launch fails; levels_count where it fails at none. */
static size_t failing_level(const struct launches *launches, size_t launch)
{
	size_t level = 0;

	while (level < launches->levels_count && !is_failing(launches_at(launches, launch, level)))
		level++;
	return level;
}

/* Launches that were measured at a level. */
static unsigned measured_at(const struct launches *launches, size_t level)
{
	unsigned count = 0;

	for (size_t i = 0; i < launches->count; i++)
		count += launches_at(launches, i, level)->measured;
	return count;
}

static unsigned failing_at(const struct launches *launches, size_t level)
{
	unsigned count = 0;

	for (size_t i = 0; i < launches->count; i++)
		count += is_failing(launches_at(launches, i, level));
	return count;
}

/* The lowest level at which at least half of the launches fail; where there is none, the lowest at which any does. */
static size_t failing_place(const struct launches *launches)
{
	size_t any = launches->levels_count;

	for (size_t level = 0; level < launches->levels_count; level++) {
		unsigned failing = failing_at(launches, level);
		if (failing && 2 * failing >= measured_at(launches, level))
			return level;
		if (failing && any == launches->levels_count)
			any = level;
	}
	return any;
}

/* How many launches fail, where, and how much. Returns the place of the level; levels_count where none does. */
static size_t failures_find(struct trial *trial)
{
	const struct launches *launches = trial->launches;
	struct verdict *verdict = trial->verdict;
	size_t level = failing_place(launches), known = 0;
	double shares[launches->count + 1];

	if (level == launches->levels_count)
		return level;
	verdict->failing_level = launches->levels[level];
	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *point = launches_at(launches, i, level);
		verdict->failing += failing_level(launches, i) < launches->levels_count;
		if (is_failing(point))
			shares[known++] = point->died ? 1 : point->failed / point->requests;
	}
	verdict->failure_share = summary_median(shares, known);
	return level;
}

/* The class. */

static enum verdict_class class_of_share(double remains)
{
	return isnan(remains)     ? VERDICT_UNKNOWN
	       : remains >= HOLDS ? VERDICT_HOLDS
	       : remains >= SAGS  ? VERDICT_SAGS
				  : VERDICT_COLLAPSES;
}

/* What one launch shows by itself. */
static enum verdict_class class_of_launch(const struct trial *trial, size_t launch)
{
	const struct launches *launches = trial->launches;
	size_t best = best_for(launches, launch);

	if (failing_level(launches, launch) < launches->levels_count)
		return VERDICT_FAILS;
	if (trial->is_cliff) {
		double left = kept(launches, launch, trial->fall_from, trial->fall_to, true);
		double back = trial->back ? kept(launches, launch, trial->fall_from, trial->back, true) : 0;
		if (of_doubling(launches, left, trial->fall_from, trial->fall_to) <= CLIFF && !(back >= COME_BACK))
			return VERDICT_CLIFF;
	}
	if (best == launches->levels_count)
		return VERDICT_UNKNOWN;
	enum verdict_class class = class_of_share(kept(launches, launch, best, trial->last, true));
	/* A lower bound at the end is what it has kept at least. */
	bool is_bound = trial->last_bounded && is_harness_limit(launches_at(launches, launch, trial->last));
	return is_bound && (class != VERDICT_HOLDS || trial->best_bounded) ? VERDICT_CLIENT : class;
}

/* Counts the launches that have what the class rests on, and those of them that show it. */
static void launches_count(struct trial *trial, size_t failing)
{
	const struct launches *launches = trial->launches;
	struct verdict *verdict = trial->verdict;

	verdict->launches = 0;
	if (verdict->leans == VERDICT_UNKNOWN) /* as many as there are, at their best */
		for (size_t level = 0; level < launches->levels_count; level++)
			if (measured_at(launches, level) > verdict->launches)
				verdict->launches = measured_at(launches, level);
	for (size_t i = 0; i < launches->count && verdict->leans != VERDICT_UNKNOWN; i++) {
		enum verdict_class class = class_of_launch(trial, i);
		bool is_basis = verdict->leans == VERDICT_FAILS ? launches_at(launches, i, failing)->measured
				: verdict->leans == VERDICT_CLIFF
					? !isnan(kept(launches, i, trial->fall_from, trial->fall_to, true))
				: verdict->leans == VERDICT_CLIENT ? launches_at(launches, i, trial->last)->counts
								   : class != VERDICT_UNKNOWN;
		verdict->launches += is_basis || class == verdict->leans;
		verdict->agree += class == verdict->leans;
	}
}

static enum verdict_class lean(const struct trial *trial)
{
	const struct verdict *verdict = trial->verdict;

	if (verdict->failing >= 2 ||
	    (verdict->failing && verdict->failing == measured_at(trial->launches, trial->last)))
		return VERDICT_FAILS;
	if (trial->is_cliff)
		return VERDICT_CLIFF;
	if (levels_that_count(trial->launches) < 2 || isnan(verdict->retention.value))
		return VERDICT_UNKNOWN;
	/* A lower bound at the end: what it has kept at least; one of the best: what it has kept at most. */
	if (trial->last_bounded)
		return !trial->best_bounded && verdict->remains.value >= HOLDS ? VERDICT_HOLDS : VERDICT_CLIENT;
	if (verdict->remains.value >= HOLDS && trial->best_bounded)
		return VERDICT_UNKNOWN;
	return class_of_share(verdict->remains.value);
}

/* What is missing. */

static void miss(struct verdict *verdict, bool launches_help, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void miss(struct verdict *verdict, bool launches_help, const char *format, ...)
{
	va_list args;

	verdict->launches_help = launches_help;
	va_start(args, format);
	vsnprintf(verdict->missing, sizeof verdict->missing, format, args);
	va_end(args);
}

/* Whether the interval of what is left lies in one class; else what is missing. */
static bool share_is_known(struct verdict *verdict)
{
	if (verdict->remains.scatter > SCATTER_MAX) {
		miss(verdict, true, "a steadier machine: what a launch keeps scatters by %.0f\u00a0%%",
		     100 * verdict->remains.scatter);
		return false;
	}
	enum verdict_class low = class_of_share(verdict->remains.low), high = class_of_share(verdict->remains.high);

	if (low == high)
		return true;
	miss(verdict, true, "more launches: what it keeps, %.0f to %.0f\u00a0%%, may be that of '%s' or of '%s'",
	     100 * verdict->remains.low, 100 * verdict->remains.high, verdict_names[low], verdict_names[high]);
	return false;
}

/* Whether the worst fall is surely a cliff, or surely none. */
static bool fall_is_known(struct trial *trial)
{
	struct verdict *verdict = trial->verdict;
	bool may_stay = !trial->back || !(trial->come_back.low >= COME_BACK);
	char from[UNITS_TEXT], to[UNITS_TEXT];

	if (trial->is_cliff ? verdict->fall.high <= CLIFF && (!trial->back || trial->come_back.high < COME_BACK)
			    : !trial->fall_to || verdict->fall.low > CLIFF || !may_stay)
		return true;
	/* What holds at the end has come back, whatever was in between. */
	if (!trial->is_cliff && verdict->leans == VERDICT_HOLDS)
		return true;
	miss(verdict, true,
	     "more launches: from %s to %s connections %.0f to %.0f\u00a0%% is left, which may be a cliff or none",
	     units_show_count(from, verdict->fall_from), units_show_count(to, verdict->fall_to),
	     100 * verdict->fall.low, 100 * verdict->fall.high);
	return false;
}

static bool failures_are_known(struct verdict *verdict)
{
	if (verdict->leans == VERDICT_FAILS) {
		if (interval_share_low(verdict->agree, verdict->launches) > FAILS_OFTEN)
			return true;
	} else if (!verdict->failing || verdict->launches >= FAILS_EXCUSE) {
		return true;
	}
	miss(verdict, true, "more launches: it failed in %u of %u", verdict->failing, verdict->launches);
	return false;
}

static bool has_client_short(const struct launches *launches, uint64_t *level)
{
	for (size_t i = 0; i < launches->count * launches->levels_count; i++)
		if (launches->points[i].client_short) {
			*level = launches->levels[i % launches->levels_count];
			return true;
		}
	return false;
}

/* Why there is nothing to lean to. */
static void unknown_say(const struct trial *trial)
{
	struct verdict *verdict = trial->verdict;
	char level[UNITS_TEXT];

	units_show_count(level, verdict->last_level);
	if (!verdict->launches)
		miss(verdict, false, "it was not measured");
	else if (trial->launches->levels_count < 2)
		miss(verdict, false, "a second level: one level says nothing of a shape");
	else if (isnan(verdict->retention.value))
		miss(verdict, false, "a valid figure at %s connections", level);
	else
		miss(verdict, false, "its best rate, which may be higher: the client was the limit there");
}

static bool is_settled(struct trial *trial)
{
	struct verdict *verdict = trial->verdict;
	char level[UNITS_TEXT];
	uint64_t short_level;

	if (verdict->leans != VERDICT_FAILS && has_client_short(trial->launches, &short_level)) {
		miss(verdict, false, "local ports or descriptors of the client, at %s connections",
		     units_show_count(level, short_level));
		return false;
	}
	if (verdict->leans == VERDICT_UNKNOWN) {
		unknown_say(trial);
		return false;
	}
	if (verdict->launches < VERDICT_LAUNCHES) {
		miss(verdict, true, "%u of the %d launches that it takes, at %s connections",
		     VERDICT_LAUNCHES - verdict->launches, VERDICT_LAUNCHES,
		     units_show_count(level, verdict->last_level));
		return false;
	}
	if (!failures_are_known(verdict))
		return false;
	if (verdict->leans != VERDICT_FAILS && verdict->leans != VERDICT_CLIENT &&
	    (!fall_is_known(trial) || (verdict->leans != VERDICT_CLIFF && !share_is_known(verdict))))
		return false;
	if (2 * verdict->agree > verdict->launches)
		return true;
	miss(verdict, true, "launches that agree: only %u of %u show '%s'", verdict->agree, verdict->launches,
	     verdict_names[verdict->leans]);
	return false;
}

/* Where the trouble begins, and its kind. */

/* The first level from which on less than 90 % is left for good; the levels' count where there is none. */
static size_t loss_level(struct trial *trial, size_t best)
{
	size_t first = trial->launches->levels_count;

	for (size_t level = trial->last; level > best; level--) {
		double left = kept_in_all(trial, best, level);
		if (left >= HOLDS)
			break;
		if (!isnan(left))
			first = level;
	}
	return first;
}

/* What a figure becomes between two levels, in the middle of the launches. */
static double change_of(const struct trial *trial, size_t from, size_t to, bool cores)
{
	const struct launches *launches = trial->launches;
	double room[launches->count + 1];

	for (size_t i = 0; i < launches->count; i++) {
		const struct launch_point *a = launches_at(launches, i, from), *b = launches_at(launches, i, to);
		room[i] = !a->counts || !b->counts ? NAN
			  : cores                  ? b->cores / a->cores
						   : b->cost_us / (a->cost_us * host_factor(launches, a, b));
	}
	return summary_median(room, launches->count);
}

static double steal_at(const struct launches *launches, size_t level)
{
	double room[launches->count + 1];

	for (size_t i = 0; i < launches->count; i++)
		room[i] = launches_at(launches, i, level)->steal_share;
	return summary_median(room, launches->count);
}

static void kind_find(struct trial *trial, size_t from, size_t to)
{
	double cores = change_of(trial, from, to, true), cost = change_of(trial, from, to, false);

	if (isnan(cores) || isnan(cost))
		return;
	if (cost >= 1 / cores)
		trial->verdict->kind = VERDICT_WORKS_MORE;
	else
		trial->verdict->kind = steal_at(trial->launches, to) > STOLEN ? VERDICT_CPU_TAKEN : VERDICT_WAITS;
}

/* The level at which a cliff begins, where levels in between were measured: the first with no more than what is left after it. */
static size_t cliff_level(struct trial *trial)
{
	for (size_t level = trial->fall_from + 1; level < trial->fall_to; level++)
		if (kept_in_all(trial, trial->fall_from, level) <= CLIFF)
			return level;
	return trial->fall_to;
}

/* The next lower level that was measured, by any launch. */
static uint64_t level_before(const struct launches *launches, size_t level)
{
	while (level-- > 0)
		if (measured_at(launches, level))
			return launches->levels[level];
	return 0;
}

static void trouble_find(struct trial *trial, size_t failing)
{
	const struct launches *launches = trial->launches;
	struct verdict *verdict = trial->verdict;
	size_t best = best_without(launches, launches->count), level = launches->levels_count;

	if (verdict->leans == VERDICT_FAILS) {
		level = failing;
	} else if (verdict->leans == VERDICT_CLIFF) {
		level = cliff_level(trial);
		kind_find(trial, trial->fall_from, trial->fall_to);
	} else if (verdict->leans == VERDICT_SAGS || verdict->leans == VERDICT_COLLAPSES) {
		level = loss_level(trial, best);
		kind_find(trial, best, trial->last);
	}
	if (level == launches->levels_count)
		return;
	verdict->from_level = launches->levels[level];
	verdict->before_level = level_before(launches, level);
}

/* Notes: what is seen, and is not the class. */

static void waits_find(struct trial *trial)
{
	const struct launches *launches = trial->launches;
	double room[launches->count + 1];

	for (size_t level = 0; level < launches->levels_count; level++) {
		if (!most(launches, level, is_waiting))
			continue;
		for (size_t i = 0; i < launches->count; i++)
			room[i] = launches_at(launches, i, level)->latency_ns;
		if (isnan(trial->verdict->waits_ns))
			trial->verdict->waits_ns = summary_median(room, launches->count);
		trial->verdict->waits_to = launches->levels[level];
	}
}

static void syn_note(const struct trial *trial)
{
	const struct launches *launches = trial->launches;
	const struct launch_point *worst = NULL;
	uint64_t level = 0;
	char shown[UNITS_TEXT], time[UNITS_TEXT];

	for (size_t i = 0; i < launches->count * launches->levels_count; i++) {
		const struct launch_point *point = &launches->points[i];
		if (!(point->connect_p99_ns >= SYN_NS) || !(point->syn_share > SYN_SHARE) ||
		    (worst && point->connect_p99_ns <= worst->connect_p99_ns))
			continue;
		worst = point;
		level = launches->levels[i % launches->levels_count];
	}
	if (worst)
		note(trial->verdict,
		     "connections wait outside the server, SYNs are sent again: p99 %s to connect, at %s",
		     units_show_latency(time, units_whole(worst->connect_p99_ns)), units_show_count(shown, level));
}

static void notes_find(struct trial *trial)
{
	const struct launches *launches = trial->launches;
	struct verdict *verdict = trial->verdict;
	char level[UNITS_TEXT];
	unsigned scaled = 0;

	if (verdict->fall.value <= CLIFF && !trial->is_cliff)
		note(verdict, "dip at %s connections: %.0f\u00a0%% of the rate before it, and back to %.0f\u00a0%%",
		     units_show_count(level, verdict->fall_to), 100 * verdict->fall.value,
		     100 * trial->come_back.value);
	if (verdict->failing && verdict->leans != VERDICT_FAILS)
		note(verdict, "failures in %u launch of %zu: %.2g\u00a0%% of the requests", verdict->failing,
		     launches->count, 100 * verdict->failure_share);
	if (verdict->remains.value - verdict->retention.value > HOST_TOLD)
		note(verdict,
		     "the rate keeps %.0f\u00a0%%; what the host takes from every server is the rest to %.0f\u00a0%%",
		     100 * verdict->retention.value, 100 * verdict->remains.value);
	syn_note(trial);
	for (size_t i = 0; i < launches->levels_count; i++)
		scaled += most(launches, i, is_scaled);
	if (scaled)
		note(verdict, "at %u of %zu levels measured at a part of a CPU, and scaled", scaled,
		     launches->levels_count);
	if (launches->unsteady > 0)
		note(verdict,
		     "the machine was unsteady (the control server's rate scatters by %.0f\u00a0%%): judged against it",
		     100 * launches->unsteady);
}

static void judge(struct trial *trial)
{
	struct verdict *verdict = trial->verdict;
	size_t failing = failures_find(trial);

	retention_find(trial);
	fall_find(trial);
	verdict->leans = lean(trial);
	launches_count(trial, failing);
	trouble_find(trial, failing);
	waits_find(trial);
	verdict->settled = is_settled(trial);
	if (verdict->settled)
		verdict->class = verdict->leans;
	notes_find(trial);
}

void verdict_of(struct verdict *verdict, const struct launches *launches, struct interval_prior prior)
{
	static const struct interval unknown = { NAN, NAN, NAN, NAN };
	double room[launches->count + 1];
	struct trial trial = {
		.verdict = verdict,
		.launches = launches,
		.ratios = room,
		.prior = prior,
		.come_back = unknown,
	};

	*verdict = (struct verdict){
		.server = launches->server,
		.mode = launches->mode,
		.class = VERDICT_UNKNOWN,
		.leans = VERDICT_UNKNOWN,
		.retention = unknown,
		.remains = unknown,
		.fall = unknown,
		.failure_share = NAN,
		.waits_ns = NAN,
	};
	if (!launches->levels_count) {
		miss(verdict, false, "it was not measured");
		return;
	}
	trial.last = launches->levels_count - 1;
	verdict->last_level = launches->levels[trial.last];
	judge(&trial);
}

double verdict_scatter(const struct launches *launches, double *freedom)
{
	double ratios[launches->count + 1];
	size_t known = 0;

	for (size_t i = 0; i < launches->count; i++) {
		size_t best = best_for(launches, i);
		if (best + 1 >=
		    launches->levels_count) /* none, or the highest itself, which scatters against nothing */
			continue;
		double ratio = kept(launches, i, best, launches->levels_count - 1, true);
		if (ratio > 0)
			ratios[known++] = ratio;
	}
	*freedom = known > 1 ? (double)known - 1 : 0;
	return interval_variance(ratios, known);
}

/* Whether the client that asks one thing at a time waits while the server idles. */
static void sequential_take(struct verdict *verdict, const struct document *document)
{
	double room[LAUNCHES_MAX];
	size_t known = 0, waiting = 0;

	for (size_t i = 0; i < document->cells_count && known < LAUNCHES_MAX; i++) {
		const struct cell *cell = &document->cells[i];
		if (strcmp(cell->server, verdict->server) != 0 || strcmp(cell->client, SUMMARY_SEQUENTIAL) != 0 ||
		    cell_is_failed(cell))
			continue;
		double cores = cell->server_cpu_us_per_request * cell->rate_rps / 1e6;
		room[known++] = cell->latency_ns.p50;
		waiting += cores < IDLE && cell->latency_ns.p50 >= WAITS_NS;
	}
	if (isnan(verdict->waits_ns) && known && 2 * waiting > known)
		verdict->waits_ns = summary_median(room, known);
}

int verdicts_of(struct verdicts *verdicts, const struct document *document, const char *mode, struct err *err)
{
	const char **servers = summary_servers(document, err);
	struct launches *launches = NULL;
	double *variances = NULL, *freedoms = NULL;
	size_t count = 0, known = 0;
	int result = -1;

	*verdicts = (struct verdicts){ 0 };
	if (!servers)
		return -1;
	while (servers[count])
		count++;
	launches = calloc(count + 1, sizeof *launches);
	variances = calloc(count + 1, sizeof *variances);
	freedoms = calloc(count + 1, sizeof *freedoms);
	verdicts->of = calloc(count + 1, sizeof *verdicts->of);
	if (!launches || !variances || !freedoms || !verdicts->of) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		if (launches_of(&launches[i], document, servers[i], mode, err))
			goto out;
		if (!launches[i].count || strcmp(servers[i], CONTROL_SERVER) == 0)
			continue;
		variances[known] = verdict_scatter(&launches[i], &freedoms[known]);
		known += freedoms[known] > 0;
	}
	struct interval_prior prior = interval_prior_of(variances, freedoms, known);
	for (size_t i = 0; i < count; i++) {
		verdict_of(&verdicts->of[verdicts->count], &launches[i], prior);
		sequential_take(&verdicts->of[verdicts->count++], document);
	}
	result = 0;
out:
	for (size_t i = 0; i < count && launches; i++)
		launches_release(&launches[i]);
	free(launches);
	free(variances);
	free(freedoms);
	free(servers);
	return result;
}

void verdicts_release(struct verdicts *verdicts)
{
	free(verdicts->of);
	*verdicts = (struct verdicts){ 0 };
}

const struct verdict *verdicts_find(const struct verdicts *verdicts, const char *server)
{
	for (size_t i = 0; i < verdicts->count; i++)
		if (strcmp(verdicts->of[i].server, server) == 0)
			return &verdicts->of[i];
	return NULL;
}
