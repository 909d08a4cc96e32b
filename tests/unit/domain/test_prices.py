"""Prices are exact, rounded up at the vendor's own steps, and never above the estimate."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.duration import output_fps, output_resolution
from lipwire.domain.options import JobOptions
from lipwire.domain.prices import (
    PRICE_LISTS,
    Counted,
    PriceList,
    Resolution,
    Terms,
    charge,
    estimate,
    in_credits,
    list_of,
    newest,
    resolution_of,
)
from tests.support.builders import image_info, video_info

P480, P720, P1080, ABOVE = Resolution
RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60)]
#: More than anything costs here.
NO_LIMIT = 10**15


def every_terms() -> list[Terms]:
    """Each list with each tier it has, of any size and of a size that was asked for."""
    return [
        Terms(dialect=one.dialect, version=one.version, tier=tier, resolution=resolution)
        for one in PRICE_LISTS.values()
        for tier in sorted({name for _, name in one.rates} or {""})
        for resolution in (None, P480)
    ]


def estimated(dialect: str, duration_ms: int, *, fps=Fraction(25), resolution=P1080, **terms):
    """What is held by a dialect's newest list, at 1,000 milli-credits a second."""
    return estimate(
        Terms(dialect=dialect, version=newest(dialect), **terms),
        longest_ms=duration_ms,
        fps=fps,
        resolution=resolution,
        per_second=1000,
    )


def charged(terms: Terms, *, frames: int, fps: Fraction, duration_ms: int, held=NO_LIMIT):
    """What is charged for an HD output."""
    return charge(
        terms,
        frames=frames,
        fps=fps,
        duration_ms=duration_ms,
        resolution=P1080,
        per_second=1000,
        held=held,
    )


@pytest.mark.parametrize(
    ("dialect", "duration_ms", "more", "credits", "amount"),
    [
        # The engine's price for each second, one more than the output may last.
        ("native", 10_000, {}, Fraction(11), 11_000),
        ("native", 1, {}, Fraction(1001, 1000), 1_001),
        # Started seconds; twice as much above 1080p, and while nobody knows the size.
        ("lipdub", 10_200, {}, Fraction(11), 11_000),
        ("lipdub", 10_000, {"resolution": ABOVE}, Fraction(20), 20_000),
        ("lipdub", 10_000, {"resolution": None}, Fraction(20), 20_000),
        # Five for each started minute.
        ("lipsync_dev", 60_000, {}, Fraction(5), 60_000),
        ("lipsync_dev", 60_001, {}, Fraction(10), 120_000),
        ("lipsync_dev", 120_000, {}, Fraction(10), 120_000),
        # Hundredths, rounded up.
        ("joggai", 12_500, {}, Fraction(10, 100), 12_500),
        ("joggai", 13_000, {}, Fraction(11, 100), 13_750),
        ("joggai", 125_000, {}, Fraction(1), 125_000),
        # 30 frames a second whatever the source has.
        ("magic_hour", 15_000, {"fps": Fraction(12)}, Fraction(450), 18_000),
        ("magic_hour", 15_000, {"tier": "pro"}, Fraction(900), 36_000),
        ("magic_hour", 1, {}, Fraction(1), 40),
        # Five seconds at least; started seconds.
        ("lipsync_studio", 3_000, {"resolution": P720}, Fraction(20), 5_000),
        ("lipsync_studio", 10_000, {"resolution": P480}, Fraction(20), 5_000),
        ("lipsync_studio", 5_001, {"resolution": P720}, Fraction(24), 6_000),
        # Dollars a frame by model.
        ("sync_so", 1_000, {}, Fraction(5, 100), 1_000),
        ("sync_so", 1_000, {"tier": "lipsync-2-pro"}, Fraction(25, 300), 1_667),
        ("sync_so", 1_000, {"tier": "sync-3"}, Fraction(50, 375), 2_667),
        ("sync_so", 1_000, {"fps": None}, Fraction(60, 500), 2_400),
        ("sync_so", 5_000, {"fps": None}, Fraction(60, 100), 12_000),
        ("sync_so", 10_000, {"tier": "sync-3"}, Fraction(4, 3), 26_667),
    ],
)
def test_the_worked_table(dialect, duration_ms, more, credits, amount):
    """What each vendor's own rule makes of a length."""
    price = estimated(dialect, duration_ms, **more)
    assert (price.credits, price.amount) == (credits, amount)


@pytest.mark.parametrize(
    ("dialect", "resolution", "frames", "held", "credits", "amount"),
    [
        ("native", P1080, 240, 11_000, Fraction(96, 10), 9_600),
        ("lipdub", P1080, 240, 11_000, Fraction(10), 10_000),
        ("lipdub", ABOVE, 240, 20_000, Fraction(20), 20_000),
        # A frame into the next second is a second more, but never more than was held.
        ("lipdub", P1080, 251, 11_000, Fraction(11), 11_000),
        ("lipdub", P1080, 276, 11_000, Fraction(11), 11_000),
        ("lipsync_dev", P1080, 119 * 25, 120_000, Fraction(10), 120_000),
        ("joggai", P1080, 312, 13_750, Fraction(10, 100), 12_500),
        ("magic_hour", P1080, 375, 18_000, Fraction(375), 15_000),
        ("lipsync_studio", P720, 75, 5_000, Fraction(20), 5_000),
        ("sync_so", P1080, 25, 1_667, Fraction(5, 100), 1_000),
        ("sync_so", P1080, 45, 12_000, Fraction(9, 100), 1_800),
    ],
)
def test_the_worked_table_of_what_was_rendered(dialect, resolution, frames, held, credits, amount):
    """Outputs shorter than their estimates, at 25 frames a second; what failed is released, by every list alike."""
    price = charge(
        Terms(dialect=dialect, version=newest(dialect)),
        frames=frames,
        fps=Fraction(25),
        duration_ms=frames * 40,
        resolution=resolution,
        per_second=1000,
        held=held,
    )
    assert (price.credits, price.amount) == (credits, amount)


@pytest.mark.fault(87)
@given(
    terms=st.sampled_from(every_terms()),
    longest_ms=st.integers(0, 4 * 3600 * 1000),
    shorter_ms=st.integers(0, 4 * 3600 * 1000),
    fps=st.sampled_from(RATES),
    per_second=st.integers(0, 5000),
)
def test_an_output_within_its_length_never_costs_more_than_the_estimate(
    terms, longest_ms, shorter_ms, fps, per_second
):
    """Without any cap. Lists that estimate frames at a rate of their own hold it for outputs of that rate."""
    own = PRICE_LISTS[terms.dialect, terms.version].estimate_fps
    fps = min(fps, own) if own else fps
    duration_ms = min(shorter_ms, longest_ms)
    frames = -(-duration_ms * fps // 1000)
    held = estimate(
        terms, longest_ms=longest_ms, fps=fps, resolution=None, per_second=per_second
    ).amount
    spent = charge(
        terms,
        frames=int(frames),
        fps=fps,
        duration_ms=duration_ms,
        resolution=P1080,
        per_second=per_second,
        held=NO_LIMIT,
    ).amount
    assert 0 <= spent <= held


@pytest.mark.fault(81, 87)
@given(
    terms=st.sampled_from(every_terms()),
    frames=st.integers(0, 10**6),
    fps=st.sampled_from(RATES),
    duration_ms=st.integers(0, 10**8),
    held=st.integers(0, 10**7),
)
def test_nothing_costs_more_than_was_held(terms, frames, fps, duration_ms, held):
    """Whatever was rendered; the vendor's credits never say more than the ledger."""
    price = charged(terms, frames=frames, fps=fps, duration_ms=duration_ms, held=held)
    assert 0 <= price.amount <= held
    worth = PRICE_LISTS[terms.dialect, terms.version].credit
    assert price.credits * worth <= price.amount


@given(
    terms=st.sampled_from(every_terms()),
    frames=st.integers(0, 10**6),
    fps=st.sampled_from(RATES),
)
def test_the_vendors_credits_come_back_from_the_ledger(terms, frames, fps):
    """Only milli-credits are kept, and nothing is lost by that."""
    price = charged(terms, frames=frames, fps=fps, duration_ms=10**9)
    assert in_credits(terms, price.amount) == price.credits


def test_the_native_price_is_the_frames_time_rounded_up_to_a_millicredit():
    """One frame of 29.97 is neither rounded down nor a float; uneven frames cost no more than their time."""
    native = Terms()
    fps = Fraction(30000, 1001)
    assert charged(native, frames=1, fps=fps, duration_ms=1000).amount == 34
    assert charged(native, frames=25, fps=Fraction(25), duration_ms=9000).amount == 1000
    assert charged(native, frames=900, fps=Fraction(1), duration_ms=1500).amount == 1500


def test_frames_are_charged_by_number_whatever_they_last():
    """450 were held for 15 s; 375 were made."""
    magic = Terms(dialect="magic_hour")
    price = charged(magic, frames=375, fps=Fraction(25), duration_ms=15_000, held=18_000)
    assert (price.credits, price.amount, price.counted) == (375, 15_000, Counted.FRAMES)
    fast = charged(magic, frames=900, fps=Fraction(60), duration_ms=15_000, held=18_000)
    assert (fast.credits, fast.amount, fast.units, fast.each) == (
        450,
        18_000,
        900,
        40,
    )


def test_a_size_that_was_asked_for_decides_whatever_is_made():
    """480p was sold, so 480p is charged."""
    terms = Terms(dialect="lipsync_studio", resolution=P480)
    price = charged(terms, frames=250, fps=Fraction(25), duration_ms=10_000)
    assert (price.credits, price.amount, price.each) == (20, 5_000, 500)


def test_what_is_free_costs_nothing():
    """Neither held nor charged, by any list."""
    for terms in every_terms():
        free = terms.model_copy(update={"free": True})
        assert charged(free, frames=10, fps=Fraction(25), duration_ms=400).amount == 0


def test_an_unknown_tier_or_version_has_no_price():
    """Nothing is guessed; a dialect without a list of its own sells by the native one."""
    with pytest.raises(ValueError, match="no tier 'gold' in sync_so/1"):
        estimated("sync_so", 1000, tier="gold")
    acme = Terms(dialect="acme", version=newest("acme"))
    assert list_of(acme) == list_of(Terms())
    with pytest.raises(KeyError):
        list_of(Terms(dialect="magic_hour", version=99))


@pytest.mark.fault(86)
def test_every_list_is_known_by_name_and_version():
    """A job is settled by the very list that it was held by."""
    for (dialect, version), one in PRICE_LISTS.items():
        assert (one.dialect, one.version) == (dialect, version)
        assert 1 <= version <= newest(dialect)
    assert str(Terms(dialect="sync_so", version=1)) == "sync_so/1"
    assert newest("native") == Terms().version


def test_a_step_is_never_smaller_than_a_millicredit():
    """Else two of the vendor's amounts would be one of ours."""
    assert all(one.credit * one.step >= 1 for one in PRICE_LISTS.values())
    assert all(
        isinstance(value, int | Fraction)
        for one in PRICE_LISTS.values()
        for value in (one.credit, one.step, one.least, one.margin, *one.rates.values())
    )


@pytest.mark.parametrize(
    ("size", "resolution"),
    [
        ((854, 480), P480),
        ((480, 854), P480),
        ((481, 900), P720),
        ((1280, 720), P720),
        ((721, 721), P1080),
        ((1920, 1080), P1080),
        ((1081, 1920), ABOVE),
    ],
)
def test_sizes_have_classes_by_their_shorter_side(size, resolution):
    """Upright or not."""
    assert resolution_of(*size) is resolution


@pytest.mark.fault(87)
def test_the_output_has_the_sources_rate_and_size_or_less():
    """What is asked for decides, and nothing is enlarged."""
    clip = video_info(width=1920, height=1080, fps=Fraction(50))
    assert output_fps(clip, JobOptions()) == 50
    assert output_fps(clip, JobOptions(max_fps=30)) == 30
    assert output_fps(clip, JobOptions(fps=24, max_fps=30)) == 24
    assert output_fps(image_info(), JobOptions()) == 25
    assert output_resolution(clip, JobOptions()) is P1080
    assert output_resolution(clip, JobOptions(height=480)) is P480
    assert output_resolution(video_info(width=640, height=360), JobOptions(height=720)) is P480


def test_a_list_is_data():
    """Nothing of it can be changed by whoever reads it."""
    with pytest.raises(AttributeError):
        PriceList.__setattr__(PRICE_LISTS["native", 1], "credit", Fraction(1))
