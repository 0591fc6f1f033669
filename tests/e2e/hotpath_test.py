#!/usr/bin/python3
"""What a request costs the generator: system calls by strace(1), allocations and locks by the object that counts calls. Each
is the difference between a short and a long load, so that start and end do not count. Prints TAP."""
import collections
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from bench.counting import Control
from helper import tap
from helper.program import FAIL, ROOT, Place

SHORT, LONG = 1000, 6000
# Sometimes a send comes before the handshake is over, and takes two more calls.
SPARE = 0.1

place = server = None  # of all tests


def load(prefix, requests, client, mode, **variables):
    outcome = place.command(*prefix, place.benchctl, 'load', '-t', '1', '-c', '100', '-n', str(requests), '-m', mode,
                            '--client', client, '--json', server.url, env=place.environment(**variables))
    tap.ok(outcome.code == 0 and '"client": "%s"' % client in outcome.out, '%s, %s: runs' % (client, mode), outcome)


def counted(client, mode, count):
    """What `count` says of a long load above what it says of a short one, for each request."""
    short, long = count(SHORT, client, mode), count(LONG, client, mode)
    return {name: (long[name] - short[name]) / (LONG - SHORT) for name in long if long[name] != short[name]}


def system_calls(requests, client, mode):
    path = place.file('strace.txt')
    load(['strace', '-f', '-c', '-o', path], requests, client, mode)
    counts = collections.Counter()
    with open(path, encoding='ascii') as file:
        for calls, name in re.findall(r'^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$', file.read(), re.M):
            counts[name] = int(calls)
    del counts['total']
    return counts


def library_calls(requests, client, mode):
    path = place.file('counts.txt')
    load([], requests, client, mode, LD_PRELOAD=FAIL, BENCHCTL_FAIL_COUNTS=path)
    with open(path, encoding='ascii') as file:
        return collections.Counter({name: int(calls) for name, calls in map(str.split, file)})


# Calls of a request by client and mode, and those that many requests share: less than so much of one for each.
CALLS = [
    ('epoll', 'close', {'socket': 1, 'connect': 1, 'sendto': 1, 'epoll_ctl': 1, 'recvfrom': 1, 'close': 1}, {'epoll_pwait2': 0.5}),
    ('epoll', 'keepalive', {'sendto': 1, 'recvfrom': 1}, {'epoll_pwait2': 0.5}),
    ('uring', 'close', {}, {'io_uring_enter': 0.6}),
    ('uring', 'keepalive', {}, {'io_uring_enter': 0.5}),
]


def test_system_calls():
    if not shutil.which('strace') or place.command('strace', '-o', os.devnull, 'true').code:
        raise tap.Skip('strace can\'t run here')
    for client, mode, each, shared in CALLS:
        calls = counted(client, mode, system_calls)
        calls.pop('clock_nanosleep', None)  # the thread that looks on, by time and not by request
        name = '%s, %s: ' % (client, mode)
        for call, wanted in each.items():
            tap.ok(wanted - SPARE <= calls.pop(call, 0) <= wanted + SPARE, name + '%s once a request' % call, calls)
        for call, bound in shared.items():
            tap.ok(0 < calls.pop(call, 0) <= bound, name + '%s is shared by many requests' % call, calls)
        tap.ok(sum(calls.values()) < SPARE, name + 'no other system call', calls)


def test_allocations_and_locks():
    for client, mode, *_ in CALLS:
        calls = counted(client, mode, library_calls)
        # The evidence that is written after the load may be longer, the more so the longer it took.
        for call in 'malloc', 'pthread_mutex_lock':
            tap.ok(abs(calls.get(call, 0)) < SPARE, '%s, %s: no %s while measuring' % (client, mode, call), calls)


# Instructions of the whole program outside of the kernel, for a request by epoll: at most. A core makes more than these in a
# microsecond. By io_uring a load does not end under valgrind.
USER = {'close': 1600, 'keepalive': 900}


def user_instructions(requests, client, mode):
    path = place.file('callgrind.log')
    load(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + os.devnull, '--log-file=' + path], requests, client, mode,
         LD_PRELOAD=FAIL)  # for a valgrind that does not know epoll_pwait2()
    with open(path, encoding='utf-8', errors='replace') as file:
        return {'instructions': int(count) for count in re.findall(r'Collected : (\d+)', file.read())}


def test_user_instructions():
    """All that a request costs in user space: the C library is in it, and the thread that looks on."""
    if not shutil.which('valgrind') or not os.path.exists(FAIL):
        raise tap.Skip('needs valgrind and %s' % FAIL)
    for mode, most in USER.items():
        each = counted('epoll', mode, user_instructions).get('instructions', 0)
        tap.ok(0 < each <= most, 'epoll, %s: %d instructions at most' % (mode, most), each)


# Instructions of our own code, for each: at most. What differs by compiler is well within it.
HOT = os.path.join(ROOT, 'build', 'tests', 'bench', 'hot')
INSTRUCTIONS = {'response': 200, 'parse': 1600, 'histogram': 60}


def test_instructions():
    """Parsing a response must not cost many times as much as recognising one: a server may vary a header each time."""
    if not os.path.exists(HOT) or not shutil.which('valgrind'):
        raise tap.Skip('needs valgrind and make build/tests/bench/hot')
    for what, most in INSTRUCTIONS.items():
        totals = []
        for count in SHORT, LONG:
            done = place.command('valgrind', '--tool=callgrind', '--callgrind-out-file=' + os.devnull, HOT, what, str(count))
            totals += map(int, re.findall(r'Collected : (\d+)', done.err))
        if tap.is_(len(totals), 2, what + ': counted'):
            each = (totals[1] - totals[0]) / (LONG - SHORT)
            tap.ok(0 < each <= most, '%s: %d instructions at most' % (what, most), each)


os.chdir(ROOT)
with Place() as place, Control() as server:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
