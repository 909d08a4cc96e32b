"""Which use case is which operation, with the ports each takes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from lipwire.dialects.base import Operation
from lipwire.domain.commands import Caller
from lipwire.usecases.cancel_batch import cancel_batch
from lipwire.usecases.cancel_job import cancel_job
from lipwire.usecases.close_account import close_account
from lipwire.usecases.complete_upload import complete_upload
from lipwire.usecases.create_batch import create_batch
from lipwire.usecases.create_job import create_job
from lipwire.usecases.create_key import create_key
from lipwire.usecases.create_speech import create_speech
from lipwire.usecases.create_upload import create_upload
from lipwire.usecases.create_uploads import create_uploads
from lipwire.usecases.delete_asset import delete_asset
from lipwire.usecases.delete_endpoint import delete_endpoint
from lipwire.usecases.delete_job import delete_job
from lipwire.usecases.estimate_job import estimate_job
from lipwire.usecases.find_batches import find_batches
from lipwire.usecases.find_job import find_job
from lipwire.usecases.find_jobs import find_jobs
from lipwire.usecases.get_account import get_account
from lipwire.usecases.get_asset import get_asset
from lipwire.usecases.get_batch import get_batch
from lipwire.usecases.get_delivery import get_delivery
from lipwire.usecases.get_endpoint import get_endpoint
from lipwire.usecases.get_job import get_job
from lipwire.usecases.get_speech import get_speech
from lipwire.usecases.give_up_upload import give_up_upload
from lipwire.usecases.list_asset_pages import list_asset_pages
from lipwire.usecases.list_assets import list_assets
from lipwire.usecases.list_batches import list_batches
from lipwire.usecases.list_deliveries import list_deliveries
from lipwire.usecases.list_endpoints import list_endpoints
from lipwire.usecases.list_job_pages import list_job_pages
from lipwire.usecases.list_jobs import list_jobs
from lipwire.usecases.list_keys import list_keys
from lipwire.usecases.list_ledger import list_ledger
from lipwire.usecases.list_voices import list_voices
from lipwire.usecases.read_batch_output import read_batch_output
from lipwire.usecases.register_endpoint import register_endpoint
from lipwire.usecases.replay_deliveries import replay_deliveries
from lipwire.usecases.replay_delivery import replay_delivery
from lipwire.usecases.revoke_key import revoke_key
from lipwire.usecases.rotate_account_secret import rotate_account_secret
from lipwire.usecases.rotate_key import rotate_key
from lipwire.usecases.rotate_secret import rotate_secret
from lipwire.usecases.send_test_event import send_test_event
from lipwire.usecases.update_endpoint import update_endpoint

if TYPE_CHECKING:
    from lipwire.bootstrap import App

Run = Callable[["App", Any, Caller], Any]

#: Without a caller: the command itself says what opens the thing.
RUN_OPEN: Final[dict[Operation, Callable[["App", Any], Any]]] = {
    Operation.READ_BATCH_OUTPUT: lambda app, command: read_batch_output(
        command,
        batches=app.batches,
        results=app.results,
        limiter=app.memory_limits,
        clock=app.clock,
    ),
}

RUN: Final[dict[Operation, Run]] = {
    Operation.CREATE_UPLOAD: lambda app, command, caller: create_upload(
        command,
        caller,
        assets=app.assets,
        uploads=app.uploads,
        clock=app.clock,
        ids=app.ids,
        source_urls=lambda: app.url_guard,
    ),
    Operation.CREATE_UPLOADS: lambda app, command, caller: create_uploads(
        command, caller, assets=app.assets, uploads=app.uploads, clock=app.clock, ids=app.ids
    ),
    Operation.COMPLETE_UPLOAD: lambda app, command, caller: complete_upload(
        command, caller, assets=app.assets, uploads=app.uploads, clock=app.clock
    ),
    Operation.GIVE_UP_UPLOAD: lambda app, command, caller: give_up_upload(
        command, caller, assets=app.assets, clock=app.clock
    ),
    Operation.GET_ASSET: lambda app, command, caller: get_asset(command, caller, assets=app.assets),
    Operation.LIST_ASSETS: lambda app, command, caller: list_assets(
        command, caller, assets=app.assets
    ),
    Operation.LIST_ASSET_PAGES: lambda app, command, caller: list_asset_pages(
        command, caller, assets=app.assets
    ),
    Operation.DELETE_ASSET: lambda app, command, caller: delete_asset(
        command, caller, assets=app.assets, stores=app, clock=app.clock
    ),
    Operation.CREATE_JOB: lambda app, command, caller: create_job(
        command,
        caller,
        jobs=app.jobs,
        ledger=lambda: app.ledger,
        consents=app.consents,
        consent_required=app.settings.consent_required,
        assets=app.assets,
        uploads=app.uploads,
        engines=app.engines,
        webhook_urls=app.webhook_urls,
        source_urls=app.url_guard,
        clock=app.clock,
        ids=app.ids,
        voices=app.voices,
    ),
    Operation.ESTIMATE_JOB: lambda app, command, caller: estimate_job(
        command,
        caller,
        assets=app.assets,
        engines=app.engines,
        webhook_urls=app.webhook_urls,
        source_urls=app.url_guard,
        clock=app.clock,
        ids=app.ids,
        voices=app.voices,
    ),
    Operation.CREATE_SPEECH: lambda app, command, caller: create_speech(
        command,
        caller,
        speeches=app.speeches,
        voices=app.voices,
        clock=app.clock,
        ids=app.ids,
    ),
    Operation.GET_SPEECH: lambda app, command, caller: get_speech(
        command,
        caller,
        assets=app.assets,
        jobs=app.jobs,
        uploads=app.uploads,
        clock=app.clock,
    ),
    Operation.LIST_VOICES: lambda app, command, caller: list_voices(
        command, caller, voices=app.voices
    ),
    Operation.GET_JOB: lambda app, command, caller: get_job(
        command,
        caller,
        jobs=app.jobs,
        results=app.results,
        limiter=app.limits,
        clock=app.clock,
    ),
    Operation.FIND_JOB: lambda app, command, caller: find_job(
        command, caller, jobs=app.jobs, results=app.results, clock=app.clock
    ),
    Operation.FIND_JOBS: lambda app, command, caller: find_jobs(
        command, caller, jobs=app.jobs, results=app.results, clock=app.clock
    ),
    Operation.LIST_JOBS: lambda app, command, caller: list_jobs(
        command, caller, jobs=app.jobs, results=app.results, clock=app.clock
    ),
    Operation.LIST_JOB_PAGES: lambda app, command, caller: list_job_pages(
        command, caller, jobs=app.jobs, results=app.results, clock=app.clock
    ),
    Operation.CANCEL_JOB: lambda app, command, caller: cancel_job(command, caller, jobs=app.jobs),
    Operation.DELETE_JOB: lambda app, command, caller: delete_job(
        command, caller, jobs=app.jobs, batches=app.batches, stores=app, clock=app.clock
    ),
    Operation.CREATE_BATCH: lambda app, command, caller: create_batch(
        command,
        caller,
        batches=app.batches,
        consents=app.consents,
        consent_required=app.settings.consent_required,
        assets=app.assets,
        engines=app.engines,
        webhook_urls=app.webhook_urls,
        source_urls=app.url_guard,
        clock=app.clock,
        ids=app.ids,
        voices=app.voices,
        lines=lambda: app.batch_lines,
        ledger=lambda: app.ledger,
    ),
    Operation.GET_BATCH: lambda app, command, caller: get_batch(
        command, caller, batches=app.batches, results=app.results, clock=app.clock
    ),
    Operation.LIST_BATCHES: lambda app, command, caller: list_batches(
        command, caller, batches=app.batches
    ),
    Operation.FIND_BATCHES: lambda app, command, caller: find_batches(
        command, caller, batches=app.batches
    ),
    Operation.CANCEL_BATCH: lambda app, command, caller: cancel_batch(
        command,
        caller,
        stores=app,
        results=app.results,
    ),
    Operation.CLOSE_ACCOUNT: lambda app, _command, caller: close_account(
        caller.account.id, by=caller.key_id, accounts=app.accounts, clock=app.clock
    ),
    Operation.GET_ACCOUNT: lambda app, command, caller: get_account(
        command, caller, ledger=app.ledger, engines=app.engines, limits=app.limits
    ),
    Operation.CREATE_KEY: lambda app, command, caller: create_key(
        command,
        caller.account.id,
        by=caller.key_id,
        accounts=app.accounts,
        clock=app.clock,
        ids=app.ids,
        once=caller.once,
    ),
    Operation.LIST_KEYS: lambda app, command, caller: list_keys(
        command, caller.account.id, accounts=app.accounts, limits=app.limits
    ),
    Operation.ROTATE_KEY: lambda app, command, caller: rotate_key(
        command,
        caller.account.id,
        by=caller.key_id,
        accounts=app.accounts,
        clock=app.clock,
        ids=app.ids,
        once=caller.once,
    ),
    Operation.REVOKE_KEY: lambda app, command, caller: revoke_key(
        command, caller.account.id, by=caller.key_id, accounts=app.accounts, clock=app.clock
    ),
    Operation.LIST_LEDGER: lambda app, command, caller: list_ledger(
        command, caller, ledger=app.ledger
    ),
    Operation.CREATE_ENDPOINT: lambda app, command, caller: register_endpoint(
        command,
        caller,
        endpoints=app.endpoints,
        webhook_urls=app.webhook_urls,
        clock=app.clock,
        ids=app.ids,
    ),
    Operation.LIST_ENDPOINTS: lambda app, command, caller: list_endpoints(
        command, caller, endpoints=app.endpoints
    ),
    Operation.DELETE_ENDPOINT: lambda app, command, caller: delete_endpoint(
        command, caller, endpoints=app.endpoints
    ),
    Operation.GET_ENDPOINT: lambda app, command, caller: get_endpoint(
        command, caller, endpoints=app.endpoints
    ),
    Operation.UPDATE_ENDPOINT: lambda app, command, caller: update_endpoint(
        command,
        caller,
        endpoints=app.endpoints,
        webhook_urls=app.webhook_urls,
        clock=app.clock,
    ),
    Operation.ROTATE_SECRET: lambda app, command, caller: rotate_secret(
        command, caller, endpoints=app.endpoints, clock=app.clock, ids=app.ids
    ),
    Operation.ROTATE_ACCOUNT_SECRET: lambda app, command, caller: rotate_account_secret(
        command, caller, accounts=app.accounts, clock=app.clock, ids=app.ids
    ),
    Operation.SEND_TEST_EVENT: lambda app, command, caller: send_test_event(
        command, caller, **_delivering(app)
    ),
    Operation.LIST_DELIVERIES: lambda app, command, caller: list_deliveries(
        command, caller, deliveries=app.deliveries
    ),
    Operation.GET_DELIVERY: lambda app, command, caller: get_delivery(
        command, caller, deliveries=app.deliveries
    ),
    Operation.REPLAY_DELIVERY: lambda app, command, caller: replay_delivery(
        command, caller, **_delivering(app)
    ),
    Operation.REPLAY_DELIVERIES: lambda app, command, caller: replay_deliveries(
        command, caller, **_delivering(app)
    ),
}


def _delivering(app: "App") -> dict[str, Any]:
    """What makes a new delivery."""
    return {
        "endpoints": app.endpoints,
        "deliveries": app.deliveries,
        "queue": app.delivery_queue,
        "clock": app.clock,
        "ids": app.ids,
    }
