"""One logger for every function."""

from typing import Final

from aws_lambda_powertools.logging import Logger

#: Its service name comes from POWERTOOLS_SERVICE_NAME.
logger: Final = Logger(utc=True)
