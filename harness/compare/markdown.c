/* The comparison as a comment under a merge request. */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/host/build.h"

/* By it a bot finds its comment again, to change it instead of writing another. */
#define MARKER "<!-- benchctl-compare -->"

/* A comment of GitHub has 65536 characters at most. */
#define CHANGED_MOST 60
#define FOLDED_MOST  150

static int lines_print(const struct compare_line *lines, size_t count, size_t most, FILE *out, struct err *err)
{
	struct text_table table;

	if (compare_table(&table, lines, count < most ? count : most, err))
		return -1;
	text_table_write(&table, TABLE_MARKDOWN, out);
	text_table_release(&table);
	if (count > most)
		fprintf(out, "\nand %zu more\n", count - most);
	return 0;
}

/* Those that changed, of the gate and then of the cells; the others go to the end. */
static struct compare_line *joined(const struct compare_line *gate, size_t gate_count, const struct compare_line *cells,
				   size_t cells_count, size_t *changed)
{
	struct compare_line *all = calloc(gate_count + cells_count + 1, sizeof *all);
	size_t used = 0;

	*changed = 0;
	for (int turn = 1; all && turn >= 0; turn--) {
		for (size_t i = 0; i < gate_count; i++)
			if (compare_line_changed(&gate[i]) == (turn == 1))
				all[used++] = gate[i];
		for (size_t i = 0; i < cells_count; i++)
			if (compare_line_changed(&cells[i]) == (turn == 1))
				all[used++] = cells[i];
		if (turn)
			*changed = used;
	}
	return all;
}

int compare_print_markdown(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			   struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL, *all = NULL;
	size_t gate_count, cells_count, changed;
	char line[4096];
	int result = -1;

	if (compare_lines(&gate, &gate_count, comparison, true, err) ||
	    compare_lines(&cells, &cells_count, comparison, false, err))
		goto out;
	all = joined(gate, gate_count, cells, cells_count, &changed);
	if (!all) {
		err_set(err, "out of memory");
		goto out;
	}
	fprintf(out, MARKER "\n**benchctl:** ");
	text_table_line(TABLE_MARKDOWN, compare_show_whole(line, sizeof line, comparison), out);
	fputc('\n', out);
	if (changed && lines_print(all, changed, CHANGED_MOST, out, err))
		goto out;
	size_t rest = gate_count + cells_count - changed;
	fprintf(out, "%s<details>\n<summary>%zu figure%s that did not change</summary>\n\n", changed ? "\n" : "", rest,
		rest == 1 ? "" : "s");
	if (rest && lines_print(all + changed, rest, FOLDED_MOST, out, err))
		goto out;
	fputs("\n</details>\n\n", out);
	line[0] = 0;
	text_table_add(line, sizeof line, "", "BASE: ");
	text_table_add(line, sizeof line, "", titles->base);
	text_table_add(line, sizeof line, "", ". NEW: ");
	text_table_add(line, sizeof line, "", titles->new);
	text_table_add(line, sizeof line, "",
		       ". Ratios are NEW to BASE; p is adjusted for the number of tests. benchctl ");
	text_table_add(line, sizeof line, "", build_version);
	text_table_line(TABLE_MARKDOWN, line, out);
	result = 0;
out:
	free(gate);
	free(cells);
	free(all);
	return result;
}
