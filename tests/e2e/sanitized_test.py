#!/usr/bin/python3
"""One small run, and loads on a server that misbehaves, by each build with a sanitizer: no report. Prints TAP."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import Faulty
from helper.program import FAIL, ROOT, Place, cell_key, conserved, faulty_section, sanitizer_reports

CONTROL = '[server control]\ncommand = "%s/build/servers/control"\n\n' % ROOT
LONG = '60s'


class Variant:
    """A build with sanitizers: what it calls of them, and what it runs with. A report has an exit code of its own."""

    def __init__(self, name, symbols, prefix=(), **environment):
        self.name, self.symbols, self.prefix, self.environment = name, symbols, list(prefix), environment
        self.program = os.path.join(ROOT, 'build', name, 'benchctl')


def fixed_addresses():
    """ThreadSanitizer of gcc 12 does not run where the kernel draws addresses from more than 28 bits."""
    words = ['setarch', '-R']
    return words if subprocess.run(words + ['true'], stderr=subprocess.DEVNULL).returncode == 0 else []


VARIANTS = [
    Variant('address-undefined', [b'__asan_report_load8', b'__ubsan_handle_add_overflow'],
            ASAN_OPTIONS='exitcode=66:detect_leaks=1',
            UBSAN_OPTIONS='halt_on_error=1:exitcode=66:print_stacktrace=1'),
    # It takes a descriptor for one of the whole process, and would see a race between two threads that have the same
    # number in file tables of their own. So here close_range() unshares no table: all else is the engine as it is.
    Variant('thread', [b'__tsan_read8', b'__tsan_atomic32_load'], fixed_addresses(),
            TSAN_OPTIONS='exitcode=66', LD_PRELOAD=FAIL, BENCHCTL_FAIL='close_range:1+:0'),
]

if tap.QUICK:
    tap.skip_all('in make check-all')

place = variant = None  # of all tests


def bench(name, wanted, *words):
    name = '%s: %s' % (variant.name, name)
    outcome = place.command(*variant.prefix, variant.program, *words, env=place.environment(**variant.environment))
    tap.is_(outcome.code, wanted, name + ': exit code')
    tap.ok(not sanitizer_reports(outcome), name + ': no report', outcome.err[-4000:])
    return outcome


def test_sanitizers_report():
    """That the program has them: a leak, an overflow or a race would not pass unseen."""
    with open(variant.program, 'rb') as file:
        binary = file.read()
    for symbol in variant.symbols:
        tap.ok(symbol in binary, 'built with ' + symbol.decode())


def test_run():
    place.file('wrong.conf', faulty_section('wrong', 'wrong_body'))
    bench('run on a server that never starts', 3, 'run', '--conf', 'wrong.conf', '--out', 'wrong', '--port', '0', '-c', '1', '--ready', '2s')
    place.file('bench.conf', CONTROL + faulty_section('dying', 'dies', 40))
    outcome = bench('run', 3, 'run', '--out', 'r', '--port', '0', '-c', '1,4,64', '-m', 'close,keepalive',
                    '-d', '50ms', '--warmup', '10ms', '--max-window', '1s', '--timeout', '5s', '--ready', LONG)
    cells = place.document('r')['cells']
    tap.is_(len(cells), 2 * 7, 'run: all cells')
    tap.ok(all(conserved(cell) for cell in cells), 'run: no request lost', cells)
    good = [cell for cell in cells if cell['server'] == 'control']
    tap.is_(len({cell_key(cell) for cell in good}), 7, 'run: all cells of the control server')
    tap.ok(all(cell['ok'] > 0 and not cell['failed'] for cell in good), 'run: the control server is measured', good)
    tap.ok(all(not cell['valid'] and 'build' in cell['invalid'] for cell in cells),
           'run: no figure of this build is valid', cells)
    tap.ok(all('"build"' in line for line in place.lines('r')), 'run: nor in the ledger')
    tap.has(outcome.err, ['its figures are no benchmark', '0 of 14 cells valid'], 'run: says so')
    for words in ['table'], ['table', '--csv'], ['table', '--markdown'], ['plot']:
        bench(' '.join(words), 0, *words, 'results/r/run.json')


def test_loads():
    for behaviour, options, wanted in [
            ('good', ['-c', '8'], 0), ('good', ['-c', '8', '-m', 'keepalive'], 0),
            ('good', ['-c', '40', '-t', '4'], 0), ('good', ['-c', '40', '-t', '4', '-m', 'keepalive'], 0),
            ('good', ['--client', 'seq'], 0), ('good', ['--client', 'curl'], 0),
            ('good', ['-c', '40', '-t', '4', '--client', 'uring'], 0),
            ('good', ['-c', '40', '-t', '4', '-m', 'keepalive', '--client', 'uring'], 0),
            ('good', ['-c', '20', '-t', '2', '-m', 'crowd', '--active', '5'], 0),
            ('good', ['-c', '20', '-t', '2', '-m', 'crowd', '--active', '5', '--client', 'uring'], 0),
            ('good', ['--rate', '2000', '-t', '2', '-m', 'keepalive', '--arrivals', 'poisson'], 0),
            ('good', ['--rate', '2000', '-t', '2', '--client', 'uring'], 0),
            ('reset_mid', ['-c', '40', '--client', 'uring'], 3), ('endless_body', ['-c', '40', '--client', 'uring'], 3),
            ('stall_in_body', ['-c', '40', '--timeout', '2s', '--client', 'uring'], 3),
            ('late_bytes', ['-c', '4'], 0), ('chunked', ['-c', '4', '-m', 'keepalive'], 0),
            ('chunk_extension', ['-c', '4'], 0), ('chunk_size_beyond', ['-c', '40'], 3),
            ('wrong_body', ['-c', '4'], 3), ('wrong_length', ['-c', '4', '--check', 'status'], 0),
            ('reset_mid', ['-c', '40'], 3), ('eof_in_body', ['-c', '40'], 3), ('garbage', ['-c', '40'], 3),
            ('endless_headers', ['-c', '40'], 3), ('endless_body', ['-c', '40'], 3), ('length_beyond', ['-c', '40'], 3),
            ('no_content_with_body', ['-c', '40'], 3), ('two_answers', ['-c', '40', '-m', 'keepalive'], 3),
            ('stall_in_body', ['-c', '40', '--timeout', '2s'], 3), ('refuses', ['-c', '40'], 3)]:
        name = ' '.join(['load', behaviour] + options)
        with Faulty(behaviour) as server:
            outcome = bench(name, wanted, 'load', '--json', '-n', '40', '--timeout', LONG, *options, server.url)
        cell = json.loads(outcome.out)
        tap.ok(conserved(cell) and cell['started'] == 40, name + ': no request lost', cell)
        tap.ok('build' in cell['invalid'], name + ': not valid', cell)
    for behaviour in 'good', 'wrong_body_every', 'closes_every':
        for mode in 'close', 'keepalive':
            with Faulty(behaviour, good_first=40, argument=3) as server:
                bench('load by time: %s, %s' % (behaviour, mode), 0, 'load', '-c', '16', '-t', '3', '-d', '50ms',
                      '--warmup', '10ms', '-m', mode, '--max-window', '200ms', server.url)
    for behaviour in 'garbage', 'endless_body', 'status_502':
        with Faulty(behaviour, good_first=0) as server:
            bench('first answer: ' + behaviour, 3, 'load', server.url)


def test_bad_input():
    """The ways out that allocate half of something."""
    place.file('bench.conf', CONTROL)
    place.file('bad.conf', CONTROL + CONTROL)
    place.file('unknown.conf', CONTROL + 'colour = red\n')
    place.file('bad.json', '{"schema": 1, "cells": [{"server": "x"}]}')
    place.file('torn.json', '{"schema": 1, "cells": [{"ser')
    for words in [['run', '-c', '8..1'], ['run', '-c', '1..4,x'], ['run', '--servers', 'control,nobody'], ['run', '-d', '5'],
                  ['run', '--conf', 'bad.conf'], ['run', '--conf', 'unknown.conf'], ['run', '--mode', 'close,x'],
                  ['load', 'https://x/'], ['load', '-c', '0', 'http://x/'], ['load', '--client', 'x', 'http://127.0.0.1:1/'],
                  ['table', 'bad.json'], ['table', 'torn.json'], ['plot', 'bad.json'], ['table', 'gone.json'], ['frob']]:
        bench(' '.join(words), 2, *words)
    for words in ['help'], ['list', '--json'], ['list'], ['run', '--help'], ['--version']:
        bench(' '.join(words), 0, *words)


def not_built():
    raise tap.Skip('make SANITIZE=' + variant.name.replace('-', ','))


for variant in VARIANTS:
    if not os.access(variant.program, os.X_OK):
        tap.checks([not_built])
        continue
    with Place() as place:
        tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
