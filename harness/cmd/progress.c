#include "harness/cmd/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/lib/units.h"

/* How much of a longer notice is shown, bytes. */
#define NOTICE_HEAD 120
#define NOTICE_TAIL 120

/* The time that the rest will take; "" where there is nothing to go by, or no rest. */
static const char *time_left(const struct progress *progress, size_t done, size_t all, char out[48])
{
	bool at_least;
	double left_s = pace_left_s(&progress->pace, done, all, clock_ns(), &at_least);

	out[0] = 0;
	if (left_s > 0) {
		unsigned left = (unsigned)(fmin(left_s, 1e9) + 0.5);
		snprintf(out, 48, ", %s%u:%02u left", at_least ? "at least " : "", left / 60, left % 60);
	}
	return out;
}

/* The load of a cell, in words. */
static const char *load_words(const struct cell *cell, char *out, size_t room)
{
	bool offered = !isnan(cell->open_loop.offered_rps);
	char count[UNITS_TEXT];

	units_show_count(count, offered ? (uint64_t)cell->open_loop.offered_rps : cell->level);
	snprintf(out, room, "%s %s%s", count, offered ? "requests/s offered" : "connection",
		 offered || cell->level == 1 ? "" : "s");
	return out;
}

static void on_begin(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct progress *progress = context;
	const struct client *client = client_find(cell->client);
	char left[48], load[64];

	pace_begin(&progress->pace, done, clock_ns());
	if (!progress->terminal)
		return;
	fprintf(stderr, "\r\033[K[%zu/%zu%s] %s: %s, %s", done, all, time_left(progress, done, all, left), cell->server,
		client && client->max_connections == 1 ? client->name : cell->mode,
		load_words(cell, load, sizeof load));
	fflush(stderr);
}

static void on_end(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct progress *progress = context;

	(void)done;
	(void)all;
	if (cell->error) {
		progress->failed_cells++;
	} else if (cell->rate_rps > progress->best_rps) {
		progress->best_rps = cell->rate_rps;
		load_words(cell, progress->best_at, sizeof progress->best_at);
	}
}

static void on_server_end(void *context, const char *server, uint64_t block, size_t done, size_t all)
{
	struct progress *progress = context;
	char left[48], rate[UNITS_TEXT];

	if (!pace_end(&progress->pace, done, clock_ns()))
		return; /* all of it was measured before */
	progress_clear(progress);
	fprintf(stderr, "[%zu/%zu%s] %s", done, all, time_left(progress, done, all, left), server);
	if (block > 1)
		fprintf(stderr, " (block %llu)", (unsigned long long)block);
	if (progress->best_rps > 0)
		fprintf(stderr, ": up to %s requests/s, at %s", units_show_count(rate, (uint64_t)progress->best_rps),
			progress->best_at);
	if (progress->failed_cells)
		fprintf(stderr, "; %llu cell%s failed", (unsigned long long)progress->failed_cells,
			progress->failed_cells == 1 ? "" : "s");
	fputc('\n', stderr);
	progress->best_rps = 0;
	progress->failed_cells = 0;
}

/* A server's last words may be long, and its very last say most; the cell keeps all of them. */
static void on_notice(void *context, const char *text)
{
	size_t bytes = strlen(text);

	progress_clear(context);
	if (bytes <= NOTICE_HEAD + NOTICE_TAIL)
		fprintf(stderr, "%s\n", text);
	else
		fprintf(stderr, "%.*s ... %s\n", NOTICE_HEAD, text, text + bytes - NOTICE_TAIL);
}

void progress_init(struct progress *progress)
{
	*progress = (struct progress){
		.terminal = isatty(STDERR_FILENO),
		.watch = { on_begin, on_end, on_server_end, on_notice, progress },
	};
	pace_init(&progress->pace, clock_ns());
}

void progress_clear(struct progress *progress)
{
	if (progress->terminal)
		fputs("\r\033[K", stderr);
}
