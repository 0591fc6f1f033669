#!/usr/bin/python3
"""Tests of servers/revival, on greenlets and, where PyPy is installed, on its stackless module. Prints TAP.

Each group runs in a process of its own, which prints a line a case: the functions whose name begins with the
group's prefix, in their order.
"""
import inspect
import io
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REVIVAL = os.path.join(ROOT, 'servers', 'revival')
TIMEOUT_SECONDS = 20
GROUPS = [  # name, interpreter, module needed, prefix
    ('greenlet', '/usr/bin/python3', 'greenlet', 'test_'),
    ('stackless', '/usr/bin/pypy3', 'stackless', 'test_'),
    ('runtime', '/usr/bin/python3', 'greenlet', 'runtime_'),
]

if sys.argv[1:] == ['test_']:
    sys.path.insert(0, REVIVAL)
    from syncless import coio, patch, wsgi
    import stackless
    import concurrence
    import concurrence.http.server
    import concurrence.io.socket
    from concurrence.io import BufferedStream, Socket
    from reactor.hub import hub


# What the cases need.

def spawn(function, *arguments):
    return stackless.tasklet(function)(*arguments)


def pair():
    """Two connected sockets: coio's, and a plain one with a timeout for the peer's thread."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(TIMEOUT_SECONDS)
    return coio.realsocket(ours), theirs


def listening():
    listener = coio.new_realsocket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(('127.0.0.1', 0))
    listener.listen(128)
    return listener, listener.getsockname()


def connect(address):
    return socket.create_connection(address, TIMEOUT_SECONDS)


def in_thread(function, *arguments):
    """function's result; it runs in a thread, with blocking sockets, while the tasklets run here."""
    end, ended = pair()
    results = []

    def run():
        try:
            results.append(function(*arguments))
        except BaseException as error:
            results.append(error)
        ended.close()
    thread = threading.Thread(target=run)
    thread.start()
    assert end.recv() == b''
    end.close()
    thread.join()
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]


def exchange(address, *parts):
    """Sends the parts to a server and returns all that it answers until it closes."""
    with connect(address) as client:
        for part in parts:
            client.sendall(part)
        client.shutdown(socket.SHUT_WR)
        with client.makefile('rb') as answers:
            return answers.read()


def reset(client):
    """Closes with a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    client.close()


def child(program):
    """A process that runs a program on this interpreter."""
    return subprocess.run([sys.executable, '-c', program], env=dict(os.environ, PYTHONPATH=REVIVAL),
                          timeout=TIMEOUT_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def equal(got, expected):
    if got != expected:
        raise AssertionError('got %r, expected %r' % (got, expected))


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected:
        return
    raise AssertionError('%s was not raised' % expected.__name__)


def syncless_server(application):
    """The address of a WSGI server of syncless."""
    listener, address = listening()
    spawn(wsgi.WsgiListener, listener, application)
    return address


def concurrence_server(application):
    return concurrence.http.server.WSGIServer(application).serve(('127.0.0.1', 0)).socket.getsockname()


SERVERS = [syncless_server, concurrence_server]


def hello(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/html')])
    return [environ['PATH_INFO'].encode('latin-1')]


# The package.

def test_tasklets_run_in_the_order_they_were_started():
    ran = []
    for name in 'abc':
        spawn(ran.append, name)
    equal(ran, [])
    stackless.schedule()
    equal(ran, ['a', 'b', 'c'])


def test_schedule_is_fair():
    ran = []

    def work(name):
        for _ in range(3):
            ran.append(name)
            stackless.schedule()
    spawn(work, 'a')
    spawn(work, 'b')
    for _ in range(4):
        stackless.schedule()
    equal(''.join(ran), 'ababab')


def test_a_removed_tasklet_runs_when_it_is_inserted():
    ran = []

    def work():
        ran.append('before')
        stackless.schedule_remove()
        ran.append('after')
    tasklet = spawn(work)
    for _ in range(3):
        stackless.schedule()
    equal(ran, ['before'])
    tasklet.insert()
    stackless.schedule()
    equal(ran, ['before', 'after'])


def test_keyword_arguments_reach_the_tasklet():
    got = []
    concurrence.Tasklet.new(lambda *a, **k: got.append((a, k)))(1, two=2)
    stackless.schedule()
    equal(got, [((1,), {'two': 2})])


def test_recv_blocks_its_tasklet_only():
    ours, theirs = pair()
    got = []
    spawn(lambda: got.append(ours.recv(100)))
    stackless.schedule()
    equal(got, [])
    theirs.sendall(b'data')
    while not got:
        stackless.schedule()
    equal(got, [b'data'])
    theirs.close()
    equal(ours.recv(100), b'')
    ours.close()


def test_accept_blocks_its_tasklet_only():
    listener, address = listening()
    got = []
    spawn(lambda: got.append(listener.accept()))
    stackless.schedule()
    equal(got, [])
    with connect(address) as client:
        while not got:
            stackless.schedule()
        connection, peer = got[0]
        equal(peer, client.getsockname())
        equal(connection.getpeername(), client.getsockname())
        connection.close()
    listener.close()


def test_send_of_more_than_the_kernel_takes_blocks_its_tasklet_only():
    ours, theirs = pair()
    data = os.urandom(4000000)
    sent = []
    spawn(lambda: sent.append(ours.sendall(data)))
    stackless.schedule()
    equal(sent, [])

    def peer():
        got = b''
        while len(got) < len(data):
            got += theirs.recv(1 << 20)
        return got
    assert in_thread(peer) == data
    while not sent:
        stackless.schedule()
    ours.close()
    theirs.close()


def test_both_directions_of_a_socket_wait_at_once():
    ours, theirs = pair()
    data = b'x' * 4000000
    done = []
    spawn(lambda: done.append(ours.recv(100)))
    spawn(lambda: done.append(ours.sendall(data)))
    stackless.schedule()
    stackless.schedule()
    equal(done, [])

    def peer():
        count = 0
        while count < len(data):
            count += len(theirs.recv(1 << 20))
        theirs.sendall(b'back')
    in_thread(peer)
    while len(done) < 2:
        stackless.schedule()
    equal(sorted(done, key=str), sorted([None, b'back'], key=str))
    ours.close()
    theirs.close()


def test_two_tasklets_may_not_wait_for_the_same():
    ours, theirs = pair()
    spawn(ours.recv)
    stackless.schedule()
    raises(RuntimeError, ours.recv)
    theirs.close()
    while hub.readers:
        stackless.schedule()
    stackless.schedule()
    ours.close()


def test_close_wakes_the_tasklet_that_waits():
    ours, theirs = pair()
    errors = []

    def work():
        try:
            ours.recv(100)
        except OSError as error:
            errors.append(error)
    spawn(work)
    stackless.schedule()
    ours.close()
    stackless.schedule()
    equal(len(errors), 1)
    theirs.close()


def test_a_descriptor_that_is_used_again_is_registered_again():
    for dropped in (False, True):
        ours, theirs = pair()
        spawn(ours.recv)
        stackless.schedule()
        theirs.sendall(b'1')
        while hub.readers:
            stackless.schedule()
        stackless.schedule()
        if dropped:
            ours.socket.close()  # as the garbage collector does
        else:
            ours.close()
        theirs.close()


def test_a_client_that_never_pauses_does_not_starve_the_rest():
    ours, theirs = pair()
    theirs.sendall(b'x' * 1000)
    ran = []
    spawn(ran.append, 'other')
    for _ in range(1000):
        equal(ours.recv(1), b'x')
    equal(ran, ['other'])
    ours.close()
    theirs.close()


def test_a_reset_is_an_error_of_recv():
    listener, address = listening()
    client = connect(address)
    connection, _ = listener.accept()
    reset(client)
    raises(ConnectionResetError, connection.recv, 100)
    connection.close()
    listener.close()


def test_accept_without_descriptors_waits_for_some():
    listener, address = listening()
    got = []
    client = connect(address)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = os.dup(0)
    os.close(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, hard))
    try:
        spawn(lambda: got.append(listener.accept()[0]))
        while not hub.sleepers:
            stackless.schedule()
        equal(got, [])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    while not got:
        stackless.schedule()
    for each in (got[0], client, listener):
        each.close()


def test_makefile_reads_lines_and_bytes():
    ours, theirs = pair()
    stream = ours.makefile('r+')

    def peer():
        for part in (b'on', b'e\r', b'\ntwo\n\n', b'bytes', b'and the end'):
            theirs.sendall(part)
        theirs.shutdown(socket.SHUT_WR)
    in_thread(peer)
    equal([stream.readline() for _ in range(3)], [b'one\r\n', b'two\n', b'\n'])
    equal(stream.read(5), b'bytes')
    equal(stream.readline(), b'and the end')
    equal([stream.readline(), stream.read(1)], [b'', b''])
    ours.close()
    theirs.close()


def test_makefile_splits_nowhere_and_everywhere():
    text = b'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
    for cut in range(len(text)):
        ours, theirs = pair()
        stream = ours.makefile('r+')
        lines = []
        spawn(lambda: lines.append([stream.readline() for _ in range(4)]))
        theirs.sendall(text[:cut])
        stackless.schedule()
        theirs.sendall(text[cut:])
        theirs.close()
        while not lines:
            stackless.schedule()
        equal(lines[0], [b'GET / HTTP/1.1\r\n', b'Host: x\r\n', b'\r\n', b''])
        ours.close()


def test_readline_has_a_limit():
    ours, theirs = pair()
    stream = ours.makefile('r+')
    theirs.sendall(b'abcdef\ngh\n')
    equal([stream.readline(4), stream.readline(4), stream.readline(4)], [b'abcd', b'ef\n', b'gh\n'])
    ours.close()
    theirs.close()


def test_write_reaches_the_peer_with_flush():
    ours, theirs = pair()
    stream = ours.makefile('r+')
    stream.write(b'one ')
    stream.write(b'two')
    theirs.setblocking(False)
    raises(BlockingIOError, theirs.recv, 100)
    stream.flush()
    equal(theirs.recv(100), b'one two')
    stream.write(b'three')
    stream.close()
    equal(theirs.recv(100), b'three')
    ours.close()
    theirs.close()


def test_buffered_stream_reads_lines_without_their_end():
    plain, theirs = socket.socketpair()
    stream = BufferedStream(Socket(plain))
    theirs.sendall(b'one\r\ntwo\n\r\nhalf')
    theirs.close()
    equal([stream.reader.read_line() for _ in range(3)], [b'one', b'two', b''])
    raises(EOFError, stream.reader.read_line)
    stream.close()


def test_buffered_stream_writes_with_flush_and_closes_its_socket():
    plain, theirs = socket.socketpair()
    stream = BufferedStream(Socket(plain))
    stream.writer.write_bytes(b'one ')
    stream.writer.write_bytes(b'two')
    stream.writer.flush()
    stream.close()
    equal(theirs.makefile('rb').read(), b'one two')
    theirs.close()


def test_concurrence_sockets():
    listener = Socket.new()
    listener.bind(('127.0.0.1', 0))
    listener.listen(128)
    with connect(listener.socket.getsockname()) as client:
        connection = listener.accept()
        assert isinstance(connection, Socket)
        equal(connection.socket.getpeername(), client.getsockname())
        connection.close()
    listener.close()


def test_an_exception_that_leaves_a_tasklet_ends_the_process():
    for library in ('from syncless import coio; import socket, stackless\n'
                    'stackless.tasklet(fail)()\n'
                    'listener = coio.new_realsocket(socket.AF_INET, socket.SOCK_STREAM)\n'
                    'listener.bind(("127.0.0.1", 0))\n'
                    'listener.listen(1)\n'
                    'listener.accept()',
                    'import concurrence\n'
                    'def first(): concurrence.Tasklet.new(fail)()\n'
                    'concurrence.dispatch(first)'):
        result = child('def fail(): raise OSError("the reason")\n' + library)
        equal(result.returncode, 1)
        assert 'the reason' in result.stderr.splitlines()[-1], result.stderr


def test_an_exception_passes_tasklets_that_would_catch_it():
    result = child('import concurrence\n'
                   'from reactor.hub import hub\n'
                   'def bystander(wait):\n'
                   '    try:\n'
                   '        while True: wait(0)\n'
                   '    except OSError: print("caught")\n'
                   'def fail():\n'
                   '    hub.sleep(0)\n'
                   '    raise OSError("the reason")\n'
                   'for _ in range(5): concurrence.Tasklet.new(bystander)(hub.sleep)\n'
                   'concurrence.Tasklet.new(fail)()\n'
                   'for _ in range(5): concurrence.Tasklet.new(bystander)(hub.sleep)\n'
                   'concurrence.dispatch()\n')
    equal((result.returncode, result.stdout), (1, ''))
    assert 'the reason' in result.stderr, result.stderr


def test_sys_exit_in_a_tasklet_ends_the_process():
    result = child('import concurrence, sys\nconcurrence.dispatch(lambda: sys.exit(7))')
    equal((result.returncode, result.stdout, result.stderr), (7, '', ''))


def test_patched_stderr_lets_others_run_now_and_then():
    saved = sys.stderr
    sys.stderr = io.StringIO()
    try:
        patch.patch_stderr()
        patch.patch_stderr()
        ran = []
        spawn(ran.append, 'other')
        for _ in range(1000):
            sys.stderr.write('line\n')
        equal(ran, ['other'])
        equal(sys.stderr.getvalue(), 'line\n' * 1000)
    finally:
        sys.stderr = saved


def test_wsgi_environ_of_syncless():
    seen = []

    def application(environ, start_response):
        seen.append(environ)
        return hello(environ, start_response)
    address = syncless_server(application)
    in_thread(exchange, address, b'GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n')
    environ = seen[0]
    equal(environ['REMOTE_ADDR'], '127.0.0.1')
    equal([environ[key] for key in ('REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'SERVER_PROTOCOL', 'HTTP_HOST')],
          ['GET', '/a b', 'c=d', 'HTTP/1.1', 'x'])
    equal([environ['HTTP_X_TWO'], environ['SERVER_PORT'], environ['SCRIPT_NAME']], ['1, 2', str(address[1]), ''])
    equal(environ['wsgi.input'].read(), b'')


def test_wsgi_environ_of_concurrence_has_no_remote_addr():
    seen = []

    def application(environ, start_response):
        seen.append(environ)
        return hello(environ, start_response)
    in_thread(exchange, concurrence_server(application), b'GET / HTTP/1.0\r\n\r\n')
    assert 'REMOTE_ADDR' not in seen[0]
    equal(seen[0]['concurrence.client_address'][0], '127.0.0.1')


def test_concurrence_serves_a_socket_that_listens():
    listener = concurrence.io.Socket.new()
    listener.bind(('127.0.0.1', 0))
    listener.listen(9)
    assert concurrence.http.server.WSGIServer(hello).serve(listener) is listener
    assert in_thread(exchange, listener.socket.getsockname(), b'GET /x HTTP/1.0\r\n\r\n').endswith(b'/x')


def test_concurrence_backlog():
    backlogs = []

    class Recorder(concurrence.io.socket.Socket):
        def listen(self, backlog=None):
            backlogs.append((backlog, concurrence.io.socket.DEFAULT_BACKLOG))
            super().listen(backlog)
    saved = concurrence.http.server.Socket, concurrence.io.socket.DEFAULT_BACKLOG
    concurrence.http.server.Socket, concurrence.io.socket.DEFAULT_BACKLOG = Recorder, 7
    try:
        concurrence_server(hello)
    finally:
        concurrence.http.server.Socket, concurrence.io.socket.DEFAULT_BACKLOG = saved
    equal(backlogs, [(None, 7)])


def test_wsgi_answers_and_closes_or_stays():
    for server in SERVERS:
        address = server(hello)
        answer = in_thread(exchange, address, b'GET /x HTTP/1.0\r\n\r\n')
        head, _, body = answer.partition(b'\r\n\r\n')
        equal(head.split(b'\r\n')[:3], [b'HTTP/1.1 200 OK', b'Content-Type: text/html', b'Content-Length: 2'])
        assert b'Connection: close' in head and body == b'/x', answer
        one = b'GET /1 HTTP/1.1\r\nHost: x\r\n\r\n'
        answer = in_thread(exchange, address, one + one, one)
        equal((answer.count(b'200 OK'), b'close' in answer), (3, False))
        answer = in_thread(exchange, address, one.replace(b'\r\n\r\n', b'\r\nConnection: Close\r\n\r\n') + one)
        equal((answer.count(b'200 OK'), b'Connection: close' in answer), (1, True))


def test_wsgi_bodies():
    def application(environ, start_response):
        if environ['PATH_INFO'] == '/generator':
            start_response('200 OK', [])
            return (part for part in (b'one', b'', b'two'))
        if environ['PATH_INFO'] == '/write':
            start_response('200 OK', [])(b'written ')
            return [b'returned']
        start_response('204 No Content' if environ['PATH_INFO'] == '/none' else '200 OK', [])
        return [environ['wsgi.input'].read()]
    for server in SERVERS:
        address = server(application)
        ends = in_thread(exchange, address, b'GET /generator HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n')
        assert ends.endswith(b'\r\n\r\nonetwo') and b'Connection: close' in ends, ends
        assert in_thread(exchange, address, b'GET /write HTTP/1.1\r\n\r\n').endswith(b'\r\n\r\nwritten returned')
        post = b'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde'
        answers = in_thread(exchange, address, post, post)
        equal((answers.count(b'Content-Length: 5\r\n'), answers.count(b'\r\n\r\nabcde')), (2, 2))
        answer = in_thread(exchange, address, post.replace(b'POST', b'HEAD'))
        assert b'Content-Length: 5\r\n' in answer and answer.endswith(b'\r\n\r\n'), answer
        answer = in_thread(exchange, address, b'GET /none HTTP/1.1\r\n\r\n')
        assert b'Content-Length' not in answer and answer.endswith(b'\r\n\r\n'), answer


def test_wsgi_refuses_what_it_can_not_read():
    cases = [(b'garbage\r\n\r\n', b'400'), (b'GET / HTTP/2.0\r\n\r\n', b'505'),
             (b'GET / HTTP/1.1\r\nno colon\r\n\r\n', b'400'), (b'GET / HTTP/1.1\r\nname : x\r\n\r\n', b'400'),
             (b'GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', b'400'),
             (b'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', b'400'),
             (b'GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n', b'413'),
             (b'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', b'501'),
             (b'GET /' + b'x' * 65531, b'414'),
             (b'GET / HTTP/1.1\r\nX: ' + b'x' * 65533, b'431'),
             (b'GET / HTTP/1.1\r\n' + b'a: b\r\n' * 100, b'431')]
    for server in SERVERS:
        address = server(hello)
        for request, status in cases:
            answer = in_thread(exchange, address, request)
            equal((request[:40], answer[:12]), (request[:40], b'HTTP/1.1 ' + status))


def test_wsgi_application_that_fails_costs_its_connection_only():
    def application(environ, start_response):
        if environ['PATH_INFO'] == '/fail':
            raise OSError('on purpose')
        return hello(environ, start_response)
    for server in SERVERS:
        address = server(application)
        saved, sys.stderr = sys.stderr, io.StringIO()
        try:
            answer = in_thread(exchange, address, b'GET /fail HTTP/1.1\r\n\r\n')
            assert 'on purpose' in sys.stderr.getvalue()
        finally:
            sys.stderr = saved
        assert answer.startswith(b'HTTP/1.1 500 ') and b'Connection: close' in answer, answer
        assert in_thread(exchange, address, b'GET /ok HTTP/1.0\r\n\r\n').endswith(b'/ok')


def test_wsgi_logs_four_records_a_request_at_debug_level():
    import logging
    records = []

    class Recorder(logging.Handler):
        def emit(self, record):
            records.append(record)
    handler = Recorder()
    logging.root.addHandler(handler)
    try:
        address = syncless_server(hello)
        in_thread(exchange, address, b'GET / HTTP/1.0\r\n\r\n')
        equal(len(records), 0)
        logging.root.setLevel(logging.DEBUG)
        in_thread(exchange, address, b'GET / HTTP/1.0\r\n\r\n')
        equal(len(records), 4)
    finally:
        logging.root.setLevel(logging.WARNING)
        logging.root.removeHandler(handler)


def test_wsgi_survives_what_clients_do():
    def mistreat(address):
        silent = [connect(address) for _ in range(3)]
        connect(address).close()
        for part in (b'', b'GET / HT', b'GET / HTTP/1.1\r\nHo', b'POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc',
                     b'GET / HTTP/1.1\r\nHost: x\r\n\r\n'):
            equal(exchange(address, part).count(b'200 OK'), int(part.endswith(b'\r\n\r\n')))
            client = connect(address)
            client.sendall(part)
            reset(client)
        equal(exchange(address, b'GET /ok HTTP/1.0\r\n\r\n')[-3:], b'/ok')
        for client in silent:
            client.close()
        equal(exchange(address, b'GET /ok HTTP/1.0\r\n\r\n')[-3:], b'/ok')
    for server in SERVERS:
        in_thread(mistreat, server(hello))


def test_nothing_is_left_of_a_connection():
    address = syncless_server(hello)

    def count():
        return len(os.listdir('/proc/self/fd')), len(hub.readers), len(hub.writers)

    def some():
        for number in range(50):
            with connect(address) as client:
                if number % 2:
                    client.sendall(b'GET / HTTP/1.1\r\n\r\n')
                    client.recv(1000)
        exchange(address, b'GET / HTTP/1.0\r\n\r\n')  # the connections before have ended when this one has
    in_thread(some)
    stackless.schedule()
    before = count()
    in_thread(some)
    stackless.schedule()
    equal(count(), before)


# The runtime.

def runtime(*arguments, **environment):
    """How servers.common.runtime ends: status, stdout, stderr."""
    environment = {**os.environ, 'BENCH_STACKLESS': '', 'BENCH_PYTHON2_GREENLET': '', **environment}
    done = subprocess.run([sys.executable, '-m', 'servers.common.runtime', *arguments], cwd=ROOT, env=environment, check=False,
                          timeout=TIMEOUT_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def runtime_takes_an_original_that_is_named():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'syncless'))
        for module in ('stackless', 'syncless/__init__', 'syncless/coio', 'syncless/patch', 'syncless/wsgi'):
            open(os.path.join(folder, module + '.py'), 'w').close()
        with open(os.path.join(folder, 'syncless', 'version.py'), 'w') as file:
            file.write("VERSION = '0.25'\n")
        original = {'BENCH_STACKLESS': '/usr/bin/python3', 'PYTHONPATH': folder}
        equal(runtime('check', 'original', 'stackless', 'syncless', **original), (0, '', ''))
        _, version, _ = runtime('version', 'original', 'stackless', 'syncless', **original)
        assert version.startswith('syncless 0.25 original on CPython 3'), version


def runtime_never_takes_one_for_the_other():
    named = {'BENCH_PYTHON2_GREENLET': '/usr/bin/python3', 'PYTHONPATH': REVIVAL}
    status, _, said = runtime('check', 'original', 'greenlet', 'syncless', **named)
    assert status == 1 and "No module named 'syncless'" in said and 'BENCH_PYTHON2_GREENLET' in said, said
    _, version, _ = runtime('version', 'revival', 'greenlet', 'syncless', **named)
    assert version.startswith('syncless revival on CPython 3') and '(greenlet ' in version, version


def runtime_says_how_an_original_is_built():
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.join(ROOT, 'servers'), os.path.join(folder, 'servers'))
        program = ("import sys, servers.common.runtime as runtime; runtime.BUILT = sys.argv.pop(1); "
                   "sys.argv[0] = 'runtime'; runtime.main()")
        done = subprocess.run([sys.executable, '-c', program, folder, 'check', 'original', 'stackless', 'concurrence'], cwd=folder,
                              env={**os.environ, 'BENCH_STACKLESS': ''}, timeout=TIMEOUT_SECONDS, stderr=subprocess.PIPE,
                              text=True, check=False)
        assert done.returncode == 1 and done.stderr.rstrip().endswith('build it: make originals'), done.stderr


def runtime_checks():
    equal(runtime('check', 'revival', 'greenlet', 'syncless'), (0, '', ''))


def runtime_refuses_what_it_does_not_know():
    for arguments in ([], ['run', 'original', 'threads', 'syncless'], ['run', 'revival', 'greenlet', 'tornado'],
                      ['run', 'greenlet', 'syncless']):
        equal(runtime(*arguments)[0], 2)


# The TAP of all groups.

def run_cases(prefix):
    """Runs a group in this process: a line of `ok` or `not ok` each. A case that hangs ends the process."""
    for name, function in list(globals().items()):
        if name.startswith(prefix) and inspect.isfunction(function):
            signal.alarm(TIMEOUT_SECONDS)
            title = name.partition('_')[2].replace('_', ' ')
            try:
                function()
                print('ok', title, flush=True)
            except BaseException:
                print('not ok', title, flush=True)
                print(''.join('# %s\n' % line for line in traceback.format_exc().splitlines()), end='', flush=True)


def can_import(interpreter, module):
    return os.path.exists(interpreter) and \
        subprocess.run([interpreter, '-c', 'import ' + module], stderr=subprocess.DEVNULL).returncode == 0


def main():
    number = failed = 0
    for group, interpreter, module, prefix in GROUPS:
        if not can_import(interpreter, module):
            number += 1
            print('ok %d - %s # SKIP no %s with %s' % (number, group, interpreter, module))
            continue
        process = subprocess.Popen([interpreter, __file__, prefix], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            verdict, found, title = line.partition('ok ')
            if not found or verdict not in ('', 'not '):
                print(line, end='')
                continue
            number += 1
            failed += bool(verdict)
            print('%sok %d - %s: %s' % (verdict, number, group, title), end='', flush=True)
        number += 1
        code = process.wait()
        failed += bool(code)
        print('%sok %d - %s: all cases ran' % ('not ' if code else '', number, group), flush=True)
    print('1..%d' % number)
    sys.exit(bool(failed))


if __name__ == '__main__':
    if sys.argv[1:]:
        run_cases(sys.argv[1])
    else:
        main()
