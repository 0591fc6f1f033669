#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/completion.h"
#include "harness/cmd/manual.h"

static const char *const completion_names[] = { "none", "bash", "zsh", "fish", NULL };

struct help_settings {
	int completion; /* 0, or 1 + enum completion_shell */
	bool man, help;
};

const struct option_def help_options[] = {
	{ "man", 0, OPTION_FIELD(flag, struct help_settings, man), .help = "print the manual page, for man(1)" },
	{ "completion", 0, OPTION_FIELD(choice, struct help_settings, completion), .fallback = "none",
	  .choices = completion_names, .help = "print the completions for a shell" },
	{ "help", 'h', OPTION_FIELD(flag, struct help_settings, help), .help = "this text" },
	{ .name = NULL }
};

static void print_exit_codes(void)
{
	fputs("\nExit codes:\n", stdout);
	for (const struct exit_meaning *exit = manual_exits; exit->text; exit++)
		printf("  %3d  %s%s%s\n", exit->code, exit->commands ? exit->commands : "", exit->commands ? ": " : "",
		       exit->text);
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
	if (settings.completion) {
		completion_print(commands, (enum completion_shell)(settings.completion - 1), stdout);
		return EXIT_OK;
	}
	if (!operands && settings.man) {
		manual_print(commands, stdout);
		return EXIT_OK;
	}
	if (!operands) {
		print_commands(commands);
		return EXIT_OK;
	}
	for (const struct command *const *command = commands; *command; command++) {
		if (strcmp((*command)->name, argv[0]) == 0) {
			if (settings.man)
				manual_print_command(*command, commands, stdout);
			else
				command_print_help(*command, stdout);
			return EXIT_OK;
		}
	}
	return complain(self, EXIT_USAGE, "there is no command '%s'", argv[0]);
}
