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
    build_grafanalib_document,
    build_json_document,
    build_library_documents,
    build_rows_document,
    build_timeseries,
    find_panel,
    walk_panels,
)
from tests.example_counts import count_examples


def list_panel_ids(document: Json) -> dict[str, int]:
    return {panel["title"]: panel["id"] for panel in walk_panels(document["panels"])}


def check_ids(document: Json) -> None:
    panel_ids = [panel["id"] for panel in walk_panels(document["panels"])]
    assert len(set(panel_ids)) == len(panel_ids)
    assert all(type(panel_id) is int and 1 <= panel_id <= 2**31 - 1 for panel_id in panel_ids)


def assign_ref_ids(*names: str) -> list[str]:
    """What becomes of a panel whose queries have these names."""
    panel = TimeSeries(title="A", targets=[Target(expr="up", refId=name) for name in names])
    document = build_grafanalib_document(panel)
    return [target["refId"] for target in document["panels"][0]["targets"]]


def test_a_panel_inserted_above_changes_no_id() -> None:
    before = list_panel_ids(
        build_rows_document(
            Row("Row", [build_timeseries("A"), build_timeseries("B")]),
            Row("Next", [build_timeseries("C")]),
        )
    )
    after = list_panel_ids(
        build_rows_document(
            Row("Top", [build_timeseries("X")]),
            Row("Row", [build_timeseries("Y"), build_timeseries("A"), build_timeseries("B")]),
            Row("Next", [build_timeseries("C")]),
        )
    )
    assert before.items() < after.items()


def test_a_panel_moved_within_its_row_keeps_its_id() -> None:
    before = list_panel_ids(
        build_rows_document(
            Row("Row", [build_timeseries("A"), build_timeseries("B"), build_timeseries("C")])
        )
    )
    assert (
        list_panel_ids(
            build_rows_document(
                Row("Row", [build_timeseries("C"), build_timeseries("A"), build_timeseries("B")])
            )
        )
        == before
    )


def test_rows_that_change_places_change_no_id() -> None:
    first, second = Row("One", [build_timeseries("A")]), Row("Other", [build_timeseries("B")])
    assert list_panel_ids(build_rows_document(first, second)) == list_panel_ids(
        build_rows_document(second, first)
    )


def test_a_row_that_is_collapsed_changes_no_id() -> None:
    closed = list_panel_ids(
        build_rows_document(Row("Row", [build_timeseries("A")], collapsed=True))
    )
    assert closed == list_panel_ids(build_rows_document(Row("Row", [build_timeseries("A")])))


def test_what_a_panel_shows_has_no_part_in_its_id() -> None:
    assert list_panel_ids(
        build_rows_document(Row("", [build_timeseries("A", "up")]))
    ) == list_panel_ids(build_rows_document(Row("", [build_timeseries("A", "down")])))


def test_rows_have_ids_too() -> None:
    document = build_rows_document(
        Row("Row", [build_timeseries("A")]), Row("Closed", [build_timeseries("B")], collapsed=True)
    )
    assert set(list_panel_ids(document)) == {"Row", "A", "Closed", "B"}
    check_ids(document)


def test_panels_of_one_title_have_ids_of_their_own() -> None:
    panels = [build_timeseries("A"), build_timeseries("A"), build_timeseries("")]
    document = build_rows_document(
        Row("Row", panels), Row("Row", panels), Row("Other", panels, collapsed=True)
    )
    assert len(list(walk_panels(document["panels"]))) == 12
    check_ids(document)


def test_a_row_and_a_panel_of_one_title_have_ids_of_their_own() -> None:
    check_ids(
        build_rows_document(
            Row("row", [build_timeseries("A"), build_timeseries("row")]),
            Row("A", [build_timeseries("A")]),
        )
    )


def test_ids_given_by_hand_are_kept() -> None:
    document = build_grafanalib_document(
        RowPanel(title="Row", id=3, collapsed=True, panels=[build_timeseries("A", id=2)]),
        build_timeseries("B", id=7),
        build_timeseries("C", id=MAX_PANEL_ID),
        build_timeseries("D"),
    )
    check_ids(document)
    assert {"Row": 3, "A": 2, "B": 7, "C": MAX_PANEL_ID}.items() < list_panel_ids(document).items()


def test_an_id_given_twice_is_kept_by_the_first() -> None:
    document = build_grafanalib_document(
        build_timeseries("A", id=7), build_timeseries("B", id=7), build_timeseries("C", id=7)
    )
    assert list_panel_ids(document)["A"] == 7
    check_ids(document)


def test_an_id_given_below_is_not_taken_by_a_panel_above() -> None:
    panel_id = list_panel_ids(build_rows_document(Row("", [build_timeseries("A")])))["A"]
    document = build_rows_document(
        Row("", [build_timeseries("A"), build_timeseries("B", id=panel_id)])
    )
    assert list_panel_ids(document) == {"A": panel_id + 1, "B": panel_id}


def test_ids_are_those_that_grafana_can_store() -> None:
    assert MAX_PANEL_ID == 2**31 - 1


@pytest.mark.parametrize("odd", [0, -1, 2**31, "7", 1.5, True, None])
def test_an_id_that_grafana_cannot_store_is_replaced(odd: object) -> None:
    document = build_json_document({"type": "text", "title": "A", "id": odd})
    check_ids(document)
    assert list_panel_ids(document) == list_panel_ids(
        build_json_document({"type": "text", "title": "A"})
    )


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from([None, 1, 2, MAX_PANEL_ID]))))
@settings(max_examples=count_examples(60))
def test_ids_are_unique_whatever_titles_and_ids_there_are(
    titles_and_ids: list[tuple[str, int | None]],
) -> None:
    document = build_grafanalib_document(
        *(build_timeseries(title, id=panel_id) for title, panel_id in titles_and_ids)
    )
    check_ids(document)
    explicit_ids = {panel_id for _, panel_id in titles_and_ids if panel_id}
    assert explicit_ids <= {panel["id"] for panel in document["panels"]}


def test_ids_of_the_library_are_unique_and_derived() -> None:
    for document in build_library_documents().values():
        check_ids(document)


def test_queries_are_named_from_a_to_z_and_then_aa() -> None:
    assert assign_ref_ids(*[""] * 28) == [*ascii_uppercase, "AA", "AB"]


def test_letters_go_on_after_zz() -> None:
    names_of_indexes = [format_ref_id(index) for index in (0, 25, 26, 51, 52, 701, 702)]
    assert names_of_indexes == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_names_given_to_queries_are_kept() -> None:
    assert assign_ref_ids("errors", "", "A", "") == ["errors", "B", "A", "C"]


def test_a_name_given_twice_is_kept_by_the_first_query() -> None:
    assert assign_ref_ids("A", "A", "B", "A") == ["A", "C", "B", "D"]


def test_queries_in_collapsed_rows_are_named_too() -> None:
    panel = TimeSeries(title="A", targets=[Target(expr="up"), Target(expr="down")])
    document = build_rows_document(Row("Closed", [panel], collapsed=True))
    assert [target["refId"] for target in find_panel(document, "A")["targets"]] == ["A", "B"]


def test_queries_of_a_plugin_are_named_too() -> None:
    targets = [{"expr": "up"}, {"query": "x"}]
    document = build_json_document({"type": "acme-clock-panel", "title": "A", "targets": targets})
    assert [target["refId"] for target in document["panels"][0]["targets"]] == ["A", "B"]


@given(st.lists(st.sampled_from(["", "A", "B", "C", "AA", "errors"]), min_size=1, max_size=40))
@settings(max_examples=count_examples(60))
def test_names_of_queries_are_unique_and_the_given_ones_stay(names: list[str]) -> None:
    ref_id_list = assign_ref_ids(*names)
    assert len(set(ref_id_list)) == len(ref_id_list)
    assert all(ref_id_list)
    first = {name: names.index(name) for name in names if name}
    assert all(ref_id_list[index] == name for name, index in first.items())


def test_numbering_leaves_the_definition_as_it_was() -> None:
    panel = TimeSeries(title="A", targets=[Target(expr="up"), Target(expr="down")])
    before = attr.asdict(panel)
    build_rows_document(Row("Row", [panel]))
    after: Any = attr.asdict(panel)
    assert after == before
