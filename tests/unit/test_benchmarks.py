"""What `make bench` measures still runs: it is not part of the tests' run."""

from benchmarks.warm_handler import cpu_times


def test_a_warm_create_can_be_measured(monkeypatch):
    """One request through router, decode, use case and encode, over stores in memory and without AWS."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert len(cpu_times(1)) == 1
