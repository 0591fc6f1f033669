#include "harness/report/svg.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/lib/text.h"
#include "harness/plot/palette.h"
#include "harness/text/html.h"

/* Numbers from here on are places in pixels; those of marks, which are drawn larger than they say, are below it. */
#define PIXELS_MIN 10

/* Elements that gnuplot draws with, and those that carry text. */
static const char *const elements[] = {
	"svg",      "g",       "title",   "desc",           "defs",  "rect",   "circle", "ellipse", "line",
	"polyline", "polygon", "path",    "text",           "tspan", "use",    "filter", "feFlood", "feComposite",
	"clipPath", "mask",    "pattern", "linearGradient", "stop",  "symbol", "marker",
};

/* What is read of a drawing, while it is written. */
struct drawing {
	FILE *out;
	xmlDoc *doc;
	const char *prefix, *label; /* the label is of the first element */
};

static bool is_one_of(const xmlChar *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp((const char *)name, names[i]) == 0)
			return true;
	return false;
}

/* The index in the palette of a value that is a colour; -1: it is none of those. */
static int colour_of(const char *value)
{
	unsigned red, green, blue;
	int end = 0;

	if ((sscanf(value, "rgb(%3u,%3u,%3u)%n", &red, &green, &blue, &end) == 3 && end && !value[end]) ||
	    (sscanf(value, "#%2x%2x%2x%n", &red, &green, &blue, &end) == 3 && end == 7 && !value[end]))
		return palette_find(red, green, blue);
	return -1;
}

/* The number with two decimals that stands at a place: how many bytes it has; 0: there is none. */
static size_t number_bytes(const char *at)
{
	size_t whole = strspn(at, "0123456789");

	return whole && whole <= 6 && at[whole] == '.' && strspn(at + whole + 1, "0123456789") == 2 ? whole + 3 : 0;
}

/* Places, with one decimal, and none where that is 0. */
static void places_put(FILE *out, const char *at)
{
	while (*at) {
		size_t bytes = number_bytes(at);
		double number = bytes ? strtod(at, NULL) : 0;
		if (number >= PIXELS_MIN) {
			char text[32];
			size_t length = (size_t)snprintf(text, sizeof text, "%.1f", number);
			if (text[length - 1] == '0')
				text[length - 2] = 0;
			fputs(text, out);
		} else {
			/* All of a number that stays, or the last digits of it would be taken for one. */
			bytes = strspn(at, "0123456789.");
			for (size_t i = 0; i < (bytes ? bytes : 1); i++)
				html_text(out, (char[]){ at[i], 0 });
			bytes = bytes ? bytes : 1;
		}
		at += bytes;
	}
}

/* A value with the prefix in each url(#...). */
static void value_put(const struct drawing *drawing, char *value)
{
	static const char reference[] = "url(#";
	char *at = value;

	for (char *found; (found = strstr(at, reference)); at = found) {
		char after = found[sizeof reference - 1];
		found += sizeof reference - 1;
		*found = 0;
		html_text(drawing->out, at);
		fputs(drawing->prefix, drawing->out);
		*found = after;
	}
	html_text(drawing->out, at);
}

/* Whether a value leads out of the drawing: to a resource elsewhere, or to a script. */
static bool leads_out(const char *value)
{
	for (const char *at = value; (at = strcasestr(at, "url(")); at += 4)
		if (strncmp(at, "url(#", 5) != 0)
			return true;
	return strcasestr(value, "javascript:") || strcasestr(value, "@import");
}

/*
 * Writes an attribute, if it has a place in a page. It has none where it would work outside of the drawing: an event, a link
 * to elsewhere, a role, which the page itself gives; nor has the id of a group: nothing refers to it, and gnuplot uses the
 * same twice where there are several plots.
 */
static void attribute_put(const struct drawing *drawing, const xmlNode *element, const xmlAttr *attribute, char *value)
{
	static const char *const places[] = { "d", "points", "transform" };
	const char *name = (const char *)attribute->name, *colon = strrchr(name, ':');
	bool is_link = strcmp(colon ? colon + 1 : name, "href") == 0, is_id = strcmp(name, "id") == 0;
	FILE *out = drawing->out;

	if (strncasecmp(name, "on", 2) == 0 || strcmp(name, "role") == 0 || strncmp(name, "aria-", 5) == 0 ||
	    (is_link ? *value != '#' : leads_out(value)) || (is_id && strcmp((const char *)element->name, "g") == 0))
		return;
	fprintf(out, " %s%s%s=\"", attribute->ns && attribute->ns->prefix ? (const char *)attribute->ns->prefix : "",
		attribute->ns && attribute->ns->prefix ? ":" : "", name);
	int colour = colour_of(value);
	if (is_link || is_id)
		fprintf(out, "%s%s", is_link ? "#" : "", drawing->prefix);
	if (is_link || is_id)
		html_text(out, value + is_link);
	else if (colour >= 0)
		fprintf(out, "var(--p%d)", colour);
	else if (is_one_of(attribute->name, places, sizeof places / sizeof *places))
		places_put(out, value);
	else
		value_put(drawing, value);
	fputc('"', out);
}

/* Writes an element with what is in it, as deep as the parser lets it be. Returns 0, or -1 with err set. */
static int element_put(struct drawing *drawing, const xmlNode *element, struct err *err)
{
	FILE *out = drawing->out;

	if (!is_one_of(element->name, elements, sizeof elements / sizeof *elements))
		return err_set(err, "an SVG with an element that no drawing needs: %.60s", (const char *)element->name);
	fprintf(out, "<%s", (const char *)element->name);
	if (drawing->label) {
		fputs(" role=\"img\" aria-label=\"", out);
		html_text(out, drawing->label);
		fputc('"', out);
		drawing->label = NULL;
	}
	for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next) {
		xmlChar *value = xmlNodeListGetString(drawing->doc, attribute->children, 1);
		if (!value && attribute->children)
			return err_set(err, "out of memory");
		attribute_put(drawing, element, attribute, value ? (char *)value : (char[]){ "" });
		xmlFree(value);
	}
	fputs(element->children ? ">" : "/>", out);
	for (const xmlNode *node = element->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE && element_put(drawing, node, err))
			return -1;
		if (node->type == XML_TEXT_NODE)
			html_lines(out, (const char *)node->content);
	}
	if (element->children)
		fprintf(out, "</%s>", (const char *)element->name);
	return 0;
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
	/* Nothing is fetched; the parser bounds depth and sizes; what an entity stands for is not put in its place. */
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
	size_t bytes = strlen(svg);
	xmlDoc *doc = bytes <= INT_MAX ? xmlReadMemory(svg, (int)bytes, NULL, NULL, options) : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	int result = -1;

	if (!root || strcmp((const char *)root->name, "svg") != 0) {
		err_set(err, "it is no SVG");
	} else if (doc->intSubset && doc->intSubset->entities) {
		err_set(err, "an SVG with entities of its own, which no drawing needs");
	} else {
		struct drawing drawing = { .out = out, .doc = doc, .prefix = prefix, .label = label };
		result = element_put(&drawing, root, err);
		fputc('\n', out);
	}
	xmlFreeDoc(doc);
	return result;
}
