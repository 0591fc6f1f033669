#include "harness/analysis/summary.h"

#include <stdlib.h>
#include <string.h>

#include "clients/choice.h"
#include "harness/lib/control.h"
#include "harness/lib/rank.h"
#include "harness/lib/text.h"

#define OPEN_OFF      0.10
#define MEMORY_LEVELS 3
#define MEMORY_SPREAD 256

static bool is_cell_of(const struct cell *cell, const char *client, const char *mode)
{
	return !cell_is_open_loop(cell) && strcmp(cell->client, client) == 0 &&
	       (!mode || strcmp(cell->mode, mode) == 0);
}

double summary_median(double *numbers, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(numbers[i]))
			numbers[known++] = numbers[i];
	if (!known)
		return NAN;
	qsort(numbers, known, sizeof *numbers, rank_order);
	return known % 2 ? numbers[known / 2] : (numbers[known / 2 - 1] + numbers[known / 2]) / 2;
}

size_t summary_keep(const struct cell **cells, size_t count, bool *valid)
{
	size_t kept = 0;

	*valid = false;
	for (size_t i = 0; i < count; i++)
		*valid |= cells[i]->valid && !cell_is_failed(cells[i]);
	for (size_t i = 0; i < count; i++)
		if (!cell_is_failed(cells[i]) && (cells[i]->valid || !*valid))
			cells[kept++] = cells[i];
	return kept;
}

static void figures_of(struct summary *summary, const struct cell *const *cells, size_t count, double *room)
{
	for (size_t i = 0; i < count; i++)
		room[i] = cells[i]->rate_rps;
	summary->rate_rps = summary_median(room, count);
	summary->rate_min_rps = room[0];
	summary->rate_max_rps = room[count - 1];
	for (size_t i = 0; i < count; i++)
		room[i] = cells[i]->server_cpu_us_per_request;
	summary->server_cpu_us_per_request = summary_median(room, count);
	for (size_t i = 0; i < count; i++)
		room[i] = cells[i]->open_mean;
	summary->open_mean = summary_median(room, count);
	for (size_t i = 0; i < count; i++)
		room[i] = cells[i]->accept_queue.mean;
	summary->queue_mean = summary_median(room, count);
	for (size_t i = 0; i < count; i++)
		room[i] = cells[i]->capacity_rps;
	summary->capacity_rps = summary_median(room, count);
	for (size_t i = 0; i < count; i++) {
		summary->queue_max = fmax(summary->queue_max, cells[i]->accept_queue.max);
		if (!isnan(cells[i]->scaled_from))
			summary->share = fmin(summary->share, cells[i]->server_share);
	}
	for (size_t i = 0; i < count; i++) {
		summary->invalid |= cells[i]->invalid;
		summary->unseen |= cells[i]->unseen;
		if (!isnan(cells[i]->server_use.files_given)) {
			summary->files_given = cells[i]->server_use.files_given;
			summary->files_limit = cells[i]->server_use.files_limit;
		}
	}
}

/* Whether a cell is one of those that a summary sums up. */
static bool summary_has(const struct summary *summary, const struct cell *cell)
{
	return cell->level == summary->level && strcmp(cell->server, summary->server) == 0 &&
	       is_cell_of(cell, summary->client, summary->mode);
}

int summary_of(struct summary *summary, const struct document *document, const char *server, const char *client,
	       const char *mode, uint64_t level, struct err *err)
{
	size_t count = 0;

	*summary = (struct summary){
		.server = server,
		.client = client,
		.mode = mode,
		.level = level,
		.rate_rps = NAN,
		.rate_min_rps = NAN,
		.rate_max_rps = NAN,
		.server_cpu_us_per_request = NAN,
		.open_mean = NAN,
		.queue_mean = NAN,
		.queue_max = NAN,
		.share = NAN,
		.capacity_rps = NAN,
		.files_given = NAN,
		.files_limit = NAN,
	};
	for (size_t i = 0; i < document->cells_count; i++)
		summary->cells += summary_has(summary, &document->cells[i]);
	if (!summary->cells) /* as most are, of many servers and levels */
		return 0;
	const struct cell **cells = calloc(summary->cells, sizeof *cells);
	double *room = calloc(summary->cells, sizeof *room);
	if (!cells || !room) {
		free(cells);
		free(room);
		return err_set(err, "out of memory");
	}
	for (size_t i = 0; i < document->cells_count && count < summary->cells; i++) {
		const struct cell *cell = &document->cells[i];
		if (!summary_has(summary, cell))
			continue;
		summary->ok += cell->ok;
		for (int kind = 0; kind < LOAD_FAILURES; kind++)
			summary->failures[kind] += cell->failed[kind];
		if (cell->backlog > summary->backlog)
			summary->backlog = cell->backlog;
		if (cell_is_failed(cell)) {
			summary->failed++;
			if (!summary->error)
				summary->error = cell->error;
		}
		summary->errors |= cell_is_failed(cell) || cell_failed(cell) > 0;
		cells[count++] = cell;
	}
	count = summary_keep(cells, count, &summary->valid);
	summary->used = (unsigned)count;
	for (size_t i = 0; i < count; i++)
		summary->partial |= cells[i]->rounds < 1;
	if (count)
		figures_of(summary, cells, count, room);
	free(cells);
	free(room);
	return 0;
}

bool summary_uses(const struct summary *summary, const struct cell *cell)
{
	return summary_has(summary, cell) && !cell_is_failed(cell) && (cell->valid || !summary->valid);
}

const char *summary_client(const struct document *document)
{
	/* The client that ran, which need not be the one that was requested. */
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct client *client = client_find(document->cells[i].client);
		if (!client || client->max_connections != 1)
			return document->cells[i].client;
	}
	return clients[0]->name;
}

static void name_add(const char **names, size_t *count, const char *name)
{
	if (!name)
		return;
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return;
	names[(*count)++] = name;
}

static int server_order(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int ceiling = (strcmp(y, CONTROL_SERVER) == 0) - (strcmp(x, CONTROL_SERVER) == 0);

	return ceiling ? ceiling : strcmp(x, y);
}

const char **summary_servers(const struct document *document, struct err *err)
{
	const char **names = calloc(document->servers_count + document->cells_count + 1, sizeof *names);
	size_t count = 0;

	if (!names) {
		err_set(err, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < document->servers_count; i++)
		name_add(names, &count, document->servers[i].name);
	for (size_t i = 0; i < document->cells_count; i++)
		name_add(names, &count, document->cells[i].server);
	qsort(names, count, sizeof *names, server_order);
	return names;
}

static int mode_order(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int rank = (int)load_mode_find(x) - (int)load_mode_find(y);

	return rank ? rank : strcmp(x, y);
}

const char **summary_modes(const struct document *document, struct err *err)
{
	const char **names = calloc(document->cells_count + 1, sizeof *names);
	const char *client = summary_client(document);
	size_t count = 0;

	if (!names) {
		err_set(err, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < document->cells_count; i++)
		if (is_cell_of(&document->cells[i], client, NULL))
			name_add(names, &count, document->cells[i].mode);
	qsort(names, count, sizeof *names, mode_order);
	return names;
}

static int level_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int summary_levels(const struct document *document, const char *mode, uint64_t **levels, size_t *count, struct err *err)
{
	uint64_t *found = calloc(document->cells_count + 1, sizeof *found);
	const char *client = summary_client(document);
	size_t all = 0;

	*levels = found;
	*count = 0;
	if (!found)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < document->cells_count; i++)
		if (is_cell_of(&document->cells[i], client, mode))
			found[all++] = document->cells[i].level;
	qsort(found, all, sizeof *found, level_order);
	for (size_t i = 0; i < all; i++)
		if (!*count || found[*count - 1] != found[i])
			found[(*count)++] = found[i];
	return 0;
}

char *summary_mode(char out[SUMMARY_MODE], const struct document *document, const char *mode)
{
	const char *active = document_option(document, "active");
	char name[64];

	switch (load_mode_find(mode)) {
	case LOAD_CLOSE: return strcpy(out, "close mode: a new TCP connection for each request");
	case LOAD_KEEPALIVE: return strcpy(out, "keepalive mode: each connection carries one request after the other");
	case LOAD_CROWD:
		snprintf(out, SUMMARY_MODE,
			 "crowd mode: all connections are open, %s%.20s of them carry requests, the others are silent",
			 *active ? "at most " : "some", active);
		return out;
	case LOAD_MODES: break;
	}
	snprintf(out, SUMMARY_MODE, "%s mode", text_plain(name, sizeof name, mode));
	return out;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

uint64_t summary_nearest(const uint64_t *levels, size_t count, uint64_t wanted)
{
	uint64_t nearest = 0;

	for (size_t i = 0; i < count; i++)
		if (!i || distance(levels[i], wanted) < distance(nearest, wanted))
			nearest = levels[i];
	return nearest;
}

bool summary_open_differs(const struct summary *summary)
{
	return summary->level > 1 && fabs(summary->open_mean / (double)summary->level - 1) > OPEN_OFF;
}

/* Least squares. `x` rises. */
static double slope(const double *x, const double *y, size_t count)
{
	double x_mean = 0, y_mean = 0, xx = 0, xy = 0;

	if (count < MEMORY_LEVELS || x[count - 1] - x[0] < MEMORY_SPREAD)
		return NAN;
	for (size_t i = 0; i < count; i++) {
		x_mean += x[i] / (double)count;
		y_mean += y[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		xx += (x[i] - x_mean) * (x[i] - x_mean);
		xy += (x[i] - x_mean) * (y[i] - y_mean);
	}
	return xy / xx;
}

/* Where the client's CPU was the limit the rate is not the server's, but its memory is. */
static bool tells_memory(const struct cell *cell, const char *server, const char *client, uint64_t level)
{
	return cell->level == level && strcmp(cell->server, server) == 0 &&
	       is_cell_of(cell, client, load_mode_names[LOAD_CROWD]) &&
	       !(cell->invalid & ~(1u << INVALID_CLIENT_BOUND)) && !isnan(cell->server_rss_bytes);
}

int summary_memory(double *bytes, const struct document *document, const char *server, struct err *err)
{
	const char *client = summary_client(document);
	uint64_t *levels = NULL;
	size_t levels_count, known = 0;
	double *room = calloc(document->cells_count + 1, 4 * sizeof *room);
	int result = -1;

	*bytes = NAN;
	if (!room) {
		err_set(err, "out of memory");
		goto out;
	}
	if (summary_levels(document, load_mode_names[LOAD_CROWD], &levels, &levels_count, err))
		goto out;
	double *x = room, *y = x + levels_count, *open = y + levels_count, *memory = open + document->cells_count;
	for (size_t i = 0; i < levels_count; i++) {
		size_t count = 0;
		for (size_t j = 0; j < document->cells_count; j++) {
			const struct cell *cell = &document->cells[j];
			if (!tells_memory(cell, server, client, levels[i]))
				continue;
			open[count] = cell->crowd.silent + cell->crowd.active;
			memory[count++] = cell->server_rss_bytes;
		}
		x[known] = summary_median(open, count);
		y[known] = summary_median(memory, count);
		known += !isnan(x[known]);
	}
	*bytes = slope(x, y, known);
	result = 0;
out:
	free(levels);
	free(room);
	return result;
}

bool summary_never_started(const struct document *document, const char *server, const char **error)
{
	bool any = false;

	*error = NULL;
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (strcmp(cell->server, server) != 0)
			continue;
		if (!cell->error || cell->started || cell->ok || cell->connects)
			return false;
		any = true;
		if (!*error)
			*error = cell->error;
	}
	return any;
}
