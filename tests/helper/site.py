"""site: runs to be published, and what a published site must be like."""
import copy
import hashlib
import html.parser
import json
import os
import re
import socket
import xml.etree.ElementTree

from helper import tap
from helper.dav import HOST
from helper.program import CONF

ATOM = '{http://www.w3.org/2005/Atom}'
SECRET = 's3cret-that-nobody-may-see'
# Of the site of three_runs() in a folder, with which other places are compared.
OPTIONS = '--title', 'Our figures & yours', '--url', 'https://example.org/b'


def measured(place):
    """A real run of two servers, from which the others are made."""
    # A number of requests, not a time: each cell has its figures on a busy machine too.
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


def silent_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()


def own_temporary(place):
    """What benchctl makes and removes while it publishes lies in a folder of the place."""
    os.environ['TMPDIR'] = place.file('temporary')
    os.mkdir(os.environ['TMPDIR'])


def temporary_left():
    """What of that is left."""
    return [name for name in os.listdir(os.environ['TMPDIR']) if name.startswith('benchctl-publish-')]


def three_runs(place, real):
    """The paths of three runs of other days, made from a real one; the last was cut short."""
    return [made(place, real, 'a.json', '2026-01-01T23:59:59Z'),
            made(place, real, 'b.json', '2026-02-02T12:30:00Z', 1.1, kernel='Test kernel 1'),
            made(place, real, 'c.json', '2026-03-03T00:00:00Z', 0.9, kernel='Test kernel 2', interrupted=True)]
