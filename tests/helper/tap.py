"""tap: what a test prints. A test file is a list of functions; checks() calls each and prints the Test Anything Protocol.

A check that fails says what it saw, and the function goes on; each check returns whether it was good. A function that raises
counts as one failed check. No function relies on another one of its file: they run in random order, which $BENCHCTL_TEST_SEED
repeats. What several need is made by the first that asks for it (functools.lru_cache).

    python3 tests/e2e/run_test.py [NAME..]   all functions, or only those with such a NAME in theirs
    BENCHCTL_TESTS=quick                     what `make check` runs: without the functions marked @thorough
"""
import difflib
import json
import os
import random
import sys
import time
import traceback

QUICK = os.environ.get('BENCHCTL_TESTS') == 'quick'

_count = 0
_failed = 0


class Skip(Exception):
    """Raised by a test function that can't run here, with the reason."""


def _line(good, name, directive=''):
    global _count, _failed
    _count += 1
    _failed += not good
    print('%sok %d - %s%s' % ('' if good else 'not ', _count, name.replace('#', '.'), directive), flush=True)


def note(text):
    """Prints lines that only a reader sees."""
    for line in str(text).splitlines():
        print('# ' + line, flush=True)


def ok(good, name, seen=None):
    """A check; `seen` is printed where it fails."""
    _line(bool(good), name)
    if not good and seen is not None:
        note('seen: %s' % (seen if isinstance(seen, str) else repr(seen)))
    return bool(good)


def is_(seen, wanted, name):
    """Two values are the same."""
    good = ok(seen == wanted, name)
    if not good and isinstance(seen, str) and isinstance(wanted, str) and '\n' in wanted:
        note('\n'.join(difflib.unified_diff(wanted.splitlines(), seen.splitlines(), 'wanted', 'seen', lineterm='')))
    elif not good:
        note('  seen: %r\nwanted: %r' % (seen, wanted))
    return good


def has(text, words, name):
    """A text contains a string, or each of a list."""
    missing = [word for word in ([words] if isinstance(words, str) else words) if word not in text]
    good = ok(not missing, name)
    if not good:
        note('missing: %s\nin: %s' % (json.dumps(missing), text))
    return good


def thorough(function):
    """Marks a test that only `make check-all` runs: it takes long, or needs what only that sets up."""
    function.thorough = True
    return function


def checks(functions):
    """Calls each function, in random order; one that raises is a failed check."""
    seed = os.environ.get('BENCHCTL_TEST_SEED') or str(random.randrange(1000000))
    note('BENCHCTL_TEST_SEED=' + seed)
    functions = [function for function in functions
                 if not sys.argv[1:] or any(word in function.__name__ for word in sys.argv[1:])]
    random.Random(seed).shuffle(functions)
    for function in functions:
        name = function.__name__.replace('test_', '').replace('_', ' ')
        start = time.monotonic()
        try:
            if QUICK and hasattr(function, 'thorough'):
                raise Skip('in make check-all')
            function()
        except Skip as skip:
            _line(True, name, ' # SKIP %s' % skip)
        except Exception:
            _line(False, name + ': raised')
            note(traceback.format_exc())
        note('%s: %.1f s' % (name, time.monotonic() - start))


def done():
    """Prints the plan, and exits with 1 if a check failed."""
    print('1..%d' % _count, flush=True)
    sys.exit(1 if _failed else 0)


def skip_all(reason):
    """Prints an empty plan, and ends."""
    print('1..0 # SKIP ' + reason, flush=True)
    sys.exit(0)
