"""A decoder that was taken over and answers what it likes."""

import os

from probe.inside import FOUND, REQUEST

body = b'{"media": {"kind": "video", "container": "/etc/passwd", "size_bytes": "many"}}'
os.write(1, REQUEST.pack(FOUND, len(body)) + body)
