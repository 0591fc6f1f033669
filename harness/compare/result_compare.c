/* A comparison as JSON. What the fields are is docs/compare.schema.json. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "harness/compare/outputs.h"
#include "harness/host/build.h"
#include "harness/lib/text.h"

/* The version of this output. */
#define COMPARISON_SCHEMA 1

static json_t *number_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Names have come from JSON, or are our own; what is no text all the same is shown without what is wrong. */
static json_t *text_json(const char *text)
{
	char plain[1000];

	return json_string(text_plain(plain, sizeof plain, text));
}

static json_t *names_json(unsigned bits, const char *const *names, int count)
{
	json_t *json = json_array();
	int bad = 0;

	for (int i = 0; i < count; i++)
		if (bits & 1u << i)
			bad |= json_array_append_new(json, json_string(names[i]));
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static const char *const side_names[SIDES] = { "base", "new" };

static json_t *figure_json(const struct compare_figure *figure, enum compare_measure measure)
{
	json_t *json = json_object();
	int bad = 0;

	bad |= json_object_set_new(json, "verdict", json_string(compare_verdict_names[figure->verdict]));
	bad |= json_object_set_new(json, "base_launches", json_integer((json_int_t)figure->base_count));
	bad |= json_object_set_new(json, "new_launches", json_integer((json_int_t)figure->new_count));
	bad |= json_object_set_new(json, "base_measured", json_integer((json_int_t)figure->base_all));
	bad |= json_object_set_new(json, "new_measured", json_integer((json_int_t)figure->new_all));
	bad |= json_object_set_new(json, "base", number_json(figure->base));
	bad |= json_object_set_new(json, "new", number_json(figure->new));
	bad |= json_object_set_new(json, "ratio", number_json(figure->ratio));
	bad |= json_object_set_new(json, "low", number_json(figure->low));
	bad |= json_object_set_new(json, "high", number_json(figure->high));
	bad |= json_object_set_new(json, "p", number_json(figure->p));
	bad |= json_object_set_new(json, "p_adjusted", number_json(figure->p_adjusted));
	bad |= json_object_set_new(json, "exact", json_boolean(figure->exact));
	bad |= json_object_set_new(json, "floor", number_json(figure->floor));
	bad |= json_object_set_new(json, "levels", json_integer((json_int_t)figure->levels));
	if (figure->bounds)
		bad |= json_object_set_new(json, "bounds", names_json(figure->bounds, side_names, SIDES));
	if (figure->verdict == COMPARE_INCONCLUSIVE)
		bad |= json_object_set_new(json, "more_launches",
					   figure->more ? json_integer((json_int_t)figure->more) : json_null());
	if (figure->invalid)
		bad |= json_object_set_new(json, "left_out", names_json(figure->invalid, invalid_names, INVALIDS));
	if (measure == COMPARE_RATE)
		bad |= json_object_set_new(json, "cliff", json_boolean(figure->cliff));
	if (measure == COMPARE_FAILURES)
		bad |= json_object_set_new(json, "new_kinds",
					   names_json(figure->new_failures, load_failure_names, LOAD_FAILURES));
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *row_json(const struct compare_row *row, int measures)
{
	json_t *json = json_object();
	int bad = 0;

	bad |= json_object_set_new(json, "server", text_json(row->server));
	bad |= json_object_set_new(json, "client", text_json(row->client));
	bad |= json_object_set_new(json, "mode", text_json(row->mode));
	bad |= json_object_set_new(json, "least", json_integer((json_int_t)row->min_level));
	bad |= json_object_set_new(json, "most", json_integer((json_int_t)row->max_level));
	bad |= json_object_set_new(json, "verdict", json_string(compare_verdict_names[row->verdict]));
	bad |= json_object_set_new(json, "by", json_string(compare_measures[row->by].name));
	bad |= json_object_set_new(json, "lost", json_integer((json_int_t)row->lost));
	bad |= json_object_set_new(json, "not_compared", json_integer((json_int_t)row->not_compared));
	if (row->lost_to)
		bad |= json_object_set_new(json, "lost_to", names_json(row->lost_to, invalid_names, INVALIDS));
	for (int measure = 0; measure < measures; measure++)
		bad |= json_object_set_new(json, compare_measures[measure].name,
					   figure_json(&row->figures[measure], (enum compare_measure)measure));
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *rows_json(const struct compare_row *rows, size_t count, int measures)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++)
		bad |= json_array_append_new(json, row_json(&rows[i], measures));
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *differences_json(const struct comparison *comparison)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < comparison->differences.count; i++) {
		const struct difference *difference = &comparison->differences.items[i];
		json_t *item = json_object();
		bad |= json_object_set_new(item, "field", text_json(difference->field));
		bad |= json_object_set_new(item, "base", text_json(difference->base));
		bad |= json_object_set_new(item, "new", text_json(difference->new));
		bad |= json_array_append_new(json, item);
	}
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *gone_json(const struct comparison *comparison)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < comparison->gone_count; i++) {
		const struct compare_gone *gone = &comparison->gone[i];
		json_t *item = json_object();
		bad |= json_object_set_new(item, "server", text_json(gone->server));
		bad |= json_object_set_new(item, "client", text_json(gone->client));
		bad |= json_object_set_new(item, "mode", text_json(gone->mode));
		bad |= json_object_set_new(item, "least", json_integer((json_int_t)gone->min_level));
		bad |= json_object_set_new(item, "most", json_integer((json_int_t)gone->max_level));
		bad |= json_object_set_new(item, "levels", json_integer((json_int_t)gone->levels));
		bad |= json_object_set_new(item, "whole", json_boolean(gone->is_whole));
		bad |= json_array_append_new(json, item);
	}
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *comparison_json(const struct comparison *comparison, const struct compare_titles *titles)
{
	const struct {
		const char *name, *value;
	} commits[] = {
		{ "base_commit", titles->commit[SIDE_BASE] },
		{ "new_commit", titles->commit[SIDE_NEW] },
		{ "base_benchctl", titles->benchctl[SIDE_BASE] },
		{ "new_benchctl", titles->benchctl[SIDE_NEW] },
	};
	json_t *json = json_object();
	int bad = 0;

	bad |= json_object_set_new(json, "schema", json_integer(COMPARISON_SCHEMA));
	bad |= json_object_set_new(json, "benchctl", json_string(build_version));
	bad |= json_object_set_new(json, "base", text_json(titles->name[SIDE_BASE]));
	bad |= json_object_set_new(json, "new", text_json(titles->name[SIDE_NEW]));
	for (size_t i = 0; i < sizeof commits / sizeof *commits; i++)
		if (commits[i].value)
			bad |= json_object_set_new(json, commits[i].name, text_json(commits[i].value));
	bad |= json_object_set_new(json, "verdict", json_string(compare_verdict_names[comparison->verdict]));
	if (*comparison->failure.text)
		bad |= json_object_set_new(json, "error", text_json(comparison->failure.text));
	bad |= json_object_set_new(json, "cliffs", json_integer((json_int_t)comparison->cliffs));
	bad |= json_object_set_new(json, "floor", number_json(comparison->settings.floor));
	bad |= json_object_set_new(json, "alpha", number_json(comparison->settings.alpha));
	bad |= json_object_set_new(json, "base_launches", json_integer((json_int_t)comparison->base_launches));
	bad |= json_object_set_new(json, "new_launches", json_integer((json_int_t)comparison->new_launches));
	bad |= json_object_set_new(json, "base_only", json_integer((json_int_t)comparison->base_only));
	bad |= json_object_set_new(json, "new_only", json_integer((json_int_t)comparison->new_only));
	bad |= json_object_set_new(json, "gone", gone_json(comparison));
	bad |= json_object_set_new(json, "blind", json_boolean(comparison_is_blind(comparison)));
	if (comparison->launches_needed)
		bad |= json_object_set_new(json, "launches_needed",
					   json_integer((json_int_t)comparison->launches_needed));
	bad |= json_object_set_new(json, "base_interrupted", json_integer((json_int_t)comparison->base_interrupted));
	bad |= json_object_set_new(json, "new_interrupted", json_integer((json_int_t)comparison->new_interrupted));
	bad |= json_object_set_new(json, "open_loops", json_integer((json_int_t)comparison->open_loops));
	bad |= json_object_set_new(json, "gate_tests", json_integer((json_int_t)comparison->gate_tests));
	bad |= json_object_set_new(json, "differences", differences_json(comparison));
	bad |= json_object_set_new(json, "gate", rows_json(comparison->gate, comparison->gate_count, COMPARE_GATING));
	bad |= json_object_set_new(json, "cells",
				   rows_json(comparison->cells, comparison->cells_count, COMPARE_MEASURES));
	if (!bad)
		return json;
	json_decref(json);
	return NULL;
}

int result_print_comparison(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
			    struct err *err)
{
	json_t *json = comparison_json(comparison, titles);
	size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(9);
	/* As in result.c: json_dumpb() leaves nothing away where memory is out. */
	size_t bytes = json ? json_dumpb(json, NULL, 0, flags) : 0;
	char *text = bytes ? malloc(bytes) : NULL;
	int result = text && json_dumpb(json, text, bytes, flags) == bytes ? 0 : err_set(err, "out of memory");

	if (!result) {
		fwrite(text, 1, bytes, out);
		fputc('\n', out);
	}
	free(text);
	json_decref(json);
	return result;
}
