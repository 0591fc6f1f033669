/*
 * curves: runs whose curves a test chooses, cell by cell.
 *
 * CORES, which the test defines before it includes this, is what a server uses at any rate.
 */
#ifndef TESTS_UNIT_CURVES_H
#define TESTS_UNIT_CURVES_H

#include "harness/record/document.h"
#include "tests/unit/unit.h"

#define LEVELS 6
#define BOUND  1000000.0 /* added to a rate: the client was the limit */

static const uint64_t levels[LEVELS] = { 1, 2, 4, 8, 16, 32 };

static inline struct cell *cell_add(struct document *doc, const char *server, uint64_t level, uint64_t block,
				    double rate_rps)
{
	struct cell cell;

	assert_int_equal(cell_init(&cell, server, "epoll", "close", level, block), 0);
	cell.rate_rps = rate_rps;
	cell.ok = 100000;
	cell.window_s = 1;
	cell.valid = true;
	cell.client_cpu_busiest = 0.5;
	cell.ceiling_rps = 100000;
	cell.server_cpu_us_per_request = CORES * 1e6 / rate_rps;
	assert_int_equal(document_add_cell(doc, &cell), 0);
	return &doc->cells[doc->cells_count - 1];
}

static inline void cell_invalidate(struct cell *cell, enum invalid reason)
{
	cell->valid = false;
	cell->invalid |= 1u << reason;
}

static inline void cell_fail(struct cell *cell, const char *error)
{
	cell_set_text(&cell->error, error);
	cell->rate_rps = NAN;
	cell->ok = 0;
	cell_invalidate(cell, INVALID_FAILED);
}

/* A curve: NAN is a failed cell, 0 none. */
static inline void curve_add(struct document *doc, const char *server, const double *rates, uint64_t block)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (rates[i] == 0)
			continue;
		bool bound = rates[i] > BOUND;
		struct cell *cell = cell_add(doc, server, levels[i], block, bound ? rates[i] - BOUND : rates[i]);
		if (bound)
			cell_invalidate(cell, INVALID_CLIENT_BOUND);
		if (isnan(rates[i]))
			cell_fail(cell, "the server exited");
	}
}

#endif
