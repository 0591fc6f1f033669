#include "harness/cmd/gate.h"

#include <string.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/compare/lines.h"
#include "harness/record/result.h"

const char *const gate_fail_on_names[] = { "regressed", "nothing", NULL };

static const char *path_of(const struct gate_settings *settings)
{
	return settings->noise ? settings->noise : GATE_NOISE;
}

int gate_read(struct noise *noise, const struct gate_settings *settings, struct err *err)
{
	const char *path = path_of(settings);

	if (strcmp(path, "none") == 0 || (!settings->noise && access(path, F_OK)))
		return 0;
	return result_read_noise(noise, path, err);
}

int gate_how(struct compare_settings *how, const struct gate_settings *settings, const struct noise *noise,
	     const struct document *run, struct err *err)
{
	const char *path = path_of(settings);
	struct err why;

	*how = compare_settings_usual;
	how->floor = settings->floor;
	if (!noise->figures)
		return 0;
	int fits = noise_fits(noise, run, &why);
	if (fits < 0)
		return err_set(err, "%s", why.text);
	if (!fits) {
		fprintf(stderr, "%s is not used: it was measured otherwise: %s\n", path, why.text);
		return 0;
	}
	fprintf(stderr,
		"the floor is at least twice the noise in %s, for so many launches, where it has the same server and levels\n",
		path);
	how->noise = (struct compare_noise){ noise_at, noise, noise->launches };
	return 0;
}

int gate_exit(const struct command *command, const struct gate_settings *settings, const struct comparison *comparison)
{
	char whole[4096];

	if (comparison->verdict == COMPARE_INCOMPARABLE || comparison->verdict == COMPARE_INVALID)
		return complain(command, EXIT_USAGE, "%s", compare_show_whole(whole, sizeof whole, comparison));
	if (comparison->verdict == COMPARE_REGRESSED && settings->fail_on == GATE_REGRESSED)
		return EXIT_REGRESSION;
	if (settings->strict && !compare_is_sure(comparison))
		return EXIT_INCONCLUSIVE;
	return EXIT_OK;
}
