#include "harness/report/command.h"

#include <stdio.h>
#include <string.h>

#include "harness/config/settings.h"
#include "harness/lib/text.h"

#define WORD_BYTES 4096 /* of an option's value; the rest is cut */

/*
 * A word quoted for a shell; characters that are invisible are left out, so that readers can see what the command does.
 */
static void shell_put(const char *word, FILE *out)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:+=@%-";
	char plain[WORD_BYTES];

	text_plain(plain, sizeof plain, word);
	if (*plain && !plain[strspn(plain, harmless)]) {
		fputs(plain, out);
		return;
	}
	fputc('\'', out);
	for (const char *at = plain; *at; at++)
		fputs(*at == '\'' ? "'\\''" : (char[]){ *at, 0 }, out);
	fputc('\'', out);
}

char *command_again(const struct document *document, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out)
		fputs("benchctl run", out);
	for (size_t i = 0; out && i < document->options_count; i++) {
		const struct document_option *option = &document->options[i];
		const struct option_def *def = options_find(settings_options, option->name);
		if (!def || !option->value || !*option->value ||
		    (def->fallback && strcmp(option->value, def->fallback) == 0))
			continue;
		bool flag = def->type == &option_flag;
		if (flag && strcmp(option->value, "yes") != 0)
			continue;
		fprintf(out, " --%s", def->name);
		if (!flag) {
			fputc(' ', out);
			shell_put(option->value, out);
		}
	}
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}
