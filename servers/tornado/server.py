"""Tornado's own HTTP server and Application: one event loop, callbacks, a RequestHandler per request."""
import asyncio

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from servers.common import bench


class Page(RequestHandler):
    """Every page; the path says which."""

    def get(self):
        body = bench.page(self.request.path)
        if body is None:
            raise HTTPError(404)
        self.set_header('Content-Type', bench.CONTENT_TYPE)
        self.finish(body)


def log(handler):
    """Replaces the access log, which is silent until an application sets logging up."""
    bench.log(handler.request.remote_ip)


async def main():
    application = Application([('.*', Page)], log_function=log)
    HTTPServer(application).listen(bench.PORT, bench.HOST, backlog=bench.BACKLOG)
    await asyncio.Event().wait()


asyncio.run(main())
