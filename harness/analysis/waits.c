#include "harness/analysis/waits.h"

#include <math.h>
#include <string.h>

#include "harness/analysis/summary.h"

/* Waiting: neither side uses half a core, a response takes a millisecond or more, and neither a quota nor others hold the server up. */
#define IDLE      0.5
#define WAITS_NS  1e6
#define THROTTLED 0.1
#define OWN_TIMES \
	3 /* a latency of as many times the control server's, in the same block and level, is the server's own */

/* What the machine does to all shows in the control server; where that is unknown, in the kernel's CPU pressure. */
static bool is_machine(const struct launch_point *point)
{
	if (isnan(point->control_latency_ns))
		return point->pressure_share > LAUNCHES_PRESSED;
	return point->latency_ns < OWN_TIMES * point->control_latency_ns;
}

static bool is_waiting(const struct launch_point *point)
{
	return point->cores < IDLE && point->client_cpu < IDLE && point->latency_ns >= WAITS_NS &&
	       !(point->throttled > THROTTLED) && !is_machine(point);
}

void waits_find(struct judgement *judgement)
{
	const struct launches *launches = judgement->launches;
	double room[launches->count + 1];

	for (size_t level = 0; level < launches->levels_count; level++) {
		if (!launches_most(launches, level, is_waiting))
			continue;
		for (size_t i = 0; i < launches->count; i++)
			room[i] = launches_at(launches, i, level)->latency_ns;
		if (isnan(judgement->verdict->waits_ns))
			judgement->verdict->waits_ns = summary_median(room, launches->count);
		judgement->verdict->waits_to = launches->levels[level];
	}
}

/* Whether the client that asks one thing at a time waits while the server idles. */
void waits_sequential(struct verdict *verdict, const struct document *document)
{
	double room[LAUNCHES_MAX];
	size_t known = 0, waiting = 0;

	for (size_t i = 0; i < document->cells_count && known < LAUNCHES_MAX; i++) {
		const struct cell *cell = &document->cells[i];
		if (strcmp(cell->server, verdict->server) != 0 || strcmp(cell->client, SUMMARY_SEQUENTIAL) != 0 ||
		    cell_is_failed(cell))
			continue;
		double cores = cell->server_cpu_us_per_request * cell->rate_rps / 1e6;
		room[known++] = cell->latency_ns.p50;
		double pressed = cell->kernel.counters[KERNEL_CPU_PRESSURE_MS] / (cell->window_s * 1e3);
		waiting += cores < IDLE && cell->latency_ns.p50 >= WAITS_NS && !(pressed > LAUNCHES_PRESSED);
	}
	if (isnan(verdict->waits_ns) && known && 2 * waiting > known)
		verdict->waits_ns = summary_median(room, known);
}
