"""Permission to put one asset."""

from lipwire.domain.commands import Caller, CreateUpload
from lipwire.domain.views import UploadView
from lipwire.ports import AssetStore, Clock, IdSource, ObjectStore
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
) -> UploadView:
    """An asset that awaits its bytes, and the signed URL (or part URLs) to send them to: see `draft_upload`."""

    def make() -> UploadView:
        view = draft_upload(command, caller, uploads=uploads, clock=clock, ids=ids)
        assets.create(view.asset, also=caller.also(view))
        return view

    return draw_again(make)
