#!/usr/bin/python3
"""The fair fight keeps what it has measured: a client that fails, an interrupted call, a file that is continued. Prints TAP."""
import json
import os
import re
import shutil
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench import report
from helper import tap
from helper.program import BENCHCTL, ROOT, Place, until

PEERS = os.path.join(ROOT, 'tests', 'bench', 'peers')
PAGE = 'before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n'
SHORT = ('--seconds', '0.01', '--levels', '1', '--modes', 'close')
# A load generator that can't use io_uring, and says why.
WITHOUT_URING = '#!/bin/sh\ncase "$*" in *"--client uring"*) echo "no | ring" >&2; exit 3;; esac\nexec %s "$@"\n' % BENCHCTL
# One that goes on without it, and says so.
INSTEAD_OF_URING = '#!/bin/sh\ncase "$*" in *"--client uring"*) echo "io_uring is forbidden; by epoll" >&2;; esac\n' \
    'for word; do shift; [ "$word" = uring ] && word=epoll; set -- "$@" "$word"; done\nexec %s "$@"\n' % BENCHCTL
# One whose output is nonsense.
NONSENSE = '#!/bin/sh\ncase "$*" in *"--client uring"*) echo 7; exit;; esac\nexec %s "$@"\n' % BENCHCTL


def peers(place, *words, **variables):
    """The words of a call that measures into the files of the place."""
    environment = place.environment(**variables)
    return place.start(PEERS, *words, '--data', place.file('data'), '--into', place.file('page'),
                       '--picture', place.file('picture'), cwd=ROOT, env=environment)


def rounds(place):
    try:
        return [json.loads(line) for line in place.read('data').splitlines()]
    except FileNotFoundError:
        return []


def row(text, client):
    """A client's row in a table of a level."""
    found = re.search(r'^\| %s \| .*$' % re.escape(client), text[text.index('**close, 1 connection**'):], re.MULTILINE)
    return found.group() if found else ''


def test_a_client_that_fails():
    with Place() as place:
        place.file('page', PAGE)
        script = place.file('benchctl', WITHOUT_URING)
        os.chmod(script, 0o755)
        outcome = place.end(peers(place, '--rounds', '1', *SHORT, BENCHCTL=script))
        tap.is_(outcome.code, 0, 'the others are measured all the same')
        page = place.read('page')
        tap.has(row(page, 'benchctl uring'), ['| - |', '**failed**', 'exit 3', r'no \| ring'], 'it stands as failed, with the reason')
        tap.ok(re.match(r'\| benchctl epoll \| \d+ ', row(page, 'benchctl epoll')), 'another has figures', page)
        tap.ok(re.search(r'\| - \|', row(page, 'ab')), 'a ratio to it is unknown', row(page, 'ab'))
        tap.ok(page.startswith('before\n') and page.endswith('after\n'), 'what stands around the marks is left alone')
        tap.ok('old' not in page, 'and what stood between them is gone')
        tap.ok(os.path.getsize(place.file('picture.png')) > 10000, 'the picture is drawn')
        tap.is_([shot for shot in rounds(place)[0]['shots'].items() if isinstance(shot[1], str)][0][0], 'benchctl uring',
                'the file has it as failed')

        outcome = place.end(peers(place, '--rounds', '2', *SHORT))
        tap.is_(outcome.code, 0, 'goes on with the file')
        tap.is_([len(taken['shots']) > 8 for taken in rounds(place)], [True, True], 'with the round that is missing')
        tap.is_(len({taken['requests'] for taken in rounds(place)}), 1, 'of as many requests')
        tap.has(row(outcome.out, 'benchctl uring'), 'failed in 1 of 2 rounds', 'both rounds stand in the table')
        tap.has(outcome.out, '2 rounds', 'their number too')
        tap.is_(place.read('page'), 'before\n<!-- measured: begin -->\n%s<!-- measured: end -->\nafter\n' % outcome.out,
                'the document has what is printed')
        before = place.read('data')
        outcome = place.end(peers(place, '--rounds', '0'))
        tap.has(outcome.out, '**close, 1 connection**', '--rounds 0 shows what there is')
        tap.is_(place.read('data'), before, 'and measures nothing')


def test_a_client_of_other_words():
    for script, words in ((INSTEAD_OF_URING, 'epoll ran instead: io\\_uring is forbidden; by epoll'), (NONSENSE, 'not understood')):
        with Place() as place:
            place.file('page', PAGE)
            path = place.file('benchctl', script)
            os.chmod(path, 0o755)
            outcome = place.end(peers(place, '--rounds', '1', *SHORT, BENCHCTL=path))
            tap.is_(outcome.code, 0, words + ': the others are measured all the same')
            tap.has(row(place.read('page'), 'benchctl uring'), ['| - |', '**failed**', words], words + ': the reason stands')
            tap.ok(re.match(r'\| benchctl epoll \| \d+ ', row(place.read('page'), 'benchctl epoll')), words + ': another has figures',
                   place.read('page'))


def test_another_program():
    with Place() as place:
        place.file('page', PAGE)
        line = {'mode': 'close', 'level': 1, 'requests': 1, 'when': '2026-01-01 00:00 UTC', 'machine': report.machine(),
                'program': 'benchctl 9 (one)', 'shots': {}}
        text = json.dumps(line) + '\n' + json.dumps(dict(line, program='benchctl 9 (two)')) + '\n'
        place.file('data', text)
        outcome = place.end(peers(place, '--rounds', '3', *SHORT))
        tap.is_(outcome.code, 2, 'rounds of another program are not continued')
        tap.has(outcome.err, ['line 1', 'benchctl 9 (one)', 'remove the file'], 'it says why, and what to do')
        tap.is_((place.read('data'), place.read('page')), (text, PAGE), 'all files stay as they were')
        outcome = place.end(peers(place, '--rounds', '0'))
        tap.is_(outcome.code, 0, 'but they can be shown')
        tap.has(outcome.out, ['benchctl 9 (one), benchctl 9 (two)'], 'with the name of each program')


def test_cut_short():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with Place() as place:
            place.file('page', PAGE)
            process = peers(place, '--rounds', '1000', *SHORT)
            tap.ok(until(lambda: rounds(place)), 'a round is measured')
            process.send_signal(number)
            outcome = place.end(process)
            tap.ok(until(lambda: not place.processes()), '%s: no server and no client is left' % number.name, place.processes())
            tap.ok(rounds(place), '%s: the round is kept' % number.name)
            if number == signal.SIGKILL:
                continue  # nobody is there to write the rest
            tap.is_(outcome.code, 130, '%s: the exit code says so' % number.name)
            tap.has(place.read('page'), '**close, 1 connection**', '%s: the tables are written' % number.name)
            # A torn line is cut off; the picture and the tables are those of the whole ones.
            shutil.copy(place.file('data'), place.file('whole'))
            with open(place.file('data'), 'a', encoding='ascii') as file:
                file.write('{"mode": "clo')
            place.end(peers(place, '--rounds', '0'))
            tap.is_(place.read('data'), place.read('whole'), '%s: a torn line is cut off' % number.name)


def test_files_of_others():
    with Place() as place:
        place.file('page', PAGE)
        for text, words in (('{"mode": "close"}\n', 'line 1 is no round'), ('[]\n', 'line 1 is no round'),
                            (json.dumps({'mode': 'close', 'level': 1, 'requests': 1, 'when': '', 'machine': 'another',
                                         'program': '', 'shots': {}}) + '\n', 'measured on another machine')):
            place.file('data', text)
            outcome = place.end(peers(place, '--rounds', '1', *SHORT))
            tap.is_(outcome.code, 2, words + ': refused')
            tap.has(outcome.err, words, words + ': says why')
            tap.is_((place.read('data'), place.read('page')), (text, PAGE), words + ': all files stay as they were')
        for words in (('--levels', '0'), ('--levels', 'x'), ('--modes', 'crowd')):
            outcome = place.end(peers(place, *words))
            tap.is_(outcome.code, 2, ' '.join(words) + ': refused')


def test_into():
    into = os.path.join(ROOT, 'tests', 'bench', 'into')
    with Place() as place:
        for text, coming, code in ((PAGE, 'new\n', 0), (PAGE, '', 1), (PAGE.replace('end', 'ende'), 'new\n', 1)):
            path, source = place.file('page', text), place.file('new', coming)
            with open(source, encoding='utf-8') as file:
                outcome = place.command(into, path, 'measured', stdin=file)
            tap.is_(outcome.code, code, 'into: exit code %d' % code)
            tap.is_(place.read('page'), text if code else text.replace('old', 'new'), 'into: the file is what it should be')


tap.checks([test_a_client_that_fails, test_a_client_of_other_words, test_another_program, test_cut_short, test_files_of_others, test_into])
tap.done()
