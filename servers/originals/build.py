#!/usr/bin/python3
"""Builds the interpreters and libraries of the 2010 benchmark under build/originals/, each step once.

    make originals [SOURCES=FOLDER]

FOLDER has the archives that ARCHIVES names; without it each source is fetched by git from its public repository, at the commit
that is written down here. Either way it is held against its SHA-256 before it is unpacked. Nothing else is fetched, nothing
outside build/originals/ is written, and no root is needed. What was cut short goes on at the step where it ended.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BLOCK_BYTES = 1 << 20


class Failure(Exception):
    """Why there is no original, and how to mend it."""


class Source:
    """A source tree: the archive of it in FOLDER, or its repository. The SHA-256 are of the archive, and of git's own tar."""

    def __init__(self, tree, archive, archive_sha256, repository, commit, tar_sha256):
        self.tree = tree
        self.archive = archive
        self.archive_sha256 = archive_sha256
        self.repository = repository
        self.commit = commit
        self.tar_sha256 = tar_sha256


SOURCES = [
    Source('stackless-2.7.17', 'stackless-2.7.17-slp.tar.xz',
           '98f12fff6dfaeae8b8683f17bc4954da81f245cc0ace5a1d67d2f53f340e74fe',
           'https://github.com/stackless-dev/stackless', '4de5ac6bbe87cebfecbc050443e1084e9472c5f8',
           '61d252a50a4ff3769295e6f64b49f7b8fa4d18ca319635d4cc158b9ef2289134'),
    Source('cpython-2.7.17', 'cpython-2.7.17.tar.xz',
           'd42f5fbdae222788ba08f78ecbda81bb3ad61496fb10eef70a04eb0593e64943',
           'https://github.com/python/cpython', 'c2f86d86e6c8f5fd1ef602128b537a48f3f5c063',
           '5c1262cddc70de54b2a773fe241154425df363a3b04da3a30e0b3cf81b2e4f81'),
    Source('greenlet-0.4.17', 'greenlet-0.4.17.tar.xz',
           'ce855064d4cd941698ebfdf786f0d653fd98e55348e7376e7a49ba1044c84eef',
           'https://github.com/python-greenlet/greenlet', '71ecaa8188894dccdf35351614e65f07752c2414',
           '73f0dae0f6eabc55e25451e570a500bcd83dc77d3fc8095fa26e017275d1a62a'),
    Source('syncless-acae1fa', 'syncless-acae1fa.tar.xz',
           '05ad7d7b22a3e6b068a980806b4c4fd99f36cb859f272bd7e589f5ac4b9a4b90',
           'https://github.com/HanWenfang/syncless', 'acae1fa84e3ae228c2f238c5a27f4fdb5b2546fc',
           '0c156f9c91e40d35275b0d76fb487254ea8e787a62f332e719fc1aa989805c06'),
    Source('concurrence-0.3.1', 'concurrence-0.3.1.tar.xz',
           '8cc62eb8899ba2a9106aa365481edb23462e24d6c5a9a95bf6a730a54a032c52',
           'https://github.com/concurrence/concurrence', '7b67f69d26f2551647959ec69989e1bb7bf202ea',
           '62195654a86676ba352398d10f81ccdbf8a864dac69cc8fec6eecfd77542991d'),
]

# The file that stands for what the build needs, and the Debian package that has it (.ci/packages/originals).
HEADERS = {'zlib.h': 'zlib1g-dev', 'openssl/ssl.h': 'libssl-dev', 'event.h': 'libevent-dev', 'ev.h': 'libev-dev'}
PROGRAMS = {'make': 'make', 'cython3': 'cython3', 'ar': 'binutils'}

# Stackless defines a variable in two files, which compilers since GCC 10 refuse at the link without -fcommon. CPython needs it
# not; it has it so that the two interpreters differ in nothing but Stackless.
INTERPRETER_CFLAGS = 'EXTRA_CFLAGS=-fcommon'

# distutils asks sys.modules for stackless, where this Stackless puts it only when it is imported.
SYNCLESS_SETUP = 'import sys, stackless; sys.argv = ["setup.py", "install"]; __file__ = "./setup.py"; execfile("setup.py")'

# Python 2's own rules for C: it breaks strict aliasing, and counts on integers that wrap.
EXTENSION_CFLAGS = ['-O2', '-fPIC', '-shared', '-fno-strict-aliasing', '-fwrapv', '-DNDEBUG']

CHECK_SYNCLESS = 'import stackless; from syncless import coio, patch, wsgi; assert coio.method() == "libev", coio.method()'
CHECK_CONCURRENCE = ('%s; import concurrence, concurrence.http.server; '
                     'assert "epoll" in repr(concurrence.get_version_info()), concurrence.get_version_info()')


class Build:
    """The folder that is built in, and the steps that are done in it."""

    def __init__(self, folder, sources, jobs):
        self.folder = folder
        self.sources = sources
        self.jobs = jobs
        self.compiler = shlex.split(os.environ.get('CC') or 'cc')
        self.stopped = threading.Event()
        self.running = set()
        self.lock = threading.Lock()

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def tree(self, name):
        return self.path('source', name)

    def prefix(self, interpreter):
        return self.path(interpreter)

    def python(self, interpreter):
        return self.path(interpreter, 'bin', 'python2.7')

    def run(self, log, *command, folder=None, **environment):
        """Runs a command whose output goes to the log; Failure names the log and its last line."""
        log.write(('+ %s\n' % ' '.join(map(shlex.quote, command))).encode())
        log.flush()
        with self.lock:
            if self.stopped.is_set():
                raise Failure('stopped')
            try:
                process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                           env=dict(os.environ, **environment), start_new_session=True)
            except OSError as error:
                raise Failure('%s: %s' % (command[0], error.strerror)) from error
            self.running.add(process)
        status = process.wait()
        with self.lock:
            self.running.discard(process)
        if status:
            raise Failure('%s %s' % (os.path.basename(command[0]), 'was stopped' if self.stopped.is_set() else
                                     'ended with status %d' % status))

    def stop(self):
        """Ends what runs, with all that it started."""
        self.stopped.set()
        with self.lock:
            for process in self.running:
                try:
                    os.killpg(process.pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass


def digest_of(file):
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(BLOCK_BYTES), b''):
        digest.update(block)
    return digest.hexdigest()


def archive_of(build, source, log):
    """The path of the checked archive of a source."""
    if build.sources:
        path, wanted = os.path.join(build.sources, source.archive), source.archive_sha256
        if not os.path.isfile(path):
            raise Failure('%s is missing: SOURCES must be the folder that has it' % path)
    else:
        path, wanted = build.path('fetched', source.tree + '.tar'), source.tar_sha256
        repository = build.path('fetched', source.tree + '.git')
        if not os.path.exists(path):
            shutil.rmtree(repository, ignore_errors=True)
            build.run(log, 'git', 'init', '--quiet', '--bare', repository)
            build.run(log, 'git', '-C', repository, 'fetch', '--quiet', '--depth', '1', source.repository, source.commit)
            build.run(log, 'git', '-C', repository, 'archive', '--format=tar', '--prefix=%s/' % source.tree,
                      '--output', path + '.part', source.commit)
            os.rename(path + '.part', path)
            shutil.rmtree(repository)
    with open(path, 'rb') as file:
        found = digest_of(file)
    if found != wanted:
        raise Failure('%s is not what it should be: its SHA-256 is %s, not %s; %s' % (
            path, found, wanted, 'get it anew' if build.sources else 'remove it to fetch it anew'))
    return path


def unpack(build, source, log):
    """The source tree, from an archive that names nothing outside it."""
    path = archive_of(build, source, log)
    part = build.path('source', source.tree + '.part')
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(build.tree(source.tree), ignore_errors=True)
    with tarfile.open(path) as archive:
        for member in archive:
            target = os.path.normpath(os.path.join(part, member.name))
            if not target.startswith(part + os.sep) or not (member.isfile() or member.isdir() or member.issym()):
                raise Failure('%s has a member that leads outside: %s' % (path, member.name))
            archive.extract(member, part)
    os.rename(os.path.join(part, source.tree), build.tree(source.tree))
    os.rmdir(part)


def configure(build, log, interpreter, tree):
    objects = build.path('objects', interpreter)
    shutil.rmtree(objects, ignore_errors=True)
    os.makedirs(objects)
    build.run(log, os.path.join(build.tree(tree), 'configure'), '--prefix=' + build.prefix(interpreter),
              '--with-ensurepip=no', folder=objects, CC=' '.join(build.compiler))


def compile_interpreter(build, log, interpreter):
    build.run(log, 'make', '-j%d' % build.jobs, INTERPRETER_CFLAGS, folder=build.path('objects', interpreter), MAKEFLAGS='')


def install_interpreter(build, log, interpreter):
    shutil.rmtree(build.prefix(interpreter), ignore_errors=True)
    build.run(log, 'make', INTERPRETER_CFLAGS, 'install', folder=build.path('objects', interpreter), MAKEFLAGS='')


def greenlet(build, log):
    build.run(log, build.python('cpython'), 'setup.py', 'install', folder=build.tree('greenlet-0.4.17'))


def libev_folder(build, log):
    """Syncless looks for libev in PREFIX/include and PREFIX/lib only, and where it finds none takes a select() of its own."""
    folder = build.path('libev')
    shutil.rmtree(folder, ignore_errors=True)
    found = subprocess.run([*build.compiler, '-print-file-name=libev.so'], stdout=subprocess.PIPE, text=True, check=True)
    for name, target in (('include/ev.h', '/usr/include/ev.h'), ('lib/libev.so', os.path.realpath(found.stdout.strip()))):
        if not os.path.isabs(target) or not os.path.exists(target):
            raise Failure('there is no %s: install libev-dev' % os.path.basename(name))
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        os.symlink(target, os.path.join(folder, name))
    log.write(b'links to libev\n')


def syncless(build, log):
    build.run(log, build.python('stackless'), '-c', SYNCLESS_SETUP, folder=build.tree('syncless-acae1fa'),
              LD_LIBRARY_PATH=build.path('libev'), SYNCLESS_USE_LIBEV='1', SYNCLESS_ALLOW_MINIEVENT='')
    build.run(log, build.python('stackless'), '-c', CHECK_SYNCLESS)


def cythonize(build, log):
    """Concurrence's two extensions as C, the same for both interpreters."""
    library = os.path.join(build.tree('concurrence-0.3.1'), 'lib', 'concurrence')
    build.run(log, 'cython3', '-2', '-o', build.path('objects', '_event.c'), 'concurrence._event.pyx', folder=library)
    # Without -I it misses the declarations beside it, and takes their pointers for objects.
    build.run(log, 'cython3', '-2', '-I', os.path.join(library, 'io'), '-o', build.path('objects', '_io.c'),
              'concurrence.io._io.pyx', folder=os.path.join(library, 'io'))


def concurrence(build, log, interpreter, imports):
    """Its setup.py wants to download setuptools and Pyrex: the modules are copied, and the extensions compiled, as it would."""
    library = os.path.join(build.tree('concurrence-0.3.1'), 'lib', 'concurrence')
    target = os.path.join(build.prefix(interpreter), 'lib', 'python2.7', 'site-packages', 'concurrence')
    include = os.path.join(build.prefix(interpreter), 'include', 'python2.7')
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(library, target)
    includes = ['-I' + include, '-I' + os.path.join(include, 'Stackless'), '-I' + os.path.join(library, 'io')]
    # libevent 2.1's struct event has no ev_flags; the extension prints it in its repr() and does nothing else with it.
    build.run(log, *build.compiler, *EXTENSION_CFLAGS, *includes, '-Dev_flags=ev_evcallback.evcb_flags', '-o',
              os.path.join(target, '_event.so'), build.path('objects', '_event.c'), '-levent')
    build.run(log, *build.compiler, *EXTENSION_CFLAGS, *includes, '-o', os.path.join(target, 'io', '_io.so'),
              build.path('objects', '_io.c'), os.path.join(library, 'io', 'io_base.c'))
    build.run(log, build.python(interpreter), '-c', CHECK_CONCURRENCE % imports)


class Step:
    """A step of the build: what it does, and the steps it needs."""

    def __init__(self, name, action, *after):
        self.name = name
        self.action = action
        self.after = after


def interpreter_steps(name, tree):
    return [Step('configure-' + name, lambda build, log: configure(build, log, name, tree), 'unpack-' + tree),
            Step('compile-' + name, lambda build, log: compile_interpreter(build, log, name), 'configure-' + name),
            Step('install-' + name, lambda build, log: install_interpreter(build, log, name), 'compile-' + name)]


STEPS = [
    *[Step('unpack-' + source.tree, lambda build, log, source=source: unpack(build, source, log)) for source in SOURCES],
    *interpreter_steps('stackless', 'stackless-2.7.17'),
    *interpreter_steps('cpython', 'cpython-2.7.17'),
    Step('greenlet', greenlet, 'install-cpython', 'unpack-greenlet-0.4.17'),
    Step('libev', libev_folder),
    Step('syncless', syncless, 'install-stackless', 'libev', 'unpack-syncless-acae1fa'),
    Step('cython', cythonize, 'unpack-concurrence-0.3.1'),
    Step('concurrence-stackless', lambda build, log: concurrence(build, log, 'stackless', 'import stackless'),
         'install-stackless', 'cython'),
    Step('concurrence-cpython', lambda build, log: concurrence(build, log, 'cpython', 'import greenlet'), 'greenlet', 'cython'),
]


def recipe_digest():
    """What a finished step is finished for: this file, so that a changed recipe builds anew."""
    with open(os.path.abspath(__file__), 'rb') as file:
        return digest_of(file)


class Progress:
    """Which steps are done, kept in the folder; written after each step."""

    def __init__(self, path, recipe):
        self.path = path
        self.recipe = recipe
        self.seconds = {}
        try:
            with open(path, encoding='utf-8') as file:
                kept = json.load(file)
            if kept['recipe'] == recipe:
                self.seconds = dict(kept['seconds'])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # none yet, or not whole: all steps anew

    def done(self, step, seconds):
        self.seconds[step] = seconds
        with open(self.path + '.part', 'w', encoding='utf-8') as file:
            json.dump({'recipe': self.recipe, 'seconds': self.seconds}, file, indent=1)
        os.replace(self.path + '.part', self.path)


def last_line(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            lines = [line.strip() for line in file if line.strip() and not line.startswith('+ ')]
    except OSError:
        return ''
    errors = [line for line in lines if 'error' in line.lower() or 'No space' in line]
    return (errors or lines or [''])[-1][:300]


def take(build, step):
    """Does a step. Returns its seconds; Failure says which step, why, and where its log is."""
    log_path = build.path('log', step.name + '.log')
    start = time.monotonic()
    try:
        with open(log_path, 'wb', buffering=0) as log:
            step.action(build, log)
    except (Failure, OSError, tarfile.TarError, EOFError, subprocess.SubprocessError) as error:
        said = last_line(log_path)
        raise Failure('%s: %s%s (log: %s)' % (step.name, error, ': ' + said if said else '',
                                             os.path.relpath(log_path))) from error
    return round(time.monotonic() - start, 1)


def need(build):
    """Failure names all that is missing, so that it is installed in one go."""
    missing = ['a C compiler (gcc)'] if not shutil.which(build.compiler[0]) else []
    programs = PROGRAMS if build.sources else {**PROGRAMS, 'git': 'git'}
    missing += ['%s (%s)' % (name, package) for name, package in programs.items() if not shutil.which(name)]
    if not missing:
        for header, package in HEADERS.items():
            found = subprocess.run([*build.compiler, '-E', '-include', header, '-x', 'c', '-', '-o', os.devnull],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if found.returncode:
                missing.append('%s (%s)' % (header, package))
    if missing:
        raise Failure('missing: ' + ', '.join(missing))


def build_all(build, say):
    """All steps that are not done, side by side where they allow it. Those that can go on do so when one has failed."""
    for folder in ('log', 'source', 'objects', 'fetched'):
        os.makedirs(build.path(folder), exist_ok=True)
    progress = Progress(build.path('progress.json'), recipe_digest())
    done = set(progress.seconds)
    waiting = [step for step in STEPS if step.name not in done]
    failures, running = [], {}
    with concurrent.futures.ThreadPoolExecutor(max(2, build.jobs)) as pool:
        while running or any(set(step.after) <= done for step in waiting):
            for step in [step for step in waiting if set(step.after) <= done]:
                waiting.remove(step)
                running[pool.submit(take, build, step)] = step
            ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                step = running.pop(future)
                try:
                    progress.done(step.name, future.result())
                    done.add(step.name)
                    say('[%2d/%d] %s, %.1f s' % (len(done), len(STEPS), step.name, progress.seconds[step.name]))
                except (Failure, OSError) as error:
                    failures.append(str(error))
                    say(str(error))
            if build.stopped.is_set():
                waiting.clear()
    if len(done) < len(STEPS):
        raise Failure('%d of %d steps are done; the same command goes on from there' % (len(done), len(STEPS)))
    return len(STEPS)


def main():
    parser = argparse.ArgumentParser(prog='make originals', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sources', default='', metavar='FOLDER', help='the folder that has the archives')
    parser.add_argument('--into', default=os.path.join(ROOT, 'build', 'originals'), metavar='FOLDER')
    parser.add_argument('--jobs', type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    build = Build(os.path.abspath(options.into), options.sources and os.path.abspath(options.sources), options.jobs)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: build.stop())
    start = time.monotonic()
    try:
        if build.sources and not os.path.isdir(build.sources):
            raise Failure('SOURCES: there is no folder %s' % build.sources)
        need(build)
        build_all(build, lambda text: print(text, file=sys.stderr, flush=True))
    except (Failure, OSError) as error:
        print('originals: %s' % error, file=sys.stderr)
        return 1
    print('originals: built in %s, %.0f s' % (os.path.relpath(build.folder), time.monotonic() - start), file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
