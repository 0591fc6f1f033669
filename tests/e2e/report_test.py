#!/usr/bin/python3
"""benchctl report: the page of a run, in each of the ways that a reader may see it, whatever stands in the run. Prints TAP.

The page is looked at by headless Chromium (tests/browser/look.js); what is in the files is read here.
"""
import copy
import csv
import functools
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.pages import report, written
from helper.program import CONF, ROOT, Place

REFERENCE = os.path.join(ROOT, 'tests', 'data', 'thirty_servers.json')
BROWSER = os.path.join(ROOT, 'tests', 'browser')
VIEWS = 9
PAGE_BYTES = 5 << 20
SVG = '{http://www.w3.org/2000/svg}'

# Each is a name or a message that would do something where it was not escaped.
HOSTILE = [
    '<script>injected=1</script>',
    '"><img src=x onerror=injected=2>',
    "'/><svg onload=injected=3>",
    '</style></title></pre></script><b>',
    'a|b`c`*d*_e_[x](javascript:injected=4)',
    '$(touch injected) `touch injected`; touch injected',
    "it's\n\n# not a heading\t&amp; &#60;b&#62; <!-- ]]> -->",
    'url(#x) %s %n \\u003cb\\u003e \u202eback\u202c',
]

place = None
with open(REFERENCE, encoding='utf-8') as file:
    reference = json.load(file)


def only(servers, levels=None):
    """The reference run with these servers and levels alone."""
    document = copy.deepcopy(reference)
    document['servers'] = [server for server in document['servers'] if server['name'] in servers]
    document['cells'] = [cell for cell in document['cells'] if cell['server'] in servers and
                         (not levels or cell['level'] in levels)]
    return document


def renamed(document, names):
    """The same with other names, in turn."""
    change = dict(zip((server['name'] for server in document['servers']), names))
    for server in document['servers']:
        server['name'] = change.get(server['name'], server['name'])
    for cell in document['cells']:
        cell['server'] = change.get(cell['server'], cell['server'])
    return document


def thrice(document):
    """The same in three launches, all alike."""
    document['cells'] = [dict(copy.deepcopy(cell), block=block) for block in (1, 2, 3) for cell in document['cells']]
    return document


def failing(document):
    """The same where each cell has failed: as those of the reference that did."""
    failed = next(cell for cell in reference['cells'] if cell['invalid'] == ['failed'])
    for cell in document['cells']:
        place = {key: cell[key] for key in ('server', 'client', 'mode', 'level', 'block')}
        cell.clear()
        cell.update(copy.deepcopy(failed), **place)
    return document


def hostile():
    """A run in which whatever is a text is hostile."""
    document = renamed(only([server['name'] for server in reference['servers'][:len(HOSTILE)]]), HOSTILE)
    everything = ' '.join(HOSTILE)
    for at, server in enumerate(document['servers']):
        server.update(version=HOSTILE[at], command=everything)
    for at, cell in enumerate(document['cells']):
        cell['wrong'] = HOSTILE[at % len(HOSTILE)]
        if at % 7 == 0:
            cell.update(error=everything, valid=False, invalid=['failed'])
    document['environment'].update(cpu_model=HOSTILE[0], kernel=HOSTILE[1], governor=HOSTILE[2], client_cpus=HOSTILE[3])
    document['benchctl'].update(version=HOSTILE[0], commit=HOSTILE[1], compiler=HOSTILE[4], flags=HOSTILE[5])
    document['config'].update({'servers': everything, 'out': HOSTILE[5], 'active': HOSTILE[0], 'duration': HOSTILE[1]})
    return document


ALL = [server['name'] for server in reference['servers']]
# What `make check` looks at; the others take many pictures.
QUICK = ['one-server', 'one-level', 'only-failures', 'hostile']
# Name, document, servers beside the control server, and words of the finding.
CASES = {
    'reference': (reference, 30, ['Of 30 servers from 1 to 65,536 connections, in 1 launch,', 'are not settled (']),
    'one-server': (thrice(only(['control', 'tornado'])), 1, ['From 1 to 65,536 connections, in 3 launches, tornado sags [works more]: at 65,536 connections 70 % of its maximum rate (71 % without the host\'s share); likely cause: server CPU']),
    'no-control': (thrice(only(['tornado'])), 1, ['tornado sags']),
    'control-alone': (only(['control']), 0, ['No server was measured besides the control server']),
    'only-failures': (thrice(failing(only(['control', 'tornado', 'eventlet']))), 2, ['2 fail (']),
    'one-level': (only(['control', 'tornado', 'node_js', 'go'], [64]), 3,
                  ['At 64 connections 5,385 (tornado) to 25,779 (go) requests a second', 'One level does not tell']),
    'long-names': (renamed(only(ALL[:12]), ['%s_%s' % (chr(97 + at) * 29, 'w' * 30) for at in range(12)]), 12, ['w' * 30]),
    'crowded': (renamed(only(ALL), ['control'] + ['%s_%s' % ('%02d' % at * 14, 'w' * 31) for at in range(1, len(ALL))]), len(ALL) - 1,
                ['w' * 31]),
    'hostile': (hostile(), len(HOSTILE), ['<script>injected=1</script>']),
}


if tap.QUICK:
    CASES = {name: CASES[name] for name in QUICK}


class Balance(html.parser.HTMLParser):
    """The elements of a page that are not closed, or closed without having been opened."""
    VOID = {'meta', 'link', 'br', 'hr', 'img', 'input', 'wbr'}

    def __init__(self):
        super().__init__()
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        names = [name for name, value in attrs]
        if len(names) != len(set(names)):
            self.faults.append('an attribute twice in %s' % self.get_starttag_text())
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append('</%s> at %s' % (tag, self.getpos()))


@functools.lru_cache(None)
def made(name):
    """The page of a case, in its folder, and how making it ended."""
    written(place, name, CASES[name][0])
    return report(place, name)


@functools.lru_cache(None)
def three_modes():
    """The page of a real run in three modes."""
    outcome = place.bench('run', '--conf', CONF, '--port', '0', '--duration', '50ms', '--warmup', '10ms', '--max-window', '1s',
                          '--servers', 'control,tornado', '--concurrency', '1,16,64', '--mode', 'close,keepalive,crowd',
                          '--active', '10', '--repeat', '2', '--out', 'three-modes')
    if tap.is_(outcome.code, 0, 'a run in three modes'):
        outcome = report(place, 'three-modes')[1]
    return outcome


def page_of(name):
    if name in CASES:
        made(name)
    return place.read('pages/%s/index.html' % name)


def test_pages_are_made():
    for name, (document, _, _) in CASES.items():
        folder, outcome = made(name)
        if not tap.is_((outcome.code, outcome.out, outcome.err), (0, folder + '/index.html\n', ''), name + ': is made'):
            continue
        files = os.listdir(folder)
        tap.is_([file for file in files if file.endswith('.new')], [], name + ': nothing half made is left')
        balance = Balance()
        balance.feed(page_of(name))
        tap.is_((balance.faults, balance.open), ([], []), name + ': each element is closed')
        tap.is_(json.loads(place.read('pages/%s/run.json' % name)), document, name + ': its run.json lies beside it')
        for file in sorted(files):
            if file.endswith('.svg'):
                root = xml.etree.ElementTree.parse(os.path.join(folder, file)).getroot()
                tap.ok(root.tag == SVG + 'svg' and root.find(SVG + 'title') is not None,
                       '%s: %s is an SVG with a title' % (name, file))
    tap.ok(not os.path.exists(place.file('injected')), 'no command in a run was run')
    if 'reference' in CASES:
        size = os.path.getsize(place.file('pages/reference/index.html'))
        tap.ok(size < PAGE_BYTES, 'the page of all servers is below 5 MiB', size)


@tap.thorough
def test_all_modes_are_one_page():
    """All servers in three modes: what `make reference` makes."""
    document = copy.deepcopy(reference)
    for mode in ('keepalive', 'crowd'):
        document['cells'] += [dict(cell, mode=mode) for cell in reference['cells']]
    written(place, 'all-modes', document)
    folder, outcome = report(place, 'all-modes')
    if tap.is_(outcome.code, 0, 'a page of all servers in three modes'):
        size = os.path.getsize(os.path.join(folder, 'index.html'))
        tap.ok(size < PAGE_BYTES, 'is below 5 MiB', size)


def test_csv():
    for name in CASES:
        made(name)
        for file in sorted(os.listdir(place.file('pages/' + name))):
            if not file.endswith('.csv'):
                continue
            with open(place.file('pages/%s/%s' % (name, file)), encoding='utf-8', newline='') as lines:
                rows = list(csv.reader(lines, strict=True))
            tap.ok({len(row) for row in rows} == {len(rows[0])} and len(set(rows[0])) == len(rows[0]),
                   '%s: %s has as many fields in each line' % (name, file), rows[:2])
    with open(place.file('pages/one-server/overview-close.csv'), encoding='utf-8', newline='') as lines:
        rows = {row['server']: row for row in csv.DictReader(lines)}
    right = max(cell['rate_rps'] for cell in reference['cells'] if cell['server'] == 'tornado' and cell['client'] == 'epoll')
    tap.is_((float(rows['tornado']['max_rps']), rows['tornado']['verdict'].partition(' (')[0]),
            (right, 'sags to 71\u00a0%, works more'), 'numbers as measured')


def unescaped(line):
    return len(re.findall(r'(?<!\\)\|', line))


def test_markdown():
    text = html.unescape(re.search(r'<pre id="markdown">(.*?)</pre>', page_of('hostile'), re.S).group(1))
    table = [line for line in text.splitlines() if line.startswith('|')]
    tap.is_(len(table), 2 + len(HOSTILE), 'Markdown: a line a server')
    tap.is_({unescaped(line) for line in table}, {unescaped(table[0])}, 'Markdown: no name makes a column')
    prose = [line for line in text.splitlines() if not line.startswith('    ')]
    tap.ok(not re.search(r'(?<!\\)[<`*\[]', '\n'.join(prose).replace('0*', '')), 'Markdown: no name makes markup',
           [line for line in prose if re.search(r'(?<!\\)[<`*\[]', line)])
    tap.ok(not re.search(r'(?m)^#', text), 'Markdown: no name makes a heading')


def test_command():
    """The command of the page, as a shell reads it, has the options of the run and does nothing else."""
    text = html.unescape(re.search(r'<h2 id="again".*?<pre>(.*?)</pre>', page_of('hostile'), re.S).group(1))
    outcome = place.command('/bin/sh', '-c', 'benchctl() { for word; do printf "%s\\n" "$word"; done; }\n' + text)
    words = outcome.out.split('\n')[:-1]
    options = dict(zip(words[1::2], words[2::2]))
    plain = ' '.join(HOSTILE).replace('\n', ' ').replace('\t', ' ').replace('\u202e', '').replace('\u202c', '')
    tap.is_((outcome.code, outcome.err, words[0], options.get('--servers')), (0, '', 'run', plain), 'a shell reads the command back')
    tap.ok(not os.path.exists(place.file('injected')), 'and runs nothing in it')
    tap.has(page_of('one-server'), '<pre>benchctl run --concurrency 1,4,16,64,256,1024,4096,16384,65536 '
            '--duration 500ms --warmup 100ms --max-window 4s --timeout 10s --ready 5s --seed 328926</pre>',
            'the options that are not the defaults')


def test_link_previews():
    written(place, 'linked', CASES['one-server'][0])
    folder, outcome = report(place, 'linked', '--url', 'https://example.org/a"b')
    tap.ok(outcome.code == 0, 'a page with its address', outcome)
    text = page_of('linked')
    image = re.search(r'property="og:image" content="https://example.org/a&quot;b/([\w-]+\.png)"', text)
    tap.ok(image, 'names its picture by its address', re.findall(r'<meta property[^>]*>', text))
    with open(os.path.join(folder, image.group(1)), 'rb') as picture:
        header = picture.read(24)
    tap.is_((int.from_bytes(header[16:20], 'big'), int.from_bytes(header[20:24], 'big')), (1200, 630), 'of 1200 x 630 pixels')
    tap.has(text, ['og:title', 'og:description', 'og:image:alt', 'summary_large_image'], 'and says what it is')


def test_errors():
    _, outcome = report(place, 'nothing')
    tap.is_((outcome.code, outcome.out), (2, ''), 'no run.json: 2')
    place.file('file', '')
    written(place, 'one-server', CASES['one-server'][0])
    outcome = place.bench('report', place.file('results/one-server/run.json'), '-o', place.file('file/folder'))
    tap.is_((outcome.code, outcome.out), (3, ''), 'no folder: 3')
    tap.has(outcome.err, 'benchctl report: ', 'which says why')
    document = only(['control', 'tornado'])
    for cell in document['cells']:
        cell['mode'] = '../../escaped'
    written(place, 'escaping', document)
    _, outcome = report(place, 'escaping')
    tap.ok(outcome.code in (2, 3) and not os.path.exists(place.file('pages/escaping/index.html')),
           'a mode that leads out of the folder is refused', outcome)
    # What is there stays as it is where a new page cannot be made.
    os.makedirs(place.file('pages/blocked/rate-close.csv'))
    written(place, 'blocked', only(['control', 'tornado']))
    place.file('pages/blocked/index.html', 'old')
    _, outcome = report(place, 'blocked')
    tap.is_((outcome.code, page_of('blocked')), (3, 'old'), 'a page that cannot be made leaves the old one')
    tap.is_(sorted(os.listdir(place.file('pages/blocked'))), ['index.html', 'rate-close.csv'], 'and nothing half made')


def test_less_than_a_round():
    """The rate of a part of the connections is marked in the tables of the page, which say what the mark means."""
    document = only(['tornado'], [1024])
    for cell in document['cells']:
        cell['rounds'] = 0.5
    for name, cells in ('parts', document['cells']), ('whole', [dict(cell, rounds=2) for cell in document['cells']]):
        written(place, name, dict(document, cells=cells))
        _, outcome = report(place, name)
        tap.is_(outcome.code, 0, 'rounds: the page of %s' % name)
        page = page_of(name)
        tap.is_(bool(re.search(r'<td[^>]*>[\d,.]+[*!]*~', page)), name == 'parts', 'rounds, %s: the mark' % name)
        tap.is_('less than one round of all of them fitted into the window' in page, name == 'parts', 'rounds, %s: its meaning' % name)


def test_three_modes():
    outcome = three_modes()
    if tap.is_(outcome.code, 0, 'its page'):
        tap.has(page_of('three-modes'), ['In close mode: From 1 to 64', 'In keepalive mode: From', 'In crowd mode: From', '2 launches'],
                'tells of each mode')
    else:
        tap.note(outcome)


def looks(names):
    """What the browser saw of each page, by view."""
    pages = [place.file('pages/%s/index.html' % name) for name in names]
    environment = place.environment()
    outcome = subprocess.run(['node', 'look.js', *pages], capture_output=True, text=True, cwd=BROWSER, env=environment)
    if not tap.is_((outcome.returncode, outcome.stderr), (0, ''), 'the browser has looked'):
        return
    for line in outcome.stdout.splitlines():
        said = json.loads(line)
        yield os.path.basename(os.path.dirname(said['page'])), said


def check_view(name, said):
    """What must be so of each page, however it is seen."""
    what = '%s, %s: ' % (name, said['view'])
    tap.is_((said['console'], said['errors'], said['requests']), ([], [], []), what + 'no complaint, nothing asked of the network')
    tap.is_((said['overflow'], said['wide']), (0, []), what + 'nothing is wider than the window')
    figures = said['figures']
    tap.ok(figures and all(figure['seen'] == figure['drawn'] == 1 for figure in figures), what + 'each picture is drawn once',
           figures)
    tap.is_((said['broken'], said['repeated']), (0, []), what + 'ids are unique, and lead somewhere')
    tap.is_((said['scripts'], said['handlers'], said['foreign'], said['injected']), (1, 0, [], None), what + 'nothing was injected')
    tap.is_(said['background'], 'rgb(22, 24, 27)' if said['view'].endswith('dark') else 'rgb(255, 255, 255)', what + 'its colours')
    tap.is_(said['papers'], ['rgb(20, 23, 28)' if said['view'].endswith('dark') else 'rgb(255, 255, 255)'], what + 'its pictures\' too')
    if 'violations' in said:
        tap.is_(said['violations'], [], what + 'no violation of accessibility')
    if 'opened' in said:
        opened = said['opened']
        tap.is_((opened['overflow'], opened['wide']), (0, []), what + 'nor is it wider with all unfolded')
    tap.ok((said['buttons'] > 0) == (said['view'] != 'without-javascript'), what + 'buttons where they can work')


def check_sorting(name, said):
    tap.is_(said['copied'].replace('\r\n', '\n').strip(), said['markdown'].strip(), name + ': the Markdown is copied')
    if not said['sorted']['numbers']:
        return  # one line, or no number
    falling, rising = ([float(number) if number else None for number in numbers] for numbers in said['sorted']['numbers'])
    known = sorted(number for number in falling if number is not None)
    unknown = [None] * (len(falling) - len(known))
    tap.is_((falling, rising), (known[::-1] + unknown, known + unknown), name + ': a column is sorted, falling and rising')
    tap.is_(said['sorted']['states'], ['descending', 'ascending'], name + ': and says so')


@tap.thorough
def test_in_the_browser():
    if not shutil.which('node') or not os.path.isdir(os.path.join(BROWSER, 'node_modules')):
        raise tap.Skip('the browser is not set up: .ci/modules tests/browser')
    names = list(CASES) + (['three-modes'] if three_modes().code == 0 else [])
    for name in CASES:
        made(name)
    seen = {}
    for name, said in looks(names):
        seen.setdefault(name, []).append(said['view'])
        check_view(name, said)
        if 'sorted' in said:
            check_sorting(name, said)
            _, servers, words = CASES.get(name, (None, 1, []))
            tap.has(said['finding'], words, name + ': the finding')
            tap.has(said['title'], '%d server' % servers, name + ': the title')
    tap.is_({name: len(views) for name, views in seen.items()}, {name: VIEWS for name in names}, 'each page was seen in each way')


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
