#include "harness/report/mark.h"

#include <stdio.h>

#include "harness/text/text_table.h"

char *mark_of(char out[MARK_TEXT], const struct summary *summary)
{
	snprintf(out, MARK_TEXT, "%s%s%s", summary->valid ? "" : TEXT_TABLE_INVALID,
		 summary->errors ? TEXT_TABLE_ERRORS : "", summary->partial ? TEXT_TABLE_PARTIAL : "");
	return out;
}
