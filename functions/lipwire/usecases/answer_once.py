"""A request under an idempotency key is answered."""

from collections.abc import Callable
from typing import Any

from lipwire.domain.idempotency import Answer, KeyedRequest, Once, new_claim, pack, replay
from lipwire.ports import Clock, IdSource
from lipwire.ports.idempotency import KeyClaims


def answer_once(
    request: KeyedRequest,
    run: Callable[[Once], object],
    *,
    encode: Callable[[Any], Answer],
    shows_secret: bool,
    api_key: str,
    claims: KeyClaims,
    clock: Clock,
    ids: IdSource,
) -> tuple[Answer, bool]:
    """What `run` makes, said by `encode`, or the answer that the key's first request got; and whether it is that one.

    `run` hands its `Once` to the store, whose transaction keeps the answer. Where it fails the key is free again.
    An answer that shows a secret is sealed with the API key: we could not read it if we wanted to.

    Raises:
        IdempotencyKeyReusedError, IdempotencyInProgressError, IdempotencyAnswerSealedError: see `replay`.
    """
    now = clock.now()
    claim = new_claim(request, claimed_by=ids.new("clm"), at=now)
    record = claims.claim(claim, at=now)
    if record is not None:
        return replay(record, claim, secret=api_key), True

    def keep(transaction: Any, answer: Answer) -> None:
        kept = pack(answer, claim, secret=api_key if shows_secret else None)
        claims.keep(transaction, claim, kept)

    once, answered = Once(encode=encode, keep=keep), False
    try:
        run(once)
        answered = True
    finally:
        if not answered:
            claims.give_up(claim)
    return once.answer, False
