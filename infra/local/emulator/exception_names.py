"""A function's exception class reaches Step Functions, so `Retry` and `Catch` match by name."""

import threading
from collections.abc import Callable
from typing import Any

from infra.local.emulator.patch import Patch

_ERROR_LINE = '"error": str(e), "trace": traceback.format_exc()}'
_NAMED_LINE = (
    '"error": str(e), "error_type": type(e).__name__,'
    ' "stack": traceback.format_tb(e.__traceback__), "trace": traceback.format_exc()}'
)

_last = threading.local()


def _name_in_script(script: str) -> str:
    return script.replace(_ERROR_LINE, _NAMED_LINE)


def _remember(invoke: Callable[..., dict[str, Any]]) -> Any:
    def remembering(
        self: Any,
        event: Any,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: Any = None,
        durable: dict[str, Any] | None = None,
        invoked_function_arn: str | None = None,
    ) -> dict[str, Any]:
        _last.result = {}
        result = invoke(
            self,
            event,
            request_id,
            trace_id=trace_id,
            depth=depth,
            durable=durable,
            invoked_function_arn=invoked_function_arn,
        )
        _last.result = result
        return result

    return remembering


def _copy_name(execute: Callable[[Any, Any, str], dict[str, Any]]) -> Any:
    def naming(func: Any, event: Any, request_id: str) -> dict[str, Any]:
        _last.result = {}
        answer = execute(func, event, request_id)
        # The pool calls `invoke` on this very thread, so what it left is this call's.
        result = _last.result
        if answer.get("error") and "error_type" in result:
            answer["body"]["errorType"] = result["error_type"]
            answer["body"]["requestId"] = request_id
            answer["body"]["stackTrace"] = result["stack"]
        return answer

    return naming


PATCHES = (
    Patch(
        target="ministack.core.lambda_runtime:_PYTHON_WORKER_SCRIPT",
        because="the worker reports an exception's text without its class",
        text=_ERROR_LINE,
        replace=_name_in_script,
    ),
    Patch(
        target="ministack.core.lambda_runtime:Worker.invoke",
        because="the result with the class in it isn't handed on",
        parameters=(
            "self",
            "event",
            "request_id",
            "trace_id",
            "depth",
            "durable",
            "invoked_function_arn",
        ),
        replace=_remember,
    ),
    Patch(
        target="ministack.services.lambda_svc:_execute_function_warm",
        because="every exception is called Runtime.HandlerError",
        parameters=("func", "event", "request_id"),
        replace=_copy_name,
    ),
)
