/* What limits servers, by experiment: the section of those that were asked about. */
#include "harness/report/page.h"

#include <math.h>

#include "harness/lib/units.h"
#include "harness/text/html.h"

#define COLUMN(heading, name, kind, field)                                    \
	{                                                                     \
		heading, name, kind, offsetof(struct cause_experiment, field) \
	}
#define APART(heading, name, kind)              \
	{                                       \
		heading, name, kind, DATA_APART \
	}

enum { SUSPECT, MOVED, FIGURE, BEFORE, AFTER, EFFECT, LOW, HIGH, LAUNCHES, CHANGED };

static const struct data_column columns[] = {
	[SUSPECT] = COLUMN("Suspect", "cause", DATA_TEXT, cause),
	[MOVED] = APART("Is it?", "moved", DATA_TEXT),
	[FIGURE] = COLUMN("Figure", "figure", DATA_TEXT, figure),
	[BEFORE] = APART("As it is", "before", DATA_NUMBER),
	[AFTER] = APART("Changed", "after", DATA_NUMBER),
	[EFFECT] = COLUMN("Ratio", "effect", DATA_HUNDREDTHS, effect),
	[LOW] = APART("from", "low", DATA_HUNDREDTHS),
	[HIGH] = APART("to", "high", DATA_HUNDREDTHS),
	[LAUNCHES] = COLUMN("Launches", "launches", DATA_COUNT, launches),
	[CHANGED] = COLUMN("What was changed", "changed", DATA_TEXT, changed),
};

static void row_fill(struct data_table *table, size_t row, const struct cause_experiment *experiment)
{
	char shown[32];
	const double medians[] = { experiment->before, experiment->after };

	data_table_fill(table, row, experiment);
	data_table_set_text(table, row, MOVED, cause_moves[experiment->moved]);
	for (size_t i = 0; i < 2; i++) {
		snprintf(shown, sizeof shown, "%.3g", medians[i]);
		data_table_set_number(table, row, BEFORE + i, medians[i], shown);
		data_table_set(table, row, LOW + i, experiment->interval[i]);
	}
}

static int experiments_put(const struct report_page *page, const struct cause *cause, struct err *err)
{
	struct data_table table;
	int result = data_table_init(&table, cause->experiments_count, columns, sizeof columns / sizeof *columns, err);

	for (uint64_t i = 0; !result && i < cause->experiments_count; i++)
		row_fill(&table, i, &cause->experiments[i]);
	if (!result)
		data_table_html(&table, cause->server, page->out);
	data_table_release(&table);
	return result;
}

int report_causes(const struct report_page *page, struct err *err)
{
	const struct document *document = page->document;
	char text[CAUSE_TEXT];

	if (!document->causes_count)
		return 0;
	html_leaf(page->out, "h2", "Is the limit inherent?", "id", "why", NULL);
	html_leaf(
		page->out, "p",
		"One suspect is changed at a time, and nothing else; both ways are measured in turn on fresh launches. The ratio "
		"is that of the medians, with its exact interval. Times are in ns, CPU in µs.",
		"class", "note", NULL);
	for (uint64_t i = 0; i < document->causes_count; i++) {
		const struct cause *cause = &document->causes[i];
		html_leaf(page->out, "h3", cause->server, NULL);
		html_leaf(page->out, "p", cause_sentence(text, cause), NULL);
		if (cause->experiments_count && experiments_put(page, cause, err))
			return -1;
	}
	return 0;
}
