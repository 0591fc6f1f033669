"""The WSGI server (PEP 3333) of both libraries: HTTP/1.0 and 1.1 with keep-alive.

A response of unknown length ends with its connection, and a request's body is read before the
application runs; chunked bodies are refused.
"""
import io
import sys
import time
import traceback
from email.utils import formatdate
from urllib.parse import unquote_to_bytes

from reactor.streams import Stream

LINE_BYTES = 65536
HEADERS = 100
BODY_BYTES = 1048576


class BadRequest(Exception):
    """A request to be refused; its text is the status of the response."""


def base_environ(host, port):
    """What the environ of all requests has in common."""
    return {
        'SCRIPT_NAME': '',
        'SERVER_NAME': host,
        'SERVER_PORT': str(port),
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': False,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
    }


def serve(endpoint, application, environ, log=None):
    """Serves one connection, and closes it. log(text, *arguments) gets four records a request."""
    try:
        stream = Stream(endpoint)
        while answer(stream, application, environ.copy(), log):
            pass
    except OSError:
        pass  # reset by the client
    finally:
        endpoint.close()


def answer(stream, application, environ, log):
    """Responds to one request. Returns whether another may follow."""
    response = Response(stream)
    try:
        if not read_request(stream, environ):
            return False
    except BadRequest as error:
        response.refuse(str(error))
        return False
    if log:
        log('request from %s', environ.get('REMOTE_ADDR', 'a client'))
        log('%s %s', environ['REQUEST_METHOD'], environ['PATH_INFO'])
    response.bodyless = environ['REQUEST_METHOD'] == 'HEAD'
    response.keep_alive = keeps_alive(environ)
    try:
        response.send(application(environ, response.start))
    except (ConnectionError, TimeoutError):
        raise
    except Exception:
        traceback.print_exc()
        response.refuse('500 Internal Server Error')
    if log:
        log('answered %s', response.status)
        log('connection %s', 'stays open' if response.keep_alive else 'ends')
    return response.keep_alive


def keeps_alive(environ):
    """RFC 9112, 9.3, without the keep-alive of HTTP/1.0."""
    if environ['SERVER_PROTOCOL'] != 'HTTP/1.1':
        return False
    connection = environ.get('HTTP_CONNECTION')
    return not connection or 'close' not in [option.strip() for option in connection.lower().split(',')]


def read_request(stream, environ):
    """Reads a request into environ. Returns False if the connection ended before it was complete."""
    line = stream.readline(LINE_BYTES)
    if line in (b'\r\n', b'\n'):
        line = stream.readline(LINE_BYTES)  # RFC 9112, 2.2
    if not line.endswith(b'\n'):
        return too_long(line, '414 URI Too Long')
    try:
        method, target, version = line.decode('latin-1').split()
    except ValueError:
        raise BadRequest('400 Bad Request') from None
    if not version.startswith('HTTP/1.'):
        raise BadRequest('505 HTTP Version Not Supported')
    if target.startswith('http://'):
        target = '/' + target[7:].partition('/')[2]
    path, _, query = target.partition('?')
    environ['REQUEST_METHOD'] = method
    environ['SERVER_PROTOCOL'] = version
    environ['PATH_INFO'] = unquote_to_bytes(path).decode('latin-1') if '%' in path else path
    environ['QUERY_STRING'] = query
    return read_headers(stream, environ) and read_body(stream, environ)


def read_headers(stream, environ):
    for _ in range(HEADERS):
        line = stream.readline(LINE_BYTES)
        if line in (b'\r\n', b'\n'):
            return True
        if not line.endswith(b'\n'):
            return too_long(line, '431 Request Header Fields Too Large')
        name, colon, value = line.decode('latin-1').partition(':')
        if not colon or name != name.strip():
            raise BadRequest('400 Bad Request')
        name = name.upper().replace('-', '_')
        value = value.strip()
        if name not in ('CONTENT_TYPE', 'CONTENT_LENGTH'):
            name = 'HTTP_' + name
        elif name == 'CONTENT_LENGTH' and environ.get(name, value) != value:
            raise BadRequest('400 Bad Request')
        elif name in environ:
            continue
        environ[name] = environ[name] + ', ' + value if name in environ else value
    raise BadRequest('431 Request Header Fields Too Large')


def read_body(stream, environ):
    if 'HTTP_TRANSFER_ENCODING' in environ:
        raise BadRequest('501 Not Implemented')
    length = environ.get('CONTENT_LENGTH', '0')
    if not (length.isascii() and length.isdigit()):
        raise BadRequest('400 Bad Request')
    length = int(length)
    if length > BODY_BYTES:
        raise BadRequest('413 Content Too Large')
    body = stream.read(length)
    environ['wsgi.input'] = io.BytesIO(body)
    return len(body) == length


def too_long(line, status):
    """What a line without its end means: refused if it was too long, else the end of the connection."""
    if len(line) == LINE_BYTES:
        raise BadRequest(status)
    return False


class Date:
    """The Date header's value, formatted once a second."""

    def __init__(self):
        self.second = None
        self.text = ''

    def __str__(self):
        second = int(time.time())
        if second != self.second:
            self.second = second
            self.text = formatdate(second, usegmt=True)
        return self.text


date = Date()


class Response:
    """The response to one request."""
    __slots__ = ('stream', 'status', 'headers', 'head_sent', 'bodyless', 'keep_alive')

    def __init__(self, stream):
        self.stream = stream
        self.status = None
        self.headers = []
        self.head_sent = False
        self.bodyless = False
        self.keep_alive = False

    def start(self, status, headers, exc_info=None):
        """The application's start_response."""
        if exc_info and self.head_sent:
            raise exc_info[1]
        if self.status and not exc_info:
            raise AssertionError('start_response was called before')
        self.status = status
        self.headers = headers
        return self.write

    def write(self, data):
        """Sends part of a body of unknown length."""
        if not self.head_sent:
            self.write_head(None)
        if not self.bodyless:
            self.stream.write(data)
        self.stream.flush()

    def send(self, result):
        """Sends what the application returned; a list in one write."""
        try:
            if isinstance(result, (list, tuple)) and not self.head_sent:
                body = b''.join(result)
                self.write_head(len(body))
                if not self.bodyless:
                    self.stream.write(body)
            else:
                for data in result:
                    if data:
                        self.write(data)
                if not self.head_sent:
                    self.write_head(0)
            self.stream.flush()
        finally:
            if hasattr(result, 'close'):
                result.close()

    def refuse(self, status):
        """Responds with a status only, unless a response has begun, and ends the connection."""
        self.keep_alive = False
        if not self.head_sent:
            self.status = status
            self.headers = [('Content-Type', 'text/plain')]
            self.send([status.encode('latin-1') + b'\n'])

    def write_head(self, length):
        """The status line and headers. `length` is the body's, if the application has not given it, or None."""
        if not self.status:
            raise AssertionError('start_response was not called')
        names = [name.lower() for name, _ in self.headers]
        lines = ['HTTP/1.1 ' + self.status]
        lines += [name + ': ' + value for name, value in self.headers]
        if self.status.startswith(('204', '304')):
            self.bodyless = True
        elif 'content-length' not in names:
            if length is None:
                self.keep_alive = False
            else:
                lines.append('Content-Length: %d' % length)
        if 'date' not in names:
            lines.append('Date: %s' % date)
        if not self.keep_alive:
            lines.append('Connection: close')
        self.stream.write('\r\n'.join(lines + ['', '']).encode('latin-1'))
        self.head_sent = True
