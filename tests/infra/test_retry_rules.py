"""Every way a container can end, against the rules as they stand in the template (D9)."""

from fnmatch import fnmatchcase

import pytest

from lipwire.render.exit_codes import ExitCode
from tests.infra.conftest import of_type

HOST_GONE = "Host EC2 (instance i-0123456789) terminated."
ENDED = "Essential container in task exited"


def verdict(rules, *, exit_code=None, reason=None, status_reason=ENDED) -> str:
    """Batch's own reading: first rule whose every condition matches; without a match, RETRY."""
    seen = {
        "OnExitCode": None if exit_code is None else str(exit_code),
        "OnReason": reason,
        "OnStatusReason": status_reason,
    }
    for rule in rules:
        conditions = {key: value for key, value in rule.items() if key != "Action"}
        if all(seen[k] is not None and fnmatchcase(seen[k], v) for k, v in conditions.items()):
            return rule["Action"]
    return "RETRY"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({"exit_code": ExitCode.BAD_INPUT.value}, "EXIT"),
        ({"exit_code": ExitCode.POLICY.value}, "EXIT"),
        ({"exit_code": ExitCode.BUG.value}, "EXIT"),
        ({"exit_code": ExitCode.TRANSIENT.value}, "RETRY"),
        ({"exit_code": 137}, "RETRY"),
        ({"exit_code": 137, "reason": "OutOfMemoryError: Container killed"}, "EXIT"),
        ({"exit_code": 139}, "EXIT"),
        ({"exit_code": 1}, "EXIT"),
        ({"exit_code": 2}, "EXIT"),
        ({"exit_code": 143, "status_reason": HOST_GONE}, "RETRY"),
        ({"status_reason": HOST_GONE}, "RETRY"),
        (
            {"reason": "CannotPullContainerError: no", "status_reason": "Task failed to start"},
            "RETRY",
        ),
    ],
)
def test_each_end_of_a_container_has_its_verdict(aws, end, expected):
    """One attempt for what can't succeed, more for what may."""
    for definition in of_type(aws, "AWS::Batch::JobDefinition").values():
        assert verdict(definition["RetryStrategy"]["EvaluateOnExit"], **end) == expected
