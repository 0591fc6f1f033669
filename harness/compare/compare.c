#include "harness/compare/compare.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/compare/verdict.h"
#include "harness/lib/rank.h"
#include "harness/lib/text.h"

const char *const compare_verdict_names[COMPARE_VERDICTS] = {
	"regressed", "improved", "equivalent", "inconclusive", "incomparable", "invalid",
};

const struct compare_settings compare_settings_usual = { .floor = COMPARE_FLOOR, .alpha = COMPARE_ALPHA };

size_t compare_band(uint64_t level)
{
	return level <= 16 ? 0 : level < 2048 ? 1 : 2;
}

char *compare_show_at(char out[COMPARE_AT], const struct compare_row *row)
{
	if (row->least == row->most)
		snprintf(out, COMPARE_AT, "%" PRIu64, row->least);
	else
		snprintf(out, COMPARE_AT, "%" PRIu64 "-%" PRIu64, row->least, row->most);
	return out;
}

/* Launches: each is a block of a run. */

struct launch {
	const struct document *document;
	uint64_t block;
};

struct launches {
	struct launch *all; /* sorted, owned */
	size_t count;
};

static int launch_order(const void *a, const void *b)
{
	const struct launch *x = a, *y = b;

	if (x->document != y->document)
		return x->document < y->document ? -1 : 1;
	return (x->block > y->block) - (x->block < y->block);
}

static bool is_of(const struct cell *cell, const struct compare_side *side)
{
	return !side->server || strcmp(cell->server, side->server) == 0;
}

static int launches_find(struct launches *launches, const struct compare_side *side, struct err *err)
{
	size_t cells = 0, count = 0;

	for (size_t i = 0; i < side->count; i++)
		cells += side->documents[i]->cells_count;
	launches->all = calloc(cells + 1, sizeof *launches->all);
	if (!launches->all)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < side->count; i++)
		for (size_t j = 0; j < side->documents[i]->cells_count; j++) {
			const struct cell *cell = &side->documents[i]->cells[j];
			if (!cell_is_open_loop(cell) && is_of(cell, side))
				launches->all[count++] = (struct launch){ side->documents[i], cell->block };
		}
	qsort(launches->all, count, sizeof *launches->all, launch_order);
	for (size_t i = 0; i < count; i++)
		if (!i || launch_order(&launches->all[i - 1], &launches->all[i]) != 0)
			launches->all[launches->count++] = launches->all[i];
	if (launches->count > RANK_MOST)
		return err_set(err, "%zu launches of a side are more than can be compared (%d)", launches->count,
			       RANK_MOST);
	return 0;
}

/* Samples: all cells of both sides, in the order of the rows. */

enum side { BASE, NEW, SIDES };

static const char *const side_names[SIDES] = { "BASE", "NEW" };

struct sample {
	const char *server; /* of the row */
	const struct cell *cell;
	enum side side;
	size_t launch;
};

static int row_order(const struct sample *x, const struct sample *y)
{
	int order = strcmp(x->server, y->server);

	if (!order)
		order = strcmp(x->cell->client, y->cell->client);
	if (!order)
		order = strcmp(x->cell->mode, y->cell->mode);
	return order ? order : (x->cell->level > y->cell->level) - (x->cell->level < y->cell->level);
}

static int sample_order(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	int order = row_order(x, y);

	if (!order)
		order = (int)x->side - (int)y->side;
	return order ? order : (x->launch > y->launch) - (x->launch < y->launch);
}

/* Everything while it is being compared. */
struct work {
	struct comparison *comparison;
	struct launches launches[SIDES];
	struct sample *samples;
	size_t samples_count;
	double *values[SIDES]; /* room for one value a launch */
	double *sums[SIDES];   /* of a band: what each launch has so far */
	size_t *levels[SIDES]; /* of how many levels */
};

static void samples_add(struct work *work, const struct compare_side *side, enum side which, const char *name)
{
	for (size_t i = 0; i < side->count; i++) {
		const struct document *document = side->documents[i];
		for (size_t j = 0; j < document->cells_count; j++) {
			const struct cell *cell = &document->cells[j];
			struct launch key = { document, cell->block };
			const struct launches *launches = &work->launches[which];
			if (!is_of(cell, side))
				continue;
			if (cell_is_open_loop(cell)) {
				work->comparison->open_loops++;
				continue;
			}
			const struct launch *found = bsearch(&key, launches->all, launches->count, sizeof key,
							     launch_order);
			work->samples[work->samples_count++] = (struct sample){
				.server = name ? name : cell->server,
				.cell = cell,
				.side = which,
				.launch = (size_t)(found - launches->all),
			};
		}
	}
}

/* A cell that stands twice in a run would be taken for two launches, or for the other's figure. */
static int check_twice(const struct work *work, struct err *err)
{
	char server[64], at[CELL_AT];

	for (size_t i = 1; i < work->samples_count; i++) {
		const struct sample *sample = &work->samples[i];
		if (sample_order(sample - 1, sample) != 0)
			continue;
		return err_set(err, "a run of %s has the cell %s@%s (%.20s, %.20s) of block %" PRIu64 " twice",
			       side_names[sample->side], text_plain(server, sizeof server, sample->server),
			       cell_show_at(at, sample->cell), sample->cell->client, sample->cell->mode,
			       sample->cell->block);
	}
	return 0;
}

/* So would a run that is given twice. */
static int check_runs(const struct compare_side *side, enum side which, struct err *err)
{
	for (size_t i = 0; i < side->count; i++)
		for (size_t j = i + 1; j < side->count; j++) {
			const struct document *a = side->documents[i], *b = side->documents[j];
			if (a->cells_count && a->cells_count == b->cells_count &&
			    strcmp(a->host.date, b->host.date) == 0 && a->cells[0].started == b->cells[0].started &&
			    a->cells[0].rate_rps == b->cells[0].rate_rps)
				return err_set(err,
					       "%s has the same run twice (that of %.39s): it would count as twice as "
					       "many launches",
					       side_names[which], a->host.date);
		}
	return 0;
}

/* The backlog that a run got is known in its cells. */
static int backlog_check(struct comparison *comparison, const struct sample *samples, size_t count, struct err *err)
{
	char room[2][32];

	for (size_t i = 1; i < count; i++) {
		uint64_t base = samples[0].cell->backlog, new = samples[i].cell->backlog;
		if (base == new)
			continue;
		snprintf(room[0], sizeof room[0], "%" PRIu64, base);
		snprintf(room[1], sizeof room[1], "%" PRIu64, new);
		return differences_add(&comparison->differences, "listen backlog", room[0], room[1], err);
	}
	return 0;
}

/* Figures. */

/* The standard deviation inside of the two sides, pooled; NAN where no side has two values. */
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

/* How many shares are more than a finding needs. */
static size_t bad_count(const double *values, size_t count)
{
	size_t bad = 0;

	for (size_t i = 0; i < count; i++)
		bad += values[i] > COMPARE_FAILURES_FLOOR;
	return bad;
}

/* Fills in what the values, which it sorts, say. */
static int figure_fill(struct compare_figure *figure, struct verdict_basis *basis, enum compare_measure measure,
		       double *const values[SIDES], const size_t counts[SIDES], const struct compare_settings *settings,
		       struct err *err)
{
	const struct compare_measure_row *row = &compare_measures[measure];
	struct rank_test test;
	struct rank_shift shift;

	figure->base_count = counts[BASE];
	figure->new_count = counts[NEW];
	figure->ratio = figure->low = figure->high = figure->p = figure->p_adjusted = NAN;
	double base = summary_median(values[BASE], counts[BASE]), new = summary_median(values[NEW], counts[NEW]);
	figure->base = compare_unscaled(measure, base);
	figure->new = compare_unscaled(measure, new);
	*basis = (struct verdict_basis){ .spread = spread_of(values, counts) };
	if (!counts[BASE] || !counts[NEW])
		return 0;
	if (row->is_share) {
		size_t bad[SIDES] = { bad_count(values[BASE], counts[BASE]), bad_count(values[NEW], counts[NEW]) };
		double least = fmin(values[BASE][0], values[NEW][0]);
		double most = fmax(values[BASE][counts[BASE] - 1], values[NEW][counts[NEW] - 1]);
		/* Where there is nothing to find, no test is made, and none counts. It depends on both sides alike. */
		if (most - least <= COMPARE_FAILURES_FLOOR)
			return 0;
		basis->is_certain = (!bad[BASE] && 2 * bad[NEW] > counts[NEW]) ||
				    (!bad[NEW] && 2 * bad[BASE] > counts[BASE]);
	}
	if (rank_test(&test, values[BASE], counts[BASE], values[NEW], counts[NEW]) ||
	    rank_shift(&shift, values[BASE], counts[BASE], values[NEW], counts[NEW], settings->alpha))
		return err_set(err, "out of memory");
	figure->p = test.p;
	figure->exact = test.exact;
	if (row->is_share)
		return 0;
	figure->ratio = exp(shift.shift);
	figure->low = exp(shift.low);
	figure->high = exp(shift.high);
	return 0;
}

/*
 * By how much the noise of so many launches a side differs from that of those it was measured with: n launches have 1/n of
 * the variance.
 */
static double noise_factor(const struct work *work)
{
	double base = (double)work->launches[BASE].count, new = (double)work->launches[NEW].count;
	double launches = (double)work->comparison->settings.noise.launches;

	return launches > 0 ? sqrt(launches * (1 / base + 1 / new) / 2) : 1;
}

static double floor_of(const struct work *work, const struct compare_row *row, enum compare_measure measure)
{
	const struct comparison *comparison = work->comparison;
	const struct compare_noise *noise = &comparison->settings.noise;
	double known = NAN;

	if (compare_measures[measure].is_share)
		return COMPARE_FAILURES_FLOOR;
	if (noise->at)
		known = noise->at(noise->context, row->server, row->client, row->mode, measure, row->least, row->most) *
			noise_factor(work);
	/* fmax() takes the other where one is NAN. A floor of 1 would let everything pass as nothing. */
	return fmin(fmax(comparison->settings.floor, COMPARE_NOISE_TIMES * known), 0.99);
}

/*
 * Kinds of failures that most launches of NEW have had, at one of the row's levels at least, and none of BASE; and whether
 * chance would hardly deal one of them so.
 */
static int new_failures(struct work *work, struct compare_figure *figure, struct verdict_basis *basis,
			const struct sample *samples, size_t count, struct err *err)
{
	for (int kind = 0; kind < LOAD_FAILURES; kind++) {
		size_t counts[SIDES] = { 0, 0 }, have = 0, base = 0;
		struct rank_test test;
		for (int side = 0; side < SIDES; side++)
			for (size_t i = 0; i < work->launches[side].count; i++)
				work->sums[side][i] = -1;
		for (size_t i = 0; i < count; i++) {
			const struct cell *cell = samples[i].cell;
			double all = (double)(cell->ok + cell_failed(cell)), failed = (double)cell->failed[kind];
			double *most = &work->sums[samples[i].side][samples[i].launch];
			base += samples[i].side == BASE && failed > 0;
			*most = fmax(*most, failed > 0 ? failed / all : 0);
		}
		for (int side = 0; side < SIDES; side++)
			for (size_t i = 0; i < work->launches[side].count; i++)
				if (work->sums[side][i] >= 0) {
					have += side == NEW && work->sums[side][i] > COMPARE_FAILURES_FLOOR;
					work->values[side][counts[side]++] = work->sums[side][i];
				}
		if (base || 2 * have <= counts[NEW])
			continue;
		figure->new_failures |= 1u << kind;
		if (rank_test(&test, work->values[BASE], counts[BASE], work->values[NEW], counts[NEW]))
			return err_set(err, "out of memory");
		basis->is_new |= test.p < work->comparison->settings.alpha;
	}
	return 0;
}

static int cell_figure(struct work *work, struct compare_row *row, struct verdict_basis *basis,
		       enum compare_measure measure, const struct sample *samples, size_t count, struct err *err)
{
	struct compare_figure *figure = &row->figures[measure];
	size_t counts[SIDES] = { 0, 0 };

	for (size_t i = 0; i < count; i++) {
		double value = compare_value(samples[i].cell, measure, &figure->invalid);
		if (!isnan(value))
			work->values[samples[i].side][counts[samples[i].side]++] = value;
	}
	figure->levels = 1;
	figure->floor = floor_of(work, row, measure);
	if (figure_fill(figure, basis, measure, work->values, counts, &work->comparison->settings, err))
		return -1;
	return measure == COMPARE_FAILURES ? new_failures(work, figure, basis, samples, count, err) : 0;
}

/* The end of the samples that are of the same level (or of the same band) as the first. */
static size_t level_end(const struct sample *samples, size_t count)
{
	size_t end = 1;

	while (end < count && row_order(&samples[0], &samples[end]) == 0)
		end++;
	return end;
}

static bool is_same_band(const struct sample *a, const struct sample *b)
{
	return strcmp(a->server, b->server) == 0 && strcmp(a->cell->client, b->cell->client) == 0 &&
	       strcmp(a->cell->mode, b->cell->mode) == 0 &&
	       compare_band(a->cell->level) == compare_band(b->cell->level);
}

static size_t band_end(const struct sample *samples, size_t count)
{
	size_t end = 1;

	while (end < count && is_same_band(&samples[0], &samples[end]))
		end++;
	return end;
}

static void sides_count(size_t counts[SIDES], const struct sample *samples, size_t count)
{
	counts[BASE] = counts[NEW] = 0;
	for (size_t i = 0; i < count; i++)
		counts[samples[i].side]++;
}

/*
 * A band: the mean over its levels, of each launch. Levels that not even most launches of both sides have are left out;
 * then so are launches that lack one of the levels, for a mean over other levels would be another figure.
 */
static int band_figure(struct work *work, struct compare_row *row, struct verdict_basis *basis,
		       enum compare_measure measure, const struct sample *samples, size_t count, struct err *err)
{
	struct compare_figure *figure = &row->figures[measure];
	size_t counts[SIDES] = { 0, 0 };

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < work->launches[side].count; i++) {
			work->sums[side][i] = 0;
			work->levels[side][i] = 0;
		}
	for (size_t i = 0, end; i < count; i = end) {
		size_t all[SIDES], have[SIDES] = { 0, 0 };
		unsigned reasons = 0;
		end = i + level_end(samples + i, count - i);
		sides_count(all, samples + i, end - i);
		if (!all[BASE] || !all[NEW])
			continue;
		for (size_t j = i; j < end; j++)
			have[samples[j].side] += !isnan(compare_value(samples[j].cell, measure, &reasons));
		figure->invalid |= reasons;
		if (2 * have[BASE] <= all[BASE] || 2 * have[NEW] <= all[NEW])
			continue;
		figure->levels++;
		for (size_t j = i; j < end; j++) {
			double value = compare_value(samples[j].cell, measure, &reasons);
			work->sums[samples[j].side][samples[j].launch] += isnan(value) ? 0 : value;
			work->levels[samples[j].side][samples[j].launch] += !isnan(value);
		}
	}
	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < work->launches[side].count; i++)
			if (figure->levels && work->levels[side][i] == figure->levels)
				work->values[side][counts[side]++] = work->sums[side][i] / (double)figure->levels;
	figure->floor = floor_of(work, row, measure);
	if (figure_fill(figure, basis, measure, work->values, counts, &work->comparison->settings, err))
		return -1;
	return measure == COMPARE_FAILURES ? new_failures(work, figure, basis, samples, count, err) : 0;
}

/* The rows: of each level that both sides have, and of each band with such a level. */

static struct compare_row row_of(const struct sample *sample, uint64_t least, uint64_t most)
{
	return (struct compare_row){
		.server = sample->server,
		.client = sample->cell->client,
		.mode = sample->cell->mode,
		.least = least,
		.most = most,
	};
}

/*
 * Whether the speed of a level is known in BASE and lost in NEW: neither rate nor CPU is valid in most launches. Where the
 * client has become the limit, the CPU still tells.
 */
static bool level_lost(const struct sample *samples, size_t count, unsigned *to)
{
	size_t all[SIDES], known[SIDES] = { 0, 0 };
	unsigned reasons, lost_to = 0;

	sides_count(all, samples, count);
	for (size_t i = 0; i < count; i++) {
		reasons = 0;
		bool is_known = !isnan(compare_value(samples[i].cell, COMPARE_RATE, &reasons)) ||
				!isnan(compare_value(samples[i].cell, COMPARE_CPU, &reasons));
		known[samples[i].side] += is_known;
		if (!is_known && samples[i].side == NEW)
			lost_to |= reasons;
	}
	if (2 * known[BASE] <= all[BASE] || 2 * known[NEW] > all[NEW])
		return false;
	*to |= lost_to;
	return true;
}

static int rows_fill(struct work *work, struct verdict_basis (*gate)[COMPARE_MEASURES],
		     struct verdict_basis (*cells)[COMPARE_MEASURES], struct err *err)
{
	struct comparison *comparison = work->comparison;
	const struct sample *samples = work->samples;

	for (size_t i = 0, band; i < work->samples_count; i = band) {
		uint64_t least = 0, most = 0;
		size_t lost = 0;
		unsigned lost_to = 0;
		band = i + band_end(samples + i, work->samples_count - i);
		for (size_t j = i, end; j < band; j = end) {
			size_t counts[SIDES];
			end = j + level_end(samples + j, band - j);
			sides_count(counts, samples + j, end - j);
			if (!counts[BASE] || !counts[NEW]) {
				if (counts[BASE] && !comparison->base_only++)
					comparison->first_base_only = row_of(&samples[j], samples[j].cell->level,
									     samples[j].cell->level);
				comparison->new_only += counts[NEW] > 0;
				continue;
			}
			least = least ? least : samples[j].cell->level;
			most = samples[j].cell->level;
			if (counts[BASE] > comparison->base_launches)
				comparison->base_launches = counts[BASE];
			if (counts[NEW] > comparison->new_launches)
				comparison->new_launches = counts[NEW];
			size_t at = comparison->cells_count++;
			comparison->cells[at] = row_of(&samples[j], most, most);
			comparison->cells[at].lost = level_lost(samples + j, end - j, &comparison->cells[at].lost_to);
			lost += comparison->cells[at].lost;
			lost_to |= comparison->cells[at].lost_to;
			for (int measure = 0; measure < COMPARE_MEASURES; measure++)
				if (cell_figure(work, &comparison->cells[at], &cells[at][measure],
						(enum compare_measure)measure, samples + j, end - j, err))
					return -1;
			if (backlog_check(comparison, samples + j, end - j, err))
				return -1;
		}
		if (!least)
			continue;
		size_t at = comparison->gate_count++;
		comparison->gate[at] = row_of(&samples[i], least, most);
		comparison->gate[at].lost = lost;
		comparison->gate[at].lost_to = lost_to;
		for (int measure = 0; measure < COMPARE_GATING; measure++)
			if (band_figure(work, &comparison->gate[at], &gate[at][measure], (enum compare_measure)measure,
					samples + i, band - i, err))
				return -1;
	}
	return 0;
}

/* What a side has, for who wonders why there is nothing in common. */
static void side_show(char *out, size_t room, const struct work *work, enum side side)
{
	char server[64];
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < work->samples_count && used + 160 < room; i++) {
		const struct sample *sample = &work->samples[i];
		if (sample->side == side)
			used += (size_t)snprintf(out + used, room - used, "%s%s@%" PRIu64 " (%.16s, %.16s)",
						 used ? ", " : "", text_plain(server, sizeof server, sample->server),
						 sample->cell->level, sample->cell->client, sample->cell->mode);
	}
	if (!used)
		snprintf(out, room, "none at all");
}

static int compare(struct work *work, struct err *err)
{
	struct comparison *comparison = work->comparison;
	struct verdict_basis(*gate)[COMPARE_MEASURES] = calloc(work->samples_count + 1, sizeof *gate);
	struct verdict_basis(*cells)[COMPARE_MEASURES] = calloc(work->samples_count + 1, sizeof *cells);
	char has[SIDES][400];
	int result = -1;

	comparison->gate = calloc(work->samples_count + 1, sizeof *comparison->gate);
	comparison->cells = calloc(work->samples_count + 1, sizeof *comparison->cells);
	if (!gate || !cells || !comparison->gate || !comparison->cells) {
		err_set(err, "out of memory");
		goto out;
	}
	if (rows_fill(work, gate, cells, err))
		goto out;
	if (!comparison->cells_count) {
		side_show(has[BASE], sizeof has[BASE], work, BASE);
		side_show(has[NEW], sizeof has[NEW], work, NEW);
		err_set(err, "BASE and NEW have no cell in common: BASE has %s; NEW has %s", has[BASE], has[NEW]);
		goto out;
	}
	if (verdict_give(comparison, gate, cells, err))
		goto out;
	result = 0;
out:
	free(gate);
	free(cells);
	return result;
}

static int work_init(struct work *work, const struct compare_side *const sides[SIDES], struct err *err)
{
	size_t cells = 0;

	for (int side = 0; side < SIDES; side++) {
		if (check_runs(sides[side], (enum side)side, err) ||
		    launches_find(&work->launches[side], sides[side], err))
			return -1;
		size_t launches = work->launches[side].count + 1;
		work->values[side] = calloc(launches, sizeof *work->values[side]);
		work->sums[side] = calloc(launches, sizeof *work->sums[side]);
		work->levels[side] = calloc(launches, sizeof *work->levels[side]);
		if (!work->values[side] || !work->sums[side] || !work->levels[side])
			return err_set(err, "out of memory");
		for (size_t i = 0; i < sides[side]->count; i++)
			cells += sides[side]->documents[i]->cells_count;
	}
	work->samples = calloc(cells + 1, sizeof *work->samples);
	if (!work->samples)
		return err_set(err, "out of memory");
	const char *name = sides[BASE]->server ? sides[BASE]->server : sides[NEW]->server;
	for (int side = 0; side < SIDES; side++)
		samples_add(work, sides[side], (enum side)side, name);
	qsort(work->samples, work->samples_count, sizeof *work->samples, sample_order);
	return check_twice(work, err);
}

static void work_release(struct work *work)
{
	for (int side = 0; side < SIDES; side++) {
		free(work->launches[side].all);
		free(work->values[side]);
		free(work->sums[side]);
		free(work->levels[side]);
	}
	free(work->samples);
}

/* All runs of both sides, each against the first of BASE. */
static int alike_check(struct comparison *comparison, const struct compare_side *const sides[SIDES], struct err *err)
{
	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < sides[side]->count; i++)
			if (differences_find(&comparison->differences, sides[BASE]->documents[0],
					     sides[side]->documents[i], err))
				return -1;
	return 0;
}

int compare_sides(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  const struct compare_settings *settings, struct err *err)
{
	const struct compare_side *const sides[SIDES] = { base, new };
	struct work work = { .comparison = comparison };

	*comparison = (struct comparison){ .settings = *settings };
	for (size_t i = 0; i < base->count; i++)
		comparison->base_interrupted += base->documents[i]->interrupted;
	for (size_t i = 0; i < new->count; i++)
		comparison->new_interrupted += new->documents[i]->interrupted;
	int result = alike_check(comparison, sides, err) || work_init(&work, sides, err) || compare(&work, err) ? -1
														: 0;
	work_release(&work);
	if (result)
		comparison_release(comparison);
	return result;
}

void comparison_release(struct comparison *comparison)
{
	differences_release(&comparison->differences);
	free(comparison->gate);
	free(comparison->cells);
	*comparison = (struct comparison){ 0 };
}
