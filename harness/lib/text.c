#include "harness/lib/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Decodes one character (RFC 3629). Returns its bytes, or 0 where there is no valid one. */
static size_t character(const unsigned char *in, uint32_t *code)
{
	static const uint32_t min[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t bytes = in[0] < 0x80 ? 1 : in[0] >= 0xf0 ? 4 : in[0] >= 0xe0 ? 3 : 2;

	if (bytes == 1) {
		*code = in[0];
		return 1;
	}
	if (in[0] < 0xc2 || in[0] > 0xf4)
		return 0;
	*code = in[0] & (0x7fu >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (in[i] & 0x3f);
	}
	if (*code < min[bytes] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return bytes;
}

/* Not to be shown: controls, direction marks (Unicode UAX #9), noncharacters that XML 1.0 does not allow. */
static bool is_hidden(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||
	       code == 0xfffe || code == 0xffff;
}

char *text_plain(char *out, size_t room, const char *text)
{
	const unsigned char *in = (const unsigned char *)(text ? text : "");
	size_t used = 0;

	while (*in) {
		uint32_t code;
		size_t bytes = character(in, &code);
		size_t shown = bytes ? bytes : 1;
		bool blank = *in == '\n' || *in == '\t';
		if (bytes && !blank && is_hidden(code)) {
			in += bytes;
			continue;
		}
		if (used + shown >= room)
			break;
		for (size_t i = 0; i < shown; i++)
			out[used++] = blank ? ' ' : bytes ? (char)in[i] : '?';
		in += shown;
	}
	out[used] = 0;
	return out;
}

static void print_escaped(FILE *out, unsigned char c)
{
	switch (c) {
	case '\n': fputs("\\n", out); return;
	case '\r': fputs("\\r", out); return;
	case '\t': fputs("\\t", out); return;
	default: fprintf(out, "\\x%02x", c); return;
	}
}

void text_print(FILE *out, const char *text)
{
	const unsigned char *in = (const unsigned char *)text;
	const unsigned char *command = in + strspn(text, " ");

	while (*in) {
		uint32_t code;
		size_t bytes = character(in, &code);
		bool shown = bytes && !is_hidden(code) && !(in == command && in[0] == ':' && in[1] == ':');
		for (bytes = bytes ? bytes : 1; bytes; bytes--, in++)
			if (shown)
				fputc(*in, out);
			else
				print_escaped(out, *in);
	}
}

char *text_quote(char *out, size_t room, const char *data, size_t bytes)
{
	static const char letters[] = { ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\' };
	const char *end = out + room - sizeof "\\xHH\"...";
	char *to = out;
	size_t i;

	*to++ = '"';
	for (i = 0; i < bytes && to <= end; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c < sizeof letters && letters[c])
			to += sprintf(to, "\\%c", letters[c]);
		else if (c >= ' ' && c <= '~')
			*to++ = (char)c;
		else
			to += sprintf(to, "\\x%02x", c);
	}
	strcpy(to, i < bytes ? "\"..." : "\"");
	return out;
}

size_t text_user_bytes(const char *at)
{
	size_t host = strcspn(at, "/?# '\"\n"), bytes = 0;

	for (size_t i = 0; i < host; i++)
		if (at[i] == '@')
			bytes = i + 1;
	return bytes;
}

void text_hide_users(char *text)
{
	for (char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
		at += strlen("://");
		size_t user = text_user_bytes(at);
		memmove(at, at + user, strlen(at + user) + 1);
	}
}

int text_close(FILE *out, char **text)
{
	bool bad = ferror(out);

	bad = fclose(out) || bad;
	if (!bad && *text)
		return 0;
	free(*text);
	*text = NULL;
	return -1;
}

size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

size_t text_bytes(const char *text, size_t width)
{
	size_t bytes = 0;

	for (; text[bytes]; bytes++)
		if ((text[bytes] & 0xc0) != 0x80 && width-- == 0)
			break;
	return bytes;
}

size_t text_line(const char *text, size_t width)
{
	size_t fitting = text_bytes(text, width);

	if (!text[fitting])
		return fitting;
	for (size_t end = fitting; end > 0; end--)
		if (text[end] == ' ' && text[end - 1] != ' ')
			return end;
	return fitting;
}
