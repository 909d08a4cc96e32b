"""The media box: bombs and disguised playlists end in a code within a second and little memory, and open nothing."""

import os
import socket
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.domain.plans import PLANS
from probe.box import BoxBrokenError, Look, look_into
from tests.support.bombs import BOMBS, DISGUISES, movie_that_points_elsewhere
from tests.support.clips import MEDIA, needs_media
from tests.support.deadlines import SLACK_S
from tests.support.hostile import HOSTILE
from tests.support.inside.tripwire import NO_WIRE, TOUCHED

PLAN = PLANS["pro"]
UNLIMITED = "tests.support.inside.unlimited"
WATCHED = "tests.support.inside.watched"
#: Of the hostile files, those that are refused whatever they are for.
HOSTILE_REFUSED = {
    "zero.mp4": "corrupt_media",
    "html.mp4": "unsupported_media",
    "truncated.mp4": "corrupt_media",
    "truncated_faststart.mp4": "corrupt_media",
}
#: No refusal may need more, of processor time and by the clock; on a busy machine the clock is allowed some slack.
CPU_S = 1.0
PEAK_KIB = 150 * 1024


class Clocked(BytesIO):
    """A file that knows when it was first asked for: the box has started and is closed by then."""

    began: float | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """The bytes."""
        if self.began is None:
            self.began = time.monotonic()
        return super().read(size)


def look(data: bytes, *, inside: str = "probe.inside", deadline_s: float = 30) -> Look:
    """What the box says of a file, within the limits of the standard plan; a refusal takes a second."""
    file = Clocked(data)
    try:
        found = look_at(file, inside=inside, deadline_s=deadline_s)
    except BoxBrokenError as broken:
        if broken.status == NO_WIRE:
            pytest.skip("this kernel can't watch what a process calls")
        raise
    assert found.status != TOUCHED, "the box tried to open or to start something"
    if found.finding.problem is not None and file.began is not None:
        assert time.monotonic() - file.began < CPU_S + SLACK_S
    return found


def look_at(file: BytesIO, *, inside: str, deadline_s: float = 30) -> Look:
    """What the box says of such a file."""
    return look_into(
        file,
        len(file.getvalue()),
        max_duration_ms=PLAN.max_duration_ms,
        max_pixels=PLAN.max_pixels,
        deadline_s=deadline_s,
        inside=inside,
    )


def refused(found: Look) -> str:
    """The code of a cheap refusal."""
    assert found.finding.media is None
    assert found.finding.problem is not None
    assert found.status == 0, "the box broke"
    assert found.cpu_s is not None
    assert found.cpu_s < CPU_S
    assert found.peak_kib is not None
    assert found.peak_kib < PEAK_KIB
    return found.finding.problem.code


@pytest.fixture
def canaries(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A file that holds up whoever opens it, and a server that knows whether anybody called."""
    fifo = tmp_path / "canary"
    os.mkfifo(fifo)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        yield {"path": str(fifo), "url": f"http://127.0.0.1:{port}/x.ts", "port": str(port)}
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.fault(31, 32, 33, 34)
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, name: str) -> None:
    """Each by the code that says what is too much; nothing else is so much as tried to be opened."""
    make, code = BOMBS[name]
    assert refused(look(make(tmp_path), inside=WATCHED)) == code


@pytest.mark.fault(29, 30)
@pytest.mark.parametrize("name", HOSTILE_REFUSED)
def test_a_broken_file_is_refused(tmp_path: Path, name: str) -> None:
    """Those made here as those among the test media."""
    data = HOSTILE[name](tmp_path)
    assert refused(look(data, inside=WATCHED)) == HOSTILE_REFUSED[name]


@pytest.mark.fault(28, 30, 53)
@pytest.mark.parametrize("name", DISGUISES)
def test_a_list_of_other_files_opens_none_of_them(name: str, canaries: dict[str, str]) -> None:
    """Refused by what the bytes are: the box, in which nothing could be opened, is left out and only watched."""
    found = look(DISGUISES[name].format(**canaries).encode(), inside=UNLIMITED)
    assert refused(found) == "unsupported_media"
    assert found.finding.problem is not None
    assert found.finding.problem.message.startswith("The file is a")


@pytest.mark.fault(30)
def test_a_movie_that_points_elsewhere_is_not_followed(
    tmp_path: Path, canaries: dict[str, str]
) -> None:
    """Its data reference is left alone, even without the box."""
    data = movie_that_points_elsewhere(tmp_path, canaries["path"])
    assert refused(look(data, inside=UNLIMITED)) == "media_too_long"


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "corrupt_media"),
        (b"\0", "unsupported_media"),
        (bytes(range(256)) * 40, "unsupported_media"),
        (b"\0\0\0\x18ftypisom" + bytes(4000), "corrupt_media"),
    ],
    ids=["nothing", "one byte", "noise", "a start and nothing more"],
)
def test_what_is_broken_is_refused(data: bytes, code: str) -> None:
    """With a code that tells damage from what is no media at all."""
    assert refused(look(data)) == code


@needs_media
def test_all_test_media_come_out_of_the_box() -> None:
    """Broken ones with a code, odd ones as what they are; none makes the box try to open anything."""
    for name in (*HOSTILE, "two_faces.mp4"):
        found = look((MEDIA / "hostile" / name).read_bytes(), inside=WATCHED)
        if name in HOSTILE_REFUSED:
            assert refused(found) == HOSTILE_REFUSED[name]
        else:
            assert found.finding.media is not None, name


def test_the_wire_is_there() -> None:
    """A decoder that tries to open a file is seen."""
    with pytest.raises(AssertionError, match="tried to open"):
        look(b"", inside="tests.support.inside.touching")


def test_the_box_has_nothing_to_take() -> None:
    """A decoder that was taken over opens no file, no socket, starts nothing, and knows no secrets."""
    found = look(b"", inside="tests.support.inside.thieving")
    assert found.finding.problem is not None
    assert (found.finding.problem.code, found.finding.problem.message) == ("loot", "")


def test_what_will_not_leave_the_box_is_ended() -> None:
    """That is the file's doing too, not the machine's."""
    found = look(b"", inside="tests.support.inside.staying")
    assert found.finding.problem is not None
    assert found.finding.problem.code == "corrupt_media"
    assert found.status == -9


@pytest.mark.parametrize("lie", range(4))
def test_the_box_is_not_believed(lie: int) -> None:
    """What comes out of it is validated as what a stranger sent: a finding that is none is the file's doing."""
    found = look(bytes(lie), inside="tests.support.inside.lying")
    assert found.finding.media is None
    assert found.finding.problem is not None
    assert found.finding.problem.code == "corrupt_media"


@pytest.mark.fault(35)
def test_a_decoder_that_hangs_is_ended() -> None:
    """With all that it started, when its time is up."""
    found = look(b"", inside="tests.support.inside.hanging", deadline_s=2.5)
    assert found.finding.problem is not None
    assert found.finding.problem.code == "corrupt_media"
    assert "longer than is allowed" in found.finding.problem.message
    assert found.status == -9
    assert found.seconds < 10


@pytest.mark.fault(36)
def test_a_decoder_that_crashes_is_a_corrupt_file() -> None:
    """The box breaks, not what asked it."""
    found = look(b"", inside="tests.support.inside.crashing")
    assert found.finding.problem is not None
    assert found.finding.problem.code == "corrupt_media"
    assert found.status == -11
    assert found.said == "about to crash "


@pytest.mark.parametrize(
    ("inside", "reason", "said"),
    [
        ("unready", "before it was closed", "no such library"),
        ("unprepared", "a part of its own code", "no module can be opened any more"),
        ("killed", "the machine killed", ""),
    ],
)
def test_a_fault_of_our_own_is_no_verdict_on_the_file(inside: str, reason: str, said: str) -> None:
    """It is raised with what the box said last, for our log; the file may be looked into again."""
    with pytest.raises(BoxBrokenError, match=reason) as broken:
        look(b"", inside=f"tests.support.inside.{inside}")
    assert said in broken.value.said


class Store(BytesIO):
    """An object store in trouble: slow where it is told to be, else broken."""

    def __init__(self, *, slow_s: float = 0) -> None:
        super().__init__(b"abc")
        self.slow_s = slow_s

    def read(self, size: int | None = -1, /) -> bytes:
        """The bytes, late; or none ever."""
        if not self.slow_s:
            raise ConnectionError("reset")
        time.sleep(self.slow_s)
        return super().read(size)


def test_a_store_in_trouble_is_no_verdict_on_the_file() -> None:
    """Neither one that is slow nor one that fails."""
    with pytest.raises(BoxBrokenError, match="object store"):
        look_at(Store(slow_s=2.1), inside="tests.support.inside.asking", deadline_s=2)
    with pytest.raises(ConnectionError):
        look_at(Store(), inside="tests.support.inside.asking")
