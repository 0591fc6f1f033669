#!/usr/bin/python3
"""Servers in containers: built, run in the run's private network, observed, and gone with the run whatever ends it. The engine
is podman with runc, the images are FROM scratch with a static server in them, so that no network is needed. Prints TAP."""
import functools
import os
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import free_port
from helper.program import ROOT, Place, until

QUICK = ['--duration', '100ms', '--warmup', '20ms', '--client', 'epoll', '--sequential', '20']
RECIPE = 'FROM scratch\nCOPY server /server\nCMD ["/server"]\n'
DEAD = '#include <stdio.h>\nint main(void)\n{\n\tfputs("no licence for this server\\n", stderr);\n\treturn 3;\n}\n'

place = None  # of all tests


def podman(*words):
    return subprocess.run(['podman', *words], capture_output=True, text=True)


def compile_static(name, source, *options):
    os.makedirs(place.file(name), exist_ok=True)
    outcome = place.command('cc', '-O2', '-static', '-D_GNU_SOURCE', '-w', '-o', place.file(name + '/server'), source, *options)
    assert not outcome.code, outcome
    place.file(name + '/Containerfile', RECIPE)


@functools.lru_cache(maxsize=None)
def control():
    """The folder `image` has the recipe of the control server."""
    compile_static('image', os.path.join(ROOT, 'servers', 'control', 'server.c'), '-I' + ROOT)


def images():
    return set(podman('images', '--format', '{{.Repository}}', '--filter', 'reference=localhost/benchctl-*').stdout.split())


def containers(pid):
    """The containers of that benchctl that the engine lists."""
    return podman('ps', '--all', '--quiet', '--filter', 'name=benchctl-%d-' % pid).stdout.split()


def groups(ids):
    """Control groups that belong to no container any more."""
    return [folder for folder, _, _ in os.walk('/sys/fs/cgroup') if any(each in folder for each in ids)]


def start(name, conf, *options):
    path = place.file(name + '.conf', conf)
    return place.start(place.benchctl, 'run', '--conf', path, '--out', name, *QUICK, *options)


def run(name, conf, *options, code=0):
    process = start(name, conf, *options)
    outcome = place.end(process)
    tap.is_(outcome.code, code, name + ': exit code')
    if outcome.code != code:
        tap.note(repr(outcome))
    tap.is_(containers(process.pid), [], name + ': no container is left')
    return outcome


def test_measured():
    """Built from a folder, and an image by its name, with a URL: right responses, and the CPU of the server alone."""
    control()
    run('built', '[server boxed]\ncontainerfile = image\n', '-c', '1,4')
    document = place.document('built')
    server, last = document['servers'][0], document['cells'][-1]
    image = server['command'].split()[-1]
    tap.ok(server['command'].startswith('podman run localhost/') and server['version'].startswith('image '), 'built: what ran is in the result', server)
    tap.ok(all(cell['ok'] and not sum(cell['failed'].values()) for cell in document['cells']), 'built: all right', document)
    tap.ok(last['server_cpu_us_per_request'] > 0 and last['server_use']['processes'] == 1, 'built: the CPU of the server, without the engine', last)
    port = free_port()
    run('by_name', '[server named]\nimage = %s\nurl = http://127.0.0.1:%d/16\nenvironment = BENCH_PORT=%d\n' % (image, port, port), '-c', '4')
    tap.ok(all(cell['ok'] for cell in place.document('by_name')['cells']), 'by name: all right')
    outcome = place.bench('list', '--conf', place.file('built.conf'))
    tap.ok('yes' in outcome.out and 'image ' in outcome.out, 'list says that it can run', outcome)


@tap.thorough
def test_killed():
    """Whatever ends benchctl, no process, record or control group of the container is left."""
    control()
    for number in signal.SIGKILL, signal.SIGINT:
        process = start('killed_%d' % number, '[server boxed]\ncontainerfile = image\n', '-c', '4', '--duration', '60s', '--max-window', '60s')
        ids = until(lambda: containers(process.pid) or process.poll() is not None)
        tap.ok(ids, '%s: it runs' % number.name)
        until(lambda: groups(ids))
        process.send_signal(number)
        process.communicate()
        tap.ok(until(lambda: not containers(process.pid)), '%s: no container is left' % number.name)
        tap.ok(until(lambda: not place.processes()), '%s: no process' % number.name)
        tap.is_(groups(ids), [], '%s: no control group' % number.name)


@tap.thorough
def test_fails():
    """What is wrong is said: the end of the server's stderr, the engine's error, and a missing engine."""
    control()
    compile_static('dead', place.file('dead.c', DEAD))
    outcome = run('dead', '[server dead]\ncontainerfile = dead\n', '-c', '1', '--servers', 'dead', code=3)
    tap.has(place.read('results/dead/cells.jsonl'), 'no licence for this server', 'its last words')
    place.file('broken/Containerfile', 'FROM scratch\nCOPY nothing /\n')
    outcome = run('broken', '[server broken]\ncontainerfile = broken\n', '--servers', 'broken', code=3)
    tap.ok('server broken: its image' in outcome.err and 'nothing' in outcome.err, 'why it could not be built', outcome)
    outcome = place.bench('run', '--conf', place.file('built.conf', '[server boxed]\ncontainerfile = image\n'), '--servers', 'boxed', *QUICK,
                          env=place.environment(PATH='/nowhere'))
    tap.ok(outcome.code == 3 and 'install podman' in outcome.err, 'no engine is here', outcome)
    outcome = place.bench('run', '--conf', place.file('built.conf'), '--server-share', '1/2', *QUICK)
    tap.ok(outcome.code == 3 and 'it is a container' in outcome.err, 'a share of a CPU', outcome)
    for keys, words in ('image = a\ncontainerfile = b', 'has an image'), ('image = a\ndirectory = b', 'its image says'), \
            ('image = a\npid = 1', 'is launched'), ('image = a\nengine = other', 'podman'):
        outcome = place.bench('run', '--conf', place.file('refused.conf', '[server a]\n%s\n' % keys))
        tap.ok(outcome.code == 2 and words in outcome.err, 'refused: ' + keys.replace('\n', ', '), outcome)


if not shutil.which('podman') or not shutil.which('runc'):
    tap.skip_all('podman and runc are not installed')
if os.geteuid():
    tap.skip_all('podman in a private network takes root')
before = images()
with Place() as place:
    try:
        tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    finally:
        podman('rmi', '--force', *(images() - before))
tap.done()
