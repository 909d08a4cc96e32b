"""What a file that is none of ours looks like, so that a refusal can name it; nothing is parsed, nothing opened."""

from typing import Final

_STILL: Final = "a HEIF or AVIF picture: export it as JPEG or PNG"
_SIGNATURES: Final = (
    (b"#EXTM3U", "a playlist (HLS or M3U), which names other files; send the media itself"),
    (b"ffconcat", "a list of other files (FFmpeg concat script); send the media itself"),
    (b"[playlist]", "a playlist (PLS), which names other files; send the media itself"),
    (b"v=0", "a session description (SDP), which names a network stream; send a recording of it"),
    (b"RTSPtext", "a link to a stream; send a recording of it"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"GIF8", "a GIF picture: export it as MP4 or PNG"),
    (b"BM", "a BMP picture: export it as PNG"),
    (b"II*\x00", "a TIFF or raw picture: export it as PNG or JPEG"),
    (b"MM\x00*", "a TIFF or raw picture: export it as PNG or JPEG"),
    (b"8BPS", "a Photoshop document: export it as PNG"),
    (b"FLV", "a Flash video: export it as MP4"),
    (b"\x30\x26\xb2\x75", "a Windows Media file: export it as MP4"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_MARKUP: Final = (
    ("<mpd", "a manifest (DASH), which names other files; send the media itself"),
    ("<smoothstreamingmedia", "a manifest, which names other files; send the media itself"),
    ("<svg", "an SVG drawing: export it as PNG"),
    ("<html", "a web page: a download link may have been saved in place of the file"),
    ("<!doctype html", "a web page: a download link may have been saved in place of the file"),
)
_TEXT_SHARE: Final = 0.95


def describe(head: bytes) -> str | None:
    """What the first bytes of a foreign file look like, in words; None where they look like nothing known."""
    if head[4:8] == b"ftyp":
        return _STILL
    for signature, words in _SIGNATURES:
        if head.startswith(signature):
            return words
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().decode("utf-8", "replace")
    for tag, words in _MARKUP:
        if tag in start[:1024]:
            return words
    printable = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head)
    return "a text file" if printable >= _TEXT_SHARE * len(head) else None
