/* Stands in until the pictures are there. */
#include "harness/plot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "harness/summary.h"
void plot_list_release(struct plot_list *list)
{
	for (size_t i = 0; i < list->count; i++) { free(list->pictures[i].title); free(list->pictures[i].description); }
	free(list->pictures);
	*list = (struct plot_list){ 0 };
}
int plot_draw(const struct document *doc, unsigned kinds, const char *folder, const char *templates, struct plot_list *list, struct err *err)
{
	(void)kinds;
	if (plot_write(doc, folder, templates, err)) return -1;
	const char **modes = summary_modes(doc, err);
	list->pictures = calloc(16, sizeof *list->pictures);
	for (size_t i = 0; modes[i]; i++) {
		struct plot_picture *p = &list->pictures[list->count++];
		p->kind = PLOT_HERO; snprintf(p->stem, PLOT_STEM, "rate-%s", modes[i]); snprintf(p->mode, PLOT_STEM, "%s", modes[i]);
		p->title = strdup("Requests per second against concurrent connections"); p->description = strdup("A graph.");
		p->width = 1200; p->height = 720; p->has_svg = true;
	}
	free(modes);
	return 0;
}
