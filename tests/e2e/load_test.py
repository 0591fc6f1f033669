#!/usr/bin/python3
"""`benchctl load` against a server that misbehaves by script: what it counts, and what it says. Prints TAP."""
import collections
import errno
import json
import math
import os
import re
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import BEHAVIOURS, PROBES, Faulty
from helper.program import BENCHCTL, FAIL, FAULTY, PYTHON, ROOT, Place, conserved, until
from helper.seccomp import IO_URING_SETUP, forbid

# The requests of a case, each on a connection of its own, so that no failure is rested from.
N = 12
TIMEOUT = '1s'
# A client that stood still for longer in the window is `client_paused` (docs/method.md).
PAUSE_MAX_S = 0.25
# More than anything takes but what is meant to time out, on a busy machine too.
LONG = '60s'

place = None  # of all cases
engine = 'epoll'  # the client of the cases; of what any engine must do alike, each in turn


def load(url, *options):
    """One `load --json`; returns how it ended, and the cell or None."""
    client = [] if '--client' in options else ['--client', engine]
    outcome = place.bench('load', '--json', *client, *options, url)
    try:
        cell = json.loads(outcome.out)
    except ValueError:
        return outcome, None
    if client and cell['client'] != engine:
        raise tap.Skip('no client %s here: %s' % (engine, outcome.err.strip()))
    return outcome, cell


class Case:
    """A behaviour, and its expected outcome: the counters, each 0 where it is not named.

    seen: whether the server reads every request that was started. A connection that is closed under a request is
    reset or ends early, as it happens: `closed` counts both.
    """

    def __init__(self, behaviour, *options, n=N, c=N, good=PROBES, argument=0, wait=LONG, seen=True, **counts):
        self.behaviour, self.options = behaviour, list(options)
        self.n, self.c, self.good, self.argument, self.wait = n, c, good, argument, wait
        self.seen, self.counts = seen, counts

    def run(self):
        name = ' '.join([engine, self.behaviour] + self.options)
        with Faulty(self.behaviour, self.good, self.argument) as server:
            outcome, cell = load(server.url, '-n', str(self.n), '-c', str(self.c), '--timeout', self.wait, *self.options)
            if self.seen:
                # The last one may still be on its way to a thread of the server.
                until(lambda: server.requests >= self.n + PROBES)
            seen = server.requests - PROBES
        if not tap.ok(cell, name + ': prints a cell', outcome):
            return outcome, None, {}, 0
        counts = {kind: count for kind, count in dict(cell['failed'], ok=cell['ok']).items() if count}
        if 'closed' in self.counts:
            counts['closed'] = counts.pop('reset', 0) + counts.pop('eof_early', 0)
        tap.is_(counts, self.counts, name + ': counts')
        tap.ok(conserved(cell) and cell['started'] == self.n, name + ': exactly %d started, none lost' % self.n, cell)
        tap.is_(outcome.code, 0 if cell['ok'] else 3, name + ': exit code')
        if self.seen:
            tap.is_(seen, self.n, name + ': the server saw as many requests')
        judged(cell, name)
        return outcome, cell, counts, seen


def paused(cell):
    """The reason that a cell has where a busy machine stopped the client: by the pause that it has measured itself."""
    return {'client_paused'} if cell['client_pause_s'] > PAUSE_MAX_S else set()


def judged(cell, name):
    """What must hold of its validity. By chance only: so few requests may end before the client's threads are all
    at work, or take all of a CPU; and in close mode Little's law says nothing."""
    reasons = set(cell['invalid'])
    if cell['ok']:
        tap.is_(reasons & {'client_paused'}, paused(cell), name + ': paused where it says for how long')
        reasons -= paused(cell)
    chance = {'short_concurrency', 'client_bound'} | ({'little'} if cell['mode'] == 'keepalive' else set())
    tap.ok(reasons <= chance if cell['ok'] else reasons == {'no_answers'}, name + ': validity', cell['invalid'])
    tap.is_(cell['valid'], not cell['invalid'], name + ': valid where there is no reason against it')


CASES = [
    Case('good', ok=200, n=200, c=4),
    Case('good', '-m', 'keepalive', ok=200, n=200, c=4),
    Case('good', ok=7, n=7, c=50),  # fewer requests than connections
    Case('good', '-t', '2', ok=200, n=200, c=3),
    Case('large', ok=20, n=20, c=3, good=0, seen=False),
    Case('large', '-m', 'keepalive', ok=20, n=20, c=3, good=0, seen=False),
    Case('late_bytes', ok=N),
    Case('late_bytes', '-m', 'keepalive', ok=N, c=3),
    Case('late_body', ok=N),
    Case('reset_at_once', reset=N, seen=False),
    Case('reset_before', reset=N),
    Case('reset_mid', reset=N),
    Case('reset_after', ok=N),
    Case('closes_at_once', closed=N, seen=False),
    Case('eof_before', eof_early=N),
    Case('eof_in_head', eof_early=N),
    Case('eof_in_body', eof_early=N),
    Case('eof_in_chunk', eof_early=N),
    Case('wrong_length', bad_body=N),
    Case('wrong_body', bad_body=N),
    Case('wrong_body', '--check', 'length', ok=N),
    Case('wrong_length', '--check', 'length', bad_body=N),
    Case('wrong_length', '--check', 'status', ok=N),
    Case('wrong_body_every', argument=100, n=299, c=4, ok=296, bad_body=3),
    Case('wrong_body_every', '-m', 'keepalive', argument=100, n=299, c=4, ok=296, bad_body=3),
    Case('stall_before', timeout=N, wait=TIMEOUT),
    Case('stall_in_head', timeout=N, wait=TIMEOUT),
    Case('stall_in_body', timeout=N, wait=TIMEOUT),
    Case('header_without_end', timeout=N, wait=TIMEOUT),
    Case('endless_headers', bad_http=N),
    Case('endless_header', bad_http=N),
    Case('endless_body', bad_body=N),
    Case('endless_body', '--check', 'status', n=2, c=2, timeout=2, wait=TIMEOUT),
    Case('endless_chunks', bad_body=N),
    Case('endless_continue', bad_http=N),
    Case('garbage', bad_http=N),
    Case('other_protocol', bad_http=N),
    Case('status_502', bad_status=N),
    Case('status_502', '--check', 'status', '-m', 'keepalive', bad_status=N),
    Case('status_404', bad_status=N),
    Case('status_503', bad_status=N),
    Case('status_301', '--expect-status', '301', good=0, ok=N),
    Case('status_301', '--expect-status', '3xx', '-m', 'keepalive', good=0, ok=N, c=2),
    Case('length_negative', bad_http=N),
    Case('length_beyond', bad_http=N),
    Case('length_huge', eof_early=N),
    Case('length_words', bad_http=N),
    Case('length_twice_same', ok=N),
    Case('length_twice_other', bad_http=N),
    Case('length_list_same', ok=N),
    Case('length_list_same', '-m', 'keepalive', ok=N, c=2),
    Case('length_list_other', bad_http=N),
    Case('gzip_chunked', good=0, ok=N),
    Case('gzip_chunked', '-m', 'keepalive', good=0, ok=N, c=2),
    Case('gzip_until_close', good=0, ok=N),
    Case('long_head', ok=N),
    Case('length_and_chunked', bad_http=N),
    Case('chunked', ok=N),
    Case('chunked', '-m', 'keepalive', ok=N, c=2),
    Case('chunk_extension', ok=N),
    Case('chunk_size_bad', bad_http=N),
    Case('chunk_size_negative', bad_http=N),
    Case('chunk_size_beyond', bad_http=N),
    Case('continue_first', ok=N),
    Case('continue_first', '-m', 'keepalive', ok=N, c=2),
    Case('no_content_with_body', bad_http=N),
    Case('until_close', ok=N),
    Case('until_close', '-m', 'keepalive', ok=N, c=2),
    Case('half_close_after', ok=N),
    Case('half_close_before', eof_early=N),
    Case('ignores_close', ok=N),
    Case('leaks_listeners', ok=N),
    Case('leaks_connections', ok=N),
    Case('two_answers', bad_http=N),
    Case('two_answers', '-m', 'keepalive', bad_http=N),
    Case('answers_first', ok=N),
    Case('never_reads', timeout=N, wait=TIMEOUT, seen=False),
    Case('refuses', refused=N, seen=False),
    Case('never_accepts', timeout=N, wait=TIMEOUT, seen=False),
]


def test_each_behaviour():
    """Each for itself; and all together, where nothing may be lost, or counted as another kind."""
    started = seen_started = seen = 0
    counts = collections.Counter()
    for case in CASES:
        _, cell, case_counts, case_seen = case.run()
        if cell:
            started += cell['started']
            counts.update(case_counts)
            if case.seen:
                seen_started += cell['started']
                seen += case_seen
    wanted = collections.Counter()
    for case in CASES:
        wanted.update(case.counts)
    tap.is_(counts, wanted, 'all cases together: as many of each kind as the table says')
    tap.is_(counts.total(), started, 'all cases together: every request accounted')
    tap.is_(seen, seen_started, 'all cases together: the servers saw every request that was started')


def test_each_behaviour_has_a_case():
    """Those that are not in the table above have a test of their own below, or are for whole runs."""
    elsewhere = {'changing_page', 'growing_page', 'megabyte_ends_wrong', 'speaks_one_version', 'closes_every', 'drops_every',
                 'halts_every', 'halts_from', 'serves_few', 'slow', 'speaks_unasked', 'starts_busy', 'starts_slowly', 'starts_wrong',
                 'dies', 'out_of_memory', 'spins', 'leaves_children'}
    tap.is_(set(BEHAVIOURS) - {case.behaviour for case in CASES}, elsewhere, 'no behaviour is left untried')


def documented():
    """The kinds that docs/faults.md says are counted, by behaviour, and whether it says that the cell is valid."""
    with open(os.path.join(ROOT, 'docs', 'faults.md'), encoding='utf-8') as file:
        rows = re.findall(r'^\| `(\w+)` \| [^|]* \| ([^|]*) \| ([^|]*) \|$', file.read(), re.M)
    return {name: (set(re.findall(r'`(\w+)`', counted)), validity) for name, counted, validity in rows}


def test_each_case_is_documented():
    """Those with --check ask for something else than what the table is about."""
    rows = documented()
    for case in CASES:
        if '--check' in case.options:
            continue
        counted, validity = rows.get(case.behaviour, (set(), ''))
        kinds = set(case.counts) - {'closed'} | ({'reset', 'eof_early'} if 'closed' in case.counts else set())
        name = 'docs/faults.md, %s: ' % case.behaviour
        tap.is_(counted, kinds, name + 'what is counted')
        tap.ok(validity.startswith('valid' if 'ok' in kinds else '`no_answers`'), name + 'validity', validity)


def test_keepalive_connections():
    _, cell, *_ = Case('good', '-m', 'keepalive', ok=40, n=40, c=4).run()
    tap.is_(cell['connects'], 4, 'four connections carry all')
    _, cell, *_ = Case('closes_every', '-m', 'keepalive', ok=28, n=28, c=1, argument=7).run()
    tap.is_(cell['connects'], 4, 'each 7th announced as the last: four connections, nothing failed')
    _, cell, *_ = Case('until_close', '-m', 'keepalive', ok=6, n=6, c=2).run()
    tap.is_(cell['connects'], 6, 'an end that is the end of the connection: one each')
    _, cell, *_ = Case('good', ok=40, n=40, c=4).run()
    tap.is_(cell['connects'], 40, 'close mode: one each')


def test_keepalive_that_drops_every_7th():
    with Faulty('drops_every', argument=7) as server:
        outcome, cell = load(server.url, '-m', 'keepalive', '-n', '21', '-c', '1')
        right = server.right - PROBES
    tap.ok(conserved(cell) and cell['started'] == 21, 'conserved', cell)
    tap.is_(cell['ok'], right, 'ok is what the server answered')
    tap.ok(set(cell['failed']) <= {'eof_early', 'reset'}, 'what was asked on a dropped connection is eof_early or reset',
           cell)
    tap.is_(outcome.code, 0, 'exit code')


def buckets_of(text):
    """The counts of a histogram by the smallest value of their bucket, in ns; as harness/lib/hist.h lays them out."""
    counts = {}
    for word in text.split()[3:]:
        if word.startswith('@'):
            bucket = int(word[1:])
            continue
        dropped = max(bucket // 128 - 1, 0)
        counts[(bucket - 128 * dropped) << dropped] = int(word)
        bucket += 1
    return counts


def test_slow_after_many():
    """10,000 good responses, then slow ones: slow is not wrong, and no average hides it."""
    many, slow = 10000, 20
    with Faulty('slow', good_first=PROBES + many) as server:
        _, cell = load(server.url, '-m', 'keepalive', '-n', str(many + slow), '-c', '1', '--timeout', LONG)
        seen = server.requests - PROBES
    tap.is_((cell['ok'], cell['failed'], seen), (many + slow, {}, many + slow), 'slow after many: counts')
    judged(cell, 'slow after many')
    latency = cell['latency_ns']
    tap.ok(latency['p999'] >= 50e6 * 127 / 128 and latency['max'] >= 50e6, 'slow after many: they are above p99.9', latency)
    tap.ok(latency['p50'] <= latency['p90'] <= latency['p99'] <= latency['p999'] <= latency['max'] and
           latency['mean'] <= latency['max'], 'slow after many: quantiles in order', latency)
    buckets = buckets_of(cell['latency_histogram'])
    tap.is_(sum(buckets.values()), many + slow, 'slow after many: all are in the histogram')
    tap.ok(sum(count for low, count in buckets.items() if low >= 50e6 * 127 / 128) >= slow,
           'slow after many: the slow ones stand in it as such', buckets)


def test_page_that_changes():
    """Two differing probes are enough to see it, and the closest check that fits is named: nothing is measured."""
    for behaviour, options, fits in [('changing_page', [], '--check length'), ('changing_page', ['--check', 'length'], None),
                                     ('changing_page', ['--check', 'status'], None),
                                     ('growing_page', [], '--check status'),
                                     ('growing_page', ['--check', 'length'], '--check status'),
                                     ('growing_page', ['--check', 'status'], None)]:
        with Faulty(behaviour, good_first=0) as server:
            outcome, cell = load(server.url, '-n', str(N), '-c', '2', *options)
            asked = server.requests
        name = ' '.join([behaviour] + options)
        if fits:
            tap.is_((outcome.code, cell, asked), (3, None, PROBES), name + ': exit code, no cell, nothing more asked')
            tap.has(outcome.err, ['the page changes by itself', fits], name + ': message')
        else:
            tap.is_((cell['ok'], cell['failed']), (N, {}), name + ': counts')
            tap.ok('changes by itself' not in outcome.err, name + ': no message where all is well', outcome)


def test_windows_by_time():
    for behaviour, options in [('good', []), ('good', ['-m', 'keepalive']), ('wrong_body_every', []),
                               ('wrong_body_every', ['-m', 'keepalive']), ('closes_every', ['-m', 'keepalive']),
                               ('drops_every', ['-m', 'keepalive']), ('reset_after', [])]:
        name = ' '.join(['by time:', behaviour] + options)
        with Faulty(behaviour, argument=7) as server:
            outcome, cell = load(server.url, '-t', '1', '-c', '8', '-d', '100ms', '--warmup', '20ms', *options)
            sent = cell and cell['started_before'] + cell['started'] + cell['started_after']
            drops = behaviour == 'drops_every'  # requests, unread
            until(lambda: drops or server.requests >= sent + PROBES)
            seen = server.requests - PROBES
        if not drops:
            tap.is_(seen, sent, name + ': the server saw each request of ramp, warmup, window and after it')
        tap.ok(outcome.code == 0 and cell and conserved(cell), name + ': conserved', outcome)
        tap.ok(cell['window_s'] >= 0.1 and cell['ok'] > 0, name + ': at least the window that was asked', cell)
        tap.ok(0 <= cell['in_flight_start'] <= 8 and 0 <= cell['in_flight_end'] <= 8,
               name + ': no more in flight than the level', cell)
        # Not below what both started and ended in the window of its one thread, not above all that was under way in it.
        counted, low, high = cell['rate_rps'] * cell['window_s'], cell['ok'] - cell['in_flight_start'], cell['ok'] + cell['in_flight_end']
        tap.ok(low * (1 - 1e-6) <= counted <= high * (1 + 1e-6), name + ': rate is ok by time', cell)


def test_closes_and_drops():
    """Whichever side closes a connection, and when, must not become waiting that looks like the server's."""
    with Faulty('ignores_close') as server:
        outcome, cell = load(server.url, '-c', '4', '-n', '400')
        text = place.bench('load', '-c', '4', '-n', '400', server.url).out
    tap.ok(cell and cell['ok'] == 400 and cell['close_ignored'] > 300, 'ignores the close: counted, and not waited for', outcome)
    # Four connections that wait for a second each would have 4 responses a second.
    tap.ok(cell['rate_rps'] > 20, 'ignores the close: the rate is of the work, not of the waiting', cell)
    tap.has(text, 'connections that the server should have closed were closed by the client', 'ignores the close: said so')
    with Faulty('drops_every', argument=3) as server:
        outcome, cell = load(server.url, '-c', '4', '-n', '400', '-m', 'keepalive')
        text = place.bench('load', '-c', '4', '-n', '400', '-m', 'keepalive', server.url).out
    tap.ok(cell and conserved(cell) and cell['ok'] + sum(cell['failed'].values()) == 400 and cell['dropped_unannounced'] > 50,
           'drops without announcement: counted, and opened again', outcome)
    # Four connections that rest for half a second after each third response would have 24 a second.
    tap.ok(cell['rate_rps'] > 60, 'drops without announcement: the rate is of the work, not of the resting', cell)
    tap.has(text, ['connections were dropped without announcement', 'turn on keep-alive in the server'],
            'drops without announcement: what to do')


def test_serves_few():
    """Two of 64 connections are served, and the others wait: that is said, and Little's law holds all the same."""
    with Faulty('serves_few', argument=2) as server:
        words = ['-c', '64', '-m', 'keepalive', '-d', '300ms', '--max-ramp', '300ms', '--timeout', LONG]
        outcome, cell = load(server.url, *words)
        text = place.bench('load', *words, server.url).out
    tap.ok(cell and cell['ok'] and cell['fairness']['never_served'] == 62, 'serves few: 62 of 64 are never served', outcome)
    tap.ok(abs(cell['concurrency']['mean'] - 64) < 1 and 'little' not in cell['invalid'],
           "serves few: all of them are in flight, and Little's law holds", cell)
    tap.has(text, '2 of 64 connections were ever served', 'serves few: said so')


def test_large_body():
    """A megabyte, of which the last byte alone is wrong: each byte is compared, whatever the length."""
    for client in 'epoll', 'uring', 'seq', 'curl':
        for right, counts in (PROBES + 5, (5, {})), (PROBES, (0, {'bad_body': 5})):
            with Faulty('megabyte_ends_wrong', good_first=0, argument=right) as server:
                _, cell = load(server.url, '--client', client, '-n', '5')
            tap.is_(cell and (cell['ok'], cell['failed']), counts, '%s: a megabyte, %d of 5 right: counts' % (client, counts[0]))


def test_version_of_http():
    """The request, as the server reads it; and a server that accepts only one version."""
    connections = {('1.1', 'close'): ['Connection: close'], ('1.1', 'keepalive'): [],
                   ('1.0', 'close'): [], ('1.0', 'keepalive'): ['Connection: keep-alive']}
    for (version, mode), lines in connections.items():
        for client in ['epoll', 'uring', 'seq', 'curl'] if mode == 'close' else ['epoll', 'uring']:
            name = 'HTTP/%s, %s, %s: ' % (version, mode, client)
            with Faulty('speaks_one_version', good_first=0, argument=int(version[-1])) as server:
                _, cell = load(server.url, '--client', client, '-m', mode, '-n', '9', *([] if version == '1.1' else ['--http', version]))
                heads = server.heads
            tap.is_(cell and (cell['ok'], cell['failed']), (9, {}), name + 'accepted')
            tap.is_({head[0] for head in heads}, {'GET / HTTP/' + version}, name + 'the request line, of probes too')
            tap.is_([[line for line in head if line.startswith('Connection:')] for head in heads], [lines] * len(heads),
                    name + 'the Connection header')
    with Faulty('speaks_one_version', good_first=0, argument=0) as server:
        outcome, cell = load(server.url, '-n', '9')
    tap.ok(outcome.code == 3 and not cell and 'status 505' in outcome.err, 'HTTP/1.1 where only 1.0 is accepted: refused', outcome)


def test_several_addresses():
    """Of a name with several addresses the first that takes a connection is measured, and shown."""
    hosts = place.file('hosts', '::1 many\n127.0.0.2 many\n127.0.0.1 many\n')
    own_hosts = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
    if place.command(*own_hosts, 'true').code:
        raise tap.Skip('no mount namespace here')
    for address in '::1', '127.0.0.2', '127.0.0.1':
        try:
            server = Faulty('good', address=(address, 0))
        except OSError:
            tap.note('no address %s here' % address)
            continue
        shown = '%s:%d' % ('[::1]' if ':' in address else address, server.port)
        with server:
            words = ['load', '-n', '9', 'http://many:%d/' % server.port]
            text = place.command(*own_hosts, BENCHCTL, *words)
            cell = json.loads(place.command(*own_hosts, BENCHCTL, *words, '--json').out or '{}')
        tap.has(text.out, 'status 200 from ' + shown, 'several addresses: %s is in the text' % address)
        tap.is_((cell.get('address'), cell.get('ok'), cell.get('failed')), (shown, 9, {}), 'several addresses: %s is in the JSON' % address)


def test_user_information():
    """It reaches the server as a header, and is in no output, no file and no list of processes."""
    secret, coded = 'open%20sesame', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ=='  # RFC 7617, section 2

    def hidden(text):
        return not any(word in text for word in ('sesame', 'Aladdin', coded))

    def with_user(server):
        return server.url.replace('//', '//Aladdin:%s@' % secret)

    for client in 'epoll', 'uring', 'seq', 'curl':
        with Faulty('good') as server:
            raw = place.file('raw-%s' % client)
            outcomes = [place.bench('load', '-n', '5', '--client', client, *words, with_user(server))
                        for words in (['--json', '--raw', raw], [])]
            heads = server.heads
        tap.ok(all(outcome.code == 0 and server.url in outcome.out for outcome in outcomes), client + ': user: measured', outcomes)
        tap.ok(all('Authorization: Basic ' + coded in head for head in heads), client + ': user: in each request', heads)
        tap.ok(all(hidden(outcome.out + outcome.err) for outcome in outcomes), client + ': user: in no output', outcomes)
        with open(raw, encoding='utf-8') as file:
            tap.ok(hidden(file.read()), client + ': user: in no file')
        with Faulty('stall_before') as server:
            process = place.start(BENCHCTL, 'load', '-n', '1', '--client', client, '--timeout', TIMEOUT, with_user(server))
            until(lambda: server.requests)
            with open('/proc/%d/cmdline' % process.pid, encoding='utf-8') as file:
                tap.ok(hidden(file.read()), client + ': user: not in the list of processes')
            outcome = place.end(process)
        tap.ok(outcome.code == 3 and hidden(outcome.out + outcome.err), client + ': user: not where all fails', outcome)
    with Faulty('status_404', good_first=0) as server:
        outcome, _ = load(with_user(server), '-n', '5')
    tap.ok(outcome.code == 3 and server.url in outcome.err and hidden(outcome.out + outcome.err), 'user: in no message', outcome)
    tap.ok(all(hidden(place.read(name)) for name in os.listdir(place.path) if os.path.isfile(place.file(name))), 'user: in no file here')


def test_counted_requests_are_valid():
    """The end of counted requests, when some connections have nothing left to do, is not judged: valid each time."""
    command = [os.path.join(ROOT, 'build', 'servers', 'control')]
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    server = place.start(*command, env=place.environment(BENCH_PORT=str(port)), stderr=subprocess.DEVNULL)
    url = 'http://127.0.0.1:%d/' % port
    tap.ok(until(lambda: place.bench('load', '-n', '1', url).code == 0), 'counted: the control server is ready')
    for mode, times in ('close', 2), ('keepalive', 10):
        cells = [load(url, '-c', '100', '-n', '5000', '-m', mode)[1] for _ in range(times)]
        tap.is_([cell['ok'] for cell in cells], [5000] * times, 'counted, %s: all of them' % mode)
        tap.is_([set(cell['invalid']) for cell in cells], list(map(paused, cells)), 'counted, %s: valid each time, unless paused' % mode)
        done = place.bench('load', '-c', '100', '-n', '5000', '-m', mode, url)
        tap.ok(done.code == 0 and 'right responses; the rate is that of' in done.out and 'ended in the window' not in done.out,
               'counted, %s: all are not held against the rate of a part of them' % mode, done)
    server.terminate()
    place.end(server)


def test_local_server():
    """Of a server on this machine, whether it shares a CPU with the client; of any other, nothing is said."""
    cpus = sorted(os.sched_getaffinity(0))
    cases = [('one CPU', cpus[:1], cpus[:1], 1), ('unpinned', cpus, cpus, None)]
    if len(cpus) > 1:
        cases.append(('apart', cpus[:1], cpus[1:2], 0))
    for name, server_cpus, client_cpus, shared in cases:
        server = place.start(PYTHON, FAULTY, 'good', env=place.environment(BENCH_PORT='0'),
                             preexec_fn=lambda: os.sched_setaffinity(0, server_cpus))
        port = until(lambda: listening_port(server.pid))
        words = [BENCHCTL, 'load', '-c', '2', '-d', '50ms', 'http://127.0.0.1:%d/' % port]
        outcomes = [place.command(*words, *more, preexec_fn=lambda: os.sched_setaffinity(0, client_cpus))
                    for more in (['--json'], [])]
        server.kill()
        place.end(server)
        cell = json.loads(outcomes[0].out or '{}')
        tap.is_(cell.get('shared_cpus'), shared if len(cpus) > 1 or shared is not None else 1, 'local server, %s: shared CPUs' % name)
        tap.is_('shared_cpu' in cell['invalid'], bool(cell.get('shared_cpus')), 'local server, %s: validity' % name)
        tap.is_('may both run on CPU' in outcomes[1].out, name == 'unpinned' and len(cpus) > 1, 'local server, %s: note' % name)
        tap.is_('client and server can run on the same CPU' in outcomes[1].out, bool(cell.get('shared_cpus')),
                'local server, %s: reason' % name)


def listening_port(pid):
    """The port that a process listens on, or None."""
    inodes = set()
    for entry in os.scandir('/proc/%d/fd' % pid):
        try:
            inodes.add(os.readlink(entry.path))
        except FileNotFoundError:
            continue  # closed meanwhile
    with open('/proc/%d/net/tcp' % pid, encoding='ascii') as file:
        rows = [line.split() for line in file.readlines()[1:]]
    ports = [int(row[1].split(':')[1], 16) for row in rows if row[3] == '0A' and 'socket:[%s]' % row[9] in inodes]
    return ports[0] if ports else None


def test_verbosity():
    with Faulty('good') as server:
        words = ['-c', '2', '-d', '50ms', server.url]
        plain, verbose, quiet = (place.bench('load', *more, *words) for more in ([], ['--verbose'], ['--quiet']))
    tap.is_((plain.err, quiet.err), ('', ''), 'load has no progress as a rule')
    tap.has(verbose.err, ['benchctl load: ' + step for step in ('opening the connections', 'warming up', 'measuring', 'the window is over')],
            'load --verbose: a line for each step')


def test_hang_is_told():
    """A window by time against a server that hangs: reported as it happens, and over after the window, --timeout and the drain."""
    with Faulty('stall_before', good_first=3) as server:
        outcome, cell = load(server.url, '-c', '2', '-d', '100ms', '--timeout', '2500ms', '--max-window', '1m')
    tap.ok(outcome.code in (0, 3) and cell and conserved(cell), 'hangs: ends', outcome)
    tap.has(outcome.err, 'no right response for', 'hangs: told as it happens')
    tap.ok(cell['window_s'] < 1, 'hangs: the window is not longer for it', cell)


def test_probe_hang_is_told():
    """The requests before the measurement: reported as it happens, and over after --timeout, though the server would go on."""
    for good, code in (0, 3), (1, 3):  # the first request hangs, and the second, after which all do
        with Faulty('stall_before', good_first=good) as server:
            outcome = place.bench('load', '-n', '1', '--timeout', '2500ms', server.url)
            quiet = place.bench('load', '-n', '1', '--timeout', '2500ms', '--quiet', server.url) if not good else None
        name = 'request %d before the measurement hangs: ' % (good + 1)
        tap.is_(outcome.code, code, name + 'exit code')
        tap.has(outcome.err, 'no right response for 2s; a request may take 2500ms (--timeout)', name + 'told as it happens')
        if quiet:
            tap.has(outcome.err, 'no response in time', name + 'given up by --timeout')
            tap.ok('may take' not in quiet.err and 'no response in time' in quiet.err, name + '--quiet has the error alone', quiet)


def test_sequential_clients():
    for client in 'seq', 'curl':
        for behaviour, ok, failed in [
                ('good', 20, {}), ('chunked', 20, {}), ('continue_first', 20, {}), ('until_close', 20, {}),
                ('wrong_body', 0, {'bad_body': 20}), ('status_502', 0, {'bad_status': 20}),
                ('reset_before', 0, {'reset': 20}), ('eof_in_body', 0, {'eof_early': 20}),
                ('garbage', 0, {'bad_http': 20}), ('refuses', 0, {'refused': 20})]:
            with Faulty(behaviour) as server:
                outcome, cell = load(server.url, '--client', client, '-n', '20', '--timeout', LONG)
            name = '%s: %s' % (client, behaviour)
            if tap.ok(cell, name + ': prints a cell', outcome):
                tap.is_((cell['ok'], cell['failed']), (ok, failed), name + ': counts')
                tap.ok(conserved(cell) and cell['started'] == 20, name + ': conserved', cell)
        with Faulty('stall_in_body') as server:
            _, cell = load(server.url, '--client', client, '-n', '1', '--timeout', TIMEOUT)
        tap.is_((cell['ok'], cell['failed']), (0, {'timeout': 1}), client + ': stall_in_body: counts')


def test_first_answer():
    """The right response is learned from the first: where there is none, nothing can be measured."""
    for behaviour, words in [
            ('reset_before', 'Connection reset by peer'), ('eof_before', 'ended before the response did'),
            ('eof_in_body', 'ended before the response did'), ('garbage', 'not valid HTTP'),
            ('length_negative', 'not valid HTTP'), ('endless_headers', 'not valid HTTP'),
            ('endless_body', 'longer than 64 MiB'), ('stall_in_head', 'no response in time'),
            ('status_502', 'status 502'), ('status_404', 'status 404'), ('status_301', 'say --expect-status 301')]:
        wait = TIMEOUT if behaviour.startswith('stall') else LONG
        with Faulty(behaviour, good_first=0) as server:
            outcome, cell = load(server.url, '-n', '10', '--timeout', wait)
        tap.is_((outcome.code, cell), (3, None), 'first answer, %s: exit code' % behaviour)
        tap.has(outcome.err, ['benchctl load: ' + server.url, words], 'first answer, %s: message' % behaviour)
    holder = socket.socket()
    holder.bind(('127.0.0.1', 0))  # and never listens, so that nobody else can either
    outcome, _ = load('http://127.0.0.1:%d/' % holder.getsockname()[1])
    holder.close()
    tap.is_(outcome.code, 3, 'no listener: exit code')
    tap.has(outcome.err, ['127.0.0.1:', 'Connection refused'], 'no listener: message')


def test_readable_output():
    with Faulty('wrong_body_every', argument=50) as server:
        outcome = place.bench('load', '-n', '100', '-c', '2', server.url)
    tap.is_(outcome.code, 0, 'text: exit code')
    tap.has(outcome.out, [server.url, 'requests/s', '98 right responses', '2 failed', 'bad_body', 'first wrong response',
                          'p99.9'], 'text: figures')


# As hist.h has it: a bucket is at most so much of its values wide.
RELATIVE_ERROR = 1 / 128
QUANTILES = {'p50': 0.5, 'p90': 0.9, 'p99': 0.99, 'p999': 0.999}


def test_raw_latencies():
    """The histogram's figures against an exact sort of the same values."""
    for number, (behaviour, options) in enumerate([
            ('good', ['-n', '2000', '-c', '8', '-t', '2']),
            ('good', ['-n', '2000', '-c', '3', '-t', '2', '-m', 'keepalive']),
            ('good', ['-n', '3', '-c', '2']),
            ('good', ['-c', '4', '-d', '200ms', '--warmup', '20ms']),
            ('good', ['-c', '4', '-d', '200ms', '--warmup', '20ms', '-m', 'keepalive']),
            ('wrong_body_every', ['-n', '200', '-c', '2']),  # the wrong ones have no latency
            ('good', ['-n', '300', '--client', 'seq']),
            ('good', ['-d', '100ms', '--warmup', '20ms', '--client', 'seq']),
            ('good', ['-n', '300', '--client', 'curl'])]):
        name = ' '.join(['raw:', behaviour] + options)
        file = 'raw-%d' % number
        with Faulty(behaviour, argument=7) as server:
            outcome, cell = load(server.url, '--raw', place.file(file), *options)
        if not tap.ok(outcome.code == 0 and cell and not outcome.err, name + ': runs', outcome):
            continue
        lines = place.read(file).splitlines()
        count = int(cell['latency_histogram'].split()[0])
        tap.is_(len(lines), count, name + ': a line for each latency')
        if '-n' in options:
            tap.is_(count, cell['ok'], name + ': one of each right response')
        else:  # of those that started in the window, whenever they ended
            tap.ok(abs(count - cell['ok']) <= 4 and count <= cell['started'], name + ': of what started in the window', cell)
        tap.ok(all(line.isdecimal() for line in lines), name + ': whole numbers', lines)
        exact = sorted(map(int, lines))
        latency = cell['latency_ns']
        for quantile, q in QUANTILES.items():
            right = exact[math.ceil(q * len(exact)) - 1]
            tap.ok(abs(latency[quantile] - right) <= right * RELATIVE_ERROR, '%s: %s' % (name, quantile),
                   (latency[quantile], right))
        tap.is_(latency['max'], exact[-1], name + ': max is exact')
        tap.ok(math.isclose(latency['mean'], math.fsum(exact) / len(exact), rel_tol=1e-8), name + ': mean',
               (latency['mean'], math.fsum(exact) / len(exact)))


def test_raw_file():
    """The file of the latencies: errors are reported before anything is measured, and nothing else is overwritten."""
    file = place.file('latencies', 'precious')
    with Faulty('good') as server:
        for path, words in [(file, 'exists already'), (place.file('none/latencies'), 'No such file or directory'),
                            (place.path, 'Is a directory')]:
            outcome, cell = load(server.url, '-n', '10', '--raw', path)
            tap.is_((outcome.code, cell, server.requests), (2, None, 0), 'raw: %s: exit code, nothing asked' % words)
            tap.has(outcome.err, ['benchctl load: --raw: ' + path, words], 'raw: %s: message' % words)
        tap.is_(place.read('latencies'), 'precious', 'raw: what exists is left as it is')
        outcome, cell = load(server.url, '-n', '10', '--raw', '/dev/full')
        tap.ok(outcome.code == 3 and cell and cell['ok'] == 10, 'raw: disk full: exit code, and the cell is printed', outcome)
        tap.has(outcome.err, 'benchctl load: /dev/full: No space left on device', 'raw: disk full: message')
        outcome = place.bench('load', '--json', '-n', '10', '--raw', '/dev/stdout', server.url)
        tap.ok(outcome.code == 0 and len(outcome.out.splitlines()) == 11, 'raw: a pipe', outcome)
    with Faulty('status_404', good_first=0) as server:
        outcome, _ = load(server.url, '-n', '10', '--raw', place.file('unused'))
    tap.ok(outcome.code == 3 and not os.path.exists(place.file('unused')),
           'raw: where nothing could be measured, no empty file is left', outcome)


def test_usage():
    url = 'http://127.0.0.1:1/'
    for words, message in [
            (['nonsense url'], 'URL'),
            ([''], 'URL'),
            (['ftp://127.0.0.1/'], 'only http:// and https:// are supported'),
            (['http://127.0.0.1:99999/'], 'URL'),
            ([], 'URL is missing'),
            ([url, url], 'too many operands'),
            (['--frobnicate', url], 'unknown option --frobnicate'),
            (['-z', url], 'unknown option -z'),
            (['-c', '0', url], "--connections: '0' is less than 1"),
            (['-c', '-1', url], 'not a whole number'),
            (['-c', '1e3', url], 'not a whole number'),
            (['-c', '99999999999', url], 'is more than'),
            (['-n', 'many', url], '--requests'),
            (['-d', '5', url], 'not a duration'),
            (['-d', '0s', url], 'is less than'),
            (['-d', '1parsec', url], 'not a duration'),
            (['-d', '', url], 'not a duration'),
            (['--duration=2000h', url], '--duration'),
            (['--timeout', '-1s', url], 'not a duration'),
            (['-m', 'sometimes', url], 'is not one of: close, keepalive'),
            (['--check', 'hash', url], 'is not one of: exact|length|status'),
            (['--client', 'nobody', url], "no client 'nobody'"),
            (['--client', 'seq', '-c', '2', url], 'one connection at a time'),
            (['--client', 'seq', '-m', 'keepalive', url], '--client seq opens a connection for each request: --mode close'),
            (['--client', 'curl', '-m', 'keepalive', url], '--client curl opens a connection for each request: --mode close'),
            (['--http', '2', url], 'is not one of: 1.1, 1.0'),
            (['--rate', '100', '-m', 'crowd', url], '--rate goes with modes close and keepalive'),
            (['--rate', '100', '--client', 'seq', url], '--rate goes with modes close and keepalive of a client of many'),
            (['--rate', '100', '-c', '5', url], 'with --rate, --max-connections bounds them'),
            (['--json=yes', url], 'takes no value'),
            ([url, '-n'], 'needs a value')]:
        outcome = place.bench('load', *words)
        name = 'load ' + ' '.join(words).replace(url, 'URL')
        tap.is_((outcome.code, outcome.out), (2, ''), name + ': exit code, and nothing on stdout')
        tap.has(outcome.err, ['benchctl load: ', message], name + ': message')
        tap.ok(outcome.err.count('\n') == 1, name + ': one line', outcome)
    outcome = place.bench('load', '--help')
    tap.ok(outcome.code == 0 and 'usage: benchctl load' in outcome.out and not outcome.err, 'load --help', outcome)
    outcome = place.bench('frobnicate')
    tap.ok(outcome.code == 2 and "no command 'frobnicate'" in outcome.err, 'unknown command', outcome)
    tap.is_(place.bench().code, 2, 'no command')


def test_no_io_uring():
    """Where the kernel refuses it: measured with epoll, with a message; with auto without one."""
    for number, words in [(errno.EPERM, 'io_uring is forbidden here'), (errno.ENOSYS, 'this kernel has no io_uring'),
                          (errno.EINVAL, 'too old: Linux 6.1 is needed')]:
        for client in 'uring', 'auto':
            with Faulty('good') as server:
                outcome = place.bench('load', '--json', '--client', client, '-n', '20', '-c', '4', server.url,
                                      preexec_fn=lambda: forbid(IO_URING_SETUP, number))
            name = '%s, io_uring_setup fails with %s: ' % (client, errno.errorcode[number])
            tap.is_(outcome.code, 0, name + 'exit code')
            cell = json.loads(outcome.out)
            tap.is_((cell['client'], cell['ok']), ('epoll', 20), name + 'measured with epoll, and the cell says so')
            said = 'benchctl load: measuring with client epoll instead of uring: ' in outcome.err and words in outcome.err
            tap.ok(said if client == 'uring' else not outcome.err, name + 'message', outcome)


def test_no_bind():
    """
    On Linux 6.1 to 6.10 a connection of io_uring cannot have a source address of its own, which more than 8192 need: they
    are measured with epoll. Here the kernel's answer as to what it can do is kept from the program.
    """
    if not os.path.exists(FAIL):
        raise tap.Skip('there is no ' + FAIL)
    environment = place.environment(LD_PRELOAD=FAIL, BENCHCTL_FAIL='io_uring_get_probe_ring:1+:%d' % errno.ENOMEM)
    for most, wanted in (8192, 'uring'), (8193, 'epoll'):
        for client in 'uring', 'auto':
            with Faulty('good') as server:
                outcome = place.bench('load', '--json', '--client', client, '--rate', '1000', '-n', '20', '--max-connections',
                                      str(most), server.url, env=environment)
            name = '%s, %d connections, no IORING_OP_BIND: ' % (client, most)
            if not tap.is_(outcome.code, 0, name + 'exit code'):
                tap.note(outcome)
                continue
            cell = json.loads(outcome.out)
            tap.is_((cell['client'], cell['ok']), (wanted, 20), name + 'measured')
            said = 'epoll instead of uring: more than 8192 connections need Linux 6.11' in outcome.err
            tap.is_(said, (client, wanted) == ('uring', 'epoll'), name + 'message')
    place.file('bench.conf', '[server control]\ncommand = "%s/build/servers/control"\n' % ROOT)
    for words in ['-c', '2,8193'], ['--rate', '100', '--max-connections', '8193']:
        outcome = place.bench('run', '--client', 'uring', '--out', '../x', *words, env=environment)
        tap.has(outcome.err, 'epoll instead of uring: more than 8192 connections', 'run %s: the highest level counts' % words[0])


def test_hang_is_bounded():
    """A number of requests that would take for ever: the window ends when no more responses come."""
    for client in 'epoll', 'uring', 'seq', 'curl':
        with Faulty('stall_before', good_first=PROBES + 10) as server:
            outcome, cell = load(server.url, '--client', client, '-n', '1000', '--timeout', '200ms', '-d', '100ms',
                                 '--max-window', '300ms')
        name = 'hangs for ever, %s: ' % client
        tap.ok(outcome.code == 0 and cell, name + 'ends', outcome)
        tap.ok(cell['ok'] == 10 and cell['failed'].keys() == {'timeout'} and cell['started'] < 1000 and conserved(cell),
               name + 'with what there was', cell)


# What every engine must do alike.
OF_ENGINES = [test_each_behaviour, test_keepalive_connections, test_keepalive_that_drops_every_7th, test_slow_after_many,
              test_page_that_changes, test_windows_by_time, test_closes_and_drops, test_serves_few,
              test_counted_requests_are_valid, test_hang_is_told]

with Place() as place:
    for engine in 'epoll', 'uring':
        tap.note('client ' + engine)
        tap.checks(OF_ENGINES)
    engine = 'epoll'
    tap.checks([value for name, value in sorted(globals().items())
                if name.startswith('test_') and value not in OF_ENGINES])
tap.done()
