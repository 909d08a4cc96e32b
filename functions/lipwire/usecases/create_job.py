"""A new job."""

from collections.abc import Callable

from lipwire.domain.assets import Asset
from lipwire.domain.commands import Caller, CreateJob
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import LipwireError
from lipwire.domain.views import JobView
from lipwire.ports import (
    AssetStore,
    Clock,
    EngineCatalog,
    IdSource,
    JobStore,
    Ledger,
    ObjectStore,
)
from lipwire.ports.consents import ConsentStore
from lipwire.ports.speech import NO_VOICES, VoiceCatalog
from lipwire.ports.urls import UrlPolicy
from lipwire.usecases.draft_job import draft_job
from lipwire.usecases.draw_again import draw_again
from lipwire.usecases.note_consent import note_consent


def create_job(
    command: CreateJob,
    caller: Caller,
    *,
    jobs: JobStore,
    consents: ConsentStore,
    consent_required: bool,
    assets: AssetStore,
    uploads: ObjectStore,
    engines: EngineCatalog,
    webhook_urls: UrlPolicy,
    source_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
    ledger: Callable[[], Ledger] | None = None,
    voices: VoiceCatalog = NO_VOICES,
) -> JobView:
    """A queued job with its credits held and its workflow about to start: one transaction.

    The ledger is asked only where the answer shows what is left. What the probe already knows is refused here; what it
    does not know yet is refused by `ValidateSources`.

    Raises:
        InvalidRequestError: an asset id is unknown (named in `errors`).
        InvalidOptionError: options that don't fit each other, the engine or what is known of the source.
        MediaError, WrongAssetKindError: what is already known of an asset forbids it.
        EngineUnavailableError, InvalidWebhookUrlError, InvalidSourceUrlError, InsufficientCreditsError,
        TooManyActiveJobsError, ConsentRequiredError.
    """

    def make() -> JobView:
        draft = draft_job(
            command,
            caller,
            assets=assets,
            engines=engines,
            webhook_urls=webhook_urls,
            source_urls=source_urls,
            clock=clock,
            ids=ids,
            voices=voices,
        )
        available = None
        if command.shows_available and ledger is not None:
            before = ledger().balance(caller.account.id).available
            available = Millicredits(before - draft.job.held_millicredits)
        view = JobView(job=draft.job, available=available)
        also = note_consent(
            command.consent,
            [draft.job],
            caller,
            consents=consents,
            is_required=consent_required,
            also=caller.also(view),
        )
        # Before the job, whose workflow begins at once; they leave again with a job that is refused.
        made: list[Asset] = []
        given = {asset.id: data for asset, data in draft.given}
        try:
            for asset in (*draft.fetched, *(asset for asset, _data in draft.given)):
                assets.create(asset)
                made.append(asset)
                if asset.id in given:
                    with uploads.writer(asset.key) as sink:
                        sink.write(given[asset.id])
            jobs.create(
                draft.job,
                key_id=caller.key_id,
                most_active=caller.account.limits.max_active_jobs,
                also=also,
            )
        except LipwireError:
            assets.withdraw(made)
            # After the rows: bytes that arrive later still find none, and are erased by the event that tells of them.
            for asset in made:
                if asset.id in given:
                    uploads.delete_prefix(asset.key)
            raise
        return view

    return draw_again(make)
