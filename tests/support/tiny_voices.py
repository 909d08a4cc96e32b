"""Tiny networks that take and give what Piper's and Kokoro's do: each number becomes a tone of its own.

Whoever knows the numbers can say which sound is heard when. They need the `onnx` package, which the renderer's environment has.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

#: Samples of one number, at the voice's own speed.
HOP = 2048
RATE = 22_050
#: A hand-made map: what a voice's own file would say.
IDS = {
    one: [number] for number, one in enumerate("_^$ .,?!ˈˌːabdefhijklmnopstuvwzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒθ")
}


def hertz(number: int, speaker: int = 0) -> int:
    """The tone of a number: each speaker's lie apart from the others'."""
    return 300 + 40 * number + 7 * speaker


def piper(path: Path, *, speakers: int = 1, durations: str = "none", **said: object) -> Path:
    """A voice of Piper's kind, and its file beside it; `said` is put into that.

    `durations` are "given", or known "inside" and given to nobody, as published voices have them; there may be "none", or it
    may be "unclear" which of the network's insides they are.
    """
    nodes = _tones("input", "length", speakers)
    nodes = [
        # scales[1] stretches each number; what is asked for is heard with half a sample of rounding.
        helper.make_node("Gather", ["scales", "one"], ["stretch"]),
        helper.make_node("Mul", ["hop", "stretch"], ["raw_length"]),
        helper.make_node("Floor", ["raw_length"], ["length"]),
        *nodes,
        helper.make_node("Unsqueeze", ["wave", "zero_one"], ["output"]),
    ]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples"])]
    if durations != "none":
        # In steps of 256 samples.
        nodes += [
            helper.make_node("Mul", ["ones", "stretch"], ["scaled"]),
            helper.make_node("Mul", ["scaled", "steps"], ["lengths"]),
            helper.make_node("Ceil", ["lengths"], ["/Ceil_output_0"]),
        ]
    if durations == "unclear":
        nodes.append(helper.make_node("Ceil", ["scaled"], ["/other/Ceil_output_0"]))
    if durations == "given":
        outputs.append(helper.make_tensor_value_info("/Ceil_output_0", TensorProto.FLOAT, [1, "n"]))
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    _save(path, nodes, inputs, outputs)
    config = {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": IDS,
        "num_symbols": len(IDS),
        "num_speakers": speakers,
        "speaker_id_map": {f"p{one}": one for one in range(speakers)} if speakers > 1 else {},
        "language": {"code": "en_US"},
        "dataset": "tiny",
        **said,
    }
    path.with_name(path.name + ".json").write_text(json.dumps(config), encoding="utf-8")
    return path


def kokoro(path: Path, *, tokens: str = "input_ids", durations: str | None = None) -> Path:
    """A network of Kokoro's kind: the first number of the style is added to each tone."""
    nodes = [
        helper.make_node("Div", ["hop", "speed"], ["raw_length"]),
        helper.make_node("Floor", ["raw_length"], ["stretched"]),
        helper.make_node("Squeeze", ["stretched"], ["length"]),
        helper.make_node("Gather", ["style", "zero"], ["styles"], axis=1),
        *_tones(tokens, "length", 1, added="styles"),
        helper.make_node("Squeeze", ["wave", "zero_one"], ["waveform"]),
    ]
    outputs = [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, ["samples"])]
    if durations:
        nodes.append(helper.make_node("Mul", ["ones", "steps"], [durations]))
        outputs.append(helper.make_tensor_value_info(durations, TensorProto.FLOAT, [1, "n"]))
    inputs = [
        helper.make_tensor_value_info(tokens, TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(path, nodes, inputs, outputs)
    return path


def _tones(numbers: str, length: str, speakers: int, *, added: str = "") -> list:
    """`wave` (1 x samples): `length` samples of each number's tone; `ones` (1 x n) beside it."""
    nodes = [
        helper.make_node("Cast", [numbers], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "nothing"], ["naught"]),
        helper.make_node("Add", ["naught", "one_float"], ["ones"]),
        helper.make_node("Mul", ["floats", "step"], ["above"]),
        helper.make_node("Add", ["above", "lowest"], ["own"]),
    ]
    last = "own"
    if speakers > 1:
        nodes += [
            helper.make_node("Cast", ["sid"], ["speaker"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["speaker", "apart"], ["shift"]),
            helper.make_node("Add", ["own", "shift"], ["theirs"]),
        ]
        last = "theirs"
    if added:
        nodes.append(helper.make_node("Add", [last, added], ["styled"]))
        last = "styled"
    return [
        *nodes,
        helper.make_node("Range", ["zero_float", length, "one_float"], ["places"]),
        helper.make_node("Mul", ["places", "turn"], ["phases"]),
        helper.make_node("Unsqueeze", [last, "two"], ["columns"]),
        helper.make_node("Mul", ["columns", "phases"], ["angles"]),
        helper.make_node("Sin", ["angles"], ["tones"]),
        helper.make_node("Mul", ["tones", "loudness"], ["quiet"]),
        helper.make_node("Reshape", ["quiet", "flat"], ["wave"]),
    ]


def _save(path: Path, nodes: list, inputs: list, outputs: list) -> None:
    values = {
        "hop": np.float32(HOP),
        "step": np.float32(40),
        "lowest": np.float32(300),
        "apart": np.float32(7),
        "loudness": np.float32(0.5),
        "nothing": np.float32(0),
        "zero_float": np.float32(0),
        "one_float": np.float32(1),
        "steps": np.float32(HOP / 256),
        "turn": np.float32(2 * np.pi / RATE),
        "zero": np.array([0]),
        "one": np.array(1),
        "two": np.array([2]),
        "zero_one": np.array([0]),
        "flat": np.array([1, -1]),
    }
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "tiny",
        inputs,
        outputs,
        [onnx.numpy_helper.from_array(np.asarray(v), k) for k, v in values.items() if k in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
