#!/usr/bin/python3
"""`benchctl check`: servers that keep the contract pass, and each fault fails exactly the checks that it should. Prints TAP.

The faulty servers are one script outside the repository, known by a configuration of its own.
"""
import concurrent.futures
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import BENCHCTL, ROOT

# Longer than a good server takes on the busiest machine.
PATIENT = '60s'  # as long as --timeout may be
# The real servers that `make check` asks; `make check-all` asks all.
REAL = ['control', 'tornado', 'node_js']

# One server, threads and blocking sockets, that does one thing wrong.
SERVER = r'''
import os, signal, socket, struct, sys, threading, time

fault = sys.argv[1]
serial = threading.Lock()


def page(path):
    if path == '/':
        return '<p>Hello, World! <a href="/0">start</a>\n'
    if path[1:].isdigit() and len(path) <= 11 and int(path[1:]) < 2 ** 32:
        link = (1664525 * int(path[1:]) + 1013904223) % 2 ** 32 + (fault == 'wrong_link')
        return '<a href="/%d">%d</a>\n' % (link, link)
    return '' if fault == 'not_found_ok' else None


def log(address):
    if fault.startswith('nameless'):
        address = '-'
    if fault == 'log_late':
        time.sleep(0.2)     # what a buffer would do
    if fault != 'log_none':
        sys.stderr.write(address + '\n' * (1 + (fault == 'log_twice')) + (address if fault == 'log_twice' else '') + '\n')
        sys.stderr.flush()


def answer(connection, head, address):
    lines = head.split('\r\n')
    method, path, version = lines[0].split()
    closes = version == 'HTTP/1.0' or any(line.lower() == 'connection: close' for line in lines[1:])
    if fault == 'keeps_10' and version == 'HTTP/1.0' or fault == 'keeps_closed' and version == 'HTTP/1.1':
        closes = False
    if fault in ('drops', 'declared'):
        closes = True
    if fault.startswith('crowded') and path[1:].isdigit() and 100 <= int(path[1:]) < 200:
        # Of the requests at once, those beyond the first hundred: a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        return False
    body = page(path)
    if fault == 'wrong_start':
        body = '\033[31mno\n'
    connection.sendall(('HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s' % (
        '404 Not Found' if body is None else '200 OK', 'text/plain' if fault == 'plain' else 'text/html',
        len(body or ''), body or '')).encode())
    if fault.startswith('nameless'):
        log(address)
    else:
        threading.Thread(target=log, args=(address,)).start()
    return not closes


def serve(connection, address):
    pending = b''
    while True:
        data = connection.recv(65536)
        if not data:
            if not pending and fault == 'dies_on_empty' and address not in seen:
                os._exit(3)
            return
        pending += data
        while b'\r\n\r\n' in pending:
            head, pending = pending.split(b'\r\n\r\n', 1)
            if fault == 'dies_on_garbage' or fault == 'hangs_on_garbage':
                try:
                    head.decode('ascii')
                except ValueError:
                    if fault == 'dies_on_garbage':
                        os._exit(4)
                    os.kill(os.getpid(), signal.SIGSTOP)
            seen.add(address)
            if not answer(connection, head.decode('latin-1'), address[0]):
                return


def connected(connection, address):
    with connection:
        try:
            serve(connection, address)
        except ConnectionResetError:
            if fault == 'dies_on_reset':
                sys.stderr.write('\033[31mreset by peer\n')
                os._exit(5)
        except (OSError, ValueError):
            pass


if fault == 'dies_at_start':
    sys.exit('\033[31mno such \007module')
seen = set()
if fault == 'ignores_term':
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
listener = socket.socket()
if fault != 'no_reuse':
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((os.environ['BENCH_HOST'], int(os.environ['BENCH_PORT'])))
listener.listen(int(os.environ['BENCH_BACKLOG']))
if fault == 'orphan' and os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.setsid()
    signal.pause()
if fault == 'silent':
    connection, _ = listener.accept()
    with open(sys.argv[2], 'w') as told:
        told.write('asked')
    signal.pause()
while True:
    connection, address = listener.accept()
    if fault == 'serial':
        connected(connection, address)
    else:
        threading.Thread(target=connected, args=(connection, address), daemon=True).start()
'''

# Fault: the checks that it fails.
FAULTS = {
    'none': [],
    'log_late': [],
    'declared': [],
    'wrong_start': ['ready'],
    'dies_at_start': ['ready'],
    'plain': ['page'],
    'wrong_link': ['link', 'chain', 'parallel'],
    'not_found_ok': ['not_found'],
    'keeps_10': ['http10_close'],
    'keeps_closed': ['connection_close'],
    'drops': ['keepalive'],
    'log_none': ['log'],
    'nameless': ['log'],
    'nameless_declared': [],
    'log_twice': ['log'],
    'crowded': ['parallel'],
    'crowded_declared': [],
    'serial': ['empty_connection', 'half_request'],
    'dies_on_empty': ['empty_connection'],
    'dies_on_reset': ['reset'],
    'dies_on_garbage': ['garbage'],
    'hangs_on_garbage': ['garbage'],
    'ignores_term': ['sigterm'],
    'orphan': ['sigterm'],
    'no_reuse': ['restart'],
}

place = None  # of all tests: a folder


def ok(good, name, *notes):
    tap.ok(good, name, '\n'.join(map(str, notes)))


def check(*args):
    """Runs `benchctl check`; returns exit code, stdout, stderr."""
    done = subprocess.run([BENCHCTL, 'check', *args], capture_output=True, text=True, timeout=900)
    return done.returncode, done.stdout, done.stderr


def failed_of(text):
    """The failed checks of each server, of JSON."""
    failed = {}
    for finding in json.loads(text):
        failed.setdefault(finding['subject'], [])
        if not finding['good']:
            failed[finding['subject']].append(finding['check'])
    return failed


def text_of(text, subject, name):
    """The text of one finding."""
    return next((f['text'] for f in json.loads(text) if (f['subject'], f['check']) == (subject, name)), '')


def running(word):
    """The command lines of processes that hold the word."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/cmdline' % pid) as file:
                line = file.read()
        except OSError:
            continue
        if word in line and int(pid) != os.getpid():
            found.append(pid + ' ' + line.replace('\0', ' '))
    return found


@functools.lru_cache(None)
def conf_of_faults():
    """A bench.conf with a server for each fault."""
    script, conf = place + '/server.py', place + '/faults.conf'
    with open(script, 'w') as file:
        file.write(SERVER)
    with open(conf, 'w') as file:
        for fault in FAULTS:
            file.write('[server %s]\ncommand = %s %s %s\nkeepalive = %s\nclient_address = %s\nmax_connections = %d\n\n' % (
                fault, sys.executable, script, fault, 'no' if fault == 'declared' else 'yes',
                'no' if fault == 'nameless_declared' else 'yes', 100 if fault == 'crowded_declared' else 0))
        file.write('[server silent]\ncommand = %s %s silent %s/asked\n\n' % (sys.executable, script, place))
        file.write('[server absent]\ncommand = true\nrequires = false\ninstall = some-package\n')
    return conf


def test_faults():
    conf = conf_of_faults()
    # A few at a time: each has a minute for its checks, of which a machine that does all of them at once needs more.
    with concurrent.futures.ThreadPoolExecutor(2 * len(os.sched_getaffinity(0))) as pool:
        done = list(pool.map(lambda fault: check('--conf', conf, '--json', '--timeout', PATIENT, '--ready', PATIENT, fault), FAULTS))
    out = json.dumps([finding for _, text, _ in done for finding in json.loads(text)])
    failed = failed_of(out)
    for (fault, expected), (code, _, err) in zip(FAULTS.items(), done):
        ok(code == (1 if expected else 0), 'fault %s: exit code' % fault, code, err)
        ok(failed.get(fault) == expected, 'fault %s: fails %s' % (fault, ', '.join(expected) or 'nothing'),
           failed.get(fault), json.dumps([f for f in json.loads(out) if f['subject'] == fault and not f['good']], indent=1))
    ok('keepalive = no' in text_of(out, 'declared', 'keepalive'), 'keepalive is not asked where it is not declared')
    ok('no such' in text_of(out, 'dies_at_start', 'ready') and 'status 1' in text_of(out, 'dies_at_start', 'ready'),
       'a server that is never ready: its status and last words', text_of(out, 'dies_at_start', 'ready'))
    ok('status 3' in text_of(out, 'dies_on_empty', 'empty_connection'), 'a server that died: how',
       text_of(out, 'dies_on_empty', 'empty_connection'))
    ok(not any('\\u001b' in text or '\\u0007' in text for _, text, _ in done), 'no control character of a server in the JSON')


def test_text():
    conf = conf_of_faults()
    code, out, err = check('--conf', conf, '--timeout', PATIENT, 'none', 'dies_on_reset')
    lines = out.splitlines()
    ok(code == 1 and lines[0].startswith('none ') and ' ok ' in lines[0], 'a line for a good server', out, err)
    ok('FAILED' in lines[1] and ' reset ' in lines[2] and 'expected' in lines[3] and 'got' in lines[4],
       'a line for a bad one, then what failed, what was expected and what came', out)
    ok('\033' not in out and '\007' not in out, 'no control character of a server', repr(out))
    ok(lines[-1].startswith('1 of 2 '), 'the sum at the end', out)


def test_codes():
    conf = conf_of_faults()
    code, out, err = check('--conf', conf, '--timeout', PATIENT, 'none')
    ok(code == 0 and not err, 'all good exits 0', code, out, err)
    code, out, err = check('--conf', conf, 'none', 'nobody')
    ok(code == 2 and "'nobody'" in err and not out, 'an unknown server exits 2', code, out, err)
    code, out, err = check('--conf', conf + '.absent')
    ok(code == 2, 'no configuration exits 2', code, err)
    code, out, err = check('--conf', conf, '--timeout', 'x')
    ok(code == 2 and '--timeout' in err, 'a bad option exits 2', code, err)
    code, out, err = check('--conf', conf, 'absent')
    ok(code == 3 and 'some-package' in err, 'a named server that can not run here exits 3', code, err)
    with socket.socket() as held:
        held.bind(('127.0.0.1', 0))
        held.listen()
        code, out, err = check('--conf', conf, '--network', 'host', '--port', str(held.getsockname()[1]), 'none')
        ok(code == 3 and str(os.getpid()) in err, 'a port in use exits 3 and names its holder', code, err)


def test_left_out():
    conf_of_faults()
    conf = place + '/two.conf'
    with open(conf, 'w') as file:
        file.write('[server absent]\ncommand = true\nrequires = false\n\n[server none]\ncommand = %s %s/server.py none\n'
                   % (sys.executable, place))
    code, out, err = check('--conf', conf, '--timeout', PATIENT, '--json')
    ok(code == 0 and 'left out: absent' in err and failed_of(out) == {'none': []},
       'a server that can not run here is left out where none is named', code, out, err)


def wait_asked(fifo, pid):
    """Waits for the server's line, or for the end of the program, after which none can come."""
    ended = os.pidfd_open(pid)
    ready, _, _ = select.select([fifo, ended], [], [], 60)
    if fifo in ready:
        os.read(fifo, 64)
    os.close(ended)


def test_interrupt():
    conf, folder = conf_of_faults(), place
    os.mkfifo(folder + '/asked')
    # Both ends: so that opening waits for nobody, and the server's closing is no end of the file.
    fifo = os.open(folder + '/asked', os.O_RDWR | os.O_CLOEXEC)
    for how in signal.SIGINT, signal.SIGTERM:
        program = subprocess.Popen([BENCHCTL, 'check', '--conf', conf, '--json', '--ready', '60s', 'silent'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_asked(fifo, program.pid)   # the server has a request and will not respond
        program.send_signal(how)
        out, err = program.communicate(timeout=60)
        ok(program.returncode == 130 and out.strip() == '[]' and 'interrupted' in err,
           '%s while a server hangs exits 130' % how.name, program.returncode, out, err)
    os.close(fifo)


def test_real():
    code, out, err = check('--conf', os.path.join(ROOT, 'bench.conf'), '--json', '--timeout', PATIENT, '--ready', PATIENT, *(REAL if tap.QUICK else []))
    found = json.loads(out)
    failed = failed_of(out)
    ok('control' in failed, 'the control server is among the servers of bench.conf', err)
    for name in failed:
        ok(not failed[name], '%s keeps the contract' % name,
           *['%s: %s' % (f['check'], f['text']) for f in found if f['subject'] == name and not f['good']])
    ok(code == (1 if any(failed.values()) else 0), 'the exit code says so', code, err)


with tempfile.TemporaryDirectory() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    left = running(place)
    ok(not left, 'no server is left running', *left)
tap.done()
