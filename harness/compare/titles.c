#include "harness/compare/titles.h"

#include <stdio.h>
#include <string.h>

#include "harness/lib/text.h"

char *compare_show_title(char out[COMPARE_TITLE], const struct compare_titles *titles, enum side side)
{
	const char *commit = titles->commit[side], *benchctl = titles->benchctl[side];
	char plain[80];

	text_plain(out, COMPARE_TITLE - sizeof plain - 40, titles->name[side]);
	if (commit && *commit)
		sprintf(out + strlen(out), " (commit %s)", text_plain(plain, sizeof plain, commit));
	else if (benchctl && *benchctl)
		sprintf(out + strlen(out), " (measured by benchctl %s)", text_plain(plain, sizeof plain, benchctl));
	return out;
}
