#include "harness/report/headline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/report/offered.h"
#include "harness/report/sentence.h"

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
	struct offered offered;
	char words[OFFERED_TEXT];
	size_t servers = servers_count(document);

	offered_of(&offered, document, NULL);
	snprintf(out, HEADLINE_TITLE, "%zu %s %.200s", servers, servers == 1 ? "server" : "servers",
		 offered_title(words, &offered));
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
		fputs("Nothing was measured.", out);
	int result = modes_put(findings, " ", "In ", " mode: ", sentence_finding, out, err);
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
	int result = modes_put(findings, "; ", "", ": ", sentence_gist, out, err);
	if (!text_close(out, &text) && !result)
		return text;
failed:
	free(text);
	err_set(err, "out of memory");
	return NULL;
}
