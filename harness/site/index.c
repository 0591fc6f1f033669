#include "harness/site/index.h"

#include <stdlib.h>
#include <string.h>

#include "harness/site/parts.h"
#include "harness/text/html.h"

#define HOSTS_MAX     20 /* kinds of host with a table, those with the newest runs */
#define BASELINES_MAX 12 /* of a kind of host */

/* Runs. */

/* `up` leads to the site's root. */
static void run_put(const struct site *site, const struct site_run *run, const char *up, FILE *out)
{
	char text[1200], host[600];

	html_open(out, "li", NULL);
	fputs("<h3>", out);
	/* The file itself, so that the link works from a disk too. */
	snprintf(text, sizeof text, "%s" SITE_RUNS "/%s/" SITE_INDEX, up, run->id);
	html_open(out, "a", "href", text, NULL);
	parts_date(out, run->date);
	if (run->title)
		html_print(out, " · %s", run->title);
	fputs("</a></h3>", out);
	if (run->note)
		html_leaf(out, "p", run->note, NULL);
	parts_run(run, text, sizeof text);
	if (run->interrupted)
		parts_add(text, sizeof text, " · ", "interrupted: not all was measured");
	if (site->latest && strcmp(site->latest, run->id) == 0)
		parts_add(text, sizeof text, " · ", "this is " SITE_LATEST);
	html_leaf(out, "p", text, "class", "meta", NULL);
	parts_revision(run, text, sizeof text);
	parts_host(run, host, sizeof host);
	parts_add(text, sizeof text, " · ", host);
	if (run->kernel)
		parts_add(text, sizeof text, " · ", run->kernel);
	parts_add(text, sizeof text, " · benchctl ", run->benchctl ? run->benchctl : "?");
	html_leaf(out, "p", text, "class", "meta", NULL);
	/* A finding names all servers and would fill a screen: the page shows one line, which unfolds to the names. */
	if (run->finding) {
		if (run == site->runs)
			html_open(out, "details", "open", "", NULL);
		else
			html_open(out, "details", NULL);
		html_leaf(out, "summary", run->gist && *run->gist ? run->gist : "What was found", NULL);
		html_leaf(out, "p", run->finding, NULL);
		html_close(out, "details");
	}
	html_close(out, "li");
}

static void runs_put(const struct site *site, size_t from, size_t to, const char *up, FILE *out)
{
	html_open(out, "ul", "class", "runs", NULL);
	for (size_t i = from; i < to; i++)
		run_put(site, &site->runs[i], up, out);
	html_close(out, "ul");
}

/* The runs of a page of the history: the newest of them, and the one after the oldest. */
static size_t page_bounds(const struct site *site, size_t page, size_t *to)
{
	size_t newest = page * SITE_PAGE_RUNS;

	*to = site->runs_count - (page - 1) * SITE_PAGE_RUNS;
	return newest < site->runs_count ? site->runs_count - newest : 0;
}

/*
 * The links to all pages of the history, the newest first. Those on page `here` of the history, which is no link itself, say
 * nothing that changes with each run: so only the newest page is another one then.
 */
static void pages_put(const struct site *site, const char *folder, size_t here, FILE *out)
{
	char href[SITE_PATH_MAX], words[80];

	html_open(out, "ul", "class", "pages", NULL);
	for (size_t page = site_pages_count(site); page; page--) {
		size_t to, from = page_bounds(site, page, &to);
		snprintf(href, sizeof href, "%s%zu.html", folder, page);
		snprintf(words, sizeof words, here ? "from %.10s" : "%.10s to %.10s", site->runs[to - 1].date,
			 site->runs[from].date);
		html_open(out, "li", NULL);
		if (page == here)
			html_leaf(out, "strong", words, NULL);
		else
			html_leaf(out, "a", words, "href", href, NULL);
		if (!here)
			html_print(out, " (%zu)", to - from);
		html_close(out, "li");
	}
	html_close(out, "ul");
}

void index_history_put(const struct site *site, size_t page, const char *css, FILE *out)
{
	size_t to, from = page_bounds(site, page, &to);
	char title[120];

	snprintf(title, sizeof title, "Runs of %.10s to %.10s", site->runs[to - 1].date, site->runs[from].date);
	parts_begin(site, title, "../", css, out);
	fputs("<nav>", out);
	html_leaf(out, "a", parts_title(site), "href", "../" SITE_INDEX, NULL);
	fputs("</nav>\n<main>\n", out);
	html_leaf(out, "h1", title, NULL);
	runs_put(site, from, to, "../", out);
	html_leaf(out, "h2", "All runs", NULL);
	pages_put(site, "", page, out);
	fputs("</main>\n", out);
	parts_end(out);
}

/* Servers. */

/* A server on a kind of host: its newest run of the main branch there, and how many there are. */
struct standing {
	const struct site_run *run;
	const struct site_curve *curve;
	size_t runs;
};

static int name_order(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

/* The place of a name; the control server, which is the first, is not in the order of the others. */
static size_t place_of(const char *const *servers, size_t count, const char *name)
{
	if (!count || strcmp(servers[0], name) == 0)
		return 0;
	const char *const *found = bsearch(name, servers + 1, count - 1, sizeof *servers, name_order);
	return found ? (size_t)(found - servers) : 0;
}

static void standings_fill(struct standing *standings, const struct site *site, const struct site_run *host,
			   const char *const *servers, size_t count)
{
	for (size_t i = 0; i < site->runs_count; i++) {
		const struct site_run *run = &site->runs[i];
		if (!site_is_main(site, run) || !site_run_is_same_host(run, host))
			continue;
		for (size_t j = 0; j < run->curves_count; j++) {
			struct standing *at = &standings[place_of(servers, count, run->curves[j].current)];
			if (!at->run) {
				at->run = run;
				at->curve = &run->curves[j];
			}
			/* It may have several modes. */
			bool again = false;
			for (size_t k = 0; k < j; k++)
				again |= strcmp(run->curves[k].current, run->curves[j].current) == 0;
			at->runs += !again;
		}
	}
}

static void server_row(const struct standing *standing, const char *server, FILE *out)
{
	char slug[SITE_SLUG], href[SITE_PATH_MAX];

	snprintf(href, sizeof href, SITE_SERVERS "/%s.html", site_slug(slug, server));
	html_open(out, "tr", NULL);
	html_open(out, "th", "scope", "row", NULL);
	html_leaf(out, "a", parts_name(server), "href", href, NULL);
	if (standing->curve->revival)
		fputs(" (revival)", out);
	html_close(out, "th");
	html_open(out, "td", "class", "n", NULL);
	html_print(out, "%zu", standing->runs);
	html_close(out, "td");
	html_open(out, "td", NULL);
	html_print(out, "%.10s, %.30s", standing->run->date, standing->curve->mode);
	html_close(out, "td");
	for (int at = 0; at < SITE_ATS; at++)
		parts_point(&standing->curve->points[at], (enum site_at)at, out);
	html_close(out, "tr");
}

/* Whether a run is a baseline like a newer one. */
static bool is_same_kind(const struct site_run *a, const struct site_run *b)
{
	return strcmp(a->setup ? a->setup : "", b->setup ? b->setup : "") == 0 && site_run_has_all_of(a, b) &&
	       site_run_has_all_of(b, a);
}

/* "control, app and 3 more" */
static void names_of(const struct site_run *run, char *out, size_t room)
{
	const char *named[3] = { NULL };
	size_t count = 0;
	char more[40];

	*out = 0;
	for (size_t i = 0; i < run->curves_count; i++) {
		bool known = false;
		for (size_t j = 0; j < count && j < 3; j++)
			known |= strcmp(named[j], run->curves[i].server) == 0;
		if (known || count >= 3)
			continue;
		named[count++] = run->curves[i].server;
		parts_add(out, room, ", ", parts_name(run->curves[i].server));
	}
	snprintf(more, sizeof more, "%llu more", (unsigned long long)(run->servers - count));
	if (run->servers > count)
		parts_add(out, room, " and ", more);
}

/* The newest run of each set of options and servers on a kind of host. */
static void baselines_put(const struct site *site, const struct site_run *host, FILE *out)
{
	const struct site_run *kinds[BASELINES_MAX];
	char text[1200], load[600], path[SITE_PATH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < site->runs_count && count < BASELINES_MAX; i++) {
		const struct site_run *run = &site->runs[i];
		bool known = run->interrupted || !site_is_main(site, run) || !site_run_is_same_host(run, host);
		for (size_t j = 0; j < count && !known; j++)
			known = is_same_kind(kinds[j], run);
		if (!known)
			kinds[count++] = run;
	}
	if (!count)
		return;
	html_open(out, "details", NULL);
	html_leaf(out, "summary", "Baselines of this kind of host", NULL);
	html_open(out, "ul", NULL);
	for (size_t i = 0; i < count; i++) {
		html_open(out, "li", NULL);
		names_of(kinds[i], text, sizeof text);
		parts_run(kinds[i], load, sizeof load);
		parts_add(text, sizeof text, " · ", load);
		html_print(out, "%s · ", text);
		html_leaf(out, "a", kinds[i]->is_light ? SITE_RUN_LIGHT : SITE_RUN_JSON, "href",
			  site_run_path(path, kinds[i]), NULL);
		html_print(out, " of %.10s", kinds[i]->date);
		html_close(out, "li");
	}
	html_close(out, "ul");
	html_close(out, "details");
}

/* Servers that no table has lead to their pages too. */
static void others_put(const struct site *site, const char *const *servers, size_t count, FILE *out)
{
	char slug[SITE_SLUG], href[SITE_PATH_MAX];
	size_t others = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_in_main = false;
		for (size_t j = 0; j < site->runs_count && !is_in_main; j++)
			for (size_t k = 0; k < site->runs[j].curves_count && site_is_main(site, &site->runs[j]); k++)
				is_in_main |= strcmp(site->runs[j].curves[k].current, servers[i]) == 0;
		if (is_in_main)
			continue;
		if (!others++)
			html_open(out, "p", NULL);
		snprintf(href, sizeof href, SITE_SERVERS "/%s.html", site_slug(slug, servers[i]));
		fputs(others > 1 ? ", " : "In other branches only: ", out);
		html_leaf(out, "a", parts_name(servers[i]), "href", href, NULL);
	}
	if (others)
		html_close(out, "p");
}

/* Returns 0, or -1 with err set. */
static int host_put(const struct site *site, const struct site_run *host, const char *const *servers, size_t count,
		    FILE *out, struct err *err)
{
	struct standing *standings = calloc(count + 1, sizeof *standings);
	char text[600];

	if (!standings)
		return err_set(err, "out of memory");
	standings_fill(standings, site, host, servers, count);
	parts_host(host, text, sizeof text);
	html_leaf(out, "h3", text, NULL);
	parts_table(out, text);
	html_leaf(out, "th", "server", "scope", "col", NULL);
	html_leaf(out, "th", "runs", "class", "n", "scope", "col", NULL);
	html_leaf(out, "th", "newest", "scope", "col", NULL);
	parts_heads(out);
	fputs("</tr>\n</thead>\n<tbody>\n", out);
	for (size_t i = 0; i < count; i++)
		if (standings[i].run)
			server_row(&standings[i], servers[i], out);
	fputs("</tbody>\n</table>\n</div>\n", out);
	baselines_put(site, host, out);
	free(standings);
	return 0;
}

static int servers_put(const struct site *site, const char *const *servers, FILE *out, struct err *err)
{
	const struct site_run *hosts[HOSTS_MAX];
	size_t hosts_count = 0, count = 0;

	while (servers[count])
		count++;
	html_leaf(
		out, "p",
		"Requests per second in the newest run of each on that kind of host: the median over the launches, below it the minimum "
		"and the maximum. Figures of different kinds of host can't be compared. * not valid; the page of the run says why. "
		"Each name leads to the server's trend over all runs.",
		"class", "note", NULL);
	for (size_t i = 0; i < site->runs_count && hosts_count < HOSTS_MAX; i++) {
		const struct site_run *run = &site->runs[i];
		bool known = !run->curves_count || !site_is_main(site, run);
		for (size_t j = 0; j < hosts_count && !known; j++)
			known = site_run_is_same_host(hosts[j], run);
		if (!known)
			hosts[hosts_count++] = run;
	}
	for (size_t i = 0; i < hosts_count; i++)
		if (host_put(site, hosts[i], servers, count, out, err))
			return -1;
	others_put(site, servers, count, out);
	if (!hosts_count)
		html_leaf(out, "p", "There are no figures over numbers of connections from the main branch yet.",
			  "class", "note", NULL);
	return 0;
}

/* What is where, and for what it is good. */
static void head_put(const struct site *site, FILE *out)
{
	html_open(out, "p", "class", "meta", NULL);
	html_print(out, "%zu %s · ", site->runs_count, site->runs_count == 1 ? "run" : "runs");
	html_leaf(out, "a", "feed", "href", SITE_FEED, NULL);
	if (site->latest) {
		fputs(" · ", out);
		html_leaf(out, "a", SITE_LATEST, "href", SITE_LATEST, NULL);
		fputs("(the newest run, whatever its host and options)", out);
	}
	html_close(out, "p");
	html_open(out, "p", "class", "note", NULL);
	fputs("A baseline is a run of the same kind of host, options and servers: <code>benchctl compare --baseline ",
	      out);
	html_text(out, site->url ? site->url : "SITE");
	fputs(" NEW.json</code> takes the newest one here. ", out);
	html_close(out, "p");
}

int index_put(const struct site *site, const char *css, FILE *out, struct err *err)
{
	const char **servers = site_servers(site);
	const char *title = parts_title(site);
	size_t shown = site_pages_count(site) ? SITE_INDEX_RUNS : site->runs_count;

	if (!servers)
		return err_set(err, "out of memory");
	parts_begin(site, title, "", css, out);
	fputs("<main>\n", out);
	html_leaf(out, "h1", title, NULL);
	head_put(site, out);
	html_leaf(out, "h2", "Runs", NULL);
	runs_put(site, 0, shown, "", out);
	if (site_pages_count(site)) {
		html_leaf(out, "h3", "All runs", NULL);
		pages_put(site, SITE_HISTORY "/", 0, out);
	}
	html_leaf(out, "h2", "Servers", NULL);
	int result = servers_put(site, servers, out, err);
	fputs("</main>\n", out);
	parts_end(out);
	free(servers);
	return result;
}
