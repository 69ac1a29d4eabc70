"""What Grafana's browser writes into a panel is no difference, what a person sets is one."""

import json
from pathlib import Path as File
from typing import Any

import pytest

from tailboard.publish.grafana.documents.checksum import compute_checksum
from tailboard.publish.grafana.documents.difference import describe_differences
from tailboard.publish.grafana.documents.normalize import (
    QUERY_EDITOR_FIELDS,
    SINGLE_VALUE_KINDS,
    UNIT_RANGES,
    normalize_document,
    serialize_json,
)
from tailboard.publish.grafana.documents.panel_defaults import (
    BASE_PANEL_DEFAULTS,
    PANEL_DEFAULTS,
    find_panel_defaults,
)
from tests.for_each import for_each
from tests.publish.grafana.sample_documents import Document, Path, change_leaf, walk_leaves

BROWSER_SAVE = json.loads(File(__file__).with_name("saved_in_the_browser.json").read_text("utf-8"))
"""A dashboard as Grafana stored it, before and after somebody saved it in the browser."""

KINDS = [*PANEL_DEFAULTS, "somebody-elses-panel"]
OPTION_PATHS = [(kind, path) for kind in KINDS for path in walk_leaves(find_panel_defaults(kind))]


def build_document(kind: Any, **fields: Any) -> Document:
    """A document with one panel."""
    return {"panels": [{"id": 1, "title": "It", "type": kind, **fields}]}


def test_saving_in_the_browser_is_no_difference() -> None:
    before, after = BROWSER_SAVE["before"], BROWSER_SAVE["after"]
    assert before != after
    assert describe_differences(before, after) == []
    assert compute_checksum(before) == compute_checksum(after)


def test_every_kind_that_is_known_was_saved_in_the_browser() -> None:
    assert {panel["type"] for panel in BROWSER_SAVE["after"]["panels"]} >= set(PANEL_DEFAULTS)


@for_each(KINDS)
def test_defaults_that_are_written_out_are_no_difference(kind: str) -> None:
    assert compute_checksum(build_document(kind, **find_panel_defaults(kind))) == compute_checksum(
        build_document(kind)
    )


@for_each(OPTION_PATHS)
def test_every_default_that_somebody_changes_is_a_difference(
    kind_and_path: tuple[str, Path],
) -> None:
    kind, path = kind_and_path
    saved = build_document(kind, **find_panel_defaults(kind))
    edited = change_leaf(saved, ("panels", 0, *path))
    assert compute_checksum(edited) != compute_checksum(build_document(kind))
    assert describe_differences(saved, edited)
    assert describe_differences(edited, build_document(kind))


@for_each(KINDS)
def test_the_defaults_are_written_as_the_normal_form_writes(kind: str) -> None:
    assert serialize_json(
        normalize_document({"it": find_panel_defaults(kind)})["it"]
    ) == serialize_json(find_panel_defaults(kind))


def test_a_default_of_one_kind_is_not_that_of_another() -> None:
    drawn = {"fieldConfig": {"defaults": {"custom": {"lineWidth": 0}}}}
    assert compute_checksum(build_document("state-timeline", **drawn)) == compute_checksum(
        build_document("state-timeline")
    )
    assert compute_checksum(build_document("timeseries", **drawn)) != compute_checksum(
        build_document("timeseries")
    )


def test_a_part_without_anything_in_it_is_none() -> None:
    hollow: Document = {"options": {"legend": {}, "tooltip": {}}, "fieldConfig": {"defaults": {}}}
    assert compute_checksum(build_document("timeseries", **hollow)) == compute_checksum(
        build_document("timeseries")
    )


def test_a_setting_that_the_kind_does_not_know_is_meant() -> None:
    assert compute_checksum(build_document("stat", options={"mine": {}})) != compute_checksum(
        build_document("stat")
    )


def build_thresholds(*values: Any) -> Document:
    """Thresholds at these values."""
    steps = [
        {"color": "red"} if value is None else {"color": "red", "value": value} for value in values
    ]
    return {"mode": "percentage", "steps": steps}


def build_default_thresholds(*values: Any) -> Document:
    """A panel with thresholds of every field."""
    return build_document(
        "stat", fieldConfig={"defaults": {"thresholds": build_thresholds(*values)}}
    )


def build_override_thresholds(*values: Any, name: str = "thresholds") -> Document:
    """A panel with thresholds of one field."""
    override = {"properties": [{"id": name, "value": build_thresholds(*values)}]}
    return build_document("stat", fieldConfig={"overrides": [override]})


@pytest.mark.parametrize("panel", [build_default_thresholds, build_override_thresholds])
def test_the_first_threshold_has_no_value_and_the_others_have(panel: Any) -> None:
    assert (
        compute_checksum(panel(0, 5))
        == compute_checksum(panel(-3, 5))
        == compute_checksum(panel(None, 5))
    )
    assert compute_checksum(panel(None, 5)) != compute_checksum(panel(None, 6))


def test_steps_of_something_else_than_thresholds_are_all_meant() -> None:
    assert compute_checksum(build_override_thresholds(0, name="mine")) != compute_checksum(
        build_override_thresholds(None, name="mine")
    )


@pytest.mark.parametrize("kind", SINGLE_VALUE_KINDS)
@pytest.mark.parametrize("unit", UNIT_RANGES)
def test_a_share_goes_from_none_to_all_without_saying_so(kind: str, unit: str) -> None:
    def share(**limits: Any) -> Document:
        return build_document(kind, fieldConfig={"defaults": {"unit": unit, **limits}})

    assert compute_checksum(share(**UNIT_RANGES[unit])) == compute_checksum(share())
    assert compute_checksum(share(min=0)) == compute_checksum(share())
    assert compute_checksum(share(min=0.5)) != compute_checksum(share())
    assert compute_checksum(share(max=50)) != compute_checksum(share())


def test_limits_of_other_units_and_kinds_are_meant() -> None:
    for kind, unit in (("stat", "s"), ("timeseries", "percentunit")):
        bare = build_document(kind, fieldConfig={"defaults": {"unit": unit}})
        limited = build_document(kind, fieldConfig={"defaults": {"unit": unit, "min": 0}})
        assert compute_checksum(limited) != compute_checksum(bare)


def test_a_query_that_is_shown_need_not_say_so() -> None:
    visible, hidden = ({"refId": "A", "hide": value} for value in (False, True))
    bare = build_document("stat", targets=[{"refId": "A"}])
    assert compute_checksum(build_document("stat", targets=[visible])) == compute_checksum(bare)
    assert compute_checksum(build_document("stat", targets=[hidden])) != compute_checksum(bare)


def compute_query_checksum(**fields: Any) -> str:
    """The checksum of a document with one query."""
    return compute_checksum(build_document("stat", targets=[{"refId": "A", **fields}]))


def test_how_the_editor_of_an_expression_looked_is_no_difference() -> None:
    editor = {**dict.fromkeys(QUERY_EDITOR_FIELDS, True), "editorMode": "builder"}
    assert compute_query_checksum(expr="up", **editor) == compute_query_checksum(expr="up")
    assert compute_query_checksum(rawSql="SELECT 1", **editor) != compute_query_checksum(
        rawSql="SELECT 1"
    )


def test_an_expression_reads_a_range_unless_it_says_something_else() -> None:
    bare = compute_query_checksum(expr="up")
    instant = compute_query_checksum(expr="up", instant=True)
    assert compute_query_checksum(expr="up", range=True, instant=False, exemplar=False) == bare
    assert compute_query_checksum(expr="up", range=False, instant=True) == instant
    assert len({bare, instant, compute_query_checksum(expr="up", range=True, instant=True)}) == 3


def test_a_query_names_its_data_source_where_it_is_not_that_of_the_panel() -> None:
    source, other = ({"type": "prometheus", "uid": uid} for uid in ("${datasource}", "metrics"))

    def compute_panel_checksum(panel_source: Any, *query_sources: Any) -> str:
        targets = [
            {"refId": "A", "datasource": query_source} if query_source else {"refId": "A"}
            for query_source in query_sources
        ]
        return compute_checksum(build_document("stat", datasource=panel_source, targets=targets))

    bare = compute_panel_checksum(source, None, None)
    assert compute_panel_checksum(source, None, source) == bare
    assert compute_panel_checksum(source, None, other) != bare
    assert compute_panel_checksum(None, None, source) != compute_panel_checksum(None, None, None)


def test_a_query_that_has_a_name_alone_is_none() -> None:
    source = {"type": "prometheus", "uid": "metrics"}
    bare = compute_checksum(build_document("timeseries", datasource=source))
    for query in ({"refId": "A"}, {"refId": "A", "datasource": source}):
        targets = {"datasource": source, "targets": [query]}
        assert compute_checksum(build_document("timeseries", **targets)) == bare
    asking = {"datasource": source, "targets": [{"refId": "A", "expr": "up"}]}
    assert compute_checksum(build_document("timeseries", **asking)) != bare


@pytest.mark.parametrize("kind", [None, 7, [], {}, ["stat"], ""])
def test_a_kind_that_is_none_has_the_defaults_of_any(kind: Any) -> None:
    assert compute_checksum(build_document(kind, **BASE_PANEL_DEFAULTS)) == compute_checksum(
        build_document(kind)
    )
