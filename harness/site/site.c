#include "harness/site/site.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"

#define TOP_LEVEL  65536
#define HUNDRED    100
#define MEMORY_OFF 0.03
#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define DIGITS     "0123456789"
#define HEX        DIGITS "abcdef"

const char *const site_at_names[SITE_ATS] = { "one", "hundred", "best", "top" };
const char *const site_at_words[SITE_ATS] = { "1 connection", "about 100", "maximum", "65,536 connections" };

void site_files_release(struct site_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->files[i].path);
	free(files->files);
	*files = (struct site_files){ 0 };
}

void site_run_release(struct site_run *run)
{
	for (size_t i = 0; i < run->curves_count; i++) {
		free(run->curves[i].server);
		free(run->curves[i].version);
		free(run->curves[i].mode);
		free(run->curves[i].client);
	}
	free(run->curves);
	free(run->id);
	free(run->date);
	free(run->cpu_model);
	free(run->kernel);
	free(run->governor);
	free(run->client_cpus);
	free(run->server_cpus);
	free(run->benchctl);
	free(run->offered);
	free(run->finding);
	free(run->gist);
	site_files_release(&run->files);
	*run = (struct site_run){ 0 };
}

void site_release(struct site *site)
{
	for (size_t i = 0; i < site->runs_count; i++)
		site_run_release(&site->runs[i]);
	free(site->runs);
	free(site->title);
	free(site->url);
	free(site->feed_id);
	free(site->latest);
	site_files_release(&site->files);
	*site = (struct site){ 0 };
}

/* Dates, names, addresses. */

int site_date(time_t *when, const char *date)
{
	static const char pattern[] = "0000-00-00T00:00:00Z";
	struct tm tm = { 0 }, back;

	if (!date || strlen(date) != strlen(pattern))
		return -1;
	for (size_t i = 0; pattern[i]; i++)
		if (pattern[i] == '0' ? !isdigit((unsigned char)date[i]) : date[i] != pattern[i])
			return -1;
	if (sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec) != 6)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	struct tm asked = tm;
	*when = timegm(&tm);
	/* timegm() takes February 30 too, and makes it March. */
	if (asked.tm_year < 70 || !gmtime_r(when, &back))
		return -1;
	return back.tm_mon == asked.tm_mon && back.tm_mday == asked.tm_mday && back.tm_hour == asked.tm_hour &&
			       back.tm_min == asked.tm_min && back.tm_sec == asked.tm_sec
		       ? 0
		       : -1;
}

static bool is_of(const char *text, size_t bytes, const char *allowed)
{
	return text && strlen(text) == bytes && strspn(text, allowed) == bytes;
}

static bool is_hash(const char *text)
{
	return is_of(text, SHA256_TEXT - 1, HEX);
}

/* 20261125-120558-0123456789 */
#define ID_HASH 10
static char *id_of(const char *date, const char *sha256)
{
	char *id;

	if (asprintf(&id, "%.4s%.2s%.2s-%.2s%.2s%.2s-%.*s", date, date + 5, date + 8, date + 11, date + 14, date + 17,
		     ID_HASH, sha256) < 0)
		return NULL;
	return id;
}

bool site_path_is_good(const char *path)
{
	if (!path || !*path || strlen(path) > SITE_PATH_MAX ||
	    path[strspn(path, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-/")])
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += part != path;
		if (*part == '.' || *part == '/' || !*part)
			return false;
	}
	return true;
}

bool site_url_is_good(const char *url)
{
	const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
			   : strncmp(url, "http://", 7) == 0 ? url + 7
							     : NULL;

	if (!host || !*host || *host == '/' || strlen(url) > SITE_PATH_MAX)
		return false;
	return url[strspn(url, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-/:[]~%")] == 0;
}

/* The hash of a text. */
static char *text_hash(char out[SHA256_TEXT], const char *text)
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, strlen(text), (const uint8_t *)text);
	return sha256_show(&sha, out);
}

#define SLUG_HASH 10
#define SLUG_NAME 60

char *site_slug(char out[SITE_SLUG], const char *server)
{
	size_t bytes = strlen(server), used = 0;
	char hash[SHA256_TEXT];
	const char *dash = strrchr(server, '-');

	/* A plain name that ends as one with a hash does gets a hash too, so that no name can take another's place. */
	bool plain = bytes && bytes <= SLUG_NAME && server[strspn(server, LOWER DIGITS "_-")] == 0 && *server != '-' &&
		     *server != '_' && !(dash && is_of(dash + 1, SLUG_HASH, HEX));
	for (size_t i = 0; i < bytes && used < SLUG_NAME; i++) {
		unsigned char c = (unsigned char)server[i];
		char put = c < 0x80 && isalnum(c) ? (char)tolower(c) : c == '_' ? '_' : '-';
		if (put != '-' || plain || (used && out[used - 1] != '-'))
			out[used++] = put;
	}
	out[used] = 0;
	if (!plain)
		snprintf(out + used, SITE_SLUG - used, "%s%.*s", used && out[used - 1] == '-' ? "" : "-", SLUG_HASH,
			 text_hash(hash, server));
	if (*out == '-')
		*out = '_';
	return out;
}

/* RFC 9562, 5.8: version 8 is what is made in a way of one's own; the variant's two bits are 10. */
char *site_uuid(char out[SITE_UUID], const char *sha256)
{
	static const char variants[] = "89ab";
	const char *digit = strchr(HEX, sha256[15]);

	snprintf(out, SITE_UUID, "urn:uuid:%.8s-%.4s-8%.3s-%c%.3s-%.12s", sha256, sha256 + 8, sha256 + 12,
		 variants[digit ? (digit - HEX) % 4 : 0], sha256 + 16, sha256 + 19);
	return out;
}

/* Files. */

static size_t file_place(const struct site_files *files, const char *path, bool *found)
{
	size_t low = 0, high = files->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(files->files[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < files->count && strcmp(files->files[low].path, path) == 0;
	return low;
}

struct site_file *site_file(const struct site_files *files, const char *path)
{
	bool found;
	size_t place = file_place(files, path, &found);

	return found ? &files->files[place] : NULL;
}

int site_file_set(struct site_files *files, const char *path, uint64_t bytes, const char *sha256)
{
	bool found;
	size_t place = file_place(files, path, &found);

	if (!found) {
		char *copy = strdup(path);
		struct site_file *more = copy ? realloc(files->files, (files->count + 1) * sizeof *more) : NULL;
		if (!more) {
			free(copy);
			return -1;
		}
		files->files = more;
		memmove(more + place + 1, more + place, (files->count++ - place) * sizeof *more);
		more[place].path = copy;
	}
	files->files[place].bytes = bytes;
	snprintf(files->files[place].sha256, SHA256_TEXT, "%s", sha256);
	return 0;
}

/* A run, out of its document. */

int site_run_tell(struct site_run *run, const char *offered, const char *finding, const char *gist)
{
	char plain[SITE_FINDING_MAX];

	return cell_set_text(&run->offered, text_plain(plain, SITE_TEXT_MAX, offered)) ||
			       cell_set_text(&run->finding, text_plain(plain, sizeof plain, finding)) ||
			       cell_set_text(&run->gist, text_plain(plain, SITE_TEXT_MAX, gist))
		       ? -1
		       : 0;
}

/* A copy fit to be shown and kept; NULL and "" give NULL. Returns 0, or -1 where memory is out. */
static int text_keep(char **field, const char *text)
{
	char plain[SITE_TEXT_MAX];

	*field = NULL;
	if (!text || !*text)
		return 0;
	*field = strdup(text_plain(plain, sizeof plain, text));
	return *field ? 0 : -1;
}

/* To a tenth, so that the manifest, which has decimal digits, gives back just this number: pages are made from both. */
static double rounded(double rate_rps)
{
	return round(rate_rps * 10) / 10;
}

static struct site_point point_of(const struct summary *summary)
{
	return (struct site_point){
		.level = summary->cells ? summary->level : 0,
		.rate_rps = rounded(summary->rate_rps),
		.least_rps = rounded(summary->rate_min_rps),
		.most_rps = rounded(summary->rate_max_rps),
		.valid = summary->valid,
	};
}

/* Whether a rate may be a maximum: where the client's CPU was the limit the server can do at least as much. */
static bool is_bound(const struct summary *summary)
{
	return summary->valid || !(summary->invalid & ~(1u << INVALID_CLIENT_BOUND));
}

/* Whether it is a better maximum than the best so far, which is a bound or not. */
static bool is_better(const struct site_point *point, bool bound, const struct site_point *best, bool best_bound)
{
	if (isnan(point->rate_rps))
		return false;
	if (!best->level || isnan(best->rate_rps))
		return true;
	return bound != best_bound ? bound : point->rate_rps > best->rate_rps;
}

/* Fills the points of a curve. Returns 0, or -1 with err set. */
static int curve_fill(struct site_curve *curve, struct site_run *run, const struct document *document,
		      const char *server, const uint64_t *levels, size_t count, struct err *err)
{
	uint64_t hundred = summary_nearest(levels, count, HUNDRED);
	bool best_bound = false;

	for (size_t i = 0; i < count; i++) {
		struct summary summary;
		if (summary_of(&summary, document, server, summary_client(document), curve->mode, levels[i], err))
			return -1;
		struct site_point point = point_of(&summary);
		if (summary.backlog > run->backlog)
			run->backlog = summary.backlog;
		if (!point.level)
			continue;
		if (levels[i] == 1)
			curve->points[SITE_AT_ONE] = point;
		if (levels[i] == hundred && hundred >= HUNDRED / 2 && hundred <= HUNDRED * 2)
			curve->points[SITE_AT_HUNDRED] = point;
		if (is_better(&point, is_bound(&summary), &curve->points[SITE_AT_BEST], best_bound)) {
			curve->points[SITE_AT_BEST] = point;
			best_bound = is_bound(&summary);
		}
		if (levels[i] == TOP_LEVEL)
			curve->points[SITE_AT_TOP] = point;
	}
	return 0;
}

static int curve_add(struct site_run *run, const struct document *document, const char *server, const char *mode,
		     const uint64_t *levels, size_t count, struct err *err)
{
	const struct document_server *found = document_server(document, server);

	if (run->curves_count == SITE_CURVES_MAX)
		return err_set(err, "more than %d servers and modes", SITE_CURVES_MAX);
	struct site_curve *more = realloc(run->curves, (run->curves_count + 1) * sizeof *more);
	if (!more)
		return err_set(err, "out of memory");
	run->curves = more;
	struct site_curve *curve = &more[run->curves_count++];
	*curve = (struct site_curve){ .revival = document_is_revival(document, server) };
	if (text_keep(&curve->server, server) || text_keep(&curve->version, found ? found->version : NULL) ||
	    text_keep(&curve->mode, mode) || text_keep(&curve->client, summary_client(document)))
		return err_set(err, "out of memory");
	if (!curve->server || !curve->mode || !curve->client)
		return err_set(err, "a server, mode or client has no name");
	return curve_fill(curve, run, document, server, levels, count, err);
}

static bool is_measured(const struct document *document, const char *server, const char *mode)
{
	for (size_t i = 0; i < document->cells_count; i++)
		if (strcmp(document->cells[i].server, server) == 0 && strcmp(document->cells[i].mode, mode) == 0 &&
		    !cell_is_open_loop(&document->cells[i]))
			return true;
	return false;
}

static int curves_of(struct site_run *run, const struct document *document, struct err *err)
{
	const char **servers = summary_servers(document, err);
	const char **modes = servers ? summary_modes(document, err) : NULL;
	uint64_t *levels = NULL;
	size_t count;
	int result = modes ? 0 : -1;

	for (size_t i = 0; modes && modes[i] && !result; i++) {
		result = summary_levels(document, modes[i], &levels, &count, err);
		for (size_t j = 0; !result && servers[j]; j++)
			if (is_measured(document, servers[j], modes[i]))
				result = curve_add(run, document, servers[j], modes[i], levels, count, err);
		if (!result && count) {
			if (!run->level_least || levels[0] < run->level_least)
				run->level_least = levels[0];
			if (levels[count - 1] > run->level_most)
				run->level_most = levels[count - 1];
		}
		free(levels);
		levels = NULL;
	}
	for (size_t j = 0; servers && servers[j]; j++)
		run->servers++;
	free(servers);
	free(modes);
	return result;
}

int site_run_of(struct site_run *run, const struct document *document, const char *sha256, struct err *err)
{
	const struct host *host = &document->host;
	char benchctl[200];
	time_t when;

	*run = (struct site_run){ .interrupted = document->interrupted,
				  .cores = host->cores,
				  .memory_bytes = host->memory_bytes };
	if (site_date(&when, host->date))
		return err_set(err,
			       "'environment.date' is not of the form 2026-11-25T12:05:58Z: without a date it has no "
			       "place in a history");
	if (!document->cells_count)
		return err_set(err, "it has no cells: there is nothing to publish");
	snprintf(run->sha256, sizeof run->sha256, "%s", sha256);
	snprintf(benchctl, sizeof benchctl, "%.90s (%.90s)", document->benchctl ? document->benchctl : "?",
		 document->commit ? document->commit : "?");
	run->id = id_of(host->date, sha256);
	if (!run->id || text_keep(&run->date, host->date) || text_keep(&run->cpu_model, host->cpu_model) ||
	    text_keep(&run->kernel, host->kernel) || text_keep(&run->governor, host->governor) ||
	    text_keep(&run->client_cpus, document->client_cpus) ||
	    text_keep(&run->server_cpus, document->server_cpus) || text_keep(&run->benchctl, benchctl))
		return err_set(err, "out of memory");
	return curves_of(run, document, err);
}

/* The site. */

const struct site_run *site_run(const struct site *site, const char *id)
{
	for (size_t i = 0; i < site->runs_count; i++)
		if (strcmp(site->runs[i].id, id) == 0)
			return &site->runs[i];
	return NULL;
}

/* Newest first; the id begins with the date, so that runs of the same second have an order too. */
static int run_order(const void *a, const void *b)
{
	return strcmp(((const struct site_run *)b)->id, ((const struct site_run *)a)->id);
}

/* The newest run that was not cut short; where all were, the newest. */
static const struct site_run *run_latest(const struct site *site)
{
	for (size_t i = 0; i < site->runs_count; i++)
		if (!site->runs[i].interrupted)
			return &site->runs[i];
	return site->runs_count ? &site->runs[0] : NULL;
}

int site_add(struct site *site, struct site_run *run, struct err *err)
{
	struct site_run *old = (struct site_run *)site_run(site, run->id);
	char hash[SHA256_TEXT], uuid[SITE_UUID], text[SHA256_TEXT + 16];

	if (!old && site->runs_count == SITE_RUNS_MAX)
		return err_set(err, "the site has %d runs already", SITE_RUNS_MAX);
	if (!site->feed_id) {
		snprintf(text, sizeof text, "feed %s", run->sha256);
		site->feed_id = strdup(site_uuid(uuid, text_hash(hash, text)));
		if (!site->feed_id)
			return err_set(err, "out of memory");
	}
	if (old) {
		site_run_release(old);
	} else {
		struct site_run *more = realloc(site->runs, (site->runs_count + 1) * sizeof *more);
		if (!more)
			return err_set(err, "out of memory");
		site->runs = more;
		old = &more[site->runs_count++];
	}
	*old = *run;
	*run = (struct site_run){ 0 };
	qsort(site->runs, site->runs_count, sizeof *site->runs, run_order);
	return cell_set_text(&site->latest, run_latest(site)->id) ? err_set(err, "out of memory") : 0;
}

static int files_check(const struct site_files *files, const char *folder, struct err *err)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct site_file *file = &files->files[i];
		if (!site_path_is_good(file->path) || strncmp(file->path, folder, strlen(folder)) != 0)
			return err_set(err, "'%.60s' is no path of a file in '%s'", file->path, folder);
		if ((*file->sha256 && !is_hash(file->sha256)) || file->bytes > SITE_BYTES_MAX)
			return err_set(err, "'%.60s' has no right size or hash", file->path);
	}
	return 0;
}

static bool point_is_good(const struct site_point *point)
{
	return isnan(point->rate_rps) || (isfinite(point->rate_rps) && point->rate_rps >= 0 && point->rate_rps < 1e12 &&
					  point->least_rps <= point->rate_rps && point->rate_rps <= point->most_rps &&
					  point->least_rps >= 0 && point->most_rps < 1e12);
}

int site_run_check(const struct site_run *run, struct err *err)
{
	char folder[80];
	time_t when;

	if (!is_hash(run->sha256) || site_date(&when, run->date))
		return err_set(err, "its date or hash is not right");
	char *id = id_of(run->date, run->sha256);
	bool same = id && strcmp(id, run->id) == 0;
	free(id);
	if (!same)
		return err_set(err, "its id does not follow from date and hash");
	for (size_t i = 0; i < run->curves_count; i++)
		for (int at = 0; at < SITE_ATS; at++)
			if (!point_is_good(&run->curves[i].points[at]))
				return err_set(err, "curves[%zu]: '%s' is no rate", i, site_at_names[at]);
	snprintf(folder, sizeof folder, SITE_RUNS "/%s/", run->id);
	return files_check(&run->files, folder, err);
}

int site_check(const struct site *site, struct err *err)
{
	if (site->url && !site_url_is_good(site->url))
		return err_set(err, "'url' is no plain http or https URL");
	if (site->feed_id && (strlen(site->feed_id) != 45 || strncmp(site->feed_id, "urn:uuid:", 9) != 0 ||
			      site->feed_id[9 + strspn(site->feed_id + 9, HEX "-")]))
		return err_set(err, "'feed_id' is no UUID");
	for (size_t i = 0; i < site->runs_count; i++) {
		if (site_run_check(&site->runs[i], err))
			return err_prefix(err, "runs[%zu]", i);
		if (i && strcmp(site->runs[i - 1].id, site->runs[i].id) <= 0)
			return err_set(err, "runs[%zu]: the runs are not in order", i);
	}
	/* site_add() sets both, so a run always has them. */
	if (site->runs_count && (!site->latest || !site->feed_id))
		return err_set(err, "'%s' is missing beside runs", site->latest ? "feed_id" : "latest");
	if (site->latest && !site_run(site, site->latest))
		return err_set(err, "'latest' is none of the runs");
	return files_check(&site->files, "", err);
}

/* Servers and trends. */

static int name_order(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int ceiling = (strcmp(y, CONTROL_SERVER) == 0) - (strcmp(x, CONTROL_SERVER) == 0);

	return ceiling ? ceiling : strcmp(x, y);
}

const char **site_servers(const struct site *site)
{
	size_t all = 0, count = 0;

	for (size_t i = 0; i < site->runs_count; i++)
		all += site->runs[i].curves_count;
	const char **names = calloc(all + 1, sizeof *names);
	if (!names)
		return NULL;
	all = 0;
	for (size_t i = 0; i < site->runs_count; i++)
		for (size_t j = 0; j < site->runs[i].curves_count; j++)
			names[all++] = site->runs[i].curves[j].server;
	qsort(names, all, sizeof *names, name_order);
	for (size_t i = 0; i < all; i++)
		if (!count || strcmp(names[count - 1], names[i]) != 0)
			names[count++] = names[i];
	names[count] = NULL;
	return names;
}

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_host(const struct site_run *a, const struct site_run *b)
{
	double x = (double)a->memory_bytes, y = (double)b->memory_bytes;

	return is_same(a->cpu_model, b->cpu_model) && a->cores == b->cores && fabs(x - y) <= MEMORY_OFF * fmax(x, y);
}

void site_trends_release(struct site_trends *trends)
{
	for (size_t i = 0; i < trends->count; i++) {
		free(trends->trends[i].runs);
		free(trends->trends[i].curves);
	}
	free(trends->trends);
	*trends = (struct site_trends){ 0 };
}

/* The trend that a curve belongs to, which is made where there is none. NULL where memory is out. */
static struct site_trend *trend_for(struct site_trends *trends, const struct site *site, const struct site_run *run,
				    const struct site_curve *curve)
{
	for (size_t i = 0; i < trends->count; i++) {
		struct site_trend *trend = &trends->trends[i];
		if (is_same_host(trend->runs[0], run) && is_same(trend->curves[0]->mode, curve->mode) &&
		    is_same(trend->curves[0]->client, curve->client))
			return trend;
	}
	struct site_trend *more = realloc(trends->trends, (trends->count + 1) * sizeof *more);
	if (!more)
		return NULL;
	trends->trends = more;
	struct site_trend *trend = &more[trends->count++];
	*trend = (struct site_trend){ .runs = calloc(site->runs_count, sizeof *trend->runs),
				      .curves = calloc(site->runs_count, sizeof *trend->curves) };
	return trend->runs && trend->curves ? trend : NULL;
}

/* Whether one trend is older than another: by its oldest run, in which there may be one of each mode and client. */
static bool begins_before(const struct site_trend *a, const struct site_trend *b)
{
	const struct site_curve *x = a->curves[a->count - 1], *y = b->curves[b->count - 1];
	int order = strcmp(a->runs[a->count - 1]->id, b->runs[b->count - 1]->id);

	if (!order)
		order = strcmp(x->mode, y->mode);
	if (!order)
		order = strcmp(x->client, y->client);
	return order < 0;
}

int site_trends_of(struct site_trends *trends, const struct site *site, const char *server, struct err *err)
{
	*trends = (struct site_trends){ 0 };
	for (size_t i = 0; i < site->runs_count; i++) {
		const struct site_run *run = &site->runs[i];
		for (size_t j = 0; j < run->curves_count; j++) {
			if (strcmp(run->curves[j].server, server) != 0)
				continue;
			struct site_trend *trend = trend_for(trends, site, run, &run->curves[j]);
			if (!trend) {
				site_trends_release(trends);
				return err_set(err, "out of memory");
			}
			/* A manifest from outside may hold a curve twice: the first counts. */
			if (trend->count && trend->runs[trend->count - 1] == run)
				continue;
			trend->runs[trend->count] = run;
			trend->curves[trend->count++] = &run->curves[j];
		}
	}
	for (size_t i = 0; i < trends->count; i++)
		for (size_t j = 0; j < trends->count; j++)
			trends->trends[i].number += !begins_before(&trends->trends[i], &trends->trends[j]);
	return 0;
}

char *site_changes(char *out, size_t room, const struct site_run *run, const struct site_curve *curve,
		   const struct site_run *before, const struct site_curve *curve_before)
{
	const struct {
		const char *what;
		bool same;
	} parts[] = {
		{ "version",
		  is_same(curve->version, curve_before->version) && curve->revival == curve_before->revival },
		{ "kernel", is_same(run->kernel, before->kernel) },
		{ "governor", is_same(run->governor, before->governor) },
		{ "pinning",
		  is_same(run->client_cpus, before->client_cpus) && is_same(run->server_cpus, before->server_cpus) },
		{ "backlog", run->backlog == before->backlog },
		{ "benchctl", is_same(run->benchctl, before->benchctl) },
	};
	size_t used = 0;

	*out = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!parts[i].same && used + strlen(parts[i].what) + 3 < room)
			used += (size_t)snprintf(out + used, room - used, "%s%s", used ? ", " : "", parts[i].what);
	return out;
}
