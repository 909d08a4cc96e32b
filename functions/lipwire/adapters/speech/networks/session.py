"""ONNX Runtime, loaded when the first network speaks."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lipwire.adapters.speech.networks.onnx_names import with_output
from lipwire.domain.errors import SpeechFailedError
from lipwire.observability import logger

#: The same text is spoken with the same chance each time.
_SEED: Final = 1
_ERRORS_ONLY: Final = 3
#: More helps little, and a function has two.
_MOST_THREADS: Final = 4
#: Numbers a network may take its inputs in.
_TYPES: Final = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}


class NetworkSession:
    """A network, ready to run."""

    def __init__(self, path: Path, *, threads: int, also: str | None = None) -> None:
        """Reads it whole; `also` is something inside it that it puts out besides.

        Raises:
            SpeechFailedError: it can't be run; the log says `voice_network_broken`.
        """
        import onnxruntime

        onnxruntime.set_seed(_SEED)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(threads, _MOST_THREADS)
        options.log_severity_level = _ERRORS_ONLY
        try:
            self._session = onnxruntime.InferenceSession(
                str(path) if also is None else with_output(path.read_bytes(), also),
                options,
                providers=["CPUExecutionProvider"],
            )
        except _runtime_errors() as error:
            logger.error("voice_network_broken", file=path.name, error=type(error).__name__)
            raise SpeechFailedError from error
        self.inputs = {one.name: one.type for one in self._session.get_inputs()}
        self.outputs = [one.name for one in self._session.get_outputs()]

    def run(self, values: Mapping[str, Any]) -> list[NDArray[np.float32]]:
        """Its outputs, flat.

        `values` are made the types that it takes.

        Raises:
            SpeechFailedError: it takes something else; the log says `voice_network_failed`.
        """
        given = {
            name: np.asarray(value, dtype=_TYPES.get(self.inputs.get(name, ""), np.float32))
            for name, value in values.items()
        }
        try:
            answers = self._session.run(None, given)
        except _runtime_errors() as error:
            # What it says may hold the numbers of the text.
            logger.error("voice_network_failed", error=type(error).__name__)
            raise SpeechFailedError from error
        return [np.asarray(one, dtype=np.float32).ravel() for one in answers]


@cache
def _runtime_errors() -> tuple[type[Exception], ...]:
    """Those of ONNX Runtime have no class in common but `Exception`."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return tuple(
        one for one in vars(state).values() if isinstance(one, type) and issubclass(one, Exception)
    )
