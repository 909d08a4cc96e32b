"""Many sentences spoken by festival, with the time at which every phone ends; festival runs as a program of its own."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from training.speech.voices import FestivalVoice

_TIMEOUT_S = 900
_SCHEME = """
(Parameter.set 'Audio_Method 'Audio_Command)
(voice_{voice})
(define (speak text path stretch)
  (Parameter.set 'Duration_Stretch stretch)
  (let ((u (SynthText text)))
    (utt.save.wave u path 'riff)
    (format t "== %s\\n" path)
    (mapcar (lambda (s) (format t "%s %f\\n" (item.name s) (item.feat s 'end))) (utt.relation.items u 'Segment))))
"""


def speak(
    voice: FestivalVoice, sentences: Sequence[tuple[str, float]], folder: Path
) -> list[tuple[Path, list[tuple[str, float]]]]:
    """Each sentence (its text, its slowness) as a WAV file, its IPA phonemes and the seconds at which they end.

    A sentence that the voice can't say ends its run: those after it are left out.
    """
    lines = [_SCHEME.format(voice=voice.name).encode()]
    for number, (text, slowness) in enumerate(sentences):
        written = text.encode(voice.encoding, "ignore").decode(voice.encoding)
        line = f'(speak "{written}" "{folder}/{voice.name}-{number}.wav" {slowness:.3f})\n'
        lines.append(line.encode(voice.encoding))
    program = folder / f"{voice.name}.scm"
    program.write_bytes(b"".join(lines))
    done = subprocess.run(
        ["festival", "-b", str(program)], capture_output=True, timeout=_TIMEOUT_S, check=False
    )
    spoken = []
    for part in done.stdout.decode("latin-1").split("== ")[1:]:
        path, *pairs = part.splitlines()
        phones = [pair.split() for pair in pairs if pair.strip()]
        spoken.append((Path(path), [(voice.phones[name], float(end)) for name, end in phones]))
    if not spoken:
        raise RuntimeError(f"festival's voice {voice.name} says nothing: {done.stderr[-300:]!r}")
    return spoken
