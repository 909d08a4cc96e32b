"""What we sign, the standard's own library verifies."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from lipwire.domain.signing import new_secret, signed_headers

SECRETS = st.integers(0, 2**256 - 1).map(new_secret)
BODIES = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=10),
    st.text(st.characters(codec="utf-8"), max_size=30) | st.integers(),
    max_size=4,
)


@given(SECRETS, BODIES)
def test_the_standards_library_accepts(secret, payload):
    """Any secret of ours over any JSON, non-ASCII included."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = signed_headers("evt_1", body, secrets=[secret], at=datetime.now(UTC))
    assert Webhook(secret).verify(body, headers) == payload


def test_the_published_example_is_reproduced():
    """The example of the specification's reference libraries."""
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        at=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


@given(SECRETS, SECRETS)
def test_one_signature_for_each_secret_while_rotating(old, new):
    """Receivers that know either accept."""
    headers = signed_headers("evt_1", b"{}", secrets=[new, old], at=datetime.now(UTC))
    assert Webhook(old).verify(b"{}", headers) == Webhook(new).verify(b"{}", headers) == {}


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_any_change_is_noticed(change):
    """Body, id, time and secret are all under the signature."""
    secret, body = new_secret(7), b'{"a":1}'
    headers = signed_headers("evt_1", body, secrets=[secret], at=datetime.now(UTC))
    if change == "body":
        body = b'{"a":2}'
    elif change == "id":
        headers["webhook-id"] = "evt_2"
    elif change == "time":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
    else:
        secret = new_secret(8)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_an_old_signature_is_refused():
    """Why each attempt is signed anew."""
    headers = signed_headers(
        "evt_1", b"{}", secrets=[new_secret(7)], at=datetime.now(UTC) - timedelta(minutes=6)
    )
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret(7)).verify(b"{}", headers)


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_AA==", "whsec_!", "plain", "whsec_" + "A" * 100]
)
def test_a_weak_or_broken_secret_signs_nothing(secret):
    """24 to 64 bytes, base64."""
    with pytest.raises(ValueError, match="webhook secret"):
        signed_headers("evt_1", b"{}", secrets=[secret], at=datetime.now(UTC))
