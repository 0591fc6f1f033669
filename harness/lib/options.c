#include "harness/lib/options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/lib/similar.h"
#include "harness/lib/units.h"

static int flag_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	bool on = !text || strcmp(text, "yes") == 0;

	if (!on && strcmp(text, "no") != 0)
		return err_set(err, "'%s' is neither yes nor no", text);
	*(bool *)field = on;
	return 0;
}

static void flag_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	fputs(*(const bool *)field ? "yes" : "no", out);
}

static int text_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	if (!*text)
		return err_set(err, "it is empty");
	char *copy = strdup(text);

	if (!copy)
		return err_set(err, "out of memory");
	free(*(char **)field);
	*(char **)field = copy;
	return 0;
}

static void text_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	const char *text = *(char *const *)field;

	fputs(text ? text : "", out);
}

static void text_release(void *field)
{
	free(*(char **)field);
	*(char **)field = NULL;
}

static int texts_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	char **texts = *(char ***)field;
	size_t count = 0;

	while (texts && texts[count])
		count++;
	texts = realloc(texts, (count + 2) * sizeof *texts);
	if (!texts)
		return err_set(err, "out of memory");
	*(char ***)field = texts;
	texts[count] = texts[count + 1] = NULL;
	return text_parse(&texts[count], text, def, err);
}

static void texts_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	for (char **text = *(char **const *)field; text && *text; text++)
		fprintf(out, "%s%s", text == *(char **const *)field ? "" : ",", *text);
}

static void texts_release(void *field)
{
	char **texts = *(char ***)field;

	for (size_t i = 0; texts && texts[i]; i++)
		free(texts[i]);
	free(texts);
	*(char ***)field = NULL;
}

static int range_check(uint64_t value, const char *text, const struct option_def *def,
		       void (*show)(const void *, const struct option_def *, FILE *), struct err *err)
{
	if (value >= def->min && (!def->max || value <= def->max))
		return 0;
	const uint64_t *bound = value < def->min ? &def->min : &def->max;
	char limit[64] = "";
	FILE *out = fmemopen(limit, sizeof limit, "w");

	if (out) {
		show(bound, def, out);
		fclose(out);
	}
	return err_set(err, "'%s' is %s than %s", text, bound == &def->min ? "less" : "more", limit);
}

static void count_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	fprintf(out, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static int count_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	uint64_t value;

	if (units_count(&value, text, err) || range_check(value, text, def, count_show, err))
		return -1;
	*(uint64_t *)field = value;
	return 0;
}

static void duration_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	char text[UNITS_TEXT];

	fputs(units_show_duration(text, *(const uint64_t *)field), out);
}

static int duration_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	uint64_t value;

	if (units_duration(&value, text, err) || range_check(value, text, def, duration_show, err))
		return -1;
	*(uint64_t *)field = value;
	return 0;
}

static int choice_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	char known[256] = "";

	for (int i = 0; def->choices[i]; i++) {
		if (strcmp(text, def->choices[i]) == 0) {
			*(int *)field = i;
			return 0;
		}
		size_t used = strlen(known);
		snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", def->choices[i]);
	}
	return err_set(err, "'%s' is not one of: %s", text, known);
}

static void choice_show(const void *field, const struct option_def *def, FILE *out)
{
	fputs(def->choices[*(const int *)field], out);
}

static int percent_parse(void *field, const char *text, const struct option_def *def, struct err *err)
{
	(void)def;
	size_t digits = strspn(text, "0123456789."), length = strlen(text);
	char *end;
	double percent = strtod(text, &end);

	if (!digits || *text == '.' || digits + 1 != length || text[digits] != '%' || end != text + digits ||
	    percent >= 100)
		return err_set(err, "'%s' is not a percentage below 100: 5%% or 2.5%%", text);
	*(double *)field = percent / 100;
	return 0;
}

static void percent_show(const void *field, const struct option_def *def, FILE *out)
{
	(void)def;
	fprintf(out, "%.12g%%", 100 * *(const double *)field);
}

const struct option_type option_flag = { NULL, flag_parse, flag_show, NULL };
const struct option_type option_text = { "TEXT", text_parse, text_show, text_release };
const struct option_type option_texts = { "TEXT", texts_parse, texts_show, texts_release };
const struct option_type option_count = { "N", count_parse, count_show, NULL };
const struct option_type option_duration = { "TIME", duration_parse, duration_show, NULL };
const struct option_type option_percent = { "PERCENT", percent_parse, percent_show, NULL };
const struct option_type option_choice = { NULL, choice_parse, choice_show, NULL };

static bool takes_value(const struct option_def *def)
{
	return def->type != &option_flag;
}

const struct option_def *options_find(const struct option_def *defs, const char *name)
{
	for (const struct option_def *def = defs; def->name; def++)
		if (strcmp(def->name, name) == 0)
			return def;
	return NULL;
}

static void *option_field(const struct option_def *def, void *settings)
{
	return (char *)settings + def->offset;
}

int options_set_def(const struct option_def *def, void *settings, const char *value, struct err *err)
{
	return def->type->parse(option_field(def, settings), value, def, err) ? err_prefix(err, "%s", def->name) : 0;
}

int options_default(const struct option_def *defs, void *settings, struct err *err)
{
	for (const struct option_def *def = defs; def->name; def++)
		if (def->fallback && options_set_def(def, settings, def->fallback, err))
			return -1;
	return 0;
}

int options_set(const struct option_def *defs, void *settings, const char *name, const char *value, struct err *err)
{
	const struct option_def *def = options_find(defs, name);

	if (!def || def->flags & OPTION_CALL)
		return err_set(err, "unknown key '%s'", name);
	return options_set_def(def, settings, value, err);
}

static const struct option_def *find_letter(const struct option_def *defs, char letter)
{
	for (const struct option_def *def = defs; def->name; def++)
		if (def->letter == letter)
			return def;
	return NULL;
}

/* Names the option that may be meant, where one is like it. */
static int unknown_option(const struct option_def *defs, const char *dashes, const char *name, struct err *err)
{
	for (const struct option_def *def = defs; def->name; def++)
		if (similar_is(name, def->name))
			return err_set(err, "unknown option %s%s: did you mean --%s?", dashes, name, def->name);
	return err_set(err, "unknown option %s%s", dashes, name);
}

/* Reads the option at argv[at], whose value may be the next argument. Returns how many arguments it took, or -1. */
static int option_read(const struct option_def *defs, struct option_given *given, int argc, char **argv, int at,
		       struct err *err)
{
	const char *argument = argv[at];
	bool is_long = argument[1] == '-';
	char name[64];

	given->value = NULL;
	if (is_long) {
		size_t bytes = strcspn(argument + 2, "=");
		if (argument[2 + bytes] == '=')
			given->value = argument + 2 + bytes + 1;
		snprintf(name, sizeof name, "%.*s", (int)bytes, argument + 2);
	} else {
		snprintf(name, sizeof name, "%c", argument[1]);
		if (argument[2])
			given->value = argument + 2;
	}
	const struct option_def *def = is_long ? options_find(defs, name) : find_letter(defs, argument[1]);
	if (!def)
		return unknown_option(defs, is_long ? "--" : "-", name, err);
	given->def = def;
	if (!takes_value(def))
		return given->value ? err_set(err, "--%s takes no value", def->name) : 1;
	if (given->value)
		return 1;
	if (at + 1 >= argc)
		return err_set(err, "--%s needs a value", def->name);
	given->value = argv[at + 1];
	return 2;
}

int options_line_read(const struct option_def *defs, struct options_line *line, int argc, char **argv, struct err *err)
{
	int operands = 0;
	bool ended = false;

	*line = (struct options_line){ .given = calloc((size_t)argc + 1, sizeof *line->given) };
	if (!line->given)
		return err_set(err, "out of memory");
	for (int at = 0; at < argc;) {
		if (ended || argv[at][0] != '-' || !argv[at][1]) {
			argv[operands++] = argv[at++];
		} else if (strcmp(argv[at], "--") == 0) {
			ended = true;
			at++;
		} else {
			int took = option_read(defs, &line->given[line->count], argc, argv, at, err);
			if (took < 0)
				return -1;
			line->count++;
			at += took;
		}
	}
	return operands;
}

int options_line_apply(const struct options_line *line, void *settings, unsigned flags, struct err *err)
{
	for (size_t i = 0; i < line->count; i++) {
		const struct option_given *given = &line->given[i];
		unsigned asked = given->def->flags & OPTION_CALL ? OPTION_CALL : ~(unsigned)OPTION_CALL;
		if (flags & asked && options_set_def(given->def, settings, given->value, err)) {
			struct err bare = *err;
			return err_set(err, "--%s", bare.text);
		}
	}
	return 0;
}

char *options_variable(char out[OPTIONS_VARIABLE], const struct option_def *def)
{
	snprintf(out, OPTIONS_VARIABLE, "BENCHCTL_%s", def->name);
	for (char *c = out; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return out;
}

const char *options_environment(const struct option_def *def)
{
	char name[OPTIONS_VARIABLE];
	const char *value = strcmp(def->name, "help") == 0 ? NULL : getenv(options_variable(name, def));

	return value && *value ? value : NULL;
}

int options_environment_apply(const struct option_def *defs, const struct options_line *line, void *settings,
			      unsigned flags, struct err *err)
{
	for (const struct option_def *def = defs; def->name; def++) {
		unsigned asked = def->flags & OPTION_CALL ? OPTION_CALL : ~(unsigned)OPTION_CALL;
		const char *value = options_environment(def);
		char name[OPTIONS_VARIABLE];
		if (value && flags & asked && !(line && options_line_gives(line, def->name)) &&
		    def->type->parse(option_field(def, settings), value, def, err))
			return err_prefix(err, "%s", options_variable(name, def));
	}
	return 0;
}

bool options_line_gives(const struct options_line *line, const char *name)
{
	for (size_t i = 0; i < line->count; i++)
		if (strcmp(line->given[i].def->name, name) == 0)
			return true;
	return false;
}

void options_line_release(struct options_line *line)
{
	free(line->given);
	*line = (struct options_line){ 0 };
}

/* What stands for the value: "TIME", "close|keepalive"; "" for a flag. */
static const char *value_name(const struct option_def *def, char room[64])
{
	const char *name = def->placeholder ? def->placeholder : def->type->placeholder;

	room[0] = 0;
	if (name)
		return name;
	for (int i = 0; def->choices && def->choices[i]; i++) {
		size_t used = strlen(room);
		snprintf(room + used, 64 - used, "%s%s", i ? "|" : "", def->choices[i]);
	}
	return room;
}

void options_help(const struct option_def *defs, FILE *out)
{
	for (const struct option_def *def = defs; def->name; def++) {
		char left[128], room[64], letter[8] = "    ";
		const char *value = value_name(def, room);

		if (def->letter)
			snprintf(letter, sizeof letter, "-%c, ", def->letter);
		snprintf(left, sizeof left, "%s--%s%s%s", letter, def->name, value[0] ? " " : "", value);
		fprintf(out, "  %-32s %s", left, def->help);
		if (def->fallback && takes_value(def))
			fprintf(out, " [%s]", def->fallback);
		fputc('\n', out);
	}
}

void options_man_text(const char *text, FILE *out)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++)
		fprintf(out, *text == '-' ? "\\-" : *text == '\\' ? "\\e" : "%c", *text);
}

void options_man(const struct option_def *defs, FILE *out)
{
	for (const struct option_def *def = defs; def->name; def++) {
		char room[64];
		const char *value = value_name(def, room);

		fputs(".TP\n", out);
		if (def->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", def->letter);
		fputs("\\fB\\-\\-", out);
		for (const char *c = def->name; *c; c++)
			fprintf(out, *c == '-' ? "\\-" : "%c", *c);
		fprintf(out, "\\fR%s\\fI%s\\fR\n", value[0] ? " " : "", value);
		options_man_text(def->help, out);
		if (def->fallback && takes_value(def))
			fprintf(out, " (default: %s)", def->fallback);
		fputs(".\n", out);
	}
}

void options_show(const struct option_def *def, const void *settings, FILE *out)
{
	def->type->show((const char *)settings + def->offset, def, out);
}

void options_release(const struct option_def *defs, void *settings)
{
	for (const struct option_def *def = defs; def->name; def++)
		if (def->type->release)
			def->type->release(option_field(def, settings));
}
