"""What use cases give back; a dialect's codec turns a view into its vendor's JSON.

Named tuples, for every cold start makes these classes: a frozen dataclass takes ten times as long to make.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

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

if TYPE_CHECKING:
    from lipwire.domain.webhooks import Attempt, Delivery

Item = TypeVar("Item")


class UploadPart(NamedTuple):
    """One part of a multipart upload."""

    number: int
    url: str


class UploadView(NamedTuple):
    """Permission to put one asset: one signed PUT, or signed parts of `part_size` bytes."""

    asset: Asset
    headers: Mapping[str, str]
    method: str = "PUT"
    url: str | None = None
    parts: tuple[UploadPart, ...] = ()
    part_size: int | None = None


class JobView(NamedTuple):
    """A job, with its result's URLs signed at this read."""

    job: Job
    output_url: str | None = None
    cover_url: str | None = None
    #: What is left to spend, where the command asked for it.
    available: Millicredits | None = None
    urls_expire_at: datetime | None = None


class EstimateView(NamedTuple):
    """What a job would hold, by which price list, and of what length."""

    price: Price
    terms: Terms
    engine: str
    #: None while a file has not been looked into: then the price is provisional.
    longest_ms: int | None
    #: What its texts cost besides.
    speech_millicredits: int = 0


class SpeechView(NamedTuple):
    """A speech; its URLs are signed at this read, once there is something to hear."""

    asset: Asset
    speech: Speech
    audio_url: str | None = None
    phonemes_url: str | None = None
    urls_expire_at: datetime | None = None


class Page(NamedTuple, Generic[Item]):
    """Some of a list, newest first, and the cursor of the rest."""

    items: tuple[Item, ...]
    next_cursor: str | None


class NumberedPage(NamedTuple, Generic[Item]):
    """Some of a list, newest first, and how many there are."""

    items: tuple[Item, ...]
    total: int


class Balance(NamedTuple):
    """What an account owns: `available` + `held` = `balance`."""

    balance: Millicredits
    held: Millicredits

    @property
    def available(self) -> Millicredits:
        """What new jobs may hold."""
        return Millicredits(self.balance - self.held)


class AccountView(NamedTuple):
    """The account, its balance, and what it may use."""

    account: Account
    balance: Balance
    engines: tuple[EngineSpec, ...]
    active_jobs: int = 0
    #: Who signs webhooks is shown only to keys that look after them.
    shows_secret: bool = True


class BatchView(NamedTuple):
    """A batch, with those of its jobs that were not deleted."""

    batch: Batch
    jobs: tuple[JobView, ...]
    #: Nothing was made.
    is_rehearsal: bool = False


class ClosedAccount(NamedTuple):
    """An account that is being erased."""

    account_id: AccountId


class KeyView(NamedTuple):
    """A key as its owner sees it; `text` is the whole key, shown when it is made."""

    key: ApiKey
    last_used_at: datetime | None = None
    text: str | None = None


class DeliveryView(NamedTuple):
    """A delivery and every attempt that ended."""

    delivery: "Delivery"
    attempts: "tuple[Attempt, ...]" = ()


class Replayed(NamedTuple):
    """How many were asked for again, and where to go on."""

    replayed: int
    next_cursor: str | None


class Deleted:
    """The thing is gone; answered with 204."""
