"""Secrets of a run in texts of a server: found in every form, and nothing else."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.http.connection import Response
from tailboard.publish.http.secret_filter import (
    clear_secrets,
    redact_secrets,
    register_secrets,
)

SECRETS = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0xFF), min_size=6)


@pytest.fixture(autouse=True)
def forget_secrets() -> Iterator[None]:
    """Begin and end with no secret."""
    clear_secrets()
    yield
    clear_secrets()


@given(secret=SECRETS)
def test_a_token_is_found_however_it_is_escaped(secret: str) -> None:
    clear_secrets()
    register_secrets(token=secret)
    forms = [secret, quote(secret), json.dumps(secret)[1:-1], html.escape(secret)]
    assert [redact_secrets(f"<{form}>") for form in forms] == ["<***>"] * len(forms)


def test_a_user_s_password_is_found_alone_and_in_the_header_that_is_sent() -> None:
    register_secrets(user="ada", password="p@ss word")
    header = base64.b64encode(b"ada:p@ss word").decode()
    assert redact_secrets(f"Basic {header} is ada, p@ss word") == "Basic *** is ada, ***"


def test_a_header_s_value_is_found_whole_and_without_its_scheme() -> None:
    register_secrets(headers={"X-Key": "Bearer abcdef", "X-Scope-OrgID": "team-a"})
    assert redact_secrets("Bearer abcdef, abcdef, team-a") == "***, ***, team-a"


@pytest.mark.parametrize("value", ["", "1", "abc"])
def test_what_is_too_short_for_a_secret_stays(value: str) -> None:
    register_secrets(token=value, headers={"X-Key": value})
    assert redact_secrets("abc 1") == "abc 1"


def test_a_message_is_cut_after_its_secrets_are_taken_out() -> None:
    register_secrets(token="hidden-token")
    for length in range(280, 310):
        assert "hidden" not in Response(500, {"message": "a" * length + "hidden-token"}).message
