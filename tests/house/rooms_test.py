#!/usr/bin/python3
"""The rooms of the house: each file is in one, includes point one way, and no two files need each other. Prints TAP.

Which room may include which stands once, in the table at the top of docs/architecture.md; it is read from there. A module is
a .c file with the header of the same name. It needs another one if either of its files includes that one's header, or if its
object calls a function of that one (so that a header shared by several sources hides nothing).
"""
import collections
import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
ROW = re.compile(r'^\| `(\w+)` \|.*\| ([^|]+) \|$', re.M)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def room_of(path):
    """The room of a file, or None for a file in no room."""
    parts = path.split('/')
    if parts[0] == 'clients' and len(parts) == 2:
        return 'clients'
    return parts[1] if parts[0] == 'harness' and len(parts) == 3 else None


def arrows():
    """For each room of the table, the rooms that it may include."""
    table = text_of('docs/architecture.md').split('\n## ')[0]
    rows = [(room, re.findall(r'`(\w+)`', may), may) for room, may in ROW.findall(table)]
    rooms = [room for room, _, _ in rows]
    return {room: set(rooms if may.strip() == 'every room' else to) for room, to, may in rows}


def unnamed():
    """The headers whose first line does not say what they are: "NAME: what it is"."""
    found = []
    for path in FILES:
        name = os.path.splitext(os.path.basename(path))[0]
        if path.endswith('.h') and not text_of(path).startswith('/*\n * %s: ' % name):
            found.append(path)
    return found


def includes():
    """For each source of the program, what it includes of its own."""
    files = [os.path.relpath(path, ROOT) for folder in ('harness', 'clients')
             for path in glob.glob(os.path.join(ROOT, folder, '**', '*.[ch]'), recursive=True)]
    return {path: INCLUDE.findall(text_of(path)) for path in sorted(files)}


def circles(needs):
    """The sets of modules that need each other (Tarjan, SIAM J. Comput. 1, 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(at):
        index[at] = low[at] = len(index)
        stack.append(at)
        for to in sorted(needs.get(at, ())):
            if to not in index:
                visit(to)
                low[at] = min(low[at], low[to])
            elif to in stack:
                low[at] = min(low[at], index[to])
        if low[at] == index[at]:
            circle = stack[stack.index(at):]
            del stack[stack.index(at):]
            if len(circle) > 1:
                found.append(sorted(circle))

    for at in sorted(needs):
        if at not in index:
            visit(at)
    return found


def included():
    needs = collections.defaultdict(set)
    for path, names in FILES.items():
        needs[path[:-2]] |= {name[:-2] for name in names} - {path[:-2]}
    return needs


def called():
    """The same by what the objects call, as built."""
    objects = {os.path.join('build', path[:-2] + '.o'): path[:-2] for path in FILES if path.endswith('.c')}
    missing = [path for path in objects if not os.path.exists(os.path.join(ROOT, path))]
    if missing:
        raise tap.Skip('not built: %s' % ' '.join(missing[:3]))
    symbols = subprocess.run(['nm', '--extern-only', '--format=posix', '--print-file-name', *objects], capture_output=True,
                             text=True, check=True, cwd=ROOT).stdout
    defined, used = {}, collections.defaultdict(set)
    for path, name, kind in (line.split()[:3] for line in symbols.splitlines()):
        module = objects[path.rstrip(':')]
        if kind == 'U':
            used[module].add(name)
        else:
            defined[name] = module
    return {module: {defined[name] for name in names if name in defined} - {module} for module, names in used.items()}


def test_files():
    table = arrows()
    tap.ok(len(table) > 10, 'docs/architecture.md has the table of rooms', sorted(table))
    tap.is_([path for path in FILES if room_of(path) not in table], [], 'each file is in a room of the table')
    tap.is_(unnamed(), [], 'each header begins with the name of its file and what it is')
    tap.is_(sorted(set(table) - {room_of(path) for path in FILES}), [], 'each room of the table has files')
    tap.is_(circles({room: to - {room} for room, to in table.items() if room != 'cmd'}), [], 'the table has no circle')


def test_arrows():
    table = arrows()
    wrong = sorted('%s: %s' % (path, name) for path, names in FILES.items() for name in names
                   if room_of(name) not in table.get(room_of(path), set()) | {room_of(path)})
    tap.is_(wrong, [], 'includes point where the table allows')
    servers = glob.glob(os.path.join(ROOT, 'servers', '**', '*.[ch]'), recursive=True)
    wrong = [path for path in servers for name in INCLUDE.findall(text_of(path)) if room_of(name)]
    tap.is_(wrong, [], 'no server includes the program')


def test_circles():
    tap.is_(circles(included()), [], 'no circle of includes')
    tap.is_(circles(called()), [], 'no circle of calls')


FILES = includes()
tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
