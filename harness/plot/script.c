#include "harness/plot/script.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/lib/typeset.h"

/*
 * Whether the fonts of pictures surely have a character, given by its UTF-8: those of the Latin, Greek and Cyrillic
 * scripts, and common punctuation and signs. For others gnuplot's cairo terminals may draw a box with its number, as
 * large as the picture.
 */
static bool is_drawable(const char *character, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)character;
	unsigned code = bytes == 2   ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
			: bytes == 3 ? (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu)
				     : at[0];

	return bytes < 4 && (code < 0x530 || (code >= 0x2010 && code <= 0x2044) || code == 0x20ac || code == 0x2122 ||
			     (code >= 0x2190 && code <= 0x2193));
}

char *script_quote(char *out, size_t room, const char *text)
{
	static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 #_.,:;?()/+=-";
	char *plain = malloc(strlen(text) + 1);
	size_t used = 0;
	bool escape = false;

	out[used++] = '"';
	if (plain)
		text_plain(plain, strlen(text) + 1, text);
	for (const char *at = plain; at && *at;) {
		size_t bytes = text_bytes(at, 1);
		const char *put = is_drawable(at, bytes) ? at : "?";
		size_t put_bytes = put == at ? bytes : 1;
		/* gnuplot reads all octal digits after a backslash, however many, so those that follow are escaped too. */
		escape = (!(*put & 0x80) && !strchr(harmless, *put)) || (escape && *put >= '0' && *put <= '7');
		if (used + (escape ? 4 : put_bytes) + 2 > room)
			break;
		if (escape)
			snprintf(out + used, room - used, "\\%03o", (unsigned char)*put);
		else
			memcpy(out + used, put, put_bytes);
		used += escape ? 4 : put_bytes;
		at += bytes;
	}
	out[used++] = '"';
	out[used] = 0;
	free(plain);
	return out;
}

void script_text(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%s = ", name);
	script_put_text(out, text, NULL);
	fputc('\n', out);
}

void script_number(FILE *out, const char *name, double number)
{
	fprintf(out, "%s = %.12g\n", name, number);
}

void script_put_number(FILE *out, const void *member, const struct palette *palette)
{
	const double *number = member;

	(void)palette;
	/* With a decimal point, so that the template does not divide integers. */
	fprintf(out, "%.2f", isnan(*number) ? -1 : *number);
}

void script_put_flag(FILE *out, const void *member, const struct palette *palette)
{
	(void)palette;
	fputc(*(const bool *)member ? '1' : '0', out);
}

void script_put_integer(FILE *out, const void *member, const struct palette *palette)
{
	(void)palette;
	fprintf(out, "%u", *(const unsigned *)member);
}

void script_put_text(FILE *out, const void *member, const struct palette *palette)
{
	char quoted[4 * TYPESET_LINE + 8];

	(void)palette;
	fputs(script_quote(quoted, sizeof quoted, member), out);
}

void script_arrays(FILE *out, const struct script_array *arrays, const void *structs, size_t count, size_t bytes,
		   const struct palette *palette)
{
	for (const struct script_array *array = arrays; array->name; array++) {
		/* Arrays of gnuplot count from 1 and are never empty: one without elements gets one that is not used. */
		fprintf(out, "array %s[%zu] = [%s", array->name, count ? count : 1, count ? "" : "0");
		for (size_t i = 0; i < count; i++) {
			fputs(i ? ", " : "", out);
			array->put(out, (const char *)structs + i * bytes + array->offset, palette);
		}
		fputs("]\n", out);
	}
}

char *script_template(const char *folder, const char *name, struct err *err)
{
	char path[4096];

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
		err_set(err, "the path of folder %.200s is too long", folder);
		return NULL;
	}
	char *template = file_read(path, err);
	if (!template)
		err_prefix(err, "template");
	return template;
}
