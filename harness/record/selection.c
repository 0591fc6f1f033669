#include "harness/record/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/argv.h"
#include "harness/lib/control.h"

/* A text of the cells by which they are chosen. */
typedef const char *cell_text(const struct cell *cell);

static const char *server_of(const struct cell *cell)
{
	return cell->server;
}

static const char *mode_of(const struct cell *cell)
{
	return cell->mode;
}

static bool is_in(char *const *list, const char *text)
{
	for (; *list; list++)
		if (strcmp(*list, text) == 0)
			return true;
	return false;
}

/* The texts that the cells have, each once. */
static void texts_say(char *out, size_t room, const struct document *document, cell_text *of)
{
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < document->cells_count; i++) {
		bool is_new = true;
		for (size_t j = 0; j < i && is_new; j++)
			is_new = strcmp(of(&document->cells[j]), of(&document->cells[i])) != 0;
		if (is_new && used < room)
			used += (size_t)snprintf(out + used, room - used, "%s%.60s", used ? ", " : "",
						 of(&document->cells[i]));
	}
}

/* A list of which each item is among the texts of the cells, to be freed with argv_free(); NULL with err set. */
static char **list_read(const char *text, const char *what, const struct document *document, cell_text *of,
			struct err *err)
{
	char known[600];
	char **list = argv_list(text, err);

	for (size_t i = 0; list && list[i]; i++) {
		bool is_known = false;
		for (size_t j = 0; j < document->cells_count && !is_known; j++)
			is_known = strcmp(of(&document->cells[j]), list[i]) == 0;
		if (is_known)
			continue;
		texts_say(known, sizeof known, document, of);
		err_set(err, "the run has no %s '%.60s': %s", what, list[i], known);
		argv_free(list);
		return NULL;
	}
	return list;
}

/* The client "seq" makes one request at a time. */
static bool has_level(const struct cell *cell)
{
	return !cell_is_open_loop(cell) && strcmp(cell->client, "seq") != 0;
}

static bool level_is_in(const struct levels *levels, uint64_t level)
{
	for (size_t i = 0; i < levels->count; i++)
		if (levels->level[i] == level)
			return true;
	return false;
}

static int levels_check(const struct levels *levels, const struct document *document, struct err *err)
{
	for (size_t i = 0; i < document->cells_count; i++)
		if (has_level(&document->cells[i]) && level_is_in(levels, document->cells[i].level))
			return 0;
	return err_set(err, "the run has none of the levels %.100s", levels->text);
}

int selection_apply(const struct selection *selection, struct document *document, struct err *err)
{
	char **servers = NULL, **modes = NULL;
	int result = -1;

	if ((selection->servers && !(servers = list_read(selection->servers, "server", document, server_of, err))) ||
	    (selection->modes && !(modes = list_read(selection->modes, "mode", document, mode_of, err))) ||
	    (selection->levels->count && levels_check(selection->levels, document, err)))
		goto out;
	size_t kept = 0;
	for (size_t i = 0; i < document->cells_count; i++) {
		struct cell *cell = &document->cells[i];
		if ((servers && strcmp(cell->server, CONTROL_SERVER) != 0 && !is_in(servers, cell->server)) ||
		    (modes && !is_in(modes, cell->mode)) ||
		    (selection->levels->count && has_level(cell) && !level_is_in(selection->levels, cell->level))) {
			cell_release(cell);
			continue;
		}
		document->cells[kept++] = *cell;
	}
	document->cells_count = kept;
	result = 0;
out:
	argv_free(servers);
	argv_free(modes);
	return result;
}

static int name_label(char **name, const char *label, struct err *err)
{
	char *labelled;

	if (!*name || strcmp(*name, CONTROL_SERVER) == 0)
		return 0;
	if (asprintf(&labelled, "%s, %s", *name, label) < 0)
		return err_set(err, "out of memory");
	free(*name);
	*name = labelled;
	return 0;
}

int selection_label(struct document *document, const char *label, struct err *err)
{
	for (size_t i = 0; i < document->servers_count; i++)
		if (name_label(&document->servers[i].name, label, err))
			return -1;
	for (size_t i = 0; i < document->cells_count; i++)
		if (name_label(&document->cells[i].server, label, err))
			return -1;
	return 0;
}

int selection_join(struct document *into, struct document *from, struct err *err)
{
	struct document_server *servers = realloc(into->servers,
						  (into->servers_count + from->servers_count + 1) * sizeof *servers);
	struct cell *cells = realloc(into->cells, (into->cells_count + from->cells_count + 1) * sizeof *cells);
	uint64_t blocks = 0;

	into->servers = servers ? servers : into->servers;
	into->cells = cells ? cells : into->cells;
	if (!servers || !cells) {
		document_release(from);
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < into->cells_count; i++)
		if (cells[i].block > blocks)
			blocks = cells[i].block;
	for (size_t i = 0; i < from->cells_count; i++)
		from->cells[i].block += blocks;
	memcpy(servers + into->servers_count, from->servers, from->servers_count * sizeof *servers);
	memcpy(cells + into->cells_count, from->cells, from->cells_count * sizeof *cells);
	into->servers_count += from->servers_count;
	into->cells_count += from->cells_count;
	from->servers_count = from->cells_count = 0;
	document_release(from);
	return 0;
}
