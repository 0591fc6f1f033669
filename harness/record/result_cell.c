#include "harness/record/result.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/record/result_json.h"

char *result_cell_line(const struct cell *cell)
{
	json_t *json = fields_json(cell_fields, cell);
	char *line = dump_json(json, JSON_REAL_PRECISION(9));

	json_decref(json);
	return line;
}

int cell_read(struct cell *cell, json_t *json, struct err *err)
{
	cell_init(cell, NULL, NULL, NULL, 0, 0); /* copies nothing, so that it can't fail */
	if (!fields_read(json, cell_fields, cell, err)) {
		if (has_words(cell->server) && has_words(cell->client) && has_words(cell->mode) && cell->level)
			return 0;
		err_set(err, "'server', 'client', 'mode' or 'level' is empty");
	}
	cell_release(cell);
	return -1;
}

int result_read_line(struct cell *cell, const char *line, size_t bytes, struct err *err)
{
	json_error_t where;
	errno = 0;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &where);

	int result = json ? cell_read(cell, json, err) : err_set(err, "not valid JSON: %s", where.text);
	json_decref(json);
	return result && errno == ENOMEM ? err_set(err, "out of memory") : result;
}
