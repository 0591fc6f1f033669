/*
 * A figure is added to a copy of the table of what a client measures, and arrives wherever figures go; and the tables agree with
 * docs/run.schema.json.
 */
#include "tests/unit/unit.h"

#include <jansson.h>

#include "clients/client.h"
#include "harness/record/document.h"
#include "harness/record/json.h"
#include "harness/report/explain.h"

/* A cell with two figures more than it has. */
struct grown {
	struct cell cell;
	double slowest_s;
	uint64_t lost;
};

/* The table of a cell with rows for these: all that it takes to add a figure. */
static struct field *grown_fields(void)
{
	static const struct field rows[] = {
		{ .path = "open_loop.slowest_s",
		  .kind = FIELD_NUMBER,
		  .presence = FIELD_KNOWN,
		  .merge = FIELD_MAX,
		  .offset = offsetof(struct grown, slowest_s),
		  .unit = "s",
		  .group = "requests" },
		{ .path = "lost",
		  .former = "open_loop.vanished",
		  .kind = FIELD_COUNT,
		  .presence = FIELD_LATER,
		  .merge = FIELD_SUM,
		  .offset = offsetof(struct grown, lost),
		  .unit = "connections",
		  .group = "requests" },
		{ .path = NULL },
	};
	size_t count = 0;

	while (cell_fields[count].path)
		count++;
	struct field *fields = malloc(count * sizeof *fields + sizeof rows);
	assert_non_null(fields);
	memcpy(fields, cell_fields, count * sizeof *fields);
	memcpy(fields + count, rows, sizeof rows);
	return fields;
}

static void grown_name(struct grown *grown)
{
	cell_set_text(&grown->cell.server, "a");
	cell_set_text(&grown->cell.client, "epoll");
	cell_set_text(&grown->cell.mode, "close");
	grown->cell.level = 8;
}

static void test_added_field_merges(void **state)
{
	struct field *fields = grown_fields();
	struct grown all, thread;

	(void)state;
	fields_init(fields, &all);
	fields_init(fields, &thread);
	assert_true(isnan(all.slowest_s) && all.lost == 0);
	fields_merge(fields, &all, &thread);
	assert_true(isnan(all.slowest_s));
	thread.slowest_s = 2;
	thread.lost = 3;
	fields_merge(fields, &all, &thread);
	thread.slowest_s = 1;
	fields_merge(fields, &all, &thread);
	thread.slowest_s = NAN;
	fields_merge(fields, &all, &thread);
	assert_true(all.slowest_s == 2 && all.lost == 9);
	fields_copy(fields, &thread, &all);
	assert_true(thread.slowest_s == 2 && thread.lost == 9);
	free(fields);
}

static void test_added_field_in_files(void **state)
{
	struct field *fields = grown_fields();
	struct grown wrote, read;
	struct err err = { "" };

	(void)state;
	fields_init(fields, &wrote);
	grown_name(&wrote);
	wrote.slowest_s = 2.5;
	wrote.lost = 9;
	json_t *json = fields_json(fields, &wrote);
	assert_true(json_real_value(json_object_get(json_object_get(json, "open_loop"), "slowest_s")) == 2.5);
	assert_int_equal(json_integer_value(json_object_get(json, "lost")), 9);
	fields_init(fields, &read);
	assert_int_equal(fields_read(json, fields, &read, &err), 0);
	assert_true(read.slowest_s == 2.5 && read.lost == 9);
	fields_release(fields, &read);

	/* An older file has it by its former name, or not at all. */
	json_object_del(json, "lost");
	json_object_set_new(json_object_get(json, "open_loop"), "vanished", json_integer(4));
	json_object_del(json_object_get(json, "open_loop"), "slowest_s");
	fields_init(fields, &read);
	assert_int_equal(fields_read(json, fields, &read, &err), 0);
	assert_true(isnan(read.slowest_s) && read.lost == 4);
	fields_release(fields, &read);

	json_object_set_new(json, "lost", json_integer(-1));
	fields_init(fields, &read);
	assert_int_equal(fields_read(json, fields, &read, &err), -1);
	check_text("names the field", err.text, "'lost' is not what it should be");
	fields_release(fields, &read);
	fields_release(fields, &wrote);
	assert_true(!wrote.cell.server && !wrote.lost);
	json_decref(json);
	free(fields);
}

static void test_added_field_is_explained(void **state)
{
	struct field *fields = grown_fields();
	struct grown grown;
	char text[512] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	(void)state;
	assert_non_null(out);
	fields_init(fields, &grown);
	explain_fields(fields, "requests", &grown, out); /* nothing is known */
	grown.slowest_s = 2.5;
	grown.lost = 1234;
	explain_fields(fields, "rate", &grown, out); /* of another group */
	explain_fields(fields, "requests", &grown, out);
	fclose(out);
	check_text("lines", text, "            open_loop.slowest_s: 2.500 s\n            lost: 1,234 connections\n");
	free(fields);
}

/* Every number is unknown until it is measured. */
static void test_unknown_until_measured(void **state)
{
	struct cell cell;

	(void)state;
	memset(&cell, 0x55, sizeof cell);
	cell_init(&cell, NULL, NULL, NULL, 0, 0);
	for (const struct field *field = cell_fields; field->path; field++)
		if (field->kind == FIELD_NUMBER)
			check_case(field->path, isnan(*(double *)field_at(field, &cell)));
	cell_release(&cell);
}

/* A sample's figures are a cell's under the same names. */
static void test_figures_are_a_cells(void **state)
{
	(void)state;
	for (const struct field *figure = load_figures; figure->path; figure++) {
		const struct field *field = fields_find(cell_fields, figure->path);
		check_case(figure->path, field && field->kind == figure->kind && field->offset == figure->offset);
		check_case(figure->path, figure->unit != NULL);
	}
}

/* docs/run.schema.json: its names, types and required fields are those of the tables, both ways. */

static json_t *resolved(json_t *schema, json_t *root)
{
	const char *reference = json_string_value(json_object_get(schema, "$ref"));

	return reference ? json_object_get(json_object_get(root, "$defs"), strrchr(reference, '/') + 1) : schema;
}

static bool is_among(const json_t *array, const char *text)
{
	size_t index;
	json_t *item;

	json_array_foreach(array, index, item)
	{
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

/* Whether a value of that schema may be of a type. */
static bool may_be(const json_t *schema, const char *type)
{
	const json_t *types = json_object_get(schema, "type");

	if (json_object_get(schema, "enum"))
		return strcmp(type, "string") == 0;
	return json_is_string(types) ? strcmp(json_string_value(types), type) == 0 : is_among(types, type);
}

/* The schema of the field of that path; *required is whether it, and all that holds it, must be there. */
static json_t *schema_at(json_t *schema, json_t *root, const char *path, bool *required)
{
	char name[80];

	*required = true;
	for (; schema; path += *path == '.') {
		size_t bytes = strcspn(path, ".");
		snprintf(name, sizeof name, "%.*s", (int)bytes, path);
		*required = *required && is_among(json_object_get(schema, "required"), name);
		json_t *property = json_object_get(json_object_get(schema, "properties"), name);
		schema = resolved(property ? property : json_object_get(schema, "additionalProperties"), root);
		path += bytes;
		if (!*path)
			break;
	}
	return schema;
}

static const char *const types[] = {
	[FIELD_TEXT] = "string",    [FIELD_BUFFER] = "string",  [FIELD_COUNT] = "integer", [FIELD_NUMBER] = "number",
	[FIELD_BOOL] = "boolean",   [FIELD_NAME] = "string",    [FIELD_NAMES] = "array",   [FIELD_COUNTS] = "object",
	[FIELD_NUMBERS] = "object", [FIELD_SERIES] = "array",   [FIELD_TALLY] = "array",   [FIELD_LIST] = "array",
	[FIELD_MAP] = "object",     [FIELD_RECORDS] = "object",
};

static void check_schema(const struct field *fields, json_t *schema, json_t *root)
{
	for (const struct field *field = fields; field->path; field++) {
		bool required;
		json_t *found = schema_at(schema, root, field->path, &required);
		check_case(field->path, found != NULL);
		check_case(field->path, required == (field->presence == FIELD_ALWAYS));
		check_case(field->path, may_be(found, types[field->kind]));
		json_t *properties = json_object_get(found, "properties");
		for (size_t i = 0; field->kind == FIELD_COUNTS && i < field->room; i++)
			check_case(field->names[i], json_object_get(properties, field->names[i]) != NULL);
		if (field->kind == FIELD_NAMES)
			for (size_t i = 0; i < field->room; i++)
				check_case(field->names[i],
					   is_among(json_object_get(json_object_get(found, "items"), "enum"),
						    field->names[i]));
		if (field->kind == FIELD_LIST)
			check_schema(field->items, resolved(json_object_get(found, "items"), root), root);
	}
}

/* Whether a table has that field, or one within it. */
static bool has_field(const struct field *fields, const char *path)
{
	for (; fields->path; fields++)
		if (strncmp(fields->path, path, strlen(path)) == 0 &&
		    (!fields->path[strlen(path)] || fields->path[strlen(path)] == '.'))
			return true;
	return false;
}

static void check_properties(const struct field *fields, const char *holder, json_t *schema, json_t *root)
{
	const char *name;
	json_t *property;

	json_object_foreach(json_object_get(schema, "properties"), name, property)
	{
		char path[160];
		snprintf(path, sizeof path, "%s%s%s", holder, *holder ? "." : "", name);
		check_case(path, has_field(fields, path));
		if (!fields_find(fields, path))
			check_properties(fields, path, resolved(property, root), root);
	}
}

static void test_schema(void **state)
{
	json_error_t where;
	json_t *root = json_load_file("docs/run.schema.json", 0, &where);

	(void)state;
	assert_non_null(root);
	check_schema(document_fields, root, root);
	check_schema(document_cells, root, root);
	json_t *cell = json_object_get(json_object_get(root, "$defs"), "cell");
	check_properties(cell_fields, "", cell, root);
	json_decref(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_added_field_merges),       cmocka_unit_test(test_added_field_in_files),
		cmocka_unit_test(test_added_field_is_explained), cmocka_unit_test(test_unknown_until_measured),
		cmocka_unit_test(test_figures_are_a_cells),      cmocka_unit_test(test_schema),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
