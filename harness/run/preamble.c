#include "harness/run/preamble.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "harness/host/build.h"
#include "harness/lib/argv.h"
#include "harness/lib/text.h"
#include "harness/server/container.h"

/* A copy of a text, or NULL for NULL. Returns 0, or -1 where memory is out. */
static int copy(char **into, const char *text)
{
	*into = text ? strdup(text) : NULL;
	return text && !*into ? -1 : 0;
}

/* An option and its value in force. Returns 0, or -1 where memory is out. */
static int option_echo(struct document_option *option, const struct option_def *def, const struct settings *settings)
{
	size_t bytes;

	if (copy(&option->name, def->name))
		return -1;
	FILE *out = open_memstream(&option->value, &bytes);
	if (!out)
		return -1;
	options_show(def, settings, out);
	return text_close(out, &option->value);
}

static int server_describe(struct document_server *into, const struct conf_server *server,
			   const struct availability *found, bool is_whole)
{
	char brief[ARGV_BRIEF];
	bool is_container = conf_is_container(server);

	if (is_container && !(into->command = container_title(server)))
		return -1;
	return copy(&into->name, server->name) ||
			       (!is_container && copy(&into->command, is_whole || !server->command
									      ? server->command
									      : argv_brief(brief, server->command))) ||
			       copy(&into->version, found->version[0] ? found->version : NULL) ||
			       copy(&into->family, server->family) || copy(&into->model, server->model) ||
			       copy(&into->since, server->since) ||
			       copy(&into->implementation, found->implementation) || copy(&into->url, server->url) ||
			       copy(&into->launched, conf_is_attached(server) ? "elsewhere" : NULL) ||
			       copy(&into->network, server->network == CONF_NETWORK_HOST ? "host" : NULL) ||
			       copy(&into->alias, server->alias)
		       ? -1
		       : 0;
}

/* Random, so that two runs of the same second and options differ. Returns 0, or -1 with err set. */
static int id_make(struct document *document, struct err *err)
{
	uint8_t random[16];
	char text[2 * sizeof random + 1] = "";

	if (getrandom(random, sizeof random, 0) != sizeof random)
		return err_set_errno(err, "getrandom");
	for (size_t i = 0; i < sizeof random; i++)
		sprintf(text + 2 * i, "%02x", random[i]);
	return copy(&document->id, text) ? err_set(err, "out of memory") : 0;
}

int preamble_write(struct document *document, const struct sweep *sweep, const struct availability *found,
		   struct err *err)
{
	char cpus[128];
	size_t options = 0;

	host_read(&document->host);
	if (id_make(document, err))
		return -1;
	bool bad = copy(&document->benchctl, build_version) || copy(&document->commit, build_commit) ||
		   copy(&document->compiler, build_compiler) || copy(&document->flags, build_flags) ||
		   copy(&document->client, sweep->client->name) ||
		   copy(&document->network, network_choice_names[network_kind(sweep->network)]) ||
		   copy(&document->client_cpus, cpus_show(&sweep->cpus.client, cpus)) ||
		   copy(&document->server_cpus, cpus_show(&sweep->cpus.server, cpus));
	while (settings_options[options].name)
		options++;
	document->options = calloc(options + 1, sizeof *document->options);
	document->servers = calloc(sweep->servers_count + 1, sizeof *document->servers);
	if (bad || !document->options || !document->servers)
		return err_set(err, "out of memory");
	for (const struct option_def *def = settings_options; def->name; def++) {
		if (!(def->flags & OPTION_RESUME))
			continue;
		bad |= option_echo(&document->options[document->options_count++], def, sweep->settings);
	}
	for (size_t i = 0; i < sweep->servers_count; i++)
		bad |= server_describe(&document->servers[document->servers_count++], sweep->servers[i], &found[i],
				       sweep->settings->whole_commands);
	return bad ? err_set(err, "out of memory") : 0;
}
