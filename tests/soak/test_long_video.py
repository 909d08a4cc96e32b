"""Ten minutes at 1080p go through the platform in parts, and no process grows with the length.

`LIPWIRE_SOAK_MINUTES` says another length; `LIPWIRE_MEDIA` where the shared media lie.
"""

import math
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from infra.local.client import Client, download

ROOT = Path(__file__).resolve().parents[2]
MEDIA = Path(os.environ.get("LIPWIRE_MEDIA") or ROOT.parent / "shared" / "media")
MINUTES = float(os.environ.get("LIPWIRE_SOAK_MINUTES") or 10)
CLIP, VOICE = MEDIA / "video/actor_f_outdoor_1080x1920_25.mp4", MEDIA / "audio/de_48k.wav"
#: A part's length: the engine's own, and of a shorter video a third.
PART_S = min(45.0, MINUTES * 20)
MOST_MEMORY_MIB = 0.9e9 / 2**20
#: The bar.
MOST_GROWTH = 1.1


@pytest.fixture
def footage(tmp_path: Path) -> tuple[Path, Path]:
    """A talking person and a voice, both of that length."""
    for path in (CLIP, VOICE):
        if not path.exists():
            pytest.skip(f"{path} is missing; set LIPWIRE_MEDIA")
    clip, voice = tmp_path / "long.mp4", tmp_path / "long.wav"
    python = ROOT / ".venv/inference/bin/python"
    paths = [CLIP, clip, VOICE, voice]
    command = [python, "-m", "tests.support.long_clip", str(MINUTES * 60), *paths]
    environment = {**os.environ, "PYTHONPATH": "functions:."}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return clip, voice


class Memory:
    """Peak memory of every render process of one platform, by Batch job and attempt."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint.encode()
        self.peaks_mib: dict[str, int] = {}
        self._is_over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Processes are looked at ten times a second."""
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._is_over.set()
            watcher.join()

    def of_rendering(self) -> float:
        """The median over the processes that drew something."""
        return median(peak for name, peak in self.peaks_mib.items() if name.startswith("render"))

    def _watch(self) -> None:
        names: dict[int, str] = {}
        while not self._is_over.wait(0.1):
            for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
                try:
                    if pid not in names:
                        names[pid] = _batch_name(pid, self._endpoint)
                    if names[pid]:
                        peak = max(self.peaks_mib.get(names[pid], 0), _peak_mib(pid))
                        self.peaks_mib[names[pid]] = peak
                except (OSError, StopIteration):
                    names.pop(pid, None)  # it ended while we looked


def _batch_name(pid: int, endpoint: bytes) -> str:
    """Task, part and process of a process that this platform's Batch started; empty for others."""
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    if b"AWS_BATCH_JOB_ID=" not in environment or os.getsid(pid) != pid:
        return ""
    if endpoint not in environment:
        return ""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    if b"entrypoint.py" not in words:
        return ""  # about to become one
    found = dict(one.split(b"=", 1) for one in environment.split(b"\0") if b"=" in one)
    part = found.get(b"AWS_BATCH_JOB_ARRAY_INDEX", b"-").decode()
    return f"{words[words.index(b'entrypoint.py') + 1].decode()} {part} {pid}"


def _peak_mib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) // 1024


def test_a_long_video_goes_through_in_parts(platform, footage, tmp_path, record_property):
    """All its frames, each process within the limit and near what the ten seconds it repeats take."""
    clip, voice = footage
    client: Client = platform.new_client(credits=10_000)
    short = Memory(platform.emulator.endpoint)
    with short.watched():
        made = client.create_job(
            client.upload(CLIP, "video/mp4"), client.upload(VOICE, "audio/wav")
        )
        assert client.finish(made["id"], timeout_s=600)["status"] == "succeeded"
    memory, began = Memory(platform.emulator.endpoint), time.monotonic()
    with memory.watched():
        source, speech = client.upload(clip, "video/mp4"), client.upload(voice, "audio/wav")
        while client.call("GET", f"/assets/{source}")["analysis"]["status"] in {"none", "running"}:
            time.sleep(1)
        analyzed = time.monotonic()
        with platform.stage_parameter("workflow.plan_render.handler", "SHARD_SECONDS", str(PART_S)):
            made = client.create_job(source, speech)
            job = client.finish(made["id"], timeout_s=300 + MINUTES * 60 * 20)
    ended = time.monotonic()
    told = {
        "minutes": MINUTES,
        "analyzing_s": round(analyzed - began),
        "job_s": round(ended - analyzed),
        "peaks_mib": memory.peaks_mib,
        "peaks_of_ten_seconds_mib": short.peaks_mib,
    }
    record_property("soak", str(told))
    print(told)
    assert job["status"] == "succeeded", job["error"]
    frames = round(MINUTES * 60 * 25)
    assert abs(job["output"]["frames"] - frames) <= 1
    assert (job["output"]["width"], job["output"]["height"]) == (1080, 1920)
    parts = platform.batch_job(f"render-{made['id']}")["arrayProperties"]["size"]
    assert parts == min(20, math.ceil(MINUTES * 60 / PART_S))
    assert sum(name.startswith("render") for name in memory.peaks_mib) >= parts
    assert max(memory.peaks_mib.values()) <= MOST_MEMORY_MIB, memory.peaks_mib
    assert memory.of_rendering() <= MOST_GROWTH * short.of_rendering(), told
    download(job["output"]["url"], tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").stat().st_size == job["output"]["size_bytes"]
