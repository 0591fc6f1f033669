#!/usr/bin/python3
"""A published history: branches, kinds of host, runs taken out, small pages, baselines, busy servers. Prints TAP."""
import functools
import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import runs, tap
from helper.dav import Relay, Server, Ssh, needed
from helper.program import CONF, Place

OTHER = {'cpu_model': 'Another CPU', 'cores': 64}


def made(name, date, servers=('control', 'app'), branch='main', commit='a' * 40, committed=None, host=None, **changes):
    """A run.json; its path and its date."""
    document = runs.run(list(servers), [1, 100], 5, seed=len(name), date=date, **changes)
    document['environment'].update(host or {})
    document['subject'] = {key: value for key, value in (('branch', branch), ('commit', commit), ('date', committed)) if value}
    return place.file(name, json.dumps(document))


@functools.lru_cache(None)
def site():
    """A folder with five runs; tests take copies of it."""
    paths = [made('one.json', '2025-01-06T00:00:00Z', commit='1' * 40),
             made('two.json', '2025-01-07T00:00:00Z', commit='2' * 40),
             made('three.json', '2025-01-08T00:00:00Z', commit='3' * 40, host=OTHER),
             made('change.json', '2025-01-09T00:00:00Z', branch='pull/7', commit='4' * 40),
             made('old-commit.json', '2025-01-10T00:00:00Z', commit='5' * 40, committed='2025-01-01T00:00:00Z')]
    outcome = place.bench('publish', *paths, '--light', '--to', 'site')
    tap.is_(outcome.code, 0, 'five runs are published') or tap.note(outcome)
    return place.file('site')


def copy(name):
    folder = place.file(name)
    shutil.copytree(site(), folder)
    return folder


def manifest(folder):
    with open(os.path.join(folder, 'site.json'), encoding='utf-8') as file:
        return json.load(file)


def ids(folder):
    return [run['id'] for run in manifest(folder)['runs']]


def page(folder, path='index.html'):
    with open(os.path.join(folder, path), encoding='utf-8') as file:
        return file.read()


def dead(folder):
    """Links of the pages beside runs/ to files that are not there."""
    found = []
    for path in manifest(folder)['files']:
        if not path.endswith('.html'):
            continue
        for link in re.findall(r'(?:href|src|srcset)="([^":#]+)"', page(folder, path)):
            if not os.path.exists(os.path.join(folder, os.path.dirname(path), link)):
                found.append((path, link))
    return found


def consistent(folder, wanted, name):
    """Pages, feed, manifest and folders have these runs and no others."""
    tap.is_(sorted(ids(folder)), sorted(wanted), name + ': the manifest')
    tap.is_(sorted(os.listdir(os.path.join(folder, 'runs'))), sorted(wanted), name + ': the folders')
    tap.is_(sorted(set(re.findall(r'runs/([0-9a-f-]+)/index', page(folder)))), sorted(wanted), name + ': the index')
    tap.is_(page(folder, 'feed.xml').count('<entry>'), len(wanted), name + ': the feed')
    tap.is_(dead(folder), [], name + ': no dead link')
    tap.ok('gone' not in manifest(folder), name + ': nothing is left to be removed')


def test_hosts():
    text = page(site()).split('<h2>Servers</h2>')[1]
    tables = text.split('<h3>')[1:]
    tap.is_([table.split(',')[0] for table in tables], ['A CPU', 'Another CPU'], 'a table for each kind of host')
    tap.is_([table.count('>app</a>') for table in tables], [1, 1], 'each with its servers')
    tap.has(tables[0], ['Baselines', '20250110-000000', 'run.json.gz'], 'and with the runs that are its baselines')
    tap.has(page(site()), 'compare --baseline', 'and how these are used')
    tap.ok('pull/7' not in text, 'a change is in none of them')
    latest = json.loads(page(site(), 'latest.json'))
    tap.is_(latest['subject']['branch'], 'main', 'nor is it latest.json')


def test_branches():
    text = page(site(), 'servers/app.html')
    main, change = text.split('<h2>Branch pull/7')
    tap.is_(change.count('<tr>') - 1, 1, 'a change has a trend of its own')
    rows = re.findall(r'runs/(\d{8})', main.split('Another CPU')[0])
    tap.is_(rows, ['20250107', '20250106', '20250110'], 'a trend is in the order of commits where they are known')
    tap.has(main, 'main at 555555555555', 'which it names')


def test_remove():
    folder, before = copy('removed'), ids(site())
    outcome = place.bench('publish', '--remove', before[0], '--remove', before[2], '--to', 'removed')
    tap.is_(outcome.code, 0, 'two runs are taken out')
    tap.has(outcome.err, '2 runs taken out', 'it says so')
    consistent(folder, [before[1], before[3], before[4]], 'taken out')
    tap.ok('Another CPU' not in page(folder), 'the host that only one of them had is gone too')
    outcome = place.bench('publish', '--remove', before[0], '--to', 'removed')
    tap.is_(outcome.code, 3, 'a run that is not there')
    tap.has(outcome.err, 'has no run', 'is named')
    tap.is_(place.bench('publish', '--keep', '1', '--to', 'removed').code, 0, 'all but one')
    tap.is_(place.bench('publish', '--remove', ids(folder)[0], '--to', 'removed').code, 3, 'the last one stays')
    tap.is_(place.bench('publish', 'two.json', '--light', '--to', 'removed').code, 0, 'one that was taken out comes back')
    tap.is_((len(ids(folder)), dead(folder)), (2, []), 'and is whole')


def test_interrupted_removal():
    """A folder that can't be removed at first: noted, and removed by the next call."""
    folder, before = copy('stuck'), ids(site())
    data = manifest(folder)
    data['gone'] = [{'id': '20240101-000000-0123456789'}]
    place.file('stuck/site.json', json.dumps(data))
    place.file('stuck/runs/20240101-000000-0123456789/index.html', 'old')
    tap.is_(place.bench('publish', 'two.json', '--to', 'stuck').code, 0, 'the next call')
    consistent(folder, before, 'removes what was left')
    for bad in ('../../x', '20240101-000000-0123456789/..', before[0]):
        data['gone'] = [{'id': bad}]
        place.file('stuck/site.json', json.dumps(data))
        tap.is_(place.bench('publish', 'two.json', '--to', 'stuck').code, 3, 'a manifest from outside names no other folder: ' + bad)


def test_replace():
    folder, before = copy('replaced'), ids(site())
    made('again.json', '2025-01-11T00:00:00Z', commit='2' * 40)
    outcome = place.bench('publish', 'again.json', '--light', '--replace', '--to', 'replaced')
    tap.is_(outcome.code, 0, 'the same commit measured again')
    after = ids(folder)
    tap.is_((len(after), [run for run in before if run not in after]), (5, [before[3]]), 'takes the place of its run')
    consistent(folder, after, 'replaced')


def test_thin():
    folder, before = copy('thin'), ids(site())
    tap.is_(place.bench('publish', '--thin', '--to', 'thin').code, 0, 'thinned')
    consistent(folder, [before[0], before[1], before[2]], 'thinned: the newest of the week, of each branch and host')
    folder = copy('young')
    made('young.json', '2025-01-12T00:00:00Z')
    tap.is_(place.bench('publish', 'young.json', '--light', '--keep-days', '1', '--to', 'young').code, 0, 'only of the last day')
    tap.is_([run[:8] for run in ids(folder)], ['20250112'], 'the newest stays, whatever its age')


def test_light():
    folder = copy('light')
    run = os.path.join(folder, 'runs', ids(folder)[0])
    tap.is_(sorted(os.listdir(run)), ['index.html', 'run.json.gz'], 'a small page has one file beside it')
    size = sum(os.path.getsize(os.path.join(run, name)) for name in os.listdir(run))
    tap.ok(size < 300000, 'and is small', size)
    text = page(run)
    tap.ok(text.count('<svg') >= 4 and 'run.json.gz' in text, 'it has its pictures and the way to its data', text.count('<svg'))
    packed = os.path.join(run, 'run.json.gz')
    tap.is_(place.bench('table', packed).out, place.bench('table', 'old-commit.json').out, 'which benchctl reads as it is')
    place.file('cut.json.gz', '')
    with open(packed, 'rb') as file, open(place.file('cut.json.gz'), 'wb') as out:
        out.write(file.read()[:-9])
    outcome = place.bench('table', 'cut.json.gz')
    tap.is_(outcome.code, 2, 'one that is cut is refused')
    tap.has(outcome.err, 'cut.json.gz: not a whole gzip file', 'it says so')
    outcome = place.bench('publish', packed, '--renew', '--to', 'light')
    tap.is_(outcome.code, 0, 'renewed without --light')
    tap.ok('run.json' in os.listdir(run) and 'run.json.gz' not in os.listdir(run), 'it is a large one', os.listdir(run))
    tap.is_(dead(folder), [], 'and no link is dead')


def test_rebuild():
    folder, before = copy('broken'), ids(site())
    place.file('broken/site.json', '{"benchctl_site":')
    outcome = place.bench('publish', 'two.json', '--to', 'broken')
    tap.is_(outcome.code, 3, 'a manifest that is broken')
    tap.has(outcome.err, ['site.json', '--rebuild'], 'the error says what to do')
    paths = [os.path.join(folder, 'runs', run, 'run.json.gz') for run in before]
    outcome = place.bench('publish', '--rebuild', *paths, '--light', '--to', 'broken')
    tap.is_(outcome.code, 0, 'that is done') or tap.note(outcome)
    consistent(folder, before, 'rebuilt')


def test_alias():
    copy('renamed')
    document = json.loads(place.read('two.json').replace('"app"', '"application"'))
    document['environment']['date'] = '2025-01-13T00:00:00Z'
    document['servers'][[server['name'] for server in document['servers']].index('application')]['alias'] = 'app'
    place.file('renamed.json', json.dumps(document))
    tap.is_(place.bench('publish', 'renamed.json', '--light', '--to', 'renamed').code, 0, 'a server has another name')
    folder = place.file('renamed')
    text = page(folder, 'servers/application.html')
    tap.is_(len(re.findall(r'runs/2025', text.split('Another CPU')[0])), 4, 'its trend goes on')
    tap.ok(not os.path.exists(os.path.join(folder, 'servers/app.html')), 'the page of the old name is gone')
    tap.is_(dead(folder), [], 'and no link leads there')
    conf = '[server new]\ncommand = x\nalias = %s\n[server old]\ncommand = y\n'
    for alias, words in (('old', 'still'), ('new', 'not another'), ('a b', 'not another')):
        outcome = place.bench('list', '--conf', place.file('alias.conf', conf % alias))
        tap.is_(outcome.code, 2, 'alias = %s: refused' % alias)
        tap.has(outcome.err, words, 'in words')


def test_baseline():
    site()
    made('new.json', '2025-02-01T00:00:00Z', branch='pull/9')
    outcome = place.bench('compare', '--baseline', 'site', 'new.json', '--json', 'compared.json')
    tap.is_(outcome.code, 0, 'a baseline is found in a folder') or tap.note(outcome)
    tap.has(place.read('compared.json'), '20250110-000000', 'the newest of the same host and options')
    made('elsewhere.json', '2025-02-01T00:00:00Z', host={'cpu_model': 'A third CPU'})
    outcome = place.bench('compare', '--baseline', 'site', 'elsewhere.json')
    tap.is_(outcome.code, 2, 'no run of this kind of host')
    tap.has(outcome.err, 'no baseline: of 4 whole runs of the main branch 0 are of this kind of host', 'it says why')
    made('longer.json', '2025-02-01T00:00:00Z', config={'duration': '2s'})
    tap.has(place.bench('compare', '--baseline', 'site', 'longer.json').err, '0 of these with the same options', 'other options')
    tap.is_(place.bench('compare', '--baseline', 'site', 'one.json', 'new.json').code, 2, 'there is one operand')
    tap.is_(place.bench('compare', '--baseline', 'nowhere', 'new.json').code, 2, 'no site')


@tap.thorough
def test_baseline_address():
    needed('/usr/sbin/nginx')
    site()
    made('new.json', '2025-02-01T00:00:00Z', branch='pull/9')
    with Server(place, 'web') as server:
        shutil.copytree(site(), os.path.join(server.root, 'bench'))
        outcome = place.bench('compare', '--baseline', server.url + 'bench/', 'new.json')
        tap.is_(outcome.code, 0, 'a baseline is found at an address') or tap.note(outcome)


def test_paged():
    """A long history: a manifest with made-up runs, of which only the figures are there."""
    folder = copy('long')
    data, last = manifest(folder), manifest(folder)['runs'][-1]
    for i in range(255):
        hash_ = '%064x' % (i + 1)
        date = '2024-%02d-%02dT00:00:00Z' % (12 - i // 28, 28 - i % 28)
        id_ = '%s%s%s-000000-%s' % (date[:4], date[5:7], date[8:10], hash_[:10])
        data['runs'].append(dict(last, id=id_, date=date, sha256=hash_))
    place.file('long/site.json', json.dumps(data))
    tap.is_(place.bench('publish', '--title', 'Long', '--to', 'long').code, 0, '260 runs')
    tap.is_(len(re.findall('<h3><a href="runs/', page(folder))), 50, 'the index has the newest')
    pages = sorted(os.listdir(os.path.join(folder, 'history')))
    tap.is_(pages, ['1.html', '2.html', '3.html'], 'the history is in pages')
    counts = [len(re.findall('<h3><a href="../runs/', page(folder, 'history/' + name))) for name in pages]
    tap.is_(counts, [100, 100, 60], 'which have all runs')
    first = page(folder, 'history/1.html')
    made('next.json', '2025-03-01T00:00:00Z')
    tap.is_(place.bench('publish', 'next.json', '--light', '--to', 'long').code, 0, 'one more')
    tap.is_(page(folder, 'history/1.html'), first, 'changes nothing in the pages of old runs')
    tap.is_(place.bench('publish', '--keep', '40', '--to', 'long').code, 0, 'forty are kept')
    tap.is_(os.listdir(os.path.join(folder, 'history')), [], 'pages that nothing leads to are removed')


def test_nojekyll():
    tap.ok(os.path.exists(os.path.join(site(), '.nojekyll')), 'a folder is complete for GitHub too')


def test_subject():
    """Which version a run is of: given, of the CI job, of git."""
    repository = place.file('repository')
    os.mkdir(repository)
    plain = {key: value for key, value in place.environment().items()
             if not key.startswith(('GITHUB_', 'CI_', 'GIT_', 'CHANGE_', 'BRANCH_'))}

    def git(*words):
        return place.command('git', '-c', 'user.name=test', '-c', 'user.email=test@localhost', *words, cwd=repository, env=plain).out.strip()

    def subject(name, *words, **variables):
        outcome = place.bench('run', '--conf', CONF, '--servers', 'control', '--concurrency', '1', '--requests', '20', '--sequential', '5',
                              '--warmup', '1ms', '--port', '0', '--out', name, *words, cwd=repository, env=dict(plain, **variables))
        if not tap.is_(outcome.code, 0, name + ': a run'):
            tap.note(outcome)
            return None
        return json.loads(place.read('repository/results/%s/run.json' % name)).get('subject')

    git('init', '-q', '-b', 'trunk')
    place.file('repository/file', 'x')
    git('add', 'file')
    git('commit', '-q', '-m', 'first')
    commit = git('rev-parse', 'HEAD')
    found = subject('git')
    tap.is_({key: found[key] for key in ('branch', 'commit')}, {'branch': 'trunk', 'commit': commit}, 'git: branch and commit')
    tap.ok(re.fullmatch(r'20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ', found['date']), 'and the date of that', found)
    place.file('repository/file', 'y')
    tap.is_(subject('dirty')['commit'], commit + '-dirty', 'git: files that are not those of the commit')
    tap.is_(subject('github', GITHUB_SHA='b' * 40, GITHUB_REF='refs/pull/12/merge'), {'branch': 'pull/12', 'commit': 'b' * 40},
            'GitHub: a change is no branch, whatever it is called where it comes from')
    tap.is_(subject('gitlab', CI_COMMIT_SHA='c' * 40, CI_COMMIT_REF_NAME='main')['branch'], 'main', 'GitLab: a branch')
    tap.is_(subject('given', '--subject', 'main@' + commit[:12], GITHUB_SHA='b' * 40)['commit'], commit[:12], 'what is given comes first')
    tap.is_(subject('none', '--subject', 'none'), None, 'none')
    for bad in ('main', 'main@', 'a b@c', '@'):
        tap.is_(place.bench('run', '--conf', CONF, '--servers', 'control', '--subject', bad, '--port', '0').code, 2, 'refused: ' + bad)


@tap.thorough
def test_busy():
    """A server that is busy, and a connection that is lost: made again, and said. Folders above the site are made."""
    needed('/usr/sbin/nginx')
    site()
    answers = {('PUT', 2): 503, ('PUT', 4): 429, ('MOVE', 2): 423, ('PUT', 7): True, ('MKCOL', 3): 503, ('GET', 3): 503}
    with Server(place, 'busy') as server, Relay(server, lambda method, count, path: answers.get((method, count))) as relay:
        outcome = place.bench('publish', 'one.json', '--light', '--to', relay.url + 'a/b/c')
        tap.is_(outcome.code, 0, 'all is published in the end') or tap.note(outcome)
        tap.has(outcome.err, ['responds 503; again in 1.0 s', 'responds 429; again', 'responds 423; again'], 'it says what it waits for')
        folder = os.path.join(server.root, 'a/b/c')
        tap.is_((len(ids(folder)), dead(folder)), (1, []), 'in folders that were missing')
        run = ids(folder)[0]
        tap.is_(place.bench('publish', 'two.json', '--remove', run, '--light', '--to', relay.url + 'a/b/c').code, 0, 'a run is taken out there')
        tap.is_(os.listdir(os.path.join(folder, 'runs')), ids(folder), 'with its folder')
    with Server(place, 'always') as server, Relay(server, lambda method, count, path: 503) as relay:
        outcome = place.bench('publish', 'one.json', '--light', '--retries', '2', '--to', relay.url)
        tap.is_((outcome.code, outcome.err.count('again in')), (3, 2), 'a server that stays busy: the end, after so many times')


@tap.thorough
def test_apache():
    needed('/usr/sbin/apache2')
    site()
    with Server(place, 'apache', 'apache') as server:
        tap.is_(place.bench('publish', 'one.json', 'two.json', '--light', '--to', server.url + 'x/y').code, 0, 'folders above are made')
        folder = os.path.join(server.root, 'x/y')
        tap.is_(place.bench('publish', '--keep', '1', '--to', server.url + 'x/y').code, 0, 'a run is taken out')
        tap.is_(os.listdir(os.path.join(folder, 'runs')), ids(folder), 'with its folder')


@tap.thorough
def test_sftp():
    needed('/usr/sbin/sshd', '/usr/bin/ssh-keygen')
    site()
    with Ssh(place, 'ssh') as server:
        server.know()
        home = place.environment(HOME=server.home, SSH_AUTH_SOCK='')
        url, folder = server.url + 'x/y/', os.path.join(server.root, 'x/y')
        tap.is_(place.bench('publish', 'one.json', 'two.json', '--light', '--to', url, env=home).code, 0, 'folders above are made')
        tap.is_(place.bench('publish', '--keep', '1', '--to', url, env=home).code, 0, 'a run is taken out')
        tap.is_(os.listdir(os.path.join(folder, 'runs')), ids(folder), 'with its folder')


with Place() as place:
    os.environ['TMPDIR'] = place.file('temporary')
    os.mkdir(os.environ['TMPDIR'])
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
