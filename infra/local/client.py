"""A minimal client of the native API, on the standard library alone: what the demo and the tests speak through."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ApiError(Exception):
    """An answer that is an error: problem+json."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem
        self.code = problem.get("code")


@dataclass(frozen=True)
class Client:
    """Speaks to one Lipwire with one key."""

    base_url: str
    api_key: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON, or None for 204.

        Raises:
            ApiError: any answer that is not 2xx.
        """
        request = urllib.request.Request(  # the operator's own base URL
            f"{self.base_url}/lipwire/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as exc:
            raise ApiError(exc.code, _problem(exc.read())) from exc
        return json.loads(text) if text else None

    def upload(self, path: Path, content_type: str) -> str:
        """The id of a new asset that holds the file."""
        data = path.read_bytes()
        made = self.call(
            "POST",
            "/uploads",
            {"filename": path.name, "content_type": content_type, "size_bytes": len(data)},
        )
        target = made["upload"]
        put = urllib.request.Request(
            target["url"], method=target["method"], data=data, headers=target["headers"]
        )
        with urllib.request.urlopen(put, timeout=120):
            pass
        return str(made["asset_id"])

    def create_job(self, source: str, speech: str, **more: object) -> dict[str, Any]:
        """A new job."""
        body = {"source": {"asset_id": source}, "speech": {"asset_id": speech}, **more}
        job: dict[str, Any] = self.call("POST", "/jobs", body)
        return job

    def finish(
        self,
        job_id: str,
        *,
        timeout_s: float,
        told: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> dict[str, Any]:
        """The job once it has ended.

        Raises:
            TimeoutError: it has not, after that long.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.call("GET", f"/jobs/{job_id}")
            told(job)
            if job["status"] in {"succeeded", "failed", "canceled"}:
                return job
            time.sleep(0.5)
        raise TimeoutError(f"{job_id} has not ended after {timeout_s} s")


def download(url: str, path: Path) -> None:
    """The bytes behind a result URL lie at `path`."""
    with urllib.request.urlopen(url, timeout=120) as answer:  # a URL that our own API signed
        path.write_bytes(answer.read())


def _problem(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"detail": text.decode(errors="replace")[:300]}
    return found if isinstance(found, dict) else {"detail": str(found)}
