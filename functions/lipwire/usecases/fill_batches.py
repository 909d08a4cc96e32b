"""Large batches' jobs are made as there is room for them."""

from collections.abc import Sequence
from datetime import datetime

from lipwire.domain.accounts import AccountStatus
from lipwire.domain.batches import MAX_JOBS, Batch, BatchLine, Stop
from lipwire.domain.errors import (
    AccountNotFoundError,
    ConcurrentChangeError,
    IdTakenError,
    InsufficientCreditsError,
    TooManyActiveJobsError,
    UnauthenticatedError,
)
from lipwire.domain.ids import AccountId, BatchId
from lipwire.ports.filling import FillingStores
from lipwire.usecases.finish_batch import finish_batch


def fill_batches(account_id: AccountId, *, stores: FillingStores) -> int:
    """As many jobs of the account's open batches are made as there is room for, the oldest batch first; their number.

    One active job of several that the plan allows is left to others. Called when a batch is accepted and whenever a
    job of the account ends. Whatever was in the way was a job that had not ended, be it of its place or of the
    credits it holds, so its end calls again; and a call that dies is repeated by its queue. How many lines of a
    batch were made is counted by the transaction that makes them: none is made twice or passed over, however many
    calls race.

    Raises:
        ConcurrentChangeError: the next jobs of a batch can't be made, though nobody else makes them.
    """
    made = 0
    for batch_id in stores.batches.open(account_id):
        filling = _Filling(account_id, batch_id, stores)
        made += filling.fill()
        if not filling.is_over:
            break
    return made


class _Filling:
    """One batch, as it is filled."""

    def __init__(self, account_id: AccountId, batch_id: BatchId, stores: FillingStores) -> None:
        self._account_id = account_id
        self._id = batch_id
        self._stores = stores
        self._batches = stores.batches
        self._found: Sequence[BatchLine] = ()
        self._at_once = MAX_JOBS
        self._active = 0
        #: How many had been made when something was in the way of the next.
        self._clashed_after: int | None = None
        #: Whether none of it is to be made any more.
        self.is_over = False

    def fill(self) -> int:
        """How many jobs were made; there is no room for more, or none is left to be made."""
        made = 0
        while (batch := self._batches.get(self._id)) is not None and batch.waiting:
            account = self._stores.accounts.account(batch.account_id)
            if account is None or account.status is not AccountStatus.ACTIVE:
                self._batches.stop(batch, Stop.ACCOUNT_CLOSED)
                continue
            # Whoever asks for one job meanwhile need not wait for hours, where the plan has more than one.
            most = max(account.limits.max_active_jobs - 1, 1)
            self._active = len(self._stores.limits.active(batch.account_id))
            room = min(most - self._active, self._at_once)
            if room <= 0:
                return made
            try:
                self._found = self._found or self._stores.batch_lines.get(batch)
            except ValueError:
                # The account's other batches are not to suffer from it.
                self._batches.stop(batch, Stop.UNREADABLE)
                continue
            chunk = self._found[len(batch.made_ids) :][:room]
            try:
                made += self._make(batch, chunk, most)
            except (TooManyActiveJobsError, InsufficientCreditsError):
                return made
        if batch is None:
            # Its row has left; nothing else leads to it.
            self._batches.forget(self._account_id, self._id)
        else:
            finish_batch(batch, stores=self._stores, found=self._found)
        self.is_over = True
        return made

    def _make(self, batch: Batch, chunk: Sequence[BatchLine], most: int) -> int:
        if not chunk:
            self._batches.stop(batch, Stop.EXPIRED)
            return 0
        at = self._stores.clock.now()
        jobs = [line.job.model_copy(update={"created_at": at, "updated_at": at}) for line in chunk]
        try:
            self._make_assets(chunk, at)
            self._batches.add(batch, jobs, most_active=most, at=at)
        except ConcurrentChangeError:
            # Another call was quicker, or the rest was called off: the batch says how it stands. Where it stands as
            # before, something else is in the way, such as a row of that id, and trying again leads nowhere.
            if self._clashed_after == len(batch.made_ids):
                raise
            self._clashed_after = len(batch.made_ids)
            return 0
        except InsufficientCreditsError:
            # What can still be paid is made, one by one. The first that can't waits for what the jobs that worked
            # before this was tried will give back; where there were none, it is the end.
            if len(chunk) == 1:
                if self._active:
                    raise
                self._batches.stop(batch, Stop.INSUFFICIENT_CREDITS)
            self._at_once = 1
            return 0
        except (AccountNotFoundError, UnauthenticatedError):
            self._batches.stop(batch, Stop.ACCOUNT_CLOSED)
            return 0
        return len(jobs)

    def _make_assets(self, chunk: Sequence[BatchLine], at: datetime) -> None:
        """Before the jobs, whose workflows begin at once; an earlier call may have made some.

        Their bytes are waited for from now on.
        """
        for line in chunk:
            for asset in line.assets:
                until = at + (asset.upload_expires_at - asset.created_at)
                new = {"created_at": at, "upload_expires_at": until}
                try:
                    self._stores.assets.create(asset.model_copy(update=new))
                except IdTakenError:
                    continue
