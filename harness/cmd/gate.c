#include "harness/cmd/gate.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/common.h"
#include "harness/compare/sentence.h"
#include "harness/compare/verdict.h"
#include "harness/record/result.h"

const char *const gate_fail_on_names[] = { "regressed", "nothing", NULL };

char *gate_noise_path(char out[GATE_NOISE_PATH], const char *noise, const char *results)
{
	if (noise)
		snprintf(out, GATE_NOISE_PATH, "%s", noise);
	else
		snprintf(out, GATE_NOISE_PATH, "%s/" GATE_NOISE, results);
	return out;
}

int gate_read(struct noise *noise, const struct gate_settings *settings, struct err *err)
{
	char path[GATE_NOISE_PATH];

	gate_noise_path(path, settings->noise, settings->results);
	if (strcmp(path, "none") == 0 || (!settings->noise && access(path, F_OK)))
		return 0;
	return result_read_noise(noise, path, err);
}

int gate_how(struct compare_settings *how, const struct gate_settings *settings, const struct noise *noise,
	     const struct document *run, struct err *err)
{
	char path[GATE_NOISE_PATH];
	struct err why;

	gate_noise_path(path, settings->noise, settings->results);
	*how = compare_settings_usual;
	how->floor = settings->floor;
	how->allow_missing = settings->allow_missing;
	how->strict = settings->strict;
	how->no_strict = settings->no_strict;
	if (!noise->figures)
		return 0;
	int fits = noise_fits(noise, run, &why);
	if (fits < 0)
		return err_set(err, "%s", why.text);
	if (!fits && !settings->quiet)
		say("%s is not used: it was measured otherwise: %s", path, why.text);
	if (!fits)
		return 0;
	if (!settings->quiet)
		say("the floor is at least twice the noise in %s, for this number of launches, where it has the same server and levels",
		    path);
	how->noise = (struct compare_noise){ noise_at, noise, noise->launches };
	return 0;
}

int gate_check(const struct gate_settings *settings, struct err *err)
{
	return settings->strict && settings->no_strict ? err_set(err, "--strict and --no-strict exclude each other")
						       : 0;
}

int gate_check_launches(const struct gate_settings *settings, uint64_t launches, size_t modes,
			const struct levels *levels, struct err *err)
{
	bool has_band[COMPARE_BANDS] = { false };
	size_t bands = 0;

	for (size_t i = 0; i < levels->count; i++)
		has_band[compare_band(levels->level[i])] = true;
	for (size_t i = 0; i < COMPARE_BANDS; i++)
		bands += has_band[i];
	size_t tests = 2 * modes * bands, needed = verdict_min_launches(tests, COMPARE_ALPHA);
	if (settings->no_strict || launches >= needed)
		return 0;
	return err_set(
		err,
		"--launches %llu can have no verdict: %zu tests (the rate and the CPU time, of each mode and band of "
		"levels) take at least %zu launches of each build; or measure with --no-strict",
		(unsigned long long)launches, tests, needed);
}

int gate_exit(const struct command *command, const struct gate_settings *settings, const struct comparison *comparison)
{
	char whole[SENTENCE_TEXT];

	if (comparison->verdict == COMPARE_INCOMPARABLE || comparison->verdict == COMPARE_INVALID)
		return complain(command, EXIT_USAGE, "%s", compare_show_whole(whole, comparison));
	if (comparison->verdict == COMPARE_REGRESSED && settings->fail_on == GATE_REGRESSED)
		return EXIT_REGRESSION;
	return comparison_suffices(comparison) ? EXIT_OK : EXIT_INCONCLUSIVE;
}
