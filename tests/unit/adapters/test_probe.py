"""The media box asked from outside: only an answer of its own is a verdict on a file."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lipwire.adapters.probe import LambdaProbe
from lipwire.domain.errors import BusyError
from lipwire.domain.plans import PLANS
from tests.support.builders import an_asset
from tests.support.lambdas import LambdaClient

VERDICT = {"problem": {"code": "corrupt_media", "message": "The file is damaged."}}


def asked(client: LambdaClient):
    """What the box says of an asset."""
    return LambdaProbe(client, function="probe").probe(an_asset(1), limits=PLANS["pro"])


def test_a_verdict_is_the_boxs_own_answer():
    """With its code."""
    assert asked(LambdaClient(VERDICT)).problem.code == "corrupt_media"


@pytest.mark.parametrize(
    "failure",
    [
        {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited: signal: killed"},
        {"errorType": "Runtime.OutOfMemory"},
        {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 60.00 seconds"},
        {"errorType": "BoxBrokenError", "errorMessage": "the box broke before it was closed"},
        {"errorType": "ClientError", "errorMessage": "SlowDown"},
        None,
    ],
)
def test_a_function_that_broke_has_judged_nothing(failure):
    """No memory, no time, no code, no object store: the file may be looked into again."""
    with pytest.raises(BusyError):
        asked(LambdaClient(failure, FunctionError="Unhandled"))


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"),
        ClientError({"Error": {"Code": "ServiceException"}}, "Invoke"),
        ReadTimeoutError(endpoint_url="https://lambda.example"),
    ],
)
def test_a_box_that_cannot_be_reached_is_asked_again(failure):
    """Throttled, in trouble, or silent."""
    with pytest.raises(BusyError):
        asked(LambdaClient(failure=failure))


def test_an_answer_that_is_none_is_asked_for_again():
    """Of an older or newer function, say."""
    with pytest.raises(BusyError):
        asked(LambdaClient({"media": {"kind": "smell"}}))
