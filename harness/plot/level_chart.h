/*
 * level_chart: pictures that show a figure of each server against the concurrent connections.
 *
 * Such a kind of picture is a row of a table, a struct level_kind: its title, its panels, which keys and notes it has,
 * and the place of the names of the servers. level_chart_fill() makes the picture from that row. Kinds that need more
 * than one row of panels, or other panels besides, use its steps.
 */
#ifndef HARNESS_PLOT_LEVEL_CHART_H
#define HARNESS_PLOT_LEVEL_CHART_H

#include "harness/plot/chart.h"
#include "harness/plot/plot_data.h"

#define LEVEL_CONNECTIONS "concurrent connections offered" /* title of the axis of levels */

/* The value of a server at a level; NAN: none. */
typedef double level_value(const struct plot_data *data, const struct curve *curve, size_t level);

struct level_panel {
	const char *title, *detail;                      /* above the panel; title NULL: none */
	level_value *value;                              /* of all servers */
	level_value *thin, *guide;                       /* a second line of those named, thin or dotted; NULL: none */
	chart_show *show;                                /* writes the tics of y */
	double (*highest)(const struct plot_data *data); /* y is linear from 0 to this; NULL: logarithmic */
	double margin;   /* logarithmic: beyond the values, as a share of their distance */
	bool is_filled;  /* below the control server, where that is a ceiling */
	bool has_spread; /* lines have the range over the launches */
	bool has_dots;   /* and a dot for each launch */
	bool is_latency; /* points are hollow too where the latency is censored */
	enum level_modes { LEVEL_ALL_MODES, LEVEL_CLOSE, LEVEL_NOT_CLOSE } modes;
};

/* The place of the servers' names. */
enum level_names {
	LEVEL_AT_ENDS, /* at the ends of the lines of the only panel */
	LEVEL_BESIDE,  /* in a list next to the panels */
};

#define LEVEL_PANELS_MAX 6

struct level_kind {
	const char *title,
		*title_of_one; /* title_of_one: of one level, before "at 100 connections"; NULL: not drawn then */
	const char *what;      /* begins the description */
	const char *y_title;   /* of the first panel; "": none */
	enum level_names names;
	bool is_small;  /* no keys, few notes, and the size is fixed: names are left out until the others fit */
	bool has_empty; /* drawn without a figure too: then it says why there is none */
	bool is_grid;   /* panels are in rows of two or three, and share the scale of y */
	bool has_control_key, has_errors_key;
	const char *guide_key, *thin_key; /* the second: where there is such a line */
	const char
		*contexts_key[2]; /* the grey lines, as in "5 slower servers": before and after "servers"; NULL: none */
	const char *note;         /* NULL: none */
	bool has_all_versions;    /* the note of versions is of all servers, not only of those named */
	bool has_open_note;       /* how many connections were open inside the servers */
	const char *contexts_note,
		*failed_note; /* before the names of the grey lines, of those without a figure; or NULL */
	/* A ranking other than by the maximum rate; NULL: by the maximum rate. */
	int (*choose)(struct curves *curves, const struct plot_data *data, struct err *err);
	/* Adds to the description what is remarkable about a named server. */
	void (*describe)(struct picture *picture, const struct plot_data *data, const struct curve *curve);
	struct level_panel panels[LEVEL_PANELS_MAX]; /* up to the first without a value */
};

/* A picture in the making. */
struct level_chart {
	struct chart *chart;
	const struct plot_data *data;
	const struct level_kind *kind;
	struct curves curves; /* owned */
};

/* Fills the chart, or sets is_skipped in it. Returns 0, or -1 with err set. */
int level_chart_fill(struct chart *chart, const struct plot_data *data, const struct level_kind *kind, struct err *err);

/* The steps: the title; the keys up to that of the guide and the others; the notes; the names; the description's first sentence. */
void level_chart_title(struct level_chart *made);
void level_chart_keys(struct level_chart *made);
void level_chart_key_contexts(struct level_chart *made);
void level_chart_notes(struct level_chart *made);
void level_chart_names(struct level_chart *made);
void level_chart_describe(struct level_chart *made);

/* Places the names at the ends of a panel's lines. */
void level_chart_place(struct level_chart *made, size_t panel, level_value *value);

/* A panel of the chart with its axes and lines; min and max are those of a logarithmic y. Returns its number. */
struct level_place {
	double left, right, top, bottom, min, max;
};
size_t level_chart_panel(struct level_chart *made, const struct level_panel *row, struct level_place place);

/* One line: the values of a server. Returns how many points it has. */
size_t level_chart_line(struct chart *chart, size_t panel, enum chart_role role, const struct level_panel *row,
			const struct plot_data *data, const struct curve *curve, level_value *value);

/* Minimum and maximum over all servers. Where there is no value: min > max. */
void level_chart_range(const struct plot_data *data, level_value *value, double *min, double *max);

/* Requests per second, as a value, and their highest of all launches. */
level_value level_rate;
double level_rate_highest(const struct plot_data *data);

/* Describes a server by its maximum rate, and where it failed. */
void level_describe_rate(struct picture *picture, const struct plot_data *data, const struct curve *curve);

/* A value on a logarithmic axis: NAN where it is not positive. */
double level_positive(double value);

#endif
