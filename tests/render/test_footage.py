"""Footage of every kind is kept, converted with a warning, or refused with a code: as docs/footage.md says."""

from pathlib import Path

import pytest

pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.media.sink import VideoSink
from tests.support import footage_table
from tests.support.footage import Footage
from tests.support.footage_cases import FOOTAGE
from tests.support.footage_table import (
    BEGIN,
    DOCUMENT,
    END,
    SilentlyDifferentError,
    line,
    run,
    section,
)


@pytest.mark.parametrize("case", FOOTAGE, ids=lambda case: f"{case.group}: {case.name}")
def test_footage_becomes_what_the_document_says(tmp_path: Path, case: Footage) -> None:
    """Made, rendered, compared sample by sample; the row in the document is what came of it."""
    assert line(run(case, tmp_path)) in section(DOCUMENT.read_text(), BEGIN, END).splitlines()


def test_the_document_has_no_row_of_its_own() -> None:
    """Each row is a case, each case a row, and no name stands twice."""
    rows = [
        text
        for text in section(DOCUMENT.read_text(), BEGIN, END).splitlines()
        if text.startswith("| ")
    ]
    named = [text.split(" | ")[0].removeprefix("| ") for text in rows]
    wanted = [case.name for case in FOOTAGE]
    assert len({(case.group, case.name) for case in FOOTAGE}) == len(FOOTAGE)
    assert sorted(name for name in named if name not in ("source", "---")) == sorted(wanted)


@pytest.mark.parametrize("case", FOOTAGE[:1])
def test_a_silent_change_is_noticed(
    tmp_path: Path, case: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison can fail: a frame left out, without a word, is an error."""
    left_out = iter([True] + [False] * 100)
    write = VideoSink.write

    def forgetful(self: VideoSink, *args: object) -> None:
        if not next(left_out):
            write(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(VideoSink, "write", forgetful)
    with pytest.raises(SilentlyDifferentError, match="times"):
        run(case, tmp_path)


def test_every_warning_is_explained() -> None:
    """Codes that a comparison accounts for are those the document shows."""
    shown = section(DOCUMENT.read_text(), BEGIN, END)
    assert all(f"`{code}`" in shown for code in footage_table.ACCOUNTS)
