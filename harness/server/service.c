#include "harness/server/service.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clients/page.h"
#include "harness/lib/clock.h"
#include "harness/lib/text.h"

/* Short, so that a server is not stopped for long; a shorter one would cost switches. */
#define SHARE_PERIOD_NS (5 * CLOCK_MS)
/* How long a server that did not start is watched the second time, for its stderr output. */
#define AGAIN_NS (5 * CLOCK_S)

int service_init(struct service *service, const struct conf_server *server, const struct service_place *place,
		 struct err *err)
{
	char url[64];

	*service = (struct service){ .server = server, .place = *place, .share = 1, .stderr_fd = -1 };
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", place->port);
	snprintf(service->variables[0], sizeof service->variables[0], "BENCH_HOST=127.0.0.1");
	snprintf(service->variables[1], sizeof service->variables[1], "BENCH_PORT=%u", place->port);
	snprintf(service->variables[2], sizeof service->variables[2], "BENCH_BACKLOG=%u", place->backlog);
	snprintf(service->variables[3], sizeof service->variables[3], "BENCH_WORKERS=%u",
		 place->workers ? place->workers : 1);
	for (size_t i = 0; i < sizeof service->variables / sizeof *service->variables; i++)
		service->environment[i] = service->variables[i];
	if (target_init(&service->target, url, place->http, err))
		return -1;
	if (place->takes_shares && quota_open(&service->quota, err))
		return err_prefix(err, "--server-share");
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
	/* O_APPEND: a server may open its stderr again (/dev/stderr), and the file may be cut while it is written. */
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

/* Moves to where the server is to run. */
static int network_change(struct service *service, struct err *err)
{
	struct network *network = service->place.network;
	struct err ignored; /* without the accept queue its evidence is missing, and no figure */

	if (service->place.stays && service->has_moved)
		return 0;
	accept_queue_close(&service->queue);
	if (service->server->network == CONF_NETWORK_HOST ? network_leave(network, err) : network_renew(network, err))
		return -1;
	accept_queue_open(&service->queue, service->place.port, &ignored);
	service->has_moved = true;
	return 0;
}

/* On a failure nothing is left running; *exited: because the server exited. */
static int start(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, bool *exited,
		 struct err *err)
{
	struct launch launch = {
		.command = service->server->command,
		.folder = service->server->folder,
		.environment = service->environment,
		.cpus = service->place.cpus,
		.stderr_fd = service->stderr_fd,
	};

	*exited = false;
	if (service->quota.folder[0] && (launch.door_fd = quota_door(&service->quota, err)) < 0)
		return -1;
	int bad = network_change(service, err) || supervisor_launch(&service->supervisor, &launch, err);
	if (launch.door_fd > 0)
		close(launch.door_fd);
	if (bad)
		return -1;
	if (!supervisor_wait_ready(&service->supervisor, &service->target, ready_ns, stop, err))
		return 0;
	*exited = service->supervisor.exited;
	supervisor_stop(&service->supervisor, service->place.grace_ns);
	return -1;
}

int service_start(struct service *service, uint64_t ready_ns, const volatile sig_atomic_t *stop, struct err *err)
{
	struct err ignored;
	bool exited;

	if (!start(service, ready_ns, stop, &exited, err))
		return 0;
	if (service->stderr_fd >= 0) {
		service_add_stderr(service, err);
		return -1;
	}
	if (!exited || (stop && *stop) || service_keep_stderr(service, &ignored))
		return -1;
	if (!start(service, AGAIN_NS, stop, &exited, &ignored))
		supervisor_stop(&service->supervisor, service->place.grace_ns);
	service_add_stderr(service, err);
	service_drop_stderr(service);
	return -1;
}

/* Whether a line is an address and no more, or empty. */
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
	struct err ignored; /* an empty group that stays does no harm */

	supervisor_stop(&service->supervisor, service->place.grace_ns);
	quota_close(&service->quota, &ignored);
	accept_queue_close(&service->queue);
	target_release(&service->target);
	service_drop_stderr(service);
}
