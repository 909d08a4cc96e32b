"""Where we are willing to send: one grammar of URLs and one policy of addresses.

`ipaddress.is_global` is not that policy: it lets 6to4, NAT64 and multicast through, and its answers change between patch
releases. This one is a table: IPv4 minus IANA's special-purpose registry, IPv6 only where unicast is handed out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final

_MAX_URL: Final = 2048
#: Scheme, authority and the rest: printable ASCII only, no userinfo, no backslash, no fragment.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[(?=[^]]*:)[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][!\"$-\[\]-~]*)?"
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
#: Names that mean this machine or this network wherever they are asked for.
_INSIDE: Final = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "arpa"}
)

_IPV4_SPECIAL: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' NAT; clouds' metadata too
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's wire server: a public number, an inside service
        "169.254.0.0/16",  # link-local: instance metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_IPV6_UNICAST: Final = IPv6Network("2000::/3")
_IPV6_SPECIAL: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the 6bone, given back
        "3fff::/20",  # documentation
    )
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL taken apart, after its form was found to be allowed."""

    is_tls: bool
    #: Lower case; an IPv6 address without brackets.
    host: str
    port: int
    #: Path and query.
    target: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


class UrlGuard:
    """`UrlPolicy`: https on port 443 to public hosts; on the local stage also http to loopback.

    `own_hosts` are names of this deployment's own (with their subdomains), or `host:port` on loopback: nothing is fetched
    from them, nothing sent to them.
    """

    def __init__(self, *, loopback: bool = False, own_hosts: Iterable[str] = ()) -> None:
        self._loopback = loopback
        self._own_hosts = tuple(name.lower() for name in own_hosts)

    def allows(self, url: str) -> bool:
        """Whether the URL's form is allowed."""
        return self.destination(url) is not None

    def destination(self, url: str) -> Destination | None:
        """The URL's parts, or None when its form alone forbids it."""
        match = _URL.fullmatch(url) if len(url) <= _MAX_URL else None
        if match is None:
            return None
        is_tls = match["scheme"] == "https"
        host = match["host"].lower().strip("[]")
        port = int(match["port"]) if match["port"] else (443 if is_tls else 80)
        target = match["target"] or "/"
        found = Destination(is_tls, host, port, target if target[0] == "/" else f"/{target}")
        if self._is_own(found):
            return None
        literal = literal_address(host)
        if not is_tls:
            is_loopback = literal.is_loopback if literal else host == "localhost"
            return found if self._loopback and is_loopback and 0 < port < 65536 else None
        is_fine = self.allows_address(literal, is_tls=True) if literal else _is_public_name(host)
        return found if port == 443 and is_fine else None

    def allows_address(self, address: IPv4Address | IPv6Address, *, is_tls: bool) -> bool:
        """Whether a connection may be made to this address: plain http only to loopback, TLS only to the public."""
        if not is_tls:
            return self._loopback and address.is_loopback
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if isinstance(address, IPv4Address):
            return not any(address in block for block in _IPV4_SPECIAL)
        return address in _IPV6_UNICAST and not any(address in block for block in _IPV6_SPECIAL)

    def _is_own(self, destination: Destination) -> bool:
        for own in self._own_hosts:
            name, _, port = own.partition(":")
            # All names of loopback are one host: there the port tells who is meant.
            if port and not destination.is_tls and int(port) == destination.port:
                return True
            if not port and f".{destination.host}".endswith(f".{name}"):
                return True
        return False


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host spells in the one way we read; other spellings of numbers are no public names either."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_public_name(host: str) -> bool:
    labels = host.split(".")
    # A last label with a digit first would be read as a number by some resolvers: 127.1, 0x7f.1, 2130706433.
    is_name = len(labels) > 1 and labels[-1][:1].isalpha() and all(map(_LABEL.fullmatch, labels))
    return is_name and labels[-1] not in _INSIDE
