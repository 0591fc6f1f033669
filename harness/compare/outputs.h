/*
 * outputs: a comparison as output for people and programs.
 *
 * Every output is a function that writes all of it to a stream, and outputs.c has the table of them. What comes from
 * files is escaped for each format. `compare` and `ab` share the options.
 */
#ifndef HARNESS_COMPARE_OUTPUTS_H
#define HARNESS_COMPARE_OUTPUTS_H

#include <stdio.h>

#include "harness/compare/comparison.h"
#include "harness/compare/titles.h"
#include "harness/lib/options.h"

/* Where the outputs go: paths, "-" for stdout; NULL: not wanted. Owned by the options, as are the name and the two commits. */
struct compare_outputs {
	char *json, *markdown, *junit, *tsv, *picture;
	char *name; /* of the comparison; NULL: none was given */
	char *commit[SIDES];
};

/*
 * outputs.def has the rows of an option table for them. It is included where FIELD(kind, name) is the OPTION_FIELD() of a struct that has
 * a member `outputs`.
 */

/*
 * Checks, before anything is measured, that at most one output goes to stdout and that the picture has a name that ends
 * in .svg. Returns 0, or -1 with err set.
 */
int compare_outputs_check(const struct compare_outputs *outputs, struct err *err);

/*
 * Writes all outputs that were requested, and the table to stdout if no output goes there and something could be
 * compared. An output that fails does not keep the others from being written. `templates` is the folder of the plot
 * templates, NULL where no picture is wanted. Returns 0, or -1 with err set: the first failure.
 */
int compare_outputs_write(const struct compare_outputs *outputs, const struct comparison *comparison,
			  const struct compare_titles *titles, const char *templates, struct err *err);

/* The single outputs. Each returns 0, or -1 with err set. */
int compare_print_text(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		       struct err *err);
int compare_print_markdown(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			   struct err *err);
int compare_print_junit(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			struct err *err);
int compare_print_tsv(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		      struct err *err);
int result_print_comparison(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			    struct err *err); /* JSON; in result_compare.c */

/*
 * Draws the heat map at path, which ends in .svg, and the same as PNG beside it. Where nothing could be compared, the SVG says
 * so, and there is no PNG. Returns 0, or -1 with err set.
 */
int compare_draw(const struct comparison *comparison, const struct compare_titles *titles, const char *path,
		 const char *templates, struct err *err);

#endif
