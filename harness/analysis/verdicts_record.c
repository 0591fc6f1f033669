#include "harness/analysis/verdicts.h"

#include <stdlib.h>

#include "harness/analysis/summary.h"

static int texts_take(struct document_verdict *into, const struct verdict *from)
{
	return cell_set_text(&into->server, from->server) || cell_set_text(&into->mode, from->mode) ||
	       cell_set_text(&into->class, verdict_names[from->class]) ||
	       cell_set_text(&into->leans, verdict_names[from->leans]) ||
	       cell_set_text(&into->kind, from->kind ? verdict_kind_names[from->kind] : NULL) ||
	       cell_set_text(&into->missing, from->missing[0] ? from->missing : NULL);
}

static int verdict_take(struct document_verdict *into, const struct verdict *from)
{
	into->settled = from->settled;
	into->launches = from->launches;
	into->agree = from->agree;
	into->from_level = from->from_level;
	into->before_level = from->before_level;
	into->retention.value = from->retention.value;
	into->retention.low = from->retention.low;
	into->retention.high = from->retention.high;
	into->remains.value = from->remains.value;
	into->remains.low = from->remains.low;
	into->remains.high = from->remains.high;
	into->failure_share = from->failure_share;
	into->waits_ns = from->waits_ns;
	into->waits_to = from->waits_to;
	into->notes = calloc(from->notes_count + 1, sizeof *into->notes);
	for (size_t i = 0; into->notes && i < from->notes_count; i++)
		if (cell_set_text(&into->notes[into->notes_count++].text, from->notes[i]))
			return -1;
	return into->notes ? texts_take(into, from) : -1;
}

/* Adds the verdicts of a mode. Returns 0, or -1 with err set. */
static int mode_record(struct document *document, const char *mode, struct err *err)
{
	struct verdicts verdicts;
	int result = verdicts_of(&verdicts, document, mode, err);
	struct document_verdict *all = NULL;

	if (!result) {
		all = realloc(document->verdicts,
			      (document->verdicts_count + verdicts.count + 1) * sizeof *document->verdicts);
		result = all ? 0 : err_set(err, "out of memory");
	}
	if (all)
		document->verdicts = all;
	for (size_t i = 0; !result && i < verdicts.count; i++) {
		if (!verdicts.of[i].launches && !verdicts.of[i].failing)
			continue;
		struct document_verdict *into = &all[document->verdicts_count++];
		*into = (struct document_verdict){ 0 };
		if (verdict_take(into, &verdicts.of[i]))
			result = err_set(err, "out of memory");
	}
	verdicts_release(&verdicts);
	return result;
}

int verdicts_record(struct document *document, struct err *err)
{
	const char **modes = summary_modes(document, err);
	int result = modes ? 0 : -1;

	document_drop_verdicts(document);
	for (size_t i = 0; !result && modes[i]; i++)
		result = mode_record(document, modes[i], err);
	free(modes);
	return result;
}
