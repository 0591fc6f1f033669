#!/usr/bin/python3
"""Servers that know nothing of benchctl: launched by their own command and measured by their URL, or running already. The
servers are real: Node, gunicorn with several workers, nginx. Prints TAP."""
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.dav import Server, free_port, listens, needed
from helper.program import Place, until

SECRET = 'hunter2-and-more'
QUICK = ['-c', '1,4', '--duration', '100ms', '--warmup', '20ms', '--client', 'epoll']

place = None  # of all tests

NODE = '''
const http = require('http');
let number = 0;
http.createServer((request, response) => {
  if (request.headers.authorization !== 'Bearer %s') { response.statusCode = 401; return response.end('no'); }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ number: number++, items: ['a', 'b'], at: process.env.PLACE, folder: process.cwd() }));
}).listen(%d, '127.0.0.1');
'''

WSGI = '''
import os
def app(environ, start_response):
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))
    start_response('201 Created', [('Content-Length', str(len(body)))])
    return [body]
'''


def run(name, conf, *options, code=0, path=None, **variables):
    path = place.file(path or name + '.conf', conf)
    outcome = place.bench('run', '--conf', path, '--out', name, *QUICK, *options, env=place.environment(**variables))
    tap.is_(outcome.code, code, name + ': exit code')
    if outcome.code != code:
        tap.note(repr(outcome))
    tap.ok(SECRET not in outcome.out + outcome.err, name + ': no secret in the output', outcome)
    for folder, _, files in os.walk(place.file('results/' + name)):
        tap.ok(not [file for file in files if SECRET in place.read(os.path.join(folder, file))], name + ': nor in any file')
    return outcome


def figures(name):
    """Each cell has right responses and none that failed, but for the sequential client's."""
    document = place.document(name)
    tap.ok(document['cells'] and all(cell['ok'] and not cell['failed'] for cell in document['cells']), name + ': all right', document)
    return document


def test_node():
    """A body that changes, a secret header, an end by SIGINT, a variable and a folder."""
    if not shutil.which('node'):
        raise tap.Skip('node is not installed')
    port = free_port()
    os.makedirs(place.file('within'), exist_ok=True)
    script = place.file('app.js', NODE % (SECRET, port))
    conf = ('[server node]\ncommand = node %s\nurl = http://127.0.0.1:%d/api?page=1\nheader = Authorization: Bearer ${TOKEN}\n'
            'header = Accept: application/json\nstop = INT\nenvironment = PLACE=here\ndirectory = within\n' % (script, port))
    run('node', conf + 'check = contains="at":"here","folder":"%s"\n' % place.file('within'), TOKEN=SECRET)
    document = figures('node')
    tap.is_(document['environment']['servers'][0]['url'] if 'servers' in document['environment'] else document['servers'][0]['url'],
            'http://127.0.0.1:%d/api?page=1' % port, 'node: the URL is in the result')
    outcome = run('changes', conf, code=3, TOKEN=SECRET)
    tap.has(place.read('results/changes/cells.jsonl'), 'changes by itself', 'a page that changes is said, and which check fits')
    run('unauthorized', '[server node]\ncommand = node %s\nurl = http://127.0.0.1:%d/\n' % (script, port), '--ready', '1s', code=3)
    tap.has(place.read('results/unauthorized/cells.jsonl'), 'It asks for credentials', '401 is said')


def test_gunicorn():
    """Several workers: their CPU and their number are in the result."""
    if not shutil.which('gunicorn'):
        raise tap.Skip('gunicorn is not installed')
    port = free_port()
    place.file('wsgi_app.py', WSGI)
    run('gunicorn', '[server gunicorn]\ncommand = gunicorn -w 4 -b 127.0.0.1:%d wsgi_app:app\nurl = http://127.0.0.1:%d/items\n'
                    'body = {"a": 1}\nheader = Content-Type: application/json\nexpect-status = 201\nready = http://127.0.0.1:%d/ 201\n'
                    'processes = 4\n' % (port, port, port), '--mode', 'close', '--ready', '60s')
    document = figures('gunicorn')
    # The first cell may begin before the last worker has started.
    tap.ok(document['cells'][-1]['server_use']['processes'] >= 5, 'gunicorn: the workers are seen', document)
    tap.ok(any(cell['server_cpu_us_per_request'] for cell in document['cells']), 'gunicorn: and their CPU time')


def test_attached():
    """It is neither launched nor stopped; without a pid nothing is known of its CPU."""
    needed('/usr/sbin/nginx')
    with Server(place, 'nginx', methods='off') as server:
        place.file('nginx/root/index.html', 'hello')
        outcome = place.bench('run', '--url', server.url, '--out', 'attached', *QUICK)
        tap.ok(outcome.code == 0 and 'not launched here' in outcome.err, 'attached: said', outcome)
        document = figures('attached')
        tap.has(outcome.out, 'service: not launched here: one launch', 'attached: the table says so')
        outcome = place.bench('run', '--url', server.url, '--repeat', '3', '--out', 'thrice', *QUICK)
        verdict = place.document('thrice')['verdicts'][0]
        tap.ok(not verdict['settled'] and verdict['missing'] == 'not launched here: one launch' and verdict['launches'] <= 1,
               'attached: a verdict too, however often it was measured', verdict)
        outcome = place.bench('report', 'results/thrice/run.json')
        page = place.read('plots/thrice/index.html')
        tap.ok(page.count('not launched here') >= 2, 'attached: the page says so', outcome)
        tap.ok(all(cell['server_cpu_us_per_request'] is None for cell in document['cells']), 'attached: no CPU time')
        run('with_pid', '[server nginx]\nurl = %s\npid = %d\n' % (server.url, server.process.pid))
        tap.ok(any(cell['server_cpu_us_per_request'] for cell in figures('with_pid')['cells']), 'with a pid: CPU time')
        tap.is_(server.process.poll(), None, 'it still runs')
    outcome = place.bench('run', '--url', 'http://127.0.0.1:%d/' % server.port, '--out', 'gone', '--ready', '200ms', *QUICK)
    tap.ok(outcome.code == 3, 'a service that does not run', outcome)


def test_ab():
    if not shutil.which('node'):
        raise tap.Skip('node is not installed')
    port = free_port()
    script = place.file('app2.js', NODE % (SECRET, port))
    outcome = place.bench('ab', '--old', 'node ' + script, '--new', 'node ' + script, '--url', 'http://127.0.0.1:%d/' % port, '-H',
                          'Authorization: Bearer ${TOKEN}', '--check', 'status', '-l', '4', '-r', '5', '--duration', '100ms', '--warmup',
                          '20ms', '--out', 'ab', env=place.environment(TOKEN=SECRET))
    old = json.loads(place.read('results/ab/old.json'))
    tap.ok(all(cell['ok'] for cell in old['cells']) and SECRET not in outcome.out + outcome.err, 'ab: both builds are measured', outcome)


def test_check():
    """A service is checked with the request that is to be measured; a changing page and 401 are told in words."""
    if not shutil.which('node'):
        raise tap.Skip('node is not installed')
    port = free_port()
    script = place.file('app3.js', NODE % (SECRET, port))
    conf = place.file('check.conf', '[server node]\ncommand = node %s\nurl = http://127.0.0.1:%d/\n' % (script, port))
    header = ['-H', 'Authorization: Bearer ${TOKEN}']
    for options, code, words in (header + ['--check', 'status'], 0, '1 of 1 servers pass'), (header, 1, 'changes by itself'), \
            ([], 1, 'It asks for credentials'):
        outcome = place.bench('check', '--conf', conf, *options, '--ready', '60s' if not code else '2s', env=place.environment(TOKEN=SECRET))
        tap.ok(outcome.code == code and words in outcome.out and SECRET not in outcome.out + outcome.err, 'check: ' + words, outcome)
    with place.start('node', script) as process:
        until(lambda: listens(process.pid, port))
        outcome = place.bench('check', '--url', 'http://127.0.0.1:%d/' % port, *header, '--check', 'status',
                              env=place.environment(TOKEN=SECRET))
        tap.ok(outcome.code == 0 and 'repeated' not in outcome.out, 'check: of one that runs already', outcome)
        process.terminate()
    place.file('contract.conf', '[server a]\ncommand = true\n')
    outcome = place.bench('check', '--conf', 'contract.conf', '--check', 'status')
    tap.ok(outcome.code == 2 and 'none here has one' in outcome.err, 'check: options without a service', outcome)


def test_init():
    """A configuration is written for the service at hand after it was asked, works as it is, and is never overwritten."""
    if not shutil.which('node'):
        raise tap.Skip('node is not installed')
    port = free_port()
    place.file('new/app.js', NODE % (SECRET, port))
    url, conf = 'http://127.0.0.1:%d/' % port, place.file('new/bench.conf')

    def init(*options, code, words):
        outcome = place.bench('init', url, '--ready', '60s' if '--command' in options else '200ms', *options, cwd=place.file('new'),
                              env=place.environment(TOKEN=SECRET))
        tap.ok(outcome.code == code and words in outcome.out + outcome.err and SECRET not in outcome.out + outcome.err,
               'init: ' + words, outcome)
    init(code=3, words='--command launches')
    init('--command', 'node app.js', '--ready', '2s', code=3, words='It asks for credentials')
    tap.ok(not os.path.exists(conf), 'init: nothing is written of a service that does not respond rightly')
    header = ['-H', 'Authorization: Bearer ${TOKEN}']
    init('--command', 'node app.js', *header, code=0, words='status 200')
    text = place.read('new/bench.conf')
    tap.ok('check = status' in text and 'changes by itself' in text and SECRET not in text, 'init: the check that fits', text)
    outcome = place.bench('run', *QUICK, '--out', 'x', cwd=place.file('new'), env=place.environment(TOKEN=SECRET))
    tap.ok(outcome.code == 0, 'init: run works with it', outcome)
    init(*header, code=2, words='is not overwritten')
    tap.is_(place.read('new/bench.conf'), text, 'init: as it was')
    os.unlink(conf)
    with place.start('node', place.file('new/app.js')) as process:
        until(lambda: listens(process.pid, port))
        init(*header, code=0, words='process %d (node)' % process.pid)
        process.terminate()
    os.unlink(conf)
    outcome = place.bench('init', cwd=place.file('new'))
    tap.ok(outcome.code == 2 and 'URL' in outcome.err, 'init: no URL, and no file that suggests one', outcome)
    place.file('new/package.json', '{}')
    outcome = place.bench('init', '--command', 'false', cwd=place.file('new'))
    tap.ok(outcome.code == 3 and 'package.json is here' in outcome.err, 'init: a file that suggests one', outcome)


def test_paths():
    """Relative paths of a configuration start at its folder, wherever benchctl is called."""
    needed('/usr/sbin/nginx')
    with Server(place, 'nginx-paths', methods='off') as server:
        place.file('nginx-paths/root/index.html', 'hello')
        place.file('nginx-paths/root/other', 'hello')
        place.file('far/headers', 'Accept: text/plain\n')
        place.file('far/lines', '/index.html\n/other\n')
        place.file('far/pid', '%d\n' % server.process.pid)
        place.file('far/secret', 'user:%s\n' % SECRET)
        conf = '[server nginx]\nurl = %s\nheader = @headers\nurls = lines\npidfile = pid\nbasic-auth = @secret\n' % server.url
        run('far', conf, path='far/bench.conf')
        tap.ok(any(cell['server_cpu_us_per_request'] for cell in figures('far')['cells']), 'paths: headers, urls, pidfile, credentials')
        place.file('far/body', 'hello')
        outcome = place.bench('run', '--conf', place.file('far/run.conf', '[run]\nbody = @absent\n\n' + conf), '--out', 'far2', *QUICK)
        tap.has(outcome.err + place.read('results/far2/cells.jsonl'), place.file('far/absent'), 'paths: of [run] too')


def test_refused():
    for conf, words in [('[server a]\nurl = http://user:pw@127.0.0.1/\n', 'user information'),
                        ('[server a]\nurl = http://127.0.0.1/\nheader = Authorization: x\n', '${NAME}'),
                        ('[server a]\ncommand = x\nheader = A: b\n', 'no url'),
                        ('[server a]\ncommand = x\nurl = http://127.0.0.1/\npid = 1\n', 'pid')]:
        outcome = place.bench('run', '--conf', place.file('refused.conf', conf), '--out', 'refused', '--ready', '100ms', '-c', '1')
        tap.ok(outcome.code != 0 and (words in outcome.err or words in place.read('results/refused/cells.jsonl')),
               'refused: ' + words, outcome)


with Place() as place:
    tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
