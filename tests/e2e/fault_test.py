#!/usr/bin/python3
"""Bad input and faults: a clear message, the right exit code, nothing lost and nothing left running. Prints TAP."""
import contextlib
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import termios

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import BENCHCTL, ROOT, Place, conserved, faulty_section, process_name, reasons, until

CONTROL = '[server control]\ncommand = "%s/build/servers/control"\n\n' % ROOT
LEVELS = '1,2,4,8'
# So many requests instead of a time: what is seen does not depend on how fast the machine is.
COUNTED = ['--port', '0', '-n', '30', '--sequential', '10']
# A run that goes on until something stops it.
ENDLESS = ['--port', '0', '-n', '50', '--sequential', '10', '--repeat', '1000']

SIGINT_BIT = 1 << (signal.SIGINT - 1)


def run(place, conf, *words, **options):
    """A `run` named r, with a bench.conf of that text."""
    place.file('bench.conf', conf)
    return place.bench('run', '--out', 'r', *words, **options)


def messages(outcome):
    return [line for line in outcome.err.splitlines() if line.startswith('benchctl run: ')]


def refused(name, outcome, words, code=2):
    """The run was refused before anything was done, in one line that says why."""
    tap.is_((outcome.code, outcome.out), (code, ''), name + ': exit code, nothing on stdout')
    tap.has(outcome.err, ['benchctl run: '] + words, name + ': message')
    tap.is_(len(outcome.err.splitlines()), 1, name + ': one line')


def cells_of(place, server, client='epoll', name='r'):
    return [cell for cell in place.document(name)['cells'] if (cell['server'], cell['client']) == (server, client)]


def check_ledger(place, name):
    """The ledger has whole lines, each a cell. Returns the cells."""
    text = place.read('results/r/cells.jsonl')
    tap.ok(text == '' or text.endswith('\n'), name + ': the ledger ends with a whole line', text[-200:])
    cells = [json.loads(line) for line in place.lines('r')]
    tap.ok(all(conserved(cell) for cell in cells), name + ': each line of the ledger is a cell', cells)
    return cells


# Bad input.

def test_bad_options():
    with Place() as place:
        place.file('bench.conf', CONTROL)
        for words, message in [
                (['-c', '0..8'], ['--concurrency', "'0..8'", 'from 1 to']),
                (['-c', '8..1'], ["'8..1' ends below its start"]),
                (['-c', 'x'], ["'x' is no level", '1..65536']),
                (['-c', ''], ['--concurrency']),
                (['-c', '1,,2'], ['--concurrency']),
                (['-c', '1..'], ['is no level']),
                (['-c', '..8'], ['is no level']),
                (['-c', '1...8'], ['is no level']),
                (['-c', '1..8:+0'], ['from 1 to']),
                (['-c', '1:+2'], ['is no level']),
                (['-c', '-4'], ['is no level']),
                (['-c', '99999999999999999999999999'], ['--concurrency']),
                (['--duration', '5'], ['--duration', 'not a duration', '500ms']),
                (['--duration', 'long'], ['not a duration']),
                (['--duration', '-1s'], ['not a duration']),
                (['--duration', ''], ['not a duration']),
                (['--duration', '0s'], ['is less than']),
                (['--warmup', '1.2.3s'], ['not a duration']),
                (['--duration', '5s', '--max-window', '1s'], ['--max-window is less than --duration']),
                (['--mode', 'sometimes'], ["'sometimes'", 'close, keepalive']),
                (['--client', 'nobody'], ["no client 'nobody'"]),
                (['--client', 'seq'], ['seq']),
                (['--servers', 'nobody'], ["no server 'nobody'", 'benchctl list']),
                (['--servers', 'control,,'], ['--servers']),
                (['--repeat', '0'], ['is less than 1']),
                (['--port', '65536'], ['is more than 65535']),
                (['--client-cpus', '99999'], ['99999']),
                (['--server-cpus', 'zero'], ['zero']),
                (['--preset', '1999'], ["unknown preset '1999'"]),
                (['--out', 'else where'], ["'else where' is no name"]),
                (['--out', ''], ['--out']),
                (['--frobnicate'], ['unknown option --frobnicate']),
                (['control'], ['too many operands']),
                (['-c'], ['needs a value'])]:
            refused('run ' + ' '.join(words), place.bench('run', *words), message)
        tap.is_(os.listdir(place.path), ['bench.conf'], 'nothing was written')


def test_bad_configuration():
    for name, text, line, words in [
            ('unknown key', CONTROL + 'colour = red\n', 4, ["unknown key 'colour'"]),
            ('unknown key of [run]', '# a comment\n[run]\nspeed = high\n' + CONTROL, 3, ["unknown key 'speed'"]),
            ('key of the command line only', '[run]\nout = here\n' + CONTROL, 2, ["unknown key 'out'"]),
            ('bad value', '[run]\nduration = 5\n' + CONTROL, 2, ['duration', 'not a duration']),
            ('bad levels', '[run]\n\nconcurrency = 8..1\n' + CONTROL, 3, ['ends below its start']),
            ('duplicate server', CONTROL + CONTROL, 4, ["a server 'control' already"]),
            ('duplicate [run]', '[run]\nduration = 1s\n\n[run]\n' + CONTROL, 4, ['[run] already']),
            ('duplicate key', CONTROL.rstrip() + '\nfamily = c\nfamily = d\n', 4, ["'family' is twice"]),
            ('unknown section', CONTROL + '[servers]\n', 4, ['unknown section [servers]']),
            ('no name', '[server ]\ncommand = true\n', 1, ['no server name']),
            ('bad name', '[server a/b]\ncommand = true\n', 1, ["'a/b' is no server name"]),
            ('before a section', 'duration = 1s\n' + CONTROL, 1, ['before the first section']),
            ('no equals sign', CONTROL + 'nonsense\n', 4, ['neither a [section] nor']),
            ('section without an end', CONTROL + '[server b\ncommand = true\n', 4, ['does not end with ]']),
            ('quote without an end', '[server b]\ncommand = sh -c "true\n', 2, ['does not end']),
            ('neither yes nor no', CONTROL.rstrip() + '\nkeepalive = maybe\n', 3, ['neither yes nor no'])]:
        with Place() as place:
            refused(name, run(place, text), ['bench.conf:%d: ' % line] + words)
            listing = place.bench('list')
            tap.ok(listing.code == 2 and 'bench.conf:%d: ' % line in listing.err, name + ': `list` says the same', listing)
            tap.ok(not os.path.exists(place.file('results')), name + ': nothing was written')
    with Place() as place:
        refused('no command', run(place, '[server b]\nfamily = c\n'), ['bench.conf', '[server b] has no command'])
        refused('no server at all', run(place, '[run]\nduration = 1s\n'), ['[server NAME]'])
        refused('configuration that is not there', place.bench('run', '--conf', 'gone.conf'),
                ['gone.conf', 'No such file'])


def test_missing_configuration():
    """Only of a program that is alone: beside it, a checkout or an installation has a bench.conf."""
    if os.path.exists('/usr/local/lib/benchctl/bench.conf'):
        raise tap.Skip('benchctl is installed here: there is always a bench.conf')
    with Place() as place:
        place.benchctl = shutil.copy(BENCHCTL, place.file('benchctl'))
        refused('no bench.conf', place.bench('run'), ['no bench.conf here', '--conf FILE', 'checkout'])
    with Place() as place:
        listing = place.bench('list')
        tap.has(listing.out, 'control', 'the program of a checkout, called from elsewhere, has its bench.conf')


def test_server_that_is_not_available():
    with Place() as place:
        conf = CONTROL + ('[server absent]\ncommand = true\nrequires = sh -c "echo no such module: x >&2; exit 1"\n'
                          'install = python3-absent\n')
        refused('a server that is named', run(place, conf, '--servers', 'absent,control'),
                ['server absent', 'no such module: x', 'install: python3-absent'], code=3)
        outcome = run(place, conf, '-c', '1', *COUNTED)
        tap.is_(outcome.code, 0, 'not named: exit code')
        tap.has(outcome.err, ['left out: absent: no such module: x'], 'not named: left out, and said so')
        tap.is_([server['name'] for server in place.document('r')['servers']], ['control'], 'not named: not in the run')


def test_bad_results():
    """Commands that read a run.json refuse an invalid one, and say where."""
    good = {'schema': 1}
    for name, text, words in [
            ('not JSON', '{"schema": 1,\n "cells": [}', [':2:', 'not valid JSON']),
            ('empty', '', ['not valid JSON']),
            ('no run.json', '{}', ["'schema' is missing"]),
            ('an array', '[]', ["'schema' is missing"]),
            ('of the future', '{"schema": 99}', ['version 99', 'newer benchctl']),
            ('without fields', json.dumps(good), ['is missing'])]:
        with Place() as place:
            path = place.file('run.json', text)
            for command in 'table', 'plot':
                outcome = place.bench(command, path)
                tap.is_((outcome.code, outcome.out), (2, ''), '%s, %s: exit code' % (command, name))
                tap.has(outcome.err, ['benchctl %s: %s' % (command, path)] + words, '%s, %s: message' % (command, name))
    with Place() as place:
        for path, words in (place.path, 'has no run.json'), (place.file('gone.json'), 'there is no run '):
            outcome = place.bench('table', path)
            tap.ok(outcome.code == 2 and words in outcome.err, 'table of what is no file: ' + words, outcome)


# Faults of benchctl's surroundings.

def test_port_in_use():
    with Place() as place, socket.socket() as holder:
        holder.bind(('127.0.0.1', 0))
        holder.listen()
        port = holder.getsockname()[1]
        outcome = run(place, CONTROL, '-c', '1', '--network', 'host', '--port', str(port), '-n', '30', '--sequential', '10')
        tap.is_(outcome.code, 3, 'port in use: exit code')
        tap.has(outcome.err, ['port %d is in use by process %d (%s)' % (port, os.getpid(), process_name(os.getpid())),
                              '--port'], 'port in use: names the process')


def test_results_folder_that_exists():
    with Place() as place:
        mine = place.file('results/r/precious.txt', 'keep me')
        refused('existing folder', run(place, CONTROL, '-c', '1', *COUNTED), ['results/r exists', '--out'], code=3)
        tap.is_(os.listdir(os.path.dirname(mine)), ['precious.txt'], 'existing folder: untouched')
    with Place() as place:
        place.file('results', 'a file where a folder should be')
        outcome = run(place, CONTROL, '-c', '1', *COUNTED)
        tap.is_(outcome.code, 3, 'a file called results: exit code')
        tap.has(outcome.err, ['benchctl run: ', 'results'], 'a file called results: message')


def mounted(place, options, *words):
    """Runs benchctl with results/ on a file system of its own, which ends with it. A copy is left in kept/."""
    names = ['unshare', '-m'] if os.geteuid() == 0 else ['unshare', '-rm']
    os.mkdir(place.file('results'))
    mount = 'mount -t tmpfs -o "$0" benchctl-test results'
    probe = subprocess.run(names + ['sh', '-c', mount, options], cwd=place.path, capture_output=True, text=True)
    if probe.returncode:
        raise tap.Skip('can\'t mount here: ' + (probe.stderr.strip().splitlines() or ['?'])[-1])
    script = mount + ' || exit 99; "$@"; code=$?; cp -r results kept; exit $code'
    return place.command(*names, 'sh', '-c', script, options, place.benchctl, *words)


def test_full_disk():
    with Place() as place:
        place.file('bench.conf', CONTROL)
        outcome = mounted(place, 'size=64k', 'run', '--out', 'r', '-c', '1..64:+1', *COUNTED)
        tap.is_(outcome.code, 3, 'full disk: exit code')
        tap.has(outcome.err, ['writing results/r/cells.jsonl: No space left on device',
                              'the cells are in results/r/cells.jsonl'], 'full disk: message')
        os.rename(place.file('kept'), place.file('results/kept'))
        os.rename(place.file('results/kept/r'), place.file('results/r'))
        cells = check_ledger(place, 'full disk')
        tap.ok(cells and [cell['level'] for cell in cells[1:]] == list(range(1, len(cells))),
               'full disk: what was measured before is kept', cells)
        tap.is_(sorted(os.listdir(place.file('results/r'))), ['cells.jsonl', 'run.json'], 'full disk: nothing half-written')
        tap.ok(place.document('r')['interrupted'], 'full disk: run.json says that the run is not whole')


def test_read_only_folder():
    with Place() as place:
        place.file('bench.conf', CONTROL)
        outcome = mounted(place, 'ro', 'run', '--out', 'r', '-c', '1', *COUNTED)
        tap.is_(outcome.code, 3, 'read-only: exit code')
        tap.has(outcome.err, ['results/r: Read-only file system'], 'read-only: message')


def test_gnuplot_missing():
    with Place() as place:
        tap.is_(run(place, CONTROL, '-c', '1,2', *COUNTED).code, 0, 'a run to plot')
        os.mkdir(place.file('bin'))
        outcome = place.bench('plot', 'results/r/run.json', env=place.environment(PATH=place.file('bin')))
        tap.is_(outcome.code, 3, 'no gnuplot: exit code')
        tap.has(outcome.err, ['benchctl plot: gnuplot is not installed', 'apt-get install gnuplot-nox'], 'no gnuplot: message')
        place.file('bin/gnuplot', '#!/bin/sh\necho "line 3: undefined variable: x" >&2\nexit 1\n')
        os.chmod(place.file('bin/gnuplot'), 0o755)
        outcome = place.bench('plot', 'results/r/run.json', env=place.environment(PATH=place.file('bin')))
        tap.is_(outcome.code, 3, 'gnuplot that fails: exit code')
        tap.has(outcome.err, ['gnuplot failed', 'undefined variable: x'], 'gnuplot that fails: its words')


# Faults of a server. It costs its own cells, and never another server's.

def faulty_start(place, behaviour, *arguments, words=()):
    """Starts a run of a faulty server between two good ones."""
    conf = (CONTROL + faulty_section('faulty', behaviour, *arguments) + CONTROL.replace('control]', 'second]'))
    place.file('bench.conf', conf)
    return place.start(place.benchctl, 'run', '--out', 'r', '-c', LEVELS, *COUNTED, *words)


def faulty_end(place, process, behaviour):
    """Its end. The good servers must not have noticed. Returns how it ended, and the cells of the faulty one."""
    outcome = place.end(process)
    tap.is_(outcome.code, 0, behaviour + ': exit code')
    for name in 'control', 'second':
        cells = cells_of(place, name)
        tap.is_([(cell['ok'], cell['failed']) for cell in cells], [(30, {})] * 4, behaviour + ': %s is well' % name)
    check_ledger(place, behaviour)
    return outcome, cells_of(place, 'faulty', 'seq') + cells_of(place, 'faulty')


def faulty_run(place, behaviour, *arguments, words=()):
    return faulty_end(place, faulty_start(place, behaviour, *arguments, words=words), behaviour)


def faulty_runs(faults, words=()):
    """The same for several at once, since most of what they take is waiting. Faults are behaviours with their arguments;
    each comes back as its place, its behaviour, how the run ended, and the cells."""
    with contextlib.ExitStack() as places:
        runs = []
        for behaviour, *arguments in faults:
            place = places.enter_context(Place())
            runs.append((place, behaviour, faulty_start(place, behaviour, *arguments, words=words)))
        for place, behaviour, process in runs:
            outcome, cells = faulty_end(place, process, behaviour)
            if tap.is_(len(cells), 5, behaviour + ': every cell is recorded'):
                yield place, behaviour, outcome, cells


def failed_from_the_start(behaviour, words, *arguments, options=()):
    """A server that never becomes ready: the sequential cell and three levels fail, the rest is skipped."""
    with Place() as place:
        outcome, cells = faulty_run(place, behaviour, *arguments, words=options)
        tap.is_(len(cells), 5, behaviour + ': every cell is recorded')
        for cell in cells[:4]:
            tap.has(cell.get('error', ''), words, behaviour + ': the error says why')
            tap.is_((cell['valid'], reasons(cell), cell['ok'], cell['rate_rps']), (False, ['failed'], 0, None),
                    behaviour + ': a failed cell has no figures')
        tap.has(cells[4].get('error', ''), 'skipped after three failures', behaviour + ': the rest is skipped')
        tap.has(outcome.err, ['faulty@1 close: '] + words, behaviour + ': said on stderr')


def test_server_that_dies_at_its_start():
    failed_from_the_start('dies_at_start', ['exited with status 3 before it was ready', 'no such module: nothing'])


def test_server_with_many_last_words():
    """The notice has their begin and their end; the cell has them all."""
    words = 'first %s last' % ('more ' * 100)
    with Place() as place:
        script = place.file('talker.py', 'import sys\nsys.exit(%r)\n' % words)
        place.file('bench.conf', '[server talker]\ncommand = "/usr/bin/python3" "%s"\n' % script)
        outcome = place.bench('run', '--out', 'r', '-c', '1', '--ceiling', 'no', '--port', '0')
        tap.is_(outcome.code, 3, 'many last words: no cell is valid')
        said = [line for line in outcome.err.splitlines() if line.startswith('talker@1 close: exited with status 1')]
        tap.ok(said and 'first more' in said[0] and ' ... ' in said[0] and said[0].endswith('more  last') and len(said[0]) < 250,
               'many last words: their begin and end are said', outcome)
        tap.has(place.document('r')['cells'][1]['error'], words, 'many last words: the cell has them')


def test_server_that_can_not_be_executed():
    with Place() as place:
        outcome = run(place, CONTROL + '[server gone]\ncommand = ./gone --fast\n', '-c', '1,2', *COUNTED)
        tap.is_(outcome.code, 0, 'no such program: exit code')
        tap.has(outcome.err, ['./gone', 'No such file'], 'no such program: message')
        table = place.bench('table', 'results/r/run.json')
        tap.ok(table.code == 0 and 'gone' in table.out and 'control' in table.out, 'no such program: stands in the table', table)
        tap.is_(place.bench('plot', 'results/r/run.json').code, 0, 'no such program: can be plotted')
    with Place() as place:
        outcome = run(place, '[server gone]\ncommand = ./gone --fast\n', '-c', '1,2', *COUNTED)
        tap.is_(outcome.code, 3, 'no figure at all: exit code')
        tap.has(outcome.err, ['0 of 3 cells valid', 'no cell is valid'], 'no figure at all: said so')
        tap.is_(place.bench('plot', 'results/r/run.json').code, 0, 'no figure at all: can be plotted')
        tap.has(place.read('plots/r/rate-close.svg'), 'gone', 'no figure at all: the graph names who failed')


def test_server_that_never_listens():
    failed_from_the_start('never_listens', ['not ready after 0.3 s', 'Connection refused'], options=['--ready', '300ms'])


def test_server_that_never_answers():
    failed_from_the_start('stall_before', ['not ready after 2 s', 'no response in time'], options=['--ready', '2s'])


def test_server_that_answers_wrongly():
    failed_from_the_start('wrong_body', ['not ready after 2 s', 'other bytes'], options=['--ready', '2s'])


def test_server_that_answers_502():
    failed_from_the_start('status_502', ['not ready after 2 s', 'status 502 instead of 200'], options=['--ready', '2s'])


def test_server_that_is_ready_late():
    """A response that is not right yet is waited for like a refused connection, and one probe may take its time."""
    for behaviour in 'starts_busy', 'starts_wrong', 'starts_slowly':
        with Place() as place:
            outcome, cells = faulty_run(place, behaviour, '0', '3', words=['--ready', '60s'])
            tap.is_((outcome.code, [cell.get('error') for cell in cells]), (0, [None] * len(cells)),
                    behaviour + ': is waited for, and measured')


def test_server_that_daemonises():
    failed_from_the_start('daemonises', ['exited with status 0 before it was ready'])


def test_servers_that_only_leave_things_behind():
    """They respond rightly, so all is measured; the end of Place checks that nothing of theirs is left."""
    for _, behaviour, _, cells in faulty_runs([['ignores_term'], ['leaves_child'], ['leaves_children'],
                                               ['leaks_listeners'], ['leaks_connections']]):
        tap.is_([(cell['ok'], cell['failed'], cell.get('error')) for cell in cells],
                [(10, {}, None)] + [(30, {}, None)] * 4, behaviour + ': measured')
        if behaviour == 'leaves_children':
            tap.ok(cells[4]['server_use']['processes'] > 10 + 3 * 30, 'leaves_children: all of them are seen', cells[4])


def test_server_that_dies_in_the_middle():
    with Place() as place:
        # Before level 2 it has responded to 43: three probes, 10 links, 30 at level 1. Then its 60th kills it.
        outcome, cells = faulty_run(place, 'dies', 59)
        sequential, one, two, four, _ = cells
        for cell, wanted in (sequential, 10), (one, 30), (four, 30):
            tap.is_((cell['ok'], cell['failed'], cell.get('error')), (wanted, {}, None),
                    'dies: level %d is measured' % cell['level'])
        tap.has(two.get('error', ''), 'the server exited with status 7 under this load', 'dies: the cell says so')
        tap.ok(two['restarted'] and not two['valid'] and two['ok'] < 30 and conserved(two), 'dies: the cell has failed', two)
        tap.ok(four['valid'] or 'failed' not in four['invalid'], 'dies: the next level is on a fresh server', four)
        tap.has(outcome.err, 'faulty@2 close: the server exited with status 7', 'dies: said on stderr')


HANGS = 'the server did not respond after this load: not ready after 3 s: '
NO_ANSWER = HANGS + 'reading the response: no response in time'
# Why a cell has failed where the server does this under its load, with the end of the server's stderr.
UNDER_LOAD = {
    'dies': 'the server exited with status 7 under this load: faulty server: out of memory, or so it says',
    'leaves_listener': 'the server exited with status 7 under this load: faulty server: out of memory, or so it says',
    'out_of_memory': 'the server was killed by signal 6 (Aborted) under this load: faulty server: MemoryError',
    'dies_out_of_files': 'the server exited with status 1 under this load: '
                         'faulty server: accept: [Errno 24] Too many open files',
    'runs_out_of_files': NO_ANSWER + ': faulty server: accept: [Errno 24] Too many open files',
    'stall_before': NO_ANSWER,
    'never_reads': NO_ANSWER,
    'spins': NO_ANSWER,
    'never_accepts': HANGS + 'connecting: no response in time',
}


SKIPPED = 'skipped after three failures in a row, the last: '


def failed_three_times(place, behaviour, outcome, cells):
    """The sequential cell is good, three levels have failed on a fresh server each, the fourth is skipped."""
    error = UNDER_LOAD[behaviour]
    tap.is_([cell.get('error') for cell in cells], [None] + [error] * 3 + [SKIPPED + error],
            behaviour + ': each cell says why it has failed')
    tap.is_([(cell['valid'], reasons(cell)) for cell in cells[1:]], [(False, ['failed'])] * 4,
            behaviour + ': and is not valid')
    tap.is_([cell['restarted'] for cell in cells], [False, True, True, True, False], behaviour + ': restarted')
    tap.is_((cells[0]['ok'], cells[4]['started']), (1, 0), behaviour + ': measured before, not asked once it is skipped')
    for level in 1, 2, 4:
        tap.has(outcome.err, 'faulty@%d close: %s' % (level, error), behaviour + ': level %d is said on stderr' % level)
    if HANGS in error:
        # Before the first level it was asked three times, before the others once. After a second failure in a row a
        # connection rests, and where no more responses come the load ends.
        tap.is_([(cell['ok'], cell['failed']) for cell in cells[1:4]],
                [(27, {'timeout': 2}), (29, {'timeout': 1}), (29, {'timeout': 1})],
                behaviour + ': requests without a response are counted as timeouts')
    else:
        tap.ok(all(20 < cell['ok'] < 30 and cell['failed'] for cell in cells[1:4]), behaviour + ': what it bore is kept',
               cells)
    explained = place.bench('explain', 'results/r/run.json', 'faulty@2').out
    tap.has(explained, ['%d ok + ' % cells[2]['ok'], error], behaviour + ': what was counted is shown')


def failed_now_and_then(place, cells):
    """Its 60th request is in level 2; a fresh one then bears level 4, but not level 8."""
    error = UNDER_LOAD['stall_before']
    tap.is_([cell.get('error') for cell in cells], [None, None, error, None, error], 'hangs: which cells have failed')
    tap.is_([(cells[i]['ok'], cells[i]['failed']) for i in (1, 3)], [(30, {})] * 2, 'hangs: the others are measured')
    tap.ok(cells[3]['valid'] or 'failed' not in cells[3]['invalid'], 'hangs: the next level is on a fresh server', cells[3])
    # Of level 8 there are counts, but no figure.
    table = place.bench('table', 'results/r/run.json').out
    tap.has(table, [' failed ', 'faulty failed: ' + error], 'hangs: the table shows no rate, but why')
    tap.is_(place.bench('plot', 'results/r/run.json').code, 0, 'hangs: can be plotted')
    tap.has(place.read('plots/r/rate-close.svg'), 'failed from 8', 'hangs: the graph says so')


def test_servers_that_fail_under_load():
    faults = [[behaviour, 30] for behaviour in UNDER_LOAD] + [['stall_before', 59]]
    for i, (place, behaviour, outcome, cells) in enumerate(
            faulty_runs(faults, ['--sequential', '1', '--timeout', '500ms', '--duration', '750ms', '--ready', '3s'])):
        if i == len(UNDER_LOAD):
            failed_now_and_then(place, cells)
        else:
            failed_three_times(place, behaviour, outcome, cells)


def test_server_that_answers_wrongly_now_and_then():
    with Place() as place:
        _, cells = faulty_run(place, 'wrong_body_every', 10, 25)
        wrong = sum(cell['failed'].get('bad_body', 0) for cell in cells)
        tap.ok(wrong > 0 and all(conserved(cell) for cell in cells), 'now and then wrong: counted', cells)
        tap.ok(all(cell['ok'] + sum(cell['failed'].values()) == cell['started'] for cell in cells),
               'now and then wrong: never counted as throughput', cells)


# The end of benchctl itself.

def endless(place, conf, least=3, levels='1,2'):
    """A run without an end, of which some cells are in the ledger."""
    place.file('bench.conf', conf)
    process = place.start(place.benchctl, 'run', '--out', 'r', '-c', levels, *ENDLESS)
    measured = until(lambda: len(place.lines('r')) >= least or process.poll() is not None)
    tap.ok(measured and process.poll() is None, 'the run is under way', process.poll())
    return process


def test_interrupted_once():
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        with Place() as place:
            process = endless(place, CONTROL)
            process.send_signal(number)
            outcome = place.end(process)
            name = signal.Signals(number).name
            tap.is_(outcome.code, 130, name + ': exit code')
            document = place.document('r')
            tap.is_(document['interrupted'], True, name + ': run.json says that it was interrupted')
            cells = check_ledger(place, name)
            tap.is_([(cell['level'], cell['ok']) for cell in document['cells']],
                    [(cell['level'], cell['ok']) for cell in cells], name + ': run.json has all the cells of the ledger')
            tap.ok(len(cells) >= 3 and all(cell['ok'] in (10, 50) for cell in cells), name + ': no cell is cut short', cells)
            tap.has(outcome.out, ['control', 'results/r/run.json'], name + ': the table of what there is')


def test_terminal():
    """At a terminal of its own: ^C is typed, or the terminal goes away, and with it what benchctl writes to."""
    for name, act in ('^C is typed', lambda terminal: terminal.write(b'\x03')), ('terminal is closed', lambda t: t.close()):
        with Place() as place:
            master, slave = pty.openpty()
            os.set_blocking(master, False)
            place.file('bench.conf', CONTROL)
            with open(master, 'r+b', buffering=0) as terminal:
                process = place.start(place.benchctl, 'run', '--out', 'r', '-c', '1,2', *ENDLESS, stdin=slave, stdout=slave,
                                      stderr=slave, start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
                os.close(slave)
                until(lambda: ended(process, terminal) or len(place.lines('r')) >= 3)
                tap.is_(process.poll(), None, name + ': the run is under way')
                act(terminal)
                until(lambda: ended(process, terminal))
            tap.is_(place.end(process).code, 130, name + ': exit code')
            cells = check_ledger(place, name)
            document = place.document('r')
            tap.is_((document['interrupted'], len(document['cells'])), (True, len(cells)),
                    name + ': run.json has all the cells of the ledger')


def ended(process, terminal):
    """Whether it has; what it shows is read meanwhile, so that it need not wait for that."""
    try:
        terminal.closed or terminal.read(1 << 16)
    except OSError:
        pass  # it has ended, and nobody else has the terminal
    return process.poll() is not None


def test_interrupted_twice():
    """The second ^C ends benchctl where the first can't: here the server's keeper does not respond."""
    with Place() as place:
        process = endless(place, CONTROL, levels='1..1000:+1')  # so that one keeper is there for long
        keeper = [pid for pid in place.processes() if process_name(pid) == 'benchctl-keeper']
        tap.is_(len(keeper), 1, 'twice: there is a keeper')
        os.kill(keeper[0], signal.SIGSTOP)
        for _ in range(2):
            tap.is_(process.poll(), None, 'twice: still there')
            process.send_signal(signal.SIGINT)
            until(lambda: process.poll() is not None or not pending(process.pid) & SIGINT_BIT)
        ended = until(lambda: process.poll() is not None)
        try:
            os.kill(keeper[0], signal.SIGCONT)
        except ProcessLookupError:
            pass  # in a PID namespace it ends with benchctl, even while it is stopped
        tap.ok(ended, 'twice: ends at once')
        tap.is_(place.end(process).code, 130, 'twice: exit code')
        check_ledger(place, 'twice')
        tap.is_(place.document('r')['cells'], [], 'twice: nothing more was written')


def pending(pid):
    """The signals that a process has still to take."""
    try:
        with open('/proc/%d/status' % pid) as file:
            return int(re.search(r'^ShdPnd:\s*(\w+)', file.read(), re.M).group(1), 16)
    except OSError:
        return 0


def test_killed():
    """SIGKILL of benchctl, while a server runs that ignores SIGTERM: the end of Place sees that all of it goes."""
    for conf in CONTROL, faulty_section('stubborn', 'ignores_term'), faulty_section('parent', 'leaves_child'):
        with Place() as place:
            process = endless(place, conf, 1)
            process.kill()
            tap.is_(place.end(process).code, -signal.SIGKILL, 'killed')
            cells = check_ledger(place, 'killed')
            tap.ok(cells, 'killed: the ledger has what was measured')
            tap.ok(place.document('r')['interrupted'], 'killed: run.json says that the run is not whole')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
