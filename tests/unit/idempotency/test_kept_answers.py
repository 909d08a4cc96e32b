"""What makes several things, or none, keeps its answer too: in the store's own transaction, once."""

from typing import Any

import pytest

from lipwire.domain.commands import Caller
from lipwire.domain.commands_uploads import CreateUpload, CreateUploads
from lipwire.domain.commands_webhooks import (
    ReplayDeliveries,
    ReplayDelivery,
    RotateAccountSecret,
    RotateSecret,
    SendTestEvent,
)
from lipwire.domain.idempotency import Answer, Once
from lipwire.domain.webhooks import DeliveryStatus
from lipwire.usecases.create_uploads import create_uploads
from lipwire.usecases.replay_deliveries import BATCH_ONCE, replay_deliveries
from lipwire.usecases.replay_delivery import replay_delivery
from lipwire.usecases.rotate_account_secret import rotate_account_secret
from lipwire.usecases.rotate_secret import rotate_secret
from lipwire.usecases.send_test_event import send_test_event
from tests.support.builders import NOW, a_caller, an_account
from tests.support.fakes import FakeAccounts, FakeAssets, FakeClock, FakeIds
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeQueue,
    a_delivery,
    an_endpoint,
)

ENDPOINT = an_endpoint()
DONE = [
    a_delivery(id=f"dlv_{number:026d}", endpoint_id=ENDPOINT.id, status=DeliveryStatus.DELIVERED)
    for number in range(BATCH_ONCE + 3)
]


class Bucket:
    """Signs anything."""

    def sign_put(self, key: str, **_more: object) -> str:
        """A URL that says what it is for."""
        return f"https://uploads.example/{key}"


class Desk:
    """An account with an endpoint and some deliveries, and a request under a key."""

    def __init__(self, deliveries=DONE) -> None:
        self.assets = FakeAssets()
        self.endpoints, self.deliveries = FakeEndpoints(ENDPOINT), FakeDeliveries(*deliveries)
        self.queue, self.clock, self.ids = FakeQueue(), FakeClock(), FakeIds()
        self.kept: list[Answer] = []
        self.views: list[Any] = []

    def caller(self) -> Caller:
        """Whose answer is kept."""

        def encode(view: object) -> Answer:
            self.views.append(view)
            return Answer(status=200, body="", content_type="text/plain")

        once = Once(encode=encode, keep=lambda _, answer: self.kept.append(answer))
        return a_caller().model_copy(update={"once": once})

    def webhooks(self) -> dict[str, Any]:
        """What use cases of deliveries take."""
        return {
            "endpoints": self.endpoints,
            "deliveries": self.deliveries,
            "queue": self.queue,
            "clock": self.clock,
            "ids": self.ids,
        }


def uploads(desk: Desk) -> object:
    item = CreateUpload(filename="a.mp4", content_type="video/mp4", size_bytes=9)
    return create_uploads(
        CreateUploads(items=(item, item)),
        desk.caller(),
        assets=desk.assets,
        uploads=Bucket(),
        clock=desk.clock,
        ids=desk.ids,
    )


def rotated(desk: Desk) -> object:
    return rotate_secret(
        RotateSecret(endpoint_id=ENDPOINT.id),
        desk.caller(),
        endpoints=desk.endpoints,
        clock=desk.clock,
        ids=desk.ids,
    )


def account_rotated(desk: Desk) -> object:
    return rotate_account_secret(
        RotateAccountSecret(),
        desk.caller(),
        accounts=FakeAccounts(an_account()),
        clock=desk.clock,
        ids=desk.ids,
    )


def tried(desk: Desk) -> object:
    return send_test_event(SendTestEvent(endpoint_id=ENDPOINT.id), desk.caller(), **desk.webhooks())


def replayed(desk: Desk) -> object:
    return replay_delivery(ReplayDelivery(delivery_id=DONE[0].id), desk.caller(), **desk.webhooks())


def all_replayed(desk: Desk) -> object:
    return replay_deliveries(
        ReplayDeliveries(endpoint_id=ENDPOINT.id, since=NOW, statuses=frozenset(DeliveryStatus)),
        desk.caller(),
        **desk.webhooks(),
    )


@pytest.mark.parametrize("act", [uploads, rotated, account_rotated, tried, replayed, all_replayed])
def test_the_answer_is_kept_with_what_it_tells_of(act):
    """Once, and it is what the request gets."""
    desk = Desk()
    view = act(desk)
    assert len(desk.kept) == 1
    if act is rotated:
        assert desk.views[0].secret == view.secret
    else:
        assert desk.views == [view]


def test_several_uploads_are_stored_together():
    """In their order, each with a URL of its own."""
    desk = Desk()
    views = uploads(desk)
    assert list(desk.assets.rows) == [view.asset.id for view in views]
    assert len({view.url for view in views}) == 2


def test_as_many_are_replayed_under_a_key_as_one_transaction_takes():
    """The cursor goes on; nothing to replay is an answer too."""
    desk = Desk()
    desk.clock.sleep(1)
    view = all_replayed(desk)
    assert view.replayed == BATCH_ONCE
    assert view.next_cursor is not None
    none = Desk(deliveries=())
    assert all_replayed(none).replayed == 0
    assert len(none.kept) == 1
