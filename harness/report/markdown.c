/* The page as Markdown, for an issue or a mail: the finding, the tables, the conditions. */
#include "harness/report/page.h"

#include <stdlib.h>

#include "harness/lib/text.h"
#include "harness/report/overview.h"

static int markdown_put(const struct report_page *page, FILE *out, struct err *err)
{
	char line[TEXT_TABLE_TEXT];
	int result = 0;

	text_table_line(TABLE_MARKDOWN, page->finding, out);
	for (size_t i = 0; i < page->findings.count && !result; i++) {
		struct data_table table;
		fputc('\n', out);
		text_table_line(TABLE_MARKDOWN, summary_mode(line, page->document, page->findings.modes[i]), out);
		fputc('\n', out);
		result = overview_table(&page->findings.of[i], &table, err);
		if (!result) {
			data_table_trim(&table);
			text_table_write(&table.text, TABLE_MARKDOWN, out);
		}
		data_table_release(&table);
	}
	const struct host *host = &page->document->host;
	char words[1024] = "";
	text_table_add(words, sizeof words, ", ", host->date);
	text_table_add(words, sizeof words, ", ", host->cpu_model);
	text_table_add(words, sizeof words, ", ", host->kernel);
	snprintf(line, sizeof line, "benchctl %.60s", page->document->benchctl ? page->document->benchctl : "");
	text_table_add(words, sizeof words, ", ", line);
	fputc('\n', out);
	text_table_line(TABLE_MARKDOWN, words, out);
	/* Indented by four it is code, whatever it contains; it has no line ends. */
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
