#include "harness/cmd/common.h"

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/cmd/data.h"
#include "harness/lib/directory.h"
#include "harness/lib/text.h"

static void print_line(const char *front, const char *name, const char *format, va_list args)
{
	char *text = NULL;

	fprintf(stderr, "%s%s%s", front, name, *front ? ": " : "");
	if (vasprintf(&text, format, args) >= 0) {
		text_hide_users(text);
		text_print(stderr, text);
	} else {
		fputs("out of memory", stderr);
	}
	fputc('\n', stderr);
	free(text);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("", "", format, args);
	va_end(args);
}

int complain(const struct command *command, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("benchctl ", command->name, format, args);
	va_end(args);
	return code;
}

void command_print_help(const struct command *command, FILE *out)
{
	fprintf(out, "usage: benchctl %s%s%s%s\n\n%s.\n\n", command->name, command->options ? " [OPTION..]" : "",
		command->operands[0] ? " " : "", command->operands, command->summary);
	if (command->options)
		options_help(command->options, out);
	fputs("\nDefaults also come from the environment: BENCHCTL_NAME of --name, as BENCHCTL_MAX_WINDOW=2s of --max-window;\n"
	      "yes or no where the option takes no value. The command line goes before it, and it before bench.conf.\n",
	      out);
}

int command_read(const struct command *command, struct options_line *line, int argc, char **argv, int min, int max,
		 int *code)
{
	struct err err;
	int operands = options_line_read(command->options, line, argc, argv, &err);

	*code = EXIT_OK;
	if (operands >= 0 && options_line_gives(line, "help")) {
		command_print_help(command, stdout);
		return -1;
	}
	if (operands >= min && operands <= max)
		return operands;
	if (operands >= 0)
		err_set(&err, operands < min ? "%s is missing" : "too many operands: it takes %s",
			command->operands[0] ? command->operands : "no operand");
	*code = complain(command, EXIT_USAGE, "%s (see 'benchctl %s --help')", err.text, command->name);
	return -1;
}

int command_parse(const struct command *command, void *settings, int argc, char **argv, int min, int max, int *code)
{
	struct options_line line;
	struct err err;
	int operands = command_read(command, &line, argc, argv, min, max, code);

	if (operands >= 0 && (options_default(command->options, settings, &err) ||
			      options_environment_apply(command->options, &line, settings, ~0u, &err) ||
			      options_line_apply(&line, settings, ~0u, &err))) {
		*code = complain(command, EXIT_USAGE, "%s (see 'benchctl %s --help')", err.text, command->name);
		operands = -1;
	}
	options_line_release(&line);
	return operands;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first, second;

	return !stat(a, &first) && !stat(b, &second) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

int common_read_conf(struct conf *conf, struct settings *settings, char *const *paths, struct err *err)
{
	char room[DATA_PATH], room_installed[DATA_PATH], here[] = "bench.conf";
	struct err none;
	char *usual[] = { NULL, NULL };

	if (!paths) {
		usual[0] = access(here, R_OK) == 0 ? here : data_find(room, here, err);
		if (!usual[0])
			return err_set(
				err, "no bench.conf here, nor beside the program: run benchctl in the folder that has "
				     "it, name one with --conf FILE, or get one with a checkout of benchctl");
		paths = usual;
	}
	bool is_installed = false;
	const char *installed = data_find(room_installed, here, &none);
	for (; *paths; paths++) {
		is_installed |= installed && is_same_file(*paths, installed);
		if (conf_read(conf, settings, *paths, err))
			return -1;
	}
	if (installed && !is_installed && conf_read_installed(conf, installed, err))
		return -1;
	conf_export(conf);
	return 0;
}

/* State: the one thing that a signal handler can reach; see common.h. */
volatile sig_atomic_t common_stop;

static void on_signal(int number)
{
	(void)number;
	if (common_stop)
		_exit(EXIT_INTERRUPTED); /* the keeper ends the server */
	common_stop = 1;
}

void common_catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}
