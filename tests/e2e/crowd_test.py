#!/usr/bin/python3
"""Crowd mode: many connections of which few are active, on servers that keep them all, that end them, and whose hidden
limit only a crowd shows. Prints TAP."""
import csv
import io
import json
import os
import statistics
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import PROBES, Faulty
from helper.limited import FULL
from helper.program import CONF, ROOT, Place, conserved, limited_section, reasons, until

CONTROL = '[server control]\ncommand = "%s/build/servers/control"\n\n' % ROOT
BY_TIME = ['-d', '100ms', '--warmup', '20ms']
ACTIVE = 8
# A level that each limited server copes with, and one beyond the limits.
LEVELS = [16, 400, 2048]

place = None  # of all tests


def crowd(server, connections, active, *options):
    """One `load`; returns the cell, or None where there is none."""
    outcome = place.bench('load', '--json', '-m', 'crowd', '-c', str(connections), '--active', str(active), *options,
                          server.url)
    tap.ok(outcome.code == 0 and not outcome.err, ' '.join(options) + ': exit code', outcome)
    return json.loads(outcome.out)


def check_crowd(name, cell, active, silent, dropped=0):
    seen = cell['crowd']
    tap.is_((seen['active'], seen['silent'], seen['dropped']), (active, silent, dropped), name + ': active, silent, dropped')
    tap.ok(conserved(cell), name + ': none lost', cell)
    tap.is_(cell['ramp']['reached'], active + silent + dropped, name + ': all were answered in the ramp')
    tap.is_(cell['latency_ns']['p50'] is not None, True, name + ': active ones were measured')


def test_load():
    """By number and by time; more connections than active ones or not, more threads than active ones or not."""
    for connections, active, threads in [(40, 5, 1), (40, 5, 2), (41, 3, 8), (40, 1, 2), (4, 100, 1), (4, 4, 2)]:
        for options in ['-n', '300'], BY_TIME:
            name = 'crowd of %d, %d active, %d threads, %s: ' % (connections, active, threads, options[0])
            with Faulty('good') as server:
                cell = crowd(server, connections, active, '-t', str(threads), *options)
            busy = min(active, connections)
            check_crowd(name[:-2], cell, busy, connections - busy)
            tap.is_(cell['failed'], {}, name + 'no failure')
            # The first connections learned the right response. All others have ended with the client.
            tap.is_(len(server.served), PROBES + connections, name + 'no connection was opened again')
            once = sorted(server.served)[:PROBES + connections - busy]
            tap.ok(set(once) == {1}, name + 'each silent one asks once', server.served)
            tap.ok(sum(server.served) > 1 + connections, name + 'the active ones go on', server.served)
            if options[0] == '-n':
                tap.is_((cell['started'], cell['ok']), (300, 300), name + 'as many as asked for')
                tap.is_(server.requests, PROBES + connections + 300, name + 'the server saw these, and the ramp')


def test_load_of_servers_that_close():
    """Announced in the response or not: a silent connection is gone, an active one is opened again."""
    for behaviour in 'closes_every', 'drops_every':
        for options in ['-n', '10'], BY_TIME:
            name = '%s %s: ' % (behaviour, options[0])
            with Faulty(behaviour, argument=1) as server:
                cell = crowd(server, 30, 3, '-t', '2', *options)
            check_crowd(name[:-2], cell, 3, 0, 27)
            tap.ok('dropped_after_s' in cell['crowd'], name + 'when the first of them went', cell['crowd'])
            tap.has(cell['invalid'], 'short_concurrency', name + 'invalid')
            tap.ok(cell['ok'] > 0, name + 'the active ones were answered', cell)
    with Faulty('closes_every', argument=1) as server:
        outcome = place.bench('load', '-m', 'crowd', '-c', '30', '--active', '3', '-n', '9', server.url)
    tap.has(outcome.out, '3 active; of 27 silent connections 0 open at the end, 27 ended by the server', 'load: in words')


def test_late_for_the_ramp():
    """The server halts in the ramp: its later responses, on connections that are to be silent, do not count for the active ones."""
    for client in 'epoll', 'uring':
        with Faulty('halts_from', argument=20) as server:
            cell = crowd(server, 64, 4, '-t', '1', '--client', client, '--max-ramp', '50ms', '-d', '600ms', '--warmup', '1ms')
        name = 'late for the ramp, %s: ' % cell['client']
        tap.ok(conserved(cell) and not cell['failed'], name + 'none lost', cell)
        tap.ok(cell['concurrency']['max'] <= 4, name + 'only active ones are in flight', cell['concurrency'])
        tap.ok(cell['crowd']['silent'] < 60 and cell['crowd']['dropped'] == 0, name + 'they are not of the crowd', cell['crowd'])
        tap.ok(cell['crowd']['silent'] + 4 >= cell['ramp']['reached'], name + 'those in time are', cell)


def test_usage():
    for words, message in [(['--active', '0'], "--active: '0' is less than 1"), (['--active', '-1'], 'not a whole number'),
                           (['--active', '9' * 12], 'is more than')]:
        for command in ['load', 'http://127.0.0.1:1/'], ['run', '--conf', CONF]:
            outcome = place.bench(command[0], *words, *command[1:])
            tap.ok(outcome.code == 2 and message in outcome.err, '%s %s: refused' % (command[0], ' '.join(words)), outcome)


def limits(name, levels, *servers, options=()):
    """A run of limited servers beside good ones. Returns how it ended, and the cells by server and level."""
    place.file('bench.conf', CONTROL + ''.join(limited_section(server, keepalive='yes') for server in servers))
    outcome = place.bench('run', '--port', '0', '--mode', 'crowd', '-c', ','.join(map(str, levels)), '--warmup', '20ms',
                          '--sequential', '10', '--out', name, *options)
    tap.is_(outcome.code, 0, name + ': exit code')
    cells = {(cell['server'], cell['level']): cell for cell in place.document(name)['cells'] if cell['mode'] == 'crowd'}
    tap.ok(all(map(conserved, cells.values())), name + ': none lost in any cell', cells)
    for server in {'control', 'none'} & {'control', *servers}:
        for level in levels:
            cell = cells[server, level]
            known = 'error' not in cell and 'short_concurrency' not in cell['invalid'] and not cell['restarted']
            tap.ok(known, '%s@%d: no limit' % (server, level), cell)
            check_crowd('%s@%d' % (server, level), cell, min(ACTIVE, level), max(0, level - ACTIVE))
            tap.is_(cell['failed'], {}, '%s@%d: no failure' % (server, level))
    return outcome, cells


def least_squares(points):
    x_mean, y_mean = statistics.mean(x for x, _ in points), statistics.mean(y for _, y in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)


def check_memory(run, cells):
    """The memory of a connection, computed a second time; with too little to compute it from, it is unknown."""
    rows = {row['implementation']: row for row in csv.DictReader(
        io.StringIO(place.bench('table', '--csv', 'results/%s/run.json' % run).out))}
    for server, row in rows.items():
        points = [(cell['crowd']['silent'] + cell['crowd']['active'], cell['server_rss_bytes'])
                  for (name, _), cell in cells.items() if name == server and set(cell['invalid']) <= {'client_bound'}]
        seen = row['memory_per_connection_bytes']
        if len(points) < 3:
            tap.is_(seen, '', server + ': its memory per connection is unknown')
        else:
            wanted = least_squares(points)
            tap.ok(seen and abs(float(seen) - wanted) <= 1e-6 * abs(wanted) + 1e-6, server + ': its memory per connection',
                   (seen, wanted))
    for server in 'select', 'full':
        tap.is_(rows[server]['memory_per_connection_bytes'], '', server + ': two levels tell no memory per connection')


def test_limits_of_number():
    """select(2), a look at all connections for each event, and a server that is full."""
    low, _, high = LEVELS
    outcome, cells = limits('number', LEVELS, 'none', 'select', 'scan', 'full',
                            options=['--active', str(ACTIVE), '--duration', '200ms', '--max-ramp', '3s'])
    for server in 'select', 'scan', 'full':
        for level in LEVELS[:2]:
            check_crowd('%s@%d' % (server, level), cells[server, level], ACTIVE, level - ACTIVE)

    cell = cells['select', high]
    tap.is_(reasons(cell), ['failed'], 'select: fails')
    tap.has(cell['error'], ['exited with status 1 under this load', 'filedescriptor out of range in select()'],
            'select: in its own words')
    tap.ok(cell['ramp']['reached'] < 1024, 'select: not even in the ramp', cell['ramp'])

    cost = {server: [cells[server, level]['server_cpu_us_per_request'] for level in (low, high)]
            for server in ('scan', 'none')}
    tap.note('CPU per request at %d and %d: %s' % (low, high, cost))
    tap.ok(cost['scan'][1] >= 2 * cost['scan'][0], 'scan: a request costs more in a crowd', cost)
    grows = {server: most / least for server, (least, most) in cost.items()}
    tap.ok(grows['none'] < grows['scan'] / 2, 'none: it does not', grows)
    check_crowd('scan@%d' % high, cells['scan', high], ACTIVE, high - ACTIVE)

    cell = cells['full', high]
    tap.is_(cell['ramp']['reached'], FULL, 'full: so many are answered, whoever waits in the backlog')
    tap.is_((cell['crowd']['silent'], cell['crowd']['dropped']), (FULL - ACTIVE, 0), 'full: they stay open')
    tap.ok(FULL - 2 <= cell['open_in_server']['max'] <= FULL, 'full: no more are open inside', cell['open_in_server'])
    tap.has(cell['invalid'], 'short_concurrency', 'full: invalid')
    tap.has(outcome.err, ['short_concurrency', 'the server does not accept so many'], 'full: the summary says what to do')
    check_memory('number', cells)
    tap.has(outcome.out, ['mode crowd (%d active)' % ACTIVE, 'Memory/connection', 'KiB'], 'the table')
    text = place.bench('table', '--at', str(high), 'results/number/run.json').out
    tap.ok('Open in server' in text.splitlines()[4], 'the table: open in server where it is not what was offered', text)
    text = place.bench('explain', 'results/number/run.json', 'full@%d' % high).out
    tap.has(text, ['8 active; of 2,040 silent connections 492 open at the end, 0 ended by the server'], 'explain')
    outcome = place.bench('plot', 'results/number/run.json')
    tap.is_(outcome.code, 0, 'plot: exit code')
    tap.has(place.read('plots/number/rate-crowd.svg'), 'at most %d of them carry requests' % ACTIVE, 'plot: how many are active')


def test_limit_of_silence():
    """A server that ends what is silent for about two seconds."""
    level = 64
    outcome, cells = limits('silence', [level], 'silence', options=['--active', str(ACTIVE), '--duration', '3s'])
    cell = cells['silence', level]
    check_crowd('silence', cell, ACTIVE, 0, level - ACTIVE)
    tap.ok(cell['crowd']['dropped_after_s'] >= 1.9, 'silence: not before its time', cell['crowd'])
    tap.has(cell['invalid'], 'short_concurrency', 'silence: invalid')
    tap.is_(cell['failed'], {}, 'silence: no request fails')
    tap.has(outcome.err, ['silence@64: 8 active; of 56 silent connections 0 open at the end, 56 ended by the server'],
            'silence: the summary says so')


def test_close_only():
    """A server without keep-alive is not part of a crowd."""
    place.file('bench.conf', CONTROL + limited_section('none', keepalive='no'))
    outcome = place.bench('run', '--port', '0', '--mode', 'keepalive,crowd', '-c', '4', '-n', '10', '--sequential', '3',
                          '--out', 'some')
    tap.is_(outcome.code, 0, 'a server without keep-alive: exit code')
    tap.is_(sorted((cell['server'], cell['mode']) for cell in place.document('some')['cells']),
            [('control', 'close'), ('control', 'crowd'), ('control', 'keepalive'), ('none', 'close')],
            'a server without keep-alive: its sequential cell only')
    tap.has(outcome.err, '[4/4', 'a server without keep-alive: counted so')


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
