"""Analyses that end while their asset is erased, or after it."""

import pytest

from lipwire.domain.assets import Analysis, AnalysisStatus
from lipwire.domain.jobs import RenderReport
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.finish_analysis import finish_analysis
from tests.support.builders import ACCOUNT, NOW, an_asset
from tests.support.erasable import World
from tests.support.fakes import FakeWork

RUNNING = Analysis(status=AnalysisStatus.RUNNING, engine="retarget")


class Late:
    """An asset whose analysis is under way, and what is left of it in the end."""

    def __init__(self) -> None:
        self.asset = an_asset(6, analysis=RUNNING)
        self.world = World()
        self.world.assets.rows = {self.asset.id: self.asset}
        self.world.work = FakeWork()
        self.world.work_objects.keys = {f"plans/{self.asset.id}.json"}

    def write(self) -> None:
        """What the container writes."""
        report = RenderReport(account_id=ACCOUNT, sha256="d" * 64, faces=1)
        self.world.work.put_report(self.asset.id, report)
        self.world.work_objects.keys |= {
            f"results/{self.asset.id}.json",
            f"analyses/{ACCOUNT}/{'d' * 64}/retarget-1.npz",
        }

    def finish(self) -> None:
        """The workflow's last step."""
        finish_analysis(
            self.asset.id,
            assets=self.world.assets,
            work=self.world.work,
            work_objects=self.world.work_objects,
        )


@pytest.mark.parametrize("written", ["before", "between", "after"])
def test_an_analysis_that_ends_after_its_asset_was_erased_leaves_nothing(written):
    """Whenever its container wrote: before the erasure, between its two looks, or after it."""
    late = Late()
    delete = late.world.assets.delete

    def deleting(asset, *, at):
        if written == "between":
            late.write()
        delete(asset, at=at)

    late.world.assets.delete = deleting
    if written == "before":
        late.write()
    erase_asset(late.asset, stores=late.world, at=NOW)
    if written == "after":
        late.write()
        late.finish()
    assert late.world.work_objects.keys == set()


def test_an_analysis_is_recorded_once_and_keeps_what_it_wrote():
    """A second end changes nothing; one whose asset goes in that very moment erases."""
    late = Late()
    late.write()
    late.finish()
    found = late.world.assets.rows[late.asset.id].analysis
    assert (found.status, found.faces, found.sha256) == (AnalysisStatus.DONE, 1, "d" * 64)
    kept = set(late.world.work_objects.keys)
    late.world.work.put_report(late.asset.id, RenderReport())
    late.finish()
    assert late.world.assets.rows[late.asset.id].analysis == found
    assert late.world.work_objects.keys == kept
    gone = Late()
    gone.write()
    gone.world.assets.record_analysis = lambda *_: False
    gone.finish()
    assert gone.world.work_objects.keys == set()


def test_an_analysis_without_a_report_has_failed():
    """Renders make their own."""
    late = Late()
    late.finish()
    assert late.world.assets.rows[late.asset.id].analysis.status is AnalysisStatus.FAILED
