"""MediaPipe's face mesh, asked for one face's landmarks as an array.

`FaceMesh.process` makes a class for each answer and a Python object for each of 478 points: two milliseconds a frame,
a third of what the network itself takes. The graph is the same, and so are the numbers.
"""

from typing import Any, Final

import numpy as np
from mediapipe.python import packet_getter

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.solutions import face_mesh

_INPUT: Final = "image"
_OUTPUT: Final = "multi_face_landmarks"
#: Of time that passes between two pictures, for the graph's own smoothing: what `process` tells it as well.
_TICK_US: Final = 33_333
#: A landmark as protobuf writes it: tag and length of the message, then x, y and z, each a tag and a little-endian float.
_POINT: Final = np.dtype(
    {
        "names": ["head", "x", "y", "z"],
        "formats": ["S2", "<f4", "<f4", "<f4"],
        "offsets": [0, 3, 8, 13],
        "itemsize": 17,
    }
)
_HEAD: Final = b"\x0a\x0f"


class Mesh(face_mesh.FaceMesh):  # type: ignore[misc]
    """Follows one face from picture to picture; `reset` makes it look anew."""

    def __init__(self, *, least_confidence: float) -> None:
        """`least_confidence` is the detector's, 0..1."""
        super().__init__(
            max_num_faces=1,
            refine_landmarks=True,
            min_detection_confidence=least_confidence,
            min_tracking_confidence=0.5,
        )

    def landmarks(self, rgb: Pixels) -> Floats | None:
        """The face's (478, 3) as shares of the picture, float32; None without a face."""
        self._graph_outputs.clear()
        self._simulated_timestamp += _TICK_US
        packet = self._make_packet(self._input_stream_type_info[_INPUT], rgb)
        self._graph.add_packet_to_input_stream(
            stream=_INPUT, packet=packet.at(self._simulated_timestamp)
        )
        self._graph.wait_until_idle()
        found = self._graph_outputs.get(_OUTPUT)
        if found is None or found.is_empty():
            return None
        faces = packet_getter.get_proto_list(found)
        return _points(faces[0].SerializeToString()) if faces else None


def _points(coded: bytes) -> Floats:
    """The landmarks (n, 3) of a serialized NormalizedLandmarkList."""
    rows: Any = np.frombuffer(coded, dtype=_POINT)
    if (rows["head"] != _HEAD).any():
        raise ValueError("MediaPipe's landmarks have another layout than x, y and z")
    return np.stack([rows["x"], rows["y"], rows["z"]], axis=1)
