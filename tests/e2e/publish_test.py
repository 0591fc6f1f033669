#!/usr/bin/python3
"""publish: a static site of runs in a folder: its pages, its feed, and what is refused. Prints TAP."""
import copy
import functools
import hashlib
import json
import os
import re
import shutil
import socket
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import HOST
from helper.program import ROOT, Place
from helper.site import (ATOM, OPTIONS, counts, dead_links, made, measured, own_temporary, page_of, shown,
                         silent_port, site_of, temporary_left, three_runs)

EVIL = '<script>alert(1)</script>]]>"\'&\x1b[2J../../etc'
BROWSER = os.path.join(ROOT, 'tests', 'browser')


def test_folder():
    tap.is_((published.code, published.out), (0, 'site/index.html\n'), 'three runs are published to a folder')
    folder = place.file('site')
    tap.is_(dead_links(folder), [], 'no link leads nowhere')
    tap.is_([name[:8] for name in shown(place, folder)], ['20260303', '20260202', '20260101'], 'the newest run stands first')
    files = site_of(folder)
    with open(RUNS[1], 'rb') as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    tap.is_(files['latest.json'], wanted, 'latest.json is the newest run that was not cut short, byte for byte')
    tap.ok([path for path in files if path.endswith('run.json') and files[path] == wanted], 'each run has its run.json')
    tap.is_(place.bench('table', 'site/latest.json').code, 0, 'latest.json is a run.json')
    page = page_of(os.path.join(folder, 'servers/tornado.html'))
    tap.is_(page.tags.count('figure'), 1, 'the trend of a server has its picture')
    tap.has(''.join(page.text), ['close mode', '1 connection', 'interrupted', 'kernel'], 'and a table, with what changed')
    for path in files:
        if path.endswith('.svg'):
            xml.etree.ElementTree.parse(os.path.join(folder, path))
    svg = place.read('site/servers/tornado-1.svg')
    tap.ok('>tornado: requests per second over runs</title>' in svg and '>Requests per second of tornado' in svg,
           'its picture says what it is', svg[:900])
    tap.ok('Test kernel' in svg, 'and where it was measured')
    left = [path for path in files if 'part' in path]
    tap.is_(left, [], 'nothing half-written is left')


def test_feed():
    feed = xml.etree.ElementTree.parse(place.file('site/feed.xml')).getroot()
    ids = [element.text for element in feed.iter(ATOM + 'id')]
    tap.ok(len(ids) == 4 and len(set(ids)) == 4, 'the feed and its entries have ids of their own', ids)
    tap.ok(all(re.fullmatch('urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', id_) for id_ in ids),
           'each is a UUID', ids)
    dates = [element.text for element in feed.iter(ATOM + 'updated')]
    tap.is_(dates, ['2026-03-03T00:00:00Z', '2026-03-03T00:00:00Z', '2026-02-02T12:30:00Z', '2026-01-01T23:59:59Z'], 'dates, newest first')
    tap.is_(feed.find(ATOM + 'title').text, 'Our figures & yours', 'its title')
    tap.is_(feed.find(ATOM + 'author').find(ATOM + 'name').text, 'benchctl', 'its author, which each feed needs')
    links = {link.get('rel'): link.get('href') for link in feed.findall(ATOM + 'link')}
    tap.is_(links, {'self': 'https://example.org/b/feed.xml', 'alternate': 'https://example.org/b/'}, 'its links are whole where the URL is known')
    for entry in feed.iter(ATOM + 'entry'):
        tap.ok(entry.find(ATOM + 'title').text and entry.find(ATOM + 'summary').text, 'an entry has title and summary')


def test_again():
    before = site_of(place.file('site'))
    times = {path: os.stat(place.file('site/' + path)).st_ino for path in before}
    outcome = place.bench('publish', RUNS[0], RUNS[0], '--to', 'site')
    tap.is_(outcome.code, 0, 'a run that is there is published again')
    tap.is_(counts(outcome)[:3], (0, 2, 0), 'nothing is sent')
    tap.is_(site_of(place.file('site')), before, 'nothing changes')
    tap.is_({path: os.stat(place.file('site/' + path)).st_ino for path in before}, times, 'nothing is written anew')
    outcome = place.bench('publish', RUNS[0], '--to', 'site', '--renew')
    tap.is_((outcome.code, counts(outcome)[:3]), (0, (0, 1, 0)), '--renew makes the same bytes')
    os.unlink(place.file('site/servers/tornado-1.svg'))
    outcome = place.bench('publish', RUNS[0], '--to', 'site', '--renew')
    tap.is_((outcome.code, counts(outcome)[2]), (0, 1), 'and mends what is missing')
    tap.is_(site_of(place.file('site')), before, 'just so')


def test_order():
    """One at a time, in another order: the same site."""
    for run in (RUNS[1], RUNS[2], RUNS[0]):
        outcome = place.bench('publish', run, '--to', 'one-by-one', '--title', 'Our figures & yours', '--url', 'https://example.org/b/')
        tap.is_(outcome.code, 0, 'one run')
        tap.is_(dead_links(place.file('one-by-one')), [], 'no link leads nowhere')
    one, all_ = site_of(place.file('one-by-one')), site_of(place.file('site'))
    differ = sorted(path for path in one.keys() | all_.keys() if one.get(path) != all_.get(path))
    # The feed's id is that of the run which was there first.
    tap.is_([path for path in differ if path not in ('feed.xml', 'site.json')], [], 'runs may come in any order')


def test_long():
    """A finding that names many servers is the same when it comes from the manifest."""
    document = json.loads(place.read(RUNS[0]))
    server, cells = document['servers'][-1], [cell for cell in document['cells'] if cell['server'] == 'tornado']
    for i in range(60):
        name = 'a server that has a rather long name, which is of no use but to be named in the finding %03d' % i
        document['servers'].append(dict(server, name=name))
        document['cells'] += [dict(cell, server=name) for cell in cells]
    place.file('long.json', json.dumps(document))
    title = ' '.join(['long'] * 1000)
    tap.is_(place.bench('publish', 'long.json', '--to', 'long', '--title', title).code, 0, 'a run of many servers')
    folder = place.file('long')
    before = site_of(folder)
    text = ''.join(page_of(os.path.join(folder, 'index.html')).text)
    tap.ok('finding 059' in text.split('Servers')[0], 'its finding names them all')
    outcome = place.bench('publish', 'long.json', '--to', 'long')
    tap.is_((outcome.code, counts(outcome)[2]), (0, 0), 'again, nothing is sent')
    tap.is_(site_of(folder), before, 'and nothing changes')


def test_full():
    """A manifest that the next call could not read is not written."""
    place.bench('publish', RUNS[0], '--to', 'full')
    manifest = json.loads(place.read('full/site.json'))
    for i in range(20000 - len(manifest['files'])):
        manifest['files']['old/%05d' % i] = [1, '']
    # One page is of another server, which is no longer there.
    manifest['files']['servers/gone.html'] = manifest['files'].pop('servers/tornado.html')
    os.unlink(place.file('full/servers/tornado.html'))
    place.file('full/site.json', json.dumps(manifest))
    before = site_of(place.file('full'))
    outcome = place.bench('publish', RUNS[0], '--to', 'full')
    tap.is_((outcome.code, outcome.out), (3, ''), 'a site with as many files as a manifest has room for')
    tap.has(outcome.err, 'is full', 'it says so')
    tap.is_(site_of(place.file('full')), before, 'and nothing is written')


def test_foreign():
    place.file('foreign/README', 'mine')
    place.file('foreign/servers/notes.txt', 'mine too')
    place.file('foreign/runs/else/index.html', 'and this')
    outcome = place.bench('publish', RUNS[0], '--to', 'foreign')
    tap.is_(outcome.code, 0, 'a folder may hold other files')
    tap.is_([place.read('foreign/' + path) for path in ('README', 'servers/notes.txt', 'runs/else/index.html')],
            ['mine', 'mine too', 'and this'], 'they stay as they are')
    for path in ('index.html', 'feed.xml', 'latest.json', 'servers/tornado.html'):
        name = 'taken-' + path.replace('/', '-')
        place.file('%s/%s' % (name, path), 'mine')
        outcome = place.bench('publish', RUNS[0], '--to', name)
        tap.is_((outcome.code, outcome.out), (3, ''), '%s of another: refused' % path)
        tap.has(outcome.err, 'has not written', '%s of another: said so' % path)
        tap.is_(place.read('%s/%s' % (name, path)), 'mine', '%s of another: not touched' % path)
        tap.ok(path == 'index.html' or not os.path.exists(place.file(name + '/index.html')), '%s of another: no index' % path)


@functools.lru_cache(None)
def evil():
    """The outcome of publishing runs whose every name is hostile, to the folder `evil`."""
    document = json.loads(place.read(RUNS[0]))
    for server in document['servers']:
        if server['name'] == 'tornado':
            server['name'], server['version'] = EVIL, EVIL
    for cell in document['cells']:
        if cell['server'] == 'tornado':
            cell['server'] = EVIL
    document['environment']['cpu_model'] = EVIL
    for i in range(2):
        document['environment']['date'] = '2026-04-0%dT00:00:00Z' % (i + 1)
        document['benchctl']['commit'] = EVIL
        place.file('evil-%d.json' % i, json.dumps(document))
    return place.bench('publish', 'evil-0.json', 'evil-1.json', '--to', 'evil', '--title', EVIL)


def test_hostile():
    outcome = evil()
    tap.is_(outcome.code, 0, 'names from outside are published')
    tap.ok('\x1b' not in outcome.out + outcome.err, 'and do not steer the terminal')
    folder = place.file('evil')
    files = site_of(folder)
    tap.is_([path for path in files if not re.fullmatch('[A-Za-z0-9._/-]+', path) or '..' in path], [], 'paths are plain')
    ours = [path for path in files if path.endswith('.html') and not path.startswith('runs/')]
    for path in ours:
        page = page_of(os.path.join(folder, path))
        tap.ok('script' not in page.tags, path + ': no name is markup', page.tags)
        tap.ok(not any('\x1b' in text for text in page.text), path + ': nor a control character')
    tap.ok(any('<script>alert(1)' in ''.join(page_of(os.path.join(folder, path)).text) for path in ours), 'they are shown as they are')
    feed = xml.etree.ElementTree.parse(os.path.join(folder, 'feed.xml')).getroot()
    tap.has(feed.find(ATOM + 'title').text, '<script>', 'the feed has them as text')
    for path in files:
        if path.startswith('servers/') and path.endswith('.svg'):
            tags = {element.tag.split('}')[1] for element in xml.etree.ElementTree.parse(os.path.join(folder, path)).iter()}
            tap.ok('script' not in tags, path + ': well-formed, without a script')
    tap.is_(dead_links(folder), [], 'no link leads nowhere')


@tap.thorough
def test_browser():
    """The pages as a reader sees them, narrow and wide, light and dark."""
    modules = os.path.join(BROWSER, 'node_modules')
    if not shutil.which('node') or not os.path.isdir(modules):
        raise tap.Skip('the browser is not set up: .ci/modules tests/browser')
    evil()
    pages = [name for name in os.listdir(place.file('evil/servers')) if name.endswith('.html') and name != 'control.html']
    seen = []
    # One after the other: each has the time of a whole command.
    for page in ('site/index.html', 'site/servers/tornado.html', 'evil/index.html', 'evil/servers/' + pages[0]):
        outcome = place.command('node', os.path.join(BROWSER, 'site.js'), page)
        views = [json.loads(line) for line in outcome.out.splitlines()]
        tap.is_(len(views), 3 * 2, page + ' is looked at in each view') or tap.note(outcome)
        seen += views
    for view in seen:
        name = '%s, %d px, %s: ' % (view['page'], view['width'], view['scheme'])
        tap.ok(view['overflow'] <= 0, name + 'nothing overflows', view)
        tap.is_((view['console'], view['requests'], view['scripts'], view['missing']), ([], [], 0, 0), name + 'no message, no request, no script, '
                'no missing picture')
        tap.ok(all(source.endswith('-dark.svg') == (view['scheme'] == 'dark') for source in view['sources']), name + 'its pictures', view['sources'])
        tap.is_(view['violations'], [], name + 'accessible')
    tap.ok(any(view['images'] for view in seen), 'there are pictures')


def damaged(change):
    manifest = json.loads(place.read('site/site.json'))
    change(manifest)
    return json.dumps(manifest)


def test_manifest():
    """Nothing that comes back from the site's server is trusted."""
    run = lambda manifest: manifest['runs'][0]
    table = [
        ('none', 'nonsense', 'not valid JSON'),
        ('of another', '{}', 'no manifest of benchctl'),
        ('newer', damaged(lambda m: m.update(benchctl_site=3)), 'use a newer benchctl'),
        ('path above', damaged(lambda m: m['files'].update({'../x': [1, '']})), 'no path of a file'),
        ('absolute path', damaged(lambda m: m['files'].update({'/etc/x': [1, '']})), 'no path of a file'),
        ('id', damaged(lambda m: run(m).update(id='../../x')), 'id does not follow'),
        ('date', damaged(lambda m: run(m).update(date='2026-02-30T00:00:00Z')), 'date or hash'),
        ('hash', damaged(lambda m: run(m).update(sha256='x')), 'date or hash'),
        ('twice', damaged(lambda m: m['runs'].append(m['runs'][0])), 'not in order'),
        ('rate', damaged(lambda m: run(m)['curves'][0]['points'].update(one=[1, 5, 9, 9, True])), 'is no rate'),
        ('level', damaged(lambda m: run(m)['curves'][0]['points'].update(one=[-1, 5, 5, 5, True])), 'not what it should be'),
        ('server', damaged(lambda m: run(m)['curves'][0].update(server=None)), "runs[0]: curves[0]: 'server' is empty"),
        ('latest', damaged(lambda m: m['site'].update(latest='x')), 'none of the runs'),
        ('no latest', damaged(lambda m: m['site'].update(latest=None)), "'latest' is missing"),
        ('no feed', damaged(lambda m: m['site'].update(feed_id=None)), "'feed_id' is missing"),
        ('url', damaged(lambda m: m['site'].update(url='javascript:alert(1)//')), 'no plain http'),
        ('feed', damaged(lambda m: m['site'].update(feed_id='<')), 'no UUID'),
    ]
    for name, text, wanted in table:
        folder = 'damaged-' + name.replace(' ', '-')
        place.file(folder + '/site.json', text)
        outcome = place.bench('publish', RUNS[0], '--to', folder)
        tap.is_((outcome.code, outcome.out), (3, ''), 'a manifest that is bad (%s): refused' % name)
        tap.has(outcome.err, wanted, 'a manifest that is bad (%s): said so' % name)
        tap.is_(list(site_of(place.file(folder))), ['site.json'], 'a manifest that is bad (%s): nothing is written' % name)
    path = place.file('damaged-large/site.json', '{')
    os.truncate(path, 65 << 20)
    outcome = place.bench('publish', RUNS[0], '--to', 'damaged-large')
    tap.is_(outcome.code, 3, 'a manifest without end: refused')
    tap.has(outcome.err, 'not a file of at most', 'a manifest without end: said so')


def test_refused():
    document = json.loads(place.read(RUNS[0]))
    undated = copy.deepcopy(document)
    undated['environment']['date'] = 'yesterday'
    place.file('undated.json', json.dumps(undated))
    place.file('empty.json', json.dumps(dict(document, cells=[])))
    for words, wanted in [(('--to', 'x'), 'RUN.. is missing'), ((RUNS[0],), '--to is missing'),
                          (('none.json', '--to', 'x'), "there is no run 'none.json'"), ((RUNS[0], 'undated.json', '--to', 'x'), 'is not of the form'),
                          (('empty.json', '--to', 'x'), 'no cells'), ((RUNS[0], '--to', ''), 'it is empty'),
                          ((RUNS[0], '--to', 'x', '--url', 'javascript:x'), 'not a plain http'),
                          ((RUNS[0], '--to', 'x', '--url', 'https://a@b/'), 'not a plain http'),
                          ((RUNS[0], '--to', 'ftp://127.0.0.1/'), "'ftp' is no protocol"),
                          ((RUNS[0], '--to', 'file:///tmp/x'), 'cannot be read'),
                          ((RUNS[0], '--to', 'http://192.0.2.1/'), 'in the clear'),
                          ((RUNS[0], '--to', 'https://127.0.0.1/?a'), "no '?'")]:
        outcome = place.bench('publish', *words)
        tap.is_((outcome.code, outcome.out), (2, ''), '%s: refused' % ' '.join(words))
        tap.has(outcome.err, wanted, '%s: in words' % ' '.join(words))
    tap.ok(not os.path.exists(place.file('x')), 'and nothing is made')


def test_silence():
    """A server that takes the connection and says nothing."""
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        outcome = place.bench('publish', RUNS[0], '--to', 'http://%s:%d/' % silent.getsockname(), '--timeout', '300ms')
        tap.is_((outcome.code, outcome.out), (3, ''), 'silence has an end')
        tap.has(outcome.err, 'timed out', 'it says so')
    outcome = place.bench('publish', RUNS[0], '--to', 'http://%s:%d/' % silent_port())
    tap.is_(outcome.code, 3, 'nobody there')


def test_left_out():
    empty = copy.deepcopy(real)
    empty['cells'], empty['interrupted'] = [], True
    running = place.file('running.json', json.dumps(empty))
    ahead = made(place, real, 'ahead.json', '2099-01-01T00:00:00Z')
    outcome = place.bench('publish', running, RUNS[0], ahead, '--to', 'left-out')
    tap.is_((outcome.code, len(shown(place, place.file('left-out')))), (0, 2), 'a run without cells is left out')
    tap.has(outcome.err, ['running.json: warning: left out', 'ahead.json: warning: its date is ahead'], 'and told, as is a date ahead')
    tap.is_(place.bench('publish', running, running, '--to', 'left-out-too').code, 2, 'none is left: exit code')
    tap.is_(place.bench('publish', RUNS[0], place.file('bad.json', '{'), '--to', 'left-out-too').code, 2, 'no run at all: refused')

with Place() as place:
    own_temporary(place)
    real = measured(place)
    RUNS = three_runs(place, real)
    # What a folder has: other places are compared with it.
    published = place.bench('publish', *RUNS, '--to', 'site', *OPTIONS)
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    tap.is_(temporary_left(), [], 'no temporary folder is left')
tap.done()
