/* Pictures: where labels go, what gnuplot is given, what comes out. */
#include "tests/unit/unit.h"

#include <fcntl.h>

#include "harness/plot/chart.h"
#include "harness/plot/curves.h"
#include "harness/plot/palette.h"
#include "harness/plot/picture.h"
#include "harness/plot/plot.h"
#include "harness/plot/plot_data.h"
#include "harness/plot/script.h"
#include "harness/record/result.h"

#define TEMPLATES "templates"

static void labels_apart_stay(void **state)
{
	double at[] = { 300, 100, 200 };
	const double height[] = { 16, 16, 16 };

	(void)state;
	picture_spread_labels(at, height, 3, 0, 400);
	assert_true(at[0] == 300 && at[1] == 100 && at[2] == 200);
	picture_spread_labels(at, height, 0, 0, 400);
}

static void labels_at_one_place_share_the_way(void **state)
{
	double at[] = { 100, 100, 100 };
	const double height[] = { 20, 20, 20 };

	(void)state;
	picture_spread_labels(at, height, 3, 0, 400);
	assert_true(fabs(at[0] - 80) < 1e-9 && fabs(at[1] - 100) < 1e-9 && fabs(at[2] - 120) < 1e-9);
}

static void labels_stay_inside(void **state)
{
	double low[] = { -50, 0, 2 }, high[] = { 399, 400, 500 };
	const double height[] = { 20, 40, 20 };

	(void)state;
	picture_spread_labels(low, height, 3, 0, 400);
	assert_true(low[0] == 10 && low[1] == 40 && low[2] == 70);
	picture_spread_labels(high, height, 3, 0, 400);
	assert_true(high[0] == 330 && high[1] == 360 && high[2] == 390);
}

static void labels_never_overlap(void **state)
{
	unsigned random = 1;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		double at[12], wanted[12], height[12];
		size_t count = 1 + round % 12;
		for (size_t i = 0; i < count; i++) {
			random = random * 1664525 + 1013904223;
			wanted[i] = at[i] = (double)(random >> 8) / (1 << 24) * 440 - 20;
			height[i] = 10 + (double)(random % 4 * 8);
		}
		picture_spread_labels(at, height, count, 0, 400);
		for (size_t i = 0; i < count; i++) {
			assert_true(at[i] - height[i] / 2 >= -1e-9);
			assert_true(at[i] + height[i] / 2 <= 408 + 1e-9);
			for (size_t j = 0; j < count; j++) {
				if (i == j)
					continue;
				assert_true(fabs(at[i] - at[j]) >= (height[i] + height[j]) / 2 - 1e-6);
				assert_true(wanted[i] >= wanted[j] || at[i] < at[j]);
			}
		}
	}
}

static void steps_are_round(void **state)
{
	static const struct {
		double max, step;
	} cases[] = {
		{ 1, 0.2 },       { 6, 1 },         { 6.1, 2 },   { 15, 2.5 },         { 30, 5 },           { 31, 10 },
		{ 61000, 20000 }, { 0.004, 0.001 }, { 1e7, 2e6 }, { CHART_MIN, 2e-7 }, { CHART_MAX, 2e23 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_true(fabs(chart_step(cases[i].max, 6) / cases[i].step - 1) < 1e-9);
}

static const char *const evil[] = {
	"`touch pwned`",
	"it's $(touch pwned) \\n {/Symbol a}^2_x",
	"'.system('touch pwned').'",
	"'''",
	"\"; exit 1; \"",
	"@MACRO #comment",
	"<script>alert(1)</script>&amp;",
	"\033[31mred\nline",
	"\xff\xfe bad",
	"漢字 ünïcödé",
	"#11 \\0477",
	"--",
	"%s%n %.0f",
};

#define EVILS LENGTH(evil)

static void quotes_hold_everything(void **state)
{
	char out[256];

	(void)state;
	assert_string_equal(script_quote(out, sizeof out, "node_js 18.1"), "\"node_js 18.1\"");
	assert_string_equal(script_quote(out, sizeof out, "a`b\"c\\"), "\"a\\140b\\042c\\134\"");
	/* All octal digits after a backslash are read, so no digit may follow. */
	assert_string_equal(script_quote(out, sizeof out, "'7'89"), "\"\\047\\067\\04789\"");
	assert_string_equal(script_quote(out, sizeof out, "漢 µ"), "\"? µ\"");
	assert_string_equal(script_quote(out, 3, "abc"), "\"\"");
	assert_string_equal(script_quote(out, 6, "a'b"), "\"a\"");
	for (size_t i = 0; i < EVILS; i++) {
		script_quote(out, sizeof out, evil[i]);
		assert_null(strpbrk(out, "`'\n\033@$<"));
		assert_ptr_equal(strchr(out + 1, '"'), out + strlen(out) - 1);
	}
}

static void styles_are_distinct_and_stable(void **state)
{
	static const char *const known[] = { "eventlet", "eventlet_wsgi", "node_js", "state_threads", "tornado" };
	struct palette_style alone, styles[200];
	char names[200][16];
	const char *pointers[200];

	(void)state;
	palette_assign(styles, known, 5);
	for (size_t i = 0; i < 5; i++) {
		palette_assign(&alone, &known[i], 1);
		assert_memory_equal(&alone, &styles[i], sizeof alone);
		for (size_t j = 0; j < i; j++)
			assert_true(styles[i].colour != styles[j].colour);
	}
	for (size_t i = 0; i < 200; i++) {
		snprintf(names[i], sizeof names[i], "server%03zu", i);
		pointers[i] = names[i];
	}
	palette_assign(styles, pointers, 200);
	size_t moved = 0;
	for (size_t i = 0; i < 200; i++) {
		palette_assign(&alone, &pointers[i], 1);
		moved += memcmp(&alone, &styles[i], sizeof alone) != 0;
		assert_true(styles[i].colour < PALETTE_COLOURS && styles[i].mark < PALETTE_MARKS &&
			    styles[i].dash < PALETTE_DASHES);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(&styles[i], &styles[j], sizeof styles[i]);
	}
	/* Of 200 names for 384 styles many clash; of a dozen, as runs have them, none need to. */
	assert_true(moved > 0 && moved < 100);
	palette_assign(styles, pointers, 12);
	for (size_t i = 0; i < 12; i++) {
		palette_assign(&alone, &pointers[i], 1);
		assert_memory_equal(&alone, &styles[i], sizeof alone);
	}
}

/* Every server that comes with benchctl has a colour and mark of its own. */
static void own_servers_are_distinct(void **state)
{
	struct palette_style styles[128];
	char text[128][64];
	const char *names[128];
	char line[1024];
	size_t count = 0;
	FILE *conf = fopen("bench.conf", "r");

	(void)state;
	assert_non_null(conf);
	while (count < LENGTH(names) && fgets(line, sizeof line, conf))
		if (sscanf(line, "[server %63[^]]]", text[count]) == 1 && strcmp(text[count], "control") != 0) {
			names[count] = text[count];
			count++;
		}
	fclose(conf);
	assert_true(count >= 30);
	palette_assign(styles, names, count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (styles[i].colour == styles[j].colour && styles[i].mark == styles[j].mark)
				fail_msg("%s and %s look the same", names[i], names[j]);
}

static void rgb_of(double *rgb, const char *colour)
{
	for (int i = 0; i < 3; i++) {
		const char digits[3] = { colour[1 + 2 * i], colour[2 + 2 * i], 0 };
		double value = (double)strtol(digits, NULL, 16) / 255;
		rgb[i] = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
	}
}

static double contrast(const char *colour, const char *ground)
{
	double luminance[2];

	for (int i = 0; i < 2; i++) {
		double rgb[3];
		rgb_of(rgb, i ? ground : colour);
		luminance[i] = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] + 0.05;
	}
	return fmax(luminance[0], luminance[1]) / fmin(luminance[0], luminance[1]);
}

/* WCAG 2.1: 3 to 1 for lines and marks, 4.5 to 1 for text. */
static void colours_have_contrast(void **state)
{
	(void)state;
	for (size_t i = 0; i < PALETTES; i++) {
		const struct palette *palette = &palettes[i];
		for (size_t j = 0; j < PALETTE_COLOURS; j++)
			if (contrast(palette->servers[j], palette->background) < 3)
				fail_msg("%s on %s", palette->servers[j], palette->background);
		assert_true(contrast(palette->control, palette->background) >= 3);
		assert_true(contrast(palette->context, palette->background) >= 3);
		assert_true(contrast(palette->error, palette->background) >= 3);
		assert_true(contrast(palette->ink, palette->background) >= 4.5);
		assert_true(contrast(palette->muted, palette->background) >= 4.5);
	}
}

static double bend(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE 1976 L*a*b* of linear RGB, D65. */
static void lab_of(double *lab, const double *rgb)
{
	double x = bend((0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047);
	double y = bend(0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2]);
	double z = bend((0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883);

	lab[0] = 116 * y - 16;
	lab[1] = 500 * (x - y);
	lab[2] = 200 * (y - z);
}

/* As normal, protan, deutan and tritan eyes see it: Machado, Oliveira and Fernandes 2009, severity 1. */
static const double sights[][3][3] = {
	{ { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
	{ { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } },
	{ { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } },
	{ { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } },
};

static double colour_distance(const char *a, const char *b)
{
	double min = INFINITY;

	for (size_t sight = 0; sight < LENGTH(sights); sight++) {
		double lab[2][3], sum = 0;
		for (int i = 0; i < 2; i++) {
			double rgb[3], seen[3];
			rgb_of(rgb, i ? b : a);
			for (int j = 0; j < 3; j++)
				seen[j] = fmin(1, fmax(0, sights[sight][j][0] * rgb[0] + sights[sight][j][1] * rgb[1] +
								  sights[sight][j][2] * rgb[2]));
			lab_of(lab[i], seen);
		}
		for (int j = 0; j < 3; j++)
			sum += (lab[0][j] - lab[1][j]) * (lab[0][j] - lab[1][j]);
		min = fmin(min, sqrt(sum));
	}
	return min;
}

static void colours_stay_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < PALETTES; i++)
		for (size_t j = 0; j < PALETTE_COLOURS; j++)
			for (size_t k = 0; k < j; k++) {
				double distance = colour_distance(palettes[i].servers[j], palettes[i].servers[k]);
				if (distance < 16)
					fail_msg("%s and %s are only %.1f apart", palettes[i].servers[j],
						 palettes[i].servers[k], distance);
			}
}

/* Whole pictures. */

static const char *inside(const char *folder, const char *name)
{
	static char paths[2][512];
	static unsigned turn;
	char *path = paths[turn++ % 2];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static void cell_add(struct document *doc, const char *server, const char *mode, uint64_t level, uint64_t block,
		     double rate_rps, const char *error)
{
	struct cell cell;

	cell_init(&cell, server, "epoll", mode, level, block);
	cell.rate_rps = error ? NAN : rate_rps;
	cell.ok = error ? 0 : (uint64_t)rate_rps;
	cell.valid = !error;
	cell.invalid = error ? 1u << INVALID_FAILED : 0;
	cell.open_mean = (double)(level < 200 ? level : 200);
	cell_set_text(&cell.error, error);
	assert_int_equal(document_add_cell(doc, &cell), 0);
}

static void host_fill(struct document *doc)
{
	doc->benchctl = strdup("0.1.0");
	snprintf(doc->host.cpu_model, sizeof doc->host.cpu_model, "A <CPU> & 'more'");
	snprintf(doc->host.kernel, sizeof doc->host.kernel, "Linux 6.1.0");
	doc->host.cores = 2;
}

/* Draws, or skips the test where there is no gnuplot. */
static void draw_kinds(const struct document *doc, unsigned kinds, const char *folder, struct plot_list *list)
{
	struct err err = { "" };

	if (!plot_draw(doc, kinds, NULL, folder, TEMPLATES, list, NULL, &err))
		return;
	if (strstr(err.text, "not installed"))
		skip();
	fail_msg("%s", err.text);
}

static void draw(const struct document *doc, const char *folder)
{
	draw_kinds(doc, PLOT_ALL, folder, NULL);
}

static void assert_svg(const char *svg)
{
	assert_non_null(
		strstr(svg, "<title id=\"rate-close-title\">Requests per second against concurrent connections"));
	assert_non_null(strstr(svg, "<desc id=\"rate-close-desc\">Line graph of requests per second"));
	assert_null(strstr(svg, "gnuplot_plot_1</title>"));
	assert_non_null(strstr(svg, "font-weight=\"bold\""));
	assert_non_null(strstr(svg, "</svg>"));
}

static void assert_png_size(const char *folder, const char *name, int width, int height)
{
	unsigned char head[24];
	FILE *file = fopen(inside(folder, name), "r");

	assert_non_null(file);
	assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
	fclose(file);
	assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(head[18] << 8 | head[19], width);
	assert_int_equal(head[22] << 8 | head[23], height);
}

static void assert_png(const char *folder, const char *name)
{
	assert_png_size(folder, name, 2400, 1440);
}

static void each_mode_has_a_picture(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	for (uint64_t block = 0; block < 3; block++)
		for (uint64_t level = 1; level <= 1024; level *= 2) {
			cell_add(&doc, "control", "close", level, block, 50000 + (double)block, NULL);
			cell_add(&doc, "tornado", "close", level, block, 8000 + (double)block,
				 level == 64 || level > 256 ? "it died" : NULL);
			cell_add(&doc, "tornado", "keepalive", level, block, 9000 - 100 * (double)block, NULL);
		}
	doc.cells[1].failed[LOAD_RESET] = 1;
	draw(&doc, folder);
	assert_png(folder, "rate-close.png");
	assert_png(folder, "rate-keepalive.png");

	char *svg = unit_read(inside(folder, "rate-close.svg"));
	assert_svg(svg);
	assert_non_null(strstr(svg, ">control (ceiling)<"));
	assert_non_null(strstr(svg, ">tornado<"));
	assert_non_null(strstr(svg, ">failed from 512<"));
	assert_non_null(strstr(svg, ">requests failed<"));
	assert_non_null(strstr(svg, "in close mode fewer may be open inside the server"));
	assert_non_null(strstr(svg, "A &lt;CPU"));
	free(svg);

	char *data = unit_read(inside(folder, "rate-close.dat"));
	assert_non_null(strstr(data, "# tornado\n1 8001 8000 8002 1 1 0 0 1\n2 8001"));
	assert_non_null(strstr(
		data, "\n32 8001 8000 8002 1 0 0 0 1\n\n128 8001 8000 8002 1 0 0 0 1\n256 8001 8000 8002 1 0 0 0 1\n"));
	assert_null(strstr(data, "\n512 8001"));
	free(data);
	document_release(&doc);
}

static void sources_draw_again(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	char command[600];

	host_fill(&doc);
	cell_add(&doc, "tornado", "close", 100, 0, 8000, NULL);
	draw(&doc, folder);
	remove(inside(folder, "rate-close.png"));
	snprintf(command, sizeof command, "cd %s && gnuplot rate-close.gp", folder);
	assert_int_equal(system(command), 0);
	assert_png(folder, "rate-close.png");
	document_release(&doc);
}

static void only_failures_are_a_picture(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	for (uint64_t level = 1; level <= 65536; level *= 2)
		cell_add(&doc, "tornado", "close", level, 0, 0, "exited with status 1: <no module>");
	draw(&doc, folder);
	char *svg = unit_read(inside(folder, "rate-close.svg"));
	assert_svg(svg);
	assert_non_null(strstr(svg, "No cell of this mode has a figure"));
	assert_non_null(strstr(svg, "tornado: exited with status 1: &lt;no module"));
	free(svg);
	document_release(&doc);
}

/* A run that has something of each kind: a sweep in three launches, the sequential client, an open loop, failures. */
static void all_kinds_fill(struct document *doc, const char *const *names, size_t count)
{
	host_fill(doc);
	for (size_t i = 0; i < count; i++) {
		for (uint64_t block = 0; block < 3; block++)
			for (uint64_t level = 1; level <= 512; level *= 8) {
				cell_add(doc, names[i], "close", level, block,
					 1000 * (double)(count - i) + (double)block,
					 level == 512 && i == 1 ? "it died" : NULL);
				struct cell *cell = &doc->cells[doc->cells_count - 1];
				double ns = 1e5 * (double)level;
				cell->latency_ns = cell->connect_ns = (struct cell_times){ ns,     ns,     2 * ns,
											   3 * ns, 4 * ns, 5 * ns };
				cell->latency_censored = level == 512;
				cell->server_cpu_us_per_request = 20 + (double)i;
				cell->server_rss_bytes = 1e6 * (double)(i + 2) + 5e3 * (double)level;
				cell->failed[LOAD_RESET] = level == 64 && i == 2 ? 50 : 0;
			}
		cell_add(doc, names[i], "close", 1, 0, 700 * (double)(count - i), NULL);
		cell_set_text(&doc->cells[doc->cells_count - 1].client, "seq");
		for (double rate = 100; rate < 1000; rate *= 2) {
			cell_add(doc, names[i], "close", 1024, 0, rate, NULL);
			struct cell *cell = &doc->cells[doc->cells_count - 1];
			cell->open_loop.offered_rps = cell->open_loop.scheduled = rate;
			cell->latency_ns = (struct cell_times){ 2e5, 1e5, 3e5, 4e5, 5e5, 6e5 };
		}
	}
}

static void assert_well_formed(const char *folder)
{
	char command[700];

	/* Python's parser refuses what is not well-formed. */
	snprintf(command, sizeof command,
		 "/usr/bin/python3 -c 'import sys, glob, xml.dom.minidom as m; "
		 "[m.parse(name) for name in glob.glob(sys.argv[1] + \"/*.svg\")]' %s",
		 folder);
	if (access("/usr/bin/python3", X_OK) == 0)
		assert_int_equal(system(command), 0);
}

/* Hostile names in each kind: nothing is run, and nothing becomes markup, in any picture. */
static void names_from_outside_do_nothing(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct plot_list list;
	bool seen[PLOT_KINDS] = { 0 };

	all_kinds_fill(&doc, evil, EVILS);
	draw_kinds(&doc, PLOT_ALL, folder, &list);
	assert_int_equal(access(inside(folder, "pwned"), F_OK), -1);
	for (size_t i = 0; i < list.count; i++) {
		const struct plot_picture *picture = &list.pictures[i];
		seen[picture->kind] = true;
		assert_string_equal(picture->mode, "close");
		assert_true(strlen(picture->title) > 10);
		assert_true(strlen(picture->description) > 60);
		for (int dark = 0; dark < 2; dark++) {
			char name[128], title[128];
			snprintf(name, sizeof name, "%s%s.png", picture->stem, dark ? "-dark" : "");
			if (picture->has_svg)
				assert_png_size(folder, name, 2 * (int)round(picture->width),
						2 * (int)round(picture->height));
			else
				assert_png_size(folder, name, 1200, 630);
			snprintf(name, sizeof name, "%s%s.svg", picture->stem, dark ? "-dark" : "");
			assert_int_equal(access(inside(folder, name), F_OK), picture->has_svg ? 0 : -1);
			if (!picture->has_svg)
				continue;
			char *svg = unit_read(inside(folder, name));
			assert_null(strstr(svg, "<script"));
			assert_non_null(strstr(svg, "role=\"img\" aria-labelledby=\""));
			snprintf(title, sizeof title, "<title id=\"%s%s-title\">", picture->stem, dark ? "-dark" : "");
			assert_non_null(strstr(svg, title));
			assert_non_null(strstr(svg, "-desc\">"));
			assert_non_null(strstr(svg, "`touch pwned`"));
			assert_null(strstr(svg, "gnuplot_plot_1"));
			assert_non_null(strstr(svg, "benchctl 0.1.0"));
			assert_non_null(strstr(svg, "close mode, client epoll"));
			free(svg);
		}
	}
	for (size_t kind = 0; kind < PLOT_KINDS; kind++)
		if (!seen[kind])
			fail_msg("no picture of the kind %s", plot_kind_name(kind));
	char *svg = unit_read(inside(folder, "rate-close.svg"));
	assert_svg(svg);
	assert_non_null(strstr(svg, "{/Symbol a}^2_x"));
	free(svg);
	assert_well_formed(folder);
	plot_list_release(&list);
	document_release(&doc);
}

/* What is in them, of each kind. */
static void kinds_show_what_they_are_for(void **state)
{
	static const char *const names[] = { "control", "eventlet", "tornado" };
	static const struct {
		const char *stem, *text;
	} wanted[] = {
		{ "answer-close", ">fails: 2 of 2<" },
		{ "answer-close", ">fails from 64<" },
		{ "answer-close", ">at its best<" },
		{ "rate-close", ">each launch<" },
		{ "rate-close", ">minimum to maximum of 3 launches<" },
		{ "rate-close", ">failed from 512<" },
		{ "panels-close", ">fails from 64<" },
		{ "panels-close", ">eventlet<" },
		{ "shape-close", ">of its own maximum<" },
		{ "percentiles-close", ">p99.9<" },
		{ "percentiles-close", ">connect time<" },
		{ "percentiles-close", ">connections / rate: the mean that a closed loop implies<" },
		{ "percentiles-close", ">hollow: not valid, or cut off: slower than the window could see<" },
		{ "cost-close", ">CPU per request<" },
		{ "cost-close", ">resident memory<" },
		{ "errors-close", ">tornado: reset<" },
		{ "errors-close", ">eventlet: server\u00a0failed<" },
		{ "errors-close", ">open inside the server<" },
		{ "latency-close", ">99th percentile<" },
		{ "sequential-close", ">the same in 2010, at 100 connections, on a machine of then<" },
		{ "sequential-close", ">parallel: 64 connections<" },
	};
	const char *folder = *state;
	struct document doc = { 0 };

	all_kinds_fill(&doc, names, LENGTH(names));
	draw(&doc, folder);
	for (size_t i = 0; i < LENGTH(wanted); i++) {
		char name[64];
		snprintf(name, sizeof name, "%s.svg", wanted[i].stem);
		char *svg = unit_read(inside(folder, name));
		if (!strstr(svg, wanted[i].text))
			fail_msg("%s lacks %s", name, wanted[i].text);
		free(svg);
	}
	document_release(&doc);
}

/* What was measured, where and how stands in every kind, small as the picture may be. */
static void kinds_say_what_was_measured(void **state)
{
	static const char *const names[] = { "control", "eventlet", "tornado" };
	const char *folder = *state;
	struct document doc = { 0 };
	struct plot_list list;

	all_kinds_fill(&doc, names, LENGTH(names));
	doc.servers = calloc(1, sizeof *doc.servers);
	doc.servers[doc.servers_count++] = (struct document_server){ .name = strdup("tornado"),
								     .version = strdup("tornado 6.2") };
	draw_kinds(&doc, PLOT_ALL, folder, &list);
	for (size_t i = 0; i < list.count; i++) {
		char name[PLOT_STEM + 8];
		snprintf(name, sizeof name, "%s.gp", list.pictures[i].stem);
		char *script = unit_read(inside(folder, name));
		if (!strstr(script, "Versions: tornado 6.2") || !strstr(script, "close mode, client epoll") ||
		    !strstr(script, "Linux 6.1.0"))
			fail_msg("%s does not say it", name);
		free(script);
	}
	plot_list_release(&list);
	document_release(&doc);
}

/* A run.json from outside can have any number that JSON has. */
static void figures_from_outside_can_be_drawn(void **state)
{
	static const double hostile[] = { 1e-323, 1e300, 1.7e308, 1e-7, -1e300 };
	const char *folder = *state;

	for (size_t i = 0; i < LENGTH(hostile); i++)
		for (size_t alone = 0; alone < 2; alone++) {
			static const char *const names[] = { "control", "tornado", "node_js" };
			struct document doc = { 0 };
			all_kinds_fill(&doc, names, LENGTH(names));
			for (size_t j = 0; j < doc.cells_count; j += alone ? 1 : 5) {
				struct cell *cell = &doc.cells[j];
				double value = hostile[i];
				if (!cell_is_failed(cell))
					cell->rate_rps = value;
				cell->latency_ns = cell->connect_ns = (struct cell_times){ value, value, value,
											   value, value, value };
				cell->server_cpu_us_per_request = cell->server_rss_bytes = cell->open_mean = value;
				if (cell_is_open_loop(cell))
					cell->open_loop.offered_rps = value;
			}
			draw(&doc, folder);
			document_release(&doc);
		}
	assert_well_formed(folder);
}

static void kinds_can_be_chosen(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct plot_list list;
	struct err err;
	unsigned kinds = 0;

	assert_int_equal(plot_kinds_parse(&kinds, "shape,hero", &err), 0);
	assert_int_equal(kinds, 1u << PLOT_HERO | 1u << PLOT_SHAPE);
	assert_int_equal(plot_kinds_parse(&kinds, "hero,rate", &err), -1);
	assert_string_equal(err.text,
			    "'rate' is no kind of picture: answer, hero, panels, shape, percentiles, cost, errors, "
			    "latency, sequential, preview");
	assert_int_equal(plot_kinds_parse(&kinds, "", &err), -1);
	assert_int_equal(plot_kinds_parse(&kinds, "hero,", &err), -1);
	assert_int_equal(kinds, 1u << PLOT_HERO | 1u << PLOT_SHAPE); /* a text that is refused changes nothing */
	host_fill(&doc);
	for (uint64_t level = 1; level < 100; level *= 2)
		cell_add(&doc, "tornado", "keepalive", level, 0, 8000, NULL);
	draw_kinds(&doc, kinds, folder, &list);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.pictures[0].stem, "rate-keepalive");
	assert_string_equal(list.pictures[0].title, "Requests per second against concurrent connections, keepalive");
	assert_string_equal(list.pictures[1].stem, "shape-keepalive");
	assert_int_equal(access(inside(folder, "panels-keepalive.svg"), F_OK), -1);
	plot_list_release(&list);
	document_release(&doc);
}

/* Those that have a name in a picture differ in colour, as long as there are others to name. */
static void named_ones_differ(const struct document *doc, const char *mode, bool must)
{
	struct plot_data survey;
	struct err err;
	bool used[PALETTE_COLOURS] = { 0 };
	const struct curve *curve;

	assert_int_equal(plot_data_init(&survey, doc, mode, &err), 0);
	for (size_t rank = 0; (curve = curves_named(&survey.curves, rank)) && !curve->is_control; rank++) {
		if (used[curve->style.colour] && must)
			fail_msg("%s: %s has the colour of another one", mode, curve->server);
		used[curve->style.colour] = true;
	}
	plot_data_release(&survey);
}

static void named_servers_differ_in_colour(void **state)
{
	static const char *const all[] = {
		"eventlet",    "perl_coro",      "tornado", "pth",        "node_js", "concurrence_greenlet",
		"syncless",    "erlang",         "gevent",  "ruby_async", "twisted", "state_threads",
		"concurrence", "python_threads", "mine",    "yours",      "theirs",
	};
	struct document doc = { 0 };
	struct err err;

	(void)state;
	if (result_read(&doc, "tests/data/thirty_servers.json", &err))
		fail_msg("%s", err.text);
	named_ones_differ(&doc, "close", true);
	document_release(&doc);
	/* In whatever order they are fast. */
	for (size_t turn = 0; turn < LENGTH(all); turn++) {
		doc = (struct document){ 0 };
		for (size_t i = 0; i < LENGTH(all); i++)
			cell_add(&doc, all[(i + turn) % LENGTH(all)], "close", 8, 0, 1000 + (double)i, NULL);
		named_ones_differ(&doc, "close", true);
		document_release(&doc);
	}
	/* Where there are no others, all have a name. */
	doc = (struct document){ 0 };
	for (size_t i = 0; i < 4; i++)
		cell_add(&doc, all[i], "close", 8, 0, 1000 + (double)i, NULL);
	struct plot_data survey;
	assert_int_equal(plot_data_init(&survey, &doc, "close", &err), 0);
	assert_int_equal(survey.curves.contexts, 0);
	assert_non_null(curves_named(&survey.curves, 3));
	plot_data_release(&survey);
	document_release(&doc);
}

/* Axes with a logarithm: a tic at least, never more than fit, and no endless search whatever the values. */
static void log_axes_have_tics(void **state)
{
	static const struct {
		double min, max, pixels;
	} cases[] = {
		{ 1, 1, 500 },     { 1, 1e12, 500 },  { 3.1, 3.2, 500 },   { 900, 1100, 100 },
		{ 1e-3, 1e9, 40 }, { 7, 70000, 200 }, { 1e18, 1e19, 300 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct chart_axis axis;
		chart_axis_log(&axis, cases[i].min, cases[i].max, 0.05, cases[i].pixels, 18, chart_show_count);
		assert_true(axis.count >= 1 && axis.count <= CHART_TICS_MAX);
		assert_true(axis.min < cases[i].min && axis.max > cases[i].max);
		for (size_t tic = 0; tic < axis.count; tic++)
			assert_true(axis.tics[tic] >= axis.min && axis.tics[tic] <= axis.max);
		for (size_t tic = 1; tic < axis.count; tic++)
			assert_true(log(axis.tics[tic] / axis.tics[tic - 1]) / log(axis.max / axis.min) *
					    cases[i].pixels >=
				    17.9);
	}
	struct chart_axis empty;
	chart_axis_log(&empty, INFINITY, -INFINITY, 0.05, 500, 18, chart_show_count);
	assert_int_equal(empty.count, 0);
	chart_axis_log(&empty, 0, 5, 0.05, 500, 18, chart_show_count);
	assert_int_equal(empty.count, 0);
}

static void most_names_are_eight(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	size_t named = 0;

	host_fill(&doc);
	for (unsigned i = 0; i < 30; i++) {
		char name[80];
		snprintf(name, sizeof name, "server%02u", i);
		for (uint64_t level = 1; level <= 64; level *= 2)
			cell_add(&doc, i ? name : "control", "close", level, 0, i ? 100.0 * i : 9000, NULL);
	}
	draw(&doc, folder);
	char *svg = unit_read(inside(folder, "rate-close.svg"));
	for (unsigned i = 0; i < 30; i++) {
		char text[80];
		snprintf(text, sizeof text, "<text>server%02u</text>", i);
		named += strstr(svg, text) != NULL;
	}
	assert_int_equal(named, PICTURE_NAMES_MAX - 1);
	assert_non_null(strstr(svg, ">server29<"));
	assert_non_null(strstr(svg, ">22 slower servers<"));
	assert_non_null(strstr(svg, "Thin lines, fastest first: server22, server21"));
	free(svg);
	document_release(&doc);
}

/* A cell of an open loop, with answers as slow as the rate is high; the median takes a tenth of the 99th percentile. */
static void offered_add(struct document *doc, const char *server, uint64_t block, double offered_rps, double share_kept)
{
	cell_add(doc, server, "keepalive", 1024, block, offered_rps * share_kept, NULL);
	struct cell *cell = &doc->cells[doc->cells_count - 1];
	cell->open_loop.offered_rps = cell->open_loop.scheduled = offered_rps;
	cell->latency_ns = (struct cell_times){ offered_rps * 20,  offered_rps * 10,  offered_rps * 50,
						offered_rps * 100, offered_rps * 200, offered_rps * 300 };
}

static void latencies_have_a_picture(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	for (double rate = 1000; rate <= 8000; rate *= 2) {
		offered_add(&doc, "control", 1, rate, 1);
		offered_add(&doc, "eventlet", 1, rate, 1);
		offered_add(&doc, "tornado", 1, rate, rate > 4000 ? 0.5 : 1);
	}
	struct cell *last = &doc.cells[doc.cells_count - 1];
	last->valid = false;
	last->invalid = 1u << INVALID_LAG;
	last->failed[LOAD_RESET] = 1;
	draw(&doc, folder);
	assert_png(folder, "latency-keepalive.png");
	assert_int_equal(access(inside(folder, "rate-keepalive.svg"), F_OK), -1);
	char *svg = unit_read(inside(folder, "latency-keepalive.svg"));
	assert_non_null(strstr(
		svg, "<title id=\"latency-keepalive-title\">Latency against the rate of requests, keepalive</title>"));
	assert_non_null(strstr(
		svg,
		"<desc id=\"latency-keepalive-desc\">Line graph of latency against 1,000 to 8,000 requests per second"));
	assert_non_null(
		strstr(svg, "tornado: at 8,000 a second median 80.0us, 99th percentile 800us; keeps up with 4,000/s"));
	assert_non_null(strstr(svg, ">hollow: not valid, the client was late itself<"));
	assert_non_null(strstr(svg, ">does not keep up: under 95 % completed<"));
	assert_non_null(strstr(svg, ">requests failed<"));
	assert_non_null(strstr(svg, ">keeps up with 4,000/s<"));
	assert_non_null(strstr(svg, ">50th, 90th and 99.9th, from below<"));
	assert_non_null(strstr(svg, "</svg>"));
	free(svg);
	char *data = unit_read(inside(folder, "latency-keepalive.dat"));
	assert_non_null(strstr(data, "# tornado\n1000 100000 100000 100000 1 0 0 0 1\n"));
	assert_non_null(strstr(data, "\n8000 800000 800000 800000 0 1 0 1 1\n"));
	free(data);
	/* Censored latency is hollow too, and the key tells the two apart. */
	last->valid = last->latency_censored = true;
	last->invalid = 0;
	draw(&doc, folder);
	svg = unit_read(inside(folder, "latency-keepalive.svg"));
	assert_non_null(strstr(svg, ">hollow: slower than shown: some had no right end<"));
	free(svg);
	data = unit_read(inside(folder, "latency-keepalive.dat"));
	assert_non_null(strstr(data, "\n8000 800000 800000 800000 0 1 0 1 1\n"));
	free(data);
	document_release(&doc);
}

/* Many servers: the eight that keep up with most have a name, and each has its median only. */
static void most_latencies_are_eight(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	for (unsigned i = 0; i < 12; i++) {
		char name[80];
		snprintf(name, sizeof name, "server%02u", i);
		for (double rate = 1000; rate <= 100.0 * i + 1000; rate += 100)
			offered_add(&doc, name, 1, rate, 1);
	}
	offered_add(&doc, evil[0], 1, 1000, 1);
	draw(&doc, folder);
	assert_int_equal(access(inside(folder, "pwned"), F_OK), -1);
	char *svg = unit_read(inside(folder, "latency-keepalive.svg"));
	assert_non_null(strstr(svg, "<text>server04</text>"));
	assert_null(strstr(svg, "<text>server03</text>"));
	assert_non_null(strstr(svg, ">5 more servers, 99th percentile<"));
	assert_non_null(strstr(svg, ">50th percentile<"));
	free(svg);
	document_release(&doc);
}

/* The control server has a name beside the seven others; between them stand those without one. */
static void control_among_many_latencies(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	for (unsigned i = 0; i < 12; i++) {
		char name[80];
		snprintf(name, sizeof name, "server%02u", i);
		offered_add(&doc, i ? name : "control", 1, 1000 + i, 1);
	}
	draw(&doc, folder);
	char *svg = unit_read(inside(folder, "latency-keepalive.svg"));
	assert_non_null(strstr(svg, "<text>control</text>"));
	assert_non_null(strstr(svg, ">4 more servers, 99th percentile<"));
	free(svg);
	document_release(&doc);
}

/* The control server is called a ceiling only where it is one. */
static void control_is_a_ceiling_or_none(void **state)
{
	const char *folder = *state;

	for (int is_faster = 0; is_faster < 2; is_faster++) {
		struct document doc = { 0 };
		host_fill(&doc);
		for (uint64_t level = 1; level <= 64; level *= 8) {
			cell_add(&doc, "control", "close", level, 0, 10000, NULL);
			cell_add(&doc, "tornado", "close", level, 0, is_faster && level == 8 ? 10600 : 10400, NULL);
		}
		draw(&doc, folder);
		char *svg = unit_read(inside(folder, "rate-close.svg"));
		char *script = unit_read(inside(folder, "rate-close.gp"));
		assert_int_equal(strstr(svg, ">control (ceiling)<") != NULL, !is_faster);
		assert_int_equal(strstr(svg, ">control server: what the harness itself can reach<") != NULL,
				 !is_faster);
		assert_int_equal(strstr(svg, ">control server: no ceiling, some are faster<") != NULL, is_faster);
		assert_non_null(
			strstr(script, is_faster ? "array PANEL_FILLED[1] = [0]" : "array PANEL_FILLED[1] = [1]"));
		free(svg);
		free(script);
		document_release(&doc);
	}
}

/* A run of one level, and one of the sequential client alone: each picture says what it is of. */
static void each_kind_of_run_has_its_words(void **state)
{
	static const char *const names[] = { "eventlet", "tornado" };
	const char *folder = *state;
	struct document doc = { 0 };
	struct plot_list list;

	host_fill(&doc);
	for (size_t i = 0; i < LENGTH(names); i++)
		cell_add(&doc, names[i], "close", 100, 0, 9000, NULL);
	draw_kinds(&doc, 1u << PLOT_HERO | 1u << PLOT_SHAPE, folder, &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.pictures[0].title, "Requests per second at 100 connections, close");
	assert_non_null(strstr(list.pictures[0].description,
			       "Line graph of requests per second at 100 concurrent connections in close mode, with 2 "
			       "servers."));
	plot_list_release(&list);
	document_release(&doc);

	doc = (struct document){ 0 };
	host_fill(&doc);
	for (size_t i = 0; i < LENGTH(names); i++) {
		cell_add(&doc, names[i], "close", 1, 0, 3000 + 100 * (double)i, NULL);
		cell_set_text(&doc.cells[i].client, "seq");
	}
	draw_kinds(&doc, PLOT_ALL, folder, &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.pictures[0].title, "Requests per second, one request at a time, close");
	assert_non_null(strstr(list.pictures[0].description, "one at a time in close mode, with 2 servers. tornado: "));
	char *svg = unit_read(inside(folder, "sequential-close.svg"));
	assert_non_null(strstr(svg, "close mode, client seq"));
	assert_null(strstr(svg, "parallel"));
	free(svg);
	plot_list_release(&list);
	document_release(&doc);
}

static void latencies_without_a_figure(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };

	host_fill(&doc);
	cell_add(&doc, "tornado", "close", 1024, 1, 0, "there is no rate");
	doc.cells[0].open_loop.share = 0.5;
	draw(&doc, folder);
	char *svg = unit_read(inside(folder, "latency-close.svg"));
	assert_non_null(strstr(svg, "No cell of an open loop of this mode has a figure"));
	assert_non_null(strstr(svg, "tornado: there is no rate"));
	free(svg);
	document_release(&doc);
}

static void folders_are_made(void **state)
{
	static const char *const files[] = {
		"rate-close.svg",      "rate-close.png",      "rate-close.gp",      "rate-close.dat",
		"rate-close-dark.svg", "rate-close-dark.png", "rate-close-dark.gp",
	};
	struct document doc = { 0 };
	char outer[256], deeper[300];

	snprintf(outer, sizeof outer, "%.200s/a", (const char *)*state);
	snprintf(deeper, sizeof deeper, "%s/b c", outer);
	cell_add(&doc, "tornado", "close", 1, 0, 8000, NULL);
	draw_kinds(&doc, 1u << PLOT_HERO, deeper, NULL);
	assert_png(deeper, "rate-close.png");
	for (size_t i = 0; i < LENGTH(files); i++)
		assert_int_equal(unlink(inside(deeper, files[i])), 0);
	assert_int_equal(rmdir(deeper), 0);
	assert_int_equal(rmdir(outer), 0);
	document_release(&doc);
}

static void gnuplot_missing_names_the_package(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct err err;
	char *path = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin");

	cell_add(&doc, "tornado", "close", 1, 0, 8000, NULL);
	setenv("PATH", folder, 1);
	int result = plot_draw(&doc, PLOT_ALL, NULL, folder, TEMPLATES, NULL, NULL, &err);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(result, -1);
	assert_string_equal(err.text, "gnuplot is not installed: apt-get install gnuplot-nox");
	document_release(&doc);
}

static void gnuplot_failing_is_quoted(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct err err;
	FILE *template = fopen(inside(folder, "chart.gp"), "w");

	fputs("plot nonsense +\n", template);
	fclose(template);
	cell_add(&doc, "tornado", "close", 1, 0, 8000, NULL);
	assert_int_equal(plot_draw(&doc, PLOT_ALL, NULL, folder, folder, NULL, NULL, &err), -1);
	if (strstr(err.text, "not installed")) {
		document_release(&doc);
		skip();
	}
	assert_non_null(strstr(err.text, "gnuplot failed in "));
	assert_non_null(strstr(err.text, "nonsense"));
	document_release(&doc);
}

static void bad_input_is_said(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct err err;

	assert_int_equal(plot_draw(&doc, PLOT_ALL, NULL, folder, TEMPLATES, NULL, NULL, &err), -1);
	assert_string_equal(err.text, "there is nothing to draw: the run has no cell of the client epoll");
	cell_add(&doc, "tornado", "../close", 1, 0, 8000, NULL);
	assert_int_equal(plot_draw(&doc, PLOT_ALL, NULL, folder, TEMPLATES, NULL, NULL, &err), -1);
	assert_string_equal(err.text, "'../close' is no mode: lower-case letters, digits, _ and -");
	assert_int_equal(plot_draw(&doc, PLOT_ALL, NULL, folder, "/nonexistent", NULL, NULL, &err), -1);
	assert_string_equal(err.text, "template: /nonexistent/chart.gp: No such file or directory");
	close(open(inside(folder, "file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(plot_draw(&doc, PLOT_ALL, NULL, inside(folder, "file"), TEMPLATES, NULL, NULL, &err), -1);
	assert_non_null(strstr(err.text, "/file is not a folder"));
	document_release(&doc);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, unit_folder_make, unit_folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_apart_stay),
		cmocka_unit_test(labels_at_one_place_share_the_way),
		cmocka_unit_test(labels_stay_inside),
		cmocka_unit_test(labels_never_overlap),
		cmocka_unit_test(steps_are_round),
		cmocka_unit_test(quotes_hold_everything),
		cmocka_unit_test(styles_are_distinct_and_stable),
		cmocka_unit_test(own_servers_are_distinct),
		cmocka_unit_test(colours_have_contrast),
		cmocka_unit_test(colours_stay_apart),
		IN_FOLDER(each_mode_has_a_picture),
		IN_FOLDER(sources_draw_again),
		IN_FOLDER(only_failures_are_a_picture),
		IN_FOLDER(names_from_outside_do_nothing),
		IN_FOLDER(kinds_show_what_they_are_for),
		IN_FOLDER(kinds_say_what_was_measured),
		IN_FOLDER(figures_from_outside_can_be_drawn),
		IN_FOLDER(kinds_can_be_chosen),
		cmocka_unit_test(named_servers_differ_in_colour),
		cmocka_unit_test(log_axes_have_tics),
		IN_FOLDER(most_names_are_eight),
		IN_FOLDER(folders_are_made),
		IN_FOLDER(latencies_have_a_picture),
		IN_FOLDER(most_latencies_are_eight),
		IN_FOLDER(control_among_many_latencies),
		IN_FOLDER(control_is_a_ceiling_or_none),
		IN_FOLDER(each_kind_of_run_has_its_words),
		IN_FOLDER(latencies_without_a_figure),
		IN_FOLDER(gnuplot_missing_names_the_package),
		IN_FOLDER(gnuplot_failing_is_quoted),
		IN_FOLDER(bad_input_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
