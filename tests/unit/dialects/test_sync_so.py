"""What sync.so's own SDK makes of our answers, what verifies our signature, and a job whose files come along."""

import hashlib
import hmac
import json
import re
from types import SimpleNamespace

import pytest

from lipwire.adapters.memory_limits import MemoryLimits
from lipwire.dialects.base import WireRequest
from lipwire.dialects.sync_so.batches import from_output, to_output
from lipwire.dialects.sync_so.codec import from_created, to_generate
from lipwire.dialects.sync_so.webhooks import WEBHOOK
from lipwire.domain.assets import AssetStatus
from lipwire.domain.batches import Batch
from lipwire.domain.commands import CreateBatch, CreateJob
from lipwire.domain.errors import (
    BatchNotFoundError,
    InvalidWebhookUrlError,
    RateLimitedError,
)
from lipwire.domain.events import BatchCompleted, envelope
from lipwire.domain.jobs import JobStatus
from lipwire.domain.webhooks import VendorMessage
from lipwire.usecases.create_batch import create_batch
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from lipwire.usecases.read_batch_output import read_batch_output
from lipwire.webhook_views import DialectJobViews
from tests.support.builders import (
    ACCOUNT,
    NOW,
    a_caller,
    a_job,
    a_report,
    an_asset,
    video_info,
    voice_info,
)
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeLedger,
    FakeUploads,
)
from tests.support.fakes_batches import FakeBatches, FakeLines
from tests.support.fakes_consents import FakeConsents
from tests.support.fakes_webhooks import FakeDeliveries, FakeEndpoints, FakeQueue, a_delivery
from tests.support.goldens import BOUNDARY, a_form, told
from tests.support.new_jobs import a_new_view


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
    view = a_new_view(to_generate(request), assets, uploads)
    source, speech = assets.get(view.job.source_id), assets.get(view.job.speech_id)
    assert (source.filename, source.content_type, source.size_bytes) == ("v.mp4", "video/mp4", 6)
    assert {one.status for one in (source, speech)} == {AssetStatus.AWAITING_UPLOAD}
    assert uploads.written == {source.key: b"moving", speech.key: b"spoken"}
    assert json.loads(from_created(view).body)["input"] == [
        {"type": "video", "assetId": source.id},
        {"type": "audio", "assetId": speech.id},
    ]


TOKEN = "c0ffee" * 6 + "c0de"
BATCH = Batch(
    id=f"bat_{'0' * 26}",
    account_id=ACCOUNT,
    job_ids=(a_job().id,),
    created_at=NOW,
    dialect="sync_so",
    echo={"origin": "https://lipwire.test"},
    webhook_url="https://hooks.test/b",
    output_token=TOKEN,
)


class Batches:
    """Everything about one batch, over fakes."""

    def __init__(self, **changes: object) -> None:
        done = {"status": JobStatus.SUCCEEDED, "output": a_report().output}
        self.jobs = FakeJobs(a_job(**done | changes))
        self.store = FakeBatches(self.jobs)
        self.store.rows[BATCH.id] = BATCH
        self.limits = MemoryLimits()

    def read(self, token: str) -> str:
        """What the results' address answers with."""
        results = SimpleNamespace(sign=lambda key, **_: f"https://results.test/{key}")
        command = to_output(
            WireRequest(
                method="GET", path="/", path_params={"id": BATCH.id}, query={"token": token}
            )
        )
        view = read_batch_output(
            command,
            batches=self.store,
            results=results,
            limiter=self.limits,
            clock=FakeClock(),
        )
        return from_output(view).body

    def told(self, **changes: object) -> VendorMessage | None:
        """What its own URL is told."""
        delivery = a_delivery(
            job_id=None,
            type="batch.completed",
            format="sync_so",
            data={"batch_id": BATCH.id},
            **changes,
        )
        return DialectJobViews(self.jobs, self.store, None, FakeClock()).vendor_message(delivery)


def test_results_are_for_whoever_has_the_batchs_token():
    """Links signed anew at each read; another token, and a batch without one, is no batch."""
    desk = Batches()
    (line,) = desk.read(TOKEN).splitlines()
    assert json.loads(line)["response"]["outputUrl"].startswith("https://results.test/outputs/")
    for token in ("", TOKEN[:-1], TOKEN.upper(), TOKEN[::-1]):
        with pytest.raises(BatchNotFoundError):
            desk.read(token)
    desk.store.rows[BATCH.id] = BATCH.model_copy(update={"output_token": None})
    with pytest.raises(BatchNotFoundError):
        desk.read(TOKEN)


def test_results_name_no_receiver():
    """Whoever has the link may be a stranger: where a job's end is told, with whatever secret that URL holds, is not shown."""
    desk = Batches(webhook_url="https://hooks.test/w?secret=1")
    assert "hooks.test" not in desk.read(TOKEN)
    assert json.loads(desk.read(TOKEN))["response"]["webhookUrl"] is None


def test_what_can_be_no_link_is_not_looked_for_and_a_link_is_opened_so_often():
    """Nobody has a key here, so each link has a limit of its own."""
    desk = Batches()
    desk.store.get = None
    with pytest.raises(BatchNotFoundError):
        desk.read("0" * 41)
    del desk.store.get
    for _ in range(30):
        desk.read(TOKEN)
    with pytest.raises(RateLimitedError):
        desk.read(TOKEN)


def test_a_batchs_own_url_is_told_in_the_vendors_words():
    """Its counts and where its results are; a batch that is gone, or another account's, is told to nobody."""
    desk = Batches()
    message = desk.told()
    assert message.payload["metrics"]["success_count"] == 1
    assert message.payload["outputUrl"].endswith("/output?token=" + TOKEN)
    assert "sync-signature" in message.sign(b"{}", "whsec_key", NOW)
    assert desk.told(account_id=f"acct_{'9' * 26}") is None
    desk.store.rows.clear()
    assert desk.told() is None


def test_a_batch_that_ends_is_owed_to_its_own_url():
    """In its dialect's words, once, beside the endpoints that hear of batches."""
    desk, deliveries, queue = Batches(), FakeDeliveries(), FakeQueue()
    event = envelope(
        BatchCompleted(batch_id=BATCH.id, succeeded=1, failed=0, canceled=0),
        event_id=f"evt_{7:026d}",
        account_id=ACCOUNT,
        occurred_at=NOW,
        correlation_id=BATCH.id,
    )
    for _ in range(2):
        assert (
            fan_out_webhook(
                event,
                jobs=desk.jobs,
                batches=desk.store,
                endpoints=FakeEndpoints(),
                deliveries=deliveries,
                queue=queue,
                clock=FakeClock(),
            )
            == 1
        )
    (row,) = deliveries.rows.values()
    assert (row.url, row.format, row.type) == (BATCH.webhook_url, "sync_so", "batch.completed")


def test_a_batch_is_made_with_a_token_and_a_url_that_is_allowed():
    """160 bits; a rehearsal and a URL that is refused make nothing."""
    jobs = FakeJobs()
    store = FakeBatches(jobs)
    voice, video = (an_asset(n, media=info()) for n, info in ((2, voice_info), (1, video_info)))
    job = CreateJob(source_id=video.id, speech_id=voice.id)

    def create(**changes: object) -> Batch:
        command = CreateBatch(jobs=(job,), dialect="sync_so", **changes)
        return create_batch(
            command,
            a_caller(),
            batches=store,
            consents=FakeConsents(),
            consent_required=False,
            assets=FakeAssets(video, voice),
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            source_urls=AnyUrl(),
            clock=FakeClock(),
            ids=FakeIds(),
            lines=FakeLines,
            ledger=FakeLedger,
        ).batch

    create(is_rehearsal=True)
    with pytest.raises(InvalidWebhookUrlError):
        create(webhook_url="http://hooks.test/b")
    assert store.rows == {}
    made = create(webhook_url="https://hooks.test/b")
    assert (made.dialect, made.webhook_url) == ("sync_so", "https://hooks.test/b")
    assert re.fullmatch("[0-9a-f]{40}", made.output_token)
