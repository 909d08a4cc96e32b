"""The emulator refuses to start when MiniStack isn't what the extension was written for."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from infra.local import platform, processes
from infra.local.emulator import extension
from infra.local.emulator.patch import MovedError, Patch
from tests.emulator.conftest import VARIABLES, Cloud
from tests.emulator.test_step_functions import ended, job_named, start


def test_a_moved_object_is_named():
    """The message says which object, and what about it."""
    script = textwrap.dedent(
        """
        from ministack.services import stepfunctions
        del stepfunctions._execute_task
        from infra.local.emulator.__main__ import main
        main()
        """
    )
    environment = os.environ | {
        "LIPWIRE_RUNTIME_PYTHON": str(platform.REPOSITORY / ".venv/runtime/bin/python"),
        "GATEWAY_PORT": str(processes.free_port()),
    }
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=platform.REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert answer.returncode != 0
    assert "ministack.services.stepfunctions:_execute_task: it is gone" in answer.stderr


@pytest.mark.parametrize(
    "changed",
    [
        {"parameters": ("other",)},
        {"keys": ("AWS::Not::There",)},
        {"text": "not in the script"},
        {"kind": bytes},
    ],
)
def test_a_changed_shape_is_named(changed):
    """Parameters, registry keys, text and type are each looked at before anything is replaced."""
    targets = {
        "parameters": "ministack.core.iam_actions:extract_iam_action",
        "keys": "ministack.services.batch:_DISPATCH",
        "text": "ministack.core.lambda_runtime:_PYTHON_WORKER_SCRIPT",
        "kind": "ministack.services.scheduler:_SCHEDULE_TICK_INTERVAL",
    }
    target = targets[next(iter(changed))]
    patch = Patch(target=target, because="of this test", replace=lambda original: None, **changed)
    with pytest.raises(MovedError, match=target):
        patch.apply()


def test_every_patch_says_why():
    """And names one object that is there."""
    for patch in extension.patches():
        assert patch.because
        assert any((patch.parameters is not None, patch.keys, patch.text, patch.kind))


def test_state_survives_a_restart(tmp_path):
    """Definitions are there again; a job that ran lost its host and runs again, an execution that waited waits on."""
    first = Cloud(platform.start_emulator(tmp_path, variables=VARIABLES))
    try:
        first.create_stack()
        running = first.submit("fail-once")
        first.ended(running)
        job_id = first.submit("sleep")
        first.reaches(job_id, "RUNNING")
        first.until(lambda: first.pids_of(job_id), bool)
        pids = first.pids_of(job_id)
        execution = start(first, "Rendering", name="kept", what="nap-first")
        waited = job_named(first, "kept")["jobId"]
        first.reaches(waited, "RUNNING")
    finally:
        first.emulator.stop()
    assert not [pid for pid in pids if processes.is_alive(pid)]
    second = Cloud(platform.start_emulator(tmp_path, variables=VARIABLES))
    second.names = first.names
    try:
        job = second.reaches(job_id, "RUNNING")
        assert job["attempts"][0]["statusReason"].startswith("Host EC2")
        end = ended(second, execution)
        assert end["status"] == "SUCCEEDED", end
        assert json.loads(end["output"])["JobId"] == waited
        second.client("batch").terminate_job(jobId=job_id, reason="seen enough")
        assert second.ended(second.submit("exit-0"))["status"] == "SUCCEEDED"
        assert second.job(running)["status"] == "SUCCEEDED"
    finally:
        second.emulator.stop()
