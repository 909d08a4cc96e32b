"""Broken and odd files come to what docs/footage.md says: those made here, and the test media of the same names."""

from pathlib import Path

import pytest

pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.face.analysis import analyze_clip
from lipwire.render.media.source import VideoSource
from tests.support.clips import MEDIA, needs_media
from tests.support.footage_table import DOCUMENT, HOSTILE_BEGIN, HOSTILE_END, section
from tests.support.hostile import HOSTILE, line

WRITTEN = section(DOCUMENT.read_text(), HOSTILE_BEGIN, HOSTILE_END).splitlines()


@pytest.mark.parametrize("name", HOSTILE)
def test_made_file_comes_to_what_is_written(tmp_path: Path, name: str) -> None:
    """Checked as an upload is, decoded to its end, listened to."""
    path = tmp_path / "file"
    path.write_bytes(HOSTILE[name](tmp_path))
    assert line(name, path) in WRITTEN


@needs_media
@pytest.mark.parametrize("name", HOSTILE)
def test_test_media_come_to_the_same(name: str) -> None:
    """What was made here stands for the file that it is named after."""
    assert line(name, MEDIA / "hostile" / name) in WRITTEN


@needs_media
def test_all_test_media_are_covered() -> None:
    """No hostile file is left out: two people are looked for below, all others above."""
    found = {path.name for path in (MEDIA / "hostile").iterdir()}
    assert found == {*HOSTILE, "two_faces.mp4"}


@needs_media
def test_both_people_are_found() -> None:
    """Two faces are two people, each seen in every frame."""
    with VideoSource(MEDIA / "hostile" / "two_faces.mp4") as source:
        people = analyze_clip(source.frames()).people
    assert len(people) == 2
    assert all(person.found.mean() > 0.9 for person in people)
