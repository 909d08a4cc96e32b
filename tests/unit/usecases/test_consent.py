"""A consent is kept word for word, with who gave it, when, and for what."""

import json

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec import to_create_job
from lipwire.dialects.native.codec_batches import to_create_batch
from lipwire.domain.consent import Consent
from lipwire.domain.errors import ConsentRequiredError, InvalidRequestError
from lipwire.usecases.note_consent import note_consent
from tests.support.builders import ACCOUNT, NOW, a_caller, a_job
from tests.support.fakes_consents import FakeConsents

WORDS = "Ada agreed in writing on 3 May; contract 17."
JOBS = [a_job(), a_job(id=f"job_{'1' * 26}")]
MEDIA = {"asset_id": f"ast_{1:026d}"}


def noted(statement, consents, *, is_required=False, also=None):
    """What joins the jobs' transaction."""
    return note_consent(
        statement, JOBS, a_caller(), consents=consents, is_required=is_required, also=also
    )


def test_a_consent_says_who_when_and_what():
    """For all jobs of a batch at once; the answer that is kept stays in the transaction."""
    consents, kept = FakeConsents(), []
    write = noted(WORDS, consents, also=kept.append)
    assert consents.rows == []
    write("transaction")
    assert kept == ["transaction"]
    assert consents.of_account(ACCOUNT) == (
        Consent(
            account_id=ACCOUNT,
            key_id="0123456789",
            statement=WORDS,
            given_at=NOW,
            job_ids=tuple(job.id for job in JOBS),
            source_ids=(JOBS[0].source_id,),
        ),
    )


def test_without_a_statement_nothing_is_noted():
    """And nothing else is lost."""
    also = print
    assert noted(None, FakeConsents(), also=also) is also
    assert noted(None, FakeConsents()) is None


def test_a_deployment_may_require_one():
    """Then a job without is refused, and one with is not."""
    with pytest.raises(ConsentRequiredError):
        noted(None, FakeConsents(), is_required=True)
    noted(WORDS, consents := FakeConsents(), is_required=True)("transaction")
    assert len(consents.rows) == 1


def request(body) -> WireRequest:
    """A body as it comes in."""
    return WireRequest(method="POST", path="/", body=json.dumps(body).encode())


def test_jobs_and_batches_take_a_statement():
    """One for a job, one for a whole batch."""
    job = {"source": MEDIA, "speech": MEDIA}
    consent = {"consent": {"statement": WORDS}}
    assert to_create_job(request(job | consent)).consent == WORDS
    assert to_create_job(request(job)).consent is None
    assert to_create_batch(request({"jobs": [job]} | consent)).consent == WORDS
    with pytest.raises(InvalidRequestError, match="a batch has one consent"):
        to_create_batch(request({"jobs": [job | consent]}))
