"""Addresses: what is shown of them, which are refused, which are the same place."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.errors import TailboardError
from tailboard.publish.http.address import (
    format_address,
    is_same_server,
    is_secure,
    parse_address,
    resolve_redirect,
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
        ("a@b.prom", "a@b.prom"),
        ("user:hidden@host", "...@host"),
        ("user:hid/den@host:1/a", "...@host:1/a"),
        (" http://u:hidden@host/a ", "http://host/a"),
        ("ftp://u:hidden@host/", "ftp://host/"),
        ("http//u:hidden@host", "...@host"),
        ("postgres://u:hidden@host/db?password=hidden", "postgres://host/db"),
        ("http://a:hidden\\@b/x", "http://b/x"),
        ("http://a@b\\hidden", "http://..."),
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
    ("location", "target"),
    [
        ("/b?c=d", "http://a:1/b?c=d"),
        ("c", "http://a:1/x/c"),
        ("//b/c", "http://b/c"),
        ("https://A:1/b/../c", "https://a:1/c"),
    ],
)
def test_a_redirect_may_be_relative(location: str, target: str) -> None:
    assert resolve_redirect("http://a:1/x/y", location) == target


@pytest.mark.parametrize(
    "location",
    [
        "http://evil:2\\@a:1/x",
        "http:\\\\evil/x",
        "\\\\evil/x",
        "http://user:hidden@a:1/x",
        "http://user@a:1/x",
        "http://a:1\t@evil/x",
        "http://a :1/x",
        "http://a:1/\x00x",
        "http://a:1/x\u2028y",
        "http://[::1",
        "http://a:99999/",
        "http://a:0/",
        "http://a%2fb/x",
        "ftp://a:1/x",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_that_two_parsers_read_differently_is_refused(location: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        resolve_redirect("http://a:1/x/y", location)


@given(st.text(alphabet="ah:/\\\\@?#.%[]01 \t\n\x00-ü", max_size=30))
def test_a_redirect_s_target_is_read_alike_by_the_parsers_of_both_libraries(text: str) -> None:
    for location in (text, f"http://{text}", f"//{text}"):
        try:
            target = resolve_redirect("http://a:1/x", location)
        except ValueError:
            continue
        parts, other_parts = parse_address(target), urlsplit(target)
        assert (parts.scheme, parts.port) == (other_parts.scheme, other_parts.port)
        assert (parts.host or "").strip("[]") == other_parts.hostname
        assert other_parts.username is None
        assert parts.url == target


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http://grafana:3000", "http://grafana:3000"),
        ("https://example.com/grafana/", "https://example.com/grafana"),
        (" HTTPS://example.com/ ", "https://example.com"),
    ],
)
def test_a_server_s_address_ends_without_a_slash(text: str, meant: str) -> None:
    assert validate_server_address(text, "--grafana") == meant


@pytest.mark.parametrize(
    "text",
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
        "user:hidden@grafana",
        "grafana?token=hidden",
        "postgres://user:hidden@grafana",
        "http://grafana\\hidden",
        "http://graf ana",
    ],
)
def test_what_is_no_address_or_more_than_one_is_refused_by_the_option_s_name(text: str) -> None:
    with pytest.raises(TailboardError, match="--grafana") as refused:
        validate_server_address(text, "--grafana")
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
        ("http://evil\\@127.0.0.1", False),
        ("http://localhost.example.com", False),
    ],
)
def test_nobody_listens_where_it_is_encrypted_or_this_machine(address: str, private: bool) -> None:
    assert is_secure(address) is private
