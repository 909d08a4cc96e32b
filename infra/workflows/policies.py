"""Named retries and limits of the workflows' states."""

from typing import Final, TypedDict

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn


class Retry(TypedDict):
    """The arguments of a state's `add_retry`."""

    errors: list[str]
    interval: Duration
    max_attempts: int
    backoff_rate: float
    jitter_strategy: sfn.JitterType


#: A step that waits for nobody.
STEP_TIMEOUT: Final = Duration.minutes(4)
#: A little longer than the function that fetches, which has time for a few files from slow servers.
FETCH_TIMEOUT: Final = Duration.minutes(16)

#: Faults of services and of our own that pass by themselves.
TRANSIENT: Final[Retry] = {
    "errors": [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "Lambda.ClientExecutionTimeoutException",
        # A step that ran out of time or crashed: each can be run again.
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "States.Timeout",
        # What a step meets of AWS and does not name: throttles, resets, faults.
        "ClientError",
        "ConnectionClosedError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "ReadTimeoutError",
        "TransactionCanceledException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "BusyError",
        "UnavailableError",
        "ConcurrentChangeError",
    ],
    "interval": Duration.seconds(2),
    "max_attempts": 4,
    "backoff_rate": 2.0,
    "jitter_strategy": sfn.JitterType.FULL,
}

#: Batch refuses a submission for a while when its quotas are full.
CAPACITY: Final[Retry] = {
    "errors": [
        "Batch.ServerException",
        "Batch.BatchException",
        "Batch.AWSBatchException",
    ],
    "interval": Duration.seconds(30),
    "max_attempts": 5,
    "backoff_rate": 2.0,
    "jitter_strategy": sfn.JitterType.FULL,
}
