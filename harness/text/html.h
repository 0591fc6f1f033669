/*
 * html: a page written element by element, in which no text can become markup.
 *
 * Names of elements and attributes are ours; every text and every value of an attribute is escaped here, for both HTML
 * and XML, and made plain first (text.h). Write errors show when the stream is closed.
 */
#ifndef HARNESS_TEXT_HTML_H
#define HARNESS_TEXT_HTML_H

#include <stdio.h>

/* Writes text as content or as the value of an attribute. */
void html_text(FILE *out, const char *text);

/* The same of a name, as content: after each _ it may be broken. */
void html_name(FILE *out, const char *name);

/* The same as printf() would write it; cut where it is longer than HTML_TEXT bytes. */
#define HTML_TEXT 4096
void html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a text of several lines, for an element that keeps them. */
void html_lines(FILE *out, const char *text);

/*
 * Begins an element: its name, then names and values of attributes in turn (a value may be NULL, which is ""), then
 * NULL in the place of a name.
 */
void html_open(FILE *out, const char *element, ...) __attribute__((sentinel));

/* Ends it, and the line. */
void html_close(FILE *out, const char *element);

/* An element with nothing but text in it: its name, the text, then attributes as above. */
void html_leaf(FILE *out, const char *element, const char *text, ...) __attribute__((sentinel));

#endif
