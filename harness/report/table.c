#include "harness/report/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/ceiling.h"
#include "harness/analysis/figures_2010.h"
#include "harness/analysis/summary.h"
#include "harness/config/settings.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/report/mark.h"
#include "harness/text/text_table.h"

#define PRESET_2010 "2010"

/* The data of the table: all figures of all rows. */
struct rows {
	const struct document *doc;
	const char **servers; /* NULL-terminated */
	const char **modes;   /* NULL-terminated */
	size_t servers_count, modes_count;
	uint64_t level;             /* 0: no level was measured */
	struct summary *parallel;   /* of servers x modes */
	struct summary *sequential; /* of servers */
	double *memory;             /* by server: bytes per connection, NAN where unknown */
	bool with_2010;
	bool has_ceiling; /* in no mode is a server faster than the control server */
};

static size_t names_count(const char **names)
{
	size_t count = 0;

	while (names[count])
		count++;
	return count;
}

static const struct summary *parallel_of(const struct rows *rows, size_t server, size_t mode)
{
	return &rows->parallel[server * rows->modes_count + mode];
}

static bool is_crowd(const struct rows *rows, size_t mode)
{
	return strcmp(rows->modes[mode], load_mode_names[LOAD_CROWD]) == 0;
}

static int level_choose(struct rows *rows, uint64_t at_level, struct err *err)
{
	uint64_t *levels;
	size_t count;

	if (summary_levels(rows->doc, NULL, &levels, &count, err))
		return -1;
	rows->level = summary_nearest(levels, count, at_level ? at_level : FIGURES_2010_LEVEL);
	free(levels);
	if (!at_level || rows->level == at_level)
		return 0;
	if (!rows->level)
		return err_set(err, "level %llu was not measured, nor any other", (unsigned long long)at_level);
	return err_set(err, "level %llu was not measured: the nearest is %llu", (unsigned long long)at_level,
		       (unsigned long long)rows->level);
}

static int rows_fill(struct rows *rows, uint64_t at_level, struct err *err)
{
	if (!(rows->servers = summary_servers(rows->doc, err)) || !(rows->modes = summary_modes(rows->doc, err)))
		return -1;
	rows->servers_count = names_count(rows->servers);
	rows->modes_count = names_count(rows->modes);
	rows->has_ceiling = true;
	for (size_t i = 0; i < rows->modes_count; i++)
		rows->has_ceiling = rows->has_ceiling && ceiling_holds(rows->doc, rows->modes[i], 0);
	rows->parallel = calloc(rows->servers_count * rows->modes_count + 1, sizeof *rows->parallel);
	rows->sequential = calloc(rows->servers_count + 1, sizeof *rows->sequential);
	rows->memory = calloc(rows->servers_count + 1, sizeof *rows->memory);
	if (!rows->parallel || !rows->sequential || !rows->memory)
		return err_set(err, "out of memory");
	if (level_choose(rows, at_level, err))
		return -1;
	const char *preset = document_option(rows->doc, "preset");
	rows->with_2010 = preset && strcmp(preset, PRESET_2010) == 0;
	for (size_t i = 0; i < rows->servers_count; i++) {
		if (summary_of(&rows->sequential[i], rows->doc, rows->servers[i], SUMMARY_SEQUENTIAL, NULL, 1, err) ||
		    summary_memory(&rows->memory[i], rows->doc, rows->servers[i], err))
			return -1;
		for (size_t mode = 0; mode < rows->modes_count; mode++)
			if (summary_of(&rows->parallel[i * rows->modes_count + mode], rows->doc, rows->servers[i],
				       summary_client(rows->doc), rows->modes[mode], rows->level, err))
				return -1;
	}
	return 0;
}

static void rows_release(struct rows *rows)
{
	free(rows->servers);
	free(rows->modes);
	free(rows->parallel);
	free(rows->sequential);
	free(rows->memory);
}

static const char *version_of(const struct rows *rows, size_t row)
{
	const struct document_server *server = document_server(rows->doc, rows->servers[row]);

	return server ? server->version : NULL;
}

/* Text and Markdown: a table of texts, of which each column is as wide as its widest. */

#define TEXT_MAX      TEXT_TABLE_TEXT
#define VERSION_WIDTH 32

static bool any_version(const struct rows *rows, size_t mode)
{
	(void)mode;
	for (size_t i = 0; i < rows->servers_count; i++)
		if (version_of(rows, i))
			return true;
	return false;
}

static bool any_open_differs(const struct rows *rows, size_t mode)
{
	for (size_t i = 0; i < rows->servers_count; i++)
		if (summary_open_differs(parallel_of(rows, i, mode)))
			return true;
	return false;
}

/* Whether connections waited to be accepted, where that tells more than the level. */
static bool any_queue(const struct rows *rows, size_t mode)
{
	for (size_t i = 0; i < rows->servers_count; i++)
		if (summary_open_differs(parallel_of(rows, i, mode)) && parallel_of(rows, i, mode)->queue_mean >= 1)
			return true;
	return false;
}

static bool any_memory(const struct rows *rows, size_t mode)
{
	(void)mode;
	for (size_t i = 0; i < rows->servers_count; i++)
		if (!isnan(rows->memory[i]))
			return true;
	return false;
}

static bool is_with_2010(const struct rows *rows, size_t mode)
{
	(void)mode;
	return rows->with_2010;
}

/* A rate with its marks, or why there is none. */
static void rate_item(struct text_table_item *item, const struct summary *summary)
{
	if (!summary->cells)
		return;
	if (!summary->used) {
		strcpy(item->text, "failed");
		return;
	}
	snprintf(item->text, sizeof item->text, "%.2f", summary->rate_rps);
	mark_of(item->mark, summary);
}

static void number_item(struct text_table_item *item, int decimals, double number)
{
	if (!isnan(number))
		snprintf(item->text, sizeof item->text, "%.*f", decimals, number);
}

/* What an item is of. */
struct spot {
	const struct rows *rows;
	size_t row, mode;
	const struct summary *parallel;
	const struct figures_2010 *old; /* NULL: the server was not among those of 2010 */
};

static void name_fill(const struct spot *at, struct text_table_item *item)
{
	const char *name = at->rows->servers[at->row];

	text_plain(item->text, sizeof item->text, name);
	if (at->rows->has_ceiling && strcmp(name, CONTROL_SERVER) == 0)
		strcpy(item->text, CEILING_NAME);
	else if (document_is_revival(at->rows->doc, name))
		strncat(item->text, " (revival)", sizeof item->text - strlen(item->text) - 1);
}

static void version_fill(const struct spot *at, struct text_table_item *item)
{
	if (version_of(at->rows, at->row))
		text_plain(item->text, sizeof item->text, version_of(at->rows, at->row));
	if (text_width(item->text) > VERSION_WIDTH)
		strcpy(item->text + text_bytes(item->text, VERSION_WIDTH - 1), "…");
}

static void parallel_fill(const struct spot *at, struct text_table_item *item)
{
	rate_item(item, at->parallel);
}

static void sequential_fill(const struct spot *at, struct text_table_item *item)
{
	rate_item(item, &at->rows->sequential[at->row]);
}

static void old_parallel_fill(const struct spot *at, struct text_table_item *item)
{
	number_item(item, 2, at->old ? at->old->parallel_rps : NAN);
}

static void old_sequential_fill(const struct spot *at, struct text_table_item *item)
{
	number_item(item, 2, at->old ? at->old->sequential_rps : NAN);
}

static void cpu_fill(const struct spot *at, struct text_table_item *item)
{
	number_item(item, 1, at->parallel->server_cpu_us_per_request);
}

static void memory_fill(const struct spot *at, struct text_table_item *item)
{
	double bytes = at->rows->memory[at->row];

	/* Rounded first, so that noise below nothing is no "-0.0". */
	if (!isnan(bytes))
		snprintf(item->text, sizeof item->text, "%.1f KiB", round(bytes / 1024 * 10) / 10 + 0.0);
}

static void open_fill(const struct spot *at, struct text_table_item *item)
{
	number_item(item, 0, at->parallel->open_mean);
}

/* Connections that the server had not accepted: the mean, and the maximum. */
static void queue_fill(const struct spot *at, struct text_table_item *item)
{
	if (!isnan(at->parallel->queue_mean))
		snprintf(item->text, sizeof item->text, "%.0f (%.0f)", at->parallel->queue_mean,
			 at->parallel->queue_max);
}

static const struct column {
	const char *heading;
	void (*fill)(const struct spot *at, struct text_table_item *item);
	bool (*is_shown)(const struct rows *rows, size_t mode); /* NULL: always */
	bool of_mode;                                           /* there is one for each mode */
	bool has_level;                                         /* the heading says at which */
	bool is_left;
} columns[] = {
	{ .heading = "Implementation", .fill = name_fill, .is_left = true },
	{ .heading = "Version", .fill = version_fill, .is_shown = any_version, .is_left = true },
	{ .heading = "Parallel", .fill = parallel_fill, .of_mode = true, .has_level = true },
	{ .heading = "Sequential", .fill = sequential_fill },
	{ .heading = "2010 parallel", .fill = old_parallel_fill, .is_shown = is_with_2010 },
	{ .heading = "2010 sequential", .fill = old_sequential_fill, .is_shown = is_with_2010 },
	{ .heading = "CPU µs/request", .fill = cpu_fill, .of_mode = true },
	{ .heading = "Memory/connection", .fill = memory_fill, .is_shown = any_memory },
	{ .heading = "Open in server", .fill = open_fill, .is_shown = any_open_differs, .of_mode = true },
	{ .heading = "Accept queue (max)", .fill = queue_fill, .is_shown = any_queue, .of_mode = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

/* A column as it is shown in the table. */
struct place {
	const struct column *column;
	size_t mode;
};

static size_t places_choose(const struct rows *rows, struct place *places)
{
	size_t count = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		for (size_t mode = 0; mode < (columns[i].of_mode ? rows->modes_count : 1); mode++)
			if (!columns[i].is_shown || columns[i].is_shown(rows, mode))
				places[count++] = (struct place){ &columns[i], mode };
	return count;
}

static void heading_fill(const struct rows *rows, const struct place *place, struct text_table_item *item)
{
	char mode[64] = "", level[32] = "";

	if (place->column->of_mode && rows->modes_count > 1)
		text_plain(mode, sizeof mode, rows->modes[place->mode]);
	if (place->column->has_level)
		snprintf(level, sizeof level, " (%llu)", (unsigned long long)rows->level);
	snprintf(item->text, sizeof item->text, "%s%s%s%s", place->column->heading, *mode ? " " : "", mode, level);
}

/* Adds an option, with the texts before and after it, if it is set. */
static void line_option(char *line, size_t room, const struct document *doc, const char *name, const char *before,
			const char *after)
{
	const char *value = document_option(doc, name);
	char text[TEXT_MAX];

	if (!value || !*value || strcmp(value, "0") == 0)
		return;
	snprintf(text, sizeof text, "%s%.100s%s", before, value, after);
	text_table_add(line, room, ", ", text);
}

/* The launches of each server; at most, where each is launched until its verdict is known. */
static void line_launches(char *line, size_t room, const struct document *doc)
{
	const char *until_known = document_option(doc, "until-known");
	uint64_t most = 0;
	char text[TEXT_MAX];

	if (!until_known || strcmp(until_known, "yes") != 0) {
		line_option(line, room, doc, "repeat", "launches: ", "");
		return;
	}
	for (size_t i = 0; i < doc->cells_count; i++)
		most = doc->cells[i].block > most ? doc->cells[i].block : most;
	snprintf(text, sizeof text, "launches: up to %llu", (unsigned long long)most);
	text_table_add(line, room, ", ", text);
}

/* The number of active connections of a crowd. */
static void line_active(char *line, size_t room, const struct document *doc)
{
	const char *active = document_option(doc, "active");
	char text[TEXT_MAX];

	snprintf(text, sizeof text, "(%.20s active)", active);
	if (*active)
		text_table_add(line, room, " ", text);
}

static void head_put(const struct rows *rows, enum table_format format, FILE *out)
{
	const struct document *doc = rows->doc;
	const struct host *host = &doc->host;
	char line[1024] = "", text[TEXT_MAX];
	uint64_t backlog = 0;

	text_table_line(format, "Requests per second: the larger the better. Medians over the launches.", out);
	fputs(format == TABLE_MARKDOWN ? "\n" : "", out);
	text_table_add(line, sizeof line, ", ", host->date);
	text_table_add(line, sizeof line, ", ", host->cpu_model);
	if (host->cores) {
		snprintf(text, sizeof text, "%llu %s", (unsigned long long)host->cores,
			 host->cores == 1 ? "core" : "cores");
		text_table_add(line, sizeof line, ", ", text);
	}
	text_table_add(line, sizeof line, ", ", host->kernel);
	snprintf(text, sizeof text, "benchctl %s", doc->benchctl ? doc->benchctl : "of an unknown version");
	text_table_add(line, sizeof line, ", ", text);
	text_table_line(format, line, out);
	fputs(format == TABLE_MARKDOWN ? "\n" : "", out);

	line[0] = 0;
	line_option(line, sizeof line, doc, "preset", "preset ", "");
	const char *requests = document_option(doc, "requests");
	if (requests && *requests && strcmp(requests, "0") != 0)
		line_option(line, sizeof line, doc, "requests", "", " requests a cell");
	else
		line_option(line, sizeof line, doc, "duration", "window at least ", "");
	line_launches(line, sizeof line, doc);
	for (size_t i = 0; i < rows->servers_count * rows->modes_count; i++)
		backlog = rows->parallel[i].backlog > backlog ? rows->parallel[i].backlog : backlog;
	if (backlog) {
		snprintf(text, sizeof text, "backlog %llu", (unsigned long long)backlog);
		text_table_add(line, sizeof line, ", ", text);
	}
	for (size_t i = 0; i < rows->modes_count; i++) {
		snprintf(text, sizeof text, "%s%.60s",
			 i                       ? ""
			 : rows->modes_count > 1 ? "modes "
						 : "mode ",
			 rows->modes[i]);
		text_table_add(line, sizeof line, i && i + 1 == rows->modes_count ? " and " : ", ", text);
		if (is_crowd(rows, i))
			line_active(line, sizeof line, doc);
	}
	if (*line)
		text_table_line(format, line, out);
	if (doc->interrupted)
		text_table_line(format, "The run was interrupted: not all cells were measured.", out);
	fputc('\n', out);
}

/* The subject of a note: tornado, tornado (keepalive), tornado (sequential). Both names come from outside. */
static void note_name(const struct rows *rows, size_t row, size_t mode, char *out, size_t room)
{
	bool sequential = mode == rows->modes_count;
	char server[TEXT_MAX / 2], name[TEXT_MAX / 4];

	text_plain(server, sizeof server, rows->servers[row]);
	text_plain(name, sizeof name, sequential ? "sequential" : rows->modes[mode]);
	if (!sequential && rows->modes_count == 1)
		snprintf(out, room, "%s", server);
	else
		snprintf(out, room, "%s (%s)", server, name);
}

/* The figures of a row in turn: its modes, then the sequential one. */
static const struct summary *summary_at(const struct rows *rows, size_t row, size_t mode)
{
	return mode < rows->modes_count ? parallel_of(rows, row, mode) : &rows->sequential[row];
}

/* The names of those whose figures have a property, as "a, b (sequential)": a list that a note ends with; "" where none has. */
#define NAMES_ROOM 4096

typedef bool summary_has(const struct summary *summary, unsigned which);

static const char *names_of(char line[NAMES_ROOM], const struct rows *rows, summary_has *has, unsigned which)
{
	char name[TEXT_MAX];

	*line = 0;
	for (size_t row = 0; row < rows->servers_count; row++)
		for (size_t mode = 0; mode <= rows->modes_count; mode++) {
			if (!has(summary_at(rows, row, mode), which))
				continue;
			note_name(rows, row, mode, name, sizeof name);
			text_table_add(line, NAMES_ROOM, ", ", name);
		}
	return line;
}

static bool is_invalid(const struct summary *summary, unsigned reason)
{
	return summary->used && !summary->valid && summary->invalid & 1u << reason;
}

/* A rate that is scaled, from a share of a CPU. */
static bool is_of_share(const struct summary *summary, unsigned share)
{
	return summary->share == settings_shares[share];
}

/* Something could not be seen: its figure is missing, and is not 0. */
static bool is_unseen(const struct summary *summary, unsigned kind)
{
	return summary->unseen >> kind & 1;
}

/* The notes that list servers: one for each reason, share and kind of evidence that has any. */
static void listing_notes(const struct rows *rows, enum table_format format, bool *first, FILE *out)
{
	char line[NAMES_ROOM], note[NAMES_ROOM + 128], share_words[CELL_SHARE];

	for (unsigned reason = 0; reason < INVALIDS; reason++)
		if (*names_of(line, rows, is_invalid, reason)) {
			snprintf(note, sizeof note, TEXT_TABLE_INVALID " not to be relied on, %s: %s",
				 invalid_descriptions[reason], line);
			text_table_note(format, note, first, out);
		}
	for (unsigned share = SHARE_HALF; share < SHARES; share++)
		if (*names_of(line, rows, is_of_share, share)) {
			snprintf(note, sizeof note, "at %s, scaled to a whole one: %s",
				 cell_show_share(share_words, settings_shares[share]), line);
			text_table_note(format, note, first, out);
		}
	for (unsigned kind = 0; kind < UNSEENS; kind++)
		if (*names_of(line, rows, is_unseen, kind)) {
			snprintf(note, sizeof note, "evidence is missing, since benchctl could not see %s: %s",
				 unseen_descriptions[kind], line);
			text_table_note(format, note, first, out);
		}
}

/* What a server has in it by its CPU time, where the client could not show it. */
static void capacity_note(const struct rows *rows, enum table_format format, size_t row, size_t mode, bool *first,
			  FILE *out)
{
	const struct summary *summary = parallel_of(rows, row, mode);
	char name[TEXT_MAX], note[TEXT_MAX + 200];

	if (isnan(summary->capacity_rps))
		return;
	note_name(rows, row, mode, name, sizeof name);
	snprintf(note, sizeof note,
		 "%s: capacity %.0f requests/s by its CPU time per request, which the client could not offer", name,
		 summary->capacity_rps);
	text_table_note(format, note, first, out);
}

/* Where it is the server itself that bounds its files. */
static void lowered_note(const struct rows *rows, enum table_format format, size_t row, size_t mode, bool *first,
			 FILE *out)
{
	const struct summary *summary = summary_at(rows, row, mode);
	char name[TEXT_MAX], note[TEXT_MAX + 200];

	if (isnan(summary->files_given))
		return;
	note_name(rows, row, mode, name, sizeof name);
	snprintf(note, sizeof note, "%s: the server has lowered its limit of open files, from %.0f to %.0f", name,
		 summary->files_given, summary->files_limit);
	text_table_note(format, note, first, out);
}

static void failed_note(const struct rows *rows, enum table_format format, size_t row, size_t mode, bool *first,
			FILE *out)
{
	const struct summary *summary = summary_at(rows, row, mode);
	char name[TEXT_MAX], why[1024], note[2048], launches[64] = "failed";

	if (!summary->failed)
		return;
	note_name(rows, row, mode, name, sizeof name);
	text_plain(why, sizeof why, summary->error ? summary->error : "no figures");
	if (summary->failed < summary->cells)
		snprintf(launches, sizeof launches, "failed in %u of %u launches", summary->failed, summary->cells);
	snprintf(note, sizeof note, "%s %s: %s", name, launches, why);
	text_table_note(format, note, first, out);
}

static void elsewhere_note(const struct rows *rows, enum table_format format, size_t row, bool *first, FILE *out)
{
	const struct document_server *server = document_server(rows->doc, rows->servers[row]);
	char note[TEXT_MAX + 60], plain[TEXT_MAX];

	if (!server || !server->launched)
		return;
	snprintf(note, sizeof note, "%s: not launched here: one launch", text_plain(plain, sizeof plain, server->name));
	text_table_note(format, note, first, out);
}

static void notes_put(const struct rows *rows, enum table_format format, FILE *out)
{
	bool first = true, errors = false, open = false, partial = false;

	listing_notes(rows, format, &first, out);
	for (size_t row = 0; row < rows->servers_count; row++)
		for (size_t mode = 0; mode <= rows->modes_count; mode++) {
			const struct summary *summary = summary_at(rows, row, mode);
			errors |= summary->used && summary->errors;
			partial |= summary->partial;
			open |= summary_open_differs(summary);
		}
	for (size_t row = 0; row < rows->servers_count; row++)
		elsewhere_note(rows, format, row, &first, out);
	for (size_t row = 0; row < rows->servers_count; row++)
		for (size_t mode = 0; mode < rows->modes_count; mode++)
			capacity_note(rows, format, row, mode, &first, out);
	for (size_t row = 0; row < rows->servers_count; row++)
		for (size_t mode = 0; mode <= rows->modes_count; mode++)
			lowered_note(rows, format, row, mode, &first, out);
	if (errors)
		text_table_note(format,
				TEXT_TABLE_ERRORS " requests or launches failed; only right responses are counted",
				&first, out);
	if (partial)
		text_table_note(format,
				TEXT_TABLE_PARTIAL
				" less than one round of all connections in the window: the rate is of "
				"a part of them",
				&first, out);
	for (size_t row = 0; row < rows->servers_count; row++)
		for (size_t mode = 0; mode <= rows->modes_count; mode++)
			failed_note(rows, format, row, mode, &first, out);
	if (any_memory(rows, 0))
		text_table_note(
			format,
			"Memory/connection: by how much the server's resident memory grows with the connections of "
			"the mode crowd, over all its levels",
			&first, out);
	if (open)
		text_table_note(format,
				"Open in server: connections open inside the server on average, where the level is "
				"what was offered",
				&first, out);
}

static int text_table_put(const struct rows *rows, enum table_format format, FILE *out, struct err *err)
{
	struct place *places = calloc(COLUMNS * (rows->modes_count + 1), sizeof *places);
	struct text_table table = { 0 };
	int result = -1;

	if (!places) {
		err_set(err, "out of memory");
		goto out;
	}
	if (text_table_init(&table, rows->servers_count + 1, places_choose(rows, places), err))
		goto out;
	for (size_t i = 0; i < table.columns; i++) {
		table.left[i] = places[i].column->is_left;
		heading_fill(rows, &places[i], text_table_item(&table, 0, i));
		for (size_t row = 0; row < rows->servers_count; row++) {
			struct text_table_item *item = text_table_item(&table, row + 1, i);
			strcpy(item->text, "-");
			places[i].column->fill(&(struct spot){ rows, row, places[i].mode,
							       parallel_of(rows, row, places[i].mode),
							       figures_2010(rows->servers[row]) },
					       item);
		}
	}
	head_put(rows, format, out);
	text_table_write(&table, format, out);
	notes_put(rows, format, out);
	result = 0;
out:
	free(places);
	text_table_release(&table);
	return result;
}

/* CSV, with the line ends of RFC 4180. */

static void csv_rate(const struct summary *summary, FILE *out)
{
	text_table_csv_number(summary->rate_rps, out);
	fprintf(out, ",%s", !summary->cells ? "" : !summary->used ? "failed" : summary->valid ? "valid" : "invalid");
	text_table_csv_number(summary->rate_min_rps, out);
	text_table_csv_number(summary->rate_max_rps, out);
	fprintf(out, ",%u", summary->used);
}

static void csv_rate_heading(const char *what, FILE *out)
{
	static const char *const fields[] = { "rps", "state", "min_rps", "max_rps", "launches" };

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		char name[TEXT_MAX];
		fputc(',', out);
		snprintf(name, sizeof name, "%.64s_%s", what, fields[i]);
		text_table_csv_text(name, out);
	}
}

static void csv_mode_heading(const char *what, const char *mode, FILE *out)
{
	char name[TEXT_MAX];

	snprintf(name, sizeof name, "%s_%.32s", what, mode);
	fputc(',', out);
	text_table_csv_text(name, out);
}

static void csv_write(const struct rows *rows, FILE *out)
{
	fputs("implementation,kind,version,level", out);
	for (size_t mode = 0; mode < rows->modes_count; mode++) {
		char name[TEXT_MAX];
		snprintf(name, sizeof name, "parallel_%.32s", rows->modes[mode]);
		csv_rate_heading(name, out);
		csv_mode_heading("server_cpu_us_per_request", rows->modes[mode], out);
		csv_mode_heading("open_in_server", rows->modes[mode], out);
		fputs(is_crowd(rows, mode) ? ",memory_per_connection_bytes" : "", out);
	}
	csv_rate_heading("sequential", out);
	fputs(rows->with_2010 ? ",parallel_2010_rps,sequential_2010_rps\r\n" : "\r\n", out);
	for (size_t row = 0; row < rows->servers_count; row++) {
		text_table_csv_text(rows->servers[row], out);
		fputs(document_is_revival(rows->doc, rows->servers[row]) ? ",revival," : ",original,", out);
		text_table_csv_text(version_of(rows, row), out);
		fputc(',', out);
		if (rows->level)
			fprintf(out, "%llu", (unsigned long long)rows->level);
		for (size_t mode = 0; mode < rows->modes_count; mode++) {
			const struct summary *summary = parallel_of(rows, row, mode);
			csv_rate(summary, out);
			text_table_csv_number(summary->server_cpu_us_per_request, out);
			text_table_csv_number(summary->open_mean, out);
			if (is_crowd(rows, mode))
				text_table_csv_number(rows->memory[row], out);
		}
		csv_rate(&rows->sequential[row], out);
		const struct figures_2010 *old = figures_2010(rows->servers[row]);
		if (rows->with_2010) {
			text_table_csv_number(old ? old->parallel_rps : NAN, out);
			text_table_csv_number(old ? old->sequential_rps : NAN, out);
		}
		fputs("\r\n", out);
	}
}

int table_print(const struct document *doc, uint64_t at_level, enum table_format format, FILE *out, struct err *err)
{
	struct rows rows = { .doc = doc };
	int result = rows_fill(&rows, at_level, err);

	if (!result && format == TABLE_CSV)
		csv_write(&rows, out);
	else if (!result)
		result = text_table_put(&rows, format, out, err);
	if (!result && (fflush(out) || ferror(out)))
		result = err_set_errno(err, "the table cannot be written");
	rows_release(&rows);
	return result;
}
