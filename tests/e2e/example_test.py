#!/usr/bin/python3
"""The example of ci/example, from the commit to the gate: a slower one is found, a faster one is no regression. Prints TAP."""
import os
import re
import shutil
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT, Place

EXAMPLE = os.path.join(ROOT, 'ci', 'example')
ROUNDS = 'const ROUNDS = 20000;'


def workflow():
    """The inputs of the action, and the environment of its step, as the example's workflow has them."""
    with open(os.path.join(EXAMPLE, 'performance.yml'), encoding='utf-8') as file:
        text = file.read()
    return dict(re.findall(r'^ +(old|new|BENCHCTL_URL): (.*?)(?: +#.*)?$', text, re.M))


def git(place, *words):
    outcome = place.command('git', '-c', 'user.name=test', '-c', 'user.email=test@example.org', *words)
    return tap.is_(outcome.code, 0, 'git ' + ' '.join(words[2:4])) or tap.note(outcome)


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def gated(place, rounds):
    """A repository whose last commit changes what a request costs; the gate as the action calls it. Returns how it ended."""
    git(place, 'init', '-q', 'head')
    shutil.copy(os.path.join(EXAMPLE, 'server.js'), place.file('head/server.js'))
    git(place, '-C', 'head', 'add', '.')
    git(place, '-C', 'head', 'commit', '-qm', 'The service')
    place.file('head/server.js', place.read('head/server.js').replace(ROUNDS, 'const ROUNDS = %d;' % rounds))
    git(place, '-C', 'head', 'commit', '-qam', 'Change it')
    git(place, '-C', 'head', 'worktree', 'add', '-q', '--detach', '../base', 'HEAD^1')
    asked, port = workflow(), str(free_port())
    return place.command(os.path.join(ROOT, 'ci', 'ab'), env=place.environment(
        OLD=asked['old'], NEW=asked['new'], BENCHCTL=place.benchctl, LEVELS='16', LAUNCHES='6', FLOOR='10%', GITHUB_ACTIONS='', PORT=port,
        BENCHCTL_URL=asked['BENCHCTL_URL'].replace('3000', port), BENCHCTL_DURATION='400ms', BENCHCTL_PORT='0'))


@tap.thorough
def test_slower():
    with Place() as place:
        outcome = gated(place, 100000)
        tap.is_(outcome.code, 1, 'a slower commit: exit 1') or tap.note(outcome)
        tap.has(place.read('benchctl-report/comment.md'), 'regressed', 'and the comment says so')


@tap.thorough
def test_faster():
    with Place() as place:
        outcome = gated(place, 2000)
        tap.is_(outcome.code, 0, 'a faster commit: exit 0') or tap.note(outcome)


if not shutil.which('node'):
    tap.skip_all('node is not installed')
tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
