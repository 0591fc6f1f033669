#include "harness/report/sentence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/text.h"
#include "harness/lib/units.h"
#include "harness/report/offered.h"

/* Servers that share a sentence. */
enum group { KEEPS, AS_FAST, SAGS, COLLAPSES, CLIFF, BEHIND, FAILS, ABSENT, UNCLEAR, OPEN, GROUPS };

static const struct {
	const char *one, *many;
	const char *gist_one, *gist_many; /* in fewer words; NULL: the same */
} group_words[GROUPS] = {
	[KEEPS] = { "keeps up", "keep up", NULL, NULL },
	[AS_FAST] = { "is as fast as the client, so that its own limit was not reached",
		      "are as fast as the client, so that their own limits were not reached", "as fast as the client",
		      "as fast as the client" },
	[SAGS] = { "sags", "sag", NULL, NULL },
	[COLLAPSES] = { "collapses", "collapse", NULL, NULL },
	[CLIFF] = { "falls off a cliff", "fall off a cliff", NULL, NULL },
	[BEHIND] = { "falls behind", "fall behind", NULL, NULL },
	[FAILS] = { "fails", "fail", NULL, NULL },
	[ABSENT] = { "never started", "never started", NULL, NULL },
	[UNCLEAR] = { "stays unclear", "stay unclear", "unclear", "unclear" },
	[OPEN] = { "is not settled", "are not settled", "not settled", "not settled" },
};

/* What a server is judged by: its levels, its rates, or its requests one at a time. */
typedef enum group judge(const struct findings *findings, const struct findings_row *row);

/* By the verdict; one that is not settled says nothing but that. */
static enum group by_levels(const struct findings *findings, const struct findings_row *row)
{
	static const enum group groups[VERDICT_CLASSES] = { KEEPS, SAGS, COLLAPSES, CLIFF, FAILS, AS_FAST, OPEN };

	(void)findings;
	return row->scaling.never_started ? ABSENT : groups[row->scaling.verdict.class];
}

/* The verdict at a rate; a rate that a server did not seem to keep up with says nothing where the client was late. */
static enum group group_of_point(const struct rate_point *point)
{
	return !point->used ? FAILS : point->keeps_up ? KEEPS : point->valid ? BEHIND : UNCLEAR;
}

/* The first rate that it did not keep up with, else the maximum. NULL where it was offered none. */
static const struct rate_point *telling_rate(const struct findings *findings, const struct findings_row *row)
{
	const struct rate_point *last = NULL;

	for (size_t i = 0; i < findings->points_count; i++) {
		const struct rate_point *point = &findings->points[i];
		if (strcmp(point->server, row->server) != 0)
			continue;
		last = point;
		if (group_of_point(point) != KEEPS)
			break;
	}
	return last;
}

static enum group by_rates(const struct findings *findings, const struct findings_row *row)
{
	const struct rate_point *point = telling_rate(findings, row);

	return row->scaling.never_started ? ABSENT : point ? group_of_point(point) : UNCLEAR;
}

static enum group by_sequence(const struct findings *findings, const struct findings_row *row)
{
	(void)findings;
	return row->scaling.never_started ? ABSENT : row->sequential.used ? KEEPS : FAILS;
}

static bool is_judged(const struct findings *findings, const struct findings_row *row, judge *of, enum group group)
{
	return !row->is_control && of(findings, row) == group;
}

static size_t group_count(const struct findings *findings, judge *of, enum group group)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->rows_count; i++)
		count += is_judged(findings, &findings->rows[i], of, group);
	return count;
}

/* The text before a part of a list. */
static const char *comma(size_t told, size_t count, const char *last)
{
	return !told ? "" : told + 1 == count ? last : ", ";
}

/* " [works more; waits 40 ms, up to 64]": what a settled verdict says beside its class. */
static void beside_put(const struct verdict *verdict, judge *of, FILE *out)
{
	char text[VERDICT_TITLE];

	if (of == by_levels && verdict->settled)
		fputs(verdict_beside(text, verdict), out);
}

static void names_put(const struct findings *findings, judge *of, enum group group, FILE *out)
{
	size_t count = group_count(findings, of, group), told = 0;
	char name[TEXT_TABLE_TEXT];

	for (size_t i = 0; i < findings->rows_count; i++)
		if (is_judged(findings, &findings->rows[i], of, group)) {
			fprintf(out, "%s%s", comma(told++, count, " and "),
				findings_name(name, findings, findings->rows[i].server));
			beside_put(&findings->rows[i].scaling.verdict, of, out);
		}
}

/* "1 fails (c)" */
static void group_put(const struct findings *findings, judge *of, enum group group, FILE *out)
{
	size_t count = group_count(findings, of, group);

	fprintf(out, "%zu %s (", count, count == 1 ? group_words[group].one : group_words[group].many);
	names_put(findings, of, group, out);
	fputc(')', out);
}

/* "2 keep up (a and b), and 1 fails (c)." */
static void groups_put(const struct findings *findings, judge *of, FILE *out)
{
	size_t groups = 0, told = 0;

	for (enum group group = 0; group < GROUPS; group++)
		groups += group_count(findings, of, group) > 0;
	for (enum group group = 0; group < GROUPS; group++)
		if (group_count(findings, of, group)) {
			fputs(comma(told++, groups, ", and "), out);
			group_put(findings, of, group, out);
		}
	fputc('.', out);
}

/* "5,385 (tornado) to 25,779 (go) requests a second"; returns whether there is a rate. */
static bool range_put(const struct findings *findings, double (*rate_of)(const struct findings_row *), FILE *out)
{
	const struct findings_row *min = NULL, *max = NULL;
	char name[TEXT_TABLE_TEXT], shown[UNITS_TEXT];

	for (size_t i = 0; i < findings->rows_count; i++) {
		const struct findings_row *row = &findings->rows[i];
		if (row->is_control || !(rate_of(row) > 0))
			continue;
		if (!max || rate_of(row) > rate_of(max))
			max = row;
		if (!min || rate_of(row) < rate_of(min))
			min = row;
	}
	if (min != max)
		fprintf(out, "%s (%s) to ", units_show_count(shown, units_whole(rate_of(min) + 0.5)),
			findings_name(name, findings, min->server));
	if (max)
		fprintf(out, "%s (%s) requests a second", units_show_count(shown, units_whole(rate_of(max) + 0.5)),
			findings_name(name, findings, max->server));
	return max != NULL;
}

static double last_rate(const struct findings_row *row)
{
	return row->last.rate_rps;
}

static double sequential_rate(const struct findings_row *row)
{
	return row->sequential.rate_rps;
}

/* The sentence after that on rates: the servers that have none. */
static void failures_put(const struct findings *findings, judge *of, bool has_rates, FILE *out)
{
	bool any = has_rates;

	for (enum group group = FAILS; group <= ABSENT; group++) {
		if (!group_count(findings, of, group))
			continue;
		fputs(any ? ", and " : "", out);
		group_put(findings, of, group, out);
		any = true;
	}
	fputs(any ? "." : "there is no figure.", out);
}

static const struct findings_row *only_server(const struct findings *findings)
{
	const struct findings_row *row = findings->rows;

	while (row->is_control)
		row++;
	return row;
}

/* For a single server there is room for the reason, and for the end of its stderr. */
static void only_put(const struct findings *findings, FILE *out)
{
	const struct findings_row *row = only_server(findings);
	enum group group = by_levels(findings, row);
	char name[TEXT_TABLE_TEXT], reason[SCALING_TEXT];

	fprintf(out, "%s %s", findings_name(name, findings, row->server), group_words[group].one);
	beside_put(&row->scaling.verdict, by_levels, out);
	if (group == ABSENT)
		fprintf(out, ": %s", text_plain(reason, sizeof reason, row->scaling.error));
	else if (group == OPEN)
		fprintf(out, ": what is missing: %s", row->scaling.verdict.missing);
	else if (group != AS_FAST)
		fprintf(out, ": %s", scaling_reason(reason, &row->scaling));
	fputc('.', out);
}

/* How many launches the settled verdicts rest on: ", in 3 to 5 launches each"; or how many none has yet. */
static void launches_put(const struct findings *findings, FILE *out)
{
	unsigned min = 0, max = 0, most = 0;

	for (size_t i = 0; i < findings->rows_count; i++) {
		const struct verdict *verdict = &findings->rows[i].scaling.verdict;
		if (findings->rows[i].is_control)
			continue;
		most = verdict->launches > most ? verdict->launches : most;
		if (!verdict->settled)
			continue;
		min = !min || verdict->launches < min ? verdict->launches : min;
		max = verdict->launches > max ? verdict->launches : max;
	}
	if (min < max)
		fprintf(out, ", in %u to %u launches", min, max);
	else if (max)
		fprintf(out, ", in %u launches", max);
	else
		fprintf(out, ", in %u %s", most, most == 1 ? "launch" : "launches");
}

static void levels_put(const struct findings *findings, const struct offered *offered, size_t all, FILE *out)
{
	char levels[OFFERED_TEXT];

	offered_levels(levels, offered);
	if (findings->levels_count > 1 && all > 1) {
		fprintf(out, "Of %zu servers from %s", all, levels);
		launches_put(findings, out);
		fputs(", ", out);
		groups_put(findings, by_levels, out);
	} else if (findings->levels_count > 1) {
		fprintf(out, "From %s", levels);
		launches_put(findings, out);
		fputs(", ", out);
		only_put(findings, out);
	} else {
		fprintf(out, "%s %s ", offered->is_2010 ? "As in 2010, at" : "At", levels);
		failures_put(findings, by_levels, range_put(findings, last_rate, out), out);
		fputs(offered->is_2010 ? "" : " One level does not tell which servers keep up.", out);
	}
}

/* "500 requests a second", "90 % of its maximum rate". */
static void rate_say(char out[OFFERED_TEXT], const struct rate_point *point)
{
	char shown[UNITS_TEXT];

	if (isnan(point->share))
		snprintf(out, OFFERED_TEXT, "%s requests a second",
			 units_show_count(shown, units_whole(point->offered_rps + 0.5)));
	else
		snprintf(out, OFFERED_TEXT, "%.0f\u00a0%% of its maximum rate", 100 * point->share);
}

/* The result of one server at the rates, and how it shows. */
static void only_rates_put(const struct findings *findings, FILE *out)
{
	const struct findings_row *row = only_server(findings);
	const struct rate_point *point = telling_rate(findings, row);
	enum group group = by_rates(findings, row);
	char name[TEXT_TABLE_TEXT], at[OFFERED_TEXT] = "", shown[UNITS_TEXT], why[SCALING_TEXT];

	fprintf(out, "%s %s", findings_name(name, findings, row->server), group_words[group].one);
	if (point)
		rate_say(at, point);
	if (group == ABSENT)
		fprintf(out, ": %s", text_plain(why, sizeof why, row->scaling.error));
	else if (group == KEEPS && !isnan(point->latency_ns.p99))
		fprintf(out, ": at %s its p99 is %s%s", at, point->censored ? "more than " : "",
			units_show_latency(shown, units_whole(point->latency_ns.p99)));
	else if (group == BEHIND)
		fprintf(out, ": at %s it completed %s", at,
			units_show_count(shown, units_whole(point->rate_rps + 0.5)));
	else if (point)
		fprintf(out, " at %s", at);
	fputc('.', out);
}

static void rates_put(const struct findings *findings, const struct offered *offered, size_t all, FILE *out)
{
	char rates[OFFERED_TEXT];

	offered_rates(rates, offered);
	if (all > 1) {
		fprintf(out, "Of %zu servers offered %s, ", all, rates);
		groups_put(findings, by_rates, out);
	} else {
		fprintf(out, "Offered %s, ", rates);
		only_rates_put(findings, out);
	}
}

static void finding_put(const struct findings *findings, const struct offered *offered, FILE *out)
{
	size_t all = 0;

	for (size_t i = 0; i < findings->rows_count; i++)
		all += !findings->rows[i].is_control;
	if (!all) {
		fputs("No server was measured besides the control server.", out);
		return;
	}
	if (findings->levels_count)
		levels_put(findings, offered, all, out);
	if (findings->points_count) {
		fputs(findings->levels_count ? " " : "", out);
		rates_put(findings, offered, all, out);
	}
	if (findings->points_count || (findings->levels_count && !offered->is_2010))
		return;
	fputs(findings->levels_count ? " One request at a time: " : "One request at a time: ", out);
	failures_put(findings, by_sequence, range_put(findings, sequential_rate, out), out);
}

/* "2 keep up, 14 as fast as the client, 6 sag" */
static void groups_gist_put(const struct findings *findings, judge *of, FILE *out)
{
	size_t told = 0;

	for (enum group group = 0; group < GROUPS; group++) {
		size_t count = group_count(findings, of, group);
		const char *brief = count == 1 ? group_words[group].gist_one : group_words[group].gist_many;
		const char *full = count == 1 ? group_words[group].one : group_words[group].many;
		if (count)
			fprintf(out, "%s%zu %s", told++ ? ", " : "", count, brief ? brief : full);
	}
	if (!told)
		fputs("only the control server", out);
}

static void gist_put(const struct findings *findings, const struct offered *offered, FILE *out)
{
	char text[OFFERED_TEXT];

	if (findings->levels_count > 1)
		groups_gist_put(findings, by_levels, out);
	else if (findings->levels_count)
		fprintf(out, "rates at %s%s", offered_levels(text, offered), offered->is_2010 ? ", as in 2010" : "");
	if (findings->points_count) {
		fprintf(out, "%sat %s: ", findings->levels_count ? "; " : "", offered_rates(text, offered));
		groups_gist_put(findings, by_rates, out);
	} else if (!findings->levels_count) {
		fputs("rates of one request at a time", out);
	}
}

/* What `put` writes. NULL with err set where memory is out. */
static char *written(const struct findings *findings,
		     void (*put)(const struct findings *, const struct offered *, FILE *), struct err *err)
{
	struct offered offered;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out) {
		offered_of(&offered, findings->document, findings->mode);
		put(findings, &offered, out);
	}
	if (!out || text_close(out, &text)) {
		err_set(err, "out of memory");
		return NULL;
	}
	return text;
}

char *sentence_finding(const struct findings *findings, struct err *err)
{
	return written(findings, finding_put, err);
}

char *sentence_gist(const struct findings *findings, struct err *err)
{
	return written(findings, gist_put, err);
}

char *sentence_rate_verdict(char out[SENTENCE_TEXT], const struct findings *findings, const struct findings_row *row)
{
	static const char *const words[GROUPS] = { [KEEPS] = "keeps up to",
						   [BEHIND] = "falls behind from",
						   [FAILS] = "fails from",
						   [UNCLEAR] = "unclear from" };
	const struct rate_point *point = telling_rate(findings, row);
	enum group group = by_rates(findings, row);
	char shown[UNITS_TEXT];

	*out = 0;
	if (group == ABSENT)
		snprintf(out, SENTENCE_TEXT, "%s", group_words[ABSENT].one);
	else if (point && isnan(point->share))
		snprintf(out, SENTENCE_TEXT, "%s %s/s", words[group],
			 units_show_count(shown, units_whole(point->offered_rps + 0.5)));
	else if (point)
		snprintf(out, SENTENCE_TEXT, "%s %.0f\u00a0%%", words[group], 100 * point->share);
	return out;
}
