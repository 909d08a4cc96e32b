"""The sound of a result: the voice's own AAC where an MP4 can hold it as it is, else AAC made of it."""

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from lipwire.domain.errors import SilentSpeechError
from lipwire.render.media.formats import open_media, sound_stream, stream_origin
from lipwire.render.media.mix import SoundMix, mixed
from lipwire.render.media.sound import Sound

SOUND_RATE = 48_000
SOUND_BITS_PER_S = 192_000
_AAC_FRAME = 1024
#: What every player of an MP4 takes; the rest is encoded anew.
_COPIED_RATES = (32_000, 44_100, 48_000)
_COPIED_PROFILE = "LC"


class SoundTrack:
    """One sound stream of an MP4, written a stretch at a time beside the pictures."""

    def __init__(self, container: OutputContainer, sound: Path | SoundMix) -> None:
        """A voice that is heard whole, or a mix."""
        self._container = container
        self._next: Packet | None = None
        speech = sound.whole_voice() if isinstance(sound, SoundMix) else sound
        if isinstance(sound, SoundMix) and speech is None:
            self._packets = self._encoded_mix(sound)
        elif speech is not None:
            with speech.open("rb") as file, open_media(file) as (opened, found):
                stream = sound_stream(opened)
                if stream is None:
                    raise SilentSpeechError("The voice file has no sound that we read.")
                is_copied = found.name == "mp4" and _is_copied(stream)
                channels = 1 if stream.codec_context.channels == 1 else 2
            self._packets = self._copied(speech) if is_copied else self._encoded(speech, channels)
        # The stream must be known before the first packet of any stream is written.
        self._next = next(self._packets, None)

    def mux(self, *, until_s: Fraction | None) -> None:
        """All sound that starts by then is in the file; all of it for None."""
        while self._next is not None:
            packet = self._next
            start = (packet.pts or 0) * packet.time_base
            if until_s is not None and start > until_s:
                return
            self._container.mux_one(packet)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """The voice's file is closed, however far it was read."""
        self._packets.close()

    def _copied(self, speech: Path) -> Generator[Packet, None, None]:
        with speech.open("rb") as file, open_media(file) as (opened, _):
            stream = sound_stream(opened)
            if stream is None or stream.time_base is None:
                raise SilentSpeechError
            target = self._container.add_stream_from_template(stream)
            shift = round(stream_origin(opened) / stream.time_base)
            for packet in opened.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts -= shift
                packet.dts -= shift
                packet.stream = target
                yield packet

    def _encoded(self, speech: Path, channels: int) -> Generator[Packet, None, None]:
        return self._aac(_pieces(Sound(speech), channels), channels)

    def _encoded_mix(self, mix: SoundMix) -> Generator[Packet, None, None]:
        channels = mix.channels
        samples = mixed(mix, rate=SOUND_RATE, channels=channels, block=_AAC_FRAME)
        return self._aac(samples, channels)

    def _aac(
        self, samples: Iterator[NDArray[np.float32]], channels: int
    ) -> Generator[Packet, None, None]:
        target = self._container.add_stream("aac", rate=SOUND_RATE)
        target.codec_context.bit_rate = SOUND_BITS_PER_S
        target.codec_context.layout = "mono" if channels == 1 else "stereo"
        position = 0
        for some in samples:
            yield from target.encode(_frame(some, position))
            position += some.shape[1]
        yield from target.encode(None)


def _is_copied(stream: AudioStream) -> bool:
    context = stream.codec_context
    return (
        context.codec.canonical_name == "aac"
        and context.profile == _COPIED_PROFILE
        and context.sample_rate in _COPIED_RATES
        and context.channels in (1, 2)
    )


def _pieces(sound: Sound, channels: int) -> Iterator[NDArray[np.float32]]:
    """All samples, an AAC frame's worth at a time, the rest last."""
    left = np.zeros((channels, 0), np.float32)
    for chunk in sound.chunks(rate=SOUND_RATE, channels=channels):
        left = np.concatenate([left, chunk], axis=1)
        whole = left.shape[1] // _AAC_FRAME * _AAC_FRAME
        for start in range(0, whole, _AAC_FRAME):
            yield left[:, start : start + _AAC_FRAME]
        left = left[:, whole:]
    if left.shape[1]:
        yield left


def _frame(samples: NDArray[np.float32], position: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(
        np.ascontiguousarray(samples),
        format="fltp",
        layout="mono" if samples.shape[0] == 1 else "stereo",
    )
    frame.sample_rate = SOUND_RATE
    frame.pts, frame.time_base = position, Fraction(1, SOUND_RATE)
    return frame
