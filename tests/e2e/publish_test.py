#!/usr/bin/python3
"""publish: a static site of runs, in a folder and on real WebDAV servers, cut in the middle and gone on with. Prints TAP."""
import copy
import functools
import hashlib
import html.parser
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
from helper.dav import HOST, Relay, Server, Ssh, needed
from helper.program import CONF, ROOT, Place

ATOM = '{http://www.w3.org/2005/Atom}'
EVIL = '<script>alert(1)</script>]]>"\'&\x1b[2J../../etc'
BROWSER = os.path.join(ROOT, 'tests', 'browser')
SECRET = 's3cret-that-nobody-may-see'


def measured(place):
    """A real run of two servers, from which the others are made."""
    # Requests, not a time: each cell has its figures on a busy machine too.
    outcome = place.bench('run', '--conf', CONF, '--servers', 'control,tornado', '--concurrency', '1,100', '--requests', '400',
                          '--sequential', '50', '--warmup', '10ms', '--repeat', '2', '--port', '0', '--out', 'real')
    tap.is_(outcome.code, 0, 'a run')
    document = place.document('real')
    tap.ok(all(cell['rate_rps'] for cell in document['cells']), 'each of its cells has a rate',
           [(cell['server'], cell['level'], cell['invalid']) for cell in document['cells']])
    return document


def made(place, document, name, date, factor=1.0, **changes):
    """A run.json of another day."""
    document = copy.deepcopy(document)
    document['environment']['date'] = date
    document['environment'].update({key: value for key, value in changes.items() if key in document['environment']})
    document['interrupted'] = changes.get('interrupted', False)
    for cell in document['cells']:
        if cell['rate_rps']:
            cell['rate_rps'] *= factor
    return place.file(name, json.dumps(document))


def site_of(folder):
    """Each file of a site with its hash, but the one that a folder has for GitHub's sake."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in set(names) - {'.nojekyll'}:
            path = os.path.join(at, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.tags, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ('href', 'src', 'srcset')]

    def handle_data(self, data):
        self.text.append(data)


def page_of(path):
    parser = Links()
    with open(path, encoding='utf-8') as file:
        parser.feed(file.read())
    return parser


def dead_links(folder):
    """Links of all pages that can be reached from the index and from the feed, to files that are not there."""
    dead, seen, left = [], set(), ['index.html', 'feed.xml']
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        whole = os.path.join(folder, path)
        if not os.path.exists(whole):
            dead.append(path)
            continue
        if path.endswith('.html'):
            links = page_of(whole).links
        elif path == 'feed.xml':
            links = [link.get('href') for link in xml.etree.ElementTree.parse(whole).iter(ATOM + 'link')]
        else:
            continue
        for link in links:
            if not re.match(r'[a-z]+:|#', link):
                left.append(os.path.normpath(os.path.join(os.path.dirname(path), link.split('#')[0])))
    return [path for path in dead if path not in ('.', 'index.html', 'feed.xml')]


def shown(place, folder):
    """The ids of the runs that the index shows; none where there is no index."""
    path = os.path.join(folder, 'index.html')
    if not os.path.exists(path):
        return []
    return [link.split('/')[1] for link in page_of(path).links if link.startswith('runs/') and link.endswith('/index.html')]


def counts(outcome):
    """(added, known, sent, there) of the last line."""
    found = re.search(r'(\d+) runs? added, (\d+) known; (\d+) files sent .*, (\d+) were there', outcome.err)
    return tuple(int(number) for number in found.groups()) if found else None


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
    """What comes back from where the site lies is believed in nothing."""
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
    for words, wanted in [(('--to', 'x'), 'RUN.json.. is missing'), ((RUNS[0],), '--to is missing'),
                          (('none.json', '--to', 'x'), 'No such file'), ((RUNS[0], 'undated.json', '--to', 'x'), 'is not of the form'),
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


def run_dav(kind):
    with Server(place, 'dav-' + kind, kind) as server, Relay(server) as relay:
        first = place.bench('publish', *RUNS, '--to', relay.url + 'bench', '--title', 'Our figures & yours', '--url', 'https://example.org/b')
        tap.is_((first.code, first.out), (0, relay.url + 'bench/index.html\n'), kind + ': three runs are published')
        folder = os.path.join(server.root, 'bench')
        tap.is_(site_of(folder), site_of(place.file('site')), kind + ': the same site as in a folder')
        written = [path for method, path in relay.paths if method == 'MOVE']
        tap.is_(len(written), relay.seen['PUT'], kind + ': each file gets its name when it is whole')
        tap.ok(written[-1].endswith('site.json') and written[-2].endswith('index.html'), kind + ': the index comes last', written[-3:])
        relay.seen.clear()
        again = place.bench('publish', *RUNS, '--to', relay.url + 'bench/')
        tap.is_((again.code, counts(again)[:3]), (0, (0, 3, 0)), kind + ': again, nothing is sent')
        tap.ok('PUT' not in relay.seen, kind + ': not one file', relay.seen)


@tap.thorough
def test_nginx():
    needed('/usr/sbin/nginx')
    run_dav('nginx')


@tap.thorough
def test_apache():
    needed('/usr/sbin/apache2')
    run_dav('apache')


@tap.thorough
def test_sftp():
    needed('/usr/sbin/sshd', '/usr/bin/ssh-keygen')
    with Ssh(place, 'ssh') as server:
        home = place.environment(HOME=server.home, SSH_AUTH_SOCK='')
        site = ('--title', 'Our figures & yours', '--url', 'https://example.org/b')
        outcome = place.bench('publish', RUNS[0], '--to', server.url, env=home)
        tap.is_(outcome.code, 3, 'a host that nobody knows')
        tap.is_(site_of(server.root), {}, 'gets nothing')
        server.know()
        outcome = place.bench('publish', *RUNS[:2], '--to', server.url, *site, env=home)
        tap.is_((outcome.code, server.user + '@' in outcome.out), (0, False), 'two runs are published by SFTP')
        outcome = place.bench('publish', RUNS[2], '--to', server.url, *site, env=home)
        tap.is_(outcome.code, 0, 'and a third one, which replaces files')
        tap.is_(site_of(server.root), site_of(place.file('site')), 'the same site as in a folder')
        outcome = place.bench('publish', *RUNS, '--to', server.url, env=home)
        tap.is_((outcome.code, counts(outcome)[:3]), (0, (0, 3, 0)), 'again, nothing is sent')
        os.unlink(server.key)
        outcome = place.bench('publish', RUNS[0], '--to', server.url, env=home)
        tap.is_(outcome.code, 3, 'without a key it is refused')


@tap.thorough
def test_sftp_home():
    """A place below the user's home, as libcurl writes it."""
    needed('/usr/sbin/sshd', '/usr/bin/ssh-keygen')
    with Ssh(place, 'ssh-home') as server:
        server.know()
        home = place.environment(HOME=server.home, SSH_AUTH_SOCK='')
        url = 'sftp://%s@%s:%d/~/' % (server.user, HOST, server.port)
        for to, folder in ((url + 'a/b/', 'a/b'), (url, '')):
            outcome = place.bench('publish', *RUNS, '--to', to, '--title', 'Our figures & yours', '--url', 'https://example.org/b', env=home)
            tap.is_(outcome.code, 0, 'below the home: "%s"' % folder) or tap.note(outcome)
            found = {path: hash_ for path, hash_ in site_of(os.path.join(server.root, folder)).items() if not path.startswith('a/')}
            tap.is_(found, site_of(place.file('site')), 'the same site as in a folder, and nothing half-written')


@tap.thorough
def test_sftp_cut():
    """The old manifest has gone, and the new one has not got its name: the server does not let files be renamed."""
    needed('/usr/sbin/sshd', '/usr/bin/ssh-keygen')
    server = Ssh(place, 'ssh-cut')
    home = place.environment(HOME=server.home, SSH_AUTH_SOCK='')
    path = os.path.join(server.root, 'site.json')
    with server:
        server.know()
        tap.is_(place.bench('publish', *RUNS[:2], '--to', server.url, env=home).code, 0, 'two runs are there')
    server.sftp = '-P rename,posix-rename'
    with server:
        server.know()
        outcome = place.bench('publish', RUNS[0], '--to', server.url, '--title', 'Another', env=home)
        tap.is_((outcome.code, os.path.exists(path)), (3, False), 'cut between the old manifest and the new one')
    server.sftp = ''
    with server:
        server.know()
        outcome = place.bench('publish', RUNS[2], '--to', server.url, env=home)
        tap.is_(outcome.code, 0, 'the next call goes on') or tap.note(outcome)
        tap.is_(len(shown(place, server.root)), 3, 'with the runs that were there')
        tap.is_(dead_links(server.root), [], 'and all links lead somewhere')
        tap.is_([path for path in site_of(server.root) if 'part' in path], [], 'nothing half-written is left')
    # The first manifest of all, cut in its middle, is none.
    with open(path, encoding='utf-8') as file:
        half = file.read()[:100]
    place.file('half/benchctl-part-site.json', half)
    tap.is_(place.bench('publish', RUNS[0], '--to', 'half').code, 0, 'a first manifest that is cut itself does not matter')


@tap.thorough
def test_cut():
    """The connection ends in the middle of the K-th file, for many K. What is there is whole, and the next call goes on."""
    needed('/usr/sbin/nginx')
    total = len(os.listdir(place.file('site/runs/' + shown(place, place.file('site'))[0])))
    with Server(place, 'cut') as server:
        with Relay(server) as relay:
            whole = place.bench('publish', RUNS[0], '--to', relay.url + 'whole')
            tap.is_(whole.code, 0, 'a run, for its number of files')
            puts = relay.seen['PUT']
        wanted = site_of(os.path.join(server.root, 'whole'))
        tap.ok(puts > total, 'there is enough to cut', puts)
        for at in (1, total // 2, total + 1, total + 2, puts - 2, puts - 1, puts):
            target = 'at-%d' % at
            folder = os.path.join(server.root, target)
            # From then on nothing gets through: libcurl tries once more where a connection that was in use has ended.
            down = []
            with Relay(server, lambda method, count, path: down or (method == 'PUT' and count == at and not down.append(1))) as relay:
                outcome = place.bench('publish', RUNS[0], '--to', relay.url + target, '--retries', '0')
                sent = relay.seen['PUT']
            name = 'cut in file %d of %d: ' % (at, puts)
            tap.is_((outcome.code, outcome.out), (3, ''), name + 'it fails')
            tap.ok(sent <= at + 1, name + 'and ends', sent)
            tap.has(outcome.err, 'continues from here', name + 'it says how to go on')
            tap.is_(dead_links(folder), [], name + 'what is there leads nowhere else')
            cut = {path: hash_ for path, hash_ in site_of(folder).items() if wanted.get(path) not in (None, hash_)}
            tap.ok(set(cut) <= {'site.json'}, name + 'each file that is there is whole', cut)
            with Relay(server) as relay:
                outcome = place.bench('publish', RUNS[0], '--to', relay.url + target)
                tap.is_(outcome.code, 0, name + 'the next call goes on')
                # The manifest is written three times; once for the claim, once after each part.
                tap.ok(relay.seen['PUT'] <= puts - (at - 1) + 2, name + 'and sends what was missing', (relay.seen, counts(outcome)))
            tap.is_(site_of(folder), wanted, name + 'then all is there')


@tap.thorough
def test_killed():
    """benchctl itself is killed in the middle, and a folder is gone on with."""
    needed('/usr/sbin/nginx')
    with Server(place, 'killed') as server:
        process = []

        def cut(method, count, path):
            if method == 'PUT' and path.endswith('servers/benchctl-part-control.html'):
                process[0].kill()
                return True
            return False

        with Relay(server, cut) as relay:
            process.append(place.start(place.benchctl, 'publish', RUNS[0], '--to', relay.url + 'k'))
            tap.is_(place.end(process[0]).code, -9, 'killed while a page is sent')
        folder = os.path.join(server.root, 'k')
        tap.ok(not os.path.exists(os.path.join(folder, 'index.html')), 'there is no index yet')
        with Relay(server) as relay:
            outcome = place.bench('publish', RUNS[1], '--to', relay.url + 'k')
            tap.is_(outcome.code, 0, 'another run is published there')
            tap.is_(len(shown(place, folder)), 2, 'both runs are shown')
            tap.is_(dead_links(folder), [], 'and all links lead somewhere')


@tap.thorough
def test_space():
    """A file that the server does not take: said, no index, and gone on with when it does."""
    needed('/usr/sbin/nginx')
    with Server(place, 'space', within='client_max_body_size 20k;') as server:
        outcome = place.bench('publish', RUNS[0], '--to', server.url)
        tap.is_((outcome.code, outcome.out), (3, ''), 'a file too large for the server')
        tap.has(outcome.err, 'too large', 'it says so')
        tap.ok(not os.path.exists(os.path.join(server.root, 'index.html')), 'and there is no index')


@tap.thorough
def test_plain_put():
    """A server without MOVE: files go to their names at once."""
    needed('/usr/sbin/nginx')
    with Server(place, 'plain', methods='PUT MKCOL DELETE') as server:
        outcome = place.bench('publish', *RUNS, '--to', server.url, '--title', 'Our figures & yours', '--url', 'https://example.org/b')
        tap.is_(outcome.code, 0, 'a server that can not rename')
        tap.is_(site_of(server.root), site_of(place.file('site')), 'has the same site, and nothing else')


@tap.thorough
def test_two_at_once():
    """Another publishes in between: the later one is told, and loses nothing."""
    needed('/usr/sbin/nginx')
    with Server(place, 'two') as server:
        tap.is_(place.bench('publish', RUNS[0], '--to', server.url).code, 0, 'a run is there')
        inner = []

        def meanwhile(method, count, path):
            if method == 'PUT' and count == 1:
                inner.append(place.bench('publish', RUNS[1], '--to', server.url))
            return False

        with Relay(server, meanwhile) as relay:
            outcome = place.bench('publish', RUNS[2], '--to', relay.url)
        tap.is_((inner[0].code, outcome.code), (0, 3), 'of two at once the later one fails')
        tap.has(outcome.err, 'at the same time: publish again', 'it says so')
        tap.is_(len(shown(place, server.root)), 2, 'the index is that of the first')
        tap.is_(place.bench('publish', RUNS[2], '--to', server.url).code, 0, 'again')
        tap.is_(len(shown(place, server.root)), 3, 'all three runs are there')
        tap.is_(dead_links(server.root), [], 'and all links lead somewhere')


@tap.thorough
def test_credentials():
    needed('/usr/sbin/nginx')
    guard = 'if ($http_authorization != "Bearer %s") { return 401; }' % SECRET
    with Server(place, 'token', extra=guard) as server:
        for token, code in [(None, 3), ('wrong' + SECRET, 3), ('two words', 3), (SECRET, 0)]:
            environment = place.environment(**({'BENCHCTL_TOKEN': token} if token else {}))
            outcome = place.bench('publish', RUNS[0], '--to', server.url, env=environment)
            tap.is_(outcome.code, code, 'token %s' % (token or 'missing'))
            tap.ok(not token or token not in outcome.out + outcome.err, 'it is not shown', outcome)
            if code and token != 'two words':
                tap.has(outcome.err, 'wants other credentials', 'it says what is missing')
        stored = [path for path in site_of(server.root) if SECRET.encode() in open(os.path.join(server.root, path), 'rb').read()]
        tap.is_(stored, [], 'and not stored')
    guard = 'if ($http_authorization != "Basic dXNlcjpzM2NyZXQtdGhhdC1ub2JvZHktbWF5LXNlZQ==") { return 401; }'
    with Server(place, 'netrc', extra=guard) as server:
        place.file('home/.netrc', 'machine 127.0.0.1 login user password %s\n' % SECRET)
        home = place.environment(HOME=place.file('home'))
        outcome = place.bench('publish', RUNS[0], '--to', server.url, env=home)
        tap.is_(outcome.code, 0, 'a password from ~/.netrc')
        outcome = place.bench('publish', RUNS[1], '--to', server.url.replace('//', '//user@'), env=home)
        tap.is_((outcome.code, outcome.out), (0, server.url + 'index.html\n'), 'that of a user named in the URL, who is not shown')
        for url in (server.url.replace('//', '//user:%s@' % SECRET), server.url.replace('//', '//%s:@' % SECRET),
                    'https://u:%s@nowhere:99999/' % SECRET, 'gopher://u:%s@127.0.0.1/' % SECRET):
            outcome = place.bench('publish', RUNS[0], '--to', url, env=home)
            tap.is_((outcome.code, outcome.out), (2, ''), 'a password in a URL is refused')
            tap.ok(SECRET not in outcome.err, 'and not shown', outcome)


@tap.thorough
def test_redirect():
    needed('/usr/sbin/nginx')
    with Server(place, 'elsewhere') as other:
        with Server(place, 'redirects', extra='rewrite ^ %s$uri redirect;' % other.url.rstrip('/')) as server:
            outcome = place.bench('publish', RUNS[0], '--to', server.url, env=place.environment(BENCHCTL_TOKEN=SECRET))
            tap.is_((outcome.code, outcome.out), (3, ''), 'a server that sends us elsewhere')
            tap.has(outcome.err, 'not followed', 'is not followed')
        tap.is_(other.log(), '', 'nothing goes there')


@tap.thorough
def test_tls():
    needed('/usr/sbin/nginx', '/usr/bin/openssl')
    made_ = place.command('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout',
                          'key.pem', '-out', 'cert.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost')
    tap.is_(made_.code, 0, 'a certificate of our own')
    keys = 'ssl_certificate %s; ssl_certificate_key %s;' % (place.file('cert.pem'), place.file('key.pem'))
    with Server(place, 'tls', tls='ssl', extra=keys) as server:
        url = 'https://localhost:%d/' % server.port
        outcome = place.bench('publish', RUNS[0], '--to', url)
        tap.is_(outcome.code, 3, 'a certificate that nobody vouches for')
        tap.has(outcome.err, 'certificate', 'is refused')
        tap.is_(site_of(server.root), {}, 'and nothing is sent')
        outcome = place.bench('publish', RUNS[0], '--to', url.replace('localhost', HOST), '--ca', 'cert.pem')
        tap.is_(outcome.code, 3, 'a certificate of another name')
        outcome = place.bench('publish', RUNS[0], '--to', url, '--ca', 'cert.pem')
        tap.is_(outcome.code, 0, 'one that is trusted')
        tap.is_(dead_links(server.root), [], 'has the site')


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


def git(*words, cwd=None):
    outcome = place.command('git', '-c', 'user.name=test', '-c', 'user.email=test@localhost', *words, cwd=cwd or place.path)
    if outcome.code:
        raise RuntimeError('git %s: %r' % (' '.join(words), outcome))
    return outcome.out


def repository(name):
    """A bare repository with a branch `main` of two commits, and a clone of it of depth 1."""
    remote, work, clone = (place.file('%s/%s' % (name, part)) for part in ('remote.git', 'work', 'clone'))
    git('init', '-q', '--bare', '-b', 'main', remote)
    git('init', '-q', '-b', 'main', work)
    for number in '12':
        place.file(name + '/work/program.c', number)
        git('add', '.', cwd=work)
        git('commit', '-q', '-m', number, cwd=work)
    git('push', '-q', remote, 'main', cwd=work)
    git('clone', '-q', '--depth', '1', 'file://' + remote, clone)
    return remote, clone


def branch_of(name, remote):
    """The folder with what the branch of pages has."""
    folder = place.file(name)
    git('clone', '-q', '-b', 'pages', remote, folder)
    files = site_of(folder)
    return folder, {path: files[path] for path in files if not path.startswith('.git/')}


def test_git():
    remote, clone = repository('git')
    main = git('rev-parse', 'main', cwd=remote)
    outcome = place.bench('publish', RUNS[0], '--to', 'git:origin#pages', cwd=clone)
    tap.is_((outcome.code, outcome.out), (0, 'git:origin#pages\n'), 'a clone of depth 1, and no branch yet')
    if outcome.code:
        tap.note(repr(outcome))
    tap.is_(git('status', '--porcelain', cwd=clone) + git('branch', '--list', cwd=clone), '* main\n', 'the clone is as it was')
    outcome = place.bench('publish', *RUNS[1:], '--to', 'git:git/remote.git#pages')
    tap.is_(outcome.code, 0, 'a path, and the branch is there')
    folder, _ = branch_of('git/pages', remote)
    tap.is_(len(shown(place, folder)), 3, 'it has all runs')
    tap.is_((dead_links(folder), os.path.exists(folder + '/.nojekyll')), ([], True), 'no link leads nowhere, also with GitHub')
    before = git('rev-parse', 'pages', cwd=remote)
    tap.is_(place.bench('publish', RUNS[0], '--to', 'git:file://%s#pages' % remote).code, 0, 'an address, again')
    tap.is_(git('rev-parse', 'pages', cwd=remote), before, 'nothing new is no commit')
    tap.is_(git('rev-list', '--count', 'pages', cwd=remote), '2\n', 'the history goes on from what was there')
    tap.is_(git('rev-parse', 'main', cwd=remote), main, 'other branches are left alone')
    for to, code, words in (('git:origin', 2, 'REMOTE#BRANCH'), ('git:#pages', 2, 'REMOTE#BRANCH'), ('git:x#a..b', 2, 'no name for a branch'),
                            ('git:--upload-pack=x#a', 2, 'REMOTE#BRANCH'), ('git:nowhere#pages', 3, 'nowhere'),
                            ('git:ext::touch% here#pages', 3, 'ext'),
                            ('git:https://me:' + SECRET + '@127.0.0.1:1/x#pages', 2, 'refused')):
        outcome = place.bench('publish', RUNS[0], '--to', to)
        tap.is_(outcome.code, code, '--to %s: exit code' % to.replace(SECRET, 'SECRET'))
        tap.has(outcome.err, words, 'in words')
        tap.ok(SECRET not in outcome.err, 'without the password')


def git_at_once(count):
    remote, clone = repository('git%d' % count)
    runs = [made(place, real, 'at-once-%d.json' % i, '2026-04-0%dT00:00:00Z' % (i + 1)) for i in range(count)]
    processes = [place.start(place.benchctl, 'publish', run, '--to', 'git:origin#pages', cwd=clone) for run in runs]
    outcomes = [place.end(process) for process in processes]
    tap.is_([outcome.code for outcome in outcomes], [0] * count, '%d at once: all succeed' % count)
    tap.note(''.join(outcome.err[-300:] for outcome in outcomes))
    folder, _ = branch_of('git%d/pages' % count, remote)
    tap.is_(len(shown(place, folder)), count, 'no run is lost')
    tap.is_(dead_links(folder), [], 'no link leads nowhere')
    tap.is_(git('rev-list', '--count', 'pages', cwd=remote), '%d\n' % count, 'each has its commit')


@tap.thorough
def test_git_two():
    git_at_once(2)


@tap.thorough
def test_git_five():
    git_at_once(5)


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


def silent_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()


with Place() as place:
    # What benchctl makes and removes while it publishes lies there.
    os.environ['TMPDIR'] = place.file('temporary')
    os.mkdir(os.environ['TMPDIR'])
    real = measured(place)
    RUNS = [made(place, real, 'a.json', '2026-01-01T23:59:59Z'),
            made(place, real, 'b.json', '2026-02-02T12:30:00Z', 1.1, kernel='Test kernel 1'),
            made(place, real, 'c.json', '2026-03-03T00:00:00Z', 0.9, kernel='Test kernel 2', interrupted=True)]
    # What a folder has: other places are compared with it.
    published = place.bench('publish', *RUNS, '--to', 'site', '--title', 'Our figures & yours', '--url', 'https://example.org/b')
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    left = [name for name in os.listdir(os.environ['TMPDIR']) if name.startswith('benchctl-publish-')]
    tap.ok(len(left) <= 1, 'no temporary folder is left, but of the one that was killed', left)
tap.done()
