/*
 * script: the input of gnuplot besides a template: variables, arrays, and texts that can be nothing but texts.
 */
#ifndef HARNESS_PLOT_SCRIPT_H
#define HARNESS_PLOT_SCRIPT_H

#include <stddef.h>
#include <stdio.h>

#include "harness/lib/err.h"
#include "harness/plot/palette.h"

/*
 * A text in double quotes, as gnuplot reads it back: without control characters, and every ASCII character that
 * is not a letter, a digit, a blank or harmless punctuation as \ooo. So there is no backquote, which would run a
 * command, and no single quotes are used: gnuplot 5.4 does not read '' as a quote everywhere. Writes at most `room`
 * (at least 3) bytes with the closing quote; cut between characters. Returns out.
 */
char *script_quote(char *out, size_t room, const char *text);

/* A variable of the template. */
void script_text(FILE *out, const char *name, const char *text);
void script_number(FILE *out, const char *name, double number);

/* The format of a member of a struct. */
typedef void script_put(FILE *out, const void *member, const struct palette *palette);
script_put script_put_number;  /* double, in pixels; NAN as -1 */
script_put script_put_flag;    /* bool */
script_put script_put_integer; /* unsigned */
script_put script_put_text;    /* char array */

/* An array in gnuplot, with one member of each struct of a C array. */
struct script_array {
	const char *name;
	size_t offset; /* of the member; of the whole struct: 0 */
	script_put *put;
};

/* Writes the arrays (up to one without a name) of `count` structs, each of that size in bytes. */
void script_arrays(FILE *out, const struct script_array *arrays, const void *structs, size_t count, size_t bytes,
		   const struct palette *palette);

/* Reads the template of that name, to be freed; NULL with err set. */
char *script_template(const char *folder, const char *name, struct err *err);

#endif
