/*
 * options: one table drives the command line, bench.conf, --help, the manual page and the configuration
 * that a run echoes into its JSON.
 *
 * A command keeps its settings in a plain struct and describes each field once, in a `struct option_def`: the
 * long name, an optional letter, the type and place of the field, the default as text, and one line of help. All
 * five uses read that row, so they cannot differ.
 *
 *     struct settings { uint64_t duration_ns; char *out; };
 *     static const struct option_def defs[] = {
 *         { "duration", 'd', OPTION_FIELD(duration, struct settings, duration_ns), .fallback = "1s",
 *           .help = "how long to measure each cell" },
 *         { NULL }
 *     };
 *
 * A command line is read once, into the options that it gives; they are applied to the settings after whatever has less
 * precedence (defaults, a file, a preset):
 *
 *     options_line_read(defs, &line, argc, argv, err);     what is given?
 *     options_default(defs, &settings, err);          the lowest layer first ...
 *     options_environment_apply(defs, &line, &settings, ~0u, err);   above it what the environment says
 *     options_line_apply(&line, &settings, ~0u, err);      ... and the command line last
 *
 * Values are parsed strictly: the whole text, within its range. An error names the option and shows the value.
 * Texts that a type allocates belong to the settings struct; options_release() frees them.
 */
#ifndef HARNESS_LIB_OPTIONS_H
#define HARNESS_LIB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/lib/err.h"

struct option_def;

/* How a kind of value is read, shown and freed. `field` points at the value in the settings struct. */
struct option_type {
	const char *placeholder; /* of the value in the help: "N", "TIME"; NULL where there is no value (a flag) */
	/* Reads text into the field, which holds an earlier value or zero bytes. Returns 0, or -1 with err set. */
	int (*parse)(void *field, const char *text, const struct option_def *def, struct err *err);
	/* Writes the value as text that parse() reads back. */
	void (*show)(const void *field, const struct option_def *def, FILE *out);
	/* Frees what parse() allocated; NULL where there is nothing. */
	void (*release)(void *field);
};

extern const struct option_type option_flag;     /* takes no value on the command line, yes or no in a file */
extern const struct option_type option_text;     /* NULL where unset */
extern const struct option_type option_texts;    /* NULL-terminated: given again, it adds a text; NULL where unset */
extern const struct option_type option_count;    /* between def->min and def->max */
extern const struct option_type option_duration; /* in ns, between def->min and def->max */
extern const struct option_type option_percent;  /* a share, from a percentage as 5% or 2.5% below 100% */
extern const struct option_type option_choice;   /* the index in def->choices */

/* The C type of a field of each kind. A custom type, option_KIND, needs its option_KIND_value. */
typedef bool option_flag_value;
typedef char *option_text_value;
typedef char **option_texts_value;
typedef uint64_t option_count_value;
typedef uint64_t option_duration_value;
typedef double option_percent_value;
typedef int option_choice_value;

enum option_flags {
	OPTION_CALL = 1 << 0,    /* belongs to one call: no key of bench.conf */
	OPTION_RESUME = 1 << 1,  /* recorded with the run; a run is resumed only where it is alike */
	OPTION_COMPARE = 1 << 2, /* figures depend on it: runs are compared only where it is alike */
};

struct option_def {
	const char *name; /* long name, without the dashes; NULL ends a table */
	char letter;      /* one-letter form, or 0 */
	const struct option_type *type;
	size_t offset;              /* of the field in the settings struct; both are set by OPTION_FIELD */
	const char *fallback;       /* the default as text, or NULL for zero bytes */
	const char *help;           /* one line, without a full stop */
	const char *placeholder;    /* of the value in the help, where the type's own says too little */
	const char *const *choices; /* of an option_choice, ends with NULL */
	uint64_t min, max;          /* range of a number; max 0 means no upper bound */
	unsigned flags;             /* of enum option_flags */
};

/*
 * The type and the offset of a row for a field of a settings struct: OPTION_FIELD(count, struct settings, repeat). It
 * does not compile where the field's C type is not the one that the kind writes to.
 */
#define OPTION_FIELD(kind, settings, field)                                                      \
	.type = &option_##kind, .offset = _Generic(((settings *)0)->field, option_##kind##_value \
						   : offsetof(settings, field))

/* A command line: the options that it gives, in order. */
struct options_line {
	struct option_given {
		const struct option_def *def;
		const char *value; /* in argv; NULL for a flag */
	} * given;
	size_t count;
};

/*
 * Reads a command line (argv without the command's own name). Options and operands may mix; "--" ends the options;
 * "--name=value" and "-n5" are read too. Operands are left in order at the start of argv. Returns their number; or -1
 * with err set: an option is unknown, has no value or must not have one. Values are checked by options_line_apply().
 * Release the line in both cases; it points into argv.
 */
int options_line_read(const struct option_def *defs, struct options_line *line, int argc, char **argv, struct err *err);

/*
 * Writes the given options into the settings, the last one of a name last: those that belong to one call (OPTION_CALL) where
 * `flags` has that bit, and the others where it has any other bit. Returns 0, or -1 with err set: a bad value.
 */
int options_line_apply(const struct options_line *line, void *settings, unsigned flags, struct err *err);

/*
 * Writes what the environment says of options that the line (NULL: none) does not give: of the option "max-window" the variable
 * BENCHCTL_MAX_WINDOW, with the value as in a file. An empty variable says nothing, and --help has none. `flags` as in
 * options_line_apply(). Returns 0, or -1 with err set: a bad value.
 */
int options_environment_apply(const struct option_def *defs, const struct options_line *line, void *settings,
			      unsigned flags, struct err *err);

/* The name of that variable. Returns out. */
#define OPTIONS_VARIABLE 80
char *options_variable(char out[OPTIONS_VARIABLE], const struct option_def *def);

/* What an option's variable says; NULL where it says nothing. */
const char *options_environment(const struct option_def *def);

/* Whether a command line gives the option of that long name. */
bool options_line_gives(const struct options_line *line, const char *name);

void options_line_release(struct options_line *line);

/*
 * Sets every field to its default. The struct must be zeroed or already hold settings. Returns 0, or -1 with err set:
 * memory is out, or the table has a default that its own type refuses.
 */
int options_default(const struct option_def *defs, void *settings, struct err *err);

/*
 * Sets one field by its long name, as a file does. Returns 0, or -1 with err set: a bad value, or an unknown name; one that
 * belongs to a call (OPTION_CALL) is unknown too.
 */
int options_set(const struct option_def *defs, void *settings, const char *name, const char *value, struct err *err);

/* The same for a row of the table, whatever its flags. */
int options_set_def(const struct option_def *def, void *settings, const char *value, struct err *err);

/* Prints a line of help for each option. */
void options_help(const struct option_def *defs, FILE *out);

/* Prints the options as a section of a manual page (man(7)). */
void options_man(const struct option_def *defs, FILE *out);

/*
 * Prints text of a manual page: a "-" is a minus sign, as on the command line, and no line is a request (groff_char(7), groff(7)).
 */
void options_man_text(const char *text, FILE *out);

/* Writes the value of one option as text into `out`, as options_set() would read it back. */
void options_show(const struct option_def *def, const void *settings, FILE *out);

/* The option of that long name, or NULL. */
const struct option_def *options_find(const struct option_def *defs, const char *name);

/* Frees what the settings own and zeroes those fields. */
void options_release(const struct option_def *defs, void *settings);

#endif
