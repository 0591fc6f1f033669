#include "harness/compare.h"

#include <stdlib.h>

const struct compare_settings compare_settings_usual = { .floor = COMPARE_FLOOR, .alpha = COMPARE_ALPHA };

int compare_sides(struct comparison *comparison, const struct compare_side *base, const struct compare_side *new,
		  const struct compare_settings *settings, struct err *err)
{
	(void)base, (void)new;
	*comparison = (struct comparison){ .settings = *settings };
	return err_set(err, "comparing is not there yet");
}

void comparison_release(struct comparison *comparison)
{
	free(comparison->differences);
	free(comparison->gate);
	free(comparison->cells);
	*comparison = (struct comparison){ 0 };
}
