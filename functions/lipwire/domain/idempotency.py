"""Idempotency keys: two requests under one key are one request (docs/architecture/01-api-and-dialects.md).

A key belongs to an account and a route. Whoever comes first *claims* it; the answer is kept in the very transaction
that makes what was asked for, so that there is never one without the other. Only success is kept: after an error the
key is free again.
"""

import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic import ConfigDict

from lipwire.domain.errors import (
    IdempotencyAnswerSealedError,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    InternalError,
    InvalidIdempotencyKeyError,
)
from lipwire.domain.ids import AccountId
from lipwire.domain.model import Model

#: How long an answer is replayed: longer than clients retry, and about as long as webhooks are.
KEPT_FOR: Final = timedelta(hours=72)
#: How long a claim keeps others out: a little longer than any function runs, so that a claim that died is taken over.
LEASE: Final = timedelta(seconds=30)
_KEY: Final = r"[A-Za-z0-9._~-]{1,128}"
_TAG_BYTES: Final = 32

#: Adds to a store's transaction what must stand or fall with it.
Also = Callable[[Any], None]


class Answer(Model):
    """An HTTP answer, as far as a replay repeats it."""

    model_config = ConfigDict(extra="forbid")

    status: int
    body: str
    content_type: str
    headers: Mapping[str, str] = {}


class KeyedRequest(NamedTuple):
    """A request under a key. `route` is method and path: one key on two routes is two keys."""

    account_id: AccountId
    route: str
    key: str
    fingerprint: str

    @property
    def id(self) -> str:
        """The key's name in the store, below its account."""
        return hashlib.sha256(f"{self.route}\n{self.key}".encode()).hexdigest()


class Claim(Model):
    """The right to answer a keyed request, for as long as the lease runs."""

    account_id: AccountId
    id: str
    fingerprint: str
    #: Random for each claim.
    claimed_by: str
    leased_until: datetime
    kept_until: datetime


class KeptAnswer(Model):
    """An answer as it is stored: packed, and sealed where it shows a secret."""

    packed: bytes
    sealed: bool = False


class KeyRecord(Claim):
    """What the store holds of a key."""

    answer: KeptAnswer | None = None


class Once:
    """Goes with a keyed request to the store that makes what it asks for."""

    def __init__(
        self, *, encode: Callable[[Any], Answer], keep: Callable[[Any, Answer], None]
    ) -> None:
        """`encode` says a view as an answer; `keep` adds an answer to a store's transaction."""
        self._encode = encode
        self._keep = keep
        self._answer: Answer | None = None

    def also(self, view: object) -> Also:
        """What the store adds to its transaction: the answer that this view will be."""
        answer = self._answer = self._encode(view)
        return lambda transaction: self._keep(transaction, answer)

    @property
    def answer(self) -> Answer:
        """The answer that was kept.

        Raises:
            InternalError: none was; this operation may not be asked for under a key.
        """
        if self._answer is None:
            raise InternalError("The operation kept no answer.")
        return self._answer


def checked_key(value: str) -> str:
    """The header's value, if it is one key: 1 to 128 letters, digits or `. _ ~ -`.

    Raises:
        InvalidIdempotencyKeyError: empty, too long, given twice (gateways join with a comma), or of other characters.
    """
    if re.fullmatch(_KEY, value) is None:
        raise InvalidIdempotencyKeyError
    return value


def fingerprint(body: bytes, query: Mapping[str, str]) -> str:
    """SHA-256 of query and body; JSON counts by its meaning, so neither spaces nor the order of fields matter."""
    try:
        said = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        said = body
    asked = json.dumps(sorted(query.items())).encode()
    return hashlib.sha256(b"%d:%b%b" % (len(asked), asked, said)).hexdigest()


def new_claim(request: KeyedRequest, *, claimed_by: str, at: datetime) -> Claim:
    """A claim on the request's key, beginning now."""
    return Claim(
        account_id=request.account_id,
        id=request.id,
        fingerprint=request.fingerprint,
        claimed_by=claimed_by,
        leased_until=at + LEASE,
        kept_until=at + KEPT_FOR,
    )


def is_free(record: KeyRecord, *, at: datetime) -> bool:
    """Whether anybody may claim the key: its answer is too old, or its claim died."""
    if record.answer is None:
        return record.leased_until <= at
    return record.kept_until <= at


def replay(record: KeyRecord, claim: Claim, *, secret: str) -> Answer:
    """The answer that was given to the request that claimed the key first.

    Raises:
        IdempotencyKeyReusedError: that request was another one.
        IdempotencyInProgressError: it has not been answered yet.
        IdempotencyAnswerSealedError: its answer shows a secret, and was made for another API key.
    """
    if record.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReusedError
    if record.answer is None:
        raise IdempotencyInProgressError
    return unpack(record.answer, record, secret=secret)


def pack(answer: Answer, claim: Claim, *, secret: str | None) -> KeptAnswer:
    """The answer as it is stored; with `secret`, nobody can read it who does not have that too."""
    packed = zlib.compress(answer.model_dump_json().encode())
    if secret is None:
        return KeptAnswer(packed=packed)
    key = _key(claim, secret)
    hidden = _xor(packed, key)
    return KeptAnswer(packed=_tag(hidden, key) + hidden, sealed=True)


def unpack(kept: KeptAnswer, claim: Claim, *, secret: str) -> Answer:
    """The answer again.

    Raises:
        IdempotencyAnswerSealedError: it was sealed with another secret.
    """
    packed = kept.packed
    if kept.sealed:
        key = _key(claim, secret)
        tag, hidden = packed[:_TAG_BYTES], packed[_TAG_BYTES:]
        if not hmac.compare_digest(tag, _tag(hidden, key)):
            raise IdempotencyAnswerSealedError
        packed = _xor(hidden, key)
    return Answer.model_validate_json(zlib.decompress(packed))


# Encrypt, then authenticate, with standard primitives: SHAKE-256 as key stream, HMAC-SHA-256 as tag. A key seals one
# answer only, since each claim has its random name in it; its secret is an API key, of which we store a hash.
def _key(claim: Claim, secret: str) -> bytes:
    about = f"lipwire idempotency\n{claim.account_id}\n{claim.id}\n{claim.claimed_by}"
    return hmac.digest(secret.encode(), about.encode(), "sha256")


def _xor(data: bytes, key: bytes) -> bytes:
    stream = hashlib.shake_256(b"stream" + key).digest(len(data))
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))


def _tag(hidden: bytes, key: bytes) -> bytes:
    return hmac.digest(hashlib.sha256(b"tag" + key).digest(), hidden, "sha256")
