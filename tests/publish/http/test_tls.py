"""TLS: which authorities are trusted, and who proves with a certificate who they are."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tailboard.publish.errors import ServerError
from tailboard.publish.http.connection import Connection
from tailboard.publish.http.credentials import Credentials
from tests.required_programs import require_program

StartServer = Callable[[bool], str]


class Handler(BaseHTTPRequestHandler):
    """Says yes to everybody who got so far."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """Who does not trust us, or whom we do not trust, hangs up; that is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate_and_key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that signed itself, for this machine, and its key."""
    require_program("openssl", "openssl")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def start_tls_server(certificate_and_key: tuple[Path, Path]) -> Iterator[StartServer]:
    """Starts a server; told so, it wants to know who asks."""
    running = []

    def start(wants_certificate: bool) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate_and_key)
        if wants_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(certificate_and_key[0])
        server = QuietServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch_status(address: str, credentials: Credentials) -> int:
    with Connection(address, credentials, backoff_factor=0.001) as connection:
        return connection.request("GET", "/").status


def test_an_authority_of_one_s_own_is_trusted_when_it_is_named(
    start_tls_server: StartServer, certificate_and_key: tuple[Path, Path]
) -> None:
    assert (
        fetch_status(start_tls_server(False), Credentials(ca_file=str(certificate_and_key[0])))
        == 200
    )


def test_a_certificate_that_nobody_vouches_for_is_told_with_the_variable_to_set(
    start_tls_server: StartServer,
) -> None:
    with pytest.raises(ServerError, match="certificate that is not trusted") as refused:
        fetch_status(start_tls_server(False), Credentials(token="hidden"))
    assert "CA_FILE" in refused.value.tip


def test_a_client_s_certificate_opens_a_server_that_wants_one(
    start_tls_server: StartServer, certificate_and_key: tuple[Path, Path]
) -> None:
    certificate, key = map(str, certificate_and_key)
    address = start_tls_server(True)
    assert (
        fetch_status(
            address, Credentials(ca_file=certificate, certificate_file=certificate, key_file=key)
        )
        == 200
    )
    with pytest.raises(ServerError):
        fetch_status(address, Credentials(ca_file=certificate))
