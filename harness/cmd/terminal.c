#include "harness/cmd/terminal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/lib/text.h"

/* To the first column; erase to the end of the line (ECMA-48). */
#define ERASE "\r\033[K"

static bool can_rewrite(void)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR"), *color = getenv("CLICOLOR");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0 && !(no_color && *no_color) &&
	       !(color && strcmp(color, "0") == 0);
}

void terminal_init(struct terminal *terminal, struct settings_verbosity verbosity)
{
	*terminal = (struct terminal){
		.verbosity = verbosity,
		.rewrites = !verbosity.quiet && can_rewrite(),
	};
}

void terminal_status(const struct terminal *terminal, const char *format, ...)
{
	bool is_line = terminal->verbosity.verbose && !terminal->verbosity.quiet;
	va_list args;

	if (!terminal->rewrites && !is_line)
		return;
	terminal_clear(terminal);
	va_start(args, format);
	char *text = NULL;
	if (vasprintf(&text, format, args) >= 0)
		text_print(stderr, text);
	va_end(args);
	free(text);
	if (is_line)
		fputc('\n', stderr);
	fflush(stderr);
}

void terminal_clear(const struct terminal *terminal)
{
	if (terminal->rewrites)
		fputs(ERASE, stderr);
}
