"""Addresses that a company's owner gives us: only the public internet may be behind them, never our own network.

A name is looked up when a connection is made, every answer is judged, and the judged address itself is connected to: there is
no second look-up that could tell otherwise (rebinding), and what a redirect or another parser makes of an address is judged
like the address itself. Addresses from the stack's parameters are the deployer's, and not judged: the local cloud's are loopback.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any

from comeback.errors import InvalidInput, Unavailable

URL = re.compile(
    r"https?://(?:[\w.~!$&'()*+,;=%-]+(?::[\w.~!$&'()*+,;=%-]*)?@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>\d{1,5}))?/?",
    re.ASCII | re.IGNORECASE,
)
"""A name and a password may stand in front, as proxies want them; no path, no other scheme, nothing that parsers differ on."""
NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?\.?", re.IGNORECASE
)
"""Ends in letters: 2130706433, 0177.0.0.1 and 0x7f.1 are no names, but some resolvers take them for 127.0.0.1."""
INSIDE_OUT = ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "2001::/32", "2002::/16")
"""IPv6 that stands for an IPv4 address behind a gateway."""
_TUNNELS = tuple(ipaddress.ip_network(network) for network in INSIDE_OUT)
REMEDY = (
    "Give an address on the public internet, such as http://name:password@proxy.example.com:3128"
)
LookUp = Callable[[str, int], Iterable[str]]


def public(address: str) -> bool:
    """Not private, loopback, link-local (where clouds keep credentials), shared (CGNAT), multicast or reserved."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return public(str(ip.ipv4_mapped))
        if ip.scope_id or any(ip in network for network in _TUNNELS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def look_up(host: str, port: int) -> list[str]:
    """IPv4 first: functions reach nothing else without a network of their own. Raises Unavailable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{host} has no address") from error
    addresses = {str(address[0]) for *_, address in found}
    return sorted(addresses, key=lambda address: (":" in address, address))


def checked(url: str, look_up: LookUp = look_up) -> str:
    """The same URL, when it may be used. Raises InvalidInput; Unavailable when nobody knows the name."""
    parts = URL.fullmatch(url)
    if not parts or not 0 < int(parts["port"] or 80) < 2**16:
        raise InvalidInput("address", "is no plain http or https address", REMEDY)
    resolved(parts["host"].strip("[]"), int(parts["port"] or 80), look_up)
    return url


def resolved(host: str, port: int, look_up: LookUp = look_up) -> str:
    """The address to connect to. Raises InvalidInput when any that the name has is not public; Unavailable."""
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        if not NAME.fullmatch(host):
            raise InvalidInput("address", "names no host", REMEDY) from None
        addresses = list(look_up(host, port))
    if not addresses or not all(public(address) for address in addresses):
        raise InvalidInput("address", "is not on the public internet", REMEDY)
    return addresses[0]


class OutsideBackend:
    """Under the connection pool of httpx or httpx2."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, host: str, port: int, **options: Any) -> Any:
        return self._backend.connect_tcp(resolved(host, port), port, **options)


def only_outside(transport: Any) -> Any:
    """The same transport of httpx or httpx2, which has no public door for it; the tests' real sockets tell when that ends."""
    pool = transport._pool
    pool._network_backend = OutsideBackend(pool._network_backend)
    return transport
