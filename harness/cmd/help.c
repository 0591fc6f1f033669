#include <string.h>

#include "harness/cmd/common.h"

static int help_run(int argc, char **argv)
{
	for (const struct command *const *command = commands; argc > 0 && *command; command++) {
		if (strcmp((*command)->name, argv[0]) == 0) {
			command_print_help(*command, stdout);
			return EXIT_WELL;
		}
	}
	if (argc > 0)
		return complain(&command_help, EXIT_USAGE, "there is no command '%s'", argv[0]);
	fputs("usage: benchctl COMMAND [OPTION..]\n\n"
	      "Measures how servers scale from 1 to 65536 connections.\n\n", stdout);
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-8s %s\n", (*command)->name, (*command)->summary);
	fputs("\n'benchctl COMMAND --help' lists a command's options; 'benchctl --version' says what this is.\n", stdout);
	return EXIT_WELL;
}

const struct command command_help = {
	.name = "help", .operands = "[COMMAND]", .summary = "show the commands, or the options of one", .run = help_run,
};
