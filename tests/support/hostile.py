"""Broken and odd files, made on the spot under the names that test media have, and what is said of each."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from lipwire.domain.errors import LipwireError
from lipwire.render.media.formats import open_media, sound_stream
from lipwire.render.media.look import EncoderSettings, look_of
from lipwire.render.media.probe import probe, speech_is_silent
from lipwire.render.media.source import VideoSource
from tests.support.clips import ClipSpec, make_clip, tone
from tests.support.footage import Footage
from tests.support.footage_cases import FOOTAGE

BASE = Footage(group="", name="")


def _case(name: str) -> Footage:
    return next(case for case in FOOTAGE if case.name == name)


def _zero(folder: Path) -> bytes:
    return b""


def _html(folder: Path) -> bytes:
    return b"<!doctype html><html><body>Sign in to download</body></html>" * 20


def _truncated(folder: Path) -> bytes:
    """Its index came last and is gone."""
    data = BASE.make(folder).read_bytes()
    return data[: data.index(b"moov") - 4]


def _truncated_faststart(folder: Path) -> bytes:
    """Its index came first and points behind the end."""
    data = replace(BASE, container_options={"movflags": "+faststart"}).make(folder).read_bytes()
    return data[: len(data) * 2 // 3]


def _audio_only(folder: Path) -> bytes:
    path = folder / "sound.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        for frame in tone(1.0):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


def _silent_track(folder: Path) -> bytes:
    path = folder / "silent.mp4"
    with av.open(str(path), "w", format="mp4") as out, av.open(str(BASE.make(folder))) as clip:
        video = out.add_stream_from_template(clip.streams.video[0])
        sound = out.add_stream("aac", rate=48_000, layout="mono")
        for packet in clip.demux(clip.streams.video[0]):
            if packet.dts is not None:
                packet.stream = video
                out.mux(packet)
        for frame in tone(1.0, level=0):
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path.read_bytes()


def _of(case: Footage) -> Callable[[Path], bytes]:
    return lambda folder: case.make(folder).read_bytes()


NOTES = {
    "zero.mp4": "no bytes",
    "html.mp4": "a web page",
    "truncated.mp4": "cut off before its index",
    "truncated_faststart.mp4": "cut off after its index",
    "audio_only.mp4": "no picture; named as a source at the API it is `wrong_asset_kind`",
    "no_audio_stream.mp4": "no sound track",
    "silent_track.mp4": "a sound track below -50 dB",
    "vfr.mp4": "variable frame rate: every frame's time is kept",
    "fps23976.mp4": "24000/1001 frames a second",
    "rotated_phone.mp4": "display matrix of 90 degrees, counterclockwise: applied as players do",
    "fullrange.mp4": "full range",
    "hevc10_hlg.mp4": "HEVC, 10-bit, HLG",
    "alpha.webm": "VP9 with alpha",
    "no_face.mp4": "nobody in the picture: refused when faces are looked for",
}

#: Name among test media -> how its equivalent is made.
HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "zero.mp4": _zero,
    "html.mp4": _html,
    "truncated.mp4": _truncated,
    "truncated_faststart.mp4": _truncated_faststart,
    "audio_only.mp4": _audio_only,
    "no_audio_stream.mp4": _of(replace(BASE, sounds=0)),
    "silent_track.mp4": _silent_track,
    "vfr.mp4": _of(_case("variable frame rate")),
    "fps23976.mp4": _of(_case("23.976 frames a second")),
    "rotated_phone.mp4": _of(_case("turned by 270 degrees")),
    "fullrange.mp4": _of(_case("BT.709, full range")),
    "hevc10_hlg.mp4": _of(_case("HLG")),
    "alpha.webm": _of(_case("alpha, VP9")),
    "no_face.mp4": lambda folder: make_clip(
        folder / "clip", ClipSpec(fps=Fraction(25))
    ).read_bytes(),
}


def as_source(path: Path) -> str:
    """What the file comes to where a picture is wanted: the upload's check, then every frame decoded."""
    try:
        with path.open("rb") as file:
            probe(file, path.stat().st_size)
        with VideoSource(path) as source:
            for frame in source.frames():
                assert (frame.width, frame.height) == (source.info.width, source.info.height)
            _, warnings = look_of(source.info, EncoderSettings())
    except LipwireError as error:
        return f"refused: `{error.code}`"
    return ", ".join(f"`{code}`" for code in warnings) or "kept"


def with_face(path: Path) -> str:
    """The same, and somebody has to be in the picture."""
    from lipwire.render.face.analysis import analyze_clip

    with VideoSource(path) as source:
        try:
            analyze_clip(source.frames())
        except LipwireError as error:
            return f"refused: `{error.code}`"
    return as_source(path)


def as_voice(path: Path) -> str:
    """What the file comes to where a voice is wanted."""
    try:
        with path.open("rb") as file:
            probe(file, path.stat().st_size)
            with open_media(file) as (opened, _):
                has_sound = sound_stream(opened) is not None
            if not has_sound or speech_is_silent(file):
                return "refused: `silent_speech`"
    except LipwireError as error:
        return f"refused: `{error.code}`"
    return "heard"


def line(name: str, path: Path) -> str:
    """One row of the table in docs/footage.md."""
    picture = with_face(path) if name == "no_face.mp4" else as_source(path)
    return f"| {name} | {NOTES[name]} | {picture} | {as_voice(path)} |"


def hostile_table(folder: Path) -> str:
    """All rows, of files made in `folder`."""
    rows = ["| file | what it is | as the picture | as the voice |", "| --- | --- | --- | --- |"]
    for name, make in HOSTILE.items():
        path = folder / name
        path.write_bytes(make(folder))
        rows.append(line(name, path))
    return "\n".join(rows) + "\n"
