#include "harness/plot/picture.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/analysis/summary.h"
#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"

#define LEFT        PICTURE_LEFT
#define MARGIN      PICTURE_MARGIN
#define TITLE_Y     34.0
#define SUBTITLE_Y  60.0
#define KEY_Y       88.0
#define KEY_LINE    20.0
#define KEY_GLYPH   30.0  /* from a key's glyph to its text */
#define KEY_GAP     26.0  /* behind it */
#define AXIS_GAP    46.0  /* from the keys to the axes: the title of the y axis stands here */
#define TICS_HEIGHT 66.0  /* from the axes to the notes */
#define LABEL_GAP   26.0  /* from the axes to the marks of the names */
#define LABEL_TEXT  14.0  /* from a mark to its name */
#define LABEL_WIDTH 270.0 /* of a name, at most */
#define LABEL_ROW   16.0
#define LABEL_SPACE 4.0
#define NOTE_ROW    16.0
#define NOTE_LINES  3
#define MESSAGE_ROW 20.0
#define ROOM_LEAST  380.0 /* of the height of a panel that has all the width */

/* Font sizes. */
#define TITLE_SIZE    20.0
#define SUBTITLE_SIZE 13.5
#define NAME_SIZE     PICTURE_NAME_SIZE
#define DETAIL_SIZE   PICTURE_DETAIL_SIZE
#define KEY_SIZE      12.0
#define NOTE_SIZE     11.0
#define MESSAGE_SIZE  16.0

/*
 * Pool-adjacent-violators: shifted by the heights above them, labels must only not decrease; neighbours that would
 * overlap form a group, which stands at the mean of what its members want.
 */
void picture_spread_labels(double *at, const double *height, size_t count, double low, double high)
{
	double sum[PICTURE_LABELS_MAX], shift[PICTURE_LABELS_MAX];
	size_t order[PICTURE_LABELS_MAX], size[PICTURE_LABELS_MAX], groups = 0;
	double total = 0;

	if (count > PICTURE_LABELS_MAX)
		count = PICTURE_LABELS_MAX;
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
	unsigned code = bytes == 2   ? (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu)
			: bytes == 3 ? (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu)
				     : at[0];

	return bytes < 4 && (code < 0x530 || (code >= 0x2010 && code <= 0x2044) || code == 0x20ac || code == 0x2122 ||
			     (code >= 0x2190 && code <= 0x2193));
}

char *picture_quote(char *out, size_t room, const char *text)
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

char *picture_escape_xml(char *out, size_t room, const char *text)
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

void picture_add(char *text, size_t room, const char *separator, const char *format, ...)
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

/* A mode becomes part of file names and of the script. */
static bool mode_is_good(const char *mode)
{
	return *mode && strlen(mode) <= 32 && mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0;
}

void picture_size(struct picture *picture, double width, double height)
{
	picture->width = width;
	picture->height = height;
	picture->right = width - MARGIN;
	picture->top = SUBTITLE_Y + AXIS_GAP;
	picture->bottom = height - 20 - TICS_HEIGHT + NOTE_ROW / 2;
}

int picture_init(struct picture *picture, const struct document *doc, const char *kind, const char *mode,
		 struct err *err)
{
	*picture = (struct picture){ .doc = doc, .mode = mode, .png_scale = 2, .has_svg = true };
	if (!mode_is_good(mode))
		return err_set(err, "'%.100s' is no mode: lower-case letters, digits, _ and -", mode);
	snprintf(picture->stem, sizeof picture->stem, "%.20s-%.40s", kind, mode);
	summary_mode(picture->subtitle, doc, mode);
	picture_size(picture, PICTURE_WIDTH, PICTURE_HEIGHT);
	return 0;
}

void picture_release(struct picture *picture)
{
	free(picture->texts);
	picture->texts = NULL;
}

struct picture_text *picture_text(struct picture *picture, const char *text, double x, double y, double size)
{
	static struct picture_text lost;

	if (picture->texts_count == picture->texts_room) {
		size_t room = picture->texts_room * 2 + 64;
		struct picture_text *more = realloc(picture->texts, room * sizeof *more);
		if (!more) {
			picture->failed = true;
			return &lost;
		}
		picture->texts = more;
		picture->texts_room = room;
	}
	struct picture_text *added = &picture->texts[picture->texts_count++];
	*added = (struct picture_text){ .x = x, .y = y, .size = size };
	snprintf(added->text, sizeof added->text, "%s", text);
	return added;
}

void picture_name(char *out, const struct document *doc, const char *server)
{
	text_plain(out, PICTURE_TEXT, server);
	if (!*out)
		strcpy(out, "(no name)");
	if (document_is_revival(doc, server))
		picture_add(out, PICTURE_TEXT, " ", "(revival)");
}

/* Labels: names at line ends. */

struct picture_label *picture_label(struct picture *picture, const char *name, const char *detail)
{
	if (picture->labels_count == PICTURE_NAMES_MAX)
		return NULL;
	struct picture_label *label = &picture->labels[picture->labels_count++];
	label->end_x = NAN;
	label->count = typeset_lines(label->lines, PICTURE_LINES, name, NAME_SIZE, LABEL_WIDTH);
	snprintf(label->detail, sizeof label->detail, "%s", detail);
	label->height = LABEL_ROW * (double)(label->count + (*detail != 0)) + LABEL_SPACE;
	return label;
}

void picture_fit(struct picture *picture)
{
	double widest = 0;

	for (size_t i = 0; i < picture->labels_count; i++) {
		const struct picture_label *label = &picture->labels[i];
		for (size_t line = 0; line < label->count; line++)
			widest = fmax(widest, typeset_width(label->lines[line], NAME_SIZE));
		widest = fmax(widest, typeset_width(label->detail, DETAIL_SIZE));
	}
	picture->right = picture->width - MARGIN - (picture->labels_count ? LABEL_GAP + LABEL_TEXT + widest : 0);
}

void picture_stretch(struct picture *picture, double room)
{
	double more = room - (picture->bottom - picture->top);

	picture->height += more;
	picture->bottom += more;
}

double picture_labels_height(const struct picture *picture)
{
	double height = 0;

	for (size_t i = 0; i < picture->labels_count; i++)
		height += picture->labels[i].height;
	return height;
}

void picture_make_room(struct picture *picture)
{
	double room = fmax(ROOM_LEAST, picture_labels_height(picture) - 2 * LABEL_ROW);

	if (room > picture->bottom - picture->top)
		picture_stretch(picture, room);
}

void picture_place(struct picture *picture)
{
	double at[PICTURE_NAMES_MAX], height[PICTURE_NAMES_MAX] = { 0 };

	for (size_t i = 0; i < picture->labels_count; i++) {
		at[i] = picture->labels[i].end_y;
		height[i] = picture->labels[i].height;
	}
	picture_spread_labels(at, height, picture->labels_count, picture->top - LABEL_ROW, picture->bottom + LABEL_ROW);
	for (size_t i = 0; i < picture->labels_count; i++)
		picture->labels[i].y = at[i];
}

void picture_key(struct picture *picture, const char *kind, const char *text)
{
	double x = MARGIN, y = KEY_Y;

	if (picture->keys_count == PICTURE_KEYS_MAX)
		return;
	size_t at = picture->keys_count++;
	double width = KEY_GLYPH + typeset_width(text, KEY_SIZE);
	if (at) {
		x = picture->key_x[at - 1] + KEY_GLYPH + typeset_width(picture->keys[at - 1], KEY_SIZE) + KEY_GAP;
		y = picture->key_y[at - 1];
	}
	if (at && x + width > picture->width - MARGIN) {
		x = MARGIN;
		y += KEY_LINE;
	}
	picture->key_kinds[at] = kind;
	picture->key_x[at] = x;
	picture->key_y[at] = y;
	picture->top = y + AXIS_GAP;
	snprintf(picture->keys[at], sizeof picture->keys[at], "%s", text);
}

/* Notes: where, when and how it was measured. */

void picture_note(struct picture *picture, const char *text)
{
	char plain[2500], lines[NOTE_LINES][TYPESET_LINE];
	size_t count = typeset_lines(lines, NOTE_LINES, text_plain(plain, sizeof plain, text), NOTE_SIZE,
				     picture->width - 2 * MARGIN);

	for (size_t i = 0; i < count && picture->notes_count < PICTURE_NOTES_MAX; i++) {
		memcpy(picture->notes[picture->notes_count++], lines[i], TYPESET_LINE);
		picture->bottom -= NOTE_ROW;
	}
}

bool picture_list_add(const struct picture *picture, char *text, size_t room, const char *separator, const char *item)
{
	char longer[2500], lines[NOTE_LINES + 1][TYPESET_LINE];
	size_t used = strlen(text);

	if (used + strlen(separator) + strlen(item) + 1 > room)
		return false;
	snprintf(longer, sizeof longer, "%s%s%s, and 99 more", text, separator, item);
	if (typeset_lines(lines, NOTE_LINES + 1, longer, NOTE_SIZE, picture->width - 2 * MARGIN) > NOTE_LINES)
		return false;
	picture_add(text, room, separator, "%s", item);
	return true;
}

void picture_note_host(struct picture *picture)
{
	const struct document *doc = picture->doc;
	char text[1024] = "";

	if (*doc->host.cpu_model)
		picture_add(text, sizeof text, ", ", "%s", doc->host.cpu_model);
	if (doc->host.cores)
		picture_add(text, sizeof text, ", ", "%llu %s", (unsigned long long)doc->host.cores,
			    doc->host.cores == 1 ? "core" : "cores");
	if (*doc->host.kernel)
		picture_add(text, sizeof text, " · ", "%s", doc->host.kernel);
	if (*doc->host.date)
		picture_add(text, sizeof text, " · ", "%s", doc->host.date);
	picture_add(text, sizeof text, " · ", "benchctl %s", doc->benchctl ? doc->benchctl : "of an unknown version");
	if (doc->interrupted)
		picture_add(text, sizeof text, " · ", "interrupted: not all cells were measured");
	picture_note(picture, text);
}

static const char *option_set(const struct document *doc, const char *name)
{
	const char *value = document_option(doc, name);

	return value && *value && strcmp(value, "0") != 0 ? value : NULL;
}

void picture_note_protocol(struct picture *picture, uint64_t backlog, size_t blocks)
{
	const struct document *doc = picture->doc;
	const char *requests = option_set(doc, "requests"), *duration = option_set(doc, "duration");
	char text[1024] = "", shown[UNITS_TEXT];

	picture_add(text, sizeof text, "", "%s mode, client %s", picture->mode, summary_client(doc));
	if (option_set(doc, "preset"))
		picture_add(text, sizeof text, " · ", "preset %s", option_set(doc, "preset"));
	if (requests)
		picture_add(text, sizeof text, " · ", "%s requests a cell", requests);
	else if (duration)
		picture_add(text, sizeof text, " · ", "window at least %s", duration);
	if (blocks > 1)
		picture_add(text, sizeof text, " · ", "median of %zu blocks, each server launched anew in each",
			    blocks);
	else
		picture_add(text, sizeof text, " · ", "1 block");
	if (backlog)
		picture_add(text, sizeof text, " · ", "listen backlog %s", units_show_count(shown, backlog));
	if (doc->client_cpus && *doc->client_cpus && doc->server_cpus && *doc->server_cpus)
		picture_add(text, sizeof text, " · ", "client on CPU %s, servers on CPU %s", doc->client_cpus,
			    doc->server_cpus);
	picture_note(picture, text);
}

/* A version says of what it is, as in `tornado 6.2 on Python 3.11`, or is only a number. */
static bool is_only_number(const char *version)
{
	return isdigit((unsigned char)version[*version == 'v']);
}

void picture_version(char *out, const struct document *doc, const char *server, const char *name)
{
	const struct document_server *found = document_server(doc, server);
	const char *version = found && found->version ? found->version : "";

	if (is_only_number(version))
		snprintf(out, PICTURE_TEXT, "%.60s" PICTURE_NO_BREAK "%.60s", name, version);
	else
		snprintf(out, PICTURE_TEXT, "%.60s", version);
}

void picture_message(struct picture *picture, const char *text)
{
	char plain[2048];

	if (picture->message_count < PICTURE_MESSAGE)
		typeset_lines(&picture->message[picture->message_count++], 1, text_plain(plain, sizeof plain, text),
			      NAME_SIZE, picture->right - LEFT - 40);
}

/* The head of the script. */

void picture_put_text(FILE *out, const char *name, const char *text)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "%s = %s\n", name, picture_quote(quoted, sizeof quoted, text));
}

void picture_put_number(FILE *out, const char *name, double number)
{
	fprintf(out, "%s = %.12g\n", name, number);
}

/* Arrays of gnuplot count from 1 and are never empty: one without elements gets one that is not used. */
void picture_array_open(FILE *out, const char *name, size_t count)
{
	fprintf(out, "array %s[%zu] = [", name, count ? count : 1);
	if (!count)
		fputs("0", out);
}

void picture_array_text(FILE *out, size_t i, const char *text)
{
	char quoted[4 * TYPESET_LINE + 8];

	fprintf(out, "%s%s", i ? ", " : "", picture_quote(quoted, sizeof quoted, text));
}

void picture_array_number(FILE *out, size_t i, double number)
{
	/* With a point, so that the template divides numbers and not integers. */
	fprintf(out, "%s%.2f", i ? ", " : "", number);
}

void picture_array_close(FILE *out)
{
	fputs("]\n", out);
}

static void put_palette(FILE *out, const struct palette *palette)
{
	picture_put_text(out, "BACKGROUND", palette->background);
	picture_put_text(out, "INK", palette->ink);
	picture_put_text(out, "MUTED", palette->muted);
	picture_put_text(out, "GRID", palette->grid);
	picture_put_text(out, "CEILING", palette->ceiling);
	picture_put_text(out, "CONTEXT", palette->context);
	picture_put_text(out, "ERROR", palette->error);
}

/* An array of one field of the labels. */
static void put_label_numbers(FILE *out, const struct picture *picture, const char *name, size_t offset)
{
	picture_array_open(out, name, picture->labels_count);
	for (size_t i = 0; i < picture->labels_count; i++) {
		double number;
		memcpy(&number, (const char *)&picture->labels[i] + offset, sizeof number);
		picture_array_number(out, i, isnan(number) ? -1 : number);
	}
	picture_array_close(out);
}

/* The mark and the leader of each label; its lines are texts. */
static void put_labels(FILE *out, const struct picture *picture, const struct palette *palette)
{
	size_t count = picture->labels_count;

	picture_put_number(out, "LABELS", (double)count);
	picture_array_open(out, "LABEL_COLOUR", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i,
				   picture->labels[i].is_control ? palette->ceiling
								 : palette->servers[picture->labels[i].style.colour]);
	picture_array_close(out);
	picture_array_open(out, "LABEL_MARK", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%d", i ? ", " : "",
			picture->labels[i].is_control ? -1 : (int)picture->labels[i].style.mark);
	picture_array_close(out);
	put_label_numbers(out, picture, "LABEL_Y", offsetof(struct picture_label, y));
	put_label_numbers(out, picture, "END_X", offsetof(struct picture_label, end_x));
	put_label_numbers(out, picture, "END_Y", offsetof(struct picture_label, end_y));
	picture_put_number(out, "LABEL_X", picture->right + LABEL_GAP);
}

static void put_keys(FILE *out, const struct picture *picture)
{
	size_t count = picture->keys_count;

	picture_put_number(out, "KEYS", (double)count);
	picture_array_open(out, "KEY_KIND", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, picture->key_kinds[i]);
	picture_array_close(out);
	picture_array_open(out, "KEY_X", count);
	for (size_t i = 0; i < count; i++)
		picture_array_number(out, i, picture->key_x[i]);
	picture_array_close(out);
	picture_array_open(out, "KEY_Y", count);
	for (size_t i = 0; i < count; i++)
		picture_array_number(out, i, picture->key_y[i]);
	picture_array_close(out);
}

/* All that a picture says becomes texts at places. */
static void compose(struct picture *picture)
{
	picture_text(picture, picture->title, MARGIN, TITLE_Y, TITLE_SIZE)->is_bold = true;
	picture_text(picture, picture->subtitle, MARGIN, SUBTITLE_Y, SUBTITLE_SIZE)->is_muted = true;
	for (size_t i = 0; i < picture->labels_count; i++) {
		const struct picture_label *label = &picture->labels[i];
		double x = picture->right + LABEL_GAP + LABEL_TEXT;
		double y = label->y - (label->height - LABEL_SPACE) / 2 + LABEL_ROW / 2;
		for (size_t line = 0; line < label->count; line++, y += LABEL_ROW)
			picture_text(picture, label->lines[line], x, y, NAME_SIZE)->is_muted = label->is_control;
		if (*label->detail)
			picture_text(picture, label->detail, x, y, DETAIL_SIZE)->is_muted = true;
	}
	for (size_t i = 0; i < picture->keys_count; i++)
		picture_text(picture, picture->keys[i], picture->key_x[i] + KEY_GLYPH, picture->key_y[i], KEY_SIZE);
	for (size_t i = 0; i < picture->notes_count; i++)
		picture_text(picture, picture->notes[i], MARGIN,
			     picture->height - 18 - NOTE_ROW * (double)(picture->notes_count - 1 - i), NOTE_SIZE)
			->is_muted = true;
	double middle = (picture->top + picture->bottom) / 2 - MESSAGE_ROW * (double)picture->message_count / 2;
	for (size_t i = 0; i < picture->message_count; i++)
		picture_text(picture, picture->message[i], LEFT + 20,
			     middle + MESSAGE_ROW * ((double)i - (i ? 0 : 0.5)), i ? NAME_SIZE : MESSAGE_SIZE)
			->is_muted = i > 0;
}

static void put_text_numbers(FILE *out, const struct picture *picture, const char *name, size_t offset)
{
	picture_array_open(out, name, picture->texts_count);
	for (size_t i = 0; i < picture->texts_count; i++) {
		double number;
		memcpy(&number, (const char *)&picture->texts[i] + offset, sizeof number);
		picture_array_number(out, i, number);
	}
	picture_array_close(out);
}

static void put_texts(FILE *out, const struct picture *picture, const struct palette *palette)
{
	size_t count = picture->texts_count;

	picture_put_number(out, "TEXTS", (double)count);
	picture_array_open(out, "TEXT", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, picture->texts[i].text);
	picture_array_close(out);
	put_text_numbers(out, picture, "TEXT_X", offsetof(struct picture_text, x));
	put_text_numbers(out, picture, "TEXT_Y", offsetof(struct picture_text, y));
	picture_array_open(out, "TEXT_FONT", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%sFONT.'%s,%.1f'", i ? ", " : "", picture->texts[i].is_bold ? ":Bold" : "",
			picture->texts[i].size);
	picture_array_close(out);
	picture_array_open(out, "TEXT_COLOUR", count);
	for (size_t i = 0; i < count; i++)
		picture_array_text(out, i, picture->texts[i].is_muted ? palette->muted : palette->ink);
	picture_array_close(out);
	picture_array_open(out, "TEXT_ALIGN", count);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%d", i ? ", " : "", (int)picture->texts[i].align);
	picture_array_close(out);
}

static void head_write(FILE *out, const struct picture *picture, const struct picture_parts *parts,
		       const struct palette *palette)
{
	char script[PICTURE_SCRIPT];

	fprintf(out, "# Draw again: gnuplot %s\n\nreset\n", picture_script(script, picture, palette));
	fprintf(out, "NAME = '%s%s'\nDATA = '%s.dat'\n", picture->stem, palette->suffix, picture->stem);
	fprintf(out, "TERMINALS = '%s'\n", picture->has_svg ? "svg png" : "png");
	fprintf(out, "WIDTH = %.1f\nHEIGHT = %.1f\nPNG_SCALE = %.2f\n", picture->width, picture->height,
		picture->png_scale);
	fputs("FONT = 'DejaVu Sans'\nX(pixel) = pixel / WIDTH\nY(pixel) = 1 - pixel / HEIGHT\n", out);
	put_palette(out, palette);
	parts->put_head(out, palette, parts->context);
	put_labels(out, picture, palette);
	put_keys(out, picture);
	put_texts(out, picture, palette);
	fputc('\n', out);
}

/* Files. */

char *picture_template(const char *folder, const char *name, struct err *err)
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

/* The path of one of its files. Returns 0, or -1 with err set where it is too long. */
static int path_of(char *path, size_t room, struct err *err, const char *folder, const struct picture *picture,
		   const char *suffix, const char *ending)
{
	int bytes = snprintf(path, room, "%s/%s%s.%s", folder, picture->stem, suffix, ending);

	return bytes < 0 || (size_t)bytes >= room ? err_set(err, "the path of folder %.200s is too long", folder) : 0;
}

char *picture_script(char *out, const struct picture *picture, const struct palette *palette)
{
	snprintf(out, PICTURE_SCRIPT, "%s%s.gp", picture->stem, palette->suffix);
	return out;
}

int picture_write(struct picture *picture, const struct picture_parts *parts, const char *folder, const char *template,
		  struct err *err)
{
	char path[4096];

	compose(picture);
	if (picture->failed)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < PALETTES; i++) {
		if (path_of(path, sizeof path, err, folder, picture, palettes[i].suffix, "gp"))
			return -1;
		FILE *script = file_create(path, err);
		if (!script)
			return -1;
		head_write(script, picture, parts, &palettes[i]);
		fputs(template, script);
		if (file_close(script, path, err))
			return -1;
	}
	if (path_of(path, sizeof path, err, folder, picture, "", "dat"))
		return -1;
	FILE *data = file_create(path, err);
	if (!data)
		return -1;
	parts->put_points(data, parts->context);
	return file_close(data, path, err);
}

/*
 * What gnuplot's SVG lacks: fonts to fall back on, bold ones, crosses that can be seen, names of its own for parts, so
 * that several can stand in one page; its titles of plots go.
 */
static const struct svg_change {
	const char *begin, *end; /* all between them is replaced too */
	const char *by;
	const char *after; /* behind that, with the picture's stem between them; or NULL */
} svg_changes[] = {
	{ "font-family=\"DejaVu Sans:Bold", "\"",
	  "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\" font-weight=\"bold\"", NULL },
	{ "font-family=\"DejaVu Sans", "\"", "font-family=\"DejaVu Sans, Arial, Helvetica, sans-serif\"", NULL },
	{ "id='gpPt1' stroke-width='", "'", "stroke-width='0.4' id='gpPt-", "1'" },
	{ "id='gpPt", "", "id='gpPt-", "" },
	{ "id=\"gnuplot_", "", "id=\"gnuplot-", "-" },
	{ "xlink:href='#gpPt", "", "xlink:href='#gpPt-", "" },
	{ "<title>gnuplot_plot_", "</title>", "", NULL },
	{ "]]>", "", "]]&gt;", NULL }, /* not allowed in XML, and gnuplot escapes no > */
};

/* The end of a group without anything in it, of which gnuplot writes thousands; NULL: it is none. */
static const char *svg_empty_group(const char *svg)
{
	static const char begin[] = "<g fill=\"none\"", end[] = ">\n</g>\n";
	const char *behind = strncmp(svg, begin, strlen(begin)) == 0 ? strchr(svg, '>') : NULL;

	return behind && strncmp(behind, end, strlen(end)) == 0 ? behind + strlen(end) : NULL;
}

static void svg_copy(const char *svg, const char *stem, FILE *out)
{
	while (*svg) {
		const struct svg_change *change = NULL;
		const char *end = svg_empty_group(svg);
		if (end) {
			svg = end;
			continue;
		}
		for (size_t i = 0; i < sizeof svg_changes / sizeof *svg_changes && !change; i++) {
			size_t bytes = strlen(svg_changes[i].begin);
			if (strncmp(svg, svg_changes[i].begin, bytes) == 0 &&
			    (end = strstr(svg + bytes, svg_changes[i].end)))
				change = &svg_changes[i];
		}
		if (change) {
			fprintf(out, "%s%s%s", change->by, change->after ? stem : "",
				change->after ? change->after : "");
			svg = end + strlen(change->end);
		} else {
			fputc(*svg++, out);
		}
	}
}

int picture_describe_svg(const char *path, const char *stem, const char *name, const char *description, struct err *err)
{
	char escaped[2][6 * PICTURE_DESCRIPTION];
	struct file_replacement file;
	char *svg = file_read(path, err);
	if (!svg)
		return -1;
	char *root = strstr(svg, "<svg"), *begin = root ? strstr(root, "<title>") : NULL, *end = strstr(svg, "</desc>");
	int result = -1;
	if (!begin || !end || end < begin) {
		err_set(err, "%s: gnuplot wrote no SVG that can be described", path);
		goto out;
	}
	if (file_replace(&file, path, err))
		goto out;
	*begin = 0;
	root += strlen("<svg");
	fprintf(file.out, "%.*s role=\"img\" aria-labelledby=\"%s-title %s-desc\"", (int)(root - svg), svg, stem, stem);
	svg_copy(root, stem, file.out);
	fprintf(file.out, "<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>", stem,
		picture_escape_xml(escaped[0], sizeof escaped[0], name), stem,
		picture_escape_xml(escaped[1], sizeof escaped[1], description));
	svg_copy(end + strlen("</desc>"), stem, file.out);
	result = file_replaced(&file, 0, err);
out:
	free(svg);
	return result;
}

/* Gives the SVG that gnuplot wrote a title and a description of its own. */
static int svg_finish(const struct picture *picture, const char *suffix, const char *folder, struct err *err)
{
	char path[4096], stem[PICTURE_SCRIPT];

	snprintf(stem, sizeof stem, "%s%s", picture->stem, suffix);
	if (path_of(path, sizeof path, err, folder, picture, suffix, "svg"))
		return -1;
	return picture_describe_svg(path, stem, picture->name, picture->description, err);
}

int picture_finish(const struct picture *picture, const char *folder, struct err *err)
{
	for (size_t i = 0; i < PALETTES && picture->has_svg; i++)
		if (svg_finish(picture, palettes[i].suffix, folder, err))
			return -1;
	return 0;
}
