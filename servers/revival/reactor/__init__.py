"""What the revivals of syncless and concurrence share: tasklets, one epoll, sockets, streams and HTTP."""
