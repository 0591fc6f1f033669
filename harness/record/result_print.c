#include "harness/record/result.h"

#include <stdlib.h>

#include "harness/record/json.h"

/* Prints the json, which it takes. Returns 0, or -1: there is none, since memory was out, or it can't be written. */
static int json_print(json_t *json, FILE *out)
{
	char *text = dump_json(json, JSON_INDENT(1));
	int bad = !text || fprintf(out, "%s\n", text) < 0;

	free(text);
	json_decref(json);
	return bad ? -1 : 0;
}

int result_print_listing(const struct result_listing *listing, size_t count, FILE *out)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		bad |= json_object_set_new(item, "name", text_json(listing[i].server->name));
		bad |= json_object_set_new(item, "available", json_boolean(listing[i].available));
		bad |= json_object_set_new(item, "version", text_json(listing[i].version));
		bad |= json_object_set_new(item, "implementation", text_json(listing[i].implementation));
		bad |= json_object_set_new(item, "reason", text_json(listing[i].reason));
		bad |= json_array_append_new(json, item);
	}
	return json_print(whole_json(json, bad), out);
}

int result_print_findings(const struct result_finding *findings, size_t count, FILE *out)
{
	json_t *json = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();
		bad |= json_object_set_new(item, "subject", text_json(findings[i].subject));
		bad |= json_object_set_new(item, "check", text_json(findings[i].check));
		bad |= json_object_set_new(item, "good", json_boolean(findings[i].good));
		bad |= json_object_set_new(item, "text", text_json(findings[i].text));
		if (findings[i].severity) {
			bad |= json_object_set_new(item, "severity", text_json(findings[i].severity));
			bad |= json_object_set_new(item, "why", text_json(findings[i].why));
			bad |= json_object_set_new(item, "command", text_json(findings[i].command));
		}
		bad |= json_array_append_new(json, item);
	}
	return json_print(whole_json(json, bad), out);
}
