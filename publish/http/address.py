"""Addresses of servers: what may be shown of them, and which of them are the same place."""

import ipaddress
import re
from urllib.parse import urlsplit

from tailboard.publish.errors import TailboardError

ADDRESS_PATTERN = re.compile(r"https?://", re.IGNORECASE)
HOST_PATTERN = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d*)?(?:/|$)")
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_address(text: str) -> bool:
    """Whether it is an http(s) address, and not a file's name."""
    return bool(ADDRESS_PATTERN.match(text))


def format_address(address: str) -> str:
    """The address as messages name it: without a user, a password, or what follows a `?`."""
    if not is_address(address):
        return address
    scheme, _, rest = re.split("[?#]", address)[0].partition("://")
    rest = rest.rpartition("@")[2]
    return f"{scheme}://{rest if HOST_PATTERN.match(rest) else '...'}"


def validate_server_address(address: str, option: str) -> str:
    """The address of a server without a `/` at its end; `option` is who named it."""
    try:
        parts = urlsplit(address.strip())
        is_server = is_address(address.strip()) and parts.hostname and parts.port != 0
    except ValueError:
        is_server = False
    if not is_server:
        raise TailboardError(
            f"{option} is no address of a server: {format_address(address)}",
            tip="write it as in https://grafana.example.com/sub-path.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise TailboardError(
            f"{option} holds more than an address: {format_address(address)}",
            tip="leave out what follows ? or #; a user and password belong in the environment.",
        )
    return f"{parts.scheme.lower()}://{parts.netloc}{parts.path.rstrip('/')}"


def is_same_server(address: str, target: str) -> bool:
    """Whether a redirect stays where it was sent, and does not give up encryption."""
    old_parts, new_parts = urlsplit(address), urlsplit(target)
    is_upgrade = (old_parts.scheme, new_parts.scheme) == ("http", "https")
    ports = (
        old_parts.port or DEFAULT_PORTS.get(old_parts.scheme),
        new_parts.port or DEFAULT_PORTS.get(new_parts.scheme),
    )
    is_same_port = ports[0] == ports[1] or is_upgrade
    return (
        old_parts.hostname == new_parts.hostname
        and is_same_port
        and (old_parts.scheme == new_parts.scheme or is_upgrade)
    )


def is_secure(address: str) -> bool:
    """Whether nobody can listen on the way: encrypted, or on this very machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
