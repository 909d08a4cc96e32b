"""A network of Wav2Lip's published layer sizes with random weights: the yardstick for drawing one mouth.

Prajwal et al., "A lip sync expert is all you need for speech to lip generation in the wild", 2020. Batch norms are folded
into the convolutions, as an exporter does. Face (n, 6, 96, 96) and mel (n, 1, 80, 16) -> (n, 3, 96, 96).
"""

import sys
import time
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
from onnx import NodeProto, TensorProto, helper, numpy_helper

#: (channels in, out, kernel, stride, padding, residual)
_Conv = tuple[int, int, int, tuple[int, int], int, bool]


def _residual(channels: int, count: int) -> list[_Conv]:
    return [(channels, channels, 3, (1, 1), 1, True)] * count


def _plain(cin: int, cout: int, kernel: int, stride: tuple[int, int], padding: int) -> _Conv:
    return (cin, cout, kernel, stride, padding, False)


_FACE: Final[list[list[_Conv]]] = [
    [_plain(6, 16, 7, (1, 1), 3)],
    [_plain(16, 32, 3, (2, 2), 1), *_residual(32, 2)],
    [_plain(32, 64, 3, (2, 2), 1), *_residual(64, 3)],
    [_plain(64, 128, 3, (2, 2), 1), *_residual(128, 2)],
    [_plain(128, 256, 3, (2, 2), 1), *_residual(256, 2)],
    [_plain(256, 512, 3, (2, 2), 1), *_residual(512, 1)],
    [_plain(512, 512, 3, (1, 1), 0), _plain(512, 512, 1, (1, 1), 0)],
]
_AUDIO: Final[list[_Conv]] = [
    _plain(1, 32, 3, (1, 1), 1),
    *_residual(32, 2),
    _plain(32, 64, 3, (3, 1), 1),
    *_residual(64, 2),
    _plain(64, 128, 3, (3, 3), 1),
    *_residual(128, 2),
    _plain(128, 256, 3, (3, 2), 1),
    *_residual(256, 1),
    _plain(256, 512, 3, (1, 1), 0),
    _plain(512, 512, 1, (1, 1), 0),
]
#: (channels in with the skip, out, stride, residual layers after); the first two differ and stand below.
_UP: Final = (
    (1024, 512, 2, 2),
    (768, 384, 2, 2),
    (512, 256, 2, 2),
    (320, 128, 2, 2),
    (160, 64, 2, 2),
)


class _Graph:
    """Nodes and weights in the making."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._random = np.random.default_rng(2020)

    def conv(self, x: str, shape: _Conv) -> str:
        cin, cout, kernel, stride, padding, residual = shape
        y = self._apply("Conv", x, (cout, cin, kernel, kernel), cout, stride, padding)
        return self.node("Relu", [self.node("Add", [y, x]) if residual else y])

    def up(self, x: str, cin: int, cout: int, stride: int, padding: int) -> str:
        y = self._apply(
            "ConvTranspose",
            x,
            (cin, cout, 3, 3),
            cout,
            (stride, stride),
            padding,
            output_padding=stride - 1,
        )
        return self.node("Relu", [y])

    def node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def _apply(
        self,
        kind: str,
        x: str,
        shape: tuple[int, ...],
        cout: int,
        stride: tuple[int, int],
        padding: int,
        output_padding: int = 0,
    ) -> str:
        scale = 1 / np.sqrt(np.prod(shape[1:]))
        names = []
        for size in (shape, (cout,)):
            name = f"w{len(self.weights)}"
            values = self._random.normal(size=size).astype(np.float32) * np.float32(scale)
            self.weights.append(numpy_helper.from_array(values, name))
            names.append(name)
        more = {"output_padding": [output_padding] * 2} if output_padding else {}
        return self.node(kind, [x, *names], strides=list(stride), pads=[padding] * 4, **more)

    def last_conv(self, x: str, cin: int, cout: int) -> str:
        return self._apply("Conv", x, (cout, cin, 1, 1), cout, (1, 1), 0)


def build(path: Path) -> None:
    """The network lies at `path`."""
    graph = _Graph()
    sound = "mel"
    for shape in _AUDIO:
        sound = graph.conv(sound, shape)
    x, skips = "face", []
    for block in _FACE:
        for shape in block:
            x = graph.conv(x, shape)
        skips.append(x)
    x = graph.conv(sound, _plain(512, 512, 1, (1, 1), 0))
    x = graph.node("Concat", [x, skips.pop()], axis=1)
    x = graph.conv(graph.up(x, 1024, 512, 1, 0), _residual(512, 1)[0])
    x = graph.node("Concat", [x, skips.pop()], axis=1)
    for cin, cout, stride, count in _UP:
        x = graph.up(x, cin, cout, stride, 1)
        for shape in _residual(cout, count):
            x = graph.conv(x, shape)
        x = graph.node("Concat", [x, skips.pop()], axis=1)
    x = graph.conv(x, _plain(80, 32, 3, (1, 1), 1))
    x = graph.node("Sigmoid", [graph.last_conv(x, 32, 3)])
    made = helper.make_graph(
        graph.nodes,
        "wav2lip-shaped",
        [
            helper.make_tensor_value_info("face", TensorProto.FLOAT, ("n", 6, 96, 96)),
            helper.make_tensor_value_info("mel", TensorProto.FLOAT, ("n", 1, 80, 16)),
        ],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ("n", 3, 96, 96))],
        graph.weights,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def frames_per_s(path: Path, *, threads: int, batch: int = 8, rounds: int = 4) -> float:
    """Forward passes a second in onnxruntime on the CPU, warm."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    feed = {
        "face": random.random((batch, 6, 96, 96), dtype=np.float32),
        "mel": random.random((batch, 1, 80, 16), dtype=np.float32),
    }
    session.run(None, feed)
    began = time.perf_counter()
    for _ in range(rounds):
        session.run(None, feed)
    return rounds * batch / (time.perf_counter() - began)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    sys.stdout.write(f"{frames_per_s(Path(sys.argv[1]), threads=2):.2f}\n")
