/*
 * crew: the workers of an engine, led through the phases of a cell.
 *
 * This is the control plane: it divides the connections among threads, moves them all from phase to phase, samples the
 * live figures, and merges what the workers counted. It knows nothing of how a worker drives its connections; the
 * engine gives that as one function.
 */
#ifndef CLIENTS_CREW_H
#define CLIENTS_CREW_H

#include "clients/client.h"
#include "clients/worker.h"

/*
 * Drives the worker's connections until its phase is LOAD_STOP. Runs in a thread of its own, pinned, with an
 * empty file table of its own. On a failure it calls err_set(&worker->err, ...), sets worker->broken and returns.
 */
typedef void crew_work(struct worker *worker);

/* Offers the load of spec with as many workers as it takes. Same contract as `run` in struct client. */
int crew_run(const struct load_spec *spec, crew_work *work, struct load_sample *sample, struct err *err);

#endif
