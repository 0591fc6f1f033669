#include "harness/site/site_run.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/config/settings.h"
#include "harness/lib/text.h"
#include "harness/site/address.h"

#define TOP_LEVEL    65536
#define HUNDRED      100
#define SETUP_DIGITS 16
#define MEMORY_OFF   0.03

/* In the manifest. */
static const char *const site_at_names[SITE_ATS] = { "one", "hundred", "best", "top" };
const char *const site_at_words[SITE_ATS] = { "1 connection", "about 100", "maximum", "65,536 connections" };

#define POINT(name, kind) FIELD_ROW(struct site_point, #name, kind, ALWAYS, name)
#define RUN(name, kind)   FIELD_ROW(struct site_run, #name, kind, ALWAYS, name)
/* Texts that there must be, and those that may be null. */
#define NAME(type, name) FIELD_ROW(type, #name, TEXT, ALWAYS, name, .room = SITE_TEXT_MAX, .filled = true)
#define TEXT(type, name) FIELD_ROW(type, #name, TEXT, LATER, name, .room = SITE_TEXT_MAX)

const struct field site_file_fields[] = { FIELD_ROW(struct site_file, "path", TEXT, ALWAYS, path),
					  FIELD_ROW(struct site_file, "bytes", COUNT, ALWAYS, bytes),
					  FIELD_ROW(struct site_file, "sha256", BUFFER, ALWAYS, sha256),
					  { .path = NULL } };

/* [level, rate, minimum, maximum, valid] */
static const struct field point_fields[] = { POINT(level, COUNT),     POINT(rate_rps, NUMBER), POINT(least_rps, NUMBER),
					     POINT(most_rps, NUMBER), POINT(valid, BOOL),      { .path = NULL } };

static const struct field curve_fields[] = {
	NAME(struct site_curve, server),
	TEXT(struct site_curve, version),
	NAME(struct site_curve, mode),
	NAME(struct site_curve, client),
	FIELD_ROW(struct site_curve, "alias", TEXT, KNOWN, alias, .room = SITE_TEXT_MAX),
	FIELD_ROW(struct site_curve, "revival", BOOL, ALWAYS, revival),
	FIELD_ROW(struct site_curve, "points", RECORDS, LATER, points, .names = site_at_names, .items = point_fields),
	{ .path = NULL }
};

const struct field site_run_fields[] = { NAME(struct site_run, id),
					 NAME(struct site_run, date),
					 FIELD_ROW(struct site_run, "sha256", BUFFER, ALWAYS, sha256),
					 TEXT(struct site_run, branch),
					 TEXT(struct site_run, commit),
					 TEXT(struct site_run, committed),
					 TEXT(struct site_run, setup),
					 TEXT(struct site_run, cpu_model),
					 RUN(cores, COUNT),
					 RUN(memory_bytes, COUNT),
					 TEXT(struct site_run, kernel),
					 TEXT(struct site_run, governor),
					 TEXT(struct site_run, client_cpus),
					 TEXT(struct site_run, server_cpus),
					 TEXT(struct site_run, benchctl),
					 RUN(backlog, COUNT),
					 RUN(level_least, COUNT),
					 RUN(level_most, COUNT),
					 RUN(servers, COUNT),
					 TEXT(struct site_run, title),
					 TEXT(struct site_run, note),
					 TEXT(struct site_run, offered),
					 FIELD_ROW(struct site_run, "finding", TEXT, LATER, finding,
						   .room = SITE_FINDING_MAX),
					 TEXT(struct site_run, gist),
					 RUN(interrupted, BOOL),
					 FIELD_ROW(struct site_run, "light", BOOL, LATER, is_light),
					 FIELD_ROW(struct site_run, "curves", LIST, ALWAYS, curves,
						   .count = FIELD_COUNTED_BY(struct site_run, curves_count),
						   .items = curve_fields, .room = SITE_CURVES_MAX),
					 { .path = NULL } };

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

void site_file_drop(struct site_files *files, const char *path)
{
	bool found;
	size_t place = file_place(files, path, &found);

	if (!found)
		return;
	free(files->files[place].path);
	memmove(&files->files[place], &files->files[place + 1], (--files->count - place) * sizeof *files->files);
}

int site_files_check(const struct site_files *files, struct err *err)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct site_file *file = &files->files[i];
		if (!site_path_is_good(file->path))
			return err_set(err, "'%.60s' is no path of a file of a site", file->path);
		if ((*file->sha256 && !site_is_hex(file->sha256, SHA256_TEXT - 1)) || file->bytes > SITE_BYTES_MAX)
			return err_set(err, "'%.60s' has no right size or hash", file->path);
	}
	return 0;
}

/* A run, out of its document. */

void site_run_release(struct site_run *run)
{
	fields_release(site_run_fields, run);
	*run = (struct site_run){ 0 };
}

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

bool site_run_id_is_good(const char *id)
{
	static const char pattern[] = "00000000-000000-";
	size_t bytes = sizeof pattern - 1;

	for (size_t i = 0; i < bytes; i++)
		if (pattern[i] == '0' ? !isdigit((unsigned char)id[i]) : id[i] != pattern[i])
			return false;
	return site_is_hex(id + bytes, ID_HASH);
}

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
	if (text_keep(&curve->server, server) || text_keep(&curve->alias, found ? found->alias : NULL) ||
	    text_keep(&curve->version, found ? found->version : NULL) || text_keep(&curve->mode, mode) ||
	    text_keep(&curve->client, summary_client(document)))
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

/*
 * A digest of the options that figures depend on, and of those that say what is measured. An option of another version changes it,
 * and so would that version's figures.
 */
static int setup_keep(struct site_run *run, const struct document *document)
{
	static const char *const others[] = { "mode",        "concurrency", "rate",
					      "after-sweep", "arrivals",    "max-connections" };
	char digest[SHA256_TEXT];
	struct sha256_ctx sha;

	sha256_init(&sha);
	for (size_t i = 0; i < document->options_count; i++) {
		const struct document_option *option = &document->options[i];
		const struct option_def *def = options_find(settings_options, option->name);
		bool counts = def && def->flags & OPTION_COMPARE;
		for (size_t j = 0; j < sizeof others / sizeof *others; j++)
			counts |= strcmp(others[j], option->name) == 0;
		if (!counts)
			continue;
		sha256_update(&sha, strlen(option->name) + 1, (const uint8_t *)option->name);
		sha256_update(&sha, strlen(option->value) + 1, (const uint8_t *)option->value);
	}
	const char *client = summary_client(document), *network = document->network ? document->network : "host";
	sha256_update(&sha, strlen(client) + 1, (const uint8_t *)client);
	sha256_update(&sha, strlen(network) + 1, (const uint8_t *)network);
	sha256_show(&sha, digest);
	digest[SETUP_DIGITS] = 0;
	return text_keep(&run->setup, digest);
}

static int revision_keep(struct site_run *run, const struct document_revision *revision)
{
	time_t when;

	return text_keep(&run->branch, revision->branch) || text_keep(&run->commit, revision->commit) ||
			       text_keep(&run->committed, site_date(&when, revision->date) ? NULL : revision->date)
		       ? -1
		       : 0;
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
	    text_keep(&run->server_cpus, document->server_cpus) || text_keep(&run->benchctl, benchctl) ||
	    text_keep(&run->title, document_option(document, "title")) ||
	    text_keep(&run->note, document_option(document, "note")) || revision_keep(run, &document->revision) ||
	    setup_keep(run, document))
		return err_set(err, "out of memory");
	return curves_of(run, document, err);
}

static bool point_is_good(const struct site_point *point)
{
	return isnan(point->rate_rps) || (isfinite(point->rate_rps) && point->rate_rps >= 0 && point->rate_rps < 1e12 &&
					  point->least_rps <= point->rate_rps && point->rate_rps <= point->most_rps &&
					  point->least_rps >= 0 && point->most_rps < 1e12);
}

int site_run_check(const struct site_run *run, struct err *err)
{
	time_t when;

	if (!site_is_hex(run->sha256, SHA256_TEXT - 1) || site_date(&when, run->date))
		return err_set(err, "its date or hash is not right");
	if (run->committed && site_date(&when, run->committed))
		return err_set(err, "the date of its commit is not right");
	char *id = id_of(run->date, run->sha256);
	bool same = id && strcmp(id, run->id) == 0;
	free(id);
	if (!same)
		return err_set(err, "its id does not follow from date and hash");
	for (size_t i = 0; i < run->curves_count; i++)
		for (int at = 0; at < SITE_ATS; at++)
			if (!point_is_good(&run->curves[i].points[at]))
				return err_set(err, "curves[%zu]: '%s' is no rate", i, site_at_names[at]);
	return 0;
}

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

bool site_run_is_same_host(const struct site_run *a, const struct site_run *b)
{
	double x = (double)a->memory_bytes, y = (double)b->memory_bytes;

	return is_same(a->cpu_model, b->cpu_model) && a->cores == b->cores && fabs(x - y) <= MEMORY_OFF * fmax(x, y);
}

bool site_run_has_all_of(const struct site_run *other, const struct site_run *run)
{
	for (size_t i = 0; i < run->curves_count; i++) {
		bool found = false;
		for (size_t j = 0; j < other->curves_count && !found; j++)
			found = strcmp(other->curves[j].server, run->curves[i].server) == 0 &&
				strcmp(other->curves[j].mode, run->curves[i].mode) == 0;
		if (!found)
			return false;
	}
	return true;
}

char *site_run_path(char out[SITE_PATH_MAX], const struct site_run *run)
{
	snprintf(out, SITE_PATH_MAX, SITE_RUNS "/%s/%s", run->id, run->is_light ? SITE_RUN_LIGHT : SITE_RUN_JSON);
	return out;
}
