/* benchctl: a harness that measures how servers scale from 1 to 65536 connections. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/command.h"
#include "harness/cmd/common.h"
#include "harness/host/build.h"
#include "harness/lib/similar.h"

static int main_help(int argc, char **argv);

static const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.options = help_options,
	.run = main_help,
};

/* All commands, in the order in which the help lists them. */
static const struct command *const commands[] = {
	&command_init,  &command_run,       &command_load,    &command_list,
	&command_check, &command_doctor,    &command_table,   &command_explain,
	&command_plot,  &command_report,    &command_publish, &command_compare,
	&command_ab,    &command_calibrate, &command_why,     &command_help,
	NULL,
};

static int main_help(int argc, char **argv)
{
	return help_run(&command_help, commands, argc, argv);
}

static const struct command *command_find(const char *name)
{
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return &command_help;
	for (const struct command *const *command = commands; *command; command++)
		if (strcmp((*command)->name, name) == 0)
			return *command;
	return NULL;
}

/* For those who say nothing: what it is, and what to try. */
static const char first_words[] = "benchctl measures how servers scale from 1 to 65536 connections. To try:\n"
				  "  benchctl doctor                      what this host can honestly measure\n"
				  "  benchctl run --servers control       sweep a server over numbers of connections\n"
				  "  benchctl load http://127.0.0.1:8080/ offer load to any URL, as ab or wrk do\n"
				  "All commands: benchctl help. The options of one: benchctl COMMAND --help.\n"
				  "What its figures mean: docs/method.md.\n";

static void command_unknown(const char *name)
{
	for (const struct command *const *command = commands; *command; command++)
		if (similar_is(name, (*command)->name)) {
			say("benchctl: there is no command '%s': did you mean '%s'?", name, (*command)->name);
			return;
		}
	say("benchctl: there is no command '%s' (see 'benchctl help')", name);
}

/*
 * A daemon or cron may start us with descriptors 0, 1 or 2 closed: the first file opened would become stdout, and
 * tables would be printed into it. Output to a closed stdout must be an error, as on a full disk: so the descriptor
 * opened in its place can't be written to.
 */
static void descriptors_occupy(void)
{
	static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
			_exit(EXIT_NO_RUN);
}

int main(int argc, char **argv)
{
	descriptors_occupy();
	signal(SIGXFSZ, SIG_IGN); /* then a write beyond `ulimit -f` fails, as on a full disk (setrlimit(2)) */
	if (argc < 2) {
		fputs(first_words, stdout);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("benchctl %s (commit %s, %s, %s)\n", build_version, build_commit, build_compiler, build_flags);
		return EXIT_OK;
	}
	const struct command *command = command_find(argv[1]);
	if (!command) {
		command_unknown(argv[1]);
		return EXIT_USAGE;
	}
	int code = command->run(argc - 2, argv + 2);
	/* A result that could not be written is no result: a full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		perror("benchctl: writing to stdout");
		return code ? code : EXIT_NO_RUN;
	}
	return code;
}
