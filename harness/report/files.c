/* The files next to the page: its run.json, its tables, and links to those that exist. */
#include "harness/report/page.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/text/html.h"

int report_path(char path[REPORT_PATH], const struct report_page *page, const char *name, struct err *err)
{
	int bytes = snprintf(path, REPORT_PATH, "%s/%s", page->folder, name);

	return bytes < 0 || bytes >= REPORT_PATH ? err_set(err, "the path of folder %.200s is too long", page->folder)
						 : 0;
}

int report_replace(struct file_replacement *file, const struct report_page *page, const char *name, struct err *err)
{
	char path[REPORT_PATH];

	return report_path(path, page, name, err) ? -1 : file_replace(file, path, err);
}

int report_csv(const struct report_page *page, const struct data_table *table, const char *name, struct err *err)
{
	struct file_replacement file;

	if (report_replace(&file, page, name, err))
		return -1;
	data_table_csv(table, file.out);
	return file_replaced(&file, 0, err);
}

int report_run_copy(const struct report_page *page, struct err *err)
{
	char path[REPORT_PATH], bytes[65536];
	struct file_replacement copy;
	struct stat from, to;
	int result = -1;

	if (!page->run)
		return 0;
	FILE *run = fopen(page->run, "re");
	if (!run)
		return err_set_errno(err, "%s", page->run);
	if (report_path(path, page, REPORT_RUN, err) == 0 && stat(path, &to) == 0 && fstat(fileno(run), &from) == 0 &&
	    from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
		result = 0;
	} else if (!report_replace(&copy, page, REPORT_RUN, err)) {
		for (size_t got; (got = fread(bytes, 1, sizeof bytes, run)) > 0;)
			fwrite(bytes, 1, got, copy.out);
		result = ferror(run) ? err_set_errno(err, "%s", page->run) : 0;
		result = file_replaced(&copy, result, err);
	}
	fclose(run);
	return result;
}

static bool report_has(const struct report_page *page, const char *stem, const char *ending)
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
