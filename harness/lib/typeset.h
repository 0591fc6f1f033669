/*
 * typeset: the width of a text in a proportional font, and lines broken to a width.
 *
 * Pictures are laid out before they are drawn, so the width of a text must be known without the program that draws it.
 * The widths are those of DejaVu Sans; Arial and Helvetica, which may replace it, are narrower.
 */
#ifndef HARNESS_LIB_TYPESET_H
#define HARNESS_LIB_TYPESET_H

#include <stddef.h>

/* The width of UTF-8 text in a font of `size`, in the unit of size. Characters outside ASCII count as wide ones. */
double typeset_width(const char *text, double size);

#define TYPESET_LINE 512 /* bytes of a line */

/*
 * Breaks text into at most `max` lines of at most `width`: at blanks, else after one of _ - . / ,, else anywhere.
 * What does not fit in the last line is cut and ends in an ellipsis. Returns the number of lines, 0 for "".
 */
size_t typeset_lines(char (*lines)[TYPESET_LINE], size_t max, const char *text, double size, double width);

#endif
