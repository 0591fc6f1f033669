#!/usr/bin/python3
"""Exit codes are those of the table that help shows; and no escape sequence goes to what can't take it. Prints TAP."""
import fcntl
import os
import pty
import re
import sys
import termios

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import Faulty
from helper.program import CONF, ROOT, Place, until

RUN = ('run', '--conf', CONF, '--servers', 'control', '-c', '1,2', '--port', '0', '--duration', '50ms', '--warmup', '10ms')
GONE = '[server gone]\ncommand = ./gone\n'


def table(place):
    """The rows of help: codes, each with the commands that it is for ('': all)."""
    rows = re.findall(r'^ +(\d+)  (?:((?:run|load|check|doctor|compare|ab|why)(?:, \w+)*): )?(.+)$', place.bench('help').out.split('Exit codes:')[1], re.M)
    return {(int(code), name) for code, names, _ in rows for name in (names or '').split(', ')}


def test_table():
    """What each row says happens; a row that no case is for fails."""
    with Place() as place:
        place.file('gone.conf', GONE)
        place.file('quiet.conf', '[server quiet]\ncommand = /bin/sleep 60\n')
        cases = {
            (0, ''): (0, RUN + ('--out', 'well')),
            (1, 'check'): (1, ('check', '--conf', 'gone.conf', '--port', '0')),
            (2, ''): (2, ('run', '--no-such-option')),
            (2, 'compare'): (2, ('compare', 'missing.json', 'missing.json')),
            (2, 'ab'): (2, ('ab',)),
            (3, ''): (3, ('run', '--conf', CONF, '--servers', 'control', '-c', '1', '--backlog', '0', '--out', 'well')),
            (3, 'run'): (3, ('run', '--conf', 'gone.conf', '-c', '1', '--port', '0', '--out', 'none')),
            (3, 'load'): (3, ('load', '-d', '10ms', 'http://127.0.0.1:1/')),
        }
        # Verdicts are what compare_test, ab_test, doctor_test and why_test are for; signals what fault_test is for.
        elsewhere = {(1, 'compare'), (1, 'ab'), (1, 'doctor'), (4, 'compare'), (4, 'ab'), (4, 'why'), (130, '')}
        rows = table(place)
        tap.is_(rows, set(cases) | elsewhere, 'each row of the table is tested, and no other code is')
        for (code, name), (wanted, words) in cases.items():
            outcome = place.bench(*words)
            if not tap.is_(outcome.code, wanted, '%d %s: %s' % (code, name, ' '.join(words[:2]))):
                tap.note(outcome.err)


def test_some_valid():
    """One server that does not start costs its own cells only."""
    with Place() as place:
        place.file('gone.conf', GONE)
        outcome = place.bench('run', '--conf', CONF, '--conf', 'gone.conf', *RUN[3:4], 'control,gone', *RUN[5:], '--out', 'r')
        tap.is_(outcome.code, 0, 'some cells are valid: exit 0')
        valid = sum(cell['valid'] for cell in place.document('r')['cells'])
        tap.ok(valid and '%d of 6 cells valid' % valid in outcome.err, 'and how many is said', outcome)


def test_version():
    with Place() as place:
        for option in '--version', '-V':
            outcome = place.bench(option)
            tap.ok(outcome.code == 0 and re.match(r'benchctl \d+\.\d+\.\d+ \(commit ', outcome.out), option + ' says the version', outcome)


def test_first_contact():
    """No arguments: six lines with three commands to try. A typing error: what may be meant."""
    with Place() as place:
        outcome = place.bench()
        lines = outcome.out.splitlines()
        tap.ok(outcome.code == 2 and len(lines) == 6 and not outcome.err, 'benchctl alone: six lines', outcome)
        tried = [line.split()[1] for line in lines if line.startswith('  benchctl ')]
        tap.is_([place.bench(name, '--help').code for name in tried], [0, 0, 0], 'benchctl alone: three commands, which there are')
        for words, meant in [(['rnu'], "did you mean 'run'?"), (['comprae', 'a', 'b'], "did you mean 'compare'?"),
                             (['frobnicate'], "see 'benchctl help'"), (['run', '--duratoin', '1s'], 'did you mean --duration?'),
                             (['run', '--frobnicate'], "see 'benchctl run --help'")]:
            outcome = place.bench(*words)
            tap.ok(outcome.code == 2 and not outcome.out and outcome.err.count('\n') == 1, ' '.join(words) + ': exit code, one line', outcome)
            tap.has(outcome.err, meant, ' '.join(words) + ': what may be meant')


def at_terminal(place, environment, *words):
    """All that a command writes to a terminal, and its exit code."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    said = b''
    process = place.start(place.benchctl, *words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                          env=dict(os.environ, **environment),
                          preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(slave)

    def read():
        nonlocal said
        try:
            while True:
                more = os.read(master, 1 << 16)
                if not more:
                    return True
                said += more
        except BlockingIOError:
            return False
        except OSError:
            return True  # the other side is closed
    until(read)
    os.close(master)
    return said.decode(), place.end(process).code


def test_escape_sequences():
    looks = [({'TERM': 'xterm'}, True), ({'TERM': 'dumb'}, False), ({'TERM': ''}, False),
             ({'TERM': 'xterm', 'NO_COLOR': '1'}, False), ({'TERM': 'xterm', 'NO_COLOR': ''}, True),
             ({'TERM': 'xterm', 'CLICOLOR': '0'}, False), ({'TERM': 'xterm', 'CLICOLOR': '1'}, True)]
    with Place() as place:
        for i, (environment, wanted) in enumerate(looks):
            said, code = at_terminal(place, environment, *RUN, '--out', 'r%d' % i)
            tap.is_((code, '\033' in said), (0, wanted), 'run at a terminal with %r' % environment)


@tap.thorough
def test_plain_output():
    """No command sends an escape sequence where there is no terminal, or one that wants none; slow commands try one case."""
    slow = {'check', 'plot', 'report', 'publish', 'ab', 'calibrate', 'init'}
    control = os.path.join(ROOT, 'build', 'servers', 'control')
    short = ('--port', '0', '--duration', '50ms', '--warmup', '10ms')
    with Place() as place, Faulty('good') as server:
        place.file('gone.conf', GONE)
        for name in 'one', 'two':
            tap.is_(place.bench(*RUN, '--out', name).code, 0, 'a run')
        one, two = ('results/%s/run.json' % name for name in ('one', 'two'))
        commands = {
            'run': RUN, 'load': ('load', '-n', '5', server.url), 'list': ('list', '--conf', CONF),
            'check': ('check', '--conf', CONF, '--port', '0', 'control'), 'doctor': ('doctor', '--conf', 'gone.conf'),
            'table': ('table', one), 'explain': ('explain', one, 'control@1'), 'plot': ('plot', one),
            'report': ('report', one), 'publish': ('publish', one, '--to', 'site'), 'compare': ('compare', one, two),
            'ab': ('ab', '--old', control, '--new', control, '--launches', '2', '--no-strict', '-l', '1', *short),
            'calibrate': ('calibrate', '--conf', CONF, '--servers', 'control', '-l', '1', '--launches', '4', *short),
            'why': ('why', '--conf', CONF, '--port', '0', '--budget', '1s', 'control'), 'help': ('help',),
            'init': ('init', server.url, '--name', 'there'),
        }
        tap.is_(set(commands), set(re.findall('^  ([a-z]+) ', place.bench('help').out.split('Exit codes')[0], re.M)), 'each command is tried')
        for name, words in commands.items():
            looks = [{'TERM': 'dumb'}, {'TERM': 'xterm', 'NO_COLOR': '1'}, {'TERM': 'xterm', 'CLICOLOR': '0'}, None]
            for number, environment in enumerate(looks[:1] if name in slow else looks):
                more = ('--out', '%s%d' % (name, number)) if name in ('run', 'ab') else ()
                if environment:
                    said, _ = at_terminal(place, environment, *words, *more)
                else:
                    outcome = place.bench(*words, *more, env=place.environment(TERM='xterm'))
                    said = outcome.out + outcome.err
                tap.ok(said and '\033' not in said, '%s with %r' % (name, environment or 'no terminal'), said)


def test_verbosity():
    with Place() as place:
        run = 'results/quiet/run.json'
        quiet = place.bench(*RUN, '--out', 'quiet', '--quiet')
        tap.ok(quiet.code == 0 and '[' not in quiet.err and 'control' in quiet.out, '--quiet: no progress, the result all the same',
               quiet)
        verbose = place.bench(*RUN, '--out', 'verbose', '-v')
        lines = re.findall(r'^\[\d/3\] control: (?:seq|close), \d connections?: [\d,]+ requests/s', verbose.err, re.M)
        tap.is_((verbose.code, len(lines)), (0, 3), '--verbose: a line for each cell')
        said, _ = at_terminal(place, {'TERM': 'xterm'}, *RUN, '--out', 'both', '--quiet')
        tap.ok('\033' not in said, '--quiet at a terminal')
        quiet = place.bench('publish', run, '--to', 'site', '-q')
        again = place.bench('publish', run, '--to', 'again', '-v')
        tap.ok(quiet.code == 0 and not quiet.err and 'site/index.html' in quiet.out, 'publish --quiet: where the site is, alone', quiet)
        tap.has(again.err, ['run.json: sent', 'files sent'], 'publish --verbose: each file')
        quiet = place.bench('compare', run, run.replace('quiet', 'verbose'), '-q')
        tap.ok(not quiet.err, 'compare --quiet', quiet)


@tap.thorough
def test_progress_without_terminal():
    """A line each ten seconds: of six cells of three seconds one at least, and not each."""
    with Place() as place:
        outcome = place.bench('run', '--conf', CONF, '--servers', 'control', '-c', '1,2,3,4,5', '--port', '0', '--duration', '3s', '--out', 'r')
        lines = re.findall(r'^\[\d/6.*\] control: (?:seq|close), \d connections?$', outcome.err, re.M)
        tap.ok(outcome.code == 0 and 1 <= len(lines) <= 3, 'a line now and then where there is no terminal', outcome)


@tap.thorough
def test_verbosity_of_self_test():
    with Place() as place:
        quiet = place.bench('compare', '--self-test', '--conf', CONF, '--quiet')
        tap.ok(not quiet.err and '30 % slower' in quiet.out, 'compare --self-test --quiet: the result alone', quiet)


tap.checks([test_table, test_some_valid, test_version, test_first_contact, test_escape_sequences, test_plain_output, test_verbosity,
            test_verbosity_of_self_test, test_progress_without_terminal])
tap.done()
