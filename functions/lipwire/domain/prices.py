"""Price lists: one per dialect and version, in exact fractions of the vendor's own credits.

A list is data. It says what is counted (frames or seconds), how a count is rounded, what one of it costs by resolution
and tier, to which step the sum is rounded up, and how many milli-credits one of the vendor's credits is worth. All of it
is integers and fractions; rounding happens at two places, both upwards: the count to the vendor's block, the sum to the
vendor's step and from there to a whole milli-credit. A list that has been used is never edited: a new price is a new version,
and a job is settled by the version that its hold was made with.

Where each rule comes from stands in docs/architecture/05-credits.md.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from lipwire.domain.credits import Millicredits
from lipwire.domain.model import Model


class Resolution(StrEnum):
    """Classes of picture size by the shorter side."""

    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"
    ABOVE = "above_1080p"


class Counted(StrEnum):
    """What a list counts."""

    FRAMES = "frames"
    SECONDS = "seconds"


class PriceList(NamedTuple):
    """One dialect's prices; `rates` are the vendor's credits for one frame or one second."""

    dialect: str
    version: int
    #: Milli-credits that one of the vendor's credits is worth.
    credit: Fraction
    counted: Counted
    #: By resolution and tier; None is any resolution, "" the tier of whoever names none.
    rates: Mapping[tuple[Resolution | None, str], Fraction]
    #: Started blocks of this many seconds or frames count whole; None counts exactly.
    block: int | None = None
    #: At least so many seconds or frames count.
    least: int = 0
    #: The vendor's credits are rounded up to a multiple of this.
    step: Fraction = Fraction(1)
    #: Frames are estimated at this rate, whatever the output's will be; None takes the output's own.
    estimate_fps: Fraction | None = None
    #: Seconds that an estimate is longer than the output may be, so that no rounding of frames exceeds it.
    margin: int = 0


class Terms(Model):
    """What a job's price was agreed by: kept with its hold."""

    dialect: str = "native"
    version: int = 1
    tier: str = ""
    #: None leaves it to the picture's size.
    resolution: Resolution | None = None
    #: Nothing is held or charged, whatever is made.
    free: bool = False

    def __str__(self) -> str:
        return f"{self.dialect}/{self.version}"


class Price(NamedTuple):
    """What something costs, and how that came about."""

    amount: Millicredits
    #: The same in the vendor's credits.
    credits: Fraction
    counted: Counted
    #: Frames or seconds that are charged, rounded as the list says.
    units: Fraction
    #: Milli-credits for one of them.
    each: Fraction


_ANY: Final = (None, "")
#: What our own list is called; who has no list of their own sells by it.
NATIVE: Final = "native"


def _lists(*lists: PriceList) -> dict[tuple[str, int], PriceList]:
    return {(one.dialect, one.version): one for one in lists}


#: Every list that a job may have been held by, and the newest that new jobs are.
PRICE_LISTS: Final = _lists(
    # The engine's own price for a second, in credits of ours, exact to a milli-credit.
    PriceList(
        dialect=NATIVE,
        version=1,
        credit=Fraction(1000),
        counted=Counted.SECONDS,
        rates={},
        step=Fraction(1, 1000),
        margin=1,
    ),
    # A credit for each started second of output, two above 1080p.
    PriceList(
        dialect="lipdub",
        version=1,
        credit=Fraction(1000),
        counted=Counted.SECONDS,
        rates={_ANY: Fraction(1), (Resolution.ABOVE, ""): Fraction(2)},
        block=1,
    ),
    # Five credits for each started minute.
    PriceList(
        dialect="lipsync_dev",
        version=1,
        credit=Fraction(12_000),
        counted=Counted.SECONDS,
        rates={_ANY: Fraction(5, 60)},
        block=60,
    ),
    # A credit for 125 seconds, in hundredths.
    PriceList(
        dialect="joggai",
        version=1,
        credit=Fraction(125_000),
        counted=Counted.SECONDS,
        rates={_ANY: Fraction(1, 125)},
        step=Fraction(1, 100),
    ),
    # A credit for each frame, two in the pro tier; estimated at 30 frames a second.
    PriceList(
        dialect="magic_hour",
        version=1,
        credit=Fraction(40),
        counted=Counted.FRAMES,
        rates={_ANY: Fraction(1), (None, "pro"): Fraction(2)},
        block=1,
        estimate_fps=Fraction(30),
    ),
    # Two credits for a started second of 480p, four for one of 720p, at least five seconds.
    PriceList(
        dialect="lipsync_studio",
        version=1,
        credit=Fraction(250),
        counted=Counted.SECONDS,
        rates={(Resolution.P480, ""): Fraction(2), _ANY: Fraction(4)},
        block=1,
        least=5,
    ),
    # Dollars for each frame of output, by model.
    PriceList(
        dialect="sync_so",
        version=1,
        credit=Fraction(20_000),
        counted=Counted.FRAMES,
        rates={
            _ANY: Fraction(1, 500),
            (None, "lipsync-2"): Fraction(1, 500),
            (None, "lipsync-2-pro"): Fraction(1, 300),
            (None, "sync-3"): Fraction(2, 375),
        },
        block=1,
        step=Fraction(1, 1_500),
    ),
)


def newest(dialect: str) -> int:
    """The version that new jobs of a dialect are held by; 1 where it sells by the native list."""
    return max((version for name, version in PRICE_LISTS if name == dialect), default=1)


def list_of(terms: Terms) -> PriceList:
    """The list that was agreed on; a dialect without one of its own sells by the first native one.

    Raises:
        KeyError: the dialect has lists, but never had that version.
    """
    own = terms.dialect in {name for name, _ in PRICE_LISTS}
    return PRICE_LISTS[(terms.dialect, terms.version) if own else (NATIVE, 1)]


def resolution_of(width: int, height: int) -> Resolution:
    """The class of a picture of that size, in pixels."""
    shorter = min(width, height)
    for limit, resolution in ((480, Resolution.P480), (720, Resolution.P720)):
        if shorter <= limit:
            return resolution
    return Resolution.P1080 if shorter <= 1080 else Resolution.ABOVE


def estimate(
    terms: Terms,
    *,
    longest_ms: int,
    fps: Fraction | None,
    resolution: Resolution | None,
    per_second: int,
) -> Price:
    """What an output of at most `longest_ms` may cost: this is held.

    `fps` is the output's frame rate and `resolution` its class of size, each None while nobody knows it: then 60 a second,
    and the dearest. `per_second` is the engine's own price in milli-credits, which the native list takes.
    """
    prices = list_of(terms)
    count = Fraction(longest_ms, 1000) + prices.margin
    if prices.counted is Counted.FRAMES:
        count *= prices.estimate_fps or fps or Fraction(60)
    return _price(prices, terms, count, resolution, per_second)


def charge(
    terms: Terms,
    *,
    frames: int,
    fps: Fraction,
    duration_ms: int,
    resolution: Resolution,
    per_second: int,
    held: Millicredits,
) -> Price:
    """What an output costs by what was rendered: never more than was held for it.

    Where frames come unevenly an average rate says little, so of the frames' time and the output's length the shorter
    counts.
    """
    prices = list_of(terms)
    count = Fraction(frames)
    if prices.counted is Counted.SECONDS:
        count = min(frames / fps, Fraction(duration_ms, 1000))
    price = _price(prices, terms, count, resolution, per_second)
    if price.amount <= held:
        return price
    return Price(
        amount=held,
        credits=in_credits(terms, held),
        counted=price.counted,
        units=price.units,
        each=price.each,
    )


def in_credits(terms: Terms, amount: Millicredits) -> Fraction:
    """An amount of the ledger in the vendor's credits: the largest multiple of the vendor's step that it covers."""
    prices = list_of(terms)
    return (amount / (prices.credit * prices.step)).__floor__() * prices.step


def _price(
    prices: PriceList,
    terms: Terms,
    count: Fraction,
    resolution: Resolution | None,
    per_second: int,
) -> Price:
    count = max(count, Fraction(prices.least))
    if prices.block is not None:
        count = _up(count, Fraction(prices.block))
    rate = Fraction(0)
    if not terms.free:
        rate = _rate(prices, terms.tier, terms.resolution or resolution, per_second)
    credits = _up(count * rate, prices.step)
    amount = Millicredits(int(_up(credits * prices.credit, Fraction(1))))
    return Price(
        amount=amount,
        credits=credits,
        counted=prices.counted,
        units=count,
        each=rate * prices.credit,
    )


def _rate(prices: PriceList, tier: str, resolution: Resolution | None, per_second: int) -> Fraction:
    """By resolution and tier; where the size is unknown, the dearest of the tier."""
    if not prices.rates:
        return Fraction(per_second, 1000)
    of_tier = {size: rate for (size, name), rate in prices.rates.items() if name == tier}
    if not of_tier:
        raise ValueError(f"no tier {tier!r} in {prices.dialect}/{prices.version}")
    if resolution is None:
        return max(of_tier.values())
    return of_tier[resolution if resolution in of_tier else None]


def _up(value: Fraction, step: Fraction) -> Fraction:
    """The least multiple of `step` that is not below `value`."""
    return -((-value / step).__floor__()) * step
