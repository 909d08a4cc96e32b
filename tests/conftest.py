"""Fixtures of more than one suite."""

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.support.secrets import found_in


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test fails whose code prints or logs a secret."""
    report = yield
    leaks = [leak for _, text in report.sections for leak in found_in(text)]
    if report.passed and leaks:
        report.outcome = "failed"
        report.longrepr = "secrets were told:\n" + "\n".join(leaks)
    return report


# As in the container, and before numpy is loaded: threads of BLAS below the renderer's own only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def platform() -> Iterator[Any]:
    """The app, deployed once for the whole run (see `tests.support.platform`)."""
    # Imported here: suites without a platform run where neither boto3 nor the emulator is installed.
    from tests.support.platform import deployed

    with deployed() as found:
        yield found
        assert found.secrets_told() == []
