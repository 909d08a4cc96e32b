"""Entities for tests: whole ones, of which a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from lipwire.domain.accounts import Account
from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.jobs import Job, JobOutput, JobStatus, RenderReport
from lipwire.domain.media import MediaInfo, MediaKind

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
ACCOUNT = f"acct_{'0' * 26}"


def an_account(**changes: object) -> Account:
    """An account on the standard plan."""
    values = {
        "id": ACCOUNT,
        "name": "Acme",
        "webhook_secret": "whsec_" + "A" * 44,
        "created_at": NOW,
    }
    return Account.model_validate(values | changes)


def a_caller(**changes: object) -> Caller:
    """Somebody with a key of that account."""
    return Caller(account=an_account(**changes), key_id="0123456789")


def video_info(**changes: object) -> MediaInfo:
    """Two seconds of talking video."""
    values: dict[str, object] = {
        "kind": MediaKind.VIDEO,
        "container": "mp4",
        "size_bytes": 1000,
        "duration_ms": 2000,
        "streams": 2,
        "width": 640,
        "height": 360,
        "fps": Fraction(25),
        "has_audio": True,
    }
    return MediaInfo(**(values | changes))  # type: ignore[arg-type]


def image_info(**changes: object) -> MediaInfo:
    """One picture."""
    values = {"kind": MediaKind.IMAGE, "container": "png", "duration_ms": 0, "fps": None}
    return video_info(**(values | {"has_audio": False, "streams": 1} | changes))


def voice_info(**changes: object) -> MediaInfo:
    """Two seconds of sound."""
    values = {
        "kind": MediaKind.AUDIO,
        "container": "wav",
        "width": None,
        "height": None,
        "fps": None,
    }
    return video_info(**(values | {"streams": 1} | changes))


def an_asset(number: int, **changes: object) -> Asset:
    """An asset that was found to be fine."""
    values = {
        "id": f"ast_{number:026d}",
        "account_id": ACCOUNT,
        "status": AssetStatus.READY,
        "filename": "a.mp4",
        "content_type": "video/mp4",
        "size_bytes": 1000,
        "created_at": NOW,
        "upload_expires_at": NOW + timedelta(hours=1),
        "version_id": "v1",
    }
    return Asset.model_validate(values | changes)


def a_job(**changes: object) -> Job:
    """A job that is being validated."""
    values = {
        "id": f"job_{'0' * 26}",
        "account_id": ACCOUNT,
        "status": JobStatus.VALIDATING,
        "stage": "validating",
        "source_id": f"ast_{1:026d}",
        "speech_id": f"ast_{2:026d}",
        "engine": "retarget",
        "held_millicredits": 6000,
        "per_second_millicredits": 1000,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Job.model_validate(values | changes)


def a_report(**changes: object) -> RenderReport:
    """What a container says of two seconds rendered."""
    values = {
        "key": "outputs/a/b/output.mp4",
        "cover_key": "outputs/a/b/cover.jpg",
        "width": 640,
        "height": 360,
        "fps": "25",
        "frames": 50,
        "duration_ms": 2000,
        "size_bytes": 9,
    }
    return RenderReport(output=JobOutput.model_validate(values | changes))
