/* The files beside the page: its run.json, its tables, and links to what lies there. */
#include "harness/report/page.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/text/html.h"

int report_path(char path[REPORT_PATH], const struct report_page *page, const char *name, struct err *err)
{
	int bytes = snprintf(path, REPORT_PATH, "%s/%s", page->request->folder, name);

	return bytes < 0 || bytes >= REPORT_PATH
		       ? err_set(err, "the path of folder %.200s is too long", page->request->folder)
		       : 0;
}

/* Writes a file beside its place, for report_file_done(). NULL with err set. */
FILE *report_file_begin(char path[REPORT_PATH], char part[REPORT_PATH + 8], const struct report_page *page,
			const char *name, struct err *err)
{
	if (report_path(path, page, name, err))
		return NULL;
	snprintf(part, REPORT_PATH + 8, "%s.part", path);
	FILE *file = fopen(part, "we");
	if (!file)
		err_set_errno(err, "%s", part);
	return file;
}

/* Puts it in its place, where all of it could be written and `result` is 0. */
int report_file_done(FILE *file, const char *path, const char *part, int result, struct err *err)
{
	bool bad = ferror(file);

	bad = fclose(file) || bad;
	if (!result && (bad || rename(part, path)))
		result = err_set_errno(err, "%s cannot be written", path);
	if (result)
		unlink(part);
	return result;
}

int report_csv(const struct report_page *page, const struct data_table *table, const char *name, struct err *err)
{
	char path[REPORT_PATH], part[REPORT_PATH + 8];
	FILE *file = report_file_begin(path, part, page, name, err);

	if (!file)
		return -1;
	data_table_csv(table, file);
	return report_file_done(file, path, part, 0, err);
}

/* The run.json, if it is not there already. */
int report_run_copy(const struct report_page *page, struct err *err)
{
	char path[REPORT_PATH], part[REPORT_PATH + 8], bytes[65536];
	struct stat from, to;
	size_t got;

	if (!page->request->run)
		return 0;
	FILE *run = fopen(page->request->run, "re");
	if (!run)
		return err_set_errno(err, "%s", page->request->run);
	if (report_path(path, page, REPORT_RUN, err) == 0 && stat(path, &to) == 0 && fstat(fileno(run), &from) == 0 &&
	    from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
		fclose(run);
		return 0;
	}
	FILE *file = report_file_begin(path, part, page, REPORT_RUN, err);
	int result = -1;
	if (file) {
		while ((got = fread(bytes, 1, sizeof bytes, run)) > 0)
			fwrite(bytes, 1, got, file);
		result = ferror(run) ? err_set_errno(err, "%s", page->request->run) : 0;
		result = report_file_done(file, path, part, result, err);
	}
	fclose(run);
	return result;
}

bool report_has(const struct report_page *page, const char *stem, const char *ending)
{
	char path[REPORT_PATH], name[PLOT_STEM + 32];
	struct err unused;

	snprintf(name, sizeof name, "%s%s", stem, ending);
	return report_path(path, page, name, &unused) == 0 && access(path, R_OK) == 0;
}

void report_link(const struct report_page *page, const char *stem, const char *ending, const char *words,
		 const char *before)
{
	char name[PLOT_STEM + 32];

	if (!report_has(page, stem, ending))
		return;
	snprintf(name, sizeof name, "%s%s", stem, ending);
	fputs(before, page->out);
	html_open(page->out, "a", "href", name, NULL);
	html_text(page->out, words);
	fputs("</a>", page->out);
}
