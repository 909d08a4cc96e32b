"""The API's app over tables in memory: real routes, use cases and adapters, nothing deployed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from types import SimpleNamespace
from typing import Any, Final

from lipwire import dialects
from lipwire.adapters.dynamodb.table import entity_item
from lipwire.bootstrap import App
from lipwire.dialects.base import Dialect, Route, WireRequest, WireResponse
from lipwire.domain.assets import Analysis, AnalysisStatus
from lipwire.domain.credits import Millicredits
from lipwire.domain.jobs import JobStatus
from lipwire.domain.numbers import number_of, numbered, uuid_of
from lipwire.domain.plans import PlanChanges
from lipwire.resources import Resource
from lipwire.serving import answer
from lipwire.usecases.deliver_webhook import deliver_webhook
from lipwire.usecases.open_account import open_account
from tests.support.builders import a_job, a_report, an_asset, video_info, voice_info
from tests.support.fakes import AnyUrl, FakeEngines, FakeWork
from tests.support.fakes_batches import FakeLines
from tests.support.memory_dynamodb import MemoryDynamoDB

#: Partition and sort key of each table (infra/stacks/storage.py).
_KEYS: Final = {
    Resource.ACCOUNTS_TABLE: ("pk", None),
    Resource.ASSETS_TABLE: ("pk", None),
    Resource.JOBS_TABLE: ("pk", None),
    Resource.LEDGER_TABLE: ("pk", "sk"),
    Resource.WEBHOOKS_TABLE: ("pk", "sk"),
    Resource.OUTBOX_TABLE: ("pk", None),
    Resource.IDEMPOTENCY_TABLE: ("pk", "sk"),
    Resource.LIMITS_TABLE: ("pk", None),
}
_INDEXES: Final = {
    (Resource.ACCOUNTS_TABLE, "by_account"): ("account_id", "pk"),
    (Resource.ASSETS_TABLE, "by_account"): ("account_id", "pk"),
    (Resource.JOBS_TABLE, "by_account"): ("account_id", "pk"),
    (Resource.LEDGER_TABLE, "by_time"): ("pk", "listed_at"),
    (Resource.WEBHOOKS_TABLE, "due"): ("due", "next_attempt_at"),
}


class MemoryObjects:
    """A bucket that takes everything and keeps nothing."""

    def sign_put(self, key: str, **_how: object) -> str:
        return f"https://media.test/{key}"

    def sign_get(self, key: str, **_how: object) -> str:
        return f"https://media.test/{key}"

    def sign(self, key: str, **_how: object) -> str:
        return f"https://media.test/{key}"

    def start_multipart(self, key: str, *, parts: int, **_how: object) -> tuple[str, tuple[()]]:
        return f"upload-{parts}-{key}", ()

    def complete_multipart(self, *_what: object, **_how: object) -> None: ...

    def abort_unfinished(self, prefix: str) -> None: ...

    def delete_prefix(self, prefix: str) -> None: ...

    @contextmanager
    def writer(self, key: str) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(write=lambda data: None)

    def head(self, key: str) -> tuple[int, str]:
        return 1000, f"version-of-{key}"


class Quiet:
    """A queue that nobody reads."""

    def wake(self, *_what: object, **_how: object) -> None: ...

    def wake_all(self, *_what: object, **_how: object) -> None: ...


class MemoryApp(App):
    """One account on the plan `pro`, its key, and one thing of each kind."""

    def __init__(self, *, credits: int = 10**9) -> None:
        named = {resource.value: resource.value for resource in Resource}
        super().__init__({**named, "LIPWIRE_STAGE": "local"})
        self.tables = MemoryDynamoDB(
            {resource.value: keys for resource, keys in _KEYS.items()},
            {(resource.value, name): keys for (resource, name), keys in _INDEXES.items()},
        )
        objects, any_url = MemoryObjects(), AnyUrl()
        self.__dict__ |= {
            "dynamodb": self.tables,
            "engines": FakeEngines(),
            "uploads": objects,
            "outputs": objects,
            "work_objects": objects,
            "work": FakeWork(),
            "url_guard": any_url,
            "delivery_queue": Quiet(),
            "batch_lines": FakeLines(),
        }
        opened = open_account(
            "memory",
            Millicredits(credits),
            plan="pro",
            accounts=self.accounts,
            ledger=self.ledger,
            clock=self.clock,
            ids=self.ids,
        )
        self.key, self.account_id = opened.api_key, opened.account.id
        unbounded = PlanChanges(max_active_jobs=10**6, requests_per_minute=10**6, burst=10**6)
        self.accounts.set_plan(self.account_id, "custom", unbounded)
        self.known = self._things()

    def _things(self) -> list[str]:
        """Ids of all kinds, as clients of every dialect name them."""
        now = self.clock.now()

        used: set[str] = set()

        def own(prefix: str) -> str:
            # Two that are made in one millisecond may get one number.
            while (new := numbered(self.ids.new(prefix), self.account_id)) in used:
                pass
            used.add(new)
            return new

        done = Analysis(status=AnalysisStatus.DONE, faces=1, frames=50, frames_with_face=50)
        video = an_asset(
            0, id=own("ast"), account_id=self.account_id, media=video_info(), analysis=done
        )
        voice = an_asset(
            0,
            id=own("ast"),
            account_id=self.account_id,
            media=voice_info(),
            silent=False,
            speech={
                "voice": "espeak/en-us",
                "language": "en",
                "characters": 9,
                "has_phonemes": True,
            },
        )
        for asset in (video, voice):
            self.assets.create(asset)
        found = [video.id, voice.id, *map(uuid_of, (video.id, voice.id))]
        found.append(str(number_of(video.id, self.account_id)))
        for status, name in zip(JobStatus, cycle(dialects.names()), strict=False):
            ended = {"finished_at": now} if status is JobStatus.SUCCEEDED else {}
            output = a_report().output if status is JobStatus.SUCCEEDED else None
            job = a_job(
                id=own("job"),
                account_id=self.account_id,
                status=status,
                source_id=video.id,
                speech_id=voice.id,
                output=output,
                name="made.mp4",
                terms={"dialect": name},
                created_at=now,
                updated_at=now,
                **ended,
            )
            item = entity_item(job, pk=job.id)
            self.tables.put_item(TableName=Resource.JOBS_TABLE.value, Item=item)
            found += [job.id, str(number_of(job.id, self.account_id))]
        self.video, self.voice = video.id, voice.id
        return found

    def ask(self, method: str, path: str, **given: Any) -> WireResponse:
        """The answer to a request with this account's key, by the route that the path leads to."""
        dialect = dialects.load(dialects.dialect_of(path))
        for route in dialect.routes:
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)
            match = re.fullmatch(pattern, path)
            if match and route.method == method:
                return self.answer(dialect, route, path, match.groupdict(), **given)
        raise LookupError(f"no route for {method} {path}")

    def deliver(self, delivery_id: str, sender: Any) -> Any:
        """The delivery as it stands after one attempt by `sender`; None where there was nothing to do."""
        return deliver_webhook(
            delivery_id,
            deliveries=self.deliveries,
            endpoints=self.endpoints,
            secrets=self.account_secrets,
            views=self.job_views,
            sender=sender,
            queue=self.delivery_queue,
            clock=self.clock,
            ids=self.ids,
        )

    def answer(
        self, dialect: Dialect, route: Route, path: str, params: dict[str, str], **given: Any
    ) -> WireResponse:
        """The answer of that route."""
        headers = {"authorization": f"Bearer {self.key}", **given.pop("headers", {})}
        request = WireRequest(
            method=route.method,
            path=path,
            path_params=params,
            headers=headers,
            request_id="r-1",
            origin="https://api.test",
            **given,
        )
        return answer(request, dialect, route, self)
