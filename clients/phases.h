/*
 * phases: when a cell goes from one phase to the next.
 *
 * A state machine without threads or a clock: the crew tells it the time and what its workers have published, and it
 * says which phase is next. So the rules are in one place, and a test can simulate hours.
 *
 * The window must not choose its own result. Its end is fixed when it starts, from the rate seen in the warm-up, which
 * lasts until each connection could have been served twice; nothing that is counted in the window moves its end. After
 * it the load continues (LOAD_SETTLE) until the requests in flight at its end have ended too, so that their latency is
 * known.
 */
#ifndef CLIENTS_PHASES_H
#define CLIENTS_PHASES_H

#include "clients/client.h"

/* The sums of what the workers have published. */
struct phases_seen {
	bool followed;      /* all of them are in the phase */
	bool idle;          /* nothing is in flight, and nothing left to start */
	bool exhausted;     /* fixed number of requests: a connection found none left to start */
	uint64_t reached;   /* connections through the ramp */
	uint64_t right;     /* right responses since the start */
	uint64_t ended;     /* requests that have ended since the start, rightly or not */
	uint64_t closing;   /* connections that wait for the server to close them */
	uint64_t unsettled; /* requests in flight at the window's end that have not ended yet */
};

struct phases {
	const struct load_spec *spec;
	enum load_phase phase;
	bool followed;     /* the workers are in it: since_ns, right_start and ended_start are known */
	uint64_t since_ns; /* when they were */
	uint64_t right_start, ended_start;
	uint64_t round_ns,
		round_ended;     /* warm-up: when its first round was over (0: it is not), and what had ended then */
	double round_length_ns;  /* by the rate of the warm-up; 0: nothing was right in it */
	uint64_t reached, right; /* as last seen */
	uint64_t progress_ns;    /* when one of these last grew */
	uint64_t schedule_ns;    /* open loop: when the schedules begin; 0 where that is not known */
	uint64_t ramp_ns;        /* how long the ramp took */
	uint64_t window_ns;      /* planned in the warm-up; after the window, what it took */
	uint64_t window_right;   /* right responses in the window */
	bool stopped; /* by phases_stop(): requests in flight get no more time in an open loop than in a closed one */
};

/* Begins with the first phase that this load has: requests that are counted are measured from the first one on. */
void phases_init(struct phases *phases, const struct load_spec *spec);

/*
 * Updates the state by the time and the published figures. Returns whether `phase` has changed; it is entered once all
 * have followed.
 */
bool phases_step(struct phases *phases, uint64_t now_ns, const struct phases_seen *seen);

/* Ends the load, whatever phase it is in: nothing is started any more, and the drain is short. Returns whether that changes the phase. */
bool phases_stop(struct phases *phases);

/* How long nothing can change, a tick at most. */
uint64_t phases_pause_ns(const struct phases *phases, uint64_t now_ns);

/* How long there has been no right response and no new connection. */
static inline uint64_t phases_silent_ns(const struct phases *phases, uint64_t now_ns)
{
	return now_ns > phases->progress_ns ? now_ns - phases->progress_ns : 0;
}

#endif
