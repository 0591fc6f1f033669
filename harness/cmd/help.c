#include <string.h>

#include "harness/cmd/common.h"
#include "harness/host/build.h"

struct help_settings {
	bool man, help;
};

static const struct option_def help_options[] = {
	{ "man", 0, OPTION_FIELD(flag, struct help_settings, man), .help = "print the manual page, for man(1)" },
	{ "help", 'h', OPTION_FIELD(flag, struct help_settings, help), .help = "this text" },
	{ .name = NULL }
};

static void print_man(void)
{
	printf(".TH BENCHCTL 1 \"\" \"benchctl %s\"\n"
	       ".SH NAME\nbenchctl \\- measure how servers scale from 1 to 65536 connections\n"
	       ".SH SYNOPSIS\n.B benchctl\n.I COMMAND\n[\\fIOPTION\\fR..]\n"
	       ".SH COMMANDS\n",
	       build_version);
	for (const struct command *const *command = commands; *command; command++) {
		printf(".SS benchctl %s %s\n%s.\n", (*command)->name, (*command)->operands, (*command)->summary);
		if ((*command)->options)
			options_man((*command)->options, stdout);
	}
	fputs(".SH EXIT STATUS\n"
	      "0 well; 1 a regression, or a failed check; 2 usage, configuration or input file; 3 the run could not be\n"
	      "made; 4 inconclusive; 130 interrupted, with what was measured kept.\n"
	      ".SH FILES\n"
	      ".TP\n.I bench.conf\nthe servers, and in its section [run] defaults for the options of run\n"
	      ".TP\n.I results/NAME/run.json\na run; its fields are described in docs/run.schema.json\n"
	      ".TP\n.I results/NAME/cells.jsonl\nits ledger: each cell as soon as it was measured\n",
	      stdout);
}

static void print_commands(void)
{
	fputs("usage: benchctl COMMAND [OPTION..]\n\n"
	      "Measures how servers scale from 1 to 65536 connections.\n\n",
	      stdout);
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-8s %s\n", (*command)->name, (*command)->summary);
	fputs("\n'benchctl COMMAND --help' lists a command's options; 'benchctl --version' says what this is.\n",
	      stdout);
}

static int help_run(int argc, char **argv)
{
	struct help_settings settings = { 0 };
	int code;
	int operands = command_parse(&command_help, &settings, argc, argv, 0, 1, &code);

	if (operands < 0)
		return code;
	if (settings.man) {
		print_man();
		return EXIT_OK;
	}
	if (!operands) {
		print_commands();
		return EXIT_OK;
	}
	for (const struct command *const *command = commands; *command; command++) {
		if (strcmp((*command)->name, argv[0]) == 0) {
			command_print_help(*command, stdout);
			return EXIT_OK;
		}
	}
	return complain(&command_help, EXIT_USAGE, "there is no command '%s'", argv[0]);
}

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.options = help_options,
	.run = help_run,
};
