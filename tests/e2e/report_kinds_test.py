#!/usr/bin/python3
"""The page of each kind of run has its own right words, and so have the index and the feed of a site. Prints TAP."""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.pages import report, written
from helper.program import CONF, Place

place = None

RUN = ['run', '--conf', CONF, '--port', '0', '--duration', '50ms', '--warmup', '10ms', '--max-window', '1s', '--servers']
ABSENT = '[server absent]\ncommand = /usr/bin/python3 -c "import sys; sys.exit(\'no such <b>module</b>\')"\n'
LAST_WORDS = 'no such &lt;b&gt;module&lt;/b&gt;'
# Of each kind of run: its options; the title of its page; what its index and feed say that it offered; its finding; what else
# its page says, and what it may not say.
KINDS = {
    'levels': (['control,tornado', '--concurrency', '1,4'], '1 server from 1 to 4 connections',
               'close mode \u00b7 1 to 4 connections', 'From 1 to 4 connections, in 1 launch, tornado ',
               ['The load is a closed loop', 'What the verdicts mean'], ['open loop', 'No level']),
    'rates': (['control,tornado', '--rate', '50,100'], '1 server at 50 to 100 requests a second',
              'close mode \u00b7 50 to 100 requests a second', 'Offered 50 to 100 requests a second, tornado ',
              ['The load is an open loop', 'numbers after a server are requests offered a second|All 6 measurements', 'for comparison'],
              ['closed loop', 'No level', 'What the verdicts mean', 'ceiling']),
    'both': (['control,tornado', '--concurrency', '1,4', '--after-sweep', '50'],
             '1 server from 1 to 4 connections, then at 50\u00a0% of the server&#39;s own maximum rate',
             'close mode \u00b7 1 to 4 connections \u00b7 50\u00a0% of the server&#39;s own maximum rate', 'From 1 to 4 connections, in 1 launch, tornado ',
             ['The load is a closed loop', 'After the levels the load is an open loop',
              'Offered 50\u00a0% of the server&#39;s own maximum rate, tornado'], ['No level']),
    'preset': (['control,tornado', '--preset', '2010', '--requests', '200', '--sequential', '50'],
               '1 server at 100 connections, as in 2010', 'close mode \u00b7 100 connections \u00b7 as in 2010',
               'As in 2010, at 100 connections ', ['One request at a time: ', '(tornado) requests a second'],
               ['One level does not tell', 'open loop']),
    'absent': (['control,tornado,absent', '--concurrency', '1,4'], '2 servers from 1 to 4 connections',
               'close mode \u00b7 1 to 4 connections', 'Of 2 servers from 1 to 4 connections, ',
               ['1 never started (absent)', '<li>absent never started: exited with status 1 before it was ready: ' + LAST_WORDS,
                'it never started: exited with status 1'], ['no longer responds', 'absent at ']),
    'absent-alone': (['control,absent', '--rate', '50'], '1 server at 50 requests a second',
                     'close mode \u00b7 50 requests a second',
                     'Offered 50 requests a second, absent never started: exited with status 1 before it was ready: ' + LAST_WORDS,
                     ['<td>never started</td>'], ['no longer responds', 'closed loop']),
    'sequential': (None, '1 server with one request at a time', 'one request at a time', 'One request at a time: ',
                   ['(tornado) requests a second', 'One by one: '], ['closed loop', 'open loop', 'No level', '0 connections', 'ceiling']),
}


def test_runs_by_rate():
    """Runs by rate, and of one request at a time: nothing on their pages is of levels of connections."""
    check_kinds(['rates', 'sequential'])


@tap.thorough
def test_other_kinds_of_runs():
    check_kinds([name for name in KINDS if name not in ('rates', 'sequential')])


def check_kinds(names):
    """Each kind of run has its own right words, on its page, in the index of a site and in the feed."""
    conf = place.file('absent.conf', ABSENT)
    kinds = {name: KINDS[name] for name in names}
    for name, (options, _, _, _, _, _) in kinds.items():
        if options:
            outcome = place.bench(*RUN, *options, '--conf', conf, '--out', name)
            if not tap.is_(outcome.code, 0, 'kinds: a run of %s' % name):
                tap.note(outcome)
    if 'sequential' in kinds:  # what is there of a run that was cut short after its first cells
        document = place.document('rates')
        document['cells'] = [cell for cell in document['cells'] if cell['client'] == 'seq']
        written(place, 'sequential', document)
    for name, (_, title, offered, finding, words, not_words) in kinds.items():
        _, outcome = report(place, name)
        if not tap.is_(outcome.code, 0, 'kinds: the page of %s' % name):
            tap.note(outcome)
            continue
        page = place.read('pages/%s/index.html' % name)
        page = re.sub(r'<(style|script|svg|pre).*?</\1>|<dl class="card">.*?</dl>|<figure>.*?</figure>', '', page, flags=re.S) \
            if name != 'absent' else page
        tap.has(page, ['<h1>%s</h1>' % title, '<p class="finding">' + finding], 'kinds: %s: title and finding' % name)
        for alternatives in words:
            tap.ok(any(each in page for each in alternatives.split('|')), 'kinds: %s: says "%s"' % (name, alternatives))
        tap.is_([each for each in not_words if each in page], [], 'kinds: %s: says nothing that is not so' % name)
        site = place.file('site-' + name)
        outcome = place.bench('publish', place.file('results/%s/run.json' % name), '--to', site)
        tap.is_(outcome.code, 0, 'kinds: the site of %s' % name)
        servers = '%d servers \u00b7 %s' % (3 if name == 'absent' else 2, offered)
        for file in ('index.html', 'feed.xml'):
            text = place.read('site-%s/%s' % (name, file))
            tap.has(text, [servers, finding], 'kinds: %s: %s' % (name, file))
            tap.is_([each for each in ('No level', '0 connections', '\u00b7 \u00b7') if each in text.replace('100 connections', '')], [],
                    'kinds: %s: %s says nothing that is not so' % (name, file))


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
