"""Addresses of servers: what may be shown of them, and which of them are the same place."""

import ipaddress
import re
from urllib.parse import urlsplit

from tailboard.publish.errors import TailboardError

ADDRESS = re.compile(r"https?://", re.IGNORECASE)
HOST = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d*)?(?:/|$)")
PORTS = {"http": 80, "https": 443}


def is_address(text: str) -> bool:
    """Whether it is an http(s) address, and not a file's name."""
    return bool(ADDRESS.match(text))


def shown(address: str) -> str:
    """The address as messages name it: without a user, a password, or what follows a `?`."""
    if not is_address(address):
        return address
    scheme, _, rest = re.split("[?#]", address)[0].partition("://")
    rest = rest.rpartition("@")[2]
    return f"{scheme}://{rest if HOST.match(rest) else '...'}"


def server(address: str, option: str) -> str:
    """The address of a server without a `/` at its end; `option` is who named it."""
    try:
        parts = urlsplit(address.strip())
        named = is_address(address.strip()) and parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise TailboardError(
            f"{option} is no address of a server: {shown(address)}",
            tip="write it as in https://grafana.example.com/sub-path.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TailboardError(
            f"{option} holds more than an address: {shown(address)}",
            tip="leave out what follows ? or #; a user and password belong in the environment.",
        )
    return f"{parts.scheme.lower()}://{parts.netloc}{parts.path.rstrip('/')}"


def is_same(address: str, target: str) -> bool:
    """Whether a redirect stays where it was sent, and does not give up encryption."""
    old, new = urlsplit(address), urlsplit(target)
    upgraded = (old.scheme, new.scheme) == ("http", "https")
    ports = (old.port or PORTS.get(old.scheme), new.port or PORTS.get(new.scheme))
    same_port = ports[0] == ports[1] or upgraded
    return old.hostname == new.hostname and same_port and (old.scheme == new.scheme or upgraded)


def is_private(address: str) -> bool:
    """Whether nobody can listen on the way: encrypted, or on this very machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
