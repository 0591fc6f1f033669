#!/usr/bin/python3
"""What people type: runs by folder, name and "latest", several, one in progress; defaults from the environment; a configuration of
one's own; titles; what is seen on a terminal. Prints TAP."""
import json
import os
import pty
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import CONF, ROOT, Place, until

RUN = ['run', '--conf', CONF, '--servers', 'control', '-c', '1,2', '--port', '0', '-n', '30', '--sequential', '10']


def measured(place, *words, **options):
    outcome = place.bench(*RUN, *words, **options)
    return tap.is_(outcome.code, 0, 'run ' + ' '.join(words)) or tap.note(outcome.err)


def check_plot(place):
    """A part of a run, several runs as one, and how a picture looks."""
    document = place.document('first')
    document['cells'] += [dict(cell, server='other') for cell in document['cells']]
    for run in 'old', 'new':
        place.file('results/%s/run.json' % run, json.dumps(document))
    look = ['--kinds', 'hero', '--out', 'looks', '--title', 'Ours <&', '--subtitle', 'theirs', '--size', '700x500', '--scale', 'log']
    outcome = place.bench('plot', 'old', '--format', 'svg,pdf', '--servers', 'other', '--levels', '1..4', *look)
    tap.is_((outcome.code, outcome.out), (0, 'looks\n'), 'plot: a part, as asked')
    files = sorted(os.listdir(place.file('looks')))
    tap.ok(any(file.endswith('.pdf') for file in files) and not any(file.endswith('.png') for file in files), 'plot --format', files)
    svg = place.read('looks/' + next(file for file in files if file.endswith('.svg') and 'dark' not in file))
    tap.has(svg, ['>Ours &lt;&amp;<', '>theirs<', 'width="700"'], 'plot --title, --subtitle, --size')
    outcome = place.bench('plot', 'old', 'new', '--label', 'old=before', '--label', 'new=after', '--kinds', 'hero', '--out', 'both')
    tap.is_((outcome.code, outcome.out), (0, 'both\n'), 'plot of two runs in one picture')
    script = ''.join(place.read('both/' + file) for file in os.listdir(place.file('both')) if file.endswith('.dat'))
    tap.has(script, ['# other, before', '# other, after', '# control'], 'each has its label')
    for words, said in ((['--servers', 'nobody'], "the run has no server 'nobody': "), (['--mode', 'x'], "the run has no mode 'x': "),
                        (['--levels', '999'], 'none of the levels 999'), (['--size', '9'], "'9' is no size"), (['--format', 'gif'], 'svg, png, pdf'),
                        (['--label', 'third=x'], "'third' is none of the runs"), (['--label', 'first'], 'is not RUN=NAME'),
                        (['second', '--label', 'first=x'], '--out says where')):
        outcome = place.bench('plot', 'first', *words)
        tap.ok(outcome.code == 2 and said in outcome.err, 'plot %s: refused' % ' '.join(words), outcome)
    tap.is_(place.bench('report', 'first', '--format', 'svg', '--out', 'small').code, 0, 'report --format')
    tap.is_([file for file in os.listdir(place.file('small')) if file.endswith('.png') and not file.startswith('preview')], [],
            'and a preview is the only PNG')
    tap.is_(place.bench('report', 'first', '--format', 'gif').code, 2, 'report --format: no such format')


def test_runs():
    with Place() as place:
        measured(place, '--out', 'first')
        measured(place, '--out', 'second')
        table = place.bench('table', 'results/first/run.json').out
        for word in ('results/first', 'results/first/', 'first'):
            tap.is_(place.bench('table', word).out, table, 'table ' + word)
        tap.is_(place.bench('table', 'latest').out, place.bench('table', 'second').out, 'latest is the newest')
        tap.is_(place.bench('table', 'first', 'latest').out, table + '\n' + place.bench('table', 'second').out, 'several')
        tap.is_(place.bench('explain', 'first', 'control@1', 'control@2').out.count('launch 1'), 2, 'several cells')
        tap.is_(place.bench('plot', 'first', 'second', '--kinds', 'hero').out, 'plots/first\nplots/second\n', 'plot of several')
        tap.ok(place.bench('compare', 'first', 'latest').code in (2, 4), 'compare takes names')
        check_plot(place)
        outcome = place.bench('table', 'frist')
        tap.is_(outcome.code, 2, 'a name that is not there: exit 2')
        tap.has(outcome.err, "did you mean 'first'?", 'and what was meant')
        for words in (['table', 'results'], ['explain', 'first', 'control@x'], ['explain', 'first', 'no@1'], ['plot', 'a', '--out', 'x', 'b'],
                      ['table', 'latest', '--results', 'none'], ['run', '--out', 'latest'], ['report', ''], ['publish', 'gone', '--to', 'x']):
            tap.is_(place.bench(*words).code, 2, 'exit 2: ' + ' '.join(words))


def test_time_is_taken():
    """Without --out a run has the time as its name; with a number, where another has it."""
    with Place() as place:
        for second in range(120):
            os.makedirs(place.file('results/' + time.strftime('%Y%m%d-%H%M%S', time.localtime(time.time() + second))))
        taken = set(os.listdir(place.file('results')))
        measured(place)
        new = set(os.listdir(place.file('results'))) - taken
        tap.ok(len(new) == 1 and new.pop()[:-2] in taken, 'the time with a number', new)


def test_run_in_progress():
    with Place() as place:
        running = place.start(place.benchctl, *RUN, '--repeat', '1000', '--out', 'on')
        ledger = place.file('results/on/cells.jsonl')
        tap.ok(until(lambda: os.path.exists(ledger) and place.read('results/on/cells.jsonl').count('\n') > 4), 'some cells are measured')
        outcome = place.bench('table', 'on')
        tap.is_(outcome.code, 0, 'the table of a run that goes on') or tap.note(outcome.err)
        tap.has(outcome.err, 'the run is not finished', 'says that it does')
        tap.has(outcome.out, 'control', 'and has what was measured')
        running.terminate()
        place.end(running)


def test_results():
    with Place() as place:
        measured(place, '--results', 'elsewhere/runs', '--out', 'a')
        tap.is_(place.bench('table', 'a', '--results', 'elsewhere/runs').code, 0, '--results finds it')
        tap.is_(place.bench('report', 'latest', env=place.environment(BENCHCTL_RESULTS='elsewhere/runs')).out,
                os.path.realpath(place.file('elsewhere/runs/a/plots/index.html')) + '\n', 'and its page is beside it')
        measured(place, '--out', 'a/path/of/mine')
        tap.ok(os.path.exists(place.file('a/path/of/mine/run.json')) and not os.path.exists(place.file('results')), '--out as a path')


def test_environment():
    with Place() as place:
        measured(place, '--out', 'a', env=place.environment(BENCHCTL_WARMUP='7ms', BENCHCTL_QUIET='yes', BENCHCTL_CONCURRENCY='64'))
        config = place.document('a')['config']
        tap.is_((config['warmup'], config['concurrency']), ('7ms', '1,2'), 'BENCHCTL_WARMUP; the command line goes before it')
        place.file('b.conf', '[run]\nwarmup = 9ms\nduration = 30ms\n[server control]\ncommand = %s/build/servers/control\n' % ROOT)
        outcome = place.bench('run', '--conf', 'b.conf', *RUN[5:], '--out', 'b', env=place.environment(BENCHCTL_WARMUP='7ms'))
        config = place.document('b')['config']
        tap.is_((config['warmup'], config['duration']), ('7ms', '30ms'), 'it goes before bench.conf') or tap.note(outcome)
        outcome = place.bench(*RUN, env=place.environment(BENCHCTL_MAX_WINDOW='long'))
        tap.is_(outcome.code, 2, 'a bad value: exit 2')
        tap.has(outcome.err, 'BENCHCTL_MAX_WINDOW', 'and it is named')
        tap.has(place.bench('run', '--help').out, 'BENCHCTL_NAME', 'help tells the rule')


def test_configuration():
    with Place() as place:
        place.file('mine.conf', '[server mine]\ncommand = %s/build/servers/control\n' % ROOT)
        words = ['run', '--conf', 'mine.conf', *RUN[5:], '--ceiling', 'yes']
        outcome = place.bench(*words, '--out', 'a')
        tap.is_([server['name'] for server in place.document('a')['servers']], ['control', 'mine'], 'the control server is there') \
            or tap.note(outcome)
        place.bench(*words, '--servers', 'control', '--out', 'b')
        tap.is_([server['name'] for server in place.document('b')['servers']], ['control'], 'a server of the installed one can be named')
        outcome = place.bench(*words, '--dry-run', '--mode', 'close,keepalive', '--repeat', '3', '--out', 'none')
        tap.is_(outcome.code, 0, '--dry-run: exit 0')
        tap.has(outcome.out, ['control, mine', '1,2', '3 launches', 'close, keepalive', 'time '], '--dry-run: says what would be done')
        tap.ok(not os.path.exists(place.file('results/none')), '--dry-run: nothing is done')


def test_title():
    with Place() as place:
        measured(place, '--out', 'a', '--title', 'Before <the> fix', '--note', 'With "quotes" & so on')
        tap.is_(place.bench('report', 'a').code, 0, 'report')
        tap.has(place.read('plots/a/index.html'), ['Before &lt;the&gt; fix: ', 'quotes'], 'title and note are on the page')
        tap.has(place.read('plots/a/hero-close.svg' if os.path.exists(place.file('plots/a/hero-close.svg')) else 'plots/a/rate-close.svg'),
                'Before', 'the title is in the picture')
        tap.is_(place.bench('publish', 'a', '--to', 'site').code, 0, 'publish')
        for page in ('index.html', 'feed.xml'):
            tap.has(place.read('site/' + page), ['Before &lt;the&gt; fix', 'so on'], 'title and note are in ' + page)


def seen(place, *words):
    """What a terminal would show of a command: all that it writes to a pseudo-terminal."""
    ours, theirs = pty.openpty()
    process = place.start(place.benchctl, *words, stderr=theirs, env=place.environment(TERM='xterm', NO_COLOR='', CLICOLOR='1'))
    os.close(theirs)
    text = b''
    while True:
        try:
            more = os.read(ours, 4096)
        except OSError:
            break
        if not more:
            break
        text += more
    os.close(ours)
    place.end(process)
    return text.decode('utf-8', 'replace')


def test_terminal():
    with Place() as place:
        words = [*RUN[:6], '1,2,4,8', *RUN[7:]]
        text = seen(place, *words, '--out', 'a')
        tap.ok(re.search('[▁▂▃▄▅▆▇█×]{3} [0-9,]+/s', text), 'run: the curve so far, and the last rate', text)
        text = seen(place, *words, '--out', 'b', '--no-live')
        tap.ok('[' in text and not re.search('[▁▂▃▄▅▆▇█]', text), '--no-live: the progress alone', text)


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
