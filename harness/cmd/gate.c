#include "harness/cmd/gate.h"

#include <string.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/compare_lines.h"
#include "harness/result.h"

const char *const gate_fail_on_names[] = { "regressed", "nothing", NULL };

int gate_how(struct compare_settings *how, const struct gate_settings *settings, struct noise *noise,
	     const struct document *run, struct err *err)
{
	const char *path = settings->noise ? settings->noise : GATE_NOISE;
	struct err why;

	*how = compare_settings_usual;
	how->floor = settings->floor;
	if (strcmp(path, "none") == 0 || (!settings->noise && access(path, F_OK)))
		return 0;
	if (result_read_noise(noise, path, err))
		return -1;
	int fits = noise_fits(noise, run, &why);
	if (fits < 0)
		return err_set(err, "%s", why.text);
	if (!fits) {
		fprintf(stderr, "%s is not used: it was measured otherwise: %s\n", path, why.text);
		return 0;
	}
	fprintf(stderr, "the floor is at least twice the noise in %s, where it has the same server and levels\n", path);
	how->noise = (struct compare_noise){ noise_at, noise };
	return 0;
}

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
