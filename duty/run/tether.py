"""Run a command that ends when its parent ends: `python tether.py command …`.

A supervisor killed with -9 cannot stop its children. Linux can: the kernel sends SIGTERM to a process
that asked for it when its parent dies. The request survives exec, so this sets it and becomes the command.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(sys.argv[1], sys.argv[1:])
