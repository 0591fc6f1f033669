#include "harness/cmd/self_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/cmd/session.h"
#include "harness/compare/compare.h"
#include "harness/compare/lines.h"
#include "harness/compare/sentence.h"
#include "harness/lib/control.h"

/*
 * The busy loop of the base: long enough that the server is the limit and not the client, also on a host with little
 * CPU. The rest of a request costs this many of the same steps, about, on a keep-alive connection. The ratio is
 * measured anyway.
 */
#define BASE_NS   100000
#define BESIDE_NS 10000

enum { BASE, MUCH, LITTLE, ARMS };

static const struct {
	const char *name;
	unsigned slower; /* percent of the rate that are lost */
} arms[ARMS] = { { "base", 0 }, { "much", 30 }, { "little", 8 } };

/* Options of the session other than those of `run`. */
static const char *const options[][2] = {
	{ "mode", "keepalive" }, { "concurrency", "16" }, { "repeat", "8" },
	{ "port", "0" },         { "duration", "300ms" }, { "warmup", "50ms" },
};

static unsigned busy_ns(unsigned slower)
{
	return (BASE_NS + BESIDE_NS) * 100 / (100 - slower) - BESIDE_NS;
}

/*
 * Prints what the comparison says of one arm. Returns whether it has regressed; -1 with err set where it can't be said.
 */
static int arm_judge(const struct document *document, int which, const struct compare_settings *how, struct err *err)
{
	static const enum compare_measure measures[] = { COMPARE_RATE, COMPARE_CPU };
	struct comparison comparison;
	char ratio[COMPARE_TEXT], interval[COMPARE_TEXT], verdict[COMPARE_TEXT], whole[SENTENCE_TEXT];

	if (compare_sides(&comparison, &(struct compare_side){ &document, 1, arms[BASE].name },
			  &(struct compare_side){ &document, 1, arms[which].name }, how, err))
		return -1;
	bool found = comparison.verdict == COMPARE_REGRESSED;
	if (comparison.verdict == COMPARE_INVALID) {
		err_set(err, "%s", compare_show_whole(whole, &comparison));
		comparison_release(&comparison);
		return -1;
	}
	printf("%u %% slower: %s.\n", arms[which].slower,
	       found ? "found"
	       : which == MUCH
		       ? "NOT FOUND: no verdict of this host is to be relied on"
		       : "not found: in so few and short launches, so small a difference can't be told from noise here");
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
		const struct compare_figure *figure = &comparison.gate[0].figures[measures[i]];
		printf("    %-4s  %s (%s)  %s\n", compare_measures[measures[i]].name, compare_show_ratio(ratio, figure),
		       compare_show_interval(interval, figure), compare_show_verdict(verdict, figure, measures[i]));
	}
	comparison_release(&comparison);
	return found;
}

static int judge(const struct command *command, const struct document *document, const struct compare_settings *how)
{
	struct err err;
	int found[ARMS] = { 0 };

	printf("%s launches each of the control server, as it is and with more work for each request; the ratios are to "
	       "the first.\n\n",
	       document_option(document, "repeat"));
	for (int i = MUCH; i < ARMS; i++) {
		found[i] = arm_judge(document, i, how, &err);
		if (found[i] < 0)
			return complain(command, EXIT_NO_RUN, "%s", err.text);
	}
	return found[MUCH] ? EXIT_OK : EXIT_REGRESSION;
}

static int measure(const struct command *command, struct settings *settings, const struct conf_server *control,
		   const struct compare_settings *how)
{
	char lines[ARMS][2100];
	struct conf_server running[ARMS];
	struct session session = { .command = command, .settings = settings, .kind = SESSION_ARMS };

	for (int i = 0; i < ARMS; i++) {
		snprintf(lines[i], sizeof lines[i], "env BENCH_BUSY_NS=%u %s", busy_ns(arms[i].slower),
			 control->command);
		running[i] = *control;
		running[i].name = (char *)arms[i].name;
		running[i].command = lines[i];
	}
	common_catch_signals();
	int code = session_arms(&session, running, ARMS);
	code = code ? code : session_prepare(&session);
	code = code ? code : session_run(&session);
	code = code ? code : judge(command, &session.document, how);
	session_release(&session);
	return code;
}

int self_test(const struct command *command, char *const *paths, const struct compare_settings *how,
	      struct settings_verbosity verbosity)
{
	struct settings settings = { 0 };
	struct conf conf = { 0 };
	struct err err;
	int code, bad = session_default(&settings, &err);

	for (size_t i = 0; i < sizeof options / sizeof *options && !bad; i++)
		bad = options_set(settings_options, &settings, options[i][0], options[i][1], &err);
	settings.verbosity = verbosity;
	bad = bad || common_read_conf(&conf, NULL, paths, &err);
	const struct conf_server *control = bad ? NULL : conf_find(&conf, CONTROL_SERVER);
	if (!bad && !control)
		bad = err_set(&err,
			      "the configuration has no [server " CONTROL_SERVER "], which the self-test launches");
	code = bad ? complain(command, EXIT_USAGE, "%s", err.text) : measure(command, &settings, control, how);
	conf_release(&conf);
	options_release(settings_options, &settings);
	return code;
}
