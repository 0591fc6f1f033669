#!/usr/bin/python3
"""The style of the C code, as far as a program can see it: its format, the length of functions, hidden state. Prints TAP."""
import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT

FORMATTER = 'clang-format-14'  # another version would format otherwise
FUNCTION_LINES = 60  # from { to }


def sources(*folders, endings='ch'):
    return sorted(os.path.relpath(path, ROOT) for folder in folders for ending in endings
                  for path in glob.glob(os.path.join(ROOT, folder, '**', '*.' + ending), recursive=True)
                  if '/node_modules/' not in path)


def lines_of(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read().split('\n')


def test_format():
    files = sources('harness', 'clients', 'servers', 'tests')
    outcome = subprocess.run([FORMATTER, '--dry-run', '-Werror', *files], cwd=ROOT, capture_output=True, text=True)
    tap.ok(outcome.returncode == 0, 'the C code is as `make format` leaves it', outcome.stderr[:2000])


def test_scripts():
    tracked = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split('\0')
    wrong = []
    for path in filter(None, tracked):
        with open(os.path.join(ROOT, path), 'rb') as file:
            script = file.read(2) == b'#!'
        if script != os.access(os.path.join(ROOT, path), os.X_OK):
            wrong.append(path)
    tap.ok(not wrong, 'what begins with #! is executable, and nothing else is', '\n'.join(wrong))


def reason_above(lines, at, word):
    """Whether the comment right above a line holds the word."""
    end = at
    while at > 0 and lines[at - 1].startswith(('/*', ' *')):
        at -= 1
    return word in ' '.join(lines[at:end])


def long_functions(path):
    """Functions longer than allowed, whose comment has no reason ("Long: ..."). In formatted code a body is between { and } in
    the first column."""
    lines, start = lines_of(path), None
    for at, line in enumerate(lines):
        if line == '{':
            start = at
        elif line == '}' and start is not None:
            first = start
            while first > 0 and lines[first - 1] and not lines[first - 1].endswith(('*/', '}', ';')):
                first -= 1
            if at - start + 1 > FUNCTION_LINES and not reason_above(lines, first, 'Long: '):
                yield '%s:%d: %d lines' % (path, first + 1, at - start + 1)
            start = None


def test_lengths():
    wrong = [each for path in sources('harness', 'clients') for each in long_functions(path)]
    tap.is_(wrong, [], 'no function is longer than %d lines without a reason' % FUNCTION_LINES)


def state(path):
    """The variables of a source that can change, those inside functions too, whose definition has no reason ("State: ...")."""
    symbols = subprocess.run(['objdump', '--syms', 'build/' + path[:-2] + '.o'], cwd=ROOT, capture_output=True, text=True,
                             check=True).stdout
    lines = lines_of(path)
    for section, name in re.findall(r'^\S+ .{6}O (\S+)\s+\S+ (?:\.hidden )?(\S+)$', symbols, re.M):
        # What is constant but for its relocation is no state.
        if not section.startswith(('.data', '.bss', '.tdata', '.tbss', '*COM*')) or section.startswith('.data.rel.ro'):
            continue
        name = name.split('.')[0]
        defined = [at for at, line in enumerate(lines) if re.search(r'\b%s\b(\[.*\])*( =.*)?;' % name, line)]
        if not any('State: ' in lines[at] or reason_above(lines, at, 'State: ') for at in defined[:1]):
            yield '%s: %s' % (path, name)


def test_state():
    paths = sources('harness', 'clients', endings='c')
    missing = [path for path in paths if not os.path.exists(os.path.join(ROOT, 'build', path[:-2] + '.o'))]
    if missing:
        raise tap.Skip('not built: %s' % ' '.join(missing[:3]))
    tap.is_([each for path in paths for each in state(path)], [], 'no variable outlives a call without a reason')


tap.checks([value for name, value in list(globals().items()) if name.startswith('test_')])
tap.done()
