#include "harness/cmd/manual.h"

#include <ctype.h>
#include <string.h>

#include "harness/host/build.h"

const struct exit_meaning manual_exits[] = {
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
	{ EXIT_INCONCLUSIVE, "why", "undecided; the output says what would decide it" },
	{ EXIT_INTERRUPTED, NULL, "interrupted by a signal; what was measured is kept" },
	{ .text = NULL },
};

/* Whether a row of the exit codes is for a command. */
static bool exit_is_of(const struct exit_meaning *exit, const char *command)
{
	size_t length = strlen(command);

	for (const char *at = exit->commands; at && (at = strstr(at, command)); at += length)
		if ((at == exit->commands || at[-1] == ' ') && (!at[length] || at[length] == ','))
			return true;
	return !exit->commands;
}

static void exits_put(const char *command, FILE *out)
{
	fputs(".SH EXIT STATUS\n", out);
	for (const struct exit_meaning *exit = manual_exits; exit->text; exit++) {
		if (command && !exit_is_of(exit, command))
			continue;
		bool names = !command && exit->commands;
		fprintf(out, ".TP\n.B %d\n%s%s", exit->code, names ? exit->commands : "", names ? ": " : "");
		options_man_text(exit->text, out);
		fputs(".\n", out);
	}
}

static void environment_put(FILE *out)
{
	fputs(".SH ENVIRONMENT\n"
	      ".TP\n.I BENCHCTL_NAME\ndefault of the option \\-\\-name, as BENCHCTL_MAX_WINDOW=2s of \\-\\-max\\-window; yes or no "
	      "where it takes no value. The command line goes before it, and it before bench.conf.\n",
	      out);
}

void manual_print(const struct command *const *commands, FILE *out)
{
	fprintf(out,
		".TH BENCHCTL 1 \"\" \"benchctl %s\"\n"
		".SH NAME\nbenchctl \\- measure how servers scale from 1 to 65536 connections\n"
		".SH SYNOPSIS\n.B benchctl\n.I COMMAND\n[\\fIOPTION\\fR..]\n"
		".SH COMMANDS\nEach has a page of its own too, as\n.BR benchctl\\-run (1).\n",
		build_version);
	for (const struct command *const *command = commands; *command; command++) {
		fprintf(out, ".SS benchctl %s ", (*command)->name);
		options_man_text((*command)->operands, out);
		fputc('\n', out);
		options_man_text((*command)->summary, out);
		fputs(".\n", out);
		if ((*command)->options)
			options_man((*command)->options, out);
	}
	exits_put(NULL, out);
	environment_put(out);
	fputs(".SH FILES\n"
	      ".TP\n.I bench.conf\nthe servers, and in its section [run] defaults for the options of run\n"
	      ".TP\n.I results/NAME/run.json\na run; its fields are described in docs/run.schema.json\n"
	      ".TP\n.I results/NAME/cells.jsonl\nits ledger: each cell as soon as it was measured\n",
	      out);
}

void manual_print_command(const struct command *command, const struct command *const *commands, FILE *out)
{
	fputs(".TH BENCHCTL\\-", out);
	for (const char *c = command->name; *c; c++)
		putc(toupper((unsigned char)*c), out);
	fprintf(out, " 1 \"\" \"benchctl %s\"\n.SH NAME\nbenchctl\\-%s \\- ", build_version, command->name);
	options_man_text(command->summary, out);
	fprintf(out, "\n.SH SYNOPSIS\n.B benchctl %s\n[\\fIOPTION\\fR..] ", command->name);
	options_man_text(command->operands, out);
	fputs("\n.SH OPTIONS\n", out);
	options_man(command->options, out);
	exits_put(command->name, out);
	environment_put(out);
	fputs(".SH SEE ALSO\n.BR benchctl (1)", out);
	for (const struct command *const *other = commands; *other; other++)
		if (*other != command)
			fprintf(out, ",\n.BR benchctl\\-%s (1)", (*other)->name);
	putc('\n', out);
}
