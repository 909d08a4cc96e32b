"""How a step of a workflow ends badly: what is wrong is noted on the job, then raised for Step Functions by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from lipwire.bootstrap import App
from lipwire.domain.assets import Problem
from lipwire.domain.errors import Kind, LipwireError
from lipwire.domain.ids import JobId
from lipwire.observability import logger

#: Worth another try by Step Functions' own retry; anything else goes to the failure lane.
_TRANSIENT = frozenset({Kind.UNAVAILABLE, Kind.CONFLICT})


@contextmanager
def step_of(job_id: JobId, app: App) -> Iterator[None]:
    """Notes a final error's code and sentence on the job before it is raised."""
    logger.append_keys(job_id=job_id)
    try:
        yield
    except LipwireError as error:
        logger.info("step refused", code=error.code)
        if error.kind not in _TRANSIENT:
            app.jobs.record_failure(job_id, Problem.of(error))
        raise
