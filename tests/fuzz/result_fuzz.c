/*
 * run.json, and a line of the ledger: what is read is written so that it reads back the same, and what it shows on
 * a terminal can't steer it. The input is tried as both.
 */
#include "tests/fuzz/fuzz.h"

#include "harness/lib/text.h"
#include "harness/record/result.h"
#include "harness/report/explain.h"
#include "harness/report/table.h"

static char folder[256];

static void folder_remove(void)
{
	rmdir(folder);
}

/* The document as result_write() writes it. Freed by the caller. */
static char *written(const struct document *document)
{
	static char path[sizeof folder + sizeof "/run.json"];
	const char *base = getenv("TMPDIR");
	char *text = NULL;
	size_t room = 0;
	struct err err;

	if (!*path) {
		snprintf(folder, sizeof folder, "%s/benchctl-fuzz-XXXXXX", base && *base ? base : "/tmp");
		fuzz_require(mkdtemp(folder) != NULL);
		atexit(folder_remove);
		snprintf(path, sizeof path, "%s/run.json", folder);
	}
	fuzz_require(result_write(document, path, &err) == 0);
	FILE *file = fopen(path, "re");
	fuzz_require(file && getdelim(&text, &room, 0, file) > 0 && feof(file));
	fclose(file);
	unlink(path);
	return text;
}

/* Each line that was printed is safe to show on a terminal; lines of CSV end with CR LF. Frees the text. */
static void check_shown(char *text)
{
	for (char *line = text, *end; *line; line = end + 1) {
		end = line + strcspn(line, "\n");
		fuzz_require(*end == '\n');
		end[end > line && end[-1] == '\r' ? -1 : 0] = 0;
		size_t room = strlen(line) + 1;
		char *plain = malloc(room);
		fuzz_require(plain != NULL);
		fuzz_require(strcmp(text_plain(plain, room, line), line) == 0);
		free(plain);
	}
	free(text);
}

static void check_cell(const struct cell *cell)
{
	struct cell again;
	struct err err;
	char *shown = NULL, *line = result_cell_line(cell);
	size_t bytes;

	fuzz_require(line && !strchr(line, '\n'));
	fuzz_require(result_read_line(&again, line, strlen(line), &err) == 0);
	char *line_again = result_cell_line(&again);
	fuzz_require(line_again && strcmp(line, line_again) == 0);
	cell_release(&again);
	free(line_again);
	free(line);
	FILE *out = open_memstream(&shown, &bytes);
	fuzz_require(out != NULL);
	explain_print(cell, "private", out);
	fuzz_require(fclose(out) == 0);
	check_shown(shown);
}

static void check_table(const struct document *document, enum table_format format)
{
	struct err err;
	char *shown = NULL;
	size_t bytes;
	FILE *out = open_memstream(&shown, &bytes);

	fuzz_require(out != NULL);
	fuzz_require(table_print(document, 0, format, out, &err) == 0);
	fuzz_require(fclose(out) == 0);
	check_shown(shown);
}

static void check_document(struct document *document)
{
	struct document again;
	struct err err;
	char *text = written(document);

	fuzz_require(result_read(&again, fuzz_file((const uint8_t *)text, strlen(text)), &err) == 0);
	char *text_again = written(&again);
	fuzz_require(strcmp(text, text_again) == 0);
	free(text_again);
	free(text);
	document_release(&again);
	for (size_t i = 0; i < document->cells_count; i++)
		check_cell(&document->cells[i]);
	document_judge(document);
	for (int format = 0; table_format_names[format]; format++)
		check_table(document, (enum table_format)format);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document document;
	struct cell cell;
	struct err err;

	if (result_read_line(&cell, (const char *)data, size, &err) == 0) {
		check_cell(&cell);
		cell_release(&cell);
	}
	const char *path = fuzz_file(data, size);
	if (result_read(&document, path, &err) == 0)
		check_document(&document);
	else
		fuzz_require(strncmp(err.text, path, strlen(path)) == 0);
	document_release(&document);
	return 0;
}
