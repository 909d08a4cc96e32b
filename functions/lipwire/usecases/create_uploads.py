"""Permission to put several assets."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import CreateUploads
from lipwire.domain.views import UploadView
from lipwire.ports import AssetStore, Clock, IdSource, ObjectStore
from lipwire.usecases.draft_upload import draft_upload


def create_uploads(
    command: CreateUploads,
    caller: Caller,
    *,
    assets: AssetStore,
    uploads: ObjectStore,
    clock: Clock,
    ids: IdSource,
) -> tuple[UploadView, ...]:
    """One permission for each item, in their order: all of them, or none. Raises as `draft_upload` does."""
    views = tuple(
        draft_upload(item, caller, uploads=uploads, clock=clock, ids=ids) for item in command.items
    )
    assets.create_all([view.asset for view in views], also=caller.also(views))
    return views
