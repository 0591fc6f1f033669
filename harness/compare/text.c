/* The comparison as text for a terminal. */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/lib/text.h"

/* A terminal is no place for a line of every cell. */
#define CELLS_MOST 40

static size_t changed_count(const struct compare_line *lines, size_t count)
{
	size_t changed = 0;

	while (changed < count && compare_line_changed(&lines[changed]))
		changed++;
	return changed;
}

static int lines_print(const struct compare_line *lines, size_t count, FILE *out, struct err *err)
{
	struct text_table table;

	if (compare_table(&table, lines, count, err))
		return -1;
	text_table_write(&table, TABLE_TEXT, out);
	text_table_release(&table);
	return 0;
}

static void notes_print(const struct comparison *comparison, FILE *out)
{
	if (comparison->open_loops)
		fprintf(out, "not compared: %zu cells of open loops, whose rate was chosen\n", comparison->open_loops);
}

int compare_print_text(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		       struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t gate_count, cells_count;
	char whole[4096], title[1000];
	int result = -1;

	if (compare_lines(&gate, &gate_count, comparison, true, err) ||
	    compare_lines(&cells, &cells_count, comparison, false, err))
		goto out;
	fprintf(out, "BASE  %s\n", text_plain(title, sizeof title, titles->base));
	fprintf(out, "NEW   %s\n\n", text_plain(title, sizeof title, titles->new));
	fprintf(out, "%s\n\n", compare_show_whole(whole, sizeof whole, comparison));
	if (lines_print(gate, gate_count, out, err))
		goto out;
	size_t changed = changed_count(cells, cells_count);
	size_t shown = changed < CELLS_MOST ? changed : CELLS_MOST;
	if (shown) {
		fputs("\nlevels that changed\n\n", out);
		if (lines_print(cells, shown, out, err))
			goto out;
	}
	fprintf(out, "\n%zu of %zu figures of single levels have changed%s; --tsv and --json have all\n", changed,
		cells_count, shown < changed ? ", the first are shown" : "");
	notes_print(comparison, out);
	result = 0;
out:
	free(gate);
	free(cells);
	return result;
}
