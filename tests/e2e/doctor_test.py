#!/usr/bin/python3
"""`benchctl doctor`: what it says of this host, whatever that is, and that it changes nothing. Prints TAP."""
import errno
import fcntl
import functools
import json
import os
import platform
import pty
import re
import resource
import socket
import struct
import sys
import termios

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import BENCHCTL, Place
from helper.seccomp import UNSHARE, forbid

CHECKS = ['build', 'CPUs', 'SMT', 'governor', 'turbo', 'steal', 'load', 'CPU quota', 'processes', 'memory', 'client level',
          'files', 'host files', 'network', 'ports', 'backlog', 'SYN queue', 'time-wait', 'conntrack', 'listeners', 'port', 'io_uring',
          'servers']
# What differs from one moment to the next.
FLEETING = {'steal', 'load', 'listeners', 'memory'}
# Findings that perhaps no command can lift: hardware, or a limit that is set from outside.
BOUND = {'files', 'CPUs', 'SMT', 'io_uring', 'network'}
CONF = '''[server control]
command = "/usr/bin/true"
version = echo "a control server"

[server absent]
command = "/usr/bin/true"
requires = sh -c "echo gone >&2; exit 1"
install = libabsent-dev

[run]
port = %d
network = %s
'''

place = None  # of all tests
port = 0  # a free one


def doctor(*words, **options):
    return place.bench('doctor', *words, **options)


def findings(outcome):
    """The findings of the host, by check."""
    return {one['check']: one for one in json.loads(outcome.out) if one['subject'] == 'host'}


def conclusion(outcome):
    """The last sentence for people, however many lines it takes."""
    return ' '.join(outcome.out.split()).rpartition('The default sweep ')[2]


def bad(found):
    return [check for check in found if found[check]['severity'] == 'bad']


def switches():
    """What a command could have changed: the kernel's settings, those of the CPUs, and the limits of this process."""
    seen = {}
    for folder in ('/proc/sys/net/core', '/proc/sys/net/ipv4', '/proc/sys/fs', '/proc/sys/kernel',
                   '/sys/devices/system/cpu/cpu0/cpufreq', '/sys/devices/system/cpu/cpufreq', '/sys/devices/system/cpu/smt'):
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and os.stat(path).st_mode & 0o222:
                    with open(path) as file:
                        seen[path] = file.read()
            except OSError:
                pass
    seen['limits'] = [resource.getrlimit(which) for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)]
    seen['CPUs'] = os.sched_getaffinity(0)
    # Written by the kernel itself, or by whatever starts a process.
    return {path: text for path, text in seen.items() if not re.search(r'ns_last_pid|random|\.\w*pid|cad_pid|scaling_cur|setspeed', path)}


def test_json():
    before = switches()
    outcome = doctor('--json')
    tap.is_(switches(), before, 'it changes nothing')
    found = findings(outcome)
    tap.is_(list(found), CHECKS, 'all checks')
    for check, one in found.items():
        good = (one['severity'] in ('ok', 'note', 'bad') and one['good'] == (one['severity'] == 'ok') and one['text'] and
                one['why'] and (one['command'] is None or one['command'] and not one['good']))
        tap.ok(good, 'fields of ' + check, one)
    tap.is_(outcome.code, 1 if bad(found) else 0, 'exit code')
    tap.has(outcome.err, 'can%s be honest here' % ('not' if bad(found) else ''), 'the conclusion is on stderr')
    tap.is_([word for word in bad(found) if word not in outcome.err], [], 'and names what is bad')
    tap.is_(found['port']['text'], '%d is free' % port, 'the port is the one of bench.conf')
    tap.has(found['servers']['text'], ['1 of 2 can run here', 'absent'], 'servers')
    servers = {one['subject']: one for one in json.loads(outcome.out) if one['subject'] != 'host'}
    tap.is_(sorted(servers), ['absent', 'control'], 'a finding of each server')
    tap.is_((servers['control']['severity'], servers['control']['text']), ('ok', 'a control server'), 'a server that can run')
    tap.is_(servers['absent']['severity'], 'note', 'a server that can not')
    tap.has(servers['absent']['text'], 'gone', 'and why')
    tap.has(servers['absent']['command'], 'apt-get install -y libabsent-dev', 'and what installs it')


def test_text():
    found = findings(doctor('--json'))
    outcome = doctor()
    tap.is_(re.findall(r'^(?:ok|note|bad) +(\w+(?:[- ]\w+)*?)  ', outcome.out, re.M), CHECKS, 'a line for each check')
    said = ' '.join(outcome.out.split())
    for check, one in found.items():
        if check in FLEETING or one['severity'] == 'ok':
            continue
        tap.has(said, [' '.join(one['text'].split()), one['why']], check + ': what and why')
        if one['command']:
            tap.has(outcome.out, '$ %s\n' % one['command'], check + ': the command, in one line')
        else:
            tap.ok(check in BOUND, check + ': only what nothing here lifts is without a command')
    tap.has(conclusion(outcome), '(1..65536) can', 'the conclusion stands at the end')
    tap.ok(all(len(line) <= 100 or line.lstrip().startswith('$') for line in outcome.out.splitlines()), 'lines are short', outcome)


def test_narrow_terminal():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 25, 60, 0, 0))
    process = place.start(BENCHCTL, 'doctor', stdout=slave)
    os.close(slave)
    data = b''
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        data += piece
    os.close(master)
    place.end(process)
    lines = data.decode().replace('\r', '').splitlines()
    tap.ok(len(lines) > len(CHECKS), 'a terminal: lines', lines)
    tap.is_([line for line in lines if len(line) > 60 and not line.lstrip().startswith('$')], [], 'none is wider than the terminal')


def test_held_port():
    with socket.socket() as holder:
        holder.bind(('127.0.0.1', 0))
        holder.listen()
        held = holder.getsockname()[1]
        outcome = doctor('--json', '--port', str(held))
        found = findings(outcome)
        tap.is_(outcome.code, 1, 'a held port: exit code')
        tap.is_(found['port']['severity'], 'bad', 'a held port is bad')
        tap.has(found['port']['text'], [str(held), 'process %d' % os.getpid()], 'it names who holds the port')
        tap.has(found['port']['command'], ['benchctl run --port 0'], 'and what to do')
        text = doctor('--port', str(held))
        tap.has(conclusion(text), ['cannot be honest here', 'port'], 'the conclusion names it')


def test_private_network():
    """A private network, where there is one, lifts what is of the host's; where there is none, doctor says why."""
    with socket.create_server(('127.0.0.1', 0)) as holder:
        conf = place.file('private.conf', CONF % (holder.getsockname()[1], 'auto'))
        host = findings(doctor('--json'))
        tap.has(host['network']['text'], 'as bench.conf says', 'network = host: as bench.conf says')
        found = findings(doctor('--json', '--conf', conf))
        if 'a private one' not in found['network']['text']:
            tap.has(found['network']['text'], 'no private network', 'no private network: it says so')
            return
        of_network = ['ports', 'backlog', 'SYN queue', 'time-wait', 'conntrack', 'listeners', 'port']
        tap.is_([check for check in of_network if found[check]['severity'] != 'ok'], [], 'a private network: what it lifts is ok')
        for check in of_network:
            if host[check]['severity'] != 'ok':
                tap.has(found[check]['text'], 'lifted by the private network', 'a private network lifts: ' + check)
        tap.has(found['port']['text'], ['in use', 'lifted'], 'a private network: a port that is held in the host\'s is free there')
        if platform.machine() in UNSHARE:
            refuse = functools.partial(forbid, UNSHARE[platform.machine()], errno.EPERM)
            found = findings(doctor('--json', '--conf', conf, preexec_fn=refuse))
            tap.is_(found['network']['severity'], 'note', 'unshare is forbidden: a note')
            tap.has(found['network']['text'], ['no private network', 'Operation not permitted'], 'unshare is forbidden: why')
            tap.is_(found['port']['severity'], 'bad', 'unshare is forbidden: the host\'s port counts')


def test_file_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 <= hard < 2000:
        raise tap.Skip('the hard limit is too low')

    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))

    outcome = doctor('--json', preexec_fn=lower)
    found = findings(outcome)
    tap.is_(outcome.code, 1, 'few files: exit code')
    tap.is_(found['client level']['severity'], 'bad', 'few files: the client does not reach the highest level')
    tap.has(found['client level']['text'], '%s connections' % format((500 - 32) * 64, ','), 'but so many')
    tap.has(found['files']['text'], 'soft limit 500', 'few files: a server')
    tap.is_(found['files']['severity'], 'note', 'few files in a server are a note')
    # What lifts it does.
    outcome = place.command('bash', '-c', found['client level']['command'] + '; exec "$0" doctor --json', BENCHCTL, preexec_fn=lower)
    tap.is_(findings(outcome)['client level']['severity'], 'ok', found['client level']['command'] + ' lifts it')


def test_lower_level():
    """What is honest depends on what is to be run."""
    conf = place.file('small.conf', CONF % (port, 'host') + 'concurrency = 1..64\n')
    outcome = doctor('--json', '--conf', conf)
    found = findings(outcome)
    tap.is_([found[check]['severity'] for check in ('client level', 'files', 'backlog')], ['ok'] * 3, '1..64: the limits are wide enough')
    tap.has(outcome.err, '(1..64)', '1..64: the conclusion says so')


def test_without_conf():
    empty = place.file('empty/x', '')
    outcome = doctor('--json', '--port', str(port), cwd=os.path.dirname(empty))
    if outcome.code == 1 and not bad(findings(outcome)) or outcome.code > 1:
        tap.ok(False, 'a host is judged without a bench.conf', outcome)
        return
    tap.is_(list(findings(outcome)), CHECKS, 'a host is judged without a bench.conf')
    outcome = doctor('--conf', 'nowhere.conf')
    tap.ok(outcome.code == 2 and 'nowhere.conf' in outcome.err and not outcome.out, 'a bench.conf that is named must be there', outcome)
    broken = place.file('broken/bench.conf', '[server x]\ncolour = red\n')
    outcome = doctor(cwd=os.path.dirname(broken))
    tap.ok(outcome.code == 2 and 'bench.conf' in outcome.err, 'and one that is here must be right', outcome)


with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = free.getsockname()[1]
with Place() as place:
    # So that all findings of the host's network count.
    place.file('bench.conf', CONF % (port, 'host'))
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
