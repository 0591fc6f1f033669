"""twisted.web, the library's own HTTP server: one reactor (epoll), callbacks, a Resource that serves every path."""
from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import Site

from servers.common import bench


class Page(Resource):
    """Every page; the path says which."""

    isLeaf = True

    def render(self, request):
        body = bench.page(request.path.decode('latin-1')) if request.method == b'GET' else None
        request.setHeader('Content-Type', bench.CONTENT_TYPE)
        if body is None:
            request.setResponseCode(404)
        return body or b''


class LoggingSite(Site):
    """Replaces the access log, which goes to a file."""

    def log(self, request):
        bench.log(request.getClientAddress().host)


# timeout=None: by default an idle connection is closed after 60 s.
reactor.listenTCP(bench.PORT, LoggingSite(Page(), timeout=None), backlog=bench.BACKLOG, interface=bench.HOST)
reactor.run()
