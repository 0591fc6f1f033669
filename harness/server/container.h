/*
 * container: a server that is an image of an OCI engine (podman), and the removal of what the engine keeps of it.
 *
 * `podman run` in the foreground is the first process that the supervisor launches, in the run's network. What it starts, conmon
 * and the container, stays a descendant of the keeper, so it ends with the launch whatever happens. The container's own processes
 * are those in another PID namespace than the engine's: their CPU and memory are the server's. Their output is not carried by the
 * engine (the log driver "passthrough"), which would cost CPU time of the server's.
 *
 * The engine also keeps a record, a control group and a mount of a container. A process of our own, the sweeper, has them
 * removed when the launch is over, or when benchctl is gone, be it by SIGKILL.
 */
#ifndef HARNESS_SERVER_CONTAINER_H
#define HARNESS_SERVER_CONTAINER_H

#include <sched.h>
#include <signal.h>
#include <sys/types.h>

#include "harness/config/conf.h"
#include "harness/lib/err.h"

/* A container from container_begin() to container_end(). Zero bytes are none. */
struct container {
	char name[48];
	char *command; /* that runs it, to be launched; owned */
	int end;       /* of a pipe that the sweeper holds the other end of; owned */
	pid_t sweeper; /* 0: none */
};

/*
 * Has the image ready: built, where the server has a `containerfile`; fetched, where it is not here. Takes as long as the engine
 * does (an hour at most, or until *stop is set, which may be NULL), and must be called in the host's network. Returns 0; or -1 with err set: there is no engine, or it failed.
 */
int container_prepare(const struct conf_server *server, const volatile sig_atomic_t *stop, struct err *err);

/* Whether the engine can run here, and has the image, whose digest is `version` then. Returns 0, or -1 with err set. */
#define CONTAINER_VERSION 64
int container_find(const struct conf_server *server, char version[CONTAINER_VERSION], const volatile sig_atomic_t *stop,
		   struct err *err);

/*
 * Makes the command of a fresh container, which runs on these CPUs (NULL: any) and is given the variables of `environment` from
 * that of the engine; and starts its sweeper. Returns 0; or -1 with err set and nothing to end. Forks: one thread.
 */
int container_begin(struct container *container, const struct conf_server *server, const char *const *environment,
		    const cpu_set_t *cpus, struct err *err);

/* The first process in a container that runs below this keeper; 0: there is none. */
pid_t container_process(pid_t keeper);

/* Removes what is left of the container, whose processes have ended. NULL bytes are allowed. */
void container_end(struct container *container);

/* How the server is launched, in words: "podman run localhost/mine". The caller's to free; NULL: memory is out. */
char *container_title(const struct conf_server *server);

#endif
