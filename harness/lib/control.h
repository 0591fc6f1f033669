/*
 * control: the name of the control server.
 *
 * It is the fastest server that we can write, and stands for the ceiling of the harness itself: what it reaches is what the
 * client and the host allow. It is a [server] of bench.conf like any other; by its name alone a run, a table and a picture
 * know which one it is.
 */
#ifndef HARNESS_LIB_CONTROL_H
#define HARNESS_LIB_CONTROL_H

#define CONTROL_SERVER "control"

#endif
