"""Every address and spelling that leads inside is refused; no public one is."""

from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.http.guard import UrlGuard
from tests.support.addresses import ALLOWED_URLS, FORBIDDEN_URLS, INSIDE, PUBLIC


@pytest.mark.fault(39)
@pytest.mark.parametrize("address", INSIDE)
def test_no_inside_address_is_allowed(address):
    """Literals, and what a name may resolve to: special, mapped, NAT64, 6to4, Teredo, SIIT, ORCHID."""
    assert not UrlGuard().allows_address(ip_address(address), is_tls=True)
    literal = f"[{address}]" if ":" in address else address
    assert not UrlGuard().allows(f"https://{literal}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_every_public_address_is_allowed(address):
    """No false alarm at the borders of the table."""
    assert UrlGuard().allows_address(ip_address(address), is_tls=True)


@given(st.integers(0, 2**32 - 1))
def test_private_and_multicast_as_python_sees_them_are_refused(number):
    """The table is never laxer than the standard library."""
    address = IPv4Address(number)
    if not address.is_global or address.is_multicast:
        assert not UrlGuard().allows_address(address, is_tls=True)


@pytest.mark.fault(40, 44, 107)
@pytest.mark.parametrize("url", FORBIDDEN_URLS)
@pytest.mark.parametrize("loopback", [False, True])
def test_forbidden_spellings_are_refused_before_any_look_up(url, loopback):
    """One grammar: what it does not read, it does not send to; loopback mode opens http to loopback, nothing more."""
    if loopback and url == "http://127.0.0.1/":
        return
    assert not UrlGuard(loopback=loopback).allows(url)


@pytest.mark.parametrize("url", ALLOWED_URLS)
def test_public_https_is_allowed(url):
    """Names in ASCII, port 443."""
    assert UrlGuard().allows(url)


@given(st.text(max_size=40) | st.text(alphabet="ab.:/@#?\\[]%0127-x \t", max_size=30))
def test_rubbish_is_answered_never_raised(text):
    """Whatever comes, a yes or a no; and of a yes, another parser reads the same host."""
    for url in (text, f"https://{text}", f"https://example.com{text}", f"https://{text}.com/"):
        found = UrlGuard().destination(url)
        if found is not None:
            assert found.is_tls
            assert found.port == 443
            assert urlsplit(url).hostname == found.host
            assert urlsplit(url).username is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/hook",
        "http://localhost:1/",
        "http://[::1]:65535/x?y",
        "http://127.9.9.9/",
    ],
)
def test_loopback_is_for_the_local_stage_only(url):
    """http to this machine, on any port, when the stage says so."""
    assert UrlGuard(loopback=True).allows(url)
    assert not UrlGuard().allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://example.com/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:70000/",
    ],
)
def test_loopback_mode_opens_nothing_else(url):
    """Plain http goes nowhere but to loopback."""
    assert not UrlGuard(loopback=True).allows(url)


def test_a_destination_is_taken_apart_once():
    """What is judged is what is connected to."""
    found = UrlGuard().destination("https://Example.com?x=1")
    assert found is not None
    assert (found.host, found.port, found.target, found.authority) == (
        "example.com",
        443,
        "/?x=1",
        "example.com",
    )
    six = UrlGuard(loopback=True).destination("http://[::1]:8080/a")
    assert six is not None
    assert (six.host, six.authority) == ("::1", "[::1]:8080")
