"""Credentials: from the environment or files, whole or refused, and never shown."""

import os
from pathlib import Path

import pytest

from tailboard.publish.errors import TailboardError
from tailboard.publish.http.credentials import read_credentials

NAME = "GRAFANA"


def test_without_any_variable_nobody_in_particular_asks() -> None:
    assert not read_credentials(NAME, {}).has_secret


def test_a_token_comes_from_the_environment_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("  abc\n")
    assert read_credentials(NAME, {"GRAFANA_TOKEN": "abc"}).token == "abc"
    assert read_credentials(NAME, {"GRAFANA_TOKEN_FILE": str(file)}).token == "abc"


def test_a_user_comes_with_a_password(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p w")
    login = read_credentials(NAME, {"GRAFANA_USER": "u", "GRAFANA_PASSWORD_FILE": str(file)})
    assert (login.user, login.password) == ("u", "p w")


def test_headers_are_written_one_a_line() -> None:
    login = read_credentials(NAME, {"GRAFANA_HEADERS": "X-Scope-OrgID: a b\n\nX-Key:c:d\n"})
    assert login.headers == {"X-Scope-OrgID": "a b", "X-Key": "c:d"}


def test_nothing_of_them_is_shown(tmp_path: Path) -> None:
    environ = {
        "GRAFANA_USER": "hidden",
        "GRAFANA_PASSWORD": "hidden",
        "GRAFANA_HEADERS": "a: hidden",
    }
    assert "hidden" not in repr(read_credentials(NAME, environ))
    assert "hidden" not in repr(read_credentials(NAME, {"GRAFANA_TOKEN": "hidden"}))


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"GRAFANA_TOKEN": "hidden", "GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p"}, "GRAFANA_USER"),
        ({"GRAFANA_TOKEN": "hidden", "GRAFANA_TOKEN_FILE": "f"}, "GRAFANA_TOKEN_FILE"),
        ({"GRAFANA_USER": "u"}, "GRAFANA_PASSWORD is not set"),
        ({"GRAFANA_PASSWORD": "hidden"}, "GRAFANA_USER is not set"),
        ({"GRAFANA_TOKEN_FILE": "there-is-none"}, "GRAFANA_TOKEN_FILE cannot be read"),
        ({"GRAFANA_TOKEN": "hid\nden"}, "GRAFANA_TOKEN holds characters"),
        ({"GRAFANA_TOKEN": "“hidden”"}, "GRAFANA_TOKEN holds characters"),
        ({"GRAFANA_HEADERS": "a: b\nhidden"}, "GRAFANA_HEADERS, line 2"),
        ({"GRAFANA_CA_FILE": "there-is-none"}, "GRAFANA_CA_FILE names no file"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(environ: dict[str, str], named: str) -> None:
    with pytest.raises(TailboardError, match=named) as refused:
        read_credentials(NAME, environ)
    assert "hidden" not in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits")
@pytest.mark.parametrize(("mode", "count"), [(0o644, 1), (0o604, 1), (0o600, 0), (0o640, 0)])
def test_a_secret_s_file_that_others_may_read_is_reported(
    tmp_path: Path, mode: int, count: int
) -> None:
    file = tmp_path / "token"
    file.write_text("hidden")
    file.chmod(mode)
    notes = read_credentials(NAME, {"GRAFANA_TOKEN_FILE": str(file)}).notes
    assert len(notes) == count
    assert all(str(file) in note and "hidden" not in note for note in notes)


def test_a_secret_s_file_holds_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("\n")
    with pytest.raises(TailboardError, match="GRAFANA_TOKEN_FILE is empty"):
        read_credentials(NAME, {"GRAFANA_TOKEN_FILE": str(file)})


def test_a_key_belongs_to_a_certificate(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k")
    with pytest.raises(TailboardError, match="GRAFANA_CLIENT_CERT"):
        read_credentials(NAME, {"GRAFANA_CLIENT_KEY": str(file)})
