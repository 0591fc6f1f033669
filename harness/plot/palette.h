/*
 * palette: the colours and marks of pictures, and of each server in all of them.
 *
 * A server has one colour, mark and dash, which follow from its name, so that it looks the same in every picture and
 * every run. The servers that come with benchctl have fixed ones; any other name gets one of 384 from a hash. Only if
 * two names of one run lead to the same style, one of them gets another in that run.
 *
 * The colours for a light ground are four of Okabe and Ito ("Color Universal Design", 2008), black, and others found by
 * a search; those for a dark ground are a set of their own. Each has a contrast of at least 3 to 1 against its ground
 * (WCAG 2.1, 1.4.11), and every two of them stay apart (CIE76 distance of at least 16) for normal, protan, deutan and
 * tritan sight (by the matrices of Machado, Oliveira and Fernandes, 2009). There are fewer colours than servers. So the
 * servers that come with benchctl share a colour only where they are seldom seen together, and a picture names no two
 * servers of one colour as long as there are others to name (curves.h). Colour is never the only difference: marks and
 * dashes differ too.
 */
#ifndef HARNESS_PLOT_PALETTE_H
#define HARNESS_PLOT_PALETTE_H

#include <stddef.h>

#define PALETTE_COLOURS 16
#define PALETTE_MARKS   6
#define PALETTE_DASHES  4

/* The colours of a picture, each as #rrggbb. */
struct palette {
	const char *suffix; /* of the names of its files: "" or "-dark" */
	const char *background, *ink, *muted, *grid;
	const char *control; /* the control server's line */
	const char *context; /* lines without a name */
	const char *error;   /* the cross where requests failed */
	const char *servers[PALETTE_COLOURS];
};

#define PALETTES 2
extern const struct palette palettes[PALETTES]; /* light, dark */

/* All colours of a palette in a row, below PALETTE_ALL: an index has the same role in each palette. */
#define PALETTE_ALL (7 + PALETTE_COLOURS)
const char *palette_colour(const struct palette *palette, unsigned index);

/* The index of a colour of the light palette, in which each stands once; -1: it is none. */
int palette_find(unsigned red, unsigned green, unsigned blue);

/* Indexes below PALETTE_COLOURS, PALETTE_MARKS and PALETTE_DASHES. Dash 0 is a solid line. */
struct palette_style {
	unsigned colour, mark, dash;
};

/*
 * The styles of `count` servers of one run; names are sorted, and each stands once. A server of benchctl's own has its
 * fixed style; any other the style to which its name leads, or if an earlier server of the run has it, the next free
 * one.
 */
void palette_assign(struct palette_style *styles, const char *const *names, size_t count);

#endif
