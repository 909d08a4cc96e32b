"""One logger and one set of metrics for every function."""

from typing import Final

from aws_lambda_powertools import Logger, Metrics

#: Service name and namespace come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE.
logger: Final = Logger(utc=True)
metrics: Final = Metrics()

#: Names of every metric.
JOBS_CREATED: Final = "JobsCreated"
JOBS_SUCCEEDED: Final = "JobsSucceeded"
JOBS_FAILED: Final = "JobsFailed"
JOBS_CANCELED: Final = "JobsCanceled"
DELIVERY_ATTEMPTS: Final = "DeliveryAttempts"
