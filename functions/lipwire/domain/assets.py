"""Assets: media objects we know, from the promise of an upload to what was found inside."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from pydantic import Field, JsonValue

from lipwire.domain.errors import (
    LipwireError,
    NoFaceError,
    RejectedMediaError,
    SilentSpeechError,
    WrongAssetKindError,
)
from lipwire.domain.ids import AccountId, AssetId, is_id
from lipwire.domain.media import MediaInfo, MediaKind
from lipwire.domain.model import Model
from lipwire.domain.speech import Speech


class AssetStatus(StrEnum):
    """An asset's life: promised, arrived, looked into."""

    AWAITING_UPLOAD = "awaiting_upload"
    UPLOADED = "uploaded"
    READY = "ready"
    REJECTED = "rejected"


class AnalysisStatus(StrEnum):
    """The life of what is computed once from a source and reused by every dub of it."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Problem(Model):
    """A stable code and a sentence that says how to mend it."""

    code: str
    message: str

    @classmethod
    def of(cls, error: LipwireError) -> "Problem":
        """An error as a job or an asset carries it."""
        return cls(code=error.code, message=error.message)


class ProbeFinding(Model):
    """What the media box found in a file: media, or a problem."""

    media: MediaInfo | None = None
    #: For files with sound: whether nobody can be heard in it.
    silent: bool | None = None
    problem: Problem | None = None


class Analysis(Model):
    """What the face analysis found."""

    status: AnalysisStatus = AnalysisStatus.NONE
    engine: str | None = None
    faces: int | None = None
    frames: int | None = None
    frames_with_face: int | None = None
    #: Of the source's bytes: the analysis is stored under account + this + engine version.
    sha256: str | None = None


#: Says of an asset that its sender gave it up.
GIVEN_UP: Final = "upload_failed"


class Asset(Model):
    """A media object, source or speech."""

    id: AssetId
    account_id: AccountId
    status: AssetStatus
    filename: str
    content_type: str
    size_bytes: int
    created_at: datetime
    upload_expires_at: datetime
    multipart_upload_id: str | None = None
    #: Where its bytes are to be fetched from; forgotten once they have arrived, for it may hold a signature.
    url: str | None = None
    #: Whether it is fetched for its own sake, not a job's: it counts as one of the account's fetches until that ends.
    holds_fetch: bool = False
    #: What it is spoken from, where nobody sends its bytes.
    speech: Speech | None = None
    #: Pinned when the bytes arrive: a later PUT to the same URL changes nothing that was accepted.
    version_id: str | None = None
    media: MediaInfo | None = None
    silent: bool | None = None
    analysis: Analysis = Field(default_factory=Analysis)
    problem: Problem | None = None
    #: What the dialect that it was sent in wants to say again when it shows the asset.
    echo: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def is_given_up(self) -> bool:
        """Whether its bytes will never come: its sender said so, or its URL did not give them."""
        return self.status is AssetStatus.REJECTED and self.version_id is None

    @property
    def is_owed_speech(self) -> bool:
        """Whether it was paid for by itself and is still to be spoken."""
        paid = self.speech is not None and self.speech.charged_millicredits > 0
        return paid and self.status is AssetStatus.AWAITING_UPLOAD

    @property
    def key(self) -> str:
        """The object's key in the uploads bucket."""
        return source_key(self.account_id, self.id)

    def arrived(self, *, version_id: str | None, size_bytes: int) -> "Asset":
        """The asset with its bytes; where they came from, and the text they were spoken from, are forgotten."""
        speech = self.speech and self.speech.model_copy(update={"text": None})
        return self.model_copy(
            update={
                "status": AssetStatus.UPLOADED,
                "version_id": version_id,
                "size_bytes": size_bytes,
                "url": None,
                "holds_fetch": False,
                "speech": speech,
            }
        )


def uploads_prefix(account_id: str) -> str:
    """Below it lies all that an account uploaded."""
    return f"uploads/{account_id}/"


def source_key(account_id: str, asset_id: str) -> str:
    """Where an upload lies; user input never becomes part of a key."""
    return f"uploads/{account_id}/{asset_id}/source"


def asset_of_url(url: str, account_id: str) -> AssetId | None:
    """The asset of this account that a link to its file would lead to; whether there is one, its store knows.

    Links that an answer gave, such as that to a text that was spoken, come back as a job's input. By what host the
    bucket goes nobody needs to know: another's file that lies below such a path can only mean the account's own.
    """
    path = unquote(url.partition("?")[0].partition("#")[0])
    asset_id = path.removesuffix("/source").rpartition("/")[2]
    is_ours = is_id(asset_id, "ast") and path.endswith(f"/{source_key(account_id, asset_id)}")
    return AssetId(asset_id) if is_ours else None


def filename_of_url(url: str) -> str:
    """The last name of a URL's path, as far as it can be shown."""
    name = unquote(url.partition("?")[0].partition("://")[2].partition("/")[2].rpartition("/")[2])
    return "".join(char for char in name if char.isprintable())[:200] or "from a URL"


def asset_of_key(key: str) -> AssetId | None:
    """The asset whose bytes lie at this uploads key or beside which it lies, or None for a key that is not ours."""
    parts = key.split("/")
    if len(parts) == 4 and (parts[0], parts[2][:4]) == ("uploads", "ast_"):
        name, _, _beside = parts[3].partition(".")
        return AssetId(parts[2]) if name == "source" else None
    return None


def refuse_as_source(asset: Asset) -> None:
    """Nothing, for an asset that may be a job's source as far as it has been looked into.

    Raises:
        MediaError: it was refused at its upload, or has no face.
        WrongAssetKindError: it is a sound.
    """
    _refuse_rejected(asset)
    if asset.media is not None and asset.media.kind is MediaKind.AUDIO:
        raise WrongAssetKindError("`source` is a sound file.", field="source.asset_id")
    if asset.analysis.status is AnalysisStatus.DONE and asset.analysis.faces == 0:
        raise NoFaceError(field="source.asset_id")


def refuse_as_speech(asset: Asset) -> None:
    """Nothing, for an asset that may be a job's speech as far as it has been looked into.

    Raises:
        MediaError: it was refused at its upload, or nobody is heard.
        WrongAssetKindError: it has no sound.
    """
    _refuse_rejected(asset)
    if asset.media is not None and not asset.media.has_audio:
        raise WrongAssetKindError("`speech` has no sound.", field="speech.asset_id")
    if asset.silent:
        raise SilentSpeechError(field="speech.asset_id")


def refuse_as_mask(asset: Asset) -> None:
    """Nothing, for an asset that may be a job's mask as far as it has been looked into.

    Raises:
        MediaError: it was refused at its upload.
        WrongAssetKindError: it is no picture.
    """
    _refuse_rejected(asset)
    if asset.media is not None and asset.media.kind is not MediaKind.IMAGE:
        raise WrongAssetKindError("`mask` is not a picture.", field="options.mask.asset_id")


def _refuse_rejected(asset: Asset) -> None:
    if asset.status is AssetStatus.REJECTED and asset.problem is not None:
        raise RejectedMediaError(asset.problem.code, asset.problem.message)
