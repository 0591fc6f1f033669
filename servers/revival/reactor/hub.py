"""The process's one epoll, and the tasklet that waits in it.

The hub is a tasklet like the others, so its turn comes once a round of the run queue: it asks epoll,
without waiting while others can run, and makes those tasklets runnable whose socket is ready.

A socket is registered when a tasklet first has to wait for it, edge-triggered, and stays registered
until it is closed: at most one system call a connection and direction, and none where the data is there
already. A tasklet that waits must therefore have seen EAGAIN since it last ran, and must try again afterwards:
being woken is a hint.
"""
import heapq
import itertools
import select
import time

from reactor.tasklets import stackless

READ = select.EPOLLIN
WRITE = select.EPOLLOUT


class Hub:
    def __init__(self):
        self.epoll = select.epoll()
        self.readers = {}  # descriptor: the tasklet that waits for it
        self.writers = {}
        self.sleepers = []  # heap of (when, sequence number, tasklet)
        self.sequence = itertools.count()
        self.started = False

    def start(self):
        """Starts the hub's tasklet; the first one to wait calls this."""
        if not self.started:
            self.started = True
            stackless.tasklet(self.run)()

    def wait(self, endpoint, event):
        """Blocks the tasklet until endpoint (with .socket and .interest) has READ or WRITE."""
        self.start()
        descriptor = endpoint.socket.fileno()
        tasklets = self.readers if event == READ else self.writers
        if descriptor in tasklets:
            raise RuntimeError('two tasklets wait for the same of one socket')
        if not endpoint.interest:
            self.epoll.register(descriptor, event | select.EPOLLET)
        elif not endpoint.interest & event:
            self.epoll.modify(descriptor, endpoint.interest | event | select.EPOLLET)
        endpoint.interest |= event
        tasklets[descriptor] = stackless.getcurrent()
        try:
            stackless.schedule_remove()
        except BaseException:
            tasklets.pop(descriptor, None)  # this is the main tasklet, and another has failed
            raise

    def sleep(self, seconds):
        """Blocks the tasklet for a time."""
        self.start()
        due = time.monotonic() + seconds
        heapq.heappush(self.sleepers, (due, next(self.sequence), stackless.getcurrent()))
        stackless.schedule_remove()

    def wake(self, descriptor, events):
        """Makes the tasklets runnable that wait for these events; an error or a hangup counts as both."""
        if events & ~WRITE and descriptor in self.readers:
            self.readers.pop(descriptor).insert()
        if events & ~READ and descriptor in self.writers:
            self.writers.pop(descriptor).insert()

    def patience(self):
        """How many seconds epoll may wait; -1 means forever."""
        if stackless.getruncount() > 1:
            return 0
        if self.sleepers:
            return max(0, self.sleepers[0][0] - time.monotonic())
        return -1

    def run(self):
        while True:
            for descriptor, events in self.epoll.poll(self.patience()):
                self.wake(descriptor, events)
            while self.sleepers and self.sleepers[0][0] <= time.monotonic():
                heapq.heappop(self.sleepers)[2].insert()
            stackless.schedule()


hub = Hub()
