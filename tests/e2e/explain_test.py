#!/usr/bin/python3
"""explain: the whole story of a cell on one screen, from a real run and from files that are none. Prints TAP."""
import functools
import json
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import CONF, Place

LINES = 45      # a screen, beside the prompt
COLUMNS = 130
RUN = 'results/told/run.json'


def told(place):
    outcome = place.bench('run', '--conf', CONF, '--servers', 'control,tornado', '--concurrency', '1,8', '--mode',
                          'close,keepalive', '--duration', '100ms', '--warmup', '20ms', '--port', '0', '--out', 'told')
    tap.is_(outcome.code, 0, 'a run')
    return place.document('told')


def test_cell(place, document):
    for cell in document['cells']:
        level = 'seq' if cell['client'] == 'seq' else cell['level']
        outcome = place.bench('explain', RUN, '%s@%s' % (cell['server'], level), '--mode', cell['mode'])
        name = '%s@%s %s: ' % (cell['server'], level, cell['mode'])
        tap.is_(outcome.code, 0, name + 'is found')
        lines = outcome.out.splitlines()
        tap.ok(len(lines) <= LINES and max(map(len, lines)) <= COLUMNS, name + 'fits on a screen', outcome)
        tap.has(outcome.out, '%d ok + 0 failed' % cell['ok'], name + 'its counts')
        tap.ok(re.search(r'^latency +p50 \S+ ', outcome.out, re.M), name + 'its latency', outcome)
        tap.ok(re.search(r'^server +\S+ us of CPU a request', outcome.out, re.M), name + 'its server', outcome)
        tap.has(outcome.out, 'sockets in TIME_WAIT', name + 'the kernel')
        if cell['client'] != 'seq':
            shows = 'requests/s of the control server: this is ' if cell['ceiling_rps'] >= cell['rate_rps'] else 'none: the control server was slower'
            tap.ok(re.search('^ceiling .*' + shows, outcome.out, re.M), name + 'the ceiling, or that there is none', outcome)


def test_short(place, _document):
    """In a window of one request some figures can't be known: no `nan` or `null` is printed for them."""
    outcome = place.bench('run', '--conf', CONF, '--servers', 'control', '--concurrency', '1,4', '--mode', 'close,keepalive,crowd',
                          '--requests', '1', '--sequential', '1', '--duration', '1ms', '--warmup', '0ms', '--after-sweep', '50',
                          '--port', '0', '--out', 'short')
    tap.is_(outcome.code, 0, 'a run of single requests')
    short, number = 'results/short/run.json', re.compile(r'\b(nan|inf)\b', re.IGNORECASE)
    document = place.document('short')
    for cell in document['cells'][1:]:  # what may be null is, here
        for use in cell['server_use'], cell['fairness']:
            use.update(dict.fromkeys(use))
        cell.update(server_cpu_us_per_request=3.5)
    place.file('nulls.json', json.dumps(document))
    for path in short, 'nulls.json':
        for words in [['table', path], ['table', path, '--open-loop']] + [
                ['explain', path, 'control@' + at, '--mode', mode] for mode, at in [
                    ('close', 'seq'), ('close', '1'), ('close', '4'), ('keepalive', '4'), ('crowd', '4'), ('close', '50%')]]:
            outcome = place.bench(*words)
            tap.is_(outcome.code, 0, ' '.join(words))
            tap.ok(not number.search(outcome.out), ' '.join(words) + ': no "nan" and no "inf"', outcome)
    tap.has(place.bench('explain', 'nulls.json', 'control@4').out, ['user unknown, system unknown', "Jain's index unknown"],
            'what is unknown is called so')


def test_hostile(place, document):
    cell = dict(document['cells'][0], server='evil', error='\x1b[2Jgone', valid=False, invalid=['failed'],
                wrong='a\x07b', latency_histogram='9 9 9 @1 1')
    place.file('evil.json', json.dumps(dict(document, cells=[cell])))
    outcome = place.bench('explain', 'evil.json', 'evil@seq' if cell['client'] == 'seq' else 'evil@%d' % cell['level'])
    tap.is_(outcome.code, 0, 'a cell from outside is shown')
    tap.ok('\x1b' not in outcome.out and '\x07' not in outcome.out, 'its words do not steer the terminal', outcome)
    tap.has(outcome.out, 'failed: the server could not be started, or failed under the load', 'it says why it is not valid, in words')
    tap.ok(re.search(r'^latency +p50', outcome.out, re.M), 'a broken histogram costs the bars only', outcome)


def test_refused(place, document):
    for words, wanted in [((RUN,), 'SERVER@LEVEL.. is missing'), ((RUN, 'tornado'), "'tornado' names no cell"),
                          ((RUN, '@8'), 'names no cell'), ((RUN, 'tornado@x'), "'x' is no level"),
                          ((RUN, 'tornado@-8'), "'-8' is no level"), ((RUN, 'tornado@9'), 'close@1 close@8 keepalive@1'),
                          ((RUN, 'nobody@8'), "no cells of a server 'nobody'"),
                          ((RUN, 'tornado@8', '--block', '7'), 'in launch 7'), (('none.json', 'a@1'), "there is no run 'none.json'")]:
        outcome = place.bench('explain', *words)
        tap.is_((outcome.code, outcome.out), (2, ''), '%s: refused' % ' '.join(words))
        tap.has(outcome.err, wanted, '%s: in words' % ' '.join(words))


with Place() as place:
    run = told(place)
    tap.checks([functools.update_wrapper(functools.partial(test, place, run), test)
                for test in (test_cell, test_short, test_hostile, test_refused)])
tap.done()
