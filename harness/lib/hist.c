#include "harness/lib/hist.h"

#include <math.h>
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
