"""Options over HTTP, on the deployed platform: honoured in the output, told in the job, refused for nothing."""

import json
import struct
import wave
import zlib
from pathlib import Path

import pytest

from infra.local.client import ApiError, Client, download
from tests.support.platform import until

DONE_S = 180
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def client(platform) -> Client:
    """A fresh account with 1,000 credits."""
    return platform.new_client(credits=1000)


@pytest.fixture(scope="module")
def mask(tmp_path_factory) -> Path:
    """A small PNG whose upper half must not change."""
    width, height = 16, 16
    rows = b"".join(b"\0" + bytes([255 if y >= height // 2 else 0] * width) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    path = tmp_path_factory.mktemp("mask") / "mask.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def test_options_are_honoured_and_told(client, clip, voice, mask, tmp_path):
    """Trim, height, measure, mask and name at once: the output is so, and report and warnings are objects."""
    options = {
        "trim_start": 0.4,
        "trim_end": 1.0,
        "when_shorter": "silence",
        "when_longer": "keep",
        "height": 480,
        "expressiveness": 0.8,
        "original_sound": "mix",
        "output_name": "Mein Clip",
        "mask": {"asset_id": client.upload(mask, "image/png")},
    }
    made = client.create_job(
        client.upload(clip, "video/mp4"), client.upload(voice, "audio/wav"), options=options
    )
    assert made["options"]["output_name"] == "Mein Clip.mp4"
    job = client.finish(made["id"], timeout_s=DONE_S)
    assert job["status"] == "succeeded", job["error"]
    output = job["output"]
    assert (output["width"], output["height"], output["frames"]) == (480, 480, 15)
    assert output["duration_ms"] == 600
    assert "Mein%2520Clip.mp4" in output["url"] or "Mein%20Clip.mp4" in output["url"]
    download(output["url"], tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").stat().st_size == output["size_bytes"]
    told = {warning["code"]: warning for warning in job["warnings"]}
    assert told["option_without_effect"]["details"] == {"option": "when_longer"}
    assert told["option_without_effect"]["message"].endswith(".")
    report = job["quality_report"]
    assert report["engine"] == "retarget"
    assert isinstance(report["spans"], list)
    assert 0 <= report["score"] <= 1


def test_an_option_that_is_refused_costs_nothing(client, portrait, voice):
    """At the door, or when the file has been looked into: no render, and all credits are back."""
    before = client.call("GET", "/account")["credits"]
    source, speech = client.upload(portrait, "image/png"), client.upload(voice, "audio/wav")
    with pytest.raises(ApiError) as caught:
        client.create_job(source, speech, options={"height": 481})
    assert (caught.value.status, caught.value.code) == (422, "invalid_option")
    assert refused_in_the_end(client, source, speech) == "option_not_supported"
    assert client.call("GET", "/account")["credits"] == before


def refused_in_the_end(client: Client, source: str, speech: str) -> str:
    """The code that a trimmed picture is refused with: at once where it has been looked into, else by the job."""
    try:
        made = client.create_job(source, speech, options={"trim_start": 0.5})
    except ApiError as refused:
        return str(refused.code)
    job = client.finish(made["id"], timeout_s=DONE_S)
    assert job["status"] == "failed"
    assert job["credits"]["charged_millicredits"] == 0
    return str(job["error"]["code"])


def test_a_text_becomes_a_voice_and_a_video(client, portrait, tmp_path):
    """Spoken on its own it is an asset that is paid by its characters; in a job its own times move the mouth."""
    made = client.call("POST", "/speech", {"text": "Hello, my moon.", "voice": "espeak/en-us"})
    assert (made["status"], made["characters"], made["charged_millicredits"]) == (
        "awaiting_upload",
        15,
        2,
    )
    job = client.call(
        "POST",
        "/jobs",
        {
            "source": {"asset_id": client.upload(portrait, "image/png")},
            "speech": {"text": "Papa may bob.", "language": "en-US", "rate": 1.25},
        },
    )
    spoken = until(
        lambda: client.call("GET", f"/speech/{made['asset_id']}"),
        lambda found: found["status"] == "ready",
        timeout_s=DONE_S,
    )
    download(spoken["audio_url"], tmp_path / "spoken.wav")
    with wave.open(str(tmp_path / "spoken.wav")) as sound:
        assert -(-1000 * sound.getnframes() // sound.getframerate()) == spoken["duration_ms"]
    download(spoken["phonemes_url"], tmp_path / "spoken.json")
    sounds = [one["symbol"] for one in json.loads((tmp_path / "spoken.json").read_text())]
    assert sounds.count("m") == 2
    found = client.finish(job["id"], timeout_s=DONE_S)
    assert found["status"] == "succeeded", found["error"]
    assert found["quality_report"]["speech_model"] == "phoneme-times"
    assert found["quality_report"]["closures"] >= 4
    download(found["output"]["url"], tmp_path / "spoken.mp4")
    spent = {
        one["kind"]: one["amount_millicredits"] for one in client.call("GET", "/ledger")["items"]
    }
    # 13 characters cost two milli-credits, as do 15.
    assert (spent["CHARGE"], spent["SETTLE"] - 2) == (2, found["output"]["duration_ms"])
    left = client.call("GET", "/account")["credits"]["balance_millicredits"]
    assert left == 1_000_000 - 2 - found["credits"]["charged_millicredits"]
