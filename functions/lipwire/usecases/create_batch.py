"""A new batch."""

from lipwire.domain.assets import Asset
from lipwire.domain.batches import MAX_JOBS, Batch
from lipwire.domain.commands import Caller, CreateBatch, CreateJob
from lipwire.domain.errors import BatchTooLargeError, InvalidWebhookUrlError, LipwireError
from lipwire.domain.ids import BatchId
from lipwire.domain.jobs import Job
from lipwire.domain.views import BatchView, JobView
from lipwire.ports import AssetStore, Clock, EngineCatalog, IdSource
from lipwire.ports.batches import BatchStore
from lipwire.ports.consents import ConsentStore
from lipwire.ports.speech import NO_VOICES, VoiceCatalog
from lipwire.ports.urls import UrlPolicy
from lipwire.usecases.draft_job import draft_job
from lipwire.usecases.note_consent import note_consent


def create_batch(
    command: CreateBatch,
    caller: Caller,
    *,
    batches: BatchStore,
    consents: ConsentStore,
    consent_required: bool,
    assets: AssetStore,
    engines: EngineCatalog,
    webhook_urls: UrlPolicy,
    source_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
    voices: VoiceCatalog = NO_VOICES,
) -> BatchView:
    """Queued jobs, each with a hold of its own and its workflow about to start: all of them, or none.

    A rehearsal is checked alike, credits apart, and makes nothing.

    A source URL that several jobs name becomes one asset, which one of them fetches.

    Raises:
        BatchTooLargeError: more jobs than one transaction takes.
        InvalidWebhookUrlError: nothing is told there.
        LipwireError: what `create_job` raises; the field `job` says for which, counted from 0.
    """
    if len(command.jobs) > MAX_JOBS:
        raise BatchTooLargeError(limit=MAX_JOBS)
    if command.webhook_url is not None and not webhook_urls.allows(command.webhook_url):
        raise InvalidWebhookUrlError
    now, batch_id = clock.now(), BatchId(ids.new("bat"))
    jobs: list[Job] = []
    made: list[Asset] = []
    fetched: dict[str, CreateJob] = {}
    for number, item in enumerate(command.jobs):
        known = fetched.get(item.source_url or "")
        one = item if known is None else item.model_copy(update=_source_of(known))
        try:
            draft = draft_job(
                one,
                caller,
                assets=assets,
                engines=engines,
                webhook_urls=webhook_urls,
                source_urls=source_urls,
                clock=clock,
                ids=ids,
                voices=voices,
            )
            # Before the jobs, whose workflows begin at once; they leave again with a batch that is refused.
            for asset in () if command.is_rehearsal else draft.fetched:
                assets.create(asset)
                made.append(asset)
        except LipwireError as error:
            assets.withdraw(made)
            error.fields["job"] = number
            raise
        if item.source_url is not None and known is None and not command.is_rehearsal:
            fetched[item.source_url] = item.model_copy(update={"source_id": draft.job.source_id})
        jobs.append(draft.job.model_copy(update={"batch_id": batch_id, "created_at": now}))
    batch = Batch(
        id=batch_id,
        account_id=caller.account.id,
        name=command.name,
        metadata=command.metadata,
        dialect=command.dialect,
        echo=command.echo,
        webhook_url=command.webhook_url,
        output_token=f"{ids.secret(160):040x}",
        job_ids=tuple(job.id for job in jobs),
        created_at=now,
    )
    view = BatchView(
        batch=batch,
        jobs=tuple(JobView(job=job) for job in jobs),
        is_rehearsal=command.is_rehearsal,
    )
    if command.is_rehearsal:
        return view
    try:
        batches.create(
            batch,
            jobs,
            key_id=caller.key_id,
            most_active=caller.account.limits.max_active_jobs,
            also=note_consent(
                command.consent,
                jobs,
                caller,
                consents=consents,
                is_required=consent_required,
                also=caller.also(view),
            ),
        )
    except LipwireError:
        assets.withdraw(made)
        raise
    return view


def _source_of(known: CreateJob) -> dict[str, object]:
    return {"source_id": known.source_id, "source_url": None}
