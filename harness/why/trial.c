#include "harness/why/trial.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/lib/clock.h"
#include "harness/why/silent.h"

/* How long a server may take to accept its silent connections; one that never does is measured as it is. */
#define ACCEPT_NS (2 * CLOCK_S)
#define WARMUP_NS (100 * CLOCK_MS)
#define READY_NS  (2 * CLOCK_S)

/* A launch that goes on. */
struct launched {
	const struct condition *condition;
	struct silent silent;
};

/* Sets a limit of the network that the server has just been started in; never of the host's. */
static int buckets_set(const struct service *service, uint32_t buckets, struct err *err)
{
	if (!service->place.network->is_private || service->server->network == CONF_NETWORK_HOST)
		return err_set(err, "there is no private network whose TIME_WAIT buckets could be changed");
	int fd = open("/proc/sys/net/ipv4/tcp_max_tw_buckets", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%u", buckets) < 0)
		err_set_errno(err, "setting tcp_max_tw_buckets of the private network");
	else
		return close(fd);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void wait_accepted(struct service *service)
{
	static const struct timespec pause = { .tv_nsec = 5 * CLOCK_MS };
	uint64_t deadline_ns = clock_ns() + ACCEPT_NS;

	while (service_queue_length(service) > 0 && clock_ns() < deadline_ns &&
	       !(service->place.stop && *service->place.stop))
		nanosleep(&pause, NULL);
}

static int on_started(void *context, struct service *service, struct err *err)
{
	struct launched *launched = context;
	const struct condition *condition = launched->condition;

	if (levers_pull(&condition->levers, service->supervisor.keeper, err))
		return -1;
	if (condition->tw_buckets && buckets_set(service, condition->tw_buckets, err))
		return -1;
	if (!condition->silent)
		return 0;
	if (silent_open(&launched->silent, &service->target, condition->silent, TRIAL_TIMEOUT_NS, service->place.stop,
			err))
		return -1;
	wait_accepted(service);
	return 0;
}

static void on_ending(void *context)
{
	struct launched *launched = context;

	silent_close(&launched->silent);
}

/* Moves the cells over, as those of one launch. */
static int cells_take(struct trial *trial, struct document *from, struct err *err)
{
	int result = 0;

	trial->launches++;
	for (size_t i = 0; i < from->cells_count && !result; i++) {
		from->cells[i].block = trial->launches;
		result = document_add_cell(trial->document, &from->cells[i]);
		if (!result)
			memset(&from->cells[i], 0, sizeof from->cells[i]);
	}
	return result ? err_set(err, "out of memory") : 0;
}

int trial_launch(struct trial *trial, const struct condition *condition, struct err *err)
{
	uint32_t level = condition->level;
	struct settings settings = *trial->sweep->settings;
	struct launched launched = { .condition = condition };
	const struct conf_server *server = condition->control ? trial->control : trial->server;
	struct document document = { 0 };
	const struct sweep_change change = {
		.workers = condition->workers,
		.started = on_started,
		.ending = on_ending,
		.context = &launched,
	};
	struct sweep sweep = *trial->sweep;

	settings.concurrency = (struct levels){ .level = &level, .count = 1 };
	settings.rate.count = settings.after_sweep.count = 0;
	settings.repeat = 1;
	settings.active = 1;
	settings.requests = 0;
	settings.warmup_ns = WARMUP_NS;
	settings.duration_ns = condition->duration_ns ? condition->duration_ns : TRIAL_DURATION_NS;
	settings.max_window_ns = settings.duration_ns > 2 * CLOCK_S ? settings.duration_ns : 2 * CLOCK_S;
	settings.max_ramp_ns = condition->max_ramp_ns ? condition->max_ramp_ns : TRIAL_RAMP_NS;
	settings.timeout_ns = TRIAL_TIMEOUT_NS;
	settings.ready_ns = settings.ready_ns > READY_NS ? READY_NS : settings.ready_ns;
	settings.server_share = condition->is_half ? SHARE_HALF : SHARE_WHOLE;
	sweep.takes_shares = condition->is_half;
	sweep.settings = &settings;
	sweep.servers = &server;
	sweep.servers_count = 1;
	sweep.client = condition->client ? condition->client : sweep.client;
	sweep.modes_count = 0;
	for (int mode = 0; mode < LOAD_MODES; mode++)
		if (condition->modes & 1u << mode)
			sweep.modes[sweep.modes_count++] = (enum load_mode)mode;
	sweep.has_arms = false;
	sweep.levels_only = true;
	sweep.ledger = NULL;
	sweep.watch = NULL;
	sweep.document = &document;
	sweep.change = &change;
	int result = sweep_run(&sweep, err) || cells_take(trial, &document, err) ? -1 : 0;
	if (!result && sweep.stop && *sweep.stop)
		result = err_set(err, "interrupted");
	document_release(&document);
	return result;
}

const struct cell *trial_cell(const struct trial *trial, enum load_mode mode)
{
	const struct document *document = trial->document;

	for (size_t i = document->cells_count; i-- && document->cells[i].block == trial->launches;)
		if (strcmp(document->cells[i].mode, load_mode_names[mode]) == 0)
			return &document->cells[i];
	return NULL;
}
