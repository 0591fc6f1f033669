#include "harness/cmd/gate.h"

#include "harness/cmd/common.h"
#include "harness/compare_lines.h"

const char *const gate_fail_on_names[] = { "regressed", "nothing", NULL };

int gate_exit(const struct command *command, const struct gate_settings *settings,
	      const struct comparison *comparison)
{
	char whole[2000];

	if (comparison->verdict == COMPARE_INCOMPARABLE || comparison->verdict == COMPARE_INVALID)
		return complain(command, EXIT_USAGE, "%s", compare_show_whole(whole, sizeof whole, comparison));
	if (comparison->verdict == COMPARE_REGRESSED && settings->fail_on == GATE_REGRESSED)
		return EXIT_REGRESSION;
	if (settings->strict && comparison->gate_verdicts[COMPARE_INCONCLUSIVE])
		return EXIT_INCONCLUSIVE;
	return EXIT_WELL;
}
