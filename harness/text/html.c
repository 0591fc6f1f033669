#include "harness/text/html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "harness/lib/text.h"

/* The longest character; what is longer is none, and is made plain in parts. */
#define CHARACTER 4

static void escape(FILE *out, const char *plain)
{
	static const char special[] = "&<>\"'";
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	while (*plain) {
		size_t bytes = strcspn(plain, special);
		fwrite(plain, 1, bytes, out);
		plain += bytes;
		if (*plain)
			fputs(entities[strchr(special, *plain++) - special], out);
	}
}

/* Character by character, so that a text of any length needs no memory. */
static void put(FILE *out, const char *text, bool is_name)
{
	while (text && *text) {
		char one[CHARACTER + 1], plain[CHARACTER + 1];
		size_t bytes = text_bytes(text, 1);
		if (!bytes || bytes > CHARACTER)
			bytes = 1;
		memcpy(one, text, bytes);
		one[bytes] = 0;
		escape(out, text_plain(plain, sizeof plain, one));
		if (is_name && *one == '_')
			fputs("<wbr>", out);
		text += bytes;
	}
}

void html_text(FILE *out, const char *text)
{
	put(out, text, false);
}

void html_name(FILE *out, const char *name)
{
	put(out, name, true);
}

void html_lines(FILE *out, const char *text)
{
	while (*text) {
		char line[HTML_TEXT];
		size_t bytes = strcspn(text, "\n");
		if (bytes >= sizeof line)
			bytes = sizeof line - CHARACTER - 1;
		/* No character is cut in two. */
		while (bytes && (text[bytes] & 0xc0) == 0x80)
			bytes--;
		memcpy(line, text, bytes);
		line[bytes] = 0;
		html_text(out, line);
		text += bytes;
		if (*text == '\n')
			fputc(*text++, out);
		else if (!bytes)
			text++;
	}
}

void html_print(FILE *out, const char *format, ...)
{
	char text[HTML_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	html_text(out, text);
}

static void begin(FILE *out, const char *element, va_list args)
{
	const char *name;

	fprintf(out, "<%s", element);
	while ((name = va_arg(args, const char *))) {
		fprintf(out, " %s=\"", name);
		html_text(out, va_arg(args, const char *));
		fputc('"', out);
	}
	fputc('>', out);
}

void html_open(FILE *out, const char *element, ...)
{
	va_list args;

	va_start(args, element);
	begin(out, element, args);
	va_end(args);
}

void html_close(FILE *out, const char *element)
{
	fprintf(out, "</%s>\n", element);
}

void html_leaf(FILE *out, const char *element, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	begin(out, element, args);
	va_end(args);
	html_text(out, text);
	html_close(out, element);
}
