"""Addresses: what is shown of them, which are refused, which are the same place."""

import pytest

from tailboard.publish.errors import TailboardError
from tailboard.publish.http.address import (
    format_address,
    is_same_server,
    is_secure,
    validate_server_address,
)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://a:b@c:1/metrics?token=d#e", "http://c:1/metrics"),
        ("HTTPS://a:p@ss@c?token=d", "HTTPS://c"),
        ("http://a:p/w@c/metrics", "http://c/metrics"),
        ("http://a:p?w@c/metrics", "http://..."),
        ("http://[::1]:8000/metrics", "http://[::1]:8000/metrics"),
        ("file.prom", "file.prom"),
    ],
)
def test_messages_name_an_address_without_its_secrets(address: str, name: str) -> None:
    assert format_address(address) == name


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("http://a/x", "http://a/y", True),
        ("http://a/x", "https://a/x", True),
        ("https://a/x", "http://a/x", False),
        ("http://a/x", "http://a:81/x", False),
        ("http://a/x", "http://b/x", False),
    ],
)
def test_a_redirect_stays_on_its_host_and_encrypted(old: str, new: str, same: bool) -> None:
    assert is_same_server(old, new) is same


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://grafana:3000", "http://grafana:3000"),
        ("https://example.com/grafana/", "https://example.com/grafana"),
        (" HTTPS://example.com/ ", "https://example.com"),
    ],
)
def test_a_server_s_address_ends_without_a_slash(written: str, meant: str) -> None:
    assert validate_server_address(written, "--grafana") == meant


@pytest.mark.parametrize(
    "written",
    [
        "grafana:3000",
        "",
        "ftp://grafana",
        "http://",
        "http://[::1",
        "http://grafana:port",
        "http://user:hidden@grafana",
        "http://grafana/?token=hidden",
        "http://grafana/#hidden",
    ],
)
def test_what_is_no_address_or_more_than_one_is_refused_by_the_option_s_name(written: str) -> None:
    with pytest.raises(TailboardError, match="--grafana") as refused:
        validate_server_address(written, "--grafana")
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("https://grafana", True),
        ("http://localhost:3000", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:3000", True),
        ("http://grafana:3000", False),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
    ],
)
def test_nobody_listens_where_it_is_encrypted_or_this_machine(address: str, private: bool) -> None:
    assert is_secure(address) is private
