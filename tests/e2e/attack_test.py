#!/usr/bin/python3
"""What hostile or unlucky surroundings do to benchctl, and what it must withstand: one row per attack. Prints TAP.

A row has a name, a function that makes the attack in a folder of its own and returns what was seen, and the checks that it
must pass. Place adds to each that no process and no file is left. `make check` runs the quick rows, `make check-all` all.
docs/robustness.md names each row, and its outcome.
"""
import collections
import contextlib
import csv
import hashlib
import io
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import runs, tap
from helper.faulty import Faulty
from helper.program import CONF, ROOT, Outcome, Place, alive, cell_key, children_of, faulty_section, python_section, until

RUN = ('run', '--conf', CONF, '--servers', 'control', '--mode', 'close', '--port', '0', '--duration', '50ms', '--warmup', '10ms',
       '--seed', '7', '--out', 'r')
FEW = RUN + ('-c', '1,2')
FEW_CELLS = 3
ENDLESS = ('run', '--mode', 'close', '-c', '1..1000:+1', '--port', '0', '--duration', '50ms', '--warmup', '10ms', '--out', 'r')
HOSTILE = os.path.join(ROOT, 'tests', 'helper', 'hostile.py')
NOBODY = 65534
# Of the tables of hostile files, `make check` tries each row of that many.
SAMPLE = 6
MANY = RUN + ('-c', '1..64')
MANY_CELLS = 8
CONTROL = os.path.join(ROOT, 'build', 'servers', 'control')
HERO = ['plot', '--kinds', 'hero']

Attack = collections.namedtuple('Attack', 'name how must thorough', defaults=(False,))


# The checks: each returns (good, name, seen).

def code(wanted):
    return lambda place, outcome: (outcome.code == wanted, 'exit code %d' % wanted, outcome)


def says(text):
    return lambda place, outcome: (text in outcome.err, 'stderr says %r' % text, outcome)


def says_not(text):
    return lambda place, outcome: (text not in outcome.err + outcome.out, 'nowhere is %r' % text, outcome)


def whole(cells, run='r'):
    """The ledger and the document have each of that many cells once."""
    def check(place, outcome):
        seen = [cell_key(json.loads(line)) for line in place.lines(run)]
        document = [cell_key(cell) for cell in place.document(run)['cells']]
        return (len(seen) == len(set(seen)) == cells and sorted(map(str, seen)) == sorted(map(str, document)),
                'ledger and document have %d cells, each once' % cells, (outcome, seen, document))
    return check


def lines_whole(place, outcome):
    """The ledger holds whole lines only."""
    text = place.read('results/r/cells.jsonl')
    try:
        good = not text or text.endswith('\n') and all(isinstance(json.loads(line), dict) for line in text.splitlines())
    except ValueError:
        good = False
    return good, 'the ledger has whole lines only', text[-300:]


# The attacks: each takes the place and returns an Outcome.

def shell(script, *words):
    """benchctl, with what a shell script does to it: "$@" is the command."""
    return lambda place: place.command('/bin/sh', '-c', script, 'sh', place.benchctl, *words)


def escaping(words, **files):
    """A command that is given files which would steer a terminal."""
    def how(place):
        for name, text in files.items():
            place.file(name.replace('_', '.'), text)
        return place.bench(*words)
    return how


def resumed_while_running(place):
    """--resume of a run that goes on; then twice at once what was killed. Each refused one names the holder."""
    process = place.start(place.benchctl, *MANY)
    until(lambda: place.lines('r'))
    refused = place.bench('run', '--conf', CONF, '--resume', 'r')
    good = 'results/r is in use by process %d on host ' % process.pid in refused.err and refused.code == 3
    process.kill()
    place.end(process)
    both = [place.start(place.benchctl, 'run', '--conf', CONF, '--resume', 'r') for _ in range(2)]
    ended = [place.end(each) for each in both]
    codes = [each.code for each in ended]
    good = good and (sorted(codes) == [0, 3] or codes == [0, 0])  # 0, 0: the second began when the first was over
    return Outcome(0 if good else 1, '', '%s\n%s' % (refused, ended))


def doubled_ledger(place):
    outcome = place.bench(*FEW)
    lines = place.lines('r')
    place.write_lines('r', '\n'.join(lines + lines) + '\n')
    outcome = place.bench('run', '--conf', CONF, '--resume', 'r')
    place.write_lines('r', '\n'.join(lines) + '\n')
    return outcome


def removed_while_running(deed):
    """What is done to the folder of a run while it is on."""
    def how(place):
        process = place.start(place.benchctl, *MANY)
        until(lambda: len(place.lines('r')) > 2)
        deed(place.file('results'), place.file('results/r'))
        return place.end(process)
    return how


def goes_on(run, cells):
    """What was rescued can be resumed, to the last cell."""
    def check(place, outcome):
        again = place.bench('run', '--conf', CONF, '--resume', run)
        good, name, seen = whole(cells, run)(place, again)
        return good and again.code == 0, 'resumed: ' + name, (outcome, again, seen)
    return check


def swapped_ledger(place):
    """The ledger of another run with the same options."""
    place.bench(*FEW)
    place.bench(*FEW[:-4], '--out', 's', '-c', '1,2')
    os.replace(place.file('results/s/cells.jsonl'), place.file('results/r/cells.jsonl'))
    return place.bench('run', '--conf', CONF, '--resume', 'r')


def old_run(place):
    """A run of a version without ids, cut short after two cells."""
    place.bench(*FEW)
    document = place.document('r')
    del document['id'], document['cells'][2:]
    place.file('results/r/run.json', json.dumps(document))
    place.file('results/r/cells.jsonl', '\n'.join(place.lines('r')[:2]) + '\n')
    return place.bench('run', '--conf', CONF, '--resume', 'r')


def killing(*victims, words=(), user=None):
    """A run whose server has a child in a session of its own; the victims get SIGKILL one right after the other."""
    def how(place):
        place.file('a.conf', faulty_section('parent', 'leaves_child'))
        os.chmod(place.path, 0o777)
        process = place.start(place.benchctl, *ENDLESS, *words, '--conf', 'a.conf', user=user, group=user,
                              extra_groups=None if user is None else [])
        until(lambda: place.lines('r') or process.poll() is not None)
        keeper = place.keeper()
        pids = {'benchctl': process.pid, 'keeper': keeper, 'server': children_of(keeper)[0]}
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pids[victim], signal.SIGKILL)
        gone = until(lambda: not alive(keeper))
        if 'benchctl' not in victims:  # it goes on, with a fresh server
            until(lambda: process.poll() is not None or place.keeper() != keeper)
            process.send_signal(signal.SIGINT)
        return place.end(process) if gone else Outcome('the keeper lives on', '', '')
    return how


def stopping_the_keeper(place):
    """The keeper is stopped; one ^C must do."""
    process = place.start(place.benchctl, *ENDLESS, '--conf', CONF, '--servers', 'control')
    until(lambda: place.lines('r'))
    os.kill(place.keeper(), signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    return place.end(process)


def hostile(behaviour, words=(), user=None):
    """A run of a server that does to its keeper what it can, and of a good one after it."""
    def how(place):
        place.file('a.conf', python_section('hostile', HOSTILE, behaviour))
        os.chmod(place.path, 0o777)
        process = place.start(place.benchctl, *ENDLESS, *words, '--conf', 'a.conf', user=user, group=user,
                              extra_groups=None if user is None else [])
        until(lambda: place.lines('r') or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        return place.end(process)
    return how


def unseen(behaviour, *words):
    """A run of a server that hides something from benchctl, and all that tells of it."""
    def how(place):
        place.file('a.conf', python_section('hostile', HOSTILE, behaviour))
        outcome = place.bench('run', '--conf', 'a.conf', '--mode', 'keepalive', '-c', '4', '--port', '0', '--duration', '200ms', '--warmup', '10ms',
                              '--out', 'r')
        told = [outcome.err, place.bench('table', 'results/r/run.json').out, place.bench('explain', 'results/r/run.json', 'hostile@4').out]
        good = all(any(word in text for word in words) for text in told)
        return Outcome(outcome.code if good else 'not said', '', '\n'.join(told))
    return how


def level_cell(check, name):
    """What holds of the cell of the level."""
    def must(place, outcome):
        cell = next(cell for cell in place.document('r')['cells'] if cell['client'] != 'seq')
        return check(cell), name, cell
    return must


@contextlib.contextmanager
def memory_group(size):
    """A control group of this test's own that has so much memory, below ours or above it where it may have groups; version 1 or 2."""
    with open('/proc/self/cgroup') as file:
        own = {name: path for line in file for _, names, path in [line.strip().split(':', 2)] for name in names.split(',')}
    group = None
    for root, path, limit, swap in (('/sys/fs/cgroup/memory', own.get('memory', '/'), 'memory.limit_in_bytes', 'memory.swappiness'),
                                    ('/sys/fs/cgroup', own.get('', '/'), 'memory.max', 'memory.swap.max')):
        for above in [path.rsplit('/', depth)[0] for depth in range(path.count('/') + 1)]:
            folder = '%s%s/benchctl-test-%d' % (root, above, os.getpid())
            if group or not os.path.exists('%s%s/cgroup.procs' % (root, above)):
                continue
            with contextlib.suppress(OSError):
                os.mkdir(folder)
                try:
                    for name, text in ((limit, size), (swap, 0)):
                        if name == limit or os.path.exists(os.path.join(folder, name)):
                            with open(os.path.join(folder, name), 'r+') as file:
                                file.write('%d' % text)
                    group = folder
                finally:
                    if group != folder:
                        os.rmdir(folder)
    if not group:
        raise tap.Skip('no control group of memory can be made here')
    try:
        yield group
    finally:
        def removed():
            with contextlib.suppress(OSError):
                os.rmdir(group)
            return not os.path.exists(group)
        tap.ok(until(removed), 'the control group is removed')


def short_of_memory(*words):
    """All of it in 12 MiB."""
    def how(place):
        place.file('a.conf', python_section('grow', HOSTILE, 'grow') + '[server control]\ncommand = "%s"\n' % CONTROL)
        with memory_group(12 << 20) as group:
            outcome = place.command('/bin/sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', group, place.benchctl, *words)
            until(lambda: not place.processes())
        return outcome
    return how


def outlived(place, outcome):
    """The server that took the memory is a failed cell, and all cells of the other one are measured."""
    cells = place.document('r')['cells']
    grown = [cell for cell in cells if cell['server'] == 'grow']
    good = [cell for cell in cells if cell['server'] == 'control']
    return (any('signal 9' in cell.get('error', '') for cell in grown) and good and all(cell['ok'] and 'error' not in cell for cell in good),
            'the server has died of it alone', (outcome, [(cell['server'], cell['level'], cell.get('error')) for cell in cells]))


def stopped_in_a_window(place):
    """SIGSTOP of benchctl, for longer than the window."""
    process = place.start(place.benchctl, *RUN[:7], '--port', '0', '--duration', '5s', '--warmup', '10ms', '--out', 'r', '-c', '2')
    until(lambda: len(place.lines('r')) >= 1)  # the sequential cell
    seen = time.monotonic()
    until(lambda: time.monotonic() - seen > 2)  # a busy machine takes that long to begin the window
    process.send_signal(signal.SIGSTOP)
    until(lambda: time.monotonic() - seen > 3.5)
    process.send_signal(signal.SIGCONT)
    return place.end(process)


def paused_cell(place, outcome):
    cells = [cell for cell in place.document('r')['cells'] if cell['client'] != 'seq']
    return (any('client_paused' in cell['invalid'] and cell['client_pause_s'] > 0.25 for cell in cells), 'the cell is client_paused', [(cell['invalid'], cell['client_pause_s'], cell['window_s']) for cell in cells])


def run_file(place, **changes):
    cells = [runs.cell('a', level, 1, 1000.0) for level in (1, 2)]
    for cell in cells:
        cell.update(changes)
    return place.file('results/r/run.json', json.dumps(runs.document(cells)))


def published(rate):
    def how(place):
        return place.bench('publish', '--to', 'site', run_file(place, rate_rps=rate))
    return how


def linked_site(place):
    """A link where a site has its runs."""
    os.makedirs(place.file('site'))
    os.makedirs(place.file('elsewhere'))
    os.symlink('../elsewhere', place.file('site/runs'))
    outcome = place.bench('publish', '--to', 'site', run_file(place))
    return Outcome(outcome.code, ' '.join(os.listdir(place.file('elsewhere'))), outcome.err)


def linked_report(place):
    """A link where a report has a file."""
    victim = place.file('victim', 'untouched')
    os.makedirs(place.file('page'))
    os.symlink(victim, place.file('page/index.html'))
    outcome = place.bench('report', run_file(place), '--out', 'page')
    return Outcome(outcome.code, place.read('victim'), outcome.err)


def digest(folder):
    """Each file of a folder, with what is in it."""
    found = {}
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, 'rb') as file:
                found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def two_runs(place):
    """Two runs that have nothing in common, and what is drawn of each; both may be drawn into the folder `page`."""
    paths = []
    for server, mode in (('a', 'close'), ('b', 'keepalive')):
        cells = [runs.cell(server, level, 1, 1000.0, mode=mode) for level in (1, 2)]
        paths.append(place.file('results/%s/run.json' % server, json.dumps(runs.document(cells))))
    return paths


def staged_files(count):
    """The moment when a page that is made has that many files."""
    return lambda place, before: len(os.listdir(place.file('.page.benchctl-new'))) >= count


def page_staged(place, before):
    """The page itself is written, the last of all files."""
    return 'index.html' in os.listdir(place.file('.page.benchctl-new')) and before


def page_exchanged(place, before):
    """The new folder has taken the old one's place."""
    return os.stat(place.file('page')).st_ino != before


def killed_over_old(command, moments):
    """SIGKILL of a command that draws a run over what was drawn of another, at each moment; then what one that ends leaves."""
    def how(place):
        first, second = two_runs(place)
        place.bench(*command, first, '--out', 'page')
        os.makedirs(place.file('page/mine'))
        place.file('page/mine/notes', 'mine')
        place.file('page/notes', 'mine')
        old, seen = digest(place.file('page')), []
        for moment in moments:
            before = os.stat(place.file('page')).st_ino
            process = place.start(place.benchctl, *command, second, '--out', 'page')

            def is_due():
                with contextlib.suppress(FileNotFoundError):
                    return moment(place, before) or process.poll() is not None
            until(is_due)
            process.kill()
            place.end(process)
            gnuplot_gone = until(lambda: not place.processes())
            now = digest(place.file('page'))
            seen.append((process.returncode, now == old or bool(set(now) - set(old)), bool(gnuplot_gone)))
            if set(now) - set(old):  # the new one was whole already
                place.bench(*command, first, '--out', 'page')
                seen.append((-9, {**digest(place.file('page')), **old} == digest(place.file('page')), True))
        outcome = place.bench(*command, second, '--out', 'page')
        whole_page = place.bench(*command, second, '--out', 'alone')
        now, alone = digest(place.file('page')), digest(place.file('alone'))
        good = (outcome.code == whole_page.code == 0 and all(each[1:] == (True, True) for each in seen) and
                {**now, **alone} == now and now['notes'] == old['notes'] and place.read('page/mine/notes') == 'mine' and
                sorted(os.listdir(place.path)) == ['alone', 'page', 'results'])
        return Outcome(0 if good else 1, '', '%r %r %r' % (seen, outcome, os.listdir(place.path)))
    return how


def two_at_once(command):
    """Two of a kind into one folder: what is there at the end is of one run. The one that is refused names the other."""
    def how(place):
        paths = two_runs(place)
        for path, name in zip(paths, 'ab'):
            place.bench(*command, path, '--out', name)
        alone = [digest(place.file(name)) for name in 'ab']
        both = [place.start(place.benchctl, *command, path, '--out', 'page') for path in paths]
        ended = [place.end(each) for each in both]
        refused = [each for each in ended if each.code]
        page = digest(place.file('page'))
        # One after the other, on a busy machine: the later one's files, and those of the first that it has none of.
        good = page in alone if refused else page in ({**alone[0], **alone[1]}, {**alone[1], **alone[0]})
        good = good and len(refused) < 2 and all(each.code == 3 and 'page is in use by process' in each.err for each in refused)
        return Outcome(0 if good else 1, '', '%r %r' % (ended, sorted(page)))
    return how


def interrupted(command):
    """^C while gnuplot draws: nothing is left."""
    def how(place):
        first, _ = two_runs(place)
        process = place.start(place.benchctl, *command, first, '--out', 'page')
        until(lambda: os.path.exists(place.file('.page.benchctl-new')) or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        outcome = place.end(process)
        return Outcome(outcome.code, ' '.join(sorted(os.listdir(place.path))), outcome.err)
    return how


# As long as this goes on what ^C does not end: so a wait that ignores the signal differs from a busy machine.
LONG_S = 100
LATE_S = 30


def hangs(name):
    """A program of that name, in the folder `bin`, that is begun and does not end."""
    return lambda place: (place.file('bin/' + name, '#!/bin/sh\necho begun >>%s\nexec sleep %d\n' % (place.file('begun'), LONG_S)),
                          os.chmod(place.file('bin/' + name), 0o755))


def begun(place):
    return os.path.exists(place.file('begun'))


def cells_done(count):
    return lambda place: len(place.lines('r')) >= count


def server_runs(place):
    """Its processes are there, and it has had a second for what comes next."""
    keepers = place.keepers()
    servers = children_of(keepers[0]) if keepers else []
    if servers and not hasattr(place, 'seen_s'):
        place.seen_s = time.monotonic()
    return servers and time.monotonic() > place.seen_s + 1


def window_over(place):
    """The load has begun long enough ago that its window of a second is over."""
    if cells_done(1)(place) and not hasattr(place, 'seen_s'):
        place.seen_s = time.monotonic()
    return hasattr(place, 'seen_s') and time.monotonic() > place.seen_s + 3


def interrupting(words, when, prepare=None, conf='', deed=None):
    """One ^C at a moment when the command waits for something: it ends."""
    def how(place):
        place.file('a.conf', conf)
        if prepare:
            prepare(place)
        environment = place.environment(PATH=place.file('bin') + ':' + os.environ['PATH'])
        process = place.start(place.benchctl, *(word.replace('RUN', run_file(place)) if word == 'RUN' else word for word in words), env=environment)

        def is_due():
            with contextlib.suppress(OSError, IndexError):
                return when(place)
        until(lambda: is_due() or process.poll() is not None)
        went_on = process.poll() is None
        if deed:
            deed(place)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        outcome = place.end(process)
        took = time.monotonic() - start
        tap.note('^C to the end: %.2f s' % took)
        return Outcome(outcome.code if went_on and took < LATE_S else 'after %.1f s' % took, outcome.out, outcome.err)
    return how


LONG = '%ds' % LONG_S
AT_LEVEL = ('run', '--conf', 'a.conf', '--mode', 'close', '--port', '0', '-c', '64', '--sequential', '20', '--warmup', '10ms', '--timeout', LONG, '--ready', LONG,
            '--max-ramp', LONG, '--max-window', LONG, '--out', 'r')


def stop_server(place):
    os.kill(children_of(place.keeper())[0], signal.SIGSTOP)


# While, words, when, then more of interrupting().
INTERRUPTED = [
    ('a server is asked whether it can run', AT_LEVEL, begun, dict(prepare=hangs('ask'), conf='[server a]\ncommand = x\nrequires = ask\n')),
    ('a server is asked for its version', AT_LEVEL, begun, dict(prepare=hangs('ask'), conf='[server a]\ncommand = x\nversion = ask\n')),
    ('a server is not ready', AT_LEVEL, server_runs, dict(conf=faulty_section('a', 'never_listens'))),
    ('the sequential client waits', AT_LEVEL, server_runs, dict(conf=faulty_section('a', 'stall_before', 2))),
    ('connections are opened', AT_LEVEL, server_runs, dict(conf=faulty_section('a', 'never_accepts', 1))),
    ('a window is long', AT_LEVEL + ('--duration', LONG), cells_done(1), dict(conf=faulty_section('a', 'good'))),
    ('the last requests of a window are awaited', AT_LEVEL + ('--duration', '1s', '--max-window', '1s'), window_over, dict(conf=faulty_section('a', 'stall_before', 200))),
    ('a server ignores SIGTERM', AT_LEVEL + ('--duration', LONG), cells_done(1), dict(conf=faulty_section('a', 'ignores_term'))),
    ('a server is stopped', AT_LEVEL + ('--duration', LONG), cells_done(1), dict(conf=faulty_section('a', 'good'), deed=stop_server)),
    ('a server has children', AT_LEVEL + ('--duration', LONG), cells_done(1), dict(conf=faulty_section('a', 'leaves_child'))),
    ('cells are measured until the answer is known', ('run', '--until-known', '--budget', LONG, '--conf', 'a.conf', '--mode', 'close', '--sequential', '20',
                                                      '--port', '0', '-c', '1..4', '--duration', '300ms', '--warmup', '10ms', '--out', 'r'), cells_done(5), dict(conf=faulty_section('a', 'good'))),
    ('why asks', ('why', 'control', '--conf', CONF, '--port', '0', '--budget', LONG), server_runs, {}),
    ('ab measures', ('ab', '--old', CONTROL, '--new', CONTROL, '--port', '0', '--duration', LONG, '--max-window', LONG, '--out', 'r'), server_runs, {}),
    ('check waits', ('check', '--conf', 'a.conf', '--ready', '60s', '--timeout', '60s'), server_runs, dict(conf=faulty_section('a', 'stall_before', 3))),
    ('report draws', ('report', 'RUN', '--out', 'p'), begun, dict(prepare=hangs('gnuplot'))),
    ('publish draws', ('publish', '--to', 'p', 'RUN'), begun, dict(prepare=hangs('gnuplot'))),
    ('publish asks git', ('publish', '--to', 'git:/none#b', 'RUN'), begun, dict(prepare=hangs('git'))),
]
INTERRUPTED_QUICK = ('a server is asked whether it can run', 'report draws', 'a server ignores SIGTERM')


def loading(*words):
    """^C in `load`, on a server that has stopped responding."""
    def how(place):
        with Faulty('stall_before', good_first=50) as server:
            return interrupting(('load', '-c', '8', '--timeout', LONG, '-d', LONG, '--max-window', LONG, *words, server.url),
                                lambda _: server.requests > 55)(place)
    return how


def drawn_here(place):
    """Into the current folder, which can't be exchanged."""
    first, second = two_runs(place)
    place.bench('report', first, '--out', 'alone')
    place.bench('report', second, '--out', '.')
    outcome = place.bench('report', first, '--out', '.')
    here = digest(place.path)
    good = {**here, **digest(place.file('alone'))} == here and not [name for name in os.listdir(place.path) if name[0] == '.' or name == 'lock']
    return Outcome(outcome.code if good else 'mixed', '', repr(os.listdir(place.path)))


def fifo_conf(place):
    os.mkfifo(place.file('a.conf'))
    return place.bench('list', '--conf', 'a.conf')


def prints(text):
    return lambda place, outcome: (outcome.out == text, 'there is %r' % text, outcome)


# Hostile files and places: each is refused with a message, soon, and nothing is created.

def refused(place, outcome):
    """Exit code 2 or 3 with a message of benchctl, and nothing on stdout."""
    good = outcome.code in (2, 3) and outcome.err.startswith('benchctl') and not outcome.out
    return good, 'refused, with a message', outcome


def given(make, *words, user=None):
    """A command whose last argument is a path that `make` prepares (it gets the place and the path)."""
    def how(place):
        path = place.file('x')
        make(place, path)
        os.chmod(place.path, 0o755)
        return place.bench(*words, path, user=user, group=user)
    return how


def content(text):
    """A file of that text or these bytes."""
    def make(place, path):
        with open(path, 'wb') as file:
            file.write(text if isinstance(text, bytes) else text.encode())
    return make


def sparse(size):
    return lambda place, path: (open(path, 'wb').close(), os.truncate(path, size))


def socket_file(place, path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)


def secret(place, path):
    content('{}')(place, path)
    os.chmod(path, 0)


def document_of(change):
    """A run.json in which something was changed."""
    def make(place, path):
        document = runs.document([runs.cell('a', level, 1, 1000.0) for level in (1, 2)])
        change(document)
        content(json.dumps(document))(place, path)
    return make


def many(key, values):
    """A run.json with a cell of each of these values."""
    def change(document):
        first = document['cells'][0]
        document['cells'] = [dict(first, **{key: value}) for value in values]
    return document_of(change)


def cell_with(**changes):
    return document_of(lambda document: document['cells'][0].update(changes))


def with_keys(**changes):
    return document_of(lambda document: document.update(changes))


BOMB = b'{"schema":1,"x":[' + b'{},' * (20 << 20) + b'1]}'
FILES = [
    ('empty', content('')), ('of one NUL byte', content(b'\0')), ('of NUL bytes', content(bytes(4096))),
    ('in UTF-16', content('{"schema": 1}'.encode('utf-16'))), ('with a byte order mark', content(b'\xef\xbb\xbf{}')),
    ('that is a number', content('1')), ('that is a list', content('[]')), ('of another schema', with_keys(schema=2)),
    ('whose schema is a text', with_keys(schema='1')), ('whose schema is 0', with_keys(schema=0)),
    ('with keys twice', content('{"schema":1,"schema":1}')), ('100,000 deep', content('[' * 100000)),
    ('with a number beyond range', content('{"schema":1e999}')), ('with an integer beyond range', content('{"schema":%d}' % 10**30)),
    ('with half a surrogate', content('{"schema":"\\ud800"}')), ('with broken UTF-8', content(b'{"schema":"\xff\xfe"}')),
    ('of 60 MiB of empty objects', content(BOMB)), ('of 60 MiB of numbers', content(b'{"schema":1,"x":[' + b'1,' * (30 << 20) + b'1]}')),
    ('of 60 MiB of brackets in a text', content(b'"' + b'{[' * (30 << 20))), ('of 60 MiB of blanks', content(b' ' * (60 << 20))),
    ('larger than 64 MiB', sparse(70 << 20)), ('of 1 TiB of holes', sparse(1 << 40)),
    ('that is a folder', lambda place, path: os.mkdir(path)), ('that is a FIFO', lambda place, path: os.mkfifo(path)),
    ('that is a socket', socket_file), ('that is /dev/zero', lambda place, path: os.symlink('/dev/zero', path)),
    ('that is /proc/self/mem', lambda place, path: os.symlink('/proc/self/mem', path)),
    ('that is a loop of links', lambda place, path: os.symlink(path, path)), ('that is missing', lambda place, path: None),
    ('of 257 servers', many('server', ['s%d' % number for number in range(257)])),
    ('of 17 modes', many('mode', ['m%d' % number for number in range(17)])),
    ('of 4097 levels', many('level', range(1, 4098))),
    ('whose id is a path', with_keys(id='../../x')), ('whose cells are an object', with_keys(cells={})),
    ('with a cell that is null', with_keys(cells=[None])), ('whose servers are a text', with_keys(servers='a')),
    ('with a negative count', cell_with(ok=-1)), ('with a count that is a fraction', cell_with(ok=0.5)),
    ('with a server without a name', cell_with(server=None)), ('whose rate is a text', cell_with(rate_rps='1')),
]
CONFS = [
    ('of one NUL byte', content(b'\0')), ('without a section', content('a = 1\n')), ('with an unknown section', content('[x]\na = 1\n')),
    ('with an unknown key', content('[server a]\nx = 1\n')), ('with a server without a command', content('[server a]\nfamily = c\n')),
    ('with a server twice', content('[server a]\ncommand = x\n' * 2)), ('with a server named as a path', content('[server ../a]\ncommand = x\n')),
    ('with a line of 1 MiB', content('[server a]\ncommand = ' + 'x' * (1 << 20))), ('that is a folder', lambda place, path: os.mkdir(path)),
    ('with an open quote', content('[run]\nduration = "\n')), ('with an option beyond range', content('[run]\nport = 70000\n')),
]
PLACES = [
    ('under a file', lambda place, path: content('')(place, path), '/below'), ('that is a file', lambda place, path: content('')(place, path), ''),
    ('that is a FIFO', lambda place, path: os.mkfifo(path), ''), ('that is a link to nothing', lambda place, path: os.symlink('none/none', path), ''),
    ('with a name too long', lambda place, path: None, '/' + 'x' * 300),
]
NAMES = [('empty', ''), ('hidden', '.r'), ('with a line end', 'a\nb'), ('of 200 letters', 'r' * 200)]


def written(words, make, tail):
    """A command that is to write where it can't."""
    def how(place):
        path = place.file('x')
        make(place, path)
        return place.bench(*words[:1], run_file(place), *words[1:], path + tail)
    return how


def manifest_of(make):
    """A site whose manifest is hostile."""
    def how(place):
        os.mkdir(place.file('site'))
        make(place, place.file('site/site.json'))
        return place.bench('publish', '--to', 'site', run_file(place))
    return how


MANIFESTS = [
    ('empty', content('')), ('an empty object', content('{}')), ('of a newer version', content('{"benchctl_site":99}')),
    ('of 60 MiB of empty objects', content(BOMB)), ('a folder', lambda place, path: os.mkdir(path)),
    ('a FIFO', lambda place, path: os.mkfifo(path)), ('larger than 64 MiB', sparse(65 << 20)),
]


def killed_publish(place):
    """SIGKILL while it draws. What it has left is removed by the next one, as soon as it is too old to be one that just begins."""
    hangs('gnuplot')(place)
    os.mkdir(place.file('tmp'))
    process = place.start(place.benchctl, 'publish', '--to', 'site', run_file(place),
                          env=place.environment(TMPDIR=place.file('tmp'), PATH=place.file('bin') + ':' + os.environ['PATH']))
    until(lambda: begun(place) or process.poll() is not None)
    process.kill()
    place.end(process)
    until(lambda: not place.processes())
    left = [place.file('tmp/' + name) for name in os.listdir(place.file('tmp'))]
    for folder in left:
        os.symlink(place.file('victim', 'untouched'), os.path.join(folder, 'link'))
        os.utime(folder, (0, 0))
    os.symlink(place.file('results'), place.file('tmp/benchctl-publish-linked'))
    outcome = place.bench('publish', '--to', 'site', run_file(place), env=place.environment(TMPDIR=place.file('tmp')))
    return Outcome(outcome.code if left else 'nothing was left', '%s %s' % (os.listdir(place.file('tmp')), place.read('victim')), outcome.err)


def locale_of(name):
    """The same table whatever the locale, which is made where there is what makes it."""
    def how(place):
        path = run_file(place)
        os.mkdir(place.file('locales'))
        if shutil.which('localedef') and '.' in name:
            subprocess.run(['localedef', '-i', name.split('.')[0], '-f', name.split('.')[1], place.file('locales/' + name)], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
        tables = {place.bench('table', path, *words, env=place.environment(LC_ALL=each, LANG=each, LOCPATH=place.file('locales'))).out
                  for each in ('C', name) for words in ((), ('--csv',))}
        return Outcome(0 if len(tables) == 2 else 1, '', repr(tables))
    return how


FORMULAS = ('=cmd|\'/C calc\'!A0', '@SUM(1)', '+1+cmd', '-text', '=1')
NUMBERS = ('-0.5', '+1')


def spreadsheet(place):
    """A table as CSV whose names a spreadsheet would run."""
    cells = [runs.cell(name, 1, 1, 1000.0) for name in FORMULAS + NUMBERS]
    return place.bench('table', '--csv', place.file('results/r/run.json', json.dumps(runs.document(cells))))


def neutralised(place, outcome):
    names = [row[0] for row in csv.reader(io.StringIO(outcome.out))][1:]
    return sorted(names) == sorted(["'" + name for name in FORMULAS] + list(NUMBERS)), 'formulas are texts, numbers are numbers', names


PASSWORD = 'hunter2-and-more'


def password_in_a_url(place):
    """Commands that are given one: those that use it, and those that refuse it."""
    with Faulty('good') as server:
        url = server.url.replace('//', '//me:%s@' % PASSWORD)
        process = place.start(place.benchctl, 'load', '--json', '-c', '2', '-d', LONG, '--max-window', LONG, url)
        until(lambda: server.requests > 50 or process.poll() is not None)
        with open('/proc/%d/cmdline' % process.pid) as file:
            told = [file.read()]
        process.send_signal(signal.SIGINT)
        ended = [place.end(process)]
        place.file('a.conf', '[server a]\nurl = %s\n' % url)
        place.file('b.conf', '[server a]\nurl = %s\nready = %s\n' % (server.url, url + 'x 204'))
        few = ('--mode', 'close', '-c', '1', '--duration', '20ms', '--warmup', '1ms', '--ready', '1s')
        for words in (('load', url.replace('http', 'gopher')), ('load', url + ' '), ('run', '--url', url, *few, '--out', 'u'), ('init', url), ('check', '--url', url),
                      ('run', '--conf', 'a.conf', *few, '--out', 'a'), ('run', '--conf', 'b.conf', *few, '--out', 'b'), ('list', '--json', '--conf', 'a.conf'),
                      ('compare', run_file(place), url), ('publish', '--to', url, run_file(place)), ('table', url), ('report', url)):
            ended.append(place.bench(*words))
    told += [text for outcome in ended for text in (outcome.out, outcome.err)]
    for folder, _, names in os.walk(place.path):
        for name in names:
            if not name.endswith('.conf'):
                told.append(place.read(os.path.join(folder, name)))
    shown = [text for text in told if PASSWORD in text]
    return Outcome(ended[0].code if not shown else 'shown', '', repr(shown or ended))


def prints_finding(check, severity, text):
    """What doctor says of something."""
    def must(place, outcome):
        found = next((one for one in json.loads(outcome.out or '[]') if one['check'] == check), None)
        return found and found['severity'] == severity and text in found['text'], '%s is %s' % (check, severity), (found, outcome)
    return must


ESCAPE = '\x1b]0;owned\x07\n::error::owned\r\u202e'

def escaped_names(place):
    """All that a table says of a server whose name would steer a terminal."""
    cells = [runs.cell(ESCAPE, level, 1, 1000.0, capacity_rps=2000.0, valid=False, invalid=['client_bound'], unseen=['memory'],
                       server_use={'files_limit': 0, 'files_given': 20000}) for level in (1, 2)]
    path = place.file('results/r/run.json', json.dumps(runs.document(cells)))
    outcomes = [place.bench('table', path, *words) for words in ((), ('--markdown',), ('--csv',))]
    return Outcome(max(each.code for each in outcomes), ''.join(each.out for each in outcomes), ''.join(each.err for each in outcomes))


ATTACKS = [
    Attack('stdout closed', shell('"$@" >&-', *FEW), [code(3), says('Bad file descriptor'), says('cells.jsonl'), whole(FEW_CELLS)]),
    Attack('stderr closed', shell('"$@" 2>&-', *FEW), [code(0), whole(FEW_CELLS)]),
    Attack('stdin, stdout and stderr closed', shell('"$@" <&- >&- 2>&-', *FEW), [code(3), whole(FEW_CELLS)]),
    Attack('stdout closed, help', shell('"$@" >&-', 'help'), [code(3), says('writing to stdout')]),
    Attack('file size limit of 4 KiB', shell('ulimit -f 8; "$@"', *FEW), [code(3), says('File too large'), lines_whole]),
    Attack('resumed while it runs, and twice at once', resumed_while_running, [code(0), whole(MANY_CELLS)]),
    Attack('a ledger with each cell twice', doubled_ledger, [code(0), says('3 cells are in it more than once'), whole(FEW_CELLS)]),
    Attack('results/NAME removed while it runs', removed_while_running(lambda _, run: shutil.rmtree(run)),
           [code(3), says('was removed or replaced while the run was on'), says('results/r-rescued-1 (--resume results/r-rescued-1 goes on)'),
            goes_on('r-rescued-1', MANY_CELLS)]),
    Attack('results removed while it runs', removed_while_running(lambda results, _: shutil.rmtree(results)),
           [code(3), says('results/r-rescued-1'), goes_on('r-rescued-1', MANY_CELLS)]),
    Attack('results/NAME renamed while it runs', removed_while_running(lambda _, run: os.rename(run, run + '-moved')),
           [code(3), says('results/r-rescued-1'), goes_on('r-rescued-1', MANY_CELLS)]),
    Attack('results becomes a file while it runs', removed_while_running(lambda results, _: (shutil.rmtree(results), open(results, 'w').close())),
           [code(3), says('the run is printed on stdout'), lambda place, outcome: (len(json.loads(outcome.out[outcome.out.index('\n{\n'):])['cells']) > 2, 'the run is on stdout', outcome)]),
    Attack('cells.jsonl swapped with that of another run', swapped_ledger, [code(3), says('is not the ledger of the run')]),
    Attack('a run of an old version is resumed', old_run, [code(0), says('after 2 cells'), whole(FEW_CELLS)]),
    *[Attack('SIGKILL of %s, then of %s' % pair, killing(*pair), [code(130 if 'benchctl' not in pair else -9), lines_whole], pair[0] == 'server')
      for pair in itertools.permutations(('benchctl', 'keeper', 'server'), 2)],
    Attack('SIGKILL of the keeper', killing('keeper'), [code(130), lines_whole]),
    Attack('SIGKILL of the keeper, as an unprivileged user', killing('keeper', user=NOBODY), [code(130), lines_whole]),
    *[Attack('without a PID namespace: ' + what, how(*deed, words=('--network', 'host'), user=NOBODY), [lines_whole], thorough)
      for how, deed, what, thorough in [
          (killing, ('keeper',), 'SIGKILL of the keeper', False), (killing, ('keeper', 'server'), 'SIGKILL of both', False),
          (killing, ('keeper', 'benchctl'), 'SIGKILL of the keeper, then of benchctl', True),
          (hostile, ('kill',), 'a server that kills its keeper', True), (hostile, ('stop',), 'a server that stops its keeper', False),
          (hostile, ('escape',), 'a server that starts sessions', True)]],
    Attack('the keeper is stopped', stopping_the_keeper, [code(130), lines_whole]),
    *[Attack('a server that %s' % what, hostile(behaviour), [code(130), lines_whole], thorough)
      for behaviour, what, thorough in [('kill', 'kills its keeper', False), ('stop', 'stops its keeper', False),
                                        ('trace', 'traces its keeper', True), ('escape', 'clears its death signal and starts sessions', False)]],
    Attack('benchctl is stopped in a window', stopped_in_a_window, [paused_cell, code(0), says('client_paused')]),
    Attack('a server that lowers its limit of open files', unseen('limits', 'has lowered its limit of open files, from '),
           [code(0), level_cell(lambda cell: cell['server_use']['files_limit'] == 0 < cell['server_use']['files_given'], 'the limit, and what it was')]),
    Attack('a server whose first thread ends', unseen('hide', 'see its memory', 'not seen, though it was alive: its memory'),
           [code(0), level_cell(lambda cell: cell['unseen'] == ['memory'] and cell['server_rss_bytes'] is None, 'its memory is unknown, not 0')]),
    Attack('12 MiB of memory for all', short_of_memory('run', '--conf', 'a.conf', '--servers', 'grow,control', *RUN[5:], '-c', '1,2', '--ready', '20s'), [code(0), outlived], True),
    Attack('12 MiB of memory for all, doctor', short_of_memory('doctor', '--conf', 'a.conf', '--json'), [code(1), prints_finding('memory', 'bad', 'in this cgroup; 65,536 connections need about 64 MB in benchctl')]),
    Attack('a negative rate is published', published(-0.06), [code(2), says("is no rate")]),
    Attack('a rate of 1e12 is published', published(1e12), [code(2), says("is no rate")]),
    Attack('a link in a site', linked_site, [code(3), says('site/runs is no folder'), prints('')]),
    Attack('a link in a report', linked_report, [says('is a symbolic link'), prints('untouched')]),
    Attack('SIGKILL of report over an existing page', killed_over_old(['report'], [staged_files(1), staged_files(20), page_staged, page_exchanged]), [code(0)], True),
    Attack('SIGKILL of plot over existing pictures', killed_over_old(HERO, [staged_files(1), staged_files(5), page_exchanged]), [code(0)]),
    *[Attack('two of %s into one folder at once' % command[0], two_at_once(command), [code(0)], thorough) for command, thorough in ((['report'], True), (HERO, False))],
    *[Attack('^C in %s' % command[0], interrupted(command), [code(130), says('interrupted'), prints('results')], thorough) for command, thorough in ((['report'], False), (HERO, True))],
    *[Attack('^C while ' + what, interrupting(words, when, **more), [code(130)], what not in INTERRUPTED_QUICK) for what, words, when, more in INTERRUPTED],
    Attack('^C while load waits', loading(), [code(130)], True),
    Attack('^C while an open loop drains', loading('-c', '1', '--rate', '200'), [code(130)]),
    Attack('report into the current folder', drawn_here, [code(0)], True),
    Attack('a FIFO as bench.conf', fifo_conf, [code(2), says('is a FIFO')]),
    Attack('a bench.conf of 100,000 sections', escaping(('list', '--conf', 'a.conf'), a_conf=''.join(
        '[server s%d]\ncommand = x\n' % number for number in range(100000))), [code(2), says('more than 1000 servers')]),
    *[Attack('a run.json ' + name, given(make, 'table'), [refused], number % SAMPLE > 0) for number, (name, make) in enumerate(FILES)],
    Attack('a run.json that may not be read', given(secret, 'table', user=NOBODY), [refused]),
    *[Attack('a bench.conf ' + name, given(make, 'run', '--duration', '1ms', '--conf'), [refused], number % SAMPLE > 0) for number, (name, make) in enumerate(CONFS)],
    *[Attack('%s to a place %s' % (words[0], name), written(words, make, tail), [refused], words[0] != 'report')
      for words in (('report', '--out'), ('plot', '--out'), ('publish', '--to')) for name, make, tail in PLACES],
    *[Attack('a run with a name ' + name, shell('"$@"', *RUN[:-1], text, '-c', '1'), [refused]) for name, text in NAMES],
    *[Attack('a manifest that is ' + name, manifest_of(make), [refused], number % SAMPLE > 0) for number, (name, make) in enumerate(MANIFESTS)],
    Attack('SIGKILL of publish', killed_publish, [code(0), prints("['benchctl-publish-linked'] untouched")]),
    Attack('a table as CSV with formulas', spreadsheet, [code(0), neutralised]),
    Attack('a password in a URL', password_in_a_url, [code(130)]),
    *[Attack('the locale ' + name, locale_of(name), [code(0)]) for name in ('de_DE.UTF-8', 'tr_TR.UTF-8', 'nonsense')],
    Attack('stdout is a full disk', shell('"$@" >/dev/full', *FEW), [code(3), says('No space left'), whole(FEW_CELLS)]),
    Attack('stdout is a pipe that nobody reads', shell('"$@" | :; exit 0', *FEW), [code(0), whole(FEW_CELLS)]),
    Attack('8 open files', shell('ulimit -n 8; "$@"', *FEW), [refused]),
    Attack('64 MB of address space', shell('ulimit -v 65536; "$@"', *FEW), [lines_whole]),
    Attack('an environment of 1 MB', shell('for i in 1 2 3 4 5 6 7 8 9; do export V$i=$(head -c 110000 /dev/zero | tr "\\0" x); done; "$@"', *FEW),
           [code(0), whole(FEW_CELLS)]),
    Attack('no environment', shell('env -i "$@"', *FEW), [code(0), whole(FEW_CELLS)]),
    Attack('PATH without gnuplot', lambda place: place.bench('plot', run_file(place), '--out', 'p', env=place.environment(PATH='/none')), [refused]),
    Attack('TMPDIR that is missing', lambda place: place.bench('publish', '--to', 'site', run_file(place), env=place.environment(TMPDIR='/none')), [refused]),
    Attack('--resume of what is not there', lambda place: place.bench('run', '--resume', 'none', '--conf', CONF), [refused]),
    Attack('escapes in a bench.conf', escaping(('list', '--conf', 'a.conf'), a_conf='[server a]\n\x1b]0;owned\x07\u202e = 1\n'),
           [code(2), says('\\x1b]0;owned\\x07'), says_not('\x1b'), says_not('\u202e')]),
    Attack('escapes in a run.json', escaping(('table', 'a.json'), a_json=json.dumps({'schema': ESCAPE, ESCAPE: 1})),
           [code(2), says_not('\x1b'), says_not('\n::error::'), says_not('\u202e')]),
    Attack('escapes in the names of a run.json', escaped_names, [code(0), says_not('\x1b'), says_not('\n::error::'), says_not('\u202e')]),
    Attack('escapes in broken JSON', escaping(('table', 'a.json'), a_json='{"a": 1, ' + ESCAPE),
           [code(2), says_not('\x1b'), says_not('\n::error::'), says_not('\u202e')]),
    Attack('escapes in an option', escaping(('run', '--' + ESCAPE)), [code(2), says('\\n::error::'), says_not('\x1b')]),
    Attack('a workflow command as a command', escaping(('::error::owned',)), [code(2), says_not('\n::error::')]),
]


def as_test(attack):
    def test():
        with Place() as place:
            seen = attack.how(place)
            for must in attack.must:
                good, name, why = must(place, seen)
                tap.ok(good, '%s: %s' % (attack.name, name), why)
    test.__name__ = 'test_' + attack.name
    return tap.thorough(test) if attack.thorough else test


def test_documented():
    """docs/robustness.md names each attack, and no other."""
    with open(os.path.join(ROOT, 'docs', 'robustness.md'), encoding='utf-8') as file:
        named = re.findall(r'^\| ([^|]+?) \| [^|]+ \|$', file.read(), re.M)
    rows = [name for name in named if name not in ('what was done',) and not name.startswith('---')]
    tap.is_(sorted(rows), sorted(attack.name for attack in ATTACKS), 'docs/robustness.md has the table of attacks')


if __name__ == '__main__':  # tests/e2e/sanitized_attack_test.py has the table too
    tap.checks([as_test(attack) for attack in ATTACKS] + [test_documented])
    tap.done()
