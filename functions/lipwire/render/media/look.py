"""What an encoder is told about a result's picture: the source's own look, or the nearest that an MP4 can hold."""

from dataclasses import dataclass
from fractions import Fraction

import av

from lipwire.render.media.colour import BT709, RANGE_LIMITED, Colour
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
    """The source's look as far as it can be encoded; the second value names what was changed, by warning code."""
    warnings: list[str] = []
    codec = like.codec
    if codec not in _FAMILIES:
        warnings.append("codec_replaced_by_h264")
        codec = "h264"
    if like.has_alpha:
        warnings.append("transparency_dropped")
    encoder, options = encoder_for(codec, settings)
    pix_fmt = encodable(encoder, like.working_pix_fmt)
    if pix_fmt != like.pix_fmt:
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
    )
    return look, tuple(warnings)


_FAMILIES = {"h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1"}


def encoder_for(codec: str, settings: EncoderSettings) -> tuple[str, dict[str, str]]:
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
    }
    return _FAMILIES[codec], options[codec]


def encodable(encoder: str, pix_fmt: str) -> str:
    """The format itself where the encoder takes it, else the closest of lower sampling, then of lower depth."""
    known = {fmt.name for fmt in av.Codec(encoder, "w").video_formats or ()}
    deep = "10le" if LAYOUTS[pix_fmt][2] > 8 else ""
    for candidate in (pix_fmt, f"yuv420p{deep}", "yuv420p"):
        if candidate in known:
            return candidate
    raise ValueError(f"{encoder} takes none of the formats near {pix_fmt}")
