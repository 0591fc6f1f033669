"""eventlet.wsgi, the library's own HTTP server: a green thread per connection, its access log for the clients' addresses.

At the library's defaults it serves 1024 connections at a time (max_size); more of them wait in the backlog.
"""
import eventlet
from eventlet import wsgi

from servers.common import bench
from servers.common.wsgi import application

listener = eventlet.listen((bench.HOST, bench.PORT), backlog=bench.BACKLOG)
# debug=False: otherwise the address is also logged when the connection is accepted.
wsgi.server(listener, application, debug=False)
