#include "harness/report/headline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

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

char *headline_title(char out[HEADLINE_TITLE], const struct document *document)
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
	snprintf(out, HEADLINE_TITLE, "%zu %s %s", servers, servers == 1 ? "server" : "servers", reach);
	return out;
}

/* What `say` makes of each mode, named where there are several. */
static int modes_put(const struct findings_set *findings, const char *separator, const char *before, const char *after,
		     char *(*say)(const struct findings *, struct err *), FILE *out, struct err *err)
{
	for (size_t i = 0; i < findings->count; i++) {
		char mode[TEXT_TABLE_TEXT], *said = say(&findings->of[i], err);
		if (!said)
			return -1;
		if (findings->count > 1)
			fprintf(out, "%s%s%s%s", i ? separator : "", before,
				text_plain(mode, sizeof mode, findings->of[i].mode), after);
		fputs(said, out);
		free(said);
	}
	return 0;
}

char *headline_finding(const struct document *document, const struct findings_set *findings, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		goto failed;
	if (!findings->count)
		fputs("No level was measured.", out);
	int result = modes_put(findings, " ", "In ", " mode: ", findings_sentence, out, err);
	if (document->interrupted)
		fputs(" The run was interrupted: not all of it was measured.", out);
	if (!text_close(out, &text) && !result)
		return text;
failed:
	free(text);
	err_set(err, "out of memory");
	return NULL;
}

char *headline_gist(const struct findings_set *findings, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		goto failed;
	int result = modes_put(findings, "; ", "", ": ", findings_gist, out, err);
	if (!text_close(out, &text) && !result)
		return text;
failed:
	free(text);
	err_set(err, "out of memory");
	return NULL;
}
