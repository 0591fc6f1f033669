#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/choice.h"
#include "clients/tls.h"
#include "harness/cmd/common.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"
#include "harness/server/local.h"
#include "harness/server/service.h"

#define CONF_FILE "bench.conf"
/* Requests over one connection, to see whether it is kept. */
#define KEPT    5
#define BACKLOG 4096
/* What a guessed service has as its port where nothing else is said. */
#define PORT 8080

struct init_settings {
	char *name, *command;
	struct request_settings request;
	uint64_t ready_ns;
	bool help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct init_settings, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)

/* Rows without OPTION_CALL are keys of a [server] too. */
static const struct option_def init_options[] = {
#include "harness/config/settings_request.def"
	{ "http", 0, FIELD(choice, request.http), .fallback = "1.1", .choices = request_http_names,
	  .flags = OPTION_CALL, .help = "HTTP version of the requests" },
	{ "command", 0, FIELD(text, command), .placeholder = "COMMAND", .flags = OPTION_CALL,
	  .help = "launches the service, in this folder; without it the service must run already" },
	{ "name", 0, FIELD(text, name), .fallback = "service", .placeholder = "NAME", .flags = OPTION_CALL,
	  .help = "of the server in results" },
	{ "ready", 0, FIELD(duration, ready_ns), .fallback = "10s", .min = CLOCK_MS, .max = 3600 * CLOCK_S,
	  .flags = OPTION_CALL, .help = "time for a right response after a start" },
	{ "help", 'h', FIELD(flag, help), .flags = OPTION_CALL, .help = "this text" },
	{ .name = NULL }
};

/* A project without a URL: what its files suggest. */
static const struct guess {
	const char *file, *command, *url;
} guesses[] = {
	{ "package.json", "npm start", "http://127.0.0.1:3000/" },
	{ "manage.py", "python3 manage.py runserver --noreload 127.0.0.1:8000", "http://127.0.0.1:8000/" },
	{ "go.mod", "go run .", "http://127.0.0.1:8080/" },
	{ "Cargo.toml", "cargo run --release", "http://127.0.0.1:8080/" },
};

/* What one try saw. */
struct seen {
	const char *check; /* the closest that holds */
	unsigned status;
	uint64_t body_bytes;
	double connections; /* that KEPT requests took in keep-alive */
	struct local local; /* of one that runs already */
	bool is_local;
};

/* How many connections the requests took where the server may keep them; 0 where not all were right. */
static double connections_count(const struct target *target, uint64_t timeout_ns)
{
	const struct load_spec spec = {
		.target = target,
		.mode = LOAD_KEEPALIVE,
		.connections = 1,
		.active = 1,
		.requests = KEPT,
		.duration_ns = CLOCK_MS,
		.max_window_ns = timeout_ns,
		.max_ramp_ns = timeout_ns,
		.timeout_ns = timeout_ns,
		.threads = 1,
		.stop = &common_stop,
	};
	struct load_sample sample;
	struct err ignored;

	load_sample_init(&sample);
	double count = client_find("epoll")->run(&spec, &sample, &ignored) || sample.ok < KEPT
			       ? 0
			       : (double)sample.connects;
	load_sample_release(&sample);
	return count;
}

/* Starts the service, or finds it; looks, and ends it. Returns 0; or -1 with err set: it does not respond rightly. */
static int service_try(struct seen *seen, const struct conf_server *server, const struct request_settings *request,
		       struct network *network, uint64_t ready_ns, struct err *err)
{
	const struct service_place place = {
		.port = PORT,
		.backlog = BACKLOG,
		.request = request,
		.network = network,
		.grace_ns = 2 * CLOCK_S,
	};
	struct service service;
	int bad = service_init(&service, server, &place, err) || service_keep_stderr(&service, err) ||
		  service_start(&service, ready_ns, &common_stop, err);

	if (!bad) {
		seen->status = service.target.expected.status;
		seen->body_bytes = service.target.expected.body_bytes;
		seen->connections = connections_count(&service.target, ready_ns);
		seen->is_local = conf_is_attached(server) && local_find(&seen->local, &service.target);
	}
	service_release(&service);
	return bad ? -1 : 0;
}

/* Tries the service with the closest check that holds: a page may change by itself. Returns 0, or -1 with err set. */
static int service_see(struct seen *seen, const struct conf_server *server, const struct init_settings *settings,
		       struct err *err)
{
	/*
	 * The looser first: where that does not hold, the other can't. The length of a page that changes may be alike only by
	 * chance, so it is not tried.
	 */
	static const char *const checks[] = { "status", "exact" };
	struct network network;
	struct err ignored;

	if (network_open(&network, conf_is_attached(server) ? NETWORK_HOST : NETWORK_AUTO, PORT, 0, err))
		return -1;
	struct request_settings request = settings->request;
	if (request.check) {
		seen->check = request.check;
		int bad = service_try(seen, server, &request, &network, settings->ready_ns, err);
		network_close(&network);
		return bad;
	}
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		request.check = (char *)checks[i];
		int bad = service_try(seen, server, &request, &network, settings->ready_ns, i ? &ignored : err);
		if (!bad)
			seen->check = checks[i];
		if (bad ? !i : i)
			break;
	}
	network_close(&network);
	return seen->check ? 0 : -1;
}

/* The keys that say what to ask, as they were given. */
static void keys_write(FILE *out, const struct init_settings *settings)
{
	for (const struct option_def *def = init_options; def->name; def++) {
		char *value = NULL;
		size_t bytes;
		if (def->flags & OPTION_CALL || strcmp(def->name, "header") == 0 || strcmp(def->name, "check") == 0)
			continue;
		FILE *text = open_memstream(&value, &bytes);
		if (!text)
			continue;
		options_show(def, settings, text);
		if (!text_close(text, &value) && *value && strcmp(value, "no") != 0 &&
		    !(def->fallback && strcmp(value, def->fallback) == 0))
			fprintf(out, "%s = %s\n", def->name, value);
		free(value);
	}
	for (char **header = settings->request.headers; header && *header; header++)
		fprintf(out, "header = %s\n", *header);
}

static void conf_write(FILE *out, const struct conf_server *server, const struct init_settings *settings,
		       const struct seen *seen)
{
	fputs("# Written by `benchctl init`. Relative paths are meant from this folder on. docs/any-service.md describes all keys.\n\n"
	      "[run]\n"
	      "# Options of `benchctl run`, by their long names. As in any file of this kind, # begins a comment.\n"
	      "concurrency = 1..1024\n",
	      out);
	fprintf(out, "mode = %s\n", seen->connections == 1 ? "keepalive" : "close");
	fputs("# duration = 1s\n# repeat = 3\n# client-cpus = 0\n# server-cpus = 1-3\n\n", out);
	fprintf(out, "[server %s]\n", server->name);
	if (server->command)
		fprintf(out,
			"# Launches the service, without a shell. It listens by its own configuration.\ncommand = %s\n",
			server->command);
	else
		fputs("# It runs already: neither launched nor stopped, so all figures are of one launch. To be launched for each\n"
		      "# sweep, in a network of its own, it takes a command; and to know the CPU time of what runs already, its pid.\n"
		      "# command = npm start\n# pidfile = /run/service.pid\n",
		      out);
	fprintf(out, "# What is measured.\nurl = %s\n", server->url);
	keys_write(out, settings);
	if (!settings->request.headers)
		fputs("# Secrets come from the environment or a file: header = Authorization: Bearer ${TOKEN}\n", out);
	if (strcmp(seen->check, "exact") != 0 && !settings->request.check)
		fputs("# The page changes by itself; contains=TEXT would look closer than at the status alone.\n", out);
	fprintf(out,
		"# How closely responses are compared with the first: exact, length, status, contains=TEXT, none.\ncheck = %s\n",
		seen->check);
	if (seen->connections != 1)
		fputs("# Each request took a connection of its own, where it could have been kept.\nkeepalive = no\n",
		      out);
	if (server->command)
		fputs("# Signal that asks it to end: TERM or INT.\n# stop = TERM\n"
		      "# ready = http://127.0.0.1/health 200\n# environment = NAME=value\n# processes = 4\n",
		      out);
}

/* Creates the file, which must not be there. Returns 0, or -1 with err set. */
static int file_write(const struct conf_server *server, const struct init_settings *settings, const struct seen *seen,
		      struct err *err)
{
	int fd = open(CONF_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out) {
		err_set_errno(err, CONF_FILE);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	conf_write(out, server, settings, seen);
	bool bad = ferror(out);
	if ((fclose(out) || bad) && !unlink(CONF_FILE))
		return err_set_errno(err, CONF_FILE);
	return 0;
}

static void seen_print(const struct conf_server *server, const struct seen *seen)
{
	printf("%s responds with status %u and %llu bytes", server->url, seen->status,
	       (unsigned long long)seen->body_bytes);
	printf("; responses are compared by: %s\n", seen->check);
	if (seen->connections == 1)
		puts("It keeps connections open for several requests.");
	else
		puts("It takes a connection for each request.");
	if (seen->is_local && seen->local.holder.pid)
		printf("It is process %d (%s); with that as `pid` in the section its CPU time is known.\n",
		       (int)seen->local.holder.pid, seen->local.holder.name);
	printf(CONF_FILE " is written. Now: benchctl run\n");
}

/* The service at hand: the URL given, or what the files of the folder suggest. Returns 0, or -1 with err set. */
static int server_find(struct conf *conf, const struct init_settings *settings, const char *url, struct err *err)
{
	const char *command = settings->command;

	for (size_t i = 0; i < sizeof guesses / sizeof *guesses && !url; i++) {
		if (access(guesses[i].file, R_OK))
			continue;
		url = guesses[i].url;
		command = command ? command : guesses[i].command;
		say("%s is here: %s, at %s", guesses[i].file, command, url);
	}
	if (!url)
		return err_set(err,
			       "the URL of the service is missing: what is to be measured, as http://127.0.0.1:3000/");
	if (!command)
		return conf_add_url(conf, settings->name, url, err);
	return conf_add(conf, settings->name, command, err) ? -1 : conf_set_url(conf, url, err);
}

static int init_make(const struct init_settings *settings, const char *url)
{
	struct conf conf = { 0 };
	struct seen seen = { 0 };
	struct err err;
	int code = EXIT_OK;

	if (!access(CONF_FILE, F_OK))
		return complain(&command_init, EXIT_USAGE, CONF_FILE " exists already, and is not overwritten");
	if (server_find(&conf, settings, url, &err))
		code = complain(&command_init, EXIT_USAGE, "%s", err.text);
	else if (service_see(&seen, conf.servers, settings, &err))
		code = complain(&command_init, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN,
				"%s: %s; nothing is written%s", conf.servers->url, err.text,
				conf.servers->command ? "" : " (--command launches a service that does not run)");
	else if (file_write(conf.servers, settings, &seen, &err))
		code = complain(&command_init, EXIT_NO_RUN, "%s", err.text);
	else
		seen_print(conf.servers, &seen);
	conf_release(&conf);
	return code;
}

static int init_run(int argc, char **argv)
{
	struct init_settings settings = { 0 };
	int code;
	int operands = command_parse(&command_init, &settings, argc, argv, 0, 1, &code);

	if (operands >= 0) {
		common_catch_signals();
		code = init_make(&settings, operands ? argv[0] : NULL);
	}
	options_release(init_options, &settings);
	return code;
}

const struct command command_init = {
	.name = "init",
	.operands = "[URL]",
	.summary = "write a bench.conf for the service at hand, after it was asked once",
	.options = init_options,
	.run = init_run,
};
