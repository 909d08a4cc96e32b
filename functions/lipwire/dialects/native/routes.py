"""The table of routes, in a part for each function: no cold start pays for what another function serves.

OpenAPI and the gateway's routes are made from all of it.
"""

from typing import Final

from lipwire.dialects.base import Route, RouteTable

BASE: Final = "/lipwire/v1"


def _uploads() -> tuple[Route, ...]:
    from lipwire.dialects.native.routes_uploads import ROUTES

    return ROUTES


def _jobs() -> tuple[Route, ...]:
    from lipwire.dialects.native.routes_jobs import ROUTES

    return ROUTES


def _account() -> tuple[Route, ...]:
    from lipwire.dialects.native.routes_account import ROUTES

    return ROUTES


ROUTES: Final = RouteTable({"ApiUploads": _uploads, "ApiJobs": _jobs, "ApiAccount": _account})
