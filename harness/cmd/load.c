#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/choice.h"
#include "clients/probe.h"
#include "clients/sources.h"
#include "harness/cmd/common.h"
#include "harness/cmd/terminal.h"
#include "harness/config/settings.h"
#include "harness/host/build.h"
#include "harness/host/cpus.h"
#include "harness/lib/clock.h"
#include "harness/lib/units.h"
#include "harness/record/cell.h"
#include "harness/record/judge.h"
#include "harness/record/result.h"
#include "harness/report/explain.h"
#include "harness/server/local.h"

struct load_settings {
	uint64_t connections, requests, threads, active, rate_rps, seed;
	struct settings_open_loop open_loop;
	uint64_t duration_ns, warmup_ns, max_window_ns, max_ramp_ns, timeout_ns;
	int mode;
	struct request_settings request;
	char *client, *raw;
	struct settings_verbosity verbosity;
	bool json, help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct load_settings, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)
#define HOUR                       (3600 * CLOCK_S)
/* A note on client and server. */
#define NOTE_TEXT 320

static const struct option_def load_options[] = {
	{ "connections", 'c', FIELD(count, connections), .fallback = "1", .min = 1, .max = LEVELS_HIGHEST,
	  .help = "number of connections" },
	{ "requests", 'n', FIELD(count, requests), .fallback = "0",
	  .help = "fixed number of requests, as with ab (0: measure for a time)" },
	{ "duration", 'd', FIELD(duration, duration_ns), .fallback = "5s", .min = CLOCK_MS, .max = HOUR,
	  .help = "window, minimum" },
	{ "mode", 'm', FIELD(choice, mode), .fallback = "close", .choices = load_mode_names,
	  .help = "close: a connection per request; keepalive; crowd: few of many are active" },
	{ "active", 0, FIELD(count, active), .fallback = "100", .min = 1, .max = LEVELS_HIGHEST,
	  .help = "crowd: connections that carry requests; the others are silent" },
	{ "rate", 0, FIELD(count, rate_rps), .fallback = "0", .max = LEVELS_RATE_HIGHEST,
	  .help = "open loop: requests a second on a schedule (0: a closed loop)" },
#include "harness/config/settings_open_loop.def"
	{ "seed", 0, FIELD(count, seed), .fallback = "1", .help = "of random arrivals, and of shuffled --urls" },
#include "harness/config/settings_request.def"
	{ "http", 0, FIELD(choice, request.http), .fallback = "1.1", .choices = request_http_names,
	  .help = "HTTP version of the requests (1.0: as ab)" },
	{ "threads", 't', FIELD(count, threads), .fallback = "0", .max = LOAD_THREADS_MAX,
	  .help = "engine threads (0: one per CPU)" },
	{ "warmup", 0, FIELD(duration, warmup_ns), .fallback = "200ms", .max = HOUR, .help = "load before the window" },
	{ "max-window", 0, FIELD(duration, max_window_ns), .fallback = "1m", .min = CLOCK_MS, .max = HOUR,
	  .help = "window, maximum: it grows to two rounds of all connections" },
	{ "max-ramp", 0, FIELD(duration, max_ramp_ns), .fallback = "1m", .min = CLOCK_MS, .max = HOUR,
	  .help = "time to open the connections, maximum" },
	{ "timeout", 0, FIELD(duration, timeout_ns), .fallback = "30s", .min = CLOCK_MS, .max = HOUR,
	  .help = "time for one request, maximum" },
	{ "client", 0, FIELD(text, client), .fallback = "epoll", .placeholder = "NAME",
	  .help = "epoll, uring, auto (uring where it can run), seq or curl" },
	{ "raw", 0, FIELD(text, raw), .placeholder = "FILE",
	  .help = "write each latency of the window in ns, one per line, thread after thread" },
	{ "json", 0, FIELD(flag, json), .help = "print one cell of run.json" },
	{ "no-live", 0, FIELD(flag, verbosity.no_live), .flags = OPTION_CALL,
	  .help = "on a terminal: no line each second" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

static void print_times(const char *name, const struct cell_times *times)
{
	const double shown[] = { times->mean, times->p50, times->p90, times->p99, times->p999, times->max };
	char text[UNITS_TEXT];

	printf("  %-12s", name);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		printf(" %9s", isnan(shown[i]) ? "-" : units_show_latency(text, (uint64_t)shown[i]));
	putchar('\n');
}

/* The figures that only an open loop or a crowd has. */
static void print_special(const struct cell *cell)
{
	char offered[EXPLAIN_OFFERED], crowd[EXPLAIN_CROWD];

	if (cell_is_open_loop(cell)) {
		print_times("lag", &cell->lag_ns);
		printf("  offered: %s\n", explain_offered(offered, cell));
		if (cell->latency_censored)
			printf("  latency is censored: after the window %.0f requests failed, and %.0f had not ended long after\n",
			       cell->open_loop.late_failed, cell->open_loop.unfinished);
	}
	if (*explain_crowd(crowd, cell))
		printf("  crowd: %s\n", crowd);
}

/* The context of a load's watch, and what was last shown of it. */
struct load_live {
	const struct load_settings *settings;
	uint64_t start_ns, last_ns, right;
};

/* A server that hangs is reported as it happens, before the measurement too. */
static void load_stalled(void *context, uint64_t silent_ns)
{
	const struct load_settings *settings = ((const struct load_live *)context)->settings;
	char silent[UNITS_TEXT], timeout[UNITS_TEXT];

	if (!settings->verbosity.quiet)
		say("benchctl load: no right response for %s; a request may take %s (--timeout)",
		    units_show_duration(silent, silent_ns / CLOCK_S * CLOCK_S),
		    units_show_duration(timeout, settings->timeout_ns));
}

static void load_enter(void *context, enum load_phase phase)
{
	static const char *const steps[] = {
		[LOAD_RAMP] = "opening the connections",
		[LOAD_WARMUP] = "warming up",
		[LOAD_MEASURE] = "measuring",
		[LOAD_SETTLE] = NULL, /* told as the end of the window */
		[LOAD_DRAIN] = "the window is over; what is in flight may end",
		[LOAD_STOP] = NULL,
	};
	const struct load_settings *settings = ((const struct load_live *)context)->settings;

	if (settings->verbosity.verbose && !settings->verbosity.quiet && steps[phase])
		say("benchctl load: %s", steps[phase]);
}

/* On a terminal a line for each second. */
static void load_look(void *context, uint64_t now_ns, uint64_t right, uint64_t ended)
{
	struct load_live *live = context;
	char rate[UNITS_TEXT], failed[UNITS_TEXT];

	if (!live->start_ns)
		live->start_ns = live->last_ns = now_ns;
	if (now_ns - live->last_ns < CLOCK_S)
		return;
	double seconds = (double)(now_ns - live->last_ns) / CLOCK_S;
	say("%4.0f s  %s requests/s, %s failed", (double)(now_ns - live->start_ns) / CLOCK_S,
	    units_show_count(rate, (uint64_t)((double)(right - live->right) / seconds)),
	    units_show_count(failed, ended - right));
	live->last_ns = now_ns;
	live->right = right;
}

static struct load_watch load_watch_of(struct load_live *live)
{
	const struct settings_verbosity *verbosity = &live->settings->verbosity;
	struct terminal terminal;

	terminal_init(&terminal, *verbosity);
	return (struct load_watch){
		.enter = load_enter,
		.stalled = load_stalled,
		.look = terminal.rewrites && !verbosity->no_live ? load_look : NULL,
		.context = live,
	};
}

static void print_cell(const struct cell *cell, const char *note, const struct load_settings *settings)
{
	char count[UNITS_TEXT];

	printf("%s: %s mode, %s connections, client %s\n", cell->server, cell->mode,
	       units_show_count(count, cell->level), cell->client);
	printf("  status %.0f", cell->status);
	if (cell->address)
		printf(" from %s", cell->address);
	putchar('\n');
	printf("  %.0f requests/s: ", cell->rate_rps);
	/*
	 * With a fixed number of requests the rate is that of the time when all connections had work, but the count is
	 * that of the whole run.
	 */
	printf(settings->requests ? "%s right responses; the rate is that of %.2f s" : "%s right responses in %.2f s",
	       units_show_count(count, cell->ok), cell->window_s);
	printf(", %s failed\n", units_show_count(count, cell_failed(cell)));
	for (int i = 0; i < LOAD_FAILURES; i++)
		if (cell->failed[i])
			printf("    %-14s %s\n", load_failure_names[i], units_show_count(count, cell->failed[i]));
	if (cell->stray)
		printf("    %s connections given up: bytes arrived on them that belong to no response\n",
		       units_show_count(count, cell->stray));
	if (cell->wrong)
		printf("    first wrong response: %s\n", cell->wrong);
	printf("  %-12s %9s %9s %9s %9s %9s %9s\n", "", "mean", "p50", "p90", "p99", "p99.9", "max");
	print_times("latency", &cell->latency_ns);
	print_times("connect", &cell->connect_ns);
	if (cell->tls_version) {
		print_times("handshake", &cell->handshake_ns);
		printf("  %s, %s: %.0f handshakes, %.0f of them resumed\n", cell->tls_version, cell->tls_cipher,
		       cell->tls.handshakes, cell->tls.resumed);
	}
	if (!settings->requests)
		printf("  in flight: %.1f (%.0f to %.0f); ramp: %.2f s, %s connections\n", cell->concurrency_mean,
		       cell->concurrency_min, cell->concurrency_max, cell->ramp_s,
		       units_show_count(count, cell->ramp_reached));
	print_special(cell);
	printf("  client CPU: %.0f %% of the busiest; %s\n", 100 * cell->client_cpu_busiest,
	       cell_is_open_loop(cell) ? "an open loop: latency counts from the scheduled time"
				       : "a closed loop, so latency is the latency at this rate only");
	explain_notes(cell, "  note: ", stdout);
	if (*note)
		printf("  note: %s\n", note);
	for (int i = 0; i < INVALIDS; i++)
		if (cell->invalid & 1u << i)
			printf("  not valid: %s\n", invalid_descriptions[i]);
}

/*
 * Opens the file for the latencies, before anything is measured. A file that exists is refused: it may be the sample of
 * another measurement, which can't be recovered. A pipe or a device may be named.
 */
static FILE *raw_open(const char *path, struct err *err)
{
	struct stat status;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST) {
		if (!stat(path, &status) && S_ISREG(status.st_mode)) {
			err_set(err, "%s exists already, and is not overwritten", path);
			return NULL;
		}
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		err_set_errno(err, "%s", path);
	return file;
}

/* Nothing was measured: an empty file would make the next attempt fail. */
static void raw_abandon(FILE *file, const char *path)
{
	struct stat status;

	if (!fstat(fileno(file), &status) && S_ISREG(status.st_mode))
		unlink(path);
	fclose(file);
}

/* Writes all latencies, and closes the file. Returns the exit code. */
static int raw_write(const struct load_sample *sample, FILE *file, const char *path)
{
	uint64_t missed = 0;

	for (unsigned i = 0; i < sample->threads_count; i++) {
		raw_print(&sample->raw_ns[i], file);
		missed += sample->raw_ns[i].missed;
	}
	bool bad = ferror(file);
	if (fclose(file) || bad)
		return complain(&command_load, EXIT_NO_RUN, "%s: %s", path, strerror(errno));
	if (missed)
		fprintf(stderr, "benchctl load: %s lacks %" PRIu64 " latencies: a thread keeps at most %u of them.\n",
			path, missed, RAW_MAX);
	return EXIT_OK;
}

/* The maximum number of connections. */
static uint64_t load_max_connections(const struct load_settings *settings)
{
	return settings->rate_rps ? settings->open_loop.max_connections : settings->connections;
}

/* The load to offer. The caller adds the watch. */
static struct load_spec load_plan(const struct load_settings *settings, struct target *target)
{
	return (struct load_spec){
		.target = target,
		.mode = (enum load_mode)settings->mode,
		.connections = (uint32_t)load_max_connections(settings),
		.active = (uint32_t)settings->active,
		.offered_rps = (double)settings->rate_rps,
		.arrivals = (enum arrivals_kind)settings->open_loop.arrivals,
		.seed = settings->seed,
		.requests = settings->requests,
		.raw = settings->raw != NULL,
		.warmup_ns = settings->warmup_ns,
		.duration_ns = settings->duration_ns,
		.max_window_ns = settings->max_window_ns > settings->duration_ns ? settings->max_window_ns
										 : settings->duration_ns,
		.max_ramp_ns = settings->max_ramp_ns,
		.timeout_ns = settings->timeout_ns,
		.threads = (unsigned)settings->threads,
		.stop = &common_stop,
	};
}

/*
 * Whether client and server share CPUs, where the server is a process of this machine. Neither is pinned as a rule: only where
 * both have nothing but one and the same CPU the cell is not valid for it, else it is a note; "" where there is nothing to say.
 */
static void load_take_local(struct cell *cell, char note[NOTE_TEXT], const struct load_spec *spec,
			    const struct load_sample *sample)
{
	cpu_set_t client, all, both;
	struct local local;
	char shared[128];

	note[0] = 0;
	CPU_ZERO(&client);
	for (unsigned i = 0; i < sample->threads_count; i++)
		CPU_OR(&client, &client, &sample->threads[i].cpus);
	if (!CPU_COUNT(&client) || !local_find(&local, spec->target) || local.holder.pid == getpid())
		return;
	CPU_AND(&both, &client, &local.cpus);
	CPU_OR(&all, &client, &local.cpus);
	if (CPU_COUNT(&all) == 1 || !CPU_COUNT(&both))
		cell->shared_cpus = CPU_COUNT(&both);
	else
		snprintf(note, NOTE_TEXT,
			 "client and server (%s, pid %d) may both run on CPU %s, and take time from each other (pin "
			 "them apart with taskset)",
			 local.holder.name, (int)local.holder.pid, cpus_show(&both, shared));
}

/* The sample as a cell; released in any case by the caller. Returns 0, or -1: memory is out. */
static int load_judge(struct cell *cell, char note[NOTE_TEXT], const struct load_spec *spec,
		      const struct client *client, const struct load_sample *sample)
{
	const struct target *target = spec->target;

	if (cell_init(cell, target->url, client->name, load_mode_names[spec->mode], spec->connections, 1))
		return -1;
	if (spec->offered_rps > 0)
		cell->open_loop.offered_rps = spec->offered_rps;
	if (spec->mode == LOAD_CROWD)
		cell->crowd.active = load_active(spec);
	if (cell_take(cell, sample) || cell_take_target(cell, target))
		return -1;
	if (client->max_connections != 1)
		load_take_local(cell, note, spec, sample);
	cell->debug_build = !build_is_benchmark();
	cell_judge(cell, INFINITY,
		   INFINITY); /* whether the client was the limit can't be told without a control server */
	return 0;
}

/* Prints the cell, for people or as JSON. Returns 0, or -1: memory is out. */
static int load_print(const struct cell *cell, const char *note, const struct load_settings *settings)
{
	if (!settings->json) {
		print_cell(cell, note, settings);
		return 0;
	}
	char *line = result_cell_line(cell);
	if (!line)
		return -1;
	puts(line);
	free(line);
	return 0;
}

/* `raw` is the open file of the latencies, or NULL; it is closed in any case. Returns the exit code. */
static int load_offer(const struct load_settings *settings, const struct client *client, struct target *target,
		      FILE *raw)
{
	struct load_spec spec = load_plan(settings, target);
	struct load_live live = { .settings = settings };
	struct load_watch watch = load_watch_of(&live);
	struct load_sample *sample = calloc(1, sizeof *sample);
	struct cell cell = { 0 };
	char note[NOTE_TEXT] = "";
	struct err err;
	int code = EXIT_OK;

	spec.watch = &watch;
	if (sample)
		load_sample_init(sample);
	if (!sample || client->run(&spec, sample, &err)) {
		code = complain(&command_load, EXIT_NO_RUN, "%s", sample ? err.text : "out of memory");
		goto out;
	}
	if (load_judge(&cell, note, &spec, client, sample) || load_print(&cell, note, settings)) {
		code = complain(&command_load, EXIT_NO_RUN, "out of memory");
		goto out;
	}
	if (raw) {
		code = raw_write(sample, raw, settings->raw);
		raw = NULL;
	}
	if (sample->interrupted)
		code = EXIT_INTERRUPTED;
	else if (!cell.ok)
		code = complain(&command_load, EXIT_NO_RUN, "no right response");
out:
	if (raw)
		raw_abandon(raw, settings->raw);
	cell_release(&cell);
	if (sample)
		load_sample_release(sample);
	free(sample);
	return code;
}

/* Refuses options that exclude each other. Returns 0, or the exit code. */
static int load_refuse(const struct load_settings *settings, const struct client *client)
{
	if (client->max_connections && settings->connections > client->max_connections)
		return complain(&command_load, EXIT_USAGE, "--client %s has one connection at a time", client->name);
	if (client->max_connections && settings->mode != LOAD_CLOSE)
		return complain(&command_load, EXIT_USAGE,
				"--client %s opens a connection for each request: --mode close", client->name);
	if (client->max_connections && settings->request.urls)
		return complain(&command_load, EXIT_USAGE, "--urls goes with a client of many connections");
	if (settings->rate_rps && (client->max_connections || settings->mode == LOAD_CROWD))
		return complain(&command_load, EXIT_USAGE,
				"--rate goes with modes close and keepalive of a client of many "
				"connections");
	if (settings->rate_rps && settings->connections != 1)
		return complain(&command_load, EXIT_USAGE,
				"--connections is of a closed loop: with --rate, "
				"--max-connections bounds them");
	return 0;
}

/* The client to measure with, for the address that the target uses; NULL, with the code set, where there is none. */
static const struct client *load_choose(const struct load_settings *settings, const struct target *target, int *code)
{
	struct err why;
	const struct client *client = client_choose(settings->client,
						    sources_for(target, load_max_connections(settings)), &why);

	if (!client)
		*code = complain(&command_load, EXIT_USAGE, "--client: %s", why.text);
	else if (why.text[0] && !settings->verbosity.quiet)
		say("benchctl load: %s", why.text);
	return client;
}

/* Learns the right response, and checks that a second one is the same. Returns 0, or -1 with err set. */
static int load_learn(struct target *target, const struct load_settings *settings, struct probe_accept accept,
		      struct err *err)
{
	bool keepalive = settings->mode != LOAD_CLOSE;
	struct load_live live = { .settings = settings };
	const struct load_watch watch = load_watch_of(&live);
	uint64_t deadline_ns = clock_ns() + settings->timeout_ns; /* of both requests together */

	if (probe_learn(target, keepalive, accept, settings->timeout_ns, &common_stop, &watch, err))
		return -1;
	uint64_t now_ns = clock_ns();
	uint64_t left_ns = deadline_ns > now_ns + CLOCK_MS ? deadline_ns - now_ns : CLOCK_MS;
	return probe_repeat(target, keepalive, left_ns, &common_stop, &watch, err);
}

/* Measures one URL. `url` is the argument itself, whose user information is overwritten. Returns the exit code. */
static int load_url(const struct load_settings *settings, struct target *target, char *url)
{
	struct probe_accept accept;
	struct err err;
	FILE *raw = NULL;
	int code = EXIT_OK;
	int bad = target_init(target, url, &settings->request, &err);

	target_hide_user(url);
	if (bad)
		return complain(&command_load, EXIT_USAGE, "%s", err.text);
	if (probe_accept_parse(&accept, settings->request.expect_status, &err))
		return complain(&command_load, EXIT_USAGE, "--expect-status: %s", err.text);
	const struct client *client = client_find(settings->client);
	if (client && (code = load_refuse(settings, client)))
		return code;
	if (!client && strcmp(settings->client, "auto") != 0)
		return complain(&command_load, EXIT_USAGE, "--client: there is no client '%s'", settings->client);
	if (settings->raw && !(raw = raw_open(settings->raw, &err)))
		return complain(&command_load, EXIT_USAGE, "--raw: %s", err.text);
	common_catch_signals();
	if (load_learn(target, settings, accept, &err))
		code = common_stop ? EXIT_INTERRUPTED
				   : complain(&command_load, EXIT_NO_RUN, "%s: %s", target->url, err.text);
	else if ((client = load_choose(settings, target, &code)) && !(code = load_refuse(settings, client)))
		return load_offer(settings, client, target, raw);
	if (raw)
		raw_abandon(raw, settings->raw);
	return code;
}

static int load_run(int argc, char **argv)
{
	struct load_settings settings = { 0 };
	struct target target = { 0 };
	int code;

	if (command_parse(&command_load, &settings, argc, argv, 1, 1, &code) >= 0)
		code = load_url(&settings, &target, argv[0]);
	target_release(&target);
	options_release(load_options, &settings);
	return code;
}

const struct command command_load = {
	.name = "load",
	.operands = "URL",
	.summary = "offer load to any HTTP URL, as ab or wrk do",
	.options = load_options,
	.run = load_run,
};
