"""LipDub's paths, as its clients join them."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from lipwire import dialects, serving
from lipwire.dialects.base import CATCH_ALL
from lipwire.domain import errors

EVENTS = Path(__file__).resolve().parents[3] / "events" / "aws"
OWN = "018f3c4e-0000-7000-8000-000000000000"


class Nobody:
    """Callers that know no key."""

    def caller(self, key, *, is_fresh):
        raise errors.UnauthenticatedError

    def forget(self, key):
        pass


@pytest.mark.parametrize(
    "before", ["", "/v1", "/", "/v1http://api.test", "/v1https://api.test/v1", "/base"]
)
def test_whatever_a_client_puts_before_a_path_that_it_was_handed_its_end_counts(
    before, monkeypatch
):
    """Double slashes too: the route asks for a key, in its vendor's words."""
    monkeypatch.setattr(serving, "lambda_app", lambda: SimpleNamespace(callers=Nobody()))
    for end in ("video/success", "video/failure", "audio/success", "audio/failure"):
        event = json.loads((EVENTS / "http_api_v2_get_job.json").read_text(encoding="utf-8"))
        path = f"{before}/v1/{end}/{OWN}"
        event |= {"rawPath": path, "routeKey": "$default"}
        event["requestContext"]["http"] |= {"method": "POST", "path": path}
        found = serving.serve(CATCH_ALL, event, None)
        told = (found["statusCode"], json.loads(found["body"]))
        assert told == (403, {"message": "Forbidden"})


@pytest.mark.parametrize(
    "path", [f"/v1/v1/video/status/{OWN}", "/v1/v1/video/success/", f"/v1/v1/video/success/{OWN}/x"]
)
def test_no_other_path_is_taken_by_its_end(path):
    """A dialect lists its endings."""
    assert dialects.meant_path(path) == path
