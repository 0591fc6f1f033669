#include "harness/record/result.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "harness/record/result_json.h"

#define CELL(path, kind, field)                                           \
	{                                                                 \
		path, kind, offsetof(struct cell, field), 0, false, false \
	}
/* A field that came later than the first version of the schema, or is a text that may be NULL. */
#define LATER(path, kind, field)                                         \
	{                                                                \
		path, kind, offsetof(struct cell, field), 0, true, false \
	}
/* A number that only some kinds of load have. */
#define SOME(path, field)                                                 \
	{                                                                 \
		path, NUMBER, offsetof(struct cell, field), 0, true, true \
	}
#define TIMES(name)                                                                         \
	CELL(#name ".mean", NUMBER, name.mean), CELL(#name ".p50", NUMBER, name.p50),       \
		CELL(#name ".p90", NUMBER, name.p90), CELL(#name ".p99", NUMBER, name.p99), \
		CELL(#name ".p999", NUMBER, name.p999), CELL(#name ".max", NUMBER, name.max)

static const struct field cell_fields[] = {
	CELL("server", TEXT, server),
	CELL("client", TEXT, client),
	CELL("mode", TEXT, mode),
	CELL("level", COUNT, level),
	CELL("block", COUNT, block),
	CELL("rate_rps", NUMBER, rate_rps),
	CELL("started", COUNT, started),
	CELL("ok", COUNT, ok),
	CELL("failed", FAILED, failed),
	CELL("in_flight_start", COUNT, in_flight_start),
	CELL("in_flight_end", COUNT, in_flight_end),
	CELL("connects", COUNT, connects),
	LATER("started_before", COUNT, started_before),
	LATER("stray", COUNT, stray),
	CELL("open_in_server.mean", NUMBER, open_mean),
	CELL("open_in_server.max", NUMBER, open_max),
	CELL("backlog", COUNT, backlog),
	CELL("concurrency.mean", NUMBER, concurrency_mean),
	CELL("concurrency.min", NUMBER, concurrency_min),
	CELL("concurrency.max", NUMBER, concurrency_max),
	TIMES(latency_ns),
	TIMES(connect_ns),
	SOME("open_loop.offered_rps", open_loop.offered_rps),
	SOME("open_loop.share", open_loop.share),
	SOME("open_loop.scheduled", open_loop.scheduled),
	SOME("open_loop.waiting_start", open_loop.waiting_start),
	SOME("open_loop.waiting_end", open_loop.waiting_end),
	SOME("open_loop.waited", open_loop.waited),
	SOME("open_loop.late_ok", open_loop.late_ok),
	SOME("open_loop.late_failed", open_loop.late_failed),
	SOME("open_loop.unended", open_loop.unended),
	SOME("lag_ns.mean", lag_ns.mean),
	SOME("lag_ns.p50", lag_ns.p50),
	SOME("lag_ns.p90", lag_ns.p90),
	SOME("lag_ns.p99", lag_ns.p99),
	SOME("lag_ns.p999", lag_ns.p999),
	SOME("lag_ns.max", lag_ns.max),
	SOME("crowd.active", crowd.active),
	SOME("crowd.silent", crowd.silent),
	SOME("crowd.dropped", crowd.dropped),
	SOME("crowd.dropped_after_s", crowd.dropped_after_s),
	LATER("latency_censored", BOOL, latency_censored),
	LATER("latency_histogram", TEXT, latency_hist),
	LATER("connect_histogram", TEXT, connect_hist),
	LATER("tenths", TENTHS, tenths),
	LATER("little_residual", NUMBER, little),
	CELL("window_s", NUMBER, window_s),
	CELL("ramp.seconds", NUMBER, ramp_s),
	CELL("ramp.reached", COUNT, ramp_reached),
	CELL("fairness.min", NUMBER, served_min),
	CELL("fairness.max", NUMBER, served_max),
	CELL("fairness.never_served", NUMBER, never_served),
	CELL("fairness.jain", NUMBER, jain),
	CELL("client_cpu", THREADS, client_cpu),
	LATER("client_cpu_user", THREADS, client_user),
	LATER("client_cpu_system", THREADS, client_system),
	CELL("client_cpu_busiest", NUMBER, client_cpu_busiest),
	LATER("observer_cpu", NUMBER, observer_cpu),
	LATER("ceiling_rps", NUMBER, ceiling_rps),
	CELL("server_cpu_us_per_request", NUMBER, server_cpu_us_per_request),
	CELL("server_rss_bytes", NUMBER, server_rss_bytes),
	LATER("server_use.user_s", NUMBER, server_use.user_s),
	LATER("server_use.system_s", NUMBER, server_use.system_s),
	LATER("server_use.peak_rss_bytes", NUMBER, server_use.peak_rss_bytes),
	LATER("server_use.files_max", NUMBER, server_use.files_max),
	LATER("server_use.files_limit", NUMBER, server_use.files_limit),
	LATER("server_use.processes", NUMBER, server_use.processes),
	LATER("server_use.threads", NUMBER, server_use.threads),
	LATER("server_use.switches_voluntary", NUMBER, server_use.switches_voluntary),
	LATER("server_use.switches_involuntary", NUMBER, server_use.switches_involuntary),
	LATER("kernel", KERNEL, kernel),
	CELL("restarted", BOOL, restarted),
	LATER("error", TEXT, error),
	LATER("wrong", TEXT, wrong),
	CELL("valid", BOOL, valid),
	CELL("invalid", REASONS, invalid),
	{ .path = NULL }
};

char *result_cell_line(const struct cell *cell)
{
	json_t *json = fields_json(cell_fields, cell);
	char *line = dump_json(json, JSON_REAL_PRECISION(9));

	json_decref(json);
	return line;
}

int cell_read(struct cell *cell, json_t *json, struct err *err)
{
	cell_init(cell, NULL, NULL, NULL, 0, 0); /* copies nothing, so that it can't fail */
	if (!fields_read(json, cell_fields, cell, err)) {
		if (has_words(cell->server) && has_words(cell->client) && has_words(cell->mode) && cell->level)
			return 0;
		err_set(err, "'server', 'client', 'mode' or 'level' is empty");
	}
	cell_release(cell);
	return -1;
}

int result_read_line(struct cell *cell, const char *line, size_t bytes, struct err *err)
{
	json_error_t where;
	errno = 0;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &where);

	int result = json ? cell_read(cell, json, err) : err_set(err, "not valid JSON: %s", where.text);
	json_decref(json);
	return result && errno == ENOMEM ? err_set(err, "out of memory") : result;
}
