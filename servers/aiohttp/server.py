"""aiohttp's own HTTP server: a coroutine per request, its access log for the clients' addresses."""
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from servers.common import bench

FOR_EVER = 365 * 24 * 3600


class AddressLogger(AbstractAccessLogger):
    """Logs only the address, without the logging module, which is silent until an application configures it."""

    def log(self, request, response, time):
        bench.log(request.remote)


async def page(request):
    body = bench.page(request.path)
    if body is None:
        raise web.HTTPNotFound()
    return web.Response(body=body, content_type=bench.CONTENT_TYPE)


application = web.Application()
application.router.add_get('/{path:.*}', page)
# By default an idle connection is closed after 75 s.
web.run_app(application, host=bench.HOST, port=bench.PORT, backlog=bench.BACKLOG,
            access_log_class=AddressLogger, keepalive_timeout=FOR_EVER, print=None)
