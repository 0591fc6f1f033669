"""Makes the standard library's blocking things let other tasklets run."""
import sys

from reactor.tasklets import stackless

WRITES_IN_A_ROW = 64


class YieldingStderr:
    """stderr, of which every 64th write lets the other tasklets run first."""

    def __init__(self, stream):
        self.stream = stream
        self.writes = 0

    def write(self, text):
        self.writes += 1
        if self.writes % WRITES_IN_A_ROW == 0:
            stackless.schedule()
        return self.stream.write(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


def patch_stderr():
    if not isinstance(sys.stderr, YieldingStderr):
        sys.stderr = YieldingStderr(sys.stderr)
