#include "harness/compare/shift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/analysis/verdicts.h"
#include "harness/lib/control.h"
#include "harness/lib/text.h"
#include "harness/text/text_table.h"

/* The settled verdict of a server in all runs of a side; VERDICT_UNKNOWN where there is none. Returns 0, or -1 with err set. */
static int class_of(enum verdict_class *class, const struct compare_side *side, const char *server, const char *mode,
		    struct err *err)
{
	*class = VERDICT_UNKNOWN;
	for (size_t i = 0; i < side->count; i++) {
		struct verdicts verdicts;
		int bad = verdicts_of(&verdicts, side->documents[i], mode, err);
		const struct verdict *verdict = bad ? NULL : verdicts_find(&verdicts, server);
		enum verdict_class here = verdict && verdict->settled ? verdict->class : VERDICT_UNKNOWN;
		verdicts_release(&verdicts);
		if (bad)
			return -1;
		bool differs = i && here != *class;
		*class = differs ? VERDICT_UNKNOWN : here;
		if (*class == VERDICT_UNKNOWN)
			return 0;
	}
	return 0;
}

/* The shift of a server in a mode, if there is one. */
static int shift_add(struct comparison *comparison, const struct compare_side *const sides[SIDES], const char *server,
		     const char *mode, struct err *err)
{
	enum verdict_class classes[SIDES];

	for (int side = 0; side < SIDES; side++) {
		const char *name = sides[side]->server ? sides[side]->server : server;
		if (class_of(&classes[side], sides[side], name, mode, err))
			return -1;
		if (classes[side] == VERDICT_UNKNOWN)
			return 0;
	}
	if (classes[SIDE_BASE] == classes[SIDE_NEW])
		return 0;
	struct compare_shift *all = realloc(comparison->shifts,
					    (comparison->shifts_count + 1) * sizeof *comparison->shifts);
	if (!all)
		return err_set(err, "out of memory");
	comparison->shifts = all;
	all[comparison->shifts_count++] = (struct compare_shift){
		.server = server,
		.mode = mode,
		.base = verdict_names[classes[SIDE_BASE]],
		.new = verdict_names[classes[SIDE_NEW]],
	};
	return 0;
}

int shifts_find(struct comparison *comparison, const struct compare_side *const sides[SIDES], struct err *err)
{
	const struct document *first = sides[SIDE_BASE]->documents[0];
	const char *only[] = { sides[SIDE_BASE]->server, NULL };
	const char **modes = summary_modes(first, err), **servers = modes ? summary_servers(first, err) : NULL;
	const char **names = only[0] ? only : servers;
	int result = servers ? 0 : -1;

	for (size_t i = 0; !result && modes[i]; i++)
		for (size_t j = 0; !result && names[j]; j++)
			if (strcmp(names[j], CONTROL_SERVER) != 0)
				result = shift_add(comparison, sides, names[j], modes[i], err);
	free(servers);
	free(modes);
	return result;
}

char *shift_show(char out[SHIFT_TEXT], const struct compare_shift *shift)
{
	char server[TEXT_TABLE_TEXT], mode[TEXT_TABLE_TEXT];

	snprintf(out, SHIFT_TEXT, "%.200s, %.100s: was '%s', is '%s'", text_plain(server, sizeof server, shift->server),
		 text_plain(mode, sizeof mode, shift->mode), shift->base, shift->new);
	return out;
}
