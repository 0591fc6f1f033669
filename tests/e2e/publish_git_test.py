#!/usr/bin/python3
"""publish to a branch of a git repository, alone and several at once. Prints TAP."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import Place
from helper.site import SECRET, dead_links, made, measured, own_temporary, shown, site_of, temporary_left, three_runs


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

with Place() as place:
    own_temporary(place)
    real = measured(place)
    RUNS = three_runs(place, real)
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
    tap.is_(temporary_left(), [], 'no temporary folder is left')
tap.done()
