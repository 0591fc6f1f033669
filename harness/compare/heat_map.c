/*
 * The heat map of a comparison: a row for each server and mode, a column for each level, and in each cell the ratio of
 * NEW's rate to BASE's. Like other pictures (picture.h) it is drawn by gnuplot from a template, a head and a table of
 * points, which are kept next to it as its source; but its height depends on the number of rows.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clients/choice.h"
#include "clients/client.h"
#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/compare/sentence.h"
#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/lib/typeset.h"
#include "harness/plot/gnuplot.h"
#include "harness/plot/gnuplot_svg.h"
#include "harness/plot/picture.h"
#include "harness/plot/script.h"
#include "harness/text/html.h"

#define WIDTH            PICTURE_WIDTH
#define MARGIN           28.0
#define TITLE_Y          34.0
#define SUBTITLE_Y       60.0
#define SUBTITLE_ROW     18.0
#define SUBTITLE_LINES   5
#define KEY_GAP          32.0 /* from the last line above to the key */
#define COLUMNS_GAP      54.0 /* from the key to the cells: here are the labels of the levels */
#define ROW_HEIGHT       24.0
#define FEW_ROWS         3 /* rows are higher up to these numbers */
#define FEW_ROW_HEIGHT   40.0
#define COLUMN_WIDTH_MAX 120.0
#define LABEL_WIDTH      250.0
#define NOTE_ROW         16.0
#define NOTE_LINES       2
#define HATCH_STEP       8.0

#define NAME_SIZE     12.5
#define SUBTITLE_SIZE 13.5
#define LEVEL_SIZE    11.0
#define NOTE_SIZE     11.0
#define KEY_SIZE      12.0
#define CELL_SIZE_MAX 12.0
#define CELL_SIZE_MIN 6.5 /* a smaller ratio is not written */

/* The maximum of rows that can be read; the number left out is stated. */
#define ROWS_MAX    200
#define COLUMNS_MAX 100

struct column {
	const char *client; /* of a client of one connection; "" of the levels */
	uint64_t level;
};

struct line {
	const char *server, *client, *mode;
};

struct map {
	const struct comparison *comparison;
	const struct compare_titles *titles;
	struct column *columns; /* owned */
	struct line *lines;     /* owned */
	size_t columns_count, lines_count;
	size_t rows_out, columns_out; /* that are not shown */
	bool has_modes, has_clients;  /* more than one */
	double left, right, top, bottom, height, key_y, row_height, column_width;
	char subtitle[SUBTITLE_LINES][TYPESET_LINE];
	size_t subtitle_count;
	char notes[3 * NOTE_LINES][TYPESET_LINE];
	size_t notes_count;
};

static bool is_sequential(const char *name)
{
	const struct client *client = client_find(name);

	return client && client->max_connections == 1;
}

static struct column column_of(const struct compare_row *row)
{
	return (struct column){ is_sequential(row->client) ? row->client : "", row->min_level };
}

static int column_order(const void *a, const void *b)
{
	const struct column *x = a, *y = b;
	int order = (*y->client != 0) - (*x->client != 0);

	if (!order)
		order = strcmp(x->client, y->client);
	return order ? order : (x->level > y->level) - (x->level < y->level);
}

/*
 * The row of a cell; a cell of a client with one connection is in the row of its server and mode, whatever that client
 * is.
 */
static bool is_line_of(const struct line *line, const struct compare_row *row)
{
	return strcmp(line->server, row->server) == 0 && strcmp(line->mode, row->mode) == 0 &&
	       (is_sequential(row->client) || is_sequential(line->client) || strcmp(line->client, row->client) == 0);
}

static struct line *line_find(const struct map *map, const struct compare_row *row)
{
	for (size_t i = 0; i < map->lines_count; i++)
		if (is_line_of(&map->lines[i], row))
			return &map->lines[i];
	return NULL;
}

static struct column *column_find(const struct map *map, const struct compare_row *row)
{
	struct column key = column_of(row);

	return bsearch(&key, map->columns, map->columns_count, sizeof key, column_order);
}

static int map_fill(struct map *map, struct err *err)
{
	const struct comparison *comparison = map->comparison;
	size_t unique = 0;

	map->columns = calloc(comparison->cells_count + 1, sizeof *map->columns);
	map->lines = calloc(ROWS_MAX + 1, sizeof *map->lines);
	if (!map->columns || !map->lines)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < comparison->cells_count; i++) {
		const struct compare_row *row = &comparison->cells[i];
		struct line *line = line_find(map, row);
		map->columns[map->columns_count++] = column_of(row);
		if (!line && map->lines_count < ROWS_MAX)
			map->lines[map->lines_count++] = (struct line){ row->server, row->client, row->mode };
		else if (line && is_sequential(line->client))
			line->client = row->client;
		map->rows_out += !line && map->lines_count == ROWS_MAX;
	}
	qsort(map->columns, map->columns_count, sizeof *map->columns, column_order);
	for (size_t i = 0; i < map->columns_count; i++)
		if (!i || column_order(&map->columns[unique - 1], &map->columns[i]) != 0)
			map->columns[unique++] = map->columns[i];
	map->columns_count = unique < COLUMNS_MAX ? unique : COLUMNS_MAX;
	map->columns_out = unique - map->columns_count;
	for (size_t i = 1; i < map->lines_count; i++) {
		map->has_modes |= strcmp(map->lines[i].mode, map->lines[0].mode) != 0;
		map->has_clients |= strcmp(map->lines[i].client, map->lines[0].client) != 0;
	}
	return 0;
}

static char *line_name(char *out, size_t room, const struct map *map, const struct line *line)
{
	char plain[200];

	*out = 0;
	picture_add(out, room, "", "%s", *text_plain(plain, sizeof plain, line->server) ? plain : "(no name)");
	if (map->has_modes)
		picture_add(out, room, " ", "%s", text_plain(plain, sizeof plain, line->mode));
	if (map->has_clients)
		picture_add(out, room, " ", "%s", text_plain(plain, sizeof plain, line->client));
	return out;
}

static void note_add(struct map *map, const char *format, const char *text)
{
	char whole[1200], plain[1200];

	snprintf(whole, sizeof whole, format, text);
	map->notes_count += typeset_lines(map->notes + map->notes_count, NOTE_LINES,
					  text_plain(plain, sizeof plain, whole), NOTE_SIZE, WIDTH - 2 * MARGIN);
}

/* The layout. */
static void map_layout(struct map *map)
{
	char text[SENTENCE_TEXT], title[COMPARE_TITLE], name[TYPESET_LINE], fitted[1][TYPESET_LINE];
	double widest = 0;

	compare_show_whole(text, map->comparison);
	map->subtitle_count = typeset_lines(map->subtitle, SUBTITLE_LINES, text, SUBTITLE_SIZE, WIDTH - 2 * MARGIN);
	for (size_t i = 0; i < map->lines_count; i++) {
		typeset_lines(fitted, 1, line_name(name, sizeof name, map, &map->lines[i]), NAME_SIZE, LABEL_WIDTH);
		widest = fmax(widest, typeset_width(fitted[0], NAME_SIZE));
	}
	map->left = MARGIN + widest + 14;
	map->column_width = fmin(COLUMN_WIDTH_MAX, (WIDTH - MARGIN - map->left) / fmax(1, (double)map->columns_count));
	map->right = map->left + map->column_width * (double)map->columns_count;
	map->row_height = map->lines_count <= FEW_ROWS ? FEW_ROW_HEIGHT : ROW_HEIGHT;
	map->key_y = SUBTITLE_Y + SUBTITLE_ROW * (double)(map->subtitle_count - 1) + KEY_GAP;
	map->top = map->key_y + COLUMNS_GAP;
	map->bottom = map->top + map->row_height * (double)map->lines_count;
	note_add(map, "BASE: %s", compare_show_title(title, map->titles, SIDE_BASE));
	note_add(map, "NEW: %s", compare_show_title(title, map->titles, SIDE_NEW));
	if (map->rows_out || map->columns_out)
		note_add(map, "Not all %s are shown: they are too many for a picture.",
			 !map->columns_out ? "servers and modes"
			 : !map->rows_out  ? "levels"
					   : "servers, modes and levels");
	map->height = map->bottom + 34 + NOTE_ROW * (double)map->notes_count;
}

/* The head of the script. */

static void screen_text(FILE *out, double x, double y, const char *align, const char *text, double size,
			const char *colour)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "set label %s at screen X(%.2f), Y(%.2f) %s font FONT.',%.1f' textcolor rgb %s front\n",
		script_quote(quoted, sizeof quoted, text), x, y, align, size, colour);
}

static void screen_lines(FILE *out, const char (*lines)[TYPESET_LINE], size_t count, double y, double step, double size)
{
	for (size_t i = 0; i < count; i++)
		screen_text(out, MARGIN, y + step * (double)i, "left", lines[i], size, "MUTED");
}

/* One text in the middle of a cell. */
static void cell_text(FILE *out, double column, double row, const char *text, double size, const char *colour)
{
	fprintf(out, "set label \"%s\" at first %.2f, first %.2f center font FONT.',%.1f' textcolor rgb %s front\n",
		text, column + 0.5, row + 0.5, size, colour);
}

/* The kinds of cells. A figure without a verdict is hatched; one without a ratio is a dash. */
static bool is_hatched(const struct compare_figure *figure)
{
	return figure->verdict == COMPARE_INCONCLUSIVE || figure->verdict == COMPARE_INCOMPARABLE ||
	       figure->verdict == COMPARE_NOT_COMPARED;
}

static bool is_framed(const struct compare_figure *figure)
{
	return figure->verdict == COMPARE_REGRESSED || figure->verdict == COMPARE_IMPROVED;
}

/* Calls a function for each cell in the picture. */
static void each_cell(const struct map *map,
		      void (*call)(FILE *out, const struct map *map, double column, double row,
				   const struct compare_figure *figure),
		      FILE *out)
{
	for (size_t i = 0; i < map->comparison->cells_count; i++) {
		const struct compare_row *row = &map->comparison->cells[i];
		const struct column *column = column_find(map, row);
		const struct line *line = line_find(map, row);
		if (column && line)
			call(out, map, (double)(column - map->columns), (double)(line - map->lines),
			     &row->figures[COMPARE_RATE]);
	}
}

static void put_cell(FILE *out, const struct map *map, double column, double row, const struct compare_figure *figure)
{
	double size = fmin(CELL_SIZE_MAX, map->column_width / 3.1);
	char text[32];

	if (!isfinite(figure->ratio)) {
		cell_text(out, column, row, "-", CELL_SIZE_MAX, "MUTED");
		return;
	}
	if (size < CELL_SIZE_MIN)
		return;
	snprintf(text, sizeof text, figure->ratio < 9.995 ? "%.2f" : "%.3g", figure->ratio);
	cell_text(out, column, row, text, size, fabs(log(figure->ratio)) > 0.8 * log(1.5) ? "BACKGROUND" : "INK");
}

static void put_frame(FILE *out, const struct map *map, double column, double row, const struct compare_figure *figure)
{
	/* Two pixels inside of the cell. */
	double x = 2.5 / map->column_width, y = 2.5 / map->row_height;

	if (is_framed(figure))
		fprintf(out,
			"set object rectangle from first %.4f, first %.4f to first %.4f, first %.4f front fillstyle empty "
			"border linecolor rgb INK linewidth 1.6\n",
			column + x, row + y, column + 1 - x, row + 1 - y);
}

static void put_levels(FILE *out, const struct map *map)
{
	char text[64];
	double until = 0;

	for (size_t i = 0; i < map->columns_count; i++) {
		const struct column *column = &map->columns[i];
		double x = map->left + map->column_width * ((double)i + 0.5);
		if (*column->client)
			text_plain(text, 12, column->client);
		else
			snprintf(text, sizeof text, "%llu", (unsigned long long)column->level);
		double half = typeset_width(text, LEVEL_SIZE) / 2 + 2;
		/* Where there is not enough room, some are left out. */
		if (x - half < until)
			continue;
		until = x + half;
		screen_text(out, x, map->top - 9, "center", text, LEVEL_SIZE, "INK");
	}
	screen_text(out, map->left, map->top - 26, "left", "concurrent connections", LEVEL_SIZE, "MUTED");
}

static void put_key(FILE *out, const struct map *map)
{
	/* A mark that the template draws, its width, the text after it, and the gap to what is next. */
	static const struct {
		const char *mark;
		double width;
		const char *text;
		double gap;
	} keys[] = {
		{ NULL, 0, "slower", 8 },
		{ "KEY_COLOURS", 164 + 8, "faster (ratio of NEW to BASE)", 28 },
		{ "KEY_HATCH", 32, "no verdict", 28 },
		{ "KEY_FRAME", 32, "regressed or improved", 28 },
		{ NULL, 0, "- no valid rate", 0 },
	};
	double x = MARGIN;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (keys[i].mark)
			script_number(out, keys[i].mark, x);
		x += keys[i].width;
		screen_text(out, x, map->key_y, "left", keys[i].text, KEY_SIZE, "INK");
		x += typeset_width(keys[i].text, KEY_SIZE) + keys[i].gap;
	}
}

static void put_head(FILE *out, const struct map *map, const char *name)
{
	const struct palette *palette = &palettes[0];
	char text[TYPESET_LINE], fitted[1][TYPESET_LINE];

	fprintf(out, "# Draw again: gnuplot %s.gp\n\n", name);
	script_text(out, "NAME", name);
	script_text(out, "TITLE", "Requests per second: NEW against BASE");
	script_text(out, "BACKGROUND", palette->background);
	script_text(out, "INK", palette->ink);
	script_text(out, "MUTED", palette->muted);
	script_text(out, "HATCH", "#a0a0a0");
	script_number(out, "WIDTH", WIDTH);
	script_number(out, "HEIGHT", map->height);
	fprintf(out, "LEFT = %.2f\nRIGHT = %.2f\nTOP = %.2f\nBOTTOM = %.2f\n", map->left, map->right, map->top,
		map->bottom);
	fprintf(out, "MARGIN = %.1f\nTITLE_Y = %.1f\nKEY_Y = %.1f\n", MARGIN, TITLE_Y, map->key_y);
	fprintf(out, "COLUMNS = %zu\nROWS = %zu\n", map->columns_count, map->lines_count);
	fputs("FONT = 'DejaVu Sans'\nX(pixel) = pixel / (1.0 * WIDTH)\nY(pixel) = 1 - pixel / (1.0 * HEIGHT)\n", out);
	screen_lines(out, map->subtitle, map->subtitle_count, SUBTITLE_Y, SUBTITLE_ROW, SUBTITLE_SIZE);
	for (size_t i = 0; i < map->lines_count; i++) {
		typeset_lines(fitted, 1, line_name(text, sizeof text, map, &map->lines[i]), NAME_SIZE, LABEL_WIDTH);
		screen_text(out, map->left - 10, map->top + map->row_height * ((double)i + 0.5), "right", fitted[0],
			    NAME_SIZE, "INK");
	}
	screen_lines(out, map->notes, map->notes_count, map->bottom + 28, NOTE_ROW, NOTE_SIZE);
	put_levels(out, map);
	put_key(out, map);
	each_cell(map, put_cell, out);
	each_cell(map, put_frame, out);
	fputc('\n', out);
}

/* The table of points. */

static void point_of(FILE *out, const struct map *map, double column, double row, const struct compare_figure *figure)
{
	double max = log(1.5);

	(void)map;
	if (!isfinite(figure->ratio))
		fprintf(out, "%g %g NaN\n", column, row);
	else
		fprintf(out, "%g %g %.5f\n", column, row, fmax(-max, fmin(max, log(figure->ratio))));
}

/* Lines from the lower left to the upper right of a cell, clipped to it. */
static void hatch_of(FILE *out, const struct map *map, double column, double row, const struct compare_figure *figure)
{
	double w = map->column_width, h = map->row_height;

	for (double k = HATCH_STEP / 2; k < w + h && is_hatched(figure); k += HATCH_STEP) {
		double x = fmax(0, k - h), y = fmin(k, h), to_x = fmin(k, w), to_y = fmax(0, k - w);
		fprintf(out, "%.4f %.4f %.4f %.4f\n", column + x / w, row + y / h, (to_x - x) / w, (to_y - y) / h);
	}
}

static void put_points(FILE *out, const struct map *map)
{
	fputs("# column, row, logarithm of the ratio\n", out);
	each_cell(map, point_of, out);
	/* An index without a point would not exist for gnuplot. */
	fputs("\n\n# hatching: x, y, dx, dy\nNaN NaN NaN NaN\n", out);
	each_cell(map, hatch_of, out);
}

/* Files. */

static int source_open(FILE **file, char *path, size_t room, const char *stem, const char *ending, struct err *err)
{
	int bytes = snprintf(path, room, "%s.%s", stem, ending);

	if (bytes < 0 || (size_t)bytes >= room)
		return err_set(err, "the path %.200s is too long", stem);
	*file = file_create(path, err);
	return *file ? 0 : -1;
}

static int sources_write(const struct map *map, const char *stem, const char *name, const char *template,
			 struct err *err)
{
	char path[4096];
	FILE *file;

	if (source_open(&file, path, sizeof path, stem, "gp", err))
		return -1;
	put_head(file, map, name);
	fputs(template, file);
	if (file_close(file, path, err) || source_open(&file, path, sizeof path, stem, "dat", err))
		return -1;
	put_points(file, map);
	return file_close(file, path, err);
}

/* A description of the picture: the verdict, and what has changed. */
static int describe(const char *path, const struct comparison *comparison, struct err *err)
{
	char text[6000], words[2 * COMPARE_TEXT];
	struct compare_line *lines;
	size_t count;

	if (compare_lines(&lines, &count, comparison, true, err))
		return -1;
	compare_show_whole(text, comparison);
	for (size_t i = 0; i < count && i < 10 && compare_line_group(&lines[i]) == LINES_CHANGED; i++)
		picture_add(text, sizeof text, " ", "%s.", compare_show_line(words, &lines[i]));
	free(lines);
	return gnuplot_svg_finish(path, path, "comparison", "Requests per second: NEW against BASE, server by level",
				  text, err);
}

static void svg_lines(FILE *out, const char (*lines)[TYPESET_LINE], size_t count, double y, double step, double size,
		      const char *colour)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "<text x=\"%g\" y=\"%g\" font-size=\"%g\" fill=\"%s\">", MARGIN, y + step * (double)i,
			size, colour);
		html_text(out, lines[i]);
		fputs("</text>\n", out);
	}
}

/* What is drawn where nothing could be compared, so that no older picture is taken for the result. */
static int failure_draw(const struct map *map, const char *path, struct err *err)
{
	const struct palette *palette = &palettes[0];
	FILE *out = file_create(path, err);

	if (!out)
		return -1;
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" font-family=\"DejaVu Sans, sans-serif\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/>\n",
		WIDTH, map->height, palette->background);
	svg_lines(out, map->subtitle, map->subtitle_count, TITLE_Y, SUBTITLE_ROW, SUBTITLE_SIZE, palette->ink);
	svg_lines(out, map->notes, map->notes_count, map->bottom + 28, NOTE_ROW, NOTE_SIZE, palette->muted);
	fputs("</svg>\n", out);
	return file_close(out, path, err);
}

int compare_draw(const struct comparison *comparison, const struct compare_titles *titles, const char *path,
		 const char *templates, struct err *err)
{
	struct map map = { .comparison = comparison, .titles = titles };
	char stem[4096], folder[4096], script[4096 + 8];
	char *template = NULL;
	int result = -1;

	if (strlen(path) >= sizeof stem)
		return err_set(err, "the path %.200s is too long", path);
	/* Without .svg, which compare_outputs_check() has required. */
	snprintf(stem, sizeof stem, "%.*s", (int)(strlen(path) - 4), path);
	char *slash = strrchr(stem, '/');
	const char *name = slash ? slash + 1 : stem;
	snprintf(folder, sizeof folder, "%.*s",
		 slash == stem ? 1
		 : slash       ? (int)(slash - stem)
			       : 1,
		 slash ? stem : ".");
	snprintf(script, sizeof script, "./%s.gp", name);
	char source[4096];
	if ((size_t)snprintf(source, sizeof source, "%s/compare.gp", templates) >= sizeof source)
		return err_set(err, "the path %.200s is too long", templates);
	template = file_read(source, err);
	if (!template || map_fill(&map, err))
		goto out;
	map_layout(&map);
	if (!map.lines_count) {
		result = failure_draw(&map, path, err);
		goto out;
	}
	if (!sources_write(&map, stem, name, template, err) &&
	    !gnuplot_run(folder, (const char *const[]){ script, NULL }, NULL, err))
		result = describe(path, comparison, err);
out:
	free(template);
	free(map.columns);
	free(map.lines);
	return result;
}
