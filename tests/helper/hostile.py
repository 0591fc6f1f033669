#!/usr/bin/python3
"""hostile: an HTTP server that keeps the contract, after it has done to the process above it what it can.

    hostile.py kill|stop|trace|escape|limits
"""
import ctypes
import os
import resource
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper.limited import Server

PR_SET_PDEATHSIG, PTRACE_ATTACH = 1, 16
libc = ctypes.CDLL(None, use_errno=True)


def escape():
    """Children in sessions of their own, which ignore all that can be ignored and do not die with their parent."""
    libc.prctl(PR_SET_PDEATHSIG, 0)
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            libc.prctl(PR_SET_PDEATHSIG, 0)
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            while True:
                signal.pause()


DEEDS = {
    'kill': lambda: os.kill(os.getppid(), signal.SIGKILL),
    'stop': lambda: os.kill(os.getppid(), signal.SIGSTOP),
    'trace': lambda: libc.ptrace(PTRACE_ATTACH, os.getppid(), None, None),
    'escape': escape,
    'limits': lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)),
}

if __name__ == '__main__':
    server = Server()
    DEEDS[sys.argv[1]]()
    server.serve()
