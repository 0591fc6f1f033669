#!/usr/bin/python3
"""Every command that README and docs show is run, on servers and runs that are made here. Prints TAP."""
import glob
import json
import os
import re
import shlex
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import runs, tap
from helper.program import ROOT, Place, until

PAGES = ['README.md', 'CONTRIBUTING.md'] + sorted(os.path.relpath(path, ROOT) for path in glob.glob(ROOT + '/docs/*.md'))
SERVERS = ['control', 'eventlet', 'eventlet_wsgi', 'node_js', 'tornado', 'my_server', 'my-server', 'NAME']
# What a command gets besides, so that it ends soon; `run` says what it would do. The last value of an option counts.
SHORTER = {
    'run': ['--dry-run', '--port', '0'],
    'load': ['-c', '2', '-n', '50'],
    'ab': ['--levels', '1', '--launches', '2', '--no-strict', '--duration', '20ms', '--warmup', '1ms', '--port', '0'],
    'calibrate': ['--servers', 'control', '--levels', '1', '--launches', '2', '--duration', '20ms', '--port', '0'],
    'why': ['--budget', '2s', '--port', '0'],
    'check': ['--port', '0'],
}
# Commands that other tests run: addresses of other hosts, and what takes long.
ELSEWHERE = {'--self-test': 'compare_test.py', 'git:': 'publish_test.py', 'https://ci.example': 'compare_test.py', 'https://bench.example': 'history_test.py', 'init': 'service_test.py'}


def commands(page):
    """The lines of code that call benchctl, whole, without their comments. A line that shows the syntax, with [..], is not one."""
    with open(os.path.join(ROOT, page), encoding='utf-8') as file:
        text = file.read().replace('\\\n', ' ')
    for line in re.findall(r'^(?:    |[$] )?(?:\./)?benchctl ([a-z].*)$', text, re.M):
        if '[' not in line:
            yield shlex.split(line, comments=True)


def prepared(place):
    """Servers of all names that the pages use, and runs at all paths. Returns the URL of a server that runs."""
    control = ROOT + '/build/servers/control'
    sections = ''.join('[server %s]\ncommand = %s\n' % (name, control) for name in SERVERS)
    for path in ('bench.conf', 'my-bench.conf'):
        place.file(path, sections)
    place.file('mine.conf', '')
    document = runs.run(['control', 'eventlet', 'node_js', 'tornado'], [1, 1024, 32768], 1, 1, 0.01)
    for path in ('results/NAME/run.json', 'results/nightly/run.json', 'results/change/run.json', 'baseline/run.json', 'BASE.json', 'NEW.json',
                 'baseline.json'):
        place.file(path, json.dumps(document))
    place.start(control, env=place.environment(BENCH_HOST='127.0.0.1', BENCH_PORT='0', BENCH_BACKLOG='64'))


def runs_here(place, words, url):
    """The command as it is run here."""
    command = [re.sub(r'http://127\.0\.0\.1:\d+/\w*', url, word).replace('/path/to/mine.conf', 'mine.conf') for word in words]
    if command[0] == 'ab':
        command = [ROOT + '/build/servers/control' if before in ('--old', '--new') else word for before, word in zip([''] + command, command)]
        for option in '--url', '-H', '--check':  # the control server keeps the contract, and is asked for its page
            if option in command:
                at = command.index(option)
                del command[at:at + 2]
    command = [found for word in command for found in (sorted(os.path.relpath(path, place.path) for path in glob.glob(place.file(word)))
                                                       if '*' in word else [word])]
    if command[0] == 'load' and '--rate' in command:
        return command + ['--rate', '50', '--duration', '200ms']
    return command + SHORTER.get(command[0], [])


def test_commands():
    with Place() as place:
        prepared(place)
        servers = place.processes()
        ports = until(lambda: re.findall(r'users:\(\("control",pid=%d' % servers[0], place.command('ss', '-ltnpH').out) and re.findall(
            r'127\.0\.0\.1:(\d+) .*pid=%d' % servers[0], place.command('ss', '-ltnpH').out))
        url = 'http://127.0.0.1:%s/' % ports[0]
        environment = place.environment(TOKEN='secret')
        for page in PAGES:
            for words in commands(page):
                shown = '%s: benchctl %s' % (page, ' '.join(words))
                test = next((test for mark, test in ELSEWHERE.items() if any(word.startswith(mark) for word in words)), None)
                if test:
                    with open(os.path.join(ROOT, 'tests', 'e2e', test), encoding='utf-8') as file:
                        tap.ok('benchctl' in file.read(), shown + ': by ' + test)
                    continue
                if '--resume' in words:
                    place.bench('run', '--servers', 'control', '-c', '1', '-n', '20', '--sequential', '5', '--port', '0', '--out', 'mine')
                    words = ['mine' if word == 'NAME' else word for word in words]
                    outcome = place.bench(*words, '--conf', 'bench.conf', env=environment)
                else:
                    outcome = place.bench(*runs_here(place, words, url), env=environment)
                tap.ok(outcome.code in (0, 1, 4), shown, outcome)
        place.kill()


def test_targets():
    """Of make: each target that the pages name is there."""
    with open(os.path.join(ROOT, 'Makefile'), encoding='utf-8') as main, open(os.path.join(ROOT, 'packaging', 'install.mk'), encoding='utf-8') as more:
        targets = set(re.findall(r'^([a-z][a-z-]*):', main.read() + more.read(), re.M)) | {'servers'}
    for page in PAGES:
        with open(os.path.join(ROOT, page), encoding='utf-8') as file:
            named = re.findall(r'(?:^    |`)(?:[A-Z]+=\S+ )*make ([a-z-]+(?: [a-z-]+)*)(?=[`\s])', file.read(), re.M)
        named = {word for words in named for word in words.split()}
        tap.is_(sorted(named - targets), [], page + ': make')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
