#include "harness/compare/noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/compare.h"
#include "harness/lib/random.h"

/* Sums over the deals, of one figure. */
struct tally {
	double squares[COMPARE_MEASURES];
	size_t deals[COMPARE_MEASURES];
};

void noise_release(struct noise *noise)
{
	for (size_t i = 0; i < noise->count; i++) {
		free(noise->figures[i].server);
		free(noise->figures[i].client);
		free(noise->figures[i].mode);
	}
	free(noise->figures);
	document_release(&noise->document);
	*noise = (struct noise){ 0 };
}

static bool is_same_row(const struct noise_figure *figure, const char *server, const char *client, const char *mode,
			uint64_t min_level, uint64_t max_level)
{
	return figure->min_level == min_level && figure->max_level == max_level &&
	       strcmp(figure->server, server) == 0 && strcmp(figure->client, client) == 0 &&
	       strcmp(figure->mode, mode) == 0;
}

/* The index of a row's figure, which is added where it is missing; -1 where memory is out. */
static long figure_find(struct noise *noise, struct tally **tallies, const struct compare_row *row)
{
	for (size_t i = 0; i < noise->count; i++)
		if (is_same_row(&noise->figures[i], row->server, row->client, row->mode, row->min_level,
				row->max_level))
			return (long)i;
	struct noise_figure *figures = realloc(noise->figures, (noise->count + 1) * sizeof *figures);
	if (figures)
		noise->figures = figures;
	struct tally *more = realloc(*tallies, (noise->count + 1) * sizeof *more);
	if (more)
		*tallies = more;
	if (!figures || !more)
		return -1;
	more[noise->count] = (struct tally){ { 0 }, { 0 } };
	figures[noise->count] = (struct noise_figure){
		.server = strdup(row->server),
		.client = strdup(row->client),
		.mode = strdup(row->mode),
		.min_level = row->min_level,
		.max_level = row->max_level,
	};
	const struct noise_figure *figure = &figures[noise->count++];
	return figure->server && figure->client && figure->mode ? (long)noise->count - 1 : -1;
}

static int rows_tally(struct noise *noise, struct tally **tallies, const struct compare_row *rows, size_t count,
		      int measures)
{
	for (size_t i = 0; i < count; i++) {
		long at = figure_find(noise, tallies, &rows[i]);
		if (at < 0)
			return -1;
		struct tally *tally = &(*tallies)[at];
		for (int j = 0; j < measures; j++) {
			const struct compare_figure *figure = &rows[i].figures[j];
			double shift = log(figure->ratio);
			if (!isfinite(shift) || figure->bounds || figure->base_count < 2 || figure->new_count < 2)
				continue;
			tally->squares[j] += shift * shift;
			tally->deals[j]++;
		}
	}
	return 0;
}

/* One deal: the blocks in a random order, the first half against the second one. The cells stay the document's. */
static int deal(struct document halves[2], const struct document *document, uint64_t blocks, size_t *order)
{
	for (int half = 0; half < 2; half++)
		halves[half].cells_count = 0;
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		size_t place = order[cell->block - 1];
		if (place >= blocks / 2 * 2)
			continue; /* an odd number: one launch is left out */
		struct document *half = &halves[place >= blocks / 2];
		half->cells[half->cells_count++] = *cell;
	}
	return 0;
}

/* Deals, compares and adds up. */
static int deals_tally(struct noise *noise, struct tally **tallies, const struct document *document, uint64_t blocks,
		       size_t deals, uint64_t seed, struct err *err)
{
	struct document halves[2] = { *document, *document };
	const struct document *sides[2] = { &halves[0], &halves[1] };
	size_t *order = calloc(blocks + 1, sizeof *order);
	int result = -1;

	for (int i = 0; i < 2; i++)
		halves[i].cells = calloc(document->cells_count + 1, sizeof *halves[i].cells);
	if (!order || !halves[0].cells || !halves[1].cells) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 1; i <= deals; i++) {
		struct comparison comparison;
		random_order(order, blocks, seed, i);
		deal(halves, document, blocks, order);
		if (compare_sides(&comparison, &(struct compare_side){ &sides[0], 1, NULL },
				  &(struct compare_side){ &sides[1], 1, NULL }, &compare_settings_usual, err))
			goto out;
		int bad = rows_tally(noise, tallies, comparison.gate, comparison.gate_count, COMPARE_GATING) ||
			  rows_tally(noise, tallies, comparison.cells, comparison.cells_count, COMPARE_MEASURES);
		comparison_release(&comparison);
		if (bad) {
			err_set(err, "out of memory");
			goto out;
		}
	}
	result = 0;
out:
	free(halves[0].cells);
	free(halves[1].cells);
	free(order);
	return result;
}

int noise_find(struct noise *noise, const struct document *document, size_t deals, uint64_t seed, struct err *err)
{
	struct tally *tallies = NULL;
	uint64_t blocks = 0;

	for (size_t i = 0; i < document->cells_count; i++)
		if (document->cells[i].block > blocks)
			blocks = document->cells[i].block;
	if (blocks < 4 || blocks > document->cells_count)
		return err_set(err, "%llu launches are too few to be dealt to two sides", (unsigned long long)blocks);
	noise->launches = blocks / 2;
	int result = deals_tally(noise, &tallies, document, blocks, deals, seed, err);
	for (size_t i = 0; i < noise->count && !result; i++)
		for (int j = 0; j < COMPARE_MEASURES; j++) {
			const struct tally *tally = &tallies[i];
			/* A figure that is valid only in some deals is too uncertain. */
			bool known = 2 * tally->deals[j] > deals;
			noise->figures[i].share[j] = known ? expm1(sqrt(tally->squares[j] / (double)tally->deals[j]))
							   : NAN;
		}
	free(tallies);
	return result;
}

static bool has_server(const struct noise *noise, const char *server)
{
	for (size_t i = 0; i < noise->count; i++)
		if (strcmp(noise->figures[i].server, server) == 0)
			return true;
	return false;
}

int noise_merge(struct noise *noise, struct noise *from)
{
	struct noise_figure *all = calloc(noise->count + from->count + 1, sizeof *all);
	size_t count = 0;

	if (!all)
		return -1;
	for (size_t i = 0; i < noise->count; i++) {
		struct noise_figure *figure = &noise->figures[i];
		if (!has_server(from, figure->server)) {
			all[count++] = *figure;
			continue;
		}
		free(figure->server);
		free(figure->client);
		free(figure->mode);
	}
	for (size_t i = 0; i < from->count; i++)
		all[count++] = from->figures[i];
	free(noise->figures);
	free(from->figures);
	noise->figures = all;
	noise->count = count;
	from->figures = NULL;
	from->count = 0;
	return 0;
}

int noise_fits(const struct noise *noise, const struct document *run, struct err *why)
{
	struct differences differences = { 0 };
	int result = differences_find(&differences, &noise->document, run, why);

	if (!result && differences.count)
		err_set(why, "%s was %s and is %s", differences.items->field, differences.items->base,
			differences.items->new);
	result = result ? -1 : !differences.count;
	differences_release(&differences);
	return result;
}

double noise_at(const void *context, const char *server, const char *client, const char *mode,
		enum compare_measure measure, uint64_t min_level, uint64_t max_level)
{
	const struct noise *noise = context;
	double largest = NAN;

	for (size_t i = 0; i < noise->count; i++) {
		const struct noise_figure *figure = &noise->figures[i];
		if (is_same_row(figure, server, client, mode, min_level, max_level))
			return figure->share[measure];
		if (figure->min_level == figure->max_level && figure->min_level >= min_level &&
		    figure->max_level <= max_level &&
		    is_same_row(figure, server, client, mode, figure->min_level, figure->max_level))
			largest = fmax(largest, figure->share[measure]);
	}
	return largest;
}
