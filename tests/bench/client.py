"""client: how each load generator is run, ours and the others, and what it says of itself.

A client is one line of CLIENTS. Each makes a number of requests; wrk can only run for a time, and ours runs for a time where
no number is given. What comes back is an Outcome, in the same units for all.
"""
import collections
import csv
import json
import os
import re
import resource
import statistics
import subprocess
import time

BENCHCTL = os.path.abspath(os.environ.get('BENCHCTL') or './benchctl')
CPUS = sorted(os.sched_getaffinity(0))

# All by the client's own word. answers: the right ones; failed: all else. sent: requests, those that it keeps out of its
# figures too. But cpu_s is the CPU time of the whole process, in wall_s, as the kernel counts it. cell: of ours only.
Outcome = collections.namedtuple('Outcome', 'answers failed sent rate_rps p50_ns mean_ns cpu_s wall_s cell')

# single: it has one connection at a time. timed: it can't be told how many requests to make, and leaves some in flight.
# run(url, mode, level, requests, seconds)
Client = collections.namedtuple('Client', 'name modes single timed run')


class Ended:
    """A client's process at its end: what it printed, what it wrote to the file, its CPU and wall time."""

    def __init__(self, command):
        """Runs it on the last CPU. '{file}' in the command is the path of a file in memory."""
        log = os.memfd_create('log')
        words = [word.format(file='/dev/fd/%d' % log) if '{file}' in word else word for word in command]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(['taskset', '-c', str(CPUS[-1])] + words, capture_output=True, text=True, pass_fds=[log])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall_s = time.monotonic() - start
        self.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.out = done.stdout
        with open(log, encoding='ascii') as file:
            file.seek(0)
            self.log = file.read()
        if done.returncode:
            raise RuntimeError('%s: exit %d\n%s%s' % (' '.join(words), done.returncode, done.stdout[-2000:], done.stderr))

    def number(self, pattern):
        """The number that the pattern's group finds in the output."""
        found = re.search(pattern, self.out)
        if not found:
            raise RuntimeError('%r is not in:\n%s' % (pattern, self.out[-2000:]))
        return float(found.group(1))

    def outcome(self, answers, failed, sent, rate_rps, p50_ns, mean_ns, cell=None):
        return Outcome(int(answers), int(failed), int(sent), rate_rps, p50_ns, mean_ns, self.cpu_s, self.wall_s, cell)


def ours(name):
    def run(url, mode, level, requests, seconds):
        ended = Ended([BENCHCTL, 'load', url, '--json', '--client', name, '-m', mode, '-c', str(level), '--warmup', '0ms'] +
                      (['-n', str(requests)] if requests else ['-d', '%dms' % (seconds * 1000)]))
        cell = json.loads(ended.out)
        learned = 1  # the first answer, which tells what is right
        return ended.outcome(cell['ok'], sum(cell['failed'].values()), learned + cell['started_before'] + cell['started'],
                             cell['rate_rps'], cell['latency_ns']['p50'], cell['latency_ns']['mean'], cell)
    return run


def ab(url, mode, level, requests, _seconds):
    # What it prints is in whole milliseconds; its file of percentiles, 0 to 99, is in microseconds.
    ended = Ended(['ab', '-q', '-c', str(level), '-e', '{file}', '-n', str(requests)] +
                  (['-k'] if mode == 'keepalive' else []) + [url])
    percentiles_ns = [float(took_ms) * 1e6 for _, took_ms in list(csv.reader(ended.log.splitlines()))[1:]]
    complete = ended.number(r'Complete requests:\s+(\d+)')
    failed = ended.number(r'Failed requests:\s+(\d+)')
    return ended.outcome(complete - failed, failed, complete, ended.number(r'Requests per second:\s+([\d.]+)'),
                         percentiles_ns[50], statistics.fmean(percentiles_ns))


UNITS_NS = {'us': 1e3, 'ms': 1e6, 's': 1e9}


def wrk(url, mode, level, _requests, seconds):
    ended = Ended(['wrk', '-t1', '-c', str(level), '-d', '%ds' % max(1, seconds), '--latency', url] +
                  (['-H', 'Connection: close'] if mode == 'close' else []))
    failed = sum(int(number) for number in re.findall(
        r'(?:connect|read|write|timeout|Non-2xx or 3xx responses:)\s+(\d+)', ended.out))
    answers = ended.number(r'(\d+) requests in')
    p50_ns, mean_ns = (float(took) * UNITS_NS[unit] for took, unit in (
        re.search(label + r'\s+([\d.]+)(us|ms|s)\b', ended.out).groups() for label in ('50%', 'Latency')))
    return ended.outcome(answers, failed, answers, ended.number(r'Requests/sec:\s+([\d.]+)'), p50_ns, mean_ns)


def h2load(url, mode, level, requests, _seconds):
    ended = Ended(['h2load', '--h1', '-t1', '-c', str(level), '-n', str(requests), '--log-file={file}'] +
                  (['-H', 'Connection: close'] if mode == 'close' else []) + [url])
    started, answers = ended.number(r'(\d+) started'), ended.number(r'(\d+) succeeded')
    took_us = [int(line.split('\t')[2]) for line in ended.log.splitlines()]
    return ended.outcome(answers, started - answers, started, ended.number(r'([\d.]+) req/s'),
                         statistics.median_low(took_us) * 1e3, statistics.fmean(took_us) * 1e3)


def curl(url, mode, _level, requests, _seconds):
    # The fragment is not sent: it only makes so many addresses of one.
    ended = Ended(['curl', '-s', '-o', '/dev/null', '-w', r'%{http_code} %{time_total}\n', '%s#[1-%d]' % (url, requests)] +
                  (['-H', 'Connection: close'] if mode == 'close' else []))
    lines = [line.split() for line in ended.out.splitlines()]
    good = [float(took_s) * 1e9 for status, took_s in lines if status == '200'] or [0]
    # curl says nothing of the whole: it is timed from outside, with the start of the process.
    answers = sum(status == '200' for status, _ in lines)
    return ended.outcome(answers, len(lines) - answers, len(lines), answers / ended.wall_s,
                         statistics.median_low(good), statistics.fmean(good))


BOTH = ['close', 'keepalive']
CLIENTS = {client.name: client for client in [
    Client('benchctl epoll', BOTH, False, False, ours('epoll')),
    Client('benchctl seq', ['close'], True, False, ours('seq')),
    Client('benchctl curl', ['close'], True, False, ours('curl')),
    Client('ab', BOTH, False, False, ab),
    Client('wrk', BOTH, False, True, wrk),
    Client('h2load', BOTH, False, False, h2load),
    Client('curl', BOTH, True, False, curl),
]}
