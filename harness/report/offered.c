#include "harness/report/offered.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/units.h"

#define PRESET_2010 "2010"
#define MODES_MAX   8

static void widen(double *min, double *max, double value)
{
	*min = *min > 0 && *min < value ? *min : value;
	*max = *max > value ? *max : value;
}

void offered_of(struct offered *offered, const struct document *document, const char *mode)
{
	*offered = (struct offered){ .is_2010 = strcmp(document_option(document, "preset"), PRESET_2010) == 0 };
	for (size_t i = 0; i < document->cells_count; i++) {
		const struct cell *cell = &document->cells[i];
		if (mode && strcmp(cell->mode, mode) != 0)
			continue;
		if (cell_is_open_loop(cell)) {
			offered->is_open_loop = true;
			offered->open_loop_client = cell->client;
			if (!isnan(cell->open_loop.share))
				widen(&offered->share_min, &offered->share_max, cell->open_loop.share);
			else
				widen(&offered->rate_min, &offered->rate_max, cell->open_loop.offered_rps);
		} else if (strcmp(cell->client, SUMMARY_SEQUENTIAL) == 0) {
			offered->is_sequential = true;
		} else if (strcmp(cell->client, summary_client(document)) == 0) {
			uint64_t *min = &offered->level_min;
			offered->closed_loop_client = cell->client;
			*min = *min && *min < cell->level ? *min : cell->level;
			offered->level_max = cell->level > offered->level_max ? cell->level : offered->level_max;
		}
	}
}

char *offered_levels(char out[OFFERED_TEXT], const struct offered *offered)
{
	char first[UNITS_TEXT], last[UNITS_TEXT];

	units_show_count(first, offered->level_min);
	units_show_count(last, offered->level_max);
	if (offered->level_min < offered->level_max)
		snprintf(out, OFFERED_TEXT, "%s to %s connections", first, last);
	else
		snprintf(out, OFFERED_TEXT, "%s %s", first, offered->level_max == 1 ? "connection" : "connections");
	return out;
}

char *offered_rates(char out[OFFERED_TEXT], const struct offered *offered)
{
	bool of_best = offered->share_max > 0;
	double min = of_best ? 100 * offered->share_min : offered->rate_min;
	double max = of_best ? 100 * offered->share_max : offered->rate_max;
	const char *unit = of_best ? "\u00a0% of the server's own maximum rate" : " requests a second";
	char first[UNITS_TEXT], last[UNITS_TEXT];

	units_show_count(first, units_whole(min + 0.5));
	units_show_count(last, units_whole(max + 0.5));
	if (min < max)
		snprintf(out, OFFERED_TEXT, "%s to %s%s", first, last, unit);
	else
		snprintf(out, OFFERED_TEXT, "%s%s", last, unit);
	return out;
}

char *offered_title(char out[OFFERED_TEXT], const struct offered *offered)
{
	char levels[OFFERED_TEXT], rates[OFFERED_TEXT];
	const char *from = offered->level_min < offered->level_max ? "from" : "at";

	offered_levels(levels, offered);
	offered_rates(rates, offered);
	if (offered->level_max && offered->is_open_loop)
		snprintf(out, OFFERED_TEXT, "%s %.100s, then at %.100s", from, levels, rates);
	else if (offered->level_max)
		snprintf(out, OFFERED_TEXT, "%s %.100s%s", from, levels, offered->is_2010 ? ", as in 2010" : "");
	else if (offered->is_open_loop)
		snprintf(out, OFFERED_TEXT, "at %.100s", rates);
	else
		snprintf(out, OFFERED_TEXT, "with one request at a time");
	return out;
}

/* "close and keepalive modes"; of one request at a time alone there is nothing to name. */
static void modes_list(char out[OFFERED_TEXT], const struct document *document)
{
	const char *modes[MODES_MAX];
	size_t count = 0, used = 0;

	for (size_t i = 0; i < document->cells_count; i++) {
		const char *mode = document->cells[i].mode;
		bool known = strcmp(document->cells[i].client, SUMMARY_SEQUENTIAL) == 0;
		for (size_t j = 0; j < count && !known; j++)
			known = strcmp(modes[j], mode) == 0;
		if (!known && count < MODES_MAX)
			modes[count++] = mode;
	}
	*out = 0;
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, OFFERED_TEXT - used, "%s%.20s",
					 !i               ? ""
					 : i + 1 == count ? " and "
							  : ", ",
					 modes[i]);
	if (count)
		snprintf(out + used, OFFERED_TEXT - used, count > 1 ? " modes" : " mode");
}

char *offered_list(char out[OFFERED_TEXT], const struct document *document)
{
	struct offered offered;
	char modes[OFFERED_TEXT], levels[OFFERED_TEXT], rates[OFFERED_TEXT];
	const char *parts[4];
	size_t count = 0, used = 0;

	offered_of(&offered, document, NULL);
	modes_list(modes, document);
	if (*modes)
		parts[count++] = modes;
	if (offered.level_max)
		parts[count++] = offered_levels(levels, &offered);
	if (offered.is_open_loop)
		parts[count++] = offered_rates(rates, &offered);
	if (!count)
		parts[count++] = "one request at a time";
	if (offered.is_2010)
		parts[count++] = "as in 2010";
	*out = 0;
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, OFFERED_TEXT - used, "%s%.60s", i ? " · " : "", parts[i]);
	return out;
}
