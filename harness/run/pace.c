#include "harness/run/pace.h"

#include <math.h>

static double since_s(uint64_t then_ns, uint64_t now_ns)
{
	return (double)(now_ns - then_ns) / 1e9;
}

void pace_init(struct pace *pace, uint64_t now_ns)
{
	*pace = (struct pace){ .start_ns = now_ns, .visit_ns = now_ns, .first = SIZE_MAX };
}

void pace_begin(struct pace *pace, size_t done, uint64_t now_ns)
{
	if (!pace->under_way) {
		pace->under_way = true;
		pace->partial = done != pace->visit_first;
		if (pace->first == SIZE_MAX)
			pace->first = done;
	}
	size_t place = done - pace->visit_first;
	if (place < PACE_CELLS)
		pace->begun_s[place] = since_s(pace->visit_ns, now_ns);
}

bool pace_end(struct pace *pace, size_t done, uint64_t now_ns)
{
	bool measured = pace->under_way;
	size_t cells = measured && !pace->partial ? done - pace->visit_first : 0;

	for (size_t i = 0; i < cells && i < PACE_CELLS; i++) {
		pace->begun[i].sum_s += pace->begun_s[i];
		pace->begun[i].count++;
	}
	if (cells) {
		pace->visits++;
		pace->visits_cells += cells;
		pace->visits_s += since_s(pace->visit_ns, now_ns);
	}
	pace->under_way = false;
	pace->visit_ns = now_ns;
	pace->visit_first = done;
	return measured;
}

double pace_left_s(const struct pace *pace, size_t done, size_t all, uint64_t now_ns, bool *at_least)
{
	*at_least = !pace->visits;
	if (done >= all)
		return 0;
	if (!pace->visits) {
		size_t over = pace->first < done ? done - pace->first : 0;
		return over ? since_s(pace->start_ns, now_ns) / (double)over * (double)(all - done) : NAN;
	}
	double cells = (double)pace->visits_cells / (double)pace->visits,
	       whole_s = pace->visits_s / (double)pace->visits;
	size_t place = done - pace->visit_first;
	double rest_s = place < PACE_CELLS && pace->begun[place].count
				? whole_s - pace->begun[place].sum_s / (double)pace->begun[place].count
				: whole_s * (1 - (double)place / cells);
	double later = (double)(all - pace->visit_first) / cells - 1;

	return fmax(rest_s, 0) + fmax(later, 0) * whole_s;
}
