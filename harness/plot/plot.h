/*
 * plot: a run as pictures.
 *
 * There is a table of the kinds of picture. Each kind makes one picture per mode, if the run has its data, and each
 * picture is drawn as SVG and PNG, light and dark:
 *
 *     rate-close.svg  rate-close.png  rate-close-dark.svg  rate-close-dark.png
 *
 * with their sources next to them (see picture.h). What they share is in one place: which servers are in a picture and
 * are named (curves.h), axes, panels and lines (chart.h), title, keys, names and notes (picture.h).
 */
#ifndef HARNESS_PLOT_PLOT_H
#define HARNESS_PLOT_PLOT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The kinds, in the order for a reader. */
enum plot_kind_id {
	PLOT_ANSWER,      /* a row for each server by verdict: its rates, and what is left of its best */
	PLOT_HERO,        /* requests per second against connections */
	PLOT_PANELS,      /* the same, a panel for each server */
	PLOT_SHAPE,       /* the same, relative to each server's own maximum */
	PLOT_PERCENTILES, /* latency against connections, and the connect time */
	PLOT_COST,        /* CPU per request and memory per connection */
	PLOT_ERRORS,      /* failures by kind, and the connections open inside the server */
	PLOT_LATENCY,     /* latency against the rate offered in an open loop */
	PLOT_SEQUENTIAL,  /* sequential against parallel, and the figures of 2010 */
	PLOT_PREVIEW,     /* 1200 x 630 pixels for previews of links: PNG only */
	PLOT_KINDS
};

#define PLOT_ALL   ((1u << PLOT_KINDS) - 1) /* a set of all kinds */
#define PLOT_LIGHT (1u << 31) /* with a set: each picture as one SVG only, light, for a page that has it in it */

/* How pictures look, where that is not as usual. */
struct plot_look {
	const char *title, *subtitle; /* NULL: as usual, as 0 is below */
	double width, height; /* in pixels; a picture is higher where its content is. A preview has a size of its own */
	unsigned formats;     /* bits of enum plot_format */
	enum plot_scale { PLOT_SCALE_USUAL, PLOT_SCALE_LOG, PLOT_SCALE_LINEAR } scale; /* of rates */
};

enum plot_format { PLOT_SVG = 1, PLOT_PNG = 2, PLOT_PDF = 4 };

/*
 * The formats in a text such as "svg,pdf", and the size in one such as "1600x900". Each returns 0; or -1 with the look unchanged and
 * err set.
 */
int plot_formats_parse(struct plot_look *look, const char *text, struct err *err);
int plot_size_parse(struct plot_look *look, const char *text, struct err *err);

/* As --kinds has them: "answer", "hero", ... */
const char *plot_kind_name(enum plot_kind_id kind);

#define PLOT_STEM 64

/* A picture that was drawn. */
struct plot_picture {
	enum plot_kind_id kind;
	char stem[PLOT_STEM]; /* of its files: STEM.svg, STEM-dark.svg, STEM.png, STEM-dark.png, STEM.gp, STEM.dat */
	char mode[PLOT_STEM]; /* "close", ... */
	char *title;          /* one line of plain text; owned, as `description` is */
	char *description;    /* a description, for readers who do not see it (alt text) */
	double width, height; /* in pixels: of the SVG; a PNG has twice as many, a preview's as many */
	bool has_svg;         /* a preview has none */
};

struct plot_list {
	struct plot_picture *pictures; /* by kind, then by mode */
	size_t count;
};

void plot_list_release(struct plot_list *list);

/*
 * Draws, with that look (NULL: the usual one), those pictures of the set `kinds` (bits of enum plot_kind_id) for which the run has data into a folder, which
 * is made where it is missing, and lists them in *list, if it is not NULL. A mode of which every cell failed has a hero
 * that says so. Returns 0; or -1 with err set and nothing to release: nothing to draw, folder or template not
 * accessible, gnuplot missing or failed (with its stderr), or "interrupted" since *stop was set (stop may be NULL).
 */
int plot_draw(const struct document *doc, unsigned kinds, const struct plot_look *look, const char *folder,
	      const char *templates_folder, struct plot_list *list, const volatile sig_atomic_t *stop, struct err *err);

/*
 * The set of the kinds in a text such as "hero,shape". Returns 0; or -1 with *kinds unchanged and err set, which
 * names all kinds.
 */
int plot_kinds_parse(unsigned *kinds, const char *text, struct err *err);

#endif
