"""Permission to put several assets."""

from lipwire.domain.commands import Caller, CreateUploads
from lipwire.domain.views import UploadView
from lipwire.ports import AssetStore, Clock, IdSource, ObjectStore
from lipwire.usecases.create_upload import create_upload


def create_uploads(
    command: CreateUploads,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    clock: Clock,
    ids: IdSource,
) -> tuple[UploadView, ...]:
    """One permission for each item, in their order."""
    return tuple(
        create_upload(item, caller, assets=assets, uploads=uploads, clock=clock, ids=ids)
        for item in command.items
    )
