#!/usr/bin/python3
"""The attacks of attack_test.py on the build with AddressSanitizer and UndefinedBehaviorSanitizer: no report. Prints TAP.

In an order that $BENCHCTL_TEST_SEED repeats, for as long as $SANITIZED_S says (a minute; 0: all of them): what one run of the
tests leaves out another one has. What comes of an attack is attack_test.py's matter: this build is slow, and none of its
cells is valid.
"""
import glob
import os
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from e2e.attack_test import ATTACKS
from helper import tap
from helper.program import ROOT, Place

PROGRAM = os.path.join(ROOT, 'build', 'address-undefined', 'benchctl')
SECONDS = float(os.environ.get('SANITIZED_S', '60'))
SEED = int(os.environ.get('BENCHCTL_TEST_SEED') or random.randrange(1000000))
# AddressSanitizer reserves terabytes of addresses, and more memory than the first of these leave; pages that are drawn again and
# again take minutes; and glibc leaks LOCPATH.
LEFT_OUT = ('64 MB of address space', '12 MiB of memory', 'SIGKILL of report', 'SIGKILL of plot', 'two of ', 'report into', 'the locale ')


def walk(attack):
    """One attack; each process that has something to report writes a file."""
    with Place(PROGRAM) as place, Place() as reports:
        log = reports.file('report')
        os.chmod(reports.path, 0o777)  # benchctl may be another user's
        options = 'log_path=%s:exitcode=66' % log
        os.environ.update(ASAN_OPTIONS=options + ':detect_leaks=1', UBSAN_OPTIONS=options + ':halt_on_error=1:print_stacktrace=1')
        try:
            attack.how(place)
        except tap.Skip:
            raise
        except Exception as error:  # it has come out otherwise, as on a slow machine
            tap.note('%s: %r' % (attack.name, error))
        seen = []
        for path in glob.glob(log + '*'):
            with open(path, encoding='utf-8', errors='replace') as file:
                seen.append(file.read()[:4000])
    tap.ok(not seen, attack.name + ': no report', '\n'.join(seen))


def test_attacks():
    if not os.access(PROGRAM, os.X_OK):
        raise tap.Skip('make SANITIZE=address,undefined')
    tap.note('BENCHCTL_TEST_SEED=%d SANITIZED_S=%g' % (SEED, SECONDS))
    attacks = [attack for attack in ATTACKS if not attack.name.startswith(LEFT_OUT)]
    random.Random(SEED).shuffle(attacks)
    start, walked = time.monotonic(), 0
    for attack in attacks:
        if SECONDS and time.monotonic() - start > SECONDS:
            break
        try:
            walk(attack)
        except tap.Skip as skip:
            tap.note('%s: %s' % (attack.name, skip))
        walked += 1
    tap.note('%d of %d attacks in %.0f s' % (walked, len(attacks), time.monotonic() - start))


tap.checks([tap.thorough(test_attacks)])
tap.done()
