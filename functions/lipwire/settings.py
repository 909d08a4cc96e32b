"""The environment, typed; a missing variable is named at the first start, not at the third request."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from lipwire.resources import Resource


class MissingSettingError(RuntimeError):
    """A variable that this function needs is not set."""


class Settings(NamedTuple):
    """Names of resources, and stage parameters; only what a function declared is there."""

    environment: Mapping[str, str]

    def name_of(self, resource: Resource) -> str:
        """The table's, bucket's or bus's name, the queue's URL, the state machine's ARN.

        Raises:
            MissingSettingError: this function did not declare that need.
        """
        return self._get(resource.value)

    @property
    def stage(self) -> str:
        """The stage's name."""
        return self._get("LIPWIRE_STAGE")

    @property
    def loopback(self) -> bool:
        """Whether webhooks may go to, and media may come from, http on loopback: on the local stage alone."""
        is_local = self.environment.get("LIPWIRE_STAGE") == "local"
        return is_local and self.environment.get("LOOPBACK_ALLOWED") == "1"

    @property
    def consent_required(self) -> bool:
        """Whether a job needs a consent."""
        return self.environment.get("CONSENT_REQUIRED") == "1"

    @property
    def polly(self) -> bool:
        """Whether Amazon Polly speaks too."""
        return self.environment.get("POLLY") == "1"

    @property
    def voices_bucket(self) -> str:
        """Where the files of an operator's own voices lie."""
        return self._get("VOICES_BUCKET")

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """This deployment's own hosts, `host:port` on loopback: nothing is sent there or fetched from there."""
        named = self.environment.get("OWN_HOSTS", "").split(",")
        endpoint = (
            self.environment.get("AWS_ENDPOINT_URL", "").partition("://")[2].partition("/")[0]
        )
        return tuple(name for name in (*named, endpoint) if name)

    @property
    def batch_targets(self) -> dict[str, tuple[str, str]]:
        """Queue and job definition of each engine."""
        raw = json.loads(self._get("BATCH_TARGETS"))
        return {name: (target["queue"], target["definition"]) for name, target in raw.items()}

    @property
    def shard_ms(self) -> int | None:
        """How long a part of a long output is, where the stage has a word in it; None leaves it to each engine."""
        return round(1000 * float(self.environment.get("SHARD_SECONDS") or 0)) or None

    def _get(self, name: str) -> str:
        value = self.environment.get(name, "")
        if not value:
            raise MissingSettingError(f"environment variable {name} is not set")
        return value
