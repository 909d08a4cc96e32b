"""A decoder with a bug."""

import os
import signal

from probe.inside import CLOSED, REQUEST, close_the_box

close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0))
os.write(2, b"about to crash\n")
os.kill(os.getpid(), signal.SIGSEGV)
