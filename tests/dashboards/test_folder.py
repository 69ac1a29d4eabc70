"""The folder that a definition names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.dashboards import Dashboard
from tailboard.dashboards.folder import parse_folder_titles, parse_folder_uid, validate_folder
from tailboard.panels.definition_error import DefinitionError

titles = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1)


@given(st.lists(titles, max_size=5))
def test_a_path_is_the_titles_with_slashes_between_them(parts: list[str]) -> None:
    assert parse_folder_titles("/".join(parts)) == parts
    assert parse_folder_titles(f" / {' // '.join(parts)} /") == parts


@pytest.mark.parametrize("path", ["", " ", "/", " / / "])
def test_a_path_without_titles_is_no_folder(path: str) -> None:
    assert parse_folder_titles(validate_folder(path)) == []


@pytest.mark.parametrize("path", ["uid:orders", " uid:orders", "uid: orders "])
def test_a_folder_may_be_named_by_its_uid(path: str) -> None:
    assert parse_folder_uid(validate_folder(path)) == "orders"


@pytest.mark.parametrize("path", ["Shop", "/uid:orders", "Shop/uid:orders", "UID:orders"])
def test_a_title_is_not_a_uid(path: str) -> None:
    assert parse_folder_uid(validate_folder(path)) is None


@pytest.mark.parametrize("path", ["uid:", "uid:a b", "uid:a/b", f"uid:{'o' * 41}", "uid:订单"])
def test_a_uid_that_grafana_cannot_have_is_refused_with_where_to_find_it(path: str) -> None:
    with pytest.raises(DefinitionError, match="/dashboards/f/UID") as error:
        validate_folder(path)
    assert repr(path) in str(error.value)


def test_folders_may_lie_as_deep_as_grafana_has_them() -> None:
    assert validate_folder("a/b/c/d/e") == "a/b/c/d/e"
    with pytest.raises(DefinitionError, match="6 deep, and Grafana has at most 5"):
        validate_folder("a/b/c/d/e/f")


@pytest.mark.parametrize("path", ["a\nb", "a\x1b[31m", "\udcff", "Shop/\t"])
def test_characters_that_are_no_text_are_refused(path: str) -> None:
    with pytest.raises(DefinitionError, match="no text"):
        validate_folder(path)


@pytest.mark.parametrize("path", ["订单/Ünï", "👩‍💻 Team", "a\u00a0b", "..", "C:\\x"])
def test_a_folder_may_be_called_in_any_language(path: str) -> None:
    assert validate_folder(path) == path


@pytest.mark.parametrize("path", [None, 7, ["Shop", "Orders"], b"Shop"])
def test_a_folder_that_is_no_text_is_told_with_an_example(path: object) -> None:
    with pytest.raises(DefinitionError, match=r'folder="Shop/Orders"'):
        validate_folder(path)


def test_a_dashboard_looks_at_its_folder() -> None:
    assert Dashboard("Orders", rows=[], folder="Shop/Orders").folder == "Shop/Orders"
    with pytest.raises(DefinitionError, match="7 deep"):
        Dashboard("Orders", rows=[], folder="a/b/c/d/e/f/g")
