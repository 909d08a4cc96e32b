"""MediaPipe's face detector and face mesh, without the plotting library that its drawing module imports."""

import sys
from importlib.util import find_spec
from types import ModuleType

# matplotlib and what it needs are 90 MB and half a second of every start, and nothing here draws with them: an empty
# module of that name satisfies the import.
if find_spec("matplotlib") is None:
    for _name in ("matplotlib", "matplotlib.pyplot"):
        sys.modules[_name] = ModuleType(_name)

from mediapipe.python.solutions import face_detection, face_mesh  # after the stand-in

__all__ = ["face_detection", "face_mesh"]
