"""How a container says how it ended; Batch's retry rules read these (D9)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The whole table; a SIGKILL adds 137, which Batch retries unless memory ran out."""

    DONE = 0
    BAD_INPUT = 64  # never retried: the same file fails the same way
    POLICY = 65  # never retried: the job may not be rendered, or not any more
    BUG = 70  # never retried: the same code fails the same way
    TRANSIENT = 75  # retried: the network, a throttle, a host that goes away
