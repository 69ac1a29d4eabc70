"""The addresses on which the demo's programs listen on this machine."""

import re
import socket
from collections.abc import Mapping
from contextlib import ExitStack

HOST = "127.0.0.1"

PORTS = {
    "orders-api": 8000,
    "worker": 8001,
    "alert-log": 8002,
    "prometheus": 9090,
    "pushgateway": 9091,
    "alertmanager": 9093,
    "grafana": 3000,
    "preview": 8900,
}
"""The names and ports of docker-compose.yml, and that of the preview."""

Addresses = Mapping[str, str]
"""`127.0.0.1:8000` by name."""


def choose_addresses() -> dict[str, str]:
    """Give every program its usual port, or a free one where that is taken."""
    with ExitStack() as stack:  # open until all are chosen, so that no port is chosen twice
        sockets = {name: stack.enter_context(bind_socket(port)) for name, port in PORTS.items()}
        return {name: f"{HOST}:{bound.getsockname()[1]}" for name, bound in sockets.items()}


def bind_socket(port: int) -> socket.socket:
    """Bind a port, or any free one if it is taken."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.bind((HOST, 0))
    return bound


def parse_port(address: str) -> int:
    """Return the port of an address."""
    return int(address.rpartition(":")[2])


def is_reachable(address: str) -> bool:
    """Whether a program listens there."""
    try:
        with socket.create_connection((HOST, parse_port(address)), timeout=1):
            return True
    except OSError:
        return False


def replace_addresses(text: str, addresses: Addresses) -> str:
    """Replace the addresses of docker-compose.yml, `worker:8001`, by those on this machine."""
    for name, address in addresses.items():
        text = re.sub(rf"(?<![\w.-]){name}:{PORTS[name]}(?!\d)", address, text)
    return text
