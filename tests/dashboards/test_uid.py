"""Uids: what Grafana accepts, and what a title becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards.uid import MAX_UID_LENGTH, derive_uid, slugify_title, validate_uid
from tailboard.panels.definition_error import DefinitionError

titles = st.text(min_size=1).filter(lambda title: bool(title.strip()))


@given(titles)
def test_every_title_has_a_slug(title: str) -> None:
    assert slugify_title(title)


@given(titles)
def test_a_uid_made_of_a_title_is_one_that_grafana_accepts(title: str) -> None:
    assert validate_uid(derive_uid(title), title) == derive_uid(title)


@given(titles, titles)
def test_long_titles_and_those_in_other_letters_never_share_a_uid(
    first_title: str, second_title: str
) -> None:
    beginning = "o" * (MAX_UID_LENGTH + 1)
    assert (derive_uid(beginning + first_title) == derive_uid(beginning + second_title)) == (
        first_title == second_title
    )


@pytest.mark.parametrize(
    ("title", "uid"),
    [("Orders", "orders"), ("Orders: P99 (EU)", "orders-p99-eu"), ("订单", "8ba2-5355")],
)
def test_a_short_title_says_its_uid(title: str, uid: str) -> None:
    assert derive_uid(title) == uid


@pytest.mark.parametrize("uid", ["", "a b", "a/b", "..", "o" * 41, "订单", "a\n", None, 7, b"a"])
def test_a_uid_that_grafana_refuses_is_refused(uid: object) -> None:
    with pytest.raises(DefinitionError, match="'Orders'"):
        validate_uid(uid, "Orders")
