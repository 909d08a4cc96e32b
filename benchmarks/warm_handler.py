"""The API's own CPU time: a whole event through router, decode, use case and encode, over stores in memory."""

import json
import time
from types import SimpleNamespace

from lipwire.bootstrap import App, lambda_app
from lipwire.callers import Callers
from lipwire.serving import serve
from tests.support.builders import a_caller, an_asset, video_info, voice_info
from tests.support.fakes import AnyUrl, FakeAssets, FakeEngines, FakeJobs, FakeUploads
from tests.support.fakes_accounts import FakeLimits
from tests.support.fakes_consents import FakeConsents
from tests.support.fakes_speech import FakeVoices

_UNLIMITED = {"requests_per_minute": 10**6, "burst": 10**6, "max_active_jobs": 10**6}


def cpu_times(count: int) -> list[float]:
    """CPU seconds of each of `count` POST /jobs."""
    app = lambda_app()
    _replace(
        app,
        jobs=FakeJobs(available=10**12),
        assets=FakeAssets(an_asset(1, media=video_info()), an_asset(2, media=voice_info())),
        engines=FakeEngines(),
        url_guard=AnyUrl(),
        callers=Callers(lambda _key: a_caller(limit_changes=_UNLIMITED), app.clock),
        limits=FakeLimits(),
        consents=FakeConsents(),
        uploads=FakeUploads(),
        voices=FakeVoices(),
        stage_key=SimpleNamespace(key=bytes),
    )
    body = {"source": {"asset_id": an_asset(1).id}, "speech": {"asset_id": an_asset(2).id}}
    event = _event("POST", "/lipwire/v1/jobs", json.dumps(body))
    times = []
    for _ in range(count + 20):
        began = time.process_time()
        answer = serve("ApiJobs", event, None)
        times.append(time.process_time() - began)
        if answer["statusCode"] != 202:
            raise RuntimeError(answer["body"])
    return times[20:]


def _replace(app: App, **ports: object) -> None:
    for name, port in ports.items():
        app.__dict__[name] = port


def _event(method: str, path: str, body: str) -> dict[str, object]:
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "host": "127.0.0.1",
            "authorization": "Bearer x",
            "content-type": "application/json",
        },
        "requestContext": {
            "requestId": "r",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
