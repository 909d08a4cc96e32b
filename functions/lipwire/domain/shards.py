"""Into how many parts an output is cut, and what of them lies where until they are joined."""

from itertools import pairwise
from typing import Final

from lipwire.domain.jobs import RenderReport
from lipwire.domain.model import Model

#: More parts than this plan more than they save: each plans the whole output.
MAX_SHARDS: Final = 20
#: Later than any output ends.
_FOR_EVER_MS: Final = 10**9


class ShardCut(Model):
    """What all parts of an output have in common: agreed once, before the first of them is rendered."""

    #: Rising times in ms; a part ends where the next one begins.
    seams: tuple[int, ...]
    #: The very analysis that every part plans by: two that differ in a bit may plan different mouths.
    analysis_key: str
    #: What was heard in the voices, which is long work too; None where the engine stores nothing of the kind.
    hearing_key: str | None = None
    source_sha256: str | None = None

    def spans(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each part in ms. The last one's end is open: an output's length is known as a bound only."""
        return tuple(pairwise((0, *self.seams, _FOR_EVER_MS)))


class ShardReport(RenderReport):
    """What one part's container leaves behind; `output` is None for a part without frames.

    The part's file bears a hash of its bytes in its name, so what is joined is what this report speaks of, however many
    attempts there were.
    """

    #: Number of its first frame, and frames of the whole output.
    first: int
    of: int
    #: What time 0 of its file is on the output's clock: seconds as a fraction.
    begins_s: str


def shard_count(longest_ms: int, *, shard_ms: int) -> int:
    """Parts of about `shard_ms`; an output up to half as long again is made whole."""
    if longest_ms * 2 <= shard_ms * 3:
        return 1
    return min(MAX_SHARDS, -(-longest_ms // shard_ms))


def parts_prefix(job_id: str) -> str:
    """Below it in the work bucket lie a job's parts until they are joined."""
    return f"parts/{job_id}/"


def cut_key(job_id: str) -> str:
    """What the parts have in common."""
    return f"{parts_prefix(job_id)}cut.json"


def cut_analysis_key(job_id: str, sha256: str) -> str:
    """The analysis that they plan by."""
    return f"{parts_prefix(job_id)}analysis-{sha256[:16]}.npz"


def cut_hearing_key(job_id: str, sha256: str) -> str:
    """What was heard in the voices."""
    return f"{parts_prefix(job_id)}heard-{sha256[:16]}"


def part_key(job_id: str, index: int, sha256: str) -> str:
    """A part's file."""
    return f"{parts_prefix(job_id)}{index}-{sha256[:16]}.mp4"


def part_cover_key(job_id: str) -> str:
    """The cover, from the one part that holds its frame."""
    return f"{parts_prefix(job_id)}cover.jpg"


def part_report_key(job_id: str, index: int) -> str:
    """What a part's container says of it."""
    return f"{parts_prefix(job_id)}{index}.json"
