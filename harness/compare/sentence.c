#include "harness/compare/sentence.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/lib/text.h"

/* The maximum of names in a list. */
#define NAMED_MAX 4

void sentence_add(char *out, size_t room, const char *format, ...)
{
	size_t used = strlen(out);
	va_list args;

	va_start(args, format);
	vsnprintf(out + used, room - used, format, args);
	va_end(args);
}

void sentence_add_names(char *out, size_t room, const char *before, unsigned bits, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (bits & 1u << i) {
			sentence_add(out, room, "%s%s", before, names[i]);
			before = ", ";
		}
}

#define ADD(...) sentence_add(out, SENTENCE_TEXT, __VA_ARGS__)

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static const char *launches_plural(size_t count)
{
	return count == 1 ? "" : "es";
}

static void server_add(char *out, const char *server, const char *client, const char *mode)
{
	char plain[3][60];

	ADD("%s (%.19s, %.19s)", text_plain(plain[0], sizeof plain[0], server),
	    text_plain(plain[1], sizeof plain[1], client), text_plain(plain[2], sizeof plain[2], mode));
}

static void row_add(char *out, const struct compare_row *row)
{
	char at[COMPARE_AT];

	server_add(out, row->server, row->client, row->mode);
	ADD(" at %s", compare_show_at(at, row->min_level, row->max_level));
}

static void gone_add(char *out, const struct compare_gone *gone)
{
	char at[COMPARE_AT];

	server_add(out, gone->server, gone->client, gone->mode);
	if (!gone->is_whole && gone->levels == 1)
		ADD(" at %s", compare_show_at(at, gone->min_level, gone->max_level));
	else if (!gone->is_whole)
		ADD(" at %zu levels of %s", gone->levels, compare_show_at(at, gone->min_level, gone->max_level));
}

/* What NEW lacks. */
static void missing_add(char *out, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->gone_count && i < NAMED_MAX; i++) {
		ADD("%s", i ? ", " : "NEW lacks ");
		gone_add(out, &comparison->gone[i]);
	}
	if (comparison->gone_count > NAMED_MAX)
		ADD(" and %zu more", comparison->gone_count - NAMED_MAX);
	if (comparison->gone_count)
		ADD(", which BASE has. ");
}

/* That rows can't have a verdict, and what it takes. */
static void too_few_add(char *out, const struct comparison *comparison)
{
	if (!comparison->too_few)
		return;
	ADD("Too few launches for a verdict of %zu of %zu server band%s: ", comparison->too_few, comparison->gate_count,
	    plural(comparison->gate_count));
	if (comparison->launches_needed)
		ADD("%zu test%s take%s at least %zu valid launches a side. ", comparison->gate_tests,
		    plural(comparison->gate_tests), comparison->gate_tests == 1 ? "s" : "",
		    comparison->launches_needed);
	else
		ADD("%zu tests take more than %d valid launches a side. ", comparison->gate_tests, COMPARE_MORE_MAX);
}

static void differences_list(char *out, const struct comparison *comparison)
{
	ADD(": the two sides differ in ");
	for (size_t i = 0; i < comparison->differences.count; i++) {
		const struct difference *difference = &comparison->differences.items[i];
		ADD("%s%s (%.60s and %.60s)", i ? ", " : "", difference->field,
		    *difference->base ? difference->base : "unknown", *difference->new ? difference->new : "unknown");
	}
}

static void verdict_add(char *out, const struct comparison *comparison)
{
	static const char *const titles[COMPARE_VERDICTS] = {
		[COMPARE_REGRESSED] = "NEW has regressed",       [COMPARE_IMPROVED] = "NEW is better",
		[COMPARE_EQUIVALENT] = "NEW is as good as BASE", [COMPARE_INCONCLUSIVE] = "Inconclusive",
		[COMPARE_INCOMPARABLE] = "Not comparable",       [COMPARE_NOT_COMPARED] = "Not all could be compared",
		[COMPARE_INVALID] = "Nothing valid to compare",
	};
	const char *before = ": ";
	unsigned kinds = 0;

	ADD("%s%s", comparison->gone_count ? "For the rest: " : "", titles[comparison->verdict]);
	if (comparison->differences.count) {
		differences_list(out, comparison);
	} else {
		ADD(": of %zu server band%s", comparison->gate_count, plural(comparison->gate_count));
		for (int verdict = 0; verdict < COMPARE_VERDICTS; verdict++)
			if (comparison->gate_verdicts[verdict]) {
				ADD("%s%zu %s", before, comparison->gate_verdicts[verdict],
				    compare_verdict_titles[verdict]);
				before = ", ";
			}
	}
	if (comparison->cliffs)
		ADD("; %zu cliff%s (a level that fell by more than a fifth)", comparison->cliffs,
		    plural(comparison->cliffs));
	for (size_t i = 0; i < comparison->gate_count; i++)
		kinds |= comparison->gate[i].figures[COMPARE_FAILURES].new_failures;
	sentence_add_names(out, SENTENCE_TEXT, "; requests fail in a way that is new: ", kinds, load_failure_names,
			   LOAD_FAILURES);
	ADD(". %zu launch%s of BASE and %zu of NEW.", comparison->base_launches,
	    launches_plural(comparison->base_launches), comparison->new_launches);
}

/* Launches dropped by validity rules: the row with the smallest share of launches left. */
static void dropped_add(char *out, const struct comparison *comparison)
{
	const struct compare_row *worst = NULL;
	size_t count = 0, all = 1;
	const char *side = "";

	for (size_t i = 0; i < comparison->gate_count; i++) {
		const struct compare_figure *rate = &comparison->gate[i].figures[COMPARE_RATE];
		const size_t counts[SIDES] = { rate->base_count, rate->new_count };
		const size_t alls[SIDES] = { rate->base_all, rate->new_all };
		for (int j = 0; j < SIDES; j++)
			if (counts[j] && counts[j] < alls[j] && (!worst || counts[j] * all < count * alls[j])) {
				worst = &comparison->gate[i];
				count = counts[j];
				all = alls[j];
				side = j == SIDE_BASE ? "BASE" : "NEW";
			}
	}
	if (!worst)
		return;
	ADD(" Validity rules dropped launches: of %s, %zu of %zu counted for ", side, count, all);
	row_add(out, worst);
	sentence_add_names(out, SENTENCE_TEXT, ": ", worst->figures[COMPARE_RATE].invalid, invalid_names, INVALIDS);
	ADD(".");
}

/* The maximum floor that applied to a rate or a CPU time of the gate. */
static void floor_add(char *out, const struct comparison *comparison)
{
	double highest = comparison->settings.floor;

	for (size_t i = 0; i < comparison->gate_count; i++)
		highest = fmax(highest, fmax(comparison->gate[i].figures[COMPARE_RATE].floor,
					     comparison->gate[i].figures[COMPARE_CPU].floor));
	if (highest > comparison->settings.floor)
		ADD(" The noise of this host lifts the floor from %.3g %% to at most %.3g %%.",
		    100 * comparison->settings.floor, 100 * highest);
}

static bool is_lost(const struct compare_row *row)
{
	return row->lost;
}

static bool is_not_compared(const struct compare_row *row)
{
	return row->not_compared;
}

static void lost_add(char *out, const struct compare_row *row)
{
	sentence_add_names(out, SENTENCE_TEXT, ": ", row->lost_to, invalid_names, INVALIDS);
}

static void bounds_add(char *out, const struct compare_row *row)
{
	const struct compare_figure *rate = &row->figures[COMPARE_RATE];

	if (rate->bounds)
		ADD(": %s", rate->bounds == 1u << SIDE_BASE  ? "the client limited BASE"
			    : rate->bounds == 1u << SIDE_NEW ? "the client limited NEW"
							     : "the client limited both");
	else
		sentence_add_names(out, SENTENCE_TEXT, ": ", rate->invalid, invalid_names, INVALIDS);
}

/* Levels that keep the gate from passing, the first few by name. */
static void levels_add(char *out, const struct comparison *comparison)
{
	static const struct {
		const char *before;
		bool (*is_of)(const struct compare_row *row);
		void (*add)(char *out, const struct compare_row *row);
	} lists[] = {
		{ " NEW has lost its valid figures, which BASE has, of ", is_lost, lost_add },
		{ " No rate could be compared of ", is_not_compared, bounds_add },
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		size_t count = 0;
		for (size_t j = 0; j < comparison->cells_count; j++) {
			const struct compare_row *row = &comparison->cells[j];
			if (!lists[i].is_of(row) || count++ >= NAMED_MAX)
				continue;
			ADD("%s", count == 1 ? lists[i].before : ", ");
			row_add(out, row);
			lists[i].add(out, row);
		}
		if (count > NAMED_MAX)
			ADD(" and %zu more", count - NAMED_MAX);
		ADD("%s", count ? "." : "");
	}
}

/* How many more launches would make every row of the gate conclusive. */
static void more_add(char *out, const struct comparison *comparison)
{
	size_t max = 0;
	bool is_open = false, is_hopeless = false;

	for (size_t i = 0; i < comparison->gate_count; i++) {
		const struct compare_row *row = &comparison->gate[i];
		const struct compare_figure *figure = &row->figures[row->by];
		/* A row that is inconclusive by what NEW has lost needs no launches. */
		if (row->verdict != COMPARE_INCONCLUSIVE || figure->verdict != COMPARE_INCONCLUSIVE)
			continue;
		is_open = true;
		is_hopeless |= !figure->more;
		max = figure->more > max ? figure->more : max;
	}
	if (is_hopeless)
		ADD(" By the spread seen no reasonable number of launches makes sure of all.");
	else if (is_open)
		ADD(" By the spread seen it takes about %zu more a side to be sure of all.", max);
}

static void rest_add(char *out, const struct comparison *comparison)
{
	dropped_add(out, comparison);
	floor_add(out, comparison);
	levels_add(out, comparison);
	if (comparison->base_only || comparison->new_only)
		ADD(" Not compared, since the other side has none (server, mode, level): %zu of BASE, %zu of NEW.",
		    comparison->base_only, comparison->new_only);
	if (comparison->base_interrupted || comparison->new_interrupted)
		ADD(" Interrupted before its end: %s.", !comparison->new_interrupted    ? "BASE"
							: !comparison->base_interrupted ? "NEW"
											: "BASE and NEW");
	more_add(out, comparison);
}

char *compare_show_whole(char out[SENTENCE_TEXT], const struct comparison *comparison)
{
	char plain[sizeof comparison->failure.text];

	*out = 0;
	if (*comparison->failure.text) {
		ADD("Nothing could be compared: %s", text_plain(plain, sizeof plain, comparison->failure.text));
		return out;
	}
	missing_add(out, comparison);
	too_few_add(out, comparison);
	verdict_add(out, comparison);
	rest_add(out, comparison);
	return out;
}
