"""Speech in the native API's JSON, field by field."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from lipwire.dialects.native.wire import ProblemOut
from lipwire.dialects.native.wire_base import Name, Out, ScriptIn
from lipwire.domain.model import Model

EngineName = Literal["polly", "kokoro", "piper", "espeak"]


class SpeechIn(ScriptIn):
    """A text to speak."""

    name: Name | None = Field(default=None, description="File name of the asset, for you.")


class VoiceQuery(Model):
    """Query of the list of voices."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, StringConstraints(min_length=2, max_length=35)] | None = Field(
        default=None, description="Only voices that speak it."
    )


class SpeechOut(Out):
    """A speech; its asset can be a job's `speech` from now on."""

    asset_id: str
    status: Literal["awaiting_upload", "uploaded", "ready", "rejected"]
    voice: str
    language: str
    rate: float
    pitch: float
    characters: int
    charged_millicredits: int = Field(description="Given back, where it comes to nothing.")
    duration_ms: int | None = None
    audio_url: str | None = Field(default=None, description="A WAV file, once it is spoken.")
    phonemes_url: str | None = Field(
        default=None,
        description="JSON, where the engine knows when each sound is heard: `symbol` in IPA, `start_ms`, `end_ms`.",
    )
    urls_expire_at: datetime | None = None
    error: ProblemOut | None = None
    created_at: datetime


class VoiceOut(Out):
    """Somebody who can speak."""

    id: str
    name: str
    language: str
    languages: list[str] = Field(description="What it is chosen for, its own first.")
    engine: EngineName
    robotic: bool = Field(description="It sounds like a machine, plainly.")
    quality: str | None = Field(
        default=None, description="As its makers call it, where they do: `low`, `medium`, `high`."
    )
    changes_pitch: bool
    gives_phonemes: bool = Field(description="Its own times drive the mouth: nothing is guessed.")
    millicredits_per_1000_characters: int


class VoiceList(Out):
    """All voices, the best engine's first."""

    items: list[VoiceOut]
