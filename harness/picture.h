/*
 * picture: what all pictures of a run have in common, whatever is drawn in them.
 *
 * A picture is a plot with axes, and around it a title, keys, names at the line ends, and notes. It is drawn by gnuplot
 * from three things: a template (plots/templates/KIND.gp), which has the looks; a head of numbers and texts, which has
 * everything that depends on the run; and a table of points. Head and template become `KIND-MODE.gp`, the points
 * `KIND-MODE.dat`, and both stay beside the pictures: they are their source, and `gnuplot KIND-MODE.gp` in that folder
 * draws them again (without the SVG's title and description, which are added afterwards).
 *
 * Who draws one fills it in this order: picture_init(), the labels and picture_fit(), the keys, the notes. Then the axes
 * stand between `left`, `right`, `top` and `bottom`; the labels are told where their lines end and are placed, and
 * picture_draw() does the rest. Texts from outside reach gnuplot with every character escaped that could have a meaning,
 * and with its markup switched off.
 */
#ifndef HARNESS_PICTURE_H
#define HARNESS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/document.h"
#include "harness/lib/err.h"
#include "harness/lib/typeset.h"
#include "harness/palette.h"

/* The most names at line ends of one picture, that of the control server among them. */
#define PICTURE_NAMES_MAX 8

/* The layout, in pixels from the upper left corner. */
#define PICTURE_WIDTH 1200.0
#define PICTURE_HEIGHT 720.0
#define PICTURE_LEFT 84.0	/* of the axes */

#define PICTURE_TIC_SIZE 12.0	/* font size at the axes */
#define PICTURE_TEXT 256
#define PICTURE_NOTES_MAX 16
#define PICTURE_KEYS_MAX 8
#define PICTURE_LINES 3		/* of a label */
#define PICTURE_MESSAGE 12	/* lines of a message */
#define PICTURE_NO_BREAK "\u00a0"	/* a blank at which no line is broken */

/* A name at a line's end. */
struct picture_label {
	char lines[PICTURE_LINES][TYPESET_LINE];
	size_t count;
	char detail[64];
	bool muted;
	size_t curve;			/* which one it names: an index into those of the template */
	double end_x, end_y;		/* where its line ends */
	double height, y;		/* y: of its middle */
};

struct picture {
	const struct document *doc;
	const char *kind, *mode;	/* of the names of its files; mode is the document's */
	const struct palette *palette;
	double right, top, bottom;	/* of the axes */
	struct picture_label labels[PICTURE_NAMES_MAX];
	size_t labels_count;
	char keys[PICTURE_KEYS_MAX][PICTURE_TEXT];
	const char *key_kinds[PICTURE_KEYS_MAX];
	double key_x[PICTURE_KEYS_MAX], key_y[PICTURE_KEYS_MAX];
	size_t keys_count;
	char notes[PICTURE_NOTES_MAX][TYPESET_LINE];
	size_t notes_count;
	char message[PICTURE_MESSAGE][TYPESET_LINE];	/* stands in the middle where there is nothing to draw */
	size_t message_count;
};

/* An empty picture. Returns 0, or -1 with err set: the mode is no part of a file's name. */
int picture_init(struct picture *picture, const struct document *doc, const char *kind, const char *mode,
		 struct err *err);

/* The name of a server fit to be shown, in PICTURE_TEXT bytes. */
void picture_name(char *out, const struct document *doc, const char *server);

/* Adds a label, which may have a smaller line under it (""). Returns it; NULL where there are too many. */
struct picture_label *picture_label(struct picture *picture, const char *name, const char *detail, size_t curve);

/* Sets the right end of the axes so that the longest label fits. */
void picture_fit(struct picture *picture);

/* Places the labels beside the ends of their lines, none over another. */
void picture_place(struct picture *picture);

/* Adds a key, which the template draws by its kind; the top of the axes moves down below it. */
void picture_key(struct picture *picture, const char *kind, const char *text);

/* Adds a note under the axes, in as many lines as it takes; the bottom of the axes moves up. */
void picture_note(struct picture *picture, const char *text);

/* The notes of where and how the run was measured; backlog 0 is not named. */
void picture_note_host(struct picture *picture);
void picture_note_protocol(struct picture *picture, uint64_t backlog, size_t blocks);

/* Adds the version of a server to a list, once for those that say the same; and the note of such a list. */
void picture_add_version(char *list, size_t room, const struct document *doc, const char *server, const char *name);
void picture_note_versions(struct picture *picture, const char *list);

/* Adds a line to the message; what is too long for it is cut. */
void picture_message(struct picture *picture, const char *text);

/* How a reader knows the mode: "close mode: a new TCP connection for each request". */
void picture_subtitle(const struct picture *picture, char *out, size_t room);

/* What one picture has of its own. */
struct picture_parts {
	const char *title, *subtitle;	/* above it */
	const char *name, *description;	/* in words, for those who do not see it */
	void (*put_head)(FILE *out, const void *context);	/* variables of the template */
	void (*put_points)(FILE *out, const void *context);
	const void *context;
};

/* Writes the sources into the folder and has them drawn. Returns 0, or -1 with err set. */
int picture_draw(const struct picture *picture, const struct picture_parts *parts, const char *folder,
		 const char *template, struct err *err);

/*
 * Gives the SVG that gnuplot wrote a title and a description, in words, for those who do not see it, and fonts to fall back
 * on. Returns 0, or -1 with err set.
 */
int picture_describe_svg(const char *path, const char *name, const char *description, struct err *err);

/* For put_head(): a variable of the template; an array, with its elements between open and close. */
void picture_put_text(FILE *out, const char *name, const char *text);
void picture_put_number(FILE *out, const char *name, double number);
void picture_array_open(FILE *out, const char *name, size_t count);
void picture_array_text(FILE *out, size_t i, const char *text);
void picture_array_number(FILE *out, size_t i, double number);
void picture_array_close(FILE *out);

/* Adds formatted words to a text, behind a separator where it is not empty. */
void picture_add(char *text, size_t room, const char *separator, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reads a whole file, to be freed; NULL with err set. */
char *picture_read(const char *path, struct err *err);

/*
 * Spreads labels on a vertical axis so that none overlaps another, moving them as little as possible (least
 * squares). Label i wants its centre at at[i] and is height[i] high; at[i] becomes where it goes. The order of the
 * wanted places is kept, and all stay between low and high as long as they fit there; otherwise they start at low.
 * Both arrays have `count` elements, at most PICTURE_LABELS_MAX.
 */
#define PICTURE_LABELS_MAX 64
void picture_spread_labels(double *at, const double *height, size_t count, double low, double high);

/*
 * A text in double quotes, as gnuplot reads it back: without control characters, and every ASCII character that
 * is not a letter, a digit, a blank or harmless punctuation as \ooo. So there is no backquote, which would run a
 * command, and no single quotes are used: gnuplot 5.4 does not read '' as a quote everywhere. Writes at most `room`
 * (at least 3) bytes with the closing quote; cut between characters. Returns out.
 */
char *picture_quote(char *out, size_t room, const char *text);

/* A text as XML content or attribute value: without control characters, & < > " ' escaped. Returns out. */
char *picture_escape_xml(char *out, size_t room, const char *text);

#endif
