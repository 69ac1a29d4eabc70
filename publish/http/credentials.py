"""Credentials for a server: from the environment or from files that it names, never shown.

Of a server called NAME these variables are read: `NAME_TOKEN` (or `NAME_TOKEN_FILE`), `NAME_USER`
with `NAME_PASSWORD` (or `NAME_PASSWORD_FILE`), `NAME_HEADERS` (one `Name: value` a line),
`NAME_CA_FILE`, `NAME_CLIENT_CERT` and `NAME_CLIENT_KEY`.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tailboard.publish.errors import TailboardError

HEADER_PATTERN = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(\S.*)")
SENDABLE_PATTERN = re.compile(r"[\x20-\x7e\xa0-\xff]+")


@dataclass(frozen=True)
class Credentials:
    """A bearer token, or a user and password; headers; files for TLS.

    Its representation shows none of it, so that no message can.
    """

    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    exposed_files: tuple[str, ...] = ()
    """Files with a secret that every user of this machine may read."""

    @property
    def notes(self) -> list[str]:
        """Warnings about files with secrets that other users may read."""
        return [
            f"{path} holds a secret, and every user of this machine may read it: chmod 600 it"
            for path in self.exposed_files
        ]

    @property
    def has_secret(self) -> bool:
        """Whether requests carry a secret."""
        return bool(self.token or self.user or self.headers)


def read_credentials(name: str, environ: Mapping[str, str]) -> Credentials:
    """The credentials for a server, from the variables whose names begin with `name`: `GRAFANA`."""
    token = _read_secret(f"{name}_TOKEN", environ)
    user, password = environ.get(f"{name}_USER", ""), _read_secret(f"{name}_PASSWORD", environ)
    if token and user:
        raise TailboardError(
            f"{name}_TOKEN and {name}_USER are both set", tip="unset the one that is not meant."
        )
    if bool(user) != bool(password):
        missing_name = f"{name}_PASSWORD" if user else f"{name}_USER"
        raise TailboardError(
            f"{missing_name} is not set", tip=f"a user needs both, {name}_USER and {name}_PASSWORD."
        )
    certificate = _read_file_path(f"{name}_CLIENT_CERT", environ)
    key = _read_file_path(f"{name}_CLIENT_KEY", environ)
    if key and not certificate:
        raise TailboardError(
            f"{name}_CLIENT_KEY is set without {name}_CLIENT_CERT",
            tip="name the file of the certificate that the key belongs to.",
        )
    headers = _read_headers(f"{name}_HEADERS", environ)
    return Credentials(
        token,
        user,
        password,
        headers,
        _read_file_path(f"{name}_CA_FILE", environ),
        certificate,
        key,
        tuple(
            path
            for path in (
                environ.get(f"{name}_TOKEN_FILE"),
                environ.get(f"{name}_PASSWORD_FILE"),
                key,
            )
            if path and _is_exposed(path)
        ),
    )


def _read_secret(name: str, environ: Mapping[str, str]) -> str:
    """The value of a variable, or the content of the file that its `..._FILE` names."""
    value, file = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "")
    if value and file:
        raise TailboardError(
            f"{name} and {name}_FILE are both set", tip="unset the one that is not meant."
        )
    if file:
        try:
            value = Path(file).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise TailboardError(
                f"{name}_FILE cannot be read: {file}", tip="look at the path and who may read it."
            ) from error
        if not value:
            raise TailboardError(f"{name}_FILE is empty: {file}", tip="write the secret into it.")
    if value and not SENDABLE_PATTERN.fullmatch(value):
        raise TailboardError(
            f"{name} holds characters that HTTP cannot send",
            tip="look for line breaks, or quotes that an editor has turned round.",
        )
    return value


def _is_exposed(path: str) -> bool:
    """Whether other users may read a file; Windows has no permission bits."""
    return os.name == "posix" and bool(Path(path).stat().st_mode & stat.S_IROTH)


def _read_headers(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    headers = {}
    for number, line in enumerate(environ.get(name, "").splitlines(), 1):
        if not line.strip():
            continue
        match = HEADER_PATTERN.fullmatch(line.strip())
        if not match or not SENDABLE_PATTERN.fullmatch(match[2]):
            raise TailboardError(
                f"{name}, line {number}, is no header", tip="write one a line: Name: value."
            )
        headers[match[1]] = match[2]
    return headers


def _read_file_path(name: str, environ: Mapping[str, str]) -> str:
    path = environ.get(name, "")
    if path and not Path(path).is_file():
        raise TailboardError(f"{name} names no file: {path}", tip="look at the path.")
    return path
