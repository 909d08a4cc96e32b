"""The samples in the docs do what the docs say."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lipwire.domain.signing import new_secret, signed_headers

DOCS = Path(__file__).resolve().parents[3] / "docs/architecture/04-events-and-webhooks.md"
SECRET, OTHER = new_secret(7), new_secret(8)
BODY = '{"type":"job.succeeded","data":{"name":"Zoë 🎬"}}'.encode()


def samples() -> dict[str, Callable[..., Any]]:
    """The functions of the page's Python blocks, by name."""
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL):
        exec(compile(block, str(DOCS), "exec"), found)
    return {name: thing for name, thing in found.items() if name.startswith("verified")}


@pytest.mark.parametrize("name", ["verified", "verified_by_hand"])
def test_samples_accept_ours_and_refuse_all_else(name):
    """While a secret is being changed, too."""
    verify, now = samples()[name], datetime.now(UTC)
    good = signed_headers("evt_1", BODY, secrets=[OTHER, SECRET], at=now)
    assert verify(SECRET, BODY, good)["data"] == {"name": "Zoë 🎬"}
    forged = signed_headers("evt_1", BODY, secrets=[OTHER], at=now)
    old = signed_headers("evt_1", BODY, secrets=[SECRET], at=now - timedelta(minutes=6))
    for headers, body in ((forged, BODY), (old, BODY), (good, BODY + b" ")):
        with pytest.raises(Exception, match=r"\w"):
            verify(SECRET, body, headers)
