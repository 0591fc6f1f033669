"""Runs a server of 2010 on its original interpreter if there is one, otherwise on our revival of its library."""
import argparse
import os
import subprocess
import sys

REVIVAL = os.path.dirname(os.path.abspath(__file__))

# By the kind of tasklets: what names the original interpreter, and the revival's interpreter.
RUNTIMES = {
    'stackless': ('BENCH_STACKLESS', '/usr/bin/pypy3'),
    'greenlet': ('BENCH_PYTHON2_GREENLET', '/usr/bin/python3'),
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
release = ''
if implementation == 'original':
    try:
        import pkg_resources
        release = pkg_resources.get_distribution(library).version + ' '
    except Exception:
        pass
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


class Choice:
    """The interpreter that a server runs on here, and its environment."""

    def __init__(self, tasklets, library, implementation, interpreter):
        self.tasklets = tasklets
        self.library = library
        self.implementation = implementation
        self.interpreter = interpreter
        paths = os.environ.get('PYTHONPATH', '').split(os.pathsep)
        paths = [path for path in paths if path and os.path.abspath(path) != REVIVAL]
        if implementation == 'revival':
            paths.insert(0, REVIVAL)
        self.environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths))

    def works(self):
        """Whether the library can be imported; nothing is printed."""
        program = 'import %s, %s' % (self.tasklets, MODULES[self.library])
        try:
            return subprocess.run([self.interpreter, '-c', program], env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        except OSError:
            return False

    def execute(self, *arguments):
        """Becomes the interpreter, so that signals reach the server itself."""
        try:
            os.execvpe(self.interpreter, [self.interpreter, *arguments], self.environment)
        except OSError as error:
            sys.exit('%s: %s' % (self.interpreter, error.strerror))


def choose(tasklets, library):
    """The original, if its interpreter is named and can import it; otherwise the revival."""
    variable, interpreter = RUNTIMES[tasklets]
    if os.environ.get(variable):
        original = Choice(tasklets, library, 'original', os.environ[variable])
        if original.works():
            return original
    return Choice(tasklets, library, 'revival', interpreter)


def main():
    parser = argparse.ArgumentParser(prog='python3 -m servers.revival.launch', description=__doc__)
    parser.add_argument('command', choices=['run', 'check', 'version', 'implementation'],
                        help='run the server; tell by the exit status whether it can run; '
                             'print what it would run on; print `original` or `revival`')
    parser.add_argument('tasklets', choices=RUNTIMES)
    parser.add_argument('server', help='a folder of servers/ whose name begins with its library')
    arguments = parser.parse_args()
    library = arguments.server.partition('_')[0]
    if library not in MODULES:
        parser.error('no library is known for the server ' + arguments.server)
    choice = choose(arguments.tasklets, library)
    if arguments.command == 'check':
        sys.exit(not choice.works())
    elif arguments.command == 'implementation':
        print(choice.implementation)
    elif arguments.command == 'version':
        choice.execute('-c', DESCRIBE, library, choice.implementation, arguments.tasklets)
    else:
        choice.execute('-m', 'servers.%s.server' % arguments.server)


if __name__ == '__main__':
    main()
