"""How often something may be done: the generic cell rate algorithm (GCRA, ITU-T I.371), in whole microseconds.

A limit remembers one number, the *theoretical arrival time* (TAT): when the next request would come if all came evenly.
A request moves it one interval on; it passes while the TAT is not further ahead of the clock than the burst allows. In
any window of w seconds no more than w / interval + burst requests pass.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from lipwire.domain.errors import RateLimitedError

MINUTE_US: Final = 60 * 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Rate(NamedTuple):
    """So many requests a minute, and so many of them at once; both at least 1."""

    per_minute: int
    burst: int

    @property
    def interval_us(self) -> int:
        """Microseconds between requests that come evenly; rounded up, so never more than `per_minute` of them."""
        return -(-MINUTE_US // self.per_minute)

    @property
    def tolerance_us(self) -> int:
        """How far ahead of the clock the TAT may be for a request to pass."""
        return (self.burst - 1) * self.interval_us


class Decision(NamedTuple):
    """What one limit says of one request."""

    rate: Rate
    #: The TAT afterwards: moved only where the request passes.
    tat_us: int
    is_allowed: bool
    #: Requests that would pass now.
    remaining: int
    #: 0 where it passes; else when the next one does.
    retry_after_us: int
    #: Until as many pass at once as ever.
    reset_us: int


def decide(rate: Rate, tat_us: int | None, *, now_us: int) -> Decision:
    """Whether a request passes at `now_us`, where the TAT was `tat_us` (None: never asked)."""
    before = max(tat_us or 0, now_us)
    wait_us = max(0, before - rate.tolerance_us - now_us)
    after = before if wait_us else before + rate.interval_us
    return describe(rate, after, now_us=now_us, wait_us=wait_us)


def describe(rate: Rate, tat_us: int, *, now_us: int, wait_us: int = 0) -> Decision:
    """How a limit stands at a TAT that is reached."""
    room_us = now_us + rate.tolerance_us - tat_us
    return Decision(
        rate=rate,
        tat_us=tat_us,
        is_allowed=wait_us == 0,
        remaining=max(0, min(rate.burst, room_us // rate.interval_us + 1)),
        retry_after_us=wait_us,
        reset_us=max(0, tat_us - now_us),
    )


def micros(moment: datetime) -> int:
    """A moment as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def seconds_up(microseconds: int) -> int:
    """Whole seconds that are surely over by then."""
    return -(-microseconds // 1_000_000)


class Allowance(NamedTuple):
    """What every limit of a request says, by the limit's name: `account`, `key`."""

    decisions: Mapping[str, Decision]

    def check(self) -> None:
        """Raises `RateLimitedError` where a limit is spent; it names the one that makes the request wait longest."""
        refused = [(one.retry_after_us, name) for name, one in self.decisions.items()]
        wait_us, name = max(refused)
        if wait_us:
            limit = self.decisions[name].rate.per_minute
            raise RateLimitedError(
                f"This {name} may make {limit} such requests a minute.",
                limit=limit,
                limited_by=name,
                retry_after_s=seconds_up(wait_us),
            )

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10)."""
        policies = ", ".join(
            f'"{name}";q={one.rate.per_minute};w=60' for name, one in self.decisions.items()
        )
        limits = ", ".join(
            f'"{name}";r={one.remaining};t={seconds_up(one.reset_us)}'
            for name, one in self.decisions.items()
        )
        return {"RateLimit-Policy": policies, "RateLimit": limits}
