/*
 * figures: what a load generator measures, field by field.
 *
 * One struct holds these figures wherever they go: a thread counts its own, those of all threads are merged into a
 * sample (clients/client.h), and a cell of a run takes over the sample's (harness/record/cell.h). One table describes
 * each. A new figure is declared here, gets its row in figures.def and a sentence in docs/run.schema.json; merging,
 * files and explanations follow.
 */
#ifndef CLIENTS_FIGURES_H
#define CLIENTS_FIGURES_H

#include <stdint.h>

#include "clients/failure.h"
#include "harness/lib/field.h"

/* started + in_flight_start = ok + all of failed + in_flight_end. Over the window, unless stated otherwise. */
struct load_figures {
	double rate_rps, window_s; /* ok a second; the length of the window */
	double ramp_s;
	uint64_t
		ramp_reached; /* connections established in the ramp (except in close mode, also with their first response) */
	uint64_t started, ok, failed[LOAD_FAILURES];
	uint64_t in_flight_start, in_flight_end;
	uint64_t connects;      /* connections established */
	uint64_t started_after; /* after the window, while the requests in flight at its end were followed */
	uint64_t
		unfinished; /* closed loop: of those in flight at the window's end, those that had not ended even then */
	uint64_t started_before; /* in ramp and warmup */
	uint64_t
		stray; /* until the drain: connections given up, since bytes arrived on them that belong to no response */
	/*
	 * Requests in flight: in a closed loop the mean is the time average by the times of the requests; `sampled` is
	 * the mean of counts taken every few milliseconds; min and max are of these counts too.
	 */
	double concurrency_mean, concurrency_sampled, concurrency_min, concurrency_max;
	/* Connections that were begun and not established, SYN retries among them; and those that rested after failures: means. */
	double handshaking, resting;
	uint64_t
		dropped_unannounced; /* keep-alive connections that the server ended without announcing it in its last response */
	uint64_t close_ignored; /* close mode: connections that the server did not close, so that the client did */
	double rounds; /* closed loop: right responses in the window for each connection that carries requests */
	/* Responses of one connection (a slot of the loop); not of an open loop, which opens connections as it needs them. */
	double served_min, served_max;
	double never_served;       /* connections without a response */
	double jain;               /* Jain's fairness index of responses over connections: 1 is equal */
	double client_cpu_busiest; /* of the busiest CPU: the fraction that the threads on it used */
	double client_pause_s; /* the longest continuous time in the window that the client stood still; unknown: sequential */
	/*
	 * Unknown in a closed loop. scheduled + waiting_start = started + waiting_end, and after the window
	 * in_flight_end + waiting_end = late_ok + late_failed + unfinished.
	 */
	struct {
		double offered_rps; /* rate of arrivals; the generator leaves it and `share` alone */
		double share;       /* that rate as a share of the server's own maximum, where it was chosen so */
		double scheduled;   /* arrivals */
		double waiting_start,
			waiting_end; /* arrivals that were due and not started, since no connection was free */
		double waited;       /* started late, since no connection was free */
		double late_ok, late_failed, unfinished;
	} open_loop;
	/* Unknown without TLS; of the window. */
	struct {
		double handshakes; /* that were completed */
		double resumed;    /* those that went on with an earlier session */
	} tls;
	/* Unknown but in a crowd. */
	struct {
		double active;          /* connections that carry requests; the generator leaves it alone */
		double silent;          /* the others: those open at the window's end */
		double dropped;         /* those that the server has ended, since they were established */
		double dropped_after_s; /* the shortest time that one of these had been silent; unknown if there is none */
	} crowd;
};

/*
 * The table of these figures, which ends with a path of NULL. Its rows are in clients/figures.def, so that the table of
 * a struct that embeds these figures has them too. What the caller chose (the rate offered, the active connections) is
 * not in it.
 */
extern const struct field load_figures[];

#endif
