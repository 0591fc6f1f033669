#include "harness/analysis/rates.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"

/* By share, or without one by rate: those of one point are adjacent. */
static int cell_order(const void *a, const void *b)
{
	const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
	bool shared = !isnan(x->open_loop.share);
	double left = shared ? x->open_loop.share : x->open_loop.offered_rps;
	double right = !isnan(y->open_loop.share) ? y->open_loop.share : y->open_loop.offered_rps;

	if (shared != !isnan(y->open_loop.share))
		return shared ? 1 : -1;
	return (left > right) - (left < right);
}

/* The medians of a point. */
static const struct {
	size_t of, from;
} medians[] = {
#define MEDIAN(of, from)                                                     \
	{                                                                    \
		offsetof(struct rate_point, of), offsetof(struct cell, from) \
	}
	MEDIAN(offered_rps, open_loop.offered_rps),
	MEDIAN(rate_rps, rate_rps),
	MEDIAN(waited, open_loop.waited),
	MEDIAN(latency_ns.mean, latency_ns.mean),
	MEDIAN(latency_ns.p50, latency_ns.p50),
	MEDIAN(latency_ns.p90, latency_ns.p90),
	MEDIAN(latency_ns.p99, latency_ns.p99),
	MEDIAN(latency_ns.p999, latency_ns.p999),
	MEDIAN(lag_p99_ns, lag_ns.p99),
#undef MEDIAN
};

/* Summarises the cells of a point. Moves those that are used to the front, and uses the room for numbers. */
static void point_fill(struct rate_point *point, const struct cell **cells, size_t count, double *room)
{
	*point = (struct rate_point){
		.server = cells[0]->server,
		.mode = cells[0]->mode,
		.cells = (unsigned)count,
		.share = cells[0]->open_loop.share,
		.offered_rps = NAN,
		.keeps_up = true,
		.latency_ns.max = NAN,
		.lag_max_ns = NAN,
	};
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = cells[i];
		bool failed = cell_is_failed(cell);
		if (failed && !point->failed++)
			point->error = cell->error;
		point->errors |= failed || cell_failed(cell) > 0 || cell->open_loop.late_failed > 0;
	}
	size_t used = summary_keep(cells, count, &point->valid);
	point->used = (unsigned)used;
	for (size_t i = 0; i < sizeof medians / sizeof *medians; i++) {
		/* The load to be offered is known for failed cells too. */
		bool all = medians[i].of == offsetof(struct rate_point, offered_rps) && !used;
		size_t numbers = all ? count : used;
		for (size_t j = 0; j < numbers; j++)
			memcpy(&room[j], (const char *)cells[j] + medians[i].from, sizeof *room);
		double median = summary_median(room, numbers);
		memcpy((char *)point + medians[i].of, &median, sizeof median);
	}
	for (size_t i = 0; i < used; i++) {
		point->invalid |= cells[i]->invalid;
		point->keeps_up &= cell_keeps_up(cells[i]);
		point->censored |= cells[i]->latency_censored;
		point->latency_ns.max = fmax(point->latency_ns.max, cells[i]->latency_ns.max);
		point->lag_max_ns = fmax(point->lag_max_ns, cells[i]->lag_ns.max);
	}
}

/* Adds the points of one server and mode; `cells` and `room` are room for as many as the document has cells. */
static size_t points_add(struct rate_point *points, const struct document *document, const char *server,
			 const char *mode, const struct cell **cells, double *room)
{
	size_t count = 0, made = 0;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell_is_open_loop(cell) && strcmp(cell->server, server) == 0 && strcmp(cell->mode, mode) == 0)
			cells[count++] = cell;
	}
	qsort(cells, count, sizeof *cells, cell_order);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1; next < count && cell_order(&cells[i], &cells[next]) == 0; next++)
			;
		point_fill(&points[made++], cells + i, next - i, room);
	}
	return made;
}

int rates_points(const struct document *document, struct rate_point **points, size_t *count, struct err *err)
{
	size_t room = document->cells_count + 1;
	struct rate_point *made = calloc(room, sizeof *made);
	const struct cell **cells = calloc(room, sizeof *cells);
	double *numbers = calloc(room, sizeof *numbers);
	const char **servers = made && cells && numbers ? summary_servers(document, err) : NULL;

	*points = NULL;
	*count = 0;
	for (size_t i = 0; servers && load_mode_names[i]; i++)
		for (size_t j = 0; servers[j]; j++)
			*count += points_add(made + *count, document, servers[j], load_mode_names[i], cells, numbers);
	if (*count)
		*points = made;
	else
		free(made);
	free(cells);
	free(numbers);
	free(servers);
	return servers ? 0 : err_set(err, "out of memory");
}
