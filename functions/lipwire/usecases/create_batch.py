"""A new batch."""

from collections.abc import Callable, Sequence

from lipwire.domain.assets import Asset
from lipwire.domain.batches import MAX_JOBS, MAX_LINES, Batch, BatchLine
from lipwire.domain.commands import Caller, CreateBatch, CreateJob
from lipwire.domain.errors import (
    BatchTooLargeError,
    InsufficientCreditsError,
    InvalidWebhookUrlError,
    LipwireError,
)
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AssetId, BatchId
from lipwire.domain.jobs import Job
from lipwire.domain.views import BatchView, JobView
from lipwire.ports import AssetStore, Clock, EngineCatalog, IdSource, Ledger
from lipwire.ports.batches import BatchLines, BatchStore
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
    lines: Callable[[], BatchLines],
    ledger: Callable[[], Ledger],
    voices: VoiceCatalog = NO_VOICES,
) -> BatchView:
    """Queued jobs, each with a hold of its own and its workflow about to start: all of them, or none.

    More than a transaction takes are checked alike, but not made yet: they are kept in a file, and made, held and begun
    in their order as the account has room for them (`fill_batches`). Such a batch may be larger than what may be active
    at once. Its credits must be there when it is accepted, and are held job by job.

    A rehearsal is checked alike, credits apart, and makes nothing.

    A source URL that several jobs name becomes one asset, which one of them fetches.

    Raises:
        BatchTooLargeError: more jobs than a batch may have.
        TooManyOpenBatchesError: too many large batches wait already.
        InvalidWebhookUrlError: nothing is told there.
        LipwireError: what `create_job` raises; the field `job` says for which, counted from 0.
    """
    if len(command.jobs) > MAX_LINES:
        raise BatchTooLargeError(limit=MAX_LINES)
    if command.webhook_url is not None and not webhook_urls.allows(command.webhook_url):
        raise InvalidWebhookUrlError
    now, batch_id = clock.now(), BatchId(ids.new("bat"))
    jobs: list[Job] = []
    made: list[Asset] = []
    is_large, kept = len(command.jobs) > MAX_JOBS, []
    is_made_now = not (is_large or command.is_rehearsal)
    known_assets = _Remembered(assets)
    fetched: dict[str, CreateJob] = {}
    for number, item in enumerate(command.jobs):
        known = fetched.get(item.source_url or "")
        one = item if known is None else item.model_copy(update=_source_of(known))
        try:
            draft = draft_job(
                one,
                caller,
                assets=known_assets,
                engines=engines,
                webhook_urls=webhook_urls,
                source_urls=source_urls,
                clock=clock,
                ids=ids,
                voices=voices,
            )
            # Before the jobs, whose workflows begin at once; they leave again with a batch that is refused.
            for asset in draft.fetched if is_made_now else ():
                assets.create(asset)
                made.append(asset)
        except LipwireError as error:
            assets.withdraw(made)
            error.fields["job"] = number
            raise
        if item.source_url is not None and known is None and not command.is_rehearsal:
            fetched[item.source_url] = item.model_copy(update={"source_id": draft.job.source_id})
            known_assets.remember(draft.fetched)
        jobs.append(draft.job.model_copy(update={"batch_id": batch_id, "created_at": now}))
        kept.append(BatchLine(job=jobs[-1], assets=draft.fetched))
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
        asset_ids=_named_by(jobs) if is_large else (),
        price=sum(job.held_millicredits for job in jobs) if is_large else 0,
        made=0 if is_large else None,
    )
    view = BatchView(
        batch=batch,
        jobs=() if is_large else tuple(JobView(job=job) for job in jobs),
        is_rehearsal=command.is_rehearsal,
    )
    if command.is_rehearsal:
        return view
    also = note_consent(
        command.consent,
        jobs,
        caller,
        consents=consents,
        is_required=consent_required,
        also=caller.also(view),
    )
    if is_large:
        _accept(batch, kept, caller, also, batches=batches, lines=lines(), ledger=ledger())
        return view
    try:
        batches.create(
            batch,
            jobs,
            key_id=caller.key_id,
            most_active=caller.account.limits.max_active_jobs,
            also=also,
        )
    except LipwireError:
        assets.withdraw(made)
        raise
    return view


def _accept(
    batch: Batch,
    kept: Sequence[BatchLine],
    caller: Caller,
    also: Also | None,
    *,
    batches: BatchStore,
    lines: BatchLines,
    ledger: Ledger,
) -> None:
    """The file first: the row, once it stands, leads to it.

    What batches before it still owe is not there for this one.
    """
    opened = (batches.get(one) for one in batches.open(batch.account_id))
    owed = sum(one.owed for one in opened if one is not None)
    if batch.price + owed > ledger.balance(batch.account_id).available:
        raise InsufficientCreditsError
    lines.put(batch, kept)
    try:
        batches.accept(batch, key_id=caller.key_id, also=also)
    except LipwireError:
        lines.delete(batch)
        raise


class _Remembered:
    """Assets that were looked up once: hundreds of jobs name the same few."""

    def __init__(self, assets: AssetStore) -> None:
        self._assets = assets
        self._found: dict[AssetId, Asset | None] = {}

    def get(self, asset_id: AssetId) -> Asset | None:
        """The asset, as it stood when it was asked for first."""
        if asset_id not in self._found:
            self._found[asset_id] = self._assets.get(asset_id)
        return self._found[asset_id]

    def remember(self, assets: Sequence[Asset]) -> None:
        """These will be there, when the job that is drafted is made."""
        self._found |= {asset.id: asset for asset in assets}


def _named_by(jobs: Sequence[Job]) -> tuple[AssetId, ...]:
    return tuple(sorted({asset_id for job in jobs for asset_id in job.asset_ids}))


def _source_of(known: CreateJob) -> dict[str, object]:
    return {"source_id": known.source_id, "source_url": None}
