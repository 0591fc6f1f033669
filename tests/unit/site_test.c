/* A site: addresses, dates, what of a run is kept, its order, trends; and its manifest, there and back. */
#include "harness/site/retention.h"
#include "harness/site/site.h"
#include "harness/site/trends.h"

#include <math.h>

#include "harness/site/result_site.h"
#include "tests/unit/unit.h"

#define HASH_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HASH_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static void test_dates(void **state)
{
	static const struct {
		const char *date;
		bool good;
		time_t when;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", true, 0 },
		{ "2026-11-25T12:05:58Z", true, 1795608358 },
		{ "2024-02-29T23:59:59Z", true, 1709251199 },
		{ "2026-02-29T00:00:00Z", false, 0 },
		{ "2026-13-01T00:00:00Z", false, 0 },
		{ "2026-11-25T24:00:00Z", false, 0 },
		{ "2026-11-25T12:05:60Z", false, 0 },
		{ "2026-11-25 12:05:58Z", false, 0 },
		{ "2026-11-25T12:05:58", false, 0 },
		{ "2026-11-25T12:05:58+01:00", false, 0 },
		{ "2026-11-25T12:05:5 Z", false, 0 },
		{ "+026-11-25T12:05:58Z", false, 0 },
		{ "1969-12-31T23:59:59Z", false, 0 },
		{ "", false, 0 },
		{ NULL, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		time_t when = 0;
		check_case(cases[i].date, (site_date(&when, cases[i].date) == 0) == cases[i].good);
		check_case(cases[i].date, !cases[i].good || when == cases[i].when);
	}
}

static void test_slugs(void **state)
{
	static const struct {
		const char *server, *begin;
		bool same; /* the slug is the name */
	} cases[] = {
		{ "tornado", "tornado", true },
		{ "node_js", "node_js", true },
		{ "a-b", "a-b", true },
		{ "28", "28", true },
		{ "Tornado", "tornado-", false },
		{ "a b", "a-b-", false },
		{ "a/../b", "a-b-", false },
		{ "..", "_", false },
		{ "", "_", false },
		{ "-x", "x-", false },
		{ "_x", "_x-", false },
		{ "<b>", "b-", false },
		{ "æ", "_", false },
		{ "a-0123456789", "a-0123456789-", false }, /* ends as one with a hash does */
		{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg",
		  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff-", false },
	};
	char slugs[LENGTH(cases)][SITE_SLUG];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char path[SITE_PATH_MAX];
		site_slug(slugs[i], cases[i].server);
		check_case(cases[i].server, strncmp(slugs[i], cases[i].begin, strlen(cases[i].begin)) == 0);
		check_case(cases[i].server, (strcmp(slugs[i], cases[i].server) == 0) == cases[i].same);
		snprintf(path, sizeof path, "servers/%.100s.html", slugs[i]);
		check_case(cases[i].server, site_path_is_good(path));
		for (size_t j = 0; j < i; j++)
			check_case(cases[i].server, strcmp(slugs[i], slugs[j]) != 0);
	}
}

static void test_paths(void **state)
{
	static const struct {
		const char *path;
		bool good;
	} cases[] = {
		{ "index.html", true },   { "runs/20260101-000000-0123456789/run.json", true },
		{ "a/b-c_d.e", true },    { "", false },
		{ "/etc/passwd", false }, { "../x", false },
		{ "a/../b", false },      { "a/./b", false },
		{ "a//b", false },        { "a/", false },
		{ ".git/config", false }, { "a/.b", false },
		{ "a b", false },         { "a%2e", false },
		{ "a\\b", false },        { "a\nb", false },
		{ NULL, false },
	};
	char longest[SITE_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_case(cases[i].path, site_path_is_good(cases[i].path) == cases[i].good);
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	check_case("too long", !site_path_is_good(longest));
	longest[SITE_PATH_MAX] = 0;
	check_case("just so", site_path_is_good(longest));
}

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		bool good;
	} cases[] = {
		{ "https://example.org/", true },
		{ "http://example.org:8080/a/b", true },
		{ "https://[::1]/", true },
		{ "https://user@example.org/", false },
		{ "https://example.org/?a", false },
		{ "javascript:alert(1)", false },
		{ "https://", false },
		{ "https:///x", false },
		{ "https://a b", false },
		{ "https://a\"b", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_case(cases[i].url, site_url_is_good(cases[i].url) == cases[i].good);
}

static void test_uuid(void **state)
{
	char out[SITE_UUID];

	(void)state;
	check_text("a", site_uuid(out, HASH_A), "urn:uuid:00112233-4455-8667-b889-9aabbccddeef");
	check_text("b", site_uuid(out, HASH_B), "urn:uuid:ffeeddcc-bbaa-8998-8776-655443322110");
}

static void test_files(void **state)
{
	static const char *const paths[] = { "m", "a", "z", "b", "m" };
	struct site_files files = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(paths); i++)
		assert_int_equal(site_file_set(&files, paths[i], i, HASH_A), 0);
	assert_int_equal(files.count, 4);
	for (size_t i = 1; i < files.count; i++)
		assert_true(strcmp(files.files[i - 1].path, files.files[i].path) < 0);
	assert_int_equal(site_file(&files, "m")->bytes, 4);
	assert_null(site_file(&files, "n"));
	site_file_drop(&files, "a");
	site_file_drop(&files, "n");
	assert_int_equal(files.count, 3);
	assert_null(site_file(&files, "a"));
	assert_non_null(site_file(&files, "b"));
	struct site site = { .files = files };
	site_release(&site);
}

/* A cell with a rate; 0: a failed one. */
static void cell_make(struct document *document, const char *server, uint64_t level, uint64_t block, double rate,
		      unsigned invalid)
{
	struct cell cell;

	assert_int_equal(cell_init(&cell, server, "epoll", "close", level, block), 0);
	if (rate > 0)
		cell.rate_rps = rate;
	else
		cell_set_text(&cell.error, "it broke");
	cell.valid = rate > 0 && !invalid;
	cell.invalid = invalid;
	assert_int_equal(document_add_cell(document, &cell), 0);
}

/* A document of one server, whose rates are multiples of `rate`. */
static struct document document_make(const char *date, double rate)
{
	struct document document = {
		.host = { .cores = 2, .memory_bytes = 8ull << 30, .cpu_model = "CPU", .kernel = "Linux 1" }
	};

	snprintf(document.host.date, sizeof document.host.date, "%s", date);
	cell_make(&document, "one", 1, 1, rate, 0);
	cell_make(&document, "one", 1, 2, 3 * rate, 0);
	cell_make(&document, "one", 1, 3, 2 * rate, 0);
	cell_make(&document, "one", 128, 1, 5 * rate, 0);
	cell_make(&document, "one", 1024, 1, 9 * rate, 1u << INVALID_CLIENT_BOUND);
	cell_make(&document, "one", 4096, 1, 20 * rate, 1u << INVALID_SHORT_CONCURRENCY);
	cell_make(&document, "one", 65536, 1, 0, 1u << INVALID_FAILED);
	return document;
}

static struct site_run run_make(const char *date, double rate, const char *hash)
{
	struct document document = document_make(date, rate);
	struct site_run run;
	struct err err;

	assert_int_equal(site_run_of(&run, &document, hash, &err), 0);
	document_release(&document);
	return run;
}

static void test_run(void **state)
{
	struct site_run run = run_make("2026-11-25T12:05:58Z", 100.04, HASH_A);
	const struct site_point *points = run.curves[0].points;

	(void)state;
	assert_string_equal(run.id, "20261125-120558-0011223344");
	assert_int_equal(run.curves_count, 1);
	assert_int_equal(run.servers, 1);
	assert_int_equal(run.level_least, 1);
	assert_int_equal(run.level_most, 65536);
	assert_int_equal(points[SITE_AT_ONE].level, 1);
	assert_true(points[SITE_AT_ONE].rate_rps == 200.1 && points[SITE_AT_ONE].least_rps == 100.0 &&
		    points[SITE_AT_ONE].most_rps == 300.1 && points[SITE_AT_ONE].valid);
	assert_int_equal(points[SITE_AT_HUNDRED].level, 128);
	/* What the client bounds is a maximum, though not a valid one; what is wrong otherwise is none. */
	assert_int_equal(points[SITE_AT_BEST].level, 1024);
	assert_false(points[SITE_AT_BEST].valid);
	/* Measured, without a figure. */
	assert_int_equal(points[SITE_AT_TOP].level, 65536);
	assert_true(isnan(points[SITE_AT_TOP].rate_rps));
	site_run_release(&run);
}

static void test_run_refused(void **state)
{
	struct document document = document_make("yesterday", 1),
			empty = { .host = { .date = "2026-11-25T12:05:58Z" } };
	struct site_run run;
	struct err err;

	(void)state;
	assert_int_equal(site_run_of(&run, &document, HASH_A, &err), -1);
	check_words(err.text, "environment.date");
	site_run_release(&run);
	assert_int_equal(site_run_of(&run, &empty, HASH_A, &err), -1);
	check_words(err.text, "no cells");
	site_run_release(&run);
	document_release(&document);
}

static void add(struct site *site, struct site_run run)
{
	struct err err;

	assert_int_equal(site_add(site, &run, &err), 0);
}

/* Three runs: the newest was cut short and has another kernel, the oldest is of another host. */
static struct site site_make(void)
{
	struct site site = { 0 };
	struct site_run runs[3] = { run_make("2026-02-01T00:00:00Z", 1, HASH_A),
				    run_make("2026-03-01T00:00:00Z", 2, HASH_A),
				    run_make("2026-01-01T00:00:00Z", 3, HASH_B) };

	runs[1].interrupted = true;
	cell_set_text(&runs[1].kernel, "Linux 2");
	runs[2].cores = 64;
	for (size_t i = 0; i < LENGTH(runs); i++)
		add(&site, runs[i]);
	return site;
}

static void test_order(void **state)
{
	struct site site = site_make();
	struct err err;
	char *feed_id = strdup(site.feed_id);

	(void)state;
	assert_int_equal(site.runs_count, 3);
	for (size_t i = 1; i < site.runs_count; i++)
		assert_true(strcmp(site.runs[i - 1].date, site.runs[i].date) > 0);
	assert_string_equal(site.latest, site.runs[1].id); /* the newest one that was not cut short */
	assert_int_equal(site_check(&site, &err), 0);
	add(&site, run_make("2026-02-01T00:00:00Z", 1, HASH_A)); /* again */
	assert_int_equal(site.runs_count, 3);
	add(&site, run_make("2026-04-01T00:00:00Z", 1, HASH_A));
	assert_string_equal(site.latest, site.runs[0].id);
	assert_string_equal(site.feed_id, feed_id);
	free(feed_id);
	site_release(&site);
}

static void test_trends(void **state)
{
	struct site site = site_make();
	struct site_trends trends;
	struct err err;
	char text[100], little[12];

	(void)state;
	assert_int_equal(site_trends_of(&trends, &site, "one", &err), 0);
	assert_int_equal(trends.count, 2);
	assert_int_equal(trends.trends[0].count, 2);
	assert_int_equal(trends.trends[1].count, 1);
	assert_ptr_equal(trends.trends[0].runs[0], &site.runs[0]);
	const struct site_trend *trend = &trends.trends[0];
	check_text("kernel",
		   site_changes(text, sizeof text, trend->runs[0], trend->curves[0], trend->runs[1], trend->curves[1]),
		   "kernel");
	cell_set_text(&site.runs[0].curves[0].version, "2.0");
	site.runs[0].backlog = 7;
	check_text("more",
		   site_changes(text, sizeof text, trend->runs[0], trend->curves[0], trend->runs[1], trend->curves[1]),
		   "version, kernel, backlog");
	check_text(
		"room",
		site_changes(little, sizeof little, trend->runs[0], trend->curves[0], trend->runs[1], trend->curves[1]),
		"version");
	check_text("none",
		   site_changes(text, sizeof text, trend->runs[0], trend->curves[0], trend->runs[0], trend->curves[0]),
		   "");
	site_trends_release(&trends);
	assert_int_equal(site_trends_of(&trends, &site, "none", &err), 0);
	assert_int_equal(trends.count, 0);
	site_trends_release(&trends);
	site_release(&site);
}

/* The number of the trend whose oldest run is of that date. */
static size_t number_of(const struct site_trends *trends, const char *date)
{
	for (size_t i = 0; i < trends->count; i++)
		if (strcmp(trends->trends[i].runs[trends->trends[i].count - 1]->date, date) == 0)
			return trends->trends[i].number;
	return 0;
}

/* A run on each of so many days, from January 1 on; the newest is three days old. */
static struct site site_of_days(int days, time_t *now)
{
	struct site site = { 0 };
	char date[40], hash[SHA256_TEXT];
	time_t first;

	assert_int_equal(site_date(&first, "2026-01-01T12:00:00Z"), 0);
	for (int i = 0; i < days; i++) {
		time_t when = first + i * 86400;
		strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&when));
		snprintf(hash, sizeof hash, "%064x", i + 1);
		add(&site, run_make(date, 1, hash));
	}
	*now = first + (days + 2) * 86400;
	return site;
}

static void test_retention(void **state)
{
	static const struct {
		const char *name;
		struct retention retention;
		size_t gone;
	} cases[] = {
		{ "all", { 0 }, 0 },
		{ "keep", { .keep = 10 }, 90 },
		{ "keep more", { .keep = 1000 }, 0 },
		/* The newest is 3 days old, */
		{ "days", { .keep_days = 7 }, 95 },
		/* and always stays. */
		{ "no day", { .keep_days = 1 }, 99 },
		/* 28 are of the last 30 days. January 1 was a Thursday: the other 72 are 4 days, 9 weeks, and 5 days of a week
		   that goes on. */
		{ "thin", { .thin = true }, 72 - 10 },
	};
	time_t now;
	struct site site = site_of_days(100, &now);
	bool stays[100];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t gone = retention_choose(&cases[i].retention, &site, now, stays);
		check_case(cases[i].name, gone == cases[i].gone && stays[0]);
		size_t found = 0;
		for (size_t j = 0; j < site.runs_count; j++)
			found += !stays[j];
		check_case(cases[i].name, found == gone);
	}
	/* The newest of a week stays, but one that is whole before one that was interrupted; branches are apart. */
	retention_choose(&(struct retention){ .thin = true }, &site, now, stays);
	size_t newest = 99 - 10; /* 2026-01-11, a Sunday */
	assert_true(stays[newest] && !stays[newest + 1]);
	site.runs[newest].interrupted = true;
	cell_set_text(&site.runs[newest + 2].branch, "pull/1");
	retention_choose(&(struct retention){ .thin = true }, &site, now, stays);
	assert_true(!stays[newest] && stays[newest + 1] && stays[newest + 2] && !stays[newest + 3]);
	site_release(&site);
}

static void test_remove(void **state)
{
	struct site site = site_make(), back;
	struct err err;
	char *id = strdup(site.latest);

	(void)state;
	assert_int_equal(site_remove(&site, id, &err), 0);
	assert_int_equal(site.runs_count, 2);
	assert_null(site_run(&site, id));
	assert_string_equal(site.latest, site.runs[1].id); /* runs[0] was interrupted */
	assert_int_equal(site.gone_count, 1);
	assert_int_equal(site_check(&site, &err), 0);
	char *text = result_site_text(&site, NULL);
	assert_int_equal(result_site_read(&back, text, strlen(text), &err), 0);
	assert_string_equal(back.gone[0].id, id);
	free(text);
	site_release(&back);
	add(&site, run_make("2026-02-01T00:00:00Z", 1, HASH_A)); /* the same again */
	assert_int_equal(site.gone_count, 0);
	assert_string_equal(site.latest, id);
	free(id);
	site_release(&site);
}

/* Branches have trends of their own, the main one first, in the order of their commits. */
static void test_branches(void **state)
{
	struct site site = site_make();
	struct site_trends trends;
	struct err err;

	(void)state;
	cell_set_text(&site.runs[0].branch, "pull/7");
	assert_int_equal(site_trends_of(&trends, &site, "one", &err), 0);
	assert_int_equal(trends.count, 3);
	assert_true(trends.trends[0].is_main && trends.trends[1].is_main && !trends.trends[2].is_main);
	assert_ptr_equal(trends.trends[2].runs[0], &site.runs[0]);
	site_trends_release(&trends);
	cell_set_text(&site.branch, "pull/7");
	assert_true(site_is_main(&site, &site.runs[0]) && site_is_main(&site, &site.runs[1]));
	cell_set_text(&site.runs[1].branch, "main");
	assert_false(site_is_main(&site, &site.runs[1]));
	cell_set_text(&site.runs[0].branch, "main");
	/* The newer run is of the older commit. */
	cell_set_text(&site.runs[0].committed, "2026-01-15T00:00:00Z");
	assert_int_equal(site_trends_of(&trends, &site, "one", &err), 0);
	const struct site_trend *trend = &trends.trends[trends.trends[0].count == 2 ? 0 : 1];
	assert_int_equal(trend->count, 2);
	assert_ptr_equal(trend->runs[0], &site.runs[1]);
	assert_ptr_equal(trend->first, &site.runs[1]);
	site_trends_release(&trends);
	site_release(&site);
}

/* A server that was renamed twice; its first name is another server's now. */
static void test_alias(void **state)
{
	struct site site = site_make();
	struct site_trends trends;
	struct err err;

	(void)state;
	cell_set_text(&site.runs[0].curves[0].server, "three");
	cell_set_text(&site.runs[0].curves[0].alias, "two");
	cell_set_text(&site.runs[1].curves[0].server, "two");
	cell_set_text(&site.runs[1].curves[0].alias, "one");
	site_settle(&site);
	for (size_t i = 0; i < site.runs_count; i++)
		assert_string_equal(site.runs[i].curves[0].current, "three");
	const char **servers = site_servers(&site);
	assert_string_equal(servers[0], "three");
	assert_null(servers[1]);
	free(servers);
	assert_int_equal(site_trends_of(&trends, &site, "three", &err), 0);
	assert_int_equal(trends.trends[0].count, 2);
	site_trends_release(&trends);
	add(&site, run_make("2026-04-01T00:00:00Z", 1, HASH_B));
	assert_string_equal(site.runs[0].curves[0].current, "one");
	assert_string_equal(site.runs[3].curves[0].current, "three");
	site_release(&site);
}

/* Trends keep their numbers, which are in the names of pictures, when an old host comes back. */
static void test_numbers(void **state)
{
	static const char first[] = "2026-01-01T00:00:00Z", second[] = "2026-02-01T00:00:00Z";
	struct site site = site_make();
	struct site_trends trends;
	struct err err;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(site_trends_of(&trends, &site, "one", &err), 0);
		assert_int_equal(trends.count, 2);
		assert_int_equal(number_of(&trends, first), 1);
		assert_int_equal(number_of(&trends, second), 2);
		check_text("newest first", trends.trends[0].runs[trends.trends[0].count - 1]->date, i ? first : second);
		site_trends_release(&trends);
		struct site_run run = run_make("2026-04-01T00:00:00Z", 1, HASH_B);
		run.cores = 64;
		add(&site, run);
	}
	site_release(&site);
}

/* A finding is cut where it is set, so that a page made of the manifest is the same. */
static void test_finding(void **state)
{
	struct site site = site_make(), back;
	struct err err;
	char finding[2 * SITE_FINDING_MAX];

	(void)state;
	memset(finding, 'f', sizeof finding - 1);
	finding[sizeof finding - 1] = 0;
	assert_int_equal(site_run_tell(&site.runs[0], "close mode", finding, finding), 0);
	assert_int_equal(strlen(site.runs[0].finding), SITE_FINDING_MAX - 1);
	assert_int_equal(strlen(site.runs[0].gist), SITE_TEXT_MAX - 1);
	char *text = result_site_text(&site, NULL);
	assert_non_null(text);
	assert_int_equal(result_site_read(&back, text, strlen(text), &err), 0);
	assert_string_equal(back.runs[0].finding, site.runs[0].finding);
	assert_string_equal(back.runs[0].gist, site.runs[0].gist);
	free(text);
	site_release(&back);
	site_release(&site);
}

static void test_manifest(void **state)
{
	struct site site = site_make(), back;
	struct err err;

	(void)state;
	cell_set_text(&site.title, "Ours \"&\" <b>");
	cell_set_text(&site.url, "https://example.org/");
	cell_set_text(&site.runs[0].finding, "one sags\x1b[2J");
	assert_int_equal(site_file_set(&site.files, "index.html", 0, ""), 0);
	char *text = result_site_text(&site, NULL);
	assert_non_null(text);
	assert_int_equal(result_site_read(&back, text, strlen(text), &err), 0);
	assert_string_equal(back.title, "Ours \"&\" <b>");
	assert_string_equal(back.runs[0].finding, "one sags[2J");
	assert_string_equal(back.runs[0].kernel, "Linux 2");
	assert_true(back.runs[0].interrupted);
	assert_string_equal(site_file(&back.files, "index.html")->sha256, "");
	const struct site_point *point = &site.runs[0].curves[0].points[SITE_AT_ONE],
				*same = &back.runs[0].curves[0].points[SITE_AT_ONE];
	assert_true(same->level == point->level && same->valid == point->valid && same->rate_rps == point->rate_rps &&
		    same->least_rps == point->least_rps && same->most_rps == point->most_rps);
	/* The same bytes again. */
	char *again = result_site_text(&back, NULL);
	assert_non_null(again);
	check_text("again", again, text);
	/* Cut anywhere, it is none. */
	for (size_t bytes = 0; bytes + 2 < strlen(text); bytes += 7) {
		struct site cut;
		assert_int_equal(result_site_read(&cut, text, bytes, &err), -1);
		site_release(&cut);
	}
	free(again);
	free(text);
	site_release(&back);
	site_release(&site);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),    cmocka_unit_test(test_slugs),       cmocka_unit_test(test_paths),
		cmocka_unit_test(test_urls),     cmocka_unit_test(test_uuid),        cmocka_unit_test(test_files),
		cmocka_unit_test(test_run),      cmocka_unit_test(test_run_refused), cmocka_unit_test(test_order),
		cmocka_unit_test(test_trends),   cmocka_unit_test(test_numbers),     cmocka_unit_test(test_finding),
		cmocka_unit_test(test_manifest), cmocka_unit_test(test_retention),   cmocka_unit_test(test_remove),
		cmocka_unit_test(test_branches), cmocka_unit_test(test_alias),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
