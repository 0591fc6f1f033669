#include "harness/plot/rows.h"

#include <math.h>
#include <stdlib.h>

#define NAME_WIDTH 230.0
#define NAME_LINE  15.0
#define NAME_GAP   12.0 /* from a name to the panel */
#define ROW_SPACE  8.0
#define BOLD       1.15 /* times as wide */

void rows_release(struct rows *rows)
{
	free(rows->all);
	*rows = (struct rows){ 0 };
}

static struct row *add(struct rows *rows, const char *name, bool is_bold)
{
	double wider = is_bold ? BOLD : 1;

	if (rows->count == rows->room) {
		struct row *more = realloc(rows->all, (rows->room * 2 + 16) * sizeof *more);
		if (!more)
			return NULL;
		rows->all = more;
		rows->room = rows->room * 2 + 16;
	}
	struct row *row = &rows->all[rows->count++];
	row->is_muted = false;
	row->is_bold = is_bold;
	row->count = typeset_lines(row->lines, ROWS_LINES, name, PICTURE_TIC_SIZE, NAME_WIDTH / wider);
	double height = NAME_LINE * (double)row->count + ROW_SPACE;
	row->y = rows->height + height / 2;
	rows->height += height;
	for (size_t line = 0; line < row->count; line++)
		rows->width = fmax(rows->width, typeset_width(row->lines[line], PICTURE_TIC_SIZE) * wider);
	return row;
}

struct row *rows_add(struct rows *rows, const char *name)
{
	return add(rows, name, false);
}

struct row *rows_add_heading(struct rows *rows, const char *heading)
{
	return add(rows, heading, true);
}

double rows_left(const struct rows *rows)
{
	return fmax(PICTURE_LEFT, PICTURE_MARGIN + rows->width + 20);
}

double rows_y(const struct rows *rows, size_t row)
{
	return rows->height - rows->all[row].y;
}

size_t rows_panel(struct chart *chart, const struct rows *rows, double top)
{
	double left = rows_left(rows);
	size_t panel = chart_panel(chart, left, chart->picture.right, top, top + rows->height);

	chart_panel_at(chart, panel)->y = (struct chart_axis){ .max = rows->height };
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->all[i];
		double y = top + row->y - NAME_LINE * (double)(row->count - 1) / 2;
		for (size_t line = 0; line < row->count; line++, y += NAME_LINE) {
			struct picture_text *text = picture_text(&chart->picture, row->lines[line], left - NAME_GAP, y,
								 PICTURE_TIC_SIZE);
			text->align = PICTURE_RIGHT_OF_TEXT;
			text->is_muted = row->is_muted;
			text->is_bold = row->is_bold;
		}
	}
	return panel;
}
