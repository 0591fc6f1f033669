#include "harness/report/headline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/report/offered.h"
#include "harness/report/sentence.h"

/* Whether an earlier entry of the document has the same server: each counts once. */
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
	char words[OFFERED_TEXT], own[HEADLINE_OWN];
	size_t servers = servers_count(document);

	offered_of(&offered, document, NULL);
	text_plain(own, sizeof own, document_option(document, "title"));
	snprintf(out, HEADLINE_TITLE, "%s%s%zu %s %.200s", own, *own ? ": " : "", servers,
		 servers == 1 ? "server" : "servers", offered_title(words, &offered));
	return out;
}

/* The modes one after the other, each by `say`, with its name where there are several. */
static const struct telling {
	const char *none; /* where there is no mode */
	const char *separator, *before, *after;
	char *(*say)(const struct findings *findings, struct err *err);
} finding = { "Nothing was measured.", " ", "In ", " mode: ", sentence_finding },
  gist = { "", "; ", "", ": ", sentence_gist };

static int modes_put(const struct findings_set *findings, const struct telling *telling, FILE *out, struct err *err)
{
	fputs(findings->count ? "" : telling->none, out);
	for (size_t i = 0; i < findings->count; i++) {
		char mode[TEXT_TABLE_TEXT], *said = telling->say(&findings->of[i], err);
		if (!said)
			return -1;
		if (findings->count > 1)
			fprintf(out, "%s%s%s%s", i ? telling->separator : "", telling->before,
				text_plain(mode, sizeof mode, findings->of[i].mode), telling->after);
		fputs(said, out);
		free(said);
	}
	return 0;
}

static char *modes_text(const struct findings_set *findings, const struct telling *telling, const char *end,
			struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int result = out ? modes_put(findings, telling, out, err) : -1;

	if (out)
		fputs(end, out);
	if (out && !text_close(out, &text) && !result)
		return text;
	free(text);
	err_set(err, "out of memory");
	return NULL;
}

char *headline_finding(const struct document *document, const struct findings_set *findings, struct err *err)
{
	return modes_text(findings, &finding,
			  document->interrupted ? " The run was interrupted: not all of it was measured." : "", err);
}

char *headline_gist(const struct findings_set *findings, struct err *err)
{
	return modes_text(findings, &gist, "", err);
}
