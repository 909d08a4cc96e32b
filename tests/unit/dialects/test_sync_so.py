"""What sync.so's own SDK makes of our answers, what verifies our signature, and a job whose files come along."""

import hashlib
import hmac
import json
import re

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.sync_so.codec import from_created, to_generate
from lipwire.dialects.sync_so.webhooks import WEBHOOK
from lipwire.domain.assets import AssetStatus
from lipwire.usecases.create_job import create_job
from tests.support.builders import NOW, a_caller
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
from tests.support.goldens import BOUNDARY, a_form, told


def test_the_signature_is_the_vendors():
    """`t=`, `v1=`: an HMAC over timestamp, full stop and body, keyed by the secret as it is written."""
    header = WEBHOOK.sign(b"{}", "whsec_key", NOW)["sync-signature"]
    timestamp, signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", header).groups()
    assert int(timestamp) == NOW.timestamp()
    signed = f"{timestamp}.{{}}".encode()
    assert signature == hmac.new(b"whsec_key", signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("one", list(told("sync_so")), ids=lambda one: one["type"])
def test_a_receiver_may_parse_a_payload_and_sign_what_javascript_writes_of_it(one):
    """The vendor's sample does: so no number may have a fraction that JavaScript leaves out."""
    assert not re.search(r"\d\.0\b(?!\d)", re.sub(r'"[^"]*"', "", json.dumps(one["payload"])))


def test_files_of_a_form_become_assets_of_the_account():
    """Their bytes lie in the bucket before the job begins, and the answer names them."""
    form = {
        "model": "lipsync-2",
        "video": {"filename": "v.mp4", "content_type": "video/mp4", "text": "moving"},
        "audio": {"filename": "a.wav", "content_type": "audio/wav", "text": "spoken"},
    }
    request = WireRequest(
        method="POST",
        path="/v2/generate",
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=a_form(form),
    )
    assets, uploads = FakeAssets(), FakeUploads()
    view = create_job(
        to_generate(request),
        a_caller(),
        jobs=FakeJobs(),
        consents=FakeConsents(),
        consent_required=False,
        assets=assets,
        uploads=uploads,
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )
    source, speech = assets.get(view.job.source_id), assets.get(view.job.speech_id)
    assert (source.filename, source.content_type, source.size_bytes) == ("v.mp4", "video/mp4", 6)
    assert {one.status for one in (source, speech)} == {AssetStatus.AWAITING_UPLOAD}
    assert uploads.written == {source.key: b"moving", speech.key: b"spoken"}
    assert json.loads(from_created(view).body)["input"] == [
        {"type": "video", "assetId": source.id},
        {"type": "audio", "assetId": speech.id},
    ]
