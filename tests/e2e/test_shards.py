"""A long output is made in parts side by side, and nobody can tell from the result."""

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from infra.local.client import Client, download
from infra.local.voice import speak
from tests.e2e.conftest import ROOT
from tests.e2e.test_interruptions import DONE_S, is_alive, rendering_job
from tests.e2e.test_journey import credits_of, eventually
from tests.support.platform import until


@pytest.fixture
def client(platform) -> Client:
    """A fresh account with 1,000 credits."""
    return platform.new_client(credits=1000)


@pytest.fixture
def sentence(tmp_path) -> Path:
    """Between two and three seconds, with a pause inside."""
    path = tmp_path / "sentence.wav"
    speak("Mama may come. Papa is a very warm man.", "en-us", path)
    return path


@contextmanager
def parts_of(platform, seconds: str):
    """Outputs are cut into parts of about this length."""
    with platform.stage_parameter("workflow.plan_render.handler", "SHARD_SECONDS", seconds):
        yield


def test_parts_make_the_output_that_one_render_makes(
    platform, client, portrait, sentence, tmp_path
):
    """One part is killed midway and alone is tried again: same frames, times, sound, report and price."""
    source, speech = client.upload(portrait, "image/png"), client.upload(sentence, "audio/wav")
    whole = client.finish(client.create_job(source, speech)["id"], timeout_s=DONE_S)
    assert whole["status"] == "succeeded", whole["error"]
    with parts_of(platform, "0.9"):
        made = client.create_job(source, speech)
        name = f"render-{made['id']}"

        def rendering() -> dict:
            is_rendering = client.call("GET", f"/jobs/{made['id']}")["stage"] == "rendering"
            return platform.batch_pids(name) if is_rendering else {}

        killed, pid = max(until(rendering, bool, timeout_s=DONE_S).items())
        os.kill(pid, signal.SIGKILL)
        seen = []
        joined = client.finish(
            made["id"], timeout_s=DONE_S, told=lambda job: seen.append(job["progress"])
        )
    assert joined["status"] == "succeeded", joined["error"]
    assert platform.batch_job(name)["arrayProperties"]["size"] == 3
    codes = {
        n: [one["container"]["exitCode"] for one in platform.batch_job(name, child=n)["attempts"]]
        for n in range(3)
    }
    assert codes == {0: [0], 1: [0], 2: [0]} | {killed: [137, 0]}
    assert all(later >= earlier for earlier, later in pairwise(seen)), seen

    same = ("width", "height", "fps", "frames", "duration_ms")
    assert {key: joined["output"][key] for key in same} == {
        key: whole["output"][key] for key in same
    }
    assert joined["quality_report"] == whole["quality_report"]
    assert joined["credits"] == whole["credits"]
    assert credits_of(client)["held_millicredits"] == 0
    for job in (whole, joined):
        download(job["output"]["url"], tmp_path / f"{job['id']}.mp4")
        download(job["output"]["cover_url"], tmp_path / f"{job['id']}.jpg")
    one, other = (tmp_path / f"{job['id']}.mp4" for job in (whole, joined))
    found = compared(one, other)
    assert found["frames"] == joined["output"]["frames"]
    assert found["same_times"]
    assert found["same_sound"]
    assert found["sound_packets"] > 10
    # By coding alone: each part starts with a picture of its own.
    assert found["worst_difference"] < 2
    assert one.with_suffix(".jpg").read_bytes() == other.with_suffix(".jpg").read_bytes()
    assert platform.work_keys(f"parts/{made['id']}/") == []
    assert platform.count_events("JobSucceeded", made["id"]) == 1


def test_a_cancel_ends_every_part(platform, client, portrait, long_voice):
    """No process is left, and the whole hold is released."""
    with parts_of(platform, "3"):
        job = rendering_job(client, portrait, long_voice)
        name = f"render-{job['id']}"
        size = platform.batch_job(name)["arrayProperties"]["size"]
        pids = platform.batch_pids(name)
        assert len(pids) > 1
        client.call("POST", f"/jobs/{job['id']}/cancel")
    for pid in pids.values():
        eventually(lambda pid=pid: is_alive(pid), lambda alive: not alive, timeout_s=30)
    ended = until(
        lambda: {platform.batch_job(name, child=n)["status"] for n in range(size)},
        lambda found: found <= {"FAILED", "SUCCEEDED"},
        timeout_s=60,
    )
    assert "FAILED" in ended
    assert credits_of(client)["available_millicredits"] == 1_000_000
    client.call("DELETE", f"/jobs/{job['id']}")
    assert platform.work_keys(f"parts/{job['id']}/") == []


def compared(one: Path, other: Path) -> dict:
    """What `tests.support.same_video` says of the two files."""
    command = [ROOT / ".venv/inference/bin/python", "-m", "tests.support.same_video", one, other]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)
