/*
 * options: one table drives the command line, bench.conf, --help, the manual page and the configuration
 * that a run echoes into its JSON.
 *
 * A command keeps its settings in a plain struct and describes each field once, in a `struct option_def`: the
 * long name, an optional letter, the type, the field's offset, the default as text, and one line of help. All
 * five uses read that line, so that they cannot differ.
 *
 *     struct settings { uint64_t duration_ns; char *out; };
 *     static const struct option_def defs[] = {
 *         { "duration", 'd', &option_duration, OPTION_FIELD(struct settings, duration_ns), .fallback = "1s",
 *           .help = "how long to measure each cell" },
 *         { NULL }
 *     };
 *
 * Values are parsed strictly, the whole text with its range; an error names the option and shows the value.
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

extern const struct option_type option_flag;  /* bool; takes no value on the command line, yes or no in a file */
extern const struct option_type option_text;  /* char *, NULL where unset */
extern const struct option_type option_texts; /* char **, NULL-terminated: given again, it adds one; NULL where unset */
extern const struct option_type option_count; /* uint64_t between def->least and def->most */
extern const struct option_type option_duration; /* uint64_t in ns, between def->least and def->most */
extern const struct option_type option_percent;  /* double: a share, from a percentage as 5% or 2.5% below 100% */
extern const struct option_type option_choice;   /* int: the index in def->choices */

struct option_def {
	const char *name; /* long name, without the dashes; NULL ends a table */
	char letter;      /* one-letter form, or 0 */
	const struct option_type *type;
	size_t offset;              /* of the field in the settings struct; see OPTION_FIELD */
	const char *fallback;       /* the default as text, or NULL for zero bytes */
	const char *help;           /* one line, without a full stop */
	const char *placeholder;    /* of the value in the help, where the type's own says too little */
	const char *const *choices; /* of an option_choice, ends with NULL */
	uint64_t least, most;       /* range of a number; most 0 means no upper bound */
	bool here_only;             /* belongs to one call: not read from bench.conf, not echoed */
};

#define OPTION_FIELD(type, field) offsetof(type, field)

/*
 * Sets every field to its default. The struct must be zeroed or already hold settings. Returns 0, or -1 with err set:
 * memory is out, or the table has a default that its own type refuses.
 */
int options_default(const struct option_def *defs, void *settings, struct err *err);

/* Sets one field by its long name. Returns 0, or -1 with err set (unknown name, bad value). */
int options_set(const struct option_def *defs, void *settings, const char *name, const char *value, struct err *err);

/*
 * Reads a command line (argv without the command's own name) into settings. Options and operands may mix;
 * "--" ends the options. "--name=value" and "-n5" are read too.
 * Operands are left in order at the start of argv; returns their number, or -1 with err set.
 */
int options_parse(const struct option_def *defs, void *settings, int argc, char **argv, struct err *err);

/* Prints a line of help for each option. */
void options_help(const struct option_def *defs, FILE *out);

/* Prints the options as a section of a manual page (man(7)). */
void options_man(const struct option_def *defs, FILE *out);

/* Writes the value of one option as text into `out`, as options_set() would read it back. */
void options_show(const struct option_def *def, const void *settings, FILE *out);

/* The option of that long name, or NULL. */
const struct option_def *options_find(const struct option_def *defs, const char *name);

/* Frees what the settings own and zeroes those fields. */
void options_release(const struct option_def *defs, void *settings);

#endif
