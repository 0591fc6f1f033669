#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/cmd/terminal.h"
#include "harness/contract/conformance.h"
#include "harness/host/host.h"
#include "harness/host/port.h"
#include "harness/lib/clock.h"
#include "harness/network/network.h"
#include "harness/record/result.h"
#include "harness/server/availability.h"
#include "harness/server/container.h"

struct check_settings {
	uint64_t port, ready_ns, timeout_ns;
	int network; /* enum network_choice */
	char *url;
	struct request_settings request;
	char **conf;
	struct settings_verbosity verbosity;
	bool json, help;
};

#define FIELD(kind, name)          OPTION_FIELD(kind, struct check_settings, name)
#define SETTINGS_FIELD(kind, name) FIELD(kind, name)
#define MINUTE                     (60 * CLOCK_S)

static const struct option_def check_options[] = {
	{ "port", 'p', FIELD(count, port), .fallback = "0", .max = 65535,
	  .help = "port of the servers (0: a free one for each)" },
	{ "ready", 0, FIELD(duration, ready_ns), .fallback = "10s", .min = CLOCK_MS, .max = 60 * MINUTE,
	  .help = "time for a right response after a start" },
	{ "timeout", 0, FIELD(duration, timeout_ns), .fallback = "5s", .min = CLOCK_MS, .max = MINUTE,
	  .help = "time for each single wait, maximum" },
	{ "network", 0, FIELD(choice, network), .fallback = "auto", .choices = network_choice_names,
	  .help = "a private network for each server, or the host's" },
	{ "url", 'u', FIELD(text, url), .placeholder = "URL",
	  .help = "instead of a configuration: a service that runs already" },
#include "harness/config/settings_request.def"
	{ "http", 0, FIELD(choice, request.http), .fallback = "1.1", .choices = request_http_names,
	  .help = "HTTP version of the requests" },
	{ "json", 0, FIELD(flag, json), .help = "print JSON" },
	{ "conf", 0, FIELD(texts, conf), .placeholder = "FILE",
	  .help = "configuration (bench.conf); given again, it adds to the first" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', FIELD(flag, help), .help = "this text" },
	{ .name = NULL }
};

/* The servers to check, with what was found. */
struct round {
	const struct conf_server **servers;
	struct conformance *found; /* as servers */
	size_t count, done;
	int name_width;
};

/* The servers named, each once; or all. Returns 0, or -1 with err set: one is unknown, or there is nothing to ask. */
static int servers_choose(struct round *round, const struct conf *conf, const struct request_settings *request,
			  char **names, int count, struct err *err)
{
	size_t room = conf_known(conf) + 1;

	round->servers = calloc(room, sizeof *round->servers);
	round->found = calloc(room, sizeof *round->found);
	if (!round->servers || !round->found)
		return err_set(err, "out of memory");
	size_t services = 0;
	for (size_t i = 0; i < conf->count; i++)
		services += conf->servers[i].url != NULL;
	if (!services && request_settings_given(request))
		return err_set(err, "options that say what to ask are for servers with a url, and none here has one");
	for (int i = 0; i < count; i++) {
		const struct conf_server *server = conf_find(conf, names[i]);
		bool again = false;
		if (!server)
			return err_set(err, "there is no server '%s' (see 'benchctl list')", names[i]);
		for (size_t j = 0; j < round->count; j++)
			again |= round->servers[j] == server;
		if (!again)
			round->servers[round->count++] = server;
	}
	for (size_t i = 0; i < conf->count && !count; i++)
		round->servers[round->count++] = &conf->servers[i];
	return 0;
}

/* Leaves out the servers that can't run here; for a server that was named it is an error instead. */
static int servers_find(struct round *round, bool named, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < round->count && !common_stop; i++) {
		const struct conf_server *server = round->servers[i];
		struct availability found;
		if (conf_is_container(server) && container_prepare(server, &common_stop, err)) {
			if (named)
				return -1;
			say("%s", err->text);
		}
		availability_find(&found, server, &common_stop);
		if (found.available) {
			int width = (int)strlen(server->name);
			round->name_width = width > round->name_width ? width : round->name_width;
			round->servers[kept++] = server;
		} else if (named && !common_stop) {
			return err_set(err, "server %s can't run here: %s", server->name, found.reason);
		} else if (!common_stop) {
			say("left out: %s: %s", server->name, found.reason);
		}
	}
	round->count = kept;
	return kept || common_stop ? 0 : err_set(err, "no server can run here (see 'benchctl list')");
}

/* A line for the server, and below it the failed checks. */
static void print_server(const struct round *round, size_t i)
{
	const struct conformance *found = &round->found[i];
	size_t failed = conformance_count(found, CONFORMANCE_FAILED);
	size_t asked = found->count - conformance_count(found, CONFORMANCE_NOT_ASKED);

	printf("%-*s  ", round->name_width, round->servers[i]->name);
	if (failed)
		printf("FAILED  %zu of %zu checks", failed, asked);
	else
		printf("ok      %zu checks", asked);
	for (size_t j = 0; j < found->count; j++)
		if (found->findings[j].outcome == CONFORMANCE_NOT_ASKED)
			printf(", %s: -", found->findings[j].check);
	putchar('\n');
	for (size_t j = 0; j < found->count; j++) {
		const struct conformance_finding *finding = &found->findings[j];
		if (finding->outcome == CONFORMANCE_FAILED)
			printf("    %-16s  %s\n    %-16s  expected %s\n    %-16s  got      %s\n", finding->check,
			       finding->tried, "", finding->expected, "", finding->got);
	}
	fflush(stdout);
}

/* All findings, including those of an interrupted check. Returns 0, or -1 where memory is out. */
static int print_json(const struct round *round)
{
	size_t count = 0, max = round->done * CONFORMANCE_FINDINGS_MAX + 1;
	struct result_finding *findings = calloc(max, sizeof *findings);
	char(*texts)[CONFORMANCE_TEXT_MAX] = calloc(max, sizeof *texts);
	int bad = -1;

	if (!findings || !texts)
		goto out;
	for (size_t i = 0; i < round->done; i++) {
		for (size_t j = 0; j < round->found[i].count; j++, count++) {
			const struct conformance_finding *finding = &round->found[i].findings[j];
			findings[count] = (struct result_finding){
				.subject = round->servers[i]->name,
				.check = finding->check,
				.good = finding->outcome != CONFORMANCE_FAILED,
				.text = conformance_show(finding, texts[count]),
			};
		}
	}
	bad = result_print_findings(findings, count, stdout);
out:
	free(texts);
	free(findings);
	return bad;
}

/* Checks one server. Returns 0, or -1 with err set. */
static int server_check(struct round *round, size_t i, const struct check_settings *settings, struct network *network,
			unsigned backlog, struct err *err)
{
	int port = settings->port ? (int)settings->port : port_find_free(err);

	if (port < 0)
		return -1;
	struct conformance_spec spec = {
		.server = round->servers[i],
		.port = (unsigned)port,
		.backlog = backlog,
		.request = &settings->request,
		.network = network,
		.ready_ns = settings->ready_ns,
		.timeout_ns = settings->timeout_ns,
		.stop = &common_stop,
	};
	return conformance_check(&round->found[i], &spec, err);
}

/* What runs already is in the host's network. */
static enum network_choice network_of(const struct round *round, const struct check_settings *settings)
{
	for (size_t i = 0; i < round->count; i++)
		if (conf_is_attached(round->servers[i]) && settings->network == NETWORK_AUTO)
			return NETWORK_HOST;
	return (enum network_choice)settings->network;
}

/* Checks all and prints what was found. Returns the exit code. */
static int round_run(struct round *round, const struct check_settings *settings)
{
	size_t failed = 0, services = 0;
	struct terminal terminal;
	struct network network;
	struct host host;
	struct err err;
	int bad = 0;

	if (network_open(&network, network_of(round, settings), (unsigned)settings->port, 0, &err))
		return complain(&command_check, EXIT_NO_RUN, "%s", err.text);
	if (network.reason[0])
		say("%s", network.reason);
	terminal_init(&terminal, settings->verbosity);
	host_read(&host);
	while (round->done < round->count && !bad && !common_stop) {
		size_t i = round->done;
		terminal_status(&terminal, "[%zu/%zu] %s", round->done, round->count, round->servers[i]->name);
		bad = server_check(round, i, settings, &network, (unsigned)host.somaxconn, &err);
		terminal_clear(&terminal);
		if (bad)
			break;
		round->done++;
		failed += conformance_count(&round->found[i], CONFORMANCE_FAILED) > 0;
		services += round->servers[i]->url != NULL;
		if (!settings->json && !common_stop)
			print_server(round, i);
	}
	network_close(&network);
	if (settings->json && print_json(round))
		return complain(&command_check, EXIT_NO_RUN, "writing JSON failed");
	if (bad)
		return complain(&command_check, EXIT_NO_RUN, "%s", err.text);
	if (common_stop)
		return complain(&command_check, EXIT_INTERRUPTED, "interrupted");
	if (!settings->json)
		printf("%zu of %zu servers %s.\n", round->count - failed, round->count,
		       services ? "pass" : "keep the contract");
	return failed ? EXIT_REGRESSION : EXIT_OK;
}

static int check_run(int argc, char **argv)
{
	struct check_settings settings = { 0 };
	struct conf conf = { 0 };
	struct round round = { 0 };
	struct err err;
	int code;

	int operands = command_parse(&command_check, &settings, argc, argv, 0, argc, &code);
	if (operands < 0)
		goto out;
	common_catch_signals();
	if ((settings.url ? conf_add_url(&conf, "service", settings.url, &err)
			  : common_read_conf(&conf, NULL, settings.conf, &err)) ||
	    servers_choose(&round, &conf, &settings.request, argv, operands, &err))
		code = complain(&command_check, EXIT_USAGE, "%s", err.text);
	else if (servers_find(&round, operands > 0, &err))
		code = complain(&command_check, EXIT_NO_RUN, "%s", err.text);
	else
		code = round_run(&round, &settings);
out:
	free(round.servers);
	free(round.found);
	conf_release(&conf);
	options_release(check_options, &settings);
	return code;
}

const struct command command_check = {
	.name = "check",
	.operands = "[SERVER..]",
	.summary = "check that servers keep the contract, or respond rightly to what is to be measured",
	.options = check_options,
	.run = check_run,
};
