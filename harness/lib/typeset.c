#include "harness/lib/typeset.h"

#include <stdbool.h>
#include <string.h>

#include "harness/lib/text.h"

/* Advance widths of DejaVu Sans 2.37, from blank to tilde, in thousandths of the size. */
static const unsigned short widths[] = {
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
	636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
	575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
	611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
	278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838,
};

#define OUTSIDE_NARROW 700 /* Latin, Greek, Cyrillic and the like: below U+0800, two bytes */
#define OUTSIDE_WIDE   1000

static double width_of(const char *text, size_t bytes, double size)
{
	unsigned long thousandths = 0;

	for (size_t i = 0; i < bytes; i++) {
		unsigned char byte = (unsigned char)text[i];
		if (byte >= ' ' && byte <= '~')
			thousandths += widths[byte - ' '];
		else if (byte >= 0xc0)
			thousandths += byte < 0xe0 ? OUTSIDE_NARROW : OUTSIDE_WIDE;
	}
	return (double)thousandths * size / 1000;
}

double typeset_width(const char *text, double size)
{
	return width_of(text, strlen(text), size);
}

/* The bytes of as many characters as fit: at least one character. */
static size_t bytes_fitting(const char *text, double size, double width)
{
	size_t fitting = text_bytes(text, 1);

	for (size_t next = fitting; text[fitting]; fitting = next) {
		next = fitting + text_bytes(text + fitting, 1);
		if (next >= TYPESET_LINE || width_of(text, next, size) > width)
			break;
	}
	return fitting;
}

/* The best place to end a line of at most `fitting` bytes. */
static size_t line_end(const char *text, size_t fitting)
{
	if (!text[fitting])
		return fitting;
	for (size_t end = fitting + 1; end > 1; end--)
		if (text[end - 1] == ' ')
			return end - 1;
	/* A break that fills less than a third of the line is no better than a break anywhere. */
	for (size_t end = fitting; end > fitting / 3; end--)
		if (strchr("_-./,", text[end - 1]))
			return end;
	return fitting;
}

static void line_cut(char *line, double size, double width)
{
	static const char ellipsis[] = "…";
	size_t bytes = bytes_fitting(line, size, width - typeset_width(ellipsis, size));

	if (bytes > TYPESET_LINE - sizeof ellipsis)
		bytes = text_bytes(line, (TYPESET_LINE - sizeof ellipsis) / 4);
	strcpy(line + bytes, ellipsis);
}

size_t typeset_lines(char (*lines)[TYPESET_LINE], size_t max, const char *text, double size, double width)
{
	size_t count = 0;

	while (*text && count < max) {
		size_t fitting = bytes_fitting(text, size, width);
		bool is_last = count + 1 == max;
		size_t end = is_last ? fitting : line_end(text, fitting);
		memcpy(lines[count], text, end);
		lines[count][end] = 0;
		if (is_last && text[end])
			line_cut(lines[count], size, width);
		count++;
		text += end;
		while (*text == ' ')
			text++;
	}
	return count;
}
