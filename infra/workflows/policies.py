"""Named retries and limits of the workflows' states."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn

#: A step that waits for nobody.
STEP_TIMEOUT: Final = Duration.minutes(4)

#: Faults of services and of our own that pass by themselves.
TRANSIENT: Final = {
    "errors": [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "Lambda.ClientExecutionTimeoutException",
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
CAPACITY: Final = {
    "errors": ["Batch.ServerException", "Batch.ClientException.TooManyRequests", "Batch.BatchException"],
    "interval": Duration.seconds(30),
    "max_attempts": 5,
    "backoff_rate": 2.0,
    "jitter_strategy": sfn.JitterType.FULL,
}
