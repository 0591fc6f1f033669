#!/usr/bin/python3
"""`benchctl ab`, `calibrate` and the self-test of `compare`, with real servers: the control server, made slower by a known
amount of work for each request. Prints TAP.

What is found has to be found on any machine, however busy: so the differences are large, and CPU time shows them where the
rate can't.
"""
import json
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import program, tap
from helper.program import CONF, ROOT, SCHEMA, Place, cell_key, until

import jsonschema

FAIL = os.path.join(ROOT, 'build', 'tests', 'helper', 'fail.so')
CONTROL = os.path.join(ROOT, 'build', 'servers', 'control')
LAUNCHES = 6
QUICK = ['--port', '0', '--duration', '150ms', '--warmup', '10ms', '--mode', 'keepalive']

place = None  # of all tests
# A self-test is ten seconds of windows, too little on a busy machine.

with open(SCHEMA, encoding='utf-8') as file:
    validator = jsonschema.Draft202012Validator(json.load(file))


def busy(ns):
    return 'env BENCH_BUSY_NS=%d "%s"' % (ns, CONTROL)


def ab(name, old, new, *words, **options):
    return place.bench('ab', '--old', old, '--new', new, '--out', name, '--launches', str(LAUNCHES), *QUICK, '--levels', '4',
                       *words, **options)


def measured(name, need, measure, counts=lambda cell: cell['valid']):
    """measure(name, launches) until `need` launches of each build have a cell that counts, which a machine that does much else may not
    give at once: then again, with more launches. Of what is found nothing is asked. Returns the name, and the outcome."""
    launches = LAUNCHES if need > 1 else 1
    for attempt in range(4):
        run = '%s%s' % (name, attempt or '')
        outcome = measure(run, launches)
        least = min(sum(counts(cell) for cell in arm(run, which)['cells']) for which in ('old', 'new'))
        if least >= need:
            break
        tap.note('%s: only %d of %d launches are valid' % (run, least, launches))
        launches = min(launches * 2, 24) if need > 1 else 1
    return run, outcome


def self_test(*words):
    """Again where the machine was too busy for a valid figure, or, of the plain one, for a verdict."""
    for _ in range(3):
        outcome = place.bench('compare', '--self-test', '--conf', CONF, *words)
        if outcome.code == 0 or (words and outcome.code == 1):
            break
        tap.note(repr(outcome))
    return outcome


# So many launches a side can have a verdict when there are two tests.
FEWEST = 5


def arm(run, name):
    """old.json or new.json of a session."""
    return json.loads(place.read('results/%s/%s.json' % (run, name)))


def gate_of(comparison):
    """What the gate of a comparison in JSON says: its rows, without what the files are called."""
    return comparison['verdict'], comparison['gate']


def test_self_test():
    outcome = self_test()
    tap.is_(outcome.code, 0, 'the self-test finds what has been made 30 % slower')
    tap.has(outcome.out, ['30 % slower: found', '8 % slower: ', 'rate', 'cpu'], 'and says of both what it has seen')
    tap.note(outcome.out)


def test_self_test_that_finds_nothing():
    outcome = self_test('--floor', '90%')
    tap.is_(outcome.code, 1, 'a gate that takes 90 % for nothing does not pass its self-test')
    tap.has(outcome.out, '30 % slower: NOT FOUND', 'and it says so')


def test_slower():
    files = {name: place.file('slower.' + name) for name in ('json', 'markdown', 'junit', 'tsv')}
    words = [word for name, path in files.items() for word in ('--' + name, path)]
    run, outcome = measured('slower', FEWEST, lambda run, launches: ab(run, busy(20000), busy(200000), *words, '--whole-commands',
                                                                       '--launches', str(launches)))
    tap.is_(outcome.code, 1, 'a build with ten times the work has regressed')
    tap.has(outcome.out, ['regressed', 'BENCH_BUSY_NS=200000'], 'the table says so, and what was compared')
    tap.ok(all(os.path.getsize(path) for path in files.values()), 'each output is there although the exit code is 1')
    comparison = json.loads(place.read('slower.json'))
    tap.is_(comparison['verdict'], 'regressed', 'the JSON says so')
    documents = [arm(run, name) for name in ('old', 'new')]
    launches = int(documents[0]['config']['repeat'])
    for document in documents:
        tap.is_([error.message for error in validator.iter_errors(document)], [], 'an arm is a run.json')
        tap.is_([server['name'] for server in document['servers']], ['server'], 'its server has the same name')
        tap.is_([(cell['level'], cell['block']) for cell in document['cells']], [(4, block + 1) for block in range(launches)],
                'a cell a launch, in their order, and no sequential one')
        tap.is_(document['interrupted'], False, 'it is whole')
    order = [json.loads(line)['server'] for line in place.lines(run)]
    tap.is_(order, (['old', 'new', 'new', 'old'] * launches)[:2 * launches], 'launched AB BA AB BA, as the ledger shows')
    files = ['results/%s/%s.json' % (run, name) for name in ('old', 'new')]
    again = place.bench('compare', *files, '--json', '-')
    tap.is_(again.code, 1, 'compare of the two files: the same exit code')
    tap.is_(gate_of(json.loads(again.out)), gate_of(comparison), 'and the same gate')
    back = place.bench('compare', *reversed(files))
    tap.is_(back.code, 0, 'the other way round: no regression')
    tap.has(back.out, 'improved', 'but an improvement')
    tap.is_(ab('slower', busy(0), busy(0)).code, 3, 'a session is not written over')


def test_confs():
    """Two configurations, each with its own folder, and --fail-on."""
    for name, ns in ('A', 20000), ('B', 200000):
        place.file('confs/%s/%s.conf' % (name, name),
                   '[server x]\ncommand = env BENCH_BUSY_NS=%d ./control\nrequires = test -x ./control\n' % ns)
        os.symlink(CONTROL, place.file('confs/%s/control' % name))
    words = ['ab', '--old-conf', 'confs/A/A.conf', '--new-conf', 'confs/B/B.conf', '--server', 'x',
             *QUICK, '--levels', '4', '--fail-on', 'nothing']
    run, outcome = measured('confs', FEWEST, lambda run, launches: place.bench(*words, '--out', run, '--launches', str(launches)))
    tap.is_(outcome.code, 0, '--fail-on nothing: exit code')
    tap.has(outcome.out, ['regressed', 'confs/A/A.conf', 'confs/B/B.conf'], 'two configurations: the verdict')
    tap.is_([arm(run, name)['servers'][0]['name'] for name in ('old', 'new')], ['x', 'x'], 'the server has its name')
    os.unlink(place.file('confs/B/control'))
    outcome = place.bench(*words, '--out', 'unable', '--launches', str(LAUNCHES))
    tap.is_(outcome.code, 3, 'one that can not run here: exit code')
    tap.has(outcome.err, 'new can\'t run here', 'one that can not run here: which')


def test_same():
    """With so high a floor that no noise is beyond it."""
    outcome = measured('same', FEWEST, lambda run, launches: ab(run, busy(50000), busy(50000), '--floor', '60%', '--json', '-',
                                                                '--launches', str(launches)))[1]
    tap.is_(outcome.code, 0, 'a build against itself: exit code')
    tap.ok(json.loads(outcome.out)['verdict'] in ('equivalent', 'inconclusive'), 'and no difference', outcome)


def test_too_few():
    """A number of launches that can have no verdict is refused before anything is measured, with the number that can."""
    for launches, more, needed in ((1, [], 5), (4, [], 5), (5, ['--levels', '4,64,4096', '--mode', 'close,keepalive'], 6)):
        outcome = place.bench('ab', '--old', busy(0), '--new', busy(0), '--out', 'few', *QUICK, '--levels', '4', '--launches', str(launches), *more)
        tap.is_((outcome.code, os.path.exists(place.file('results/few'))), (2, False), '%d launches %s: refused' % (launches, more))
        tap.has(outcome.err, 'at least %d launches' % needed, '%d launches %s: how many it takes' % (launches, more))
    run, outcome = measured('one', 1, lambda run, launches: ab(run, busy(50000), busy(50000), '--no-strict', '--launches',
                                                               str(launches)))
    tap.is_(outcome.code, 0, 'one launch a side, --no-strict: measured')
    tap.has(outcome.out, 'Too few launches for a verdict', 'and it says that they are too few')
    outcome = place.bench('compare', *('results/%s/%s.json' % (run, name) for name in ('old', 'new')))
    tap.is_(outcome.code, 4, 'compare of the two files: exit 4')


def test_sleep():
    """A build that waits for something, as for a lock: less rate at the same CPU per request. Of the old one, the client is the
    limit, which is made slow for that; where the machine does much else, it may have too little CPU for that to show."""
    sleep = 'env BENCH_SLEEP_NS=10000000 "%s"' % CONTROL
    slow = place.environment(LD_PRELOAD=FAIL, BENCHCTL_FAIL='send:1+:busy')
    run, outcome = measured('sleep', FEWEST, lambda run, launches: ab(run, busy(0), sleep, '--json', '-', '--client', 'epoll', '--launches',
                                                                 str(launches), env=slow),
                            lambda cell: cell['valid'] or cell['invalid'] == ['client_bound'])
    row = json.loads(outcome.out)['gate'][0]
    tap.is_((outcome.code, row['rate']['verdict']), (1, 'regressed'), 'a lower rate than that at which the client was the limit has regressed')
    tap.ok(row['rate']['ratio'] < 0.5, 'by at least half', row['rate'])
    tap.note('the client was the limit of %s' % row['rate'].get('bounds', 'neither'))
    document = arm(run, 'old')
    for cell in document['cells']:
        cell.update(valid=False, invalid=['client_bound'])
    outcome = place.bench('compare', place.file('bound.json', json.dumps(document)), 'results/%s/new.json' % run, '--json', '-')
    rate = json.loads(outcome.out)['gate'][0]['rate']
    tap.is_((outcome.code, rate['verdict'], rate['bounds']), (1, 'regressed', ['base']), 'the same where all of the old one are lower bounds')


def test_bad_usage():
    for words, code, wanted in (
            ([], 2, 'give either --old and --new'),
            (['--old', 'true'], 2, 'give either --old and --new'),
            (['--old', 'true', '--new-conf', 'x'], 2, 'give either --old and --new'),
            (['--old', 'true', '--new', 'true', '--old-conf', 'x', '--new-conf', 'y'], 2, 'give either --old and --new'),
            (['--old-conf', CONF, '--new-conf', CONF], 2, '--server is missing'),
            (['--old-conf', CONF, '--new-conf', CONF, '--server', 'nobody'], 2, 'has no [server nobody]'),
            (['--old-conf', 'none.here', '--new-conf', CONF, '--server', 'control'], 2, '--old-conf: none.here'),
            (['--old', 'true', '--new', '"'], 2, '--new: '),
            (['--old', 'true', '--new', ''], 2, '--new: '),
            (['--old', 'true', '--new', 'true', '--server', 'a/b'], 2, 'is no server name'),
            (['--old', 'true', '--new', 'true', '--mode', 'fast'], 2, '--mode: \'fast\''),
            (['--old', 'true', '--new', 'true', '--launches', '0'], 2, '--launches'),
            (['--old', 'true', '--new', 'true', '--levels', '0'], 2, '--levels'),
            (['--old', 'true', '--new', 'true', '--picture', 'x.gif'], 2, '--picture'),
            (['--old', 'true', '--new', 'true', '--json', '-', '--tsv', '-'], 2, 'stdout'),
            (['--old', 'true', '--new', 'true', '--duration', '2s', '--max-window', '1s'], 2, '--max-window')):
        outcome = place.bench('ab', '--port', '0', *words)
        tap.is_(outcome.code, code, 'ab %s: exit code' % ' '.join(words))
        tap.has(outcome.err, wanted, 'ab %s: in words' % ' '.join(words))


def test_broken_arm():
    broken = place.file('broken', '#!/bin/sh\necho out of cheese >&2\nexit 7\n')
    os.chmod(broken, 0o755)
    files = {name: place.file('broken.' + name) for name in ('json', 'markdown', 'junit', 'tsv')}
    words = [word for name, path in files.items() for word in ('--' + name, path)]
    outcome = ab('broken', busy(0), broken, '--levels', '4,8', *words, '--base-commit', 'aaa111', '--new-commit', 'bbb222')
    tap.is_(outcome.code, 3, 'a new build that does not start: exit code')
    tap.has(outcome.err, ['first launch of new', 'status 7', 'out of cheese'], 'it says which and why')
    tap.ok(len(place.lines('broken')) <= 4, 'it is not tried again and again', place.lines('broken'))
    tap.is_(outcome.out, '', 'there is no verdict')
    for name in ('markdown', 'junit', 'json'):
        tap.has(place.read('broken.' + name).replace('\\', ''), ['status 7', 'aaa111', 'bbb222'], 'the %s says so, and names the commits' % name)
    tap.has(place.read('broken.markdown'), '**benchctl:** server: Nothing could be compared: ', 'and that first')
    tap.has(place.read('broken.junit'), 'errors="1"', 'JUnit has an error')
    tap.is_([cell['error'] is None if 'error' in cell else True for cell in arm('broken', 'old')['cells']], [True, True],
            'what was measured of the other is kept')
    tap.is_(arm('broken', 'new')['interrupted'], True, 'and is not taken for a whole session')
    tap.is_(ab('missing', '/nonexistent/server', busy(0)).code, 3, 'a program that there is not: exit code')


def test_interrupted():
    process = place.start(place.benchctl, 'ab', '--old', busy(0), '--new', busy(0), '--out', 'cut', '--launches', '1000', *QUICK,
                          '--levels', '2,4', '--markdown', 'cut.md')
    tap.ok(until(lambda: len(place.lines('cut')) >= 7), 'cells are recorded')
    tap.is_([arm('cut', name)['interrupted'] for name in ('old', 'new')], [True, True],
            'while it runs, both files say that they are not whole')
    process.send_signal(signal.SIGINT)
    outcome = place.end(process)
    tap.is_(outcome.code, 130, '^C: exit code')
    tap.is_(outcome.out, '', '^C: no verdict')
    tap.has(place.read('cut.md'), 'Nothing could be compared: the session was interrupted', '^C: the comment says so')
    cells = [cell for name in ('old', 'new') for cell in arm('cut', name)['cells']]
    tap.is_(len(cells), len(place.lines('cut')), '^C: what was measured is kept')
    tap.is_(len({cell_key(cell) for cell in arm('cut', 'old')['cells']}), len(arm('cut', 'old')['cells']), 'each cell once')
    # Where the machine does much else, no cell may be valid; then that is said too.
    outcome = place.bench('compare', 'results/cut/old.json', 'results/cut/new.json', '--strict')
    tap.ok(outcome.code == 4 or (outcome.code == 2 and 'Nothing valid' in outcome.err), 'and is no pass', outcome)
    tap.has(outcome.out, 'Interrupted before its end: BASE and NEW.', 'compare says that it was interrupted')


def calibrate(name, *words):
    return place.bench('calibrate', '--conf', CONF, '--servers', 'control', '--launches', '2', '--out', name, *QUICK, *words)


def test_calibrate():
    outcome = calibrate('noise', '--levels', '4,8')
    tap.is_(outcome.code, 0, 'calibrate: exit code')
    tap.has(outcome.out, ['control', '4-8', 'results/noise.json'], 'calibrate: its table, and where it is kept')
    document = place.document('noise')
    tap.is_(len(document['cells']), 8, 'two sides of two launches at two levels, no sequential cell')
    noise = json.loads(place.read('results/noise.json'))
    tap.is_([error.message for error in validator.iter_errors(noise)], [], 'the file is a run.json without cells')
    tap.is_(noise['environment']['cpu_model'], document['environment']['cpu_model'], 'it has the host')
    tap.is_((noise['noise']['launches'], [(one['server'], one['least'], one['most']) for one in noise['noise']['figures']]),
            (2, [('control', 4, 8), ('control', 4, 4), ('control', 8, 8)]), 'and the noise of band and levels')
    tap.ok(all(one[name] is None or one[name] >= 0 for one in noise['noise']['figures'] for name in ('rate', 'cpu', 'p99', 'rss')),
           'as shares', noise)
    for one in noise['noise']['figures']:
        one['rate'] = one['cpu'] = 0.4
    noise['noise']['launches'] = 4 * LAUNCHES
    place.file('results/noise.json', json.dumps(noise))
    outcome = ab('more', busy(20000), busy(20000), '--server', 'control', '--levels', '4,8', '--json', '-')
    tap.is_([row[name]['floor'] for row in json.loads(outcome.out)['gate'] for name in ('rate', 'cpu')], [0.99, 0.99],
            'a quarter of the launches: twice the noise')
    noise['noise']['launches'] = LAUNCHES
    place.file('results/noise.json', json.dumps(noise))
    outcome = ab('floor', busy(20000), busy(20000), '--server', 'control', '--levels', '4,8', '--json', '-')
    tap.is_([row[name]['floor'] for row in json.loads(outcome.out)['gate'] for name in ('rate', 'cpu')], [0.8, 0.8],
            'ab takes twice the noise for its floor')
    tap.has(outcome.err, 'at least twice the noise in results/noise.json', 'and says so')
    files = ['results/floor/old.json', 'results/floor/new.json']
    outcome = place.bench('compare', *files)
    tap.has(outcome.out, 'lifts the floor from 5 % to at most 80 %', 'compare does too')
    outcome = place.bench('compare', *files, '--noise', 'none', '--json', '-')
    tap.is_(json.loads(outcome.out)['gate'][0]['rate']['floor'], 0.05, '--noise none: as if there were no such file')
    noise['environment']['cpu_model'] = 'another'
    place.file('results/noise.json', json.dumps(noise))
    outcome = place.bench('compare', *files, '--json', '-')
    tap.is_(json.loads(outcome.out)['gate'][0]['rate']['floor'], 0.05, 'the noise of another host is not used')
    tap.has(outcome.err, ['is not used', 'CPU model was another'], 'and why not is said')
    outcome = calibrate('noise2', '--levels', '4')
    tap.has(outcome.err, 'begun anew', 'calibrate does not mix it with that of another host')
    figures = json.loads(place.read('results/noise.json'))['noise']['figures']
    tap.is_([(one['server'], one['least'], one['most']) for one in figures], [('control', 4, 4)], 'but begins anew')
    for text, wanted in (('{', 'not valid JSON'), (json.dumps(document), 'noise')):
        path = place.file('bad.json', text)
        outcome = place.bench('compare', *files, '--noise', path)
        tap.is_(outcome.code, 2, '--noise %s: exit code' % wanted)
        tap.has(outcome.err, ['bad.json', wanted], '--noise %s: in words' % wanted)
    tap.is_(place.bench('compare', *files, '--noise', 'none.here').code, 2, 'a file of noise that there is not')
    outcome = ab('early', busy(0), busy(0), '--noise', 'none.here')
    tap.is_((outcome.code, os.path.exists(place.file('results/early'))), (2, False), 'ab says so before it measures')
    os.unlink(place.file('results/noise.json'))


def test_calibrate_bad_usage():
    for words, wanted in ((['--servers', 'nobody'], 'no server \'nobody\''), (['--launches', '1'], '--launches'),
                          (['--mode', 'x'], '--mode')):
        outcome = calibrate('bad', *words)
        tap.is_(outcome.code, 2, 'calibrate %s: exit code' % ' '.join(words))
        tap.has(outcome.err, wanted, 'calibrate %s: in words' % ' '.join(words))


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
