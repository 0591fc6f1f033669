#!/usr/bin/python3
"""Measuring until it is known: a limit is found between the levels, a killed run goes on, and what is missing is said. Prints TAP."""
import html
import json
import os
import re
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import runs, tap
from helper.program import CONF, ROOT, Place, cell_key, until

LIMITED = os.path.join(ROOT, 'build', 'tests', 'limits', 'limited')
LIMIT = 300  # connections, between 256 and 512
NEAR = 1.11  # the levels on both sides of it are within a tenth, rounded
RUN = ('run', '--conf', CONF, '--conf', 'limits.conf', '--servers', 'control,full', '--concurrency', '1,256,1024',
       '--mode', 'keepalive', '--port', '0', '--duration', '50ms', '--warmup', '10ms', '--max-ramp', '300ms', '--until-known',
       '--budget', '60m', '--seed', '7')


def verdict_on(document, server):
    return next(each for each in document['verdicts'] if each['server'] == server)


def test_limit():
    """A server that takes in LIMIT connections. The run is killed in a block that settles, and goes on."""
    with Place() as place:
        place.file('limits.conf', '[server full]\ncommand = %s table %d\n' % (LIMITED, LIMIT))
        process = place.start(place.benchctl, *RUN, '--out', 'r')
        first_pass = 2 * (1 + 3)  # of each server a sequential cell and the levels
        tap.ok(until(lambda: len(place.lines('r')) > first_pass), 'a block that settles has begun')
        process.send_signal(signal.SIGKILL)
        place.end(process)
        tap.ok(until(lambda: not place.processes()), 'nothing runs on')
        before = place.lines('r')
        # The control server is never settled for sure; what ends the run is that the other one is, and the limit found.
        outcome = place.bench('run', '--conf', CONF, '--conf', 'limits.conf', '--resume', 'r')
        tap.is_(outcome.code, 0, 'it goes on to its end')
        tap.has(outcome.err, 'settling, with', 'says what is settled')
        tap.is_(place.lines('r')[:len(before)], before, 'what was measured stands')
        document = place.document('r')
        keys = [cell_key(cell) for cell in document['cells']]
        tap.is_(len(set(keys)), len(keys), 'each cell once')
        tap.ok(not document['interrupted'], 'the run is whole')
        tap.ok(not [cell['error'] for cell in document['cells'] if cell.get('error')], 'no cell has an error',
               [cell for cell in document['cells'] if cell.get('error')])
        verdict = verdict_on(document, 'full')
        tap.is_((verdict['class'], verdict['settled']), ('fails', True), 'it fails')
        tap.ok(verdict['launches'] >= 3 and 2 * verdict['agree'] > verdict['launches'], 'in so many launches', verdict)
        tap.ok(verdict['before_level'] <= LIMIT < verdict['from_level'], 'the limit is between the levels', verdict)
        tap.ok(verdict['from_level'] <= NEAR * verdict['before_level'], 'which are within a tenth', verdict)
        tap.ok([note for note in verdict['notes'] if 'connections at most' in note['text']], 'how many it takes in is a note',
               verdict['notes'])
        settling = {cell['level'] for cell in document['cells'] if cell['server'] == 'full' and cell['block'] > 1}
        tap.ok(1 not in settling or 256 in settling, 'only levels that decide are measured again', settling)


def test_bad_input():
    """One launch, holes, no highest level, as before there were verdicts: never an invented one, and what is missing is said."""
    levels = (1, 16, 256, 4096)
    wanted = {'once': '2 of the 3 launches that it takes, at 4,096 connections',
              'twice': '1 of the 3 launches that it takes, at 4,096 connections',
              'hole': '1 of the 3 launches that it takes, at 4,096 connections',
              'no_end': 'a valid figure at 4,096 connections',
              'nowhere': 'a valid figure at 4,096 connections'}
    lacks = {'once': lambda cell: cell['block'] > 1, 'twice': lambda cell: cell['block'] > 2,
             'hole': lambda cell: (cell['block'], cell['level']) == (2, 4096)}
    cells = [cell for cell in runs.run(sorted(wanted), levels, 3, 1)['cells'] if not lacks.get(cell['server'], lambda _: False)(cell)]
    for cell in cells:
        if cell['server'] == 'nowhere' or (cell['server'], cell['level']) == ('no_end', 4096):
            cell.update(valid=False, invalid=['short_concurrency'])
    document = runs.document(cells)
    with Place() as place:
        place.file('run.json', json.dumps(document))
        outcome = place.bench('report', 'run.json', '--out', 'page')
        tap.is_(outcome.code, 0, 'there is a page')
        page = html.unescape(place.read('page/index.html')).replace('<wbr>', '')  # a name may break there
        tap.has(page, '5 are not settled', 'the first sentence says how many are not settled')
        for word in ('holds to', 'sags to', 'collapses to', 'cliff at', 'fails from'):
            tap.ok(word not in page, 'no verdict is invented: ' + word)
        for server, missing in wanted.items():
            row = next((row for row in page.split('<tr') if re.search(r'<th[^>]*>%s\b' % server, row)), '')
            tap.has(row, 'not yet known', server + ': the verdict')
            tap.has(page, missing, server + ': what is missing')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
