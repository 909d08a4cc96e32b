"""An asset that is to be spoken."""

from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller
from lipwire.domain.ids import AssetId
from lipwire.domain.keys import KeyMode
from lipwire.domain.speech import Script, speech_of
from lipwire.ports import IdSource
from lipwire.ports.speech import VoiceCatalog

#: Longer than any workflow runs.
_SPOKEN_WITHIN: Final = timedelta(days=1)


def spoken_asset(
    script: Script,
    caller: Caller,
    *,
    voices: VoiceCatalog,
    ids: IdSource,
    now: datetime,
    name: str | None = None,
) -> Asset:
    """A new asset that waits for its text to be spoken; nothing is written, nothing charged. A test key has only robots.

    Raises:
        NothingToSayError, TextTooLongError, VoiceNotFoundError, LanguageNotSpokenError, InvalidOptionError.
    """
    limits, is_test = caller.account.limits, caller.mode is KeyMode.TEST
    speech = speech_of(
        script,
        # A test key pays nothing, so nobody is asked who wants to be paid.
        [one for one in voices.voices() if one.is_robotic or not is_test],
        most_characters=limits.max_speech_characters,
        longest_ms=limits.max_duration_ms,
    )
    return Asset(
        id=AssetId(ids.new("ast")),
        account_id=caller.account.id,
        status=AssetStatus.AWAITING_UPLOAD,
        filename=name or "speech.wav",
        content_type="audio/wav",
        size_bytes=0,
        created_at=now,
        upload_expires_at=now + _SPOKEN_WITHIN,
        speech=speech.model_copy(update={"is_test": is_test}),
    )
