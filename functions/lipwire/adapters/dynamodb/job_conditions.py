"""Conditions on the status of a job's row."""

from lipwire.domain.jobs import JobStatus


def status_in(statuses: frozenset[JobStatus]) -> str:
    """One of these; `#status` is the attribute."""
    return f"#status IN ({', '.join(f':s_{status.value}' for status in sorted(statuses))})"


def status_values(statuses: frozenset[JobStatus]) -> dict[str, str]:
    """What `status_in` names."""
    return {f":s_{status.value}": status.value for status in statuses}
