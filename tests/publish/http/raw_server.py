"""A server that sends bytes instead of HTTP: whatever a test gives it, at any pace."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

HOST = "127.0.0.1"
MAX_REQUEST_BYTES = 1 << 16

Pieces = Callable[[], Iterable[bytes]]


@contextlib.contextmanager
def run_raw_server(build_pieces: Pieces) -> Iterator[str]:
    """The address of a server that answers each request with pieces, and then hangs up."""
    with socket.create_server((HOST, 0), backlog=50) as listener:
        thread = threading.Thread(target=_accept_all, args=(listener, build_pieces), daemon=True)
        thread.start()
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _accept_all(listener: socket.socket, build_pieces: Pieces) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(client, build_pieces), daemon=True).start()


def _answer(client: socket.socket, build_pieces: Pieces) -> None:
    with client, contextlib.suppress(OSError):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.recv(MAX_REQUEST_BYTES)
        for piece in build_pieces():
            client.sendall(piece)
