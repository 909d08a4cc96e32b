"""The look into a file in the box as it is, watched."""

from probe import inside
from tests.support.inside.tripwire import set_tripwire

close = inside.close_the_box


def close_and_watch() -> None:
    """Closed as ever, with a wire across."""
    close()
    set_tripwire()


inside.close_the_box = close_and_watch
inside.main()
