"""runtime: what a server of 2010 runs on, the original library or our revival of it.

    python3 -m servers.common.runtime {run|check|version} {original|revival} {stackless|greenlet} SERVER [ARGUMENT..]

An original runs on the interpreter that BENCH_STACKLESS or BENCH_PYTHON2_GREENLET names ([interpreters] in bench.conf), else on
the one that `make originals` has built. A revival runs on an interpreter of the distribution. Neither stands for the other.
"""
import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REVIVAL = os.path.join(ROOT, 'servers', 'revival')
BUILT = os.path.join(ROOT, 'build', 'originals')

# By the kind of tasklets: what names the original interpreter, where `make originals` puts it, the revival's interpreter, and
# the Debian package that has what the revival needs.
RUNTIMES = {
    'stackless': ('BENCH_STACKLESS', 'stackless', '/usr/bin/pypy3', 'pypy3'),
    'greenlet': ('BENCH_PYTHON2_GREENLET', 'cpython', '/usr/bin/python3', 'python3-greenlet'),
}

# The modules that the servers of a library import.
MODULES = {
    'syncless': 'syncless.coio, syncless.patch, syncless.wsgi',
    'concurrence': 'concurrence.io, concurrence.http.server',
}

# Runs in the interpreter that it describes, which may be Python 2.7.
DESCRIBE = '''
import platform, sys
library, implementation, tasklets = sys.argv[1:]
if tasklets == 'stackless':
    import stackless
release = ''
if implementation == 'original':
    if library == 'syncless':
        from syncless import version
        release = version.VERSION + ' '
    else:
        import concurrence
        release = concurrence.__version__ + ' '
name = platform.python_implementation()
version = platform.python_version()
if 'tackless' in sys.version:
    name = 'Stackless Python'
elif name == 'PyPy':
    version = '%d.%d.%d' % sys.pypy_version_info[:3]
if tasklets == 'greenlet':
    import greenlet
    tasklets = 'greenlet ' + greenlet.__version__
print('%s %s%s on %s %s (%s)' % (library, release, implementation, name, version, tasklets))
'''


class Runtime:
    """An interpreter, its environment, and what to do where it can't be had."""

    def __init__(self, implementation, tasklets, library):
        variable, built, revival, package = RUNTIMES[tasklets]
        self.tasklets = tasklets
        self.library = library
        self.implementation = implementation
        paths = os.environ.get('PYTHONPATH', '').split(os.pathsep)
        paths = [path for path in paths if path and os.path.abspath(path) != REVIVAL]
        if implementation == 'revival':
            paths.insert(0, REVIVAL)
            self.interpreter = revival
            self.remedy = 'install: ' + package
        else:
            named = os.environ.get(variable)
            self.interpreter = named or os.path.join(BUILT, built, 'bin', 'python2.7')
            self.remedy = 'the interpreter is named by ' + variable if named else 'build it: make originals'
        self.environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths))

    def name(self):
        """The interpreter as people write it: from this project's folder where it is in there."""
        path = os.path.relpath(self.interpreter, ROOT)
        return self.interpreter if path.startswith(os.pardir) else path

    def problem(self):
        """Why the library can't be imported, in a line; None where it can."""
        program = 'import %s, %s' % (self.tasklets, MODULES[self.library])
        try:
            done = subprocess.run([self.interpreter, '-c', program], env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        except OSError as error:
            return '%s: %s; %s' % (self.name(), error.strerror, self.remedy)
        if done.returncode == 0:
            return None
        said = done.stderr.decode('utf-8', 'replace').strip().splitlines() or ['status %d' % done.returncode]
        return '%s: %s; %s' % (self.name(), said[-1], self.remedy)

    def execute(self, *arguments):
        """Becomes the interpreter, so that signals reach the server itself."""
        try:
            os.execvpe(self.interpreter, [self.interpreter, *arguments], self.environment)
        except OSError as error:
            sys.exit('%s: %s' % (self.interpreter, error.strerror))


def main():
    parser = argparse.ArgumentParser(prog='python3 -m servers.common.runtime', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('command', choices=['run', 'check', 'version'])
    parser.add_argument('implementation', choices=['original', 'revival'])
    parser.add_argument('tasklets', choices=RUNTIMES)
    parser.add_argument('server', help='a folder of servers/ whose name begins with its library')
    parser.add_argument('arguments', nargs='*', help='arguments of the server')
    arguments = parser.parse_args()
    library = arguments.server.partition('_')[0]
    if library not in MODULES:
        parser.error('no library is known for the server ' + arguments.server)
    runtime = Runtime(arguments.implementation, arguments.tasklets, library)
    if arguments.command == 'check':
        sys.exit(runtime.problem())
    elif arguments.command == 'version':
        runtime.execute('-c', DESCRIBE, library, runtime.implementation, runtime.tasklets)
    else:
        runtime.execute('-m', 'servers.%s.server' % arguments.server, *arguments.arguments)


if __name__ == '__main__':
    main()
