#include "clients/uring.h"

#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "clients/crew.h"
#include "clients/engine.h"

/* Entries of the submission queue: several chains of connections between two system calls. */
#define ENTRIES 1024
/* Completions that may be pending: several of each connection, since a lost one is a lost response. */
#define COMPLETIONS_MIN 4096
#define COMPLETIONS_MAX 65536
/* The longest chain: socket, setsockopt, bind, connect, send, receive. */
#define CHAIN_MAX 6
/*
 * The maximum of connections begun between two system calls. Latency counts from the moment when the chain is queued,
 * and the last chain queued must not wait for a hundred handshakes.
 */
#define DIALS_MAX 8
/* How often the kernel is asked to take entries before that counts as a failure. */
#define TRIES_MAX 1000
#define BATCH     512
/* Connections that are ended between two system calls: three entries each. */
#define END_BATCH (ENTRIES / 4)

/*
 * From this number of connections per thread on there are many. The kernel's work for a completion is then done
 * whenever a system call of the thread returns, not in batches that the thread asks for: where thousands of responses
 * are in the queue, the second half of a connect() waits until after them all, and meets a cold cache (measured: a
 * fifth of the rate). Below, batches are cheaper.
 */
#define MANY 512

/*
 * Buffers for responses, shared by all connections of a thread. The kernel takes them in turn. Many connections may
 * have as many responses waiting, so there is a smaller buffer for each, as far as the kernel's limit allows; a longer
 * response takes several.
 */
#define BUFFERS_MIN 256
#define BUFFERS_MAX 16384
/* No powers of two: the starts of all buffers would share a few sets of the caches. */
#define BUFFER_BYTES      (4096 + 64)
#define BUFFER_BYTES_MANY (512 + 64)
#define BUFFER_GROUP      0

/* Part of the kernel's interface, and newer than the headers of Debian 12 (include/uapi/linux/io_uring.h). */
#define OP_BIND                   56 /* Linux 6.11 */
#define SOCKET_COMMAND_SETSOCKOPT 3  /* Linux 6.7 */

#define NO_BIND "more than %u connections need Linux 6.11 (IORING_OP_BIND)"

enum operation { OPERATION_OPEN, OPERATION_CONNECT, OPERATION_SEND, OPERATION_RECEIVE, OPERATION_CLOSE };

/* The user data of a completion: slot, operation, and which of the slot's connections it was. */
#define SERIAL_BITS 24
#define SERIAL_MASK ((1u << SERIAL_BITS) - 1)

struct uring_state {
	struct io_uring ring;
	bool has_ring, can_bind;
	struct io_uring_buf_ring *buffers;
	unsigned buffers_count, buffer_bytes;
	char *memory;   /* of the buffers */
	unsigned dials; /* since the last system call */
	int failed;     /* errno of a kernel that takes no more entries; they then go to `spare` */
	struct io_uring_sqe spare;
};

static struct uring_state *state_of(const struct engine *engine)
{
	return engine->io_state;
}

static uint32_t slot_of(const struct engine *engine, const struct conn *conn)
{
	return (uint32_t)(conn - engine->conns);
}

static uint64_t mark_of(const struct engine *engine, const struct conn *conn, enum operation operation)
{
	return (uint64_t)slot_of(engine, conn) << 32 | (uint64_t)operation << SERIAL_BITS |
	       (conn->handle & SERIAL_MASK);
}

/* Room for a chain, which must not be torn: one system call takes a whole chain or the links are lost. */
static void room_make(struct uring_state *state, unsigned entries)
{
	/* Short of memory, the kernel takes only some of the entries, or none: completions free memory. */
	for (int tries = 0; io_uring_sq_space_left(&state->ring) < entries && !state->failed; tries++) {
		int result = io_uring_submit(&state->ring);
		if (result < 0)
			io_uring_get_events(&state->ring);
		if (tries > TRIES_MAX)
			state->failed = result < 0 ? -result : EBUSY;
		state->dials = 0;
	}
}

/* Submits the queued entries; does not wait. */
static void uring_flush(struct engine *engine)
{
	struct uring_state *state = state_of(engine);
	uint64_t before = engine->leaving_count ? clock_ns() : 0;

	/* Short of memory, the kernel leaves some to the next system call; any other error is permanent. */
	int result = io_uring_submit(&state->ring);
	if (result < 0 && result != -EAGAIN && result != -EBUSY && result != -EINTR && !state->failed)
		state->failed = -result;
	state->dials = 0;
	if (engine->leaving_count)
		engine_left(engine, before, engine->leaving_count > 1 ? clock_ns() : before);
}

/* The next entry, on the connection's slot. */
static struct io_uring_sqe *entry(struct engine *engine, struct conn *conn, enum operation operation)
{
	struct uring_state *state = state_of(engine);
	struct io_uring_sqe *sqe = state->failed ? NULL : io_uring_get_sqe(&state->ring);

	if (!sqe)
		sqe = &state->spare;
	memset(sqe, 0, sizeof *sqe);
	io_uring_sqe_set_data64(sqe, mark_of(engine, conn, operation));
	return sqe;
}

/* Fills in an entry by a function of liburing, which clears the user data. */
#define PREPARE(sqe, function, ...)               \
	do {                                      \
		uint64_t mark = (sqe)->user_data; \
		function((sqe), __VA_ARGS__);     \
		(sqe)->user_data = mark;          \
	} while (0)

/*
 * Waits for the response, and for what follows it. Right after a connect() it cannot be there yet: `early` saves a
 * useless attempt to receive.
 */
static void receive_arm(struct engine *engine, struct conn *conn, bool early)
{
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_RECEIVE);

	PREPARE(sqe, io_uring_prep_recv_multishot, (int)slot_of(engine, conn), NULL, 0, 0);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
	sqe->buf_group = BUFFER_GROUP;
	if (early)
		sqe->ioprio |= IORING_RECVSEND_POLL_FIRST;
	conn->registered = true;
}

static void send_prepare(struct engine *engine, struct conn *conn, unsigned flags)
{
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_SEND);

	const struct http_span output = engine_output(engine, conn);
	/* With MSG_WAITALL a short send goes on by itself. */
	PREPARE(sqe, io_uring_prep_send, (int)slot_of(engine, conn), output.data, output.bytes,
		MSG_NOSIGNAL | MSG_WAITALL);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS | flags;
}

/*
 * Cancels one operation of a connection. By its user data it is found at once; by its descriptor, all of the ring are
 * searched.
 */
static void cancel_prepare(struct engine *engine, struct conn *conn, enum operation operation)
{
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_CLOSE);

	PREPARE(sqe, io_uring_prep_cancel64, mark_of(engine, conn, operation), 0);
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

/* Ends the slot's connection in the kernel, whatever its state. Later completions have an old serial. */
static void uring_close(struct engine *engine, struct conn *conn)
{
	struct uring_state *state = state_of(engine);

	if (!conn->dial_ns)
		return; /* never opened */
	room_make(state, 3);
	/*
	 * Operations linked after the connect end with it; but it may be over without its completion having been read.
	 */
	if (!conn->established)
		cancel_prepare(engine, conn, OPERATION_CONNECT);
	if (conn->registered)
		cancel_prepare(engine, conn, OPERATION_RECEIVE);
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_CLOSE);
	PREPARE(sqe, io_uring_prep_close_direct, slot_of(engine, conn));
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
	conn->handle++;
	conn->registered = false;
	conn->dial_ns = 0;
}

/* Binds to the next of the source addresses; the port is chosen by connect(), which knows the whole tuple. */
static void source_prepare(struct engine *engine, struct conn *conn, const struct source *source)
{
	static const int on = 1;
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_OPEN);

	sqe->opcode = IORING_OP_URING_CMD;
	sqe->fd = (int)slot_of(engine, conn);
	sqe->off = SOCKET_COMMAND_SETSOCKOPT;
	sqe->addr = (uint64_t)IP_BIND_ADDRESS_NO_PORT << 32 | IPPROTO_IP;
	sqe->file_index = sizeof on;
	sqe->addr3 = (uintptr_t)&on;
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	sqe = entry(engine, conn, OPERATION_OPEN);
	sqe->opcode = OP_BIND;
	sqe->fd = (int)slot_of(engine, conn);
	sqe->addr = (uintptr_t)&source->any;
	sqe->addr2 = source->bytes;
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
}

static void uring_open(struct engine *engine, struct conn *conn, uint64_t now_ns)
{
	struct uring_state *state = state_of(engine);
	const struct target *target = engine->target;

	/* A connection that has ended by itself is closed when the new socket replaces it in the slot. */
	if (conn->registered)
		uring_close(engine, conn);
	conn->handle++;
	/* Submitting the entries queued before may take as long as a hundred handshakes. */
	bool late = state->dials >= DIALS_MAX || io_uring_sq_space_left(&state->ring) < CHAIN_MAX;
	if (state->dials >= DIALS_MAX)
		uring_flush(engine);
	state->dials++;
	room_make(state, CHAIN_MAX);
	const struct source *source = state->can_bind ? engine_source(engine) : NULL;
	engine_dials(engine, conn, late ? clock_ns() : now_ns);
	struct io_uring_sqe *sqe = entry(engine, conn, OPERATION_OPEN);
	PREPARE(sqe, io_uring_prep_socket_direct, target->address.ss_family, SOCK_STREAM, 0, slot_of(engine, conn), 0);
	sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	if (source)
		source_prepare(engine, conn, source);
	sqe = entry(engine, conn, OPERATION_CONNECT);
	PREPARE(sqe, io_uring_prep_connect, (int)slot_of(engine, conn), (const struct sockaddr *)&target->address,
		target->address_bytes);
	sqe->flags |= IOSQE_FIXED_FILE | IOSQE_IO_LINK;
	send_prepare(engine, conn, IOSQE_IO_LINK);
	receive_arm(engine, conn, true);
}

static void uring_request(struct engine *engine, struct conn *conn)
{
	room_make(state_of(engine), 1);
	send_prepare(engine, conn, 0);
}

static char *buffer_at(const struct uring_state *state, unsigned buffer)
{
	return state->memory + (size_t)buffer * state->buffer_bytes;
}

/* Gives a buffer to the kernel, as the offset-th of those given together. */
static void buffer_give(struct uring_state *state, unsigned buffer, int offset)
{
	io_uring_buf_ring_add(state->buffers, buffer_at(state, buffer), state->buffer_bytes, (unsigned short)buffer,
			      io_uring_buf_ring_mask(state->buffers_count), offset);
}

static void received(struct engine *engine, struct conn *conn, int result, unsigned flags, uint64_t now_ns)
{
	struct uring_state *state = state_of(engine);
	uint32_t serial = conn->handle;
	unsigned buffer = flags >> IORING_CQE_BUFFER_SHIFT;

	conn->registered = flags & IORING_CQE_F_MORE;
	if (result == -ENOBUFS)
		; /* others had them all: asked for again below */
	else if (conn->state != CONN_READING && engine->tls && result > 0)
		engine_unasked(engine, conn, buffer_at(state, buffer), (size_t)result, now_ns);
	else if (conn->state != CONN_READING)
		engine_disturbed(engine, conn, result > 0, now_ns);
	else if (result > 0)
		engine_received(engine, conn, buffer_at(state, buffer), (size_t)result, false, now_ns);
	else if (result == 0)
		engine_ended(engine, conn, now_ns);
	else
		engine_failed(engine, conn, -result, now_ns);
	/* Still the same connection, and no receive is armed. */
	if (conn->handle == serial && !conn->registered && (result > 0 || result == -ENOBUFS)) {
		room_make(state, 1);
		receive_arm(engine, conn, false);
	}
}

static void connected(struct engine *engine, struct conn *conn, int result, uint64_t now_ns)
{
	if (result == -EADDRNOTAVAIL && state_of(engine)->can_bind && engine_spread(engine)) {
		uring_open(engine, conn, now_ns);
	} else if (result < 0) {
		engine_failed(engine, conn, -result, now_ns);
	} else {
		engine_established(engine, conn, now_ns);
		engine_sent(conn);
	}
}

static void completed(struct engine *engine, const struct io_uring_cqe *cqe, uint64_t now_ns)
{
	struct uring_state *state = state_of(engine);
	struct conn *conn = &engine->conns[cqe->user_data >> 32];
	enum operation operation = cqe->user_data >> SERIAL_BITS & 0xff;

	/* Of an old connection; or the rest of a chain, whose first failure has the reason. */
	bool stale = (cqe->user_data & SERIAL_MASK) != (conn->handle & SERIAL_MASK);
	if (!stale && cqe->res != -ECANCELED) {
		if (operation == OPERATION_RECEIVE)
			received(engine, conn, cqe->res, cqe->flags, now_ns);
		else if (operation == OPERATION_CONNECT)
			connected(engine, conn, cqe->res, now_ns);
		else if (operation == OPERATION_SEND && cqe->res >= 0)
			engine_failed(engine, conn, ECONNABORTED,
				      now_ns); /* a send completes visibly only if it was short */
		else if (operation != OPERATION_CLOSE && cqe->res < 0)
			engine_failed(engine, conn, -cqe->res, now_ns);
	}
	if (cqe->flags & IORING_CQE_F_BUFFER) {
		unsigned buffer = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
		buffer_give(state, buffer, 0);
		io_uring_buf_ring_advance(state->buffers, 1);
	}
}

static int uring_wait(struct engine *engine, uint64_t timeout_ns, struct err *err)
{
	struct uring_state *state = state_of(engine);
	struct __kernel_timespec timeout = { (int64_t)(timeout_ns / CLOCK_S), (long long)(timeout_ns % CLOCK_S) };
	struct io_uring_cqe *cqes[BATCH];

	if (engine->leaving_count > 1) {
		uring_flush(engine);
	} else if (engine->leaving_count) {
		uint64_t now = clock_ns();
		engine_left(engine, now, now);
	}
	int result = timeout_ns ? io_uring_submit_and_wait_timeout(&state->ring, cqes, 1, &timeout, NULL)
				: io_uring_submit_and_get_events(&state->ring);
	errno = state->failed;
	if (state->failed)
		return err_set_errno(err, "io_uring_enter takes no more requests");
	errno = -result;
	/* Busy or short of memory: the completions handled below make room. */
	if (result < 0 && errno != ETIME && errno != EINTR && errno != EBUSY && errno != EAGAIN)
		return err_set_errno(err, "io_uring_enter");
	state->dials = 0;
	unsigned count = io_uring_peek_batch_cqe(&state->ring, cqes, BATCH);
	for (unsigned i = 0; i < count; i++) {
		completed(engine, cqes[i], clock_ns());
		while (engine->open_loop && !engine_arrive(engine, clock_ns()))
			;
	}
	io_uring_cq_advance(&state->ring, count);
	return 0;
}

static bool is_many(uint32_t connections)
{
	return connections >= MANY;
}

/* The smallest power of two that is at least `wanted`, within two bounds. */
static unsigned power_above(unsigned wanted, unsigned min, unsigned max)
{
	unsigned power = min;

	while (power < wanted && power < max)
		power *= 2;
	return power;
}

/* Returns 0, or an errno. */
static int ring_try(struct io_uring *ring, uint32_t connections)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL |
			 (is_many(connections) ? IORING_SETUP_COOP_TASKRUN : IORING_SETUP_DEFER_TASKRUN),
		.cq_entries = power_above(4 * connections, COMPLETIONS_MIN, COMPLETIONS_MAX),
	};

	return -io_uring_queue_init_params(ENTRIES, ring, &params);
}

static int ring_explain(int number, struct err *err)
{
	errno = number;
	if (number == EPERM)
		return err_set(err,
			       "io_uring is forbidden here (kernel.io_uring_disabled, or a filter of system calls)");
	if (number == ENOSYS)
		return err_set(err, "this kernel has no io_uring");
	if (number == EINVAL)
		return err_set(err, "this kernel's io_uring is too old: Linux 6.1 is needed");
	return err_set_errno(err, "io_uring_setup");
}

static int ring_make(struct io_uring *ring, uint32_t connections, struct err *err)
{
	int number = ring_try(ring, connections);

	return number ? ring_explain(number, err) : 0;
}

/* Whether its connections can have source addresses of their own. */
static bool ring_can_bind(struct io_uring *ring)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
	bool can = probe && io_uring_opcode_supported(probe, OP_BIND);

	if (probe)
		io_uring_free_probe(probe);
	return can;
}

static size_t buffers_ring_bytes(const struct uring_state *state)
{
	return state->buffers_count * sizeof(struct io_uring_buf);
}

static size_t buffers_bytes(const struct uring_state *state)
{
	return buffers_ring_bytes(state) + (size_t)state->buffers_count * state->buffer_bytes;
}

static int buffers_make(struct uring_state *state, uint32_t connections, struct err *err)
{
	state->buffers_count = power_above(connections, BUFFERS_MIN, BUFFERS_MAX);
	state->buffer_bytes = is_many(connections) ? BUFFER_BYTES_MANY : BUFFER_BYTES;
	char *memory = mmap(NULL, buffers_bytes(state), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return err_set_errno(err, "buffers for responses");
	state->buffers = (struct io_uring_buf_ring *)memory;
	state->memory = memory + buffers_ring_bytes(state);
	madvise(memory, buffers_bytes(state), MADV_HUGEPAGE); /* where it can be had */
	struct io_uring_buf_reg reg = {
		.ring_addr = (uintptr_t)memory,
		.ring_entries = state->buffers_count,
		.bgid = BUFFER_GROUP,
	};
	errno = -io_uring_register_buf_ring(&state->ring, &reg, 0);
	if (errno)
		return err_set_errno(err, "buffers for responses (io_uring_register)");
	io_uring_buf_ring_init(state->buffers);
	for (unsigned i = 0; i < state->buffers_count; i++)
		buffer_give(state, i, (int)i);
	io_uring_buf_ring_advance(state->buffers, (int)state->buffers_count);
	return 0;
}

static int uring_init(struct engine *engine, struct err *err)
{
	struct worker *worker = engine->worker;
	struct uring_state *state = engine->io_state = calloc(1, sizeof *state);

	if (!state)
		return err_set(err, "out of memory");
	if (ring_make(&state->ring, worker->connections, err))
		return -1;
	state->has_ring = true;
	state->can_bind = ring_can_bind(&state->ring);
	if (engine->spread > 1 && !state->can_bind)
		return err_set(err, NO_BIND, SOURCES_CONNECTIONS);
	errno = -io_uring_register_files_sparse(&state->ring, worker->connections);
	if (errno)
		return err_set_errno(err, "a table of %u connections (io_uring_register)", worker->connections);
	io_uring_register_ring_fd(&state->ring); /* saves a look-up in each call; not essential */
	if (buffers_make(state, worker->connections, err))
		return -1;
	worker->engine_bytes += sizeof *state + buffers_bytes(state);
	return 0;
}

/*
 * Cancels each connection's operations by their user data: to cancel all in one call, the kernel would search for each
 * among all. Their completions are ignored.
 */
static void connections_end(struct engine *engine)
{
	struct uring_state *state = state_of(engine);
	unsigned told;

	for (uint32_t i = 0; i < engine->opened && !state->failed; i++) {
		uring_close(engine, &engine->conns[i]);
		if ((i + 1) % END_BATCH && i + 1 < engine->opened)
			continue;
		/*
		 * The kernel completes a few of them per call (20 on Linux 6.18), and the others are still among all.
		 */
		do {
			io_uring_submit_and_get_events(&state->ring);
			told = io_uring_cq_ready(&state->ring);
			io_uring_cq_advance(&state->ring, told);
		} while (told);
	}
}

static void uring_release(struct engine *engine)
{
	struct uring_state *state = state_of(engine);

	if (state && state->has_ring) {
		connections_end(engine);
		/*
		 * Cancels the rest, which is over on return: the next cell must not meet the connections of this one.
		 */
		struct io_uring_sync_cancel_reg all = {
			.flags = IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY,
			.timeout = { -1, -1 },
		};
		io_uring_register_sync_cancel(&state->ring, &all);
		io_uring_unregister_files(&state->ring);
		io_uring_queue_exit(&state->ring);
	}
	if (state && state->buffers)
		munmap(state->buffers, buffers_bytes(state));
	free(state);
}

static const struct engine_io uring_io = {
	.init = uring_init,
	.release = uring_release,
	.open = uring_open,
	.request = uring_request,
	.close = uring_close,
	.flush = uring_flush,
	.wait = uring_wait,
};

static void uring_work(struct worker *worker)
{
	engine_work(worker, &uring_io);
}

static int uring_run(const struct load_spec *spec, struct load_sample *sample, struct err *err)
{
	return crew_run(spec, uring_work, sample, err);
}

struct find {
	int number; /* an errno, or 0 */
	bool binds;
};

/* Makes and releases a ring in a thread of its own: the kernel then interrupts no call of another thread. */
static void *find_main(void *argument)
{
	struct find *find = argument;
	struct io_uring ring;

	find->number = ring_try(&ring, 1);
	if (find->number)
		return NULL;
	find->binds = ring_can_bind(&ring);
	io_uring_queue_exit(&ring);
	return NULL;
}

int uring_probe(bool *binds)
{
	struct find find = { 0 };
	pthread_t thread;
	int number = pthread_create(&thread, NULL, find_main, &find);

	if (!number)
		pthread_join(thread, NULL);
	*binds = find.binds;
	return number ? number : find.number;
}

/* Whether it can run here: the kernel may not allow it, or be too old, or too old for so many connections. */
static int uring_find(uint32_t sources, struct err *err)
{
	bool binds;
	int number = uring_probe(&binds);

	if (number)
		return ring_explain(number, err);
	return sources > 1 && !binds ? err_set(err, NO_BIND, SOURCES_CONNECTIONS) : 0;
}

const struct client client_uring = {
	.name = "uring",
	.summary = "many connections, by io_uring(7)",
	.find = uring_find,
	.run = uring_run,
};
