"""Two requests under one key are one: claims, replays, and what is kept of an answer."""

from datetime import timedelta

import pytest

from lipwire.domain.errors import (
    BusyError,
    IdempotencyAnswerSealedError,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    InsufficientCreditsError,
    InternalError,
    InvalidIdempotencyKeyError,
)
from lipwire.domain.idempotency import (
    KEPT_FOR,
    LEASE,
    Answer,
    KeyedRequest,
    checked_key,
    fingerprint,
)
from lipwire.usecases.answer_once import answer_once
from tests.support.builders import ACCOUNT
from tests.support.fakes import FakeClock, FakeIds
from tests.support.fakes_idempotency import FakeKeyClaims, FakeStore

BODY = b'{"name": "a", "size": 1}'


class Door:
    """Where requests come in; each that is run makes one thing, and says which."""

    def __init__(self) -> None:
        self.claims, self.store, self.clock, self.ids = (
            FakeKeyClaims(),
            FakeStore(),
            FakeClock(),
            FakeIds(),
        )
        self.fails_with: Exception | None = None
        self.dies_after = False

    def post(
        self,
        key="k-1",
        body=BODY,
        *,
        account=ACCOUNT,
        route="POST /jobs",
        shows_secret=False,
        api_key="lw_live_one",
    ):
        """One request; gives what was answered and whether it was a replay."""
        request = KeyedRequest(
            account_id=account, route=route, key=key, fingerprint=fingerprint(body, {})
        )

        def run(once):
            if self.fails_with is not None:
                raise self.fails_with
            self.store.create(once.also(len(self.store.made)))
            if self.dies_after:
                raise BusyError

        return answer_once(
            request,
            run,
            encode=lambda number: Answer(
                status=201,
                body=f"thing {number}",
                content_type="text/plain",
                headers={"Location": f"/things/{number}"},
            ),
            shows_secret=shows_secret,
            api_key=api_key,
            claims=self.claims,
            clock=self.clock,
            ids=self.ids,
        )


@pytest.fixture
def door() -> Door:
    """Nothing has been asked for yet."""
    return Door()


@pytest.mark.fault(1)
def test_a_repeat_gets_the_first_answer_and_makes_nothing(door):
    """Status, headers and body, byte for byte; only the mark differs."""
    first, replayed = door.post()
    again, replayed_again = door.post()
    assert (replayed, replayed_again) == (False, True)
    assert again == first
    assert again.headers == {"Location": "/things/0"}
    assert door.store.made == [0]


@pytest.mark.fault(2)
def test_another_body_under_the_same_key_is_refused(door):
    """Whether the first has been answered or not; nothing is changed."""
    door.post()
    with pytest.raises(IdempotencyKeyReusedError):
        door.post(body=b'{"name": "b", "size": 1}')
    assert door.store.made == [0]


def test_spaces_and_the_order_of_fields_are_the_same_body(door):
    """A client that writes its JSON anew still repeats itself."""
    door.post(body=b'{"a":1,"b":[1,2]}')
    _, replayed = door.post(body=b'{ "b": [1, 2],\n "a": 1 }')
    assert replayed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((b"{}", {}), (b"{}", {"a": "b"})),
        ((b"[1,2]", {}), (b"[2,1]", {})),
        ((b"not json", {}), (b"not  json", {})),
        ((b"", {}), (b"{}", {})),
        ((b"[" * 100_000, {}), (b"[" * 100_001, {})),
        ((b"\xff", {}), (b"\xfe", {})),
    ],
)
def test_other_requests_have_other_fingerprints(one, other):
    """Order in lists, queries and bodies that are no JSON count as they are."""
    assert fingerprint(*one) != fingerprint(*other)
    assert fingerprint(*one) == fingerprint(*one)


@pytest.mark.parametrize(
    "other", [{"account": "acct_other"}, {"route": "POST /uploads"}, {"key": "k-2"}]
)
def test_a_key_belongs_to_its_account_and_route(door, other):
    """The same word elsewhere is another key."""
    door.post()
    _, replayed = door.post(**other)
    assert not replayed
    assert door.store.made == [0, 1]


def test_while_the_first_is_being_worked_on_others_are_sent_away(door):
    """With the time to come back."""
    refused = []

    class Nosy(FakeStore):
        def create(self, also):
            with pytest.raises(IdempotencyInProgressError) as caught:
                door.post()
            refused.append(caught.value.fields["retry_after_s"])
            super().create(also)

    door.store = Nosy()
    door.post()
    assert refused == [1]
    assert door.store.made == [0]


@pytest.mark.parametrize("error", [InsufficientCreditsError(), BusyError(), RuntimeError()])
def test_no_error_is_kept(door, error):
    """Neither the caller's fault nor ours: mended and sent again under the same key, it is done."""
    door.fails_with = error
    with pytest.raises(type(error)):
        door.post()
    door.fails_with = None
    _, replayed = door.post()
    assert not replayed
    assert door.store.made == [0]


@pytest.mark.fault(7)
def test_what_was_made_before_the_answer_was_lost_is_answered_again(door):
    """The transaction keeps the answer, so whatever dies after it, the repeat finds both."""
    door.dies_after = True
    with pytest.raises(BusyError):
        door.post()
    answer, replayed = door.post()
    assert replayed
    assert answer.body == "thing 0"
    assert door.store.made == [0]


def test_a_claim_that_died_is_taken_over_once_its_lease_is_over(door):
    """A process that was killed keeps others out for half a minute, not for three days."""
    claims = door.claims
    claims.give_up = lambda claim: None
    door.fails_with = BusyError()
    with pytest.raises(BusyError):
        door.post()
    door.fails_with = None
    door.clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(IdempotencyInProgressError):
        door.post()
    door.clock.sleep(1)
    _, replayed = door.post()
    assert not replayed


def test_an_answer_is_kept_for_72_hours(door):
    """To the second; after that the key may make something new."""
    assert timedelta(hours=72) == KEPT_FOR
    door.post()
    door.clock.sleep(KEPT_FOR.total_seconds() - 1)
    assert door.post()[1]
    door.clock.sleep(1)
    assert not door.post()[1]
    assert door.store.made == [0, 1]


def test_a_secret_is_not_stored_where_anybody_can_read_it(door):
    """The answer is sealed with the API key, of which only a hash is stored."""
    first, _ = door.post(shows_secret=True)
    (row,) = door.claims.rows.values()
    assert b"thing" not in row.answer.packed
    assert row.answer.sealed
    assert door.post(shows_secret=True) == (first, True)


def test_only_the_same_api_key_opens_what_is_sealed(door):
    """Another key of the account learns that there is an answer, and not which."""
    door.post(shows_secret=True)
    with pytest.raises(IdempotencyAnswerSealedError):
        door.post(shows_secret=True, api_key="lw_live_two")
    assert door.store.made == [0]


def test_a_sealed_answer_that_was_changed_is_not_opened(door):
    """One bit is enough."""
    door.post(shows_secret=True)
    ((name, row),) = door.claims.rows.items()
    packed = bytearray(row.answer.packed)
    packed[-1] ^= 1
    changed = row.answer.model_copy(update={"packed": bytes(packed)})
    door.claims.rows[name] = row.model_copy(update={"answer": changed})
    with pytest.raises(IdempotencyAnswerSealedError):
        door.post(shows_secret=True)


def test_any_key_of_the_account_gets_an_answer_without_secrets(door):
    """A key may have been rotated between a request and its repeat."""
    first, _ = door.post()
    assert door.post(api_key="lw_live_two") == (first, True)


def test_an_operation_that_keeps_no_answer_is_a_bug(door):
    """It would be done twice after the lease: nobody may offer it under a key."""
    door.store.create = lambda also: None
    request = KeyedRequest(account_id=ACCOUNT, route="POST /x", key="k", fingerprint="f")
    with pytest.raises(InternalError):
        answer_once(
            request,
            lambda once: None,
            encode=str,
            shows_secret=False,
            api_key="",
            claims=door.claims,
            clock=door.clock,
            ids=door.ids,
        )


@pytest.mark.fault(4)
@pytest.mark.parametrize("key", ["", " ", "a b", "a,b", "k-1,k-1", "ä", "a" * 129, "a\n", "a/b"])
def test_what_is_no_key_is_refused(key):
    """Empty, doubled, too long, or of other characters."""
    with pytest.raises(InvalidIdempotencyKeyError):
        checked_key(key)


@pytest.mark.parametrize("key", ["a", "a" * 128, "0f8b-1.2_3~Z"])
def test_what_is_a_key_is_taken(key):
    """All that the grammar allows."""
    assert checked_key(key) == key
