"""sync.so's models and options as options of a job."""

from collections.abc import Sequence
from typing import Final

from lipwire.dialects.sync_so import wire
from lipwire.domain.options import (
    HEIGHTS,
    EditedRegion,
    Expression,
    FaceChoice,
    JobOptions,
    PixelBox,
    Quality,
    SpeechSegment,
    TimeRange,
    WhenLonger,
    WhenShorter,
)

_QUALITY: Final = {
    "lipsync-1.9.0-beta": Quality.DRAFT,
    "lipsync-2": Quality.STANDARD,
    "react-1": Quality.STANDARD,
    "lipsync-2-pro": Quality.BEST,
    "sync-3": Quality.BEST,
}
#: Played to and fro is what the vendor does where nothing is said.
_MODES: Final = {
    None: (WhenShorter.BOUNCE_EXACT, WhenLonger.TRIM),
    "bounce": (WhenShorter.BOUNCE_EXACT, WhenLonger.TRIM),
    "loop": (WhenShorter.LOOP, WhenLonger.TRIM),
    "cut_off": (WhenShorter.CUT_OFF, WhenLonger.TRIM),
    "silence": (WhenShorter.SILENCE, WhenLonger.TRIM),
    "remap": (WhenShorter.REMAP, WhenLonger.REMAP),
}
_REGIONS: Final = {"lips": EditedRegion.MOUTH, "face": EditedRegion.MOUTH_AND_JAW}
#: The nearest that a mouth can show; how far it opens says the rest.
_EMOTIONS: Final = {
    "neutral": (Expression.NEUTRAL, 0.5),
    "happy": (Expression.SMILING, 0.5),
    "surprised": (Expression.NEUTRAL, 0.8),
    "sad": (Expression.SERIOUS, 0.3),
    "angry": (Expression.SERIOUS, 0.8),
    "disgusted": (Expression.SERIOUS, 0.5),
}


def to_options(
    body: wire.GenerateIn, video: wire.VideoInput | None, voices: Sequence[str]
) -> JobOptions:
    """What the model and the options ask for; what belongs to `react-1` alone counts there alone.

    `voices` are the names that segments call them by, in order.
    """
    given = body.options or wire.Options()
    shorter, longer = _MODES[given.sync_mode]
    region, expression, expressiveness = EditedRegion.MOUTH_AND_JAW, Expression.NEUTRAL, 0.5
    if body.model == "react-1":
        region = _REGIONS[given.model_mode or "face"]
        expression, expressiveness = _EMOTIONS[given.prompt or "neutral"]
    if given.temperature is not None:
        expressiveness = given.temperature
    return JobOptions(
        quality=_QUALITY[body.model],
        when_shorter=shorter,
        when_longer=longer,
        time_ranges=_ranges(video),
        segments=tuple(_segment(one, voices) for one in body.segments or ()),
        fps=given.fps,
        height=_height(given.output_resolution),
        region=region,
        expression=expression,
        expressiveness=expressiveness,
        face=_face(given.active_speaker_detection),
        output_name=body.outputFileName,
    )


def _ranges(video: wire.VideoInput | None) -> tuple[TimeRange, ...]:
    return tuple(
        TimeRange(start=round(start * 1000), end=round(end * 1000))
        for start, end in (video and video.segments_secs) or ()
    )


def _segment(given: wire.Segment, voices: Sequence[str]) -> SpeechSegment:
    voice = given.audioInput
    return SpeechSegment(
        start_ms=round(given.startTime * 1000),
        end_ms=max(1, round(given.endTime * 1000)),
        voice=voices.index(voice.refId),
        from_ms=round((voice.startTime or 0) * 1000),
        until_ms=None if voice.endTime is None else max(1, round(voice.endTime * 1000)),
    )


def _height(resolution: list[int] | None) -> int | None:
    """The shorter side that is nearest from below; nothing is enlarged."""
    if resolution is None:
        return None
    return max((one for one in HEIGHTS if one <= min(resolution)), default=min(HEIGHTS))


def _face(speaker: wire.Speaker | None) -> FaceChoice | None:
    """A place in a frame; of boxes the first, since a face that was found once is followed."""
    if speaker is None:
        return None
    if speaker.coordinates is not None and speaker.frame_number is not None:
        x, y = speaker.coordinates
        place = PixelBox(left=x, top=y, right=x, bottom=y, frame=speaker.frame_number)
        return FaceChoice(pixels=place)
    for frame, box in enumerate(speaker.bounding_boxes or []):
        if box is not None:
            left, top, right, bottom = box
            place = PixelBox(left=left, top=top, right=right, bottom=bottom, frame=frame)
            return FaceChoice(pixels=place)
    return None
