"""Workflows on Step Functions."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError
from lipwire.domain.ids import AssetId, JobId


class StepFunctionsWorkflows:
    """`Workflows` on two state machines, given by ARN; an execution is named after the job or asset it is about.

    Standard executions keep their name for 90 days: whatever is started twice runs once.
    """

    def __init__(self, client: Any, *, jobs: str, analyses: str) -> None:
        self._client = client
        self._jobs = jobs
        self._analyses = analyses

    def start_job(self, job_id: JobId) -> None:
        """The job's execution is running, or has run."""
        self._start(self._jobs, job_id, {"job_id": job_id})

    def stop_job(self, job_id: JobId) -> None:
        """The job's execution is not running: stopped, ended before, or never started."""
        arn = self._jobs.replace(":stateMachine:", ":execution:", 1) + f":{job_id}"
        try:
            self._client.stop_execution(executionArn=arn, error="Canceled")
        except self._client.exceptions.ExecutionDoesNotExist:
            return
        except (ClientError, BotoCoreError) as exc:
            raise BusyError from exc

    def start_analysis(self, asset_id: AssetId, *, is_fetched: bool = False) -> None:
        """The asset's execution is running, or has run; it fetches the bytes first where they come from a URL."""
        fetch = {"fetch": "url"} if is_fetched else {}
        self._start(self._analyses, asset_id, {"asset_id": asset_id, **fetch})

    def _start(self, machine: str, name: str, payload: dict[str, str]) -> None:
        try:
            self._client.start_execution(
                stateMachineArn=machine, name=name, input=json.dumps(payload)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
        except (ClientError, BotoCoreError) as exc:
            raise BusyError from exc
