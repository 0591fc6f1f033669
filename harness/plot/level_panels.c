/* The kinds of picture that show figures against connections, as a table, and what they show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/plot/kind.h"
#include "harness/plot/level_chart.h"

/* Relative to each server's own maximum: which servers scale, whatever their speed. */

static double share_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return 100 * level_rate(data, curve, level) / level_rate(data, curve, plot_data_best(data, curve));
}

/* The same by the scalability law, where the server has one. */
static double law_share(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double best_rps = level_rate(data, curve, plot_data_best(data, curve));

	return 100 * usl_at(&data->laws[curve->index].usl, (double)data->levels[level]) / best_rps;
}

static double hundred(const struct plot_data *data)
{
	(void)data;
	return 100;
}

/* The share left at the highest level: 0 if the server failed there. */
static double left_over(const struct plot_data *data, const struct curve *curve)
{
	double share = share_of(data, curve, data->levels_count - 1);

	return isnan(share) ? 0 : share;
}

/* The servers with the largest and the smallest shares are named first: the farther from the median, the earlier. */
static int choose_extremes(struct curves *curves, const struct plot_data *data, struct err *err)
{
	double *left = calloc(curves->count + 1, sizeof *left);

	if (!left)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < curves->count; i++)
		left[i] = left_over(data, &curves->all[i]);
	double middle = summary_median(left, curves->count);
	for (size_t i = 0; i < curves->count; i++)
		curves->all[i].score = fabs(left_over(data, &curves->all[i]) - middle);
	curves_rank(curves, PICTURE_NAMES_MAX);
	free(left);
	return 0;
}

static void describe_share(struct picture *picture, const struct plot_data *data, const struct curve *curve)
{
	picture_describe(picture, " ", "%.60s: %.0f %% of it at the highest level.", curve->name,
			 left_over(data, curve));
}

/* Latency. */

#define TIME_OF(times, quantile)                                                                                \
	static double times##_##quantile(const struct plot_data *data, const struct curve *curve, size_t level) \
	{                                                                                                       \
		return level_positive(plot_data_point(data, curve, level)->times##_ns.quantile);                \
	}
TIME_OF(latency, p50)
TIME_OF(latency, p90)
TIME_OF(latency, p99)
TIME_OF(latency, p999)
TIME_OF(connect, p50)
TIME_OF(connect, p99)
#undef TIME_OF

/* The connections that carry requests. */
static double active_of(const struct plot_data *data, size_t level)
{
	uint64_t active;
	struct err err;

	if (strcmp(data->mode, load_mode_names[LOAD_CROWD]) == 0 &&
	    units_count(&active, document_option(data->doc, "active"), &err) == 0 && active < data->levels[level])
		return (double)active;
	return (double)data->levels[level];
}

/* The mean latency that a closed loop implies, by Little's law. */
static double implied(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return level_positive(1e9 * active_of(data, level) / level_rate(data, curve, level));
}

static void describe_latency(struct picture *picture, const struct plot_data *data, const struct curve *curve)
{
	const struct plot_data_point *last = plot_data_point(data, curve, plot_data_last(data, curve));
	char level[UNITS_TEXT], median[UNITS_TEXT], slow[UNITS_TEXT];

	if (last->latency_ns.p50 > 0)
		picture_describe(picture, " ", "%.60s: at %s connections median %s, 99th percentile %s.", curve->name,
				 units_show_count(level, last->summary.level),
				 units_show_latency(median, units_whole(last->latency_ns.p50)),
				 units_show_latency(slow, units_whole(last->latency_ns.p99)));
}

/* Cost. */

static double cpu_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return level_positive(plot_data_point(data, curve, level)->summary.server_cpu_us_per_request);
}

static double memory_of(const struct plot_data *data, const struct curve *curve, size_t level)
{
	return level_positive(plot_data_point(data, curve, level)->rss_bytes);
}

/* With fewer connections open, memory that a server takes for other reasons outweighs theirs. */
#define MEMORY_OPEN_MIN 64

/* The growth of memory since the lowest level, per open connection. */
static double memory_each(const struct plot_data *data, const struct curve *curve, size_t level)
{
	double open = plot_data_point(data, curve, level)->summary.open_mean, first = NAN;

	for (size_t i = level; i-- > 0;)
		if (!isnan(memory_of(data, curve, i)))
			first = memory_of(data, curve, i);
	return open >= MEMORY_OPEN_MIN ? level_positive((memory_of(data, curve, level) - first) / open) : NAN;
}

static void describe_cost(struct picture *picture, const struct plot_data *data, const struct curve *curve)
{
	bool is_close = strcmp(data->mode, load_mode_names[LOAD_CLOSE]) == 0;
	size_t last = plot_data_last(data, curve);
	double memory = (is_close ? memory_of : memory_each)(data, curve, last);
	char level[UNITS_TEXT], shown[CHART_TIC_TEXT];

	if (isnan(cpu_of(data, curve, last)))
		return;
	chart_show_us(shown, cpu_of(data, curve, last));
	picture_describe(picture, " ", "%.60s: at %s connections %s a request", curve->name,
			 units_show_count(level, data->levels[last]), shown);
	if (!isnan(memory)) {
		chart_show_bytes(shown, memory);
		picture_describe(picture, ", ", "%s%s", shown, is_close ? " of memory" : " a connection");
	}
	picture_describe(picture, "", ".");
}

/* The table. */

#define RATE_PANEL                                                                                               \
	{                                                                                                        \
		.value = level_rate, .show = chart_show_count, .highest = level_rate_highest, .is_filled = true, \
		.margin = 0.05, .has_spread = true, .has_dots = true                                             \
	}
#define PERCENTILE .show = chart_show_ns, .margin = 0.04, .is_latency = true
#define MEMORY     .show = chart_show_bytes, .margin = 0.05
#define SLOWER               \
	{                    \
		"slower", "" \
	}
#define BY_SPEED "Thin lines, fastest first: "
#define FAILED   "Failed at every level: "

const struct level_kind level_hero = {
	.title = "Requests per second against concurrent connections",
	.title_of_one = "Requests per second",
	.what = "Line graph of requests per second",
	.y_title = "requests per second",
	.names = LEVEL_AT_ENDS,
	.has_empty = true,
	.has_control_key = true,
	.has_errors_key = true,
	.contexts_key = SLOWER,
	.has_open_note = true,
	.contexts_note = BY_SPEED,
	.failed_note = FAILED,
	.describe = level_describe_rate,
	.panels = { RATE_PANEL },
};

const struct level_kind level_preview = {
	/* 1200 x 630 pixels, as previews of links need it: the same without the small print, in larger letters. */
	.title = "Requests per second against connections",
	.title_of_one = "Requests per second",
	.what = "Line graph of requests per second",
	.y_title = "requests per second",
	.names = LEVEL_AT_ENDS,
	.is_small = true,
	.has_empty = true,
	.describe = level_describe_rate,
	.panels = { RATE_PANEL },
};

const struct level_kind level_shape = {
	.title = "Requests per second, relative to each server's own maximum",
	.what = "Line graph of the rate of requests, relative to each server's own maximum,",
	.y_title = "of its own maximum",
	.names = LEVEL_AT_ENDS,
	.has_control_key = true,
	.has_errors_key = true,
	.contexts_key = { "more", ", between" },
	.contexts_note = "Thin lines: ",
	.failed_note = FAILED,
	.choose = choose_extremes,
	.describe = describe_share,
	.thin_key = "thin: the scalability law, where one fits",
	.panels = { { .value = share_of, .thin = law_share, .show = chart_show_percent, .highest = hundred } },
};

const struct level_kind level_percentiles = {
	.title = "Latency against concurrent connections",
	.title_of_one = "Latency",
	.what = "Line graphs of the percentiles of latency, with both axes logarithmic,",
	.names = LEVEL_BESIDE,
	.is_grid = true,
	.has_errors_key = true,
	.guide_key = "connections / rate: the mean that a closed loop implies",
	.contexts_key = SLOWER,
	.note = "A closed loop: each connection asks again when it has its response. So latency rises with the connections "
		"by arithmetic; what counts is how far the percentiles are from the dotted line.",
	.contexts_note = BY_SPEED,
	.describe = describe_latency,
	.panels = {
		{ "p50", "half of the requests take less", latency_p50, .guide = implied, PERCENTILE },
		{ "p90", "", latency_p90, .guide = implied, PERCENTILE },
		{ "p99", "", latency_p99, .guide = implied, PERCENTILE },
		{ "p99.9", "one of a thousand takes longer", latency_p999, .guide = implied, PERCENTILE },
		{ "connect time", "p99, thin p50", connect_p99, .thin = connect_p50, PERCENTILE },
	},
};

/* In close mode the number of connections open at a time depends on the server's pace. */
const struct level_kind level_cost = {
	.title = "What a request and a connection cost the server",
	.title_of_one = "What a request and a connection cost the server",
	.what = "Line graphs of the server's CPU time per request and of its memory",
	.y_title = "",
	.names = LEVEL_BESIDE,
	.has_errors_key = true,
	.contexts_key = SLOWER,
	.contexts_note = BY_SPEED,
	.describe = describe_cost,
	.panels = {
		{ "CPU per request", "of all processes of the server, user and system", cpu_of, .show = chart_show_us,
		  .margin = 0.05 },
		{ "resident memory", "of all processes of the server", memory_of, MEMORY, .modes = LEVEL_CLOSE },
		{ "memory per connection", "growth of resident memory since the lowest level", memory_each, MEMORY,
		  .modes = LEVEL_NOT_CLOSE },
	},
};
