"""Every kind of footage that people bring, a small clip each."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from tests.support.footage import Footage

BT601, BT2020, HLG, PQ = (
    (1, 6, 6, 6),
    (1, 9, 14, 9),
    (1, 9, 18, 9),
    (1, 9, 16, 9),
)
FULL, UNTOLD = (2, 1, 1, 1), (0, 2, 2, 2)
#: SMPTE ST 2086 of a P3 display of 1000 cd/m2, as x264 and x265 write it, and as SVT-AV1 does.
P3_STEPS = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
P3_REAL = "G(0.265,0.69)B(0.15,0.06)R(0.68,0.32)WP(0.3127,0.329)L(1000.0,0.005)"


def _turned(a: int, b: int, c: int, d: int) -> tuple[int, ...]:
    """A display matrix of a turn or a mirroring, in 16.16 fixed point."""
    one = 1 << 16
    return (a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)


def _hdr10_plus(packet: bytes) -> bytes:
    """A coded HEVC picture with the smallest metadata of SMPTE ST 2094-40 before it."""
    # Version 1, one window, 400 cd/m2, no distribution, no curves: as bits, after country, provider, code, app.
    bits = "00000001" + "01" + f"{4_000_000 & (1 << 27) - 1:027b}" + "0"
    bits += f"{1000:017b}" * 3 + f"{500:017b}" + "0000" + f"{100:010b}" + "0" + "0" + "0"
    bits += "0" * (-len(bits) % 8)
    body = bytes([0xB5, 0x00, 0x3C, 0x00, 0x01, 0x04]) + int(bits, 2).to_bytes(
        len(bits) // 8, "big"
    )
    message = bytes([39 << 1, 1, 4, len(body)]) + body + b"\x80"
    safe = bytearray()
    for byte in message:
        if byte <= 3 and safe[-2:] == b"\0\0":
            safe.append(3)
        safe.append(byte)
    return b"\0\0\0\1" + bytes(safe) + packet


def _rates() -> Iterator[Footage]:
    for name, fps in (
        ("23.976", Fraction(24000, 1001)),
        ("24", Fraction(24)),
        ("25", Fraction(25)),
        ("29.97", Fraction(30000, 1001)),
        ("30", Fraction(30)),
        ("50", Fraction(50)),
        ("59.94", Fraction(60000, 1001)),
        ("60", Fraction(60)),
    ):
        yield Footage(group="Time", name=f"{name} frames a second", fps=fps)
    uneven = [0, 400, 800, 2000, 2400, 3600, 4000, 4400, 6000, 6400, 8000, 9600]
    base = Fraction(1, 10_000)
    yield Footage(group="Time", name="variable frame rate", times=uneven, time_base=base)
    late = [5 + n for n in range(20)]
    yield Footage(group="Time", name="picture starts 0.2 s after the sound", times=late)


def _codecs() -> Iterator[Footage]:
    base = Footage(group="Codec", name="")
    deep = replace(base, pix_fmt="yuv422p10le", container="mov")
    yield replace(base, name="H.264")
    yield replace(base, name="HEVC", encoder="libx265")
    yield replace(base, name="AV1", encoder="libsvtav1")
    yield replace(base, name="VP9", encoder="libvpx-vp9", container="webm")
    yield replace(base, name="VP8", encoder="libvpx", container="webm")
    yield replace(deep, name="ProRes 422", encoder="prores_ks")
    yield replace(deep, name="ProRes 4444", encoder="prores_ks", pix_fmt="yuv444p10le")
    yield replace(deep, name="DNxHR HQ", encoder="dnxhd", pix_fmt="yuv422p", width=256)
    yield replace(base, name="MPEG-4 part 2", encoder="mpeg4")
    yield replace(base, name="MPEG-2", encoder="mpeg2video", container="ts")
    yield replace(
        base, name="Motion JPEG", encoder="mjpeg", container="mov", pix_fmt="yuvj422p", colour=FULL
    )
    yield replace(base, name="FFV1", encoder="ffv1", container="mkv")


def _samples() -> Iterator[Footage]:
    base = Footage(group="Depth and sampling", name="")
    for encoder, codec, formats in (
        ("libx264", "H.264", ("420p10", "422p", "422p10", "444p", "444p10")),
        ("libx265", "HEVC", ("420p10", "422p10", "444p", "444p10", "420p12", "422p12", "444p12")),
        ("libsvtav1", "AV1", ("420p10",)),
        ("libvpx-vp9", "VP9", ("422p", "440p", "444p")),
    ):
        for name in formats:
            sampling, _, depth = name.partition("p")
            pix_fmt = f"yuv{name}" + ("le" if depth else "")
            title = f"{codec}, {':'.join(sampling)}, {depth or 8}-bit"
            container = "webm" if codec == "VP9" else "mp4"
            yield replace(base, name=title, encoder=encoder, pix_fmt=pix_fmt, container=container)
    yield replace(base, name="H.264, grey", pix_fmt="gray", shown=_grey)
    yield replace(
        base, name="H.264, R'G'B'", encoder="libx264rgb", pix_fmt="rgb24", colour=(2, 1, 1, 0)
    )


def _grey(rgb: np.ndarray) -> np.ndarray:
    luma = rgb @ np.array([0.2126, 0.7152, 0.0722])
    return np.repeat(np.rint(luma).astype(np.uint8)[..., None], 3, axis=2)


def _colours() -> Iterator[Footage]:
    base = Footage(group="Colour", name="")
    ten = replace(base, encoder="libx265", pix_fmt="yuv420p10le")
    yield replace(base, name="BT.709, limited range")
    yield replace(base, name="BT.709, full range", pix_fmt="yuvj420p", colour=FULL)
    yield replace(ten, name="BT.709, full range, 10-bit", colour=FULL)
    yield replace(base, name="BT.601", colour=BT601)
    yield replace(base, name="no colour tags", colour=UNTOLD)
    yield replace(ten, name="BT.2020", colour=BT2020)
    yield replace(ten, name="HLG", colour=HLG)
    yield replace(ten, name="PQ", colour=PQ)
    steps = f"master-display={P3_STEPS}:max-cll=1000,400"
    hdr10 = {"x265-params": f"log-level=error:{steps}"}
    yield replace(ten, name="HDR10, HEVC", colour=PQ, options=hdr10)
    other = {"x264-params": f"mastering-display={P3_STEPS}:cll=1000,400"}
    yield replace(base, name="HDR10, H.264", pix_fmt="yuv420p10le", colour=PQ, options=other)
    real = {"svtav1-params": f"mastering-display={P3_REAL}:content-light=1000,400"}
    yield replace(ten, name="HDR10, AV1", encoder="libsvtav1", colour=PQ, options=real)
    yield replace(ten, name="HDR10+", colour=PQ, options=hdr10, altered=_hdr10_plus, container="ts")


def _shapes() -> Iterator[Footage]:
    base = Footage(group="Shape", name="")
    for degrees, matrix in ((90, (0, 1, -1, 0)), (180, (-1, 0, 0, -1)), (270, (0, -1, 1, 0))):
        turns = -degrees // 90
        yield replace(
            base,
            name=f"turned by {degrees} degrees",
            matrix=_turned(*matrix),
            shown=partial(np.rot90, k=turns),
        )
    yield replace(
        base, name="mirrored", matrix=_turned(-1, 0, 0, 1), shown=lambda coded: coded[:, ::-1]
    )
    yield replace(
        base,
        name="mirrored and turned by 90 degrees",
        matrix=_turned(0, 1, 1, 0),
        shown=lambda coded: coded.transpose(1, 0, 2),
    )
    wide = replace(base, aspect=Fraction(4, 3))
    yield replace(wide, name="pixels 4:3 wide")
    yield replace(
        wide,
        name="pixels 4:3 wide, turned by 90 degrees",
        matrix=_turned(0, 1, -1, 0),
        shown=lambda coded: np.rot90(coded, -1),
    )
    odd = replace(base, width=191, height=127)
    yield replace(odd, name="odd size, 4:4:4, H.264", pix_fmt="yuv444p")
    yield replace(odd, name="odd size, 4:2:0, VP9", encoder="libvpx-vp9", container="webm")
    yield replace(odd, name="odd size, 4:2:0, AV1", encoder="libsvtav1")
    yield replace(
        odd,
        name="odd size, 4:2:0, Motion JPEG",
        encoder="mjpeg",
        pix_fmt="yuvj420p",
        colour=FULL,
        container="mov",
    )
    yield replace(base, name="interlaced", options={"x264-params": "tff=1"})


def _beside() -> Iterator[Footage]:
    base = Footage(group="Beside the picture", name="")
    yield replace(
        base, name="alpha, VP9", encoder="libvpx-vp9", pix_fmt="yuva420p", container="webm"
    )
    yield replace(
        base,
        name="alpha, ProRes 4444",
        encoder="prores_ks",
        pix_fmt="yuva444p10le",
        container="mov",
    )
    yield replace(base, name="no sound", sounds=0)
    yield replace(base, name="three sound tracks", sounds=3)
    told = {
        "title": "A Title",
        "artist": "An Artist",
        "comment": "A comment.",
        "description": "What it shows.",
        "copyright": "2026 Somebody",
    }
    yield replace(base, name="title, artist, comment, description, copyright", metadata=told)
    yield replace(
        base, name="creation time", metadata={"creation_time": "2024-02-03T04:05:06.000000Z"}
    )
    yield replace(base, name="language of the picture", language="deu")
    place = {"location": "+52.5200+013.4050/"}
    yield replace(base, name="place of filming", metadata=place)
    camera = {"com.apple.quicktime.make": "Maker", "com.apple.quicktime.model": "Model"}
    tags = {"movflags": "+use_metadata_tags"}
    yield replace(
        base,
        name="make and model of the camera",
        metadata=camera,
        container="mov",
        container_options=tags,
    )
    yield replace(base, name="chapters", has_chapters=True)
    yield replace(
        base, name="timecode track", metadata={"timecode": "01:00:00:00"}, container="mov"
    )
    yield replace(base, name="subtitles", has_subtitles=True, container="mkv")
    yield replace(base, name="attached font", attachment="some.ttf", container="mkv")
    yield replace(base, name="two pictures", pictures=2, container="mkv")


def _containers() -> Iterator[Footage]:
    base = Footage(group="Container", name="")
    for title, name in (
        ("MP4", "mp4"),
        ("QuickTime", "mov"),
        ("Matroska", "mkv"),
        ("AVI", "avi"),
        ("MPEG-TS", "ts"),
    ):
        yield replace(base, name=title, container=name)
    fragmented = {"movflags": "+frag_keyframe+empty_moov+default_base_moof"}
    yield replace(base, name="fragmented MP4", container_options=fragmented)
    yield replace(base, name="WebM", container="webm", encoder="libvpx-vp9")
    yield replace(base, name="FLV", container="flv", sounds=0)


FOOTAGE: tuple[Footage, ...] = (
    *_codecs(),
    *_samples(),
    *_colours(),
    *_rates(),
    *_shapes(),
    *_beside(),
    *_containers(),
)
