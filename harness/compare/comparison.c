#include "harness/compare/comparison.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *const compare_verdict_names[COMPARE_VERDICTS] = {
	"regressed", "improved", "equivalent", "inconclusive", "incomparable", "not_compared", "invalid",
};
const char *const compare_verdict_titles[COMPARE_VERDICTS] = {
	"regressed", "improved", "equivalent", "inconclusive", "incomparable", "not compared", "invalid",
};

const struct compare_settings compare_settings_usual = { .floor = COMPARE_FLOOR, .alpha = COMPARE_ALPHA };

size_t compare_band(uint64_t level)
{
	return level <= 16 ? 0 : level < 2048 ? 1 : 2;
}

char *compare_show_at(char out[COMPARE_AT], uint64_t min_level, uint64_t max_level)
{
	if (min_level == max_level)
		snprintf(out, COMPARE_AT, "%" PRIu64, min_level);
	else
		snprintf(out, COMPARE_AT, "%" PRIu64 "-%" PRIu64, min_level, max_level);
	return out;
}

bool comparison_is_blind(const struct comparison *comparison)
{
	bool is_blind = comparison->too_few || (comparison->gone_count && !comparison->settings.allow_missing);

	for (size_t i = 0; i < comparison->gate_count; i++)
		is_blind |= comparison->gate[i].lost || comparison->gate[i].not_compared;
	return is_blind;
}

bool comparison_is_sure(const struct comparison *comparison)
{
	return !comparison_is_blind(comparison) && !comparison->gate_verdicts[COMPARE_INCONCLUSIVE] &&
	       !comparison->base_interrupted && !comparison->new_interrupted;
}

bool comparison_suffices(const struct comparison *comparison)
{
	const struct compare_settings *how = &comparison->settings;

	if (how->no_strict)
		return true;
	return how->strict ? comparison_is_sure(comparison) : !comparison_is_blind(comparison);
}

void comparison_fail(struct comparison *comparison, const struct compare_settings *settings, const struct err *why)
{
	*comparison = (struct comparison){ .settings = *settings, .failure = *why, .verdict = COMPARE_INVALID };
}

void comparison_release(struct comparison *comparison)
{
	differences_release(&comparison->differences);
	free(comparison->gate);
	free(comparison->cells);
	free(comparison->gone);
	free(comparison->shifts);
	*comparison = (struct comparison){ 0 };
}
