"""A vendor more is one folder: made from the template in a temporary place, it serves a job; nothing else is touched."""

import json
import sys
from types import SimpleNamespace

import pytest

from lipwire import dialects
from lipwire.dialects.base import WireRequest
from lipwire.domain.jobs import JobStatus
from lipwire.domain.limits import Allowance, Rate, decide
from lipwire.domain.webhooks import Delivery
from lipwire.operations import RUN
from lipwire.ports.speech import NO_VOICES
from lipwire.serving import answer
from lipwire.webhook_views import DialectJobViews
from tests.support import dialect_coverage
from tests.support.builders import a_caller, a_report
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeUploads,
)
from tests.support.fakes_accounts import FakeLimits
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_consents import FakeConsents
from tests.support.fakes_webhooks import a_delivery
from tests.support.goldens import goldens, told
from tools.new_dialect import make

NAME = "toyvendor"


class Desk(SimpleNamespace):
    """The app over fakes, as far as jobs need it."""

    def __init__(self) -> None:
        allowance = Allowance({"account": decide(Rate(per_minute=60, burst=5), None, now_us=0)})
        super().__init__(
            assets=FakeAssets(),
            uploads=FakeUploads(),
            jobs=FakeJobs(),
            limits=FakeLimits(),
            consents=FakeConsents(),
            settings=SimpleNamespace(consent_required=False),
            engines=FakeEngines(),
            webhook_urls=AnyUrl(),
            url_guard=AnyUrl(),
            clock=FakeClock(),
            ids=FakeIds(),
            voices=NO_VOICES,
            results=SimpleNamespace(sign=lambda key, **_how: f"https://media.test/{key}"),
            limit=lambda operation, caller: allowance,
            callers=SimpleNamespace(caller=lambda key, *, is_fresh: a_caller()),
        )

    def run(self, operation, command, caller):
        return RUN[operation](self, command, caller)

    def ask(self, method, path, **given):
        """Status and body of the answer, by the dialect that the path leads to."""
        dialect = dialects.load(dialects.dialect_of(path))
        for route in dialect.routes:
            before, has_id, _ = route.path.partition("{id}")
            fits = path.startswith(before) if has_id else path == before
            if route.method == method and fits:
                params = {"id": path.removeprefix(before)} if has_id else {}
                request = WireRequest(method=method, path=path, path_params=params, **given)
                found = answer(request, dialect, route, self)
                return found.status, json.loads(found.body)
        raise AssertionError(f"no route for {method} {path}")


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The folder of a new dialect, found beside the others."""
    folder = make(NAME, dialects=tmp_path / "dialects", pages=tmp_path / "pages")
    monkeypatch.setattr(dialects, "__path__", [*dialects.__path__, str(folder.parent)])
    remembered = (dialects.names, dialects.load, dialects.claims)
    for one in remembered:
        one.cache_clear()
    yield folder
    for one in remembered:
        one.cache_clear()
    for module in [
        name for name in sys.modules if name.endswith(f".{NAME}") or f".{NAME}." in name
    ]:
        del sys.modules[module]


def test_a_new_dialect_serves_a_job_and_tells_of_it(toy):
    """Made, read, told, and its errors said in its own shape; the gateway has its routes."""
    desk = Desk()
    body = json.dumps({"video": "https://media.test/v.mp4", "voice": "https://media.test/a.mp3"})
    status, made = desk.ask("POST", f"/{NAME}/dubs", body=body.encode())
    assert (status, made["status"]) == (200, "queued")
    job = desk.jobs.rows[made["id"]]
    assert job.terms.dialect == NAME
    assert job.held_millicredits > 0
    done = {"status": JobStatus.SUCCEEDED, "output": a_report().output}
    desk.jobs.rows[job.id] = job.model_copy(update=done)
    status, read = desk.ask("GET", f"/{NAME}/dubs/{job.id}")
    assert (status, read["url"]) == (200, "https://media.test/outputs/a/b/output.mp4")
    assert desk.ask("GET", f"/{NAME}/dubs/nothing")[0] == 404
    assert desk.ask("POST", f"/{NAME}/dubs", body=b"{}")[0] == 400
    delivery: Delivery = a_delivery(job_id=job.id, account_id=job.account_id, format=NAME)
    message = DialectJobViews(
        desk.jobs, FakeBatches(desk.jobs), desk.results, desk.clock
    ).vendor_message(delivery)
    assert message is not None
    assert message.payload == {"event": "done", "dub": read}
    routed = {route.path: route.function for route in dialects.all_routes()}
    assert routed[f"/{NAME}/dubs"] == "ApiJobs"


def test_its_golden_cases_fail_until_they_are_filled(toy):
    """Nothing is right by being left open."""
    cases = list(goldens(NAME))
    assert len(cases) > 5
    for case in cases:
        assert case.answer() != case.values["answer"]
        assert "command" not in case.values or case.command() != case.values["command"]
    assert [one for one in told(NAME) if one["payload"] is not None] == []
    page = dialect_coverage.BEGIN + dialect_coverage.END
    assert "Routes: 2 done" in dialect_coverage.filled(NAME, page)


@pytest.mark.parametrize("name", ["Acme", "a-b", "class", "", "../x"])
def test_a_name_that_is_no_package_is_refused(name, tmp_path):
    """Before anything is written."""
    with pytest.raises(ValueError, match="not a lower-case name"):
        make(name, dialects=tmp_path, pages=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_dialect_is_never_overwritten(tmp_path):
    """Made twice is refused."""
    make(NAME, dialects=tmp_path, pages=tmp_path)
    with pytest.raises(FileExistsError):
        make(NAME, dialects=tmp_path, pages=tmp_path)
