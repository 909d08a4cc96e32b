"""What a network in ONNX takes and gives, read from its file without what would run it.

The file is one protobuf message (`ModelProto` of onnx.proto: 7 is its graph; of that 11 and 12 are inputs and outputs, whose
first field is their name, and 1 are nodes, with outputs in 2 and their kind in 4). Everything else is passed over, so that a file
of 300 MB costs a few reads.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_GRAPH: Final = 7
_NODE, _INPUT, _OUTPUT = 1, 11, 12
_NAME, _NODE_OUTPUT, _NODE_KIND = 1, 2, 4
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


class BrokenNetworkError(ValueError):
    """The file is no network, or not all of one."""


def inputs_and_outputs(path: Path) -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of the inputs, and of the outputs in their order.

    Raises:
        BrokenNetworkError: it is cut off, or something else.
    """
    inputs, outputs = set(), []
    with path.open("rb") as file:
        for kind, first, last in _graph(file):
            if kind == _INPUT:
                inputs.add(_text(file, first, last, _NAME))
            elif kind == _OUTPUT:
                outputs.append(_text(file, first, last, _NAME))
    if not inputs or not outputs:
        raise BrokenNetworkError("it has no inputs or no outputs")
    return frozenset(inputs), tuple(outputs)


def made_by(kind: str, path: Path) -> list[str]:
    """What the nodes of a kind inside the network put out.

    Raises:
        BrokenNetworkError: it is cut off, or something else.
    """
    with path.open("rb") as file:
        return [
            _text(file, first, last, _NODE_OUTPUT)
            for number, first, last in _graph(file)
            if number == _NODE and _text(file, first, last, _NODE_KIND) == kind
        ]


def with_output(network: bytes, name: str) -> bytes:
    """The network, which gives besides what it has inside: fields that come twice are one, says protobuf."""
    return network + _field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode())))


def _field(number: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 0x80 else bytes([length & 0x7F | 0x80, length >> 7])
    return bytes([number << 3 | _BYTES]) + size + content


def _graph(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    size = os.fstat(file.fileno()).st_size
    for number, begin, end in _fields(file, 0, size):
        if number == _GRAPH:
            yield from _fields(file, begin, end)


def _fields(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of each field that has a length, of the message at `begin`."""
    at = begin
    while at < end:
        file.seek(at)
        tag = _varint(file)
        number, kind = tag >> 3, tag & 7
        # No field has it; a file of zeros is nothing but such fields, each a byte or two.
        if number == 0:
            raise BrokenNetworkError("it is not a protobuf message")
        if kind == _BYTES:
            length = _varint(file)
            first = file.tell()
            at = first + length
            if at <= end:
                yield number, first, at
        elif kind == _VARINT:
            _varint(file)
            at = file.tell()
        elif kind in {_EIGHT_BYTES, _FOUR_BYTES}:
            at = file.tell() + (8 if kind == _EIGHT_BYTES else 4)
        else:
            raise BrokenNetworkError("it is not a protobuf message")
    if at != end:
        raise BrokenNetworkError("it ends before its time")


def _text(file: BinaryIO, begin: int, end: int, wanted: int) -> str:
    for number, first, last in _fields(file, begin, end):
        if number == wanted:
            file.seek(first)
            return file.read(last - first).decode("utf-8", "replace")
    return ""


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 64, 7):
        byte = file.read(1)
        if not byte:
            raise BrokenNetworkError("it ends before its time")
        value |= (byte[0] & 0x7F) << shift
        if not byte[0] & 0x80:
            return value
    raise BrokenNetworkError("it is not a protobuf message")
