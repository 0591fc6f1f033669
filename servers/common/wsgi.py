"""wsgi: the pages as a WSGI application, for every WSGI server of the panel."""
from servers.common import bench


def application(environ, start_response):
    """Responds to one request (PEP 3333)."""
    body = bench.page(environ['PATH_INFO']) if environ['REQUEST_METHOD'] == 'GET' else None
    start_response('200 OK' if body else '404 Not Found', [('Content-Type', bench.CONTENT_TYPE)])
    return [body or b'']
