/*
 * palette: the looks of pictures, and of each server in all of them.
 *
 * A server has one colour, mark and dash, chosen from its name, so that it looks the same in every picture and
 * every run. The servers that come with benchctl have fixed ones; any other name gets its own from a hash.
 *
 * The colours are four of Okabe and Ito ("Color Universal Design", 2008) and black, with violet, brown and navy in
 * the place of those of theirs that are too light: each has a contrast of at least 3 to 1 against the background
 * (WCAG 2.1, 1.4.11), and every two of them stay apart (CIE76 distance of at least 16) for normal, protan, deutan
 * and tritan sight. Colour is never the only difference: marks and dashes differ too.
 */
#ifndef HARNESS_PALETTE_H
#define HARNESS_PALETTE_H

#include <stddef.h>

#define PALETTE_COLOURS 8
#define PALETTE_MARKS 6
#define PALETTE_DASHES 4

/* The colours of a picture, each as #rrggbb. */
struct palette {
	const char *background, *ink, *muted, *grid;
	const char *ceiling;		/* the control server's line */
	const char *ceiling_fill;	/* below it */
	const char *context;		/* lines without a name */
	const char *error;		/* the cross where requests failed */
	const char *servers[PALETTE_COLOURS];
};

extern const struct palette palette_light;

/* Indexes below PALETTE_COLOURS, PALETTE_MARKS and PALETTE_DASHES. Dash 0 is a solid line. */
struct palette_style {
	unsigned colour, mark, dash;
};

/*
 * Chooses the styles of `count` servers of one picture; names are sorted, and each stands once. Up to 48 servers
 * no two have the same colour and mark, up to 192 no two the same style: where two names meet, the one of benchctl's
 * own, else the first, keeps its style.
 */
void palette_assign(struct palette_style *styles, const char *const *names, size_t count);

#endif
