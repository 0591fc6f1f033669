/* The comparison as text for a terminal. */
#include <stdlib.h>

#include "harness/compare/lines.h"
#include "harness/compare/outputs.h"
#include "harness/compare/sentence.h"
#include "harness/compare/shift.h"

/* A line for every cell is too much for a terminal. */
#define CELLS_MAX 40

static int lines_print(const struct compare_line *lines, size_t count, FILE *out, struct err *err)
{
	struct text_table table;

	if (compare_table(&table, lines, count, err))
		return -1;
	text_table_write(&table, TABLE_TEXT, out);
	text_table_release(&table);
	return 0;
}

/* The maximum of figures of single levels in each group. */
static void counts_print(const struct compare_line *lines, size_t count, FILE *out)
{
	size_t verdicts[COMPARE_VERDICTS] = { 0 }, suspects = 0;
	const char *before = ": ";

	for (size_t i = 0; i < count; i++) {
		verdicts[compare_line_figure(&lines[i])->verdict]++;
		suspects += compare_line_group(&lines[i]) == LINES_SUSPECT;
	}
	fprintf(out, "\nof %zu figures of single levels", count);
	for (int verdict = 0; verdict < COMPARE_VERDICTS; verdict++) {
		if (!verdicts[verdict])
			continue;
		fprintf(out, "%s%zu %s", before, verdicts[verdict], compare_verdict_titles[verdict]);
		if (verdict == COMPARE_INCONCLUSIVE && suspects)
			fprintf(out, " (%zu beyond the floor)", suspects);
		before = ", ";
	}
	fputs("; --tsv and --json have all\n", out);
}

int compare_print_text(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		       struct err *err)
{
	struct compare_line *gate = NULL, *cells = NULL;
	size_t gate_count, cells_count, changed = 0;
	char whole[SENTENCE_TEXT], title[COMPARE_TITLE], shift[SHIFT_TEXT];
	int result = -1;

	if (compare_lines(&gate, &gate_count, comparison, true, err) ||
	    compare_lines(&cells, &cells_count, comparison, false, err))
		goto out;
	fprintf(out, "BASE  %s\n", compare_show_title(title, titles, SIDE_BASE));
	fprintf(out, "NEW   %s\n\n", compare_show_title(title, titles, SIDE_NEW));
	fprintf(out, "%s\n", compare_show_whole(whole, comparison));
	if (*comparison->failure.text) {
		result = 0;
		goto out;
	}
	fputc('\n', out);
	if (lines_print(gate, gate_count, out, err))
		goto out;
	while (changed < cells_count && compare_line_group(&cells[changed]) <= LINES_SUSPECT)
		changed++;
	if (changed) {
		fprintf(out, "\nlevels that changed, or may have%s\n\n",
			changed > CELLS_MAX ? " (the first of them)" : "");
		if (lines_print(cells, changed < CELLS_MAX ? changed : CELLS_MAX, out, err))
			goto out;
	}
	counts_print(cells, cells_count, out);
	for (size_t i = 0; i < comparison->shifts_count; i++)
		fprintf(out, "the verdict changed: %s\n", shift_show(shift, &comparison->shifts[i]));
	if (comparison->open_loops)
		fprintf(out, "not compared: %zu cells of open loops, whose rate was chosen\n", comparison->open_loops);
	result = 0;
out:
	free(gate);
	free(cells);
	return result;
}
