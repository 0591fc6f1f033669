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
    """One line of a terminal that is written over; an empty text clears it."""
    if sys.stderr.isatty():
        print('\r\033[K' + text, end='', file=sys.stderr, flush=True)


def spread(values, form, unit=1):
    """The median, with the smallest and the largest in brackets; '-' where there is none."""
    return '%s (%s to %s)' % tuple(form % (value / unit) for value in (
        statistics.median(values), min(values), max(values))) if values else '-'


def plain(words):
    """Text from outside, for a cell of a table: nothing in it is Markdown."""
    return re.sub(r'([\\`*_{}\[\]<>#|~])', r'\\\1', ''.join(c if c.isprintable() else ' ' for c in words))


def rounds(count):
    return '%d round%s' % (count, '' if count == 1 else 's')


def times(whens):
    """From when to when."""
    whens = sorted(whens)
    return whens[0] if whens[0] == whens[-1] else '%s to %s' % (whens[0], whens[-1])


def first_line(command):
    """The version that a program prints, wrk and nginx on stderr; '' where it is not installed."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        return ''
    return (done.stdout.splitlines() or [''])[0]


def program():
    """Our own version."""
    return first_line([BENCHCTL, '--version'])


def peers():
    """The versions of the others that are here."""
    found = {name: re.search(r'\d+\.[\w.+-]+', first_line(command)) for name, command in VERSIONS.items()}
    return ['%s %s' % (name, version.group()) for name, version in found.items() if version]


def machine():
    with open('/proc/cpuinfo', encoding='ascii') as file:
        model = re.search(r'model name\s*: (.*)', file.read())
    return '%s, %d CPUs, Linux %s' % (model.group(1) if model else platform.machine(), len(os.sched_getaffinity(0)),
                                      platform.release())


def head(count, where=None, programs=None):
    """When and where it was measured, as lines: of a call that measured so many rounds; or, without a count, of earlier ones."""
    what = ', '.join((programs if programs is not None else [program()]) + peers())
    if count is None:
        return ['%s. Median (smallest to largest) of the rounds. %s.' % (where, what), '']
    return ['%s; %s; load average before: %.1f. %d rounds: median (smallest to largest). %s.' % (
        datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC'), machine(), LOAD, count, what), '']


LOAD = os.getloadavg()[0]


def text(lines):
    return '\n'.join(lines).rstrip('\n') + '\n'


def replace(lines, path, part='measured'):
    """The lines take the place of what stands in a file between the marks of that part."""
    begin, end = ('<!-- %s: %s -->\n' % (part, edge) for edge in ('begin', 'end'))
    with open(path, encoding='utf-8') as file:
        before, found, rest = file.read().partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        sys.exit('%s: the marks %s are missing' % (path, part))
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(before + begin + text(lines) + end + after)
    os.rename(path + '.new', path)


def publish(lines, path, part='measured'):
    """Prints the lines; where there is a path, they go there too."""
    print(text(lines), end='')
    if path:
        replace(lines, path, part)
