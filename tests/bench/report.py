"""report: what the benches print and where it goes: progress, figures with their spread, the machine, the marked part of a
document."""
import datetime
import os
import platform
import re
import statistics
import subprocess
import sys

from bench.client import BENCHCTL
from bench.counting import NGINX

VERSIONS = {'nginx': [NGINX, '-v'], 'ab': ['ab', '-V'], 'wrk': ['wrk', '-v'], 'h2load': ['h2load', '--version'],
            'curl': ['curl', '--version']}


def progress(text):
    """One line that is written over; an empty text clears it."""
    print('\r\033[K' + text, end='', file=sys.stderr, flush=True)


def spread(values, form, unit=1):
    """The median, with the smallest and the largest in brackets."""
    return '%s (%s to %s)' % tuple(form % (value / unit) for value in (
        statistics.median(values), min(values), max(values)))


def first_line(command):
    """What a program says of its version: wrk and nginx on stderr."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.splitlines()[0]


def versions():
    found = [first_line([BENCHCTL, '--version'])]
    for name, command in VERSIONS.items():
        found.append('%s %s' % (name, re.search(r'\d+\.[\w.+-]+', first_line(command)).group()))
    return ', '.join(found)


def head(rounds):
    """When and where it was measured, as lines."""
    with open('/proc/cpuinfo', encoding='ascii') as file:
        model = re.search(r'model name\s*: (.*)', file.read())
    return ['%s; %s, %d CPUs, Linux %s; load average before: %.1f. %d rounds: median (smallest to largest). %s.' % (
        datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC'),
        model.group(1) if model else platform.machine(), len(os.sched_getaffinity(0)), platform.release(), LOAD,
        rounds, versions()), '']


LOAD = os.getloadavg()[0]


def publish(lines, path, part='measured'):
    """Prints the lines; where there is a path, they take the place of what stands there between the marks of that part."""
    text = '\n'.join(lines).rstrip('\n') + '\n'
    print(text, end='')
    if not path:
        return
    begin, end = ('<!-- %s: %s -->\n' % (part, edge) for edge in ('begin', 'end'))
    with open(path, encoding='utf-8') as file:
        before, found, rest = file.read().partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        sys.exit('%s: the marks %s are missing' % (path, part))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(before + begin + text + end + after)
