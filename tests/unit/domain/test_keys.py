"""API keys: form, checksum, hash."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.keys import ApiKey, base62, hash_key, make_key, public_id_of
from tests.support.builders import NOW

KEY = make_key("live", public_id=base62(123456789, 10), secret=base62(2**180 + 7, 32))


def test_a_key_has_the_published_form():
    """`lw_live_`, a public id, a secret and a checksum."""
    assert re.fullmatch(r"lw_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{38}", KEY)


def test_a_key_gives_its_public_id():
    """The public id is read back from a whole key."""
    assert public_id_of(KEY) == base62(123456789, 10)


@given(position=st.integers(8, len(KEY) - 1), letter=st.sampled_from("0aZ_- é"))
def test_a_changed_character_is_junk(position, letter):
    """Any one changed character breaks the checksum or the form."""
    changed = KEY[:position] + letter + KEY[position + 1 :]
    assert changed == KEY or public_id_of(changed) is None


@given(st.text(max_size=80))
def test_random_text_is_junk(text):
    """No text that is not a key has a public id."""
    assert public_id_of(text) is None


def test_only_the_very_key_opens_and_only_until_revoked():
    """Another secret under the same public id, or a revoked key, opens nothing."""
    record = ApiKey(
        public_id=base62(123456789, 10),
        account_id="acct_x",
        name="k",
        secret_sha256=hash_key(KEY),
        created_at=NOW,
    )
    other = make_key("live", public_id=base62(123456789, 10), secret=base62(5, 32))
    assert record.opens_with(KEY, at=NOW)
    assert not record.opens_with(other, at=NOW)
    assert not record.model_copy(update={"revoked_at": NOW}).opens_with(KEY, at=NOW)
