#include "clients/window.h"

double window_seconds(const struct window *window)
{
	bool whole = window->start.at_ns && window->end.at_ns > window->start.at_ns;

	return whole ? (double)(window->end.at_ns - window->start.at_ns) / 1e9 : 0;
}

double window_in_flight(const struct window *window)
{
	return (double)(window->end.busy_ns - window->start.busy_ns) / 1e9 / window_seconds(window);
}

double window_busy(const struct window *window)
{
	return window_in_flight(window) +
	       (double)(window->end.closing_ns - window->start.closing_ns) / 1e9 / window_seconds(window);
}

void window_add(struct window_sum *sum, const struct window *window)
{
	double seconds = window_seconds(window);

	sum->missing |= seconds <= 0;
	sum->known = !sum->missing;
	if (seconds <= 0)
		return;
	double ok = (double)(window->end.ok - window->start.ok), started = ok - (double)window->start.in_flight;
	sum->in_flight += window_in_flight(window);
	sum->busy += window_busy(window);
	sum->ok_rps += ok / seconds;
	sum->low_rps += started > 0 ? started / seconds : 0;
	sum->high_rps += (ok + (double)window->end.in_flight) / seconds;
	sum->count += window->count;
	sum->sum_ns += window->sum_ns;
	sum->lost_ns += window->lost_ns;
}

double window_rate(const struct window_sum *sum, uint32_t round, double unfinished)
{
	if (2 * sum->count < round || unfinished > WINDOW_UNFINISHED_MAX * (double)sum->count)
		return sum->ok_rps;
	double time_ns = (double)sum->sum_ns + (double)sum->lost_ns;
	double rate = time_ns > 0 && sum->count ? sum->in_flight * (double)sum->count / time_ns * 1e9 : sum->ok_rps;

	return rate < sum->low_rps ? sum->low_rps : rate > sum->high_rps ? sum->high_rps : rate;
}
