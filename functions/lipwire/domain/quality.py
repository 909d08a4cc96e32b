"""How good a result is, as far as it can be measured while it is made."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from pydantic import Field

from lipwire.domain.model import Model

#: Spans beyond this number are joined into the last one: a job's row has a limit.
MAX_SPANS: Final = 200


class Report(Model):
    """Base: frozen; what newer engines add is ignored."""


class KeptSpan(Report):
    """A part of the output that keeps the original picture, and why."""

    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    #: `no_face`, `mouth_hidden`, `low_quality`, `outside_time_ranges` or an engine's own word.
    reason: str
    #: Thousandths, 0..1000; None where nothing could be measured.
    score_permille: int | None = Field(default=None, ge=0, le=1000)


class QualityReport(Report):
    """What is known of one result; a share is in thousandths, so that it is stored exactly."""

    score_permille: int | None = Field(default=None, ge=0, le=1000)
    spans: tuple[KeptSpan, ...] = ()
    #: Closures of the lips (m, b, p) that the voice asks for, and output frames that show them.
    closures: int | None = None
    closure_frames: int | None = None
    #: Number of the face that speaks, counted from the left.
    face: int | None = None
    faces: int | None = None
    engine: str | None = None
    engine_version: str | None = None
    speech_model: str | None = None
    seed: int = 0


def quality_report(
    measured: Mapping[str, Any],
    *,
    fps: Fraction,
    seed: int,
    engine: str | None,
    engine_version: str | None = None,
) -> QualityReport:
    """The report from an engine's free-form numbers.

    Understood: `score` 0..1; `untouched_spans`: [{start_s, end_s, reason, score}], or [{first, last, reason, score}]
    in frames of an output of even `fps`; `closures`, `closure_frames`, `face`, `faces`, `speech_model`. What has
    another type counts as unknown.
    """
    return QualityReport(
        score_permille=_permille(measured.get("score")),
        spans=_spans(measured, fps),
        closures=_count(measured.get("closures")),
        closure_frames=_count(measured.get("closure_frames")),
        face=_count(measured.get("face")),
        faces=_count(measured.get("faces")),
        engine=engine,
        engine_version=engine_version,
        speech_model=_text(measured.get("speech_model")),
        seed=seed,
    )


def _spans(measured: Mapping[str, Any], fps: Fraction) -> tuple[KeptSpan, ...]:
    spans = [_span(span, fps) for span in measured.get("untouched_spans", ())]
    if len(spans) > MAX_SPANS:
        rest = spans[MAX_SPANS - 1 :]
        joined = rest[0].model_copy(update={"end_ms": rest[-1].end_ms, "score_permille": None})
        spans = [*spans[: MAX_SPANS - 1], joined]
    return tuple(spans)


def _span(span: Mapping[str, Any], fps: Fraction) -> KeptSpan:
    """One span on the output's clock."""
    if "start_s" in span:
        start, end = span["start_s"], span["end_s"]
    else:
        start, end = span["first"] / fps, (span["last"] + 1) / fps
    return KeptSpan(
        start_ms=round(start * 1000),
        end_ms=round(end * 1000),
        reason=str(span.get("reason", "low_quality")),
        score_permille=_permille(span.get("score")),
    )


def _permille(share: Any) -> int | None:
    if isinstance(share, bool) or not isinstance(share, int | float):
        return None
    return round(1000 * min(1.0, max(0.0, share)))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
