"""How many uploads of an account are fetched from URLs at once: exactly as many as may be; on tables in memory."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.commands_uploads import CreateUpload, DeleteAsset, GiveUpUpload
from lipwire.domain.errors import SourceRefusedError, SourceUrlError, TooManyFetchesError
from lipwire.domain.plans import PLANS
from lipwire.usecases.create_upload import create_upload
from lipwire.usecases.delete_asset import delete_asset
from lipwire.usecases.end_lost_fetches import LOST_AFTER, end_lost_fetches
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.fetch_upload import fetch_upload
from lipwire.usecases.give_up_awaited import give_up_awaited
from lipwire.usecases.give_up_upload import give_up_upload
from lipwire.usecases.ingest_upload import ingest_upload
from tests.support.builders import ACCOUNT, a_caller
from tests.support.erasable import Bucket as Objects
from tests.support.fakes import AnyUrl
from tests.support.memory_dynamodb import Fault
from tests.support.money_world import SOURCE, World
from tests.unit.usecases.test_sources_by_url import URL, Bucket, Fetcher

MOST = PLANS["free"].max_fetches


class Stage:
    """An account on the plan `free`, which may have two uploads fetched."""

    def __init__(self):
        self.world = World()
        self.world.grant(1_000_000, "first")
        self.bucket = Bucket()

    def ask(self, url=URL):
        """POST, as LipDub's clients do."""
        world = self.world
        return create_upload(
            CreateUpload(
                filename="a.mp4", content_type="video/mp4", size_bytes=None, source_url=url
            ),
            a_caller(plan="free"),
            assets=world.assets,
            uploads=SimpleNamespace(sign_put=lambda *_what, **_how: "https://signed.test"),
            clock=world.clock,
            ids=world.ids,
            source_urls=AnyUrl,
        ).asset

    def is_made(self):
        """Whether one more is."""
        try:
            self.ask()
        except TooManyFetchesError:
            return False
        return True

    def fetch(self, asset, error=None):
        """Its workflow's first step."""
        world = self.world
        stores = SimpleNamespace(
            assets=world.assets,
            accounts=world.accounts,
            uploads=self.bucket,
            media_fetcher=Fetcher(error),
            pages=None,
            clock=world.clock,
        )
        fetch_upload(asset.id, stores=stores)

    def refuse(self, asset):
        """The URL does not give it."""
        self.fetch(asset, SourceRefusedError())

    def ingest(self, asset):
        """The bucket tells that it arrived."""
        bucket = SimpleNamespace(head=lambda _key: (5, "v1"), delete_prefix=lambda _key: None)
        world = self.world
        ingest_upload(asset.key, assets=world.assets, uploads=bucket, clock=world.clock)

    def give_up(self, asset):
        """Its sender's word."""
        world = self.world
        if world.assets.get(asset.id):
            command = GiveUpUpload(asset_id=asset.id)
            give_up_upload(command, a_caller(), assets=world.assets, clock=world.clock)

    def lose(self, asset):
        """Its workflow's last step."""
        give_up_awaited(asset.id, assets=self.world.assets, clock=self.world.clock)

    def delete(self, asset):
        """DELETE; nothing where it is gone."""
        world = self.world
        stores = SimpleNamespace(assets=world.assets, uploads=Objects(), work_objects=Objects())
        if world.assets.get(asset.id):
            command = DeleteAsset(asset_id=asset.id)
            parts = {"assets": world.assets, "stores": stores, "clock": world.clock}
            delete_asset(command, a_caller(), **parts)

    def repair(self):
        """The clock."""
        world = self.world
        parts = {"limits": world.limits, "assets": world.assets, "clock": world.clock}
        return end_lost_fetches([ACCOUNT], **parts)

    @property
    def counted(self):
        return self.world.limits.fetches(ACCOUNT)

    @property
    def waiting(self):
        """What is really to be fetched, by the rows."""
        ids = [pk for (pk,) in self.world.dynamodb.tables["assets"]]
        found = [self.world.assets.get(pk) for pk in ids]
        awaiting = AssetStatus.AWAITING_UPLOAD
        return {one.id for one in found if one.holds_fetch and one.status is awaiting}


@pytest.fixture
def stage():
    """Of its own."""
    return Stage()


ENDS = ("fetch", "refuse", "ingest", "give_up", "lose", "delete")


def test_as_many_are_fetched_as_may_be(stage):
    """One more leaves nothing; files that are sent, and what jobs fetch, are not counted."""
    made = {stage.ask().id for _ in range(MOST)}
    writes = dict(stage.world.dynamodb.tables["outbox"])
    with pytest.raises(TooManyFetchesError) as refused:
        stage.ask()
    assert refused.value.fields == {"limit": MOST, "retry_after_s": 10}
    assert dict(stage.world.dynamodb.tables["outbox"]) == writes
    stage.ask(url=None)
    stage.world.create(source_id=None, source_url=URL)
    assert stage.counted == stage.waiting == made


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", ENDS)
def test_whatever_ends_a_fetch_gives_its_place_back_once(stage, first, second):
    """However two ends follow each other, the same one twice too."""
    one, other = (stage.ask() for _ in range(MOST))
    getattr(stage, first)(one)
    assert stage.counted == stage.waiting == {other.id}
    assert stage.is_made()
    getattr(stage, second)(one)
    assert stage.counted == stage.waiting
    assert not stage.is_made()


@pytest.mark.parametrize("second", ["ingest", "give_up", "delete"])
@pytest.mark.parametrize("first", ENDS)
def test_of_two_ends_that_race_one_gives_the_place_back(stage, first, second):
    """The other one comes just before the write of the first."""
    one, other = (stage.ask() for _ in range(MOST))
    # What begins and ends a fetch's lease are writes too: the last but one ends the wait, or the last.
    for write in (0, 1, 2):
        number = len(stage.world.dynamodb.writes) + write
        stage.world.dynamodb.faults = {number: lambda: getattr(stage, second)(one)}
        stage.world.attempt(getattr(stage, first), one)
    stage.world.dynamodb.faults = {}
    assert stage.counted == stage.waiting == {other.id}


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("end", [None, *ENDS])
def test_a_fault_at_any_write_leaves_the_count_true(stage, fault, end):
    """Of the request that makes one, and of whatever ends it: what is counted is what waits."""
    act = stage.ask if end is None else lambda: getattr(stage, end)(one)
    one = stage.ask()
    for write in range(4):
        stage.world.dynamodb.faults = {len(stage.world.dynamodb.writes) + write: fault}
        stage.world.attempt(act)
        stage.world.dynamodb.faults = {}
        assert stage.counted == stage.waiting
        assert len(stage.counted) <= MOST
    if end is not None:
        getattr(stage, end)(one)
        assert stage.counted == set()


def test_requests_that_race_for_the_last_place_get_it_once(stage):
    """The second one is made between the first one's look and its write."""
    stage.ask()
    made = []
    number = len(stage.world.dynamodb.writes)
    stage.world.dynamodb.faults = {number: lambda: made.append(stage.ask())}
    with pytest.raises(TooManyFetchesError):
        stage.ask()
    assert len(made) == 1
    assert stage.counted == stage.waiting
    assert len(stage.counted) == MOST


def test_a_job_that_fetches_an_upload_first_gives_its_place_back(stage):
    """Whoever marks it as arrived does."""
    one = stage.ask()
    job = stage.world.create(source_id=one.id)
    stores = {"jobs": stage.world.jobs, "assets": stage.world.assets, "clock": stage.world.clock}
    fetch_sources(job.id, **stores, uploads=SimpleNamespace(find=lambda _key: (5, "v1")))
    assert stage.counted == stage.waiting == set()


def test_what_no_workflow_ended_is_ended_by_the_clock(stage):
    """One whose row has left by its age at once, one that waits for longer than any workflow runs then; once."""
    left, lost = stage.ask(), stage.ask()
    del stage.world.dynamodb.tables["assets"][left.id,]
    assert stage.repair().ended == (left.id,)
    stage.world.wait(LOST_AFTER - timedelta(seconds=1))
    assert stage.repair().ended == ()
    new = stage.ask()
    stage.world.wait(timedelta(seconds=1))
    assert stage.repair().ended == (lost.id,)
    assert stage.world.assets.get(lost.id).problem == Problem.of(SourceUrlError())
    assert stage.repair().ended == ()
    assert stage.counted == stage.waiting == {new.id}


def test_one_account_holds_up_none_of_the_others(stage):
    """What was in the way is told."""
    gone = stage.ask()
    del stage.world.dynamodb.tables["assets"][gone.id,]
    limits = stage.world.limits

    class Broken:
        forget_fetch = staticmethod(limits.forget_fetch)

        @staticmethod
        def fetches(account_id):
            if account_id != ACCOUNT:
                raise ValueError
            return limits.fetches(account_id)

    parts = {"assets": stage.world.assets, "clock": stage.world.clock}
    found = end_lost_fetches(["acct_x", ACCOUNT], limits=Broken, **parts)
    assert found.ended == (gone.id,)
    assert list(found.failures) == ["acct_x"]


def test_what_was_sent_is_no_fetch(stage):
    """Its arrival writes one row less."""
    before = len(stage.world.dynamodb.tables["limits"])
    stage.delete(SOURCE)
    assert len(stage.world.dynamodb.tables["limits"]) == before
