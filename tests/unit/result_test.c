/* run.json: what is written is read back the same, and hostile files are refused by the field's name. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "harness/record/result.h"

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_times(const struct cell_times *a, const struct cell_times *b)
{
	return same_number(a->mean, b->mean) && same_number(a->p50, b->p50) && same_number(a->p90, b->p90) &&
	       same_number(a->p99, b->p99) && same_number(a->p999, b->p999) && same_number(a->max, b->max);
}

static void check_cells(const struct cell *a, const struct cell *b)
{
	check_text("server", a->server, b->server);
	check_text("client", a->client, b->client);
	check_text("mode", a->mode, b->mode);
	check_case("level", a->level == b->level);
	check_case("block", a->block == b->block);
	check_case("backlog", a->backlog == b->backlog);
	check_case("rate_rps", same_number(a->rate_rps, b->rate_rps));
	check_case("window_s", same_number(a->window_s, b->window_s));
	check_case("ramp_s", same_number(a->ramp_s, b->ramp_s));
	check_case("ramp_reached", a->ramp_reached == b->ramp_reached);
	check_case("started", a->started == b->started);
	check_case("ok", a->ok == b->ok);
	check_case("failed", memcmp(a->failed, b->failed, sizeof a->failed) == 0);
	check_case("started_before", a->started_before == b->started_before);
	check_case("stray", a->stray == b->stray);
	check_case("late_ok", same_number(a->open_loop.late_ok, b->open_loop.late_ok));
	check_case("late_failed", same_number(a->open_loop.late_failed, b->open_loop.late_failed));
	check_case("unfinished", same_number(a->open_loop.unfinished, b->open_loop.unfinished));
	check_case("in_flight_start", a->in_flight_start == b->in_flight_start);
	check_case("in_flight_end", a->in_flight_end == b->in_flight_end);
	check_case("connects", a->connects == b->connects);
	check_case("open_mean", same_number(a->open_mean, b->open_mean));
	check_case("open_max", same_number(a->open_max, b->open_max));
	check_case("concurrency_mean", same_number(a->concurrency_mean, b->concurrency_mean));
	check_case("concurrency_min", same_number(a->concurrency_min, b->concurrency_min));
	check_case("concurrency_max", same_number(a->concurrency_max, b->concurrency_max));
	check_case("latency_ns", same_times(&a->latency_ns, &b->latency_ns));
	check_case("connect_ns", same_times(&a->connect_ns, &b->connect_ns));
	check_case("served_min", same_number(a->served_min, b->served_min));
	check_case("served_max", same_number(a->served_max, b->served_max));
	check_case("never_served", same_number(a->never_served, b->never_served));
	check_case("jain", same_number(a->jain, b->jain));
	check_case("client_threads", a->client_threads == b->client_threads);
	for (uint64_t i = 0; i < a->client_threads; i++)
		check_case("client_cpu", a->client_cpu[i] == b->client_cpu[i]);
	check_case("client_cpu_busiest", same_number(a->client_cpu_busiest, b->client_cpu_busiest));
	check_case("server_cpu", same_number(a->server_cpu_us_per_request, b->server_cpu_us_per_request));
	check_case("server_rss_bytes", same_number(a->server_rss_bytes, b->server_rss_bytes));
	check_case("restarted", a->restarted == b->restarted);
	check_case("error", same_text(a->error, b->error));
	check_case("wrong", same_text(a->wrong, b->wrong));
	check_case("valid", a->valid == b->valid);
	check_case("invalid", a->invalid == b->invalid);
}

static void cell_fill(struct cell *cell)
{
	static const struct cell_times latency = { 1234.5, 1100, 2200, 3300, 4400, 5500 };
	static const struct cell_times connect = { 0.5, 1, 2, 3, 4, 999999999 };

	cell_init(cell, "tornado", "epoll", "keepalive", 65536, 3);
	cell->backlog = 4096;
	cell->rate_rps = 123456.789;
	cell->window_s = 1.00000025;
	cell->ramp_s = 0.125;
	cell->ramp_reached = 65535;
	cell->started = 9007199254740993; /* no double holds it */
	cell->ok = 123456;
	for (int i = 0; i < LOAD_FAILURES; i++)
		cell->failed[i] = (uint64_t)(i % 3);
	cell->in_flight_start = 1;
	cell->started_before = 3;
	cell->stray = 5;
	cell->open_loop.late_ok = 6;
	cell->open_loop.late_failed = 7;
	cell->open_loop.unfinished = 8;
	cell->in_flight_end = 2;
	cell->connects = 4;
	cell->open_mean = 65000.5;
	cell->open_max = 65536;
	cell->concurrency_mean = 65535.25;
	cell->concurrency_min = 0;
	cell->concurrency_max = 65536;
	cell->latency_ns = latency;
	cell->connect_ns = connect;
	cell->served_min = 0;
	cell->served_max = 17;
	cell->never_served = 5;
	cell->jain = 0.875;
	cell->client_threads = LOAD_THREADS_MAX;
	for (int i = 0; i < LOAD_THREADS_MAX; i++)
		cell->client_cpu[i] = i / 64.0;
	cell->client_cpu_busiest = 0.984375;
	cell->server_cpu_us_per_request = 41.75;
	cell->server_rss_bytes = 123456789;
	cell->restarted = true;
	cell->invalid = 1u << INVALID_CLIENT_BOUND | 1u << INVALID_LITTLE;
	cell_set_text(&cell->wrong, "\"quoted\"\\ \t\x01 \xc3\xa4 </script>");
}

/* A document with two cells: one full of figures, one that failed and has none. */
static void document_fill(struct document *document)
{
	struct cell cell;

	*document = (struct document){ 0 };
	document->benchctl = strdup("0.1.0");
	document->commit = strdup("abc123-dirty");
	document->compiler = strdup("gcc \"12\"");
	document->flags = strdup("-O2");
	document->host = (struct host){
		.cpu_model = "A CPU @ 2 GHz",
		.cores = 2,
		.memory_bytes = 1ull << 35,
		.kernel = "Linux 6.1",
		.files_soft = 1024,
		.files_hard = 20000,
		.somaxconn = 4096,
		.port_low = 32768,
		.port_high = 60999,
		.tw_buckets = 8192,
		.tw_reuse = 2,
		.load = 0.25,
		.date = "2026-01-02T03:04:05Z",
	};
	document->client_cpus = strdup("1");
	document->server_cpus = strdup("0");
	document->options = calloc(2, sizeof *document->options);
	assert_non_null(document->options);
	document->options[0] = (struct document_option){ strdup("concurrency"), strdup("1..65536") };
	document->options[1] = (struct document_option){ strdup("mode"), strdup("") };
	document->options_count = 2;
	document->servers = calloc(2, sizeof *document->servers);
	assert_non_null(document->servers);
	document->servers[0] = (struct document_server){
		.name = strdup("tornado"),
		.command = strdup("python3 -m x"),
		.version = strdup("6.2"),
		.family = strdup("python"),
		.model = strdup("callback"),
		.since = strdup("2010"),
		.implementation = strdup("revival"),
	};
	document->servers[1] = (struct document_server){ .name = strdup("control") };
	document->servers_count = 2;
	cell_fill(&cell);
	assert_int_equal(document_add_cell(document, &cell), 0);
	cell_init(&cell, "control", "seq", "close", 1, 0);
	cell_set_text(&cell.error, "exited with status 1");
	cell.invalid = 1u << INVALID_FAILED;
	assert_int_equal(document_add_cell(document, &cell), 0);
	document->interrupted = true;
}

static void test_document_round_trip(void **state)
{
	struct document wrote, read;
	struct err err = { "" };
	const char *path = unit_path(state, "run.json");

	document_fill(&wrote);
	assert_int_equal(result_write(&wrote, path, &err), 0);
	int bad = result_read(&read, path, &err);
	check_text("read", err.text, "");
	assert_int_equal(bad, 0);
	check_text("benchctl", read.benchctl, wrote.benchctl);
	check_text("commit", read.commit, wrote.commit);
	check_text("compiler", read.compiler, wrote.compiler);
	check_text("flags", read.flags, wrote.flags);
	check_text("cpu_model", read.host.cpu_model, wrote.host.cpu_model);
	check_text("kernel", read.host.kernel, wrote.host.kernel);
	check_text("governor", read.host.governor, "");
	check_text("date", read.host.date, wrote.host.date);
	check_case("cores", read.host.cores == 2);
	check_case("memory_bytes", read.host.memory_bytes == 1ull << 35);
	check_case("files", read.host.files_soft == 1024 && read.host.files_hard == 20000);
	check_case("somaxconn", read.host.somaxconn == 4096);
	check_case("ports", read.host.port_low == 32768 && read.host.port_high == 60999);
	check_case("tw", read.host.tw_buckets == 8192 && read.host.tw_reuse == 2);
	check_case("load", read.host.load == 0.25);
	check_text("client_cpus", read.client_cpus, "1");
	check_text("server_cpus", read.server_cpus, "0");
	assert_int_equal(read.options_count, 2);
	check_text("option", document_option(&read, "concurrency"), "1..65536");
	check_text("empty option", document_option(&read, "mode"), "");
	assert_int_equal(read.servers_count, 2);
	const struct document_server *server = document_server(&read, "tornado");
	assert_non_null(server);
	check_text("command", server->command, "python3 -m x");
	check_text("version", server->version, "6.2");
	check_text("family", server->family, "python");
	check_text("model", server->model, "callback");
	check_text("since", server->since, "2010");
	check_text("implementation", server->implementation, "revival");
	assert_true(document_is_revival(&read, "tornado"));
	assert_false(document_is_revival(&read, "control"));
	assert_false(document_is_revival(&read, "nobody"));
	server = document_server(&read, "control");
	assert_true(server && !server->command && !server->version && !server->family && !server->model &&
		    !server->since && !server->implementation);
	assert_int_equal(read.cells_count, 2);
	check_cells(&read.cells[0], &wrote.cells[0]);
	check_cells(&read.cells[1], &wrote.cells[1]);
	assert_true(read.interrupted);
	document_release(&read);
	document_release(&wrote);
}

/* Writing over a file replaces it, and leaves nothing else in the folder. */
static void test_write_replaces(void **state)
{
	struct document wrote = { 0 }, read;
	struct err err;
	const char *path = unit_path(state, "run.json");
	unsigned files = 0;

	unit_write(path, "rubbish", 7);
	document_fill(&wrote);
	assert_int_equal(result_write(&wrote, path, &err), 0);
	assert_int_equal(result_read(&read, path, &err), 0);
	DIR *folder = opendir(*state);
	for (struct dirent *entry; folder && (entry = readdir(folder));)
		files += entry->d_name[0] != '.';
	closedir(folder);
	assert_int_equal(files, 1);
	document_release(&read);
	document_release(&wrote);
}

/* What was not measured is null, in a line of the ledger as well. */
static void test_cell_line(void **state)
{
	struct cell cell;
	json_error_t where;

	(void)state;
	cell_init(&cell, "a", "epoll", "close", 8, 0);
	cell.rate_rps = INFINITY; /* which JSON can't express */
	cell.failed[LOAD_RESET] = 3;
	cell.invalid = 1u << INVALID_CONSERVATION;
	char *line = result_cell_line(&cell);
	assert_non_null(line);
	assert_null(strchr(line, '\n'));
	json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &where);
	assert_non_null(json);
	static const char *const unknown[] = {
		"rate_rps", "window_s", "client_cpu_busiest", "server_cpu_us_per_request", "server_rss_bytes",
	};
	for (size_t i = 0; i < LENGTH(unknown); i++)
		check_case(unknown[i], json_is_null(json_object_get(json, unknown[i])));
	assert_true(json_is_null(json_object_get(json_object_get(json, "latency_ns"), "p99")));
	assert_true(json_is_null(json_object_get(json_object_get(json, "open_in_server"), "mean")));
	assert_null(json_object_get(json, "error"));
	assert_null(json_object_get(json, "wrong"));
	json_t *failed = json_object_get(json, "failed");
	assert_int_equal(json_object_size(failed), 1);
	assert_int_equal(json_integer_value(json_object_get(failed, "reset")), 3);
	json_t *reasons = json_object_get(json, "invalid");
	assert_int_equal(json_array_size(reasons), 1);
	check_text("reason", json_string_value(json_array_get(reasons, 0)), "conservation");
	json_decref(json);
	free(line);
	cell_release(&cell);
}

/* A line of an older version says nothing of a thread's user and system time: that is unknown, and not 0. */
static void test_older_line(void **state)
{
	struct cell cell, read;
	struct err err;
	json_error_t where;

	(void)state;
	cell_init(&cell, "a", "epoll", "close", 8, 0);
	cell.client_threads = 1;
	cell.client_cpu[0] = 0.5;
	char *line = result_cell_line(&cell);
	json_t *json = line ? json_loads(line, 0, &where) : NULL;
	assert_non_null(json);
	assert_int_equal(json_object_del(json, "client_cpu_user"), 0);
	free(line);
	line = json_dumps(json, 0);
	assert_non_null(line);
	assert_int_equal(result_read_line(&read, line, strlen(line), &err), 0);
	check_case("client_cpu", read.client_threads == 1 && read.client_cpu[0] == 0.5);
	check_case("client_user", isnan(read.client_user[0]));
	json_decref(json);
	free(line);
	cell_release(&read);
	cell_release(&cell);
}

/* A server's output may be anything: it is still written as valid JSON. */
static void test_text_that_is_no_utf8(void **state)
{
	struct cell cell;
	json_error_t where;

	(void)state;
	cell_init(&cell, "a", "epoll", "close", 8, 0);
	cell_set_text(&cell.error, "died: \xff\xfe \xc3\xa4 \x1b[31m");
	char *line = result_cell_line(&cell);
	assert_non_null(line);
	json_t *json = json_loads(line, 0, &where);
	assert_non_null(json);
	const char *error = json_string_value(json_object_get(json, "error"));
	assert_non_null(error);
	check_words(error, "died: ?? ");
	check_words(error, "[31m");
	json_decref(json);
	free(line);
	cell_release(&cell);
}

/* The text of a good file. Freed by the caller. */
static char *good_text(void **state)
{
	struct document document;
	struct err err;
	const char *path = unit_path(state, "good.json");

	document_fill(&document);
	assert_int_equal(result_write(&document, path, &err), 0);
	document_release(&document);
	return unit_read(path);
}

/* Reads a text as a run.json; err holds the words. */
static int read_text(void **state, const char *text, size_t bytes, struct err *err)
{
	struct document document;
	const char *path = unit_path(state, "bad.json");

	unit_write(path, text, bytes);
	int result = result_read(&document, path, err);
	document_release(&document);
	return result;
}

/* Takes the first occurrence of `from` in a good file out and puts `to` in; `from` must be there. */
static void test_hostile(void **state)
{
	static const struct {
		const char *from, *to, *words;
	} cases[] = {
		{ "\"schema\": 1", "\"schema\": 2",
		  "its schema is version 2 and this benchctl knows up to 1: use a newer" },
		{ "\"schema\": 1", "\"schema\": 999999999999", "its schema is version 999999999999" },
		{ "\"schema\": 1", "\"schema\": \"1\"", "'schema' is missing" },
		{ "\"schema\": 1", "\"schema\": 1.0", "'schema' is missing" },
		{ "\"schema\"", "\"schemas\"", "not a run.json: 'schema' is missing" },
		{ "\"version\": \"0.1.0\"", "\"version\": 1", "'benchctl.version' is not what it should be" },
		{ "\"version\": \"0.1.0\"", "\"v\": 1", "'benchctl.version' is missing" },
		{ "\"benchctl\"", "\"b\"", "'benchctl.version' is missing" },
		{ "\"interrupted\": true", "\"interrupted\": 1", "'interrupted' is not what it should be" },
		{ "\"interrupted\"", "\"i\"", "'interrupted' is missing" },
		{ "\"environment\"", "\"e\"", "'environment.client_cpus' is missing" },
		{ "\"client_cpus\": \"1\"", "\"client_cpus\": [1]",
		  "'environment.client_cpus' is not what it should be" },
		{ "\"cores\": 2", "\"cores\": \"2\"", "'environment.cores' is not what it should be" },
		{ "\"cores\": 2", "\"cores\": -2", "'environment.cores' is not what it should be" },
		{ "\"cores\": 2", "\"cores\": 2.5", "'environment.cores' is not what it should be" },
		{ "\"cores\": 2", "\"cores\": null", "'environment.cores' is not what it should be" },
		{ "\"kernel\": \"Linux 6.1\"", "\"kernel\": null", "'environment.kernel' is not what it should be" },
		{ "\"limits\"", "\"l\"", "'environment.limits.files_soft' is missing" },
		{ "\"files_hard\"", "\"f\"", "'environment.limits.files_hard' is missing" },
		{ "\"load\": 0.25", "\"load\": \"low\"", "'environment.load' is not what it should be" },
		{ "\"config\"", "\"c\"", "'config' is missing" },
		{ "\"concurrency\": \"1..65536\"", "\"concurrency\": 8",
		  "'config.concurrency' is not what it should be" },
		{ "\"servers\"", "\"s\"", "'servers' is missing" },
		{ "\"servers\": [", "\"servers\": [ 5,", "servers[0]: 'name' is missing" },
		{ "\"name\": \"tornado\"", "\"name\": null", "servers[0]" },
		{ "\"name\": \"tornado\"", "\"name\": {}", "servers[0]: 'name' is not what it should be" },
		{ "\"since\": \"2010\"", "\"since\": 2010", "servers[0]: 'since' is not what it should be" },
		{ "\"cells\"", "\"c\"", "'cells' is missing" },
		{ "\"cells\": [", "\"cells\": [ null,", "cells[0]: 'server' is missing" },
		{ "\"cells\": [", "\"cells\": [ [],", "cells[0]: 'server' is missing" },
		{ "\"server\": \"tornado\"", "\"server\": null", "cells[0]: 'server' is empty" },
		{ "\"server\": \"tornado\"", "\"server\": \"\"", "cells[0]: 'server' is empty" },
		{ "\"name\": \"tornado\"", "\"name\": \"\"", "servers[0]: 'name' is empty" },
		{ "\"server\": \"control\"", "\"server\": 7", "cells[1]: 'server' is not what it should be" },
		{ "\"level\": 65536", "\"level\": 0", "cells[0]: 'level' is empty" },
		{ "\"level\": 65536", "\"level\": -1", "cells[0]: 'level' is not what it should be" },
		{ "\"level\": 65536", "\"level\": 1e3", "cells[0]: 'level' is not what it should be" },
		{ "\"level\": 65536", "\"level\": 9223372036854775808", "not valid JSON: too big integer" },
		{ "\"rate_rps\": 123456.789", "\"rate_rps\": \"fast\"",
		  "cells[0]: 'rate_rps' is not what it should be" },
		{ "\"rate_rps\": 123456.789", "\"rate_rps\": 1e999", "not valid JSON: real number overflow" },
		{ "\"rate_rps\": 123456.789", "\"rate_rps\": NaN", "not valid JSON: invalid token" },
		{ "\"rate_rps\": 123456.789,", "", "cells[0]: 'rate_rps' is missing" },
		{ "\"failed\": {", "\"failed\": { \"reset\": -1, \"x\": {", "not valid JSON" },
		{ "\"failed\": {", "\"failed\": [], \"x\": {", "cells[0]: 'failed' is not what it should be" },
		{ "\"timeout\": 2", "\"timeout\": -2", "cells[0]: 'failed' is not what it should be" },
		{ "\"timeout\": 2", "\"timeout\": \"2\"", "cells[0]: 'failed' is not what it should be" },
		{ "\"latency_ns\": {", "\"latency_ns\": 3, \"x\": {", "cells[0]: 'latency_ns.mean' is missing" },
		{ "\"p999\": 4400.0", "\"p999\": []", "cells[0]: 'latency_ns.p999' is not what it should be" },
		{ "\"client_cpu\": [", "\"client_cpu\": [ \"x\",", "cells[0]: 'client_cpu' is not what it should be" },
		{ "\"client_cpu\": [", "\"client_cpu\": [ 0.5,", "cells[0]: 'client_cpu' is not what it should be" },
		{ "\"client_cpu\": [", "\"client_cpu\": {}, \"x\": [",
		  "cells[0]: 'client_cpu' is not what it should be" },
		{ "\"client_cpu\": [", "\"client_cpu\": [ 0.5 ], \"x\": [",
		  "cells[0]: 'client_cpu_user' is not what it should be" },
		{ "\"client_cpu_system\": [", "\"client_cpu_system\": [ ], \"x\": [",
		  "cells[0]: 'client_cpu_system' is not what it should be" },
		{ "\"restarted\": true", "\"restarted\": \"true\"", "cells[0]: 'restarted' is not what it should be" },
		{ "\"error\": \"exited with status 1\"", "\"error\": 1", "cells[1]: 'error' is not what it should be" },
		{ "\"valid\": false", "\"valid\": 0", "cells[0]: 'valid' is not what it should be" },
		{ "\"invalid\": [", "\"invalid\": 5, \"x\": [", "cells[0]: 'invalid' is not what it should be" },
		{ "\"block\": 3", "\"block\": 3, \"block\": 3", "duplicate object key" },
		{ "\"schema\": 1", "\"schema\": 1, \"schema\": 1", "duplicate object key" },
		{ "\"server\": \"tornado\"", "\"server\": \"\xff\"", "unable to decode byte 0xff" },
		{ "\"server\": \"tornado\"", "\"server\": \"a\\u0000b\"", "\\u0000 is not allowed" },
		{ "\"server\": \"tornado\"", "\"server\": \"\\ud800\"", "not valid JSON" },
	};
	char *good = good_text(state);
	struct err err = { "" };

	assert_int_equal(read_text(state, good, strlen(good), &err), 0);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text;
		char *at = strstr(good, cases[i].from);
		check_case(cases[i].from, at != NULL);
		int bytes = asprintf(&text, "%.*s%s%s", (int)(at - good), good, cases[i].to,
				     at + strlen(cases[i].from));
		assert_true(bytes > 0);
		check_case(cases[i].to, read_text(state, text, (size_t)bytes, &err) == -1);
		check_words(err.text, "/bad.json:");
		check_words(err.text, cases[i].words);
		free(text);
	}
	free(good);
}

/* What later versions add is passed over. */
static void test_additions(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "\"schema\": 1", "\"schema\": 1, \"new\": [ { } ]" },
		{ "\"block\": 3", "\"block\": 3, \"new\": null" },
		{ "\"timeout\": 2", "\"timeout\": 2, \"bored\": 7" },
		{ "\"client_bound\"", "\"client_bound\", \"new\", 3" },
		{ "\"cores\": 2", "\"cores\": 2, \"new\": 3" },
	};
	char *good = good_text(state);

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct err err = { "" };
		char *text;
		char *at = strstr(good, cases[i].from);
		check_case(cases[i].from, at != NULL);
		int bytes = asprintf(&text, "%.*s%s%s", (int)(at - good), good, cases[i].to,
				     at + strlen(cases[i].from));
		assert_true(bytes > 0);
		check_case(cases[i].to, read_text(state, text, (size_t)bytes, &err) == 0);
		free(text);
	}
	free(good);
}

/* Cut anywhere except in the white space at its end, it is not a valid run.json. */
static void test_truncated(void **state)
{
	char *good = good_text(state);
	size_t bytes = strlen(good);
	struct err err;

	while (good[bytes - 1] == '\n')
		bytes--;
	for (size_t cut = 0; cut < bytes; cut += cut < 64 || bytes - cut < 64 ? 1 : 37) {
		assert_int_equal(read_text(state, good, cut, &err), -1);
		check_words(err.text, "not valid JSON");
	}
	assert_int_equal(read_text(state, good, bytes, &err), 0);
	free(good);
}

static void test_other_files(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "not valid JSON" },
		{ "\n", "not valid JSON" },
		{ "{}", "not a run.json: 'schema' is missing" },
		{ "[]", "not a run.json: 'schema' is missing" },
		{ "{} {}", "not valid JSON: end of file expected" },
		{ "{\"schema\":1}", "'environment.client_cpus' is missing" },
		{ "3", "not valid JSON" },
		{ "<html>", "not valid JSON" },
		{ "\xef\xbb\xbf{}", "not valid JSON" },
	};
	struct document document;
	struct err err;
	enum { DEPTH = 100000 };
	char *deep = malloc(DEPTH);

	for (size_t i = 0; i < LENGTH(cases); i++) {
		check_case(cases[i].text, read_text(state, cases[i].text, strlen(cases[i].text), &err) == -1);
		check_words(err.text, cases[i].words);
	}
	assert_non_null(deep);
	memset(deep, '[', DEPTH);
	assert_int_equal(read_text(state, deep, DEPTH, &err), -1);
	check_words(err.text, "maximum parsing depth reached");
	free(deep);
	assert_int_equal(result_read(&document, unit_path(state, "none.json"), &err), -1);
	check_words(err.text, "none.json: No such file or directory");
	document_release(&document);
	assert_int_equal(result_read(&document, *state, &err), -1);
	check_words(err.text, "not a file, or larger than 64 MiB");
	document_release(&document);
	/* A sparse file of 64 MiB and one byte. */
	const char *path = unit_path(state, "large.json");
	unit_write(path, "{}", 2);
	assert_int_equal(truncate(path, RESULT_BYTES_MAX + 1ll), 0);
	assert_int_equal(result_read(&document, path, &err), -1);
	check_words(err.text, "not a file, or larger than 64 MiB");
	document_release(&document);
}

static void test_write_fails(void **state)
{
	struct document document;
	struct err err;

	document_fill(&document);
	assert_int_equal(result_write(&document, "/nonexistent/folder/run.json", &err), -1);
	check_words(err.text, "/nonexistent/folder/run.json");
	check_words(err.text, "No such file or directory");
	/* In the place of a folder: the temporary file goes again. */
	const char *path = unit_path(state, "folder");
	assert_int_equal(mkdir(path, 0777), 0);
	assert_int_equal(result_write(&document, path, &err), -1);
	check_words(err.text, "/folder: Is a directory");
	assert_int_equal(access(unit_path(state, "folder.new"), F_OK), -1);
	assert_int_equal(rmdir(path), 0);
	document_release(&document);
}

/* In a process of its own, where no file may grow beyond 100 bytes: as on a full disk. */
static int write_without_room(const char *path)
{
	static const struct rlimit limit = { 100, 100 };
	struct document document;
	struct err err;

	signal(SIGXFSZ, SIG_IGN);
	document_fill(&document);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 2;
	if (result_write(&document, path, &err) != -1 || !strstr(err.text, "writing ") ||
	    !strstr(err.text, strerror(EFBIG)))
		return 3;
	return 0;
}

static void test_no_room(void **state)
{
	const char *path = unit_path(state, "run.json");
	int status;

	unit_write(path, "as it was", 9);
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(write_without_room(path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	char *text = unit_read(path);
	check_text("the earlier file", text, "as it was");
	free(text);
	assert_int_equal(access(unit_path(state, "run.json.new"), F_OK), -1);
}

static void test_listing(void **state)
{
	static char name[] = "a", reason[] = "\xff\"";
	const struct conf_server server = { .name = name };
	const struct result_listing listing[] = {
		{ &server, true, "1.0", "original", NULL },
		{ &server, false, NULL, NULL, reason },
	};
	char text[1024] = "";
	json_error_t where;
	FILE *out = fmemopen(text, sizeof text, "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(result_print_listing(listing, 2, out), 0);
	fclose(out);
	json_t *json = json_loads(text, 0, &where);
	assert_int_equal(json_array_size(json), 2);
	json_t *first = json_array_get(json, 0), *second = json_array_get(json, 1);
	check_text("name", json_string_value(json_object_get(first, "name")), "a");
	check_text("version", json_string_value(json_object_get(first, "version")), "1.0");
	assert_true(json_is_true(json_object_get(first, "available")));
	assert_true(json_is_null(json_object_get(first, "reason")));
	assert_true(json_is_false(json_object_get(second, "available")));
	assert_true(json_is_null(json_object_get(second, "version")));
	check_text("reason", json_string_value(json_object_get(second, "reason")), "?\"");
	json_decref(json);
}

/* The reader is gone: that is an error too. */
static void test_listing_without_room(void **state)
{
	static char name[] = "a";
	const struct conf_server server = { .name = name };
	const struct result_listing listing = { &server, true, "1.0", "original", NULL };
	FILE *out = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(out);
	setvbuf(out, NULL, _IONBF, 0);
	assert_int_equal(result_print_listing(&listing, 1, out), -1);
	fclose(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, unit_folder_make, unit_folder_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_document_round_trip),  TEST(test_write_replaces), TEST(test_cell_line), TEST(test_older_line),
		TEST(test_text_that_is_no_utf8), TEST(test_hostile),        TEST(test_additions), TEST(test_truncated),
		TEST(test_other_files),          TEST(test_write_fails),    TEST(test_no_room),   TEST(test_listing),
		TEST(test_listing_without_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
