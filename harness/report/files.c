/* The files next to the page: its run.json, its tables, and links to those that exist. */
#include "harness/report/page.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/lib/gzip.h"
#include "harness/record/result.h"
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

	if (page->is_light)
		return 0;
	if (report_replace(&file, page, name, err))
		return -1;
	data_table_csv(table, file.out);
	return file_replaced(&file, 0, err);
}

/* Whether the run lies at that path itself. */
static bool is_there(const struct report_page *page, const char *path)
{
	struct stat from, to;

	return stat(path, &to) == 0 && stat(page->run, &from) == 0 && from.st_dev == to.st_dev &&
	       from.st_ino == to.st_ino;
}

int report_run_copy(const struct report_page *page, struct err *err)
{
	const char *name = page->is_light ? REPORT_PACKED : REPORT_RUN;
	char path[REPORT_PATH], *text, *packed = NULL;
	struct file_replacement copy;
	size_t bytes;

	if (!page->run)
		return 0;
	if (report_path(path, page, name, err))
		return -1;
	if (is_there(page, path))
		return 0;
	if (result_text(&text, &bytes, page->run, err))
		return -1;
	int result = page->is_light ? gzip_pack(&packed, &bytes, text, bytes, err) : 0;
	if (!result && !(result = report_replace(&copy, page, name, err))) {
		fwrite(packed ? packed : text, 1, bytes, copy.out); /* file_replaced() sees whether it was taken */
		result = file_replaced(&copy, 0, err);
	}
	free(packed);
	free(text);
	return result;
}

void report_pictures_remove(const struct report_page *page)
{
	static const char *const endings[] = { "svg", "gp", "dat" };
	char path[REPORT_PATH], name[PLOT_STEM + 32];
	struct err unused;

	for (size_t i = 0; i < page->pictures.count; i++)
		for (size_t j = 0; j < sizeof endings / sizeof *endings; j++) {
			snprintf(name, sizeof name, "%s.%s", page->pictures.pictures[i].stem, endings[j]);
			if (!report_path(path, page, name, &unused))
				unlink(path);
		}
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
