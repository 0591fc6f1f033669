#!/usr/bin/python3
"""Allocations and system calls that fail, one after the other, in benchctl: it ends by itself and says what failed; the
ledger holds whole lines only, and no request is lost. Prints TAP.

A command runs once to count its calls, and then once for each call that fails (tests/helper/fail.c). `make check` takes a
sample that is spread over all calls; `make check-all` takes every call of a load and 300 allocations of a run, of which there
are thousands; BENCHCTL_INJECT=all takes every one.
"""
import concurrent.futures
import errno
import itertools
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import Faulty
from helper.program import FAIL, ROOT, Place, cell_key, conserved, sanitizer_reports

# What may happen to a call: an errno, or 'short': only the first byte is taken, and all after it fail where it lasts.
FAULTS = {
    'malloc': ['ENOMEM'],
    'socket': ['EMFILE', 'ENOBUFS'], 'bind': ['EADDRINUSE'], 'connect': ['EADDRNOTAVAIL', 'ETIMEDOUT'],
    'send': ['ECONNRESET', 'ENOBUFS', 'short'], 'recv': ['ECONNRESET', 'EINTR', 'ENOMEM'], 'setsockopt': ['ENOBUFS'],
    'getsockname': ['ENOBUFS'], 'getaddrinfo': ['EAGAIN'],
    'epoll_create1': ['EMFILE'], 'epoll_ctl': ['ENOSPC', 'ENOMEM'], 'epoll_pwait2': ['EINTR', 'EBADF'],
    'pthread_create': ['EAGAIN'], 'close_range': ['ENOMEM'], 'nanosleep': ['EINTR'], 'poll': ['EINTR', 'ENOMEM'],
    'open': ['EMFILE', 'ENOSPC'], 'fopen': ['EMFILE'], 'opendir': ['EMFILE'], 'mkdir': ['ENOSPC'],
    'read': ['EINTR', 'EIO'], 'write': ['ENOSPC', 'EINTR', 'short'], 'lseek': ['EIO'], 'fsync': ['EIO'],
    'ftruncate': ['EIO'], 'rename': ['EACCES'], 'fork': ['EAGAIN'], 'pipe2': ['EMFILE'], 'socketpair': ['EMFILE'],
    'pthread_mutex_lock': [],  # only counted
    'io_uring_queue_init_params': ['ENOMEM', 'EPERM'], 'io_uring_get_probe_ring': ['ENOMEM'],
    'io_uring_register_files_sparse': ['ENOMEM', 'EMFILE'], 'io_uring_register_ring_fd': ['ENOMEM'],
    'io_uring_register_buf_ring': ['ENOMEM'], 'io_uring_register_sync_cancel': ['ETIME'],
    'io_uring_submit': ['EBUSY', 'EAGAIN', 'EINTR'],
    'io_uring_submit_and_wait_timeout': ['EINTR', 'EBUSY', 'EAGAIN', 'EBADF'],
    'io_uring_submit_and_get_events': ['EINTR', 'EAGAIN', 'EBADF'], 'io_uring_get_events': ['EINTR'],
    'memfd_create': ['EMFILE'], 'sched_setaffinity': ['EINVAL'], 'sched_getaffinity': ['EINVAL'],
}
# What touches the files of a run.
FILES = ['malloc', 'open', 'fopen', 'read', 'write', 'lseek', 'fsync', 'ftruncate', 'rename']
# What only the one client calls.
URING = ['malloc'] + [name for name in FAULTS if name.startswith('io_uring')]
ALL = os.environ.get('BENCHCTL_INJECT') == 'all'
EVERY = 1 << 30
SANITIZED = os.path.join(ROOT, 'build', 'address-undefined', 'benchctl')
OPTIONS = {'ASAN_OPTIONS': 'exitcode=66:detect_leaks=1:verify_asan_link_order=0',
           'UBSAN_OPTIONS': 'halt_on_error=1:exitcode=66:print_stacktrace=1'}
LOAD = ['load', '--json', '-n', '8', '-c', '4', '-t', '2', '--timeout', '2s']
RUN = ['run', '--port', '0', '--seed', '1', '-c', '2', '-m', 'close', '-n', '4', '--sequential', '2', '--timeout', '2s',
       '--ready', '2s']
CELLS = 2

points = 0
numbers = itertools.count()


def spread(count, most):
    """The numbers 1 to count, or a sample of `most` of them with the first and the last."""
    if ALL or count <= most:
        return list(range(1, count + 1))
    return sorted({1 + (count - 1) * i // (most - 1) for i in range(most)})


def faults_of(counts, most, mallocs):
    """The values of BENCHCTL_FAIL: one call fails, or all from one on."""
    for function, count in counts.items():
        for name in FAULTS[function] if count else []:
            how = name if name == 'short' else str(getattr(errno, name))
            for k in spread(count, mallocs if function == 'malloc' else most):
                yield '%s:%d:%s' % (function, k, how)
            if name != 'EINTR':  # that happens now and then, not for ever
                yield '%s:%d+:%s' % (function, (count + 1) // 2, how)


class Command:
    """A command in a place, each time afresh: what is prepared for it, and what must hold after it."""
    well = 0  # its exit code where nothing fails

    def prepare(self, name):
        """The words of one call."""

    def faults(self, outcome, name):
        """What is wrong."""


class Load(Command):
    def __init__(self, url, *words):
        self.words = LOAD + list(words) + [url]
        self.reference = None

    def prepare(self, name):
        return self.words

    def faults(self, outcome, name):
        if not outcome.out:
            return ['no cell'] if outcome.code == 0 else []
        cell = json.loads(outcome.out)
        self.reference = self.reference or cell
        return cell_faults(cell, self.reference) + (['not all requests'] if cell['started'] != 8 else [])


class Run(Command):
    def __init__(self, place, well=0):
        self.place, self.well = place, well
        self.reference = self.known = None

    def prepare(self, name):
        return RUN + ['--out', name]

    def faults(self, outcome, name):
        wrong = []
        ledger = self.place.file('results/%s/cells.jsonl' % name)
        text = open(ledger).read() if os.path.exists(ledger) else ''
        lines = text.split('\n')
        if lines.pop() and 'half a line may stand at the end' not in outcome.err:
            wrong.append('a torn line')
        cells = [json.loads(line) for line in lines[1:]]
        if len({cell_key(cell) for cell in cells}) != len(cells):
            wrong.append('a cell twice')
        document = self.document(name)
        if document and self.reference:
            wrong += ['%s of run.json: %s' % (key, sorted(map(str, set(map(str, document[key])) ^ set(map(str, self.reference[key])))))
                      for key in ('config', 'environment', 'benchctl') if set(document[key]) != set(self.reference[key])]
            if {k: v for k, v in document['config'].items()} != self.reference['config']:
                wrong.append('another configuration')
        if os.path.exists(self.place.file('results/%s/run.json.new' % name)):
            wrong.append('half of a run.json')
        if outcome.code == 0:
            if not document or document['interrupted'] or [cell_key(cell) for cell in document['cells']] != [cell_key(cell) for cell in cells]:
                wrong.append('run.json is not the ledger')
            if len(cells) != CELLS:
                wrong.append('not all cells')
        if not self.reference:
            self.reference, self.known = document, {cell['client']: cell for cell in cells}
        for cell in cells:
            wrong += cell_faults(cell, self.known[cell['client']])
        return wrong

    def document(self, name):
        path = self.place.file('results/%s/run.json' % name)
        return json.load(open(path)) if os.path.exists(path) else None


class Resume(Run):
    """The same, of a run that has one cell and half a line of the next."""

    def __init__(self, place):
        super().__init__(place)
        outcome = place.bench(*RUN, '--out', 'whole')
        wrong = Run.faults(self, outcome, 'whole')
        assert outcome.code == 0 and not wrong, (outcome, wrong)
        lines = place.lines('whole')
        self.first = lines[0]
        place.write_lines('whole', lines[0] + '\n' + lines[1][:len(lines[1]) // 2])

    def prepare(self, name):
        shutil.copytree(self.place.file('results/whole'), self.place.file('results/' + name))
        return ['run', '--resume', name]

    def faults(self, outcome, name):
        lines = self.place.lines(name)
        if not lines or lines[0] != self.first:
            return ['what was measured before is lost']
        # The torn line stays where the run was refused before its ledger was touched.
        if len(lines) == 1 and outcome.code:
            return []
        return super().faults(outcome, name)


def cell_faults(cell, like):
    if not conserved(cell):
        return ['requests are lost: %s' % cell]
    if 'error' in cell:
        return []
    # What a text is for may be absent, and evidence that the kernel did not give; all else is there.
    missing = set(like) - set(cell) - {'wrong', 'latency_histogram', 'connect_histogram', 'accept_queue', 'shared_cpus'}
    if missing:
        return ['absent: %s' % sorted(missing)]
    if (cell['ok'] > 0) != ('latency_histogram' in cell) or (cell['connects'] > 0) != ('connect_histogram' in cell):
        return ['no histogram of what was measured']
    return []


def walk(place, command, title, most, mallocs, functions=None, **environment):
    """Lets each call of a command fail, some at a time."""
    def once(spec):
        name = 'n%d' % next(numbers)
        words = command.prepare(name)
        counts = place.file(name + '.counts')
        settings = dict(environment, LD_PRELOAD=FAIL, BENCHCTL_FAIL_COUNTS=counts)
        if spec:
            settings['BENCHCTL_FAIL'] = spec
        outcome = place.bench(*words, env=place.environment(**settings))
        try:
            wrong = command.faults(outcome, name)
        except (ValueError, KeyError) as error:
            wrong = ['no JSON: %r' % error]
        if outcome.code not in (0, 2, 3):
            wrong.append('exit code %s' % outcome.code)
        if outcome.code and 'benchctl' not in outcome.err:
            wrong.append('nothing said')
        if 'AddressSanitizer: CHECK failed' in outcome.err:
            wrong = []  # it was the sanitizer's own memory, as a thread started
        elif sanitizer_reports(outcome):
            wrong.append('a report')
        calls = {}
        if os.path.exists(counts):
            with open(counts) as file:
                calls = {function: int(count) for function, count in map(str.split, file)}
            os.unlink(counts)
        return spec, outcome, wrong, calls

    global points
    _, outcome, wrong, calls = once(None)
    if not tap.ok(outcome.code == command.well and not wrong and calls, title + ': nothing fails', (outcome, wrong)):
        return
    calls = {function: count for function, count in calls.items() if not functions or function in functions}
    results = {}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for spec, outcome, wrong, _ in pool.map(once, faults_of(calls, most, mallocs)):
            results.setdefault(spec.split(':')[0], []).append((spec, outcome, wrong))
    for function, done in results.items():
        points += len(done)
        bad = [(spec, wrong, outcome) for spec, outcome, wrong in done if wrong]
        tap.ok(not bad, '%s: %s fails at %d points' % (title, function, len(done)),
               '\n'.join('%s: %s\n%s' % one for one in bad[:5]))


def conf(place):
    place.file('bench.conf', '[server control]\ncommand = "%s/build/servers/control"\nrequires = true\nversion = echo 1\n' % ROOT)


# How many points of each function, and of malloc.
OF_LOADS = (2, 20) if tap.QUICK else (EVERY, EVERY)
OF_RUNS = (2, 20) if tap.QUICK else (10, 300)


def test_load():
    with Faulty('good') as server, Place() as place:
        walk(place, Load(server.url), 'load, close', *OF_LOADS)
        walk(place, Load(server.url, '-m', 'keepalive'), 'load, keepalive', *OF_LOADS)
        for mode in 'close', 'keepalive':
            walk(place, Load(server.url, '--client', 'uring', '-m', mode), 'load, uring, ' + mode, *OF_LOADS, URING)
        walk(place, Load(server.url, '--client', 'seq', '-c', '1'), 'load, seq', *OF_LOADS)


def test_run():
    with Place() as place:
        conf(place)
        walk(place, Run(place), 'run', *OF_RUNS)
        walk(place, Resume(place), 'run --resume', *OF_RUNS, FILES)


@tap.thorough
def test_sanitized():
    """Nothing leaks on the ways out, nor is used that isn't there."""
    if not os.access(SANITIZED, os.X_OK):
        raise tap.Skip('make SANITIZE=address,undefined')
    with Faulty('good') as server, Place(SANITIZED) as place:
        conf(place)
        walk(place, Load(server.url, '-m', 'keepalive'), 'load, sanitized', 0, 80, ['malloc'], **OPTIONS)
        walk(place, Run(place, well=3), 'run, sanitized', 0, 20, ['malloc'], **OPTIONS)


if not os.path.exists(FAIL):
    tap.skip_all('there is no %s: make %s' % (2 * (os.path.relpath(FAIL, ROOT),)))
tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.note('%d calls failed' % points)
tap.done()
