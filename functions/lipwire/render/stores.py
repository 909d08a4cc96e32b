"""What a container's tasks ask of the buckets."""

from pathlib import Path
from typing import Protocol

from lipwire.domain.jobs import RenderPlan, RenderReport
from lipwire.domain.shards import ShardCut, ShardReport


class Files(Protocol):
    """Objects as local files."""

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        """False when there is no such object."""

    def put(self, path: Path, bucket: str, key: str, *, content_type: str) -> None: ...

    def remove(self, bucket: str, prefix: str) -> None:
        """Nothing is left below the prefix, in no version."""


class Reports(Protocol):
    """Plans in, reports out."""

    def plan(self, task_id: str) -> RenderPlan: ...

    def put_report(self, task_id: str, report: RenderReport) -> None: ...

    def report(self, task_id: str) -> RenderReport | None: ...

    def agree_cut(self, job_id: str, cut: ShardCut) -> None:
        """The first one counts."""

    def cut(self, job_id: str) -> ShardCut: ...

    def put_shard(self, job_id: str, index: int, report: ShardReport) -> None: ...

    def shard(self, job_id: str, index: int) -> ShardReport: ...

    def drop_shards(self, job_id: str) -> None: ...
