"""Permission to put one asset, or the order to fetch it."""

from collections.abc import Callable

from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import CreateUpload
from lipwire.domain.errors import InvalidSourceUrlError
from lipwire.domain.views import UploadView
from lipwire.ports import AssetStore, Clock, IdSource, ObjectStore
from lipwire.ports.urls import UrlPolicy
from lipwire.usecases.draft_upload import draft_upload
from lipwire.usecases.draw_again import draw_again


def create_upload(
    command: CreateUpload,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    clock: Clock,
    ids: IdSource,
    source_urls: Callable[[], UrlPolicy],
) -> UploadView:
    """An asset that awaits its bytes, and the signed URL (or part URLs) to send them to: see `draft_upload`.

    One with a URL is fetched from there by the workflow that looks into it; the policy is asked for such alone.

    Raises:
        InvalidSourceUrlError: nothing is fetched from there.
        TooManyFetchesError: as many uploads of the account are being fetched as may be.
    """
    url = command.source_url
    if url is not None and not source_urls().allows(url):
        raise InvalidSourceUrlError(field="source_url")

    def make() -> UploadView:
        view = draft_upload(command, caller, uploads=uploads, clock=clock, ids=ids)
        if url is None:
            assets.create(view.asset, also=caller.also(view))
        else:
            most = caller.account.limits.max_fetches
            assets.create_to_fetch(view.asset, most=most, also=caller.also(view))
        return view

    return draw_again(make)
