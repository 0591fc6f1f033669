"""trio: a task per connection on trio's TCP streams, HTTP by hand with receive_some() and send_all()."""
import trio

from servers.common import bench, head


async def answer_requests(stream, address):
    """Serves one connection until it closes."""
    received = b''
    async for data in stream:
        received += data
        while (found := head.read(received)) is not None:
            body, keep_alive, received = found
            bench.log(address)
            await stream.send_all(bench.response(body, keep_alive))
            if not keep_alive:
                return


async def serve(stream):
    """A client that resets its connection, or sends no HTTP, does not concern the server."""
    try:
        address, *_ = stream.socket.getpeername()
        await answer_requests(stream, address)
    except (OSError, ValueError, trio.BrokenResourceError):
        pass


async def main():
    await trio.serve_tcp(serve, bench.PORT, host=bench.HOST, backlog=bench.BACKLOG)


trio.run(main)
