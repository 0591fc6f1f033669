#!/usr/bin/python3
"""The network that servers are measured in: a private one for each launch, and the host's where there is none. Prints TAP."""
import errno
import functools
import json
import os
import platform
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import free_port
from helper.program import BENCHCTL, LIMITED, PYTHON, Place, conserved, faulty_section, limited_section, python_section
from helper.seccomp import UNSHARE, forbid

NOBODY = 65534
IS_ROOT = os.geteuid() == 0
# A number of requests instead of a time: what is seen does not depend on how fast the machine is.
RUN = ['--port', '0', '-n', '20', '--sequential', '5', '--ceiling', 'no', '-m', 'close', '-c', '4', '--ready', '60s']
# What is sampled needs a window that is longer than the time between two samples.
TIMED = ['-n', '0', '--duration', '300ms', '--warmup', '10ms']
PRIVATE_QUEUE = 65535

# What a server finds in its network goes into the file seen-PORT; then it serves.
LOOKER = '''import errno, json, os, socket, sys
def reach(kind, address):
    with socket.socket(socket.AF_INET, kind) as sock:
        return errno.errorcode.get(sock.connect_ex(address), 'reached')
seen = {
    'network': os.readlink('/proc/self/ns/net'),
    'user': os.getuid(),
    'interfaces': [name for _, name in socket.if_nameindex()],
    'host': reach(socket.SOCK_STREAM, ('127.0.0.1', int(sys.argv[1]))),
    # A datagram socket sends nothing in connect(2), which only looks for a route. The address is of no host (RFC 5737).
    'outside': reach(socket.SOCK_DGRAM, ('192.0.2.1', 9)),
}
with open('seen', 'a') as file:
    file.write(json.dumps(seen) + '\\n')
os.execv(%r, [%r, %r, 'none'])
''' % (PYTHON, PYTHON, LIMITED)

# Serves once another server of its kind has started too.
PAIR = '''import os, time, uuid
open('started-' + uuid.uuid4().hex, 'w').close()
while sum(name.startswith('started-') for name in os.listdir('.')) < 2:
    time.sleep(0.01)
os.execv(%r, [%r, %r, 'none'])
''' % (PYTHON, PYTHON, LIMITED)


def here():
    """The network namespace of this process."""
    return os.readlink('/proc/self/ns/net')


@functools.lru_cache(None)
def lacks(*words):
    """Why this kernel or container gives no network namespace; "" where it does."""
    probe = subprocess.run(['unshare', *words, 'true'], capture_output=True, text=True)
    return probe.stderr.strip() if probe.returncode else ''


def need_private():
    why = lacks('-n') if IS_ROOT else lacks('-rn')
    if why:
        raise tap.Skip('no private network here: ' + why)


def run(place, name, *words, **options):
    return place.bench('run', '--out', name, *RUN, *words, **options)


def looker(place, port=9, **keys):
    """A [server looker] that says what its network is like, and whether it reaches that port of the host."""
    return python_section('looker', place.file('looker.py', LOOKER), port, **keys)


def seen(place):
    return [json.loads(line) for line in place.read('seen').splitlines()]


def check_measured(place, name, network, title):
    """The run is of that network, and each cell has figures. Returns the document."""
    document = place.document(name)
    cells = document['cells']
    tap.is_(document['environment']['network'], network, title + ': run.json says which network')
    tap.ok(cells and all(conserved(cell) and 'error' not in cell and cell['rate_rps'] > 0 for cell in cells),
           title + ': each cell is measured', cells)
    return document


def test_private_is_the_default():
    need_private()
    with Place() as place, socket.create_server(('127.0.0.1', 0)) as listener:
        place.file('bench.conf', looker(place, listener.getsockname()[1]))
        outcome = run(place, 'r', '--repeat', '2', *TIMED)
        tap.is_(outcome.code, 0, 'private: exit code')
        document = check_measured(place, 'r', 'private', 'private')
        for cell in document['cells'][1::2]:
            queue = cell['accept_queue']
            tap.ok(0 <= queue['mean'] <= queue['max'] <= cell['level'], 'private: the accept queue of level %d' % cell['level'], cell)
            tap.is_(cell['backlog'], PRIVATE_QUEUE, 'private: the backlog is as large as the largest level needs')
        tap.is_(document['environment']['sysctl'],
                {'somaxconn': PRIVATE_QUEUE, 'port_low': 1024, 'port_high': 65535, 'tcp_max_tw_buckets': 1048576,
                 'tcp_tw_reuse': 1}, 'private: run.json has the limits of its network')
        found = seen(place)
        networks = {one['network'] for one in found}
        tap.ok(len(found) == len(networks) == 2 and here() not in networks, 'private: a fresh network for each launch', found)
        tap.is_([(one['interfaces'], one['host'], one['outside']) for one in found],
                [(['lo'], 'ECONNREFUSED', 'ENETUNREACH')] * 2,
                'private: a server has a loopback interface, and reaches neither the host nor what is outside')


def test_host():
    with Place() as place, socket.create_server(('127.0.0.1', 0)) as listener:
        place.file('bench.conf', looker(place, listener.getsockname()[1]))
        with open('/proc/sys/net/core/somaxconn') as file:
            queue = int(file.read())
        outcome = run(place, 'r', '--network', 'host')
        tap.is_(outcome.code, 0, 'host: exit code')
        document = check_measured(place, 'r', 'host', 'host')
        tap.is_([(one['network'], one['host']) for one in seen(place)], [(here(), 'reached')], 'host: the server is in the host\'s')
        tap.is_({cell['backlog'] for cell in document['cells']}, {queue}, 'host: the backlog is the host\'s')
        tap.is_(document['environment']['sysctl']['somaxconn'], queue, 'host: and so are the limits')


def test_server_that_needs_the_host():
    need_private()
    with Place() as place, socket.create_server(('127.0.0.1', 0)) as listener:
        place.file('bench.conf', looker(place, listener.getsockname()[1], network='host') + limited_section('none'))
        outcome = run(place, 'r', *TIMED)
        if IS_ROOT:
            tap.is_(outcome.code, 0, 'network = host: exit code')
            check_measured(place, 'r', 'private', 'network = host')
            tap.is_([(one['network'], one['host']) for one in seen(place)], [(here(), 'reached')],
                    'network = host: that server is in the host\'s network')
            for server, counted in ('looker', '(of the whole host: other traffic shows too)'), ('none', 'private network alone'):
                explained = place.bench('explain', 'results/r/run.json', server + '@4').out
                tap.has(explained, [counted, 'waited in the accept queue'], 'network = host: explain says whose the counters of %s are' % server)
            tap.is_({server['name']: server.get('network') for server in place.document('r')['servers']},
                    {'looker': 'host', 'none': None}, 'network = host: run.json says which server was there')
        as_user(place)
        name = 'network = host, a user without rights'
        outcome = user_run(place, 'u', '--repeat', '1')
        cells = place.document('u')['cells']
        tap.ok(all('--network host runs all servers there' in cell['error'] for cell in cells if cell['server'] == 'looker'),
               name + ': its cells say what to do', cells)
        tap.ok(all(cell['ok'] for cell in cells if cell['server'] == 'none'), name + ': the other is measured', cells)
        outcome = user_run(place, 'v', '--network', 'host')
        tap.is_(outcome.code, 0, name + ': with --network host: exit code')


def as_user(place):
    """Lets a user without rights work in the folder of the place."""
    if not IS_ROOT:
        return
    os.chmod(place.path, 0o755)
    os.makedirs(place.file('results'), exist_ok=True)
    for path in place.path, place.file('results'):
        os.chown(path, NOBODY, NOBODY)
    for name in os.listdir(place.path):
        if os.path.isfile(place.file(name)):
            os.chown(place.file(name), NOBODY, NOBODY)
    probe = place.command('test', '-x', BENCHCTL, '-a', '-r', LIMITED, **user())
    if probe.code:
        raise tap.Skip('the user %d may not run %s' % (NOBODY, BENCHCTL))


def user():
    """Options of a process that has no rights."""
    return {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if IS_ROOT else {}


def user_run(place, name, *words):
    return run(place, name, *words, env=place.environment(HOME=place.path), **user())


def test_user_without_rights():
    with Place() as place:
        place.file('bench.conf', looker(place))
        as_user(place)
        probe = place.command('unshare', '-rn', 'true', **user())
        outcome = user_run(place, 'r')
        tap.is_(outcome.code, 0, 'a user without rights: exit code')
        if probe.code:
            check_measured(place, 'r', 'host', 'a user without rights, no user namespaces here')
            check_fallback(outcome, 'a user without rights, no user namespaces here')
            return
        document = check_measured(place, 'r', 'private', 'a user without rights')
        found = seen(place)
        tap.is_([one['user'] for one in found], [NOBODY if IS_ROOT else os.getuid()], 'a user without rights: it stays that user')
        tap.ok(found[0]['network'] != here() and found[0]['interfaces'] == ['lo'],
               'a user without rights: a network of its own', found)
        tap.is_(document['environment']['sysctl']['somaxconn'], PRIVATE_QUEUE, 'a user without rights: its limits are raised')


def check_fallback(outcome, title):
    """One line says that the network is the host's, why, and what would allow another."""
    lines = [line for line in outcome.err.splitlines() if 'private network' in line]
    tap.ok(len(lines) == 1 and 'Operation not permitted' in lines[0] and 'unprivileged user namespaces' in lines[0],
           title + ': one line says why, and what would allow it', outcome)


def test_unshare_is_forbidden():
    """As by a container's seccomp profile."""
    if platform.machine() not in UNSHARE:
        raise tap.Skip('the number of unshare(2) is not known for ' + platform.machine())
    refuse = functools.partial(forbid, UNSHARE[platform.machine()], errno.EPERM)
    with Place() as place:
        place.file('bench.conf', limited_section('none'))
        outcome = run(place, 'r', preexec_fn=refuse)
        tap.is_(outcome.code, 0, 'unshare is forbidden: exit code')
        check_measured(place, 'r', 'host', 'unshare is forbidden')
        check_fallback(outcome, 'unshare is forbidden')
        outcome = run(place, 'p', '--network', 'private', preexec_fn=refuse)
        tap.is_((outcome.code, outcome.out), (3, ''), 'unshare is forbidden, --network private: exit code, and nothing on stdout')
        tap.ok(outcome.err.startswith('benchctl run: no private network: ') and outcome.err.count('\n') == 1,
               'unshare is forbidden, --network private: one line says why', outcome)
        tap.ok(not os.path.exists(place.file('results/p')), 'unshare is forbidden, --network private: nothing is left')
        outcome = place.bench('check', 'none', preexec_fn=refuse)
        check_fallback(outcome, 'unshare is forbidden, check')


def test_without_sys():
    """As in containers that mount no sysfs."""
    words = ['unshare', '-m'] if IS_ROOT else ['unshare', '-rm']
    if lacks(*words[1:]):
        raise tap.Skip('no mount namespace here: ' + lacks(*words[1:]))
    with Place() as place:
        place.file('bench.conf', limited_section('none'))
        outcome = place.command(*words, 'sh', '-c', 'mount -t tmpfs none /sys && exec "$0" "$@"', BENCHCTL, 'run', '--out', 'r', *RUN)
        tap.is_(outcome.code, 0, 'without /sys: exit code')
        check_measured(place, 'r', 'host' if lacks('-n' if IS_ROOT else '-rn') else 'private', 'without /sys')
        tap.ok(os.path.isdir('/sys/devices'), 'without /sys: it is there outside')


def test_limits_are_read_only():
    """As in containers without privileges: the limits stay, and the line that says so is whole."""
    words = ['unshare', '-m'] if IS_ROOT else ['unshare', '-rm']
    if lacks(*words[1:]) or lacks('-n' if IS_ROOT else '-rn'):
        raise tap.Skip('no namespaces here')
    with Place() as place:
        place.file('bench.conf', limited_section('none'))
        script = 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$0" "$@"'
        outcome = place.command(*words, 'sh', '-c', script, BENCHCTL, 'run', '--out', 'r', *RUN)
        tap.is_(outcome.code, 0, 'read-only limits: exit code')
        check_measured(place, 'r', 'private', 'read-only limits')
        tap.has(outcome.err, 'in the private network somaxconn, tcp_max_syn_backlog, ip_local_port_range, ip_local_reserved_ports, '
                'tcp_max_tw_buckets, tcp_tw_reuse cannot be set: Read-only file system\n', 'read-only limits: said')


# Responds to each connection, over IPv6, and keeps where they came from in the file peers.
SIX = '''import os, signal, socket, sys
listener = socket.create_server(('::1', int(sys.argv[1])), family=socket.AF_INET6, backlog=65535)
peers = set()
def end(*_):
    with open('peers', 'w') as file:
        file.write('\\n'.join(peers))
    os._exit(0)
signal.signal(signal.SIGTERM, end)
while True:
    sock, peer = listener.accept()
    peers.add(peer[0])
    while True:
        if not sock.recv(4096):
            break
        sock.send(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok')
        sock.shutdown(socket.SHUT_WR)
    sock.close()
'''


def test_ipv6():
    """More connections than one address has ports for, so to speak, come from several."""
    need_private()
    if not os.path.exists('/proc/net/if_inet6'):
        raise tap.Skip('no IPv6 here')
    with Place() as place:
        port = free_port()
        place.file('bench.conf', '[server six]\ncommand = %s %s %d\nurl = http://[::1]:%d/\n' % (
            PYTHON, place.file('six.py', SIX), port, port))
        outcome = run(place, 'r', '-c', '9000', '-n', '9000', '--max-ramp', '60s')
        tap.is_(outcome.code, 0, 'IPv6: exit code')
        check_measured(place, 'r', 'private', 'IPv6')
        peers = set(place.read('peers').split())
        tap.ok(len(peers) == 2 and '::1' in peers, 'IPv6: 9,000 connections come from two addresses', peers)


def test_two_runs_on_one_port():
    need_private()
    with Place() as place:
        with socket.create_server(('127.0.0.1', 0)) as listener:
            port = str(listener.getsockname()[1])
        place.file('bench.conf', python_section('pair', place.file('pair.py', PAIR)))
        # Each server waits for the other before it serves, so that both have the port at the same time.
        runs = [place.start(BENCHCTL, 'run', '--out', name, *RUN, '--network', 'private', '--port', port) for name in 'ab']
        for name, process in zip('ab', runs, strict=True):
            outcome = place.end(process)
            tap.is_(outcome.code, 0, 'two runs on one port: %s: exit code' % name)
            check_measured(place, name, 'private', 'two runs on one port: ' + name)


def test_resume():
    need_private()
    with Place() as place:
        place.file('bench.conf', limited_section('none'))
        tap.is_(run(place, 'r').code, 0, 'resume: the run')
        outcome = place.bench('run', '--resume', 'r', '--network', 'host')
        tap.ok(outcome.code == 3 and 'network' in outcome.err, 'resume: another network is refused', outcome)
        tap.is_(place.bench('run', '--resume', 'r').code, 0, 'resume: the same one goes on')


def test_slow_server_with_a_long_queue():
    """
    What the client has given up lies in the accept queue, for longer than --ready: the server works through it, and is
    alive. The same where it has stopped is a failure.
    """
    need_private()
    level = 6000
    with Place() as place:
        place.file('bench.conf', limited_section('slow') + limited_section('stuck'))
        outcome = place.bench('run', '--out', 'r', '--port', '0', '--ceiling', 'no', '--sequential', '1', '-m', 'close', '-c',
                              str(level), '--duration', '1s', '--max-window', '1s', '--ready', '2s')
        cells = {cell['server']: cell for cell in place.document('r')['cells'] if cell['client'] != 'seq'}
        slow, stuck = cells['slow'], cells['stuck']
        tap.ok('error' not in slow and slow['rate_rps'] > 0, 'slow: it is alive', outcome)
        tap.ok(slow['accept_queue']['max'] > level / 2, 'slow: most connections are in its accept queue', slow)
        tap.has(stuck.get('error', ''), 'the server did not respond after this load', 'stuck: it has failed')
        for cell in slow, stuck:
            tap.ok(conserved(cell) and cell['kernel']['ListenDrops'] == 0, cell['server'] + ': no connection was dropped', cell)


def test_where_the_connections_are():
    """
    Of a server that accepts slowly, and of one that stops: those in the server, in its accept queue, in SYN retry and resting
    are all that were offered, but for what is sampled at different moments.
    """
    need_private()
    for level, backlog in (3000, 0), (3000, 128), (65536, 0):
        with Place() as place:
            place.file('bench.conf', limited_section('slow') + limited_section('stuck') * (level < 65536))
            place.bench('run', '--out', 'r', '--port', '0', '--ceiling', 'no', '--sequential', '1', '-m', 'close', '-c', str(level),
                        '--duration', '1s', '--max-window', '1s', '--timeout', '20s', '--ready', '2s', '--backlog', str(backlog))
            for cell in place.document('r')['cells'][1::2]:
                title = 'where: %s at %d, backlog %d' % (cell['server'], level, backlog)
                places = [cell['open_in_server']['mean'], cell['accept_queue']['mean'], cell['handshaking'], cell['resting']]
                if backlog and cell['server'] == 'slow':
                    # While it accepts, Linux answers SYNs beyond the backlog with cookies: established for the client alone.
                    tap.ok(cell['accept_queue']['max'] <= backlog + 1 and sum(places) - cell['handshaking'] < level / 2,
                           title + ': most of them are neither in the server nor in its queue', places)
                    continue
                # Of what is steady, any moment will do; what changed in the window was sampled at different moments of it.
                offered = cell['concurrency']
                apart = max(0.05, (offered['max'] - offered['min']) / offered['mean'])
                tap.ok(abs((sum(places) - cell['resting']) / offered['mean'] - 1) < apart,
                       title + ': the places add up to what was offered', (places, cell))
                if backlog:
                    tap.ok(cell['accept_queue']['max'] <= backlog + 1 and cell['handshaking'] > level / 2,
                           title + ': most of them are in SYN retry', places)
                else:
                    tap.ok(cell['accept_queue']['mean'] > level / 2, title + ': most of them are in the accept queue', places)
                tap.has(place.bench('explain', 'results/r/run.json', '%s@%d' % (cell['server'], level)).out,
                        ['{:,} offered: '.format(level), 'in handshake or SYN retry'], title + ': explain says so')


def test_accepts_and_never_responds():
    need_private()
    with Place() as place:
        place.file('bench.conf', faulty_section('faulty', 'never_reads', 3))
        run(place, 'r', '-c', '64', '-n', '0', '--duration', '300ms', '--timeout', '1s', '--ready', '3s')
        last = place.document('r')['cells'][-1]
        tap.has(last.get('error', ''), 'did not respond after this load', 'accepts and never responds: it has failed')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
