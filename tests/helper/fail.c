/*
 * fail: an object for LD_PRELOAD that makes calls of the C library fail, to test how the program handles it.
 *
 *     BENCHCTL_FAIL=NAME:K:ERRNO     the K-th call of NAME fails with that number in errno
 *     BENCHCTL_FAIL=NAME:K+:ERRNO    and all that follow it
 *     BENCHCTL_FAIL=NAME:K:short     a write() or send() takes only the first byte
 *     BENCHCTL_FAIL=NAME:K+:short    and those that follow it fail with ENOSPC, as on a disk that is full
 *     BENCHCTL_FAIL=send:1+:busy     each send() takes a tenth of a millisecond of CPU time more: the client is the limit
 *     BENCHCTL_FAIL_COUNTS=FILE      at exit a line "NAME CALLS" for each function is written to FILE
 *
 * With 0 for ERRNO the call does nothing and reports success. Calls are counted from the program's start, over all
 * threads. `malloc` stands for every allocating function. Only a process named benchctl is affected: its forked
 * children count nothing, and what they execute does not load this object.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
#define FUNCTIONS(X)                                                                                                  \
	X(malloc) X(socket) X(bind) X(connect) X(send) X(recv) X(setsockopt) X(getsockname) X(getaddrinfo)            \
	X(epoll_create1) X(epoll_ctl) X(epoll_pwait2) X(pthread_create) X(close_range) X(nanosleep) X(poll)           \
	X(pthread_mutex_lock) X(open) X(fopen) X(opendir) X(mkdir) X(read) X(write) X(lseek) X(fsync)                 \
	X(ftruncate) X(rename) X(io_uring_queue_init_params) X(io_uring_get_probe_ring)                               \
	X(io_uring_register_files_sparse) X(io_uring_register_ring_fd) X(io_uring_register_buf_ring)                  \
	X(io_uring_register_sync_cancel) X(io_uring_submit) X(io_uring_submit_and_wait_timeout)                       \
	X(io_uring_submit_and_get_events) X(io_uring_get_events) X(fork) X(pipe2) X(socketpair) X(memfd_create)       \
	X(sched_setaffinity) X(sched_getaffinity)
/* clang-format on */

#define AS_ENUM(name) CALL_##name,
#define AS_TEXT(name) #name,

enum call { FUNCTIONS(AS_ENUM) CALLS };

static const char *const names[CALLS] = { FUNCTIONS(AS_TEXT) };
static atomic_ulong counts[CALLS];
static atomic_bool counting;
static enum call wanted = CALLS;
static unsigned long from;
static bool all_after, is_short, is_busy;
static int number;

/* Counts the call. 0: it succeeds; 1: it is the K-th, which fails; 2: a later call that fails too. */
static int hits(enum call call)
{
	if (!atomic_load_explicit(&counting, memory_order_relaxed))
		return 0;
	unsigned long count = atomic_fetch_add_explicit(&counts[call], 1, memory_order_relaxed) + 1;
	return call != wanted || count < from ? 0 : count == from ? 1 : all_after ? 2 : 0;
}

static bool fails(enum call call)
{
	if (!hits(call))
		return false;
	errno = number;
	return true;
}

/* What a failing call returns. */
#define FAILED (number ? -1 : 0)

/* The function that is wrapped: a sanitizer's or the C library's. */
#define REAL(name)                     \
	static __typeof__(&name) real; \
	if (!real)                     \
	real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRAP(type, failed, name, parameters, ...)                               \
	type name parameters                                                    \
	{                                                                       \
		REAL(name);                                                     \
		return fails(CALL_##name) ? (type)(failed) : real(__VA_ARGS__); \
	}

#define WRAP_ALLOCATION(name, parameters, ...)                        \
	void *name parameters                                         \
	{                                                             \
		REAL(name);                                           \
		return fails(CALL_malloc) ? NULL : real(__VA_ARGS__); \
	}

WRAP_ALLOCATION(malloc, (size_t bytes), bytes)
WRAP_ALLOCATION(calloc, (size_t count, size_t bytes), count, bytes)
WRAP_ALLOCATION(realloc, (void *old, size_t bytes), old, bytes)
WRAP_ALLOCATION(aligned_alloc, (size_t alignment, size_t bytes), alignment, bytes)

/* A sanitizer's own strdup() would bypass malloc() here. */
char *strdup(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = malloc(bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

WRAP(int, FAILED, socket, (int domain, int type, int protocol), domain, type, protocol)
WRAP(int, FAILED, bind, (int fd, const struct sockaddr *address, socklen_t bytes), fd, address, bytes)
WRAP(int, FAILED, connect, (int fd, const struct sockaddr *address, socklen_t bytes), fd, address, bytes)
WRAP(ssize_t, FAILED, recv, (int fd, void *buffer, size_t bytes, int flags), fd, buffer, bytes, flags)
WRAP(int, FAILED, setsockopt, (int fd, int level, int option, const void *value, socklen_t bytes), fd, level, option,
     value, bytes)
WRAP(int, FAILED, getsockname, (int fd, struct sockaddr *address, socklen_t *bytes), fd, address, bytes)
WRAP(int, EAI_AGAIN, getaddrinfo,
     (const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found), host, port, hints,
     found)
WRAP(int, FAILED, epoll_create1, (int flags), flags)
WRAP(int, FAILED, epoll_ctl, (int epoll, int op, int fd, struct epoll_event *event), epoll, op, fd, event)
WRAP(int, number, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument), thread, attributes,
     start, argument)
WRAP(int, number, pthread_mutex_lock, (pthread_mutex_t * mutex), mutex)
WRAP(int, FAILED, close_range, (unsigned low, unsigned high, int flags), low, high, flags)
WRAP(int, FAILED, nanosleep, (const struct timespec *time, struct timespec *left), time, left)
WRAP(int, FAILED, poll, (struct pollfd * fds, nfds_t count, int wait), fds, count, wait)
WRAP(FILE *, NULL, fopen, (const char *path, const char *mode), path, mode)
WRAP(DIR *, NULL, opendir, (const char *path), path)
WRAP(int, FAILED, mkdir, (const char *path, mode_t mode), path, mode)
WRAP(ssize_t, FAILED, read, (int fd, void *buffer, size_t bytes), fd, buffer, bytes)
WRAP(off_t, FAILED, lseek, (int fd, off_t offset, int whence), fd, offset, whence)
WRAP(int, FAILED, fsync, (int fd), fd)
WRAP(int, FAILED, ftruncate, (int fd, off_t bytes), fd, bytes)
WRAP(int, FAILED, rename, (const char *from_path, const char *to_path), from_path, to_path)
WRAP(pid_t, FAILED, fork, (void))
WRAP(int, FAILED, pipe2, (int pipes[2], int flags), pipes, flags)
WRAP(int, FAILED, socketpair, (int domain, int type, int protocol, int ends[2]), domain, type, protocol, ends)
WRAP(int, FAILED, memfd_create, (const char *name, unsigned flags), name, flags)
WRAP(int, FAILED, sched_setaffinity, (pid_t pid, size_t bytes, const cpu_set_t *set), pid, bytes, set)
WRAP(int, FAILED, sched_getaffinity, (pid_t pid, size_t bytes, cpu_set_t *set), pid, bytes, set)

/* Functions of liburing return the negated error number. */
WRAP(int, -number, io_uring_queue_init_params,
     (unsigned entries, struct io_uring *ring, struct io_uring_params *params), entries, ring, params)
WRAP(struct io_uring_probe *, NULL, io_uring_get_probe_ring, (struct io_uring * ring), ring)
WRAP(int, -number, io_uring_register_files_sparse, (struct io_uring * ring, unsigned count), ring, count)
WRAP(int, -number, io_uring_register_ring_fd, (struct io_uring * ring), ring)
WRAP(int, -number, io_uring_register_buf_ring,
     (struct io_uring * ring, struct io_uring_buf_reg *buffers, unsigned flags), ring, buffers, flags)
WRAP(int, -number, io_uring_register_sync_cancel, (struct io_uring * ring, struct io_uring_sync_cancel_reg *what), ring,
     what)
WRAP(int, -number, io_uring_submit, (struct io_uring * ring), ring)
WRAP(int, -number, io_uring_submit_and_wait_timeout,
     (struct io_uring * ring, struct io_uring_cqe **completions, unsigned count, struct __kernel_timespec *wait,
      sigset_t *mask),
     ring, completions, count, wait, mask)
WRAP(int, -number, io_uring_submit_and_get_events, (struct io_uring * ring), ring)
WRAP(int, -number, io_uring_get_events, (struct io_uring * ring), ring)

int open(const char *path, int flags, ...)
{
	REAL(open);
	va_list args;

	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return fails(CALL_open) ? FAILED : real(path, flags, mode);
}

int epoll_pwait2(int epoll, struct epoll_event *events, int max, const struct timespec *wait, const sigset_t *mask)
{
	REAL(epoll_pwait2);
	if (fails(CALL_epoll_pwait2))
		return FAILED;
	int count = real(epoll, events, max, wait, mask);
	if (count >= 0 || errno != ENOSYS)
		return count;
	/* A valgrind that does not know the call: in whole milliseconds, rounded up. */
	return epoll_pwait(epoll, events, max,
			   wait ? (int)(wait->tv_sec * 1000 + (wait->tv_nsec + 999999) / 1000000) : -1, mask);
}

static void burn(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec < 100000);
}

ssize_t send(int fd, const void *data, size_t bytes, int flags)
{
	REAL(send);
	int hit = hits(CALL_send);
	if (hit && is_busy) {
		burn();
		hit = 0;
	}
	if (!hit || (hit == 1 && is_short))
		return real(fd, data, hit ? 1 : bytes, flags);
	errno = number;
	return FAILED;
}

ssize_t write(int fd, const void *data, size_t bytes)
{
	REAL(write);
	int hit = hits(CALL_write);
	if (!hit || (hit == 1 && is_short))
		return real(fd, data, hit ? 1 : bytes);
	errno = number;
	return FAILED;
}

static void stop_counting(void)
{
	atomic_store(&counting, false);
}

static const char *counts_path;

static void __attribute__((destructor)) report(void)
{
	if (!atomic_exchange(&counting, false) || !counts_path)
		return;
	int fd = open(counts_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	for (int i = 0; i < CALLS; i++)
		dprintf(fd, "%s %lu\n", names[i], counts[i]);
	close(fd);
}

static void __attribute__((constructor)) prepare(void)
{
	char name[64], last[32];
	const char *spec = getenv("BENCHCTL_FAIL");

	if (strcmp(program_invocation_short_name, "benchctl") != 0)
		return;
	if (spec && sscanf(spec, "%63[^:]:%lu%31s", name, &from, last) == 3) {
		const char *how = strchr(last, ':');
		all_after = last[0] == '+';
		is_short = how && strcmp(how, ":short") == 0;
		is_busy = how && strcmp(how, ":busy") == 0;
		number = is_short ? ENOSPC : how ? atoi(how + 1) : 0;
		for (wanted = 0; wanted < CALLS && strcmp(names[wanted], name) != 0; wanted++)
			;
	}
	if (spec && wanted == CALLS) {
		fprintf(stderr, "BENCHCTL_FAIL=%s: no such function\n", spec);
		abort();
	}
	counts_path = getenv("BENCHCTL_FAIL_COUNTS");
	unsetenv("LD_PRELOAD");
	pthread_atfork(NULL, NULL, stop_counting);
	atomic_store(&counting, true);
}
