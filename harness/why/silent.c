#include "harness/why/silent.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/lib/clock.h"

/* Descriptors that this process needs for other things. */
#define RESERVE 256
/* Handshakes at once. */
#define BATCH 128

uint32_t silent_max(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur <= 2 * RESERVE)
		return 0;
	return files.rlim_cur > UINT32_MAX ? UINT32_MAX : (uint32_t)files.rlim_cur - RESERVE;
}

static int connection_begin(const struct target *target)
{
	int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!connect(fd, (const struct sockaddr *)&target->address, target->address_bytes) || errno == EINPROGRESS)
		return fd;
	int number = errno;
	close(fd);
	errno = number;
	return -1;
}

/* Waits for the end of a handshake. Returns 0, or -1 with errno set. */
static int connection_end(int fd, uint64_t deadline_ns, const volatile sig_atomic_t *stop)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t bytes = sizeof error;
	int some = 0;

	for (uint64_t now = clock_ns(); !some && now < deadline_ns && !(stop && *stop); now = clock_ns()) {
		uint64_t left = deadline_ns - now < CLOCK_LOOK_NS ? deadline_ns - now : CLOCK_LOOK_NS;
		some = poll(&ready, 1, (int)(left / CLOCK_MS) + 1);
	}
	if (some == 0)
		errno = ETIMEDOUT;
	if (some <= 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes))
		return -1;
	errno = error;
	return error ? -1 : 0;
}

int silent_open(struct silent *silent, const struct target *target, uint32_t count, uint64_t timeout_ns,
		const volatile sig_atomic_t *stop, struct err *err)
{
	uint64_t deadline_ns = clock_ns() + timeout_ns;
	size_t ended = 0;

	*silent = (struct silent){ .fds = calloc(count + 1, sizeof *silent->fds) };
	if (!silent->fds)
		return err_set(err, "out of memory");
	while (ended < count) {
		int fd = silent->count < count && silent->count - ended < BATCH ? connection_begin(target) : -2;
		if (fd >= 0) {
			silent->fds[silent->count++] = fd;
			continue;
		}
		if (fd == -1 || connection_end(silent->fds[ended], deadline_ns, stop)) {
			err_set_errno(err, "opening silent connection %zu of %u", ended + 1, count);
			silent_close(silent);
			return -1;
		}
		ended++;
	}
	return 0;
}

void silent_close(struct silent *silent)
{
	for (size_t i = 0; i < silent->count; i++)
		close(silent->fds[i]);
	free(silent->fds);
	*silent = (struct silent){ 0 };
}
