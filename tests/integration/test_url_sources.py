"""Jobs whose media lies at a URL, through the deployed app."""

import json
import socket
import threading
import urllib.request

import pytest

from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.s3 import S3Objects
from lipwire.adapters.s3_writer import PART_BYTES
from tests.support.platform import PAGES_LAYER, until
from tests.support.strangers import says, serving

DONE_S = 150
TEXT = b"Not a video.\n" * 100
PAGE = b"<!doctype html><title>A talk</title><video src='/talk.mp4?key=planted-secret'></video>"


def answer(body: bytes, status: bytes = b"200 OK", *lines: bytes) -> bytes:
    """A whole answer."""
    length = b"content-length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, length, *lines, b"", body])


def ended(client, port: int, path: str = "/clip.mp4?signature=planted-secret"):
    """The job with source and speech from that server, once it has ended."""
    media = {"url": f"http://127.0.0.1:{port}{path}"}
    job = client.call("POST", "/jobs", {"source": media, "speech": media})
    return client.finish(job["id"], timeout_s=DONE_S)


@pytest.mark.fault(53)
def test_what_a_url_gives_is_judged_by_the_probe(platform):
    """A text that calls itself a video is fetched whole, looked into, refused unpaid; the URL is told nowhere."""
    client = platform.new_client()
    with serving(says(answer(TEXT, b"200 OK", b"content-type: video/mp4"))) as port:
        job = ended(client, port)
    assert job["status"] == "failed"
    assert job["error"]["code"] == "unsupported_media"
    asset = client.call("GET", f"/assets/{job['source']['asset_id']}")
    assert (asset["filename"], asset["size_bytes"]) == ("clip.mp4", len(TEXT))
    assert "planted-secret" not in f"{job}{asset}"
    for name in (f"{task}-{job['id']}" for task in ("render", "prepare", "assemble")):
        assert platform.count_batch_jobs(name) == 0
    assert platform.count_batch_jobs(f"analyze-{asset['id']}") == 0
    assert client.call("GET", "/account")["credits"]["held_millicredits"] == 0


@pytest.mark.skipif(not PAGES_LAYER.exists(), reason="the layer with yt-dlp is not built")
def test_the_file_that_a_page_shows_is_fetched(platform):
    """The page is read by a function of its own, the file by the same step as any other; neither URL is told."""
    client = platform.new_client()

    def serve(connection: socket.socket, request: bytes) -> None:
        is_file = b" /talk.mp4?key=planted-secret " in request
        kind = b"content-type: " + (b"video/mp4" if is_file else b"text/html")
        connection.sendall(answer(TEXT if is_file else PAGE, b"200 OK", kind))

    with serving(serve) as port:
        job = ended(client, port, "/talks/1?signature=planted-secret")
    assert job["error"]["code"] == "unsupported_media", job
    asset = client.call("GET", f"/assets/{job['source']['asset_id']}")
    assert asset["size_bytes"] == len(TEXT)
    assert "planted-secret" not in f"{job}{asset}"
    assert "planted-secret" not in platform.emulator.log.read_text()


@pytest.mark.fault(43, 51)
def test_a_url_that_leads_to_our_own_host_is_refused(platform):
    """At first by its form, later at the redirect's hop; the job fails with a stable code and unpaid."""
    client = platform.new_client()
    own = platform.emulator.endpoint.encode()
    with serving(says(answer(b"", b"302 Found", b"location: " + own))) as port:
        job = ended(client, port)
    assert job["status"] == "failed"
    assert job["error"]["code"] == "source_unreachable"
    assert "planted-secret" not in str(job)


def test_an_upload_that_is_fetched_is_counted_until_that_ends(platform):
    """By the functions as they are deployed: it arrives, its URL refuses it, or its sender gives it up meanwhile."""
    client = platform.new_client()
    limits = DynamoLimits(platform.aws("dynamodb"), table=platform.names["LIMITS_TABLE"])
    account_id, goes_on = platform.account_of(client), threading.Event()

    def serve(connection: socket.socket, request: bytes) -> None:
        goes_on.wait(60)
        status = b"404 Not Found" if b" /none.mp4 " in request else b"200 OK"
        connection.sendall(answer(TEXT, status))

    def ask(path: str, body: dict[str, str] | None = None) -> dict[str, str]:
        request = urllib.request.Request(
            f"{platform.base_url}{path}",
            data=json.dumps(body).encode() if body else b"",
            headers={"x-api-key": client.api_key, "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as found:
            return json.loads(found.read() or b"{}").get("data")

    with serving(serve) as port:
        made = [
            ask(
                "/v1/video",
                {
                    "file_name": "a.mp4",
                    "content_type": "video/mp4",
                    "video_source_url": f"http://127.0.0.1:{port}/{name}.mp4",
                },
            )
            for name in ("there", "none", "given-up")
        ]
        assert len(limits.fetches(account_id)) == 3
        ask(made[2]["failure_url"])
        assert len(limits.fetches(account_id)) == 2
        goes_on.set()
        until(lambda: limits.fetches(account_id), lambda left: not left, timeout_s=DONE_S)


def test_an_object_of_many_parts_is_there_once_its_writer_is_done(platform):
    """Not before, and not at all after an error."""
    uploads = S3Objects(platform.aws("s3"), bucket=platform.names["UPLOADS_BUCKET"])
    key = "uploads/acct_writer/ast_writer/source"
    with uploads.writer(key) as sink:
        sink.write(bytes(PART_BYTES))
        sink.restart()
        for _ in range(3):
            sink.write(bytes(PART_BYTES // 2 + 1))
        assert uploads.head(key) is None
    found = uploads.head(key)
    assert found is not None
    assert found[0] == 3 * (PART_BYTES // 2 + 1)
    uploads.delete_prefix(key)
