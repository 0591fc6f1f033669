#include "harness/plot/survey.h"

#include <stdlib.h>
#include <string.h>

/* The figures that are medians: where each is in a cell, and in a point. */
static const struct figure {
	size_t in_cell, in_point;
} figures[] = {
#define FIGURE(name)                                                             \
	{                                                                        \
		offsetof(struct cell, name), offsetof(struct survey_point, name) \
	}
	FIGURE(latency_ns.p50),
	FIGURE(latency_ns.p90),
	FIGURE(latency_ns.p99),
	FIGURE(latency_ns.p999),
	FIGURE(connect_ns.p50),
	FIGURE(connect_ns.p90),
	FIGURE(connect_ns.p99),
	FIGURE(connect_ns.p999),
	{ offsetof(struct cell, server_rss_bytes), offsetof(struct survey_point, rss_bytes) },
#undef FIGURE
};

/* `room` holds as many numbers as the document has cells. */
static int point_fill(struct survey_point *point, const struct survey *survey, const struct curve *curve,
		      uint64_t level, double *room, struct err *err)
{
	const struct document *doc = survey->doc;

	*point = (struct survey_point){ .censored = false };
	if (summary_of(&point->summary, doc, curve->server, summary_client(doc), survey->mode, level, err))
		return -1;
	for (size_t i = 0; i < doc->cells_count; i++) {
		const struct cell *cell = &doc->cells[i];
		point->censored |= summary_uses(&point->summary, cell) && cell->latency_censored;
	}
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		size_t count = 0;
		for (size_t j = 0; j < doc->cells_count; j++)
			if (summary_uses(&point->summary, &doc->cells[j]))
				memcpy(&room[count++], (const char *)&doc->cells[j] + figures[i].in_cell, sizeof *room);
		double median = summary_median(room, count);
		memcpy((char *)point + figures[i].in_point, &median, sizeof median);
	}
	return 0;
}

int survey_init(struct survey *survey, const struct document *doc, const char *mode, struct err *err)
{
	double *room = calloc(doc->cells_count + 1, sizeof *room);
	int result = -1;

	*survey = (struct survey){ .doc = doc, .mode = mode };
	if (!room) {
		err_set(err, "out of memory");
		goto out;
	}
	if (summary_levels(doc, mode, &survey->levels, &survey->levels_count, err) ||
	    curves_init(&survey->curves, doc, err))
		goto out;
	survey->points = calloc(survey->curves.servers * survey->levels_count + 1, sizeof *survey->points);
	if (!survey->points) {
		err_set(err, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < survey->curves.servers; i++) {
		struct curve *curve = &survey->curves.all[i];
		for (size_t level = 0; level < survey->levels_count; level++) {
			struct survey_point *point = &survey->points[curve->index * survey->levels_count + level];
			if (point_fill(point, survey, curve, survey->levels[level], room, err))
				goto out;
			const struct summary *summary = &point->summary;
			curve->measured |= summary->cells > 0;
			if (!curve->error)
				curve->error = summary->error;
			if (survey_has(point) && !(summary->rate_rps <= curve->score))
				curve->score = summary->rate_rps;
			if (summary->cells > survey->blocks)
				survey->blocks = summary->cells;
			if (summary->backlog > survey->backlog)
				survey->backlog = summary->backlog;
		}
	}
	curves_rank(&survey->curves, PICTURE_NAMES_MAX);
	result = 0;
out:
	free(room);
	return result;
}

void survey_release(struct survey *survey)
{
	free(survey->levels);
	free(survey->points);
	curves_release(&survey->curves);
	survey->levels = NULL;
	survey->points = NULL;
}

const struct survey_point *survey_point(const struct survey *survey, const struct curve *curve, size_t level)
{
	return &survey->points[curve->index * survey->levels_count + level];
}

bool survey_uses(const struct survey *survey, const struct curve *curve, size_t level, const struct cell *cell)
{
	return summary_uses(&survey_point(survey, curve, level)->summary, cell);
}

bool survey_has(const struct survey_point *point)
{
	return point->summary.used > 0;
}

size_t survey_last(const struct survey *survey, const struct curve *curve)
{
	size_t last = 0;

	for (size_t level = 0; level < survey->levels_count; level++)
		if (survey_has(survey_point(survey, curve, level)))
			last = level;
	return last;
}

size_t survey_best(const struct survey *survey, const struct curve *curve)
{
	size_t best = survey_last(survey, curve);

	for (size_t level = survey->levels_count; level-- > 0;)
		if (survey_point(survey, curve, level)->summary.rate_rps >=
		    survey_point(survey, curve, best)->summary.rate_rps)
			best = level;
	return best;
}

uint64_t survey_failed_from(const struct survey *survey, const struct curve *curve)
{
	uint64_t from = 0;

	for (size_t level = 0; level < survey->levels_count; level++) {
		const struct survey_point *point = survey_point(survey, curve, level);
		if (survey_has(point))
			from = 0;
		else if (point->summary.failed && !from)
			from = survey->levels[level];
	}
	return from;
}
