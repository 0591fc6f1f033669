/*
 * picture: the parts that all pictures of a run have in common.
 *
 * A picture is one or more panels with axes, and around them a title, keys, names, and notes. It is drawn by gnuplot
 * from three things: a template (templates/chart.gp), which has the style; a head of numbers and texts, which has
 * everything that depends on the run; and a table of points. Head and template become `STEM.gp` and `STEM-dark.gp`, the
 * points `STEM.dat`, and they are kept next to the pictures as their source: and `gnuplot STEM.gp` in that folder draws
 * them again (without the SVG's title and description, which are added afterwards).
 *
 * A picture is filled in this order: picture_init(), the labels and picture_fit(), the keys, the notes. Then there is
 * room for panels between PICTURE_LEFT, `right`, `top` and `bottom`; the labels are told where their lines end and are
 * placed, and picture_write() does the rest. Texts from outside reach gnuplot with every character escaped that could
 * have a meaning, and with its markup switched off. Where memory is out, picture_write() says so.
 */
#ifndef HARNESS_PLOT_PICTURE_H
#define HARNESS_PLOT_PICTURE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/lib/typeset.h"
#include "harness/plot/palette.h"
#include "harness/record/document.h"

/* The maximum of names at line ends of one picture, that of the control server among them. */
#define PICTURE_NAMES_MAX 8

/* The layout, in pixels from the upper left corner. */
#define PICTURE_WIDTH  1200.0
#define PICTURE_HEIGHT 720.0
#define PICTURE_LEFT   84.0 /* of the axes */
#define PICTURE_MARGIN 28.0 /* of texts, to the edges */

/* Font sizes. */
#define PICTURE_TITLE_SIZE  20.0
#define PICTURE_TIC_SIZE    12.0
#define PICTURE_NAME_SIZE   13.5
#define PICTURE_DETAIL_SIZE 11.0

#define PICTURE_TEXT        256
#define PICTURE_OWN         120 /* of the title that a run was given */
#define PICTURE_STEM        128
#define PICTURE_NOTES_MAX   24
#define PICTURE_KEYS_MAX    8
#define PICTURE_LINES       3  /* of a label */
#define PICTURE_MESSAGE     12 /* lines of a message */
#define PICTURE_DESCRIPTION 4096
#define PICTURE_NO_BREAK    "\u00a0" /* a blank at which no line is broken */

/* The alignment of a text at its x. */
enum picture_align { PICTURE_LEFT_OF_TEXT, PICTURE_CENTRE, PICTURE_RIGHT_OF_TEXT };

struct picture_text {
	char text[TYPESET_LINE];
	double x, y, size; /* y: of its middle */
	enum picture_align align;
	bool is_bold, is_muted;
};

/* A name at a line's end, or in a list beside several panels. */
struct picture_label {
	char lines[PICTURE_LINES][TYPESET_LINE];
	size_t count;
	char detail[64];
	bool is_control; /* a grey line stands before it, not a mark */
	struct palette_style style;
	double end_x, end_y; /* where its line ends; end_x NAN: no line leads there */
	double height, y;    /* y: of its middle */
};

struct picture_key {
	const char *kind; /* which the template draws */
	char text[PICTURE_TEXT];
	double x, y;
};

struct picture {
	const struct document *doc;                       /* the run of its notes; NULL where it has none of these */
	const char *mode;                                 /* of the document */
	char stem[PICTURE_STEM];                          /* of the names of its files */
	char title[PICTURE_TEXT], subtitle[PICTURE_TEXT]; /* above it */
	char name[PICTURE_TEXT], description[PICTURE_DESCRIPTION]; /* for readers who do not see it */
	double width, height;
	double png_scale; /* pixels of a PNG for each of these */
	bool has_svg, has_png, has_pdf, has_dark;
	double right, top, bottom; /* of the room for panels */
	struct picture_label labels[PICTURE_NAMES_MAX];
	size_t labels_count;
	struct picture_key keys[PICTURE_KEYS_MAX];
	size_t keys_count;
	char notes[PICTURE_NOTES_MAX][TYPESET_LINE];
	size_t notes_count;
	char message[PICTURE_MESSAGE][TYPESET_LINE]; /* shown in the middle where there is nothing to draw */
	size_t message_count;
	struct picture_text *texts; /* owned */
	size_t texts_count, texts_room;
	bool failed;              /* memory is out */
	struct picture_text lost; /* written to then */
};

/* An empty picture of the usual size; its document, mode, stem and subtitle are to be set. */
void picture_init(struct picture *picture);

void picture_release(struct picture *picture);

/* A size other than PICTURE_WIDTH and PICTURE_HEIGHT; call it first. */
void picture_size(struct picture *picture, double width, double height);

/* Adds a text at a place. Returns it, to be changed; never NULL. */
struct picture_text *picture_text(struct picture *picture, const char *text, double x, double y, double size);

/* A printable name of a server, in PICTURE_TEXT bytes. */
void picture_name(char *out, const struct document *doc, const char *server);

/* Adds a label, which may have a smaller line under it (""). Returns it; NULL where there are too many. */
struct picture_label *picture_label(struct picture *picture, const char *name, const char *detail);

/* Sets the right end of the axes so that the longest label fits. */
void picture_fit(struct picture *picture);

/* Makes the picture as much higher or lower as it takes to have this room between top and bottom; after the notes. */
void picture_stretch(struct picture *picture, double room);

/* The height of all labels together, one below the other. */
double picture_labels_height(const struct picture *picture);

/* After the notes, for a picture of one panel: makes it higher where the labels, or the panel, have too little room. */
void picture_make_room(struct picture *picture);

/* Places the labels next to the ends of their lines, without overlap. */
void picture_place(struct picture *picture);

/* Adds a key, which the template draws by its kind; the top of the axes moves down below it. */
void picture_key(struct picture *picture, const char *kind, const char *text);

/* Adds a note under the axes, in as many lines as it takes; the bottom of the axes moves up. */
void picture_note(struct picture *picture, const char *text);

/*
 * For a note that is a list: adds an item to text, if the note has room for it and for "and 99 more" after it.
 * Returns whether it had.
 */
bool picture_list_add(const struct picture *picture, char *text, size_t room, const char *separator, const char *item);

/* The notes of where and how the run was measured; backlog 0 is not named. */
void picture_note_host(struct picture *picture);
void picture_note_protocol(struct picture *picture, const char *client, uint64_t backlog, size_t blocks);

/* The version of a server, with its name where the version has none, in PICTURE_TEXT bytes; "" where it is unknown. */
void picture_version(char *out, const struct document *doc, const char *server, const char *name);

/* Adds a line to the message; what is too long for it is cut. */
void picture_message(struct picture *picture, const char *text);

/* The parts of an individual picture: variables of the template, and points. */
struct picture_parts {
	void (*put_head)(FILE *out, const struct palette *palette, const void *context);
	void (*put_points)(FILE *out, const void *context);
	const void *context;
};

/* Writes the sources into the folder. Returns 0, or -1 with err set. */
int picture_write(struct picture *picture, const struct picture_parts *parts, const char *folder, const char *template,
		  struct err *err);

/*
 * Draws pictures whose sources lie in a folder, by one gnuplot, and puts each SVG into another folder, or the same, with
 * title and description, until *stop is set (stop may be NULL). Returns 0, or -1 with err set.
 */
int picture_draw(const struct picture *pictures, size_t count, const char *folder, const char *to,
		 const volatile sig_atomic_t *stop, struct err *err);

/* Adds formatted text to another, after a separator where that is not empty. */
void picture_add(char *text, size_t room, const char *separator, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, to the description. */
#define picture_describe(picture, separator, ...) \
	picture_add((picture)->description, sizeof(picture)->description, separator, __VA_ARGS__)

/*
 * Spreads labels on a vertical axis so that none overlaps another, moving them as little as possible (least squares).
 * Label i is height[i] high, and its centre should be at at[i]; at[i] becomes its place. The order of the wanted places
 * is kept, and all stay between low and high as long as they fit there; otherwise they start at low. Both arrays have
 * `count` elements, at most PICTURE_LABELS_MAX.
 */
#define PICTURE_LABELS_MAX 64
void picture_spread_labels(double *at, const double *height, size_t count, double low, double high);

#endif
