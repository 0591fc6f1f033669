/*
 * curves: the servers of a picture: which of them are drawn, in which order, and which have a name.
 *
 * A picture has room for eight names. They go to the servers with the highest scores, which depend on the kind of
 * picture; the others are thin grey lines. Two servers with one colour are not both named as long as there are others
 * to name: then the one with the lower score is a grey line too, and a note says which these are. The control server is
 * always named, and is drawn below all others.
 */
#ifndef HARNESS_PLOT_CURVES_H
#define HARNESS_PLOT_CURVES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/lib/err.h"
#include "harness/plot/palette.h"
#include "harness/plot/picture.h"
#include "harness/record/document.h"

struct curve {
	const char *server;      /* of the document */
	char name[PICTURE_TEXT]; /* fit to be shown */
	struct palette_style style;
	size_t index;      /* among all servers of the run, in the order of summary_servers() */
	double score;      /* NAN: there is no figure to draw */
	bool measured;     /* there is a cell, perhaps a failed one */
	const char *error; /* why the first failed cell did; of the document; or NULL */
	bool is_control, is_named;
};

struct curves {
	struct curve *
		all; /* owned; in drawing order: the control server, servers without a name, servers with a name, each from the lowest score; after these `count` the servers that were measured and have no figure */
	size_t count, controls, contexts, failed; /* controls is 0 or 1 */
	size_t servers;                           /* of the run */
};

/* All servers of the run, without scores. Returns 0, or -1 with err set; release in both cases. */
int curves_init(struct curves *curves, const struct document *doc, struct err *err);

void curves_release(struct curves *curves);

/* Another picture's choice of the same servers. Returns 0, or -1 with err set. */
int curves_copy(struct curves *curves, const struct curves *from, struct err *err);

/* After the scores are set, or changed: orders and names them, at most `names` with the control server. */
void curves_rank(struct curves *curves, size_t names);

/* The named server with that rank, 0 for the highest score; the control server comes last. NULL: none. */
const struct curve *curves_named(const struct curves *curves, size_t rank);

/* Adds the label of a curve. */
void curves_label(const struct curve *curve, struct picture *picture, const char *name, const char *detail);

/* Adds the labels of all that are named, highest score first, with an empty detail, as an ordered list. */
void curves_list(const struct curves *curves, struct picture *picture);

/* Adds the key of the grey lines, as in "23 slower servers". */
void curves_key(const struct curves *curves, struct picture *picture, const char *which, const char *what);

/*
 * Notes: the versions of the named servers, or of all, as far as there is room; the servers of the grey lines, those
 * without a figure.
 */
void curves_note_versions(const struct curves *curves, struct picture *picture, bool of_all);
void curves_note_contexts(const struct curves *curves, struct picture *picture, const char *heading);
void curves_note_failed(const struct curves *curves, struct picture *picture, const char *heading);

/* Where nothing can be drawn: what was measured without a figure, and why. */
void curves_message(const struct curves *curves, struct picture *picture, const char *heading);

#endif
