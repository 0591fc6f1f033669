/*
 * text: text from outside, sanitized for output.
 *
 * Names, versions and messages come from files and programs that are not ours. Before they are shown in a table or a
 * picture, characters that could steer a terminal or reorder a line are removed; escaping for the format (Markdown,
 * CSV, XML) is the writer's.
 */
#ifndef HARNESS_LIB_TEXT_H
#define HARNESS_LIB_TEXT_H

#include <stddef.h>
#include <stdio.h>

/*
 * Copies text (NULL: "") into `room` bytes: control characters (C0, DEL, C1) and the marks that change the
 * direction of text are left out, a line end or tab becomes a blank, a byte that is not UTF-8 becomes '?'. Cut
 * between characters where it is longer. Returns out.
 */
char *text_plain(char *out, size_t room, const char *text);

/*
 * Prints text as one line for a terminal or a log, without the line end: what text_plain() leaves out, and what is not UTF-8, is
 * shown as \n, \r, \t or \xHH. At its start the "::" of a workflow command of a CI service is broken up. Backslashes stay as they are.
 */
void text_print(FILE *out, const char *text);

/*
 * Writes bytes as a text in quotes: what is no printable ASCII as \n, \r, \t or \xHH, `"` and `\` escaped too. Followed by ...
 * where it was cut to fit into `room` bytes, of which there must be 16 at least. Returns out.
 */
char *text_quote(char *out, size_t room, const char *data, size_t bytes);

/* The bytes of user and password, with their @, at the beginning of what stands after the "://" of a URL; 0: there is none. */
size_t text_user_bytes(const char *at);

/* Takes user and password out of all URLs in a text: no message shows them. */
void text_hide_users(char *text);

/*
 * Ends a text that was written to open_memstream(3). Returns 0: *text is the caller's to free. Or -1 where memory was out
 * (glibc does not always say so, and leaves NULL): *text is NULL then.
 */
int text_close(FILE *out, char **text);

/* The number of characters of UTF-8 text, which is its width in a terminal as long as no character is wide. */
size_t text_width(const char *text);

/* The bytes of the first `width` characters of UTF-8 text; all where it has fewer. */
size_t text_bytes(const char *text, size_t width);

/*
 * The bytes of the first line of text that is broken to `width` characters: up to a blank, the one that fits last;
 * where there is none in the line, just `width` characters. The blanks after it belong to neither line.
 */
size_t text_line(const char *text, size_t width);

#endif
