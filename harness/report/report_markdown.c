/* The page as Markdown: the finding, the tables, where and how, to be put in an issue or a mail. */
#include "harness/report/report_page.h"

#include <stdlib.h>

#include "harness/lib/text.h"

static int markdown_put(const struct report_page *page, FILE *out, struct err *err)
{
	char line[GRID_TEXT];
	int result = 0;

	grid_line(TABLE_MARKDOWN, page->finding, out);
	for (size_t i = 0; i < page->modes_count && !result; i++) {
		struct sheet sheet;
		fputc('\n', out);
		grid_line(TABLE_MARKDOWN, summary_mode(line, page->document, page->modes[i]), out);
		fputc('\n', out);
		result = overview_sheet(&page->overviews[i], &sheet, err);
		if (!result) {
			sheet_trim(&sheet);
			grid_write(&sheet.grid, TABLE_MARKDOWN, out);
		}
		sheet_release(&sheet);
	}
	const struct host *host = &page->document->host;
	char words[1024] = "";
	grid_add(words, sizeof words, ", ", host->date);
	grid_add(words, sizeof words, ", ", host->cpu_model);
	grid_add(words, sizeof words, ", ", host->kernel);
	snprintf(line, sizeof line, "benchctl %.60s", page->document->benchctl ? page->document->benchctl : "");
	grid_add(words, sizeof words, ", ", line);
	fputc('\n', out);
	grid_line(TABLE_MARKDOWN, words, out);
	/* Indented by four it is code, whatever stands in it; it has no line ends. */
	fprintf(out, "\n    %s\n", page->command);
	return result;
}

int report_markdown(struct report_page *page, struct err *err)
{
	size_t bytes;
	FILE *out = open_memstream(&page->markdown, &bytes);

	if (!out)
		return err_set(err, "out of memory");
	int result = markdown_put(page, out, err);
	if (text_close(out, &page->markdown))
		result = err_set(err, "out of memory");
	return result;
}
