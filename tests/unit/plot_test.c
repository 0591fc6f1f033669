/* Pictures: where labels go, what gnuplot is given, what comes out. */
#include "tests/unit/unit.h"

#include <fcntl.h>

#include "harness/palette.h"
#include "harness/picture.h"
#include "harness/plot.h"

#define TEMPLATES "plots/templates"

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
		double most, step;
	} cases[] = {
		{ 1, 0.2 }, { 6, 1 }, { 6.1, 2 }, { 15, 2.5 }, { 30, 5 }, { 31, 10 }, { 61000, 20000 }, { 0.004, 0.001 },
		{ 1e7, 2e6 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_true(fabs(plot_step(cases[i].most, 6) / cases[i].step - 1) < 1e-9);
}

static const char *const evil[] = {
	"`touch pwned`", "it's $(touch pwned) \\n {/Symbol a}^2_x", "'.system('touch pwned').'", "'''", "\"; exit 1; \"",
	"@MACRO #comment", "<script>alert(1)</script>&amp;", "\033[31mred\nline", "\xff\xfe bad", "漢字 ünïcödé", "#11 \\0477",
	"--", "%s%n %.0f",
};

#define EVILS LENGTH(evil)

static void xml_is_escaped(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(picture_escape_xml(out, sizeof out, "<a b=\"c\" d='e'>&\033\n"),
			    "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp; ");
	assert_string_equal(picture_escape_xml(out, 9, "1234&678"), "1234");
	assert_string_equal(picture_escape_xml(out, 10, "1234&678"), "1234&amp;");
	assert_string_equal(picture_escape_xml(out, 3, "1µµ"), "1");
}

static void quotes_hold_everything(void **state)
{
	char out[256];

	(void)state;
	assert_string_equal(picture_quote(out, sizeof out, "node_js 18.1"), "\"node_js 18.1\"");
	assert_string_equal(picture_quote(out, sizeof out, "a`b\"c\\"), "\"a\\140b\\042c\\134\"");
	/* All octal digits behind a backslash are read, so that a digit must not follow. */
	assert_string_equal(picture_quote(out, sizeof out, "'7'89"), "\"\\047\\067\\04789\"");
	assert_string_equal(picture_quote(out, sizeof out, "漢 µ"), "\"? µ\"");
	assert_string_equal(picture_quote(out, 3, "abc"), "\"\"");
	assert_string_equal(picture_quote(out, 6, "a'b"), "\"a\"");
	for (size_t i = 0; i < EVILS; i++) {
		picture_quote(out, sizeof out, evil[i]);
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
	palette_assign(&alone, pointers, 1);
	assert_memory_equal(&alone, &styles[0], sizeof alone);
	for (size_t i = 0; i < 192; i++) {
		assert_true(styles[i].colour < PALETTE_COLOURS && styles[i].mark < PALETTE_MARKS &&
			    styles[i].dash < PALETTE_DASHES);
		for (size_t j = 0; j < i; j++) {
			assert_memory_not_equal(&styles[i], &styles[j], sizeof styles[i]);
			if (i < 48)
				assert_false(styles[i].colour == styles[j].colour && styles[i].mark == styles[j].mark);
		}
	}
}

/* Every server that comes with benchctl has a colour and mark of its own. */
static void own_servers_are_distinct(void **state)
{
	struct dirent **entries;
	struct palette_style styles[128];
	const char *names[128];
	size_t count = 0;
	int found = scandir("servers", &entries, NULL, alphasort);

	(void)state;
	for (int i = 0; i < found && count < 48; i++)
		if (entries[i]->d_name[0] != '.')
			names[count++] = entries[i]->d_name;
	palette_assign(styles, names, count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (styles[i].colour == styles[j].colour && styles[i].mark == styles[j].mark)
				fail_msg("%s and %s look the same", names[i], names[j]);
	for (int i = 0; i < found; i++)
		free(entries[i]);
	if (found >= 0)
		free(entries);
}

static double linear(const char *hex)
{
	char digits[3] = { hex[0], hex[1], 0 };
	double value = (double)strtol(digits, NULL, 16) / 255;

	return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(const char *colour)
{
	return 0.2126 * linear(colour + 1) + 0.7152 * linear(colour + 3) + 0.0722 * linear(colour + 5);
}

/* WCAG 2.1: 3 to 1 for lines and marks, 4.5 to 1 for text. */
static void colours_have_contrast(void **state)
{
	const struct palette *palette = &palette_light;
	double background = luminance(palette->background) + 0.05;

	(void)state;
	for (size_t i = 0; i < PALETTE_COLOURS; i++)
		assert_true(background / (luminance(palette->servers[i]) + 0.05) >= 3);
	assert_true(background / (luminance(palette->ceiling) + 0.05) >= 3);
	assert_true(background / (luminance(palette->error) + 0.05) >= 3);
	assert_true(background / (luminance(palette->ink) + 0.05) >= 4.5);
	assert_true(background / (luminance(palette->muted) + 0.05) >= 4.5);
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
static void draw(const struct document *doc, const char *folder)
{
	struct err err = { "" };

	if (!plot_write(doc, folder, TEMPLATES, &err))
		return;
	if (strstr(err.text, "not installed"))
		skip();
	fail_msg("%s", err.text);
}

static void assert_svg(const char *svg)
{
	assert_non_null(strstr(svg, "<title>Requests per second against concurrent connections"));
	assert_non_null(strstr(svg, "<desc>Line graph of requests per second"));
	assert_null(strstr(svg, "gnuplot_plot_1</title>"));
	assert_non_null(strstr(svg, "font-weight=\"bold\""));
	assert_non_null(strstr(svg, "</svg>"));
}

static void assert_png(const char *folder, const char *name)
{
	unsigned char head[24];
	FILE *file = fopen(inside(folder, name), "r");

	assert_non_null(file);
	assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
	fclose(file);
	assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(head[18] << 8 | head[19], 2400);
	assert_int_equal(head[22] << 8 | head[23], 1440);
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
	assert_non_null(strstr(data, "# tornado\n1 8001 8000 8002 1 1 0\n2 8001"));
	assert_non_null(strstr(data, "\n32 8001 8000 8002 1 0 0\n\n128 8001 8000 8002 1 0 0\n256 8001 8000 8002 1 0 0\n"));
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

static void names_from_outside_do_nothing(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	char command[600];

	host_fill(&doc);
	for (size_t i = 0; i < EVILS; i++)
		for (uint64_t level = 1; level <= 64; level *= 8)
			cell_add(&doc, evil[i], "close", level, 0, 1000 * (double)(EVILS - i), NULL);
	draw(&doc, folder);
	assert_int_equal(access(inside(folder, "pwned"), F_OK), -1);
	char *svg = unit_read(inside(folder, "rate-close.svg"));
	assert_svg(svg);
	assert_null(strstr(svg, "<script"));
	assert_non_null(strstr(svg, "{/Symbol a}^2_x"));
	assert_non_null(strstr(svg, "@MACRO #comment"));
	free(svg);
	/* Python's parser refuses what is not well-formed. */
	snprintf(command, sizeof command, "/usr/bin/python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' %s",
		 inside(folder, "rate-close.svg"));
	if (access("/usr/bin/python3", X_OK) == 0)
		assert_int_equal(system(command), 0);
	document_release(&doc);
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
	cell->latency_ns = (struct cell_times){ offered_rps * 20, offered_rps * 10, offered_rps * 50, offered_rps * 100,
						offered_rps * 200, offered_rps * 300 };
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
	assert_non_null(strstr(svg, "<title>Latency against the rate of requests, keepalive</title>"));
	assert_non_null(strstr(svg, "<desc>Line graph of latency against 1,000 to 8,000 requests per second"));
	assert_non_null(strstr(svg, "tornado: at 8,000 a second median 80.0us, 99th percentile 800us; keeps up with 4,000/s"));
	assert_non_null(strstr(svg, ">hollow: not valid, the client was late itself<"));
	assert_non_null(strstr(svg, ">does not keep up: under 95 % answered<"));
	assert_non_null(strstr(svg, ">requests failed<"));
	assert_non_null(strstr(svg, ">keeps up with 4,000/s<"));
	assert_non_null(strstr(svg, ">50th, 90th and 99.9th, from below<"));
	assert_non_null(strstr(svg, "</svg>"));
	free(svg);
	char *data = unit_read(inside(folder, "latency-keepalive.dat"));
	assert_non_null(strstr(data, "# tornado\n1000 10000 50000 100000 200000 1 0 1\n"));
	assert_non_null(strstr(data, "\n8000 80000 400000 800000 1600000 0 1 0\n"));
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
	static const char *const files[] = { "rate-close.svg", "rate-close.png", "rate-close.gp", "rate-close.dat" };
	struct document doc = { 0 };
	char outer[256], deeper[300];

	snprintf(outer, sizeof outer, "%.200s/a", (const char *)*state);
	snprintf(deeper, sizeof deeper, "%s/b c", outer);
	cell_add(&doc, "tornado", "close", 1, 0, 8000, NULL);
	draw(&doc, deeper);
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
	int result = plot_write(&doc, folder, TEMPLATES, &err);
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
	FILE *template = fopen(inside(folder, "rate.gp"), "w");

	fputs("plot nonsense +\n", template);
	fclose(template);
	cell_add(&doc, "tornado", "close", 1, 0, 8000, NULL);
	assert_int_equal(plot_write(&doc, folder, folder, &err), -1);
	if (strstr(err.text, "not installed")) {
		document_release(&doc);
		skip();
	}
	assert_non_null(strstr(err.text, "gnuplot failed on "));
	assert_non_null(strstr(err.text, "nonsense"));
	document_release(&doc);
}

static void bad_input_is_said(void **state)
{
	const char *folder = *state;
	struct document doc = { 0 };
	struct err err;

	assert_int_equal(plot_write(&doc, folder, TEMPLATES, &err), -1);
	assert_string_equal(err.text, "there is nothing to draw: the run has no cell of the client epoll");
	cell_add(&doc, "tornado", "../close", 1, 0, 8000, NULL);
	assert_int_equal(plot_write(&doc, folder, TEMPLATES, &err), -1);
	assert_string_equal(err.text, "'../close' is no mode: lower-case letters, digits, _ and -");
	assert_int_equal(plot_write(&doc, folder, "/nonexistent", &err), -1);
	assert_string_equal(err.text, "template: /nonexistent/rate.gp: No such file or directory");
	close(open(inside(folder, "file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(plot_write(&doc, inside(folder, "file"), TEMPLATES, &err), -1);
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
		cmocka_unit_test(xml_is_escaped),
		cmocka_unit_test(quotes_hold_everything),
		cmocka_unit_test(styles_are_distinct_and_stable),
		cmocka_unit_test(own_servers_are_distinct),
		cmocka_unit_test(colours_have_contrast),
		IN_FOLDER(each_mode_has_a_picture),
		IN_FOLDER(sources_draw_again),
		IN_FOLDER(only_failures_are_a_picture),
		IN_FOLDER(names_from_outside_do_nothing),
		IN_FOLDER(most_names_are_eight),
		IN_FOLDER(folders_are_made),
		IN_FOLDER(latencies_have_a_picture),
		IN_FOLDER(most_latencies_are_eight),
		IN_FOLDER(latencies_without_a_figure),
		IN_FOLDER(gnuplot_missing_names_the_package),
		IN_FOLDER(gnuplot_failing_is_quoted),
		IN_FOLDER(bad_input_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
