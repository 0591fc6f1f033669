#!/usr/bin/python3
"""A run that is killed, stopped and resumed at random, again and again: nothing is lost and nothing is left. Prints TAP.

    SOAK_SECONDS=3600 python3 tests/e2e/soak_test.py        `make soak`; by default two minutes

Every few seconds one of DEEDS is done to benchctl, a keeper or a server of a run, which is then resumed. After each: no process
and no listener is left, the ledger holds whole lines (the last may be torn where benchctl was killed), and what it holds is
exactly the beginning of the plan of the run, as a run without any deed has it. So no finished cell is lost, and none is there
twice. A run that is over is followed by another one: with a private network, or, as an unprivileged user, without.
"""
import collections
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import CONF, ROOT, Place, alive, cell_key, children_of, faulty_section, python_section, until

SECONDS = float(os.environ.get('SOAK_SECONDS', '120'))
SEED = int(os.environ.get('BENCHCTL_TEST_SEED') or random.randrange(1000000))
NOBODY = 65534
SERVERS = 'control,parent,escape,python'
# Between two deeds, and between the two of a pair.
PAUSE_S = (0.1, 3)
PAIR_S = 0.02
STOP_S = 0.5

Kind = collections.namedtuple('Kind', 'words user')
KINDS = [Kind((), None), Kind(('--network', 'host'), NOBODY)]


def free_port():
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def listens(port):
    """Whether there is a listener at that port of the host's network."""
    with contextlib.ExitStack() as files:
        for name in ('/proc/net/tcp', '/proc/net/tcp6'):
            with contextlib.suppress(OSError):
                for line in files.enter_context(open(name)).readlines()[1:]:
                    words = line.split()
                    if words[3] == '0A' and int(words[1].rpartition(':')[2], 16) == port:
                        return True
    return False


def send(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


# What is done: each takes the victims by name, and returns whether benchctl is to be asked to end afterwards.

def killing(*names):
    def deed(victims, chance):
        for name in names:
            send(victims[name], signal.SIGKILL)
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0, PAIR_S))
        return 'benchctl' not in names
    return deed


def stopping(name):
    """Stopped for a while; then it goes on, or is killed as it is."""
    def deed(victims, chance):
        send(victims[name], signal.SIGSTOP)
        time.sleep(chance.uniform(0, STOP_S))
        send(victims[name], signal.SIGCONT if chance.random() < 0.5 else signal.SIGKILL)
        return True
    return deed


def left_stopped(name):
    """Stopped for good: one ^C must do."""
    def deed(victims, chance):
        send(victims[name], signal.SIGSTOP)
        return True
    return deed


def asking(number):
    def deed(victims, chance):
        send(victims['benchctl'], number)
        return False
    return deed


NAMES = ('benchctl', 'keeper', 'server')
DEEDS = {
    **{'SIGKILL of ' + name: killing(name) for name in NAMES},
    **{'SIGKILL of %s, then of %s' % pair: killing(*pair) for pair in itertools.permutations(NAMES, 2)},
    **{'SIGSTOP of %s for a while' % name: stopping(name) for name in NAMES},
    **{'SIGSTOP of %s, then SIGINT' % name: left_stopped(name) for name in ('keeper', 'server')},
    **{signal.Signals(number).name: asking(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)},
}


class Soak:
    def __init__(self, place):
        self.place, self.chance = place, random.Random(SEED)
        self.port = free_port()
        self.deeds = collections.Counter()
        self.runs = self.over = self.cells = self.torn = 0
        self.bad = []  # what must not be
        self.last = None  # the last deed
        self.longest_s = 0  # from ^C to the end
        self.kind, self.words = KINDS[0], ()
        place.file('a.conf', ''.join([
            faulty_section('parent', 'leaves_child'),
            python_section('escape', os.path.join(ROOT, 'tests', 'helper', 'hostile.py'), 'escape'),
            python_section('python', os.path.join(ROOT, 'tests', 'helper', 'limited.py'), 'none')]))
        os.chmod(place.path, 0o777)
        for name in ('tmp', 'results'):
            os.makedirs(place.file(name))
            os.chmod(place.file(name), 0o777)
        self.plans = [self.plan(kind) for kind in KINDS]

    def command(self, kind, *words):
        return self.place.start(self.place.benchctl, 'run', '--conf', CONF, '--conf', 'a.conf', *words, user=kind.user,
                                group=kind.user, extra_groups=None if kind.user is None else [], stdout=subprocess.DEVNULL,
                                env=self.place.environment(TMPDIR=self.place.file('tmp')))

    def begin(self, kind, name, *more):
        return self.command(kind, '--servers', SERVERS, '--mode', 'close,keepalive', '-c', '1,8,32', '--repeat', '2', '--seed', '7',
                            '--duration', '50ms', '--warmup', '10ms', '--timeout', '1s', '--ready', '2s',
                            '--port', str(self.port), '--out', name, *kind.words, *more)

    def plan(self, kind):
        """The cells of a run that nothing is done to, in their order."""
        name = 'plan-%s' % kind.user
        outcome = self.place.end(self.begin(kind, name))
        plan = [cell_key(json.loads(line)) for line in self.place.lines(name)]
        tap.ok(outcome.code == 0 and len(plan) > 50, 'a run without any deed', outcome)
        return plan

    def must(self, good, what, *seen):
        if not good:
            self.bad.append(what)
            tap.note('seed %d, after %d deeds, the last %s%s: %s: %r' % (SEED, sum(self.deeds.values()), self.last, list(self.kind.words), what, seen))

    def victims(self, process):
        """By name; what is not there just now, since one server ends and the next one begins, is None."""
        found = {'benchctl': process.pid}
        for keeper in self.place.keepers()[:1]:
            with contextlib.suppress(OSError, IndexError):
                found.update(keeper=keeper, server=children_of(keeper)[0])
        return found if len(found) == len(NAMES) else None

    def attack(self, name, process):
        """Does one deed, and sees to it that the run ends. Returns whether benchctl was killed."""
        victims = until(lambda: self.victims(process) or process.poll() is not None)
        if process.poll() is not None or not victims:
            self.must(process.poll() is not None, 'a run without a server that does not end')
            return
        end = time.monotonic() + self.chance.uniform(*PAUSE_S)
        until(lambda: process.poll() is not None, end - time.monotonic())
        victims = self.victims(process)
        if not victims:
            return
        deed = self.last = self.chance.choice(list(DEEDS))
        self.deeds[deed] += 1
        goes_on = DEEDS[deed](victims, self.chance)
        if goes_on:  # for a while, or not
            wait = self.chance.choice((0, 0, 0.2, 2))
            until(lambda: process.poll() is not None, wait)
            send(process.pid, signal.SIGINT)
        start = time.monotonic()
        ended = until(lambda: process.poll() is not None)
        self.must(ended, 'benchctl does not end: ' + deed)
        if 'benchctl' not in deed:
            self.longest_s = max(self.longest_s, time.monotonic() - start)

    def judge(self, name, before, process):
        """What must be after each deed. Returns the number of whole lines."""
        place, plan = self.place, self.plans[KINDS.index(self.kind)]
        self.must(until(lambda: not place.processes()), 'a process is left', [open('/proc/%d/cmdline' % pid).read() for pid in place.processes() if alive(pid)])
        self.must(not listens(self.port), 'a port is held')
        self.must(not os.listdir(place.file('tmp')), 'a file is left', os.listdir(place.file('tmp')))
        try:
            text = place.read('results/%s/cells.jsonl' % name)
        except FileNotFoundError:
            text = ''
        lines = text.split('\n')
        self.torn += lines[-1] != ''
        self.must(lines[-1] == '' or process.returncode == -signal.SIGKILL, 'a torn line, without SIGKILL', lines[-1])
        self.must(lines[:-1][:len(before)] == before, 'a line is lost')
        try:
            cells = [cell_key(cell) for cell in map(json.loads, lines[:-1]) if 'server' in cell]
        except ValueError:
            cells = []
            self.must(False, 'a line is no JSON')
        self.must(cells == plan[:len(cells)], 'not the beginning of the plan', cells[-3:])
        self.must(process.returncode in (0, 130, -signal.SIGKILL), 'an exit code', process.returncode)
        return lines[:-1], len(cells) == len(plan)

    def one_run(self, deadline):
        """A run from its start to its last cell, or to the end of the soak."""
        self.kind = self.chance.choice(KINDS)
        name = 'r%d' % self.runs
        self.runs += 1
        process, lines, whole = self.begin(self.kind, name), [], False
        while True:
            self.attack(name, process)
            err = self.place.end(process).err
            lines, whole = self.judge(name, lines, process)
            if self.bad:
                tap.note(err[-2000:])
            if whole or time.monotonic() > deadline or self.bad:
                break
            made = os.path.exists(self.place.file('results/%s/run.json' % name))
            self.must(made or not lines, 'a ledger without a run')
            # Killed before it had written what it is a run of: nothing can be resumed, and nothing is lost.
            if not made:
                break
            process = self.command(self.kind, '--resume', name)
        self.cells += len(lines)
        if not whole or self.bad:
            return
        self.over += 1
        outcome = self.place.end(self.command(self.kind, '--resume', name))
        document = [cell_key(cell) for cell in self.place.document(name)['cells']]
        self.must(outcome.code == 0 and sorted(map(str, document)) == sorted(map(str, self.plans[KINDS.index(self.kind)])),
                  'run.json has not each cell once', outcome)


def test_soak():
    tap.note('BENCHCTL_TEST_SEED=%d SOAK_SECONDS=%g' % (SEED, SECONDS))
    with Place() as place:
        soak = Soak(place)
        start = time.monotonic()
        while time.monotonic() - start < SECONDS and not soak.bad:
            soak.one_run(start + SECONDS)
        tap.ok(not soak.bad, 'nothing lost, nothing left', soak.bad)
        tap.ok(soak.deeds, 'something was done')
        tap.note('%.0f s, %d deeds on %d runs (%d of them measured to the end), %d cells, %d torn last lines, %d losses or leftovers; '
                 'the longest from ^C to the end %.1f s' % (time.monotonic() - start, sum(soak.deeds.values()), soak.runs, soak.over,
                                                          soak.cells, soak.torn, len(soak.bad), soak.longest_s))
        for deed, count in sorted(soak.deeds.items()):
            tap.note('%5d  %s' % (count, deed))


tap.checks([tap.thorough(test_soak)])
tap.done()
