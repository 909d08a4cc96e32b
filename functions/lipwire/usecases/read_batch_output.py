"""The results of a batch, by its token."""

import hmac
import re
from typing import Final

from lipwire.domain.commands import ReadBatchOutput
from lipwire.domain.errors import BatchNotFoundError
from lipwire.domain.ids import AccountId, is_id
from lipwire.domain.limits import Rate
from lipwire.domain.views import BatchView
from lipwire.ports import Clock, RequestLimiter, ResultUrls
from lipwire.ports.batches import BatchStore
from lipwire.usecases.view_job import view_job

#: As `create_batch` draws them.
_TOKEN: Final = re.compile(r"[0-9a-f]{40}")
_RATE: Final = Rate(per_minute=60, burst=30)


def read_batch_output(
    command: ReadBatchOutput,
    *,
    batches: BatchStore,
    results: ResultUrls,
    limiter: RequestLimiter,
    clock: Clock,
) -> BatchView:
    """The batch with its jobs as they stand now, results signed; no key is needed, its token is.

    Raises:
        BatchNotFoundError: unknown, or another token; what can be none is not looked for.
        RateLimitedError: the link was opened too often.
    """
    if not _TOKEN.fullmatch(command.token) or not is_id(command.batch_id, "bat"):
        raise BatchNotFoundError
    # Nobody has a name here: each link counts for itself.
    limiter.take(AccountId(command.batch_id), {"link": _RATE}, at=clock.now()).check()
    batch = batches.get(command.batch_id)
    known = (batch and batch.output_token) or ""
    if (
        batch is None
        or not known
        or not hmac.compare_digest(known.encode(), command.token.encode())
    ):
        raise BatchNotFoundError
    jobs = batches.jobs(batch)
    return BatchView(
        batch=batch, jobs=tuple(view_job(job, results=results, clock=clock) for job in jobs)
    )
