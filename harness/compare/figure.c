#include "harness/compare/figure.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/summary.h"
#include "harness/compare/pair.h"
#include "harness/lib/rank.h"

/* A level of the row, and what it allows to be said. */
struct figure_level {
	const struct sample *samples;
	size_t count;
	enum pair_state states[SIDES];
	enum pair_claim claim;
};

int figure_room_init(struct figure_room *room, const struct samples *samples, const struct compare_settings *settings,
		     struct err *err)
{
	bool bad = false;

	*room = (struct figure_room){ .settings = settings };
	for (int side = 0; side < SIDES; side++) {
		size_t launches = samples->launches[side] + 1;
		room->launches[side] = samples->launches[side];
		room->values[side] = calloc(launches, sizeof *room->values[side]);
		room->sums[side] = calloc(launches, sizeof *room->sums[side]);
		room->levels[side] = calloc(launches, sizeof *room->levels[side]);
		bad |= !room->values[side] || !room->sums[side] || !room->levels[side];
	}
	room->all = calloc(samples->count + 1, sizeof *room->all);
	return bad || !room->all ? err_set(err, "out of memory") : 0;
}

void figure_room_release(struct figure_room *room)
{
	for (int side = 0; side < SIDES; side++) {
		free(room->values[side]);
		free(room->sums[side]);
		free(room->levels[side]);
	}
	free(room->all);
}

/* Finds the levels of a row, and the reasons for which cells have no figure. Returns their number. */
static size_t levels_find(struct figure_room *room, struct compare_figure *figure, enum compare_measure measure,
			  const struct sample *samples, size_t count)
{
	size_t levels = 0;

	for (size_t i = 0, end; i < count; i = end) {
		struct figure_level *level = &room->all[levels++];
		size_t all[SIDES], valid[SIDES] = { 0, 0 }, bound[SIDES] = { 0, 0 };
		unsigned reasons = 0;
		end = i + samples_of_level(samples + i, count - i);
		samples_count(all, samples + i, end - i);
		for (size_t j = i; j < end; j++) {
			valid[samples[j].side] += !isnan(compare_value(samples[j].cell, measure, &reasons));
			bound[samples[j].side] += !isnan(compare_bound(samples[j].cell, measure));
		}
		*level = (struct figure_level){ .samples = samples + i, .count = end - i };
		for (int side = 0; side < SIDES; side++)
			level->states[side] = pair_state(all[side], valid[side], bound[side]);
		level->claim = pair_claims[level->states[SIDE_BASE]][level->states[SIDE_NEW]];
		if (!all[SIDE_BASE] || !all[SIDE_NEW])
			continue;
		figure->invalid |= reasons;
		figure->base_all = all[SIDE_BASE] > figure->base_all ? all[SIDE_BASE] : figure->base_all;
		figure->new_all = all[SIDE_NEW] > figure->new_all ? all[SIDE_NEW] : figure->new_all;
	}
	return levels;
}

/* Which levels a figure is made of. Without lower bounds, the first two are the same. */
enum view {
	VIEW_WORSE,  /* valid on both sides, or BASE has a bound: an upper bound of the ratio */
	VIEW_BETTER, /* valid on both sides, or NEW has a bound: a lower bound of the ratio */
	VIEW_BOUNDS, /* both have a bound: the figures are shown, but no ratio */
	VIEWS
};

/* In a row of the cells every figure is shown, even where there are too few for the gate. */
static bool is_in_view(const struct figure_level *level, enum view view, bool is_cell)
{
	static const bool claims[VIEWS][PAIR_CLAIMS] = {
		[VIEW_WORSE] = { [PAIR_COMPARED] = true, [PAIR_WORSE] = true },
		[VIEW_BETTER] = { [PAIR_COMPARED] = true, [PAIR_BETTER] = true },
	};
	bool has_bounds = level->states[SIDE_BASE] == PAIR_BOUND && level->states[SIDE_NEW] == PAIR_BOUND;
	bool is_fringe = level->claim == PAIR_LOST || level->claim == PAIR_GAINED || level->claim == PAIR_UNDECIDED;

	if (has_bounds || view == VIEW_BOUNDS)
		return has_bounds && view == VIEW_BOUNDS;
	return claims[view][level->claim] || (is_cell && is_fringe);
}

/*
 * The value of a sample. Where bounds of its own side can show something, they are used as they are: the true rate is
 * not below them. A launch of the other side that is a bound too could be any faster, so it counts as faster than all.
 */
static double value_in_view(const struct figure_level *level, const struct sample *sample, enum compare_measure measure)
{
	unsigned reasons = 0;
	double value = compare_value(sample->cell, measure, &reasons);
	double bound = isnan(value) ? compare_bound(sample->cell, measure) : NAN;

	if (isnan(bound) || level->claim == PAIR_COMPARED)
		return value;
	if (level->states[sample->side] == PAIR_BOUND)
		return bound;
	return level->claim == PAIR_WORSE || level->claim == PAIR_BETTER ? INFINITY : NAN;
}

/* Fills in the values of the launches that have all levels of a view. Returns how many levels these are. */
static size_t view_fill(struct figure_room *room, size_t counts[SIDES], size_t levels_count, enum view view,
			enum compare_measure measure, bool is_cell, unsigned *bounds)
{
	size_t levels = 0;

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < room->launches[side]; i++) {
			room->sums[side][i] = 0;
			room->levels[side][i] = 0;
		}
	*bounds = 0;
	for (size_t i = 0; i < levels_count; i++) {
		const struct figure_level *level = &room->all[i];
		if (!is_in_view(level, view, is_cell))
			continue;
		levels++;
		for (int side = 0; side < SIDES; side++)
			*bounds |= (unsigned)(level->states[side] == PAIR_BOUND) << side;
		for (size_t j = 0; j < level->count; j++) {
			const struct sample *sample = &level->samples[j];
			double value = value_in_view(level, sample, measure);
			room->sums[sample->side][sample->launch] += isnan(value) ? 0 : value;
			room->levels[sample->side][sample->launch] += !isnan(value);
		}
	}
	for (int side = 0; side < SIDES; side++) {
		counts[side] = 0;
		for (size_t i = 0; i < room->launches[side]; i++)
			if (levels && room->levels[side][i] == levels)
				room->values[side][counts[side]++] = room->sums[side][i] / (double)levels;
	}
	return levels;
}

/* The standard deviation within the two sides, pooled; NAN where no side has two values. */
static double spread_of(double *const values[SIDES], const size_t counts[SIDES])
{
	double squares = 0;
	size_t freedom = 0;

	for (int side = 0; side < SIDES; side++) {
		double mean = 0;
		for (size_t i = 0; i < counts[side]; i++)
			mean += values[side][i] / (double)counts[side];
		for (size_t i = 0; i < counts[side]; i++)
			squares += (values[side][i] - mean) * (values[side][i] - mean);
		freedom += counts[side] ? counts[side] - 1 : 0;
	}
	return freedom ? sqrt(squares / (double)freedom) : NAN;
}

/* How many shares are above the floor of a finding. */
static size_t bad_count(const double *values, size_t count)
{
	size_t bad = 0;

	for (size_t i = 0; i < count; i++)
		bad += values[i] > COMPARE_FAILURES_FLOOR;
	return bad;
}

/*
 * Whether shares differ at all, for sorted values: where they do not, no test is made, and none counts. It depends on both
 * sides alike.
 */
static bool shares_differ(double *const values[SIDES], const size_t counts[SIDES], struct figure_basis *basis)
{
	size_t bad[SIDES];

	for (int side = 0; side < SIDES; side++)
		bad[side] = bad_count(values[side], counts[side]);
	basis->is_certain = (!bad[SIDE_BASE] && 2 * bad[SIDE_NEW] > counts[SIDE_NEW]) ||
			    (!bad[SIDE_NEW] && 2 * bad[SIDE_BASE] > counts[SIDE_BASE]);
	double min = fmin(values[SIDE_BASE][0], values[SIDE_NEW][0]);
	double max = fmax(values[SIDE_BASE][counts[SIDE_BASE] - 1], values[SIDE_NEW][counts[SIDE_NEW] - 1]);
	return max - min > COMPARE_FAILURES_FLOOR;
}

/* Computes the results from the values, which it sorts. A comparison of two bounds has no ratio. */
static int values_compare(struct figure_room *room, struct compare_figure *figure, enum compare_measure measure,
			  const size_t counts[SIDES], bool has_ratio, struct figure_basis *basis, struct err *err)
{
	double *const *values = room->values;
	bool is_share = compare_measures[measure].is_share;
	struct rank_test test;
	struct rank_shift shift;

	figure->base_count = counts[SIDE_BASE];
	figure->new_count = counts[SIDE_NEW];
	figure->ratio = figure->low = figure->high = figure->p = figure->p_adjusted = NAN;
	figure->base = compare_unscaled(measure, summary_median(values[SIDE_BASE], counts[SIDE_BASE]));
	figure->new = compare_unscaled(measure, summary_median(values[SIDE_NEW], counts[SIDE_NEW]));
	*basis = (struct figure_basis){ .spread = spread_of(values, counts) };
	if (!counts[SIDE_BASE] || !counts[SIDE_NEW] || !has_ratio ||
	    (is_share && !shares_differ(values, counts, basis)))
		return 0;
	if (rank_test(&test, values[SIDE_BASE], counts[SIDE_BASE], values[SIDE_NEW], counts[SIDE_NEW]) ||
	    rank_shift(&shift, values[SIDE_BASE], counts[SIDE_BASE], values[SIDE_NEW], counts[SIDE_NEW],
		       room->settings->alpha))
		return err_set(err, "out of memory");
	figure->p = test.p;
	figure->exact = test.exact;
	if (is_share)
		return 0;
	figure->ratio = exp(shift.shift);
	figure->low = exp(shift.low);
	figure->high = exp(shift.high);
	return 0;
}

/* The figure of one view. A view without levels has no launches. */
static int view_compare(struct figure_room *room, struct compare_figure *figure, enum compare_measure measure,
			size_t levels, enum view view, bool is_cell, struct figure_basis *basis, struct err *err)
{
	size_t counts[SIDES];

	figure->levels = view_fill(room, counts, levels, view, measure, is_cell, &figure->bounds);
	return values_compare(room, figure, measure, counts, view != VIEW_BOUNDS, basis, err);
}

/*
 * For a rate with bounds, the view that finds more. Each can find something in one direction only, so that together
 * they err no more often than one two-sided test. In the other direction a test was made, and nothing was found: p is
 * 1.
 */
static int views_compare(struct figure_room *room, struct compare_figure *figure, enum compare_measure measure,
			 size_t levels, bool is_cell, struct figure_basis *basis, struct err *err)
{
	struct compare_figure views[VIEWS];
	struct figure_basis bases[VIEWS];
	enum view best = VIEW_WORSE;

	for (int view = 0; view < VIEWS; view++) {
		views[view] = *figure;
		if (view_compare(room, &views[view], measure, levels, (enum view)view, is_cell, &bases[view], err))
			return -1;
	}
	if (views[VIEW_WORSE].bounds | views[VIEW_BETTER].bounds) {
		if (!(views[VIEW_WORSE].ratio < 1) && !isnan(views[VIEW_WORSE].p))
			views[VIEW_WORSE].p = 1;
		if (!(views[VIEW_BETTER].ratio > 1) && !isnan(views[VIEW_BETTER].p))
			views[VIEW_BETTER].p = 1;
		if (!views[VIEW_WORSE].levels || views[VIEW_BETTER].p < views[VIEW_WORSE].p)
			best = VIEW_BETTER;
	} else if (!views[VIEW_WORSE].levels && views[VIEW_BOUNDS].levels) {
		best = VIEW_BOUNDS;
	}
	*figure = views[best];
	/* The true ratio may be anywhere below an upper bound, or anywhere above a lower one. */
	if (figure->bounds & 1u << SIDE_BASE)
		figure->low = NAN;
	if (figure->bounds & 1u << SIDE_NEW)
		figure->high = NAN;
	*basis = bases[best];
	return 0;
}

/*
 * The factor between the noise of this many launches a side and that of the number with which it was measured: n
 * launches have 1/n of the variance.
 */
static double noise_factor(const struct figure_room *room)
{
	double launches = (double)room->settings->noise.launches;

	return launches > 0 ? sqrt(launches *
				   (1 / (double)room->launches[SIDE_BASE] + 1 / (double)room->launches[SIDE_NEW]) / 2)
			    : 1;
}

static double floor_of(const struct figure_room *room, const struct compare_row *row, enum compare_measure measure)
{
	const struct compare_noise *noise = &room->settings->noise;
	double known = NAN;

	if (compare_measures[measure].is_share)
		return COMPARE_FAILURES_FLOOR;
	if (noise->at)
		known = noise->at(noise->context, row->server, row->client, row->mode, measure, row->min_level,
				  row->max_level) *
			noise_factor(room);
	/* fmax() ignores NAN. With a floor of 1 any effect would count as none. */
	return fmin(fmax(room->settings->floor, COMPARE_NOISE_TIMES * known), 0.99);
}

/*
 * For each launch, the largest share of requests that failed in one way. Returns whether BASE has such a launch at all.
 */
static bool shares_of_kind(struct figure_room *room, size_t counts[SIDES], int kind, const struct sample *samples,
			   size_t count)
{
	bool has_base = false;

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < room->launches[side]; i++)
			room->sums[side][i] = -1;
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = samples[i].cell;
		double all = (double)(cell->ok + cell_failed(cell)), failed = (double)cell->failed[kind];
		double *largest = &room->sums[samples[i].side][samples[i].launch];
		has_base |= samples[i].side == SIDE_BASE && failed > 0;
		*largest = fmax(*largest, failed > 0 ? failed / all : 0);
	}
	for (int side = 0; side < SIDES; side++) {
		counts[side] = 0;
		for (size_t i = 0; i < room->launches[side]; i++)
			if (room->sums[side][i] >= 0)
				room->values[side][counts[side]++] = room->sums[side][i];
	}
	return has_base;
}

/*
 * Kinds of failures that most launches of NEW have, at one of the row's levels at least, and none of BASE; and whether
 * that is unlikely by chance.
 */
static int new_failures(struct figure_room *room, struct compare_figure *figure, struct figure_basis *basis,
			const struct sample *samples, size_t count, struct err *err)
{
	for (int kind = 0; kind < LOAD_FAILURES; kind++) {
		size_t counts[SIDES];
		struct rank_test test;
		bool has_base = shares_of_kind(room, counts, kind, samples, count);
		if (has_base || 2 * bad_count(room->values[SIDE_NEW], counts[SIDE_NEW]) <= counts[SIDE_NEW])
			continue;
		figure->new_failures |= 1u << kind;
		if (rank_test(&test, room->values[SIDE_BASE], counts[SIDE_BASE], room->values[SIDE_NEW],
			      counts[SIDE_NEW]))
			return err_set(err, "out of memory");
		basis->is_new |= test.p < room->settings->alpha;
	}
	return 0;
}

/* Which levels are lost, and by which reason. */
static unsigned reasons_of(const struct figure_level *level, enum compare_measure measure)
{
	unsigned lost_to = 0;

	for (size_t i = 0; i < level->count; i++) {
		unsigned reasons = 0;
		bool is_known = !isnan(compare_value(level->samples[i].cell, measure, &reasons)) ||
				!isnan(compare_bound(level->samples[i].cell, measure));
		if (!is_known && level->samples[i].side == SIDE_NEW)
			lost_to |= reasons;
	}
	return lost_to;
}

static void claims_count(const struct figure_room *room, struct compare_row *row, size_t levels)
{
	for (size_t i = 0; i < levels; i++) {
		const struct figure_level *level = &room->all[i];
		row->worse += level->claim == PAIR_WORSE;
		row->better += level->claim == PAIR_BETTER;
		row->undecided += level->claim == PAIR_UNDECIDED;
		if (level->claim != PAIR_LOST)
			continue;
		row->lost++;
		row->lost_to |= reasons_of(level, COMPARE_RATE);
	}
}

int figure_make(struct figure_room *room, struct compare_row *row, enum compare_measure measure,
		const struct sample *samples, size_t count, struct figure_basis *basis, struct err *err)
{
	struct compare_figure *figure = &row->figures[measure];
	size_t levels = levels_find(room, figure, measure, samples, count);

	figure->floor = floor_of(room, row, measure);
	if (measure == COMPARE_RATE)
		claims_count(room, row, levels);
	if (views_compare(room, figure, measure, levels, row->min_level == row->max_level, basis, err))
		return -1;
	return measure == COMPARE_FAILURES ? new_failures(room, figure, basis, samples, count, err) : 0;
}
