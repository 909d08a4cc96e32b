"""What a job would cost."""

from lipwire.domain.commands import Caller, EstimateJob
from lipwire.domain.views import EstimateView
from lipwire.ports import AssetStore, Clock, EngineCatalog, IdSource
from lipwire.ports.speech import NO_VOICES, VoiceCatalog
from lipwire.ports.urls import UrlPolicy
from lipwire.usecases.draft_job import draft_job


def estimate_job(
    command: EstimateJob,
    caller: Caller,
    *,
    assets: AssetStore,
    engines: EngineCatalog,
    webhook_urls: UrlPolicy,
    source_urls: UrlPolicy,
    clock: Clock,
    ids: IdSource,
    voices: VoiceCatalog = NO_VOICES,
) -> EstimateView:
    """What `create_job` would hold for this request, and why; nothing is written.

    Raises:
        LipwireError: whatever `create_job` would refuse, except for too few credits.
    """
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
    return EstimateView(
        price=draft.price,
        terms=draft.job.terms,
        speech_millicredits=draft.job.speech_millicredits,
        engine=draft.job.engine or "",
        longest_ms=draft.longest_ms,
    )
