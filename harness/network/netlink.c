#include "harness/network/netlink.h"

#include <errno.h>
#include <net/if.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

/* Sends a request and takes its acknowledgement. Returns 0, or -1 with errno set. */
static int netlink_ask(struct nlmsghdr *request)
{
	char reply[8192];
	int result = -1;
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!socket)
		return -1;
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = 1;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) >= 0 &&
	    mnl_socket_sendto(socket, request, request->nlmsg_len) >= 0) {
		ssize_t bytes = mnl_socket_recvfrom(socket, reply, sizeof reply);
		if (bytes >= 0)
			result = mnl_cb_run(reply, (size_t)bytes, 1, mnl_socket_get_portid(socket), NULL, NULL);
	}
	int number = errno;
	mnl_socket_close(socket);
	errno = number;
	return result < 0 ? -1 : 0;
}

/* The index of the loopback interface: 1 in every network namespace (LOOPBACK_IFINDEX in include/net/flow.h). */
#define LOOPBACK 1

int netlink_loopback_up(struct err *err)
{
	char room[MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct ifinfomsg))];
	struct nlmsghdr *request = mnl_nlmsg_put_header(room);

	request->nlmsg_type = RTM_NEWLINK;
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(request, sizeof *link);
	link->ifi_family = AF_UNSPEC;
	link->ifi_index = LOOPBACK;
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
	return netlink_ask(request) ? err_set_errno(err, "bringing up the loopback interface (rtnetlink)") : 0;
}

int netlink_loopback_add(const struct in6_addr *address, struct err *err)
{
	char room[MNL_NLMSG_HDRLEN + 256];
	struct nlmsghdr *request = mnl_nlmsg_put_header(room);

	request->nlmsg_type = RTM_NEWADDR;
	request->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	struct ifaddrmsg *message = mnl_nlmsg_put_extra_header(request, sizeof *message);
	message->ifa_family = AF_INET6;
	message->ifa_prefixlen = 128;
	/* Without duplicate address detection the address is usable at once. */
	message->ifa_flags = IFA_F_NODAD | IFA_F_PERMANENT;
	message->ifa_scope = RT_SCOPE_HOST;
	message->ifa_index = LOOPBACK;
	mnl_attr_put(request, IFA_LOCAL, sizeof *address, address);
	mnl_attr_put(request, IFA_ADDRESS, sizeof *address, address);
	return netlink_ask(request) ? err_set_errno(err, "adding an address to the loopback interface (rtnetlink)") : 0;
}
