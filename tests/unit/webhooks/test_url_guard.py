"""Every address and spelling that leads inside is refused; no public one is."""

from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.http.guard import UrlGuard

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8
192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:100.64.0.1 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:2::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1
2620:4f:8000::1 3fff::1 3ffe::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1
""".split()  # noqa: SIM905  # a corpus reads better as prose than as a column
PUBLIC = """
1.1.1.1 8.8.8.8 9.9.9.9 93.184.215.14 11.0.0.1 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 192.0.1.1
192.167.255.255 198.17.255.255 223.255.255.255 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001:82a::200e
2600:9000:2000::1 ::ffff:8.8.8.8
""".split()  # noqa: SIM905  # a corpus reads better as prose than as a column

FORBIDDEN_URLS = [
    "http://example.com/",
    "http://127.0.0.1/",
    "HTTPS://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "//example.com/",
    "https:/example.com/",
    "https:example.com",
    "https://",
    "https:///path",
    "https://example.com:80/",
    "https://example.com:22/",
    "https://example.com:6379/",
    "https://example.com:8443/",
    "https://example.com:/",
    "https://example.com:4430/",
    "https://example.com:99999/",
    "https://user@example.com/",
    "https://user:pw@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com#@127.0.0.1/",
    "https://example.com/#fragment",
    "https://example.com\\@127.0.0.1/",
    "https://example.com\\.evil.com/",
    "https://example.com/a b",
    " https://example.com/",
    "https://example.com/ ",
    "https://example.com/\r\nHost: 127.0.0.1",
    "https://example.com/\n",
    "https://example.com/\x00",
    "https://exa\tmple.com/",
    "https://example.com/\x7f",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://127.0.0.0x1/",
    "https://127.0.0.1./",
    "https://127。0。0。1/",
    "https://１２７.０.０.１/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ⓔxample.com/",
    "https://münchen.de/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost.localdomain/",
    "https://a.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://intranet/",
    "https://example.com./",
    "https://example..com/",
    "https://.example.com/",
    "https://-example.com/",
    "https://example-.com/",
    "https://exam_ple.com/",
    "https://example.c%6fm/",
    "https://%31%32%37.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[::1/",
    "https://::1/",
    "https://[127.0.0.1]/",
    "https://[v1.a]/",
    "https://[2606:4700:4700::1111]:80/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    f"https://{'a' * 64}.com/",
    f"https://{'a.' * 127}com/",
    f"https://example.com/{'a' * 2048}",
]
ALLOWED_URLS = [
    "https://example.com",
    "https://example.com/",
    "https://example.com:443/",
    "https://Example.COM/Path",
    "https://hooks.example.co.uk/a/b?c=d&e=%20f",
    "https://example.com?x=1",
    "https://xn--mnchen-3ya.de/",
    "https://a-b.example.xn--p1ai/",
    "https://3com.com/",
    "https://1.example.com/",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
]


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
