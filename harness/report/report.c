#include "harness/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report/command.h"
#include "harness/report/headline.h"
#include "harness/report/page.h"

/* Files are named after the modes, which come from outside. */
static int modes_check(const struct report_page *page, struct err *err)
{
	for (size_t i = 0; i < page->findings.count; i++) {
		const char *mode = page->findings.modes[i];
		if (!*mode || strlen(mode) > 32 || mode[strspn(mode, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
			return err_set(err, "the mode '%.64s' cannot be part of a file's name", mode);
	}
	return 0;
}

static int page_fill(struct report_page *page, struct err *err)
{
	if (findings_set_fill(&page->findings, page->document, err) || modes_check(page, err) ||
	    !(page->finding = headline_finding(page->document, &page->findings, err)) ||
	    !(page->command = command_again(page->document, err)))
		return -1;
	headline_title(page->title, page->document);
	offered_of(&page->offered, page->document, NULL);
	return report_markdown(page, err);
}

int report_write(const struct document *document, const struct report_request *request, struct err *err)
{
	struct report_page page = {
		.document = document,
		.folder = request->folder,
		.templates = request->templates,
		.run = request->run,
		.url = request->url,
		.is_light = request->is_light,
	};
	unsigned kinds = request->is_light ? PLOT_LIGHT | (PLOT_ALL & ~(1u << PLOT_PREVIEW)) : PLOT_ALL;
	const struct plot_look look = { .formats = request->formats ? request->formats | PLOT_SVG : 0 };
	struct file_replacement file;
	int result = -1;

	if (page_fill(&page, err) ||
	    plot_draw(document, kinds, &look, page.folder, page.templates, &page.pictures, request->stop, err) ||
	    report_run_copy(&page, err))
		goto out;
	if (!report_replace(&file, &page, REPORT_PAGE, err)) {
		page.out = file.out;
		result = file_replaced(&file, report_page_put(&page, err), err);
	}
	if (!result && page.is_light)
		report_pictures_remove(&page);
out:
	findings_set_release(&page.findings);
	plot_list_release(&page.pictures);
	free(page.finding);
	free(page.command);
	free(page.markdown);
	return result;
}
