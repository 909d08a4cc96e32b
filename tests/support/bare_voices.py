"""A folder with a voice of each kind whose networks have inputs and outputs and nothing between them: they can be listed, not
spoken with. For environments that have no `onnx`; `tests.support.tiny_voices` makes ones that speak.
"""

import json
from pathlib import Path

_CONFIG = {
    "audio": {"sample_rate": 22050, "quality": "medium"},
    "espeak": {"voice": "en-us"},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2]},
}


def folder_of_voices(folder: Path) -> Path:
    """`piper/en_US-amy-medium` and `kokoro/af_heart`, both accepted, and one that is refused for want of its file."""
    (folder / "kokoro").mkdir(parents=True)
    piper = _network(inputs=("input", "input_lengths", "scales"), outputs=("output",))
    (folder / "en_US-amy-medium.onnx").write_bytes(piper)
    (folder / "en_US-amy-medium.onnx.json").write_text(json.dumps(_CONFIG))
    (folder / "lost.onnx").write_bytes(piper)
    styled = _network(inputs=("input_ids", "style", "speed"), outputs=("waveform",))
    (folder / "kokoro" / "kokoro-v1.0.onnx").write_bytes(styled)
    (folder / "kokoro" / "af_heart.bin").write_bytes(bytes(1024))
    lines = ("en_US-amy-medium.onnx | CC0-1.0", "lost.onnx | MIT", "kokoro-v1.0.onnx | Apache-2.0")
    (folder / "licences.txt").write_text("\n".join(lines))
    return folder


def _network(*, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> bytes:
    """`ModelProto` with a graph (7) of inputs (11) and outputs (12), each with its name (1)."""
    graph = b"".join(
        _field(number, _field(1, name.encode()))
        for number, names in ((11, inputs), (12, outputs))
        for name in names
    )
    return _field(7, graph)


def _field(number: int, content: bytes) -> bytes:
    assert len(content) < 128, "one byte says how long it is"
    return bytes([number << 3 | 2, len(content)]) + content
