"""An operator's folder of voices, looked through: which can be had, and what is wrong with the others.

What lies where is told in docs/speech.md: `licences.txt` says which network's licence the operator has accepted; a network of
Piper's kind has its `.onnx.json` beside it, one of Kokoro's kind is in a folder of its own with the styles of its speakers.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from lipwire.adapters.speech.networks.catalogue import Network, Speaker, VoiceFile
from lipwire.adapters.speech.networks.kokoro_symbols import LANGUAGES
from lipwire.adapters.speech.networks.onnx_names import (
    BrokenNetworkError,
    inputs_and_outputs,
    made_by,
)
from lipwire.adapters.speech.networks.piper_config import PiperConfig
from lipwire.domain.speech import SpeechEngine

LICENCES: Final = "licences.txt"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")
_PIPER: Final = frozenset({"input", "input_lengths", "scales"})
_STYLED: Final = frozenset({"style", "speed"})
_TOKENS: Final = frozenset({"tokens", "input_ids"})
_DURATIONS: Final = frozenset({"duration", "durations"})
#: 256 numbers of four bytes: one row of a speaker's styles.
_ROW_BYTES: Final = 1024
_CHUNK: Final = 1 << 20
#: Read, given one more output and made ready, a network is in memory three times; with room for what it does with a
#: long sentence, that is the memory of `speak.spec.with_networks`.
_MOST_BYTES: Final = 500 << 20
#: Of something inside a network; exporters write paths like `/dp/Ceil_output_0`.
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """A voice that is not offered: the code stays the same from release to release."""

    path: str
    code: str
    why: str

    def __str__(self) -> str:
        return f"{self.code}: {self.path}: {self.why}"


class _RefusedError(Exception):
    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def read_folder(folder: Path) -> tuple[tuple[Network, ...], tuple[Refusal, ...]]:
    """The networks of a folder and of the folders in it, whose files are named by their paths, and what is refused.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"voices_folder_missing: there is no folder {folder}")
    licences = _licences(folder / LICENCES)
    networks: dict[str, Network] = {}
    refusals: list[Refusal] = []
    for path in sorted([*folder.glob("*.onnx"), *folder.glob("*/*.onnx")]):
        relative = path.relative_to(folder).as_posix()
        try:
            found = _network(path, folder, licences.get(path.name, ""))
            taken = {voice.id.lower() for one in networks.values() for voice in one.voices}
            if taken & {voice.id.lower() for voice in found.voices}:
                raise _RefusedError("voice_name_taken", "another network has a voice of that name")
            networks[relative] = found
        except _RefusedError as refused:
            refusals.append(Refusal(relative, refused.code, str(refused)))
    return tuple(networks.values()), tuple(refusals)


def _licences(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.partition("|") for line in path.read_text(encoding="utf-8").splitlines())
    return {name.strip(): licence.strip() for name, _, licence in lines if licence.strip()}


def _network(path: Path, folder: Path, licence: str) -> Network:
    if not _NAME.fullmatch(path.stem):
        raise _RefusedError("voice_name_invalid", "letters, digits and . _ + - make a name")
    if not licence:
        raise _RefusedError("voice_licence_missing", f"no line of {LICENCES} accepts its licence")
    size = path.stat().st_size
    if size > _MOST_BYTES:
        why = f"it has {size >> 20} MiB; the function's memory does for {_MOST_BYTES >> 20}"
        raise _RefusedError("voice_network_too_large", why)
    try:
        inputs, outputs = inputs_and_outputs(path)
    except (BrokenNetworkError, OSError) as error:
        raise _RefusedError("voice_network_broken", str(error)) from error
    if inputs >= _PIPER:
        return _piper(path, folder, licence, gives_more=len(outputs) > 1)
    if inputs >= _STYLED and inputs & _TOKENS:
        return _kokoro(path, folder, licence, times=bool(_DURATIONS & set(outputs)))
    raise _RefusedError("voice_format_unknown", f"it takes {', '.join(sorted(inputs))}")


def _piper(path: Path, folder: Path, licence: str, *, gives_more: bool) -> Network:
    said = path.with_name(path.name + ".json")
    try:
        config = PiperConfig.model_validate_json(said.read_bytes())
    except FileNotFoundError as error:
        raise _RefusedError("voice_config_missing", f"there is no {said.name}") from error
    except (OSError, ValidationError) as error:
        raise _RefusedError("voice_config_invalid", _first_line(error)) from error
    if config.num_speakers > 1:
        names = {number: name for name, number in config.speaker_id_map.items()}
        every = range(config.num_speakers)
        owns = [_own_name(names.get(number, ""), number) for number in every]
        if len({own.lower() for own in owns}) < len(owns):
            # Two would be one voice: all go by their numbers.
            owns = [str(number) for number in every]
        speakers = tuple(
            _piper_speaker(path.stem, config, number, owns[number], names.get(number, str(number)))
            for number in every
        )
    else:
        speakers = (_piper_speaker(path.stem, config, None, "", ""),)
    durations = None if gives_more else _durations_inside(path)
    return Network(
        engine=SpeechEngine.PIPER,
        name=path.stem,
        licence=licence,
        weights=_file(path, folder),
        config=_file(said, folder),
        quality=config.audio.quality,
        gives_times=gives_more or durations is not None,
        durations=durations,
        speakers=speakers,
    )


def _durations_inside(path: Path) -> str | None:
    """VITS rounds the length of each sound up to whole steps, and nothing else: what does that knows the lengths."""
    found = made_by("Ceil", path)
    return found[0] if len(found) == 1 and len(found[0]) <= _LONGEST_NAME else None


def _own_name(name: str, number: int) -> str:
    return name if _NAME.fullmatch(name) else str(number)


def _piper_speaker(
    stem: str, config: PiperConfig, number: int | None, own: str, name: str
) -> Speaker:
    parts = stem.split("-")
    shown = config.dataset or (parts[1] if len(parts) > 1 else stem)
    return Speaker(
        name=stem if number is None else f"{stem}/{own}",
        shown=shown.title() if number is None else f"{shown.title()} ({name})",
        languages=config.languages(stem),
        number=number,
    )


def _kokoro(path: Path, folder: Path, licence: str, *, times: bool) -> Network:
    if len(list(path.parent.glob("*.onnx"))) > 1:
        raise _RefusedError("voice_format_unknown", "a network with styles needs a folder alone")
    vocabulary = path.with_name("config.json")
    speakers: dict[str, Speaker] = {}
    for styles in sorted(one for one in path.parent.iterdir() if one.suffix in {".bin", ".npz"}):
        file = _file(styles, folder)
        for name in _style_names(styles):
            language = LANGUAGES.get(name[:1])
            if language is not None and _NAME.fullmatch(name):
                shown = name.partition("_")[2].title() or name
                speakers[name] = Speaker(name=name, shown=shown, languages=language[0], styles=file)
    if not speakers:
        why = "no .bin or .npz beside it has the styles of a speaker whose language is read here"
        raise _RefusedError("voice_styles_missing", why)
    return Network(
        engine=SpeechEngine.KOKORO,
        name=path.stem,
        licence=licence,
        weights=_file(path, folder),
        config=_file(vocabulary, folder) if vocabulary.exists() else None,
        gives_times=times,
        speakers=tuple(speakers.values()),
    )


def _style_names(path: Path) -> Iterator[str]:
    """The speakers of an archive; else the one that the file is named after."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [Path(one).stem for one in archive.namelist() if one.endswith(".npy")]
        yield from names
    elif path.stat().st_size and path.stat().st_size % _ROW_BYTES == 0:
        yield path.stem
    else:
        raise _RefusedError("voice_styles_broken", f"{path.name} holds no styles")


def _file(path: Path, folder: Path) -> VoiceFile:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return VoiceFile(
        key=path.relative_to(folder).as_posix(),
        sha256=digest.hexdigest(),
        size_bytes=path.stat().st_size,
    )


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
