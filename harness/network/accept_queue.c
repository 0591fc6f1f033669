#include "harness/network/accept_queue.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

struct reading {
	unsigned port;
	struct accept_queue_state *state;
};

/* One listening socket in the kernel's reply, where a listener's backlog is its send queue. */
static int listener_add(const struct nlmsghdr *message, void *context)
{
	const struct reading *reading = context;
	const struct inet_diag_msg *listener = mnl_nlmsg_get_payload(message);

	if (mnl_nlmsg_get_payload_len(message) < sizeof *listener || listener->idiag_state != TCP_LISTEN ||
	    ntohs(listener->id.idiag_sport) != reading->port)
		return MNL_CB_OK;
	reading->state->listeners++;
	reading->state->length += listener->idiag_rqueue;
	reading->state->backlog += listener->idiag_wqueue;
	return MNL_CB_OK;
}

int accept_queue_open(struct accept_queue *queue, unsigned port, struct err *err)
{
	*queue = (struct accept_queue){ .port = port, .socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC) };
	if (queue->socket && mnl_socket_bind(queue->socket, 0, MNL_SOCKET_AUTOPID) >= 0)
		return 0;
	err_set_errno(err, "opening a socket to read accept queues (sock_diag)");
	accept_queue_close(queue);
	return -1;
}

/* Requests the listening sockets of an address family, and reads the whole reply. */
static int family_read(struct accept_queue *queue, uint8_t family, struct accept_queue_state *state)
{
	char room[8192];
	struct reading reading = { .port = queue->port, .state = state };
	struct nlmsghdr *request = mnl_nlmsg_put_header(room);
	int more = MNL_CB_OK;

	request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = ++queue->sequence;
	struct inet_diag_req_v2 *wanted = mnl_nlmsg_put_extra_header(request, sizeof *wanted);
	wanted->sdiag_family = family;
	wanted->sdiag_protocol = IPPROTO_TCP;
	wanted->idiag_states = 1u << TCP_LISTEN;
	wanted->id.idiag_sport = htons((uint16_t)queue->port);
	if (mnl_socket_sendto(queue->socket, request, request->nlmsg_len) < 0)
		return -1;
	while (more > MNL_CB_STOP) {
		ssize_t bytes = mnl_socket_recvfrom(queue->socket, room, sizeof room);
		if (bytes < 0)
			return -1;
		more = mnl_cb_run(room, (size_t)bytes, queue->sequence, mnl_socket_get_portid(queue->socket),
				  listener_add, &reading);
	}
	return more < 0 ? -1 : 0;
}

int accept_queue_read(struct accept_queue *queue, struct accept_queue_state *state, struct err *err)
{
	*state = (struct accept_queue_state){ 0 };
	if (family_read(queue, AF_INET, state) || family_read(queue, AF_INET6, state))
		return err_set_errno(err, "reading the accept queue of port %u (sock_diag)", queue->port);
	return 0;
}

void accept_queue_close(struct accept_queue *queue)
{
	if (queue->socket)
		mnl_socket_close(queue->socket);
	queue->socket = NULL;
}
