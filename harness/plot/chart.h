/*
 * chart: the inside of a picture: panels with axes, and in them lines of points.
 *
 * All kinds of picture consist of the same few elements, and one template draws them. A panel is a rectangle with two
 * axes. A line belongs to a panel and has a role, which decides how it looks, and a style, which is the server's. The
 * lines of one panel and role are added one after the other. Where there are points without a figure, the line is
 * broken: see `gap`.
 *
 * Adding an element can fail only where memory is out; then `picture.failed` is set, and chart_write() says so.
 */
#ifndef HARNESS_PLOT_CHART_H
#define HARNESS_PLOT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/lib/err.h"
#include "harness/plot/palette.h"
#include "harness/plot/picture.h"

enum chart_role {
	CHART_CONTROL, /* a thick grey line; where the panel says so, with its area filled */
	CHART_CONTEXT, /* a thin grey line */
	CHART_GUIDE,   /* a dotted line */
	CHART_DOTS,    /* faint dots, no line */
	CHART_FAINT,   /* a faint thin line */
	CHART_BAR,     /* thick faint bars, each from low to high of a point, which are of x here */
	CHART_THIN,    /* a thin line */
	CHART_NAMED,   /* a line with marks, and a band or bars from low to high */
	CHART_ROW,     /* marks of individual sizes, no line */
	CHART_ROLES
};

/* At most one tic per level, or per power of two. */
#define CHART_TICS_MAX 64
#define CHART_TIC_TEXT 32

struct chart_axis {
	double min, max; /* of what is shown */
	bool is_log;
	double tics[CHART_TICS_MAX];
	char texts[CHART_TICS_MAX][CHART_TIC_TEXT]; /* of nothing but digits, units and punctuation */
	size_t count;
};

struct chart_point {
	double x, y, low, high; /* low and high: equal to y where there is no spread */
	double size;            /* CHART_ROW: of the mark, 1 is the usual one */
	bool invalid;           /* hollow */
	bool errors;            /* with a cross */
	bool ring;
	bool gap; /* the line is broken before it */
};

struct chart_line {
	enum chart_role role;
	char name[PICTURE_TEXT]; /* for readers of the points */
	bool is_grey;            /* the control server's colour, whatever the style */
	struct palette_style style;
	size_t first, count; /* its points */
};

struct chart_panel {
	double left, right, top, bottom; /* pixels */
	struct chart_axis x, y;
	bool is_faint;               /* contexts are only the background */
	bool is_filled;              /* below the control server's line */
	bool no_x_texts, no_y_texts; /* the tics have no text: the panel next to it or below it has the same */
	bool is_empty;               /* no axes, no grid: there is no scale to read */
	struct chart_lines {
		size_t first, count;
	} lines[CHART_ROLES];
};

struct chart {
	struct picture picture;
	struct chart_panel *panels; /* owned, as all arrays are */
	size_t panels_count, panels_room;
	struct chart_line *lines;
	size_t lines_count, lines_room;
	struct chart_point *points;
	size_t points_count, points_room;
	bool is_skipped; /* there is nothing of this kind to draw */
	union {
		struct chart_panel panel;
		struct chart_line line;
		struct chart_point point;
	} lost; /* written to where memory is out; the picture is not drawn then */
};

void chart_release(struct chart *chart);

/* Adds a panel. Returns its number. */
size_t chart_panel(struct chart *chart, double left, double right, double top, double bottom);

/* The panel of that number, until the next one is added; never NULL. */
struct chart_panel *chart_panel_at(struct chart *chart, size_t panel);

/* Adds a line to a panel, to which the following points belong. Returns it, until the next one is added; never NULL. */
struct chart_line *chart_line(struct chart *chart, size_t panel, enum chart_role role, const char *name,
			      struct palette_style style);

/* Adds a point to the last line. Returns it, until the next one is added; never NULL. */
struct chart_point *chart_point(struct chart *chart, double x, double y);

/* Lets a panel show the lines of a role of another one too. */
void chart_share(struct chart *chart, size_t panel, size_t from, enum chart_role role);

/* The position of a value in a panel, in pixels. */
double chart_x(const struct chart_panel *panel, double value);
double chart_y(const struct chart_panel *panel, double value);

/* The axis of the levels, rising: tics at powers of two where all are such, else at the levels; those that fit. */
void chart_axis_levels(struct chart_panel *panel, const uint64_t *levels, size_t count);

/* Adds a tic, as long as there is room for one. */
void chart_tic(struct chart_axis *axis, double at, const char *text);

/* Writes a value of an axis in short form, in CHART_TIC_TEXT bytes. */
typedef void chart_show(char *out, double value);
chart_show chart_show_count;   /* 20,000 */
chart_show chart_show_percent; /* 20 % */
chart_show chart_show_ns;      /* 20 µs */
chart_show chart_show_us;      /* the same, from microseconds */
chart_show chart_show_bytes;   /* 20 KiB */

/*
 * The range of an axis. A figure from a file can be any number, and beyond these limits the steps of an axis would
 * vanish, or never end.
 */
#define CHART_MIN 1e-6
#define CHART_MAX 1e24

/* The end of a linear axis for values up to that: 1 where they are too small, or none, and no more than CHART_MAX. */
double chart_end(double max);

/* A linear axis from 0 to a little more than the maximum. */
void chart_axis_linear(struct chart_axis *axis, double highest, unsigned parts, chart_show *show);

/*
 * A logarithmic axis for values from min to max, with as much room beyond both as `margin` times their distance;
 * at least one tic, and no more than fit into that many pixels, each taking `tic_pixels` (0: as wide as its text).
 * Without values (max < min, or not positive) it goes from 1 to 10 and has no tics.
 */
void chart_axis_log(struct chart_axis *axis, double min, double max, double margin, double pixels, double tic_pixels,
		    chart_show *show);

/* A round step (1, 2, 2.5 or 5 times a power of ten) that divides 0..max into at most `parts`. `max` is one of chart_end(). */
double chart_step(double max, unsigned parts);

/* The titles of a panel's axes: that of y above it, that of x below it. "": none. */
void chart_titles(struct chart *chart, size_t panel, const char *y_title, const char *x_title);

/* The title of x below the middle of all panels, once the picture has its height. */
void chart_titles_below(struct chart *chart, const char *x_title);

/* The heading of a panel, with a detail ("": none) in small letters. */
void chart_heading(struct chart *chart, size_t panel, const char *heading, const char *detail);

/* picture_write() of all. Returns 0, or -1 with err set. */
int chart_write(struct chart *chart, const char *folder, const char *template, struct err *err);

#endif
