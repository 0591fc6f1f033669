#!/usr/bin/python3
"""A whole small run on real servers, and what is made of it: run.json, ledger, table, graphs. Prints TAP."""
import copy
import csv
import functools
import io
import json
import os
import re
import struct
import sys
import warnings
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.faulty import Faulty
from helper.program import CONF, ROOT, SCHEMA, Place, cell_key, conserved, faulty_section

import jsonschema

WANTED = ['control', 'state_threads', 'eventlet', 'tornado', 'node_js']
LEVELS = [1, 4, 64]
MODES = ['close', 'keepalive', 'crowd']
QUICK = ['--conf', CONF, '--port', '0', '--duration', '100ms', '--warmup', '20ms', '--max-window', '2s']

place = None  # of all tests

with open(SCHEMA, encoding='utf-8') as file:
    schema = json.load(file)
validator = jsonschema.Draft202012Validator(schema)


def evidence_faults(cell):
    """The evidence of a cell that is missing or contradicts the rest."""
    use = cell['server_use']
    count, longest, total = cell['latency_histogram'].split()[:3]
    right = {
        'the histogram holds each answer to what started in the window': cell['ok'] - cell['in_flight_start'] <= int(count) <= min(
            cell['started'], cell['ok'] + cell['in_flight_end']),
        'its longest is the latency\'s': int(longest) == cell['latency_ns']['max'],
        'its mean is the latency\'s': abs(float(total) / int(count) / cell['latency_ns']['mean'] - 1) < 1e-6,
        'the tenths hold each answer': sum(cell['tenths']) == cell['ok'],
        'user and system make up the CPU time': use['user_s'] is None or abs(
            (use['user_s'] + use['system_s']) * 1e6 / cell['ok'] / cell['server_cpu_us_per_request'] - 1) < 1e-3,
        'a process, a thread, files below their limit': use['processes'] >= 1 and use['threads'] >= use['processes'] and
        0 < use['files_max'] <= use['files_limit'] * use['threads'],
        'the peak of memory is no less than its end': use['peak_rss_bytes'] >= cell['server_rss_bytes'],
        'the client\'s CPU by user and system': all(
            abs(user + system - both) < 1e-6 for user, system, both in
            zip(cell['client_cpu_user'], cell['client_cpu_system'], cell['client_cpu'], strict=True)),
        'the kernel counted': cell['kernel']['ListenOverflows'] >= 0 and cell['kernel']['time_wait'] >= 0,
        'nothing censored at low levels': not cell['latency_censored'],
    }
    return [words for words, good in right.items() if not good]


def part(name):
    """A validator of one of the schema's definitions."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)
        resolver = jsonschema.RefResolver.from_schema(schema)
        return jsonschema.Draft202012Validator({'$ref': '#/$defs/' + name}, resolver=resolver)


def faults(check, document):
    return ['%s: %s' % ('.'.join(map(str, error.absolute_path)), error.message) for error in check.iter_errors(document)]


def undocumented(value, described, path=''):
    """The fields of a document that the schema does not describe."""
    if '$ref' in described:
        described = schema['$defs'][described['$ref'].rpartition('/')[2]]
    found = []
    if isinstance(value, dict):
        known = described.get('properties', {})
        for key, item in value.items():
            if key in known:
                found += undocumented(item, known[key], path + '.' + key)
            elif not isinstance(described.get('additionalProperties'), dict):
                found.append(path + '.' + key)
    elif isinstance(value, list):
        for item in value:
            found += undocumented(item, described.get('items', {}), path + '[]')
    return sorted(set(found))


def undescribed(described, path=''):
    """The fields of the schema without a description."""
    found = [] if 'description' in described or '$ref' in described else [path]
    for name, item in described.get('properties', {}).items():
        found += undescribed(item, path + '.' + name)
    for name, item in described.get('$defs', {}).items():
        found += undescribed(item, path + '/' + name)
    return found


@functools.lru_cache(None)
def listed():
    """What `list --json` says of bench.conf."""
    outcome = place.bench('list', '--json', '--conf', CONF)
    tap.is_(outcome.code, 0, 'list --json: exit code')
    return json.loads(outcome.out)


@functools.lru_cache(None)
def servers():
    """Those of WANTED that can run here."""
    available = {one['name'] for one in listed() if one['available']}
    for name in WANTED:
        if name not in available:
            tap.note('not here, and left out: ' + name)
    return [name for name in WANTED if name in available]


@functools.lru_cache(None)
def small():
    """The outcome of a run of all these servers, in results/small/."""
    return place.bench('run', *QUICK, '--servers', ','.join(servers()), '-c', ','.join(map(str, LEVELS)), '-m', ','.join(MODES),
                       '--active', '8', '--seed', '5', '--out', 'small')


def test_list():
    listing = listed()
    tap.ok(all(set(one) >= {'name', 'available', 'version', 'reason'} for one in listing), 'list --json: fields', listing)
    with open(CONF, encoding='utf-8') as file:
        names = re.findall(r'^\[server (\S+)\]', file.read(), re.M)
    tap.is_([one['name'] for one in listing], names, 'list --json: the servers of bench.conf, in its order')
    tap.ok(all(one['available'] == (one['reason'] is None) for one in listing), 'list --json: a reason where not', listing)
    available = {one['name'] for one in listing if one['available']}
    tap.ok('control' in servers(), 'the control server can run', listing)
    text = place.bench('list', '--conf', CONF)
    tap.is_(text.code, 0, 'list: exit code')
    tap.has(text.out, names + ['%d of %d servers can run here' % (len(available), len(names))], 'list: names all')


def test_run():
    outcome = small()
    if not tap.is_(outcome.code, 0, 'run: exit code'):
        tap.note(outcome)
    document = place.document('small')
    cells = document['cells']
    tap.is_(faults(validator, document), [], 'run.json is as docs/run.schema.json says')
    tap.is_(undocumented(document, schema), [], 'docs/run.schema.json describes every field')
    wanted = [(server, 'epoll', mode, level, 1) for server in servers() for mode in MODES for level in LEVELS]
    tap.is_(sorted(map(cell_key, cells)), sorted(wanted + [(server, 'seq', 'close', 1, 1) for server in servers()]),
            'each server, mode and level once, and the sequential client')
    tap.ok(all(map(conserved, cells)), 'no request lost in any cell', [c for c in cells if not conserved(c)])
    for cell in cells:
        name = '%s %s %s@%d: ' % (cell['server'], cell['client'], cell['mode'], cell['level'])
        good = ('error' not in cell and cell['ok'] > 0 and not cell['failed'] and cell['window_s'] >= 0.1 and
                cell['rate_rps'] > 0 and cell['latency_ns']['p50'] > 0 and cell['server_rss_bytes'] > 1e5 and
                cell['server_cpu_us_per_request'] > 0)
        tap.ok(good, name + 'has figures', cell)
        # What both started and ended in the window, and all that was under way in it.
        counted = (cell['ok'] - cell['in_flight_start'], cell['ok'] + cell['in_flight_end'])
        tap.ok(counted[0] * 0.95 < cell['rate_rps'] * cell['window_s'] < counted[1] * 1.05, name + 'the rate is within what was counted',
               cell)
        tap.is_(evidence_faults(cell), [], name + 'has its evidence')
        if cell['client'] == 'epoll':
            tap.ok(cell['ramp']['reached'] == cell['level'], name + 'the ramp reached all', cell['ramp'])
            tap.ok(cell['concurrency']['max'] <= cell['level'], name + 'never more in flight than the level', cell)
        if cell['mode'] == 'keepalive':
            tap.is_(cell['open_in_server']['max'], cell['level'], name + 'all connections open in the server')
    ledger = [json.loads(line) for line in place.lines('small')]
    tap.is_([faults(part('cell'), cell) for cell in ledger], [[]] * len(cells), 'cells.jsonl: each line is a cell')
    judged = {'valid': None, 'invalid': None, 'ceiling_rps': None}  # the ledger's are judged without the control server's cells
    tap.is_([dict(cell, **judged) for cell in ledger], [dict(cell, **judged) for cell in cells],
            'cells.jsonl: the cells of run.json, in the order of measuring')
    config = document['config']
    tap.is_([config[key] for key in ('concurrency', 'mode', 'active', 'duration', 'warmup', 'seed')],
            ['1,4,64', 'close,keepalive,crowd', '8', '100ms', '20ms', '5'], 'config: as asked')
    tap.is_([server['name'] for server in document['servers']], servers(), 'servers: those asked for')
    tap.is_(document['interrupted'], False, 'not interrupted')
    tap.has(outcome.out, servers() + ['results/small/run.json', 'results/small/cells.jsonl'], 'stdout: table and paths')
    tap.has(outcome.err, ['[%d/%d' % (len(cells), len(cells)), '%d cells valid' % len(cells)], 'stderr: progress, summary')
    tap.ok('\r' not in outcome.err and '\033' not in outcome.err, 'no terminal, no control characters', outcome.err)


def test_schema_refuses():
    """The schema can fail: what is wrong in a document is found."""
    tap.is_(undescribed(schema), [], 'every field is described')
    small()
    whole = place.document('small')
    for path, value in [(['schema'], 2), (['interrupted'], 'no'), (['cells', 0, 'level'], 0), (['cells', 0, 'ok'], -1),
                        (['cells', 0, 'rate_rps'], '12'), (['cells', 0, 'mode'], 'sometimes'), (['cells', 0, 'valid'], None),
                        (['cells', 0, 'failed'], {'tired': 1}), (['cells', 0, 'invalid'], ['tired']),
                        (['cells', 0, 'latency_ns', 'p50'], 'fast'), (['environment', 'cores'], 0),
                        (['servers', 0, 'name'], None), (['environment', 'date'], 'today'), (['config', 'seed'], 5)]:
        document = copy.deepcopy(whole)
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = value
        tap.ok(faults(validator, document), 'refused: %s = %r' % ('.'.join(map(str, path)), value))
    for key in schema['$defs']['cell']['required']:
        document = copy.deepcopy(whole)
        del document['cells'][0][key]
        tap.ok(faults(validator, document), 'refused: a cell without ' + key)


def test_load_prints_a_cell():
    with Faulty('wrong_body_every', argument=10) as server:
        cell = json.loads(place.bench('load', '--json', '-n', '40', '-c', '2', server.url).out)
    tap.is_(faults(part('cell'), cell), [], 'load --json prints a cell of the schema')
    tap.is_(undocumented(cell, schema['$defs']['cell']), [], 'load --json: every field is described')


def table(*words):
    small()
    outcome = place.bench('table', *words, place.file('results/small/run.json'))
    tap.ok(outcome.code == 0 and not outcome.err, ' '.join(('table',) + words) + ': exit code', outcome)
    return outcome.out


def rates(mode, level, client='epoll'):
    small()
    return {cell['server']: cell['rate_rps'] for cell in place.document('small')['cells']
            if (cell['client'], cell['mode'], cell['level']) == (client, mode, level)}


def test_table():
    text = table()
    tap.has(text, servers() + ['Parallel close (64)', 'Parallel keepalive (64)', 'Sequential', 'CPU µs/request'], 'table')
    for server, rate in rates('close', 64).items():
        line = next(line for line in text.splitlines() if line.startswith(server))
        tap.has(line, '%.2f' % rate, 'table: the rate of ' + server)
    heading = next(line for line in text.splitlines() if 'Sequential' in line)
    tap.ok('2010' not in heading, 'table: no figures of 2010 without the preset', text)
    rows = list(csv.DictReader(io.StringIO(table('--csv'))))
    tap.is_(sorted(row['implementation'] for row in rows), sorted(servers()), 'table --csv: a row a server')
    tap.ok(all(None not in row and None not in row.values() for row in rows), 'table --csv: rows as long as the heading', rows)
    for column, figures in [('parallel_close_rps', rates('close', 64)), ('parallel_keepalive_rps', rates('keepalive', 64)),
                            ('sequential_rps', rates('close', 1, 'seq'))]:
        seen = {row['implementation']: float(row[column]) for row in rows}
        tap.ok(set(seen) == set(figures) and all(abs(seen[name] / figures[name] - 1) < 1e-6 for name in seen),
               'table --csv: %s is what was measured' % column, (seen, figures))
    grid = [line for line in table('--markdown').splitlines() if line.startswith('|')]
    tap.is_(len(grid), len(servers()) + 2, 'table --markdown: heading, rule and a row a server')
    tap.ok(len({line.count('|') for line in grid}) == 1 and re.fullmatch(r'(\| :?-+:? )+\|', grid[1]),
           'table --markdown: rows as long as the heading', grid)
    tap.has(table('--at', '4'), 'Parallel close (4)', 'table --at')
    outcome = place.bench('table', '--at', '5', place.file('results/small/run.json'))
    tap.ok(outcome.code == 2 and 'level 5 was not measured' in outcome.err, 'table --at a level that was not', outcome)


def test_plot():
    small()
    outcome = place.bench('plot', 'results/small/run.json')
    tap.is_(outcome.code, 0, 'plot: exit code')
    tap.has(outcome.out, 'plots/small', 'plot: prints where')
    for mode in MODES:
        svg = place.file('plots/small/rate-%s.svg' % mode)
        root = xml.etree.ElementTree.parse(svg).getroot()
        tap.is_(root.tag, '{http://www.w3.org/2000/svg}svg', mode + ': an SVG')
        words = ' '.join(''.join(element.itertext()) for element in root.iter('{http://www.w3.org/2000/svg}text'))
        tap.has(words, [name for name in servers() if name != 'control'], mode + ': names at the lines')
        with open(place.file('plots/small/rate-%s.png' % mode), 'rb') as file:
            data = file.read()
        width, height = struct.unpack('>II', data[16:24])
        tap.ok(data.startswith(b'\x89PNG\r\n\x1a\n') and data.endswith(b'IEND\xaeB`\x82') and width > 400 and height > 300,
               mode + ': a whole PNG', (data[:32], width, height))
    outcome = place.bench('plot', '--out', 'elsewhere/deep', 'results/small/run.json')
    tap.ok(outcome.code == 0 and os.path.exists(place.file('elsewhere/deep/rate-close.svg')), 'plot --out', outcome)
    outcome = place.bench('plot', '--kinds', 'shape,preview', '--out', 'chosen', 'results/small/run.json')
    tap.is_(outcome.code, 0, 'plot --kinds: exit code')
    tap.is_({name.split('-')[0] for name in os.listdir(place.file('chosen'))}, {'shape', 'preview'}, 'plot --kinds')
    outcome = place.bench('plot', '--kinds', 'hero,nonsense', 'results/small/run.json')
    tap.ok(outcome.code == 2 and "'nonsense' is no kind of picture: answer, hero" in outcome.err, 'plot --kinds: no such kind', outcome)


def test_seed():
    """The order of the servers in each block comes from the seed and from nothing else."""
    names = ['a', 'b', 'c', 'd', 'e']
    section = '[server %s]\ncommand = "%s/build/servers/control"\n\n'
    conf = place.file('control.conf', ''.join(section % (name, ROOT) for name in names))
    orders = {}
    for run, seed in ('one', 11), ('two', 11), ('three', 12):
        outcome = place.bench('run', '--conf', conf, '--port', '0', '-c', '1', '-n', '1', '--sequential', '1',
                              '--repeat', '3', '--seed', str(seed), '--out', run)
        if not tap.is_(outcome.code, 0, 'run %s: exit code' % run):
            tap.note(outcome)
        orders[run] = [(cell['block'], cell['server']) for cell in place.document(run)['cells'] if cell['client'] == 'seq']
        tap.is_(sorted(orders[run]), [(block, name) for block in (1, 2, 3) for name in names],
                'run %s: every server once in each block' % run)
        tap.is_([block for block, _ in orders[run]], sorted(block for block, _ in orders[run]),
                'run %s: one block after the other' % run)
    tap.is_(orders['one'], orders['two'], 'the same seed, the same order')
    tap.ok(orders['one'] != orders['three'], 'another seed, another order', orders)
    blocks = {tuple(name for block, name in orders['one'] if block == wanted) for wanted in (1, 2, 3)}
    tap.ok(len(blocks) > 1, 'blocks differ in order', blocks)
    csv_rows = list(csv.DictReader(io.StringIO(place.bench('table', '--csv', 'results/one/run.json').out)))
    tap.is_({row['sequential_launches'] for row in csv_rows}, {'3'}, 'the table is over three launches')


def test_preset_2010():
    names = [name for name in ('eventlet', 'node_js', 'tornado') if name in servers()]
    if not names:
        raise tap.Skip('none of the servers of 2010 can run here')
    outcome = place.bench('run', '--conf', CONF, '--port', '0', '--preset', '2010', '-n', '500', '--sequential', '200',
                          '--servers', names[0], '--ceiling', 'yes', '--out', 'old')
    tap.is_(outcome.code, 0, 'run --preset 2010: exit code')
    document = place.document('old')
    config = document['config']
    tap.is_([config[key] for key in ('preset', 'concurrency', 'mode', 'backlog', 'requests', 'sequential')],
            ['2010', '100', 'close', '128', '500', '200'], 'preset: its options, and what the command line overrides')
    tap.is_({cell['client']: (cell['level'], cell['started'], cell['ok'], cell['backlog'])
             for cell in document['cells'] if cell['server'] == names[0]},
            {'seq': (1, 200, 200, 128), 'epoll': (100, 500, 500, 128)}, 'preset: 100 connections, so many requests')
    figures = {'eventlet': ('4385.39', '2787.06'), 'node_js': ('4370.64', '3450.65'), 'tornado': ('3228.51', '2287.28')}
    tap.has(outcome.out, ['2010 parallel', '2010 sequential'] + list(figures[names[0]]), 'preset: the figures of 2010')
    tap.is_([server['name'] for server in document['servers']], ['control', names[0]],
            'the control server joins the servers that are named')
    tap.ok(all(cell['ceiling_rps'] > 0 for cell in document['cells']), 'so each cell has its ceiling', document['cells'])
    outcome = place.bench('run', '--conf', CONF, '--port', '0', '-c', '1', '-n', '20', '--sequential', '10', '--servers',
                          names[0], '--ceiling', 'no', '--out', 'alone')
    tap.is_((outcome.code, [server['name'] for server in place.document('alone')['servers']]), (0, [names[0]]),
            '--ceiling no: the server that was named, alone')
    outcome = place.bench('run', '--conf', CONF, '--preset', '1999', '--out', 'none')
    tap.ok(outcome.code == 2 and "unknown preset '1999'" in outcome.err, 'an unknown preset', outcome)


def test_version_of_http():
    """A server that accepts one version alone sees it in each request, of the sequential client and of probes too."""
    conf = place.file('versions.conf', faulty_section('old', 'speaks_one_version', 0, 0) +
                      faulty_section('new', 'speaks_one_version', 0, 1))
    for words, right in [([], 'new'), (['--http', '1.1'], 'new'), (['--http', '1.0'], 'old'), (['--preset', '2010'], 'old')]:
        name = 'versions-%s' % '-'.join(words).replace('--', '')
        outcome = place.bench('run', '--conf', conf, '--port', '0', '--servers', 'old,new', '--ready', '2s', '--ceiling', 'no', '-c', '3', '-n', '9',
                              '--sequential', '5', *words, '--out', name)
        if not tap.is_(outcome.code, 0, name + ': exit code'):
            tap.note(outcome)
            continue
        tap.is_({(cell['server'], cell['ok'] > 0, bool(cell['failed'])) for cell in place.document(name)['cells']},
                {(right, True, False), ('old' if right == 'new' else 'new', False, False)}, name + ': one version is asked')


def test_levels():
    """What --concurrency stands for, end to end."""
    conf = place.file('one.conf', '[server control]\ncommand = "%s/build/servers/control"\n' % ROOT)
    outcome = place.bench('run', '--conf', conf, '--port', '0', '-c', '1..5,7..9:+1,3,3', '-n', '9', '--sequential', '1',
                          '--out', 'levels')
    tap.is_(outcome.code, 0, 'levels: exit code')
    tap.is_([cell['level'] for cell in place.document('levels')['cells'] if cell['client'] == 'epoll'],
            [1, 2, 3, 4, 5, 7, 8, 9], 'doubling that ends where asked, steps, lists; each level once, in order')
    outcome = place.bench('plot', 'results/levels/run.json')
    if not tap.is_(outcome.code, 0, 'the control server alone can be plotted'):
        tap.note(outcome)


def test_help():
    outcome = place.bench('help')
    tap.is_(outcome.code, 0, 'help: exit code')
    commands = re.findall(r'^  (\w+) ', outcome.out.split('Exit codes:')[0], re.M)
    tap.ok({'run', 'load', 'list', 'check', 'doctor', 'table', 'plot', 'help'} <= set(commands), 'help: commands', commands)
    for command in commands:
        outcome = place.bench(command, '--help')
        tap.ok(outcome.code == 0 and 'usage: benchctl' in outcome.out and not outcome.err, command + ' --help', outcome)
    with open('/dev/full', 'w') as full:
        outcome = place.end(place.start(place.benchctl, 'help', stdout=full))
    tap.ok(outcome.code == 3 and 'No space left' in outcome.err, 'a full disk behind stdout is not success', outcome)


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
