#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "harness/cmd/common.h"
#include "harness/record/result.h"
#include "harness/server/availability.h"

struct list_settings {
	char **conf;
	bool json, help;
};

static const struct option_def list_options[] = {
	{ "json", 0, OPTION_FIELD(flag, struct list_settings, json), .help = "print JSON" },
	{ "conf", 0, OPTION_FIELD(texts, struct list_settings, conf), .placeholder = "FILE",
	  .help = "configuration (bench.conf); given again, it adds to the first" },
	{ "help", 'h', OPTION_FIELD(flag, struct list_settings, help), .help = "this text" },
	{ .name = NULL }
};

static int print_all(const struct conf *conf, const struct availability *found, bool json)
{
	struct result_listing *listing = calloc(conf->count + 1, sizeof *listing);
	size_t available = 0;
	int bad = 0, width = 0;

	if (!listing)
		return -1;
	for (size_t i = 0; i < conf->count; i++)
		width = MAX(width, (int)strlen(conf->servers[i].name));
	for (size_t i = 0; i < conf->count; i++) {
		const struct availability *one = &found[i];
		listing[i] = (struct result_listing){
			.server = &conf->servers[i],
			.available = one->available,
			.version = one->version[0] ? one->version : NULL,
			.implementation = one->available ? one->implementation : NULL,
			.reason = one->available ? NULL : one->reason,
		};
		available += one->available;
		if (!json)
			printf("%-*s %-4s %s\n", width, conf->servers[i].name, one->available ? "yes" : "no",
			       one->available ? one->version : one->reason);
	}
	if (json)
		bad = result_print_listing(listing, conf->count, stdout);
	else
		printf("%zu of %zu servers can run here.\n", available, conf->count);
	free(listing);
	return bad;
}

static int list_run(int argc, char **argv)
{
	struct list_settings settings = { 0 };
	struct conf conf = { 0 };
	struct err err;
	int code;

	if (command_parse(&command_list, &settings, argc, argv, 0, 0, &code) < 0)
		goto out;
	if (common_read_conf(&conf, NULL, settings.conf, &err)) {
		code = complain(&command_list, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	struct availability *found = calloc(conf.count + 1, sizeof *found);
	for (size_t i = 0; found && i < conf.count; i++)
		availability_find(&found[i], &conf.servers[i], NULL);
	if (!found || print_all(&conf, found, settings.json))
		code = complain(&command_list, EXIT_NO_RUN, "out of memory");
	free(found);
out:
	conf_release(&conf);
	options_release(list_options, &settings);
	return code;
}

const struct command command_list = {
	.name = "list",
	.operands = "",
	.summary = "list the servers, and whether they can run here",
	.options = list_options,
	.run = list_run,
};
