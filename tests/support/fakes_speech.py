"""Fakes of speech: a bucket of bytes, and who speaks into it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from lipwire.domain.assets import Asset
from lipwire.domain.speech import SpeechEngine, Voice
from lipwire.ports.speech import Spoken

VOICES = (
    Voice(id="polly/Amy", name="Amy", languages=("en-GB", "en"), engine=SpeechEngine.POLLY),
    Voice(id="polly/Lea", name="Léa", languages=("fr-FR", "fr"), engine=SpeechEngine.POLLY),
    *(
        Voice(
            id=f"espeak/{tags[0].lower()}",
            name=tags[0],
            languages=tags,
            engine=SpeechEngine.ESPEAK,
            changes_pitch=True,
            gives_times=True,
        )
        for tags in (("en-US", "en"), ("fr-BE", "fr"), ("cmn", "zh"), ("nb", "no"))
    ),
)


class FakeVoices:
    """Two good voices and four robots."""

    def voices(self) -> tuple[Voice, ...]:
        return VOICES


class FakeBucket:
    """Objects in memory, in the order they came."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def head(self, key: str) -> tuple[int, str | None] | None:
        return (len(self.objects[key]), "v1") if key in self.objects else None

    def find(self, key: str) -> tuple[int, str | None] | None:
        return self.head(key)

    def sign_get(self, key: str, *, expires_s: int) -> str:
        return f"https://bucket.test/{key}?{expires_s}"

    @contextmanager
    def writer(self, key: str) -> Iterator["_Sink"]:
        sink = _Sink()
        yield sink
        self.objects[key] = bytes(sink.data)


class _Sink:
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data


class FakeSpeaker:
    """Speaks into a bucket, or fails as it is told."""

    def __init__(self, bucket: FakeBucket, failure: Exception | None = None) -> None:
        self.bucket, self.failure = bucket, failure
        self.spoken: list[str] = []

    def speak(self, asset: Asset) -> None:
        if self.failure:
            raise self.failure
        assert asset.speech is not None
        self.spoken.append(str(asset.speech.text))
        self.bucket.objects[asset.key] = b"sound"


class FakeSynthesizer:
    """Says one sound, whatever the text."""

    def __init__(self, said: Spoken) -> None:
        self.said = said

    def speak(self, speech: object) -> Spoken:
        del speech
        return self.said


def engines_of(said: Spoken) -> Mapping[SpeechEngine, FakeSynthesizer]:
    """espeak-ng alone."""
    return {SpeechEngine.ESPEAK: FakeSynthesizer(said)}
