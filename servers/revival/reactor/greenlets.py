"""The part of Stackless's interface that the revival uses, on greenlets.

A tasklet that blocks switches straight to the next runnable one. A tasklet that ends falls into its
parent, the reaper, which does the same; so no tasklet ever finds another's stack below its own.
"""
import sys
from collections import deque
from functools import partial

from greenlet import getcurrent, greenlet

_runnable = deque()  # in the order they will run; the current tasklet is not among them
_main = getcurrent()
_main.insert = partial(_runnable.append, _main)  # the main tasklet is a plain greenlet


def _reap():
    """Runs the next tasklet when one has ended. As in Stackless, an exception propagates to the main tasklet."""
    _main.switch()
    while True:
        try:
            _runnable.popleft().switch()
        except BaseException:
            _main.throw(*sys.exc_info())


_reaper = greenlet(_reap)
_reaper.switch()  # as far as its first line, so that it is there to catch an exception


class tasklet(greenlet):
    """tasklet(function)(arguments...) will run function(arguments...) when its turn comes."""

    def __init__(self, function):
        super().__init__(function, _reaper)

    def __call__(self, *args, **kwargs):
        self.run = partial(self.run, *args, **kwargs)
        _runnable.append(self)
        return self

    def insert(self):
        """Makes a tasklet that has left by schedule_remove() runnable again."""
        _runnable.append(self)


def getmain():
    """The tasklet that the program started in."""
    return _main


def getruncount():
    """How many tasklets can run, the current one included."""
    return len(_runnable) + 1


def schedule():
    """Lets every other runnable tasklet run once."""
    _runnable.append(getcurrent())
    schedule_remove()


def schedule_remove():
    """Runs the others until someone inserts the current tasklet again."""
    if not _runnable:
        raise RuntimeError('no runnable tasklets left')
    following = _runnable.popleft()
    if following is not getcurrent():
        following.switch()
