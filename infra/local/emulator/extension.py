"""Everything the emulator changes in MiniStack, in one list."""

from infra.local.emulator import (
    batch_iam,
    custom_resources,
    exception_names,
    execution_resume,
    isolated_runtime,
    large_state,
    log_drain,
    prompt_exit,
    schedule_sweep,
    secret_ref,
    secure_loopback,
    sqs_batch_iam,
    stand_in_types,
    stop_execution,
    table_ttl,
    unpacked_code,
    vpc_attributes,
)
from infra.local.emulator.batch import api, provisioner, restore, sync
from infra.local.emulator.patch import Patch

CONCERNS = (
    secure_loopback,
    stand_in_types,
    custom_resources,
    secret_ref,
    vpc_attributes,
    table_ttl,
    isolated_runtime,
    unpacked_code,
    exception_names,
    log_drain,
    schedule_sweep,
    stop_execution,
    execution_resume,
    api,
    provisioner,
    restore,
    sync,
    batch_iam,
    sqs_batch_iam,
    large_state,
    prompt_exit,
)


def patches() -> tuple[Patch, ...]:
    """Every patch, in the order applied."""
    return tuple(patch for concern in CONCERNS for patch in concern.PATCHES)


def apply() -> None:
    """Extend MiniStack in this process, before it serves.

    Raises MovedError for the first object that isn't as expected.
    """
    for patch in patches():
        patch.apply()
