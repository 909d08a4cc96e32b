"""Random spellings of URLs, and what must hold of each: an answer, and never a way inside."""

import contextlib
import random
import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

import pytest
import ssrfguard
from urllib3.util import parse_url

from lipwire.adapters.http.answers import AnswerError
from lipwire.adapters.http.connection import Deadline, Dialer, UnreachableError
from lipwire.adapters.http.fetcher import redirected
from lipwire.adapters.http.guard import UrlGuard
from tests.support.addresses import ALLOWED_URLS, FORBIDDEN_URLS, INSIDE, PUBLIC

#: What parsers of URLs disagree on, and what resolvers read as numbers or dots.
_ODD: Final = [
    *"./:@#?\\[]%&=-_~;+ \t\r\n\0\x7f0123456789abcdefxABCDEFX。．①１ⓔß\u200d\u00ad",
    *(
        "//",
        "://",
        "0x",
        "%2e",
        "%00",
        "%0d%0a",
        "%25lo",
        "::",
        "::ffff:",
        "[::1]",
        "localhost",
        "xn--",
    ),
]
_OTHER: Final = ssrfguard.Policy()
_SEEDS: Final = (*FORBIDDEN_URLS, *ALLOWED_URLS)
_SCHEMES: Final = (
    "https:// http:// HTTPS:// https: https:/ https:/// // file:// ftp://".split()  # noqa: SIM905
)


def _number_spelled(rng: random.Random, address: IPv4Address) -> str:
    """An IPv4 address as C libraries read it: fewer parts, other bases, leading zeros."""
    parts = rng.randint(1, 4)
    octets = list(address.packed)
    numbers = [*octets[: parts - 1], int.from_bytes(octets[parts - 1 :], "big")]
    spell = rng.choice(["{:d}", "{:#x}", "0{:o}", "{:#X}", "00{:d}", "0x0{:x}"])
    return ".".join((spell if rng.random() < 0.7 else "{:d}").format(number) for number in numbers)


def _spelled(rng: random.Random, text: str) -> str:
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        text = rng.choice([address.compressed, address.exploded, address.compressed.upper()])
        return f"[{text}]"
    return rng.choice(
        [text, f"{text}.", _number_spelled(rng, address), f"[::ffff:{text}]", f"[::{text}]"]
    )


def _host(rng: random.Random) -> str:
    host = _spelled(rng, rng.choice(INSIDE if rng.random() < 0.8 else PUBLIC))
    if rng.random() < 0.2:
        host = "".join(
            rng.choice([sign, f"%{ord(sign):02x}", chr(ord(sign) + 0xFEE0)]) for sign in host
        )
    return host


def _mutated(rng: random.Random, url: str) -> str:
    at, to = sorted((rng.randint(0, len(url)), rng.randint(0, len(url))))
    other = rng.choice(_SEEDS)
    match rng.randrange(6):
        case 0:
            return url[:at] + rng.choice(_ODD) + url[at:]
        case 1:
            return url[:at] + url[min(to, at + 3) :]
        case 2:
            return url[:at] + rng.choice(_ODD) + url[at + 1 :]
        case 3:
            return url[:at] + other[rng.randint(0, len(other)) :]
        case 4:
            return url[:at] + _host(rng) + url[to:]
        case _:
            return (
                url[:at]
                + chr(
                    rng.choice([rng.randrange(0x20), rng.randrange(0x250), rng.randrange(0x11000)])
                )
                + url[at:]
            )


def a_url(rng: random.Random) -> str:
    """A spelling that may be anything."""
    if rng.random() < 0.4:
        url = (
            rng.choice(_SCHEMES)
            + _host(rng)
            + rng.choice(["", "/", ":443/", ":80/", "/a?b", "@example.com/", ".com/"])
        )
    else:
        url = rng.choice(_SEEDS)
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5])):
        url = _mutated(rng, url)
    return url


def _answers(rng: random.Random) -> list[str]:
    """What a name server may say: mostly inside, sometimes no address at all."""
    pool: Sequence[str] = INSIDE if rng.random() < 0.5 else PUBLIC
    found = [rng.choice(pool) for _ in range(rng.randint(0, 3))]
    if rng.random() < 0.3:
        found.append(rng.choice([*INSIDE, "127.1", "fe80::1%lo", "0x7f.1", "", "a", "2130706433"]))
    rng.shuffle(found)
    return found


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody else's word is that this address is not public."""
    return not _OTHER.permits_address(address) or not address.is_global or address.is_multicast


def fuzz(
    rng: random.Random, monkeypatch: pytest.MonkeyPatch, *, goes_on: Callable[[], bool]
) -> int:
    """How many URLs were tried while `goes_on`; connections are noted, none is made.

    Raises:
        AssertionError: a URL that leads inside was allowed, or one was read in two ways.
    """
    guard, answers, dialled = UrlGuard(), list[str](), list[str]()

    def refused(_stream: socket.socket, address: tuple[str, int]) -> None:
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refused)
    dialer = Dialer(guard, resolver=lambda *_: answers)
    count = accepted = 0
    while goes_on():
        url = a_url(rng)
        count += 1
        _judge(guard, url)
        with contextlib.suppress(AnswerError):
            _judge(guard, redirected("https://example.com/a/b", url))
        found = guard.destination(url)
        if found is None:
            continue
        accepted += 1
        answers[:] = _answers(rng)
        with contextlib.suppress(OSError, UnreachableError):
            dialer.connect(found, Deadline(5)).__exit__()
        for address in dialled:
            assert not is_inside(ip_address(address)), (url, answers, address)
        dialled.clear()
    assert accepted > count // 50, "next to none of the spellings is allowed: nothing was tried"
    return count


def _judge(guard: UrlGuard, url: str) -> None:
    found = guard.destination(url)
    if found is None:
        return
    assert (found.is_tls, found.port) == (True, 443), url
    # Two more parsers read the same host, and no one to greet before it.
    assert urlsplit(url).hostname == found.host, url
    assert urlsplit(url).username is None, url
    assert (parse_url(url).host or "").strip("[]") == found.host, url
    try:
        # The C library's reading of numbers is the laxest there is.
        number = socket.getaddrinfo(
            found.host, 443, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST
        )[0][4][0]
    except OSError:
        return
    assert not is_inside(ip_address(number)), url


def for_seconds(seconds: float) -> Callable[[], bool]:
    """A clock that stops."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def for_count(count: int) -> Callable[[], bool]:
    """A counter that stops."""
    left = iter(range(count))
    return lambda: next(left, None) is not None
