"""The failure lane: every job that can't succeed ends here."""

import json
from typing import Final

from lipwire.domain import errors
from lipwire.domain.assets import Problem
from lipwire.domain.errors import LipwireError, RenderFailedError, RenderTimedOutError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import JobStatus
from lipwire.ports import JobStore

_TIMEOUTS: Final = frozenset({"States.Timeout"})


def fail_job(job_id: JobId, error_name: str, cause: str, *, jobs: JobStore) -> bool:
    """The hold is released and the job failed with a stable code: once; False for a job that has ended, or is gone."""
    job = jobs.get(job_id)
    if job is None or job.is_final:
        return False
    problem = job.failure or _classify(error_name, cause)
    return jobs.release(job, status=JobStatus.FAILED, error=problem)


def _classify(error_name: str, cause: str) -> Problem:
    """A step's error by its class name; a render's by what Batch says of it; anything else is ours to answer for."""
    known = getattr(errors, error_name, None)
    if isinstance(known, type) and issubclass(known, LipwireError):
        return Problem.of(known())
    if error_name in _TIMEOUTS or "attempt duration exceeded timeout" in _status_reason(cause):
        return Problem.of(RenderTimedOutError())
    return Problem.of(RenderFailedError())


def _status_reason(cause: str) -> str:
    try:
        parsed = json.loads(cause)
    except ValueError:
        return ""
    return str(parsed.get("StatusReason", "")) if isinstance(parsed, dict) else ""
