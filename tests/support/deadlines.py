"""Deadlines that are promised, on machines that do other things meanwhile."""

from typing import Final

#: What a busy machine may take beyond a promised deadline.
SLACK_S: Final = 5.0
