#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/cmd/terminal.h"
#include "harness/config/settings.h"
#include "harness/doctor/doctor.h"
#include "harness/doctor/facts.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"
#include "harness/record/result.h"
#include "harness/server/availability.h"

/* Long enough for counts of hundredths of a second to mean something, short enough to wait for. */
#define WATCH_NS    (500 * CLOCK_MS)
#define CHECK_WIDTH 12
#define INDENT      (6 + CHECK_WIDTH + 2)
/* The width of a line where no terminal bounds it. */
#define WIDTH 100

struct doctor_settings {
	uint64_t port;
	char **conf;
	struct settings_verbosity verbosity;
	bool json, help;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct doctor_settings, name)

static const struct option_def doctor_options[] = {
	{ "port", 'p', OPTION_FIELD(count, struct doctor_settings, port), .fallback = "0", .max = 65535,
	  .help = "port of the servers (0: as bench.conf says)" },
	{ "json", 0, OPTION_FIELD(flag, struct doctor_settings, json), .help = "print JSON" },
	{ "conf", 0, OPTION_FIELD(texts, struct doctor_settings, conf), .placeholder = "FILE",
	  .help = "configuration (bench.conf); given again, it adds to the first" },
#include "harness/config/settings_verbosity.def"
	{ "help", 'h', OPTION_FIELD(flag, struct doctor_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* The findings: about the host, and about each server of bench.conf. */
struct diagnosis {
	struct settings run; /* of the default sweep */
	struct conf conf;
	struct facts facts;
	struct doctor_finding host[DOCTOR_FINDINGS_MAX];
	size_t count;
	struct doctor_finding *servers; /* as in conf */
};

/* Returns 0, or -1 with err set. */
static int diagnose(struct diagnosis *diagnosis, const struct doctor_settings *settings, struct err *err)
{
	const struct settings *run = &diagnosis->run;
	const struct conf *conf = &diagnosis->conf;
	struct facts *facts = &diagnosis->facts;
	struct facts_ask ask = {
		.root = "",
		.level = run->concurrency.level[run->concurrency.count - 1],
		.port = (unsigned)(settings->port ? settings->port : run->port),
		.network = (enum network_choice)run->network,
		.client_cpus = run->client_cpus,
		.server_cpus = run->server_cpus,
		.watch_ns = WATCH_NS,
	};
	char problem[sizeof facts->servers_problem] = "";
	struct terminal terminal;

	terminal_init(&terminal, settings->verbosity);
	if (!conf->count)
		text_plain(problem, sizeof problem, err->text);
	diagnosis->servers = calloc(conf->count + 1, sizeof *diagnosis->servers);
	if (!diagnosis->servers)
		return err_set(err, "out of memory");
	/* Shown before the servers are asked, which takes time. */
	if (facts_read(facts, &ask, err))
		return -1;
	memcpy(facts->servers_problem, problem, sizeof problem);
	for (size_t i = 0; i < conf->count; i++) {
		struct availability found;
		terminal_status(&terminal, "[%zu/%zu] %s", i, conf->count, conf->servers[i].name);
		availability_find(&found, &conf->servers[i], NULL);
		facts_add_server(facts, &conf->servers[i], &found);
		doctor_judge_server(facts, &conf->servers[i], &found, &diagnosis->servers[i]);
	}
	terminal_clear(&terminal);
	diagnosis->count = doctor_judge(facts, diagnosis->host);
	return 0;
}

static struct result_finding result_of(const struct doctor_finding *finding, const char *subject)
{
	return (struct result_finding){
		.subject = subject,
		.check = finding->check,
		.good = finding->severity == DOCTOR_OK,
		.text = finding->text,
		.severity = doctor_severity_names[finding->severity],
		.why = finding->why,
		.command = finding->command[0] ? finding->command : NULL,
	};
}

static int print_json(const struct diagnosis *diagnosis)
{
	size_t count = 0;
	struct result_finding *findings = calloc(diagnosis->count + diagnosis->conf.count + 1, sizeof *findings);

	if (!findings)
		return -1;
	for (size_t i = 0; i < diagnosis->count; i++)
		findings[count++] = result_of(&diagnosis->host[i], "host");
	for (size_t i = 0; i < diagnosis->conf.count; i++)
		findings[count++] = result_of(&diagnosis->servers[i], diagnosis->conf.servers[i].name);
	int bad = result_print_findings(findings, count, stdout);
	free(findings);
	return bad;
}

static size_t width_find(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2 * INDENT)
		return WIDTH;
	return size.ws_col;
}

/* Says whether the sweep can be honest, or which findings are against it. Returns the exit code. */
static int conclude(const struct diagnosis *diagnosis, char *out, size_t room)
{
	char bad[DOCTOR_FINDINGS_MAX * 20] = "";
	size_t used = 0, notes = 0;

	for (size_t i = 0; i < diagnosis->count; i++) {
		const struct doctor_finding *finding = &diagnosis->host[i];
		notes += finding->severity == DOCTOR_NOTE;
		if (finding->severity == DOCTOR_BAD && used < sizeof bad)
			used += (size_t)snprintf(bad + used, sizeof bad - used, "%s%s", used ? ", " : "",
						 finding->check);
	}
	if (used)
		snprintf(out, room, "The default sweep (%s) cannot be honest here: %s.",
			 diagnosis->run.concurrency.text, bad);
	else
		snprintf(out, room, "The default sweep (%s) can be honest here; %zu note%s.",
			 diagnosis->run.concurrency.text, notes, notes == 1 ? "" : "s");
	return used ? EXIT_REGRESSION : EXIT_OK;
}

/* Prints the rest of a line that has reached `indent`, and indents the lines below it alike. */
static void print_wrapped(const char *text, size_t width, int indent)
{
	for (;;) {
		size_t bytes = text_line(text, width - (size_t)indent);
		printf("%.*s\n", (int)bytes, text);
		text += bytes;
		text += strspn(text, " ");
		if (!*text)
			return;
		printf("%*s", indent, "");
	}
}

static void print_text(const struct diagnosis *diagnosis, const char *conclusion)
{
	size_t width = width_find();

	for (size_t i = 0; i < diagnosis->count; i++) {
		const struct doctor_finding *finding = &diagnosis->host[i];
		printf("%-4s  %-*s  ", doctor_severity_names[finding->severity], CHECK_WIDTH, finding->check);
		print_wrapped(finding->text, width, INDENT);
		if (finding->severity == DOCTOR_OK)
			continue;
		printf("%*s", INDENT, "");
		print_wrapped(finding->why, width, INDENT);
		/* On one line, however long, so that it can be copied. */
		if (finding->command[0])
			printf("%*s$ %s\n", INDENT, "", finding->command);
	}
	print_wrapped(conclusion, width, 0);
}

static int doctor_run(int argc, char **argv)
{
	struct doctor_settings settings = { 0 };
	struct diagnosis diagnosis = { 0 };
	struct err err;
	int code;

	if (command_parse(&command_doctor, &settings, argc, argv, 0, 0, &code) < 0)
		goto out;
	if (options_default(settings_options, &diagnosis.run, &err)) {
		code = complain(&command_doctor, EXIT_NO_RUN, "%s", err.text);
		goto out;
	}
	/* A host can be judged without a bench.conf; one that was named must be right. */
	if (common_read_conf(&diagnosis.conf, &diagnosis.run, settings.conf, &err) &&
	    (settings.conf || diagnosis.conf.count || access("bench.conf", F_OK) == 0)) {
		code = complain(&command_doctor, EXIT_USAGE, "%s", err.text);
	} else if (diagnose(&diagnosis, &settings, &err)) {
		code = complain(&command_doctor, EXIT_NO_RUN, "%s", err.text);
	} else {
		char conclusion[1024];
		code = conclude(&diagnosis, conclusion, sizeof conclusion);
		if (!settings.json)
			print_text(&diagnosis, conclusion);
		else if (print_json(&diagnosis))
			code = complain(&command_doctor, EXIT_NO_RUN, "writing JSON failed");
		else
			say("%s", conclusion);
	}
out:
	free(diagnosis.servers);
	conf_release(&diagnosis.conf);
	options_release(settings_options, &diagnosis.run);
	options_release(doctor_options, &settings);
	return code;
}

const struct command command_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "say what this host can honestly measure; changes nothing",
	.options = doctor_options,
	.run = doctor_run,
};
