/* How a run was measured, where, and how to measure it again. */
#include "harness/report/page.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/text/html.h"

static void item_put(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void item_put(FILE *out, const char *format, ...)
{
	char text[HTML_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	html_leaf(out, "li", text, NULL);
}

static void card_put(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	html_leaf(out, "dt", name, NULL);
	html_leaf(out, "dd", value, NULL);
}

static void card_count(FILE *out, const char *name, uint64_t value, const char *unit)
{
	char shown[UNITS_TEXT], text[UNITS_TEXT + 32];

	snprintf(text, sizeof text, "%s%s", units_show_count(shown, value), unit);
	if (value)
		card_put(out, name, text);
}

static bool has_ceiling(const struct report_page *page)
{
	for (size_t i = 0; i < page->findings.count; i++)
		if (page->findings.of[i].has_ceiling)
			return true;
	return false;
}

/* How requests are started, for each kind of load that the run had. */
static void load_put(const struct report_page *page, FILE *out)
{
	const struct offered *offered = &page->offered;
	const struct document *document = page->document;

	if (offered->level_max)
		item_put(
			out,
			"The load is a closed loop, by benchctl's own client %.32s: each connection starts its next request "
			"when its last one has ended, so that latency is the latency under this load.",
			offered->closed_loop_client);
	if (offered->is_open_loop)
		item_put(
			out,
			"%s an open loop, by benchctl's own client %.32s: requests start at %.32s times of a schedule, "
			"whatever the server does, on at most %.32s connections; latency counts from the time at which a "
			"request was due.",
			offered->level_max ? "After the levels the load is" : "The load is", offered->open_loop_client,
			document_option(document, "arrivals"), document_option(document, "max-connections"));
	if (offered->is_sequential)
		item_put(out, "One by one: a single connection at a time, by the client " SUMMARY_SEQUENTIAL
			      ", which sends a request after each response.");
}

static void network_put(const struct document *document, FILE *out)
{
	if (document->network && strcmp(document->network, "private") == 0)
		item_put(
			out,
			"Server and client ran in a private network (a network namespace of Linux), fresh for each launch: "
			"with its own limits, and nothing in it but them. The kernel's counters are its own.");
	else
		item_put(
			out,
			"Server and client ran in the host's network: its limits bound what was offered, and the kernel's "
			"counters are of all its traffic.");
	for (size_t i = 0; i < document->servers_count; i++)
		if (document->network && strcmp(document->network, "host") != 0 && document->servers[i].network)
			item_put(out, "%.64s needs the host's network, and was measured there.",
				 document->servers[i].name);
}

static bool has_scaled(const struct document *document)
{
	for (size_t i = 0; i < document->cells_count; i++)
		if (!isnan(document->cells[i].scaled_from))
			return true;
	return false;
}

static void method_put(const struct report_page *page)
{
	const struct document *document = page->document;
	const char *requests = document_option(document, "requests"), *seed = document_option(document, "seed");
	FILE *out = page->out;
	char mode[TEXT_TABLE_TEXT];
	uint64_t backlog = 0;
	unsigned blocks = 0;

	for (size_t i = 0; i < document->cells_count; i++)
		backlog = document->cells[i].backlog > backlog ? document->cells[i].backlog : backlog;
	for (size_t i = 0; i < page->findings.count; i++)
		blocks = page->findings.of[i].blocks > blocks ? page->findings.of[i].blocks : blocks;
	html_leaf(out, "h2", "How it was measured", "id", "method", NULL);
	html_open(out, "ul", NULL);
	for (size_t i = 0; i < page->findings.count; i++)
		item_put(out, "%s.", summary_mode(mode, document, page->findings.modes[i]));
	load_put(page, out);
	item_put(out, "Only a complete and correct response counts: the status, the length and each byte of the body.");
	if (*requests && strcmp(requests, "0") != 0)
		item_put(out, "A measurement lasts for %.32s requests.", requests);
	else
		item_put(
			out,
			"A measurement lasts for at least %.32s%s, at most %.32s, after a ramp and a warm-up of %.32s that do not count.",
			document_option(document, "duration"),
			page->offered.level_max ? " and two rounds of all connections" : "",
			document_option(document, "max-window"), document_option(document, "warmup"));
	if (blocks > 1)
		item_put(out, "%u launches of each server, in passes of random order%s%.32s.", blocks,
			 *seed ? " of the seed " : "", seed);
	else
		item_put(out, "One launch of each server: how much its figures would scatter is not known.");
	if (backlog)
		item_put(
			out,
			"The listen backlog is %llu connections. In close mode those beyond what a server takes wait there.",
			(unsigned long long)backlog);
	network_put(document, out);
	if (has_scaled(document))
		item_put(
			out,
			"A server that is cheaper than the client had a half or a quarter of a CPU, and its rates are scaled to a "
			"whole one where that share was its limit. Latency is not shown there: the server had to wait for the CPU.");
	item_put(out, "The control server is a minimal one in C: %s.",
		 has_ceiling(page) ? "what the harness reaches with it is the ceiling of all others"
				   : "its figures are next to those of the others for comparison");
	html_close(out, "ul");
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "All options", NULL);
	html_open(out, "dl", "class", "card", NULL);
	for (size_t i = 0; i < document->options_count; i++)
		card_put(out, document->options[i].name, document->options[i].value);
	html_close(out, "dl");
	html_close(out, "details");
}

static void host_put(const struct report_page *page)
{
	const struct document *document = page->document;
	const struct host *host = &document->host;
	FILE *out = page->out;
	char text[256];

	html_leaf(out, "h2", "The host", "id", "host", NULL);
	html_open(out, "dl", "class", "card", NULL);
	card_put(out, "Date", host->date);
	card_put(out, "CPU", host->cpu_model);
	card_count(out, "Cores", host->cores, "");
	snprintf(text, sizeof text, "%.1f GiB", (double)host->memory_bytes / (1 << 30));
	card_put(out, "Memory", host->memory_bytes ? text : "");
	card_put(out, "Kernel", host->kernel);
	card_put(out, "Frequency governor", host->governor);
	card_put(out, "Client's CPUs", document->client_cpus);
	card_put(out, "Servers' CPUs", document->server_cpus);
	snprintf(text, sizeof text, "%.2f", host->load);
	card_put(out, "Load before it", text);
	card_count(out, "Open files, soft limit", host->files_soft, "");
	card_count(out, "Open files, hard limit", host->files_hard, "");
	card_count(out, "Longest accept queue", host->somaxconn, " (somaxconn)");
	card_put(out, "Network", document->network ? document->network : "host");
	snprintf(text, sizeof text, "%llu to %llu", (unsigned long long)host->port_low,
		 (unsigned long long)host->port_high);
	card_put(out, "Ephemeral ports", host->port_high ? text : "");
	card_count(out, "Maximum of sockets in TIME_WAIT", host->tw_buckets, "");
	snprintf(text, sizeof text, "%.60s, commit %.60s",
		 document->benchctl ? document->benchctl : "of an unknown version",
		 document->commit ? document->commit : "unknown");
	card_put(out, "benchctl", text);
	card_put(out, "Compiler", document->compiler);
	card_put(out, "Its flags", document->flags);
	html_close(out, "dl");
}

static void again_put(const struct report_page *page)
{
	FILE *out = page->out;

	html_leaf(out, "h2", "Measure it again", "id", "again", NULL);
	html_open(out, "p", NULL);
	html_print(out, "With benchctl %.60s at commit %.60s, on this host:",
		   page->document->benchctl ? page->document->benchctl : "",
		   page->document->commit ? page->document->commit : "unknown");
	html_close(out, "p");
	html_leaf(out, "pre", page->command, NULL);
}

void report_method(const struct report_page *page)
{
	method_put(page);
	host_put(page);
	again_put(page);
}
