#!/usr/bin/python3
"""What is installed works from any folder, by any user; completions and manual pages are whole; it is removed again. Prints TAP."""
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT, Place

QUICK = ['-c', '1,2', '--port', '0', '-n', '30', '--sequential', '10']


def made(*words):
    """Without the options and the job server of a make that runs this test."""
    environment = {name: value for name, value in os.environ.items() if name not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    return subprocess.run(['make', '-s', 'DEPS=skip', *words], cwd=ROOT, env=environment, capture_output=True, text=True)


def installed(place):
    """Installs into a folder of the place, which any user may read. Returns its prefix."""
    os.chmod(place.path, 0o755)
    outcome = made('install', 'DESTDIR=' + place.file('root'), 'PREFIX=/opt/b')
    tap.is_(outcome.returncode, 0, 'make install') or tap.note(outcome.stdout + outcome.stderr)
    return place.file('root/opt/b')


def as_nobody(place, folder, *words):
    """Runs a command as another user where that can be, in a folder of that user's."""
    os.makedirs(folder, exist_ok=True)
    user = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam('nobody')
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {'user': nobody.pw_uid, 'group': nobody.pw_gid, 'extra_groups': []}
    return place.end(place.start(*words, cwd=folder, **user))


def test_any_folder():
    with Place() as place:
        prefix = installed(place)
        moved = place.file('moved')
        os.rename(prefix, moved)
        benchctl, folder = moved + '/bin/benchctl', place.file('home/a folder')
        outcome = as_nobody(place, folder, benchctl, 'run', '--servers', 'control', '--out', 'first', *QUICK)
        tap.is_(outcome.code, 0, 'run, as another user, in a folder of that user') or tap.note(outcome.err)
        tap.ok(os.path.exists(folder + '/results/first/run.json'), 'the results are in that folder')
        outcome = as_nobody(place, folder, benchctl, 'report', 'latest')
        tap.is_(outcome.out.strip(), 'plots/first/index.html', 'and the page') or tap.note(outcome.err)
        written = [path for path in glob.glob(moved + '/**', recursive=True) if '__pycache__' in path or 'results' in path]
        tap.is_(written, [], 'nothing is written where it is installed')


def test_pages():
    with Place() as place:
        prefix = installed(place)
        commands = re.findall(r'^  ([a-z]+) ', place.bench('help').out, re.M)
        pages = {os.path.basename(path) for path in glob.glob(prefix + '/share/man/man1/*')}
        tap.is_(pages, {'benchctl.1'} | {'benchctl-%s.1' % command for command in commands}, 'a page of each command')
        if shutil.which('man'):
            lint = [(page, place.command('man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page).err)
                    for page in sorted(glob.glob(prefix + '/share/man/man1/*'))]
            tap.is_([each for each in lint if each[1]], [], 'man has no warning of any')
        for command in commands:
            options = set(re.findall(r'--([a-z0-9-]+)', re.sub(r'\n\nDefaults .*', '', place.bench(command, '--help').out, flags=re.S)))
            page = place.read('root/opt/b/share/man/man1/benchctl-%s.1' % command).replace('\\-', '-')
            tap.ok(all('--%s\\fR' % option in page or '--' + option in page for option in options), command + ': the page has each option')


def test_removal():
    with Place() as place:
        installed(place)
        outcome = made('uninstall', 'DESTDIR=' + place.file('root'), 'PREFIX=/opt/b')
        left = [path for path in glob.glob(place.file('root') + '/**', recursive=True) if os.path.isfile(path)]
        tap.is_((outcome.returncode, left), (0, []), 'make uninstall leaves no file')


@tap.thorough
def test_package():
    """Unpacked and run, without being installed: dpkg-deb -x is what dpkg does with the files."""
    if not shutil.which('dpkg-deb'):
        raise tap.Skip('dpkg is not installed')
    made('deb')
    package = sorted(glob.glob(ROOT + '/build/benchctl_*.deb'), key=os.path.getmtime)[-1]
    with open(package, 'rb') as file:
        first = file.read()
    made('deb')
    with open(package, 'rb') as file:
        tap.ok(file.read() == first, 'made again, the package is the same')
    with Place() as place:
        os.chmod(place.path, 0o755)
        place.command('dpkg-deb', '-x', package, place.file('root'))
        if shutil.which('lintian'):
            lint = place.command('lintian', '--fail-on', 'error,warning', '--allow-root', package)
            tap.is_((lint.code, lint.out), (0, ''), 'lintian has nothing against it') or tap.note(lint.err)
        outcome = as_nobody(place, place.file('home'), place.file('root/usr/bin/benchctl'), 'run', '--servers', 'control', *QUICK)
        tap.is_(outcome.code, 0, 'it runs from any folder') or tap.note(outcome.err)


@tap.thorough
def test_release():
    if subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=ROOT, capture_output=True).returncode:
        raise tap.Skip('no git repository')
    files = []
    for _ in range(2):
        made('dist')
        with open(sorted(glob.glob(ROOT + '/build/benchctl-*.tar.gz'), key=os.path.getmtime)[-1], 'rb') as file:
            files.append(file.read())
    tap.ok(files[0] == files[1] and len(files[0]) > 100000, 'made twice, the tarball is the same')
    names = subprocess.run(['tar', '-tz'], input=files[0], capture_output=True).stdout.decode().split()
    tap.ok(any(name.endswith('/VERSION') for name in names) and any(name.endswith('/Makefile') for name in names), 'with its version')


def test_without_apt():
    """On another distribution: what is missing is named by names that hold everywhere, and nothing is changed."""
    with Place() as place:
        os.makedirs(place.file('bin'))
        for program in ('sh', 'sed', 'dirname', 'cat'):
            os.symlink(shutil.which(program), place.file('bin/' + program))
        outcome = place.command('sh', ROOT + '/.ci/deps', 'build', env={'PATH': place.file('bin'), 'MARK': ''})
        tap.is_(outcome.code, 1, 'without apt-get and compiler: exit 1')
        tap.has(outcome.err, ['program            pkg-config', 'pkg-config module  jansson', 'nothing was installed'], 'and says what is missing')


# Of a shell: a program that prints what it completes for the words given, the last of which is begun.
BASH = '''
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { :; }
_benchctl
printf '%s\\n' "${COMPREPLY[@]}"
'''
FISH = 'source $argv[1]; complete -C (string join " " -- $argv[2..-1])'
# zsh completes only at a prompt: one on a pseudo-terminal is given the words and TAB, and its list is read.
ZSH = '''
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; stty columns 200 rows 200; fpath=($1:h \\$fpath); autoload -Uz compinit; compinit -u -d $2; zstyle ':completion:*' list-prompt ''; LISTMAX=9999; unsetopt beep; compdef _benchctl benchctl; print rea\\dy"
zpty -r -m shell _ '*ready*' || exit 1
shift 2
zpty -w -n shell "$*"$'\\t\\t'
zpty -w -n shell $'\\C-a\\C-k'
zpty -w shell "print en\\ded"
while zpty -r shell line; do print -r -- "$line"; [[ $line == *ended* ]] && break; done
'''


def completed(place, shell, file, *words):
    if shell == 'bash':
        outcome = place.command('bash', '-c', BASH, 'bash', file, *words)
    elif shell == 'fish':
        outcome = place.command('fish', '-N', '-c', FISH, file, *words, env=place.environment(HOME=place.path))
    else:
        outcome = place.command('zsh', '-f', '-c', ZSH, 'zsh', file, place.file('dump'), *words)
    return re.findall(r'[\w./-]+', re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', ' ', outcome.out)), outcome


def test_completions():
    with Place() as place:
        prefix = installed(place)
        place.file('results/monday/run.json', '{}')
        files = {'bash': prefix + '/share/bash-completion/completions/benchctl', 'zsh': prefix + '/share/zsh/site-functions/_benchctl',
                 'fish': prefix + '/share/fish/vendor_completions.d/benchctl.fish'}
        for shell, file in files.items():
            if not shutil.which(shell):
                tap.note(shell + ' is not installed')
                continue
            for words, wanted in [(('benchctl', 'expl'), 'explain'), (('benchctl', 'run', '--max-w'), '--max-window'),
                                  (('benchctl', 'load', '--arrivals', ''), 'poisson'), (('benchctl', 'table', 'mon'), 'monday'),
                                  (('benchctl', 'table', 'lat'), 'latest')]:
                said, outcome = completed(place, shell, file, *words)
                tap.ok(any(each.startswith(wanted) for each in said), '%s: %s<TAB>: %s' % (shell, ' '.join(words), wanted), outcome)


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
