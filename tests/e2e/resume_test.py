#!/usr/bin/python3
"""A run that was interrupted by whatever means is resumed, and only where nothing that matters has changed. Prints TAP."""
import json
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import CONF, Place, cell_key, until

LEVELS = (1, 2, 4, 8)
RUN = ('run', '--conf', CONF, '--servers', 'control', '--concurrency', '1..8', '--mode', 'close,keepalive', '--port', '0',
       '--duration', '50ms', '--warmup', '10ms', '--seed', '7')
CELLS = 1 + 2 * len(LEVELS)
LEDGER = 'results/r/cells.jsonl'


def cut_short(place, number):
    """A run that ends by the signal once it has measured two cells."""
    process = place.start(place.benchctl, *RUN, '--out', 'r')
    tap.ok(until(lambda: len(place.lines('r')) >= 2), 'two cells are measured')
    process.send_signal(number)
    place.end(process)
    tap.ok(until(lambda: not place.processes()), 'nothing runs on')
    return place.lines('r')


def resume(place, *more):
    return place.bench('run', '--conf', CONF, '--resume', 'r', *more)


def whole(place, before, name):
    document = place.document('r')
    keys = [cell_key(cell) for cell in document['cells']]
    tap.is_((len(keys), len(set(keys))), (CELLS, CELLS), name + ': each cell once')
    tap.ok(not document['interrupted'], name + ': the run is whole')
    tap.is_(place.lines('r')[:len(before)], before, name + ': what was measured stands as it was')
    tap.is_(len(place.lines('r')), CELLS, name + ': the ledger has each cell')


def test_killed():
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        with Place() as place:
            name = number.name
            before = cut_short(place, number)
            outcome = resume(place)
            tap.is_(outcome.code, 0, name + ': goes on')
            tap.has(outcome.err, 'resuming results/r after %d cells' % len(before), name + ': says from where')
            whole(place, before, name)
            outcome = resume(place)
            tap.is_(outcome.code, 0, name + ': a whole run has nothing left to measure')
            whole(place, before, name + ' once more')


def test_torn():
    with Place() as place:
        before = cut_short(place, signal.SIGKILL)
        for number, tail in enumerate(('{"server": "con', before[0] + '}\n', before[0], '\0\0\0\0')):
            place.write_lines('r', '\n'.join(before) + '\n' + tail)
            outcome = resume(place)
            tap.is_(outcome.code, 0, 'torn %d: goes on' % number)
            tap.has(outcome.err, 'its last line was torn', 'torn %d: says so' % number)
            whole(place, before, 'torn %d' % number)


def test_corrupt():
    with Place() as place:
        before = cut_short(place, signal.SIGKILL)
        for line in ('', '{}', '[1]', '{"server": 1}', before[0].replace('"level"', '"lvl"'), before[0] + before[0]):
            text = place.write_lines('r', '\n'.join([before[0], line] + before[1:]) + '\n')
            outcome = resume(place)
            tap.is_(outcome.code, 3, '%.20s: refused' % line)
            tap.has(outcome.err, LEDGER + ': line 3 is no cell', '%.20s: names the line' % line)
            tap.is_(place.read(LEDGER), text, '%.20s: the file stays as it was' % line)


def test_changed():
    with Place() as place:
        before = cut_short(place, signal.SIGKILL)
        for words, wanted in [(('--duration', '60ms'), "--duration was '50ms' and is now '60ms'"),
                              (('--seed', '8'), "--seed was '7' and is now '8'"),
                              (('--servers', 'tornado'), "--servers was 'control' and is now 'tornado'"),
                              (('--mode', 'close'), '--mode was'), (('--repeat', '2'), '--repeat was')]:
            outcome = resume(place, *words)
            tap.is_(outcome.code, 3, ' '.join(words) + ': refused')
            tap.has(outcome.err, wanted, ' '.join(words) + ': says which')
        written = place.read('results/r/run.json')
        for change, wanted in [(lambda d: d['environment'].update(cpu_model='another'), "the CPU was 'another'"),
                               (lambda d: d['environment'].update(cores=99), "the host's cores was '99'"),
                               (lambda d: d['environment']['sysctl'].update(somaxconn=5), "the host's somaxconn was '5'"),
                               (lambda d: d['benchctl'].update(commit='0000000'), 'the commit of benchctl was'),
                               (lambda d: d['environment'].update(client='uring'), "the client was 'uring' and is now 'epoll'"),
                               (lambda d: d['servers'][0].update(version='0.0'), "the version of control was '0.0'"),
                               (lambda d: d['servers'][0].update(name='other'), 'server other was part of it')]:
            document = json.loads(written)
            change(document)
            place.file('results/r/run.json', json.dumps(document))
            outcome = resume(place)
            tap.is_(outcome.code, 3, wanted + ': refused')
            tap.has(outcome.err, wanted, wanted + ': says which')
        tap.is_(place.lines('r'), before, 'refused: nothing is lost')
        place.file('results/r/run.json', written)
        tap.is_(resume(place).code, 0, 'unchanged again: goes on')
        whole(place, before, 'unchanged again')


def test_client():
    """What --client auto comes to is part of the run."""
    with Place() as place:
        words = ('--client', 'auto', '--concurrency', '1', '--mode', 'close')
        tap.is_(place.bench(*RUN, *words, '--out', 'r').code, 0, 'auto: a run')
        document = place.document('r')
        ran = document['environment']['client']
        tap.is_({cell['client'] for cell in document['cells']}, {'seq', ran}, 'auto: the run says which client ran')
        tap.is_(resume(place).code, 0, 'auto: the same client goes on')
        other = 'epoll' if ran == 'uring' else 'uring'
        place.file('results/r/run.json', json.dumps(dict(document, environment=dict(document['environment'], client=other))))
        outcome = resume(place)
        tap.is_(outcome.code, 3, 'auto: where another runs, refused')
        tap.has(outcome.err, "the client was '%s' and is now '%s'" % (other, ran), 'auto: says which')
        del document['environment']['client']
        place.file('results/r/run.json', json.dumps(document))
        tap.is_(resume(place).code, 0, 'a run that does not say is resumed')


def test_usage():
    with Place() as place:
        for words, wanted in [(('--resume', 'none'), "there is no run 'none'"),
                              (('--resume', '../none'), "there is no run '../none'"), (('--resume', '/etc'), 'no run.json')]:
            outcome = place.bench('run', '--conf', CONF, *words)
            tap.is_(outcome.code, 2, ' '.join(words) + ': refused')
            tap.has(outcome.err, wanted, ' '.join(words) + ': in words')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
