"""seccomp: system calls that the kernel refuses, as a container's profile makes it do (seccomp(2))."""
import ctypes
import struct

# On x86-64 and arm64 alike.
IO_URING_SETUP = 425
# Of x86-64 and of arm64.
UNSHARE = {'x86_64': 272, 'aarch64': 97}

ALLOW, ERRNO, LOAD_WORD, EQUAL, RETURN = 0x7fff0000, 0x00050000, 0x20, 0x15, 0x06
SET_NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2


def forbid(call, number):
    """Makes a system call fail with an errno, in this process and what it becomes."""
    libc = ctypes.CDLL(None, use_errno=True)
    words = [(LOAD_WORD, 0, 0, 0), (EQUAL, 0, 1, call), (RETURN, 0, 0, ERRNO | number), (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *word) for word in words))

    class Program(ctypes.Structure):
        _fields_ = [('words', ctypes.c_ushort), ('code', ctypes.c_void_p)]
    program = Program(len(words), ctypes.addressof(code))
    if libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), 'prctl')
