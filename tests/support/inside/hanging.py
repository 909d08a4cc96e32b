"""A decoder that never ends, with a child that would outlive it."""

import os
import time

os.fork()
time.sleep(600)
