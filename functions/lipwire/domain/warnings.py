"""What a job tells beside its result: something was done differently, and what to do about it."""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, JsonValue

from lipwire.domain.model import Model

#: Every code with its sentence. A code is part of the API: it never changes its meaning.
MESSAGES: Final[dict[str, str]] = {
    "style_not_understood": "Some words of `style` are not in the catalogue and changed nothing.",
    "option_without_effect": "An option has no effect on this source or beside the other options.",
    "face_lost_in_some_frames": "The face was not found in some frames; they keep the original picture.",
    "mouth_hidden_in_some_frames": "Something is before the mouth in some frames; they keep the original picture.",
    "mouth_closed_in_source": "The mouth never opens in the source; its inside was drawn.",
    "doubtful_mouths": "For some spans the source has no good mouth; they keep the original picture.",
    "mask_forbids_mouth": "The mask is black over the whole mouth; its movement does not show.",
    "original_sound_missing": "The source has no sound; there was nothing to keep or to mix.",
    "codec_replaced_by_h264": "The source's codec is not written; the result is H.264.",
    "codec_replaced_by_hevc": "The source's codec can't hold its samples here; the result is HEVC.",
    "deinterlaced": "The source is interlaced; the result is progressive.",
    "rotation_ignored": "The source asks to be turned by other than quarter turns; it is shown as it is stored.",
    "transparency_dropped": "The source's transparency can't be kept; the result is opaque.",
    "pixel_format_replaced": "The source's pixel format can't be encoded; the nearest one was used.",
    "odd_size_cropped": "One row or column of pixels was cut: the encoder needs even sizes.",
    "dynamic_hdr_dropped": "Dynamic HDR metadata can't be kept; static HDR metadata is.",
    "spatial_metadata_dropped": "Spherical or stereo metadata can't be kept.",
    "subtitles_dropped": "Subtitles are not carried over.",
    "chapters_dropped": "Chapters are not carried over.",
    "timecode_dropped": "The timecode track is not carried over.",
    "audio_tracks_dropped": "The source's other audio tracks are not carried over.",
    "other_tracks_dropped": "Data and attachment tracks are not carried over.",
    "metadata_dropped": "Some metadata can't be kept.",
}


class JobWarning(Model):
    """One thing a job tells: a stable code, a sentence, and what it is about where that helps."""

    code: str
    message: str
    details: dict[str, JsonValue] = Field(default_factory=dict)

    @classmethod
    def of(cls, code: str, /, **details: JsonValue) -> "JobWarning":
        """A warning of the table, with what it is about."""
        return cls(code=code, message=message_of(code), details=details)

    @classmethod
    def parse(cls, text: str) -> "JobWarning":
        """A bare `code`, or `code: what it is about`, as steps of a render report it."""
        code, _, detail = text.partition(":")
        details: dict[str, JsonValue] = {"what": detail.strip()} if detail.strip() else {}
        return cls(code=code.strip(), message=message_of(code.strip()), details=details)


def message_of(code: str) -> str:
    """The sentence of a code; a code of a newer engine speaks for itself."""
    return MESSAGES.get(code, f"{code.replace('_', ' ').capitalize()}.")


def _parsed(value: Any) -> Any:
    return JobWarning.parse(value) if isinstance(value, str) else value


#: A warning, or the text of one.
AnyWarning = Annotated[JobWarning, BeforeValidator(_parsed)]
