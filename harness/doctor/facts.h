/*
 * facts: the facts that `doctor` judges by, read from this host. Reading changes nothing.
 */
#ifndef HARNESS_DOCTOR_FACTS_H
#define HARNESS_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/config/conf.h"
#include "harness/host/activity.h"
#include "harness/host/cgroup.h"
#include "harness/host/host.h"
#include "harness/host/port.h"
#include "harness/network/network.h"
#include "harness/server/availability.h"

/* A setting of the host: it may not be visible from here. */
enum facts_switch { FACTS_UNSEEN, FACTS_OFF, FACTS_ON };

/* The planned run, and where to read the facts. */
struct facts_ask {
	const char *root;                      /* of /proc and /sys: "" is this host */
	uint64_t level;                        /* the highest level of the sweep */
	unsigned port;                         /* 0: a free one */
	enum network_choice network;           /* as in the settings */
	const char *client_cpus, *server_cpus; /* as in the settings; NULL: automatic */
	uint64_t watch_ns;                     /* how long to observe other activity */
};

struct facts {
	uint64_t level;
	struct host host;
	bool is_benchmark; /* the figures of this program's build count */
	bool is_root;
	bool may_raise; /* this process may raise hard limits (CAP_SYS_RESOURCE) */
	/* CPUs */
	unsigned cpus_allowed;
	char client_cpus[128], server_cpus[128]; /* the pinning that will be used */
	bool cpus_apart, cpus_share_core;
	char cpus_problem[256]; /* why there is no pinning; "" where there is one */
	enum facts_switch smt, turbo;
	bool turbo_is_intel; /* the switch is intel_pstate's */
	struct activity activity;
	/* What there is, and how much of it is left */
	struct cgroup cgroup;
	uint64_t memory_bytes;          /* available, on the host */
	uint64_t files_open, files_max; /* of the whole host */
	int io_uring_errno;             /* of io_uring_setup(2) as the client needs it; 0: allowed */
	bool io_uring_binds;            /* it has IORING_OP_BIND, for more connections than one address has ports for */
	uint64_t io_uring_disabled;     /* kernel.io_uring_disabled */
	/* The network */
	bool has_private;          /* a run has a private network here, unless it asks for the host's */
	bool wants_host;           /* it asks for the host's (bench.conf) */
	char network_problem[512]; /* why there is no private network, or what it lacks; "" where all is well */
	/* TCP, of the host */
	uint64_t syn_backlog, syncookies;
	uint64_t listening, established, time_wait;                     /* sockets now */
	uint64_t conntrack_count, conntrack_max, conntrack_time_wait_s; /* all 0: connections are not tracked */
	unsigned port;
	bool port_held;
	struct port_holder holder;
	/* The servers of bench.conf: facts_add_server() */
	size_t servers, servers_available;
	bool has_control;          /* the control server can run */
	char servers_missing[512]; /* names, separated by commas; cut where they are many */
	char servers_problem[512]; /* why there is no bench.conf; "" where there is one */
};

/* Reads all but the servers. Returns 0, or -1 with err set: out of memory. */
int facts_read(struct facts *facts, const struct facts_ask *ask, struct err *err);

/* Counts a server of bench.conf in. */
void facts_add_server(struct facts *facts, const struct conf_server *server, const struct availability *found);

#endif
