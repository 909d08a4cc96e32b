"""A decoder that only tries to open a file."""

import contextlib
import os

from probe.inside import CLOSED, REQUEST
from tests.support.inside.tripwire import set_tripwire

set_tripwire()
os.write(1, REQUEST.pack(CLOSED, 0))
with contextlib.suppress(OSError):
    os.open("/etc/hostname", os.O_RDONLY)
