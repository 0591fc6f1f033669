#!/usr/bin/python3
"""--server-share: a server that gets a part of a CPU, and whose rates are scaled where it used that up. Prints TAP."""
import functools
import glob
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import PYTHON, ROOT, Place, python_section

NOBODY = 65534
SHARE = 0.25
# Serves after a child has started that burns CPU as long as it lives, so that the share is always used up.
BURNER = '''import os, sys
if os.fork() == 0:
    while True:
        pass
os.execv(%r, [%r, %r, 'none'])
''' % (PYTHON, PYTHON, os.path.join(ROOT, 'tests', 'helper', 'limited.py'))
RUN = ['--port', '0', '--ceiling', 'no', '-m', 'close', '-c', '4', '--duration', '1s', '--sequential', '5', '--ready', '60s']

place = None  # of all tests


def run(name, *words, **options):
    return place.bench('run', '--out', name, *RUN, *words, **options)


@functools.lru_cache(None)
def quarter():
    """The run q at a quarter of a CPU, and its cell."""
    outcome = run('q', '--server-share', '1/4')
    if 'no control group' in outcome.err:
        raise tap.Skip(outcome.err.strip())
    tap.is_(outcome.code, 0, 'a quarter: exit code')
    return outcome, place.document('q')['cells'][-1]


def test_quarter():
    outcome, cell = quarter()
    used = (cell['server_use']['user_s'] + cell['server_use']['system_s']) / cell['window_s']
    tap.ok(cell['server_use']['processes'] == 2 and used < 1.5 * SHARE, 'a quarter: the whole tree has no more than that', cell)
    tap.ok(cell['server_share'] == SHARE and 0 <= cell['throttled'] <= 1, 'a quarter: the cell says so, and its evidence', cell)
    explained = place.bench('explain', 'results/q/run.json', 'server@4').out
    if 'scaled_from' in cell:
        tap.ok(abs(cell['rate_rps'] * SHARE / cell['scaled_from'] - 1) < 1e-6, 'a quarter: the rate is scaled', cell)
        # Not below what both started and ended in the window, not above all that was under way in it.
        low, high = cell['ok'] - cell['in_flight_start'], cell['ok'] + cell['in_flight_end']
        tap.ok(low <= cell['scaled_from'] * cell['window_s'] * (1 + 1e-6) and cell['scaled_from'] * cell['window_s'] <= high * (1 + 1e-6),
               'a quarter: from what was measured', cell)
        tap.has(explained, 'at a quarter of a CPU, scaled', 'a quarter: explain says so')
    else:
        tap.note('others took the CPU: it was not all used up')
        tap.has(explained, 'not scaled', 'a quarter: explain says so')
    if 'scaled_from' in cell:
        tap.has(outcome.out, 'at a quarter of a CPU, scaled to a whole one: server', 'a quarter: the table says so')


def test_whole():
    tap.is_(run('w', '--server-share', '1').code, 0, 'whole: exit code')
    cell = place.document('w')['cells'][-1]
    tap.is_([name for name in ('server_share', 'throttled', 'scaled_from') if name in cell], [], 'whole: no share, nothing scaled')
    quarter()
    outcome = place.bench('compare', 'results/w/run.json', 'results/q/run.json')
    tap.ok(outcome.code == 2 and 'server-share' in outcome.out + outcome.err, 'runs of different shares are not compared', outcome)
    outcome = place.bench('run', '--resume', 'w', '--server-share', '1/2')
    tap.ok(outcome.code == 3 and 'server-share' in outcome.err, 'nor is a run resumed with another', outcome)


def check_auto(cell):
    """Where a share was the limit the rate is scaled and there is no latency; elsewhere there is no share."""
    if cell.get('server_share'):
        tap.ok(cell['server_share'] in (0.5, 0.25) and abs(cell['rate_rps'] * cell['server_share'] / cell['scaled_from'] - 1) < 1e-6
               and cell['latency_ns']['p50'] is None, 'auto: scaled, and without latency', cell)
    else:
        tap.ok('scaled_from' not in cell and cell['latency_ns']['p50'] > 0, 'auto: as measured, with its latency', cell)


def test_auto_of_an_expensive_server():
    tap.is_(run('a', '--repeat', '2', '--server-share', 'auto').code, 0, 'auto: exit code')
    document = place.document('a')
    tap.is_(document['config']['server-share'], 'auto', 'auto: it is said')
    for cell in document['cells']:
        check_auto(cell)
    tap.is_({cell.get('server_share') for cell in document['cells']}, {None}, 'auto: a server in Python costs more CPU than the client')


def test_auto_without_requests_more():
    outcome = run('n', '-n', '20', '--server-share', 'auto')
    tap.is_(outcome.code, 0, 'counted: exit code')
    tap.ok(all('server_share' not in cell for cell in place.document('n')['cells']), 'counted: no share', outcome)


def test_auto_of_a_cheap_server():
    with Place() as cheap:
        control = os.path.join(ROOT, 'build/servers/control')
        if not os.access(control, os.X_OK):
            raise tap.Skip('no ' + control)
        cheap.file('bench.conf', '[server cheap]\ncommand = %s\n' % control)
        outcome = cheap.bench('run', '--out', 'c', *RUN, '-c', '1,64', '--repeat', '2', '--server-share', 'auto')
        tap.is_(outcome.code, 0, 'cheap: exit code')
        cells = cheap.document('c')['cells']
        for cell in cells:
            check_auto(cell)
        tap.ok(all('server_share' not in cell for cell in cells if cell['client'] == 'seq'), 'cheap: one by one there is no share', cells)
        shares = [cell.get('server_share') for cell in cells if cell['level'] == 64]
        if all(shares):
            tap.ok(shares[0] == shares[1], 'cheap: both launches have the same share', shares)
            tap.has(outcome.out, 'scaled to a whole one: cheap', 'cheap: the table says so')
        else:
            tap.note('the client was not busy here: ' + repr(shares))


def test_groups_are_removed():
    """A group of each server of each block, and none of them is left."""
    quarter()

    def groups():
        return set(glob.glob('/sys/fs/cgroup/**/benchctl-*', recursive=True))

    process = place.start(place.benchctl, 'run', '--out', 'g', *RUN, '--repeat', '2', '--server-share', '1/2')
    tap.is_(place.end(process).code, 0, 'groups: exit code')
    tap.is_([path for path in groups() if '/benchctl-%d-' % process.pid in path], [], 'groups: none is left')


def test_bad_share():
    outcome = run('b', '--server-share', '1/3')
    tap.ok(outcome.code == 2 and '--server-share' in outcome.err, 'another share is refused', outcome)


with Place() as place:
    place.file('bench.conf', python_section('server', place.file('burner.py', BURNER)))
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
