#include "harness/lib/hist.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void hist_reset(struct hist *hist)
{
	memset(hist, 0, sizeof *hist);
}

uint64_t hist_bucket_low(size_t bucket)
{
	size_t octave = bucket >> HIST_SUB_BITS;

	if (octave < 2)
		return bucket;
	size_t dropped = octave - 1;
	return (uint64_t)(bucket - (dropped << HIST_SUB_BITS)) << dropped;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
	into->count += from->count;
	into->sum += from->sum;
	if (from->max > into->max)
		into->max = from->max;
}

uint64_t hist_quantile(const struct hist *hist, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)hist->count);
	uint64_t seen = 0;

	if (rank < 1)
		rank = 1;
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		seen += hist->buckets[i];
		if (seen >= rank) {
			uint64_t low = hist_bucket_low(i);
			uint64_t high = i + 1 < HIST_BUCKETS ? hist_bucket_low(i + 1) : HIST_MAX + 1;
			uint64_t middle = low + (high - low) / 2;
			return middle < hist->max ? middle : hist->max;
		}
	}
	return hist->max;
}

double hist_mean(const struct hist *hist)
{
	return hist->count ? hist->sum / (double)hist->count : 0;
}

void hist_print(const struct hist *hist, FILE *out)
{
	size_t next = HIST_BUCKETS; /* the bucket that a bare count would be for */

	fprintf(out, "%" PRIu64 " %" PRIu64 " %.17g", hist->count, hist->max, hist->sum);
	for (size_t i = 0; i < HIST_BUCKETS; i++) {
		if (!hist->buckets[i])
			continue;
		if (i != next)
			fprintf(out, " @%zu", i);
		fprintf(out, " %" PRIu64, hist->buckets[i]);
		next = i + 1;
	}
}

/* Reads an unsigned number at *text and moves past it and the space that follows. */
static bool number_parse(const char **text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 10);
	if (errno || (*end && *end != ' '))
		return false;
	*text = end + (*end == ' ');
	return true;
}

bool hist_parse(struct hist *hist, const char *text)
{
	uint64_t bucket = HIST_BUCKETS;
	char *end;

	hist_reset(hist);
	if (!number_parse(&text, &hist->count) || hist->count > INT64_MAX || !number_parse(&text, &hist->max))
		return false;
	uint64_t left = hist->count;
	hist->sum = strtod(text, &end);
	if (end == text || !isfinite(hist->sum) || (*end && *end != ' '))
		return false;
	text = end + (*end == ' ');
	while (*text) {
		bool places = *text == '@';
		text += places;
		if (places ? !number_parse(&text, &bucket) || bucket >= HIST_BUCKETS : bucket >= HIST_BUCKETS)
			return false;
		if (places)
			continue;
		/* One that is twice, and counts that wrap, would add up too. */
		if (hist->buckets[bucket] || !number_parse(&text, &hist->buckets[bucket]) ||
		    hist->buckets[bucket] > left)
			return false;
		left -= hist->buckets[bucket++];
	}
	return !left;
}
