"""A consent is noted with the jobs it is for."""

from collections.abc import Sequence

from lipwire.domain.commands import Caller
from lipwire.domain.consent import Consent
from lipwire.domain.errors import ConsentRequiredError
from lipwire.domain.idempotency import Also
from lipwire.domain.jobs import Job
from lipwire.ports.consents import ConsentStore


def note_consent(
    statement: str | None,
    jobs: Sequence[Job],
    caller: Caller,
    *,
    consents: ConsentStore,
    is_required: bool,
    also: Also | None,
) -> Also | None:
    """`also`, and the audit row where there is a statement: both stand or fall with the jobs' transaction.

    Raises:
        ConsentRequiredError: there is none, and this deployment requires one.
    """
    if statement is None:
        if is_required:
            raise ConsentRequiredError
        return also
    note = consents.note(
        Consent(
            account_id=caller.account.id,
            key_id=caller.key_id,
            statement=statement,
            given_at=jobs[0].created_at,
            job_ids=tuple(job.id for job in jobs),
            source_ids=tuple(dict.fromkeys(job.source_id for job in jobs)),
        )
    )

    def both(transaction: object) -> None:
        note(transaction)
        if also is not None:
            also(transaction)

    return both
