#!/usr/bin/python3
"""A wall clock that is stepped while benchctl measures changes no figure. Prints TAP."""
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import Faulty
from helper.program import ROOT, Place, conserved

CONTROL = '[server control]\ncommand = "%s/build/servers/control"\n\n' % ROOT
# Each look at the wall clock finds it an hour earlier than the last one did; it begins in September 2001.
FIRST_S, STEP_S = 1000000000, 3600
SHIM = '''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

static time_t stepped(void)
{
	static atomic_long looks;

	return %d - %d * (time_t)looks++;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (real(clock, t))
		return -1;
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		t->tv_sec = stepped();
	return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	(void)zone;
	*t = (struct timeval){ stepped(), 0 };
	return 0;
}

time_t time(time_t *t)
{
	time_t now = stepped();

	if (t)
		*t = now;
	return now;
}
''' % (FIRST_S, STEP_S)

place = None  # of all tests


def stepping(*words):
    """Runs benchctl with such a clock. Returns how it ended, and the true time that it took."""
    start = time.monotonic()
    outcome = place.bench(*words, env=place.environment(LD_PRELOAD=place.file('clock.so'),
                                                        ASAN_OPTIONS='verify_asan_link_order=0'))
    return outcome, time.monotonic() - start


def figures_are_true(cell, asked_s, took_s, name):
    """All times of the cell, by what must hold for them: they lie within the run, and agree with each other."""
    window_s = cell['window_s']
    tap.ok(conserved(cell) and cell['ok'] > 0 and not cell['failed'], name + ': measured', cell)
    tap.ok(asked_s <= window_s <= took_s, name + ': the window is as long as it was', (window_s, took_s))
    tap.is_(sum(cell['tenths']), cell['ok'], name + ': every answer falls into a tenth')
    tap.ok(len(cell['tenths']) <= took_s * 10 + 1, name + ': no more tenths than there were', cell['tenths'])
    for times in cell['latency_ns'], cell['connect_ns']:
        known = [value for value in times.values() if value is not None]
        tap.ok(all(0 < value <= took_s * 1e9 for value in known), name + ': nothing took longer than the whole', times)
    # Each thread's rate is over its own window, which may be a little off the whole.
    tap.ok(abs(cell['rate_rps'] * window_s / cell['ok'] - 1) < 0.2, name + ': the rate is answers by time', cell)


def test_the_clock_steps():
    """Else what follows would prove nothing: a date that benchctl writes is of 2001."""
    place.file('bench.conf', CONTROL)
    outcome, took_s = stepping('run', '--out', 'r', '--port', '0', '-c', '1,4', '-m', 'close,keepalive', '-d', '200ms',
                               '--warmup', '20ms')
    tap.is_(outcome.code, 0, 'run: exit code')
    document = place.document('r')
    tap.has(document['environment']['date'], '2001-09', 'run: its date is one of that clock')
    for cell in document['cells']:
        figures_are_true(cell, 0.2, took_s, 'run: %s %s@%d' % (cell['client'], cell['mode'], cell['level']))


def test_each_client():
    for client in 'epoll', 'seq', 'curl':
        with Faulty('good') as server:
            outcome, took_s = stepping('load', '--json', '--client', client, '-d', '250ms', '--warmup', '20ms', server.url)
        if tap.is_(outcome.code, 0, client + ': exit code'):
            figures_are_true(json.loads(outcome.out), 0.25, took_s, client)


def test_timeouts():
    with Faulty('stall_before') as server:
        outcome, took_s = stepping('load', '--json', '-n', '4', '-c', '4', '--timeout', '300ms', server.url)
    cell = json.loads(outcome.out)
    tap.is_((cell['ok'], cell['failed']), (0, {'timeout': 4}), 'timeouts: counts')
    tap.ok(0.3 <= cell['window_s'] <= took_s, 'timeouts: after the time that was asked', cell)


with Place() as place:
    compiler = subprocess.run([os.environ.get('CC', 'cc'), '-shared', '-fPIC', '-O1', '-o', place.file('clock.so'),
                               place.file('clock.c', SHIM), '-ldl'], capture_output=True, text=True)
    tap.is_((compiler.returncode, compiler.stderr), (0, ''), 'the clock that steps is built')
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
