/* A comparison as JSON. What the fields are is docs/compare.schema.json. */
#include <stdlib.h>

#include "harness/compare/outputs.h"
#include "harness/host/build.h"
#include "harness/record/json.h"

/* The version of this output. */
#define COMPARISON_SCHEMA 1
/* The longest name that is shown, with its NUL. */
#define NAME_ROOM 1000

static const char *const side_names[SIDES] = { "base", "new" };

#define NAME(type, name)  FIELD_ROW(type, #name, TEXT, ALWAYS, name, .room = NAME_ROOM)
#define COUNT(type, name) FIELD_ROW(type, #name, COUNT, ALWAYS, name)
#define VERDICT(type) \
	FIELD_ROW(type, "verdict", NAME, ALWAYS, verdict, .names = compare_verdict_names, .room = COMPARE_VERDICTS)
#define FIGURE(name, kind, member, ...) FIELD_ROW(struct compare_figure, name, kind, ALWAYS, member, ##__VA_ARGS__)
/* Sets that are left out where they are empty. */
#define SET(type, path, member, names_, room_) \
	FIELD_ROW(type, path, NAMES, KNOWN, member, .names = names_, .room = room_)
#define TITLE(path, presence, member) FIELD_ROW(struct compare_titles, path, TEXT, presence, member, .room = NAME_ROOM)
#define OF(name)                      COUNT(struct comparison, name)

static const struct field figure_fields[] = { VERDICT(struct compare_figure),
					      FIGURE("base_launches", COUNT, base_count),
					      FIGURE("new_launches", COUNT, new_count),
					      FIGURE("base_measured", COUNT, base_all),
					      FIGURE("new_measured", COUNT, new_all),
					      FIGURE("base", NUMBER, base),
					      FIGURE("new", NUMBER, new),
					      FIGURE("ratio", NUMBER, ratio),
					      FIGURE("low", NUMBER, low),
					      FIGURE("high", NUMBER, high),
					      FIGURE("p", NUMBER, p),
					      FIGURE("p_adjusted", NUMBER, p_adjusted),
					      FIGURE("exact", BOOL, exact),
					      FIGURE("floor", NUMBER, floor),
					      FIGURE("levels", COUNT, levels),
					      SET(struct compare_figure, "bounds", bounds, side_names, SIDES),
					      SET(struct compare_figure, "left_out", invalid, invalid_names, INVALIDS),
					      { .path = NULL } };

static const struct field rate_fields[] = { FIGURE("cliff", BOOL, cliff), { .path = NULL } };

static const struct field failure_fields[] = {
	FIGURE("new_kinds", NAMES, new_failures, .names = load_failure_names, .room = LOAD_FAILURES), { .path = NULL }
};

static const struct field row_fields[] = { NAME(struct compare_row, server),
					   NAME(struct compare_row, client),
					   NAME(struct compare_row, mode),
					   FIELD_ROW(struct compare_row, "least", COUNT, ALWAYS, min_level),
					   FIELD_ROW(struct compare_row, "most", COUNT, ALWAYS, max_level),
					   VERDICT(struct compare_row),
					   COUNT(struct compare_row, lost),
					   COUNT(struct compare_row, not_compared),
					   SET(struct compare_row, "lost_to", lost_to, invalid_names, INVALIDS),
					   { .path = NULL } };

static const struct field difference_fields[] = { NAME(struct difference, field),
						  FIELD_ROW(struct difference, "base", BUFFER, ALWAYS, base),
						  FIELD_ROW(struct difference, "new", BUFFER, ALWAYS, new),
						  { .path = NULL } };

static const struct field gone_fields[] = { NAME(struct compare_gone, server),
					    NAME(struct compare_gone, client),
					    NAME(struct compare_gone, mode),
					    FIELD_ROW(struct compare_gone, "least", COUNT, ALWAYS, min_level),
					    FIELD_ROW(struct compare_gone, "most", COUNT, ALWAYS, max_level),
					    COUNT(struct compare_gone, levels),
					    FIELD_ROW(struct compare_gone, "whole", BOOL, ALWAYS, is_whole),
					    { .path = NULL } };

static const struct field shift_fields[] = { NAME(struct compare_shift, server),
					     NAME(struct compare_shift, mode),
					     NAME(struct compare_shift, base),
					     NAME(struct compare_shift, new),
					     { .path = NULL } };

static const struct field title_fields[] = { TITLE("base", ALWAYS, name[SIDE_BASE]),
					     TITLE("new", ALWAYS, name[SIDE_NEW]),
					     TITLE("base_commit", KNOWN, commit[SIDE_BASE]),
					     TITLE("new_commit", KNOWN, commit[SIDE_NEW]),
					     TITLE("base_benchctl", KNOWN, benchctl[SIDE_BASE]),
					     TITLE("new_benchctl", KNOWN, benchctl[SIDE_NEW]),
					     { .path = NULL } };

static const struct field comparison_fields[] = {
	VERDICT(struct comparison),
	OF(cliffs),
	FIELD_ROW(struct comparison, "floor", NUMBER, ALWAYS, settings.floor),
	FIELD_ROW(struct comparison, "alpha", NUMBER, ALWAYS, settings.alpha),
	OF(base_launches),
	OF(new_launches),
	OF(base_only),
	OF(new_only),
	FIELD_ROW(struct comparison, "gone", LIST, ALWAYS, gone,
		  .count = FIELD_COUNTED_BY(struct comparison, gone_count), .items = gone_fields),
	FIELD_ROW(struct comparison, "verdict_changes", LIST, ALWAYS, shifts,
		  .count = FIELD_COUNTED_BY(struct comparison, shifts_count), .items = shift_fields),
	FIELD_ROW(struct comparison, "launches_needed", COUNT, KNOWN, launches_needed),
	OF(base_interrupted),
	OF(new_interrupted),
	OF(open_loops),
	OF(gate_tests),
	FIELD_ROW(struct comparison, "differences", LIST, ALWAYS, differences.items,
		  .count = FIELD_COUNTED_BY(struct comparison, differences.count), .items = difference_fields),
	{ .path = NULL }
};

static json_t *figure_json(const struct compare_figure *figure, enum compare_measure measure)
{
	json_t *json = fields_json(figure_fields, figure);
	int bad = !json;

	if (figure->verdict == COMPARE_INCONCLUSIVE)
		bad |= json_object_set_new(json, "more_launches",
					   figure->more ? json_integer((json_int_t)figure->more) : json_null());
	if (measure == COMPARE_RATE)
		bad |= fields_write(json, rate_fields, figure);
	if (measure == COMPARE_FAILURES)
		bad |= fields_write(json, failure_fields, figure);
	return whole_json(json, bad);
}

static json_t *rows_json(const struct compare_row *rows, size_t count, int measures)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *row = fields_json(row_fields, &rows[i]);
		bad |= json_object_set_new(row, "by", json_string(compare_measures[rows[i].by].name));
		for (int measure = 0; measure < measures; measure++)
			bad |= json_object_set_new(
				row, compare_measures[measure].name,
				figure_json(&rows[i].figures[measure], (enum compare_measure)measure));
		bad |= json_array_append_new(json, row);
	}
	return whole_json(json, bad);
}

static json_t *comparison_json(const struct comparison *comparison, const struct compare_titles *titles)
{
	json_t *json = json_object();
	int bad = json_object_set_new(json, "schema", json_integer(COMPARISON_SCHEMA));

	bad |= json_object_set_new(json, "benchctl", json_string(build_version));
	bad |= fields_write(json, title_fields, titles);
	bad |= fields_write(json, comparison_fields, comparison);
	if (*comparison->failure.text)
		bad |= json_object_set_new(json, "error", text_json(comparison->failure.text));
	bad |= json_object_set_new(json, "blind", json_boolean(comparison_is_blind(comparison)));
	bad |= json_object_set_new(json, "gate", rows_json(comparison->gate, comparison->gate_count, COMPARE_GATING));
	bad |= json_object_set_new(json, "cells",
				   rows_json(comparison->cells, comparison->cells_count, COMPARE_MEASURES));
	return whole_json(json, bad);
}

int result_print_comparison(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			    struct err *err)
{
	json_t *json = comparison_json(comparison, titles);
	char *text = dump_json(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9));

	json_decref(json);
	if (!text)
		return err_set(err, "out of memory");
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
