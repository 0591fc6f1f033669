#include "harness/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/config/settings.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/report/page.h"
#include "harness/text/html.h"

/* Words of a run. */

/* Whether a server is told of by an earlier entry of the document: each counts once. */
static bool is_counted(const struct document *document, size_t cell)
{
	const char *server = document->cells[cell].server;

	if (document_server(document, server))
		return true;
	for (size_t i = 0; i < cell; i++)
		if (strcmp(document->cells[i].server, server) == 0)
			return true;
	return false;
}

static size_t servers_count(const struct document *document)
{
	size_t count = 0;

	for (size_t i = 0; i < document->servers_count; i++)
		count += strcmp(document->servers[i].name, CONTROL_SERVER) != 0;
	for (size_t i = 0; i < document->cells_count; i++)
		count += strcmp(document->cells[i].server, CONTROL_SERVER) != 0 && !is_counted(document, i);
	return count;
}

char *report_title(char out[REPORT_TITLE], const struct document *document)
{
	const char *client = summary_client(document);
	char first[UNITS_TEXT], last[UNITS_TEXT], reach[128] = "at rates of requests";
	size_t servers = servers_count(document);
	uint64_t least = 0, most = 0;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell_is_open_loop(cell) || strcmp(cell->client, client) != 0)
			continue;
		least = !most || cell->level < least ? cell->level : least;
		most = cell->level > most ? cell->level : most;
	}
	units_show_count(first, least);
	units_show_count(last, most);
	if (least < most)
		snprintf(reach, sizeof reach, "from %s to %s connections", first, last);
	else if (most)
		snprintf(reach, sizeof reach, "at %s %s", first, most == 1 ? "connection" : "connections");
	snprintf(out, REPORT_TITLE, "%zu %s %s", servers, servers == 1 ? "server" : "servers", reach);
	return out;
}

static char *finding_of(const struct document *document, const struct findings *overviews, size_t count,
			struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	bool bad = !out;

	if (out && !count)
		fputs("No level was measured.", out);
	for (size_t i = 0; i < count && !bad; i++) {
		char mode[TEXT_TABLE_TEXT];
		char *finding = findings_sentence(&overviews[i], err);
		bad = !finding;
		if (count > 1)
			fprintf(out, "%sIn %s mode: ", i ? " " : "", text_plain(mode, sizeof mode, overviews[i].mode));
		fputs(finding ? finding : "", out);
		free(finding);
	}
	if (out && document->interrupted)
		fputs(" The run was interrupted: not all of it was measured.", out);
	if (out && (text_close(out, &text) || bad)) {
		bad = true;
		free(text);
		text = NULL;
	}
	if (bad)
		err_set(err, "out of memory");
	return text;
}

static int overviews_fill(struct findings **overviews, const char ***modes, size_t *count,
			  const struct document *document, struct err *err)
{
	*count = 0;
	if (!(*modes = summary_modes(document, err)))
		return -1;
	while ((*modes)[*count])
		++*count;
	*overviews = calloc(*count + 1, sizeof **overviews);
	if (!*overviews)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < *count; i++)
		if (findings_fill(&(*overviews)[i], document, (*modes)[i], err))
			return -1;
	return 0;
}

static void overviews_release(struct findings *overviews, const char **modes, size_t count)
{
	for (size_t i = 0; overviews && i < count; i++)
		findings_release(&overviews[i]);
	free(overviews);
	free(modes);
}

char *report_finding(const struct document *document, struct err *err)
{
	struct findings *overviews = NULL;
	const char **modes = NULL;
	size_t count;
	char *finding = NULL;

	if (!overviews_fill(&overviews, &modes, &count, document, err))
		finding = finding_of(document, overviews, count, err);
	overviews_release(overviews, modes, count);
	return finding;
}

static char *gist_of(const struct findings *overviews, size_t count, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	bool bad = !out;

	for (size_t i = 0; i < count && !bad; i++) {
		char mode[TEXT_TABLE_TEXT];
		char *gist = findings_gist(&overviews[i], err);
		bad = !gist;
		if (count > 1)
			fprintf(out, "%s%s: ", i ? "; " : "", text_plain(mode, sizeof mode, overviews[i].mode));
		fputs(gist ? gist : "", out);
		free(gist);
	}
	if (out && (text_close(out, &text) || bad)) {
		bad = true;
		free(text);
		text = NULL;
	}
	if (bad)
		err_set(err, "out of memory");
	return text;
}

char *report_gist(const struct document *document, struct err *err)
{
	struct findings *overviews = NULL;
	const char **modes = NULL;
	size_t count;
	char *gist = NULL;

	if (!overviews_fill(&overviews, &modes, &count, document, err))
		gist = gist_of(overviews, count, err);
	overviews_release(overviews, modes, count);
	return gist;
}

/* A word as a shell reads it back; what is hidden in it is left out, so that it can be seen what it does. */
static void shell_put(const char *word, FILE *out)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:+=@%-";
	char plain[HTML_TEXT];

	text_plain(plain, sizeof plain, word);
	if (*plain && !plain[strspn(plain, harmless)]) {
		fputs(plain, out);
		return;
	}
	fputc('\'', out);
	for (const char *at = plain; *at; at++)
		fputs(*at == '\'' ? "'\\''" : (char[]){ *at, 0 }, out);
	fputc('\'', out);
}

char *report_command(const struct document *document, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out)
		fputs("benchctl run", out);
	for (size_t i = 0; out && i < document->options_count; i++) {
		const struct document_option *option = &document->options[i];
		const struct option_def *def = options_find(settings_options, option->name);
		if (!def || !option->value || !*option->value ||
		    (def->fallback && strcmp(option->value, def->fallback) == 0))
			continue;
		fprintf(out, " --%s ", def->name);
		shell_put(option->value, out);
	}
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}

/* Files are named after the modes, which come from outside. */
static int modes_check(const struct report_page *page, struct err *err)
{
	for (size_t i = 0; i < page->modes_count; i++) {
		const char *mode = page->modes[i];
		if (!*mode || strlen(mode) > 32 || mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
			return err_set(err, "the mode '%.64s' cannot be part of a file's name", mode);
	}
	return 0;
}

static int page_fill(struct report_page *page, struct err *err)
{
	if (overviews_fill(&page->overviews, &page->modes, &page->modes_count, page->document, err) ||
	    modes_check(page, err) ||
	    !(page->finding = finding_of(page->document, page->overviews, page->modes_count, err)) ||
	    !(page->command = report_command(page->document, err)))
		return -1;
	return report_markdown(page, err);
}

int report_write(const struct document *document, const struct report_request *request, struct err *err)
{
	struct report_page page = { .document = document, .request = request };
	char path[REPORT_PATH], part[REPORT_PATH + 8];
	int result = -1;

	if (page_fill(&page, err) ||
	    plot_draw(document, PLOT_ALL, request->folder, request->templates, &page.pictures, err) ||
	    report_run_copy(&page, err))
		goto out;
	page.out = report_file_begin(path, part, &page, REPORT_PAGE, err);
	if (page.out)
		result = report_file_done(page.out, path, part, report_page_put(&page, err), err);
out:
	overviews_release(page.overviews, page.modes, page.modes_count);
	plot_list_release(&page.pictures);
	free(page.finding);
	free(page.command);
	free(page.markdown);
	return result;
}
