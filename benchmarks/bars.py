"""The looks of a dub and the hearing under it, against their bars: what the renderer's own tests of bars measure.

The tests hold each bar over some seconds (or, where one is not reached yet, how near it has come) and put what they
saw into their report; here they are run over whole voices (`LIPWIRE_BARS=whole`), and read. Without the test media only
what needs none of it is measured.
"""

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure
from benchmarks.footage import INFERENCE, ROOT

TESTS: Final = (
    "tests/render/test_bars_clip.py",
    "tests/render/test_bars_portrait.py",
    "tests/render/test_outside.py",
    "tests/render/test_speech.py",
)
#: Recorded property -> (what it is, unit, bar, whether the bar is to be reached).
BARS: Final[dict[str, tuple[str, str, float | None, bool]]] = {
    "opening_r": ("opening, target to output", "r", 0.95, True),
    "width_r": ("width, target to output", "r", 0.92, True),
    "old_mouth_r": ("old mouth left in the output beyond what is asked", "abs r", 0.15, False),
    "old_mouth_raw_r": ("the same with what is asked", "abs r", 0.15, False),
    "open_when_closed": ("opening where m, b, p close the lips", "iod", 0.015, False),
    "flicker_ratio": ("flicker / the source's own", "ratio", 1.10, False),
    "real_mouth_r": ("a real speaker's opening, from their voice", "r", None, True),
    "known_recall": ("m, b, p of espeak-ng's voices heard", "share", None, True),
    "known_precision": ("m, b, p heard that are some", "share", None, True),
    "known_opening": ("opening of espeak-ng's voices", "r", None, True),
    "psnr_lost_db": ("PSNR lost outside of the edited region", "dB", 0.1, False),
}
CARD: Final = ROOT / "functions" / "lipwire" / "render" / "speech" / "visemes.json"
#: Of the network: measured when it was trained, on speech that it never heard.
HEARING: Final = {
    "held_out_voice": ("a voice", 0.80, 0.78),
    "held_out_language": ("a language", 0.82, 0.78),
}


def figures() -> Iterator[Figure]:
    """The bars of the looks, test by test, then those of the hearing."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _looks(Path(folder) / "report.xml")
    card = json.loads(CARD.read_text())
    for key, (name, accuracy, recall) in HEARING.items():
        found = card[key]
        yield Figure(
            f"{name} left out of training: frames heard right",
            found["frame_accuracy"],
            "share",
            accuracy,
            at_least=True,
        )
        yield Figure(
            f"{name} left out of training: m, b, p heard",
            found["mbp_recall"],
            "share",
            recall,
            at_least=True,
        )


def _looks(report: Path) -> Iterator[Figure]:
    done = subprocess.run(
        [str(INFERENCE), "-m", "pytest", "-q", f"--junitxml={report}", *TESTS],
        cwd=ROOT,
        # Whole voices: over a few seconds, two mouths go together by chance, and a pause has no width.
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}",
            "LIPWIRE_BARS": "whole",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout.splitlines()[-1] + "\n")
    for case in ET.parse(report).iter("testcase"):
        where = case.get("name", "").partition("[")[2].rstrip("]") or case.get("name", "")
        for entry in case.iter("property"):
            if entry.get("name") in BARS:
                name, unit, bar, at_least = BARS[entry.get("name", "")]
                yield Figure(
                    f"{where}: {name}", float(entry.get("value", "nan")), unit, bar, at_least
                )
