"""May this request be made now?"""

from lipwire.domain.commands import Caller
from lipwire.domain.limits import Allowance, Rate
from lipwire.ports import Clock, RequestLimiter


def limit_request(
    caller: Caller, *, is_creating: bool, limiter: RequestLimiter, clock: Clock
) -> Allowance:
    """What the account's limit says, and the key's where that has one of its own; the request is counted if it passes.

    Raises:
        BusyError: it could not be counted.
    """
    plan = caller.account.limits
    rates = {"account": plan.creating if is_creating else plan.reading}
    if is_creating and caller.requests_per_minute is not None:
        per_minute = caller.requests_per_minute
        rates[f"key:{caller.key_id}"] = Rate(
            per_minute=per_minute, burst=min(plan.burst, per_minute)
        )
    taken = limiter.take(caller.account.id, rates, at=clock.now())
    return Allowance({name.partition(":")[0]: one for name, one in taken.decisions.items()})
