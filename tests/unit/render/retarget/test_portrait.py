"""What a still is asked to do, and that it does it by seed, in any order and for several people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest

from lipwire.domain.options import EditedRegion, Expression, Quality
from lipwire.render.face import points
from lipwire.render.retarget.portrait import (
    FPS,
    Person,
    PortraitDrawer,
    fit_picture,
    portrait_targets,
    still_quality,
)
from lipwire.render.retarget.targets import Targets
from tests.support.faces import a_face

TIMES = np.arange(50) / FPS


@dataclass
class Voice:
    """Two seconds: open vowels, a pursed one at 1 s, lips shut at 0.5 s."""

    times_s: np.ndarray = field(default_factory=lambda: (np.arange(200) + 0.5) / 100)

    @property
    def opening(self) -> np.ndarray:
        """Open and closed three times a second."""
        return 0.5 - 0.5 * np.cos(2 * np.pi * 3 * self.times_s)

    @property
    def rounding(self) -> np.ndarray:
        """One pursed sound."""
        return np.exp(-(((self.times_s - 1.0) / 0.1) ** 2))

    @property
    def closure(self) -> np.ndarray:
        """One closure."""
        return (np.abs(self.times_s - 0.5) < 0.04).astype(np.float64)

    @property
    def energy(self) -> np.ndarray:
        """Always loud."""
        return np.ones(200)


def asked(**options: object) -> Targets:
    """The targets of the whole voice for a face at rest."""
    face = a_face(opening=0.005)
    return portrait_targets(Voice(), TIMES, landmarks=face, **options)  # type: ignore[arg-type]


def picture() -> np.ndarray:
    """Soft noise: anything that moves shows."""
    return np.random.default_rng(2).integers(60, 200, (480, 640, 3), dtype=np.uint8)


def test_a_mouth_rests_where_its_voice_has_no_say() -> None:
    """NaN moments leave it closed at its own width, and it comes to rest over several frames."""
    moments = TIMES.copy()
    moments[20:] = np.nan
    targets = portrait_targets(Voice(), moments, landmarks=a_face(opening=0.005))
    assert (targets.opening[20:] < 0.006).all()
    assert (targets.rounding[20:] == 0).all()
    assert np.isfinite(targets.width).all()
    assert not targets.closed[20:].any()
    free = asked()
    assert targets.opening[19] < free.opening[19]
    assert np.array_equal(targets.opening[:16], free.opening[:16])


def test_a_silent_person_has_targets_too() -> None:
    """Without any moment of speech the mouth is closed throughout."""
    targets = portrait_targets(Voice(), np.full(10, np.nan), landmarks=a_face())
    assert (targets.opening < 0.006).all()
    assert (targets.energy == 0).all()


def test_expressiveness_scales_what_the_mouth_does() -> None:
    """A mumbler opens less and an exaggerator more, and closures are closed for both."""
    low, middle, high = (asked(expressiveness=e) for e in (0.0, 0.5, 1.0))
    assert low.opening.max() < 0.6 * middle.opening.max()
    assert high.opening.max() > 1.25 * middle.opening.max()
    assert np.ptp(low.width) < np.ptp(middle.width)
    for targets in (low, middle, high):
        assert targets.closed.any()
        assert (targets.opening[targets.closed] < 0.004).all()


def test_a_wide_smile_is_not_pursed_all_the_way() -> None:
    """Where the picture smiles, a fully rounded sound would look pinched; a mouth at rest purses as far as asked."""
    resting, smiling = a_face(opening=0.005), a_face(opening=0.005)
    corners = [points.MOUTH_LEFT, points.MOUTH_RIGHT]
    unit = np.linalg.norm(smiling[points.EYE_OUTER_RIGHT] - smiling[points.EYE_OUTER_LEFT])
    for face, width in ((resting, 0.50), (smiling, 0.66)):
        middle = face[corners].mean(axis=0)
        off = face[points.LIPS] - middle
        off[:, 0] *= width * unit / np.ptp(face[corners, 0])
        face[points.LIPS] = middle + off
    full = portrait_targets(Voice(), TIMES, landmarks=resting, expressiveness=1.0)
    held = portrait_targets(Voice(), TIMES, landmarks=smiling, expressiveness=1.0)
    assert full.rounding.max() > 0.95
    assert held.rounding.max() == pytest.approx(0.65)


def test_expression_sets_the_width() -> None:
    """A smile is wider than the picture's own mouth, a serious one narrower."""
    serious, neutral, smiling = (
        asked(expression=e).width.mean()
        for e in (Expression.SERIOUS, Expression.NEUTRAL, Expression.SMILING)
    )
    assert serious < neutral - 0.01
    assert smiling > neutral + 0.01


def drawer(seed: int = 0, tier: Quality = Quality.STANDARD) -> PortraitDrawer:
    """One face that speaks."""
    person = Person(a_face(opening=0.005), asked())
    return PortraitDrawer(picture(), [person], times_s=TIMES, seed=seed, tier=tier)


def test_the_same_seed_gives_the_same_bytes_in_any_order_and_from_any_thread() -> None:
    """Frames depend on their number alone."""
    one = [drawer(5).frame(k) for k in (3, 20, 41)]
    other = drawer(5)
    with ThreadPoolExecutor(3) as pool:
        again = list(pool.map(other.frame, (41, 3, 20)))
    assert all(
        np.array_equal(a, b) for a, b in zip(one, (again[1], again[2], again[0]), strict=True)
    )


def test_another_seed_moves_head_and_lids_otherwise() -> None:
    """Two seeds differ in most frames."""
    one, other = drawer(1), drawer(2)
    assert not np.array_equal(one.frame(30), other.frame(30))


def test_tiers_keep_more_of_fine_detail_the_more_time_they_may_take() -> None:
    """Noise survives the head's motion least in a draft and most at best."""
    kept = [
        float(np.mean([drawer(1, tier).frame(k)[150:350, 240:400].std() for k in (10, 25, 40)]))
        for tier in (Quality.DRAFT, Quality.STANDARD, Quality.BEST)
    ]
    assert kept[0] < kept[1] - 1
    assert kept[1] < kept[2]


def test_two_people_speak_and_move_by_themselves() -> None:
    """Only the speaker's mouth opens; the background between the two does not tear."""
    rgb = np.random.default_rng(2).integers(60, 200, (480, 1000, 3), dtype=np.uint8)
    rgb = np.asarray(np.kron(rgb[::8, ::8], np.ones((8, 8, 1), dtype=np.uint8)))
    left, right = a_face(opening=0.005, shift=(-90, 0)), a_face(opening=0.005, shift=(400, 0))
    silent = portrait_targets(Voice(), np.full(50, np.nan), landmarks=right)
    people = [Person(left, asked()), Person(right, silent)]
    two = PortraitDrawer(rgb, people, times_s=TIMES, seed=1)
    still = PortraitDrawer(
        rgb, [Person(left, silent), Person(right, silent)], times_s=TIMES, seed=1
    )
    k = int(np.argmax(people[0].targets.opening))
    changed = (two.frame(k).astype(int) - still.frame(k)).any(axis=2)
    mouth_row = int(a_face()[points.MOUTH_LEFT, 1])
    speaking, resting = changed[mouth_row - 20 : mouth_row + 40].T[150:310], changed.T[640:800]
    assert speaking.mean() > 0.1
    # Its nod goes with the other's energy: the silent one is the same in both.
    assert not resting[:, mouth_row - 20 : mouth_row + 40].any()


def test_only_the_mouth_moves_where_the_jaw_must_not() -> None:
    """With the region narrowed to the mouth the chin no longer sinks with it."""
    targets = asked()
    k = int(np.argmax(targets.opening))
    face = a_face(opening=0.005)
    zero = np.zeros(50)
    calm = Targets(targets.opening, targets.width, targets.rounding, targets.closed, zero)
    # Brightness tells how far down a pixel came from.
    slope = np.repeat(np.linspace(0, 255, 480)[:, None, None], 640, axis=1).repeat(3, axis=2)
    slope = slope.astype(np.uint8)
    chin = slice(int(face[points.CHIN, 1]) - 8, int(face[points.CHIN, 1]) + 4)

    def moved(region: EditedRegion) -> float:
        person = Person(face, calm, region=region)
        quiet = Person(face, portrait_targets(Voice(), np.full(50, np.nan), landmarks=face))
        shown, rest = (
            PortraitDrawer(picture(), [p], times_s=TIMES).frame(k) for p in (person, quiet)
        )
        return float(np.abs(shown[chin, 310:330].astype(int) - rest[chin, 310:330]).mean())

    assert moved(EditedRegion.MOUTH_AND_JAW) > 3
    # This face's other points lie anywhere and pull a little; test_rig_shape has the exact figures.
    assert moved(EditedRegion.MOUTH) < 0.75 * moved(EditedRegion.MOUTH_AND_JAW)


@pytest.mark.parametrize(
    ("size", "height", "expected"),
    [
        ((301, 401), None, (301, 401)),
        ((1001, 801), 480, (600, 480)),
        ((300, 400), 480, (300, 400)),
        ((5120, 1000), None, (2560, 500)),
    ],
)
def test_pictures_are_reduced_to_what_was_asked_and_never_enlarged(
    size: tuple[int, int], height: int | None, expected: tuple[int, int]
) -> None:
    """The shorter side follows `height`, the longer one has a limit, re-sampled sides are even."""
    fitted, scale = fit_picture(np.zeros((size[1], size[0], 3), np.uint8), height=height)
    assert (fitted.shape[1], fitted.shape[0]) == expected
    assert scale == pytest.approx(expected[0] / size[0], abs=0.01)


def test_quality_falls_for_turned_and_for_tiny_faces() -> None:
    """A frontal face of good size is as good as it gets; profiles and thumbnails are not."""
    face = a_face(eye_px=100)
    # The scattered face has no depth of its own: give cheeks one.
    turned = face.copy()
    turned[points.CHEEK_RIGHT, 2] += 2 * abs(
        face[points.CHEEK_RIGHT, 0] - face[points.CHEEK_LEFT, 0]
    )
    assert still_quality(face) == 1.0
    assert still_quality(turned) < 0.2
    assert still_quality(a_face(eye_px=22)) < 0.6
