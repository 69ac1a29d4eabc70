"""Addresses of servers: parsed once, as urllib3 sends to them; shown without secrets."""

import ipaddress
import re
from urllib.parse import urljoin

from urllib3.util import Url, parse_url

from tailboard.publish.errors import TailboardError

ADDRESS_PATTERN = re.compile(r"\s*https?://", re.IGNORECASE)
UNSAFE_PATTERN = re.compile(r"[\\\s\x00-\x1f\x7f-\x9f]")
"""Characters that parsers of addresses treat differently: backslash, whitespace, controls."""

HOST_PATTERN = re.compile(r"[\w.-]+|\[[\da-fA-F:.]+(?:%[\w.~-]+)?\]", re.ASCII)
DISPLAY_PATTERN = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d*)?(?:/[^\\\x00-\x1f]*)?")
SCHEME_PATTERN = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
USERINFO_PATTERN = re.compile(r":.*@", re.DOTALL)
DEFAULT_PORTS = {"http": 80, "https": 443}


def is_address(text: str) -> bool:
    """Whether a text is an http(s) address, and not the name of a file."""
    return bool(ADDRESS_PATTERN.match(text))


def parse_address(address: str) -> Url:
    """The parts of an http(s) address; their `url` is what a request is sent to.

    This is the parser that urllib3 connects with: the host that is checked is the host that is
    connected to. Raises `ValueError`.
    """
    if UNSAFE_PATTERN.search(re.split("[?#]", address)[0]):
        raise ValueError("a backslash, whitespace or a control character in an address")
    parts = parse_url(address)
    if parts.scheme not in DEFAULT_PORTS or not HOST_PATTERN.fullmatch(parts.host or ""):
        raise ValueError("no http(s) address with a host")
    if parts.port == 0:
        raise ValueError("port 0")
    return parts


def format_address(address: str) -> str:
    """The address for messages: without a user, a password, a query or a fragment.

    The name of a file is returned unchanged; a text that holds what looks like a user and a
    password is not one.
    """
    scheme = SCHEME_PATTERN.match(address.strip())
    if not scheme and not USERINFO_PATTERN.search(address):
        return address
    return _strip_secrets(address)


def _strip_secrets(address: str) -> str:
    text = re.split("[?#]", address.strip())[0]
    scheme = SCHEME_PATTERN.match(text)
    prefix = scheme[0] if scheme else ""
    rest = text.removeprefix(prefix)
    host = rest.rpartition("@")[2]
    is_stripped = not scheme and host != rest
    is_shown = DISPLAY_PATTERN.fullmatch(host)
    return f"{prefix}{'...@' if is_stripped else ''}{host if is_shown else '...'}"


def validate_server_address(address: str, option: str) -> str:
    """The address of a server without a `/` at its end; `option` is where it was given."""
    try:
        parts = parse_address(address.strip())
    except ValueError as error:
        raise TailboardError(
            f"{option} is no address of a server: {_strip_secrets(address)}",
            tip="write it as in https://grafana.example.com/sub-path.",
        ) from error
    if parts.auth is not None or parts.query is not None or parts.fragment is not None:
        raise TailboardError(
            f"{option} holds more than an address: {format_address(address)}",
            tip="leave out what follows ? or #; a user and password belong in the environment.",
        )
    return parts.url.rstrip("/")


def resolve_redirect(address: str, location: str) -> str:
    """The target of a redirect of an address, which may be relative.

    Raises `ValueError` for a target that parsers read differently, or that names a user.
    """
    if UNSAFE_PATTERN.search(location):
        raise ValueError("a backslash, whitespace or a control character in a redirect")
    parts = parse_address(urljoin(address, location))
    if parts.auth is not None:
        raise ValueError("a user in a redirect")
    return parts.url


def is_same_server(address: str, target: str) -> bool:
    """Whether a redirect stays at its server, and does not give up encryption."""
    old_parts, new_parts = parse_address(address), parse_address(target)
    is_upgrade = (old_parts.scheme, new_parts.scheme) == ("http", "https")
    is_same_port = _find_port(old_parts) == _find_port(new_parts) or is_upgrade
    return (
        old_parts.host == new_parts.host
        and is_same_port
        and (old_parts.scheme == new_parts.scheme or is_upgrade)
    )


def is_secure(address: str) -> bool:
    """Whether secrets can be sent to an address: it is encrypted, or on this machine."""
    try:
        parts = parse_address(address)
    except ValueError:
        return False
    host = parts.host or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _find_port(parts: Url) -> int | None:
    return parts.port or DEFAULT_PORTS.get(parts.scheme or "")
