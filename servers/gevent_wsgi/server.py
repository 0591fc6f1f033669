"""gevent.pywsgi, the library's own HTTP server: a greenlet a connection, its access log for the clients' addresses."""
from gevent.pywsgi import WSGIServer

from servers.common import bench
from servers.common.wsgi import application

WSGIServer((bench.HOST, bench.PORT), application, backlog=bench.BACKLOG).serve_forever()
