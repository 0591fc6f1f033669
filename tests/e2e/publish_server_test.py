#!/usr/bin/python3
"""publish to real WebDAV and SFTP servers, cut in the middle and resumed. Prints TAP."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import HOST, Relay, Server, Ssh, Wire, needed
from helper.program import Place
from helper.site import (OPTIONS, SECRET, counts, dead_links, measured, own_temporary, shown, site_of,
                         temporary_left, three_runs)


def run_dav(kind):
    with Server(place, 'dav-' + kind, kind) as server, Relay(server) as relay:
        first = place.bench('publish', *RUNS, '--to', relay.url + 'bench', *OPTIONS)
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
        site = OPTIONS
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
            outcome = place.bench('publish', *RUNS, '--to', to, *OPTIONS, env=home)
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
def test_sftp_lost():
    """The connection to an SFTP server ends in the middle, early or late; what was under way is done on another."""
    needed('/usr/sbin/sshd', '/usr/bin/ssh-keygen')
    server = Ssh(place, 'ssh-lost')
    home = place.environment(HOME=server.home, SSH_AUTH_SOCK='')
    with server:
        for cut in (6000, 60000, 200000):
            with Wire(server.port, cut) as wire:
                port, server.port = server.port, wire.port
                server.know()
                outcome = place.bench('publish', RUNS[0], '--to', '%scut-%d/' % (server.url, cut), env=home)
                server.port = port
            name = 'lost after %d bytes: ' % cut
            tap.is_((outcome.code, wire.connections), (0, 2), name + 'another connection goes on') or tap.note(outcome)
            tap.has(outcome.err, 'the connection was lost; again in', name + 'it says so')
            folder = os.path.join(server.root, 'cut-%d' % cut)
            tap.is_((len(shown(place, folder)), dead_links(folder)), (1, []), name + 'the site is whole')
            tap.is_([path for path in site_of(folder) if 'part' in path], [], name + 'nothing half-written is left')


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
    """benchctl itself is killed in the middle, and the folder is completed by the next call."""
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
    """A file that the server does not take: reported, no index, and completed once it does."""
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
        outcome = place.bench('publish', *RUNS, '--to', server.url, *OPTIONS)
        tap.is_(outcome.code, 0, 'a server that can not rename')
        tap.is_(site_of(server.root), site_of(place.file('site')), 'has the same site, and nothing else')


@tap.thorough
def test_two_at_once():
    """Another publishes in between: the later one is told so, and loses nothing."""
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


if tap.QUICK:
    tap.skip_all('in make check-all')
with Place() as place:
    own_temporary(place)
    real = measured(place)
    RUNS = three_runs(place, real)
    # What a folder has: other places are compared with it.
    place.bench('publish', *RUNS, '--to', 'site', *OPTIONS)
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    left = temporary_left()
    tap.ok(len(left) <= 1, 'no temporary folder is left, but of the one that was killed', left)
tap.done()
