#!/usr/bin/python3
"""A server of the contract (docs/server-contract.md) in Python with one implanted limit, as tests/limits/limited.c has in C.

    limited.py LIMIT [SIZE]

none: without any. busy: SIZE us of CPU a request, and no limit. idle: ends a connection that has been silent for SIZE ms.
memory: SIZE KiB for each connection. pool: SIZE threads, each with one connection to its end. gc: a full collection each
200 requests, with SIZE objects for each connection. select: the event loop waits by select(2).
"""
import asyncio
import gc
import os
import selectors
import socket
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, ROOT)
from servers.common import bench, head

SIZES = {'none': 0, 'busy': 200, 'idle': 1000, 'memory': 1024, 'pool': 8, 'gc': 50, 'select': 0}
GC_REQUESTS = 200

limit = sys.argv[1]
size = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES[limit]
requests = 0


def work():
    """What a request costs beside its response."""
    global requests
    requests += 1
    if limit == 'busy':
        until = time.thread_time() + size / 1e6
        while time.thread_time() < until:
            pass
    elif limit == 'gc' and requests % GC_REQUESTS == 0:
        gc.collect()


class Connection(asyncio.Protocol):
    timer = None

    def connection_made(self, transport):
        self.transport = transport
        self.address, *_ = transport.get_extra_info('peername') or ('-',)
        self.received = b''
        if limit == 'memory':
            self.memory = bytearray(b'x') * (size << 10)
        elif limit == 'gc':
            self.objects = [[] for _ in range(size)]
        self.used()

    def used(self):
        if limit == 'idle':
            if self.timer:
                self.timer.cancel()
            self.timer = asyncio.get_running_loop().call_later(size / 1000, self.transport.close)

    def connection_lost(self, error):
        if self.timer:
            self.timer.cancel()

    def data_received(self, data):
        self.received += data
        self.used()
        try:
            while not self.transport.is_closing():
                found = head.read(self.received)
                if found is None:
                    return
                body, keep_alive, self.received = found
                bench.log(self.address)
                work()
                self.transport.write(bench.response(body, keep_alive))
                if not keep_alive:
                    self.transport.close()
        except ValueError:
            self.transport.close()


async def serve():
    server = await asyncio.get_running_loop().create_server(Connection, bench.HOST, bench.PORT, backlog=bench.BACKLOG)
    await server.serve_forever()


def serve_connection(connection, address):
    received = b''
    try:
        while True:
            found = head.read(received)
            if found is None:
                data = connection.recv(65536)
                if not data:
                    return
                received += data
                continue
            body, keep_alive, received = found
            bench.log(address)
            connection.sendall(bench.response(body, keep_alive))
            if not keep_alive:
                return
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def serve_blocking(listener):
    while True:
        connection, address = listener.accept()
        serve_connection(connection, address[0])


def main():
    if limit == 'pool':
        listener = socket.create_server((bench.HOST, bench.PORT), backlog=bench.BACKLOG)
        for _ in range(size - 1):
            threading.Thread(target=serve_blocking, args=(listener,), daemon=True).start()
        serve_blocking(listener)
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector()) if limit == 'select' else asyncio.new_event_loop()
    if limit == 'gc':
        gc.disable()
    loop.run_until_complete(serve())


if __name__ == '__main__':
    main()
