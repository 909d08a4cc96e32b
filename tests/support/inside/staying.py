"""A decoder that was taken over: asks for more than it may, and does not leave when it gets nothing."""

import os
import time

from probe.inside import CLOSED, REQUEST, close_the_box

close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0) + REQUEST.pack(0, 2**40))
time.sleep(600)
