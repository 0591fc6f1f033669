#include "harness/plot.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/conf.h"
#include "harness/gnuplot.h"
#include "harness/lib/text.h"
#include "harness/lib/typeset.h"
#include "harness/lib/units.h"
#include "harness/palette.h"
#include "harness/summary.h"

/* The layout, in pixels from the upper left corner. */
#define WIDTH 1200.0
#define HEIGHT 720.0
#define LEFT 84.0
#define MARGIN 28.0		/* of texts, to the edges */
#define TITLE_Y 34.0
#define SUBTITLE_Y 60.0
#define KEY_Y 88.0
#define KEY_LINE 20.0
#define KEY_GLYPH 30.0		/* from a key's glyph to its text */
#define KEY_GAP 26.0		/* behind it */
#define AXIS_GAP 46.0		/* from the keys to the axes: the title of the y axis stands here */
#define TICS_HEIGHT 66.0	/* from the axes to the notes */
#define LABEL_GAP 26.0		/* from the axes to the marks of the names */
#define LABEL_TEXT 14.0		/* from a mark to its name */
#define LABEL_WIDTH 270.0	/* of a name, at most */
#define LABEL_LINES 3
#define LABEL_ROW 16.0
#define LABEL_SPACE 4.0
#define NOTE_ROW 16.0
#define NOTE_LINES 2
#define MESSAGE_ROW 20.0
#define MESSAGE_LINES 12

/* Font sizes. */
#define NAME_SIZE 13.5
#define DETAIL_SIZE 11.0
#define KEY_SIZE 12.0
#define NOTE_SIZE 11.0
#define TIC_SIZE 12.0
#define MESSAGE_SIZE 16.0

#define NO_BREAK "\u00a0"	/* a blank at which no line is broken */
#define Y_PARTS 6
#define NAME_MAX_BYTES 256
#define NOTES_MAX 16
#define KEYS_MAX 8
#define TICS_MAX 64

/* One server in the picture. */
struct curve {
	const char *server;		/* of the document */
	char name[NAME_MAX_BYTES];	/* fit to be shown */
	struct summary *summaries;	/* one a level of the picture */
	size_t points;			/* levels with a figure */
	size_t last;			/* index of the last of these */
	uint64_t failed_from;		/* level from which on there is no figure, all failed; 0: it ends with one */
	double most_rps;
	uint64_t most_at;		/* level */
	bool is_ceiling, is_named;
	struct palette_style style;
};

struct label {
	char lines[LABEL_LINES][TYPESET_LINE];
	size_t count;
	char detail[64];
	double height, y;		/* y: of its middle */
};

/* What a reader must be told of the drawing. */
enum key { KEY_HOLLOW, KEY_ERRORS, KEY_CEILING, KEY_BAND, KEY_BAR, KEY_CONTEXT, KEYS };

struct picture {
	const struct document *doc;
	const char *mode;		/* of the document */
	const struct palette *palette;
	uint64_t *levels;		/* rising; owned */
	size_t levels_count;
	struct curve *curves;		/* the ceiling, those without a name, those with one: slowest first */
	size_t curves_count, ceilings, contexts;	/* ceilings is 0 or 1 */
	struct curve *failed;		/* servers without a figure */
	size_t failed_count;
	size_t blocks;			/* most cells of one point */
	double x_least, x_most, y_most, y_step;
	double right, top, bottom;
	struct label labels[PLOT_NAMES_MAX];
	size_t labels_count;		/* label i is that of the i-th of the last labels_count drawn: see label_curve() */
	char keys[KEYS_MAX][NAME_MAX_BYTES];
	enum key key_kinds[KEYS_MAX];
	double key_x[KEYS_MAX], key_y[KEYS_MAX];
	size_t keys_count;
	char notes[NOTES_MAX][TYPESET_LINE];
	size_t notes_count;
	char message[MESSAGE_LINES][TYPESET_LINE];
	size_t message_count;
};

double plot_step(double most, unsigned parts)
{
	static const double rounds[] = { 1, 2, 2.5, 5, 10 };
	double tens = pow(10, floor(log10(most / parts)));
	size_t i = 0;

	while (i + 1 < sizeof rounds / sizeof *rounds && rounds[i] * tens * parts < most * (1 - 1e-9))
		i++;
	return rounds[i] * tens;
}

/*
 * Pool-adjacent-violators: shifted by the heights above them, labels must only not decrease; neighbours that would
 * overlap form a group, which stands at the mean of what its members want.
 */
void plot_spread_labels(double *at, const double *height, size_t count, double low, double high)
{
	double sum[PLOT_LABELS_MAX], shift[PLOT_LABELS_MAX];
	size_t order[PLOT_LABELS_MAX], size[PLOT_LABELS_MAX], groups = 0;
	double total = 0;

	if (count > PLOT_LABELS_MAX)
		count = PLOT_LABELS_MAX;
	for (size_t i = 0; i < count; i++) {
		size_t place = i;
		for (; place && at[order[place - 1]] > at[i]; place--)
			order[place] = order[place - 1];
		order[place] = i;
	}
	for (size_t i = 0; i < count; i++) {
		shift[i] = total + height[order[i]] / 2;
		total += height[order[i]];
		sum[groups] = at[order[i]] - shift[i];
		size[groups] = 1;
		for (groups++; groups > 1; groups--) {
			size_t a = groups - 2, b = groups - 1;
			if (sum[a] / (double)size[a] <= sum[b] / (double)size[b])
				break;
			sum[a] += sum[b];
			size[a] += size[b];
		}
	}
	for (size_t group = 0, i = 0; group < groups; group++) {
		double start = sum[group] / (double)size[group];
		if (start > high - total)
			start = high - total;
		if (start < low)
			start = low;
		for (size_t member = 0; member < size[group]; member++, i++)
			at[order[i]] = start + shift[i];
	}
}

/*
 * Whether the fonts of pictures can be relied on to have a character, given by its UTF-8: those of the Latin, Greek
 * and Cyrillic scripts, and common punctuation and signs. For others gnuplot's cairo terminals may draw a box with
 * its number, as large as the picture.
 */
static bool is_drawable(const char *character, size_t bytes)
{
	const unsigned char *at = (const unsigned char *)character;
	unsigned code = bytes == 2 ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
		      : bytes == 3 ? (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu) : at[0];

	return bytes < 4 && (code < 0x530 || (code >= 0x2010 && code <= 0x2044) || code == 0x20ac || code == 0x2122 ||
			     (code >= 0x2190 && code <= 0x2193));
}

char *plot_quote(char *out, size_t room, const char *text)
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
		/* gnuplot reads all octal digits behind a backslash, however many, so those that follow are escaped too. */
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

char *plot_escape_xml(char *out, size_t room, const char *text)
{
	static const struct {
		char character;
		const char *entity;
	} entities[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" },
	};
	char *plain = malloc(strlen(text) + 1);
	size_t used = 0;

	if (plain)
		text_plain(plain, strlen(text) + 1, text);
	for (const char *at = plain; at && *at;) {
		size_t bytes = text_bytes(at, 1), put_bytes = bytes;
		const char *put = at;
		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			if (entities[i].character == *at) {
				put = entities[i].entity;
				put_bytes = strlen(put);
			}
		if (used + put_bytes + 1 > room)
			break;
		memcpy(out + used, put, put_bytes);
		used += put_bytes;
		at += bytes;
	}
	out[used] = 0;
	free(plain);
	return out;
}

/* Adds formatted words to a text, behind a separator where it is not empty. */
__attribute__((format(printf, 4, 5)))
static void add(char *text, size_t room, const char *separator, const char *format, ...)
{
	size_t used = strlen(text);
	size_t gap = used ? strlen(separator) : 0;
	va_list args;

	if (used + gap + 1 >= room)
		return;
	memcpy(text + used, separator, gap);
	va_start(args, format);
	vsnprintf(text + used + gap, room - used - gap, format, args);
	va_end(args);
}

static bool has_figure(const struct summary *summary)
{
	return summary->used > 0;
}

/* What a picture is made of. */

static int curve_fill(struct curve *curve, const struct picture *picture, const char *server, struct err *err)
{
	*curve = (struct curve){ .server = server, .is_ceiling = strcmp(server, CONF_CONTROL) == 0 };
	text_plain(curve->name, sizeof curve->name, server);
	if (!*curve->name)
		strcpy(curve->name, "(no name)");
	if (document_is_revival(picture->doc, server))
		add(curve->name, sizeof curve->name, " ", "(revival)");
	curve->summaries = calloc(picture->levels_count, sizeof *curve->summaries);
	if (!curve->summaries)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < picture->levels_count; i++) {
		struct summary *summary = &curve->summaries[i];
		if (summary_of(summary, picture->doc, server, summary_client(picture->doc), picture->mode,
			       picture->levels[i], err))
			return -1;
		if (has_figure(summary)) {
			curve->points++;
			curve->last = i;
			curve->failed_from = 0;
			if (curve->points == 1 || summary->rate_rps > curve->most_rps) {
				curve->most_rps = summary->rate_rps;
				curve->most_at = summary->level;
			}
		} else if (summary->failed && !curve->failed_from) {
			curve->failed_from = summary->level;
		}
	}
	return 0;
}

static bool was_measured(const struct curve *curve, const struct picture *picture)
{
	for (size_t i = 0; i < picture->levels_count; i++)
		if (curve->summaries[i].cells)
			return true;
	return false;
}

/* As they are drawn: the ceiling, then from the slowest to the fastest. */
static int curve_order(const void *a, const void *b)
{
	const struct curve *x = a, *y = b;

	if (x->is_ceiling != y->is_ceiling)
		return x->is_ceiling ? -1 : 1;
	if (x->most_rps != y->most_rps)
		return x->most_rps < y->most_rps ? -1 : 1;
	return strcmp(y->server, x->server);
}

static int curves_fill(struct picture *picture, const char **servers, size_t count, struct err *err)
{
	picture->curves = calloc(count + 1, sizeof *picture->curves);
	picture->failed = calloc(count + 1, sizeof *picture->failed);
	struct palette_style *styles = calloc(count + 1, sizeof *styles);
	int result = -1;

	if (!picture->curves || !picture->failed || !styles) {
		err_set(err, "out of memory");
		goto out;
	}
	/* The control server, which is first, has no style of its own. */
	size_t unstyled = count && strcmp(servers[0], CONF_CONTROL) == 0;
	palette_assign(styles + unstyled, servers + unstyled, count - unstyled);
	for (size_t i = 0; i < count; i++) {
		struct curve curve;
		if (curve_fill(&curve, picture, servers[i], err)) {
			free(curve.summaries);
			goto out;
		}
		curve.style = styles[i];
		if (curve.points)
			picture->curves[picture->curves_count++] = curve;
		else if (was_measured(&curve, picture))
			picture->failed[picture->failed_count++] = curve;
		else
			free(curve.summaries);
	}
	result = 0;
out:
	free(styles);
	return result;
}

static void curves_rank(struct picture *picture)
{
	size_t named = PLOT_NAMES_MAX;

	qsort(picture->curves, picture->curves_count, sizeof *picture->curves, curve_order);
	picture->ceilings = picture->curves_count && picture->curves[0].is_ceiling;
	named -= picture->ceilings;
	if (picture->curves_count - picture->ceilings > named)
		picture->contexts = picture->curves_count - picture->ceilings - named;
	for (size_t i = 0; i < picture->curves_count; i++) {
		struct curve *curve = &picture->curves[i];
		curve->is_named = curve->is_ceiling || i >= picture->ceilings + picture->contexts;
		for (size_t level = 0; level < picture->levels_count; level++)
			if (curve->summaries[level].cells > picture->blocks)
				picture->blocks = curve->summaries[level].cells;
	}
}

static void axes_fill(struct picture *picture)
{
	double least = (double)picture->levels[0], most = (double)picture->levels[picture->levels_count - 1];
	double highest = 0;

	/* Room for half a mark at both ends; one level stands in the middle. */
	double margin = picture->levels_count > 1 ? exp2(0.02 * log2(most / least)) : 2;
	picture->x_least = least / margin;
	picture->x_most = most * margin;
	for (size_t i = 0; i < picture->curves_count; i++)
		for (size_t level = 0; level < picture->levels_count; level++)
			if (picture->curves[i].summaries[level].rate_max_rps > highest)
				highest = picture->curves[i].summaries[level].rate_max_rps;
	if (!(highest > 0))
		highest = 1;
	picture->y_most = highest * 1.06;
	picture->y_step = plot_step(picture->y_most, Y_PARTS);
}

static double x_pixel(const struct picture *picture, double level)
{
	return LEFT + (picture->right - LEFT) * log2(level / picture->x_least) /
		      log2(picture->x_most / picture->x_least);
}

static double y_pixel(const struct picture *picture, double rate_rps)
{
	return picture->bottom - (picture->bottom - picture->top) * rate_rps / picture->y_most;
}

/* Labels: one a named curve. Curves with names are the ceiling and the last ones. */

static const struct curve *label_curve(const struct picture *picture, size_t label)
{
	if (picture->ceilings && !label)
		return &picture->curves[0];
	return &picture->curves[picture->contexts + label];
}

/* Breaks the names to lines, and sets the right end of the axes so that the longest fits. */
static void labels_typeset(struct picture *picture)
{
	double widest = 0;

	picture->labels_count = picture->curves_count - picture->contexts;
	for (size_t i = 0; i < picture->labels_count; i++) {
		struct label *label = &picture->labels[i];
		const struct curve *curve = label_curve(picture, i);
		char shown[UNITS_TEXT];
		if (curve->is_ceiling)
			label->count = typeset_lines(label->lines, LABEL_LINES, CONF_CONTROL " (ceiling)", NAME_SIZE, LABEL_WIDTH);
		else
			label->count = typeset_lines(label->lines, LABEL_LINES, curve->name, NAME_SIZE, LABEL_WIDTH);
		if (curve->failed_from)
			snprintf(label->detail, sizeof label->detail, "failed from %s",
				 units_show_count(shown, curve->failed_from));
		else if (picture->levels_count == 1)
			units_show_count(label->detail, (uint64_t)llround(curve->most_rps));
		label->height = LABEL_ROW * (double)(label->count + (*label->detail != 0)) + LABEL_SPACE;
		for (size_t line = 0; line < label->count; line++)
			widest = fmax(widest, typeset_width(label->lines[line], NAME_SIZE));
		widest = fmax(widest, typeset_width(label->detail, DETAIL_SIZE));
	}
	picture->right = WIDTH - MARGIN - (picture->labels_count ? LABEL_GAP + LABEL_TEXT + widest : 0);
}

static void labels_place(struct picture *picture)
{
	double at[PLOT_NAMES_MAX], height[PLOT_NAMES_MAX];

	for (size_t i = 0; i < picture->labels_count; i++) {
		const struct curve *curve = label_curve(picture, i);
		at[i] = y_pixel(picture, curve->summaries[curve->last].rate_rps);
		height[i] = picture->labels[i].height;
	}
	plot_spread_labels(at, height, picture->labels_count, picture->top - LABEL_ROW, picture->bottom + LABEL_ROW);
	for (size_t i = 0; i < picture->labels_count; i++)
		picture->labels[i].y = at[i];
}

/* Keys: only those of what is there. */

static void key_add(struct picture *picture, enum key kind, const char *text)
{
	double x = MARGIN, y = KEY_Y;

	if (picture->keys_count == KEYS_MAX)
		return;
	size_t at = picture->keys_count++;
	double width = KEY_GLYPH + typeset_width(text, KEY_SIZE);
	if (at) {
		x = picture->key_x[at - 1] + KEY_GLYPH + typeset_width(picture->keys[at - 1], KEY_SIZE) + KEY_GAP;
		y = picture->key_y[at - 1];
	}
	if (at && x + width > WIDTH - MARGIN) {
		x = MARGIN;
		y += KEY_LINE;
	}
	picture->key_kinds[at] = kind;
	picture->key_x[at] = x;
	picture->key_y[at] = y;
	snprintf(picture->keys[at], sizeof picture->keys[at], "%s", text);
}

/* The reasons of all points whose figures are not valid, shortly. */
static bool invalid_words_of(const struct picture *picture, char *out, size_t room)
{
	static const char *const words[INVALIDS] = {
		[INVALID_FAILED] = "failed", [INVALID_NO_ANSWERS] = "no right answer",
		[INVALID_SHORT_CONCURRENCY] = "too few in flight or open", [INVALID_CLIENT_BOUND] = "client at its limit",
		[INVALID_LITTLE] = "contradicts Little's law", [INVALID_CONSERVATION] = "counts disagree",
		[INVALID_BUILD] = "debug build",
	};
	unsigned invalid = 0;

	for (size_t i = 0; i < picture->curves_count; i++)
		for (size_t level = 0; level < picture->levels_count; level++) {
			const struct summary *summary = &picture->curves[i].summaries[level];
			if (has_figure(summary) && !summary->valid && picture->curves[i].is_named)
				invalid |= summary->invalid | 1u << INVALIDS;
		}
	out[0] = 0;
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (invalid & 1u << reason)
			add(out, room, ", ", "%s", words[reason] ? words[reason] : invalid_names[reason]);
	return invalid != 0;
}

static bool any_errors(const struct picture *picture)
{
	for (size_t i = 0; i < picture->curves_count; i++)
		for (size_t level = 0; level < picture->levels_count; level++)
			if (has_figure(&picture->curves[i].summaries[level]) && picture->curves[i].summaries[level].errors)
				return true;
	return false;
}

static void keys_fill(struct picture *picture)
{
	char text[NAME_MAX_BYTES], why[NAME_MAX_BYTES];

	if (picture->ceilings)
		key_add(picture, KEY_CEILING, "control server: what the harness itself can reach");
	if (picture->blocks > 1) {
		snprintf(text, sizeof text, "least to most of %zu blocks", picture->blocks);
		key_add(picture, picture->levels_count > 1 ? KEY_BAND : KEY_BAR, text);
	}
	if (any_errors(picture))
		key_add(picture, KEY_ERRORS, "requests failed");
	if (invalid_words_of(picture, why, sizeof why)) {
		snprintf(text, sizeof text, "hollow: not valid%s%.200s", *why ? ", " : "", why);
		key_add(picture, KEY_HOLLOW, text);
	}
	if (picture->contexts) {
		snprintf(text, sizeof text, "%zu slower %s", picture->contexts,
			 picture->contexts == 1 ? "server" : "servers");
		key_add(picture, KEY_CONTEXT, text);
	}
	picture->top = (picture->keys_count ? picture->key_y[picture->keys_count - 1] : SUBTITLE_Y) + AXIS_GAP;
}

/* Notes: where, when and how it was measured. */

static void note_add(struct picture *picture, const char *text)
{
	char plain[2048], lines[NOTE_LINES][TYPESET_LINE];
	size_t count = typeset_lines(lines, NOTE_LINES, text_plain(plain, sizeof plain, text), NOTE_SIZE,
				     WIDTH - 2 * MARGIN);

	for (size_t i = 0; i < count && picture->notes_count < NOTES_MAX; i++)
		memcpy(picture->notes[picture->notes_count++], lines[i], TYPESET_LINE);
}

static const char *option_set(const struct document *doc, const char *name)
{
	const char *value = document_option(doc, name);

	return value && *value && strcmp(value, "0") != 0 ? value : NULL;
}

static void note_host(struct picture *picture)
{
	const struct document *doc = picture->doc;
	char text[1024] = "";

	if (*doc->host.cpu_model)
		add(text, sizeof text, ", ", "%s", doc->host.cpu_model);
	if (doc->host.cores)
		add(text, sizeof text, ", ", "%llu %s", (unsigned long long)doc->host.cores,
		    doc->host.cores == 1 ? "core" : "cores");
	if (*doc->host.kernel)
		add(text, sizeof text, " · ", "%s", doc->host.kernel);
	if (*doc->host.date)
		add(text, sizeof text, " · ", "%s", doc->host.date);
	add(text, sizeof text, " · ", "benchctl %s", doc->benchctl ? doc->benchctl : "of an unknown version");
	if (doc->interrupted)
		add(text, sizeof text, " · ", "interrupted: not all cells were measured");
	note_add(picture, text);
}

static void note_protocol(struct picture *picture)
{
	const struct document *doc = picture->doc;
	const char *requests = option_set(doc, "requests"), *duration = option_set(doc, "duration");
	char text[1024] = "", shown[UNITS_TEXT];
	uint64_t backlog = 0;

	for (size_t i = 0; i < picture->curves_count; i++)
		for (size_t level = 0; level < picture->levels_count; level++)
			if (picture->curves[i].summaries[level].backlog > backlog)
				backlog = picture->curves[i].summaries[level].backlog;
	add(text, sizeof text, "", "%s mode, client %s", picture->mode, summary_client(doc));
	if (option_set(doc, "preset"))
		add(text, sizeof text, " · ", "preset %s", option_set(doc, "preset"));
	if (requests)
		add(text, sizeof text, " · ", "%s requests a cell", requests);
	else if (duration)
		add(text, sizeof text, " · ", "window at least %s", duration);
	if (picture->blocks > 1)
		add(text, sizeof text, " · ", "median of %zu blocks, each server launched anew in each", picture->blocks);
	else
		add(text, sizeof text, " · ", "1 block");
	if (backlog)
		add(text, sizeof text, " · ", "listen backlog %s", units_show_count(shown, backlog));
	if (doc->client_cpus && *doc->client_cpus && doc->server_cpus && *doc->server_cpus)
		add(text, sizeof text, " · ", "client on CPU %s, servers on CPU %s", doc->client_cpus, doc->server_cpus);
	note_add(picture, text);
}

/* A version says of what it is, as in `tornado 6.2 on Python 3.11`, or is only a number. */
static bool is_only_number(const char *version)
{
	return isdigit((unsigned char)version[*version == 'v']);
}

static void note_versions(struct picture *picture)
{
	char text[2048] = "";

	for (size_t i = picture->curves_count; i-- > picture->ceilings + picture->contexts;) {
		const struct document_server *server = document_server(picture->doc, picture->curves[i].server);
		const char *version = server ? server->version : NULL;
		if (!version || !*version)
			continue;
		if (is_only_number(version))
			add(text, sizeof text, ", ", "%.60s" NO_BREAK "%.60s", picture->curves[i].name, version);
		else if (!strstr(text, version))
			add(text, sizeof text, ", ", "%.60s", version);
	}
	char note[2100];
	snprintf(note, sizeof note, "Versions: %s", text);
	if (*text)
		note_add(picture, note);
}

/* Connections open inside the servers, at the highest level at which they are known. */
static void note_open(struct picture *picture)
{
	char text[2048] = "", offered[UNITS_TEXT], open[UNITS_TEXT];
	bool is_close = strcmp(picture->mode, load_mode_names[LOAD_CLOSE]) == 0;

	for (size_t level = picture->levels_count; level-- > 0 && !*text;)
		for (size_t i = 0; i < picture->labels_count; i++) {
			const struct curve *curve = label_curve(picture, picture->labels_count - 1 - i);
			const struct summary *summary = &curve->summaries[level];
			if (!summary_open_differs(summary))
				continue;
			units_show_count(offered, summary->level);
			add(text, sizeof text, ", ", "%.60s" NO_BREAK "%s", curve->name,
			    units_show_count(open, (uint64_t)llround(summary->open_mean)));
		}
	char note[2400];
	if (*text)
		snprintf(note, sizeof note, "Connections are those offered%s. Of %s offered, open inside the server on "
			 "average: %s", is_close ? "; in close mode fewer may be open inside the server" : "", offered, text);
	else
		snprintf(note, sizeof note, "Connections are those offered; in close mode fewer may be open inside the server.");
	if (*text || is_close)
		note_add(picture, note);
}

static void note_others(struct picture *picture)
{
	char text[2048] = "";

	for (size_t i = picture->ceilings + picture->contexts; i-- > picture->ceilings;)
		add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Thin lines, fastest first: ",
		    picture->curves[i].name);
	if (*text)
		note_add(picture, text);
	text[0] = 0;
	for (size_t i = 0; i < picture->failed_count; i++)
		add(text, sizeof text, *text ? ", " : "", "%s%.60s", *text ? "" : "Failed at every level: ",
		    picture->failed[i].name);
	if (*text && picture->curves_count)
		note_add(picture, text);
}

static void notes_fill(struct picture *picture)
{
	note_host(picture);
	note_protocol(picture);
	note_versions(picture);
	note_open(picture);
	note_others(picture);
	picture->bottom = HEIGHT - 20 - NOTE_ROW * (double)picture->notes_count - TICS_HEIGHT + NOTE_ROW / 2;
}

/* What stands in the middle where there is nothing to draw. */
static void message_fill(struct picture *picture)
{
	static const char first[] = "No cell of this mode has a figure: every one failed.";

	if (picture->curves_count)
		return;
	strcpy(picture->message[picture->message_count++], first);
	for (size_t i = 0; i < picture->failed_count && picture->message_count < MESSAGE_LINES; i++) {
		const char *error = NULL;
		char text[2048], plain[2048];
		for (size_t level = 0; level < picture->levels_count && !error; level++)
			error = picture->failed[i].summaries[level].error;
		snprintf(text, sizeof text, "%s: %.1500s", picture->failed[i].name, error ? error : "no figures");
		if (picture->message_count + 1 == MESSAGE_LINES && i + 1 < picture->failed_count)
			snprintf(text, sizeof text, "and %zu more", picture->failed_count - i);
		typeset_lines(&picture->message[picture->message_count], 1, text_plain(plain, sizeof plain, text),
			      NAME_SIZE, picture->right - LEFT - 40);
		picture->message_count++;
	}
}

static int picture_fill(struct picture *picture, const struct document *doc, const char *mode, const char **servers,
			struct err *err)
{
	size_t count = 0;

	*picture = (struct picture){ .doc = doc, .mode = mode, .palette = &palette_light };
	while (servers[count])
		count++;
	if (summary_levels(doc, mode, &picture->levels, &picture->levels_count, err) ||
	    curves_fill(picture, servers, count, err))
		return -1;
	curves_rank(picture);
	axes_fill(picture);
	labels_typeset(picture);
	keys_fill(picture);
	notes_fill(picture);
	labels_place(picture);
	message_fill(picture);
	return 0;
}

static void picture_release(struct picture *picture)
{
	for (size_t i = 0; i < picture->curves_count; i++)
		free(picture->curves[i].summaries);
	for (size_t i = 0; i < picture->failed_count; i++)
		free(picture->failed[i].summaries);
	free(picture->curves);
	free(picture->failed);
	free(picture->levels);
}

/* The head of the script. */

static void put_text(FILE *out, const char *name, const char *text)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "%s = %s\n", name, plot_quote(quoted, sizeof quoted, text));
}

static void put_number(FILE *out, const char *name, double number)
{
	fprintf(out, "%s = %.12g\n", name, number);
}

/* Arrays of gnuplot count from 1 and are never empty: one without elements gets one that is not used. */
static void array_open(FILE *out, const char *name, size_t count)
{
	fprintf(out, "array %s[%zu] = [", name, count ? count : 1);
	if (!count)
		fputs("0", out);
}

static void array_text(FILE *out, size_t i, const char *text)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "%s%s", i ? ", " : "", plot_quote(quoted, sizeof quoted, text));
}

static void array_number(FILE *out, size_t i, double number)
{
	/* With a point, so that the template divides numbers and not integers. */
	fprintf(out, "%s%.2f", i ? ", " : "", number);
}

static void array_close(FILE *out)
{
	fputs("]\n", out);
}

static void put_palette(FILE *out, const struct palette *palette)
{
	put_text(out, "BACKGROUND", palette->background);
	put_text(out, "INK", palette->ink);
	put_text(out, "MUTED", palette->muted);
	put_text(out, "GRID", palette->grid);
	put_text(out, "CEILING", palette->ceiling);
	put_text(out, "CEILING_FILL", palette->ceiling_fill);
	put_text(out, "CONTEXT", palette->context);
	put_text(out, "ERROR", palette->error);
}

static bool is_power_of_two(uint64_t level)
{
	return (level & (level - 1)) == 0;
}

/* Labels of the x axis: the powers of two where the levels are such, else the levels; those that fit. */
static size_t x_tics(const struct picture *picture, uint64_t *tics)
{
	uint64_t wanted[TICS_MAX];
	size_t wanted_count = 0, count = 0;
	bool doubling = true;
	double used = -INFINITY;

	for (size_t i = 0; i < picture->levels_count; i++)
		doubling = doubling && is_power_of_two(picture->levels[i]);
	if (doubling)
		for (uint64_t level = picture->levels[0]; level && level <= picture->levels[picture->levels_count - 1];
		     level *= 2)
			wanted[wanted_count++] = level;
	else
		for (size_t i = 0; i < TICS_MAX && i < picture->levels_count; i++) {
			size_t share = picture->levels_count < TICS_MAX ? i : i * (picture->levels_count - 1) / (TICS_MAX - 1);
			wanted[wanted_count++] = picture->levels[share];
		}
	for (size_t i = 0; i < wanted_count; i++) {
		char text[UNITS_TEXT];
		snprintf(text, sizeof text, "%llu", (unsigned long long)wanted[i]);
		double half = typeset_width(text, TIC_SIZE) / 2 + 2;
		double x = x_pixel(picture, (double)wanted[i]);
		if (x - half < used) {
			/* The last level is more worth knowing than the one before it. */
			if (i + 1 < wanted_count || !count)
				continue;
			count--;
		}
		tics[count++] = wanted[i];
		used = x + half;
	}
	return count;
}

static void put_axes(FILE *out, const struct picture *picture)
{
	uint64_t tics[TICS_MAX];
	size_t count = x_tics(picture, tics);
	char shown[UNITS_TEXT];

	put_number(out, "X_LEAST", picture->x_least);
	put_number(out, "X_MOST", picture->x_most);
	put_number(out, "Y_MOST", picture->y_most);
	fputs("set xtics (", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s'%llu' %llu", i ? ", " : "", (unsigned long long)tics[i], (unsigned long long)tics[i]);
	fputs(")\nset ytics (", out);
	for (size_t i = 0; (double)i * picture->y_step <= picture->y_most * (1 + 1e-9); i++) {
		double at = (double)i * picture->y_step;
		if (picture->y_step >= 1)
			units_show_count(shown, (uint64_t)llround(at));
		else
			snprintf(shown, sizeof shown, "%g", at);
		fprintf(out, "%s'%s' %.12g", i ? ", " : "", shown, at);
	}
	fputs(")\n", out);
}

static const char *curve_colour(const struct picture *picture, const struct curve *curve)
{
	if (curve->is_ceiling)
		return picture->palette->ceiling;
	return curve->is_named ? picture->palette->servers[curve->style.colour] : picture->palette->context;
}

static void put_curves(FILE *out, const struct picture *picture)
{
	size_t count = picture->curves_count;

	put_number(out, "CURVES", (double)count);
	put_number(out, "CEILINGS", (double)picture->ceilings);
	put_number(out, "CONTEXTS", (double)picture->contexts);
	put_number(out, "BLOCKS", (double)picture->blocks);
	array_open(out, "COLOUR", count);
	for (size_t i = 0; i < count; i++)
		array_text(out, i, curve_colour(picture, &picture->curves[i]));
	array_close(out);
	array_open(out, "MARK", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? ", " : "", picture->curves[i].style.mark);
	array_close(out);
	array_open(out, "DASH", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? ", " : "", picture->curves[i].style.dash + 1);
	array_close(out);
}

/* The mark and the leader of each label; its lines are texts, see put_texts(). */
static void put_labels(FILE *out, const struct picture *picture)
{
	size_t count = picture->labels_count;

	put_number(out, "LABELS", (double)count);
	array_open(out, "LABEL_CURVE", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%td", i ? ", " : "", label_curve(picture, i) - picture->curves + 1);
	array_close(out);
	array_open(out, "LABEL_Y", count);
	for (size_t i = 0; i < count; i++)
		array_number(out, i, picture->labels[i].y);
	array_close(out);
	array_open(out, "END_X", count);
	for (size_t i = 0; i < count; i++)
		array_number(out, i, x_pixel(picture, (double)picture->levels[label_curve(picture, i)->last]));
	array_close(out);
	array_open(out, "END_Y", count);
	for (size_t i = 0; i < count; i++) {
		const struct curve *curve = label_curve(picture, i);
		array_number(out, i, y_pixel(picture, curve->summaries[curve->last].rate_rps));
	}
	array_close(out);
	put_number(out, "LABEL_X", picture->right + LABEL_GAP);
}

static void put_keys(FILE *out, const struct picture *picture)
{
	size_t count = picture->keys_count;

	put_number(out, "KEYS", (double)count);
	array_open(out, "KEY_KIND", count);
	for (size_t i = 0; i < count; i++) {
		static const char *const kinds[KEYS] = { "hollow", "errors", "ceiling", "band", "bar", "context" };
		array_text(out, i, kinds[picture->key_kinds[i]]);
	}
	array_close(out);
	array_open(out, "KEY_X", count);
	for (size_t i = 0; i < count; i++)
		array_number(out, i, picture->key_x[i]);
	array_close(out);
	array_open(out, "KEY_Y", count);
	for (size_t i = 0; i < count; i++)
		array_number(out, i, picture->key_y[i]);
	array_close(out);
}

/* One text at a place, in the words of gnuplot; the template says what T(x, y) is. */
static void put_line(FILE *out, double x, double y, const char *text, double size, const char *colour)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "set label %s at screen X(%.2f), Y(%.2f) font FONT.',%.1f' textcolor rgb %s front\n",
		plot_quote(quoted, sizeof quoted, text), x, y, size, colour);
}

static void put_texts(FILE *out, const struct picture *picture)
{
	for (size_t i = 0; i < picture->labels_count; i++) {
		const struct label *label = &picture->labels[i];
		double x = picture->right + LABEL_GAP + LABEL_TEXT;
		double y = label->y - (label->height - LABEL_SPACE) / 2 + LABEL_ROW / 2;
		char colour[64];
		snprintf(colour, sizeof colour, "%s", label_curve(picture, i)->is_ceiling ? "MUTED" : "INK");
		for (size_t line = 0; line < label->count; line++, y += LABEL_ROW)
			put_line(out, x, y, label->lines[line], NAME_SIZE, colour);
		if (*label->detail)
			put_line(out, x, y, label->detail, DETAIL_SIZE, "MUTED");
	}
	for (size_t i = 0; i < picture->keys_count; i++)
		put_line(out, picture->key_x[i] + KEY_GLYPH, picture->key_y[i], picture->keys[i], KEY_SIZE, "INK");
	for (size_t i = 0; i < picture->notes_count; i++)
		put_line(out, MARGIN, HEIGHT - 18 - NOTE_ROW * (double)(picture->notes_count - 1 - i),
			 picture->notes[i], NOTE_SIZE, "MUTED");
	double middle = (picture->top + picture->bottom) / 2 - MESSAGE_ROW * (double)picture->message_count / 2;
	for (size_t i = 0; i < picture->message_count; i++)
		put_line(out, LEFT + 20, middle + MESSAGE_ROW * ((double)i - (i ? 0 : 0.5)), picture->message[i],
			 i ? NAME_SIZE : MESSAGE_SIZE, i ? "MUTED" : "INK");
}

static const char *mode_words(const char *mode)
{
	if (strcmp(mode, load_mode_names[LOAD_CLOSE]) == 0)
		return "close mode: a new TCP connection for each request";
	if (strcmp(mode, load_mode_names[LOAD_KEEPALIVE]) == 0)
		return "keepalive mode: each connection carries one request after the other";
	return NULL;
}

static void picture_title(const struct picture *picture, char *title, size_t room)
{
	snprintf(title, room, "Requests per second against concurrent connections, %s", picture->mode);
}

static void subtitle_put(FILE *out, const struct picture *picture)
{
	char text[NAME_MAX_BYTES];
	const char *words = mode_words(picture->mode);

	const char *active = document_option(picture->doc, "active");

	snprintf(text, sizeof text, "%s mode", picture->mode);
	if (strcmp(picture->mode, load_mode_names[LOAD_CROWD]) == 0)
		snprintf(text, sizeof text, "crowd mode: all connections are open, %s%.20s of them carry requests, the others are "
			 "silent", *active ? "at most " : "some", active);
	put_text(out, "SUBTITLE", words ? words : text);
}

static int head_write(FILE *out, const struct picture *picture)
{
	fprintf(out, "# Draw again: gnuplot rate-%s.gp\n\n", picture->mode);
	fprintf(out, "NAME = 'rate-%s'\n", picture->mode);
	put_text(out, "TITLE", "Requests per second against concurrent connections");
	subtitle_put(out, picture);
	fprintf(out, "WIDTH = %.1f\nHEIGHT = %.1f\n", WIDTH, HEIGHT);
	fprintf(out, "LEFT = %.1f\nRIGHT = %.2f\nTOP = %.2f\nBOTTOM = %.2f\n", LEFT, picture->right, picture->top,
		picture->bottom);
	fprintf(out, "MARGIN = %.1f\nTITLE_Y = %.1f\nSUBTITLE_Y = %.1f\n", MARGIN, TITLE_Y, SUBTITLE_Y);
	fputs("FONT = 'DejaVu Sans'\nX(pixel) = pixel / WIDTH\nY(pixel) = 1 - pixel / HEIGHT\n", out);
	put_palette(out, picture->palette);
	put_axes(out, picture);
	put_curves(out, picture);
	put_labels(out, picture);
	put_keys(out, picture);
	put_texts(out, picture);
	fputc('\n', out);
	return ferror(out) ? -1 : 0;
}

/* The points: an index of gnuplot for each curve, in which an empty line breaks the line where a cell failed. */
static int data_write(FILE *out, const struct picture *picture)
{
	fputs("# level rate_rps least_rps most_rps valid errors alone\n", out);
	for (size_t i = 0; i < picture->curves_count; i++) {
		const struct curve *curve = &picture->curves[i];
		bool begun = false, broken = false;
		fprintf(out, "%s# %s\n", i ? "\n\n" : "", curve->name);
		for (size_t level = 0; level < picture->levels_count; level++) {
			const struct summary *summary = &curve->summaries[level];
			if (!has_figure(summary)) {
				broken |= summary->cells > 0;
				continue;
			}
			bool before = begun && !broken;
			bool after = false;
			for (size_t next = level + 1; next < picture->levels_count && !after; next++) {
				if (curve->summaries[next].cells && !has_figure(&curve->summaries[next]))
					break;
				after = has_figure(&curve->summaries[next]);
			}
			if (begun && broken)
				fputc('\n', out);
			fprintf(out, "%llu %.10g %.10g %.10g %d %d %d\n", (unsigned long long)summary->level,
				summary->rate_rps, summary->rate_min_rps, summary->rate_max_rps, summary->valid,
				summary->errors, !before && !after);
			begun = true;
			broken = false;
		}
	}
	return ferror(out) ? -1 : 0;
}

/* Files. */

static char *file_read(const char *path, size_t *bytes, struct err *err)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	*bytes = 0;
	if (!file) {
		err_set_errno(err, "%s", path);
		return NULL;
	}
	do {
		char *more = realloc(text, room += 65536);
		if (!more) {
			free(text);
			fclose(file);
			err_set(err, "out of memory");
			return NULL;
		}
		text = more;
		*bytes += fread(text + *bytes, 1, room - 1 - *bytes, file);
	} while (*bytes == room - 1);
	text[*bytes] = 0;
	if (ferror(file)) {
		err_set_errno(err, "%s", path);
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/* A path in a folder. Returns 0, or -1 with err set where it is too long. */
static int path_of(char *path, size_t room, struct err *err, const char *folder, const char *mode, const char *ending)
{
	int bytes = snprintf(path, room, "%s/rate-%s.%s", folder, mode, ending);

	return bytes < 0 || (size_t)bytes >= room ? err_set(err, "the path of folder %.200s is too long", folder) : 0;
}

static int file_close(FILE *file, const char *path, struct err *err)
{
	bool failed = ferror(file) != 0;

	if (fclose(file) || failed)
		return err_set_errno(err, "%s cannot be written", path);
	return 0;
}

static int sources_write(const struct picture *picture, const char *folder, const char *template, struct err *err)
{
	char path[4096];

	if (path_of(path, sizeof path, err, folder, picture->mode, "gp"))
		return -1;
	FILE *script = fopen(path, "we");
	if (!script)
		return err_set_errno(err, "%s", path);
	head_write(script, picture);
	fputs(template, script);
	if (file_close(script, path, err) || path_of(path, sizeof path, err, folder, picture->mode, "dat"))
		return -1;
	FILE *data = fopen(path, "we");
	if (!data)
		return err_set_errno(err, "%s", path);
	data_write(data, picture);
	return file_close(data, path, err);
}

/* In words, for those who do not see the picture. */
static void describe(const struct picture *picture, char *out, size_t room)
{
	char count[UNITS_TEXT], at[UNITS_TEXT], from[UNITS_TEXT], to[UNITS_TEXT];

	out[0] = 0;
	add(out, room, "", "Line graph of requests per second against %s to %s concurrent connections in %s mode, "
	    "with %zu %s.", units_show_count(from, picture->levels[0]),
	    units_show_count(to, picture->levels[picture->levels_count - 1]), picture->mode, picture->curves_count,
	    picture->curves_count == 1 ? "server" : "servers");
	if (picture->message_count)
		add(out, room, " ", "%s", picture->message[0]);
	for (size_t i = 0; i < picture->labels_count; i++) {
		const struct curve *curve = label_curve(picture, picture->labels_count - 1 - i);
		add(out, room, " ", "%.60s: at most %s, at %s connections%s%s.", curve->name,
		    units_show_count(count, (uint64_t)llround(curve->most_rps)), units_show_count(at, curve->most_at),
		    *picture->labels[picture->labels_count - 1 - i].detail ? "; " : "",
		    picture->labels[picture->labels_count - 1 - i].detail);
	}
}

/* What gnuplot's SVG lacks: fonts to fall back on, bold ones, crosses that can be seen; its titles of plots go. */
static const struct svg_change {
	const char *begin, *end;	/* all between them is replaced too */
	const char *by;
} svg_changes[] = {
	{ "font-family=\"DejaVu Sans:Bold", "\"",
	  "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\" font-weight=\"bold\"" },
	{ "font-family=\"DejaVu Sans", "\"", "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\"" },
	{ "id='gpPt1' stroke-width='", "'", "id='gpPt1' stroke-width='0.4'" },
	{ "<title>gnuplot_plot_", "</title>", "" },
};

static void svg_copy(const char *svg, FILE *out)
{
	while (*svg) {
		const struct svg_change *change = NULL;
		const char *end = NULL;
		for (size_t i = 0; i < sizeof svg_changes / sizeof *svg_changes && !change; i++) {
			size_t bytes = strlen(svg_changes[i].begin);
			if (strncmp(svg, svg_changes[i].begin, bytes) == 0 &&
			    (end = strstr(svg + bytes, svg_changes[i].end)))
				change = &svg_changes[i];
		}
		if (change) {
			fputs(change->by, out);
			svg = end + strlen(change->end);
		} else {
			fputc(*svg++, out);
		}
	}
}

/* Gives the SVG that gnuplot wrote a title and a description of its own. */
static int svg_finish(const struct picture *picture, const char *folder, struct err *err)
{
	char path[4096], temporary[4096], title[NAME_MAX_BYTES], text[4096], escaped[2][8192];
	size_t bytes;

	if (path_of(path, sizeof path, err, folder, picture->mode, "svg") ||
	    path_of(temporary, sizeof temporary, err, folder, picture->mode, "svg.part"))
		return -1;
	char *svg = file_read(path, &bytes, err);
	if (!svg)
		return -1;
	char *begin = strstr(svg, "<title>"), *end = strstr(svg, "</desc>");
	int result = -1;
	if (!begin || !end || end < begin) {
		err_set(err, "%s: gnuplot wrote no SVG that can be described", path);
		goto out;
	}
	picture_title(picture, title, sizeof title);
	describe(picture, text, sizeof text);
	FILE *file = fopen(temporary, "we");
	if (!file) {
		err_set_errno(err, "%s", temporary);
		goto out;
	}
	*begin = 0;
	fputs(svg, file);
	fprintf(file, "<title>%s</title>\n<desc>%s</desc>", plot_escape_xml(escaped[0], sizeof escaped[0], title),
		plot_escape_xml(escaped[1], sizeof escaped[1], text));
	svg_copy(end + strlen("</desc>"), file);
	result = file_close(file, temporary, err);
	if (!result && rename(temporary, path))
		result = err_set_errno(err, "%s", path);
	if (result)
		unlink(temporary);
out:
	free(svg);
	return result;
}

static int folder_make(const char *folder, struct err *err)
{
	char path[4096];
	struct stat found;

	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
		return err_set(err, "the path of folder %.200s is too long", folder);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(path, 0777) && errno != EEXIST)
			return err_set_errno(err, "folder %s cannot be made", path);
		*slash = '/';
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return err_set_errno(err, "folder %s cannot be made", path);
	if (stat(path, &found) || !S_ISDIR(found.st_mode))
		return err_set(err, "%s is not a folder", path);
	return 0;
}

/* A mode becomes part of file names and of the script. */
static bool mode_is_good(const char *mode)
{
	return *mode && strlen(mode) <= 32 && mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0;
}

static int draw(const struct document *doc, const char *mode, const char **servers, const char *folder,
		const char *template, struct err *err)
{
	struct picture picture;
	char script[64];

	if (!mode_is_good(mode))
		return err_set(err, "'%.100s' is no mode: lower-case letters, digits, _ and -", mode);
	int result = picture_fill(&picture, doc, mode, servers, err);
	if (!result)
		result = sources_write(&picture, folder, template, err);
	snprintf(script, sizeof script, "rate-%s.gp", mode);
	if (!result)
		result = gnuplot_run(folder, script, err);
	if (!result)
		result = svg_finish(&picture, folder, err);
	picture_release(&picture);
	return result;
}

int plot_write(const struct document *doc, const char *folder, const char *templates_folder, struct err *err)
{
	char path[4096];
	const char **modes = NULL, **servers = NULL;
	char *template = NULL;
	size_t bytes;
	int result = -1;

	if (!(modes = summary_modes(doc, err)) || !(servers = summary_servers(doc, err)))
		goto out;
	if (!modes[0]) {
		err_set(err, "there is nothing to draw: the run has no cell of the client %.60s", summary_client(doc));
		goto out;
	}
	if (snprintf(path, sizeof path, "%s/rate.gp", templates_folder) >= (int)sizeof path) {
		err_set(err, "the path of folder %.200s is too long", templates_folder);
		goto out;
	}
	if (!(template = file_read(path, &bytes, err))) {
		err_prefix(err, "template");
		goto out;
	}
	if (folder_make(folder, err))
		goto out;
	result = 0;
	for (size_t i = 0; modes[i] && !result; i++)
		result = draw(doc, modes[i], servers, folder, template, err);
out:
	free(modes);
	free(servers);
	free(template);
	return result;
}
