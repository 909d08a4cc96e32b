"""Whether a failed attempt is tried again: `retryStrategy` with AWS's meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """How an attempt ended, as its record shows it."""

    exit_code: int | None
    reason: str
    status_reason: str


def tries_again(strategy: Mapping[str, Any], attempts_made: int, end: AttemptEnd) -> bool:
    """Whether Batch starts another attempt.

    All conditions of a rule must match, the first rule that matches decides, and when none does the job is retried.
    """
    if attempts_made >= int(strategy.get("attempts") or 1):
        return False
    for rule in strategy.get("evaluateOnExit") or ():
        if _matches(rule, end):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches(rule: Mapping[str, Any], end: AttemptEnd) -> bool:
    code = "" if end.exit_code is None else str(end.exit_code)
    conditions = (
        (rule.get("onExitCode"), code),
        (rule.get("onReason"), end.reason),
        (rule.get("onStatusReason"), end.status_reason),
    )
    return all(_like(value, pattern) for pattern, value in conditions if pattern is not None)


def _like(value: str, pattern: str) -> bool:
    """AWS's globs have one star, at the end; nothing matches a value that isn't there."""
    if not value:
        return False
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern


def fault_of(strategy: Mapping[str, Any]) -> str | None:
    """What AWS would refuse in a retry strategy."""
    attempts = strategy.get("attempts")
    if attempts is not None and not 1 <= int(attempts) <= 10:
        return "retryStrategy.attempts must be between 1 and 10"
    rules = strategy.get("evaluateOnExit") or ()
    if len(rules) > 5:
        return "retryStrategy.evaluateOnExit holds at most 5 rules"
    for rule in rules:
        if str(rule.get("action", "")).upper() not in {"RETRY", "EXIT"}:
            return "retryStrategy.evaluateOnExit.action must be RETRY or EXIT"
    return None
