#include "harness/lib/argv.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/sha256.h"
#include "harness/lib/text.h"

/* One block holds the pointers and, after them, the characters: argv_free() is free(). */
static char **arguments_room(const char *text, size_t max, char **characters)
{
	char **arguments = calloc(1, (max + 1) * sizeof *arguments + strlen(text) + 1);

	if (arguments)
		*characters = (char *)(arguments + max + 1);
	return arguments;
}

char **argv_split(const char *line, struct err *err)
{
	char *out;
	char **arguments = arguments_room(line, strlen(line) / 2 + 1, &out);
	size_t count = 0;
	char quote = 0;
	bool inside = false;

	if (!arguments) {
		err_set(err, "out of memory");
		return NULL;
	}
	for (const char *in = line; *in; in++) {
		if (!quote && isspace((unsigned char)*in)) {
			if (inside)
				*out++ = 0;
			inside = false;
			continue;
		}
		if (!inside) {
			arguments[count++] = out;
			inside = true;
		}
		if (quote && *in == quote)
			quote = 0;
		else if (!quote && (*in == '\'' || *in == '"'))
			quote = *in;
		else if (*in == '\\' && quote != '\'' && in[1])
			*out++ = *++in;
		else
			*out++ = *in;
	}
	if (count && !quote)
		return arguments;
	if (quote)
		err_set(err, "the quote %c does not end in: %s", quote, line);
	else
		err_set(err, "empty, where a command is expected");
	free(arguments);
	return NULL;
}

void argv_quote(FILE *out, const char *word)
{
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

char **argv_list(const char *text, struct err *err)
{
	char *out;
	char **arguments = arguments_room(text, strlen(text) / 2 + 1, &out);
	size_t count = 0;

	if (!arguments) {
		err_set(err, "out of memory");
		return NULL;
	}
	for (const char *in = text;;) {
		size_t bytes = strcspn(in, ",");
		const char *next = in + bytes;
		while (bytes && isspace((unsigned char)*in))
			in++, bytes--;
		while (bytes && isspace((unsigned char)in[bytes - 1]))
			bytes--;
		if (!bytes) {
			err_set(err, "an empty item in the list '%s'", text);
			free(arguments);
			return NULL;
		}
		arguments[count++] = memcpy(out, in, bytes);
		out += bytes + 1;
		if (!*next)
			return arguments;
		in = next + 1;
	}
}

void argv_free(char **arguments)
{
	free(arguments);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* The word that is the program: with env, the first one after its options and variables. */
static const char *program_of(char *const *words)
{
	char *const *word = words;

	if (strcmp(name_of(*word), "env") == 0)
		for (word++; *word && (**word == '-' || strchr(*word, '='));)
			word++;
	return name_of(*word ? *word : *words);
}

char *argv_brief(char out[ARGV_BRIEF], const char *line)
{
	char plain[ARGV_BRIEF - 40], digest[SHA256_TEXT];
	struct err ignored;
	char **words = argv_split(line, &ignored);

	if (!words)
		return strcpy(out, "(unreadable)");
	text_plain(plain, sizeof plain, program_of(words));
	if (words[1])
		snprintf(out, ARGV_BRIEF, "%s (arguments %.8s)", plain, sha256_text(digest, line, strlen(line)));
	else
		strcpy(out, plain);
	argv_free(words);
	return out;
}
