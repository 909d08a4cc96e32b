"""A world that speaks, over the real stores on tables in memory."""

from types import SimpleNamespace
from typing import Any

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.speeches import DynamoSpeeches
from lipwire.domain.commands import CreateSpeech, GetSpeech
from lipwire.domain.commands_uploads import DeleteAsset
from lipwire.domain.speech import Script
from lipwire.usecases.create_speech import create_speech
from lipwire.usecases.delete_asset import delete_asset
from lipwire.usecases.erase_job import erase_job
from lipwire.usecases.finish_speech import finish_speech
from lipwire.usecases.get_speech import get_speech
from lipwire.usecases.speak_texts import speak_texts
from tests.support.builders import ACCOUNT, NOW, a_caller
from tests.support.fakes_speech import FakeBucket, FakeSpeaker, FakeVoices
from tests.support.money_world import World

TEXT = Script(text="a" * 30, voice="espeak/en-us")


class Stage(World):
    """A world that speaks."""

    def __init__(
        self, credits: int = 1_000_000, failure: Exception | None = None, **classes: Any
    ) -> None:
        super().__init__(**classes)
        self.speeches = DynamoSpeeches(
            self.dynamodb,
            assets=self.assets,
            accounts=self.accounts,
            charges=self.charges,
            outbox=OutboxRows(table="outbox", ids=self.ids),
        )
        self.bucket = FakeBucket()
        self.speaker = FakeSpeaker(self.bucket, failure)
        if credits:
            self.grant(credits, "first")

    def speak(self, script=TEXT, caller=None):
        """POST /speech."""
        return create_speech(
            CreateSpeech(script=script),
            caller or a_caller(),
            speeches=self.speeches,
            voices=FakeVoices(),
            clock=self.clock,
            ids=self.ids,
        ).asset

    def finish(self, asset_id):
        """The first step of the workflow that its row starts."""
        finish_speech(
            asset_id,
            assets=self.assets,
            uploads=self.bucket,
            speaker=self.speaker,
            ledger=self.ledger,
            clock=self.clock,
        )
        return self.assets.get(asset_id)

    def shown(self, asset_id, caller=None):
        """GET /speech/{id}."""
        return get_speech(
            GetSpeech(asset_id=asset_id),
            caller or a_caller(),
            assets=self.assets,
            jobs=self.jobs,
            uploads=self.bucket,
            clock=self.clock,
        )

    @property
    def stores(self):
        """For erasers; the buckets forget nothing, and nobody looks."""
        empty = SimpleNamespace(
            abort_unfinished=lambda _key: None, delete_prefix=lambda _prefix: None
        )
        return SimpleNamespace(
            jobs=self.jobs,
            batches=self.batches,
            assets=self.assets,
            uploads=empty,
            outputs=empty,
            work_objects=empty,
            work=self.work,
        )

    def delete(self, asset_id):
        """DELETE /assets/{id}."""
        delete_asset(
            DeleteAsset(asset_id=asset_id),
            a_caller(),
            assets=self.assets,
            stores=self.stores,
            clock=self.clock,
        )

    def erase(self, job):
        """What DELETE /jobs/{id} does."""
        erase_job(job, stores=self.stores, at=NOW)

    def job(self, **command):
        """POST /jobs with a text."""
        return self.create(voices=FakeVoices(), **{"script": TEXT, **command})

    def speak_texts(self, job_id):
        """What FetchSources does for a job's texts."""
        speak_texts(
            job_id,
            jobs=self.jobs,
            assets=self.assets,
            uploads=self.bucket,
            speaker=self.speaker,
        )

    @property
    def balance(self):
        return self.ledger.totals(ACCOUNT).balance
