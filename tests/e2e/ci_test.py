#!/usr/bin/python3
"""ci: the steps of the GitHub action and the script of the GitLab job, run as they stand in their files, with real
measurements. Prints TAP."""
import http.server
import json
import os
import re
import shutil
import sys
import threading
import urllib.parse
import xml.etree.ElementTree

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT, Place

CONTROL = os.path.join(ROOT, 'build', 'servers', 'control')
SECRET = 'hunter22-that-nobody-may-see'

place = None  # of all tests

with open(os.path.join(ROOT, 'ci', 'github', 'action.yml'), encoding='utf-8') as file:
    ACTION = yaml.safe_load(file)


class Runner:
    """A runner of GitHub, as far as the action needs it: one folder, which it keeps from job to job, and the comments of one pull
    request. The copy of benchctl around the action is built already; `broken` makes its build fail."""

    def __init__(self, name):
        self.at = place.file(name)
        self.action = os.path.join(self.at, 'action', 'ci', 'github')
        shutil.copytree(os.path.join(ROOT, 'ci'), os.path.join(self.at, 'action', 'ci'))
        for path, text in (('action/.ci/deps', '#!/bin/sh\n'), ('action/Makefile', 'all:\n\ttest ! -e broken\n')):
            os.chmod(place.file('%s/%s' % (name, path), text), 0o755)
        os.mkdir(os.path.join(self.at, 'action', 'build'))
        # By its own path it finds its plot templates.
        place.file(name + '/action/build/benchctl', '#!/bin/sh\nexec "%s" "$@"\n' % place.benchctl)
        os.chmod(os.path.join(self.at, 'action/build/benchctl'), 0o755)
        self.work = os.path.join(self.at, 'work')
        os.mkdir(self.work)
        self.comments_file = place.file(name + '/comments.json', '[]')

    def comments(self):
        with open(self.comments_file, encoding='utf-8') as file:
            return [comment['body'] for comment in json.load(file)]

    def job(self, **inputs):
        """Runs the action's steps. Returns its result, and what each `uses` step was given, by the name of the step."""
        given = {name: str(value.get('default', '')) for name, value in ACTION['inputs'].items()}
        given.update({name.replace('_', '-'): value for name, value in inputs.items()})
        steps, uses, failed = {}, {}, False

        def value(name):
            if name.startswith('inputs.'):
                return given[name[7:]]
            if name.startswith('steps.'):
                of = steps.get(name.split('.')[1], {'outcome': 'skipped', 'outputs': {}})
                return of['outcome'] if name.endswith('.outcome') else of['outputs'].get(name.split('.')[-1], '')
            return {'github.token': 'token', 'github.event_name': 'pull_request', 'github.event.pull_request.number': '7',
                    'github.sha': 'merge0'}[name]

        def expand(text):
            return re.sub(r'\$\{\{ ([\w.-]+) \}\}', lambda found: expand(value(found[1])), text)

        def holds(condition):
            if not condition:
                return not failed
            return all(part == 'always()' or value(part.split(' == ')[0]) == part.split(' == ')[1].strip("'")
                       for part in condition.split(' && '))

        for step in ACTION['runs']['steps']:
            if not holds(step.get('if')):
                continue
            if 'uses' in step:
                uses[step['name']] = expand(step['with']['path'])
                continue
            files = {name: place.file(self.at + '/' + name, '') for name in ('GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY')}
            environment = place.environment(GITHUB_ACTION_PATH=self.action, GITHUB_REPOSITORY='a/b', GH_COMMENTS=self.comments_file,
                                            PATH=os.path.join(ROOT, 'tests', 'helper') + ':' + os.environ['PATH'], **files)
            environment.update({name: expand(text) for name, text in step.get('env', {}).items()})
            outcome = place.command('bash', '-e', '-o', 'pipefail', '-c', step['run'], cwd=self.work, env=environment)
            failed |= outcome.code != 0
            if outcome.code:
                tap.note('%s: %r' % (step['name'], outcome))
            outputs = dict(line.split('=', 1) for line in place.read(files['GITHUB_OUTPUT']).splitlines())
            steps[step.get('id', step['name'])] = {'outcome': 'failure' if outcome.code else 'success', 'outputs': outputs}
        return ('failure' if failed else 'success'), uses


ONE = {'old': CONTROL, 'new': CONTROL, 'levels': '2', 'launches': '1', 'strict': 'no', 'old_commit': 'aaa111', 'new_commit': 'bbb222'}


def test_comments():
    runner = Runner('comments')
    result, uses = runner.job(**ONE)
    first = runner.comments()
    tap.is_((result, len(first)), ('success', 1), 'a job writes a comment')
    tap.has(first[0], ['<!-- benchctl-compare control keepalive -->', 'aaa111', 'bbb222'], 'with its name and the commits')
    session = uses['Artifact'].split()[1]
    tap.is_(sorted(os.listdir(os.path.join(runner.work, 'results'))), [os.path.basename(session)], 'the artifact is of its session')
    runner.job(**{**ONE, 'mode': 'close', 'built': 'failure'})
    tap.is_(runner.comments()[0], first[0], 'a job of another mode leaves it alone')
    tap.has(runner.comments()[1], ['control close -->', 'Nothing was measured: the build ended with failure'], 'and has a comment of its own')
    result, _ = runner.job(**{**ONE, 'built': 'failure', 'new_commit': 'ccc333'})
    tap.is_((result, len(runner.comments())), ('failure', 2), 'the next push, which can not be built, fails')
    tap.has(runner.comments()[0], ['Nothing was measured: ', 'aaa111', 'ccc333'], 'its comment says so instead, and of which commits')
    runner.job(**{**ONE, 'name': 'x --><b>"', 'built': 'failure'})
    tap.is_(runner.comments()[2].splitlines()[0], '<!-- benchctl-compare x --b -->', 'a name can not end its marker')


def test_kept():
    runner = Runner('kept')
    place.file('kept/work/benchctl-report/comment.md', '<!-- benchctl-compare control keepalive -->\n**benchctl:** NEW is better\n')
    place.file('kept/work/benchctl-report/comparison.json', '{}')
    place.file('kept/action/broken', '')
    result, uses = runner.job(**ONE)
    tap.is_((result, uses['Artifact'].split()), ('failure', ['benchctl-report/']), 'benchctl can not be built: the job fails')
    tap.is_(sorted(os.listdir(os.path.join(runner.work, 'benchctl-report'))), ['comment.md', 'junit.xml'],
            'the report of another change is gone')
    tap.has(runner.comments()[0], ['Nothing was measured: the job ended before', 'bbb222'], 'the comment says so')


def ab(name, **variables):
    """ci/ab outside GitHub. Returns its outcome and the texts of its report."""
    environment = place.environment(**{'BENCHCTL': place.benchctl, 'OLD': CONTROL, 'NEW': CONTROL, 'LEVELS': '2', 'LAUNCHES': '1',
                                       'STRICT': 'no', 'REPORT': place.file(name), 'OLD_COMMIT': 'aaa111', 'NEW_COMMIT': 'bbb222',
                                       **variables})
    outcome = place.command(os.path.join(ROOT, 'ci', 'ab'), env=environment)
    return outcome, {entry: place.read('%s/%s' % (name, entry)) for entry in os.listdir(place.file(name))
                     if not entry.endswith('.png')}


def errors(report):
    return int(xml.etree.ElementTree.fromstring(report['junit.xml']).find('testsuite').get('errors'))


def test_unseen():
    os.chmod(place.file('killer', '#!/bin/sh\nkill -9 $$\n'), 0o755)
    for name, code, words, changes in (
            ('strict', 2, 'neither yes nor no', {'STRICT': 'perhaps'}),
            ('few', 2, 'exit code 2', {'STRICT': ''}),
            ('mode', 2, 'is not one of', {'MODE': 'fast'}),
            ('killed', 137, 'exit code 137', {'BENCHCTL': place.file('killer')}),
            ('absent', 3, 'could be compared', {'NEW': '/nonexistent/server'})):
        outcome, report = ab('unseen-' + name, **changes)
        tap.is_((outcome.code, errors(report)), (code, 1), '%s: exit code, and an error of JUnit' % name)
        tap.has(report['comment.md'].replace('\\', ''), [words, 'aaa111', 'bbb222'], '%s: the comment says so' % name)
    place.bench('ab', '--old', CONTROL, '--new', CONTROL, '--levels', '2', '--launches', '1', '--no-strict', '--port', '0',
                          '--out', 'blind')
    outcome = place.bench('compare', 'results/blind/old.json', 'results/blind/new.json', '--junit', place.file('blind/junit.xml', ''))
    tap.is_(errors({'junit.xml': place.read('blind/junit.xml')}) > 0, outcome.code in (2, 4), 'exit code 2 or 4 has an error')


def test_secret():
    command = 'env DB_PASSWORD=%s %s' % (SECRET, CONTROL)
    outcome, report = ab('secret', OLD=command, NEW=command)
    results = place.file('results')
    texts = dict(report)
    for folder in os.listdir(results):
        for name in os.listdir(os.path.join(results, folder)):
            path = os.path.join(results, folder, name)
            if os.path.isfile(path):
                with open(path, encoding='utf-8', errors='replace') as file:
                    texts[path] = file.read()
    tap.ok(len(texts) > 5, 'there are outputs')
    tap.is_([name for name, text in {**texts, 'stderr': outcome.err, 'stdout': outcome.out}.items() if SECRET in text], [],
            'what stands in a command is nowhere')
    tap.has(report['comment.md'].replace('\\', ''), 'control (arguments ', 'its program and a digest are')
    report = ab('whole', OLD=command, NEW=command, WHOLE_COMMANDS='yes')[1]
    tap.has(report['comment.md'].replace('\\', ''), SECRET, 'the whole command, where it is asked for')


def test_gitlab():
    notes = [{'id': 1, 'author': {'id': 5}, 'body': '<!-- benchctl-compare control close -->\nother job'},
             {'id': 2, 'author': {'id': 6}, 'body': '<!-- benchctl-compare control keepalive -->\nother author'}]

    class Handler(http.server.BaseHTTPRequestHandler):
        def serve(self):
            path = self.path.split('?')[0]
            answer = {'id': 5}
            if self.command == 'GET' and path.endswith('/notes'):
                answer = notes if 'page=1' in self.path.split('&') or self.path.endswith('page=1') else []
            if self.command in ('PUT', 'POST'):
                body = urllib.parse.parse_qs(self.rfile.read(int(self.headers['Content-Length'])).decode())['body'][0]
                if self.command == 'POST':
                    notes.append({'id': 3, 'author': {'id': 5}, 'body': body})
                else:
                    next(note for note in notes if path.endswith('/%d' % note['id']))['body'] = body
            data = json.dumps(answer).encode()
            self.send_response(200 if self.headers['PRIVATE-TOKEN'] == 'token' else 401)
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = serve

        def log_message(self, *unused):
            pass

    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for built, wanted in (('success', '**benchctl:** control keepalive: '), ('failed', 'ended with failed')):
            ab('gitlab', BUILT=built)
            environment = place.environment(BENCHCTL_TOKEN='token', CI_API_V4_URL='http://127.0.0.1:%d/api' % server.server_port,
                                            CI_PROJECT_ID='1', CI_MERGE_REQUEST_IID='2')
            outcome = place.command(os.path.join(ROOT, 'ci', 'gitlab', 'comment'), place.file('gitlab/comment.md'), env=environment)
            tap.is_((outcome.code, len(notes)), (0, 3), 'built: %s: there is one note of this job' % built)
            tap.has(notes[2]['body'], wanted, 'with what came of it')
        server.shutdown()
        thread.join()
    tap.is_([note['body'].split('\n')[1] for note in notes[:2]], ['other job', 'other author'], 'those of others are left alone')


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
