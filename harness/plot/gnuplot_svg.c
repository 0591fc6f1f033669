#include "harness/plot/gnuplot_svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/text/html.h"

/*
 * Adds what gnuplot's SVG lacks: fallback fonts, bold fonts, visible crosses, ids that are unique in a page with
 * several pictures; removes its titles of plots.
 */
static const struct svg_change {
	const char *begin, *end; /* all between them is replaced too */
	const char *by;
	const char *after; /* follows that, with the picture's stem between them; or NULL */
} svg_changes[] = {
	{ "font-family=\"DejaVu Sans:Bold", "\"",
	  "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\" font-weight=\"bold\"", NULL },
	{ "font-family=\"DejaVu Sans", "\"", "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\"", NULL },
	{ "id='gpPt1' stroke-width='", "'", "stroke-width='0.4' id='gpPt-", "1'" },
	{ "id='gpPt", "", "id='gpPt-", "" },
	{ "id=\"gnuplot_", "", "id=\"gnuplot-", "-" },
	{ "xlink:href='#gpPt", "", "xlink:href='#gpPt-", "" },
	{ "<title>gnuplot_plot_", "</title>", "", NULL },
	{ "]]>", "", "]]&gt;", NULL }, /* not allowed in XML, and gnuplot escapes no > */
};

#define SVG_BEGINS "<fix]" /* with one of these what is changed or removed begins */

/* The end of a group without anything in it, of which gnuplot writes thousands; NULL: it is none. */
static const char *svg_empty_group(const char *svg)
{
	static const char begin[] = "<g fill=\"none\"", end[] = ">\n</g>\n";
	const char *after = strncmp(svg, begin, strlen(begin)) == 0 ? strchr(svg, '>') : NULL;

	return after && strncmp(after, end, strlen(end)) == 0 ? after + strlen(end) : NULL;
}

static void svg_copy(const char *svg, const char *stem, FILE *out)
{
	while (*svg) {
		const struct svg_change *change = NULL;
		const char *end = svg_empty_group(svg);
		if (end) {
			svg = end;
			continue;
		}
		for (size_t i = 0; i < sizeof svg_changes / sizeof *svg_changes && !change; i++) {
			size_t bytes = strlen(svg_changes[i].begin);
			if (strncmp(svg, svg_changes[i].begin, bytes) == 0 &&
			    (end = strstr(svg + bytes, svg_changes[i].end)))
				change = &svg_changes[i];
		}
		if (change) {
			fprintf(out, "%s%s%s", change->by, change->after ? stem : "",
				change->after ? change->after : "");
			svg = end + strlen(change->end);
		} else {
			size_t plain = 1 + strcspn(svg + 1, SVG_BEGINS);
			fwrite(svg, 1, plain, out);
			svg += plain;
		}
	}
}

int gnuplot_svg_finish(const char *from, const char *to, const char *stem, const char *title, const char *description,
		       struct err *err)
{
	struct file_replacement file;
	char *svg = file_read(from, err);

	if (!svg)
		return -1;
	char *root = strstr(svg, "<svg"), *begin = root ? strstr(root, "<title>") : NULL, *end = strstr(svg, "</desc>");
	int result = -1;
	if (!begin || !end || end < begin) {
		err_set(err, "%s: gnuplot wrote no SVG that can be described", from);
	} else if (!file_replace(&file, to, err)) {
		*begin = 0;
		root += strlen("<svg");
		fprintf(file.out, "%.*s role=\"img\" aria-labelledby=\"%s-title %s-desc\"", (int)(root - svg), svg,
			stem, stem);
		svg_copy(root, stem, file.out);
		fprintf(file.out, "<title id=\"%s-title\">", stem);
		html_text(file.out, title);
		fprintf(file.out, "</title>\n<desc id=\"%s-desc\">", stem);
		html_text(file.out, description);
		fputs("</desc>", file.out);
		svg_copy(end + strlen("</desc>"), stem, file.out);
		result = file_replaced(&file, 0, err);
	}
	free(svg);
	return result;
}
