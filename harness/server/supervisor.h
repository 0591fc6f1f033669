/*
 * supervisor: one server as processes, from its launch to the last of them gone.
 *
 * Between benchctl and the server stands a keeper: a small process that starts the server in a session of its own,
 * reaps all its descendants, and holds one end of a socket whose other end benchctl holds. When benchctl asks it to, or
 * is gone, so that the socket ends, the keeper ends all its descendants and then itself. A server that daemonises or
 * leaves its process group stays the keeper's descendant, so it can't escape.
 *
 * The keeper is the init of a PID namespace (pid_namespaces(7)) where that is allowed: as root, or in the user
 * namespace that harness/network has made. Its processes can neither signal nor trace those outside, nor kill or stop
 * its init. When the init dies, the kernel kills all the others; when benchctl dies, the kernel kills the init
 * (PR_SET_PDEATHSIG, prctl(2)). So no process is left whichever of them are killed, in whatever order. The namespace
 * has a /proc of its own, since programs read /proc/self.
 *
 * Elsewhere the keeper is a subreaper (PR_SET_CHILD_SUBREAPER), and between benchctl and it stands another one, the guard: when
 * the keeper is killed, the server's first process dies with it (PR_SET_PDEATHSIG), and the guard inherits the others and ends
 * them, whether benchctl is there or not. benchctl in turn inherits from a guard that is killed. So it takes SIGKILL of guard,
 * keeper and benchctl at the same time to leave what a server has started.
 *
 * Must be called from a process with one thread: it forks without exec.
 */
#ifndef HARNESS_SERVER_SUPERVISOR_H
#define HARNESS_SERVER_SUPERVISOR_H

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "clients/target.h"
#include "harness/lib/clock.h"
#include "harness/lib/err.h"

/* What to launch. */
struct launch {
	const char *command;               /* one line, see harness/lib/argv.h */
	const char *folder;                /* to run in */
	const char *const *environment;    /* "NAME=value", NULL-terminated; added to benchctl's own */
	const cpu_set_t *cpus;             /* or NULL */
	int stop_signal;                   /* that asks it to end; 0: SIGTERM */
	int stderr_fd;                     /* the server's stderr; -1: /dev/null */
	int door_fd;                       /* of the control group that it is started in (quota_door()); 0: none */
	const volatile sig_atomic_t *stop; /* once it is set, this server is ended in haste; or NULL */
};

/* How long a keeper may take to do its work, without the grace time of a server. */
#define SUPERVISOR_KEEPER_NS CLOCK_S
/* The longest grace time of a server after launch.stop was set: ^C has to end a run soon. */
#define SUPERVISOR_HASTE_NS CLOCK_S

struct supervisor {
	pid_t keeper; /* 0: not launched */
	pid_t guard;  /* the keeper's, without a PID namespace; else 0 */
	pid_t server; /* the first process of the server, as seen from benchctl; it may have exited */
	int socket;   /* to the keeper */
	bool exited;  /* the first process has exited */
	int status;   /* and so (waitpid(2)) */
	const volatile sig_atomic_t *stop; /* as in its launch */
	uint64_t hurry_ns; /* when a keeper that has not answered is killed, since stop is set; 0: it is not */
};

/*
 * Starts the server and returns at once. Returns 0; or -1 with err set where it can't be started (the program
 * can't be found), and nothing is left running.
 */
int supervisor_launch(struct supervisor *supervisor, const struct launch *launch, struct err *err);

/*
 * Waits until the server responds rightly to a request for the target. Returns 0; or -1 with err set where it exits, or
 * has not done so within timeout_ns: err then tells the last response. A wrong one is waited for like a refused
 * connection: a server may say 503, or show another page, until it is ready. A server that makes itself a daemon counts
 * as exited, whichever comes first, its response or the end of its first process. In each case the server still has to
 * be stopped.
 */
int supervisor_wait_ready(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns,
			  const volatile sig_atomic_t *stop, struct err *err);

/*
 * The same for a server that was under load before; its first process is known to stay. An overload passes, and a
 * single wrong response does not mean that the server can't continue.
 */
int supervisor_wait_recovered(struct supervisor *supervisor, const struct target *target, uint64_t timeout_ns,
			      const volatile sig_atomic_t *stop, struct err *err);

/* Whether the first process of the server still runs; notes its exit. */
bool supervisor_is_alive(struct supervisor *supervisor);

/* How the first process ended: "exited with status 1", "was killed by signal 11 (Segmentation fault)". */
const char *supervisor_show_exit(const struct supervisor *supervisor, char out[96]);

/*
 * Ends the server: SIGTERM, or its launch's stop_signal, to its process group, up to grace_ns of time, SIGKILL to all that is left, until
 * none is. A keeper that does not do so within SUPERVISOR_KEEPER_NS more is killed, and what it leaves is ended here. Ends
 * with no process of it running, or after SUPERVISOR_KEEPER_NS again, where the kernel can't end one. Once launch.stop is set, the
 * grace time is at most SUPERVISOR_HASTE_NS from then on. Returns whether SIGTERM was enough.
 */
bool supervisor_stop(struct supervisor *supervisor, uint64_t grace_ns);

#endif
