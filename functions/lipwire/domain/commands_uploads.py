"""What use cases take that are about uploads and assets."""

from pydantic import Field, JsonValue

from lipwire.domain.commands import Command
from lipwire.domain.ids import AssetId
from lipwire.domain.media import MediaKind
from lipwire.domain.numbers import OwnNumber


class CreateUpload(Command):
    filename: str
    content_type: str
    #: None, where nobody says it: then what arrives is measured, and refused where it is too much.
    size_bytes: int | None
    #: Where the bytes are to be fetched from; then nobody sends them.
    source_url: str | None = None
    #: Of its bytes, in hex; what differs is refused by the store.
    sha256: str | None = None
    #: Its id is one that a number leads to.
    is_numbered: bool = False
    #: What the dialect wants to say again when it shows the asset.
    echo: dict[str, JsonValue] = Field(default_factory=dict)


class CreateUploads(Command):
    """Several at once, answered in this order."""

    items: tuple[CreateUpload, ...]


class CompleteUpload(Command):
    asset_id: AssetId


class GiveUpUpload(Command):
    """The bytes will not come."""

    asset_id: AssetId


class GetAsset(Command):
    asset_id: AssetId | OwnNumber


class DeleteAsset(Command):
    asset_id: AssetId


class ListAssets(Command):
    limit: int = 20
    cursor: str | None = None
    #: Of these kinds alone, as far as they have been looked into; none means all.
    kinds: tuple[MediaKind, ...] = ()
    #: Whose name holds this, whatever its case.
    name_part: str | None = None
    #: Only those whose bytes have come.
    has_arrived: bool = False


class ListAssetPages(Command):
    """One page, by its number, of the assets that have arrived and that a dialect notes all this of."""

    echo: dict[str, JsonValue]
    page: int = 1
    per_page: int = 20
