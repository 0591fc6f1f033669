#include <string.h>

#include "harness/cmd/common.h"
#include "harness/host/build.h"

struct help_settings {
	bool man, help;
};

const struct option_def help_options[] = {
	{ "man", 0, OPTION_FIELD(flag, struct help_settings, man), .help = "print the manual page, for man(1)" },
	{ "help", 'h', OPTION_FIELD(flag, struct help_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* The exit codes of all commands, for the help and the manual page. */
static const struct exit_meaning {
	enum exit_code code;
	const char *commands; /* separated by ", "; NULL: all */
	const char *text;     /* one line, without a full stop */
} exit_meanings[] = {
	{ EXIT_OK, NULL, "success; a run has at least one valid cell, and says how many" },
	{ EXIT_REGRESSION, "compare, ab", "NEW is slower than BASE" },
	{ EXIT_REGRESSION, "check", "a server does not keep the contract" },
	{ EXIT_REGRESSION, "doctor", "a finding is bad: this host can't measure honestly" },
	{ EXIT_USAGE, NULL, "wrong usage, configuration or input file" },
	{ EXIT_USAGE, "compare, ab", "the two sides can't be compared, or too few launches were asked for" },
	{ EXIT_NO_RUN, NULL, "the command could not do its work: no memory, no space on the disk, no such program" },
	{ EXIT_NO_RUN, "run", "no cell is valid" },
	{ EXIT_NO_RUN, "load", "there was not one right response" },
	{ EXIT_INCONCLUSIVE, "compare, ab", "no verdict: the gate is inconclusive, or NEW lacks what BASE has" },
	{ EXIT_INCONCLUSIVE, "why", "not decided: what would tell is said" },
	{ EXIT_INTERRUPTED, NULL, "interrupted by a signal; what was measured is kept" },
	{ .text = NULL },
};

static void print_exit_codes(void)
{
	fputs("\nExit codes:\n", stdout);
	for (const struct exit_meaning *exit = exit_meanings; exit->text; exit++)
		printf("  %3d  %s%s%s\n", exit->code, exit->commands ? exit->commands : "", exit->commands ? ": " : "",
		       exit->text);
}

static void print_man(const struct command *const *commands)
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
	fputs(".SH EXIT STATUS\n", stdout);
	for (const struct exit_meaning *exit = exit_meanings; exit->text; exit++)
		printf(".TP\n.B %d\n%s%s%s.\n", exit->code, exit->commands ? exit->commands : "",
		       exit->commands ? ": " : "", exit->text);
	fputs(".SH FILES\n"
	      ".TP\n.I bench.conf\nthe servers, and in its section [run] defaults for the options of run\n"
	      ".TP\n.I results/NAME/run.json\na run; its fields are described in docs/run.schema.json\n"
	      ".TP\n.I results/NAME/cells.jsonl\nits ledger: each cell as soon as it was measured\n",
	      stdout);
}

static void print_commands(const struct command *const *commands)
{
	fputs("usage: benchctl COMMAND [OPTION..]\n\n"
	      "Measures how servers scale from 1 to 65536 connections.\n\n",
	      stdout);
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-9s %s\n", (*command)->name, (*command)->summary);
	print_exit_codes();
	fputs("\n'benchctl COMMAND --help' lists a command's options; 'benchctl --version' says what this is.\n",
	      stdout);
}

int help_run(const struct command *self, const struct command *const *commands, int argc, char **argv)
{
	struct help_settings settings = { 0 };
	int code;
	int operands = command_parse(self, &settings, argc, argv, 0, 1, &code);

	if (operands < 0)
		return code;
	if (settings.man) {
		print_man(commands);
		return EXIT_OK;
	}
	if (!operands) {
		print_commands(commands);
		return EXIT_OK;
	}
	for (const struct command *const *command = commands; *command; command++) {
		if (strcmp((*command)->name, argv[0]) == 0) {
			command_print_help(*command, stdout);
			return EXIT_OK;
		}
	}
	return complain(self, EXIT_USAGE, "there is no command '%s'", argv[0]);
}
