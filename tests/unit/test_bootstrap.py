"""The composition root makes every port from names alone: no call to AWS, no port forgotten."""

from functools import cached_property

import pytest

from lipwire.bootstrap import App
from lipwire.resources import Resource

PORTS = sorted(
    name
    for name, value in vars(App).items()
    if isinstance(value, cached_property | property) and not name.startswith("_")
)


@pytest.mark.parametrize("port", PORTS)
def test_a_port_is_made_at_its_first_use(port, monkeypatch):
    """From the variables that a function declares, and nothing else."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    app = App({resource.value: resource.value.lower() for resource in Resource})
    assert getattr(app, port) is not None
