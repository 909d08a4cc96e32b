"""Secrets where people put them by mistake, and where strangers put them on purpose: none is told again.

What stands in logs, events, executions and dead letters is looked through once more when the platform's run ends.
"""

import socket
import urllib.error
import urllib.request

import pytest

from infra.local.client import ApiError
from tests.support.platform import until
from tests.support.secrets import MARK, found_in
from tests.support.strangers import serving

LINK = f"X-Amz-Signature={'0a1b2c3d' * 8}&Key-Pair-Id=K2JCJMDEHXQW5F&Signature={'aB3~' * 20}"


def asked(url: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, str]:
    """Status and body of an answer."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, body, headers), timeout=30
        ) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.read().decode()


def test_secrets_in_the_wrong_place_come_back_in_no_answer(platform):
    """In a header that holds no key, a path, a query, a cookie, a body that is no JSON, a URL that is refused."""
    client, base = platform.new_client(), f"{platform.base_url}/lipwire/v1"
    good = {"Authorization": f"Bearer {client.api_key}", "Content-Type": "application/json"}
    other = f"lw_live_0123456789_{MARK}"
    for headers in (
        {"Authorization": f"Bearer {other}"},
        {"Authorization": f"Basic {MARK}"},
        {"x-api-key": other, "Cookie": f"session={MARK}"},
    ):
        status, told = asked(f"{base}/account", headers)
        assert (status, MARK in told) == (401, False)
    for path in (
        f"jobs/{MARK}",
        f"jobs?limit=no&token={MARK}&{LINK}",
        f"jobs?cursor={MARK}&{LINK}",
    ):
        status, told = asked(f"{base}/{path}", good)
        assert 400 <= status < 500
        assert found_in(told) == []
    status, told = asked(f"{base}/jobs", good, f'{{"source": "{MARK}"'.encode())
    assert (status, MARK in told) == (422, False)
    for url in (
        f"https://user:{MARK}@example.com/a.mp4",
        f"https://10.0.0.1/a.mp4?token={MARK}&{LINK}",
    ):
        for method, body in (
            ("/jobs", {"source": {"url": url}, "speech": {"url": url}}),
            ("/webhook-endpoints", {"url": url}),
        ):
            with pytest.raises(ApiError) as refused:
                client.call("POST", method, body)
            assert found_in(str(refused.value.problem)) == []


def test_what_a_receiver_says_and_where_it_listens_is_told_to_its_owner_alone(platform):
    """The token of its URL, and what it answers; the owner's own log has the answer's first bytes."""
    client = platform.new_client()

    def serve(connection: socket.socket, request: bytes) -> None:
        assert MARK.encode() in request.partition(b"\r\n")[0]
        echoed = b"you sent " + request[:100]
        head = b"HTTP/1.1 500 Oh\r\nset-cookie: %s\r\ncontent-length: %d\r\n\r\n"
        connection.sendall(head % (MARK.encode(), len(echoed)) + echoed)

    with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/hook?token={MARK}&{LINK}"
        endpoint = client.call("POST", "/webhook-endpoints", {"url": url})
        client.call("POST", f"/webhook-endpoints/{endpoint['id']}/test")
        (delivery,) = until(
            lambda: client.call("GET", "/webhook-deliveries")["items"],
            lambda items: [one["status"] for one in items] == ["exhausted"],
            timeout_s=60,
        )
    (attempt,) = client.call("GET", f"/webhook-deliveries/{delivery['id']}")["log"]
    assert attempt["status"] == 500
    assert attempt["excerpt"].startswith("you sent POST")
