/*
 * control: the name of the control server.
 *
 * It does the minimum of work, and shows the ceiling of the harness itself: the rate that the client and the host
 * allow. It is a [server] of bench.conf like any other; a run, a table and a picture recognise it by its name.
 */
#ifndef HARNESS_LIB_CONTROL_H
#define HARNESS_LIB_CONTROL_H

#define CONTROL_SERVER "control"

#endif
