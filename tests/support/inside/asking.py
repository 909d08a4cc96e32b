"""A decoder that asks for a byte and waits for it."""

import os

from probe.inside import CLOSED, REQUEST, close_the_box

close_the_box()
os.write(1, REQUEST.pack(CLOSED, 0) + REQUEST.pack(0, 1))
os.read(0, 1)
