"""A clip that has no mouth to lend for what is said: the frame's own lips are parted instead."""

from pathlib import Path

import numpy as np

from lipwire.engines.base import AnalyzeTask
from lipwire.engines.retarget import build
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.bank import Mouth, MouthBank, encode
from lipwire.render.face.measure import measure_video
from lipwire.render.frames import own_lips
from tests.support.renders import Footage, numbered_clip, render, shown

#: Of 46 frames, so many show the mouth open.
OPEN_FRAMES = 6


def hardly_speaking(footage: Footage, folder: Path) -> tuple[Path, Path]:
    """A clip that opens its mouth for a moment and then shuts it, and its analysis: only shut mouths can be lent."""
    pictures = [picture for picture, _ in shown(footage.clip)]
    opening = measure_video(footage.clip).opening
    wide, shut = np.argsort(opening)[-OPEN_FRAMES:], np.flatnonzero(opening < 0.02)
    order = [*wide, *np.resize(shut, 40)]
    clip = numbered_clip(folder / "shut.mp4", [pictures[k] for k in order])
    engine = build()
    engine.setup()
    stored = folder / "lean.npz"
    engine.analyze(
        AnalyzeTask(source=clip, is_image=False, analysis=stored, progress=lambda *_: None)
    )
    analysis = Analysis.load(stored)
    track, bank = analysis.people[0], analysis.banks[0]
    kept = [
        Mouth(int(frame), bank[int(frame)].corner, encode(bank[int(frame)].rgb), np.zeros(1), line)
        for frame, line in zip(bank.frames, bank.lines, strict=True)
        if frame >= OPEN_FRAMES
    ]
    Analysis((track,), (MouthBank.of(track, kept),)).save(stored)
    return clip, stored


def test_what_no_mouth_can_show_own_lips_do(footage: Footage, tmp_path: Path) -> None:
    """No span keeps the old words, and the mouth opens where it is asked to."""
    clip, stored = hardly_speaking(footage, tmp_path)
    made = render(clip, [footage.voice], tmp_path, analysis=stored, trim_start_ms=40 * OPEN_FRAMES)
    assert made.result.quality["analysis"] == "reused"
    assert made.result.quality["source_had_open_mouths"]
    assert made.result.quality["untouched_spans"] == []
    assert "doubtful_mouths" not in made.result.warnings
    seen, wanted = measure_video(made.output).opening, made.opening_target
    assert seen[wanted > 0.09].mean() > 0.06
    assert np.median(seen[wanted < 0.006]) < 0.015


def test_own_lips_are_for_whole_stretches_of_faces_seen_well() -> None:
    """Not for a frame or two, not in profile, and not in turns with the clip's mouths."""
    lent = np.full(60, 1.0)
    lent[[2, 3, 30, 33, 40, 44, 50]] = 0.1
    own = np.full(60, 0.9)
    own[42:] = 0.2
    assert not own_lips(lent, own.__getitem__).any()
    own[44:46] = 0.9
    assert np.flatnonzero(own_lips(lent, own.__getitem__)).tolist() == [*range(30, 42), 44]
