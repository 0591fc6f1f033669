#include "harness/site/retention.h"

#include <string.h>

#define DAY_S        86400
#define WEEK_S       (7 * DAY_S)
#define MONDAY_S     (3 * DAY_S) /* 1970-01-01 was a Thursday, */
#define THIN_OLDER_S ((time_t)RETENTION_THIN_DAYS * DAY_S)

static time_t when_of(const struct site_run *run)
{
	time_t when = 0;

	(void)site_date(&when, run->date); /* which site_check() has seen */
	return when;
}

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_week(const struct site_run *a, const struct site_run *b)
{
	/* so that a week begins with a Monday. */
	return (when_of(a) + MONDAY_S) / WEEK_S == (when_of(b) + MONDAY_S) / WEEK_S;
}

static bool is_alike(const struct site_run *a, const struct site_run *b)
{
	return is_same_text(a->branch, b->branch) && is_same_text(a->setup, b->setup) && site_run_is_same_host(a, b) &&
	       site_run_has_all_of(a, b) && site_run_has_all_of(b, a);
}

/* Whether another run represents this one: of the same week, and newer, or whole where this one is not. */
static bool is_redundant(const struct site *site, size_t at)
{
	const struct site_run *run = &site->runs[at];

	/* Runs are in the order of their dates, so those of a week lie together. */
	for (size_t i = at; i-- > 0 && is_same_week(&site->runs[i], run);)
		if (is_alike(&site->runs[i], run) && (!site->runs[i].interrupted || run->interrupted))
			return true;
	for (size_t i = at + 1; i < site->runs_count && is_same_week(&site->runs[i], run); i++)
		if (run->interrupted && !site->runs[i].interrupted && is_alike(&site->runs[i], run))
			return true;
	return false;
}

size_t retention_choose(const struct retention *retention, const struct site *site, time_t now, bool *stays)
{
	size_t gone = 0;

	for (size_t i = 0; i < site->runs_count; i++) {
		time_t age_s = now - when_of(&site->runs[i]);
		bool goes = (retention->keep && i >= retention->keep) ||
			    (retention->keep_days && age_s > (time_t)retention->keep_days * DAY_S) ||
			    (retention->thin && age_s > THIN_OLDER_S && is_redundant(site, i));
		stays[i] = !i || !goes;
		gone += !stays[i];
	}
	return gone;
}
