"""`make demo`: a portrait speaks, then the video is dubbed; over the public HTTP API, webhook verified, ledger shown."""

import json
import mimetypes
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from infra.local.client import Client, download
from infra.local.receiver import Receiver
from infra.local.voice import speak

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "out"
INFERENCE: Final = ROOT / ".venv" / "inference" / "bin" / "python"

ENGLISH: Final = "Hello. One small step for a portrait, and now I speak with your voice."
SPANISH: Final = "Hola. Un pequeño paso para un retrato, y ahora hablo también en español."


def main() -> int:
    """Both videos and the picture lie in `out/`; 0 when every step held."""
    OUT.mkdir(exist_ok=True)
    client = _client()
    video, voice = os.environ.get("LIPWIRE_DEMO_VIDEO"), os.environ.get("LIPWIRE_DEMO_VOICE")
    receiver = Receiver()
    with receiver.running():
        endpoint = client.call("POST", "/webhook-endpoints", {"url": receiver.url})
        receiver.trust(endpoint["secret"])
        try:
            _say(f"Lipwire at {client.base_url}, webhooks to {receiver.url}")
            _show_credits(client, "before")
            source = Path(video) if video else _astronaut()
            speech = Path(voice) if voice else _voice("en-us", ENGLISH)
            first = OUT / "demo.mp4"
            _run(client, receiver, f"1. {source.name} speaks", source, speech, first)
            made = [first]
            if not (video or voice):
                made.append(OUT / "demo_dubbed.mp4")
                spanish = _voice("es", SPANISH)
                _run(client, receiver, "2. dubbed into Spanish", first, spanish, made[-1])
            _show_credits(client, "after")
        finally:
            client.call("DELETE", f"/webhook-endpoints/{endpoint['id']}")
    _picture(made, OUT / "demo.png")
    for path in (*made, OUT / "demo.png"):
        _say(f"  {path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")
    _say("\nNext: LIPWIRE_DEMO_VIDEO=face.mp4 LIPWIRE_DEMO_VOICE=voice.wav make demo")
    _say(f"      every route: {client.base_url}/docs · stop it: make down")
    return 0


def _client() -> Client:
    """A client of the running platform; brings it up first."""
    subprocess.run([sys.executable, "-m", "infra.local.up"], cwd=ROOT, check=True)
    local = json.loads((ROOT / ".lipwire" / "local.json").read_text())
    return Client(local["base_url"], local["api_key"])


def _run(
    client: Client, receiver: Receiver, title: str, source: Path, speech: Path, result: Path
) -> None:
    _say(f"\n{title}")
    began = time.monotonic()
    source_id = client.upload(source, _type_of(source))
    speech_id = client.upload(speech, _type_of(speech))
    job = client.create_job(source_id, speech_id, name=result.stem)
    bar = Bar()
    done = client.finish(job["id"], timeout_s=1800, told=bar.show)
    bar.end()
    if done["status"] != "succeeded":
        raise SystemExit(f"the job {done['status']}: {json.dumps(done['error'])}")
    download(done["output"]["url"], result)
    told = receiver.wait(60)
    if not told.verified or told.payload["data"]["id"] != job["id"]:
        raise SystemExit("the webhook's signature did not hold")
    output = done["output"]
    _say(
        f"  {output['width']}x{output['height']}, {output['frames']} frames, "
        f"{output['duration_ms'] / 1000:.2f} s of video in {time.monotonic() - began:.1f} s"
    )
    _say(f"  webhook {told.payload['type']} received, signature verified")
    held, charged = job["credits"]["held_millicredits"], done["credits"]["charged_millicredits"]
    _say(
        f"  credits: {held / 1000:.3f} held at first, {charged / 1000:.3f} charged, the rest released"
    )


class Bar:
    """A job's progress: one line drawn over itself on a terminal, one line for each stage in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._stage = ""

    def show(self, job: dict[str, Any]) -> None:
        """`job` as the API tells it."""
        if self._terminal:
            filled = int(job["progress"] * 30 / 100)
            drawn = "█" * filled + "·" * (30 - filled)
            sys.stdout.write(f"\r  [{drawn}] {job['progress']:3d} % {job['stage']:<12}")
            sys.stdout.flush()
        elif job["stage"] != self._stage:
            self._stage = job["stage"]
            _say(f"  {job['progress']:3d} % {job['stage']}")

    def end(self) -> None:
        """What comes next stands on a line of its own."""
        if self._terminal:
            sys.stdout.write("\n")


def _show_credits(client: Client, when: str) -> None:
    credits = client.call("GET", "/account")["credits"]
    _say(
        f"credits {when}: {credits['balance_millicredits'] / 1000:.3f} owned, "
        f"{credits['held_millicredits'] / 1000:.3f} of them held"
    )


def _astronaut() -> Path:
    """The public-domain portrait inside scikit-image: read as a file, the package itself isn't imported."""
    spec = find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("scikit-image is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "data" / "astronaut.png"


def _voice(voice: str, text: str) -> Path:
    path = OUT / f"voice_{voice}.wav"
    speak(text, voice, path)
    return path


def _picture(videos: list[Path], path: Path) -> None:
    """Drawn in the renderer's environment, which has the landmarks."""
    command = [str(INFERENCE), "-m", "infra.local.picture", str(path), *map(str, videos)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        # Only then: the landmark model's libraries write to stderr whatever happens.
        raise SystemExit(f"the picture could not be drawn:\n{done.stderr[-3000:]}")


def _type_of(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
