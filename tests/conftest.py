"""Fixtures of more than one suite."""

import os
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from tests.support.secrets import found_in

# The renderer's image, in which the tests of its box run, has no hypothesis.
if find_spec("hypothesis"):
    from hypothesis import settings

    # A machine that does much else holds an example up for longer than any deadline that would mean something; and a
    # change is judged by the same examples every time. New ones are looked for by `make soak`.
    settings.register_profile("steady", deadline=None, derandomize=True)
    settings.register_profile("search", deadline=None, derandomize=False, max_examples=3000)
    settings.load_profile("steady")


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
