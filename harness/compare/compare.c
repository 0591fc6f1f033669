#include "harness/compare/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/figure.h"
#include "harness/compare/samples.h"
#include "harness/compare/shift.h"
#include "harness/compare/verdict.h"

/* The state of a comparison while it is made. */
struct work {
	struct comparison *comparison;
	struct samples samples;
	struct figure_room room;
	struct figure_basis (*gate)[COMPARE_MEASURES], (*cells)[COMPARE_MEASURES];
};

/* The backlog in force is known from the cells of a run. */
static int backlog_check(struct comparison *comparison, const struct sample *samples, size_t count, struct err *err)
{
	char room[SIDES][32];

	for (size_t i = 1; i < count; i++) {
		uint64_t base = samples[0].cell->backlog, new = samples[i].cell->backlog;
		if (base == new)
			continue;
		snprintf(room[SIDE_BASE], sizeof room[SIDE_BASE], "%" PRIu64, base);
		snprintf(room[SIDE_NEW], sizeof room[SIDE_NEW], "%" PRIu64, new);
		return differences_add(&comparison->differences, "listen backlog", room[SIDE_BASE], room[SIDE_NEW],
				       err);
	}
	return 0;
}

static struct compare_row row_of(const struct sample *sample, uint64_t min_level, uint64_t max_level)
{
	return (struct compare_row){
		.server = sample->server,
		.client = sample->cell->client,
		.mode = sample->cell->mode,
		.min_level = min_level,
		.max_level = max_level,
	};
}

/* Levels that NEW lacks; those of one server, client and mode are one entry. */
static void gone_add(struct comparison *comparison, const struct sample *sample)
{
	struct compare_gone *last = comparison->gone_count ? &comparison->gone[comparison->gone_count - 1] : NULL;
	const struct cell *cell = sample->cell;

	comparison->base_only++;
	if (!last || strcmp(last->server, sample->server) != 0 || strcmp(last->client, cell->client) != 0 ||
	    strcmp(last->mode, cell->mode) != 0) {
		last = &comparison->gone[comparison->gone_count++];
		*last = (struct compare_gone){
			.server = sample->server,
			.client = cell->client,
			.mode = cell->mode,
			.min_level = cell->level,
			.is_whole = true,
		};
	}
	last->max_level = cell->level;
	last->levels++;
}

/* Any level that NEW has of them means that they are not wholly gone. */
static void gone_judge(struct comparison *comparison, const struct samples *samples)
{
	for (size_t i = 0; i < comparison->gone_count; i++) {
		struct compare_gone *gone = &comparison->gone[i];
		for (size_t j = 0; j < samples->count && gone->is_whole; j++) {
			const struct sample *sample = &samples->all[j];
			gone->is_whole = sample->side != SIDE_NEW || strcmp(sample->server, gone->server) != 0 ||
					 strcmp(sample->cell->client, gone->client) != 0 ||
					 strcmp(sample->cell->mode, gone->mode) != 0;
		}
	}
}

/* A level that both sides have. */
static int cell_fill(struct work *work, const struct sample *samples, size_t count, struct err *err)
{
	struct comparison *comparison = work->comparison;
	size_t at = comparison->cells_count++, counts[SIDES];
	struct compare_row *row = &comparison->cells[at];

	samples_count(counts, samples, count);
	if (counts[SIDE_BASE] > comparison->base_launches)
		comparison->base_launches = counts[SIDE_BASE];
	if (counts[SIDE_NEW] > comparison->new_launches)
		comparison->new_launches = counts[SIDE_NEW];
	*row = row_of(samples, samples->cell->level, samples->cell->level);
	for (int measure = 0; measure < COMPARE_MEASURES; measure++)
		if (figure_make(&work->room, row, (enum compare_measure)measure, samples, count,
				&work->cells[at][measure], err))
			return -1;
	return backlog_check(comparison, samples, count, err);
}

static int band_fill(struct work *work, const struct sample *samples, size_t count, uint64_t min_level,
		     uint64_t max_level, struct err *err)
{
	size_t at = work->comparison->gate_count++;
	struct compare_row *row = &work->comparison->gate[at];

	*row = row_of(samples, min_level, max_level);
	for (int measure = 0; measure < COMPARE_GATING; measure++)
		if (figure_make(&work->room, row, (enum compare_measure)measure, samples, count,
				&work->gate[at][measure], err))
			return -1;
	return 0;
}

/* The rows: one for each level that both sides have, and for each band with such a level. */
static int rows_fill(struct work *work, struct err *err)
{
	struct comparison *comparison = work->comparison;
	const struct sample *samples = work->samples.all;

	for (size_t i = 0, band; i < work->samples.count; i = band) {
		uint64_t min_level = 0, max_level = 0;
		band = i + samples_of_band(samples + i, work->samples.count - i);
		for (size_t j = i, end; j < band; j = end) {
			size_t counts[SIDES];
			end = j + samples_of_level(samples + j, band - j);
			samples_count(counts, samples + j, end - j);
			if (!counts[SIDE_NEW])
				gone_add(comparison, &samples[j]);
			comparison->new_only += !counts[SIDE_BASE];
			if (!counts[SIDE_BASE] || !counts[SIDE_NEW])
				continue;
			min_level = min_level ? min_level : samples[j].cell->level;
			max_level = samples[j].cell->level;
			if (cell_fill(work, samples + j, end - j, err))
				return -1;
		}
		if (min_level && band_fill(work, samples + i, band - i, min_level, max_level, err))
			return -1;
	}
	gone_judge(comparison, &work->samples);
	return 0;
}

static int work_init(struct work *work, const struct compare_side *const sides[SIDES], struct err *err)
{
	struct comparison *comparison = work->comparison;

	if (samples_collect(&work->samples, sides, err) ||
	    figure_room_init(&work->room, &work->samples, &comparison->settings, err))
		return -1;
	size_t rows = work->samples.count + 1;
	comparison->open_loops = work->samples.open_loops;
	comparison->gate = calloc(rows, sizeof *comparison->gate);
	comparison->cells = calloc(rows, sizeof *comparison->cells);
	comparison->gone = calloc(rows, sizeof *comparison->gone);
	work->gate = calloc(rows, sizeof *work->gate);
	work->cells = calloc(rows, sizeof *work->cells);
	if (!comparison->gate || !comparison->cells || !comparison->gone || !work->gate || !work->cells)
		return err_set(err, "out of memory");
	return 0;
}

static void work_release(struct work *work)
{
	samples_release(&work->samples);
	figure_room_release(&work->room);
	free(work->gate);
	free(work->cells);
}

static int compare(struct work *work, struct err *err)
{
	char has[SIDES][400];

	if (rows_fill(work, err))
		return -1;
	if (work->comparison->cells_count)
		return verdict_give(work->comparison, work->gate, work->cells, err);
	for (int side = 0; side < SIDES; side++)
		samples_show(has[side], sizeof has[side], &work->samples, (enum side)side);
	return err_set(err, "BASE and NEW have no cell in common: BASE has %s; NEW has %s", has[SIDE_BASE],
		       has[SIDE_NEW]);
}

/* Compares all runs of both sides with the first of BASE, and counts the interrupted ones. */
static int runs_check(struct comparison *comparison, const struct compare_side *const sides[SIDES], struct err *err)
{
	size_t *const interrupted[SIDES] = { &comparison->base_interrupted, &comparison->new_interrupted };

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < sides[side]->count; i++) {
			const struct document *document = sides[side]->documents[i];
			*interrupted[side] += document->interrupted;
			if (differences_find(&comparison->differences, sides[SIDE_BASE]->documents[0], document, err))
				return -1;
		}
	return 0;
}

int compare_sides(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  const struct compare_settings *settings, struct err *err)
{
	const struct compare_side *const sides[SIDES] = { base, new };
	struct work work = { .comparison = comparison };

	*comparison = (struct comparison){ .settings = *settings };
	int result = runs_check(comparison, sides, err) || work_init(&work, sides, err) || compare(&work, err) ||
				     shifts_find(comparison, sides, err)
			     ? -1
			     : 0;
	work_release(&work);
	if (result)
		comparison_release(comparison);
	return result;
}
