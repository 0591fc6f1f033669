/*
 * The comparison with one line per figure, for awk and spreadsheets. Texts contain no tab, and what is unknown is
 * empty.
 */
#include <math.h>

#include "harness/compare/outputs.h"
#include "harness/lib/text.h"

static void number(double value, FILE *out)
{
	fputc('\t', out);
	if (isfinite(value))
		fprintf(out, "%.9g", value);
}

static void row_print(const char *table, const struct compare_row *row, enum compare_measure measure, FILE *out)
{
	const struct compare_figure *figure = &row->figures[measure];
	static const char *const bounds[1 << SIDES] = { "", "base", "new", "both" };
	const char *const texts[] = { row->server, row->client, row->mode };
	char plain[256];

	fputs(table, out);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		fprintf(out, "\t%s", text_plain(plain, sizeof plain, texts[i]));
	fprintf(out, "\t%llu\t%llu\t%s\t%s\t%s\t%zu\t%zu", (unsigned long long)row->min_level,
		(unsigned long long)row->max_level, compare_measures[measure].name,
		compare_verdict_names[figure->verdict], figure->cliff ? "cliff" : "", figure->base_count,
		figure->new_count);
	const double numbers[] = {
		figure->base,
		figure->new,
		figure->ratio,
		figure->low,
		figure->high,
		figure->p,
		figure->p_adjusted,
		figure->floor,
		figure->verdict == COMPARE_INCONCLUSIVE && figure->more ? (double)figure->more : NAN,
	};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		number(numbers[i], out);
	fprintf(out, "\t%s\t%zu\t%zu\n", bounds[figure->bounds], figure->base_all, figure->new_all);
}

int compare_print_tsv(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		      struct err *err)
{
	(void)titles, (void)err;
	fputs("table\tserver\tclient\tmode\tleast\tmost\tmeasure\tverdict\tcliff\tbase_launches\tnew_launches\tbase\tnew\t"
	      "ratio\tlow\thigh\tp\tp_adjusted\tfloor\tmore_launches\tbounds\tbase_measured\tnew_measured\n",
	      out);
	for (size_t i = 0; i < comparison->gate_count; i++)
		for (int measure = 0; measure < COMPARE_GATING; measure++)
			row_print("gate", &comparison->gate[i], (enum compare_measure)measure, out);
	for (size_t i = 0; i < comparison->cells_count; i++)
		for (int measure = 0; measure < COMPARE_MEASURES; measure++)
			row_print("cells", &comparison->cells[i], (enum compare_measure)measure, out);
	return 0;
}
