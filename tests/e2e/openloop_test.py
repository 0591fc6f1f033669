#!/usr/bin/python3
"""Open loops: requests by a schedule, on a server that misbehaves by script and in whole runs. Prints TAP."""
import csv
import io
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import HALT_S, LONG_HALT_S, PROBES, Faulty
from helper.program import CONF, FAIL, SCHEMA, Place, cell_key, conserved, faulty_section, until

import jsonschema

LONG = '60s'

place = None  # of all cases
engine = 'epoll'  # the client of the cases of `load`; each in turn


def load(url, *options):
    """One `load --json`; returns how it ended, and the cell or None."""
    outcome = place.bench('load', '--json', '--client', engine, '--timeout', LONG, *options, url)
    try:
        cell = json.loads(outcome.out)
    except ValueError:
        return outcome, None
    if cell['client'] != engine:
        raise tap.Skip('no client %s here: %s' % (engine, outcome.err.strip()))
    return outcome, cell


def scheduled(cell):
    """Whether no arrival was lost in the counting."""
    loop = cell['open_loop']
    return (loop['scheduled'] + loop['waiting_start'] == cell['started'] + loop['waiting_end'] and
            cell['in_flight_end'] + loop['waiting_end'] == loop['late_ok'] + loop['late_failed'] + loop['unfinished'])


def test_stall():
    """
    The server halts for 100 ms at each 1000th request. A closed loop of one connection asks no more meanwhile: 3 of its
    requests are slow. At 1000 a second, 100 arrive in each halt, and half of them wait for more than half of it: inside
    the server, or for the only connection.
    """
    stall_ns, requests = HALT_S * 1e9, 2999
    cells = {}
    for name, options in [('closed', ['-c', '1']), ('open', ['--rate', '1000']),
                          ('bound', ['--rate', '1000', '--max-connections', '1'])]:
        with Faulty('halts_every', argument=1000) as server:
            outcome, cells[name] = load(server.url, '-m', 'keepalive', '-n', str(requests), *options)
        if not tap.ok(cells[name] and cells[name]['ok'] == requests, 'stall, %s: every answer is right' % name, outcome):
            return
    for name, cell in cells.items():
        tap.note('%s: %s' % (name, cell['latency_ns']))
        tap.ok(cell['latency_ns']['max'] >= stall_ns / 2, 'stall, %s: is met' % name, cell)
    tap.ok(cells['closed']['latency_ns']['p99'] < stall_ns / 2, 'stall: the closed loop hides it', cells['closed'])
    for name in 'open', 'bound':
        latency = cells[name]['latency_ns']
        tap.ok(latency['p99'] >= stall_ns / 2, 'stall, %s: the open loop shows it' % name, latency)
        tap.ok(latency['p50'] < latency['p99'] / 2, 'stall, %s: and does not put it on all requests' % name, latency)
    tap.ok(cells['bound']['open_loop']['waited'] > 0, 'stall, bound: requests waited', cells['bound'])


def test_late_stall():
    """
    The server halts shortly before the window ends, and longer than that: what was due meanwhile gets its response after
    the window, and its latency is there all the same.
    """
    for options in [], ['--max-connections', '3']:
        name = 'late stall%s: ' % ', bound' * bool(options)
        with Faulty('halts_from', argument=300) as server:
            outcome, cell = load(server.url, '-m', 'keepalive', '--rate', '1000', '-d', '300ms', '--warmup', '50ms', *options)
        if not tap.ok(cell, name + 'prints a cell', outcome):
            continue
        loop, latency = cell['open_loop'], cell['latency_ns']
        tap.ok(conserved(cell) and scheduled(cell) and not cell['failed'], name + 'nothing is lost', cell)
        tap.ok(loop['late_ok'] > 0, name + 'some are answered after the window', loop)
        tap.ok(cell['ok'] < loop['scheduled'], name + 'but count for no rate', cell)
        # A busy machine may need longer than the drain lasts. Then that is said.
        tap.is_(int(cell['latency_histogram'].split()[0]), loop['scheduled'] - loop['unfinished'],
                name + 'a latency of each that was due in it')
        tap.ok(latency['max'] >= LONG_HALT_S / 2 * 1e9, name + 'shows', latency)
        tap.is_(cell['latency_censored'], loop['unfinished'] > 0, name + 'whether some are missing is said')


def test_overdue():
    """What has waited longer than a request may take has failed, and the server does not hear of it."""
    with Faulty('stall_before') as server:
        outcome, cell = load(server.url, '--rate', '200', '--max-connections', '1', '-n', '60', '--timeout', '100ms')
        seen = server.connections - PROBES
    if not tap.ok(cell, 'overdue: prints a cell', outcome):
        return
    tap.is_((cell['started'], cell['failed'], cell['ok']), (60, {'timeout': 60}, 0), 'overdue: each has timed out')
    tap.ok(conserved(cell) and scheduled(cell), 'overdue: nothing is lost', cell)
    tap.ok(0 < seen < 30, 'overdue: most were not sent', seen)


def test_unasked():
    """Bytes on a connection without a request: it is given up, and that is reported."""
    with Faulty('speaks_unasked') as server:
        outcome, cell = load(server.url, '-m', 'keepalive', '--rate', '50', '-n', '10')
    if tap.ok(cell and conserved(cell) and scheduled(cell), 'unasked: nothing is lost', outcome):
        tap.ok(cell['stray'] > 0, 'unasked: is counted', cell)
        # What comes as the next request is on its way can only be taken for an answer, and what is read together with an
        # answer for a part of it.
        tap.ok(set(cell['failed']) <= {'bad_status', 'bad_http', 'reset', 'eof_early'} and cell['ok'] > 0, 'unasked: kinds', cell)
        tap.ok(cell['wrong'] == 'bytes on a connection that waits for no response' or cell['failed'] and cell['wrong'],
               'unasked: the first wrong words are of the one or of the other', cell)


def test_bound():
    """No response comes: as many connections as are allowed are opened, further arrivals wait, and are counted."""
    for mode in 'close', 'keepalive':
        with Faulty('stall_before') as server:
            outcome, cell = load(server.url, '-m', mode, '--rate', '200', '--max-connections', '5', '-d', '300ms',
                                 '--warmup', '100ms')
            seen = server.connections - PROBES
        if not tap.ok(cell, mode + ', bound: prints a cell', outcome):
            continue
        tap.is_(outcome.code, 3, mode + ', bound: exit code')
        tap.is_(seen, 5, mode + ', bound: connections that the server saw')
        tap.ok(cell['concurrency']['max'] == 5 and cell['level'] == 5, mode + ', bound: in flight', cell)
        loop = cell['open_loop']
        tap.ok(conserved(cell) and scheduled(cell), mode + ', bound: nothing is lost', cell)
        tap.ok(abs(loop['scheduled'] - 200 * cell['window_s']) <= 1.01, mode + ', bound: the schedule goes on', cell)
        tap.ok(loop['waiting_end'] > loop['waiting_start'] > 0, mode + ', bound: ever more wait', cell)
        tap.ok(cell['ok'] == 0 and 'no_answers' in cell['invalid'], mode + ', bound: no answer', cell)
        tap.ok(cell['latency_censored'] and loop['unfinished'] == cell['in_flight_end'] + loop['waiting_end'],
               mode + ', bound: none has ended after the window either', cell)


def test_conserved():
    """Started by number: the server sees each of them."""
    for mode in 'close', 'keepalive':
        for arrivals in 'uniform', 'poisson':
            for more in ['-t', '1'], ['-t', '3'], ['--max-connections', '1']:
                name = ' '.join([mode, arrivals] + more)
                with Faulty('good') as server:
                    outcome, cell = load(server.url, '-m', mode, '--rate', '3000', '--arrivals', arrivals, '-n', '301',
                                         *more)
                    until(lambda: server.requests >= 302)
                    seen = server.requests - PROBES
                if tap.ok(cell, name + ': prints a cell', outcome):
                    tap.is_((cell['started'], cell['ok'], seen), (301, 301, 301), name + ': started, answered, seen')
                    tap.ok(conserved(cell) and scheduled(cell), name + ': nothing is lost', cell)


def test_failures():
    """The schedule goes on, whatever becomes of the requests."""
    for behaviour, options, kinds in [
            ('refuses', [], {'refused'}), ('reset_before', ['-m', 'keepalive'], {'reset'}),
            ('closes_every', ['-m', 'keepalive'], set()), ('status_502', ['-m', 'keepalive'], {'bad_status'}),
            # The client may ask on a connection that it does not yet know to be dropped.
            ('drops_every', ['-m', 'keepalive'], {'reset', 'eof_early'})]:
        with Faulty(behaviour, argument=7) as server:
            outcome, cell = load(server.url, '--rate', '1000', '-n', '210', *options)
        name = 'failures, %s: ' % behaviour
        if not tap.ok(cell, name + 'prints a cell', outcome):
            continue
        tap.ok(set(cell['failed']) <= kinds, name + 'kinds', cell['failed'])
        tap.ok(cell['started'] == 210 and conserved(cell) and scheduled(cell), name + 'all are started, none lost', cell)
        if kinds and behaviour != 'drops_every':
            tap.is_(cell['ok'], 0, name + 'none is right')
    for behaviour in 'refuses', 'good':
        with Faulty(behaviour) as server:
            _, cell = load(server.url, '--rate', '500', '-d', '200ms', '--warmup', '20ms')
        tap.ok(abs(cell['open_loop']['scheduled'] - 500 * cell['window_s']) <= 1.01 and scheduled(cell),
               'failures, %s by time: as many are scheduled as the rate says' % behaviour, cell)


def test_shared_cpu():
    """A thread that stays awake before an arrival would take its CPU from a server that shares it: there it sleeps."""
    cpus = sorted(os.sched_getaffinity(0))
    if not os.path.exists(FAIL) or len(cpus) < 2:
        raise tap.Skip('needs %s and two CPUs' % FAIL)
    waits = {}
    for name, client_cpu in ('shared', cpus[0]), ('own', cpus[1]):
        counts = place.file(name + '.counts')
        outcome = place.bench('run', '--conf', CONF, '--servers', 'control', '--mode', 'keepalive', '--port', '0', '--rate',
                              '500', '--duration', '200ms', '--warmup', '10ms', '--sequential', '1', '--out', name,
                              '--client-cpus', str(client_cpu), '--server-cpus', str(cpus[0]),
                              env=place.environment(LD_PRELOAD=FAIL, BENCHCTL_FAIL_COUNTS=counts))
        if not tap.ok(outcome.code in (0, 3), 'shared CPU, %s: exit code' % name, outcome):
            return
        cell = open_cells(place.document(name))[0]
        tap.is_(cell['shared_cpus'], int(name == 'shared'), 'shared CPU, %s: the CPUs that both may use' % name)
        tap.is_('shared_cpu' in cell['invalid'], name == 'shared', 'shared CPU, %s: never silently valid' % name)
        with open(counts, encoding='ascii') as file:
            calls = {call: int(count) for call, count in map(str.split, file)}
        waits[name] = calls['epoll_pwait2'] / open_cells(place.document(name))[0]['started']
    # One wait to the arrival, one for the answer, and what the phases take; awake, it looks without end.
    tap.ok(waits['shared'] < 6, 'shared CPU: it sleeps until the arrival', waits)
    tap.ok(waits['own'] > waits['shared'], 'own CPU: it stays awake', waits)


def test_words():
    with Faulty('good') as server:
        outcome = place.bench('load', '--rate', '500', '-n', '100', '--arrivals', 'poisson', server.url)
    tap.has(outcome.out, ['offered: 500 requests/s: ', '= 100 started + 0 waiting', '\n  lag ',
                          'an open loop: latency counts from the scheduled time'], 'load: in words')


RUN = ('run', '--conf', CONF, '--servers', 'control', '--mode', 'close,keepalive', '--port', '0', '--duration', '100ms',
       '--warmup', '10ms', '--repeat', '2', '--seed', '3')


def open_cells(document):
    """The cells of open loops, of a document that is as the schema says."""
    with open(SCHEMA, encoding='utf-8') as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    tap.is_([error.message for error in validator.iter_errors(document)], [], 'run.json is as docs/run.schema.json says')
    return [cell for cell in document['cells'] if 'open_loop' in cell]


def test_rates():
    """A run over rates instead of levels."""
    outcome = place.bench(*RUN, '--rate', '100..400', '--max-connections', '50', '--arrivals', 'poisson', '--out', 'rates')
    if not tap.is_(outcome.code, 0, 'rates: exit code'):
        return tap.note(outcome)
    document = place.document('rates')
    cells = document['cells']
    tap.is_((document['config']['rate'], document['config']['arrivals'], document['config']['max-connections']),
            ('100..400', 'poisson', '50'), 'rates: the configuration says so')
    tap.is_(sorted((cell['mode'], cell['block'], cell['open_loop']['offered_rps'], cell['level'])
                   for cell in open_cells(document)),
            sorted((mode, block, rate, 50) for mode in ('close', 'keepalive') for block in (1, 2) for rate in (100, 200, 400)),
            'rates: each rate in each mode and block')
    tap.is_([cell['client'] for cell in cells if 'open_loop' not in cell], ['seq', 'seq'], 'rates: and the sequential cell')
    tap.ok(all(conserved(cell) and scheduled(cell) and cell['ok'] and cell['ceiling_rps'] == cell['rate_rps']
               for cell in open_cells(document)), 'rates: nothing is lost, and each has the ceiling at its rate', cells)
    tap.has(outcome.err, '[14/14', 'rates: progress')
    tap.has(outcome.out, ['Sequential', 'Open loop: latency at a rate'], 'rates: both tables are printed')
    table = place.bench('table', 'results/rates/run.json', '--open-loop')
    tap.is_(len([line for line in table.out.splitlines() if line.startswith('control')]), 6, 'rates: a row a rate and mode')
    tap.ok('Sequential' not in table.out, 'rates: --open-loop leaves the other table out', table)
    table = place.bench('table', 'results/rates/run.json', '--open-loop', '--csv')
    rows = list(csv.DictReader(io.StringIO(table.out)))
    tap.is_([(row['mode'], row['offered_rps'], row['launches'] != '0', row['share']) for row in rows],
            [(mode, rate, True, '') for mode in ('close', 'keepalive') for rate in ('100', '200', '400')], 'rates: CSV')
    table = place.bench('table', 'results/rates/run.json', '--csv')
    tap.ok(len(table.out.splitlines()) == 2 and 'offered' not in table.out, 'rates: the main table\'s CSV is its own', table)
    table = place.bench('table', 'results/rates/run.json', '--markdown')
    tap.has(table.out, '| Implementation | Mode | Offered/s | Answered/s | p50 |', 'rates: Markdown')
    for words, wanted in [(['control@200/s', '--mode', 'keepalive', '--block', '2'],
                           ['control@200/s, keepalive mode', 'offered     200 requests/s: ', 'keeps up', '\nlag ']),
                          (['control@seq'], ['client seq'])]:
        explained = place.bench('explain', 'results/rates/run.json', *words)
        tap.is_((explained.code, '\nfairness' in explained.out), (0, words == ['control@seq']),
                'rates: explain %s: only a closed loop gives each connection the same to do' % words[0])
        tap.has(explained.out, wanted, 'rates: explain %s: words' % words[0])
        tap.ok(max(map(len, explained.out.splitlines())) <= 130, 'rates: explain %s: fits' % words[0], explained)
    for words, wanted in [('control@50', 'close@100/s close@200/s close@400/s keepalive@100/s'),
                          ('control@300/s', 'close@100/s'), ('control@50%', 'close@100/s'),
                          ('control@/s', "'/s' is no level"), ('control@5/h', "'5/h' is no level")]:
        explained = place.bench('explain', 'results/rates/run.json', words)
        tap.is_(explained.code, 2, 'rates: explain %s: exit code' % words)
        tap.has(explained.err, wanted, 'rates: explain %s: says what there is' % words)
    pictures('rates', [])
    resumed('rates', 3)


def pictures(run, more):
    """What is drawn of a run: the latencies, and what else is named."""
    outcome = place.bench('plot', 'results/%s/run.json' % run)
    if outcome.code == 3 and 'gnuplot is not installed' in outcome.err:
        return
    tap.is_(outcome.code, 0, run + ': plot')
    endings = ('.svg', '.png', '.gp', '.dat', '-dark.svg', '-dark.png', '-dark.gp')
    wanted = {'%s-%s%s' % (kind, mode, ending) for kind in ['latency'] + more for mode in ('close', 'keepalive')
              for ending in endings if kind != 'preview' or not ending.endswith('svg')}
    # The sequential client has one picture for all modes.
    wanted |= {'sequential-close' + ending for ending in endings}
    tap.is_(set(os.listdir(place.file('plots/' + run))), wanted, run + ': pictures')
    svg = place.read('plots/%s/latency-close.svg' % run)
    tap.has(svg, ['>Latency against the rate of requests, close</title>', '>99th percentile<', '>control<',
                  'requests per second offered'], run + ': what the picture says')


def resumed(run, cut):
    """Without its last cells, `cut` of them, a run is resumed, and has the same cells again."""
    document = place.document(run)
    keys = [cell_key(cell) for cell in document['cells']]
    tap.is_(len(set(keys)), len(keys), run + ': each cell once')
    kept = place.lines(run)[:-cut]
    place.write_lines(run, '\n'.join(kept) + '\n')
    outcome = place.bench('run', '--conf', CONF, '--resume', run)
    if tap.is_(outcome.code, 0, run + ': is resumed'):
        tap.is_(place.lines(run)[:len(kept)], kept, run + ': what was measured stands')
        tap.is_([cell_key(cell) for cell in place.document(run)['cells']], keys, run + ': the same cells')
    else:
        tap.note(outcome)


def test_after_sweep():
    """After the levels, shares of the best rate of each server, mode and block."""
    outcome = place.bench(*RUN, '--concurrency', '1,4', '--after-sweep', '50,90', '--out', 'shares')
    if not tap.is_(outcome.code, 0, 'shares: exit code'):
        return tap.note(outcome)
    document = place.document('shares')
    tap.has(outcome.err, '[18/18', 'shares: progress')
    tap.is_(len(document['cells']), 18, 'shares: cells')
    for cell in open_cells(document):
        best = max(other['rate_rps'] for other in document['cells'] if 'open_loop' not in other and
                   (other['mode'], other['block'], other['client']) == (cell['mode'], cell['block'], 'epoll'))
        loop = cell['open_loop']
        tap.ok(abs(loop['offered_rps'] - loop['share'] * best) <= 0.51 and loop['offered_rps'] % 1 == 0,
               'shares: %s, block %d: %g of the best rate' % (cell['mode'], cell['block'], loop['share']), (loop, best))
    tap.is_(sorted(cell['open_loop']['share'] for cell in open_cells(document)), [0.5] * 4 + [0.9] * 4, 'shares: which')
    rows = list(csv.DictReader(io.StringIO(place.bench('table', 'results/shares/run.json', '--open-loop', '--csv').out)))
    tap.is_([(row['mode'], row['share']) for row in rows],
            [(mode, share) for mode in ('close', 'keepalive') for share in ('0.5', '0.9')], 'shares: a row a share')
    rows = list(csv.DictReader(io.StringIO(place.bench('table', 'results/shares/run.json', '--csv').out)))
    tap.is_([row['level'] for row in rows], ['4'], 'shares: the main table is of the levels')
    explained = place.bench('explain', 'results/shares/run.json', 'control@90%', '--mode', 'keepalive')
    tap.has(explained.out, 'the rate is 90.0 % of the highest rate that the server reached', 'shares: explain')
    explained = place.bench('explain', 'results/shares/run.json', 'control@1024')
    tap.is_(explained.code, 2, 'shares: the bound on connections is no level')
    pictures('shares', ['rate', 'shape', 'panels', 'percentiles', 'cost', 'errors', 'preview'])
    resumed('shares', 1)


def test_no_figure():
    """A server that no level has a figure of has no rate to take a share of: its cells are there, and say so."""
    conf = place.file('dead.conf', faulty_section('dead', 'dies_at_start'))
    outcome = place.bench('run', '--conf', CONF, '--conf', conf, '--servers', 'dead', '--ceiling', 'no', '--concurrency',
                          '1,2,3,4', '--after-sweep', '50,90', '--port', '0', '--ready', '2s', '--out', 'dead')
    tap.is_(outcome.code, 3, 'no figure: exit code')
    cells = open_cells(place.document('dead'))
    tap.is_([cell['open_loop'] for cell in cells], [{'share': 0.5}, {'share': 0.9}], 'no figure: the cells are there')
    tap.ok(all('failed' in cell['invalid'] and 'no rate to take a share of' in cell['error'] for cell in cells),
           'no figure: and say why', cells)
    tap.has(outcome.err, '[7/7', 'no figure: progress')
    tap.has(outcome.out, 'dead (close, 50 %) failed in 1 of 1 launches: there is no rate', 'no figure: the table says so')
    explained = place.bench('explain', 'results/dead/run.json', 'dead@90%')
    tap.has(explained.out, ['dead@90%', 'no rate to take a share of'], 'no figure: explain')
    before = place.lines('dead')
    outcome = place.bench('run', '--conf', CONF, '--conf', conf, '--resume', 'dead')
    tap.is_((outcome.code, place.lines('dead')), (3, before), 'no figure: nothing is left to go on with')


def test_not_keeping_up():
    """A server that is slower than the schedule is said to be so, in words."""
    conf = place.file('slow.conf', faulty_section('slow', 'slow'))
    outcome = place.bench('run', '--conf', CONF, '--conf', conf, '--servers', 'slow', '--ceiling', 'no', '--rate', '1000',
                          '--mode', 'keepalive', '--max-connections', '2', '--duration', '300ms', '--port', '0', '--out',
                          'slow', '--sequential', '2')
    tap.is_(outcome.code, 0, 'slow: exit code')
    tap.has(outcome.out, '< does not keep up: ', 'slow: the table says so')
    cell = open_cells(place.document('slow'))[0]
    tap.ok(cell['open_loop']['waited'] and scheduled(cell), 'slow: requests waited for a connection', cell)
    explained = place.bench('explain', 'results/slow/run.json', 'slow@1000/s')
    tap.has(explained.out, 'keeps up    no: ', 'slow: explain')


def test_usage():
    for words, wanted in [
            (['--rate', '100', '--mode', 'crowd'], '--rate goes with the modes close and keepalive, not with crowd'),
            (['--rate', '100', '--after-sweep', '50'], '--after-sweep goes after levels'),
            (['--rate', '100', '--concurrency', '8'], 'leave one of the two out (--max-connections bounds'),
            (['--rate', '100', '-c8'], '--concurrency is of a closed loop'),
            (['--after-sweep', '50', '--mode', 'crowd'], 'add one of them to --mode, or leave --after-sweep out'),
            (['--rate', '0'], "'0': a rate is from 1"), (['--rate', 'fast'], "'fast' is no rate"),
            (['--rate', '10000001'], 'a rate is from 1 to 10000000'), (['--after-sweep', '101'], 'from 1 to 100'),
            (['--after-sweep', '50%'], "'50%' is no percentage"), (['--arrivals', 'random'], 'uniform, poisson'),
            (['--max-connections', '0'], "'0' is less than 1")]:
        outcome = place.bench('run', '--conf', CONF, *words)
        tap.is_(outcome.code, 2, 'usage: %s: exit code' % ' '.join(words))
        tap.has(outcome.err, wanted, 'usage: %s: in words' % ' '.join(words))
        tap.ok(not os.path.exists(place.file('results/usage')), 'usage: nothing is begun')
    server = '[server control]\ncommand = true\n'
    conf = place.file('both.conf', '[run]\nrate = 100\n' + server)
    outcome = place.bench('run', '--conf', conf, '--concurrency', '8')
    tap.is_(outcome.code, 2, 'usage: levels beside the rate of [run]')
    tap.has(outcome.err, '--concurrency is of a closed loop', 'usage: in words')
    conf = place.file('levels.conf', '[run]\nconcurrency = 8\n' + server)
    outcome = place.bench('run', '--conf', conf, '--rate', '100', '--mode', 'crowd')
    tap.has(outcome.err, '--rate goes with the modes', 'usage: the levels of [run] give way to a rate')
    conf = place.file('rate.conf', '[run]\nrate = 10,20\narrivals = poisson\nmax-connections = 7\nafter-sweep = 1..200\n')
    outcome = place.bench('run', '--conf', conf)
    tap.is_(outcome.code, 2, 'usage: [run] has the same keys')
    tap.has(outcome.err, ['rate.conf:5', "'1..200': a percentage is from 1 to 100"], 'usage: and the same ranges')


# What every engine must do alike.
OF_ENGINES = [test_stall, test_late_stall, test_overdue, test_unasked, test_bound, test_conserved, test_failures]

with Place() as place:
    for engine in 'epoll', 'uring':
        tap.note('client ' + engine)
        tap.checks(OF_ENGINES)
    tap.checks([value for name, value in list(globals().items())
                if name.startswith('test_') and value not in OF_ENGINES])
tap.done()
