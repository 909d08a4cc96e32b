"""Random histories of one account's money: what anybody may do, in any order, with writes that fail in every way.

After each step every rule of `lipwire.domain.ledger` must hold, judged from the tables alone; no entry may ever change or go;
what ended must stay as it ended; and every movement by an operator must have been asked for.
"""

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lipwire.adapters.dynamodb.jobs import DynamoJobs
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.domain.assets import AssetStatus, ProbeFinding, Problem
from lipwire.domain.errors import SpeechFailedError, TooLongError
from lipwire.domain.ledger import Entry, EntryKind
from tests.support.builders import ACCOUNT, NOW
from tests.support.memory_dynamodb import Fault
from tests.support.money_world import VOICES
from tests.support.speech_stage import Stage

#: What may be done with a speech.
SPEAKING = ("ask", "speak", "fail", "refuse", "delete")
STEPS = ("validate", "begin_rendering", "settle", "fail", "cancel")
#: The write of an act at which something happens, and what.
FAULTS = st.none() | st.tuples(st.integers(0, 2), st.sampled_from(Fault))
JOBS = st.integers(0, 5)
AMOUNTS = st.sampled_from([1, 500, 1_000, 6_000, 40_000])
KEYS = st.sampled_from("abcd")
ENDED = {"status", "charged_millicredits", "held_millicredits", "finished_at"}


class MoneyMachine(RuleBasedStateMachine):
    """One history."""

    ledger_class: ClassVar[type[DynamoLedger]] = DynamoLedger
    jobs_class: ClassVar[type[DynamoJobs]] = DynamoJobs
    charges_class: ClassVar[type[LedgerCharges]] = LedgerCharges
    #: Whether texts are spoken too.
    speaks: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.world = Stage(
            0,
            ledger_class=self.ledger_class,
            jobs_class=self.jobs_class,
            charges_class=self.charges_class,
        )
        self.made: list[str] = []
        #: Speeches, and those that were spoken once.
        self.asked_to_speak: list[str] = []
        self.spoken: set[str] = set()
        #: Amounts that operators asked for, by kind and key.
        self.asked: dict[tuple[str, str], set[int]] = {}
        self.entries: dict[str, Entry] = {}
        self.ended: dict[str, object] = {}
        self.looked_at = 0

    @initialize(amount=st.sampled_from([0, 3_000, 30_000]))
    def begin(self, amount: int) -> None:
        self.asked["GRANT", "first"] = {amount}
        self.world.grant(amount, "first")

    @rule(amount=AMOUNTS, key=KEYS, fault=FAULTS)
    def grant(self, amount: int, key: str, fault: Any) -> None:
        self.asked.setdefault(("GRANT", key), set()).add(amount)
        self._act(fault, self.world.grant, amount, key)

    @rule(amount=AMOUNTS, sign=st.sampled_from([1, -1]), key=KEYS, fault=FAULTS)
    def adjust(self, amount: int, sign: int, key: str, fault: Any) -> None:
        self.asked.setdefault(("ADJUST", key), set()).add(sign * amount)
        adjust = self.world.ledger.adjust
        self._act(fault, adjust, ACCOUNT, sign * amount, adjust_id=key, note="n", at=NOW)

    @precondition(lambda self: self.made)
    @rule(job=JOBS, amount=AMOUNTS, key=KEYS, fault=FAULTS)
    def refund(self, job: int, amount: int, key: str, fault: Any) -> None:
        refund = self.world.ledger.refund
        job_id = self._job(job)
        self.asked.setdefault(("REFUND", f"{job_id} {key}"), set()).add(amount)
        self._act(fault, refund, ACCOUNT, job_id, amount, refund_id=key, note="n", at=NOW)

    @rule(
        seconds=st.sampled_from(sorted(VOICES)),
        is_seen=st.booleans(),
        far=st.integers(0, 2),
        fault=FAULTS,
    )
    def create(self, seconds: int, is_seen: bool, far: int, fault: Any) -> None:
        """A new job, and maybe its first steps."""
        self._act(fault, self.world.create, seconds, is_seen=is_seen)
        self._note_new_jobs()
        for step in ("validate", "begin_rendering")[:far]:
            if self.made:
                self.world.attempt(getattr(self.world, step), self.made[-1])

    @rule(voices=st.lists(st.sampled_from(sorted(VOICES)), min_size=1, max_size=3), fault=FAULTS)
    def create_batch(self, voices: list[int], fault: Any) -> None:
        """Several jobs, all or none."""
        before = len(self.made)
        self._act(fault, self.world.create_batch, voices)
        self._note_new_jobs()
        assert len(self.made) - before in {0, len(voices)}, "not so: all jobs of a batch or none"

    @precondition(lambda self: self.made)
    @rule(job=JOBS, frames=st.integers(0, 300))
    def work(self, job: int, frames: int) -> None:
        """As far as it should go, without any fault."""
        job_id = self._job(job)
        self.world.render(job_id, frames)
        for step in ("validate", "begin_rendering", "settle"):
            self.world.attempt(getattr(self.world, step), job_id)

    @precondition(lambda self: self.made)
    @rule(job=JOBS, step=st.sampled_from(STEPS), fault=FAULTS)
    def step(self, job: int, step: str, fault: Any) -> None:
        """Any step of any job: late, early, again."""
        self.world.render(self._job(job), 25 * (job + 1))
        self._act(fault, getattr(self.world, step), self._job(job))

    @precondition(lambda self: self.made)
    @rule(
        job=JOBS,
        first=st.sampled_from(STEPS),
        second=st.sampled_from(STEPS),
        write=st.integers(0, 1),
    )
    def race(self, job: int, first: str, second: str, write: int) -> None:
        """Another step comes between what a step has read and what it writes."""
        job_id = self._job(job)
        self.world.render(job_id, 25 * (job + 1))
        act = getattr(self.world, second)
        self.world.dynamodb.faults = {self._write(write): lambda: self.world.attempt(act, job_id)}
        self.world.attempt(getattr(self.world, first), job_id)
        self.world.dynamodb.faults = {}

    @precondition(lambda self: self.speaks)
    @rule(speech=JOBS, act=st.sampled_from(SPEAKING), fault=FAULTS)
    def speak(self, speech: int, act: str, fault: Any) -> None:
        """A text is paid for; it is spoken, can't be, is refused when looked into, is deleted: late, early, again."""
        if act == "ask" or not self.asked_to_speak:
            self._act(fault, self.world.speak)
            there = {pk for pk, _ in self._speeches()}
            self.asked_to_speak += sorted(there - set(self.asked_to_speak))
            return
        asset_id = self.asked_to_speak[speech % len(self.asked_to_speak)]
        self.world.speaker.failure = SpeechFailedError() if act == "fail" else None
        step = {"refuse": self._refuse, "delete": self.world.delete}.get(act, self.world.finish)
        self._act(fault, step, asset_id)

    @rule()
    def publish(self) -> None:
        self.world.attempt(self.world.publish)

    @rule(hours=st.sampled_from([1, 25]))
    def expire(self, hours: int) -> None:
        self.world.wait(timedelta(hours=hours))

    @rule(is_deep=st.booleans(), fault=FAULTS)
    def reconcile(self, is_deep: bool, fault: Any) -> None:
        found = self._act(fault, self.world.reconcile, is_deep=is_deep)
        assert found is None or found.findings == (), found.findings

    @invariant()
    def everything_holds(self) -> None:
        """Looked at after each step that wrote anything."""
        if len(self.world.dynamodb.writes) == self.looked_at:
            return
        self.looked_at = len(self.world.dynamodb.writes)
        entries = self.world.ledger.entries(ACCOUNT)
        findings = self.world.findings(entries)
        assert not findings, "; ".join(str(finding) for finding in findings)
        running = {job_id for job_id in self.made if not self._is_over(job_id)}
        assert self.world.limits.active(ACCOUNT) == running, "not so: active jobs are counted"
        self._a_charge_has_its_speech_or_its_refund(entries)
        self._nothing_written_ever_changes({entry.key: entry for entry in entries})
        self._only_what_was_asked_for_has_moved(entries)
        for entry in entries:
            if entry.kind is EntryKind.SETTLE:
                self._is_the_price_of_its_frames(entry)

    def _nothing_written_ever_changes(self, entries: dict[str, Entry]) -> None:
        for key, entry in self.entries.items():
            assert entries.get(key) == entry, f"not so: no entry ever changes: {key}"
        self.entries = entries
        for job_id in self.made:
            job = self.world.jobs.get(job_id)
            if job is not None and job.is_final:
                end = job.model_dump(include=ENDED)
                assert self.ended.setdefault(job_id, end) == end, f"not so: an end stays: {job_id}"

    def _only_what_was_asked_for_has_moved(self, entries: tuple[Entry, ...]) -> None:
        counted = set()
        for entry in entries:
            name = entry.key.partition("#")[2]
            if entry.kind is EntryKind.REFUND and entry.asset_id is not None:
                continue  # nobody's asking: what came to nothing is paid back
            if entry.kind is EntryKind.REFUND:
                name = f"{entry.job_id} {entry.refund_key}"
            if entry.kind in {EntryKind.GRANT, EntryKind.ADJUST, EntryKind.REFUND}:
                key = (entry.kind.value, name)
                assert key not in counted, f"not so: a key counts once: {key}"
                counted.add(key)
                assert entry.amount_millicredits in self.asked[key]

    def _a_charge_has_its_speech_or_its_refund(self, entries: tuple[Entry, ...]) -> None:
        """One that is to be spoken has its charge, one that was rejected or left unspoken its refund as well."""
        charged = {one.asset_id for one in entries if one.kind is EntryKind.CHARGE}
        refunded = {one.asset_id for one in entries if one.kind is EntryKind.REFUND} - {None}
        assert charged == set(self.asked_to_speak), "not so: every speech is charged"
        there = dict(self._speeches())
        self.spoken |= {pk for pk, status in there.items() if status in {"uploaded", "ready"}}
        lost = {pk for pk, status in there.items() if status == "rejected"}
        lost |= charged - there.keys() - self.spoken
        assert refunded >= lost, "not so: what is not spoken is paid back"
        assert not refunded & {pk for pk, status in there.items() if status != "rejected"}, (
            "not so: what may still be heard is paid"
        )

    def _speeches(self) -> list[tuple[str, str]]:
        """Id and status of each."""
        rows = self.world.dynamodb.tables["assets"].items()
        return [(pk, row["status"]["S"]) for (pk,), row in rows if "speech" in row]

    def _refuse(self, asset_id: str) -> None:
        """What its probe may find."""
        asset = self.world.assets.get(asset_id)
        if asset is not None and asset.status is AssetStatus.UPLOADED:
            finding = ProbeFinding(problem=Problem.of(TooLongError()))
            self.world.assets.record_probe(asset, finding, at=self.world.clock.now())

    def _is_the_price_of_its_frames(self, entry: Entry) -> None:
        report = self.world.work.reports[entry.job_id]
        output = report.output
        assert output is not None
        should = min(output.frames * 40, entry.held_millicredits or 0)
        assert entry.amount_millicredits == should, "not so: frames are charged"

    def _note_new_jobs(self) -> None:
        """A job whose answer was lost is a job."""
        there = {pk for (pk,) in self.world.dynamodb.tables["jobs"] if pk.startswith("job_")}
        self.made += sorted(there - set(self.made))

    def _is_over(self, job_id: str) -> bool:
        job = self.world.jobs.get(job_id)
        return job is None or job.is_final

    def _job(self, number: int) -> str:
        return self.made[number % len(self.made)]

    def _write(self, number: int) -> int:
        return len(self.world.dynamodb.writes) + number

    def _act(self, fault: Any, act: Any, *args: Any, **more: Any) -> Any:
        if fault is not None:
            self.world.dynamodb.faults = {self._write(fault[0]): fault[1]}
        found = self.world.attempt(act, *args, **more)
        self.world.dynamodb.faults = {}
        return found
