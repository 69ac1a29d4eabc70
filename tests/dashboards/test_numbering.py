"""Ids of panels and names of queries."""

from string import ascii_uppercase
from typing import Any

import attr
import pytest
from grafanalib.core import RowPanel, Target, TimeSeries
from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import Row
from tailboard.dashboards.passes.number import MAX_PANEL_ID, format_ref_id
from tests.dashboards.sample_dashboards import (
    Json,
    everywhere,
    grafanalib_of,
    json_of,
    library_documents,
    line,
    named,
    rows_of,
)


def ids(made: Json) -> dict[str, int]:
    return {panel["title"]: panel["id"] for panel in everywhere(made["panels"])}


def check_ids(made: Json) -> None:
    found = [panel["id"] for panel in everywhere(made["panels"])]
    assert len(set(found)) == len(found)
    assert all(type(it) is int and 1 <= it <= 2**31 - 1 for it in found)


def ref_ids(*given_names: str) -> list[str]:
    """What becomes of a panel whose queries have these names."""
    panel = TimeSeries(title="A", targets=[Target(expr="up", refId=it) for it in given_names])
    made = grafanalib_of(panel)
    return [target["refId"] for target in made["panels"][0]["targets"]]


def test_a_panel_inserted_above_changes_no_id() -> None:
    before = ids(rows_of(Row("Row", [line("A"), line("B")]), Row("Next", [line("C")])))
    after = ids(
        rows_of(
            Row("Top", [line("X")]),
            Row("Row", [line("Y"), line("A"), line("B")]),
            Row("Next", [line("C")]),
        )
    )
    assert before.items() < after.items()


def test_a_panel_moved_within_its_row_keeps_its_id() -> None:
    before = ids(rows_of(Row("Row", [line("A"), line("B"), line("C")])))
    assert ids(rows_of(Row("Row", [line("C"), line("A"), line("B")]))) == before


def test_rows_that_change_places_change_no_id() -> None:
    one, other = Row("One", [line("A")]), Row("Other", [line("B")])
    assert ids(rows_of(one, other)) == ids(rows_of(other, one))


def test_a_row_that_is_collapsed_changes_no_id() -> None:
    closed = ids(rows_of(Row("Row", [line("A")], collapsed=True)))
    assert closed == ids(rows_of(Row("Row", [line("A")])))


def test_what_a_panel_shows_has_no_part_in_its_id() -> None:
    assert ids(rows_of(Row("", [line("A", "up")]))) == ids(rows_of(Row("", [line("A", "down")])))


def test_rows_have_ids_too() -> None:
    made = rows_of(Row("Row", [line("A")]), Row("Closed", [line("B")], collapsed=True))
    assert set(ids(made)) == {"Row", "A", "Closed", "B"}
    check_ids(made)


def test_panels_of_one_title_have_ids_of_their_own() -> None:
    panels = [line("A"), line("A"), line("")]
    made = rows_of(Row("Row", panels), Row("Row", panels), Row("Other", panels, collapsed=True))
    assert len(list(everywhere(made["panels"]))) == 12
    check_ids(made)


def test_a_row_and_a_panel_of_one_title_have_ids_of_their_own() -> None:
    check_ids(rows_of(Row("row", [line("A"), line("row")]), Row("A", [line("A")])))


def test_ids_given_by_hand_are_kept() -> None:
    made = grafanalib_of(
        RowPanel(title="Row", id=3, collapsed=True, panels=[line("A", id=2)]),
        line("B", id=7),
        line("C", id=MAX_PANEL_ID),
        line("D"),
    )
    check_ids(made)
    assert {"Row": 3, "A": 2, "B": 7, "C": MAX_PANEL_ID}.items() < ids(made).items()


def test_an_id_given_twice_is_kept_by_the_first() -> None:
    made = grafanalib_of(line("A", id=7), line("B", id=7), line("C", id=7))
    assert ids(made)["A"] == 7
    check_ids(made)


def test_an_id_given_below_is_not_taken_by_a_panel_above() -> None:
    wanted = ids(rows_of(Row("", [line("A")])))["A"]
    made = rows_of(Row("", [line("A"), line("B", id=wanted)]))
    assert ids(made) == {"A": wanted + 1, "B": wanted}


def test_ids_are_those_that_grafana_can_store() -> None:
    assert MAX_PANEL_ID == 2**31 - 1


@pytest.mark.parametrize("odd", [0, -1, 2**31, "7", 1.5, True, None])
def test_an_id_that_grafana_cannot_store_is_replaced(odd: object) -> None:
    made = json_of({"type": "text", "title": "A", "id": odd})
    check_ids(made)
    assert ids(made) == ids(json_of({"type": "text", "title": "A"}))


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from([None, 1, 2, MAX_PANEL_ID]))))
@settings(max_examples=60, deadline=None)
def test_ids_are_unique_whatever_titles_and_ids_there_are(
    wanted: list[tuple[str, int | None]],
) -> None:
    made = grafanalib_of(*(line(title, id=it) for title, it in wanted))
    check_ids(made)
    given_ids = {it for _, it in wanted if it}
    assert given_ids <= {panel["id"] for panel in made["panels"]}


def test_ids_of_the_library_are_unique_and_derived() -> None:
    for made in library_documents().values():
        check_ids(made)


def test_queries_are_named_from_a_to_z_and_then_aa() -> None:
    assert ref_ids(*[""] * 28) == [*ascii_uppercase, "AA", "AB"]


def test_letters_go_on_after_zz() -> None:
    found = [format_ref_id(index) for index in (0, 25, 26, 51, 52, 701, 702)]
    assert found == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_names_given_to_queries_are_kept() -> None:
    assert ref_ids("errors", "", "A", "") == ["errors", "B", "A", "C"]


def test_a_name_given_twice_is_kept_by_the_first_query() -> None:
    assert ref_ids("A", "A", "B", "A") == ["A", "C", "B", "D"]


def test_queries_in_collapsed_rows_are_named_too() -> None:
    panel = TimeSeries(title="A", targets=[Target(expr="up"), Target(expr="down")])
    made = rows_of(Row("Closed", [panel], collapsed=True))
    assert [target["refId"] for target in named(made, "A")["targets"]] == ["A", "B"]


def test_queries_of_a_plugin_are_named_too() -> None:
    targets = [{"expr": "up"}, {"query": "x"}]
    made = json_of({"type": "acme-clock-panel", "title": "A", "targets": targets})
    assert [target["refId"] for target in made["panels"][0]["targets"]] == ["A", "B"]


@given(st.lists(st.sampled_from(["", "A", "B", "C", "AA", "errors"]), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_names_of_queries_are_unique_and_the_given_ones_stay(names: list[str]) -> None:
    found = ref_ids(*names)
    assert len(set(found)) == len(found)
    assert all(found)
    first = {name: names.index(name) for name in names if name}
    assert all(found[index] == name for name, index in first.items())


def test_numbering_leaves_the_definition_as_it_was() -> None:
    panel = TimeSeries(title="A", targets=[Target(expr="up"), Target(expr="down")])
    before = attr.asdict(panel)
    rows_of(Row("Row", [panel]))
    after: Any = attr.asdict(panel)
    assert after == before
