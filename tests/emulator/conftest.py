"""One emulator with the toy stack for this folder."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import platform, processes
from tests.emulator import toy
from tests.support.secrets import found_in

CONTENT = Path(__file__).parent / "content"

VARIABLES = {
    "LIPWIRE_INFERENCE_PYTHON": str(platform.REPOSITORY / ".venv/runtime/bin/python"),
    "LIPWIRE_BATCH_CONTENT": str(CONTENT),
    "LIPWIRE_BATCH_SLOTS": "4",
    "LIPWIRE_BATCH_TIMEOUT_SCALE": "0.02",
}


class Cloud:
    """The emulator, the toy stack's outputs, and how to wait for what happens there."""

    def __init__(self, emulator: platform.Emulator) -> None:
        self.emulator = emulator
        self.names: dict[str, str] = {}
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client as the operator."""
        if service not in self._clients:
            self._clients[service] = self.emulator.client(service)
        return self._clients[service]

    def create_stack(self) -> None:
        """Deploy the toy stack."""
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName="toy",
            TemplateBody=json.dumps(toy.template()),
            Capabilities=["CAPABILITY_IAM"],
        )
        stack = self.until(
            lambda: cloudformation.describe_stacks(StackName="toy")["Stacks"][0],
            lambda found: not found["StackStatus"].endswith("IN_PROGRESS"),
        )
        assert stack["StackStatus"] == "CREATE_COMPLETE", cloudformation.describe_stack_events(
            StackName="toy"
        )["StackEvents"]
        self.names = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    def submit(self, what: str, **more: Any) -> str:
        """A new job that does `what`."""
        made = self.client("batch").submit_job(
            jobName=f"toy-{what}",
            jobQueue=self.names["Queue"],
            jobDefinition=self.names["Definition"],
            parameters={"what": what},
            **more,
        )
        return str(made["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as DescribeJobs shows it."""
        found: dict[str, Any] = self.client("batch").describe_jobs(jobs=[job_id])["jobs"][0]
        return found

    def ended(self, job_id: str, timeout_s: float = 20) -> dict[str, Any]:
        """The job once it has ended."""
        return self.reaches(job_id, "SUCCEEDED", "FAILED", timeout_s=timeout_s)

    def reaches(self, job_id: str, *statuses: str, timeout_s: float = 20) -> dict[str, Any]:
        """The job once it has one of the statuses."""
        return self.until(
            lambda: self.job(job_id), lambda job: job["status"] in statuses, timeout_s=timeout_s
        )

    def output_of(self, job: dict[str, Any]) -> list[str]:
        """What the job's last attempt printed."""
        events = self.client("logs").get_log_events(
            logGroupName="/aws/batch/job", logStreamName=job["container"]["logStreamName"]
        )["events"]
        return [event["message"] for event in events]

    def pids_of(self, job_id: str) -> list[int]:
        """Every process of the job's running attempt."""
        marker = f"AWS_BATCH_JOB_ID={job_id}".encode()
        found = []
        for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            if processes.is_alive(pid):
                try:
                    environment = Path(f"/proc/{pid}/environ").read_bytes()
                except OSError:
                    continue  # it ended while we looked
                if marker in environment.split(b"\0"):
                    found.append(pid)
        return found

    @staticmethod
    def until(
        look: Callable[[], Any], good: Callable[[Any], bool], *, timeout_s: float = 20
    ) -> Any:
        """What `look` finds, once it is good."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = look()
            if good(found):
                return found
            assert time.monotonic() < deadline, f"still {found}"
            time.sleep(0.05)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An emulator with the toy stack deployed."""
    emulator = platform.start_emulator(tmp_path_factory.mktemp("emulator"), variables=VARIABLES)
    made = Cloud(emulator)
    try:
        made.create_stack()
        yield made
    finally:
        emulator.stop()
        told = emulator.log.read_text(errors="replace")
        sys.stdout.write(processes.tail(emulator.log))
        assert found_in(told) == []
