"""client: how each load generator is run, ours and the others, and what it reports.

A client is one line of CLIENTS or of FLOORS. Each makes a number of requests; wrk can only run for a time, and ours runs for
a time where no number is given. The result is an Outcome, in the same units for all; None is what a client does not report.
"""
import collections
import csv
import json
import os
import re
import select
import signal
import statistics
import subprocess
import tempfile
import time

BENCHCTL = os.path.abspath(os.environ.get('BENCHCTL') or './benchctl')
CPUS = sorted(os.sched_getaffinity(0))

# All as the client reports it. answers: right responses; failed: all others. sent: requests, including those that it leaves out
# of its figures. But cpu_s is the CPU time of the whole process, in wall_s, as the kernel counts it, and peak_bytes the maximum
# of its memory that was seen.
# cell: of ours only.
Outcome = collections.namedtuple('Outcome', 'answers failed sent rate_rps p50_ns mean_ns cpu_s wall_s peak_bytes cell')

# single: it has one connection at a time. timed: it can't be told how many requests to make, and leaves some in flight.
# most: the maximum of its connections. run(url, mode, level, requests, seconds)
Client = collections.namedtuple('Client', 'name modes single timed run most', defaults=[None])


# Far more than any client needs for its requests: a client that takes longer hangs.
PATIENCE_S = 120
# The client ends with us, however we end: even SIGKILL leaves nothing that would disturb what is measured next.
TIED = ['setpriv', '--pdeathsig', 'KILL', 'taskset', '-c']


class Ended:
    """A client's process at its end: its stdout and stderr, what it wrote to the file, its CPU, memory and wall time."""

    def __init__(self, command, **variables):
        """Runs it on the last CPU. '{file}' in the command is the path of a file in memory."""
        log, out, err = (os.memfd_create(name) for name in ('log', 'out', 'err'))
        words = [word.format(file='/dev/fd/%d' % log) if '{file}' in word else word for word in command]
        self.peak_bytes = 0
        start = time.monotonic()
        process = subprocess.Popen(TIED + [str(CPUS[-1])] + words, stdout=out, stderr=err, pass_fds=[log],
                                   stdin=subprocess.DEVNULL, env=dict(os.environ, **variables))
        try:
            hung = not self.watch(process.pid, start + PATIENCE_S)
        finally:
            os.kill(process.pid, signal.SIGKILL)  # harmless if it has ended: its pid is ours until it is waited for
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall_s = time.monotonic() - start
            self.cpu_s = usage.ru_utime + usage.ru_stime
            self.log, self.out, self.err = self.text(log), self.text(out), self.text(err)
        if hung:
            raise RuntimeError('%s: had not ended after %d s' % (' '.join(words), PATIENCE_S))
        if process.returncode:
            raise RuntimeError('%s\n%s: exit %d: %s' % (' '.join(words), words[0], process.returncode,
                                                       ' '.join((self.out + self.err)[-2000:].split())[-300:]))

    def watch(self, pid, deadline):
        """
        Waits for the end, and looks at the memory meanwhile. The kernel's figure at the end (ru_maxrss) would not do: it counts
        what Python had, of which the process was forked. Returns whether it has ended.
        """
        descriptor = os.pidfd_open(pid)
        try:
            ending = select.poll()
            ending.register(descriptor, select.POLLIN)
            while not ending.poll(20):
                with open('/proc/%d/status' % pid, encoding='ascii', errors='replace') as file:
                    peak = re.search(r'VmHWM:\s+(\d+) kB', file.read())
                if peak:
                    self.peak_bytes = max(self.peak_bytes, int(peak.group(1)) * 1024)
                if time.monotonic() > deadline:
                    return False
            return True
        finally:
            os.close(descriptor)

    @staticmethod
    def text(descriptor):
        with open(descriptor, encoding='utf-8', errors='replace') as file:
            file.seek(0)
            return file.read()

    def number(self, pattern):
        """The number that the pattern's group finds in the output."""
        found = re.search(pattern, self.out)
        if not found:
            raise RuntimeError('%r is not in:\n%s' % (pattern, self.out[-2000:]))
        return float(found.group(1))

    def outcome(self, answers, failed, sent, rate_rps, p50_ns=None, mean_ns=None, cell=None):
        return Outcome(int(answers), int(failed), int(sent), rate_rps, p50_ns, mean_ns, self.cpu_s, self.wall_s,
                       self.peak_bytes, cell)


def ours(name):
    def run(url, mode, level, requests, seconds):
        ended = Ended([BENCHCTL, 'load', url, '--json', '--client', name, '-m', mode, '-c', str(level), '--warmup', '0ms'] +
                      (['-n', str(requests)] if requests else ['-d', '%dms' % (seconds * 1000)]))
        cell = json.loads(ended.out)
        if cell['client'] != name:  # it went on without io_uring, and says so
            raise RuntimeError('%s ran instead: %s' % (cell['client'], ' '.join(ended.err.split())))
        learned = 2  # the first responses, which tell what is right, and that it stays so
        sent = learned + cell['started_before'] + cell['started'] + cell['started_after']
        return ended.outcome(cell['ok'], sum(cell['failed'].values()), sent, cell['rate_rps'], cell['latency_ns']['p50'],
                             cell['latency_ns']['mean'], cell)
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
    # The fragment is not sent: it only turns one address into many.
    ended = Ended(['curl', '-s', '-o', '/dev/null', '-w', r'%{http_code} %{time_total}\n', '%s#[1-%d]' % (url, requests)] +
                  (['-H', 'Connection: close'] if mode == 'close' else []))
    lines = [line.split() for line in ended.out.splitlines()]
    good = [float(took_s) * 1e9 for status, took_s in lines if status == '200'] or [0]
    # curl reports nothing of the whole: it is timed from outside, with the start of the process.
    answers = sum(status == '200' for status, _ in lines)
    return ended.outcome(answers, len(lines) - answers, len(lines), answers / ended.wall_s,
                         statistics.median_low(good), statistics.fmean(good))


def hey(url, mode, level, requests, _seconds):
    # It makes a multiple of its connections.
    ended = Ended(['hey', '-cpus', '1', '-n', str(requests // level * level), '-c', str(level)] +
                  (['-disable-keepalive'] if mode == 'close' else []) + [url])
    answers = ended.number(r'\[200\]\s+(\d+) responses')
    sent = requests // level * level
    return ended.outcome(answers, sent - answers, sent, ended.number(r'Requests/sec:\s+([\d.]+)'))


def httperf(url, mode, level, requests, _seconds):
    # Sessions without a pause are its closed loop; they all begin at once.
    host, port = url.split('/')[2].split(':')
    ended = Ended(['httperf', '--hog', '--server', host, '--port', port, '--wsess=%d,%d,0' % (level, requests // level),
                   '--rate', '1000000'] + (['--http-version=1.0'] if mode == 'close' else []))
    answers = ended.number(r'replies (\d+)')
    return ended.outcome(answers, ended.number(r'Errors: total (\d+)'), ended.number(r'requests (\d+)'),
                         answers / ended.number(r'test-duration ([\d.]+) s'))


SIEGERC = """
limit = {level}
verbose = false
logging = false
protocol = HTTP/1.1
connection = {connection}
"""


def siege(url, mode, level, requests, _seconds):
    with tempfile.TemporaryDirectory(prefix='benchctl-siege-') as home:  # where it writes files of its own
        path = os.path.join(home, 'siegerc')
        with open(path, 'w', encoding='ascii') as file:
            file.write(SIEGERC.format(level=level, connection='close' if mode == 'close' else 'keep-alive'))
        ended = Ended(['siege', '-R', path, '-b', '-j', '-c', str(level), '-r', str(requests // level), url], HOME=home)
    answers, failed = ended.number(r'"successful_transactions":\s+(\d+)'), ended.number(r'"failed_transactions":\s+(\d+)')
    # Its clock shows hundredths of a second: useless for a short run.
    return ended.outcome(answers, failed, answers + failed,
                         answers / (ended.number(r'"elapsed_time":\s+([\d.]+)') or ended.wall_s))


def floor(way):
    def run(url, mode, level, requests, _seconds):
        ended = Ended(['build/tests/bench/floor', way, mode, url.split('/')[2].split(':')[1], str(level), str(requests)])
        return ended.outcome(requests, 0, requests, requests / ended.wall_s)
    return run


BOTH = ['close', 'keepalive']
CLIENTS = {client.name: client for client in [
    Client('benchctl epoll', BOTH, False, False, ours('epoll')),
    Client('benchctl uring', BOTH, False, False, ours('uring')),
    Client('benchctl seq', ['close'], True, False, ours('seq')),
    Client('benchctl curl', ['close'], True, False, ours('curl')),
    Client('ab', BOTH, False, False, ab),
    Client('wrk', BOTH, False, True, wrk),
    Client('h2load', BOTH, False, False, h2load),
    Client('curl', BOTH, True, False, curl),
    Client('hey', BOTH, False, False, hey),
    Client('httperf', BOTH, False, False, httperf, 1000),  # select(2)
    Client('siege', BOTH, False, False, siege, 1000),  # a thread a connection
]}
# Not load generators, but a lower bound for the cost of one (tests/bench/floor.c).
FLOORS = {client.name: client for client in [
    Client('bare calls', BOTH, False, False, floor('calls'), 10000),
    Client('bare epoll', BOTH, False, False, floor('epoll'), 10000),
    Client('bare uring', BOTH, False, False, floor('uring'), 10000),
]}
