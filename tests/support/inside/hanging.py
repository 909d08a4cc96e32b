"""A decoder that never ends, with a child that would outlive it."""

import os
import time

from probe.inside import CLOSED, REQUEST, close_the_box

os.fork()
close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0))
time.sleep(600)
