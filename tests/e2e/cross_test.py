#!/usr/bin/python3
"""Each load generator, ours and others', against servers that count: what it says it sent is what they saw. Prints TAP.

The quick form of tests/bench/cross_check: counts only, no rates.
"""
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import BENCHCTL, ROOT
os.environ['BENCHCTL'] = BENCHCTL
os.chdir(ROOT)
from bench.client import BOTH, CLIENTS
from bench.counting import CONTROL, NGINX, Control, Nginx

N = 400
LEVELS = [1, 16]


def check_counts(server, client, mode, level, requests, seconds):
    name = '%s: %s, %s, %d connections, by %s' % (server.name, client.name, mode, level, 'number' if requests else 'time')
    before = server.requests()
    outcome = client.run(server.url, mode, level, requests, seconds)
    seen = server.requests() - before
    tap.is_(outcome.failed, 0, name + ': nothing failed')
    if client.timed:  # and it says nothing of what it leaves in flight
        tap.ok(0 <= seen - outcome.answers <= level and outcome.answers, name + ': seen, but for those in flight',
               (seen, outcome))
        return
    tap.is_(seen, outcome.sent, name + ': the server saw what was sent')
    if requests:
        tap.is_(outcome.answers, requests, name + ': each was answered')


def check_server(server):
    for mode in BOTH:
        for client in CLIENTS.values():
            for level in LEVELS if mode in client.modes else []:
                # wrk takes a whole second each time: once will do
                if (level == 1 or not client.single) and (level > 1 or not client.timed):
                    check_counts(server, client, mode, level, N, 1)
                    if client.name.startswith('benchctl'):
                        check_counts(server, client, mode, level, None, 0.1)


def test_counting():
    """The servers themselves count right: reading leaves no trace, and each request does."""
    for kind in Nginx, Control:
        with kind() as server:
            start = server.requests()
            tap.is_(server.requests(), start, kind.name + ': reading is not counted')
            CLIENTS['curl'].run(server.url, 'close', 1, 3, None)
            tap.is_(server.requests(), start + 3, kind.name + ': three are three')


def test_nginx():
    with Nginx() as server:
        check_server(server)


def test_control():
    with Control() as server:
        check_server(server)


missing = [program for program in (NGINX, CONTROL, 'ab', 'wrk', 'h2load', 'curl', 'taskset') if not shutil.which(program)]
if missing:
    tap.skip_all('not here: ' + ', '.join(missing))
tap.checks([test_counting, test_nginx, test_control])
tap.done()
