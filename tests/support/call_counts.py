"""How often warm requests ask DynamoDB: whole requests through serving, over the platform's own tables."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from lipwire import dialects
from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.bootstrap import App
from lipwire.dialects.base import Operation, WireRequest, WireResponse
from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AssetId
from lipwire.serving import answer
from lipwire.usecases.open_account import open_account
from tests.support.builders import an_asset, video_info, voice_info
from tests.support.fakes import FakeEngines

IDS = RandomIds()


def warm_calls(client: Any, names: Mapping[str, str]) -> dict[str, list[str]]:
    """The calls of each kind of request, made by an account that has been remembered."""
    calls: list[str] = []
    client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    app = App({**names, "LIPWIRE_STAGE": "local", "OUTPUTS_BUCKET": "outputs"})
    app.__dict__ |= {"dynamodb": client, "engines": FakeEngines()}
    key, source, speech = _made(client, names)

    def ask(operation: Operation, path_id: str = "", body: object = None, **headers: str) -> Any:
        route = next(one for one in dialects.load("native").routes if one.operation is operation)
        request = WireRequest(
            method=route.method,
            path=route.path.replace("{id}", path_id),
            path_params={"id": path_id},
            headers={"authorization": f"Bearer {key}", **headers},
            body=json.dumps(body).encode(),
        )
        return _read(answer(request, dialects.load("native"), route, app))

    def counted(request: Callable[[], Any]) -> list[str]:
        calls.clear()
        request()
        return list(calls)

    body = {"source": {"asset_id": source}, "speech": {"asset_id": speech}}
    job_id = ask(Operation.CREATE_JOB, body=body)["id"]
    keyed = {"idempotency-key": IDS.new("key")}
    return {
        "create": counted(lambda: ask(Operation.CREATE_JOB, body=body)),
        "create under an idempotency key": counted(
            lambda: ask(Operation.CREATE_JOB, body=body, **keyed)
        ),
        "repeat of it": counted(lambda: ask(Operation.CREATE_JOB, body=body, **keyed)),
        "poll": counted(lambda: ask(Operation.GET_JOB, job_id)),
        "account": counted(lambda: ask(Operation.GET_ACCOUNT)),
    }


def _read(found: WireResponse) -> Any:
    if found.status >= 300:
        raise RuntimeError(found.body)
    return json.loads(found.body)


def _made(client: Any, names: Mapping[str, str]) -> tuple[str, str, str]:
    """A key of a fresh account, and two assets of it."""
    outbox = OutboxRows(table=names["OUTBOX_TABLE"], ids=IDS)
    active = ActiveAccounts(table=names["ACCOUNTS_TABLE"])
    opened = open_account(
        "calls",
        Millicredits(10**6),
        plan="pro",
        accounts=DynamoAccounts(client, table=names["ACCOUNTS_TABLE"], outbox=outbox),
        ledger=DynamoLedger(client, table=names["LEDGER_TABLE"], accounts=active, outbox=outbox),
        clock=SystemClock(),
        ids=IDS,
    )
    assets = DynamoAssets(
        client,
        table=names["ASSETS_TABLE"],
        accounts=active,
        charges=LedgerCharges(client, table=names["LEDGER_TABLE"]),
        limits=DynamoLimits(client, table=names["LIMITS_TABLE"]),
        outbox=outbox,
    )
    stored = []
    for media in (video_info(), voice_info()):
        asset = an_asset(
            0,
            id=AssetId(IDS.new("ast")),
            account_id=opened.account.id,
            media=media,
            # The table forgets promises of the past.
            upload_expires_at=SystemClock().now() + timedelta(hours=1),
        )
        assets.create(asset)
        stored.append(asset.id)
    return opened.api_key, stored[0], stored[1]
