/* The invalid cells of a run, and why. */
#include "harness/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/text/html.h"

/* Whether an earlier cell has the same server and load, and `holds` is true of it too: it is in the list already. */
static bool was_told(const struct document *document, size_t i, bool (*holds)(const struct cell *, unsigned),
		     unsigned what)
{
	const struct cell *cell = &document->cells[i];

	for (size_t j = 0; j < i; j++) {
		const struct cell *other = &document->cells[j];
		if (holds(other, what) && other->level == cell->level && strcmp(other->server, cell->server) == 0 &&
		    strcmp(other->mode, cell->mode) == 0 && strcmp(other->client, cell->client) == 0 &&
		    cell_is_open_loop(other) == cell_is_open_loop(cell) &&
		    (!cell_is_open_loop(cell) || cell->open_loop.offered_rps == other->open_loop.offered_rps))
			return true;
	}
	return false;
}

static bool is_invalid(const struct cell *cell, unsigned reason)
{
	return cell->invalid >> reason & 1;
}

static bool has_error(const struct cell *cell, unsigned unused)
{
	(void)unused;
	return cell->error || cell->wrong;
}

/* The load of a cell: 1,024, or keepalive 1,024, or 200/s, or one at a time. */
static void place_put(const struct report_page *page, const struct cell *cell, FILE *out)
{
	char at[CELL_AT], shown[UNITS_TEXT];

	if (strcmp(cell->client, SUMMARY_SEQUENTIAL) == 0) {
		html_text(out, "one by one");
		return;
	}
	if (page->findings.count > 1) {
		html_text(out, cell->mode);
		fputc(' ', out);
	}
	html_text(out, cell_is_open_loop(cell) ? cell_show_at(at, cell) : units_show_count(shown, cell->level));
}

static void invalid_put(const struct report_page *page, const char *const *servers, unsigned reason)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	bool any = false;

	for (size_t server = 0; servers[server]; server++) {
		bool first = true;
		for (size_t i = 0; i < document->cells_count; i++) {
			const struct cell *cell = &document->cells[i];
			if (!is_invalid(cell, reason) || strcmp(cell->server, servers[server]) != 0 ||
			    was_told(document, i, is_invalid, reason))
				continue;
			if (!any) {
				char words[HTML_TEXT];
				snprintf(words, sizeof words, "%c%s", invalid_descriptions[reason][0] & ~0x20,
					 invalid_descriptions[reason] + 1);
				html_leaf(out, "h3", words, NULL);
				html_open(out, "p", NULL);
				html_print(out, "What to do: %s.", invalid_advice[reason]);
				html_close(out, "p");
				html_open(out, "ul", NULL);
				any = true;
			}
			if (first) {
				html_open(out, "li", NULL);
				html_text(out, servers[server]);
			}
			fputs(first ? ": " : ", ", out);
			place_put(page, cell, out);
			first = false;
		}
		if (!first)
			html_close(out, "li");
	}
	if (any)
		html_close(out, "ul");
}

static void error_put(FILE *out, const struct report_page *page, const struct cell *cell, bool never_started)
{
	html_open(out, "li", NULL);
	html_text(out, cell->server);
	fputs(never_started ? " never started" : " at ", out);
	if (!never_started)
		place_put(page, cell, out);
	fputs(": ", out);
	html_text(out, cell->error ? cell->error : cell->wrong);
	html_close(out, "li");
}

/* Whether a server is named by an earlier cell. */
static bool is_repeated(const struct document *document, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(document->cells[j].server, document->cells[i].server) == 0)
			return true;
	return false;
}

static void errors_put(const struct report_page *page)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	bool any = false;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		const char *unused;
		if (!has_error(cell, 0) || was_told(document, i, has_error, 0))
			continue;
		bool never_started = summary_never_started(document, cell->server, &unused);
		if (never_started && is_repeated(document, i))
			continue;
		if (!any) {
			html_leaf(out, "h3", "The stderr of failed servers, and wrong responses", NULL);
			html_open(out, "ul", NULL);
			any = true;
		}
		error_put(out, page, cell, never_started);
	}
	if (any)
		html_close(out, "ul");
}

int report_not_valid(const struct report_page *page, struct err *err)
{
	const char **servers = summary_servers(page->document, err);
	size_t invalid = 0;

	if (!servers)
		return -1;
	for (size_t i = 0; i < page->document->cells_count; i++)
		invalid += !page->document->cells[i].valid;
	html_leaf(page->out, "h2", "What is not valid, and why", "id", "not-valid", NULL);
	html_open(page->out, "p", NULL);
	if (invalid)
		html_print(
			page->out,
			"Of %zu measurements %zu are not valid. Their figures are kept and marked, and no verdict rests "
			"on them, except that where the client was the limit the server is at least as fast as measured. The "
			"numbers after a server are %s.",
			page->document->cells_count, invalid,
			!page->offered.is_open_loop ? "connections"
			: page->offered.level_max   ? "connections, or, with /s, requests offered a second"
						    : "requests offered a second");
	else
		html_print(page->out, "All %zu measurements are valid.", page->document->cells_count);
	html_close(page->out, "p");
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		invalid_put(page, servers, reason);
	errors_put(page);
	free(servers);
	return 0;
}
