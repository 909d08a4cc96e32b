"""Reports of parts as one of the whole."""

from lipwire.domain.shards import ShardReport
from lipwire.domain.warnings import JobWarning
from lipwire.render.merge import merged_quality, merged_warnings


def part(first: int, begins_s: str, *warnings: str, **quality: object) -> ShardReport:
    """A part of a hundred frames in all."""
    return ShardReport(
        first=first,
        of=100,
        begins_s=begins_s,
        quality=quality,
        warnings=tuple(JobWarning.parse(one) for one in warnings),
    )


def span(first: int, last: int, reason: str = "no_face") -> dict[str, object]:
    """Frames of a part that keep their own picture, at 25 a second."""
    return {"first": first, "last": last, "start_s": first / 25, "end_s": (last + 1) / 25} | {
        "reason": reason
    }


def test_counts_add_up_and_values_of_frames_follow_each_other():
    """What concerns the whole is the first part's."""
    merged = merged_quality(
        [
            part(0, "0", frames=2, closures=1, opening_target=[0.1, 0.2], face=1, seed=7),
            part(2, "2/25", frames=1, closures=2, opening_target=[0.3], face=1, seed=7),
        ]
    )
    assert merged == {
        "frames": 3,
        "closures": 3,
        "opening_target": [0.1, 0.2, 0.3],
        "face": 1,
        "seed": 7,
        "shards": 2,
    }


def test_a_score_counts_as_often_as_it_has_frames():
    """A part that changed nothing has none."""
    merged = merged_quality(
        [
            part(0, "0", frames=50, score=0.8, score_worst=0.5, scored_frames=30),
            part(50, "2", frames=25, score=0.0, score_worst=0.0, scored_frames=0),
            part(75, "3", frames=25, score=0.4, score_worst=0.3, scored_frames=10),
        ]
    )
    assert (merged["score"], merged["score_worst"], merged["scored_frames"]) == (0.7, 0.3, 40)


def test_a_span_that_a_seam_cut_is_one_again():
    """Others are moved to their place; two reasons are two spans."""
    merged = merged_quality(
        [
            part(0, "0", untouched_spans=[span(5, 9), span(40, 49), span(45, 49, "low_quality")]),
            part(50, "2", untouched_spans=[span(0, 4), span(6, 8), span(0, 1, "mouth_hidden")]),
        ]
    )
    found = [(one["first"], one["last"], one["reason"]) for one in merged["untouched_spans"]]
    assert found == [
        (5, 9, "no_face"),
        (40, 54, "no_face"),
        (45, 49, "low_quality"),
        (50, 51, "mouth_hidden"),
        (56, 58, "no_face"),
    ]
    whole = merged["untouched_spans"][1]
    assert (whole["start_s"], whole["end_s"]) == (40 / 25, 2 + 5 / 25)


def test_seconds_of_work_add_up():
    """Also of a stage that only one part had."""
    merged = merged_quality(
        [
            part(0, "0", timings_s={"planning": 1.0, "rendering": 2.0}),
            part(50, "2", timings_s={"planning": 0.5, "analyzing": 3.0}),
        ]
    )
    assert merged["timings_s"] == {"planning": 1.5, "rendering": 2.0, "analyzing": 3.0}


def test_every_warning_is_given_once():
    """In the order in which they came."""
    merged = merged_warnings(
        [part(0, "0", "doubtful_mouths"), part(50, "2", "doubtful_mouths", "odd_size_cropped")]
    )
    assert [one.code for one in merged] == ["doubtful_mouths", "odd_size_cropped"]
