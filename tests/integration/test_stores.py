"""The stores' promises on the emulator's DynamoDB: exact, once, under threads."""

import threading

import pytest

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.jobs import DynamoJobs
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.domain.assets import Analysis, AnalysisStatus, AssetStatus, ProbeFinding, Problem
from lipwire.domain.errors import (
    ConcurrentChangeError,
    InsufficientCreditsError,
    KeyNotFoundError,
    UnauthenticatedError,
)
from lipwire.domain.events import JobRenderingStarted
from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import ApiKey, base62, hash_key, make_key, public_id_of
from lipwire.domain.ledger import ENDS, totals
from tests.support.builders import (
    NOW,
    a_job,
    a_report,
    an_account,
    an_asset,
    video_info,
    voice_info,
)

IDS = RandomIds()


class Stores:
    """All stores over the platform's own tables, and an account of the test's own."""

    def __init__(self, platform) -> None:
        self.client = platform.aws("dynamodb")
        outbox = OutboxRows(table=platform.names["OUTBOX_TABLE"], ids=IDS)
        active = ActiveAccounts(table=platform.names["ACCOUNTS_TABLE"])
        self.ledger = DynamoLedger(
            self.client, table=platform.names["LEDGER_TABLE"], accounts=active, outbox=outbox
        )
        self.accounts = DynamoAccounts(
            self.client, table=platform.names["ACCOUNTS_TABLE"], outbox=outbox
        )
        self.limits = DynamoLimits(self.client, table=platform.names["LIMITS_TABLE"])
        self.assets = DynamoAssets(
            self.client,
            table=platform.names["ASSETS_TABLE"],
            accounts=active,
            charges=LedgerCharges(self.client, table=platform.names["LEDGER_TABLE"]),
            limits=self.limits,
            outbox=outbox,
        )
        self.jobs = DynamoJobs(
            self.client,
            table=platform.names["JOBS_TABLE"],
            ledger=self.ledger,
            accounts=self.accounts,
            limits=self.limits,
            outbox=outbox,
            clock=SystemClock(),
        )
        self.account_id = IDS.new("acct")
        self.key_id = base62(IDS.secret(64), 10)
        record = ApiKey(
            public_id=self.key_id,
            account_id=self.account_id,
            name="k",
            secret_sha256="0" * 64,
            created_at=NOW,
        )
        self.accounts.add(an_account(id=self.account_id), record)

    def job(self, **changes):
        """A job of this account that is not stored yet."""
        values = {"id": IDS.new("job"), "account_id": self.account_id, "status": JobStatus.QUEUED}
        return a_job(**(values | changes))

    def asset(self, **changes):
        """An asset of this account that is not stored yet."""
        values = {"account_id": self.account_id, "status": AssetStatus.AWAITING_UPLOAD}
        return an_asset(0, **(values | {"id": IDS.new("ast")} | changes))

    def rendering(self):
        """A stored job that is rendering."""
        job = self.job()
        self.jobs.create(job, key_id=self.key_id, most_active=9)
        for status in (JobStatus.VALIDATING, JobStatus.RENDERING):
            job = job.model_copy(update={"status": status})
            assert self.jobs.advance(job)
        return job


@pytest.fixture
def stores(platform) -> Stores:
    """An account with ten credits."""
    made = Stores(platform)
    made.ledger.grant(made.account_id, 10_000, grant_id="first", at=NOW)
    return made


def test_a_grant_counts_once(stores):
    """The same grant sent twice is one grant."""
    stores.ledger.grant(stores.account_id, 10_000, grant_id="first", at=NOW)
    assert stores.ledger.balance(stores.account_id).balance == 10_000


def test_a_job_comes_back_as_it_was_stored(stores):
    """Every field survives the table."""
    job = stores.job(metadata={"a": "b"}, webhook_url="https://example.com/x")
    stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    assert stores.jobs.get(job.id) == job


def test_creating_a_job_holds_its_credits(stores):
    """The hold, the balance and the job are one write."""
    stores.jobs.create(stores.job(), key_id=stores.key_id, most_active=9)
    balance = stores.ledger.balance(stores.account_id)
    assert (balance.balance, balance.held, balance.available) == (10_000, 6_000, 4_000)


def test_a_job_that_cannot_be_held_is_not_written(stores):
    """All or nothing."""
    job = stores.job(held_millicredits=10_001)
    with pytest.raises(InsufficientCreditsError):
        stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    assert stores.jobs.get(job.id) is None
    assert stores.ledger.balance(stores.account_id).held == 0


def test_a_revoked_key_cannot_spend(stores):
    """Whatever a function remembers of it: the transaction looks again."""
    stores.accounts.revoke(stores.key_id, at=SystemClock().now())
    job = stores.job()
    with pytest.raises(UnauthenticatedError):
        stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    assert stores.jobs.get(job.id) is None
    assert stores.ledger.balance(stores.account_id).held == 0


@pytest.mark.fault(83)
def test_two_jobs_at_once_never_hold_more_than_there_is(stores):
    """Sixteen posts, credits for one: one job."""
    made = []

    def create() -> None:
        try:
            stores.jobs.create(stores.job(), key_id=stores.key_id, most_active=9)
        except InsufficientCreditsError:
            return
        made.append(1)

    run_at_once([create] * 16)
    assert len(made) == 1
    assert stores.ledger.balance(stores.account_id).available == 4_000


def test_a_hold_is_extended_once(stores):
    """Two steps that fit the same hold: one of them counts."""
    job = stores.job()
    stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    larger = stores.jobs.extend_hold(job, 1_000)
    with pytest.raises(ConcurrentChangeError):
        stores.jobs.extend_hold(job, 1_000)
    assert larger.held_millicredits == 7_000
    assert stores.ledger.balance(stores.account_id).held == 7_000


@pytest.mark.fault(79)
@pytest.mark.parametrize("round_", range(5))
def test_a_job_ends_once_whoever_ends_it(stores, round_):
    """Settles, failures and cancels race: one wins, the ledger has one END, nothing stays held."""
    del round_
    job = stores.rendering()
    ends = []

    def settle() -> None:
        if stores.jobs.settle(job, charge=2_000, output=a_report().output, warnings=()):
            ends.append("SETTLE")

    def fail() -> None:
        problem = Problem(code="render_failed", message="m")
        if stores.jobs.release(job, status=JobStatus.FAILED, error=problem):
            ends.append("RELEASE")

    def cancel() -> None:
        if stores.jobs.release(job, status=JobStatus.CANCELED, error=None):
            ends.append("RELEASE")

    run_at_once([settle, fail, cancel] * 5)
    assert len(ends) == 1
    entries = stores.ledger.entries(stores.account_id)
    assert [entry.kind for entry in entries if entry.kind in ENDS] == ends
    balance = stores.ledger.balance(stores.account_id)
    assert balance.held == 0
    assert balance.balance == (8_000 if ends == ["SETTLE"] else 10_000)


def test_the_balance_is_the_sum_of_the_entries(stores):
    """The cache agrees with the record it caches."""
    paid, failed, open_ = stores.rendering(), None, None
    stores.jobs.settle(paid, charge=1_500, output=a_report().output, warnings=())
    failed = stores.rendering()
    stores.jobs.release(failed, status=JobStatus.FAILED, error=None)
    open_ = stores.rendering()
    entries, cache = (
        stores.ledger.entries(stores.account_id),
        stores.ledger.totals(stores.account_id),
    )
    assert cache == totals(entries, version=cache.version)
    assert cache.held == open_.held_millicredits
    assert cache.balance == 8_500


def test_progress_is_taken_only_while_rendering(stores):
    """A job that ended tells its renderer to stop."""
    job = stores.rendering()
    assert stores.jobs.report_progress(job.id, stage="rendering", progress=7, at=NOW)
    assert stores.jobs.get(job.id).progress == 7
    stores.jobs.release(job, status=JobStatus.CANCELED, error=None)
    assert not stores.jobs.report_progress(job.id, stage="rendering", progress=8, at=NOW)


def test_parts_tell_their_progress_side_by_side(stores):
    """None overwrites another's, none falls back; a part stops when another one failed or the job has ended."""
    job = stores.rendering()

    def told(shard: int, progress: int) -> bool:
        return stores.jobs.report_shard_progress(
            job.id, shard=shard, stage="rendering", progress=progress, at=NOW
        )

    assert told(0, 40)
    assert told(11, 60)
    # A second attempt starts below the first one: it lives, and is heard again once it is ahead.
    assert told(11, 3)
    assert stores.jobs.get(job.id).shard_progress == {"0": 40, "11": 60}
    stores.jobs.record_failure(job.id, Problem(code="silent_speech", message="m"))
    assert not told(0, 50)
    stores.jobs.release(job, status=JobStatus.FAILED, error=None)
    job = stores.rendering()
    assert told(0, 1)
    stores.jobs.release(job, status=JobStatus.CANCELED, error=None)
    assert not told(0, 2)


def test_the_first_failure_noted_stays(stores):
    """The cause, not its consequences."""
    job = stores.rendering()
    for code in ("no_face", "render_failed"):
        stores.jobs.record_failure(job.id, Problem(code=code, message="m"))
    assert stores.jobs.get(job.id).failure.code == "no_face"


def test_a_step_that_comes_late_changes_nothing(stores):
    """A canceled job does not begin to render."""
    job = stores.rendering()
    stores.jobs.release(job, status=JobStatus.CANCELED, error=None)
    event = JobRenderingStarted(job_id=job.id, engine="retarget")
    assert not stores.jobs.advance(job, event=event)
    assert stores.jobs.get(job.id).status is JobStatus.CANCELED


def test_an_upload_is_marked_once(stores):
    """Five events, one analysis."""
    asset = stores.asset()
    stores.assets.create(asset)
    marked = [
        stores.assets.mark_uploaded(asset, version_id=f"v{n}", size_bytes=5, at=NOW)
        for n in range(5)
    ]
    assert marked == [True, False, False, False, False]
    assert stores.assets.get(asset.id).version_id == "v0"


def test_the_first_probe_stays(stores):
    """Whoever probes second gets the first finding."""
    asset = stores.asset(status=AssetStatus.UPLOADED)
    stores.assets.create(asset)
    first = stores.assets.record_probe(asset, ProbeFinding(media=video_info()), at=NOW)
    second = stores.assets.record_probe(asset, ProbeFinding(media=voice_info()), at=NOW)
    assert first == second == stores.assets.get(asset.id)
    assert first.media == video_info()


def test_an_analysis_of_a_deleted_asset_is_dropped(stores):
    """It does not bring the asset back."""
    asset = stores.asset()
    stores.assets.create(asset)
    stores.assets.delete(asset, at=NOW)
    stores.assets.record_analysis(asset, Analysis(status=AnalysisStatus.DONE, faces=1))
    assert stores.assets.get(asset.id) is None


def test_pages_walk_the_whole_list_newest_first(stores):
    """No row twice, none lost, and nobody else's."""
    made = []
    for _ in range(5):
        asset = stores.asset()
        stores.assets.create(asset)
        made.append(asset.id)
    seen, cursor = [], None
    while True:
        page = stores.assets.list(stores.account_id, limit=2, cursor=cursor)
        seen += [asset.id for asset in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert sorted(seen) == sorted(made)
    assert seen == sorted(seen, reverse=True)
    assert stores.assets.list(IDS.new("acct"), limit=2, cursor=cursor).items == ()


def test_keys_are_found_by_their_public_id_and_revoked_once(platform, stores):
    """The record, never the secret."""
    public_id = base62(IDS.secret(64), 10)
    key = make_key("test", public_id=public_id, secret=base62(IDS.secret(256), 32))
    record = ApiKey(
        public_id=public_id,
        account_id=stores.account_id,
        name="k",
        secret_sha256=hash_key(key),
        created_at=NOW,
    )
    account = an_account(id=IDS.new("acct"))
    stores.accounts.add(account, record)
    with pytest.raises(ConcurrentChangeError):
        stores.accounts.add(account, record)
    assert stores.accounts.key(public_id_of(key)).opens_with(key, at=NOW)
    for _ in range(2):
        stores.accounts.revoke(public_id, at=SystemClock().now())
    assert not stores.accounts.key(public_id).opens_with(key, at=NOW)
    assert platform.count_events("ApiKeyRevoked", public_id) == 1
    with pytest.raises(KeyNotFoundError):
        stores.accounts.revoke(base62(IDS.secret(64), 10), at=NOW)


def test_a_low_balance_is_told_once_until_credits_are_granted(platform, stores):
    """Twice in a row it is old news; after a grant it is news again."""

    left = stores.ledger.balance(stores.account_id).balance

    def told() -> bool:
        return stores.ledger.tell_if_low(stores.account_id, threshold=left + 1, at=NOW)

    assert [told(), told()] == [True, False]
    assert platform.count_events("BalanceLow", left, account_id=stores.account_id) == 1
    stores.ledger.grant(stores.account_id, 1, grant_id=IDS.new("led"), at=NOW)
    assert not told()


def run_at_once(calls) -> None:
    """All calls, each in a thread of its own."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
