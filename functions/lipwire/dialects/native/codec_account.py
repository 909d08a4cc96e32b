"""The account, its ledger, and documents: native JSON to commands, views to native JSON."""

from typing import Any

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import validate
from lipwire.dialects.native import wire_account as wire
from lipwire.dialects.native.codec import ListQuery, to_json
from lipwire.domain import commands_account as commands
from lipwire.domain.ledger import Entry
from lipwire.domain.views import AccountView, ClosedAccount, Page


def to_get_account(request: WireRequest) -> commands.GetAccount:
    """GET /account."""
    del request
    return commands.GetAccount()


def to_list_ledger(request: WireRequest) -> commands.ListLedger:
    """GET /ledger."""
    query = validate(ListQuery, dict(request.query))
    return commands.ListLedger(limit=query.limit, cursor=query.cursor)


def to_close_account(request: WireRequest) -> commands.CloseAccount:
    """DELETE /account."""
    del request
    return commands.CloseAccount()


def from_ledger(page: Page[Entry]) -> WireResponse:
    """A page of the ledger."""
    items = [
        wire.EntryOut(
            key=entry.key,
            kind=entry.kind.value,
            amount_millicredits=entry.amount_millicredits,
            held_millicredits=entry.held_millicredits,
            job_id=entry.job_id,
            asset_id=entry.asset_id,
            price_list=entry.price_list,
            note=entry.note,
            created_at=entry.created_at,
        )
        for entry in page.items
    ]
    return to_json(wire.EntryPage(items=items, next_cursor=page.next_cursor))


def from_account(view: AccountView) -> WireResponse:
    """The account."""
    account, limits = view.account, view.account.limits._asdict()
    del limits["name"]
    return to_json(
        wire.AccountOut(
            id=account.id,
            name=account.name,
            plan=account.plan,
            limits=wire.LimitsOut(**limits, max_fetches=account.limits.max_fetches),
            active_jobs=view.active_jobs,
            credits=wire.BalanceOut(
                balance_millicredits=view.balance.balance,
                held_millicredits=view.balance.held,
                available_millicredits=view.balance.available,
            ),
            engines=[
                wire.EngineOut(
                    name=spec.name,
                    version=spec.version,
                    summary=spec.summary,
                    modes=sorted(spec.modes),
                    device=spec.device,
                    licence=spec.licence,
                    millicredits_per_second=spec.millicredits_per_second,
                )
                for spec in view.engines
            ],
            webhook_secret=account.webhook_secret if view.shows_secret else None,
        )
    )


def from_closed(view: ClosedAccount) -> WireResponse:
    """An account that is being erased."""
    return to_json(wire.ClosedOut(id=view.account_id, status="closed"), status=202)


def from_text(content_type: str) -> Any:
    """An encoder of a finished document."""

    def encode(text: str) -> WireResponse:
        return WireResponse(status=200, body=text, content_type=content_type)

    return encode
