#!/usr/bin/python3
"""compare: verdicts and exit codes from known figures, every output, and invalid files. Prints TAP."""
import json
import os
import re
import shutil
import socket
import ssl
import sys
import threading
import xml.etree.ElementTree

import jsonschema

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import runs, tap
from helper.program import ROOT, Place

SERVERS = ['control', 'tornado']
LEVELS = [1, 16, 64, 4096]
EVIL = '<b>|`$(touch x)`\x1b[2J"\'&]]>\t\n*x*'


def slower(server, level):
    return 0.8 if server == 'tornado' else 1.0


def write(place, name, document):
    return place.file(name, json.dumps(document))


def pair(place, blocks=8, spread=0.01, **changes):
    """BASE and NEW of the same program, or of another one."""
    write(place, 'base.json', runs.run(SERVERS, LEVELS, blocks, 1, spread))
    write(place, 'new.json', runs.run(SERVERS, LEVELS, blocks, 2, spread, **changes))


def compare(place, *words):
    return place.bench('compare', 'base.json', 'new.json', *words)


def told(outcome):
    return json.loads(outcome.out)


def row_of(comparison, table, server, least):
    return [row for row in comparison[table] if row['server'] == server and row['least'] == least][0]


def test_equivalent(place):
    pair(place)
    outcome = compare(place, '--strict')
    tap.is_(outcome.code, 0, 'the same program: exit 0, strictly too')
    tap.has(outcome.out, ['NEW is as good as BASE', '6 equivalent', '8 launches of BASE'], 'the same program: in words')


def test_verdict(place):
    """A changed class is reported where both sides are settled, and only there."""
    levels = [1, 16, 256, 1024]

    def cliff(server, level):
        return 0.3 if level == 1024 else 1.0

    write(place, 'base.json', runs.run(['tornado'], levels, 5, 1))
    write(place, 'new.json', runs.run(['tornado'], levels, 5, 2, factor=cliff))
    changed = "tornado, close: was 'holds', is 'cliff'"
    tap.has(compare(place).out, 'the verdict changed: ' + changed, 'a verdict: in words')
    tap.has(compare(place, '--markdown', '-').out, changed, 'a verdict: in Markdown')
    tap.is_(told(compare(place, '--json', '-'))['verdict_changes'],
            [{'server': 'tornado', 'mode': 'close', 'base': 'holds', 'new': 'cliff'}], 'a verdict: in JSON')
    write(place, 'new.json', runs.run(['tornado'], levels, 2, 2, factor=cliff))
    tap.is_(told(compare(place, '--json', '-'))['verdict_changes'], [], 'two launches settle none: nothing changed')


def test_regressed(place):
    pair(place, factor=slower)
    outcome = compare(place)
    tap.is_(outcome.code, 1, 'a fifth slower: exit 1')
    lines = [line for line in outcome.out.splitlines() if line.startswith(('tornado', 'control'))]
    tap.ok(re.match(r'tornado +epoll +close +1-16 +rate .* 0\.(79|80)\d +0\.\d+ to 0\.\d+ .* regressed', lines[0]),
           'what has changed stands first, with its interval', lines[0])
    tap.is_(compare(place, '--fail-on', 'nothing').code, 0, 'exit 0 where nothing is to fail')
    tap.is_(compare(place, '--floor', '30%').code, 0, 'a floor above the effect lets it pass')
    tap.is_(place.bench('compare', 'new.json', 'base.json').code, 0, 'the other way round it is better')
    tap.has(place.bench('compare', 'new.json', 'base.json').out, 'NEW is better', 'and says so')


def test_cpu(place):
    """The rate is far too noisy; the CPU of the server is not."""
    pair(place, spread=0.05, cpu_factor=lambda server, level: 1.12 if server == 'tornado' else 1.0)
    outcome = compare(place, '--json', '-')
    row = row_of(told(outcome), 'gate', 'tornado', 1)
    tap.is_((outcome.code, row['verdict'], row['by']), (1, 'regressed', 'cpu'), 'more CPU a request is a regression')


def bind(place, name, server='tornado', level=None):
    """The client was the limit: the rates of these cells are lower bounds."""
    document = json.loads(place.read(name))
    for cell in document['cells']:
        if server in (None, cell['server']) and level in (None, cell['level']):
            cell.update(valid=False, invalid=['client_bound'])
    write(place, name, document)


def test_client_bound(place):
    """Where the client was the limit on both sides, the rate was not compared, but the CPU is still the server's."""
    for more, wanted in ((1.2, (1, 'regressed', 'cpu')), (1.0, (4, 'not_compared', 'rate')), (0.5, (4, 'not_compared', 'rate'))):
        pair(place, cpu_factor=lambda server, level, more=more: more if server == 'tornado' else 1.0)
        for name in ('base.json', 'new.json'):
            bind(place, name, None)
        outcome = compare(place, '--json', 'out.json', '--junit', 'out.xml', '--markdown', 'out.md')
        comparison = json.loads(place.read('out.json'))
        check_schema(comparison)
        row = row_of(comparison, 'gate', 'tornado', 1)
        tap.is_((outcome.code, row['verdict'], row['by']), wanted, 'client_bound, %g times the CPU: verdict' % more)
        row = row_of(comparison, 'cells', 'tornado', 16)
        tap.is_((row['rate']['verdict'], row['rate']['bounds'], row['rate']['ratio'], row['p99']['verdict'], row['not_compared']),
                ('not_compared', ['base', 'new'], None, 'invalid', 1), 'client_bound, %g times the CPU: the rate' % more)
        tap.has(outcome.out, ['not compared: both are lower bounds', '>= ', 'No rate could be compared of '],
                'client_bound, %g times the CPU: in the text' % more)
        suite = xml.etree.ElementTree.parse(place.file('out.xml')).getroot()[0]
        tap.is_((suite.get('errors'), len(suite.findall('.//error'))), ('6', 6), 'client_bound, %g times the CPU: JUnit' % more)
        tap.has(place.read('out.md'), 'not compared</summary>', 'client_bound, %g times the CPU: Markdown' % more)
        if wanted[0] == 4:
            tap.is_(compare(place, '--no-strict').code, 0, 'client_bound: passes with --no-strict')
            tap.has(outcome.out, '6 not compared', 'client_bound: counted')


def test_lower_bounds(place):
    """Each side in each state, at the only level of tornado's band: docs/method.md, "Lower bounds"."""
    def make(name, seed, state, factor):
        document = runs.run(SERVERS, LEVELS, 8, seed, factor=lambda server, level: factor if (server, level) == ('tornado', 4096) else 1.0)
        cells = [cell for cell in document['cells'] if (cell['server'], cell['level']) == ('tornado', 4096)]
        for cell in cells:
            if state == 'bound':
                cell.update(valid=False, invalid=['client_bound'])
            elif state == 'failed':
                cell.update(rate_rps=None, ok=0, started=0, valid=False, invalid=['failed'], error='it died')
            elif state == 'absent':
                document['cells'].remove(cell)
        write(place, name, document)

    for base, new, factor, code, verdict, ratio in (
            ('valid', 'valid', 1.0, 0, 'equivalent', 1), ('valid', 'valid', 0.5, 1, 'regressed', 0.5), ('valid', 'valid', 2.0, 0, 'improved', 2),
            ('valid', 'bound', 2.0, 0, 'improved', 2), ('valid', 'bound', 1.0, 4, 'not_compared', 1), ('valid', 'bound', 0.5, 4, 'not_compared', 0.5),
            ('valid', 'failed', 1.0, 1, 'regressed', None), ('valid', 'absent', 1.0, 4, None, None),
            ('bound', 'valid', 0.5, 1, 'regressed', 0.5), ('bound', 'valid', 0.91, 1, 'regressed', 0.91), ('bound', 'valid', 1.0, 4, 'not_compared', 1),
            ('bound', 'valid', 2.0, 4, 'not_compared', 2), ('bound', 'bound', 0.5, 4, 'not_compared', None), ('bound', 'failed', 1.0, 1, 'regressed', None),
            ('bound', 'absent', 1.0, 4, None, None), ('failed', 'valid', 1.0, 0, 'invalid', None), ('failed', 'bound', 1.0, 0, 'invalid', None),
            ('failed', 'failed', 1.0, 4, 'not_compared', None), ('failed', 'absent', 1.0, 4, None, None), ('absent', 'valid', 1.0, 0, None, None),
            ('absent', 'bound', 1.0, 0, None, None), ('absent', 'failed', 1.0, 0, None, None)):
        name = '%s and %s, %g times as fast' % (base, new, factor)
        make('base.json', 1, base, 1.0)
        make('new.json', 2, new, factor)
        outcome = compare(place, '--json', '-')
        comparison = told(outcome)
        rows = [row for row in comparison['gate'] if (row['server'], row['least']) == ('tornado', 4096)]
        tap.is_((outcome.code, rows[0]['verdict'] if rows else None), (code, verdict), '%s: verdict' % name)
        if ratio:
            tap.ok(abs(rows[0]['rate']['ratio'] / ratio - 1) < 0.02, '%s: ratio' % name, rows[0]['rate'])
        if code == 4:
            tap.is_(compare(place, '--no-strict').code, 0, '%s: --no-strict' % name)
    make('base.json', 1, 'bound', 1.0)
    make('new.json', 2, 'valid', 0.5)
    tap.has(compare(place).out, ['NEW has regressed', '<= 0.5', 'up to 0.5'], 'a ratio to a lower bound is an upper bound')
    tap.is_(place.bench('compare', 'new.json', 'base.json').code, 0, 'the other way round it has improved')
    tap.has(place.bench('compare', 'new.json', 'base.json').out, ['>= 1.9', 'from 1.9', 'improved'], 'by at least as much')


def test_cliff(place):
    pair(place, factor=lambda server, level: 0.6 if (server, level) == ('tornado', 16) else 1.0)
    outcome = compare(place, '--floor', '45%')
    tap.is_(outcome.code, 0, 'no cliff below the floor')
    # The band of 17 levels hardly moves by one of them.
    levels = list(range(1, 17))
    write(place, 'base.json', runs.run(SERVERS, levels, 8, 1))
    write(place, 'new.json', runs.run(SERVERS, levels, 8, 2, factor=lambda s, level: 0.6 if level == 5 and s == 'tornado' else 1.0))
    outcome = compare(place, '--json', '-')
    comparison = told(outcome)
    tap.is_((outcome.code, comparison['cliffs'], row_of(comparison, 'gate', 'tornado', 1)['verdict']), (1, 1, 'equivalent'),
            'a cliff at one level gates by itself')


def fail(document, server, share=0.5, kind='reset', blocks=8):
    for cell in document['cells']:
        if cell['server'] == server and cell['block'] <= blocks:
            cell.update(failed={kind: int(cell['started'] * share)})
    return document


def test_failures(place):
    pair(place)
    write(place, 'new.json', fail(json.loads(place.read('new.json')), 'tornado', 0.02))
    outcome = compare(place, '--json', '-')
    figure = row_of(told(outcome), 'gate', 'tornado', 1)['failures']
    tap.is_((outcome.code, figure['verdict'], figure['new_kinds']), (1, 'regressed', ['reset']), 'failures that BASE had not')
    tap.has(compare(place).out, 'regressed; new: reset', 'the new kind is named')
    tap.is_(place.bench('compare', 'new.json', 'base.json').code, 0, 'failures that are gone are better')
    pair(place)
    write(place, 'new.json', fail(json.loads(place.read('new.json')), 'tornado', 0.0005))
    tap.is_(compare(place).code, 0, 'one failure in two thousand is none')
    pair(place, blocks=2)
    write(place, 'new.json', fail(json.loads(place.read('new.json')), 'tornado'))
    outcome = compare(place, '--strict')
    tap.is_(outcome.code, 4, 'failures in two launches are no verdict')
    tap.has(outcome.out, 'inconclusive: 2 more launches a side; new: reset', 'but they are shown')


def test_new_kind(place):
    """As many failures as before, of another kind."""
    pair(place)
    for name, kind in (('base.json', 'timeout'), ('new.json', 'reset')):
        write(place, name, fail(json.loads(place.read(name)), 'tornado', 0.02, kind))
    words = [word for name, path in OUTPUTS.items() for word in ('--' + name, path)]
    outcome = compare(place, *words)
    row = row_of(json.loads(place.read('out.json')), 'gate', 'tornado', 1)
    tap.is_((outcome.code, row['by'], row['failures']['new_kinds']), (1, 'failures', ['reset']), 'a new kind of failure gates')
    tap.has(outcome.out, 'requests fail in a way that is new: reset', 'a new kind of failure: in the summary')
    line = [line for line in outcome.out.splitlines() if line.startswith(('tornado', 'control'))][0]
    tap.has(line, ['failures', 'regressed; new: reset'], 'and first in the table')
    for path in ('out.md', 'out.xml', 'out.svg'):
        tap.has(place.read(path), 'way that is new: reset', 'a new kind of failure: %s' % path)
    tap.has(place.read('out.tsv'), 'failures\tregressed', 'a new kind of failure: out.tsv')
    pair(place)
    document = fail(json.loads(place.read('base.json')), 'tornado', 0.02, 'timeout')
    write(place, 'base.json', document)
    document = fail(json.loads(place.read('new.json')), 'tornado', 0.02, 'timeout')
    for cell in document['cells']:
        if cell['block'] <= 2 and cell['server'] == 'tornado':
            cell['failed'] = {'timeout': 150, 'reset': 50}
    write(place, 'new.json', document)
    outcome = compare(place)
    tap.is_((outcome.code, 'new: reset' in outcome.out), (0, False), 'a kind that two launches of eight have is no finding')


def lose(place, level, blocks=8, server='tornado'):
    """NEW is too short of connections at a level."""
    document = json.loads(place.read('new.json'))
    for cell in document['cells']:
        if cell['server'] == server and level in (None, cell['level']) and cell['block'] <= blocks:
            cell.update(valid=False, invalid=['short_concurrency'])
    write(place, 'new.json', document)


def test_lost(place):
    for level, name in ((4096, 'the only level of a band'), (16, 'one level of a band')):
        pair(place)
        lose(place, level)
        outcome = compare(place, '--json', 'out.json', '--strict')
        comparison = json.loads(place.read('out.json'))
        tap.is_((outcome.code, comparison['verdict']), (4, 'inconclusive'), '%s lost in NEW: no pass' % name)
        row = row_of(comparison, 'gate', 'tornado', 4096 if level == 4096 else 1)
        tap.is_((row['verdict'], row['lost'], row['lost_to']), ('inconclusive', 1, ['short_concurrency']), '%s lost: JSON' % name)
        tap.has(outcome.out, 'of tornado (epoll, close) at %d: short_concurrency' % level, '%s lost: it says which' % name)
        check_schema(comparison)
    pair(place)
    lose(place, 16, 3)
    tap.is_(compare(place, '--strict').code, 0, 'lost in three launches of eight: the others tell')
    pair(place)
    lose(place, None)
    lose(place, None, server='control')
    outcome = compare(place)
    tap.is_(outcome.code, 2, 'all lost in NEW: nothing to compare')
    pair(place, factor=slower)
    lose(place, 4096)
    tap.is_(compare(place).code, 1, 'what has regressed elsewhere has')


def plain(markdown):
    return markdown.replace('&#40;', '(').replace('&#41;', ')').replace('\\', '')


def test_missing(place):
    for change, wanted in ((lambda cell: cell['server'] != 'tornado', 'tornado (epoll, close), which BASE has. '),
                           (lambda cell: (cell['server'], cell['level']) != ('tornado', 64), 'tornado (epoll, close) at 64, which BASE has. '),
                           (lambda cell: (cell['server'], cell['level'] > 1) != ('tornado', True),
                            'tornado (epoll, close) at 3 levels of 16-4096, which BASE has. ')):
        pair(place)
        document = json.loads(place.read('new.json'))
        write(place, 'new.json', dict(document, cells=[cell for cell in document['cells'] if change(cell)]))
        words = [word for name, path in OUTPUTS.items() for word in ('--' + name, path)]
        outcome = compare(place, *words)
        tap.is_(outcome.code, 4, 'NEW lacks %s: exit code' % wanted)
        tap.has(outcome.out, '\n\nNEW lacks ' + wanted, 'NEW lacks %s: the first words' % wanted)
        tap.has(plain(place.read('out.md')), '**benchctl:** NEW lacks ' + wanted, 'NEW lacks %s: of the comment too' % wanted)
        tap.has(place.read('out.xml'), ['NEW lacks ' + wanted, '<error type="not_compared" message="NEW lacks '], 'NEW lacks %s: JUnit' % wanted)
        comparison = json.loads(place.read('out.json'))
        check_schema(comparison)
        tap.is_([(one['server'], one['levels'], one['whole']) for one in comparison['gone']],
                [('tornado', comparison['base_only'], 'close) at' not in wanted)], 'NEW lacks %s: JSON' % wanted)
        for word, code in (('--allow-missing', 0), ('--no-strict', 0), ('--strict', 4)):
            tap.is_(compare(place, word).code, code, 'NEW lacks %s: %s' % (wanted, word))
        tap.is_(place.bench('compare', 'new.json', 'base.json', '--strict').code, 0, 'what NEW has more is no matter')


def test_interrupted(place):
    pair(place)
    write(place, 'new.json', dict(json.loads(place.read('new.json')), interrupted=True))
    outcome = compare(place, '--json', 'out.json')
    tap.is_((outcome.code, json.loads(place.read('out.json'))['new_interrupted']), (0, 1), 'an interrupted run: exit code, JSON')
    tap.has(outcome.out, 'Interrupted before its end: NEW.', 'an interrupted run: in words')
    tap.is_(compare(place, '--strict').code, 4, 'an interrupted run, strictly: exit 4')


def test_commits(place):
    for base, new, wanted in (('abcdef1', 'abcdef2', 2), ('abcdef1', 'abcdef1-dirty', 0), ('abcdef1', '', 0), ('unknown', 'abcdef1', 0),
                              ('abcdef1', 'abcdef12', 0)):
        pair(place)
        for name, commit in (('base.json', base), ('new.json', new)):
            document = json.loads(place.read(name))
            document['benchctl']['commit'] = commit
            write(place, name, document)
        outcome = compare(place)
        tap.is_(outcome.code, wanted, 'commits of benchctl %r and %r: exit code' % (base, new))
        if wanted:
            tap.has(outcome.err, 'commit of benchctl (abcdef1 and abcdef2)', 'commits of benchctl: in words')


def test_secrets(place):
    """An address may hold a password or a token."""
    pair(place)
    new = place.read('new.json').encode()
    files = {name: path for name, path in OUTPUTS.items() if name != 'picture'}
    words = [word for name, path in files.items() for word in ('--' + name, path)]
    for answer, code in ((ok(new), 0), (ok(b'<html>'), 2), (b'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n', 2)):
        with Answers(answer) as server:
            url = server.url.replace('http://', 'http://me:hush@') + '?token=hush#hush'
            outcome = place.bench('compare', 'base.json', url, *words, '--picture', 'out.svg')
        tap.is_(outcome.code, code, 'an address with a password and a token')
        tap.has(outcome.out + outcome.err, server.url, 'it is named')
        told_ = [outcome.out, outcome.err] + [place.read(path) for path in OUTPUTS.values()] + [place.read('out.gp')] if not code else [outcome.err]
        tap.ok(not any('hush' in text for text in told_), 'and shows none of them', outcome)
    for address in ('ftp://me:hush@127.0.0.1/?hush', 'https://me:hush@/', 'file://hush:hush@192.0.2.1/x'):
        outcome = place.bench('compare', 'base.json', address)
        tap.ok(outcome.code == 2 and 'hush' not in outcome.err, '%s: refused without them' % address, outcome)


def test_certificate(place):
    if not shutil.which('openssl'):
        raise tap.Skip('openssl is missing')
    pair(place)
    place.command('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout',
                  'key.pem', '-out', 'cert.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place.file('cert.pem'), place.file('key.pem'))
    with Answers(ok(place.read('new.json').encode()), context=context) as server:
        outcome = place.bench('compare', 'base.json', server.url.replace('http://127.0.0.1', 'https://localhost'))
    tap.is_(outcome.code, 2, 'a certificate that nobody vouches for')
    tap.has(outcome.err, 'certificate', 'is refused')


def test_large(place):
    """A hundred megabytes are more than any run has."""
    pair(place)
    with open(place.file('large.json'), 'w', encoding='utf-8') as file:
        document = json.loads(place.read('new.json'))
        head, tail = json.dumps(dict(document, cells=['HERE'])).split('"HERE"')
        file.write(head)
        one = json.dumps(document['cells'][0])
        for i in range((100 << 20) // len(one)):
            file.write((',' if i else '') + one)
        file.write(tail)
    code = 'import resource, subprocess, sys; resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20)); ' \
           'sys.exit(subprocess.run(sys.argv[1:]).returncode)'
    outcome = place.command(sys.executable, '-c', code, place.benchctl, 'compare', 'base.json', 'large.json')
    tap.is_(outcome.code, 2, 'a file of 100 MB: refused, within 512 MiB of memory')
    tap.has(outcome.err, 'large.json: not a file, or larger than 64 MiB', 'a file of 100 MB: in words')


def test_self_test_alone(place):
    for words in (['--json', 'x.json'], ['--picture', 'x.svg'], ['--strict'], ['--noise', 'none'], ['--base', 'a.json'],
                  ['--fail-on', 'nothing']):
        outcome = place.bench('compare', '--self-test', *words)
        tap.is_((outcome.code, outcome.out), (2, ''), '--self-test %s: refused' % words[0])
    tap.is_(compare(place, '--conf', 'x.conf').code, 2, '--conf without --self-test: refused')


def test_server_died(place):
    pair(place)
    document = json.loads(place.read('new.json'))
    for cell in document['cells']:
        if cell['server'] == 'tornado' and cell['level'] == 4096:
            cell.update(rate_rps=None, ok=0, started=0, valid=False, invalid=['failed'], error='it died')
    write(place, 'new.json', document)
    outcome = compare(place, '--json', '-')
    row = row_of(told(outcome), 'gate', 'tornado', 4096)
    tap.is_((outcome.code, row['verdict'], row['by'], row['rate']['verdict']), (1, 'regressed', 'failures', 'invalid'),
            'a server that dies in NEW only has regressed')


def test_inconclusive(place):
    pair(place, spread=0.2)
    outcome = compare(place)
    tap.is_(outcome.code, 0, 'inconclusive: exit 0')
    tap.ok(re.search(r'of 32 figures of single levels: .*\d+ inconclusive', outcome.out), 'figures are counted by verdict', outcome)
    tap.ok(re.search(r'inconclusive: \d+ more launch(es)? a side', outcome.out), 'it says how many launches more', outcome)
    tap.is_(compare(place, '--strict').code, 4, 'strictly: exit 4')


def test_too_few(place):
    for blocks in (1, 4):
        pair(place, blocks=blocks, factor=lambda server, level: 0.85 if server == 'tornado' else 1.0)
        outcome = compare(place, '--json', 'out.json', '--markdown', 'out.md')
        comparison = json.loads(place.read('out.json'))
        check_schema(comparison)
        row = row_of(comparison, 'gate', 'tornado', 1)
        tap.is_((outcome.code, row['verdict'], comparison['launches_needed'], comparison['blind']), (4, 'inconclusive', 6, True),
                '%d launches: no verdict, and how many it takes' % blocks)
        sentence = 'Too few launches for a verdict of '
        tap.has(outcome.out, '\n\n' + sentence, '%d launches: the first sentence says so' % blocks)
        tap.has(place.read('out.md'), '**benchctl:** ' + sentence, '%d launches: of the comment too' % blocks)
        tap.is_(compare(place, '--no-strict').code, 0, '%d launches, --no-strict: exit 0' % blocks)
    pair(place, blocks=1, factor=lambda server, level: 0.067 if server == 'tornado' else 1.0)
    outcome = compare(place)
    tap.is_((outcome.code, 'figures have changed' in outcome.out), (4, False), 'a ratio of 0.067 is not "no figure has changed"')
    tap.has(outcome.out, ['levels that changed, or may have', '0.06', 'beyond the floor)'], 'but is shown')
    tap.is_(row_of(told(compare(place, '--json', '-')), 'gate', 'tornado', 1)['rate']['low'], None, 'n = 1: no interval')
    tap.is_(compare(place, '--strict', '--no-strict').code, 2, '--strict and --no-strict exclude each other')


def test_dropped(place):
    """Launches that validity rules dropped."""
    pair(place, blocks=8)
    document = json.loads(place.read('new.json'))
    for cell in document['cells']:
        if cell['server'] == 'tornado' and cell['level'] == 64 and cell['block'] <= 3:
            cell.update(valid=False, invalid=['little'])
    write(place, 'new.json', document)
    outcome = compare(place, '--json', 'out.json')
    figure = row_of(json.loads(place.read('out.json')), 'gate', 'tornado', 64)['rate']
    tap.is_((outcome.code, figure['new_launches'], figure['new_measured'], figure['base_launches'], figure['base_measured']), (0, 5, 8, 8, 8),
            'dropped launches: JSON')
    tap.has(outcome.out, ['Validity rules dropped launches: of NEW, 5 of 8 counted for tornado (epoll, close) at 64: little.',
                          '; NEW: 5 of 8 counted'], 'dropped launches are told')


def test_three_lists(place):
    """What did not change, what is inconclusive and what was not compared are three lists."""
    pair(place)
    noisy = runs.run(SERVERS, LEVELS, 8, 3, 0.4)
    document = json.loads(place.read('new.json'))
    document['cells'] = [cell for cell in document['cells'] if cell['level'] != 64] + [
        dict(cell, rate_rps=cell['rate_rps'] * 0.8) for cell in noisy['cells'] if cell['level'] == 64]
    write(place, 'new.json', document)
    for name in ('base.json', 'new.json'):
        bind(place, name, 'tornado', 4096)
    outcome = compare(place, '--markdown', '-')
    lists = re.findall(r'<summary>(\d+) figures? (.*?)</summary>\n\n(.*?)\n</details>', outcome.out, re.S)
    tap.is_([title for _, title, _ in lists], ['inconclusive: the launches are too few or scatter too much to tell', 'not compared',
                                               'that did not change'], 'three lists, each under its title')
    for (count, title, table), word in zip(lists, ('inconclusive', 'not compared|invalid', 'equivalent')):
        lines = [line for line in table.splitlines() if line.startswith('| ')][2:]
        tap.is_((len(lines), [line for line in lines if not re.search(r'\| (%s)[^|]*\|$' % word, line)]), (int(count), []),
                'the list of what is %s holds nothing else' % title)


def test_more_files(place):
    names = {}
    for side, factor in (('base', lambda s, l: 1.0), ('new', slower)):
        names[side] = [write(place, '%s%d.json' % (side, i), runs.run(SERVERS, LEVELS, 2, i + 30 * (side == 'new'), factor=factor))
                       for i in range(1, 5)]
    words = [word for side in ('base', 'new') for name in names[side][1:] for word in ('--' + side, name)]
    outcome = place.bench('compare', names['base'][0], names['new'][0], *words)
    tap.is_(outcome.code, 1, 'four runs of two launches a side are eight launches')
    tap.has(outcome.out, '8 launches of BASE and 8 of NEW', 'and it says so')
    outcome = place.bench('compare', names['base'][0], names['new'][0], '--base', names['base'][0])
    tap.is_(outcome.code, 2, 'the same run twice: refused')
    tap.has(outcome.err, 'BASE has the same run twice', 'the same run twice: in words')


def test_incomparable(place):
    for changes, field in [({'host': {'kernel': 'Linux 7'}}, 'kernel (Linux 6.1.0 and Linux 7)'),
                           ({'host': {'cpu_model': 'B CPU'}}, 'CPU model (A CPU and B CPU)'),
                           ({'host': {'governor': 'powersave'}}, 'governor'), ({'host': {'server_cpus': '3'}}, 'CPUs of the servers'),
                           ({'config': {'duration': '2s'}}, 'duration (1s and 2s)'),
                           ({'benchctl': {'version': '9', 'commit': '', 'compiler': '', 'flags': ''}}, 'version of benchctl')]:
        pair(place, factor=slower)
        document = json.loads(place.read('new.json'))
        for name, values in changes.items():
            document['environment' if name == 'host' else name].update(values)
        write(place, 'new.json', document)
        outcome = compare(place, '--json', 'out.json')
        tap.is_(outcome.code, 2, '%s: exit 2' % field)
        tap.has(outcome.err, 'the two sides differ in ' + field, '%s: is named' % field)
        comparison = json.loads(place.read('out.json'))
        tap.is_({row['verdict'] for row in comparison['gate']}, {'incomparable'}, '%s: every verdict' % field)
    pair(place)
    document = json.loads(place.read('new.json'))
    for cell in document['cells']:
        cell['backlog'] = 128
    write(place, 'new.json', document)
    tap.has(compare(place).err, 'listen backlog (4096 and 128)', 'the backlog that was had counts')


def test_partly_common(place):
    pair(place)
    document = json.loads(place.read('new.json'))
    for cell in document['cells']:
        cell['mode'] = 'keepalive' if cell['level'] == 64 else cell['mode']
    document['cells'].append(dict(runs.cell('tornado', 100, 1, 5000.0), open_loop={'offered_rps': 5000.0}))
    write(place, 'new.json', document)
    outcome = compare(place)
    tap.is_(outcome.code, 4, 'mixed modes: what is common is compared')
    tap.has(outcome.out, ['2 of BASE, 2 of NEW', '1 cells of open loops'], 'mixed modes: and it says what is not')
    tap.is_(compare(place, '--allow-missing').code, 0, 'mixed modes: as asked for')


def test_refused(place):
    pair(place)
    good = json.loads(place.read('base.json'))
    cells = good['cells']

    def with_cells(change):
        return json.dumps(dict(good, cells=[dict(cell, **change(cell)) for cell in cells]))

    invalid = with_cells(lambda cell: {'valid': False, 'invalid': ['short_concurrency']})
    place.file('all_invalid.json', invalid)
    for name, text, base, wanted in [
            ('schema too new', json.dumps(dict(good, schema=99)), 'base.json', 'its schema is version 99'),
            ('truncated', json.dumps(good)[:-200], 'base.json', 'not valid JSON'),
            ('NaN', json.dumps(good).replace('"rate_rps": ', '"rate_rps": NaN, "x": ', 1), 'base.json', 'not valid JSON'),
            ('no common server', with_cells(lambda cell: {'server': 'x' + cell['server']}), 'base.json',
             'no cell in common: BASE has control@1 (epoll, close)'),
            ('mixed modes', with_cells(lambda cell: {'mode': 'keepalive'}), 'base.json', 'no cell in common'),
            ('no cells', json.dumps(dict(good, cells=[])), 'base.json', 'NEW has none at all'),
            ('null rates', with_cells(lambda cell: {'rate_rps': None, 'server_cpu_us_per_request': None}), 'base.json',
             'Nothing valid to compare'),
            ('zero rates', with_cells(lambda cell: {'rate_rps': 0, 'server_cpu_us_per_request': 0}), 'base.json',
             'Nothing valid to compare'),
            ('all invalid', invalid, 'all_invalid.json', 'Nothing valid to compare'),
            ('a cell twice', json.dumps(dict(good, cells=cells + cells[:1])), 'base.json',
             'a run of NEW has the cell control@1 (epoll, close) of launch 1 twice'),
            ('no JSON', '\0\0', 'base.json', 'not valid JSON'), ('empty', '', 'base.json', 'not valid JSON'),
            ('not a run', '[]', 'base.json', 'not a run.json')]:
        place.file('bad.json', text)
        outcome = place.bench('compare', base, 'bad.json')
        tap.is_(outcome.code, 2, '%s: exit 2' % name)
        tap.has(outcome.err, wanted, '%s: in words' % name)
    with open(place.file('large.json'), 'w') as file:
        file.truncate((64 << 20) + 1)
    os.mkfifo(place.file('pipe'))
    for words, wanted in [(('base.json', 'large.json'), 'larger than 64 MiB'), (('base.json', 'none.json'), "there is no run 'none.json'"),
                          (('base.json', '.'), 'has no run.json'), (('base.json', 'pipe'), 'not a file'), (('base.json',), 'too few'),
                          (('base.json', 'new.json', '--floor', '5'), 'not a percentage'),
                          (('base.json', 'new.json', '--floor', '100%'), 'not a percentage'),
                          (('base.json', 'new.json', '--json', '-', '--tsv', '-'), 'only one output can go to stdout'),
                          (('base.json', 'new.json', '--picture', 'x.png'), 'ends in .svg'),
                          (('base.json', 'new.json', '--picture', "x'$(y).svg"), 'of letters, digits')]:
        outcome = place.bench('compare', *words)
        tap.is_((outcome.code, outcome.out), (2, ''), '%s: refused' % ' '.join(words))
        if wanted != 'too few':
            tap.has(outcome.err, wanted, '%s: in words' % ' '.join(words))


class Answers:
    """A server that sends bytes to its first client, and then holds the connection or goes on for ever."""

    def __init__(self, answer, endless=b'', hold=False, context=None):
        self.answer, self.endless, self.hold, self.context = answer, endless, hold, context
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d/run.json' % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()

    def serve(self):
        try:
            peer = self.socket.accept()[0]
        except OSError:
            return
        with peer:
            try:
                if self.context:
                    peer = self.context.wrap_socket(peer, server_side=True)
                peer.recv(65536)
                peer.sendall(self.answer)
                while self.endless:
                    peer.sendall(self.endless)
                while self.hold and peer.recv(65536):
                    pass
            except OSError:
                pass


def ok(body, length=None):
    return b'HTTP/1.1 200 OK\r\nConnection: close\r\n' + (b'' if length is None else b'Content-Length: %d\r\n' % length) + b'\r\n' + body


def test_addresses(place):
    pair(place)
    new = place.read('new.json').encode()
    with Answers(ok(new)) as server:
        tap.is_(place.bench('compare', 'base.json', server.url).code, 0, 'a baseline from a web server')
    tap.is_(place.bench('compare', 'file://' + place.file('base.json'), 'new.json').code, 0, 'a file:// address')
    for name, server, wanted in [
            ('no answer', Answers(b'', hold=True), 'imed out'),
            ('half an answer', Answers(ok(new[:50], len(new)), hold=True), 'imed out'),
            ('cut short', Answers(ok(new[:50], len(new))), ''),
            ('too large', Answers(ok(b'', 300 << 20), hold=True), 'larger than 64 MiB'),
            ('404', Answers(b'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'), 'the response is 404, not 200'),
            ('not HTTP', Answers(b'\x1b[2Jhello\r\n\r\n'), ''),
            ('not JSON', Answers(ok(b'<html>')), 'not valid JSON'),
            ('a redirect to a file', Answers(b'HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n'), 'disabled'),
            ('a redirect to http', Answers(b'HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'), 'disabled')]:
        with server:
            outcome = place.bench('compare', 'base.json', server.url, '--timeout', '500ms')
            tap.is_((outcome.code, outcome.out), (2, ''), 'an address, %s: refused' % name)
            tap.has(outcome.err, [server.url, wanted], 'an address, %s: in words' % name)
            tap.ok('\x1b' not in outcome.err, 'an address, %s: nothing steers the terminal' % name)
    with Answers(ok(b''), endless=b' ' * (1 << 20)) as server:
        outcome = place.bench('compare', 'base.json', server.url)
        tap.is_(outcome.code, 2, 'an address that never ends: refused')
        tap.has(outcome.err, 'larger than 64 MiB', 'an address that never ends: in words')
    with socket.socket() as taken:   # bound, and nobody listens
        taken.bind(('127.0.0.1', 0))
        for scheme in ('http', 'https'):
            outcome = place.bench('compare', 'base.json', '%s://127.0.0.1:%d/' % (scheme, taken.getsockname()[1]))
            tap.is_(outcome.code, 2, '%s: nobody there: refused' % scheme)
            tap.has(outcome.err, 'onnect', '%s: nobody there: in words' % scheme)
    with Answers(b'this is no TLS') as server:
        outcome = place.bench('compare', 'base.json', server.url.replace('http', 'https'))
        tap.is_(outcome.code, 2, 'https without TLS: refused')
    for address, wanted in [('http://192.0.2.1/run.json', 'http:// is not used'), ('ftp://127.0.0.1/run.json', 'ftp:// is not used'),
                            ('gopher://127.0.0.1/', 'is not used'), ('file://192.0.2.1/etc/passwd', ''),
                            ('file:///dev/zero', 'not a file'), ('file://' + place.file('none'), 'No such file'),
                            ('https://', 'not an address'), ('http://127.0.0.1.example/', 'http:// is not used')]:
        outcome = place.bench('compare', 'base.json', address)
        tap.is_(outcome.code, 2, '%s: refused' % address)
        tap.has(outcome.err, wanted, '%s: in words' % address)


def check_schema(comparison):
    with open(os.path.join(ROOT, 'docs', 'compare.schema.json'), encoding='utf-8') as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = ['%s: %s' % (error.json_path, error.message[:200]) for error in validator.iter_errors(comparison)]
    tap.is_(wrong, [], 'JSON: as docs/compare.schema.json has it')
    # Nothing is written that the schema does not describe.
    tap.is_(set(comparison) - set(schema['properties']), set(), 'JSON: each field is documented')
    for row in comparison['gate'] + comparison['cells']:
        unknown = set(row) - set(schema['$defs']['row']['properties'])
        unknown |= {key for figure in row.values() if isinstance(figure, dict) for key in figure} - set(
            schema['$defs']['figure']['properties'])
        if unknown:
            tap.ok(False, 'JSON: each field of a row is documented', sorted(unknown))


OUTPUTS = {'json': 'out.json', 'markdown': 'out.md', 'junit': 'out.xml', 'tsv': 'out.tsv', 'picture': 'out.svg'}


def test_outputs(place):
    pair(place, factor=slower)
    words = [word for name, path in OUTPUTS.items() for word in ('--' + name, path)]
    outcome = compare(place, *words)
    tap.is_(outcome.code, 1, 'all outputs: exit 1 all the same')
    for path in OUTPUTS.values():
        tap.ok(os.path.getsize(place.file(path)) > 0, '%s is there before the exit code' % path)
    comparison = json.loads(place.read('out.json'))
    tap.is_(comparison['verdict'], 'regressed', 'JSON: the verdict')
    check_schema(comparison)
    suite = xml.etree.ElementTree.parse(place.file('out.xml')).getroot()[0]
    tap.is_((suite.get('failures'), suite.get('tests'), suite.get('skipped')), ('3', '12', '0'), 'JUnit: counts')
    tap.is_(len(suite.findall('.//failure')), 3, 'JUnit: failures')
    lines = [line.split('\t') for line in place.read('out.tsv').splitlines()]
    tap.is_(({len(line) for line in lines}, len(lines)), ({len(lines[0])}, 1 + 6 * 3 + 8 * 5), 'TSV: a line a figure')
    markdown = place.read('out.md')
    tap.ok(markdown.startswith('<!-- benchctl-compare -->\n**benchctl:** NEW has regressed'), 'Markdown: the marker, the verdict',
           markdown[:200])
    tap.is_([markdown.count('<details>'), markdown.count('</details>')], [1, 1], 'Markdown: the rest is folded')
    svg = xml.etree.ElementTree.parse(place.file('out.svg')).getroot()
    tap.has(xml.etree.ElementTree.tostring(svg, 'unicode'), ['tornado', '4096', 'NEW has regressed', '0.80'], 'the picture has it all')
    with open(place.file('out.png'), 'rb') as file:
        tap.is_(file.read(8), b'\x89PNG\r\n\x1a\n', 'and there is a PNG of it')
    for name in ('json', 'markdown', 'junit', 'tsv'):
        tap.is_(compare(place, '--' + name, '-').out, place.read(OUTPUTS[name]), '--%s -: the same on stdout, and nothing else' % name)
    pair(place, spread=0.2)
    compare(place, '--junit', 'out.xml', '--picture', 'out.svg', '--json', 'out.json')
    check_schema(json.loads(place.read('out.json')))
    suite = xml.etree.ElementTree.parse(place.file('out.xml')).getroot()[0]
    tap.ok(int(suite.get('skipped')) > 0 and suite.get('failures') == '0', 'JUnit: inconclusive is skipped', suite.attrib)


def test_nothing_compared(place):
    """Where nothing could be compared every output is written all the same, says so first, and names the commits."""
    commits = ['--base-commit', 'aaa111', '--new-commit', 'bbb222']
    words = [word for name, path in OUTPUTS.items() for word in ('--' + name, path)]
    pair(place)
    good = json.loads(place.read('new.json'))
    for name, base, new, why in (
            ('BASE is missing', None, good, "there is no run 'base.json'"), ('NEW is no run', good, 'x', 'not valid JSON'),
            ('no cell in common', good, dict(good, cells=[dict(cell, mode='keepalive') for cell in good['cells']]), 'no cell in common'),
            ('incomparable', good, dict(good, config=dict(good['config'], duration='9s')), 'the two sides differ in duration'),
            ('nothing valid', good, dict(good, cells=[dict(cell, valid=False, invalid=['little']) for cell in good['cells']]),
             'Nothing valid to compare')):
        for path in ['base.json', 'new.json', 'out.png', *OUTPUTS.values()]:
            if os.path.exists(place.file(path)):
                os.unlink(place.file(path))
        for path, document in (('base.json', base), ('new.json', new)):
            if document:
                write(place, path, document)
        if new == 'x':
            place.file('new.json', 'x')
        outcome = compare(place, *words, *commits)
        tap.is_(outcome.code, 2, '%s: exit 2' % name)
        missing = [path for path in OUTPUTS.values() if not os.path.exists(place.file(path))]
        tap.is_(missing, [], '%s: every output is there' % name)
        if missing:
            continue
        comparison = json.loads(place.read('out.json'))
        check_schema(comparison)
        tap.ok(comparison['verdict'] in ('invalid', 'incomparable'), '%s: JSON: the verdict' % name, comparison)
        tap.is_((comparison['base_commit'], comparison['new_commit']), ('aaa111', 'bbb222'), '%s: JSON: the commits' % name)
        markdown = plain(place.read('out.md'))
        tap.ok(re.match(r'<!-- benchctl-compare -->\n\*\*benchctl:\*\* (Nothing|Not comparable)', markdown), '%s: Markdown says so first' % name,
               markdown)
        root = xml.etree.ElementTree.parse(place.file('out.xml')).getroot()
        tap.is_((root[0].get('errors') != '0', len(root.findall('.//error')) > 0), (True, True), '%s: JUnit has an error' % name)
        svg = ''.join(xml.etree.ElementTree.parse(place.file('out.svg')).getroot().itertext())
        for format, text in (('Markdown', markdown), ('JUnit', ''.join(root.itertext())), ('picture', svg)):
            tap.has(' '.join(text.split()), [why, 'aaa111', 'bbb222'], '%s: %s has the reason and the commits' % (name, format))
        tap.has(outcome.err, why, '%s: stderr has the reason' % name)


def test_unwritable(place):
    pair(place)
    outcome = compare(place, '--json', 'no/such/folder.json', '--tsv', 'out.tsv', '--picture', 'no/x.svg')
    tap.is_(outcome.code, 3, 'an output that cannot be written: exit 3')
    tap.has(outcome.err, 'no/such/folder.json', 'it is named')
    tap.ok(os.path.getsize(place.file('out.tsv')) > 0, 'the others are written')
    tap.is_(compare(place, '--json', '/dev/full').code, 3, 'a full disk: exit 3')
    pair(place, factor=slower)
    tap.is_(compare(place, '--json', 'no/such/folder.json').code, 1, 'a regression is still one')


def test_hostile(place):
    for name, seed in (('base.json', 1), ('new.json', 2)):
        document = runs.run([EVIL, 'a' * 3000], [1, 64], 8, seed)
        for cell in document['cells']:
            cell['mode'] = EVIL
        write(place, name, document)
    words = [word for name, path in OUTPUTS.items() for word in ('--' + name, path)]
    outcome = compare(place, *words)
    tap.is_(outcome.code, 0, 'hostile names are compared')
    tap.ok('\x1b' not in outcome.out, 'they do not steer the terminal')
    tap.ok('<b>' not in place.read('out.md') and '\x1b' not in place.read('out.md'), 'Markdown is escaped', place.read('out.md')[:500])
    tap.is_({line.count('\t') for line in place.read('out.tsv').splitlines()}, {22}, 'TSV keeps its columns')
    for path in ('out.xml', 'out.svg'):
        xml.etree.ElementTree.parse(place.file(path))
    json.loads(place.read('out.json'))
    tap.ok(not os.path.exists(place.file('x')), 'nothing of them is run')


def in_place(test):
    def run():
        test(place)
    run.__name__ = test.__name__
    return run


with Place() as place:
    tap.checks([in_place(test) for name, test in list(globals().items()) if name.startswith('test_')])
tap.done()
