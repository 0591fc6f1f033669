/*
 * bench.conf: what is read keeps the promises of conf.h, what is refused is refused with the file's name, and the
 * options of [run] are shown so that they read back the same.
 */
#include "tests/fuzz/fuzz.h"

#include "harness/config/conf.h"
#include "harness/lib/argv.h"

static void check_command(const char *command)
{
	struct err err;

	if (!command)
		return;
	char **words = argv_split(command, &err);
	fuzz_require(words && words[0]);
	argv_free(words);
}

static void check_server(const struct conf *conf, const struct conf_server *server)
{
	size_t bytes = strlen(server->name);

	fuzz_require(bytes > 0 && bytes <= CONF_NAME_MAX);
	fuzz_require(strspn(server->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == bytes);
	fuzz_require(conf_find(conf, server->name) == server); /* finds the first of two */
	fuzz_require(server->folder && server->command);
	check_command(server->command);
	check_command(server->requires);
	check_command(server->version);
	check_command(server->implementation);
}

/* The value of an option as text; freed by the caller. */
static char *option_text_of(const struct option_def *def, const struct settings *settings)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	fuzz_require(out != NULL);
	options_show(def, settings, out);
	fuzz_require(fclose(out) == 0);
	return text;
}

static void check_settings(const struct settings *settings)
{
	struct settings again = { 0 };
	struct err err;

	for (const struct option_def *def = settings_options; def->name; def++) {
		if (def->flags & OPTION_CALL)
			continue;
		char *text = option_text_of(def, settings);
		if (*text) { /* otherwise a string that is not set */
			fuzz_require(options_set(settings_options, &again, def->name, text, &err) == 0);
			char *text_again = option_text_of(def, &again);
			fuzz_require(strcmp(text, text_again) == 0);
			free(text_again);
		}
		free(text);
	}
	options_release(settings_options, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf = { 0 };
	struct settings settings = { 0 };
	struct err err;
	const char *path = fuzz_file(data, size);

	fuzz_require(options_default(settings_options, &settings, &err) == 0);
	if (conf_read(&conf, &settings, path, &err) == 0) {
		fuzz_require(strnlen((const char *)data, size) == size); /* a NUL would hide what follows it */
		for (size_t i = 0; i < conf.count; i++)
			check_server(&conf, &conf.servers[i]);
	} else {
		fuzz_require(strncmp(err.text, path, strlen(path)) == 0);
	}
	check_settings(&settings);
	options_release(settings_options, &settings);
	conf_release(&conf);
	return 0;
}
