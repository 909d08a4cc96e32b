"""Plans: what an account may ask for, as data."""

from typing import Annotated, Final, NamedTuple

from pydantic import ConfigDict, Field

from lipwire.domain.limits import Rate
from lipwire.domain.model import Model
from lipwire.domain.speech import MOST_CHARACTERS

Count = Annotated[int, Field(gt=0)]

#: What no plan and no custom limit goes beyond: a picture the renderer can hold, and how long buckets keep anything.
MOST_PIXELS: Final = 4096 * 4096
MOST_RETENTION_DAYS: Final = 30
#: Jobs of test keys cost nothing: they are short.
TEST_DURATION_MS: Final = 30_000


class Plan(NamedTuple):
    """What an account may ask for; plain data."""

    name: str
    #: Requests that make something: so many a minute, and so many of them at once.
    requests_per_minute: int
    burst: int
    #: All other requests: polling is meant to be cheap, Magic Hour's client asks twice a second for each job.
    reads_per_minute: int
    max_active_jobs: int
    max_duration_ms: int
    max_upload_bytes: int
    max_pixels: int
    retention_days: int
    #: Of one text that is to be spoken.
    max_speech_characters: int

    def longest_output_ms(self, *, is_test: bool) -> int:
        """How long an output may last."""
        return min(self.max_duration_ms, TEST_DURATION_MS) if is_test else self.max_duration_ms

    @property
    def max_fetches(self) -> int:
        """Uploads that may be fetched from URLs at once: a video and a voice for each active job."""
        return 2 * self.max_active_jobs

    @property
    def creating(self) -> Rate:
        """The exact rate of requests that make something."""
        return Rate(per_minute=self.requests_per_minute, burst=self.burst)

    @property
    def reading(self) -> Rate:
        """The approximate rate of all other requests: a sixth of a minute's worth may come at once."""
        return Rate(per_minute=self.reads_per_minute, burst=max(1, self.reads_per_minute // 6))

    @property
    def waiting(self) -> Rate:
        """Of requests that wait for a job's end, each for 20 s at most: so many begin at once, twice as many wait at most."""
        return Rate(per_minute=3 * self.max_active_jobs, burst=self.max_active_jobs)


class PlanChanges(Model):
    """Limits of one account that differ from its plan's; what is None is the plan's."""

    model_config = ConfigDict(extra="forbid")

    requests_per_minute: Count | None = None
    burst: Count | None = None
    reads_per_minute: Count | None = None
    max_active_jobs: Count | None = None
    max_duration_ms: Count | None = None
    max_upload_bytes: Count | None = None
    max_pixels: Annotated[int, Field(gt=0, le=MOST_PIXELS)] | None = None
    retention_days: Annotated[int, Field(gt=0, le=MOST_RETENTION_DAYS)] | None = None
    max_speech_characters: Annotated[int, Field(gt=0, le=MOST_CHARACTERS)] | None = None

    def applied_to(self, plan: Plan) -> Plan:
        """The plan with these limits in place of its own."""
        return plan._replace(**self.model_dump(exclude_none=True))


_FREE: Final = Plan(
    name="free",
    requests_per_minute=10,
    burst=5,
    reads_per_minute=600,
    max_active_jobs=1,
    max_duration_ms=60 * 1000,
    max_upload_bytes=500 * 1024**2,
    max_pixels=1920 * 1080,
    retention_days=7,
    max_speech_characters=1000,
)
_STARTER: Final = Plan(
    name="starter",
    requests_per_minute=60,
    burst=10,
    reads_per_minute=1200,
    max_active_jobs=3,
    max_duration_ms=10 * 60 * 1000,
    max_upload_bytes=5 * 1024**3,
    max_pixels=3840 * 2160,
    retention_days=14,
    max_speech_characters=3000,
)
_PRO: Final = Plan(
    name="pro",
    requests_per_minute=300,
    burst=50,
    reads_per_minute=6000,
    max_active_jobs=20,
    max_duration_ms=30 * 60 * 1000,
    max_upload_bytes=20 * 1024**3,
    # 4K video, and what a phone's camera takes.
    max_pixels=MOST_PIXELS,
    retention_days=MOST_RETENTION_DAYS,
    max_speech_characters=MOST_CHARACTERS,
)

#: `custom` is `pro` with an account's own changes.
PLANS: Final = {plan.name: plan for plan in (_FREE, _STARTER, _PRO, _PRO._replace(name="custom"))}
