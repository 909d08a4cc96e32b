"""Our guard beside other people's: we allow nothing that they refuse, and each thing that only we refuse has its reason.

Each is an oracle for development only; where it is not installed, its tests are skipped.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lipwire.adapters.http.guard import UrlGuard
from tests.support.addresses import ALLOWED_URLS, FORBIDDEN_URLS, INSIDE, PUBLIC

ADDRESSES = st.builds(IPv4Address, st.integers(0, 2**32 - 1)) | st.builds(
    IPv6Address, st.integers(0, 2**128 - 1) | st.integers(0x20 << 120, (0x40 << 120) - 1)
)
#: What only we refuse of the corpus, by oracle, and why.
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
#: Beginnings of the URLs that only we refuse, by reason; ssrfguard leaves names to the resolver's answers.
STRICTER_URLS: dict[str, tuple[str, ...]] = {
    "plain http": ("http://example.com/",),
    "one spelling of the scheme and of the host": (
        "HTTPS://", "https://ⓔ", "https://münchen", "https://example.com./", "https://[v1.a]/",
    ),
    "other ports, or a colon without one": (
        "https://example.com:80/", "https://example.com:/", "https://[2606:4700:4700::1111]:80/",
    ),
    "fragments, which no server sees": ("https://example.com#@127", "https://example.com/#fragment"),
    "numbers that a resolver may read as an address": (
        "https://0x7f", "https://127.0.0.0x1/",
    ),
    "names that mean an inside host wherever they are asked for": (
        "https://localhost", "https://LOCALHOST/", "https://a.localhost/", "https://printer.local/",
        "https://metadata.google.internal/", "https://router.lan/", "https://nas.home.arpa/", "https://intranet/",
    ),
    "more than 2,048 characters": ("https://example.com/aaaa",),
}  # fmt: skip


def ours(address: IPv4Address | IPv6Address) -> bool:
    """Our guard's word on an address."""
    return UrlGuard().allows_address(address, is_tls=True)


@pytest.fixture(params=["ssrfguard", "AntiSSRF"], scope="module")
def oracle(request: pytest.FixtureRequest) -> tuple[str, Any]:
    """An oracle's name and its word on an address."""
    other = pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    if request.param == "ssrfguard":
        return "ssrfguard", other.Policy().permits_address
    denied = [ip_network(block) for block in other.IPAddressRanges.recommended_latest]

    def permits(address: IPv4Address | IPv6Address) -> bool:
        plain = getattr(address, "ipv4_mapped", None) or address
        return not any(plain in block for block in denied if block.version == plain.version)

    return "AntiSSRF", permits


@pytest.mark.fault(39)
def test_every_difference_of_the_corpus_has_its_reason(oracle):
    """Nothing that they refuse is allowed; what only we refuse is on the list, and the list holds nothing else."""
    name, permits = oracle
    corpus = [ip_address(text) for text in (*INSIDE, *PUBLIC)]
    assert [address for address in corpus if ours(address) and not permits(address)] == []
    only_ours = {text for text in INSIDE if permits(ip_address(text))}
    assert only_ours == set(STRICTER[name])


def test_no_address_that_another_guard_refuses_is_allowed(oracle):
    """Whatever the address."""
    _, permits = oracle

    @settings(max_examples=300, deadline=None)
    @given(ADDRESSES)
    def holds(address):
        assert permits(address) or not ours(address)

    holds()


@pytest.mark.fault(40, 44)
def test_every_difference_of_the_urls_has_its_reason():
    """The same for spellings, with the oracle that judges them."""
    other = pytest.importorskip("ssrfguard", reason="ssrfguard is not installed")
    policy = other.Policy()

    def permits(url: str) -> bool:
        try:
            policy.check_url(url)
        except other.SSRFGuardError:
            return False
        return True

    assert [url for url in ALLOWED_URLS if not permits(url)] == []
    beginnings = tuple(start for starts in STRICTER_URLS.values() for start in starts)
    only_ours = [url for url in FORBIDDEN_URLS if permits(url)]
    assert [url for url in only_ours if not url.startswith(beginnings)] == []
    assert [
        start for start in beginnings if not any(url.startswith(start) for url in only_ours)
    ] == []
