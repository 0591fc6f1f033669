/*
 * kernel: what the kernel counted while a cell was measured, as differences over its window.
 *
 * The network's counters are those of the reading thread's network namespace, steal and pressure those of the whole
 * host. In the host's namespace they include other traffic.
 */
#ifndef HARNESS_HOST_KERNEL_H
#define HARNESS_HOST_KERNEL_H

#include <stdint.h>

enum kernel_counter {
	KERNEL_LISTEN_OVERFLOWS, /* a connection dropped: the accept queue was full */
	KERNEL_LISTEN_DROPS,     /* a SYN dropped by a listening socket, for whatever reason */
	KERNEL_SYN_RETRANS,      /* a SYN or SYN-ACK sent again, after 1 s, 3 s, 7 s ... */
	KERNEL_TIMEOUTS,         /* a retransmission timer that ran out */
	KERNEL_RETRANS_SEGS,     /* segments sent again */
	KERNEL_OUT_RSTS,         /* resets sent */
	KERNEL_ABORT_ON_DATA,    /* closed with data unread */
	KERNEL_ABORT_ON_CLOSE,
	KERNEL_ABORT_ON_MEMORY,
	KERNEL_ABORT_ON_TIMEOUT,
	KERNEL_TIME_WAIT_OVERFLOW, /* a socket that found no room in TIME_WAIT */
	KERNEL_STEAL_MS,           /* CPU time that the hypervisor gave to others */
	KERNEL_CPU_PRESSURE_MS,    /* time in which a task waited for a CPU (PSI "some") */
	KERNEL_MEMORY_PRESSURE_MS,
	KERNEL_IO_PRESSURE_MS,
	KERNEL_COUNTERS
};

extern const char *const kernel_counter_names[KERNEL_COUNTERS]; /* "ListenOverflows", ... as the kernel has them */

struct kernel {
	double counters[KERNEL_COUNTERS]; /* NAN where this kernel doesn't tell */
	double time_wait;                 /* sockets in TIME_WAIT at that moment; NAN as well */
};

/*
 * Reads the present counters: /proc/net/netstat, snmp and sockstat (proc(5)), /proc/stat, and /proc/pressure
 * (Documentation/accounting/psi.rst). `proc` is the folder, usually "/proc".
 */
void kernel_read(struct kernel *kernel, const char *proc);

/*
 * The difference between two readings; time_wait is that of the later one. Counters never run backwards: a decrease is
 * 0.
 */
struct kernel kernel_between(const struct kernel *before, const struct kernel *after);

#endif
