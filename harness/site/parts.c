#include "harness/site/parts.h"

#include <math.h>
#include <string.h>

#include "harness/lib/units.h"
#include "harness/text/html.h"

#define USUAL_TITLE "Server benchmarks"

/* The title of a site: its own, or the usual one. */
const char *parts_title(const struct site *site)
{
	return site->title && *site->title ? site->title : USUAL_TITLE;
}

const char *parts_name(const char *server)
{
	return *server ? server : "(no name)";
}

/* 2026-11-25T12:05:58Z as 2026-11-25 12:05 UTC. */
void parts_date(FILE *out, const char *date)
{
	html_open(out, "time", "datetime", date, NULL);
	html_print(out, "%.10s %.5s UTC", date, date + 11);
	fputs("</time>", out);
}

/* The head of both kinds of pages; `up` leads to the root. */
void parts_begin(const struct site *site, const char *title, const char *up, const char *css, FILE *out)
{
	char feed[64];

	fputs("<!doctype html>\n", out);
	html_open(out, "html", "lang", "en", NULL);
	fputs("\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"generator\" content=\"benchctl\">\n",
	      out);
	html_leaf(out, "title", title, NULL);
	snprintf(feed, sizeof feed, "%s" SITE_FEED, up);
	html_open(out, "link", "rel", "alternate", "type", "application/atom+xml", "title", parts_title(site), "href",
		  feed, NULL);
	/* The style is ours, from the templates' folder. */
	fprintf(out, "\n<style>\n%s</style>\n</head>\n<body>\n", css);
}

void parts_end(FILE *out)
{
	fputs("</body>\n</html>\n", out);
}

/* Adds an item to a list, after a separator where it is not the first. */
void parts_add(char *list, size_t room, const char *separator, const char *item)
{
	size_t used = strlen(list);

	snprintf(list + used, room - used, "%s%s", used ? separator : "", item);
}

/* "close and keepalive mode" */
static void modes_of(const struct site_run *run, char *out, size_t room)
{
	const char *modes[8];
	size_t count = 0;

	for (size_t i = 0; i < run->curves_count; i++) {
		bool known = false;
		for (size_t j = 0; j < count; j++)
			known |= strcmp(modes[j], run->curves[i].mode) == 0;
		if (!known && count < sizeof modes / sizeof *modes)
			modes[count++] = run->curves[i].mode;
	}
	*out = 0;
	for (size_t i = 0; i < count; i++)
		parts_add(out, room, i + 1 == count ? " and " : ", ", modes[i]);
	parts_add(out, room, "", count ? count > 1 ? " modes" : " mode" : "");
}

/* The load of a run: "31 servers · close mode · 1 to 65,536 connections". */
void parts_run(const struct site_run *run, char *out, size_t room)
{
	char modes[300], min[UNITS_TEXT], max[UNITS_TEXT], text[400];

	snprintf(out, room, "%llu %s", (unsigned long long)run->servers, run->servers == 1 ? "server" : "servers");
	if (run->offered) {
		parts_add(out, room, " · ", run->offered);
		return;
	}
	modes_of(run, modes, sizeof modes);
	parts_add(out, room, " · ", modes);
	if (run->level_least == run->level_most)
		snprintf(text, sizeof text, "%s connections", units_show_count(max, run->level_most));
	else
		snprintf(text, sizeof text, "%s to %s connections", units_show_count(min, run->level_least),
			 units_show_count(max, run->level_most));
	parts_add(out, room, " · ", text);
}

void parts_host(const struct site_run *run, char *out, size_t room)
{
	snprintf(out, room, "%.200s, %llu %s, %.1f GiB", run->cpu_model ? run->cpu_model : "unknown CPU",
		 (unsigned long long)run->cores, run->cores == 1 ? "core" : "cores",
		 (double)run->memory_bytes / (1024.0 * 1024 * 1024));
}

void parts_revision(const struct site_run *run, char *out, size_t room)
{
	snprintf(out, room, "%.100s%s%.12s", run->branch ? run->branch : "", run->branch && run->commit ? " at " : "",
		 run->commit ? run->commit : "");
}

/* A rate as a cell of a table: the median, the spread, and where it was measured unless that is obvious. */
void parts_point(const struct site_point *point, enum site_at at, FILE *out)
{
	char rate[UNITS_TEXT], level[UNITS_TEXT], min[UNITS_TEXT], max[UNITS_TEXT];

	html_open(out, "td", "class", "n", NULL);
	if (!point->level) {
		fputs("–", out);
	} else if (isnan(point->rate_rps)) {
		html_leaf(out, "small", "no figure", NULL);
	} else {
		html_print(out, "%s%s", units_show_count(rate, (uint64_t)(point->rate_rps + 0.5)),
			   point->valid ? "" : "*");
		if (point->most_rps > point->least_rps) {
			fputs("<br>", out);
			html_open(out, "small", NULL);
			html_print(out, "%s–%s", units_show_count(min, (uint64_t)(point->least_rps + 0.5)),
				   units_show_count(max, (uint64_t)(point->most_rps + 0.5)));
			fputs("</small>", out);
		}
		if (at == SITE_AT_BEST || (at == SITE_AT_HUNDRED && point->level != 100)) {
			fputs("<br>", out);
			html_open(out, "small", NULL);
			html_print(out, "at %s", units_show_count(level, point->level));
			fputs("</small>", out);
		}
	}
	html_close(out, "td");
}

void parts_heads(FILE *out)
{
	for (int at = 0; at < SITE_ATS; at++)
		html_leaf(out, "th", site_at_words[at], "class", "n", "scope", "col", NULL);
}

/* A table that is wider than a phone scrolls by itself; the keyboard can reach it. */
void parts_table(FILE *out, const char *label)
{
	html_open(out, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", label, NULL);
	fputs("\n<table>\n<thead>\n<tr>", out);
}
