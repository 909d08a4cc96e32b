"""Fixtures of more than one suite."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

# As in the container, and before numpy is loaded: threads of BLAS below the renderer's own only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def platform() -> Iterator[Any]:
    """The app, deployed once for the whole run (see `tests.support.platform`)."""
    # Imported here: suites without a platform run where neither boto3 nor the emulator is installed.
    from tests.support.platform import deployed

    with deployed() as found:
        yield found
