"""How long an output can become, and how large and fast: what is held and what an account's limit is compared with."""

from fractions import Fraction
from typing import Final

from lipwire.domain.errors import TooLongError
from lipwire.domain.media import MediaInfo, MediaKind
from lipwire.domain.options import JobOptions, SpeakingOrder, WhenLonger, WhenShorter
from lipwire.domain.prices import Resolution, resolution_of

#: What is made of a picture, unless another rate is asked for.
PORTRAIT_FPS: Final = Fraction(25)


def longest_output_ms(
    source: MediaInfo, voice: MediaInfo, second_voice: MediaInfo | None, options: JobOptions
) -> int:
    """Upper bound of the output's length in ms under these options; frame rounding apart.

    What is charged is what was rendered; this is what must be covered before anything is.
    """
    spoken = max(0, voice.duration_ms - (options.speech_start_ms or 0))
    if second_voice is not None:
        together = options.speaking_order is SpeakingOrder.TOGETHER
        other = second_voice.duration_ms
        spoken = max(spoken, other) if together else spoken + other
    longest = spoken
    if source.kind is not MediaKind.IMAGE:
        longest = _of_clip(trimmed_ms(source, options), spoken, options)
    if options.max_duration_ms is not None:
        longest = min(longest, options.max_duration_ms)
    return longest


def trimmed_ms(source: MediaInfo, options: JobOptions) -> int:
    """What trimming leaves of the source, in ms; 0 where it leaves nothing."""
    end = source.duration_ms
    if options.trim_end_ms is not None:
        end = min(end, options.trim_end_ms)
    return max(0, end - (options.trim_start_ms or 0))


def _of_clip(clip: int, spoken: int, options: JobOptions) -> int:
    if options.changed_ranges or options.when_shorter is WhenShorter.SILENCE:
        return clip
    if clip >= spoken:
        return clip if options.when_longer is WhenLonger.KEEP else spoken
    if options.when_shorter is WhenShorter.CUT_OFF:
        return clip
    if options.when_shorter is WhenShorter.BOUNCE:
        # The last pass begins before the voice ends and is played to its end; a pass is at most the clip's length.
        return spoken + clip
    return spoken


def refuse_long_output(longest_ms: int, *, limit_ms: int) -> None:
    """Nothing, for an output that the account's plan allows.

    Raises:
        TooLongError: it may last longer.
    """
    if longest_ms > limit_ms:
        raise TooLongError(
            f"The result may last {longest_ms} ms; this account may render {limit_ms} ms.",
            limit_ms=limit_ms,
        )


def output_fps(source: MediaInfo, options: JobOptions) -> Fraction:
    """Frames a second of the output, as an average."""
    fps = Fraction(options.fps) if options.fps else source.fps or PORTRAIT_FPS
    return fps if options.max_fps is None else min(fps, Fraction(options.max_fps))


def output_resolution(source: MediaInfo, options: JobOptions) -> Resolution:
    """The class of the output's size: the source's, or the smaller one that was asked for."""
    shorter = min(source.width or 0, source.height or 0)
    shorter = min(shorter, options.height or shorter)
    return resolution_of(shorter, shorter)
