"""Real footage through the public API, looked at afresh: is it the same person, saying that, with nothing else touched?

Needs the test media (`LIPWIRE_MEDIA`) and the running platform; says so and gives nothing where there is none.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.figure import Figure
from infra.local.client import Client, download
from infra.local.up import PLATFORM, read_running

ROOT: Final = Path(__file__).resolve().parents[1]
MEDIA: Final = Path(os.environ.get("LIPWIRE_MEDIA", ROOT.parent / "shared" / "media"))
INFERENCE: Final = ROOT / ".venv" / "inference" / "bin" / "python"
PAIRS: Final = (
    ("video/actor_f_outdoor_1080x1920_25.mp4", "video/mp4", "audio/de_48k.wav"),
    ("portrait/art_2.png", "image/png", "audio/fr_48k.wav"),
)


def figures() -> Iterator[Figure]:
    """For each pair: opening correlation, identity drift, picture outside the mouth and jaw, length, speed."""
    if not MEDIA.exists():
        sys.stdout.write("footage: no test media, left out (LIPWIRE_MEDIA names the folder)\n")
        return
    local = json.loads((ROOT / ".lipwire" / "local.json").read_text())
    client = Client(local["base_url"], local["api_key"])
    for source, content_type, speech in PAIRS:
        yield from _dub(client, MEDIA / source, content_type, MEDIA / speech)


def _dub(client: Client, source: Path, content_type: str, speech: Path) -> Iterator[Figure]:
    name = source.stem
    began = time.monotonic()
    job = client.create_job(
        client.upload(source, content_type), client.upload(speech, "audio/wav"), name=name
    )
    done = client.finish(job["id"], timeout_s=1800)
    took = time.monotonic() - began
    if done["status"] != "succeeded":
        raise SystemExit(f"{name}: {done['error']}")
    output = ROOT / "out" / f"{name}_dubbed.mp4"
    output.parent.mkdir(exist_ok=True)
    download(done["output"]["url"], output)
    quality = ROOT / "out" / f"{name}_quality.json"
    quality.write_text(json.dumps(_report(job["id"])["quality"]))
    found = _measure(source, speech, output, quality)
    for key, text in found["kept"].items():
        sys.stdout.write(f"{name}: {key} {text}\n")
    yield Figure(
        f"{name}: opening, target to output, r", found["opening_r"], "r", 0.95, at_least=True
    )
    yield Figure(f"{name}: identity drift, rigid landmarks", found["drift"], "iod", 0.05)
    yield Figure(f"{name}: output length off the voice's", found["length_off_frames"], "frames", 1)
    yield Figure(f"{name}: kept properties that changed", found["changed"], "count", 0)
    if "psnr_outside" in found:
        sys.stdout.write(
            f"{name}: outside mouth and jaw {found['psnr_outside']:.2f} dB, "
            f"plain re-encoding {found['psnr_plain']:.2f} dB\n"
        )
        loss = found["psnr_plain"] - found["psnr_outside"]
        yield Figure(f"{name}: PSNR lost outside mouth and jaw", loss, "dB", 0.1)
    seconds = done["output"]["duration_ms"] / 1000
    yield Figure(f"{name}: whole job / length of the output", took / seconds, "ratio", 6)


def _report(job_id: str) -> dict[str, Any]:
    """What the container left behind, read as the operator."""
    from infra.local.deployment import resource_names
    from infra.local.platform import Emulator

    running = read_running()
    if running is None:
        raise SystemExit("the platform is not running: `make up` first")
    emulator = Emulator(running.emulator_pid, running.emulator_port, PLATFORM)
    bucket = resource_names(emulator)["WORK_BUCKET"]
    body = emulator.client("s3").get_object(Bucket=bucket, Key=f"results/{job_id}.json")["Body"]
    found: dict[str, Any] = json.loads(body.read())
    return found


def _measure(source: Path, speech: Path, output: Path, quality: Path) -> dict[str, Any]:
    command = [
        str(INFERENCE),
        "-m",
        "benchmarks.look",
        *map(str, (source, speech, output, quality)),
    ]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
