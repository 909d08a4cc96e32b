"""Uploads that are fetched from a URL in place of being sent."""

from types import SimpleNamespace

import pytest

from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands_uploads import CompleteUpload, CreateUpload, GiveUpUpload
from lipwire.domain.errors import BusyError, InvalidSourceUrlError, SourceRefusedError
from lipwire.usecases.complete_upload import complete_upload
from lipwire.usecases.create_upload import create_upload
from lipwire.usecases.fetch_upload import fetch_upload
from lipwire.usecases.give_up_awaited import give_up_awaited
from lipwire.usecases.give_up_upload import give_up_upload
from tests.support.builders import a_caller, a_job, an_account, an_asset
from tests.support.fakes import (
    AnyUrl,
    FakeAccounts,
    FakeAssets,
    FakeClock,
    FakeIds,
    FakeUploads,
)
from tests.unit.usecases.test_sources_by_url import PAGE, URL, Bucket, Fetcher, Pages, awaited


def create(assets, url=URL):
    """An upload of what lies there."""
    command = CreateUpload(
        filename="a.mp4", content_type="video/mp4", size_bytes=None, source_url=url
    )
    parts = {"uploads": FakeUploads(), "clock": FakeClock(), "ids": FakeIds()}
    return create_upload(command, a_caller(), assets=assets, source_urls=AnyUrl, **parts)


def fetch(asset, assets, fetcher, bucket=None, pages=None, clock=None):
    """The step, over these."""
    stores = SimpleNamespace(
        assets=assets,
        accounts=FakeAccounts(an_account()),
        uploads=bucket or Bucket(),
        media_fetcher=fetcher,
        pages=pages,
        clock=clock or FakeClock(),
    )
    fetch_upload(asset.id, stores=stores)
    return assets.get(asset.id)


def test_an_upload_by_url_arrives_by_itself():
    """Nothing is signed; its workflow begins with the fetch, and what was fetched is not fetched again."""
    assets, fetcher, bucket = FakeAssets(), Fetcher(), Bucket()
    view = create(assets)
    assert (view.url, view.parts, assets.to_fetch) == (None, (), [view.asset.id])
    assert fetch(view.asset, assets, fetcher, bucket).status is AssetStatus.UPLOADED
    fetch(view.asset, assets, fetcher, bucket)
    assert len(fetcher.asked) == len(bucket.objects) == 1
    assert not assets.fetched_by


def test_a_forbidden_url_makes_nothing():
    """By its form, before any look-up."""
    assets = FakeAssets()
    with pytest.raises(InvalidSourceUrlError):
        create(assets, "http://10.0.0.1/")
    assert not assets.rows


def test_what_the_url_does_not_give_is_rejected_with_the_reason():
    """Nothing of it is kept."""
    assets, bucket = FakeAssets(awaited(1)), Bucket()
    found = fetch(awaited(1), assets, Fetcher(SourceRefusedError()), bucket)
    assert (found.status, found.problem.code) == (AssetStatus.REJECTED, "source_refused")
    assert found.is_given_up
    assert not bucket.objects


def test_a_page_shows_what_is_meant_where_pages_are_read():
    """A voice is asked for as a sound."""
    asked = []

    class Listening(Pages):
        def media_url(self, url, *, is_picture):
            asked.append(is_picture)
            return super().media_url(url, is_picture=is_picture)

    class Site(Fetcher):
        def fetch(self, url, sink, *, max_bytes, within_s, check):
            self.asked.append((url, max_bytes))
            sink.write(PAGE if url == URL else b"bytes")

    for number, content_type in ((1, "video/mp4"), (2, "audio/mpeg")):
        asset = awaited(number, content_type=content_type)
        found = fetch(asset, FakeAssets(asset), Site(), pages=Listening())
        assert found.status is AssetStatus.UPLOADED
    assert asked == [True, False]


def test_a_job_that_fetches_it_first_is_waited_for():
    """Its lease keeps the upload's own fetch out; a step whose time is over is tried again."""
    assets, clock, fetcher = FakeAssets(awaited(1)), FakeClock(), Fetcher()
    until = clock.now().replace(year=2099)
    assets.begin_fetch(awaited(1).id, by=a_job().id, at=clock.now(), until=until)
    with pytest.raises(BusyError):
        fetch(awaited(1), assets, fetcher, clock=clock)
    assert not fetcher.asked
    assert assets.get(awaited(1).id).status is AssetStatus.AWAITING_UPLOAD


def test_nothing_is_fetched_for_what_nobody_waits_for():
    """Given up by its sender in the middle of the fetch, deleted, or never there."""
    assets, bucket = FakeAssets(awaited(1)), Bucket()

    class Slow(Fetcher):
        def fetch(self, url, sink, *, max_bytes, within_s, check):
            give_up_upload(
                GiveUpUpload(asset_id=awaited(1).id), a_caller(), assets=assets, clock=FakeClock()
            )
            super().fetch(url, sink, max_bytes=max_bytes, within_s=within_s, check=check)
            for _ in range(9):
                sink.write(bytes(2**20))

    found = fetch(awaited(1), assets, Slow(), bucket)
    assert (found.problem.code, bucket.objects) == ("upload_failed", {})
    assert fetch(awaited(2), assets, Fetcher()) is None
    sent = an_asset(3, status=AssetStatus.AWAITING_UPLOAD)
    assert fetch(sent, FakeAssets(sent), Fetcher()) == sent


def test_success_may_be_said_before_the_file_is_there():
    """It stays as it is: its workflow completes it."""
    assets = FakeAssets(awaited(1))
    found = complete_upload(
        CompleteUpload(asset_id=awaited(1).id),
        a_caller(),
        assets=assets,
        uploads=FakeUploads(),
        clock=FakeClock(),
    )
    assert found == awaited(1)


@pytest.mark.parametrize(
    ("asset", "is_rejected"),
    [
        (awaited(1), True),
        (an_asset(1, status=AssetStatus.AWAITING_UPLOAD), False),
        (an_asset(1), False),
    ],
)
def test_a_fetch_whose_workflow_comes_to_nothing_is_rejected(asset, is_rejected):
    """What its sender still sends, or what has arrived, stays."""
    assets = FakeAssets(asset)
    assert give_up_awaited(asset.id, assets=assets, clock=FakeClock()) is is_rejected
    assert (assets.get(asset.id) == asset) is not is_rejected
