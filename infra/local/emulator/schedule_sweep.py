"""One-off schedules fire within half a second, not within ten."""

from infra.local.emulator.patch import Patch


def _half_a_second(_interval: float) -> float:
    return 0.5


PATCHES = (
    Patch(
        target="ministack.services.scheduler:_SCHEDULE_TICK_INTERVAL",
        because="MiniStack looks for due schedules every ten seconds",
        kind=(int, float),
        replace=_half_a_second,
    ),
)
