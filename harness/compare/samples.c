#include "harness/compare/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/rank.h"
#include "harness/lib/text.h"

static const char *const side_names[SIDES] = { "BASE", "NEW" };

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
	if (launches->count > RANK_MAX)
		return err_set(err, "%zu launches of a side are more than can be compared (%d)", launches->count,
			       RANK_MAX);
	return 0;
}

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

static void samples_add(struct samples *samples, const struct launches *launches, const struct compare_side *side,
			enum side which, const char *name)
{
	for (size_t i = 0; i < side->count; i++)
		for (size_t j = 0; j < side->documents[i]->cells_count; j++) {
			const struct cell *cell = &side->documents[i]->cells[j];
			struct launch key = { side->documents[i], cell->block };
			if (!is_of(cell, side))
				continue;
			if (cell_is_open_loop(cell)) {
				samples->open_loops++;
				continue;
			}
			const struct launch *found = bsearch(&key, launches->all, launches->count, sizeof key,
							     launch_order);
			samples->all[samples->count++] = (struct sample){
				.server = name ? name : cell->server,
				.cell = cell,
				.side = which,
				.launch = (size_t)(found - launches->all),
			};
		}
}

/* A cell that is in a run twice would count as two launches. */
static int check_twice(const struct samples *samples, struct err *err)
{
	char server[64], at[CELL_AT];

	for (size_t i = 1; i < samples->count; i++) {
		const struct sample *sample = &samples->all[i];
		if (sample_order(sample - 1, sample) != 0)
			continue;
		return err_set(err, "a run of %s has the cell %s@%s (%.20s, %.20s) of launch %" PRIu64 " twice",
			       side_names[sample->side], text_plain(server, sizeof server, sample->server),
			       cell_show_at(at, sample->cell), sample->cell->client, sample->cell->mode,
			       sample->cell->block);
	}
	return 0;
}

/* So would the cells of a run that is given twice. */
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

static int side_collect(struct samples *samples, const struct compare_side *side, enum side which, const char *name,
			struct err *err)
{
	struct launches launches = { 0 };
	int result = check_runs(side, which, err) || launches_find(&launches, side, err) ? -1 : 0;

	if (!result)
		samples_add(samples, &launches, side, which, name);
	samples->launches[which] = launches.count;
	free(launches.all);
	return result;
}

int samples_collect(struct samples *samples, const struct compare_side *const sides[SIDES], struct err *err)
{
	const char *name = sides[SIDE_BASE]->server ? sides[SIDE_BASE]->server : sides[SIDE_NEW]->server;
	size_t cells = 0;

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < sides[side]->count; i++)
			cells += sides[side]->documents[i]->cells_count;
	samples->all = calloc(cells + 1, sizeof *samples->all);
	if (!samples->all)
		return err_set(err, "out of memory");
	for (int side = 0; side < SIDES; side++)
		if (side_collect(samples, sides[side], (enum side)side, name, err))
			return -1;
	qsort(samples->all, samples->count, sizeof *samples->all, sample_order);
	return check_twice(samples, err);
}

void samples_release(struct samples *samples)
{
	free(samples->all);
	*samples = (struct samples){ 0 };
}

size_t samples_of_level(const struct sample *samples, size_t count)
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

size_t samples_of_band(const struct sample *samples, size_t count)
{
	size_t end = 1;

	while (end < count && is_same_band(&samples[0], &samples[end]))
		end++;
	return end;
}

void samples_count(size_t counts[SIDES], const struct sample *samples, size_t count)
{
	counts[SIDE_BASE] = counts[SIDE_NEW] = 0;
	for (size_t i = 0; i < count; i++)
		counts[samples[i].side]++;
}

char *samples_show(char *out, size_t room, const struct samples *samples, enum side side)
{
	char server[64];
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < samples->count && used + 160 < room; i++) {
		const struct sample *sample = &samples->all[i];
		if (sample->side == side)
			used += (size_t)snprintf(out + used, room - used, "%s%s@%" PRIu64 " (%.16s, %.16s)",
						 used ? ", " : "", text_plain(server, sizeof server, sample->server),
						 sample->cell->level, sample->cell->client, sample->cell->mode);
	}
	if (!used)
		snprintf(out, room, "none at all");
	return out;
}
