"""What use cases take that are about the account, its keys, and the API itself."""

from datetime import datetime, timedelta

from lipwire.domain.commands import Command
from lipwire.domain.keys import DEFAULT_GRACE, KeyMode, Scope
from lipwire.domain.plans import Count


class CreateKey(Command):
    name: str
    scopes: tuple[Scope, ...]
    mode: KeyMode = KeyMode.LIVE
    valid_until: datetime | None = None
    requests_per_minute: Count | None = None


class ListKeys(Command):
    pass


class RotateKey(Command):
    public_id: str
    #: How long the key before opens too.
    grace: timedelta = DEFAULT_GRACE


class RevokeKey(Command):
    public_id: str


class ListLedger(Command):
    limit: int = 20
    cursor: str | None = None


class GetAccount(Command):
    pass


class CloseAccount(Command):
    pass


class GetOpenApi(Command):
    pass


class GetDocs(Command):
    pass
