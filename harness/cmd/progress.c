#include "harness/cmd/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "clients/choice.h"
#include "harness/cmd/common.h"
#include "harness/lib/clock.h"
#include "harness/lib/units.h"

/* Between two lines of what is under way. */
#define LINE_NS (10 * CLOCK_S)
/* How much of a longer notice is shown, bytes. */
#define NOTICE_HEAD 120
#define NOTICE_TAIL 120

/* The estimated time left; "" where nothing was measured yet, or nothing is left. */
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

/* The load of a cell, as "256 connections". */
static const char *load_show(const struct cell *cell, char *out, size_t room)
{
	bool offered = !isnan(cell->open_loop.offered_rps);
	char count[UNITS_TEXT];

	units_show_count(count, offered ? (uint64_t)cell->open_loop.offered_rps : cell->level);
	snprintf(out, room, "%s %s%s", count, offered ? "requests/s offered" : "connection",
		 offered || cell->level == 1 ? "" : "s");
	return out;
}

static const char *mode_of(const struct cell *cell)
{
	const struct client *client = client_find(cell->client);

	return client && client->max_connections == 1 ? client->name : cell->mode;
}

/* Where there is no status line, whether it is time for a line that stays. */
static bool is_due(struct progress *progress, uint64_t now_ns)
{
	if (progress->terminal.rewrites || progress->terminal.verbosity.quiet || now_ns - progress->said_ns < LINE_NS)
		return false;
	progress->said_ns = now_ns;
	return true;
}

/* Begins a curve anew with each mode of a launch. */
static void curve_follow(struct progress *progress, const struct cell *cell)
{
	if (strcmp(progress->mode, mode_of(cell)) == 0)
		return;
	snprintf(progress->mode, sizeof progress->mode, "%s", mode_of(cell));
	progress->curve_count = 0;
	progress->requests_failed = 0;
	progress->cells_not_valid = 0;
}

static void curve_add(struct progress *progress, const struct cell *cell)
{
	if (progress->curve_count == PROGRESS_CURVE)
		memmove(progress->curve, progress->curve + 1, --progress->curve_count * sizeof *progress->curve);
	progress->curve[progress->curve_count++] = cell->error ? NAN : cell->rate_rps;
	progress->requests_failed += cell->error ? 0 : (double)cell_failed(cell);
	progress->cells_not_valid += !cell->valid;
}

char *progress_live(const struct progress *progress, char out[PROGRESS_LIVE])
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	enum { BARS = sizeof bars / sizeof *bars };
	double max = 0;
	char count[UNITS_TEXT];
	size_t used = 0;

	out[0] = 0;
	if (progress->terminal.verbosity.no_live || !progress->curve_count)
		return out;
	for (size_t i = 0; i < progress->curve_count; i++)
		max = fmax(max, progress->curve[i]);
	used += (size_t)snprintf(out, PROGRESS_LIVE, "  ");
	for (size_t i = 0; i < progress->curve_count; i++) {
		double rate = progress->curve[i];
		int bar = max > 0 ? (int)fmin(rate / max * BARS, BARS - 1) : 0;
		used += (size_t)snprintf(out + used, PROGRESS_LIVE - used, "%s", isnan(rate) ? "×" : bars[bar]);
	}
	double last = progress->curve[progress->curve_count - 1];
	if (!isnan(last))
		used += (size_t)snprintf(out + used, PROGRESS_LIVE - used, " %s/s",
					 units_show_count(count, (uint64_t)last));
	if (progress->requests_failed > 0)
		used += (size_t)snprintf(out + used, PROGRESS_LIVE - used, ", %s failed",
					 units_show_count(count, (uint64_t)progress->requests_failed));
	if (progress->cells_not_valid)
		snprintf(out + used, PROGRESS_LIVE - used, ", %llu not valid",
			 (unsigned long long)progress->cells_not_valid);
	return out;
}

static void on_begin(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct progress *progress = context;
	char left[48], load[64], live[PROGRESS_LIVE];

	pace_begin(&progress->pace, done, clock_ns());
	if (progress->terminal.verbosity.verbose)
		return; /* the line that stays is that of the cell's end */
	time_left(progress, done, all, left);
	load_show(cell, load, sizeof load);
	curve_follow(progress, cell);
	terminal_status(&progress->terminal, "[%zu/%zu%s] %s: %s, %s%s", done, all, left, cell->server, mode_of(cell),
			load, progress_live(progress, live));
	if (is_due(progress, clock_ns()))
		say("[%zu/%zu%s] %s: %s, %s", done, all, left, cell->server, mode_of(cell), load);
}

static void on_end(void *context, const struct cell *cell, size_t done, size_t all)
{
	struct progress *progress = context;
	char load[64], rate[UNITS_TEXT];

	load_show(cell, load, sizeof load);
	curve_add(progress, cell);
	if (cell->error) {
		progress->failed_cells++;
	} else if (cell->rate_rps > progress->best_rps) {
		progress->best_rps = cell->rate_rps;
		strcpy(progress->best_at, load);
	}
	if (!progress->terminal.verbosity.verbose || progress->terminal.verbosity.quiet ||
	    cell->error) /* an error was reported as it happened */
		return;
	terminal_clear(&progress->terminal);
	say("[%zu/%zu] %s: %s, %s: %s requests/s%s", done, all, cell->server, mode_of(cell), load,
	    units_show_count(rate, (uint64_t)cell->rate_rps), cell->valid ? "" : ", not valid");
}

static void on_server_end(void *context, const char *server, uint64_t block, size_t done, size_t all)
{
	struct progress *progress = context;
	char left[48], rate[UNITS_TEXT];

	if (!pace_end(&progress->pace, done, clock_ns()))
		return; /* all of it was measured before the run was resumed */
	progress->said_ns = clock_ns();
	if (progress->terminal.verbosity.quiet)
		goto out;
	terminal_clear(&progress->terminal);
	fprintf(stderr, "[%zu/%zu%s] %s", done, all, time_left(progress, done, all, left), server);
	if (block > 1)
		fprintf(stderr, " (launch %llu)", (unsigned long long)block);
	if (progress->best_rps > 0)
		fprintf(stderr, ": up to %s requests/s, at %s", units_show_count(rate, (uint64_t)progress->best_rps),
			progress->best_at);
	if (progress->failed_cells)
		fprintf(stderr, "; %llu cell%s failed", (unsigned long long)progress->failed_cells,
			progress->failed_cells == 1 ? "" : "s");
	fputc('\n', stderr);
out:
	progress->best_rps = 0;
	progress->failed_cells = 0;
	*progress->mode = 0;
}

/* The last stderr output of a server may be long, and its end says most; the cell keeps all of it. */
static void on_notice(void *context, const char *text)
{
	const struct progress *progress = context;
	size_t bytes = strlen(text);

	terminal_clear(&progress->terminal);
	if (bytes <= NOTICE_HEAD + NOTICE_TAIL)
		say("%s", text);
	else
		say("%.*s ... %s", NOTICE_HEAD, text, text + bytes - NOTICE_TAIL);
}

void progress_init(struct progress *progress, struct settings_verbosity verbosity)
{
	*progress = (struct progress){
		.watch = { on_begin, on_end, on_server_end, on_notice, progress },
	};
	terminal_init(&progress->terminal, verbosity);
	pace_init(&progress->pace, clock_ns());
	progress->said_ns = clock_ns();
}
