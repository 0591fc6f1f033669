#include "harness/report/svg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/plot/palette.h"
#include "harness/text/html.h"

/* Numbers from here on are places in pixels; those of marks, which are drawn larger than they say, are below it. */
#define PIXELS_LEAST 10

/* Elements that gnuplot draws with, and those that carry words. */
static const char *const elements[] = {
	"svg",      "g",       "title",   "desc",           "defs",  "rect",   "circle", "ellipse", "line",
	"polyline", "polygon", "path",    "text",           "tspan", "use",    "filter", "feFlood", "feComposite",
	"clipPath", "mask",    "pattern", "linearGradient", "stop",  "symbol", "marker",
};

struct span {
	const char *at;
	size_t bytes;
};

static bool is_span(struct span span, const char *word)
{
	return span.bytes == strlen(word) && strncmp(span.at, word, span.bytes) == 0;
}

static bool has_word(struct span span, const char *word)
{
	for (size_t i = 0; i + strlen(word) <= span.bytes; i++)
		if (strncasecmp(span.at + i, word, strlen(word)) == 0)
			return true;
	return false;
}

static struct span name_of(const char *at)
{
	return (struct span){ at, strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-.") };
}

static void put(FILE *out, struct span span)
{
	fwrite(span.at, 1, span.bytes, out);
}

/* The index in the palette of a value that is a colour; -1: it is none of those. */
static int colour_of(struct span value)
{
	char text[32];
	unsigned red, green, blue;
	int end = 0;

	if (value.bytes >= sizeof text)
		return -1;
	memcpy(text, value.at, value.bytes);
	text[value.bytes] = 0;
	if ((sscanf(text, "rgb(%3u,%3u,%3u)%n", &red, &green, &blue, &end) == 3 && end && !text[end]) ||
	    (sscanf(text, "#%2x%2x%2x%n", &red, &green, &blue, &end) == 3 && end == 7 && !text[end]))
		return palette_find(red, green, blue);
	return -1;
}

/* The number that stands at a place: how many bytes it has; 0: it is none with two decimals. */
static size_t number_bytes(struct span value)
{
	size_t whole = 0;

	while (whole < value.bytes && whole < 6 && value.at[whole] >= '0' && value.at[whole] <= '9')
		whole++;
	size_t bytes = whole + 3;
	if (!whole || bytes > value.bytes || value.at[whole] != '.' || strspn(value.at + whole + 1, "0123456789") != 2)
		return 0;
	return bytes;
}

/* Places, with one decimal, and none where that is 0. */
static void put_places(FILE *out, struct span value)
{
	while (value.bytes) {
		size_t bytes = number_bytes(value);
		double number = bytes ? strtod(value.at, NULL) : 0;
		if (number >= PIXELS_LEAST) {
			char text[32];
			size_t length = (size_t)snprintf(text, sizeof text, "%.1f", number);
			if (text[length - 1] == '0')
				text[length - 2] = 0;
			fputs(text, out);
		} else {
			/* All of a number that stays, or the last digits of it would be taken for one. */
			bytes = strspn(value.at, "0123456789.");
			bytes = bytes ? bytes : 1;
			bytes = bytes < value.bytes ? bytes : value.bytes;
			put(out, (struct span){ value.at, bytes });
		}
		value.at += bytes;
		value.bytes -= bytes;
	}
}

/* A value with the prefix in each url(#...). */
static void put_value(FILE *out, struct span value, const char *prefix)
{
	static const char reference[] = "url(#";

	while (value.bytes) {
		size_t bytes = 1;
		if (strncmp(value.at, reference, sizeof reference - 1) == 0 && value.bytes >= sizeof reference - 1) {
			bytes = sizeof reference - 1;
			fprintf(out, "%s%s", reference, prefix);
		} else {
			fputc(*value.at, out);
		}
		value.at += bytes;
		value.bytes -= bytes;
	}
}

/* Whether what an attribute says works outside of the drawing: an event, a link, a resource, a role. */
static bool reaches_out(struct span name, struct span value)
{
	bool is_link = is_span(name, "href") || is_span(name, "xlink:href");
	size_t inside = 0, all = 0;

	if (strncasecmp(name.at, "on", 2) == 0 && name.bytes > 2)
		return true;
	/* The page says itself what its drawings are. */
	if (is_span(name, "role") || strncmp(name.at, "aria-", 5) == 0)
		return true;
	if (is_link)
		return !value.bytes || *value.at != '#';
	for (size_t i = 0; i + 4 <= value.bytes; i++) {
		all += strncasecmp(value.at + i, "url(", 4) == 0;
		inside += i + 5 <= value.bytes && strncmp(value.at + i, "url(#", 5) == 0;
	}
	return all > inside || has_word(value, "javascript:") || has_word(value, "@import");
}

/* Gnuplot names groups, which nothing refers to, and does so twice where there are several plots. */
static bool is_needless(struct span element, struct span name)
{
	return is_span(element, "g") && is_span(name, "id");
}

static void put_attribute(FILE *out, struct span element, struct span name, struct span value, char quote,
			  const char *prefix)
{
	bool is_link = is_span(name, "href") || is_span(name, "xlink:href");

	if (reaches_out(name, value) || is_needless(element, name))
		return;
	fputc(' ', out);
	put(out, name);
	fprintf(out, "=%c", quote);
	if (is_link) {
		fprintf(out, "#%s", prefix);
		value.at++;
		value.bytes--;
	} else if (is_span(name, "id")) {
		fputs(prefix, out);
	}
	int colour = colour_of(value);
	if (colour >= 0)
		fprintf(out, "var(--p%d)", colour);
	else if (is_span(name, "d") || is_span(name, "points") || is_span(name, "transform"))
		put_places(out, value);
	else
		put_value(out, value, prefix);
	fputc(quote, out);
}

/* A tag, from behind its < on. Returns what is behind its >, or NULL where it has none. */
static const char *tag_copy(FILE *out, const char *at, const char *prefix, const char *label)
{
	bool is_end = *at == '/';
	struct span name = name_of(at + is_end);
	bool known = false;

	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		known |= is_span(name, elements[i]);
	if (!known)
		return NULL;
	fprintf(out, "<%s", is_end ? "/" : "");
	put(out, name);
	if (label) {
		fputs(" role=\"img\" aria-label=\"", out);
		html_text(out, label);
		fputc('"', out);
	}
	at = name.at + name.bytes;
	for (;;) {
		at += strspn(at, " \t\r\n");
		if (*at == '>')
			break;
		if (at[0] == '/' && at[1] == '>') {
			fputc('/', out);
			at++;
			break;
		}
		struct span attribute = name_of(at);
		at += attribute.bytes;
		at += strspn(at, " \t\r\n");
		if (!attribute.bytes || *at++ != '=')
			return NULL;
		at += strspn(at, " \t\r\n");
		char quote = *at;
		const char *end = quote == '"' || quote == '\'' ? strchr(at + 1, quote) : NULL;
		if (!end)
			return NULL;
		put_attribute(out, name, attribute, (struct span){ at + 1, (size_t)(end - at - 1) }, quote, prefix);
		at = end + 1;
	}
	fputc('>', out);
	return at + 1;
}

static void rule_put(FILE *out, const struct palette *palette)
{
	fputs(":root {", out);
	for (unsigned i = 0; i < PALETTE_ALL; i++)
		fprintf(out, " --p%u: %s;", i, palette_colour(palette, i));
	fputs(" }\n", out);
}

void svg_style(FILE *out)
{
	static const char *const media[] = { "all", "(prefers-color-scheme: dark)", "print" };

	for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
		fprintf(out, "@media %s {\n", media[i]);
		rule_put(out, &palettes[i % PALETTES]);
		fputs("}\n", out);
	}
}

int svg_inline(FILE *out, const char *svg, const char *prefix, const char *label, struct err *err)
{
	const char *at = strstr(svg, "<svg");

	if (!at)
		return err_set(err, "it is no SVG");
	while (*at) {
		size_t bytes = strcspn(at, "<");
		put(out, (struct span){ at, bytes });
		at += bytes;
		if (!*at)
			break;
		const char *end;
		if (strncmp(at, "<!--", 4) == 0) {
			end = strstr(at, "-->");
			end = end ? end + 3 : NULL;
		} else if (at[1] == '?' || at[1] == '!') {
			end = strchr(at, '>');
			end = end ? end + 1 : NULL;
		} else {
			end = tag_copy(out, at + 1, prefix, label);
			label = NULL;
		}
		if (!end)
			return err_set(err, "an SVG that no drawing needs to be, at: %.80s", at);
		at = end;
	}
	return 0;
}
