"""`make voices FROM=folder`: every voice of an operator's folder says a sentence, before any of them is deployed.

What they said lies in out/voices as WAV files. 0 where every network speaks; 1 where one is refused or can't.
"""

import sys
import time
from pathlib import Path
from typing import Final

from lipwire.adapters.speech.networks.catalogue import Catalogue, Network, VoiceFile
from lipwire.adapters.speech.networks.folder import read_folder
from lipwire.adapters.speech.networks.synthesizer import NetworkSynthesizer
from lipwire.adapters.speech.wav import wav_of
from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.speech import Speech

#: In the languages that most voices speak; any other reads its own name for a voice and some numbers.
_SENTENCES: Final = {
    "de": "Guten Tag! Meine Mama brachte fünf Äpfel mit.",
    "en": "Good morning! My mother may bring five apples home.",
    "es": "¡Buenos días! Mi mamá trajo cinco manzanas.",
    "fr": "Bonjour ! Ma maman apporte cinq pommes.",
    "hi": "नमस्ते! मेरी माँ पाँच सेब लाई।",
    "it": "Buongiorno! Mia mamma porta cinque mele.",
    "pt": "Bom dia! Minha mãe trouxe cinco maçãs.",
}
_NUMBERS: Final = "1, 2, 3. 10, 100!"
#: Of a network with hundreds of speakers the first few tell enough.
_MOST_SPEAKERS: Final = 8


class _Here:
    """`VoiceFiles` of the folder itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, file: VoiceFile) -> Path:
        return self._folder / file.key


def try_voices(folder: Path, out: Path) -> bool:
    """Whether every network of the folder speaks; each voice's sentence is in `out`, and a line about it is printed.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    networks, refusals = read_folder(folder)
    for one in refusals:
        print(f"refused  {one}")
    out.mkdir(parents=True, exist_ok=True)
    speaks = NetworkSynthesizer(Catalogue(networks=networks), _Here(folder))
    failed = [network.name for network in networks if not _all_speak(network, speaks, out)]
    return bool(networks) and not refusals and not failed


def _all_speak(network: Network, speaks: NetworkSynthesizer, out: Path) -> bool:
    for voice in list(network.voices)[:_MOST_SPEAKERS]:
        text = _SENTENCES.get(voice.language.partition("-")[0], _NUMBERS)
        begun = time.process_time()
        order = Speech(text=text, voice=voice.id, language=voice.language, characters=len(text))
        try:
            spoken = speaks.speak(order)
        except SpeechFailedError as error:
            print(f"broken   {voice.id}: {error.message}")
            return False
        path = out / f"{voice.id.replace('/', '-')}.wav"
        path.write_bytes(wav_of(spoken))
        took = time.process_time() - begun
        times = f", {len(spoken.phonemes)} sounds timed" if voice.gives_times else ""
        print(
            f"speaks   {voice.id} ({voice.language}, {network.licence}): "
            f"{spoken.duration_ms / 1000:.1f} s in {took:.1f} s of a core{times}: {path}"
        )
    return True


if __name__ == "__main__":
    sys.exit(not try_voices(Path(sys.argv[1]).expanduser(), Path("out/voices")))
