#include "harness/config/conf.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/argv.h"
#include "harness/lib/file.h"

static int command_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	char **arguments = argv_split(text, err);

	if (!arguments)
		return -1;
	argv_free(arguments);
	return option_text.parse(field, text, def, err);
}

static void text_free(void *field)
{
	option_text.release(field);
}

typedef char *option_command_value;
static const struct option_type option_command = { "COMMAND", command_parse, NULL, text_free };

#define FIELD(kind, name) OPTION_FIELD(kind, struct conf_server, name)

static const char *const network_names[] = { "run", "host", NULL }; /* enum conf_network */

static const char *const engine_names[] = { "podman", NULL }; /* enum conf_engine */

static const char *const stop_names[] = { "TERM", "INT", NULL }; /* enum conf_stop */

/* A URL, in which user information would be shown in results. */
static int url_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	const char *host = strstr(text, "://");

	if (host && memchr(host, '@', strcspn(host + 3, "/?#") + 3))
		return err_set(err, "user information in a URL would be shown in results: use basic-auth");
	return option_text.parse(field, text, def, err);
}

typedef char *option_url_value;
static const struct option_type option_url = { "URL", url_parse, NULL, text_free };

#define SETTINGS_FIELD(kind, name) FIELD(kind, name)

static const struct option_def server_keys[] = {
	{ .name = "command", FIELD(command, command) },
	{ .name = "requires", FIELD(command, requires) },
	{ .name = "version", FIELD(command, version) },
	{ .name = "implementation", FIELD(command, implementation) },
	{ .name = "install", FIELD(text, install) },
	{ .name = "build", FIELD(text, build) },
	{ .name = "family", FIELD(text, family) },
	{ .name = "model", FIELD(text, model) },
	{ .name = "since", FIELD(text, since) },
	{ .name = "note", FIELD(text, note) },
	{ .name = "max_connections", FIELD(count, max_connections), .fallback = "0", .max = 65536 },
	{ .name = "alias", FIELD(text, alias) },
	{ .name = "keepalive", FIELD(flag, keepalive), .fallback = "yes" },
	{ .name = "network", FIELD(choice, network), .fallback = "run", .choices = network_names },
	{ .name = "url", FIELD(url, url) },
	{ .name = "ready", FIELD(text, ready) },
	{ .name = "stop", FIELD(choice, stop), .fallback = "TERM", .choices = stop_names },
	{ .name = "environment", FIELD(texts, environment) },
	{ .name = "directory", FIELD(text, directory) },
	{ .name = "processes", FIELD(count, processes), .fallback = "0", .max = 4096 },
	{ .name = "pid", FIELD(count, pid), .fallback = "0", .max = INT_MAX },
	{ .name = "pidfile", FIELD(text, pidfile) },
	{ .name = "image", FIELD(text, image) },
	{ .name = "containerfile", FIELD(text, containerfile) },
	{ .name = "engine", FIELD(choice, engine), .fallback = "podman", .choices = engine_names },
#include "harness/config/settings_request.def"
	{ .name = "client_address", FIELD(flag, client_address), .fallback = "yes" },
	{ .name = NULL }
};

static const struct option_def interpreter_keys[] = {
	{ .name = "stackless", OPTION_FIELD(text, struct conf, stackless) },
	{ .name = "python2_greenlet", OPTION_FIELD(text, struct conf, python2_greenlet) },
	{ .name = NULL }
};

/* The longest line of a file, with its end. */
#define LINE_MAX_BYTES 2000

struct reading {
	struct conf *conf;
	size_t from; /* servers of this file start here */
	struct settings *settings;
	struct settings unused; /* where the caller wants no settings: [run] is still checked */
	const char *path;
	char *folder;
	FILE *file;
	int line;          /* the last one read */
	char section[128]; /* "" before the first section */
	bool run_seen, interpreters_seen;
	uint64_t keys_seen;            /* bit set of the section's keys, by their index in the table */
	const struct option_def *keys; /* of the section */
	void *into;                    /* what they describe */
	struct err *err;
	bool failed;
};

static bool name_is_good(const char *name)
{
	size_t bytes = strlen(name);

	for (size_t i = 0; i < bytes; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '-')
			return false;
	return bytes > 0 && bytes <= CONF_NAME_MAX;
}

/* A server that has no command yet; NULL with err set. */
static struct conf_server *server_add(struct conf *conf, const char *name, const char *folder, struct err *err)
{
	struct conf_server *servers = NULL;

	if (!name_is_good(name))
		err_set(err, "'%.200s' is no server name: 1 to %d letters, digits, _ and -", name, CONF_NAME_MAX);
	else if (conf->count >= CONF_SERVERS_MAX)
		err_set(err, "there are more than %d servers", CONF_SERVERS_MAX);
	else if (conf_find(conf, name))
		err_set(err, "there is a server '%s' already", name);
	else if (!(servers = realloc(conf->servers, (conf->count + 1) * sizeof *servers)))
		err_set(err, "out of memory");
	if (!servers)
		return NULL;
	conf->servers = servers;
	struct conf_server *server = &servers[conf->count++];
	*server = (struct conf_server){ .name = strdup(name), .folder = strdup(folder) };
	if (!server->name || !server->folder) {
		err_set(err, "out of memory");
		return NULL;
	}
	return options_default(server_keys, server, err) ? NULL : server;
}

static int server_open(struct reading *reading, const char *name)
{
	reading->keys = server_keys;
	reading->into = server_add(reading->conf, name, reading->folder, reading->err);
	return reading->into ? 0 : -1;
}

int conf_add(struct conf *conf, const char *name, const char *command, struct err *err)
{
	char *here = realpath(".", NULL);
	int result = -1;

	if (!here)
		err_set_errno(err, "the folder that we are in");
	else if (server_add(conf, name, here, err))
		result = options_set(server_keys, &conf->servers[conf->count - 1], "command", command, err);
	free(here);
	return result;
}

int conf_set_url(struct conf *conf, const char *url, struct err *err)
{
	return options_set(server_keys, &conf->servers[conf->count - 1], "url", url, err);
}

int conf_add_url(struct conf *conf, const char *name, const char *url, struct err *err)
{
	return server_add(conf, name, ".", err) ? conf_set_url(conf, url, err) : -1;
}

/* Keys that go together. Returns 0, or -1 with err set. */
static int server_check(const struct conf *conf, const struct conf_server *server, struct err *err)
{
	if (conf_is_attached(server) && !server->url)
		return err_set(err, "has no command, url, image or containerfile");
	if (server->image && server->containerfile)
		return err_set(err, "has an image, and a containerfile to build one from");
	if (conf_is_container(server) && server->directory)
		return err_set(err, "has a directory, and is a container: its image says where it runs");
	if (!server->url && (request_settings_given(&server->request) || server->ready))
		return err_set(err, "has keys that say what to ask, and no url");
	if (!conf_is_attached(server) && (server->pid || server->pidfile))
		return err_set(err, "is launched, and has a pid of what runs already");
	if (server->alias && (!name_is_good(server->alias) || strcmp(server->alias, server->name) == 0))
		return err_set(err, "alias: '%.200s' is not another server name", server->alias);
	if (server->alias && conf_find(conf, server->alias))
		return err_set(err, "alias: there is a server '%s' still", server->alias);
	for (char **entry = server->environment; entry && *entry; entry++)
		if (!strchr(*entry, '=') || **entry == '=')
			return err_set(err, "environment: '%.100s' is not NAME=value", *entry);
	return 0;
}

/* Paths of a server are from its folder on. Returns 0, or -1 with err set. */
static int server_root(struct conf_server *server, struct err *err)
{
	return request_settings_root(&server->request, server->folder, err) ||
			       request_path_root(&server->pidfile, server->folder, false, err) ||
			       request_path_root(&server->containerfile, server->folder, false, err)
		       ? -1
		       : 0;
}

/* A file has each section once. */
static int section_again(struct reading *reading, bool *seen)
{
	if (*seen)
		return err_set(reading->err, "there is a section [%s] already", reading->section);
	*seen = true;
	return 0;
}

static int section_open(struct reading *reading, const char *section)
{
	reading->keys_seen = 0;
	snprintf(reading->section, sizeof reading->section, "%.*s", (int)sizeof reading->section - 1, section);
	if (strcmp(section, "run") == 0) {
		if (section_again(reading, &reading->run_seen))
			return -1;
		reading->keys = settings_options;
		reading->into = reading->settings;
		return 0;
	}
	if (strcmp(section, "interpreters") == 0) {
		if (section_again(reading, &reading->interpreters_seen))
			return -1;
		reading->keys = interpreter_keys;
		reading->into = reading->conf;
		return 0;
	}
	if (strncmp(section, "server ", 7) == 0)
		return server_open(reading, section + 7);
	return err_set(reading->err, "unknown section [%s]: there are [run], [interpreters] and [server NAME]",
		       section);
}

/* Reads the line of a section, which starts with '['. */
static int section_read(struct reading *reading, const char *line)
{
	char section[LINE_MAX_BYTES];
	size_t bytes = strlen(line);

	while (isspace((unsigned char)line[bytes - 1]))
		bytes--;
	if (line[bytes - 1] != ']')
		return err_set(reading->err, "the line of a section does not end with ]");
	snprintf(section, sizeof section, "%.*s", (int)bytes - 2, line + 1);
	return section_open(reading, section);
}

static int key_set(struct reading *reading, const char *key, const char *value)
{
	if (!reading->section[0])
		return err_set(reading->err, "'%s' is before the first section", key);
	const struct option_def *def = options_find(reading->keys, key);
	uint64_t bit = def ? 1ull << (def - reading->keys) : 0;
	if (reading->keys_seen & bit && def->type != &option_texts)
		return err_set(reading->err, "'%s' is twice in [%s]", key, reading->section);
	reading->keys_seen |= bit;
	return options_set(reading->keys, reading->into, key, value, reading->err);
}

static void refuse(struct reading *reading)
{
	if (!reading->failed)
		err_prefix(reading->err, "%s:%d", reading->path, reading->line);
	reading->failed = true;
}

/*
 * Lines are read here and not by libinih: it does not tell line numbers, cuts the names of sections at 49 bytes, and
 * does not report a section without keys.
 */
static char *on_line(char *line, int room, void *context)
{
	struct reading *reading = context;

	if (reading->failed)
		return NULL;
	/* Not NUL at first, so that a NUL at the end is the one that fgets() puts after what it read. */
	memset(line, '\n', (size_t)room);
	if (!fgets(line, room, reading->file))
		return NULL;
	const char *end = memrchr(line, 0, (size_t)room);
	reading->line++;
	const char *start = line;
	if (reading->line == 1 && strncmp(start, "\xef\xbb\xbf", 3) == 0)
		start += 3; /* the byte order mark of some editors, which libinih skips too */
	while (isspace((unsigned char)*start))
		start++;
	if (strlen(line) != (size_t)(end - line))
		err_set(reading->err, "a NUL, which would hide the rest of its line");
	else if (!strchr(line, '\n') && !feof(reading->file))
		err_set(reading->err, "a line is longer than %d characters", LINE_MAX_BYTES - 2);
	else if (*start != '[' || !section_read(reading, start))
		return line;
	refuse(reading);
	return NULL;
}

/* libinih calls this for each key. */
static int on_entry(void *context, const char *section, const char *key, const char *value)
{
	struct reading *reading = context;

	(void)section;
	if (!reading->failed && key_set(reading, key, value))
		refuse(reading);
	return 1;
}

int conf_read(struct conf *conf, struct settings *settings, const char *path, struct err *err)
{
	int result = -1;
	char *copy = strdup(path);
	char *real = copy ? realpath(dirname(copy), NULL) : NULL;
	struct reading reading = {
		.conf = conf,
		.from = conf->count,
		.path = path,
		.folder = real,
		.err = err,
	};
	reading.settings = settings ? settings : &reading.unused;
	reading.file = file_open(path, err);
	if (!reading.file)
		goto out;
	if (!real) {
		err_set_errno(err, "%s", path);
		goto out;
	}
	/* A command may contain a ';', and a continuation line would hide a missing '='. */
	ini_allow_inline_comments = false;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
	ini_use_stack = false;
	ini_initial_alloc = ini_max_line = LINE_MAX_BYTES;
	int line = ini_parse_stream(on_line, &reading, on_entry, &reading);
	if (reading.failed)
		goto out;
	if (line < 0 || ferror(reading.file)) {
		err_set(err, "%s: it can't be read, or memory is out", path);
		goto out;
	}
	if (line) {
		err_set(err, "%s:%d: neither a [section] nor 'key = value'", path, line);
		goto out;
	}
	if (settings && request_settings_root(&settings->request, real, err))
		goto out;
	for (size_t i = reading.from; i < conf->count; i++) {
		if (server_root(&conf->servers[i], err))
			goto out;
		if (server_check(conf, &conf->servers[i], err)) {
			struct err why = *err;
			err_set(err, "%s: [server %s] %s", path, conf->servers[i].name, why.text);
			goto out;
		}
	}
	result = 0;
out:
	options_release(settings_options, &reading.unused);
	if (reading.file)
		fclose(reading.file);
	free(real);
	free(copy);
	return result;
}

int conf_read_installed(struct conf *conf, const char *path, struct err *err)
{
	conf->installed = calloc(1, sizeof *conf->installed);
	if (!conf->installed)
		return err_set(err, "out of memory");
	return conf_read(conf->installed, NULL, path, err);
}

size_t conf_known(const struct conf *conf)
{
	return conf->count + (conf->installed ? conf->installed->count : 0);
}

void conf_export(const struct conf *conf)
{
	if (conf->stackless)
		setenv("BENCH_STACKLESS", conf->stackless, 0);
	if (conf->python2_greenlet)
		setenv("BENCH_PYTHON2_GREENLET", conf->python2_greenlet, 0);
}

const struct conf_server *conf_find(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->count; i++)
		if (strcmp(conf->servers[i].name, name) == 0)
			return &conf->servers[i];
	return conf->installed ? conf_find(conf->installed, name) : NULL;
}

void conf_release(struct conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		options_release(server_keys, &conf->servers[i]);
		free(conf->servers[i].name);
		free(conf->servers[i].folder);
	}
	options_release(interpreter_keys, conf);
	if (conf->installed)
		conf_release(conf->installed);
	free(conf->installed);
	free(conf->servers);
	*conf = (struct conf){ 0 };
}
