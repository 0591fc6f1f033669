#include "harness/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/conf.h"
#include "harness/figures.h"
#include "harness/html.h"
#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/overview.h"
#include "harness/picture.h"
#include "harness/plot.h"
#include "harness/settings.h"
#include "harness/svg.h"

#define PATH 4096
#define RUN "run.json"
#define PREVIEW_WIDTH "1200"
#define PREVIEW_HEIGHT "630"

/* A page while it is made. */
struct page {
	const struct document *document;
	const struct report_request *request;
	const char **modes;		/* NULL-terminated */
	struct overview *overviews;	/* one a mode */
	size_t modes_count;
	struct plot_list pictures;
	char *finding, *command, *markdown;
	FILE *out;
};

/* Words of a run. */

/* Whether a server is told of by an earlier entry of the document: each counts once. */
static bool is_counted(const struct document *document, size_t cell)
{
	const char *server = document->cells[cell].server;

	if (document_server(document, server))
		return true;
	for (size_t i = 0; i < cell; i++)
		if (strcmp(document->cells[i].server, server) == 0)
			return true;
	return false;
}

static size_t servers_count(const struct document *document)
{
	size_t count = 0;

	for (size_t i = 0; i < document->servers_count; i++)
		count += strcmp(document->servers[i].name, CONF_CONTROL) != 0;
	for (size_t i = 0; i < document->cells_count; i++)
		count += strcmp(document->cells[i].server, CONF_CONTROL) != 0 && !is_counted(document, i);
	return count;
}

char *report_title(char out[REPORT_TITLE], const struct document *document)
{
	const char *client = summary_client(document);
	char first[UNITS_TEXT], last[UNITS_TEXT], reach[128] = "at rates of requests";
	size_t servers = servers_count(document);
	uint64_t least = 0, most = 0;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (cell_is_open_loop(cell) || strcmp(cell->client, client) != 0)
			continue;
		least = !most || cell->level < least ? cell->level : least;
		most = cell->level > most ? cell->level : most;
	}
	units_show_count(first, least);
	units_show_count(last, most);
	if (least < most)
		snprintf(reach, sizeof reach, "from %s to %s connections", first, last);
	else if (most)
		snprintf(reach, sizeof reach, "at %s %s", first, most == 1 ? "connection" : "connections");
	snprintf(out, REPORT_TITLE, "%zu %s %s", servers, servers == 1 ? "server" : "servers", reach);
	return out;
}

static char *finding_of(const struct document *document, const struct overview *overviews, size_t count, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	bool bad = !out;

	if (out && !count)
		fputs("No level was measured.", out);
	for (size_t i = 0; i < count && !bad; i++) {
		char mode[GRID_TEXT];
		char *finding = overview_finding(&overviews[i], err);
		bad = !finding;
		if (count > 1)
			fprintf(out, "%sIn %s mode: ", i ? " " : "", text_plain(mode, sizeof mode, overviews[i].mode));
		fputs(finding ? finding : "", out);
		free(finding);
	}
	if (out && document->interrupted)
		fputs(" The run was interrupted: not all of it was measured.", out);
	if (out && (text_close(out, &text) || bad)) {
		bad = true;
		free(text);
		text = NULL;
	}
	if (bad)
		err_set(err, "out of memory");
	return text;
}

static int overviews_fill(struct overview **overviews, const char ***modes, size_t *count,
			  const struct document *document, struct err *err)
{
	*count = 0;
	if (!(*modes = summary_modes(document, err)))
		return -1;
	while ((*modes)[*count])
		++*count;
	*overviews = calloc(*count + 1, sizeof **overviews);
	if (!*overviews)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < *count; i++)
		if (overview_fill(&(*overviews)[i], document, (*modes)[i], err))
			return -1;
	return 0;
}

static void overviews_release(struct overview *overviews, const char **modes, size_t count)
{
	for (size_t i = 0; overviews && i < count; i++)
		overview_release(&overviews[i]);
	free(overviews);
	free(modes);
}

char *report_finding(const struct document *document, struct err *err)
{
	struct overview *overviews = NULL;
	const char **modes = NULL;
	size_t count;
	char *finding = NULL;

	if (!overviews_fill(&overviews, &modes, &count, document, err))
		finding = finding_of(document, overviews, count, err);
	overviews_release(overviews, modes, count);
	return finding;
}

static char *gist_of(const struct overview *overviews, size_t count, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	bool bad = !out;

	for (size_t i = 0; i < count && !bad; i++) {
		char mode[GRID_TEXT];
		char *gist = overview_gist(&overviews[i], err);
		bad = !gist;
		if (count > 1)
			fprintf(out, "%s%s: ", i ? "; " : "", text_plain(mode, sizeof mode, overviews[i].mode));
		fputs(gist ? gist : "", out);
		free(gist);
	}
	if (out && (text_close(out, &text) || bad)) {
		bad = true;
		free(text);
		text = NULL;
	}
	if (bad)
		err_set(err, "out of memory");
	return text;
}

char *report_gist(const struct document *document, struct err *err)
{
	struct overview *overviews = NULL;
	const char **modes = NULL;
	size_t count;
	char *gist = NULL;

	if (!overviews_fill(&overviews, &modes, &count, document, err))
		gist = gist_of(overviews, count, err);
	overviews_release(overviews, modes, count);
	return gist;
}

/* A word as a shell reads it back; what is hidden in it is left out, so that it can be seen what it does. */
static void shell_put(const char *word, FILE *out)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:+=@%-";
	char plain[HTML_TEXT];

	text_plain(plain, sizeof plain, word);
	if (*plain && !plain[strspn(plain, harmless)]) {
		fputs(plain, out);
		return;
	}
	fputc('\'', out);
	for (const char *at = plain; *at; at++)
		fputs(*at == '\'' ? "'\\''" : (char[]){ *at, 0 }, out);
	fputc('\'', out);
}

char *report_command(const struct document *document, struct err *err)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out)
		fputs("benchctl run", out);
	for (size_t i = 0; out && i < document->options_count; i++) {
		const struct document_option *option = &document->options[i];
		const struct option_def *def = options_find(settings_options, option->name);
		if (!def || !option->value || !*option->value || (def->fallback && strcmp(option->value, def->fallback) == 0))
			continue;
		fprintf(out, " --%s ", def->name);
		shell_put(option->value, out);
	}
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}

/* Files beside the page. */

static int path_of(char path[PATH], const struct page *page, const char *name, struct err *err)
{
	int bytes = snprintf(path, PATH, "%s/%s", page->request->folder, name);

	return bytes < 0 || bytes >= PATH ? err_set(err, "the path of folder %.200s is too long", page->request->folder) : 0;
}

/* Writes a file beside its place, for file_done(). NULL with err set. */
static FILE *file_begin(char path[PATH], char part[PATH + 8], const struct page *page, const char *name, struct err *err)
{
	if (path_of(path, page, name, err))
		return NULL;
	snprintf(part, PATH + 8, "%s.part", path);
	FILE *file = fopen(part, "we");
	if (!file)
		err_set_errno(err, "%s", part);
	return file;
}

/* Puts it in its place, where all of it could be written and `result` is 0. */
static int file_done(FILE *file, const char *path, const char *part, int result, struct err *err)
{
	bool bad = ferror(file);

	bad = fclose(file) || bad;
	if (!result && (bad || rename(part, path)))
		result = err_set_errno(err, "%s cannot be written", path);
	if (result)
		unlink(part);
	return result;
}

static int csv_write(const struct page *page, const struct sheet *sheet, const char *name, struct err *err)
{
	char path[PATH], part[PATH + 8];
	FILE *file = file_begin(path, part, page, name, err);

	if (!file)
		return -1;
	sheet_csv(sheet, file);
	return file_done(file, path, part, 0, err);
}

/* The run.json, if it is not there already. */
static int run_copy(const struct page *page, struct err *err)
{
	char path[PATH], part[PATH + 8], bytes[65536];
	struct stat from, to;
	size_t got;

	if (!page->request->run)
		return 0;
	FILE *run = fopen(page->request->run, "re");
	if (!run)
		return err_set_errno(err, "%s", page->request->run);
	if (path_of(path, page, RUN, err) == 0 && stat(path, &to) == 0 && fstat(fileno(run), &from) == 0 &&
	    from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
		fclose(run);
		return 0;
	}
	FILE *file = file_begin(path, part, page, RUN, err);
	int result = -1;
	if (file) {
		while ((got = fread(bytes, 1, sizeof bytes, run)) > 0)
			fwrite(bytes, 1, got, file);
		result = ferror(run) ? err_set_errno(err, "%s", page->request->run) : 0;
		result = file_done(file, path, part, result, err);
	}
	fclose(run);
	return result;
}

static char *template_read(const struct page *page, const char *name, struct err *err)
{
	char path[PATH];

	snprintf(path, sizeof path, "%.4000s/%s", page->request->templates, name);
	return picture_read(path, err);
}

/* Markdown: the finding, the tables, where and how, to be put in an issue or a mail. */

static int markdown_put(const struct page *page, FILE *out, struct err *err)
{
	char line[GRID_TEXT];
	int result = 0;

	grid_line(TABLE_MARKDOWN, page->finding, out);
	for (size_t i = 0; i < page->modes_count && !result; i++) {
		struct sheet sheet;
		fputc('\n', out);
		grid_line(TABLE_MARKDOWN, overview_mode(line, page->document, page->modes[i]), out);
		fputc('\n', out);
		result = overview_sheet(&page->overviews[i], &sheet, err);
		if (!result) {
			sheet_trim(&sheet);
			grid_write(&sheet.grid, TABLE_MARKDOWN, out);
		}
		sheet_release(&sheet);
	}
	const struct host *host = &page->document->host;
	char words[1024] = "";
	grid_add(words, sizeof words, ", ", host->date);
	grid_add(words, sizeof words, ", ", host->cpu_model);
	grid_add(words, sizeof words, ", ", host->kernel);
	snprintf(line, sizeof line, "benchctl %.60s", page->document->benchctl ? page->document->benchctl : "");
	grid_add(words, sizeof words, ", ", line);
	fputc('\n', out);
	grid_line(TABLE_MARKDOWN, words, out);
	/* Indented by four it is code, whatever stands in it; it has no line ends. */
	fprintf(out, "\n    %s\n", page->command);
	return result;
}

static int markdown_fill(struct page *page, struct err *err)
{
	size_t bytes;
	FILE *out = open_memstream(&page->markdown, &bytes);

	if (!out)
		return err_set(err, "out of memory");
	int result = markdown_put(page, out, err);
	if (text_close(out, &page->markdown))
		result = err_set(err, "out of memory");
	return result;
}

/* The head. */

static const struct plot_picture *preview_of(const struct page *page)
{
	for (size_t i = 0; i < page->pictures.count; i++)
		if (page->pictures.pictures[i].kind == PLOT_PREVIEW)
			return &page->pictures.pictures[i];
	return NULL;
}

static void meta_put(FILE *out, const char *key, const char *name, const char *content)
{
	html_open(out, "meta", key, name, "content", content, NULL);
	fputc('\n', out);
}

static void head_put(const struct page *page, const char *title, const char *css)
{
	const struct plot_picture *preview = preview_of(page);
	const char *url = page->request->url;
	FILE *out = page->out;
	char address[PATH];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
	meta_put(out, "http-equiv", "Content-Security-Policy",
		 "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
		 "form-action 'none'");
	meta_put(out, "name", "viewport", "width=device-width, initial-scale=1");
	meta_put(out, "name", "color-scheme", "light dark");
	meta_put(out, "name", "description", page->finding);
	meta_put(out, "name", "generator", "benchctl");
	meta_put(out, "property", "og:type", "article");
	meta_put(out, "property", "og:title", title);
	meta_put(out, "property", "og:description", page->finding);
	if (url) {
		snprintf(address, sizeof address, "%.3900s/", url);
		meta_put(out, "property", "og:url", address);
	}
	if (preview) {
		snprintf(address, sizeof address, "%.3900s%s%s.png", url ? url : "", url ? "/" : "", preview->stem);
		meta_put(out, "property", "og:image", address);
		meta_put(out, "property", "og:image:type", "image/png");
		meta_put(out, "property", "og:image:width", PREVIEW_WIDTH);
		meta_put(out, "property", "og:image:height", PREVIEW_HEIGHT);
		meta_put(out, "property", "og:image:alt", preview->description);
		meta_put(out, "name", "twitter:card", "summary_large_image");
	}
	html_leaf(out, "title", title, NULL);
	/* Else a browser asks the host for one. */
	fputs("<link rel=\"icon\" href=\"data:,\">\n<style>\n", out);
	fputs(css, out);
	fputs("</style>\n</head>\n<body>\n", out);
}

/* The parts of the page. */

static void heading_put(FILE *out, const char *id, const char *words)
{
	html_leaf(out, "h2", words, "id", id, NULL);
}

static void first_put(const struct page *page, const char *title)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	char line[1024] = "", text[GRID_TEXT];

	html_open(out, "header", NULL);
	html_leaf(out, "h1", title, NULL);
	html_leaf(out, "p", page->finding, "class", "finding", NULL);
	grid_add(line, sizeof line, " · ", document->host.date);
	grid_add(line, sizeof line, " · ", document->host.cpu_model);
	if (document->host.cores) {
		snprintf(text, sizeof text, "%llu %s", (unsigned long long)document->host.cores,
			 document->host.cores == 1 ? "core" : "cores");
		grid_add(line, sizeof line, " · ", text);
	}
	grid_add(line, sizeof line, " · ", document->host.kernel);
	snprintf(text, sizeof text, "benchctl %.60s", document->benchctl ? document->benchctl : "");
	grid_add(line, sizeof line, " · ", text);
	html_leaf(out, "p", line, "class", "meta", NULL);
	html_close(out, "header");
}

/* The table of a mode, and what its columns and marks mean. */
static int summary_put(const struct page *page, struct err *err)
{
	FILE *out = page->out;

	heading_put(out, "summary", "Each server in one line");
	for (size_t i = 0; i < page->modes_count; i++) {
		struct sheet sheet;
		char name[GRID_TEXT], caption[GRID_TEXT + 64];
		snprintf(caption, sizeof caption, "Requests per second, %s",
			 overview_mode(name, page->document, page->modes[i]));
		int result = overview_sheet(&page->overviews[i], &sheet, err);
		snprintf(name, sizeof name, "overview-%.60s.csv", page->modes[i]);
		if (!result && !(result = csv_write(page, &sheet, name, err))) {
			sheet_trim(&sheet);
			sheet_html(&sheet, caption, out);
		}
		sheet_release(&sheet);
		if (result)
			return -1;
	}
	html_open(out, "p", "class", "note", NULL);
	html_print(out, "Medians over the blocks of the run. " GRID_INVALID " is not to be relied on: a lower bound, or not valid "
		   "for another reason, which stands below. " GRID_ERRORS " means that requests or launches failed; only right "
		   "answers are counted. One by one: requests of a client that asks one thing at a time. p99: of a closed loop, "
		   "under this load; > where the slow ones are missing. The ceiling is what the harness itself reaches here.");
	html_close(out, "p");
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "What the verdicts mean", NULL);
	html_open(out, "dl", NULL);
	for (int class = 0; class < SCALING_CLASSES; class++) {
		html_leaf(out, "dt", scaling_names[class], NULL);
		html_leaf(out, "dd", scaling_words[class], NULL);
	}
	html_leaf(out, "dt", "as fast as the client", NULL);
	html_leaf(out, "dd", "unclear because the client, or the control server, was no faster at the highest level", NULL);
	html_close(out, "dl");
	html_close(out, "details");
	return 0;
}

/* What stands with each kind of picture. */
static const struct picture_words {
	const char *section;		/* a heading above the first of its kind */
	const char *words;		/* how to read it */
	enum figures_kind figures;
} picture_words[PLOT_KINDS] = {
	[PLOT_HERO] = { "Requests per second against connections",
			"A line that stays up shows a server that keeps up. Grey is what the harness itself reaches.",
			FIGURES_RATE },
	[PLOT_PANELS] = { "Server by server", "The same, with each server before all others, and its verdict above it.",
			  FIGURES_VERDICT },
	[PLOT_SHAPE] = { "The shape alone", "Each server against its own best: who keeps up, apart from who is fast.",
			 FIGURES_SHAPE },
	[PLOT_PERCENTILES] = { "Latency", "Of a closed loop: with N connections and X requests a second it is about N/X.",
			       FIGURES_LATENCY },
	[PLOT_COST] = { "What a request and a connection cost", "A line that rises shows work that grows with the connections.",
			FIGURES_COST },
	[PLOT_ERRORS] = { "Errors, and connections inside the server",
			  "What failed, and how many of the connections offered the server really held.", FIGURES_ERRORS },
	[PLOT_LATENCY] = { "Latency at a rate", "Of an open loop: counted from when each request was due.",
			   FIGURES_OPEN_LOOP },
	[PLOT_SEQUENTIAL] = { "One by one against many at once", "The table of 2010 as a picture.", FIGURES_SEQUENTIAL },
};

static const struct overview *overview_of(const struct page *page, const char *mode)
{
	for (size_t i = 0; i < page->modes_count; i++)
		if (strcmp(page->modes[i], mode) == 0)
			return &page->overviews[i];
	return NULL;
}

/* One variant of a picture; where its file is missing there is none. */
static int svg_put(const struct page *page, const struct plot_picture *picture, const char *variant, const char *class,
		   struct err *err)
{
	char path[PATH], name[PLOT_STEM + 16], prefix[PLOT_STEM + 16];

	snprintf(name, sizeof name, "%s%s.svg", picture->stem, variant);
	if (path_of(path, page, name, err))
		return -1;
	char *svg = picture_read(path, err);
	if (!svg)
		return -1;
	html_open(page->out, "div", "class", class, NULL);
	snprintf(prefix, sizeof prefix, "%s%s-", picture->stem, variant);
	int result = svg_inline(page->out, svg, prefix, picture->description, err);
	if (result)
		err_prefix(err, "%s", path);
	html_close(page->out, "div");
	free(svg);
	return result;
}

static bool has_file(const struct page *page, const char *stem, const char *ending)
{
	char path[PATH], name[PLOT_STEM + 32];
	struct err unused;

	snprintf(name, sizeof name, "%s%s", stem, ending);
	return path_of(path, page, name, &unused) == 0 && access(path, R_OK) == 0;
}

static void link_put(const struct page *page, const char *stem, const char *ending, const char *words, const char *before)
{
	char name[PLOT_STEM + 32];

	if (!has_file(page, stem, ending))
		return;
	snprintf(name, sizeof name, "%s%s", stem, ending);
	fputs(before, page->out);
	html_open(page->out, "a", "href", name, NULL);
	html_text(page->out, words);
	fputs("</a>", page->out);
}

static int picture_put(const struct page *page, const struct plot_picture *picture, struct err *err)
{
	const struct picture_words *words = &picture_words[picture->kind];
	const struct overview *overview = overview_of(page, picture->mode);
	bool has_dark = has_file(page, picture->stem, "-dark.svg");
	char caption[GRID_TEXT], name[PLOT_STEM + 16];
	FILE *out = page->out;
	struct sheet sheet = { 0 };
	int result = 0;

	html_open(out, "figure", NULL);
	html_open(out, "div", "class", "scroll picture", "role", "region", "tabindex", "0", "aria-label", picture->title,
		  NULL);
	result = svg_put(page, picture, "", has_dark ? "light has-dark" : "light", err);
	if (!result && has_dark)
		result = svg_put(page, picture, "-dark", "dark", err);
	html_close(out, "div");
	html_open(out, "figcaption", NULL);
	html_leaf(out, "p", words->words, NULL);
	if (!result && overview)
		result = figures_sheet(overview, words->figures, &sheet, err);
	if (!result && overview && sheet_rows(&sheet)) {
		snprintf(name, sizeof name, "%s.csv", picture->stem);
		snprintf(caption, sizeof caption, "The figures of: %.200s", picture->title);
		result = csv_write(page, &sheet, name, err);
		sheet_trim(&sheet);
		html_open(out, "details", NULL);
		html_leaf(out, "summary", "Its figures", NULL);
		sheet_html(&sheet, caption, out);
		html_close(out, "details");
	}
	sheet_release(&sheet);
	html_open(out, "p", NULL);
	fputs("Files: ", out);
	link_put(page, picture->stem, ".svg", "SVG", "");
	link_put(page, picture->stem, ".png", "PNG", ", ");
	link_put(page, picture->stem, "-dark.svg", "dark SVG", ", ");
	link_put(page, picture->stem, "-dark.png", "dark PNG", ", ");
	link_put(page, picture->stem, ".csv", "figures as CSV", ", ");
	link_put(page, picture->stem, ".gp", "gnuplot script", ", ");
	link_put(page, picture->stem, ".dat", "its data", ", ");
	html_close(out, "p");
	html_close(out, "figcaption");
	html_close(out, "figure");
	return result;
}

static int pictures_put(const struct page *page, struct err *err)
{
	char id[32];

	for (int kind = 0; kind < PLOT_KINDS; kind++) {
		size_t count = 0;
		for (size_t i = 0; i < page->pictures.count; i++)
			count += (int)page->pictures.pictures[i].kind == kind && page->pictures.pictures[i].has_svg;
		if (!count || !picture_words[kind].section)
			continue;
		snprintf(id, sizeof id, "pictures-%d", kind);
		heading_put(page->out, id, picture_words[kind].section);
		/* Several modes stand side by side where there is room. */
		html_open(page->out, "div", "class", count > 1 ? "pictures wide" : "pictures", NULL);
		for (size_t i = 0; i < page->pictures.count; i++) {
			const struct plot_picture *picture = &page->pictures.pictures[i];
			if ((int)picture->kind == kind && picture->has_svg && picture_put(page, picture, err))
				return -1;
		}
		html_close(page->out, "div");
	}
	return 0;
}

/* What is not valid. */

/* Whether a cell is of the same server and load as an earlier one of which `holds` is true too: told already. */
static bool was_told(const struct document *document, size_t i, bool (*holds)(const struct cell *, unsigned), unsigned what)
{
	const struct cell *cell = &document->cells[i];

	for (size_t j = 0; j < i; j++) {
		const struct cell *other = &document->cells[j];
		if (holds(other, what) && other->level == cell->level && strcmp(other->server, cell->server) == 0 &&
		    strcmp(other->mode, cell->mode) == 0 && strcmp(other->client, cell->client) == 0 &&
		    cell_is_open_loop(other) == cell_is_open_loop(cell) &&
		    (!cell_is_open_loop(cell) || cell->open_loop.offered_rps == other->open_loop.offered_rps))
			return true;
	}
	return false;
}

static bool is_invalid(const struct cell *cell, unsigned reason)
{
	return cell->invalid >> reason & 1;
}

static bool has_error(const struct cell *cell, unsigned unused)
{
	(void)unused;
	return cell->error || cell->wrong;
}

/* Where a cell stands: 1024, or keepalive 1024, or one by one. */
static void place_put(const struct page *page, const struct cell *cell, FILE *out)
{
	const struct client *client = client_find(cell->client);
	char at[CELL_AT], shown[UNITS_TEXT];

	if (client && client->most_connections == 1) {
		html_text(out, "one by one");
		return;
	}
	if (page->modes_count > 1) {
		html_text(out, cell->mode);
		fputc(' ', out);
	}
	html_text(out, cell_is_open_loop(cell) ? cell_show_at(at, cell) : units_show_count(shown, cell->level));
}

static void invalid_put(const struct page *page, const char *const *servers, unsigned reason)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	bool any = false;

	for (size_t server = 0; servers[server]; server++) {
		bool first = true;
		for (size_t i = 0; i < document->cells_count; i++) {
			const struct cell *cell = &document->cells[i];
			if (!is_invalid(cell, reason) || strcmp(cell->server, servers[server]) != 0 ||
			    was_told(document, i, is_invalid, reason))
				continue;
			if (!any) {
				char words[HTML_TEXT];
				snprintf(words, sizeof words, "%c%s", invalid_words[reason][0] & ~0x20, invalid_words[reason] + 1);
				html_leaf(out, "h3", words, NULL);
				html_open(out, "p", NULL);
				html_print(out, "What to do: %s.", invalid_advice[reason]);
				html_close(out, "p");
				html_open(out, "ul", NULL);
				any = true;
			}
			if (first) {
				html_open(out, "li", NULL);
				html_text(out, servers[server]);
			}
			fputs(first ? ": " : ", ", out);
			place_put(page, cell, out);
			first = false;
		}
		if (!first)
			html_close(out, "li");
	}
	if (any)
		html_close(out, "ul");
}

static void errors_put(const struct page *page)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	bool any = false;

	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (!has_error(cell, 0) || was_told(document, i, has_error, 0))
			continue;
		if (!any) {
			html_leaf(out, "h3", "What failed servers and wrong answers said", NULL);
			html_open(out, "ul", NULL);
			any = true;
		}
		html_open(out, "li", NULL);
		html_text(out, cell->server);
		fputs(" at ", out);
		place_put(page, cell, out);
		fputs(": ", out);
		html_text(out, cell->error ? cell->error : cell->wrong);
		html_close(out, "li");
	}
	if (any)
		html_close(out, "ul");
}

static int not_valid_put(const struct page *page, struct err *err)
{
	const char **servers = summary_servers(page->document, err);
	size_t invalid = 0;

	if (!servers)
		return -1;
	for (size_t i = 0; i < page->document->cells_count; i++)
		invalid += !page->document->cells[i].valid;
	heading_put(page->out, "not-valid", "What is not valid, and why");
	html_open(page->out, "p", NULL);
	if (invalid)
		html_print(page->out, "Of %zu measurements %zu are not valid. Their figures are kept and marked, and no verdict rests "
			   "on them, but that where the client was the limit the server is at least as fast as measured. The "
			   "numbers behind a server are connections.", page->document->cells_count, invalid);
	else
		html_print(page->out, "All %zu measurements are valid.", page->document->cells_count);
	html_close(page->out, "p");
	for (unsigned reason = 0; reason < INVALIDS; reason++)
		invalid_put(page, servers, reason);
	errors_put(page);
	free(servers);
	return 0;
}

/* How and where. */

static void item_put(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void item_put(FILE *out, const char *format, ...)
{
	char text[HTML_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	html_leaf(out, "li", text, NULL);
}

static void card_put(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	html_leaf(out, "dt", name, NULL);
	html_leaf(out, "dd", value, NULL);
}

static void card_count(FILE *out, const char *name, uint64_t value, const char *unit)
{
	char shown[UNITS_TEXT], text[UNITS_TEXT + 32];

	snprintf(text, sizeof text, "%s%s", units_show_count(shown, value), unit);
	if (value)
		card_put(out, name, text);
}

static void method_put(const struct page *page)
{
	const struct document *document = page->document;
	const char *requests = document_option(document, "requests"), *seed = document_option(document, "seed");
	FILE *out = page->out;
	char mode[GRID_TEXT];
	uint64_t backlog = 0;
	unsigned blocks = 0;

	for (size_t i = 0; i < document->cells_count; i++)
		backlog = document->cells[i].backlog > backlog ? document->cells[i].backlog : backlog;
	for (size_t i = 0; i < page->modes_count; i++)
		blocks = page->overviews[i].blocks > blocks ? page->overviews[i].blocks : blocks;
	heading_put(out, "method", "How it was measured");
	html_open(out, "ul", NULL);
	for (size_t i = 0; i < page->modes_count; i++)
		item_put(out, "%s.", overview_mode(mode, document, page->modes[i]));
	item_put(out, "The load is a closed loop, by benchctl's own client %.32s: each connection starts its next request when its "
		 "last one has ended, so that latency is the latency under this load.", summary_client(document));
	item_put(out, "Only a complete and correct answer counts: the status, the length and each byte of the body.");
	if (*requests && strcmp(requests, "0") != 0)
		item_put(out, "A measurement lasts for %.32s requests.", requests);
	else
		item_put(out, "A measurement lasts for at least %.32s and two rounds of all connections, at most %.32s, after a ramp and "
			 "a warm-up of %.32s that do not count.", document_option(document, "duration"),
			 document_option(document, "max-window"), document_option(document, "warmup"));
	if (blocks > 1)
		item_put(out, "%u blocks: in each, every server was launched afresh, in a random order%s%.32s.", blocks,
			 *seed ? " of the seed " : "", seed);
	else
		item_put(out, "One block: each figure is of one launch, so how much it would scatter is not known.");
	if (backlog)
		item_put(out, "The listen backlog is %llu connections. In close mode those beyond what a server takes wait there.",
			 (unsigned long long)backlog);
	item_put(out, "The control server is a minimal one in C: what the harness reaches with it is the ceiling of all others.");
	html_close(out, "ul");
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "All options", NULL);
	html_open(out, "dl", "class", "card", NULL);
	for (size_t i = 0; i < document->options_count; i++)
		card_put(out, document->options[i].name, document->options[i].value);
	html_close(out, "dl");
	html_close(out, "details");
}

static void host_put(const struct page *page)
{
	const struct document *document = page->document;
	const struct host *host = &document->host;
	FILE *out = page->out;
	char text[256];

	heading_put(out, "host", "The host");
	html_open(out, "dl", "class", "card", NULL);
	card_put(out, "Date", host->date);
	card_put(out, "CPU", host->cpu_model);
	card_count(out, "Cores", host->cores, "");
	snprintf(text, sizeof text, "%.1f GiB", (double)host->memory_bytes / (1 << 30));
	card_put(out, "Memory", host->memory_bytes ? text : "");
	card_put(out, "Kernel", host->kernel);
	card_put(out, "Frequency governor", host->governor);
	card_put(out, "Client's CPUs", document->client_cpus);
	card_put(out, "Servers' CPUs", document->server_cpus);
	snprintf(text, sizeof text, "%.2f", host->load);
	card_put(out, "Load before it", text);
	card_count(out, "Open files, soft limit", host->files_soft, "");
	card_count(out, "Open files, hard limit", host->files_hard, "");
	card_count(out, "Longest accept queue", host->somaxconn, " (somaxconn)");
	snprintf(text, sizeof text, "%llu to %llu", (unsigned long long)host->port_low, (unsigned long long)host->port_high);
	card_put(out, "Ephemeral ports", host->port_high ? text : "");
	card_count(out, "Most sockets in TIME_WAIT", host->tw_buckets, "");
	snprintf(text, sizeof text, "%.60s, commit %.60s", document->benchctl ? document->benchctl : "of an unknown version",
		 document->commit ? document->commit : "unknown");
	card_put(out, "benchctl", text);
	card_put(out, "Compiler", document->compiler);
	card_put(out, "Its flags", document->flags);
	html_close(out, "dl");
}

static void again_put(const struct page *page)
{
	FILE *out = page->out;

	heading_put(out, "again", "Measure it again");
	html_open(out, "p", NULL);
	html_print(out, "With benchctl %.60s at commit %.60s, on this host:", page->document->benchctl ? page->document->benchctl : "",
		   page->document->commit ? page->document->commit : "unknown");
	html_close(out, "p");
	html_leaf(out, "pre", page->command, NULL);
}

static void files_put(const struct page *page)
{
	FILE *out = page->out;
	char stem[PLOT_STEM + 16];

	heading_put(out, "files", "Files");
	html_open(out, "p", NULL);
	fputs("Beside this page lie ", out);
	link_put(page, RUN, "", "run.json", "");
	fputs(page->request->run ? ", every measurement with its evidence" : "its sources", out);
	for (size_t i = 0; i < page->modes_count; i++) {
		snprintf(stem, sizeof stem, "overview-%.60s", page->modes[i]);
		link_put(page, stem, ".csv", page->modes_count > 1 ? page->modes[i] : "the table as CSV", i ? ", " : ", and ");
	}
	fputs(". The files of each picture are named under it.", out);
	html_close(out, "p");
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "The finding and the table as Markdown", NULL);
	html_open(out, "pre", "id", "markdown", NULL);
	html_lines(out, page->markdown);
	html_close(out, "pre");
	html_close(out, "details");
}

static int page_put(const struct page *page, struct err *err)
{
	char *css = template_read(page, "page.css", err), *js = NULL;
	char title[REPORT_TITLE];
	int result = -1;

	if (!css || !(js = template_read(page, "page.js", err)))
		goto out;
	report_title(title, page->document);
	head_put(page, title, css);
	first_put(page, title);
	html_open(page->out, "main", NULL);
	if (summary_put(page, err) || pictures_put(page, err) || not_valid_put(page, err))
		goto out;
	method_put(page);
	host_put(page);
	again_put(page);
	files_put(page);
	html_close(page->out, "main");
	fputs("<script>\n", page->out);
	fputs(js, page->out);
	fputs("</script>\n</body>\n</html>\n", page->out);
	result = 0;
out:
	free(css);
	free(js);
	return result;
}

/* Files are named after the modes, which come from outside. */
static int modes_check(const struct page *page, struct err *err)
{
	for (size_t i = 0; i < page->modes_count; i++) {
		const char *mode = page->modes[i];
		if (!*mode || strlen(mode) > 32 || mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
			return err_set(err, "the mode '%.64s' cannot be part of a file's name", mode);
	}
	return 0;
}

static int page_fill(struct page *page, struct err *err)
{
	if (overviews_fill(&page->overviews, &page->modes, &page->modes_count, page->document, err) ||
	    modes_check(page, err) || !(page->finding = finding_of(page->document, page->overviews, page->modes_count, err)) ||
	    !(page->command = report_command(page->document, err)))
		return -1;
	return markdown_fill(page, err);
}

int report_write(const struct document *document, const struct report_request *request, struct err *err)
{
	struct page page = { .document = document, .request = request };
	char path[PATH], part[PATH + 8];
	int result = -1;

	if (page_fill(&page, err) ||
	    plot_draw(document, PLOT_ALL, request->folder, request->templates, &page.pictures, err) || run_copy(&page, err))
		goto out;
	page.out = file_begin(path, part, &page, REPORT_PAGE, err);
	if (page.out)
		result = file_done(page.out, path, part, page_put(&page, err), err);
out:
	overviews_release(page.overviews, page.modes, page.modes_count);
	plot_list_release(&page.pictures);
	free(page.finding);
	free(page.command);
	free(page.markdown);
	return result;
}
