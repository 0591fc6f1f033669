#include "harness/analysis/ceiling.h"

#include <math.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/control.h"

/* Whether a cell tells how fast its server is in the closed loop of a client. */
static bool tells(const struct cell *cell, const char *client, const char *mode, uint64_t level)
{
	return cell->level == level && cell->rate_rps > 0 && !cell_is_open_loop(cell) && !cell_is_failed(cell) &&
	       !(cell->invalid & ~(1u << INVALID_CLIENT_BOUND)) && strcmp(cell->client, client) == 0 &&
	       strcmp(cell->mode, mode) == 0;
}

/* The ratio of a cell's rate to that of the control server in the same block; NAN where that is unknown. */
static double ratio_of(const struct document *document, const struct cell *cell)
{
	if (!isnan(cell->ceiling_rps))
		return cell->rate_rps / cell->ceiling_rps;
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *control = &document->cells[i];
		if (strcmp(control->server, CONTROL_SERVER) == 0 && control->block == cell->block &&
		    tells(control, cell->client, cell->mode, cell->level))
			return cell->rate_rps / control->rate_rps;
	}
	return NAN;
}

/* Whether in some block the server of a cell is not faster, beyond noise. */
static bool any_within(const struct document *document, const struct cell *cell)
{
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *other = &document->cells[i];
		if (strcmp(other->server, cell->server) == 0 && tells(other, cell->client, cell->mode, cell->level) &&
		    ratio_of(document, other) <= CEILING_NOISE)
			return true;
	}
	return false;
}

bool ceiling_holds(const struct document *document, const char *mode, uint64_t level)
{
	const char *client = summary_client(document);
	bool is_known = false;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (!tells(cell, client, mode, level ? level : cell->level))
			continue;
		double ratio = ratio_of(document, cell);
		if (ratio > CEILING_NOISE && !any_within(document, cell))
			return false;
		is_known |= !isnan(ratio);
	}
	return is_known;
}
