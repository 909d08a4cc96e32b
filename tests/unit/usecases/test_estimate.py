"""An estimate is what creating the same job would hold, and leaves nothing behind."""

import json

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec import from_estimate, to_create_job, to_estimate_job
from lipwire.domain.errors import InvalidSourceUrlError
from lipwire.usecases.create_job import create_job
from lipwire.usecases.estimate_job import estimate_job
from tests.support.builders import a_caller, an_asset, video_info, voice_info
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeUploads,
)
from tests.support.fakes_consents import FakeConsents

SOURCE = an_asset(1, media=video_info(duration_ms=9_000))
VOICE = an_asset(2, media=voice_info(duration_ms=4_000))


def request(source, speech, **options) -> WireRequest:
    """A request body over these two."""
    body = {"source": source, "speech": speech, "options": options}
    return WireRequest(method="POST", path="/", body=json.dumps(body).encode())


def estimated(wire: WireRequest, assets: FakeAssets) -> dict:
    """The JSON that answers it."""
    view = estimate_job(
        to_estimate_job(wire),
        a_caller(),
        assets=assets,
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )
    return json.loads(from_estimate(view).body)


def held(wire: WireRequest, assets: FakeAssets) -> int:
    """What the same request holds when it makes a job."""
    jobs = FakeJobs()
    create_job(
        to_create_job(wire),
        a_caller(),
        jobs=jobs,
        consents=FakeConsents(),
        consent_required=False,
        assets=assets,
        uploads=FakeUploads(),
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )
    return 1_000_000 - jobs.available


@pytest.mark.parametrize(("options", "longest_ms"), [({}, 4_000), ({"when_longer": "keep"}, 9_000)])
def test_the_estimate_is_what_would_be_held(options, longest_ms):
    """And says by which list and for how long an output."""
    wire = request({"asset_id": SOURCE.id}, {"asset_id": VOICE.id}, **options)
    answer = estimated(wire, FakeAssets(SOURCE, VOICE))
    assert answer == {
        "held_millicredits": held(wire, FakeAssets(SOURCE, VOICE)),
        "speech_millicredits": 0,
        "price_list": "native/1",
        "engine": "retarget",
        "counted": "seconds",
        "count": str(longest_ms // 1000 + 1),
        "millicredits_each": "1000",
        "longest_ms": longest_ms,
        "is_provisional": False,
    }


def test_an_estimate_of_files_nobody_has_seen_is_provisional_and_makes_no_asset():
    """A URL is not fetched, no asset waits for it."""
    assets = FakeAssets(VOICE)
    wire = request({"url": "https://example.com/a.mp4"}, {"asset_id": VOICE.id})
    answer = estimated(wire, assets)
    assert (answer["is_provisional"], answer["longest_ms"]) == (True, None)
    assert set(assets.rows) == {VOICE.id}
    assert answer["held_millicredits"] == held(wire, assets) == 6_000
    with pytest.raises(InvalidSourceUrlError):
        estimated(request({"url": "http://example.com/a"}, {"asset_id": VOICE.id}), assets)
