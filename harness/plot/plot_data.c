#include "harness/plot/plot_data.h"

#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"

/* The figures that are medians: where each is in a cell, and in a point. */
static const struct figure {
	size_t in_cell, in_point;
} figures[] = {
#define FIGURE(name)                                                                \
	{                                                                           \
		offsetof(struct cell, name), offsetof(struct plot_data_point, name) \
	}
	FIGURE(latency_ns.p50),
	FIGURE(latency_ns.p90),
	FIGURE(latency_ns.p99),
	FIGURE(latency_ns.p999),
	FIGURE(connect_ns.p50),
	FIGURE(connect_ns.p90),
	FIGURE(connect_ns.p99),
	FIGURE(connect_ns.p999),
	{ offsetof(struct cell, server_rss_bytes), offsetof(struct plot_data_point, rss_bytes) },
#undef FIGURE
};

/* `room` holds as many numbers as the document has cells. */
static int point_fill(struct plot_data_point *point, const struct plot_data *data, const struct curve *curve,
		      uint64_t level, double *room, struct err *err)
{
	const struct document *doc = data->doc;

	*point = (struct plot_data_point){ .censored = false };
	if (summary_of(&point->summary, doc, curve->server, summary_client(doc), data->mode, level, err))
		return -1;
	/* Of many servers and levels, most points may have no cell: there is nothing to look for. */
	size_t cells = point->summary.used ? doc->cells_count : 0;
	for (size_t i = 0; i < cells; i++) {
		const struct cell *cell = &doc->cells[i];
		point->censored |= summary_uses(&point->summary, cell) && cell->latency_censored;
	}
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		size_t count = 0;
		for (size_t j = 0; j < cells; j++)
			if (summary_uses(&point->summary, &doc->cells[j]))
				memcpy(&room[count++], (const char *)&doc->cells[j] + figures[i].in_cell, sizeof *room);
		double median = summary_median(room, count);
		memcpy((char *)point + figures[i].in_point, &median, sizeof median);
	}
	return 0;
}

/* Once for each server: pictures ask for these at each of its levels. */
static void ends_find(struct plot_data *data, const struct curve *curve)
{
	struct plot_data_ends *ends = &data->ends[curve->index];

	for (size_t level = 0; level < data->levels_count; level++) {
		const struct plot_data_point *point = plot_data_point(data, curve, level);
		if (plot_data_has(point))
			ends->last = level;
		data->highest_rps = fmax(data->highest_rps, point->summary.rate_max_rps);
	}
	ends->best = ends->last;
	for (size_t level = data->levels_count; level-- > 0;)
		if (plot_data_point(data, curve, level)->summary.rate_rps >=
		    plot_data_point(data, curve, ends->best)->summary.rate_rps)
			ends->best = level;
}

int plot_data_init(struct plot_data *data, const struct document *doc, const char *mode, struct err *err)
{
	double *room = calloc(doc->cells_count + 1, sizeof *room);
	int result = -1;

	*data = (struct plot_data){ .doc = doc, .mode = mode, .is_ceiling = ceiling_holds(doc, mode, 0) };
	if (!room) {
		err_set(err, "out of memory");
		goto out;
	}
	if (verdicts_of(&data->verdicts, doc, mode, err) ||
	    summary_levels(doc, mode, &data->levels, &data->levels_count, err) || curves_init(&data->curves, doc, err))
		goto out;
	data->points = calloc(data->curves.servers * data->levels_count + 1, sizeof *data->points);
	data->laws = calloc(data->curves.servers + 1, sizeof *data->laws);
	data->ends = calloc(data->curves.servers + 1, sizeof *data->ends);
	if (!data->points || !data->laws || !data->ends) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < data->curves.servers; i++) {
		struct curve *curve = &data->curves.all[i];
		if (law_of_verdict(&data->laws[curve->index], doc, verdicts_find(&data->verdicts, curve->server), false,
				   err))
			goto out;
		for (size_t level = 0; level < data->levels_count; level++) {
			struct plot_data_point *point = &data->points[curve->index * data->levels_count + level];
			if (point_fill(point, data, curve, data->levels[level], room, err))
				goto out;
			const struct summary *summary = &point->summary;
			curve->measured |= summary->cells > 0;
			if (!curve->error)
				curve->error = summary->error;
			if (plot_data_has(point) && !(summary->rate_rps <= curve->score))
				curve->score = summary->rate_rps;
			/* The control server of several runs in one has the launches of all. */
			if ((!curve->is_control || data->curves.servers == 1) && summary->cells > data->blocks)
				data->blocks = summary->cells;
			if (summary->backlog > data->backlog)
				data->backlog = summary->backlog;
		}
		ends_find(data, curve);
	}
	curves_rank(&data->curves, PICTURE_NAMES_MAX);
	result = 0;
out:
	free(room);
	return result;
}

void plot_data_release(struct plot_data *data)
{
	free(data->levels);
	free(data->points);
	free(data->laws);
	free(data->ends);
	curves_release(&data->curves);
	verdicts_release(&data->verdicts);
	data->levels = NULL;
	data->points = NULL;
	data->laws = NULL;
	data->ends = NULL;
}

const struct plot_data_point *plot_data_point(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return &data->points[curve->index * data->levels_count + level];
}

bool plot_data_uses(const struct plot_data *data, const struct curve *curve, size_t level, const struct cell *cell)
{
	return summary_uses(&plot_data_point(data, curve, level)->summary, cell);
}

bool plot_data_has(const struct plot_data_point *point)
{
	return point->summary.used > 0;
}

size_t plot_data_last(const struct plot_data *data, const struct curve *curve)
{
	return data->ends[curve->index].last;
}

size_t plot_data_best(const struct plot_data *data, const struct curve *curve)
{
	return data->ends[curve->index].best;
}

uint64_t plot_data_failed_from(const struct plot_data *data, const struct curve *curve)
{
	uint64_t from = 0;

	for (size_t level = 0; level < data->levels_count; level++) {
		const struct plot_data_point *point = plot_data_point(data, curve, level);
		if (plot_data_has(point))
			from = 0;
		else if (point->summary.failed && !from)
			from = data->levels[level];
	}
	return from;
}
