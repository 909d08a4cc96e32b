"""Our guard beside two others: we allow nothing that they refuse, and each thing that only we refuse has its reason."""

import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

import AntiSSRF
import pytest
import requests
import ssrfguard
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.http.guard import UrlGuard
from tests.support.addresses import ALLOWED_URLS, FORBIDDEN_URLS, INSIDE, PUBLIC

Address = IPv4Address | IPv6Address
ADDRESSES = st.builds(IPv4Address, st.integers(0, 2**32 - 1)) | st.builds(
    IPv6Address, st.integers(0, 2**128 - 1) | st.integers(0x20 << 120, (0x40 << 120) - 1)
)
#: What only we refuse of the addresses, by oracle, and why.
STRICTER: dict[str, dict[str, str]] = {
    "ssrfguard": {
        "168.63.129.16": "a public number that is Azure's inside service",
        "192.31.196.1": "AS112: answered by whoever is nearest",
        "192.175.48.1": "AS112",
        "2620:4f:8000::1": "AS112",
        "192.52.193.1": "AMT relays",
        "::ffff:0:127.0.0.1": "SIIT: hides an IPv4 address",
        "2001:20::1": "ORCHIDv2: no address of a host",
        "2001:30::1": "drone identifiers: no address of a host",
        "2002:808:808::1": "6to4 is refused whatever it hides",
        "3ffe::1": "the 6bone, given back",
        "4000::1": "not handed out to anybody",
    },
    "AntiSSRF": {
        "::127.0.0.1": "IPv4-compatible: hides an IPv4 address",
        "::ffff:0:127.0.0.1": "SIIT: hides an IPv4 address",
        "3ffe::1": "the 6bone, given back",
        "4000::1": "not handed out to anybody",
    },
}
#: What only we refuse of the URLs, by reason, and which oracle allows it: s(srfguard), A(ntiSSRF).
STRICTER_URLS: dict[str, dict[str, str]] = {
    "plain http": {"http://example.com/": "s"},
    "one spelling of the scheme and of the host": {
        "HTTPS://example.com/": "sA",
        "https://ⓔxample.com/": "s",
        "https://münchen.de/": "sA",
        "https://example.com./": "sA",
        "https://[v1.a]/": "s",
        "https://example.c%6fm/": "A",
    },
    "other ports, or a colon without one": {
        "https://example.com:80/": "sA",
        "https://example.com:22/": "A",
        "https://example.com:6379/": "A",
        "https://example.com:8443/": "A",
        "https://example.com:4430/": "A",
        "https://example.com:/": "sA",
        "https://[2606:4700:4700::1111]:80/": "sA",
    },
    "no names or passwords before the host": {
        "https://user@example.com/": "A",
        "https://user:pw@example.com/": "A",
    },
    "fragments, which no server sees": {
        "https://example.com#@127.0.0.1/": "sA",
        "https://example.com/#fragment": "sA",
    },
    "what another parser would read otherwise": {
        "https://example.com\\@127.0.0.1/": "A",
        "https://example.com\\.evil.com/": "A",
        "https://example.com/a b": "A",
        " https://example.com/": "A",
        "https://example.com/ ": "A",
        "https://example.com/\r\nHost: 127.0.0.1": "A",
        "https://example.com/\n": "A",
        "https://example.com/\x00": "A",
        "https://example.com/\x7f": "A",
    },
    "numbers that a resolver may read as an address": {
        "https://0x7f000001/": "s",
        "https://0x7f.0.0.1/": "s",
        "https://0x7f.1/": "s",
        "https://127.0.0.0x1/": "s",
        "https://127.0.0.1./": "A",
    },
    "names that mean an inside host, whatever the resolver says": {
        "https://localhost/": "sA",
        "https://LOCALHOST/": "sA",
        "https://localhost./": "sA",
        "https://localhost.localdomain/": "sA",
        "https://a.localhost/": "sA",
        "https://printer.local/": "sA",
        "https://metadata.google.internal/": "sA",
        "https://router.lan/": "sA",
        "https://nas.home.arpa/": "sA",
        "https://intranet/": "sA",
    },
    "no names that the name system can't hold": {
        "https://-example.com/": "A",
        "https://example-.com/": "A",
        "https://exam_ple.com/": "A",
        f"https://{'a.' * 127}com/": "A",
    },
    "more than 2,048 characters": {f"https://example.com/{'a' * 2048}": "sA"},
}


def ours(address: Address) -> bool:
    """Our guard's word on an address."""
    return UrlGuard().allows_address(address, is_tls=True)


def _antissrf() -> AntiSSRF.AntiSSRFPolicy:
    return AntiSSRF.AntiSSRFPolicy(AntiSSRF.PolicyConfigOptions.EXTERNAL_ONLY_LATEST)


@pytest.fixture(params=["ssrfguard", "AntiSSRF"], scope="module")
def oracle(request: pytest.FixtureRequest) -> tuple[str, Callable[[Address], bool]]:
    """An oracle's name and its word on an address."""
    if request.param == "ssrfguard":
        return "ssrfguard", ssrfguard.Policy().permits_address
    judge = _antissrf()._is_str_ip_address_connection_allowed
    return "AntiSSRF", lambda address: judge(str(address))


@pytest.mark.fault(39)
def test_every_difference_of_the_addresses_has_its_reason(oracle):
    """Nothing that they refuse is allowed; what only we refuse is on the list, and the list holds nothing else."""
    name, permits = oracle
    corpus = [ip_address(text) for text in (*INSIDE, *PUBLIC)]
    assert len(INSIDE) >= 53
    assert [address for address in corpus if ours(address) and not permits(address)] == []
    only_ours = {text for text in INSIDE if permits(ip_address(text))}
    assert only_ours == set(STRICTER[name])


def test_no_address_that_another_guard_refuses_is_allowed(oracle):
    """Whatever the address."""
    _, permits = oracle

    @given(ADDRESSES)
    def holds(address):
        assert permits(address) or not ours(address)

    holds()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is connected to (nothing answers): numbers as the C library reads them, names at a public address."""
    look_up, addresses = socket.getaddrinfo, list[str]()

    def found(host, port, *_, **__):
        try:
            return look_up(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        except OSError:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC[0], port))]

    def refused(_stream, address):
        addresses.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket.socket, "connect", refused)
    yield addresses
    assert [address for address in addresses if not ours(ip_address(address))] == []


def _ssrfguard_permits(url: str) -> bool:
    try:
        ssrfguard.Policy().check_url(url)
    except ssrfguard.SSRFGuardError:
        return False
    return True


@pytest.mark.fault(40, 44)
@pytest.mark.parametrize("name", ["ssrfguard", "AntiSSRF"])
def test_every_difference_of_the_urls_has_its_reason(name: str, dialled: list[str]):
    """The same for spellings: one oracle judges them, the other is seen to connect or not."""

    def permits(url: str) -> bool:
        if name == "ssrfguard":
            return _ssrfguard_permits(url)
        dialled.clear()
        session = _antissrf().get_antissrf_session()
        session.trust_env = False
        # It raises other errors than its own too: a connection that it tries for is its yes.
        with pytest.raises((AntiSSRF.AntiSSRFError, requests.RequestException, ValueError)):
            session.get(url, timeout=1)
        return bool(dialled)

    assert len(FORBIDDEN_URLS) >= 60
    assert [url for url in ALLOWED_URLS if not permits(url)] == []
    explained = {
        url for urls in STRICTER_URLS.values() for url, who in urls.items() if name[0] in who
    }
    assert {url for url in FORBIDDEN_URLS if permits(url)} == explained
