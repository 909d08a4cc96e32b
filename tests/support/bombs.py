"""Files that cost far more than they weigh, and lists of other files dressed as media; each made in a moment."""

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from tests.support.clips import ClipSpec, make_clip, tone


def _chunk(kind: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def _png(side: int, *, extra: bytes = b"", rows: int = 100) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(rows * (side * 3 + 1)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + extra
        + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"")
    )


def _zeros(mebibytes: int) -> bytes:
    """So many MiB of nothing, packed: one block of it, again and again (it refers to none before it)."""
    packer = zlib.compressobj()
    start = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (mebibytes - 1)


def huge_still(folder: Path) -> bytes:
    """16,000 by 16,000 pixels in a few kilobytes."""
    return _png(16_000)


def swollen_profile(folder: Path) -> bytes:
    """A small picture whose color profile unpacks to 300 MiB."""
    return _png(32, extra=_chunk(b"iCCP", b"x\0\0" + _zeros(300)), rows=32)


def swollen_text(folder: Path) -> bytes:
    """A small picture whose comment unpacks to 300 MiB, behind a text that looks packed and is not."""
    return _png(32, extra=_chunk(b"iTXt", b"x\0\1\0x\x9c\0x\0" + _zeros(300)), rows=32)


def huge_video(folder: Path) -> bytes:
    """8,192 by 8,192 pixels, its frames packed as PNG."""
    return _muxed(folder, "mov", "png", [(_png(8192), 0), (_png(8192), 1)], side=8192)


def _muxed(
    folder: Path,
    container: str,
    codec: str,
    packets: list[tuple[bytes, int]],
    *,
    side: int = 64,
    rate: int = 1,
) -> bytes:
    path = folder / f"muxed.{container}"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.width = stream.height = side
        stream.pix_fmt = "rgb24"
        stream.time_base = Fraction(1, rate)
        for data, time in packets:
            packet = av.Packet(data)
            packet.pts = packet.dts = time
            packet.time_base = Fraction(1, rate)
            packet.stream = stream
            packet.is_keyframe = True
            out.mux(packet)
    return path.read_bytes()


def ten_hours(folder: Path) -> bytes:
    """Ten hours in a few kilobytes."""
    still = _png(64, rows=64)
    return _muxed(folder, "mov", "png", [(still, 0), (still, 18_000), (still, 36_000)])


def ten_hours_that_say_one_second(folder: Path) -> bytes:
    """The same, behind headers that say 1 s."""
    data = bytearray(ten_hours(folder))
    for box in (b"mvhd", b"mdhd", b"tkhd"):
        at = data.index(box) + 4
        assert data[at] == 0
        scale = 12 if box != b"tkhd" else None
        place = at + (20 if scale is None else 16)
        ticks = 1000 if scale is None else struct.unpack_from(">I", data, at + scale)[0]
        struct.pack_into(">I", data, place, ticks)
    edit = data.find(b"edts")
    if edit >= 0:
        data[edit : edit + 4] = b"free"
    return bytes(data)


def thousand_frames_a_second(folder: Path) -> bytes:
    """A slow-motion camera's rate, which nobody dubs."""
    spec = ClipSpec(fps=Fraction(1000), frames=30, has_sound=False)
    return make_clip(folder / "fast", spec).read_bytes()


def absurd_time_base(folder: Path) -> bytes:
    """A microsecond a frame."""
    still = _png(64, rows=64)
    return _muxed(folder, "mov", "png", [(still, n) for n in range(20)], rate=1_000_000)


def many_frames(folder: Path) -> bytes:
    """An index that repeats one frame a hundred million times."""
    data = bytearray(ten_hours(folder))
    at = data.index(b"stsz") + 4
    # One size for all needs no table: the count is free to lie.
    first = struct.unpack_from(">I", data, at + 12)[0]
    struct.pack_into(">II", data, at + 4, first, 100_000_000)
    return bytes(data)


def sixty_streams(folder: Path) -> bytes:
    """Sixty sound tracks."""
    path = folder / "streams.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        streams = [out.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(60)]
        frame = tone(0.01, rate=8000)[0]
        for stream in streams:
            resampled = av.AudioResampler("s16", "mono", 8000).resample(frame)
            for one in resampled:
                out.mux(stream.encode(one))
    return path.read_bytes()


def _clip_with(folder: Path, change: Callable[[av.container.OutputContainer], None]) -> bytes:
    path = folder / "changed.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        change(out)
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        for frame in tone(0.1, rate=8000):
            for one in av.AudioResampler("s16", "mono", 8000).resample(frame):
                out.mux(stream.encode(one))
    return path.read_bytes()


def ten_thousand_chapters(folder: Path) -> bytes:
    """A chapter every millisecond."""

    def change(out: av.container.OutputContainer) -> None:
        base = Fraction(1, 1000)
        out.set_chapters(
            [
                {"id": n + 1, "start": n, "end": n + 1, "time_base": base, "metadata": {}}
                for n in range(10_000)
            ]
        )

    return _clip_with(folder, change)


def large_tags(folder: Path) -> bytes:
    """A comment of 5 MB."""

    def change(out: av.container.OutputContainer) -> None:
        out.metadata["comment"] = "x" * 5_000_000

    return _clip_with(folder, change)


def large_attachment(folder: Path) -> bytes:
    """A font of 20 MiB."""
    return _attached(folder, 20)


def huge_attachment(folder: Path) -> bytes:
    """A font of 120 MiB: refused before it is in memory."""
    return _attached(folder, 120)


def _attached(folder: Path, mebibytes: int) -> bytes:
    def change(out: av.container.OutputContainer) -> None:
        out.add_attachment("a.ttf", "font/ttf", bytes(mebibytes * 2**20))

    return _clip_with(folder, change)


#: Name -> how it is made, and the code it is refused with.
BOMBS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "16k x 16k still": (huge_still, "media_too_large"),
    "swollen color profile": (swollen_profile, "media_too_large"),
    "swollen text": (swollen_text, "media_too_large"),
    "8k x 8k video": (huge_video, "media_too_large"),
    "10 h": (ten_hours, "media_too_long"),
    "10 h that say 1 s": (ten_hours_that_say_one_second, "media_too_long"),
    "1,000 frames a second": (thousand_frames_a_second, "unsupported_media"),
    "a microsecond a frame": (absurd_time_base, "unsupported_media"),
    "100,000,000 frames": (many_frames, "media_too_long"),
    "60 streams": (sixty_streams, "unsupported_media"),
    "10,000 chapters": (ten_thousand_chapters, "unsupported_media"),
    "5 MB of tags": (large_tags, "media_too_large"),
    "20 MiB attachment": (large_attachment, "media_too_large"),
    "120 MiB attachment": (huge_attachment, "media_too_large"),
}

#: Name -> a list of other files; `{path}` and `{url}` are canaries.
DISGUISES: dict[str, str] = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{path}\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
    "HLS, relative": "#EXTM3U\n#EXTINF:1,\ncanary\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{path}'\nfile '{url}'\n",
    "DASH": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    "<Period><AdaptationSet><Representation><BaseURL>{url}</BaseURL>"
    "</Representation></AdaptationSet></Period></MPD>",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "PLS": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "image sequence": "/tmp/img%03d.png\n",
    "concat: name": "concat:{path}|{path}\n",
    "subfile: name": "subfile,,start,0,end,100,,:{path}\n",
    "SVG": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
    "web page": "<!doctype html><html><body><video src='{url}'></body></html>",
    "PDF": "%PDF-1.7\n",
    "text": "Dear all, find the video attached.\n",
}


def movie_that_points_elsewhere(folder: Path, path: str) -> bytes:
    """A MOV whose one track says that its data lie in another file (QuickTime data reference)."""
    data = ten_hours(folder)
    where = f"file://{path}".encode() + b"\0"
    at = data.index(b"dref") - 4
    old = struct.unpack_from(">I", data, at)[0]
    entry = struct.pack(">I4sI", 12 + len(where), b"url ", 0) + where
    made = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    grown = bytearray(data[:at] + made + data[at + old :])
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = grown.index(box) - 4
        struct.pack_into(
            ">I", grown, place, struct.unpack_from(">I", grown, place)[0] + len(made) - old
        )
    return bytes(grown)
