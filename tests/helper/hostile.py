#!/usr/bin/python3
"""hostile: an HTTP server that keeps the contract, after it has attacked the process above it in every way it can.

    hostile.py kill|stop|trace|escape|limits|hide|grow
"""
import ctypes
import os
import platform
import resource
import signal
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper.limited import Server

PR_SET_PDEATHSIG, PTRACE_ATTACH = 1, 16
SYS_EXIT = {'x86_64': 60, 'aarch64': 93}
READY = 20  # connections: after them it is under load
GROWN_BYTES = 64 << 20
libc = ctypes.CDLL(None, use_errno=True)


def escape(server):
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


def lower_limits(server):
    """It may open no file at all, but for the moment in which it accepts a connection."""
    accept, (soft, hard) = server.accept, resource.getrlimit(resource.RLIMIT_NOFILE)

    def lifted():
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        accept()
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    server.accept = lifted


def hide(server):
    """The first thread ends by itself and another one goes on: /proc/PID/status then tells nothing of the memory."""
    threading.Thread(target=server.serve).start()
    libc.syscall(SYS_EXIT[platform.machine()], 0)


def grow(server):
    """Takes memory as soon as it is under load."""
    accept, hoard = server.accept, []

    def hoarding():
        accept()
        hoard.append(b'x' * (GROWN_BYTES if len(hoard) == READY else 1))
    server.accept = hoarding


DEEDS = {
    'kill': lambda server: os.kill(os.getppid(), signal.SIGKILL),
    'stop': lambda server: os.kill(os.getppid(), signal.SIGSTOP),
    'trace': lambda server: libc.ptrace(PTRACE_ATTACH, os.getppid(), None, None),
    'escape': escape,
    'limits': lower_limits,
    'hide': hide,
    'grow': grow,
}

if __name__ == '__main__':
    server = Server()
    DEEDS[sys.argv[1]](server)
    server.serve()
