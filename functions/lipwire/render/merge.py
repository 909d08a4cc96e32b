"""What the parts of an output say of themselves, as one report of the whole."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from lipwire.domain.shards import ShardReport
from lipwire.domain.warnings import AnyWarning

_COUNTS: Final = ("frames", "scored_frames", "closures", "closure_frames")


def merged_quality(parts: Sequence[ShardReport]) -> dict[str, Any]:
    """The parts' numbers as the whole output's: counts and seconds of work are sums, one value a frame goes on.

    A score is the mean over the frames it was taken of; spans are moved to their place in the output, and one that was
    cut by a seam is one again. What concerns the whole output is the first part's.
    """
    told: list[Mapping[str, Any]] = [part.quality for part in parts]
    merged: dict[str, Any] = dict(told[0])
    for name, value in told[0].items():
        if isinstance(value, list) and name != "untouched_spans":
            merged[name] = [one for each in told for one in each.get(name, ())]
    for name in _COUNTS:
        if name in merged:
            merged[name] = sum(each.get(name, 0) for each in told)
    merged |= _scores(told)
    if "untouched_spans" in merged:
        merged["untouched_spans"] = _spans(parts)
    if "timings_s" in merged:
        stages = dict.fromkeys(stage for each in told for stage in each.get("timings_s", {}))
        merged["timings_s"] = {
            stage: round(sum(each.get("timings_s", {}).get(stage, 0) for each in told), 3)
            for stage in stages
        }
    return merged | {"shards": len(parts)}


def merged_warnings(parts: Sequence[ShardReport]) -> tuple[AnyWarning, ...]:
    """Each once, in the order in which they came."""
    merged: list[AnyWarning] = []
    for part in parts:
        merged += [one for one in part.warnings if one not in merged]
    return tuple(merged)


def _scores(told: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    scored = [
        (each["score"], each.get("score_worst"), each.get("scored_frames", each.get("frames", 1)))
        for each in told
        if "score" in each
    ]
    # A part in which nothing was changed has no score of its own.
    scored = [one for one in scored if one[2]]
    if not scored:
        return {}
    frames = sum(count for _, _, count in scored)
    scores = {"score": round(sum(score * count for score, _, count in scored) / frames, 3)}
    worst = [low for _, low, _ in scored if low is not None]
    return scores | ({"score_worst": min(worst)} if worst else {})


def _spans(parts: Sequence[ShardReport]) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    open_at: dict[str, dict[str, Any]] = {}
    for part in parts:
        begin = float(Fraction(part.begins_s))
        for told in _listed(part.quality.get("untouched_spans")):
            span = {
                **told,
                "first": told["first"] + part.first,
                "last": told["last"] + part.first,
                "start_s": told["start_s"] + begin,
                "end_s": told["end_s"] + begin,
            }
            before = open_at.get(span["reason"])
            if before is not None and before["last"] + 1 == span["first"] == part.first:
                before |= {"last": span["last"], "end_s": span["end_s"]}
                continue
            spans.append(span)
            open_at[span["reason"]] = span
    return sorted(spans, key=lambda span: (span["first"], span["last"]))


def _listed(value: Any) -> Sequence[dict[str, Any]]:
    return value if isinstance(value, list) else ()
