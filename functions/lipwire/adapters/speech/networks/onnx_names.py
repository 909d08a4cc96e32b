"""What a network in ONNX takes and gives, read from its file without what would run it.

The file is one protobuf message (`ModelProto` of onnx.proto: 7 is its graph; of that 11 and 12 are inputs and outputs, whose
first field is their name). Everything else is passed over, so that a file of 300 MB costs a few reads.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_GRAPH: Final = 7
_INPUT, _OUTPUT, _NAME = 11, 12, 1
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
        size = os.fstat(file.fileno()).st_size
        for number, begin, end in _fields(file, 0, size):
            if number != _GRAPH:
                continue
            for kind, first, last in _fields(file, begin, end):
                if kind == _INPUT:
                    inputs.add(_name(file, first, last))
                elif kind == _OUTPUT:
                    outputs.append(_name(file, first, last))
    if not inputs or not outputs:
        raise BrokenNetworkError("it has no inputs or no outputs")
    return frozenset(inputs), tuple(outputs)


def _fields(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of each field that has a length, of the message at `begin`."""
    at = begin
    while at < end:
        file.seek(at)
        tag = _varint(file)
        number, kind = tag >> 3, tag & 7
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


def _name(file: BinaryIO, begin: int, end: int) -> str:
    for number, first, last in _fields(file, begin, end):
        if number == _NAME:
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
