/* The page from its head to its end. */
#include "harness/report/page.h"

#include <stdlib.h>
#include <string.h>

#include "harness/plot/script.h"
#include "harness/report/overview.h"
#include "harness/report/svg.h"
#include "harness/text/html.h"

#define PREVIEW_WIDTH  "1200"
#define PREVIEW_HEIGHT "630"

/* The head. */

static const struct plot_picture *preview_of(const struct report_page *page)
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

static void head_put(const struct report_page *page, const char *css)
{
	const struct plot_picture *preview = preview_of(page);
	const char *url = page->url;
	FILE *out = page->out;
	char address[REPORT_PATH];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
	meta_put(
		out, "http-equiv", "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
		"form-action 'none'");
	meta_put(out, "name", "viewport", "width=device-width, initial-scale=1");
	meta_put(out, "name", "color-scheme", "light dark");
	meta_put(out, "name", "description", page->finding);
	meta_put(out, "name", "generator", "benchctl");
	meta_put(out, "property", "og:type", "article");
	meta_put(out, "property", "og:title", page->title);
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
	html_leaf(out, "title", page->title, NULL);
	/* Without an icon a browser requests it from the host. */
	fputs("<link rel=\"icon\" href=\"data:,\">\n<style>\n", out);
	fputs(css, out);
	svg_style(out);
	fputs("</style>\n</head>\n<body>\n", out);
}

/* The parts of the page. */

static int first_put(const struct report_page *page, struct err *err)
{
	const struct document *document = page->document;
	FILE *out = page->out;
	char line[1024] = "", text[TEXT_TABLE_TEXT];

	html_open(out, "header", NULL);
	html_leaf(out, "h1", page->title, NULL);
	if (report_answer(page, err))
		return -1;
	html_leaf(out, "p", page->finding, "class", "finding", NULL);
	if (*document_option(document, "note"))
		html_leaf(out, "p", document_option(document, "note"), "class", "meta", NULL);
	text_table_add(line, sizeof line, " · ", document->host.date);
	text_table_add(line, sizeof line, " · ", document->host.cpu_model);
	if (document->host.cores) {
		snprintf(text, sizeof text, "%llu %s", (unsigned long long)document->host.cores,
			 document->host.cores == 1 ? "core" : "cores");
		text_table_add(line, sizeof line, " · ", text);
	}
	text_table_add(line, sizeof line, " · ", document->host.kernel);
	snprintf(text, sizeof text, "benchctl %.60s", document->benchctl ? document->benchctl : "");
	text_table_add(line, sizeof line, " · ", text);
	html_leaf(out, "p", line, "class", "meta", NULL);
	html_close(out, "header");
	return 0;
}

/* The table of a mode. */
static int table_put(const struct report_page *page, const struct findings *findings, struct err *err)
{
	struct data_table table;
	char name[TEXT_TABLE_TEXT], caption[TEXT_TABLE_TEXT + 64];

	snprintf(caption, sizeof caption, "%s, %s", findings->levels_count ? "Requests per second" : "Each server",
		 summary_mode(name, page->document, findings->mode));
	int result = overview_table(findings, &table, err);
	snprintf(name, sizeof name, "overview-%.60s.csv", findings->mode);
	if (!result && !(result = report_csv(page, &table, name, err))) {
		data_table_trim(&table);
		data_table_html(&table, caption, page->out);
	}
	data_table_release(&table);
	return result;
}

/* What the columns and marks mean, for the loads that the run offered. */
static void notes_put(const struct report_page *page)
{
	const struct offered *offered = &page->offered;
	bool has_ceiling = false, has_partial = false, has_elsewhere = false;

	for (size_t i = 0; i < page->findings.count; i++)
		has_ceiling |= page->findings.of[i].has_ceiling;
	for (size_t i = 0; i < page->document->cells_count; i++)
		has_partial |= page->document->cells[i].rounds < 1;
	for (size_t i = 0; i < page->document->servers_count; i++)
		has_elsewhere |= page->document->servers[i].launched != NULL;
	const struct {
		bool is_due;
		const char *text;
	} notes[] = {
		{ true,
		  "Medians over the launches. " TEXT_TABLE_INVALID
		  " can't be relied on: a lower bound, or invalid for another reason, which is given below. " TEXT_TABLE_ERRORS
		  " means that requests or launches failed; only right responses are counted." },
		{ has_partial,
		  " " TEXT_TABLE_PARTIAL
		  " is the rate of a part of the connections: less than one round of all of them fitted into the window." },
		{ has_elsewhere,
		  " A server that was not launched here has one launch, however often it was measured." },
		{ offered->is_sequential,
		  " One by one: a client that sends each request after the previous response." },
		{ offered->level_max > 0,
		  " p99: of a closed loop, under this load; > where the slow ones are missing." },
		{ offered->is_open_loop && !offered->level_max,
		  " A server keeps up with a rate if it completes at least 95 % of the requests offered." },
		{ has_ceiling, " The ceiling is what the harness itself reaches here." },
		{ offered->level_max > 0 && !has_ceiling,
		  " The control server, the simplest of all, is no ceiling here: another server is faster." },
	};
	html_open(page->out, "p", "class", "note", NULL);
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		if (notes[i].is_due)
			html_text(page->out, notes[i].text);
	html_close(page->out, "p");
}

static void verdicts_put(FILE *out)
{
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "What the verdicts mean", NULL);
	html_open(out, "dl", NULL);
	for (int class = 0; class < VERDICT_CLASSES; class ++) {
		html_leaf(out, "dt", verdict_names[class], NULL);
		html_leaf(out, "dd", verdict_meanings[class], NULL);
	}
	html_leaf(out, "dt", "never started", NULL);
	html_leaf(out, "dd",
		  "each launch failed before a request could be made; the page shows the server's stderr below", NULL);
	html_leaf(out, "dt", "scalability law", NULL);
	html_leaf(
		out, "dd",
		"rate = λN / (1 + σ(N-1) + κN(N-1)) at N connections, where it fits: contention σ is the share of the work that "
		"waits for its turn, cross-talk κ what each pair of connections costs, which makes the rate fall in the end",
		NULL);
	html_close(out, "dl");
	html_close(out, "details");
}

static int summary_put(const struct report_page *page, struct err *err)
{
	html_leaf(page->out, "h2", "Each server in one line", "id", "summary", NULL);
	for (size_t i = 0; i < page->findings.count; i++)
		if (table_put(page, &page->findings.of[i], err))
			return -1;
	notes_put(page);
	if (page->offered.level_max)
		verdicts_put(page->out);
	return 0;
}

/* Its end. */

static void files_put(const struct report_page *page)
{
	FILE *out = page->out;
	char stem[PLOT_STEM + 16];

	html_leaf(out, "h2", "Files", "id", "files", NULL);
	html_open(out, "p", NULL);
	fputs("Next to this page are ", out);
	if (page->is_light)
		report_link(page, REPORT_PACKED, "", "run.json.gz", "");
	else
		report_link(page, REPORT_RUN, "", "run.json", "");
	fputs(page->run ? ", every measurement with its evidence" : "its sources", out);
	for (size_t i = 0; i < page->findings.count; i++) {
		snprintf(stem, sizeof stem, "overview-%.60s", page->findings.modes[i]);
		report_link(page, stem, ".csv", page->findings.count > 1 ? page->findings.modes[i] : "the table as CSV",
			    i ? ", " : ", and ");
	}
	fputs(page->is_light ? "." : ". The files of each picture are named below it.", out);
	html_close(out, "p");
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "The finding and the table as Markdown", NULL);
	html_open(out, "pre", "id", "markdown", NULL);
	html_lines(out, page->markdown);
	html_close(out, "pre");
	html_close(out, "details");
}

int report_page_put(const struct report_page *page, struct err *err)
{
	char *css = script_template(page->templates, "page.css", err), *js = NULL;
	int result = -1;

	if (!css || !(js = script_template(page->templates, "page.js", err)))
		goto out;
	head_put(page, css);
	if (first_put(page, err))
		goto out;
	html_open(page->out, "main", NULL);
	if (summary_put(page, err) || report_pictures(page, err) || report_causes(page, err) ||
	    report_not_valid(page, err))
		goto out;
	report_method(page);
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
