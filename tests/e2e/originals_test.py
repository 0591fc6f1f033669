#!/usr/bin/python3
"""`make originals`: the libraries of 2010 are built from their sources, resumed after a cut, and their servers keep the contract.

The sources are those of BENCHCTL_SOURCES, or of ../shared/originals; the test is skipped where there are none. Prints TAP.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT

BENCHCTL = os.environ.get('BENCHCTL') or os.path.join(ROOT, 'build', 'benchctl')
BUILD = os.path.join(ROOT, 'servers', 'originals', 'build.py')
SOURCES = os.environ.get('BENCHCTL_SOURCES') or os.path.join(ROOT, '..', 'shared', 'originals')
SMALL = ['greenlet-0.4.17.tar.xz', 'concurrence-0.3.1.tar.xz', 'syncless-acae1fa.tar.xz']
ROWS = ['syncless', 'syncless_wsgi', 'syncless_wsgi_debug', 'concurrence', 'concurrence_wsgi', 'concurrence_greenlet',
        'concurrence_wsgi_greenlet']
SECONDS = 1500  # of a whole build on a machine that does something else


def sources():
    """The folder with the archives."""
    if not os.path.exists(os.path.join(SOURCES, SMALL[0])):
        raise tap.Skip('the sources of 2010 are not here: %s' % SOURCES)
    return SOURCES


def build(folder, *options, command=(), **environment):
    """How a build ends: status and stderr."""
    done = subprocess.run([*command, sys.executable, BUILD, '--into', folder, *options], stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **environment}, timeout=SECONDS, check=False)
    return done.returncode, done.stderr


def cut_build(folder):
    """A build that is told to end after its first step. Returns status and stderr."""
    with subprocess.Popen([sys.executable, BUILD, '--into', folder, '--sources', sources()], stderr=subprocess.PIPE,
                          text=True) as process:
        said = ''
        for line in process.stderr:
            said += line
            if line.startswith('[ 1/'):
                process.send_signal(signal.SIGTERM)
        return process.wait(), said


def steps(said):
    return re.findall(r'^\[ *\d+/\d+\] ([\w.-]+),', said, re.M)


@tap.thorough
def test_everything():
    """What a person does, with a cut in it; kept in build/originals, where the servers look for it."""
    folder = os.path.join(ROOT, 'build', 'originals')
    with tempfile.TemporaryDirectory() as scratch:
        is_new = not os.path.exists(os.path.join(folder, 'progress.json'))
        status, said = cut_build(folder if is_new else scratch)
    first = steps(said) if is_new else []
    tap.ok(status == 1 and 'the same command goes on from there' in said, 'a build that is cut says how it goes on', said)
    tap.ok('Traceback' not in said, 'in its own words', said)
    status, said = build(folder, '--sources', sources())
    if not tap.is_(status, 0, 'everything is built'):
        return tap.note(said)
    tap.is_(sorted(set(first) & set(steps(said))), [], 'what was done before the cut is not done again')
    status, said = build(folder, '--sources', sources())
    tap.is_((status, steps(said)), (0, []), 'a second time there is nothing to do')
    done = subprocess.run([BENCHCTL, 'check', *ROWS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=SECONDS, check=False)
    tap.ok(done.returncode == 0, 'each row keeps the contract', done.stdout + done.stderr)
    listed = subprocess.run([BENCHCTL, 'list'], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    for row, version in (('syncless', 'syncless 0.25 original on Stackless Python 2.7.17'),
                         ('concurrence_greenlet', 'concurrence 0.3.1 original on CPython 2.7.17 (greenlet 0.4.17)')):
        tap.ok(re.search('^%s +yes +%s' % (row, re.escape(version)), listed, re.M), row + ' says what it runs on', listed)


@tap.thorough
def test_wrong_checksum():
    with tempfile.TemporaryDirectory() as folder:
        bad = os.path.join(folder, 'bad')
        shutil.copytree(sources(), bad)
        path = os.path.join(bad, SMALL[0])
        os.chmod(path, 0o600)
        with open(path, 'r+b') as file:
            file.seek(1000)
            file.write(b'changed')
        for name in os.listdir(bad):
            if name not in SMALL:
                os.remove(os.path.join(bad, name))
        into = os.path.join(folder, 'into')
        status, said = build(into, '--sources', bad)
        tap.is_(status, 1, 'an archive that was changed is not built from')
        tap.has(said, ['unpack-greenlet-0.4.17', 'its SHA-256 is', 'get it anew'], 'it is named, with what to do')
        tap.ok(not os.path.exists(os.path.join(into, 'source', 'greenlet-0.4.17')), 'nor unpacked')
        tap.has(said, 'stackless-2.7.17-slp.tar.xz is missing', 'an archive that is not there is named')
        tap.ok('concurrence-0.3.1' in ' '.join(steps(said)), 'what can be done is done', said)


@tap.thorough
def test_no_compiler():
    with tempfile.TemporaryDirectory() as folder:
        status, said = build(folder, '--sources', sources(), CC='/nonexistent/cc')
        tap.is_((status, said), (1, 'originals: missing: a C compiler (gcc)\n'), 'without a compiler, that is said')
        tap.is_(os.listdir(folder), [], 'and nothing is written')


def test_no_sources():
    with tempfile.TemporaryDirectory() as folder:
        status, said = build(folder, '--sources', os.path.join(folder, 'none'))
        tap.is_((status, said), (1, 'originals: SOURCES: there is no folder %s\n' % os.path.join(folder, 'none')),
                'a folder that is not there is named')


@tap.thorough
def test_full_disk():
    with tempfile.TemporaryDirectory() as folder:
        mount = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=2m none "$0" && exec "$@"', folder]
        if subprocess.run([*mount, 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
            raise tap.Skip('a small file system needs a mount namespace')
        status, said = build(folder, '--sources', sources(), command=mount)
        tap.is_(status, 1, 'a full disk ends the build')
        tap.has(said, 'No space left on device', 'it says so')
        tap.ok('Traceback' not in said, 'in its own words', said)


def test_git():
    """A repository of our own in the place of a public one."""
    program = '''
import io, sys
sys.path.insert(0, sys.argv[1])
import build
repository, commit, digest, folder = sys.argv[2:]
source = build.Source('tree', '', '', repository, commit, digest)
work = build.Build(folder, '', 1)
for name in ('source', 'fetched'):
    build.os.makedirs(work.path(name), exist_ok=True)
with open(work.path('log'), 'wb', buffering=0) as log:
    try:
        build.unpack(work, source, log)
    except build.Failure as error:
        sys.exit(str(error))
'''
    with tempfile.TemporaryDirectory() as folder:
        repository = os.path.join(folder, 'repository')
        git = ['git', '-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@localhost']
        subprocess.run(['git', 'init', '--quiet', repository], check=True)
        with open(os.path.join(repository, 'file'), 'w', encoding='utf-8') as file:
            file.write('a source\n')
        subprocess.run([*git, 'add', 'file'], check=True)
        subprocess.run([*git, 'commit', '--quiet', '-m', 'a source'], check=True)
        commit = subprocess.run([*git, 'rev-parse', 'HEAD'], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        tar = subprocess.run([*git, 'archive', '--format=tar', '--prefix=tree/', commit], check=True, stdout=subprocess.PIPE).stdout
        digest = subprocess.run(['sha256sum'], input=tar, check=True, stdout=subprocess.PIPE).stdout.decode().split()[0]

        def fetch(digest, into):
            return subprocess.run([sys.executable, '-c', program, os.path.dirname(BUILD), 'file://' + repository, commit, digest,
                                   os.path.join(folder, into)], stderr=subprocess.PIPE, text=True, check=False)
        done = fetch(digest, 'good')
        tap.is_((done.returncode, done.stderr), (0, ''), 'a commit is fetched')
        with open(os.path.join(folder, 'good', 'source', 'tree', 'file'), encoding='utf-8') as file:
            tap.is_(file.read(), 'a source\n', 'and unpacked')
        done = fetch('0' * 64, 'bad')
        tap.has(done.stderr, ['its SHA-256 is ' + digest, 'remove it to fetch it anew'], 'what has another SHA-256 is not')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
