#include "harness/record/cause.h"

#include <stdio.h>

#define EXPERIMENT(name, kind, ...) FIELD_ROW(struct cause_experiment, #name, kind, ALWAYS, name, ##__VA_ARGS__)
#define CAUSE(name, kind, ...)      FIELD_ROW(struct cause, #name, kind, ALWAYS, name, ##__VA_ARGS__)

const char *const cause_answers[CAUSE_ANSWERS] = { "configuration", "host", "client", "inherent", "none", "undecided" };
const char *const cause_moves[CAUSE_MOVES] = { "no", "yes", "undecided" };

static const struct field experiment_fields[] = {
	EXPERIMENT(cause, TEXT, .filled = true),
	EXPERIMENT(changed, TEXT),
	EXPERIMENT(mode, TEXT),
	EXPERIMENT(figure, TEXT),
	EXPERIMENT(moved, NAME, .names = cause_moves, .room = CAUSE_MOVES),
	EXPERIMENT(effect, NUMBER),
	EXPERIMENT(interval, SERIES, .count = FIELD_COUNTED_BY(struct cause_experiment, interval_count)),
	EXPERIMENT(p, NUMBER),
	EXPERIMENT(size, NUMBER),
	EXPERIMENT(before, NUMBER),
	EXPERIMENT(after, NUMBER),
	EXPERIMENT(launches, COUNT),
	{ .path = NULL }
};

const struct field cause_fields[] = { CAUSE(server, TEXT, .filled = true),
				      CAUSE(mode, TEXT),
				      CAUSE(answer, NAME, .names = cause_answers, .room = CAUSE_ANSWERS),
				      CAUSE(cause, TEXT),
				      CAUSE(meaning, TEXT),
				      CAUSE(from_level, COUNT),
				      CAUSE(experiments, LIST,
					    .count = FIELD_COUNTED_BY(struct cause, experiments_count),
					    .items = experiment_fields),
				      { .path = NULL } };

char *cause_sentence(char out[CAUSE_TEXT], const struct cause *cause)
{
	static const char *const without[CAUSE_ANSWERS] = {
		[CAUSE_NONE] = "No limit was found, and each that was suspected is ruled out.",
		[CAUSE_UNDECIDED] = "Not decided.",
	};
	char from[64] = "";

	if (!cause->cause) {
		const char *text = without[cause->answer];
		snprintf(out, CAUSE_TEXT, "%s", text ? text : "");
		return out;
	}
	if (cause->from_level > 1)
		snprintf(from, sizeof from, ", from %llu connections on", (unsigned long long)cause->from_level);
	snprintf(out, CAUSE_TEXT, "%s (%s): %s%s.", cause->cause, cause_answers[cause->answer],
		 cause->meaning ? cause->meaning : "", from);
	return out;
}
