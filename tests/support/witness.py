"""A client that keeps what it was told."""

import json
from dataclasses import dataclass
from typing import Any

from infra.local.client import ApiError, Client
from tests.support.secrets import Known


@dataclass(frozen=True)
class Witness(Client):
    """A client that keeps the secrets it is given, and what it is told when it is refused."""

    known: Known
    refusals: list[str]

    def call(self, method: str, path: str, body: object = None) -> Any:
        """As any client's."""
        try:
            answer = super().call(method, path, body)
        except ApiError as refusal:
            self.refusals.append(json.dumps(refusal.problem))
            raise
        self.known.learn(answer)
        return answer
