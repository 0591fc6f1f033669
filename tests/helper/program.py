"""program: benchctl under test, in a folder of its own, with a check that none of its processes is left.

Every process that a test starts has a mark in its environment, which its children inherit. However a server escapes
(a new session, a double fork), the mark identifies it.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

from helper import tap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCHCTL = os.path.abspath(os.environ.get('BENCHCTL') or os.path.join(ROOT, 'build', 'benchctl'))
CONF = os.path.join(ROOT, 'bench.conf')
LIMITED = os.path.join(ROOT, 'tests', 'helper', 'limited.py')
FAULTY = os.path.join(ROOT, 'tests', 'helper', 'faulty.py')
# For LD_PRELOAD: makes system calls and allocations of benchctl fail (tests/helper/fail.c).
FAIL = os.path.join(ROOT, 'build', 'tests', 'helper', 'fail.so')
SCHEMA = os.path.join(ROOT, 'docs', 'run.schema.json')
PYTHON = '/usr/bin/python3'

# Only a hang takes so long: a machine may have ten times as many tasks as CPUs. No test has a shorter deadline of its own.
PATIENCE_S = 180  # for an event
COMMAND_S = 600  # for a whole command

MARK = 'BENCHCTL_TEST'


def _end(*unused):
    """A test that is told to end cleans up first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


signal.signal(signal.SIGTERM, _end)


class Outcome:
    """How a command ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return 'exit %s\nstdout: %s\nstderr: %s' % (self.code, self.out[-2000:], self.err[-2000:])


def until(condition, seconds=PATIENCE_S):
    """Polls until the condition is true, and returns its value; a false value if that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.005)


class Place:
    """A folder to run benchctl in. Use it in `with`: its end kills what is left, and removes the folder."""

    def __init__(self, benchctl=BENCHCTL):
        self.benchctl = benchctl
        self.path = tempfile.mkdtemp(prefix='benchctl-e2e-')
        self.mark = uuid.uuid4().hex

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        gone = until(lambda: not self.processes())
        tap.ok(gone, 'no process is left', [(pid, process_name(pid)) for pid in self.processes()])
        until(lambda: self.kill() or not self.processes())
        shutil.rmtree(self.path, ignore_errors=True)
        tap.ok(not os.path.exists(self.path), 'no file is left')

    def file(self, name, text=None):
        """The path of a file here. If there is text, it is written first."""
        path = os.path.join(self.path, name)
        if text is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as out:
                out.write(text)
        return path

    def read(self, name):
        with open(self.file(name), encoding='utf-8') as file:
            return file.read()

    def environment(self, **changes):
        # Servers of a test's own configuration are measured alone: the control server only where it is in it, or asked for.
        environment = dict(os.environ, **{MARK: self.mark}, BENCHCTL_CEILING='no')
        environment.update(changes)
        return environment

    def start(self, *words, **options):
        """Starts a command and returns its Popen."""
        options.setdefault('cwd', self.path)
        options.setdefault('env', self.environment())
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('stdout', subprocess.PIPE)
        options.setdefault('stderr', subprocess.PIPE)
        return subprocess.Popen(list(words), text=True, **options)

    def command(self, *words, **options):
        """Runs a command to its end."""
        process = self.start(*words, **options)
        return self.end(process)

    def end(self, process):
        """Waits for the end of a command. A command that takes too long is killed, with everything that it has started."""
        try:
            out, err = process.communicate(timeout=COMMAND_S)
        except subprocess.TimeoutExpired:
            self.kill()  # its children too: they may hold the pipes open
            process.kill()
            out, err = process.communicate()
            return Outcome('timeout', out, err)
        return Outcome(process.returncode, out or '', err or '')

    def kill(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def bench(self, *words, **options):
        """Runs benchctl to its end."""
        return self.command(self.benchctl, *words, **options)

    def processes(self):
        """The processes that carry the mark."""
        found = []
        wanted = ('%s=%s' % (MARK, self.mark)).encode()
        for entry in os.listdir('/proc'):
            if not entry.isdigit():
                continue
            try:
                with open('/proc/%s/environ' % entry, 'rb') as file:
                    marked = wanted in file.read().split(b'\0')
                with open('/proc/%s/stat' % entry, 'rb') as file:
                    zombie = file.read().rpartition(b')')[2].split()[0] == b'Z'
            except OSError:
                continue
            if marked and not zombie:
                found.append(int(entry))
        return found

    def keepers(self):
        """The processes that keep the servers of runs."""
        return [pid for pid in self.processes() if process_name(pid) == 'benchctl-keeper']

    def keeper(self):
        """The one that keeps the server of a run; it is waited for."""
        return until(self.keepers)[0]

    def lines(self, run):
        """The whole lines of a run's ledger, without the first one where that says of which run it is."""
        try:
            text = self.read('results/%s/cells.jsonl' % run)
        except FileNotFoundError:
            return []
        return [line for line in text.split('\n')[:-1] if not line.startswith('{"ledger":')]

    def write_lines(self, run, text):
        """Puts a text after the first line of a run's ledger. Returns what the ledger is then."""
        name = 'results/%s/cells.jsonl' % run
        text = self.read(name).partition('\n')[0] + '\n' + text
        self.file(name, text)
        return text

    def document(self, run):
        """A run.json."""
        return json.loads(self.read('results/%s/run.json' % run))


def process_name(pid):
    try:
        with open('/proc/%d/comm' % pid) as file:
            return file.read().strip()
    except OSError:
        return ''


def alive(pid):
    """Whether there is such a process, which is not a zombie."""
    try:
        with open('/proc/%d/stat' % pid) as file:
            return file.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def children_of(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
        return [int(word) for word in file.read().split()]


def sanitizer_reports(outcome):
    """The lines in which a sanitizer complains."""
    return [line for line in outcome.err.splitlines() if 'Sanitizer' in line or 'runtime error' in line]


def faulty_section(name, behaviour, *arguments, **keys):
    """A [server] of a bench.conf that runs the faulty server."""
    return python_section(name, FAULTY, behaviour, *arguments, **keys)


def limited_section(limit, **keys):
    """A [server] that runs the server with that limit and is named after it."""
    return python_section(limit, LIMITED, limit, **keys)


def python_section(name, script, *arguments, **keys):
    words = [PYTHON, script] + [str(argument) for argument in arguments]
    lines = ['[server %s]' % name, 'command = ' + ' '.join('"%s"' % word for word in words)]
    return '\n'.join(lines + ['%s = %s' % item for item in keys.items()]) + '\n\n'


def cell_key(cell):
    loop = cell.get('open_loop')
    rate = (loop.get('offered_rps'), loop.get('share')) if loop else ()
    return (cell['server'], cell['client'], cell['mode'], cell['level'], cell['block']) + rate


def reasons(cell):
    """Why a cell is not valid, without a client that stood still: a busy machine makes it."""
    return [reason for reason in cell['invalid'] if reason != 'client_paused' or not cell['client_pause_s'] > 0.25]


def conserved(cell):
    """Whether every request is accounted for."""
    return (cell['started'] + cell['in_flight_start'] ==
            cell['ok'] + sum(cell['failed'].values()) + cell['in_flight_end'])
