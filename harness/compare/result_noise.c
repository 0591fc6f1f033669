#include <errno.h>
#include <stdlib.h>

#include "harness/compare/noise.h"
#include "harness/lib/file.h"
#include "harness/record/json.h"
#include "harness/record/result.h"

#define FIGURE(path, kind, member, ...) FIELD_ROW(struct noise_figure, path, kind, ALWAYS, member, ##__VA_ARGS__)

static const struct field figure_fields[] = { FIGURE("server", TEXT, server, .filled = true),
					      FIGURE("client", TEXT, client, .filled = true),
					      FIGURE("mode", TEXT, mode, .filled = true),
					      FIGURE("least", COUNT, min_level),
					      FIGURE("most", COUNT, max_level),
					      FIGURE("rate", NUMBER, share[COMPARE_RATE]),
					      FIGURE("cpu", NUMBER, share[COMPARE_CPU]),
					      FIGURE("p99", NUMBER, share[COMPARE_P99]),
					      FIGURE("rss", NUMBER, share[COMPARE_RSS]),
					      { .path = NULL } };

static const struct field noise_fields[] = { FIELD_ROW(struct noise, "noise.launches", COUNT, ALWAYS, launches),
					     FIELD_ROW(struct noise, "noise.figures", LIST, ALWAYS, figures,
						       .count = FIELD_COUNTED_BY(struct noise, count),
						       .items = figure_fields),
					     { .path = NULL } };

int result_write_noise(const struct noise *noise, const char *path, struct err *err)
{
	json_t *json = result_json(&noise->document);
	int bad = json_object_set_new(json, "cells", json_array());

	json = whole_json(json, bad | fields_write(json, noise_fields, noise));
	char *text = dump_json(json, JSON_INDENT(1) | JSON_REAL_PRECISION(4));
	int result = file_write(path, text, err);
	free(text);
	json_decref(json);
	return result;
}

/* The noise of a ratio is not below 0. Failures are not in a noise file. */
static int figures_check(const struct noise *noise, struct err *err)
{
	for (size_t i = 0; i < noise->count; i++) {
		noise->figures[i].share[COMPARE_FAILURES] = NAN;
		for (int measure = 0; measure < COMPARE_MEASURES; measure++)
			if (noise->figures[i].share[measure] < 0)
				return err_set(err, "noise.figures[%zu]: %s is less than 0", i,
					       compare_measures[measure].name);
	}
	return 0;
}

int result_read_noise(struct noise *noise, const char *path, struct err *err)
{
	json_t *json = NULL;
	FILE *file = json_open(path, err);
	int result = -1;

	*noise = (struct noise){ 0 };
	if (!file)
		return -1;
	if (!json_load(&json, file, path, err)) {
		result = result_take(&noise->document, json, err) || fields_read(json, noise_fields, noise, err) ||
			 figures_check(noise, err);
		if (result)
			result = err_prefix(err, "%s", path);
	}
	json_decref(json);
	fclose(file);
	return result;
}
