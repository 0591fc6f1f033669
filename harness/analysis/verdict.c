#include "harness/analysis/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/lib/units.h"

const char *const verdict_names[VERDICT_CLASSES] = { "holds",        "sags",  "collapses",
						     "cliff",        "fails", "as fast as the client",
						     "not yet known" };

const char *const verdict_meanings[VERDICT_CLASSES] = {
	"at the highest level it gives at least 90 % of its maximum rate, without what the host takes from every server",
	"at the highest level it gives 50 to 90 % of its maximum rate",
	"at the highest level it gives less than half of its maximum rate",
	"it loses at least 30 % in one doubling of the connections, and no higher level comes back to 85 % of the rate before",
	"more than 0.1 % of the requests failed, or the server did, in at least two launches",
	"at the highest level the client, or the control server, was no faster: its own limit was not reached",
	"the launches do not tell yet: the page says what is missing",
};

const char *const verdict_kind_names[VERDICT_KINDS] = { "", "works more", "waits", "CPU taken" };

char *verdict_title(char out[VERDICT_TITLE], const struct verdict *verdict)
{
	char level[UNITS_TEXT];

	switch (verdict->class) {
	case VERDICT_HOLDS:
		snprintf(out, VERDICT_TITLE, "holds to %s", units_show_count(level, verdict->last_level));
		break;
	case VERDICT_SAGS:
	case VERDICT_COLLAPSES:
		snprintf(out, VERDICT_TITLE, "%s to %.0f\u00a0%%", verdict_names[verdict->class],
			 100 * verdict->remains.value);
		break;
	case VERDICT_CLIFF:
		snprintf(out, VERDICT_TITLE, "cliff at %s", units_show_count(level, verdict->from_level));
		break;
	case VERDICT_FAILS:
		snprintf(out, VERDICT_TITLE, "fails from %s", units_show_count(level, verdict->from_level));
		break;
	case VERDICT_CLIENT:
	case VERDICT_UNKNOWN:
	case VERDICT_CLASSES: snprintf(out, VERDICT_TITLE, "%s", verdict_names[verdict->class]); break;
	}
	return out;
}

/* "; waits 40 ms up to 64 connections" */
static int waits_say(char *out, size_t room, const struct verdict *verdict)
{
	char time[UNITS_TEXT], level[UNITS_TEXT];

	if (isnan(verdict->waits_ns))
		return 0;
	units_show_latency(time, units_whole(verdict->waits_ns));
	if (!verdict->waits_to)
		return snprintf(out, room, "; waits %s for each sequential request", time);
	return snprintf(out, room, "; waits %s, up to %s", time, units_show_count(level, verdict->waits_to));
}

char *verdict_words(char out[VERDICT_TITLE], const struct verdict *verdict)
{
	char title[VERDICT_TITLE];
	int bytes = snprintf(out, VERDICT_TITLE, "%.100s", verdict_title(title, verdict));

	if (verdict->kind != VERDICT_NO_KIND && verdict->settled)
		bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, ", %s",
				  verdict_kind_names[verdict->kind]);
	if (!verdict->settled) {
		bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, " (%u %s)", verdict->launches,
				  verdict->launches == 1 ? "launch" : "launches");
	} else {
		bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, " (%u of %u launches", verdict->agree,
				  verdict->launches);
		if (verdict->class == VERDICT_HOLDS && verdict->best_level == verdict->last_level)
			bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, ", its best is there");
		else if (verdict->class <= VERDICT_CLIFF && !isnan(verdict->remains.low))
			bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, ", %.0f to %.0f\u00a0%%",
					  100 * verdict->remains.low, 100 * verdict->remains.high);
		bytes += snprintf(out + bytes, VERDICT_TITLE - (size_t)bytes, ")");
	}
	waits_say(out + bytes, VERDICT_TITLE - (size_t)bytes, verdict);
	return out;
}

char *verdict_beside(char out[VERDICT_TITLE], const struct verdict *verdict)
{
	char waits[VERDICT_TEXT] = "";
	bool has_kind = verdict->kind != VERDICT_NO_KIND;

	*out = 0;
	waits_say(waits, sizeof waits, verdict);
	if (has_kind || *waits)
		snprintf(out, VERDICT_TITLE, " [%s%.200s]", verdict_kind_names[verdict->kind],
			 has_kind || !*waits ? waits : waits + strlen("; "));
	return out;
}

void verdict_note(struct verdict *verdict, const char *format, ...)
{
	va_list args;

	if (verdict->notes_count == VERDICT_NOTES)
		return;
	va_start(args, format);
	vsnprintf(verdict->notes[verdict->notes_count++], VERDICT_TEXT, format, args);
	va_end(args);
}

void verdict_miss(struct verdict *verdict, bool launches_help, const char *format, ...)
{
	va_list args;

	verdict->launches_help = launches_help;
	va_start(args, format);
	vsnprintf(verdict->missing, sizeof verdict->missing, format, args);
	va_end(args);
}
