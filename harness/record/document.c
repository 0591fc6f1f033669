#include "harness/record/document.h"
#include "harness/lib/control.h"

#include <stdlib.h>
#include <string.h>

void document_release(struct document *document)
{
	for (size_t i = 0; i < document->options_count; i++) {
		free(document->options[i].name);
		free(document->options[i].value);
	}
	for (size_t i = 0; i < document->servers_count; i++) {
		struct document_server *server = &document->servers[i];
		free(server->name);
		free(server->command);
		free(server->version);
		free(server->family);
		free(server->model);
		free(server->since);
		free(server->implementation);
	}
	for (size_t i = 0; i < document->cells_count; i++)
		cell_release(&document->cells[i]);
	free(document->options);
	free(document->servers);
	free(document->cells);
	free(document->benchctl);
	free(document->commit);
	free(document->compiler);
	free(document->flags);
	free(document->client_cpus);
	free(document->client);
	free(document->server_cpus);
	*document = (struct document){ 0 };
}

int document_add_cell(struct document *document, struct cell *cell)
{
	struct cell *cells = realloc(document->cells, (document->cells_count + 1) * sizeof *cells);

	if (!cells)
		return -1;
	document->cells = cells;
	cells[document->cells_count++] = *cell;
	return 0;
}

const char *document_option(const struct document *document, const char *name)
{
	for (size_t i = 0; i < document->options_count; i++)
		if (strcmp(document->options[i].name, name) == 0)
			return document->options[i].value;
	return "";
}

const struct document_server *document_server(const struct document *document, const char *name)
{
	for (size_t i = 0; i < document->servers_count; i++)
		if (strcmp(document->servers[i].name, name) == 0)
			return &document->servers[i];
	return NULL;
}

bool document_is_revival(const struct document *document, const char *server)
{
	const struct document_server *found = document_server(document, server);

	return found && found->implementation && strcmp(found->implementation, "revival") == 0;
}

const struct cell *document_cell(const struct document *document, const char *server, const struct cell *like)
{
	for (size_t i = 0; i < document->cells_count; i++)
		if (strcmp(document->cells[i].server, server) == 0 && cell_is_alike(&document->cells[i], like))
			return &document->cells[i];
	return NULL;
}

static double control_rate(const struct document *document, const struct cell *like)
{
	const struct cell *cell = document_cell(document, CONTROL_SERVER, like);

	return cell && !cell->error ? cell->rate_rps : NAN;
}

void document_judge(struct document *document)
{
	for (size_t i = 0; i < document->cells_count; i++)
		cell_judge(&document->cells[i], control_rate(document, &document->cells[i]));
}
