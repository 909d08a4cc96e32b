"""What a job's quality report says of a render: targets, scores, spans left as they were, warnings."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lipwire.render.face.arrays import Mask
from lipwire.render.frames import Speaker
from lipwire.render.media.timeline import Timeline
from lipwire.render.retarget.targets import Targets

#: Why frames were left as they are -> the warning's code.
_REASONS = {
    "no_face": "face_lost_in_some_frames",
    "mouth_hidden": "mouth_hidden_in_some_frames",
    "low_quality": "doubtful_mouths",
}


def aimed_at(targets: Targets, part: range) -> dict[str, Any]:
    """The targets of this part, for whoever measures the output."""
    shown = slice(part.start, part.stop)
    return {
        "closure_frames": int(targets.closed[shown].sum()),
        # Of this part are those that begin in it.
        "closures": sum(first in part for first, _ in _spans(targets.closed)),
        "opening_target": [round(float(value), 4) for value in targets.opening[shown]],
        "width_target": [round(float(value), 4) for value in targets.width[shown]],
    }


def told_of(speaker: Speaker, timeline: Timeline, part: range) -> dict[str, Any]:
    """What is to be known of a clip's frames: scores, and spans that keep their own pixels with the reason."""
    shown = slice(part.start, part.stop)
    edited = speaker.shown[shown] > 0
    scores = speaker.quality[shown][edited]
    slots = [timeline.slots[k] for k in part]
    begin = slots[0].time_s if part.start else Fraction(0)
    # Times as well: frames of a clip with variable ones tell none.
    spans: list[dict[str, Any]] = [
        {
            "first": first,
            "last": last,
            "start_s": float(slots[first].time_s - begin),
            "end_s": float(slots[last].time_s + slots[last].duration_s - begin),
            "reason": reason,
        }
        for reason, mask in speaker.untouched.items()
        for first, last in _spans(mask[shown])
    ]
    return aimed_at(speaker.targets, part) | {
        "score": round(float(scores.mean()), 3) if len(scores) else 0.0,
        "score_worst": round(float(scores.min()), 3) if len(scores) else 0.0,
        "scored_frames": len(scores),
        "face": speaker.person,
        "untouched_spans": sorted(spans, key=lambda span: span["first"]),
        "source_had_open_mouths": speaker.has_open_mouths,
    }


def warnings_of(speakers: Sequence[Speaker]) -> Mapping[str, None]:
    """Codes, each once."""
    codes: dict[str, None] = {}
    for speaker in speakers:
        if not speaker.has_open_mouths:
            codes["mouth_closed_in_source"] = None
        for reason, code in _REASONS.items():
            if speaker.untouched[reason].any():
                codes[code] = None
    return codes


def _spans(marked: Mask) -> list[list[int]]:
    """First and last frame of each run of marked frames."""
    spans: list[list[int]] = []
    for k, is_marked in enumerate(marked):
        if not is_marked:
            continue
        if spans and spans[-1][1] == k - 1:
            spans[-1][1] = k
        else:
            spans.append([k, k])
    return spans
