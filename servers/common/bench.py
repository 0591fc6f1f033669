"""bench: what the Python servers share: settings, pages, responses, and the log of clients.

Runs on Python 2.7 and 3. The contract is docs/server-contract.md.
"""
import errno
import os
import re
import sys

HOST = os.environ.get('BENCH_HOST', '127.0.0.1')
PORT = int(os.environ.get('BENCH_PORT', '8080'))
BACKLOG = int(os.environ.get('BENCH_BACKLOG', '128'))

# What accept() fails with when there is no descriptor or memory for a connection, and how long a server then waits.
OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
ACCEPT_PAUSE_SECONDS = 0.1

START_PAGE = b'<p>Hello, World! <a href="/0">start</a>\n'
CONTENT_TYPE = 'text/html'
NUMBER = re.compile(r'[0-9]+\Z')


def accept(listener, sleep):
    """What listener.accept() returns, once there is a descriptor for it: the original libraries' loops would end without one.

    The revivals wait in their own accept() and have no sleep(), so callers name it only inside a lambda.
    """
    while True:
        try:
            return listener.accept()
        except EnvironmentError as error:
            if error.errno not in OUT_OF_DESCRIPTORS:
                raise
            sleep(ACCEPT_PAUSE_SECONDS)


def next_number(n):
    """The number that page n links to: a linear congruential generator of full period 2**32."""
    return (1664525 * n + 1013904223) & 0xffffffff


def page(path):
    """The body for a path as bytes, or None for a page that does not exist (404)."""
    if path == '/':
        return START_PAGE
    digits = path[1:]
    # ASCII only: isdigit() accepts digits of other scripts too. Ten digits hold every 32-bit number.
    if path[:1] == '/' and len(digits) <= 10 and NUMBER.match(digits):
        number = int(digits)
        if number < 2 ** 32:
            link = next_number(number)
            return ('<a href="/%d">%d</a>\n' % (link, link)).encode('ascii')
    return None


def keeps_alive(version, connection):
    """Whether the connection stays open: HTTP/1.1 without "Connection: close"."""
    return version == 'HTTP/1.1' and connection.strip().lower() != 'close'


def response(body, keep_alive):
    """The whole response as bytes, for servers that speak HTTP by hand."""
    status = '200 OK' if body is not None else '404 Not Found'
    body = body or b''
    head = 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n' % (
        status, CONTENT_TYPE, len(body), '' if keep_alive else 'Connection: close\r\n')
    return head.encode('ascii') + body


def log(address):
    """Logs the address of a request's client to stderr."""
    sys.stderr.write(address + '\n')
