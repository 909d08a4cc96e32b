"""Which of the clip's own mouths to show at each output frame."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lipwire.domain.options import Quality
from lipwire.render.face.arrays import Floats, Ints

#: How many of the bank's mouths are weighed for each output frame.
CANDIDATES = {Quality.DRAFT: 50, Quality.STANDARD: 140, Quality.BEST: 260}
_WINDOW = 500
_OVERLAP = 60

#: Weights of a candidate's own cost; mouth errors count in the actor's standard deviations.
_OPENING = 2.0
_WIDTH = 2.0
#: An open mouth pressed shut by the warp shows squashed teeth, a shut one pulled open smeared lips: per hundredth
#: of an eye distance beyond what a warp can do.
_PRESSED = 2.5
_PRESSABLE = 0.015
_NEARLY_CLOSED = 0.05
_PULLED = 3.0
_PULLABLE = 0.02
_POSE = 625.0
_BLUR = 14.0
#: Lips blurred into the teeth behind them look like two mouths at once.
_UNCLEAR = 18.0
#: A mouth that moves fast in its clip, unlike the frame before it and the one after it, is often half of each: it may be
#: passed through, but is not held, nor jumped to. Per eye distance (over all lip points) and 25th of a second beyond that
#: of quick speech.
_PASSING = 60.0
_QUICK = 0.12
#: Weights of going from one candidate to the next; shape counts in squared eye distances over all lip points.
_SHAPE = 90.0
_SUCCESSOR = 0.15
_NEAR = 0.5
_NEAR_COST = 0.05
_JUMP_COST = 1.5


@dataclass(frozen=True, eq=False)
class Mouths:
    """Every frame of the clip as a mouth that could be shown; arrays over frames."""

    opening: Floats
    width: Floats
    pose: Floats
    sharpness: Floats
    #: How clearly its lips end, 0..1.
    clarity: Floats
    #: Lip outlines without head motion, in eye distances, (n, 40, 2).
    shape: Floats
    #: When each is shown, in seconds.
    times_s: Floats

    @cached_property
    def passing(self) -> Floats:
        """How far each mouth is from the nearer of its neighbours in time, in eye distances over all lip points a 25th s."""
        rows = self.shape.reshape(len(self.shape), -1)
        steps = np.sqrt(((rows[1:] - rows[:-1]) ** 2).sum(axis=1))
        speeds = steps / (25 * np.maximum(np.diff(self.times_s), 1e-3))
        before, after = np.append(np.inf, speeds), np.append(speeds, np.inf)
        nearer: Floats = np.minimum(before, after)
        # A clip of one frame has none.
        return np.where(np.isfinite(nearer), nearer, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A source frame and its cost for each output frame."""

    source: Ints
    cost: Floats


def thin_out(features: Floats, frames: Ints, *, most: int) -> Ints:
    """At most `most` of `frames`, spread over `features` (one row a frame) by farthest-point sampling."""
    if len(frames) <= most:
        return frames
    rows = features[frames]
    middle = int(np.argmin(((rows - rows.mean(axis=0)) ** 2).sum(axis=1)))
    chosen = [middle]
    nearest = ((rows - rows[middle]) ** 2).sum(axis=1)
    while len(chosen) < most:
        far = int(np.argmax(nearest))
        chosen.append(far)
        nearest = np.minimum(nearest, ((rows - rows[far]) ** 2).sum(axis=1))
    return np.sort(frames[np.array(chosen)])


def retrieve(
    mouths: Mouths,
    canvas: Ints,
    *,
    bank: Ints,
    opening: Floats,
    width: Floats,
    tier: Quality = Quality.STANDARD,
) -> Choice:
    """The cheapest smooth sequence of mouths (Viterbi over windows).

    Each frame's candidates are the `bank` and the canvas frame's own mouth: where the clip has nothing better in this
    pose, the own mouth is bent by the warp instead of pasting a blurred one.
    """
    n = len(canvas)
    source = np.zeros(n, dtype=np.intp)
    cost = np.zeros(n)
    begin, entry = 0, None
    while begin < n:
        end = min(begin + _WINDOW, n)
        stop = n if end == n else end - _OVERLAP
        span = slice(begin, end)
        frames, costs = _candidates(
            mouths,
            canvas[span],
            bank=bank,
            opening=opening[span],
            width=width[span],
            most=CANDIDATES[tier],
        )
        path = _viterbi(mouths, frames, costs, entry=entry)
        kept = np.arange(stop - begin)
        source[begin:stop] = frames[kept, path[: stop - begin]]
        cost[begin:stop] = costs[kept, path[: stop - begin]]
        entry = int(source[stop - 1])
        begin = stop
    return Choice(source, cost)


def _candidates(
    mouths: Mouths, canvas: Ints, *, bank: Ints, opening: Floats, width: Floats, most: int
) -> tuple[Ints, Floats]:
    """Per output frame its best frames, the canvas's own last, and their costs."""
    spread_o = max(float(mouths.opening[bank].std()), 0.015)
    spread_w = max(float(mouths.width[bank].std()), 0.015)

    def cost(frames: Ints) -> Floats:
        off_o = (mouths.opening[frames] - opening[:, None]) / spread_o
        off_w = (mouths.width[frames] - width[:, None]) / spread_w
        pose = ((mouths.pose[frames] - mouths.pose[canvas][:, None]) ** 2).sum(axis=-1)
        wanted = 0.9 * np.minimum(1.0, mouths.sharpness[canvas])[:, None]
        pulled = np.maximum(opening[:, None] - mouths.opening[frames] - _PULLABLE, 0.0) / 0.01
        pressed = np.maximum(mouths.opening[frames] - opening[:, None] - _PRESSABLE, 0.0) / 0.01
        total: Floats = (
            _OPENING * off_o**2
            + _WIDTH * off_w**2
            + _PRESSED * pressed * (opening[:, None] < _NEARLY_CLOSED)
            + _PULLED * pulled
            + _POSE * pose
            + _BLUR * np.maximum(0.0, wanted - mouths.sharpness[frames])
            + _UNCLEAR * (1.0 - mouths.clarity[frames])
        )
        return total

    of_bank = cost(np.broadcast_to(bank, (len(canvas), len(bank))))
    count = min(most, len(bank))
    best = np.argpartition(of_bank, count - 1, axis=1)[:, :count]
    own = canvas[:, None]
    frames = np.concatenate([bank[best], own], axis=1)
    return frames, np.concatenate([np.take_along_axis(of_bank, best, axis=1), cost(own)], axis=1)


def _viterbi(mouths: Mouths, frames: Ints, costs: Floats, *, entry: int | None) -> Ints:
    """The cheapest path: one column per row of `frames`."""
    n = len(frames)
    back = np.zeros(frames.shape, dtype=np.intp)
    total = costs[0].copy()
    if entry is None:
        total += _unsettled(mouths, frames[0])
    else:
        total += _transition(mouths, np.array([entry]), frames[0])[0]
    for k in range(1, n):
        through = total[:, None] + _transition(mouths, frames[k - 1], frames[k])
        back[k] = np.argmin(through, axis=0)
        total = through[back[k], np.arange(frames.shape[1])] + costs[k]
    path = np.zeros(n, dtype=np.intp)
    path[-1] = int(np.argmin(total))
    for k in range(n - 1, 0, -1):
        path[k - 1] = back[k, path[k]]
    return path


def _transition(mouths: Mouths, before: Ints, after: Ints) -> Floats:
    """Cost of showing `after` (columns) right after `before` (rows)."""
    a = mouths.shape[before].reshape(len(before), -1)
    b = mouths.shape[after].reshape(len(after), -1)
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2.0 * (a @ b.T)
    shape = _SHAPE * np.maximum(squares, 0.0)
    step = after[None] - before[:, None]
    near = np.abs(step) <= 2
    cost = np.where(near, _NEAR * shape + _NEAR_COST, shape + _JUMP_COST)
    cost += _unsettled(mouths, after)
    return np.where(step == 1, _SUCCESSOR * shape, cost)


def _unsettled(mouths: Mouths, frames: Ints) -> Floats:
    """Cost of stopping at each of these mouths, or coming to it from elsewhere."""
    cost: Floats = _PASSING * np.maximum(0.0, mouths.passing[frames] - _QUICK)
    return cost
