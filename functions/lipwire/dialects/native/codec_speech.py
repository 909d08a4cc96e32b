"""Speech: native JSON to commands, views to native JSON."""

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.native import wire_speech as wire
from lipwire.dialects.native.codec import problem_out, to_json
from lipwire.dialects.native.codec_job_in import script_of
from lipwire.domain import commands
from lipwire.domain.ids import AssetId
from lipwire.domain.speech import MILLICREDITS_PER_1000, Script, Voice
from lipwire.domain.views import SpeechView


def to_create_speech(request: WireRequest) -> commands.CreateSpeech:
    """POST /speech."""
    body = read_json(request, wire.SpeechIn)
    return commands.CreateSpeech(script=script_of(body) or Script(text=body.text), name=body.name)


def to_get_speech(request: WireRequest) -> commands.GetSpeech:
    """GET /speech/{id}."""
    return commands.GetSpeech(asset_id=AssetId(request.path_params["id"]))


def to_list_voices(request: WireRequest) -> commands.ListVoices:
    """GET /voices."""
    return commands.ListVoices(language=validate(wire.VoiceQuery, dict(request.query)).language)


def from_new_speech(view: SpeechView) -> WireResponse:
    """A speech that was accepted."""
    return to_json(_speech_out(view), status=202)


def from_speech(view: SpeechView) -> WireResponse:
    """One speech."""
    return to_json(_speech_out(view))


def from_voices(voices: tuple[Voice, ...]) -> WireResponse:
    """All voices."""
    items = [
        wire.VoiceOut(
            id=voice.id,
            name=voice.name,
            language=voice.language,
            languages=list(voice.languages),
            engine=voice.engine.value,
            robotic=voice.is_robotic,
            quality=voice.quality,
            changes_pitch=voice.changes_pitch,
            gives_phonemes=voice.gives_times,
            millicredits_per_1000_characters=MILLICREDITS_PER_1000[voice.engine],
        )
        for voice in voices
    ]
    return to_json(wire.VoiceList(items=items))


def _speech_out(view: SpeechView) -> wire.SpeechOut:
    asset, speech = view.asset, view.speech
    return wire.SpeechOut(
        asset_id=asset.id,
        status=asset.status.value,
        voice=speech.voice,
        language=speech.language,
        rate=speech.rate_percent / 100,
        pitch=speech.pitch_percent / 100,
        characters=speech.characters,
        charged_millicredits=speech.charged_millicredits,
        duration_ms=asset.media.duration_ms if asset.media else None,
        audio_url=view.audio_url,
        phonemes_url=view.phonemes_url,
        urls_expire_at=view.urls_expire_at,
        error=problem_out(asset.problem),
        created_at=asset.created_at,
    )
