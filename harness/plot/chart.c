#include "harness/plot/chart.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/plot/script.h"

#define TITLE_SIZE   12.0
#define Y_TITLE_GAP  18.0 /* from a panel's top to the title of y above it */
#define X_TITLE_GAP  43.0 /* from its bottom to the title of x below it */
#define HEADING_SIZE 12.5
#define HEADING_GAP  16.0 /* from a panel's top to its heading */

void chart_release(struct chart *chart)
{
	picture_release(&chart->picture);
	free(chart->panels);
	free(chart->lines);
	free(chart->points);
	chart->panels = NULL;
	chart->lines = NULL;
	chart->points = NULL;
}

/* Makes room for one more element of an array, which may move. Returns it, cleared; NULL where memory is out. */
static void *array_add(struct chart *chart, void *array, size_t *count, size_t *room, size_t bytes)
{
	void *moved;

	memcpy(&moved, array, sizeof moved);
	if (*count == *room) {
		void *more = realloc(moved, (*room * 2 + 16) * bytes);
		if (!more) {
			chart->picture.failed = true;
			return NULL;
		}
		*room = *room * 2 + 16;
		memcpy(array, &more, sizeof more);
		moved = more;
	}
	return memset((char *)moved + (*count)++ * bytes, 0, bytes);
}

size_t chart_panel(struct chart *chart, double left, double right, double top, double bottom)
{
	struct chart_panel *panel = array_add(chart, &chart->panels, &chart->panels_count, &chart->panels_room,
					      sizeof *panel);

	if (!panel)
		return chart->panels_count;
	*panel = (struct chart_panel){ .left = left, .right = right, .top = top, .bottom = bottom };
	return chart->panels_count - 1;
}

struct chart_panel *chart_panel_at(struct chart *chart, size_t panel)
{
	return panel < chart->panels_count ? &chart->panels[panel] : &chart->lost.panel;
}

struct chart_line *chart_line(struct chart *chart, size_t panel, enum chart_role role, const char *name,
			      struct palette_style style)
{
	struct chart_panel *in = chart_panel_at(chart, panel);
	struct chart_line *line = array_add(chart, &chart->lines, &chart->lines_count, &chart->lines_room,
					    sizeof *line);

	if (!line)
		return &chart->lost.line;
	assert(chart->picture.failed || !in->lines[role].count ||
	       in->lines[role].first + in->lines[role].count == chart->lines_count - 1);
	if (!in->lines[role].count++)
		in->lines[role].first = chart->lines_count - 1;
	*line = (struct chart_line){ .role = role, .style = style, .first = chart->points_count };
	snprintf(line->name, sizeof line->name, "%s", name);
	return line;
}

struct chart_point *chart_point(struct chart *chart, double x, double y)
{
	struct chart_point *point = array_add(chart, &chart->points, &chart->points_count, &chart->points_room,
					      sizeof *point);

	if (!point || !chart->lines_count)
		return &chart->lost.point;
	chart->lines[chart->lines_count - 1].count++;
	*point = (struct chart_point){ .x = x, .y = y, .low = y, .high = y, .size = 1 };
	return point;
}

void chart_share(struct chart *chart, size_t panel, size_t from, enum chart_role role)
{
	chart_panel_at(chart, panel)->lines[role] = chart_panel_at(chart, from)->lines[role];
}

static double part_of(const struct chart_axis *axis, double value)
{
	double part = (value - axis->min) / (axis->max - axis->min);

	if (axis->is_log)
		part = log(value / axis->min) / log(axis->max / axis->min);
	/* A value beyond the axis still gets a finite position in pixels. */
	return fmin(fmax(part, -1), 2);
}

double chart_x(const struct chart_panel *panel, double value)
{
	return panel->left + (panel->right - panel->left) * part_of(&panel->x, value);
}

double chart_y(const struct chart_panel *panel, double value)
{
	return panel->bottom - (panel->bottom - panel->top) * part_of(&panel->y, value);
}

/* Axes. */

void chart_tic(struct chart_axis *axis, double at, const char *text)
{
	if (axis->count == CHART_TICS_MAX)
		return;
	axis->tics[axis->count] = at;
	snprintf(axis->texts[axis->count++], CHART_TIC_TEXT, "%s", text);
}

static bool is_power_of_two(uint64_t level)
{
	return (level & (level - 1)) == 0;
}

/* The levels that may have a tic: powers of two where all are such, else all or evenly chosen ones. Returns how many. */
static size_t levels_wanted(uint64_t wanted[CHART_TICS_MAX], const uint64_t *levels, size_t count, bool is_doubling)
{
	size_t found = 0;

	for (uint64_t level = levels[0]; is_doubling && level && level <= levels[count - 1]; level *= 2)
		wanted[found++] = level;
	for (size_t i = 0; i < CHART_TICS_MAX && i < count && !is_doubling; i++)
		wanted[found++] = levels[count < CHART_TICS_MAX ? i : i * (count - 1) / (CHART_TICS_MAX - 1)];
	return found;
}

void chart_axis_levels(struct chart_panel *panel, const uint64_t *levels, size_t count)
{
	struct chart_axis *axis = &panel->x;
	double min = (double)levels[0], max = (double)levels[count - 1], used = -INFINITY;
	double width = panel->right - panel->left;
	uint64_t wanted[CHART_TICS_MAX];
	char text[CHART_TIC_TEXT];
	bool is_doubling = true;

	/* Room for half a mark at both ends; a single level is in the middle. */
	double margin = count > 1 ? exp2(fmax(0.02, 8 / width) * log2(max / min)) : 2;
	*axis = (struct chart_axis){ .min = min / margin, .max = max * margin, .is_log = true };
	for (size_t i = 0; i < count; i++)
		is_doubling = is_doubling && is_power_of_two(levels[i]);
	size_t tics = levels_wanted(wanted, levels, count, is_doubling);
	/* In a narrow panel the distance of tics is 2, 4, 8 ... steps, from the first level. */
	size_t each = is_doubling ? 1 : 0;
	snprintf(text, sizeof text, "%llu", (unsigned long long)levels[count - 1]);
	double room = typeset_width(text, PICTURE_TIC_SIZE) + 4;
	while (each && tics > 1 && width * (double)each / (double)tics < room)
		each *= 2;
	for (size_t i = 0; i < tics; i++) {
		snprintf(text, sizeof text, "%llu", (unsigned long long)wanted[i]);
		double half = typeset_width(text, PICTURE_TIC_SIZE) / 2 + 2;
		double x = chart_x(panel, (double)wanted[i]);
		if (each && i % each && i + 1 < tics)
			continue;
		if (x - half < used) {
			/* The last level is more important than the one before it. */
			if (i + 1 < tics || axis->count < 2)
				continue;
			axis->count--;
		}
		chart_tic(axis, (double)wanted[i], text);
		used = x + half;
	}
}

double chart_end(double max)
{
	return max >= CHART_MIN ? fmin(max, CHART_MAX) : 1;
}

double chart_step(double max, unsigned parts)
{
	static const double rounds[] = { 1, 2, 2.5, 5, 10 };
	double tens = pow(10, floor(log10(max / parts)));
	size_t i = 0;

	while (i + 1 < sizeof rounds / sizeof *rounds && rounds[i] * tens * parts < max * (1 - 1e-9))
		i++;
	return rounds[i] * tens;
}

void chart_show_count(char *out, double value)
{
	char shown[UNITS_TEXT];

	if (value == floor(value))
		snprintf(out, CHART_TIC_TEXT, "%s", units_show_count(shown, units_whole(value)));
	else
		snprintf(out, CHART_TIC_TEXT, "%g", value);
}

void chart_show_percent(char *out, double value)
{
	snprintf(out, CHART_TIC_TEXT, "%g" PICTURE_NO_BREAK "%%", value);
}

struct unit {
	double size;
	const char *name;
};

/* Units fall, and the last one has no smaller beside it. */
static void show_unit(char *out, double value, const struct unit *unit)
{
	while (unit[1].name && value < unit->size * (1 - 1e-9))
		unit++;
	snprintf(out, CHART_TIC_TEXT, "%.4g" PICTURE_NO_BREAK "%s", value / unit->size, unit->name);
}

void chart_show_ns(char *out, double value)
{
	static const struct unit units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" }, { 0, NULL } };

	show_unit(out, value, units);
}

void chart_show_us(char *out, double value)
{
	chart_show_ns(out, value * 1e3);
}

void chart_show_bytes(char *out, double value)
{
	static const struct unit units[] = {
		{ 1073741824, "GiB" }, { 1048576, "MiB" }, { 1024, "KiB" }, { 1, "B" }, { 0, NULL },
	};

	show_unit(out, value, units);
}

void chart_axis_linear(struct chart_axis *axis, double highest, unsigned parts, chart_show *show)
{
	char text[CHART_TIC_TEXT];

	*axis = (struct chart_axis){ .max = chart_end(highest) * 1.06 };
	double step = chart_step(axis->max, parts);
	for (size_t i = 0; (double)i * step <= axis->max * (1 + 1e-9); i++) {
		show(text, (double)i * step);
		chart_tic(axis, (double)i * step, text);
	}
}

/* The round values of a logarithmic axis: of each `base` to a power, the parts of `rounds`. */
static size_t rounds_of(double *out, const struct chart_axis *axis, double base, const double *rounds, size_t count,
			int every)
{
	size_t found = 0;
	int from = (int)floor(log(axis->min) / log(base)), to = (int)ceil(log(axis->max) / log(base));

	for (int power = from; power <= to; power++)
		for (size_t i = 0; i < count; i++) {
			double at = rounds[i] * pow(base, power);
			if (power % every == 0 && at >= axis->min && at <= axis->max && found < CHART_TICS_MAX)
				out[found++] = at;
		}
	return found;
}

static bool fit(const double *at, size_t count, const struct chart_axis *axis, double pixels, double tic_pixels,
		chart_show *show)
{
	double used = -INFINITY;

	for (size_t i = 0; i < count; i++) {
		char text[CHART_TIC_TEXT];
		show(text, at[i]);
		double half = tic_pixels > 0 ? tic_pixels / 2 : typeset_width(text, PICTURE_TIC_SIZE) / 2 + 5;
		double place = part_of(axis, at[i]) * pixels;
		if (place - half < used)
			return false;
		used = place + half;
	}
	return count > 0;
}

void chart_axis_log(struct chart_axis *axis, double min, double max, double margin, double pixels, double tic_pixels,
		    chart_show *show)
{
	static const double rounds[] = { 1, 2, 5 };
	double at[CHART_TICS_MAX];
	size_t count = 0;
	bool is_binary = show == chart_show_bytes;

	if (!(min > 0) || !(max >= min)) {
		*axis = (struct chart_axis){ .min = 1, .max = 10, .is_log = true };
		return;
	}
	min = fmin(fmax(min, CHART_MIN), CHART_MAX);
	max = fmin(fmax(max, CHART_MIN), CHART_MAX);
	double beyond = max > min ? pow(max / min, margin) : 2;
	beyond = fmax(beyond, 1.02);
	*axis = (struct chart_axis){ .min = min / beyond, .max = max * beyond, .is_log = true };
	/* From the maximum of tics to the minimum: the first choice that fits. */
	for (int every = is_binary ? 1 : 0; every <= 16 && !count; every++) {
		count = every ? rounds_of(at, axis, is_binary ? 2 : 10, rounds, 1, every)
			      : rounds_of(at, axis, 10, rounds, 3, 1);
		if (!fit(at, count, axis, pixels, tic_pixels, show))
			count = 0;
	}
	if (!count || (count == 1 && max > min * 1.5)) { /* a short axis: its two ends */
		at[0] = min;
		at[1] = max;
		count = max > min && fit(at, 2, axis, pixels, tic_pixels, show) ? 2 : 1;
	}
	for (size_t i = 0; i < count; i++) {
		char text[CHART_TIC_TEXT];
		show(text, at[i]);
		chart_tic(axis, at[i], text);
	}
}

void chart_titles(struct chart *chart, size_t panel, const char *y_title, const char *x_title)
{
	const struct chart_panel *in = chart_panel_at(chart, panel);

	if (*y_title) {
		double left = in->left == PICTURE_LEFT ? PICTURE_MARGIN : in->left;
		picture_text(&chart->picture, y_title, left, in->top - Y_TITLE_GAP, TITLE_SIZE);
	}
	if (*x_title)
		picture_text(&chart->picture, x_title, (in->left + in->right) / 2, in->bottom + X_TITLE_GAP, TITLE_SIZE)
			->align = PICTURE_CENTRE;
}

void chart_titles_below(struct chart *chart, const char *x_title)
{
	struct picture *picture = &chart->picture;

	picture_text(picture, x_title, (PICTURE_LEFT + picture->right) / 2, picture->bottom + X_TITLE_GAP, TITLE_SIZE)
		->align = PICTURE_CENTRE;
}

void chart_heading(struct chart *chart, size_t panel, const char *heading, const char *detail)
{
	const struct chart_panel *at = chart_panel_at(chart, panel);
	double x = at->left + typeset_width(heading, HEADING_SIZE) * 1.15 + 8;

	picture_text(&chart->picture, heading, at->left, at->top - HEADING_GAP, HEADING_SIZE)->is_bold = true;
	if (*detail)
		picture_text(&chart->picture, detail, x, at->top - HEADING_GAP, PICTURE_DETAIL_SIZE)->is_muted = true;
}

/* The script. */

static void put_axis(FILE *out, const struct chart_panel *panel, const struct chart_axis *axis, char name,
		     bool no_texts)
{
	if (axis->is_log)
		fprintf(out, "set logscale %c %d; ", name, name == 'x' ? 2 : 10);
	else
		fprintf(out, "unset logscale %c; ", name);
	fprintf(out, "set %crange [%.12g:%.12g]; ", name, axis->min, axis->max);
	if (panel->is_empty || !axis->count) {
		fprintf(out, "unset %ctics; ", name);
		return;
	}
	/* A text of a tic is a format. */
	fprintf(out, "set %ctics (", name);
	for (size_t i = 0; i < axis->count; i++) {
		fprintf(out, "%s'", i ? ", " : "");
		for (const char *at = no_texts ? "" : axis->texts[i]; *at; at++)
			fputs(*at == '%' ? "%%" : (const char[]){ *at, 0 }, out);
		fprintf(out, "' %.12g", axis->tics[i]);
	}
	fputs("); ", out);
}

/* Commands of gnuplot, which the template runs: texts of tics are their only quoted texts. */
static void put_axes(FILE *out, const void *of, const struct palette *palette)
{
	const struct chart_panel *panel = of;

	(void)palette;
	fputc('"', out);
	put_axis(out, panel, &panel->x, 'x', panel->no_x_texts);
	put_axis(out, panel, &panel->y, 'y', panel->no_y_texts);
	fputs(panel->is_empty ? "unset grid; unset border\"" : "\"", out);
}

/* The lines of a role, counted from 1 as in gnuplot; if there is none, the last precedes the first. */

static void put_from(FILE *out, const void *lines, const struct palette *palette)
{
	(void)palette;
	fprintf(out, "%zu", ((const struct chart_lines *)lines)->first + 1);
}

static void put_to(FILE *out, const void *lines, const struct palette *palette)
{
	(void)palette;
	fprintf(out, "%zu", ((const struct chart_lines *)lines)->first + ((const struct chart_lines *)lines)->count);
}

#define ROLE(name, role)                                                       \
	{ name "_FROM", offsetof(struct chart_panel, lines[role]), put_from }, \
	{                                                                      \
		name "_TO", offsetof(struct chart_panel, lines[role]), put_to  \
	}

static const struct script_array panel_arrays[] = {
	{ "PANEL_LEFT", offsetof(struct chart_panel, left), script_put_number },
	{ "PANEL_RIGHT", offsetof(struct chart_panel, right), script_put_number },
	{ "PANEL_TOP", offsetof(struct chart_panel, top), script_put_number },
	{ "PANEL_BOTTOM", offsetof(struct chart_panel, bottom), script_put_number },
	{ "PANEL_FILLED", offsetof(struct chart_panel, is_filled), script_put_flag },
	{ "PANEL_FAINT", offsetof(struct chart_panel, is_faint), script_put_flag },
	{ "PANEL_AXES", 0, put_axes },
	ROLE("CONTROL", CHART_CONTROL),
	ROLE("CONTEXTS", CHART_CONTEXT),
	ROLE("GUIDES", CHART_GUIDE),
	ROLE("DOTS", CHART_DOTS),
	ROLE("FAINT", CHART_FAINT),
	ROLE("BARS", CHART_BAR),
	ROLE("THIN", CHART_THIN),
	ROLE("NAMED", CHART_NAMED),
	ROLE("ROWS", CHART_ROW),
	{ NULL, 0, NULL },
};

static void put_colour(FILE *out, const void *of, const struct palette *palette)
{
	const struct chart_line *line = of;
	bool is_control = line->is_grey || line->role == CHART_CONTROL;

	script_put_text(out,
			line->role == CHART_CONTEXT ? palette->context
			: is_control                ? palette->control
						    : palette->servers[line->style.colour],
			palette);
}

static void put_dash(FILE *out, const void *dash, const struct palette *palette)
{
	(void)palette;
	fprintf(out, "%u", *(const unsigned *)dash + 1);
}

static const struct script_array line_arrays[] = {
	{ "COLOUR", 0, put_colour },
	{ "MARK", offsetof(struct chart_line, style.mark), script_put_integer },
	{ "DASH", offsetof(struct chart_line, style.dash), put_dash },
	{ NULL, 0, NULL },
};

static void put_head(FILE *out, const struct palette *palette, const void *context)
{
	const struct chart *chart = context;

	script_number(out, "PANELS", (double)chart->panels_count);
	script_arrays(out, panel_arrays, chart->panels, chart->panels_count, sizeof *chart->panels, palette);
	script_number(out, "LINES", (double)chart->lines_count);
	script_arrays(out, line_arrays, chart->lines, chart->lines_count, sizeof *chart->lines, palette);
}

/* An index of gnuplot for each line, in which an empty line breaks the line. */
static void put_points(FILE *out, const void *context)
{
	const struct chart *chart = context;

	fputs("# x y low high valid errors alone ring size\n", out);
	for (size_t i = 0; i < chart->lines_count; i++) {
		const struct chart_line *line = &chart->lines[i];
		fprintf(out, "%s# %s\n", i ? "\n\n" : "", line->name);
		for (size_t j = 0; j < line->count; j++) {
			const struct chart_point *point = &chart->points[line->first + j];
			bool alone = (!j || point->gap) && (j + 1 == line->count || point[1].gap);
			fprintf(out, "%s%.10g %.10g %.10g %.10g %d %d %d %d %.3g\n", j && point->gap ? "\n" : "",
				point->x, point->y, point->low, point->high, !point->invalid, point->errors, alone,
				point->ring, point->size);
		}
		/* An index without a point would not exist for gnuplot. */
		if (!line->count)
			fputs("NaN NaN NaN NaN 1 0 0 0 1\n", out);
	}
}

int chart_write(struct chart *chart, const char *folder, const char *template, struct err *err)
{
	const struct picture_parts parts = { put_head, put_points, chart };

	return picture_write(&chart->picture, &parts, folder, template, err);
}
