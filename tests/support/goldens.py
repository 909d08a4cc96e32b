"""Golden cases of dialects: `golden/*.json` in a dialect's folder, each file a list of cases.

A case has `route` (`POST /v1/lip-sync`) and `case` (what it shows). `request` is what a client sends (`body`, `query`,
`form`, `path_params`, `headers`); `command` what it means, without what is left at its default. `view` is what the use
case gives back, and `answer` (`status`, `body`) what the client gets of it. `error` names the error that is raised instead: by the
request itself where there is one, else as if the use case had raised it.
"""

import copy
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from lipwire import dialects
from lipwire.dialects.base import Dialect, Route, WireRequest, WireResponse, sentence_of
from lipwire.domain import errors
from lipwire.domain.batches import Batch
from lipwire.domain.commands import Command
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import LipwireError
from lipwire.domain.prices import Terms, estimate
from lipwire.domain.views import (
    AccountView,
    Balance,
    BatchView,
    Deleted,
    EstimateView,
    JobView,
    NumberedPage,
    Page,
    SpeechView,
    UploadView,
)
from tests.support.builders import (
    NOW,
    a_job,
    an_account,
    an_asset,
    image_info,
    video_info,
    voice_info,
)
from tests.support.fakes_webhooks import an_endpoint

LINKS = {"output_url": "https://media.test/o/output.mp4", "cover_url": "https://media.test/o/c.jpg"}
BOUNDARY = "----a-boundary"
#: Names from the body down to one field; `*` stands for the items of a list.
FieldPath = tuple[str, ...]


@dataclass(frozen=True)
class Golden:
    """One case of one dialect."""

    dialect: str
    values: dict[str, Any]

    @property
    def spoken(self) -> Dialect:
        return dialects.load(self.dialect)

    @property
    def name(self) -> str:
        return f"{self.dialect}: {self.values['route']}: {self.values['case']}"

    @property
    def route(self) -> Route:
        """The route of that method and path."""
        method, _, path = self.values["route"].partition(" ")
        (found,) = (
            route for route in self.spoken.routes if (route.method, route.path) == (method, path)
        )
        return found

    def request(self, given: dict[str, Any] | None = None) -> WireRequest:
        """As it comes in, or as another one would."""
        given = self.values.get("request", {}) if given is None else given
        headers, body = dict(given.get("headers", {})), given.get("body")
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        if "form" in given:
            headers["content-type"] = f"multipart/form-data; boundary={BOUNDARY}"
            data = a_form(given["form"])
        return WireRequest(
            method=self.route.method,
            path=self.route.path,
            path_params=given.get("path_params", {}),
            query=given.get("query", {}),
            headers=headers,
            body=b"" if body is None and "form" not in given else data,
            request_id="r-1",
            origin="https://lipwire.test",
        )

    def command(self, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the request is understood as."""
        return plain(self.route.decode(self.request(given)))

    def counts(self, path: FieldPath) -> bool:
        """Whether the case sends the field, and means something else (or nothing) without it."""
        if "command" not in self.values:
            return False
        request = copy.deepcopy(self.values.get("request", {}))
        holder = next((request[way] for way in ("body", "form", "query") if way in request), None)
        for step in path[:-1]:
            if isinstance(holder, list):
                holder = next(iter(holder), None)
            else:
                holder = holder.get(step) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or path[-1] not in holder:
            return False
        del holder[path[-1]]
        try:
            return self.command(request) != self.values["command"]
        except LipwireError:
            return True

    def answer(self) -> dict[str, Any]:
        """Status and body that the client gets; our own sentence of what is wrong is shown as `{sentence}`."""
        if "error" not in self.values:
            return _shown(self.route.encode(view_of(self.values["view"])))
        try:
            if "request" in self.values:
                self.route.decode(self.request())
            raise a_named_error(self.values["error"])
        except getattr(errors, self.values["error"]) as error:
            answer = self.spoken.encode_error(error, self.request())
            return _shown(answer, sentence=sentence_of(error))


def _shown(answer: WireResponse, sentence: str | None = None) -> dict[str, Any]:
    body = answer.body
    if sentence is not None:
        body = body.replace(json.dumps(sentence, ensure_ascii=False), '"{sentence}"')
    return {"status": answer.status, "body": json.loads(body) if body else None}


def a_form(fields: dict[str, Any]) -> bytes:
    """A form with these fields: text, several texts, or a file with `filename`, `content_type` and `text`."""
    lines: list[str] = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            lines.append(f"--{BOUNDARY}")
            if isinstance(one, str):
                lines += [f'Content-Disposition: form-data; name="{name}"', "", one]
            else:
                about = f'form-data; name="{name}"; filename="{one["filename"]}"'
                lines += [f"Content-Disposition: {about}", f"Content-Type: {one['content_type']}"]
                lines += ["", one["text"]]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode()


def plain(command: Command) -> dict[str, Any]:
    """A command as JSON, without what is left at its default."""
    shown: dict[str, Any] = json.loads(command.model_dump_json(exclude_defaults=True))
    return shown


def a_named_error(name: str) -> LipwireError:
    """An error of that class."""
    made: LipwireError = getattr(errors, name)()
    return made


def view_of(values: dict[str, Any]) -> Any:
    """A view by its one key, such as `job`, `jobs`, `account`, `upload`, `asset`, `batch`, `estimate` or `deleted`.

    With `available` beside a `job`, that is left to spend. A page by its number has a `count` beside `jobs` or `assets`.
    """
    kind, about = next(iter(values.items()))
    if kind in {"jobs", "batches"} and "count" not in values:
        one = {"jobs": "job", "batches": "batch"}[kind]
        return tuple(view_of({one: each}) for each in about)
    if kind == "batch":
        jobs = tuple(
            view_of({"job": {"id": f"job_{number:026d}"} | job})
            for number, job in enumerate(about["jobs"])
        )
        batch = Batch(
            id=f"bat_{'0' * 26}",
            account_id=an_account().id,
            job_ids=tuple(one.job.id for one in jobs),
            created_at=NOW,
            **about.get("batch", {}),
        )
        return BatchView(batch=batch, jobs=jobs, is_rehearsal=about.get("is_rehearsal", False))
    if kind == "asset":
        infos = {"video": video_info, "image": image_info, "audio": voice_info}
        info = infos.get(about.get("media"))
        return an_asset(1, **about | {"media": info() if info else about.get("media")})
    if kind == "speech":
        asset = view_of({"asset": about}) if "media" in about else an_asset(1, **about)
        return SpeechView(
            asset=asset, speech=asset.speech, audio_url=values.get("audio_url"), phonemes_url=None
        )
    if kind == "asset_page":
        return Page(tuple(view_of({"asset": one}) for one in about["items"]), about["next_cursor"])
    if kind == "estimate":
        terms = Terms.model_validate(about["terms"])
        price = estimate(
            terms,
            longest_ms=about["longest_ms"],
            fps=Fraction(about["fps"]),
            resolution=None,
            per_second=1000,
        )
        return EstimateView(price=price, terms=terms, engine="retarget", longest_ms=None)
    if kind == "job":
        job, available = a_job(**about), values.get("available")
        if job.output is None:
            return JobView(job=job, available=available)
        return JobView(job=job, **LINKS, urls_expire_at=NOW + timedelta(hours=1))
    if kind in {"jobs", "assets"}:
        items = tuple(view_of({kind.removesuffix("s"): one}) for one in about)
        return NumberedPage(items, values["count"])
    if kind == "account":
        balance, held = about.pop("balance"), about.pop("held")
        account = an_account(**about)
        return AccountView(
            account=account,
            balance=Balance(balance=Millicredits(balance), held=Millicredits(held)),
            engines=(),
        )
    if kind == "endpoint":
        return an_endpoint(**about)
    if kind == "endpoints":
        return tuple(an_endpoint(**one) for one in about)
    if kind == "upload":
        return view_of({"uploads": [about]})[0]
    if kind == "uploads":
        assets = tuple(
            an_asset(number, **({"filename": one} if isinstance(one, str) else one))
            for number, one in enumerate(about, 1)
        )
        return tuple(
            UploadView(
                asset=asset,
                # What is fetched is sent nowhere.
                url=None if asset.url else f"https://media.test/u/{number}",
                headers={},
            )
            for number, asset in enumerate(assets, 1)
        )
    assert kind == "deleted", kind
    return Deleted()


def goldens(name: str) -> Iterator[Golden]:
    """Every case in a dialect's folder."""
    for values in _read(name, "golden/*.json"):
        yield Golden(name, values)


def told(name: str) -> Iterator[dict[str, Any]]:
    """What a dialect tells by webhook: our `type`, the `view`, the `payload` (null where it tells nothing)."""
    yield from _read(name, "golden/webhooks/*.json")


def _read(name: str, pattern: str) -> Iterator[dict[str, Any]]:
    (folder,) = (Path(path) / name for path in dialects.__path__ if (Path(path) / name).exists())
    for file in sorted(folder.glob(pattern)):
        yield from json.loads(file.read_text(encoding="utf-8"))


def requests(name: str) -> dict[str, type[BaseModel]]:
    """What each route of a dialect takes, as its `wire.py` lists it."""
    found: dict[str, type[BaseModel]] = importlib.import_module(
        f"{dialects.__name__}.{name}.wire"
    ).REQUESTS
    return found


def forms(name: str) -> dict[str, type[BaseModel]]:
    """What a route takes as a form, where it takes JSON too."""
    wire = importlib.import_module(f"{dialects.__name__}.{name}.wire")
    found: dict[str, type[BaseModel]] = getattr(wire, "FORMS", {})
    return found


def fields(model: type[BaseModel], above: FieldPath = ()) -> Iterator[FieldPath]:
    """Every field that holds no further fields, by its path."""
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        inner = [one for one in _parts(field.annotation) if _is_model(one)]
        if not inner:
            yield path
        for one in inner:
            yield from fields(one, (*path, "*") if _is_list(field.annotation) else path)


def _parts(annotation: Any) -> Iterator[Any]:
    """The annotation and what it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _is_list(annotation: Any) -> bool:
    return any(getattr(part, "__origin__", None) in {list, tuple} for part in _parts(annotation))
