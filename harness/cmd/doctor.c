#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clients/client.h"
#include "harness/cmd/common.h"
#include "harness/cpus.h"
#include "harness/host.h"
#include "harness/port.h"
#include "harness/result.h"
#include "harness/settings.h"

#define DEFAULT_LEVEL 65536

struct doctor_settings {
	uint64_t port;
	bool json, help;
};

static const struct option_def doctor_options[] = {
	{ "port", 'p', &option_count, OPTION_FIELD(struct doctor_settings, port), .fallback = "8080", .most = 65535,
	  .help = "port of the servers" },
	{ "json", 0, &option_flag, OPTION_FIELD(struct doctor_settings, json), .help = "print JSON" },
	{ "help", 'h', &option_flag, OPTION_FIELD(struct doctor_settings, help), .help = "this text" },
	{ .name = NULL }
};

#define FINDINGS_MOST 16

struct report {
	struct result_finding findings[FINDINGS_MOST];
	char texts[FINDINGS_MOST][512];
	size_t count;
};

static void finding(struct report *report, const char *check, bool good, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void finding(struct report *report, const char *check, bool good, const char *format, ...)
{
	va_list args;
	char *text = report->texts[report->count];

	va_start(args, format);
	vsnprintf(text, sizeof report->texts[0], format, args);
	va_end(args);
	report->findings[report->count++] = (struct result_finding){ "host", check, good, text };
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void look(struct report *report, const struct host *host, unsigned port)
{
	struct port_holder holder;
	struct cpus cpus;
	struct err err;
	char client[128], server[128];
	uint64_t per_table = load_connections_of(host->files_soft);
	uint64_t ports = host->port_high > host->port_low ? host->port_high - host->port_low + 1 : 0;
	uint64_t client_level = least(per_table * LOAD_THREADS_MAX, ports * LOAD_ADDRESSES_MAX);

	finding(report, "files", per_table >= DEFAULT_LEVEL,
		"%llu open files for each process (hard limit %llu). A server with one file table ends there: above "
		"%llu connections in keepalive its own limit is measured. Lift it: ulimit -n %llu, or the hard limit "
		"in /etc/security/limits.conf",
		(unsigned long long)host->files_soft, (unsigned long long)host->files_hard,
		(unsigned long long)per_table, (unsigned long long)host->files_hard);
	finding(report, "client level", client_level >= DEFAULT_LEVEL,
		"the client reaches %llu connections: %llu files in each of up to %d file tables, %llu ports on each "
		"of up to %d loopback addresses",
		(unsigned long long)client_level, (unsigned long long)per_table, LOAD_THREADS_MAX,
		(unsigned long long)ports, LOAD_ADDRESSES_MAX);
	finding(report, "backlog", host->somaxconn >= 4096,
		"accept queues hold up to %llu connections. Above that, connections wait for a repeated SYN, and a "
		"server never sees them all at once. Lift it: sysctl net.core.somaxconn=65536",
		(unsigned long long)host->somaxconn);
	finding(report, "time-wait", host->tw_reuse > 0,
		"up to %llu closed connections wait out their time; ports are %sused again on loopback before that "
		"is over. Else the rate of new connections is bounded by the ports: sysctl net.ipv4.tcp_tw_reuse=2",
		(unsigned long long)host->tw_buckets, host->tw_reuse ? "" : "not ");
	if (cpus_divide(&cpus, NULL, NULL, &err)) {
		finding(report, "CPUs", false, "%s", err.text);
	} else {
		bool apart = host->cores > 1 && !CPU_EQUAL(&cpus.client, &cpus.server);
		finding(report, "CPUs", apart, "%llu; the servers run on %s, the client on %s%s",
			(unsigned long long)host->cores, cpus_show(&cpus.server, server),
			cpus_show(&cpus.client, client),
			apart ? "" : ": they take time from each other, so rates are lower than the servers' own");
	}
	finding(report, "governor", !host->governor[0] || strcmp(host->governor, "performance") == 0,
		host->governor[0] ? "%s: a clock that changes with the load makes figures vary. Fix it: cpupower "
		"frequency-set -g performance" : "%snone to be seen from here", host->governor);
	finding(report, "load", host->load < 0.5 * (double)host->cores,
		"%.2f in the last minute%s", host->load,
		host->load < 0.5 * (double)host->cores ? "" : ": something else runs here and takes time from both sides");
	bool held = port_is_held(port, &holder);
	if (held)
		finding(report, "port", false, "%u is in use by process %d (%s): end it, or run with --port",
			port, (int)holder.pid, holder.pid ? holder.name : "not to be seen from here");
	else
		finding(report, "port", true, "%u is free", port);
}

static int doctor_run(int argc, char **argv)
{
	struct doctor_settings settings = { 0 };
	struct report report = { 0 };
	struct host host;
	bool honest = true;
	int code;

	if (command_parse(&command_doctor, &settings, &settings.help, argc, argv, 0, 0, &code) < 0)
		return code;
	host_read(&host);
	look(&report, &host, (unsigned)settings.port);
	for (size_t i = 0; i < report.count; i++) {
		const struct result_finding *one = &report.findings[i];
		/* A server's file limit is part of what is measured; the rest must hold for the figures to be. */
		if (!one->good && (strcmp(one->check, "client level") == 0 || strcmp(one->check, "port") == 0))
			honest = false;
		if (!settings.json)
			printf("%-4s %-13s %s\n", one->good ? "ok" : "note", one->check, one->text);
	}
	if (settings.json && result_print_findings(report.findings, report.count, stdout))
		return complain(&command_doctor, EXIT_NO_RUN, "out of memory");
	return honest ? EXIT_WELL : EXIT_REGRESSION;
}

const struct command command_doctor = {
	.name = "doctor", .operands = "", .summary = "say what this host can honestly measure; changes nothing",
	.options = doctor_options, .run = doctor_run,
};
