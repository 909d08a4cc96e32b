"""Stopping an execution, or a task's timeout, reaches the task that is under way.

Tasks that wait for a service ask `is_abandoned()` and stop what they wait for.
"""

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from infra.local.emulator.patch import Patch, service

_execution: ContextVar[dict[str, Any] | None] = ContextVar("lipwire_execution", default=None)
_timed_out: ContextVar[threading.Event | None] = ContextVar("lipwire_timed_out", default=None)


def current() -> dict[str, Any] | None:
    """The execution whose task runs on this thread."""
    return _execution.get()


def is_abandoned() -> bool:
    """Whether nobody waits any more for the task running on this thread."""
    execution, timed_out = _execution.get(), _timed_out.get()
    stopped = execution is not None and execution["status"] != "RUNNING"
    return stopped or (timed_out is not None and timed_out.is_set())


def _know_execution(original: Callable[..., Any]) -> Any:
    def execute_task(state_def: Any, raw_input: Any, execution: Any, ctx: Any) -> Any:
        if execution is not None and execution["status"] != "RUNNING":
            raise service("stepfunctions")._ExecutionError("States.TaskFailed", "stopped")
        token = _execution.set(execution)
        try:
            return original(state_def, raw_input, execution, ctx)
        finally:
            _execution.reset(token)

    return execute_task


def _tell_of_timeout(original: Callable[..., Any]) -> Any:
    def invoke_with_timeout(resource: str, input_data: Any, timeout: float) -> Any:
        over = threading.Event()
        token = _timed_out.set(over)
        try:
            return original(resource, input_data, timeout)
        except BaseException:
            over.set()
            raise
        finally:
            _timed_out.reset(token)

    return invoke_with_timeout


def _keep_end(original: Callable[..., None]) -> Any:
    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        # What a task raises after its execution was stopped doesn't change how that ended.
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail


PATCHES = (
    Patch(
        target="ministack.services.stepfunctions:_execute_task",
        because="StopExecution flags the execution only, and the task goes on",
        parameters=("state_def", "raw_input", "execution", "ctx"),
        replace=_know_execution,
    ),
    Patch(
        target="ministack.services.stepfunctions:_invoke_resource_with_timeout",
        because="a task that timed out goes on",
        parameters=("resource", "input_data", "timeout"),
        replace=_tell_of_timeout,
    ),
    Patch(
        target="ministack.services.stepfunctions:_fail_execution",
        because="a task that fails after StopExecution turns ABORTED into FAILED",
        parameters=("execution", "error", "cause"),
        replace=_keep_end,
    ),
)
