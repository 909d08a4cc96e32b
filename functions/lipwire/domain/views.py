"""What use cases give back; a dialect's codec turns a view into its vendor's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from lipwire.domain.accounts import Account
from lipwire.domain.assets import Asset
from lipwire.domain.batches import Batch
from lipwire.domain.credits import Millicredits
from lipwire.domain.engines import EngineSpec
from lipwire.domain.ids import AccountId
from lipwire.domain.jobs import Job
from lipwire.domain.keys import ApiKey
from lipwire.domain.prices import Price, Terms
from lipwire.domain.speech import Speech
from lipwire.domain.webhooks import Attempt, Delivery

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class UploadPart:
    """One part of a multipart upload."""

    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """Permission to put one asset: one signed PUT, or signed parts of `part_size` bytes."""

    asset: Asset
    method: str = "PUT"
    url: str | None = None
    headers: Mapping[str, str]
    parts: tuple[UploadPart, ...] = ()
    part_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job, with its result's URLs signed at this read."""

    job: Job
    output_url: str | None = None
    cover_url: str | None = None
    #: What is left to spend, where the command asked for it.
    available: Millicredits | None = None
    urls_expire_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateView:
    """What a job would hold, by which price list, and of what length."""

    price: Price
    terms: Terms
    engine: str
    #: What its texts cost besides.
    speech_millicredits: int = 0
    #: None while a file has not been looked into: then the price is provisional.
    longest_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechView:
    """A speech; its URLs are signed at this read, once there is something to hear."""

    asset: Asset
    speech: Speech
    audio_url: str | None = None
    phonemes_url: str | None = None
    urls_expire_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of a list, newest first, and the cursor of the rest."""

    items: tuple[Item, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class NumberedPage(Generic[Item]):
    """Some of a list, newest first, and how many there are."""

    items: tuple[Item, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account owns: `available` + `held` = `balance`."""

    balance: Millicredits
    held: Millicredits

    @property
    def available(self) -> Millicredits:
        """What new jobs may hold."""
        return Millicredits(self.balance - self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The account, its balance, and what it may use."""

    account: Account
    balance: Balance
    engines: tuple[EngineSpec, ...]
    active_jobs: int = 0
    #: Who signs webhooks is shown only to keys that look after them.
    shows_secret: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch, with those of its jobs that were not deleted."""

    batch: Batch
    jobs: tuple[JobView, ...]
    #: Nothing was made.
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAccount:
    """An account that is being erased."""

    account_id: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key as its owner sees it; `text` is the whole key, shown when it is made."""

    key: ApiKey
    last_used_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery and every attempt that ended."""

    delivery: Delivery
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many were asked for again, and where to go on."""

    count: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Deleted:
    """The thing is gone; answered with 204."""
