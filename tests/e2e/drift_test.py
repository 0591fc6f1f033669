#!/usr/bin/python3
"""What is written in more than one place agrees: the manual page, options, commands, bench.conf, servers. Prints TAP."""
import configparser
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import faulty, tap
from helper.program import ROOT

# Pages that name options, and the options of other programs that they name.
PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] + [
    'docs/' + name for name in os.listdir(os.path.join(ROOT, 'docs')) if name.endswith('.md')]
FOREIGN = {'apt-get': {'no-install-recommends'}, 'curl': {'fail', 'header', 'location', 'output'},
           'gh': {'branch', 'dir', 'jq', 'json', 'limit', 'name', 'status', 'workflow'}, 'git': {'branch', 'depth', 'detach'},
           'npm': {'prefix'}, 'oha': {'burst-delay', 'connect-to', 'db-url', 'disable-keepalive', 'http-version', 'latency-correction',
                                      'output-format', 'rand-regex-url', 'unix-socket', 'urls-from-file'},
           'tests/bench': {'baseline', 'into', 'levels', 'modes', 'update'}}
BENCHCTL = os.environ.get('BENCHCTL') or os.path.join(ROOT, 'build', 'benchctl')


def said(*words):
    return subprocess.run([BENCHCTL, *words], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def test_manual_page():
    tap.is_(text_of('docs', 'benchctl.1'), said('help', '--man'), 'docs/benchctl.1 is what `make man` writes')


def commands():
    return re.findall(r'^  ([a-z]+) ', said('help'), re.M)


def test_commands():
    """In code, so that no sentence is taken for a command."""
    for page in PAGES:
        code = re.findall(r'^(?:    |[$] )?(?:./)?benchctl ([a-z]+)|`(?:./)?benchctl ([a-z]+)', text_of(page), re.M)
        tap.is_(sorted({one or other for one, other in code} - set(commands())), [], page + ' names only commands that exist')


def test_options():
    known = {'help', 'version'}.union(*FOREIGN.values())
    for command in commands():
        known.update(re.findall(r'--([a-z0-9][a-z0-9-]*)', said(command, '--help')))
    for page in PAGES:
        used = set(re.findall(r'(?<![\w-])--([a-z][a-z0-9-]*)', text_of(page)))
        tap.is_(sorted(used - known), [], page + ' names only options that exist')


def test_faults():
    documented = re.findall(r'^\| `(\w+)` \|', text_of('docs', 'faults.md'), re.M)
    tap.is_(sorted(documented), sorted(set(faulty.BEHAVIOURS) | set(faulty.PROCESSES)),
            'docs/faults.md has each behaviour of the faulty server once, and no other')


def test_panel():
    conf = configparser.RawConfigParser(delimiters='=', comment_prefixes='#', inline_comment_prefixes=None)
    conf.read(os.path.join(ROOT, 'bench.conf'))
    names = [section[7:] for section in conf.sections() if section.startswith('server ')]
    tap.ok(len(names) >= 28, 'at least 28 servers', len(names))
    folders = set(os.listdir(os.path.join(ROOT, 'servers'))) - {'common', 'originals', 'revival', 'build.mk', '__init__.py', '__pycache__'}
    tap.is_(sorted(folders - set(names)), [], 'each folder of servers/ is a server')
    packages = set(text_of('.ci', 'packages', 'panel').split()) | set(text_of('.ci', 'packages', 'build').split())
    missing = {package for name in names for package in conf['server ' + name].get('install', '').split()} - packages
    tap.is_(sorted(missing - {'gcc'}), [], 'make deps-all installs what each server asks for')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
