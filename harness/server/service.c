#include "harness/server/service.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/page.h"
#include "harness/lib/clock.h"
#include "harness/lib/file.h"
#include "harness/lib/text.h"

/* Short, so that a server is not stopped for long; a shorter period would cost context switches. */
#define SHARE_PERIOD_NS (5 * CLOCK_MS)
/* How long a server that did not start is run the second time, for its stderr output. */
#define AGAIN_NS (5 * CLOCK_S)
/* The shortest time in which it is worth to ask again whether a service is ready. */
#define LAST_NS (50 * CLOCK_MS)
/* Between two looks at whether it is. */
#define READY_PAUSE_NS (5 * CLOCK_MS)

/* The variables of the server contract, and those that the server is given. Returns 0, or -1 with err set. */
static int environment_make(struct service *service, struct err *err)
{
	const struct service_place *place = &service->place;
	char *const *own = service->server->environment;
	const size_t ours = sizeof service->variables / sizeof *service->variables;
	size_t count = 0;
	unsigned long long processes = service->server->processes ? service->server->processes
				       : place->workers           ? place->workers
								  : 1;

	snprintf(service->variables[0], sizeof service->variables[0], "BENCH_HOST=127.0.0.1");
	snprintf(service->variables[1], sizeof service->variables[1], "BENCH_PORT=%u", place->port);
	snprintf(service->variables[2], sizeof service->variables[2], "BENCH_BACKLOG=%u", place->backlog);
	snprintf(service->variables[3], sizeof service->variables[3], "BENCH_WORKERS=%llu", processes);
	while (own && own[count])
		count++;
	service->environment = calloc(ours + count + 1, sizeof *service->environment);
	if (!service->environment)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < ours; i++)
		service->environment[i] = service->variables[i];
	for (size_t i = 0; i < count; i++)
		service->environment[ours + i] = own[i];
	return 0;
}

/* The folder to run in: the server's directory, from that of its configuration on. Returns 0, or -1 with err set. */
static int folder_make(struct service *service, struct err *err)
{
	const struct conf_server *server = service->server;
	const char *directory = server->directory ? server->directory : "";

	if (*directory == '/' ? !(service->folder = strdup(directory))
			      : asprintf(&service->folder, "%s/%s", server->folder, directory) < 0) {
		service->folder = NULL;
		return err_set(err, "out of memory");
	}
	return 0;
}

/* What a service that is not of the contract responds to once it is ready: "URL STATUS", or its own URL. */
static int ready_make(struct service *service, struct err *err)
{
	const struct conf_server *server = service->server;
	char url[2048];
	unsigned status = 200;

	if (!server->ready)
		return 0;
	int parts = sscanf(server->ready, "%2047s %u", url, &status);
	struct request_settings settings = { .resolve = service->request.resolve,
					     .unix_path = service->request.unix_path,
					     .host = service->request.host,
					     .tls = service->request.tls,
					     .check = (char *)"status" };
	if (parts < 1 || status < 100 || status > 599)
		return err_set(err, "ready: write a URL, and after a blank the status, where that is not 200");
	if (target_init(&service->ready, url, &settings, err))
		return err_prefix(err, "ready");
	return target_expect(&service->ready, status, "", 0, err);
}

/* The process of a service that runs already. Returns 0, or -1 with err set. */
static int process_find(struct service *service, struct err *err)
{
	const struct conf_server *server = service->server;

	service->process = (pid_t)server->pid;
	if (!server->pidfile)
		return 0;
	char *text = file_read(server->pidfile, err);
	service->process = text ? atoi(text) : 0;
	free(text);
	return service->process > 0 ? 0 : text ? err_set(err, "pidfile: %s holds no number", server->pidfile) : -1;
}

int service_init(struct service *service, const struct conf_server *server, const struct service_place *place,
		 struct err *err)
{
	char url[64];

	*service = (struct service){ .server = server, .place = *place, .share = 1, .stderr_fd = -1 };
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", place->port);
	if (server->url)
		service->request = request_settings_merge(&server->request, place->request);
	else if (place->request)
		service->request.http = place->request->http;
	if (probe_accept_parse(&service->accept, service->request.expect_status, err))
		return err_prefix(err, "--expect-status");
	if (target_init(&service->target, server->url ? server->url : url, &service->request, err) ||
	    environment_make(service, err) || folder_make(service, err))
		return -1;
	if (place->takes_shares && quota_open(&service->quota, err))
		return err_prefix(err, "--server-share");
	if (server->url)
		return ready_make(service, err) || process_find(service, err) ? -1 : 0;
	return target_expect(&service->target, 200, PAGE_START, PAGE_START_BYTES, err);
}

int service_share(struct service *service, double share, struct err *err)
{
	if (share == service->share)
		return 0;
	if (quota_set(&service->quota, share < 1 ? share : INFINITY, SHARE_PERIOD_NS, err))
		return err_prefix(err, "--server-share");
	service->share = share;
	return 0;
}

struct quota_use service_share_use(const struct service *service)
{
	struct quota_use use = { 0 };
	struct err ignored; /* without it the share is not known to have been the limit, and nothing is scaled */

	if (service->quota.folder[0])
		quota_read(&service->quota, &use, &ignored);
	return use;
}

int service_keep_stderr(struct service *service, struct err *err)
{
	service_drop_stderr(service);
	/*
	 * O_APPEND: a server may open its stderr again (/dev/stderr), and the file may be truncated while it is
	 * written.
	 */
	service->stderr_fd = memfd_create("stderr", MFD_CLOEXEC);
	if (service->stderr_fd < 0 || fcntl(service->stderr_fd, F_SETFL, O_APPEND))
		return err_set_errno(err, "memfd_create");
	return 0;
}

void service_drop_stderr(struct service *service)
{
	if (service->stderr_fd >= 0)
		close(service->stderr_fd);
	service->stderr_fd = -1;
}

/* Enters the network of the server. */
static int network_change(struct service *service, struct err *err)
{
	struct network *network = service->place.network;
	struct err ignored; /* without the accept queue its evidence is missing, but no figure */

	if (service->place.stays && service->has_moved)
		return 0;
	accept_queue_close(&service->queue);
	bool leaves = service->server->network == CONF_NETWORK_HOST || conf_is_attached(service->server);
	if (leaves ? network_leave(network, err) : network_renew(network, err))
		return -1;
	if (target_port(&service->target))
		accept_queue_open(&service->queue, target_port(&service->target), &ignored);
	service->has_moved = true;
	return 0;
}

/*
 * Learns the right responses of a service that has begun to respond: until they are acceptable, since a service may say 503
 * until it is ready. Returns 0, or -1 with err set.
 */
static int service_learn(struct service *service, uint64_t deadline_ns, const volatile sig_atomic_t *stop,
			 struct err *err)
{
	for (;;) {
		uint64_t now = clock_ns();
		uint64_t left = deadline_ns > now ? deadline_ns - now : CLOCK_MS;
		if (!probe_learn(&service->target, false, service->accept, left, stop, NULL, err))
			return probe_repeat(&service->target, false, left, stop, NULL, err);
		/* What an attempt in the last moments says is only that it had no time. */
		if (clock_ns() + LAST_NS >= deadline_ns || (stop && *stop) || !service_is_alive(service))
			return err_prefix(err, "not ready");
		struct timespec pause = clock_timespec(READY_PAUSE_NS);
		nanosleep(&pause, NULL);
	}
}

/* Waits until the service is ready, and learns its right responses where they are not known. */
static int service_await(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, struct err *err)
{
	/* The first process of a container is its engine, of which the listener is no descendant. */
	int (*const wait)(struct supervisor *, const struct target *, uint64_t, const volatile sig_atomic_t *,
			  struct err *) = conf_is_container(service->server) ? supervisor_wait_recovered
									     : supervisor_wait_ready;
	uint64_t deadline_ns = clock_ns() + ready_ns;
	struct target first = service->target;
	const struct target *target = service->ready.url ? &service->ready : &service->target;

	if (!service->server->url)
		return wait(&service->supervisor, &service->target, ready_ns, stop, err);
	/* Any response says that it listens, and that its first process stays. */
	first.expected = (struct expected){ .check = EXPECTED_NONE, .bodyless = first.expected.bodyless };
	if (!conf_is_attached(service->server) &&
	    wait(&service->supervisor, target == &service->target ? &first : target, ready_ns, stop, err))
		return -1;
	return service_learn(service, deadline_ns, stop, err);
}

/* On a failure nothing is left running; *exited: because the server exited. */
static int start(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, bool *exited,
		 struct err *err)
{
	struct launch launch = {
		.command = service->server->command,
		.folder = service->folder,
		.environment = service->environment,
		.cpus = service->place.cpus,
		.stop_signal = service->server->stop == CONF_STOP_INT ? SIGINT : SIGTERM,
		.stderr_fd = service->stderr_fd,
		.stop = service->place.stop,
	};

	*exited = false;
	if (service->quota.folder[0] && (launch.door_fd = quota_door(&service->quota, err)) < 0)
		return -1;
	int bad = network_change(service, err);
	if (!bad && conf_is_container(service->server)) {
		bad = container_begin(&service->container, service->server, service->environment, launch.cpus, err);
		launch.command = service->container.command;
	}
	if (!bad && !conf_is_attached(service->server))
		bad = supervisor_launch(&service->supervisor, &launch, err);
	if (launch.door_fd > 0)
		close(launch.door_fd);
	if (bad) {
		container_end(&service->container);
		return -1;
	}
	if (!service_await(service, ready_ns, stop, err)) {
		service->is_attached = conf_is_attached(service->server);
		return 0;
	}
	*exited = service->supervisor.exited;
	service_stop(service);
	return -1;
}

bool service_is_started(const struct service *service)
{
	return service->supervisor.keeper || service->is_attached;
}

bool service_is_alive(struct service *service)
{
	if (!conf_is_attached(service->server))
		return supervisor_is_alive(&service->supervisor);
	return !service->process || !kill(service->process, 0) || errno == EPERM;
}

void service_stop(struct service *service)
{
	service->is_attached = false;
	supervisor_stop(&service->supervisor, service->place.grace_ns);
	container_end(&service->container);
}

int service_wait_recovered(struct service *service, uint64_t timeout_ns, const volatile sig_atomic_t *stop,
			   struct err *err)
{
	if (!conf_is_attached(service->server))
		return supervisor_wait_recovered(&service->supervisor, &service->target, timeout_ns, stop, err);
	uint64_t deadline_ns = clock_ns() + timeout_ns;
	for (;;) {
		uint64_t now = clock_ns();
		if (!probe_compare(&service->target, false, deadline_ns > now ? deadline_ns - now : CLOCK_MS, stop,
				   err))
			return 0;
		if (now >= deadline_ns || (stop && *stop) || !service_is_alive(service))
			return -1;
		struct timespec pause = clock_timespec(READY_PAUSE_NS);
		nanosleep(&pause, NULL);
	}
}

void service_observe(const struct service *service, struct observe *observe)
{
	pid_t process = service->container.sweeper && service->supervisor.keeper
				? container_process(service->supervisor.keeper)
				: service->process;

	if (process)
		observe_find_with(observe, process);
	else if (service->supervisor.keeper)
		observe_find(observe, service->supervisor.keeper);
	else
		*observe = (struct observe){ 0 };
}

int service_start(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, struct err *err)
{
	struct err ignored;
	bool exited;

	if (stop && *stop)
		return err_set(err, "interrupted");
	if (!start(service, ready_ns, stop, &exited, err))
		return 0;
	if (service->stderr_fd >= 0) {
		service_add_stderr(service, err);
		return -1;
	}
	if (!exited || (stop && *stop) || service_keep_stderr(service, &ignored))
		return -1;
	if (!start(service, AGAIN_NS, stop, &exited, &ignored))
		service_stop(service);
	service_add_stderr(service, err);
	service_drop_stderr(service);
	return -1;
}

/* Whether a line is an address and nothing else, or empty. */
static bool is_address(const char *line, size_t bytes)
{
	return strspn(line, "0123456789.:-") >= bytes;
}

const char *service_last_stderr(const struct service *service, char *out, size_t room)
{
	char raw[SERVICE_STDERR + 1], kept[SERVICE_STDERR + 1];
	off_t size = lseek(service->stderr_fd, 0, SEEK_END);
	off_t from = size > SERVICE_STDERR ? size - SERVICE_STDERR : 0;
	ssize_t got = pread(service->stderr_fd, raw, SERVICE_STDERR, from);
	size_t bytes = got > 0 ? (size_t)got : 0, used = 0;

	for (size_t i = 0; i < bytes; i++)
		if (!raw[i])
			raw[i] = '?';
	raw[bytes] = 0;
	/* A line that is cut at its start says less than those after it. */
	const char *line = from ? strchr(raw, '\n') : NULL;
	for (line = line ? line + 1 : raw; *line;) {
		size_t length = strcspn(line, "\n");
		if (!is_address(line, length)) {
			used += (size_t)snprintf(kept + used, sizeof kept - used, "%s%.*s", used ? " " : "",
						 (int)length, line);
		}
		line += length + (line[length] == '\n');
	}
	while (used && isspace((unsigned char)kept[used - 1]))
		used--;
	kept[used] = 0;
	/* What does not fit is the beginning. */
	return text_plain(out, room, used >= room ? kept + used - (room - 1) : kept);
}

void service_add_stderr(const struct service *service, struct err *err)
{
	char text[SERVICE_STDERR];
	size_t used = strlen(err->text);

	if (service_last_stderr(service, text, sizeof text)[0])
		snprintf(err->text + used, sizeof err->text - used, ": %s", text);
}

double service_queue_length(struct service *service)
{
	struct accept_queue_state state;
	struct err ignored;

	if (!service->queue.socket || accept_queue_read(&service->queue, &state, &ignored) || !state.listeners)
		return NAN;
	return state.length;
}

void service_release(struct service *service)
{
	struct err ignored; /* an empty group that remains does no harm */

	service_stop(service);
	quota_close(&service->quota, &ignored);
	accept_queue_close(&service->queue);
	target_release(&service->target);
	target_release(&service->ready);
	free(service->environment);
	free(service->folder);
	service_drop_stderr(service);
}
