"""Web addresses that a file may be fetched from, and the network addresses that may be asked for it. Pure.

What the operator names may have been written by somebody else, and a server may answer with a way on: neither must lead
into this machine or the network it stands in (demand N).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from openclaw.errors import FileRefused

LONGEST_URL = 2048
_PORTS = {"http": 80, "https": 443}
# Public by their numbers, and yet the host itself at some providers, or nobody's:
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16, RFC 6890, RFC 7526.
_OF_HOSTS = tuple(ipaddress.ip_network(net) for net in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"))
# They carry an IPv4 address that a translator would ask: 6to4, Teredo, NAT64 (RFC 3056, 4380, 6052, 8215).
_CARRYING = tuple(
    ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")
)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A checked address: what is asked for at which host. ``path`` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """The last part of its path, as the name of a file; "" when there is none."""
        return unquote(urlsplit(self.path).path.rpartition("/")[2])

    @property
    def url(self) -> str:
        """It as text, without its query, which may have secrets in it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{shown}{port}{self.path.partition('?')[0]}"


def is_web_address(text: str) -> bool:
    """Whether ``text`` is meant as a web address and not as the path of a file."""
    return text.strip().lower().startswith(("http:", "https:"))


def parse_url(text: str) -> WebAddress:
    """The address that ``text`` is.

    Raises:
        FileRefused: it is none that may be fetched, whatever its host is.
    """
    text = text.strip()
    if len(text) > LONGEST_URL:
        raise FileRefused(f"the address has {len(text)} characters; at most {LONGEST_URL} are taken")
    if not text.isascii() or any(one <= " " or one in "\\\x7f" for one in text):
        raise FileRefused("the address has characters that no web address has; copy it as a browser shows it")
    parts, port = _split(text)
    if parts.scheme not in _PORTS:
        raise FileRefused(f"{parts.scheme[:20]}: is not fetched; name an https: or http: address, or a file")
    if parts.username is not None or parts.password is not None:
        raise FileRefused("the address has a user name in it; one that asks for a password is not fetched")
    host = (parts.hostname or "").rstrip(".")
    if not host or "%" in host:
        raise FileRefused("the address names no host")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebAddress(parts.scheme, host, port or _PORTS[parts.scheme], path)


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as error:
        raise FileRefused(f"this is no web address: {error}") from error


def redirected(address: WebAddress, location: str) -> WebAddress:
    """Where a server sends us on to.

    Raises:
        FileRefused: nowhere that may be asked; a way from https: to http: is none.
    """
    host = f"[{address.host}]" if ":" in address.host else address.host
    there = parse_url(urljoin(f"{address.scheme}://{host}:{address.port}{address.path}", location))
    if address.scheme == "https" and there.scheme != "https":
        raise FileRefused(
            f"{address.url} leads on without encryption; name where it leads to, if you trust it"
        )
    return there


def allowed(host: str, addresses: Sequence[str]) -> list[str]:
    """``addresses``, to which a name server says that ``host`` leads, when every one of them is out in the world.

    Raises:
        FileRefused: there is none, or one is of this machine or its network: then the name is not trusted at all.
    """
    if not addresses:
        raise FileRefused(f"{host[:200]} has no address")
    for one in addresses:
        if not _is_public(one):
            raise FileRefused(
                f"{host[:200]} leads to {one[:60]}, which is not on the open internet; fetch the file yourself and "
                "name it by its path"
            )
    return list(addresses)


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address.scope_id is not None or any(address in net for net in _CARRYING):
            return False
    is_odd = address.is_multicast or address.is_reserved or any(address in net for net in _OF_HOSTS)
    return address.is_global and not is_odd
