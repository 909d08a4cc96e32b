"""A voice made by espeak-ng, with the true time of every phoneme.

espeak-ng is GPL: the platform's own program speaks, in a process of its own. It needs the `espeakng-loader` package, which the
tools have and the renderer has not.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from lipwire.adapters.speech.wav import wav_of
from lipwire.ports.speech import Spoken

ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = ROOT / "functions" / "lipwire" / "adapters" / "speech" / "espeak_program.py"
_MIDDLE_PITCH = 50


def synthesize(
    text: str, voice: str, path: Path, *, words_per_minute: int = 160
) -> list[tuple[str, float, float]]:
    """`path` is a mono WAV of the text; the answer is (IPA symbol, start, end) in seconds, pauses left out."""
    order = {
        "text": text,
        "voice": voice,
        "words_per_minute": words_per_minute,
        "pitch": _MIDDLE_PITCH,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(_PROGRAM), str(packages())],
        input=json.dumps(order).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"espeak-ng failed: {done.stderr.decode(errors='replace')[-500:]}")
    head, _, samples = done.stdout.partition(b"\n")
    said = json.loads(head)
    path.write_bytes(wav_of(Spoken(samples, said["rate"])))
    return [
        (symbol, start / said["rate"], end / said["rate"])
        for symbol, start, end in said["phonemes"]
    ]


def packages() -> Path:
    """The folder that holds espeakng-loader: this Python's, or the tools'."""
    found = importlib.util.find_spec("espeakng_loader")
    if found is not None and found.origin is not None:
        return Path(found.origin).parents[1]
    tools = ROOT / ".venv" / "tools"
    for package in tools.glob("lib/python*/site-packages/espeakng_loader"):
        return package.parent
    raise RuntimeError("no Python here has the espeakng-loader package")
