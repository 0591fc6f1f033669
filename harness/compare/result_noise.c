#include <errno.h>
#include <stdlib.h>

#include "harness/compare/noise.h"
#include "harness/lib/file.h"
#include "harness/record/result.h"
#include "harness/record/result_json.h"

#define FIGURE(path_, kind_, member)                                                                  \
	{                                                                                             \
		.path = path_, .kind = FIELD_##kind_, .offset = offsetof(struct noise_figure, member) \
	}

static const struct field figure_fields[] = { FIGURE("server", TEXT, server),
					      FIGURE("client", TEXT, client),
					      FIGURE("mode", TEXT, mode),
					      FIGURE("least", COUNT, least),
					      FIGURE("most", COUNT, most),
					      FIGURE("rate", NUMBER, share[COMPARE_RATE]),
					      FIGURE("cpu", NUMBER, share[COMPARE_CPU]),
					      FIGURE("p99", NUMBER, share[COMPARE_P99]),
					      FIGURE("rss", NUMBER, share[COMPARE_RSS]),
					      { .path = NULL } };

int result_write_noise(const struct noise *noise, const char *path, struct err *err)
{
	json_t *json = document_json(&noise->document);
	json_t *figures = json_array(), *part = json_object();
	int bad = 0;

	for (size_t i = 0; i < noise->count; i++)
		bad |= json_array_append_new(figures, fields_json(figure_fields, &noise->figures[i]));
	bad |= json_object_set_new(part, "launches", json_integer((json_int_t)noise->launches));
	bad |= json_object_set_new(part, "figures", figures);
	bad |= json_object_set_new(json, "cells", json_array());
	bad |= json_object_set_new(json, "noise", part);
	json = whole_json(json, bad);
	char *text = dump_json(json, JSON_INDENT(1) | JSON_REAL_PRECISION(4));
	int result = file_write(path, text, err);
	free(text);
	json_decref(json);
	return result;
}

/* A share: no ratio can be noisier than this, and a floor can't be less than nothing. */
static int figure_check(const struct noise_figure *figure, struct err *err)
{
	if (!has_words(figure->server) || !has_words(figure->client) || !has_words(figure->mode))
		return err_set(err, "a name is empty");
	for (int i = 0; i < COMPARE_MEASURES; i++)
		if (figure->share[i] < 0)
			return err_set(err, "%s is less than 0", compare_measures[i].name);
	return 0;
}

static int figures_read(struct noise *noise, json_t *json, struct err *err)
{
	size_t index;
	json_t *item, *launches = json_object_get(json, "launches"), *figures = json_object_get(json, "figures");

	if (!json_is_integer(launches) || !json_is_array(figures))
		return err_set(err, "no noise of a host: 'noise' has no launches or no figures");
	noise->launches = (uint64_t)json_integer_value(launches);
	noise->figures = calloc(json_array_size(figures) + 1, sizeof *noise->figures);
	if (!noise->figures)
		return err_set(err, "out of memory");
	json_array_foreach(figures, index, item)
	{
		struct noise_figure *figure = &noise->figures[noise->count++];
		figure->share[COMPARE_FAILURES] = NAN;
		if (fields_read(item, figure_fields, figure, err) || figure_check(figure, err))
			return err_prefix(err, "noise.figures[%zu]", index);
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
		result = document_read(&noise->document, json, err) ||
			 figures_read(noise, json_object_get(json, "noise"), err);
		if (result)
			result = err_prefix(err, "%s", path);
	}
	json_decref(json);
	fclose(file);
	return result;
}
