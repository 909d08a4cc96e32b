"""A decoder with a bug."""

import os
import signal

os.kill(os.getpid(), signal.SIGSEGV)
