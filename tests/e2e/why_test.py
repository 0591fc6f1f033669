#!/usr/bin/python3
"""`benchctl why`: known limits are named, a server without any is not called limited, bad input. Prints TAP."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT, Place

LIMITED = os.path.join(ROOT, 'build', 'tests', 'limits', 'limited')
CONF = '''[server free]
command = %(limited)s none

[server table]
command = %(limited)s table 300

[server split]
command = %(limited)s nagle

[server sleeper]
command = %(limited)s tick 20000
''' % {'limited': LIMITED}
KEYS = {'server', 'mode', 'answer', 'cause', 'from_level', 'meaning', 'experiments'}
EXPERIMENT_KEYS = {'cause', 'changed', 'mode', 'figure', 'moved', 'effect', 'interval', 'p', 'size', 'before', 'after', 'launches'}

place = None  # of all tests


def why(server, *words):
    return place.bench('why', server, '--conf', 'limits.conf', '--port', '0', *words)


def found(server, *words):
    """What it says of a server, with what holds for each answer."""
    outcome = why(server, '--json', *words)
    tap.ok(outcome.code in (0, 4), '%s: exit code' % server, outcome)
    said = json.loads(outcome.out)
    tap.is_(set(said), KEYS, '%s: the fields' % server)
    tap.ok(all(set(each) == EXPERIMENT_KEYS and len(each['interval']) == 2 for each in said['experiments']),
           '%s: the fields of each experiment' % server, said)
    tap.is_(outcome.code == 4, said['answer'] == 'undecided', '%s: 4 where it is not decided' % server)
    tap.ok((said['cause'] is None) == (said['answer'] in ('none', 'undecided')), '%s: a cause where there is one' % server, said)
    return said


def named(server, cause, answer, level):
    """It is the cause; on a machine that is too busy to tell, undecided is no error, but a wrong name is."""
    said = found(server)
    if said['answer'] == 'undecided':
        tap.note('%s: not decided, on a busy machine: %s' % (server, said['experiments']))
        return
    tap.is_((said['cause'], said['answer'], said['from_level']), (cause, answer, level), '%s: the cause' % server)
    last = said['experiments'][-1]
    low, high = last['interval']
    tap.ok(last['cause'] == cause and last['moved'] == 'yes' and low <= last['effect'] <= high and last['p'] < 0.05,
           '%s: the experiment that showed it' % server, last)


@tap.thorough
def test_fixed_number():
    named('table', 'fixed_number', 'configuration', 301)


@tap.thorough
def test_delayed_ack():
    named('split', 'delayed_ack', 'configuration', 1)


@tap.thorough
def test_timer_tick():
    named('sleeper', 'timer_tick', 'inherent', 1)


@tap.thorough
def test_free():
    said = found('free', '--budget', '60s')
    tap.ok(said['answer'] in ('none', 'undecided', 'client'), 'free: it is not called limited', said)


def test_no_time():
    outcome = why('free', '--budget', '1s', '--mode', 'close')
    tap.is_(outcome.code, 4, 'no time: not decided')
    tap.has(outcome.out, 'Not decided', 'no time: it says so')
    tap.has(outcome.err, 'look: close, 1 connections', 'no time: what is being done')


def test_bad_input():
    for words, message in ((['nobody'], "there is no server 'nobody'"), ([], 'SERVER is missing'), (['free', 'table'], 'too many'),
                           (['free', '--mode', 'often'], "'often'"), (['free', '--budget', '0'], 'budget'),
                           (['free', '--conf', 'absent.conf'], 'absent.conf')):
        outcome = place.bench('why', '--conf', 'limits.conf', *words)
        tap.is_(outcome.code, 2, 'bad input %s: exit code' % words)
        tap.has(outcome.err, message, 'bad input %s: what it says' % words)


if not os.path.exists(LIMITED):
    tap.skip_all('build/tests/limits/limited is not built (make check)')
with Place() as place:
    place.file('limits.conf', CONF)
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
