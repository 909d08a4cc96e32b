"""Every phoneme has the shape its lips make, written in IPA or in ARPAbet."""

import pytest

from lipwire.render.speech.phonemes import shapes_of, viseme_of_arpabet, viseme_of_ipa
from lipwire.render.speech.visemes import Viseme


@pytest.mark.parametrize(
    ("symbol", "shape"),
    [
        ("p", Viseme.PBM),
        ("ˈaː", Viseme.A),
        ("t͡ʃ", Viseme.CH),
        ("dʒ", Viseme.CH),
        ("ts", Viseme.S),
        ("pf", Viseme.PBM),
        ("ʋ", Viseme.FV),
        ("ʀ", Viseme.K),
        ("ɲ", Viseme.T),
        ("ŋ", Viseme.K),
        ("yː", Viseme.W),
        ("_:", Viseme.SILENCE),
        ("", Viseme.SILENCE),
    ],
)
def test_ipa(symbol: str, shape: Viseme) -> None:
    """Stress, length and ties don't change the shape; affricates look like their end, pf like its closure."""
    assert viseme_of_ipa(symbol) is shape


def test_diphthongs_have_two_shapes() -> None:
    """The mouth goes from the first vowel to the second; a long vowel or a nasal one stays."""
    assert shapes_of("aɪ") == (Viseme.A, Viseme.I)
    assert shapes_of("ˈəʊ") == (Viseme.SCHWA, Viseme.W)
    assert shapes_of("aː") == (Viseme.A,)
    assert shapes_of("ɑ̃") == (Viseme.A,)
    assert shapes_of("tʃ") == (Viseme.CH,)


@pytest.mark.parametrize(
    ("phone", "shape"),
    [
        ("AA1", Viseme.A),
        ("b", Viseme.PBM),
        ("NG", Viseme.K),
        ("jh", Viseme.CH),
        ("pau", Viseme.SILENCE),
    ],
)
def test_arpabet(phone: str, shape: Viseme) -> None:
    """Case and stress don't matter, and what is no phone is a pause."""
    assert viseme_of_arpabet(phone) is shape
