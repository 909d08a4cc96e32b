"""What an encoder is told about a result's picture: the source's own look, or the nearest that an MP4 can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import av

from lipwire.domain.options import Quality
from lipwire.render.media.colour import BT709, RANGE_LIMITED, UNSPECIFIED, Colour
from lipwire.render.media.extras import StaticHdr
from lipwire.render.media.frame import LAYOUTS
from lipwire.render.media.source import SourceInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSettings:
    """How much the encoders may spend; the defaults are visually lossless at a good speed on two cores."""

    h264_crf: int = 15
    h264_preset: str = "veryfast"
    # At 1080x1920: 48.3 dB in luma, as `superfast` at 17, for three quarters of its time.
    hevc_crf: int = 14
    hevc_preset: str = "ultrafast"
    vp9_crf: int = 18
    vp9_speed: int = 6
    av1_crf: int = 20
    av1_preset: int = 9


#: What each tier spends. Draft is for looking at; best takes several times as long as standard for a few decibels.
SETTINGS = {
    Quality.DRAFT: EncoderSettings(
        h264_crf=21,
        h264_preset="ultrafast",
        hevc_crf=20,
        vp9_crf=30,
        vp9_speed=8,
        av1_crf=32,
        av1_preset=12,
    ),
    Quality.STANDARD: EncoderSettings(),
    Quality.BEST: EncoderSettings(
        h264_crf=13,
        h264_preset="medium",
        hevc_crf=12,
        hevc_preset="superfast",
        vp9_crf=14,
        vp9_speed=4,
        av1_crf=16,
        av1_preset=7,
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Everything the encoder is told about the picture."""

    encoder: str
    options: dict[str, str]
    pix_fmt: str
    width: int
    height: int
    fps: Fraction
    time_base: Fraction
    aspect: Fraction
    colour: Colour
    #: Of the whole file: title, artist and the like.
    metadata: Mapping[str, str] = field(default_factory=dict)
    #: ISO 639-2, of what is written in the picture.
    language: str | None = None


#: A second holds no more of them in an MP4, with room for the sound's.
_MOST_TICKS = 2**30
_PORTRAIT_COLOUR = Colour(RANGE_LIMITED, BT709, BT709, BT709, BT709, is_full_range=False)


def plain_look(
    width: int | None, height: int | None, fps: Fraction | None, settings: EncoderSettings
) -> tuple[Look, tuple[str, ...]]:
    """H.264 in BT.709, for pictures that come from no clip; the second value names what was changed.

    Raises:
        ValueError: a size or the rate is missing.
    """
    if width is None or height is None or fps is None:
        raise ValueError("a sink without a source needs width, height and fps")
    encoder, options = encoder_for("h264", settings)
    look = Look(
        encoder,
        options,
        "yuv420p",
        width - width % 2,
        height - height % 2,
        fps,
        1 / Fraction(fps),
        Fraction(1),
        _PORTRAIT_COLOUR,
    )
    return look, ("odd_size_cropped",) if width % 2 or height % 2 else ()


def look_of(like: SourceInfo, settings: EncoderSettings) -> tuple[Look, tuple[str, ...]]:
    """The source's look as far as it can be encoded; the second value names what was changed, by warning code.

    Samples come before the codec: where the codec's family has no encoder for the picture's depth and sampling, a
    family that has one is taken, and only formats that none knows (R'G'B', alpha, 4:1:1) are converted.
    """
    warnings: list[str] = []
    codec = _family(like)
    if codec != like.codec:
        warnings.append(f"codec_replaced_by_{codec}")
    if like.has_alpha:
        warnings.append("transparency_dropped")
    hdr = like.extras.hdr
    encoder, options = encoder_for(codec, settings, hdr)
    pix_fmt = like.working_pix_fmt
    if pix_fmt != _without_alpha(like.pix_fmt):
        warnings.append("pixel_format_replaced")
    step_x, step_y, _ = LAYOUTS[pix_fmt]
    # VP9 and AV1 know odd sizes; H.264 and HEVC count in whole chroma samples.
    whole = codec in ("h264", "hevc")
    cut_x, cut_y = (like.width % step_x, like.height % step_y) if whole else (0, 0)
    if cut_x or cut_y:
        warnings.append("odd_size_cropped")
    look = Look(
        encoder,
        options,
        pix_fmt,
        like.width - cut_x,
        like.height - cut_y,
        like.fps,
        like.time_base,
        like.sample_aspect_ratio,
        like.colour,
        like.extras.metadata,
        like.extras.language,
    )
    return look, (*warnings, *like.extras.lost)


def reduced(look: Look, short_side: int | None) -> Look:
    """The look with its shorter side reduced to that many pixels; never enlarged, sides even."""
    short = min(look.width, look.height)
    if short_side is None or short <= short_side:
        return look
    width, height = (
        2 * round(Fraction(side * short_side, short) / 2) for side in (look.width, look.height)
    )
    # Where the source is silent, players would guess another matrix from the smaller size.
    colour = look.colour
    if colour.matrix == UNSPECIFIED:
        colour = replace(colour, matrix=colour.effective_matrix)
    return replace(look, width=width, height=height, colour=colour)


def timed(look: Look, rate: Fraction | None) -> Look:
    """The look at a constant rate; a time base that holds its frames and any first time."""
    if rate is None:
        return look
    # The average of variable times may be any fraction; an MP4 counts ticks a second in 31 bits.
    ticks = rate.numerator * max(1, min(600, _MOST_TICKS // rate.numerator))
    return replace(look, fps=rate, time_base=Fraction(1, min(ticks, _MOST_TICKS)))


_FAMILIES = {"h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1"}
#: Tried in this order where the source's own family can't hold its samples; the last holds all of `LAYOUTS`.
_INSTEAD = ("h264", "hevc")


def _family(like: SourceInfo) -> str:
    """The codec that holds the picture as it is: its own, or the first that can."""
    own = (like.codec,) if like.codec in _FAMILIES else ()
    # Only their bitstreams tell of a grading display; VP9 leaves that to its container.
    if like.extras.hdr and like.codec == "vp9":
        own = ()
    for codec in (*own, *_INSTEAD):
        known = {fmt.name for fmt in av.Codec(_FAMILIES[codec], "w").video_formats or ()}
        if like.working_pix_fmt in known:
            return codec
    raise ValueError(f"no encoder takes {like.working_pix_fmt}")


def _without_alpha(pix_fmt: str) -> str:
    return pix_fmt.replace("yuva", "yuv")


def encoder_for(
    codec: str, settings: EncoderSettings, hdr: StaticHdr | None = None
) -> tuple[str, dict[str, str]]:
    """The encoder of a codec family and its options."""
    options = {
        "h264": {"preset": settings.h264_preset, "crf": str(settings.h264_crf)},
        "hevc": {
            "preset": settings.hevc_preset,
            "crf": str(settings.hevc_crf),
            "x265-params": "log-level=error",
        },
        "vp9": {
            "crf": str(settings.vp9_crf),
            "b": "0",
            "deadline": "good",
            "cpu-used": str(settings.vp9_speed),
            "row-mt": "1",
        },
        "av1": {"crf": str(settings.av1_crf), "preset": str(settings.av1_preset)},
    }[codec]
    if hdr is not None and codec in _HDR_PARAMETERS:
        option, display, light = _HDR_PARAMETERS[codec]
        told = [options[option]] if option in options else []
        if hdr.display:
            told.append(f"{display}={_display(hdr.display, is_real=codec == 'av1')}")
        if hdr.light:
            told.append("{}={},{}".format(light, *hdr.light))
        options[option] = ":".join(told)
    return _FAMILIES[codec], options


#: Codec -> the encoder's option that takes parameters, and its names for the two kinds of static HDR metadata.
_HDR_PARAMETERS = {
    "h264": ("x264-params", "mastering-display", "cll"),
    "hevc": ("x265-params", "master-display", "max-cll"),
    "av1": ("svtav1-params", "mastering-display", "content-light"),
}


def _display(steps: tuple[int, ...], *, is_real: bool) -> str:
    """As the encoders write it: in the steps of ST 2086, or in real numbers."""
    numbers: list[str] = [
        (f"{step / (50_000 if n < 8 else 10_000):.5f}" if is_real else str(step))
        for n, step in enumerate(steps)
    ]
    red, green, blue, white = (",".join(numbers[n : n + 2]) for n in (0, 2, 4, 6))
    least, most = numbers[8:]
    return f"G({green})B({blue})R({red})WP({white})L({most},{least})"
