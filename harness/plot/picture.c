#include "harness/plot/picture.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/file.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/plot/gnuplot.h"
#include "harness/plot/gnuplot_svg.h"
#include "harness/plot/script.h"

#define LEFT        PICTURE_LEFT
#define MARGIN      PICTURE_MARGIN
#define TITLE_Y     34.0
#define SUBTITLE_Y  60.0
#define KEY_Y       88.0
#define KEY_LINE    20.0
#define KEY_GLYPH   30.0  /* from a key's glyph to its text */
#define KEY_GAP     26.0  /* after it */
#define AXIS_GAP    46.0  /* from the keys to the axes: the title of the y axis stands here */
#define TICS_HEIGHT 66.0  /* from the axes to the notes */
#define LABEL_GAP   26.0  /* from the axes to the marks of the names */
#define LABEL_TEXT  14.0  /* from a mark to its name */
#define LABEL_WIDTH 270.0 /* maximum of a name */
#define LABEL_ROW   16.0
#define LABEL_SPACE 4.0
#define NOTE_ROW    16.0
#define NOTE_LINES  3
#define MESSAGE_ROW 20.0
#define ROOM_MIN    380.0 /* of the height of a panel that has the full width */

/* Font sizes. */
#define TITLE_SIZE    PICTURE_TITLE_SIZE
#define SUBTITLE_SIZE 13.5
#define NAME_SIZE     PICTURE_NAME_SIZE
#define DETAIL_SIZE   PICTURE_DETAIL_SIZE
#define KEY_SIZE      12.0
#define NOTE_SIZE     11.0
#define MESSAGE_SIZE  16.0

/*
 * Pool-adjacent-violators: shifted by the heights above them, labels must only not decrease; neighbours that would
 * overlap form a group, which is placed at the mean of what its members want.
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

void picture_size(struct picture *picture, double width, double height)
{
	picture->width = width;
	picture->height = height;
	picture->right = width - MARGIN;
	picture->top = SUBTITLE_Y + AXIS_GAP;
	picture->bottom = height - 20 - TICS_HEIGHT + NOTE_ROW / 2;
}

void picture_init(struct picture *picture)
{
	*picture = (struct picture){ .png_scale = 2, .has_svg = true, .has_png = true, .has_dark = true };
	picture_size(picture, PICTURE_WIDTH, PICTURE_HEIGHT);
}

void picture_release(struct picture *picture)
{
	free(picture->texts);
	picture->texts = NULL;
}

struct picture_text *picture_text(struct picture *picture, const char *text, double x, double y, double size)
{
	if (picture->texts_count == picture->texts_room) {
		size_t room = picture->texts_room * 2 + 64;
		struct picture_text *more = realloc(picture->texts, room * sizeof *more);
		if (!more) {
			picture->failed = true;
			return &picture->lost;
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
	double room = fmax(ROOM_MIN, picture_labels_height(picture) - 2 * LABEL_ROW);

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
	struct picture_key *key = &picture->keys[picture->keys_count++];
	double width = KEY_GLYPH + typeset_width(text, KEY_SIZE);
	if (key > picture->keys) {
		x = key[-1].x + KEY_GLYPH + typeset_width(key[-1].text, KEY_SIZE) + KEY_GAP;
		y = key[-1].y;
	}
	if (key > picture->keys && x + width > picture->width - MARGIN) {
		x = MARGIN;
		y += KEY_LINE;
	}
	key->kind = kind;
	key->x = x;
	key->y = y;
	picture->top = y + AXIS_GAP;
	snprintf(key->text, sizeof key->text, "%s", text);
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

void picture_note_protocol(struct picture *picture, const char *client, uint64_t backlog, size_t blocks)
{
	const struct document *doc = picture->doc;
	const char *requests = option_set(doc, "requests"), *duration = option_set(doc, "duration");
	char text[1024] = "", shown[UNITS_TEXT];

	picture_add(text, sizeof text, "", "%s mode, client %s", picture->mode, client);
	if (option_set(doc, "preset"))
		picture_add(text, sizeof text, " · ", "preset %s", option_set(doc, "preset"));
	if (requests)
		picture_add(text, sizeof text, " · ", "%s requests a cell", requests);
	else if (duration)
		picture_add(text, sizeof text, " · ", "window at least %s", duration);
	if (blocks > 1)
		picture_add(text, sizeof text, " · ", "median of %zu launches of each server", blocks);
	else
		picture_add(text, sizeof text, " · ", "1 launch");
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

/* The mark and the leader of each label, or the control server's line; its name is among the texts. */

static void put_label_colour(FILE *out, const void *label, const struct palette *palette)
{
	const struct picture_label *of = label;

	script_put_text(out, of->is_control ? palette->control : palette->servers[of->style.colour], palette);
}

static void put_label_mark(FILE *out, const void *label, const struct palette *palette)
{
	const struct picture_label *of = label;

	(void)palette;
	fprintf(out, "%d", of->is_control ? -1 : (int)of->style.mark);
}

static const struct script_array label_arrays[] = {
	{ "LABEL_COLOUR", 0, put_label_colour },
	{ "LABEL_MARK", 0, put_label_mark },
	{ "LABEL_Y", offsetof(struct picture_label, y), script_put_number },
	{ "END_X", offsetof(struct picture_label, end_x), script_put_number },
	{ "END_Y", offsetof(struct picture_label, end_y), script_put_number },
	{ NULL, 0, NULL },
};

static void put_key_kind(FILE *out, const void *key, const struct palette *palette)
{
	script_put_text(out, ((const struct picture_key *)key)->kind, palette);
}

static const struct script_array key_arrays[] = {
	{ "KEY_KIND", 0, put_key_kind },
	{ "KEY_X", offsetof(struct picture_key, x), script_put_number },
	{ "KEY_Y", offsetof(struct picture_key, y), script_put_number },
	{ NULL, 0, NULL },
};

static void put_text_font(FILE *out, const void *text, const struct palette *palette)
{
	const struct picture_text *of = text;

	(void)palette;
	fprintf(out, "FONT.'%s,%.1f'", of->is_bold ? ":Bold" : "", of->size);
}

static void put_text_colour(FILE *out, const void *text, const struct palette *palette)
{
	script_put_text(out, ((const struct picture_text *)text)->is_muted ? palette->muted : palette->ink, palette);
}

static const struct script_array text_arrays[] = {
	{ "TEXT", offsetof(struct picture_text, text), script_put_text },
	{ "TEXT_X", offsetof(struct picture_text, x), script_put_number },
	{ "TEXT_Y", offsetof(struct picture_text, y), script_put_number },
	{ "TEXT_FONT", 0, put_text_font },
	{ "TEXT_COLOUR", 0, put_text_colour },
	{ "TEXT_ALIGN", offsetof(struct picture_text, align), script_put_integer },
	{ NULL, 0, NULL },
};

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
		picture_text(picture, picture->keys[i].text, picture->keys[i].x + KEY_GLYPH, picture->keys[i].y,
			     KEY_SIZE);
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

static void head_write(FILE *out, const struct picture *picture, const struct picture_parts *parts,
		       const struct palette *palette)
{
	fprintf(out, "# Draw again: gnuplot %s%s.gp\n\nreset\n", picture->stem, palette->suffix);
	fprintf(out, "NAME = '%s%s'\nDATA = '%s.dat'\n", picture->stem, palette->suffix, picture->stem);
	fprintf(out, "TERMINALS = '%s%s%s'\n", picture->has_svg ? "svg " : "", picture->has_png ? "png " : "",
		picture->has_pdf ? "pdf " : "");
	fprintf(out, "WIDTH = %.1f\nHEIGHT = %.1f\nPNG_SCALE = %.2f\n", picture->width, picture->height,
		picture->png_scale);
	fputs("FONT = 'DejaVu Sans'\nX(pixel) = pixel / WIDTH\nY(pixel) = 1 - pixel / HEIGHT\n", out);
	script_text(out, "BACKGROUND", palette->background);
	script_text(out, "INK", palette->ink);
	script_text(out, "MUTED", palette->muted);
	script_text(out, "GRID", palette->grid);
	script_text(out, "CONTROL", palette->control);
	script_text(out, "CONTEXT", palette->context);
	script_text(out, "ERROR", palette->error);
	parts->put_head(out, palette, parts->context);
	script_number(out, "LABELS", (double)picture->labels_count);
	script_arrays(out, label_arrays, picture->labels, picture->labels_count, sizeof *picture->labels, palette);
	script_number(out, "LABEL_X", picture->right + LABEL_GAP);
	script_number(out, "KEYS", (double)picture->keys_count);
	script_arrays(out, key_arrays, picture->keys, picture->keys_count, sizeof *picture->keys, palette);
	script_number(out, "TEXTS", (double)picture->texts_count);
	script_arrays(out, text_arrays, picture->texts, picture->texts_count, sizeof *picture->texts, palette);
	fputc('\n', out);
}

/* Files. */

#define PATH_BYTES 4096

/* The path of one of its files. Returns 0, or -1 with err set. */
static int path_of(char path[PATH_BYTES], const char *folder, const struct picture *picture, const char *suffix,
		   const char *ending, struct err *err)
{
	int bytes = snprintf(path, PATH_BYTES, "%s/%s%s.%s", folder, picture->stem, suffix, ending);

	return bytes >= PATH_BYTES ? err_set(err, "the path of folder %.200s is too long", folder) : 0;
}

/* How many palettes it is drawn with; the light one is the first. */
static size_t palettes_of(const struct picture *picture)
{
	return picture->has_dark ? PALETTES : 1;
}

int picture_write(struct picture *picture, const struct picture_parts *parts, const char *folder, const char *template,
		  struct err *err)
{
	char path[PATH_BYTES];
	FILE *file;

	compose(picture);
	if (picture->failed)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < palettes_of(picture); i++) {
		if (path_of(path, folder, picture, palettes[i].suffix, "gp", err) || !(file = file_create(path, err)))
			return -1;
		head_write(file, picture, parts, &palettes[i]);
		fputs(template, file);
		if (file_close(file, path, err))
			return -1;
	}
	if (path_of(path, folder, picture, "", "dat", err) || !(file = file_create(path, err)))
		return -1;
	parts->put_points(file, parts->context);
	return file_close(file, path, err);
}

static int svg_finish(const struct picture *picture, const char *suffix, const char *folder, const char *to,
		      struct err *err)
{
	char from[PATH_BYTES], path[PATH_BYTES], stem[PICTURE_STEM + 16];

	snprintf(stem, sizeof stem, "%s%s", picture->stem, suffix);
	if (path_of(from, folder, picture, suffix, "svg", err) || path_of(path, to, picture, suffix, "svg", err))
		return -1;
	return gnuplot_svg_finish(from, path, stem, picture->name, picture->description, err);
}

int picture_draw(const struct picture *pictures, size_t count, const char *folder, const char *to,
		 const volatile sig_atomic_t *stop, struct err *err)
{
	char(*names)[PICTURE_STEM + 16] = calloc(count * PALETTES + 1, sizeof *names);
	const char **scripts = calloc(count * PALETTES + 1, sizeof *scripts);
	int result = -1;

	if (!names || !scripts) {
		err_set(err, "out of memory");
		goto out;
	}
	size_t drawn = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < palettes_of(&pictures[i]); j++) {
			snprintf(names[drawn], sizeof *names, "%s%s.gp", pictures[i].stem, palettes[j].suffix);
			scripts[drawn] = names[drawn];
			drawn++;
		}
	if (!count || !gnuplot_run(folder, scripts, stop, err))
		result = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < palettes_of(&pictures[i]) && !result && pictures[i].has_svg; j++)
			result = svg_finish(&pictures[i], palettes[j].suffix, folder, to, err);
out:
	free(names);
	free(scripts);
	return result;
}
