"""A box that the machine ends, since it has no memory left."""

import os
import signal

from probe.inside import CLOSED, REQUEST, close_the_box

close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0))
os.kill(os.getpid(), signal.SIGKILL)
