"""A decoder that was taken over and answers what it likes."""

import json
import os
import sys

from probe.inside import CLOSED, FOUND, REQUEST, close_the_box

LIES = (
    b'{"media": {"kind": "video", "container": "/etc/passwd", "size_bytes": "many"}}',
    b'{"media": null}',
    b"[1]",
    b"{",
)

close_the_box()
body = LIES[json.loads(sys.argv[1])["size_bytes"]]
os.write(1, REQUEST.pack(CLOSED, 0) + REQUEST.pack(FOUND, len(body)) + body)
