"""Which of the mesh's 478 landmarks mean what; "left" is the viewer's left."""

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def _points(*numbers: int) -> Indices:
    return np.array(numbers, dtype=np.intp)


EYE_OUTER_LEFT = 33
EYE_OUTER_RIGHT = 263
MOUTH_LEFT = 61
MOUTH_RIGHT = 291
FOREHEAD = 10
CHIN = 152
CHEEK_LEFT = 234
CHEEK_RIGHT = 454
NOSE_BASE = 2

#: Both lips' outlines run from the left corner to the right one; corners are in the upper rows only.
OUTER_UPPER = _points(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER = _points(146, 91, 181, 84, 17, 314, 405, 321, 375)
INNER_UPPER = _points(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER = _points(95, 88, 178, 87, 14, 317, 402, 318, 324)
OUTER_LIPS = np.concatenate([OUTER_UPPER, OUTER_LOWER[::-1]])
INNER_LIPS = np.concatenate([INNER_UPPER, INNER_LOWER[::-1]])
LIPS = np.concatenate([OUTER_UPPER, OUTER_LOWER, INNER_UPPER, INNER_LOWER])
#: Vertical pairs whose mean distance is the mouth's opening.
GAPS = ((13, 14), (82, 87), (312, 317))

#: The lower outline of the face, from the left ear to the right one.
JAW = _points(
    93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323
)
OVAL = _points(
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
#: Skin that follows the lips and the jaw: chin, cheeks, nasolabial folds, philtrum.
LOWER_FACE = _points(
    18, 83, 313, 200, 199, 175, 201, 421, 208, 428, 182, 406, 194, 418, 32, 262, 140, 369, 171, 396,
    43, 273, 106, 335, 204, 424, 211, 431, 170, 395, 169, 394, 135, 364, 202, 422, 210, 430,
    212, 432, 214, 434, 192, 416, 216, 436, 207, 427, 187, 411, 205, 425, 57, 287,
    186, 410, 92, 322, 165, 391, 167, 393, 164,
)  # fmt: skip
#: Points the mouth doesn't move; a warp of the lower face is nailed to them.
NAILS = _points(
    1, 2, 4, 5, 6, 168, 195, 197, 98, 327, 97, 326, 64, 294, 48, 278, 129, 358,
    33, 133, 145, 362, 263, 374, 111, 340, 117, 346, 50, 280, 36, 266,
    234, 127, 454, 356, 227, 447,
)  # fmt: skip
#: Points that move with the skull alone: head motion is fitted to them.
RIGID = _points(
    33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 98, 327, 64, 294,
    70, 105, 300, 334, 10, 151, 9, 67, 297, 127, 356, 21, 251,
)  # fmt: skip

#: Eyelids from the outer to the inner corner (left) and from the inner to the outer one (right).
LID_UPPER_LEFT = _points(33, 246, 161, 160, 159, 158, 157, 173, 133)
LID_LOWER_LEFT = _points(33, 7, 163, 144, 145, 153, 154, 155, 133)
BROW_LEFT = _points(46, 53, 52, 65, 55)
LID_UPPER_RIGHT = _points(362, 398, 384, 385, 386, 387, 388, 466, 263)
LID_LOWER_RIGHT = _points(362, 382, 381, 380, 374, 373, 390, 249, 263)
BROW_RIGHT = _points(285, 295, 282, 283, 276)
