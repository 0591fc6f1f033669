"""asyncio: a Protocol by hand, the callbacks under its streams; the event loop of the standard library."""
import asyncio

from servers.common import bench, head


class Connection(asyncio.Protocol):
    """One connection: the bytes of a request that is not complete yet."""

    def connection_made(self, transport):
        self.transport = transport
        # No peer name: the client has already reset the connection.
        self.address, *_ = transport.get_extra_info('peername') or ('-',)
        self.received = b''

    def data_received(self, data):
        self.received += data
        try:
            while not self.transport.is_closing():
                found = head.read(self.received)
                if found is None:
                    return
                body, keep_alive, self.received = found
                bench.log(self.address)
                self.transport.write(bench.response(body, keep_alive))
                if not keep_alive:
                    self.transport.close()
        except ValueError:
            self.transport.close()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, bench.HOST, bench.PORT, backlog=bench.BACKLOG)
    await server.serve_forever()


if __name__ == '__main__':
    asyncio.run(main())
