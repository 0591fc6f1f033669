#include "harness/compare/outputs.h"

#include "harness/lib/file.h"
#include <errno.h>
#include <string.h>

static const struct output {
	size_t path; /* in struct compare_outputs */
	int (*print)(const struct comparison *comparison, const struct compare_titles *titles, FILE *out,
		     struct err *err);
} streams[] = {
	{ offsetof(struct compare_outputs, json), result_print_comparison },
	{ offsetof(struct compare_outputs, markdown), compare_print_markdown },
	{ offsetof(struct compare_outputs, junit), compare_print_junit },
	{ offsetof(struct compare_outputs, tsv), compare_print_tsv },
};

static const char *path_of(const struct compare_outputs *outputs, const struct output *output)
{
	return *(char *const *)((const char *)outputs + output->path);
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* How many of them go to stdout. */
static unsigned stdout_count(const struct compare_outputs *outputs)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		count += is_stdout(path_of(outputs, &streams[i]));
	return count;
}

/* The name of a picture becomes part of a script and of its sources' names. */
static bool is_picture_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t bytes = strlen(name);

	return bytes > 4 && bytes <= 100 && strcmp(name + bytes - 4, ".svg") == 0 &&
	       name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")] == 0;
}

int compare_outputs_check(const struct compare_outputs *outputs, struct err *err)
{
	if (stdout_count(outputs) > 1)
		return err_set(err, "only one output can go to stdout");
	if (outputs->picture && !is_picture_path(outputs->picture))
		return err_set(err,
			       "--picture %.200s: the name of a file that ends in .svg, of letters, digits, _ . and -",
			       outputs->picture);
	return 0;
}

static int output_write(const struct output *output, const char *path, const struct comparison *comparison,
			const struct compare_titles *titles, struct err *err)
{
	if (is_stdout(path))
		return output->print(comparison, titles, stdout, err);
	FILE *file = file_create(path, err);
	if (!file)
		return -1;
	int result = output->print(comparison, titles, file, err);
	if (result)
		err_prefix(err, "%s", path);
	struct err late;
	return file_close(file, path, result ? &late : err) || result ? -1 : 0;
}

int compare_outputs_write(const struct compare_outputs *outputs, const struct comparison *comparison,
			  const struct compare_titles *titles, const char *templates, struct err *err)
{
	struct err later, *said = err;
	int result = 0;

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		const char *path = path_of(outputs, &streams[i]);
		if (path && output_write(&streams[i], path, comparison, titles, said)) {
			result = -1;
			said = &later;
		}
	}
	if (!stdout_count(outputs) && !*comparison->failure.text &&
	    compare_print_text(comparison, titles, stdout, said)) {
		result = -1;
		said = &later;
	}
	if (outputs->picture && compare_draw(comparison, titles, outputs->picture, templates, said))
		result = -1;
	return result;
}
