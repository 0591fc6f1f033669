/*
 * service: a server of bench.conf at an address, from its start to its end, with its last stderr output.
 *
 * It keeps the server contract, or is any service that a URL describes: then its right responses are learned after each
 * start. One that runs already is not started, only waited for.
 *
 * The sweep and the conformance check start servers this way. While a server is measured its stderr goes to /dev/null, as in
 * 2010, since a log that is kept would be part of what it does; so a server that does not start is started once more, only
 * to hear why. Where its stderr is kept from the start (service_keep_stderr), it is at hand already.
 */
#ifndef HARNESS_SERVER_SERVICE_H
#define HARNESS_SERVER_SERVICE_H

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "clients/probe.h"
#include "harness/config/conf.h"
#include "harness/lib/err.h"
#include "harness/network/accept_queue.h"
#include "harness/network/network.h"
#include "harness/server/container.h"
#include "harness/server/observe.h"
#include "harness/server/quota.h"
#include "harness/server/supervisor.h"

/* How many bytes of a server's last stderr output an error quotes. */
#define SERVICE_STDERR 1000

/* Where a server runs. */
struct service_place {
	unsigned port, backlog;
	const struct request_settings *request; /* of all servers; of one without a url, http alone; or NULL */
	struct network
		*network; /* each start is in a fresh one (network_renew), or in the host's where the server needs it */
	const cpu_set_t *cpus; /* NULL: any */
	uint64_t grace_ns;     /* between SIGTERM and SIGKILL */
	bool takes_shares;     /* its processes are born in a control group, where service_share() can hold them back */
	unsigned workers;      /* that it is asked to have; 0: 1 */
	const volatile sig_atomic_t *stop; /* once it is set, the server is ended in haste (supervisor.h); or NULL */
	bool stays; /* all starts are in the network of the first, where connections of the one before may be left */
};

struct service {
	const struct conf_server *server; /* not owned, nor are place.network and place.cpus */
	struct service_place place;
	struct supervisor supervisor; /* its keeper is 0 while the server does not run */
	struct container container;   /* of the start under way; none where the server is none */
	bool has_moved;               /* it has been started in its network */
	struct accept_queue queue;    /* of the port, in the server's network; not open where the kernel gives none */
	struct quota quota;           /* the group of its processes; none where it gets all there is */
	double share;                 /* of a CPU that it gets now; 1: as much as there is */
	struct request_settings request; /* what target was made of: its texts are the server's, or place.request's */
	struct probe_accept accept;      /* the status that a first response must have */
	struct target target;            /* what is asked, with the right response once it has started */
	struct target ready; /* what it responds to once it is ready; its url is NULL where that is target */
	pid_t process;       /* the first process of one that runs already; 0: not known */
	bool is_attached;    /* it runs already, and has responded */
	int stderr_fd;       /* a file in memory; -1: /dev/null */
	char variables[4][64];
	const char **environment; /* owned; its texts are variables and the server's */
	char *folder;             /* to run in; owned */
};

/* Prepares everything but the start. Returns 0, or -1 with err set. Call service_release() in both cases. */
int service_init(struct service *service, const struct conf_server *server, const struct service_place *place,
		 struct err *err);

/*
 * Lets the server have that share of a CPU from now on, above 0; 1: as much as there is, which is how it begins. A share below
 * 1 takes place.takes_shares. Returns 0, or -1 with err set.
 */
int service_share(struct service *service, double share, struct err *err);

/* What became of the share since the server's group was made; all 0 where it has none. */
struct quota_use service_share_use(const struct service *service);

/* Keeps the stderr output of the starts to come, in an empty file. Returns 0, or -1 with err set. */
int service_keep_stderr(struct service *service, struct err *err);

/* Sends the stderr output of later starts to /dev/null again. */
void service_drop_stderr(struct service *service);

/*
 * Starts the server and waits until it responds rightly, for ready_ns. Returns 0; or -1 with err set, which ends with
 * the last stderr output of the server, of which no process is left.
 */
int service_start(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, struct err *err);

/* Whether it has been started, and not ended since. */
bool service_is_started(const struct service *service);

/* Whether it still runs; always, where it runs already and nothing is known of its processes. */
bool service_is_alive(struct service *service);

/* Ends the server, where it runs and was started here. */
void service_stop(struct service *service);

/* Waits until it responds rightly again after a load. Returns 0, or -1 with err set. */
int service_wait_recovered(struct service *service, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
			   struct err *err);

/* Looks for its processes; there may be none that are known. */
void service_observe(const struct service *service, struct observe *observe);

/*
 * The end of what the server has written to stderr, as one printable line of at most room - 1 bytes. Lines that consist
 * of a client's address are the log of the server contract, and are left out. Returns out; "" where there is nothing.
 */
const char *service_last_stderr(const struct service *service, char *out, size_t room);

/* Adds ": " and the last stderr output to a message, where there is any. */
void service_add_stderr(const struct service *service, struct err *err);

/* The number of connections that wait to be accepted; NAN where that is not known. */
double service_queue_length(struct service *service);

/* Ends the server, where it runs, and releases everything. */
void service_release(struct service *service);

#endif
