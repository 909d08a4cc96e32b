"""The native API's JSON of webhooks, where it is at its edges."""

import json
from datetime import UTC, datetime

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec_webhooks import to_replay_deliveries


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-05-04T12:30:00", datetime(2026, 5, 4, 12, 30, tzinfo=UTC)),
        ("2026-05-04T12:30:00+02:00", datetime(2026, 5, 4, 10, 30, tzinfo=UTC)),
        ("0001-01-01T01:00:00+01:01", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:30:00-01:00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_is_meant_in_utc(said, meant):
    """Also one that is in no year of UTC's."""
    request = WireRequest(
        method="POST",
        path="/",
        path_params={"id": "whe_1"},
        body=json.dumps({"since": said, "until": said}).encode(),
    )
    command = to_replay_deliveries(request)
    assert (command.since, command.until) == (meant, meant)
