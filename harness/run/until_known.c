#include "harness/run/until_known.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/settle.h"
#include "harness/analysis/summary.h"
#include "harness/analysis/verdicts.h"
#include "harness/lib/clock.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"

/* What a launch and a cell take beside ramp and window; and a cell of which nothing is known. */
#define LAUNCH_S  1.0
#define CELL_S    1.0
#define UNKNOWN_S 5.0

#define NOTICE_TEXT 1024

static void ask_add(struct sweep_ask *ask, enum load_mode mode, uint64_t level)
{
	settle_level_add(ask->of_mode[mode].level, &ask->of_mode[mode].count, SWEEP_ASK_LEVELS, level);
}

/* How long a cell is likely to take, by the last one like it. */
static double cell_time(const struct sweep *sweep, const char *server, enum load_mode mode, uint64_t level)
{
	const struct document *document = sweep->document;

	for (size_t i = document->cells_count; i-- > 0;) {
		const struct cell *cell = &document->cells[i];
		if (cell->level == level && !cell_is_open_loop(cell) && strcmp(cell->server, server) == 0 &&
		    strcmp(cell->mode, load_mode_names[mode]) == 0 && cell->window_s > 0)
			return CELL_S + cell->ramp_s + 2 * cell->window_s;
	}
	return UNKNOWN_S;
}

static double ask_time(const struct sweep *sweep, const char *server, const struct sweep_ask *ask)
{
	double sum = 0;

	for (int mode = 0; mode < LOAD_MODES; mode++)
		for (size_t i = 0; i < ask->of_mode[mode].count; i++)
			sum += cell_time(sweep, server, (enum load_mode)mode, ask->of_mode[mode].level[i]);
	return sum > 0 ? sum + LAUNCH_S : 0;
}

/* What another launch of a server in a mode is to measure. Returns 0, or -1 with err set. */
static int ask_fill(struct sweep_ask *ask, const struct sweep *sweep, const struct verdict *verdict,
		    enum load_mode mode, struct err *err)
{
	uint64_t levels[SETTLE_LEVELS], between = settle_between(verdict);
	struct launches launches;
	bool is_over = settle_is_over(verdict);

	if (is_over && !(between && verdict->settled))
		return 0;
	if (launches_of(&launches, sweep->document, verdict->server, verdict->mode, err)) {
		launches_release(&launches);
		return -1;
	}
	size_t count = is_over ? 0 : settle_levels(levels, &launches, verdict);
	for (size_t i = 0; i < count; i++)
		ask_add(ask, mode, levels[i]);
	ask_add(ask, mode, between);
	launches_release(&launches);
	return 0;
}

/* What the next block is to measure, the control server aside. */
static int asks_fill(struct sweep_ask *asks, const struct sweep *sweep, struct err *err)
{
	memset(asks, 0, sweep->servers_count * sizeof *asks);
	for (size_t i = 0; i < sweep->modes_count; i++) {
		struct verdicts verdicts;
		int bad = verdicts_of(&verdicts, sweep->document, load_mode_names[sweep->modes[i]], err);
		for (size_t j = 0; j < sweep->servers_count && !bad; j++) {
			const char *name = sweep->servers[j]->name;
			const struct verdict *verdict = verdicts_find(&verdicts, name);
			if (verdict && strcmp(name, CONTROL_SERVER) != 0 && verdict->launches)
				bad = ask_fill(&asks[j], sweep, verdict, sweep->modes[i], err);
		}
		verdicts_release(&verdicts);
		if (bad)
			return -1;
	}
	return 0;
}

/* Drops what would not fit into the time, and adds the control server's share. Returns how many servers are left. */
static size_t asks_fit(struct sweep_ask *asks, const struct sweep *sweep, double left_s, char names[NOTICE_TEXT])
{
	struct sweep_ask *control = NULL, all = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < sweep->servers_count; i++)
		if (strcmp(sweep->servers[i]->name, CONTROL_SERVER) == 0)
			control = &asks[i];
	for (size_t i = 0; i < sweep->servers_count; i++) {
		const char *name = sweep->servers[i]->name;
		struct sweep_ask wider = all;
		double own_s = ask_time(sweep, name, &asks[i]);
		if (&asks[i] == control || !(own_s > 0))
			continue;
		for (int mode = 0; mode < LOAD_MODES; mode++)
			for (size_t j = 0; j < asks[i].of_mode[mode].count; j++)
				ask_add(&wider, (enum load_mode)mode, asks[i].of_mode[mode].level[j]);
		double more_s = control ? ask_time(sweep, CONTROL_SERVER, &wider) -
						  ask_time(sweep, CONTROL_SERVER, &all)
					: 0;
		if (own_s + more_s > left_s) {
			asks[i] = (struct sweep_ask){ 0 };
			continue;
		}
		left_s -= own_s + more_s;
		all = wider;
		count++;
		size_t used = strlen(names);
		snprintf(names + used, NOTICE_TEXT - used, "%s%s", used ? ", " : "", name);
	}
	if (control)
		*control = all;
	return count;
}

static void tell(const struct sweep *sweep, const char *text)
{
	if (sweep->watch && sweep->watch->notice)
		sweep->watch->notice(sweep->watch->context, text);
}

static void tell_block(const struct sweep *sweep, const char *names, double left_s)
{
	char text[NOTICE_TEXT + 100];
	unsigned left = (unsigned)fmax(left_s, 0);

	snprintf(text, sizeof text, "settling, with %u:%02u left at most: %s", left / 60, left % 60, names);
	tell(sweep, text);
}

/* What is not settled, and what is missing. Returns 0, or -1 with err set. */
static int tell_rest(const struct sweep *sweep, struct err *err)
{
	for (size_t i = 0; i < sweep->modes_count; i++) {
		struct verdicts verdicts;
		char text[NOTICE_TEXT];
		if (verdicts_of(&verdicts, sweep->document, load_mode_names[sweep->modes[i]], err)) {
			verdicts_release(&verdicts);
			return -1;
		}
		for (size_t j = 0; j < verdicts.count; j++) {
			const struct verdict *verdict = &verdicts.of[j];
			if (verdict->settled || !verdict->launches || strcmp(verdict->server, CONTROL_SERVER) == 0)
				continue;
			snprintf(text, sizeof text, "not settled: %s, %s; missing: %s", verdict->server, verdict->mode,
				 verdict->missing);
			tell(sweep, text);
		}
		verdicts_release(&verdicts);
	}
	return 0;
}

/* The block after those that there are, whole or in part. */
static uint64_t next_block(const struct document *document)
{
	uint64_t last = 0;

	for (size_t i = 0; i < document->cells_count; i++)
		if (document->cells[i].block > last)
			last = document->cells[i].block;
	return last + 1;
}

int until_known_run(struct sweep *sweep, uint64_t deadline_ns, struct err *err)
{
	struct sweep_ask *asks = calloc(sweep->servers_count + 1, sizeof *asks);
	char names[NOTICE_TEXT];
	int result = asks ? 0 : err_set(err, "out of memory");

	while (!result && !*sweep->stop) {
		double left_s = ((double)deadline_ns - (double)clock_ns()) / 1e9;
		result = asks_fill(asks, sweep, err);
		names[0] = 0;
		if (result || !asks_fit(asks, sweep, left_s, names))
			break;
		tell_block(sweep, names, left_s);
		result = sweep_block(sweep, asks, next_block(sweep->document), err);
	}
	free(asks);
	return result || *sweep->stop ? result : tell_rest(sweep, err);
}
