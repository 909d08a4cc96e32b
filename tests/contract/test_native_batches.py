"""The native API's batches are accepted together or not at all, as its description says: never made by and by."""

import json

import pytest

from lipwire.domain.batches import MAX_JOBS
from tests.support.memory_app import MemoryApp

VOICE = {"url": "https://media.test/a.wav"}
SOURCE = {"url": "https://media.test/v.mp4"}


@pytest.mark.parametrize(
    "body",
    [
        {"source": SOURCE, "speeches": [VOICE] * (MAX_JOBS + 1)},
        {"jobs": [{"source": SOURCE, "speech": VOICE}] * (MAX_JOBS + 1)},
    ],
)
def test_more_jobs_than_are_accepted_together_are_refused(body):
    """Whole jobs or many voices; with the limit, and nothing waits in a file."""
    app = MemoryApp()
    answer = app.ask("POST", "/lipwire/v1/batches", body=json.dumps(body).encode())
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"], problem["limit"]) == (422, "batch_too_large", MAX_JOBS)
    assert app.batches.open(app.account_id) == ()
