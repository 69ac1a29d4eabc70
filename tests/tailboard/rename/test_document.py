"""Dashboards with other names: all that follows a query's labels and its unit."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.rename.document import DocumentRename
from tailboard.rename.renames import Renames, parse_renames

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
RENAMES = parse_renames(["took_ms=took_seconds"], ["path=route"], "ms=s", is_both=False)
NAMES = parse_renames(["took_ms=took_seconds"], ["path=route"], None, is_both=False)
BOTH = parse_renames(["took_ms=took_seconds"], [], None, is_both=True)
QUANTILE = "histogram_quantile(0.9, sum by (le, path) (rate(took_ms_bucket[5m])))"


def build_panel(*expressions: str, **fields: Any) -> dict[str, Any]:
    targets = [
        {"refId": "AB"[number], "expr": text, "legendFormat": "{{path}} {{ path }} path"}
        for number, text in enumerate(expressions)
    ]
    return {
        "title": "Took",
        "datasource": PROMETHEUS,
        "type": "timeseries",
        "targets": targets,
        **fields,
    }


def rename_document(document: dict[str, Any], renames: Renames) -> tuple[dict[str, Any], list[str]]:
    original = json.dumps(document)
    document_rename = DocumentRename(renames, "d.json")
    renamed = document_rename.rename(document)
    assert json.dumps(document) == original
    return renamed, [f"{note.place.panel}: {note.problem}" for note in document_rename.notes]


def rename_panel(
    panel: dict[str, Any], renames: Renames = RENAMES
) -> tuple[dict[str, Any], list[str]]:
    document, notes = rename_document({"title": "D", "uid": "d", "panels": [panel]}, renames)
    return document["panels"][0], notes


def rename_entry(name: str, entry: Mapping[str, Any], renames: Renames) -> tuple[Any, list[str]]:
    entry = {"name": "v", "datasource": PROMETHEUS, **entry}
    document, notes = rename_document({"title": "D", "uid": "d", name: {"list": [entry]}}, renames)
    return document[name]["list"][0], notes


def thresholds(*values: float | None) -> dict[str, Any]:
    return {"mode": "absolute", "steps": [{"color": "red", "value": value} for value in values]}


# Panels


def test_a_panel_in_the_old_unit_shows_the_new_one_with_its_thresholds() -> None:
    defaults = {
        "unit": "ms",
        "min": 0,
        "max": 2500,
        "decimals": 1,
        "thresholds": thresholds(None, 500, 1000),
        "custom": {"axisSoftMax": 1500, "lineWidth": 2},
        "mappings": [
            {"type": "range", "options": {"from": 500, "to": 1000, "result": {"index": 0}}}
        ],
    }
    panel, notes = rename_panel(
        build_panel(QUANTILE, fieldConfig={"defaults": defaults, "overrides": []})
    )
    assert panel["fieldConfig"]["defaults"] == {
        "unit": "s",
        "min": 0,
        "max": 2.5,
        "decimals": 1,
        "thresholds": thresholds(None, 0.5, 1),
        "custom": {"axisSoftMax": 1.5, "lineWidth": 2},
        "mappings": [{"type": "range", "options": {"from": 0.5, "to": 1, "result": {"index": 0}}}],
    }
    assert panel["targets"][0]["expr"] == (
        "histogram_quantile(0.9, sum by (le, route) (rate(took_seconds_bucket[5m])))"
    )
    assert notes == []


@pytest.mark.parametrize(
    "fields",
    [
        {"fieldConfig": {"defaults": {"unit": "short"}}},
        {"fieldConfig": {"defaults": {}}},
        {
            "fieldConfig": {"defaults": {"unit": "ms"}},
            "transformations": [{"id": "calculateField"}],
        },
        {"fieldConfig": {"defaults": {"unit": "ms", "mappings": [{"type": "value"}]}}},
        {
            "fieldConfig": {
                "defaults": {"unit": "ms"},
                "overrides": [{"matcher": {}, "properties": [{"id": "max", "value": 5}]}],
            }
        },
    ],
)
def test_another_panel_keeps_its_numbers_and_converts_the_query(fields: dict[str, Any]) -> None:
    panel, _ = rename_panel(build_panel(QUANTILE, **fields))
    assert panel["fieldConfig"] == fields["fieldConfig"]
    assert panel["targets"][0]["expr"].endswith(" * 1000")


def test_a_panel_that_shows_another_metric_too_keeps_its_unit() -> None:
    field_config = {"defaults": {"unit": "ms"}}
    panel, _ = rename_panel(build_panel(QUANTILE, "other_ms", fieldConfig=field_config))
    assert panel["fieldConfig"] == field_config
    assert panel["targets"][0]["expr"].endswith(" * 1000")
    assert panel["targets"][1]["expr"] == "other_ms"


def test_a_conversion_in_the_query_is_dropped_where_the_panel_shows_the_new_unit() -> None:
    field_config = {"defaults": {"unit": "s", "thresholds": thresholds(0.5)}}
    text = "sum(rate(took_ms_sum[5m])) / sum(rate(took_ms_count[5m])) / 1000"
    panel, _ = rename_panel(build_panel(text, fieldConfig=field_config))
    assert panel["fieldConfig"] == field_config
    assert panel["targets"][0]["expr"] == (
        "sum(rate(took_seconds_sum[5m])) / sum(rate(took_seconds_count[5m]))"
    )


def test_a_heatmap_of_buckets_shows_their_new_unit() -> None:
    panel = build_panel(
        "sum by (le) (increase(took_ms_bucket[5m]))",
        type="heatmap",
        options={"yAxis": {"unit": "ms", "max": 2000}},
    )
    renamed, notes = rename_panel(panel)
    assert renamed["options"]["yAxis"] == {"unit": "s", "max": 2}
    assert notes == []
    _, notes = rename_panel({**panel, "type": "barchart"})
    assert notes == ["Took: it shows bounds of buckets, which are in s now"]


def test_labels_are_renamed_in_legends_links_overrides_and_transformations() -> None:
    panel, _ = rename_panel(
        build_panel(
            QUANTILE,
            links=[{"url": "/d/x?var-path=${__field.labels.path}"}],
            options={"text": '${__data.fields["path"]} ${__field.labels.pathway}'},
            transformations=[
                {
                    "id": "organize",
                    "options": {
                        "excludeByName": {"path": True, "job": True},
                        "renameByName": {"path": "Path"},
                    },
                }
            ],
            fieldConfig={
                "defaults": {},
                "overrides": [{"matcher": {"id": "byName", "options": "path"}}],
            },
        ),
        NAMES,
    )
    assert panel["targets"][0]["legendFormat"] == "{{route}} {{ route }} path"
    assert panel["links"] == [{"url": "/d/x?var-path=${__field.labels.route}"}]
    assert panel["options"]["text"] == '${__data.fields["route"]} ${__field.labels.pathway}'
    assert panel["transformations"][0]["options"] == {
        "excludeByName": {"route": True, "job": True},
        "renameByName": {"route": "Path"},
    }
    assert panel["fieldConfig"]["overrides"][0]["matcher"]["options"] == "route"


def test_a_field_of_the_new_name_that_is_there_already_stays_beside_the_old_one() -> None:
    options = {"excludeByName": {"path": True, "route": False}}
    transformations = [{"id": "organize", "options": options}]
    panel, _ = rename_panel(build_panel(QUANTILE, transformations=transformations), NAMES)
    assert panel["transformations"] == transformations


def test_a_legend_stays_where_the_label_is_not_of_the_metric() -> None:
    panel, _ = rename_panel(build_panel("sum by (path) (other)"), NAMES)
    assert panel == build_panel("sum by (path) (other)")


def test_texts_and_queries_of_other_languages_are_left_and_listed() -> None:
    panel = build_panel(
        '{app="took_ms"} |= "x"', datasource={"type": "loki", "uid": "l"}, type="logs"
    )
    renamed, notes = rename_panel(panel)
    assert renamed == panel
    assert notes == ['Took: a query that is no PromQL names took_ms: {app="took_ms"} |= "x"']
    _, notes = rename_panel(
        {"title": "T", "type": "text", "options": {"content": "See took_ms_sum."}}
    )
    assert notes == ["T: a text names took_ms_sum: See took_ms_sum."]


def test_an_expression_that_a_person_has_to_change_is_listed() -> None:
    panel = build_panel('{__name__=~"took_m.*"}')
    renamed, notes = rename_panel(panel)
    assert renamed == panel
    assert notes[0].startswith("Took: its expression has to be changed by hand")


# Variables and annotations


@pytest.mark.parametrize(
    ("query", "new_query"),
    [
        ("label_values(took_ms_count, path)", "label_values(took_seconds_count, route)"),
        (
            'label_values(took_ms_count{path!=""},job)',
            'label_values(took_seconds_count{route!=""},job)',
        ),
        ("label_values(other, path)", "label_values(other, path)"),
        ("label_values(path)", "label_values(path)"),
        ("query_result(topk(5, took_ms_count))", "query_result(topk(5, took_seconds_count))"),
        ("label_names()", "label_names()"),
    ],
)
def test_a_variable_asks_for_the_new_names(query: str, new_query: str) -> None:
    variable, notes = rename_entry("templating", {"type": "query", "query": query}, NAMES)
    assert (variable["query"], notes) == (new_query, [])


def test_a_variable_of_the_newer_form_has_the_names_in_each_field() -> None:
    query = {
        "qryType": 1,
        "metric": "took_ms_count",
        "label": "path",
        "labelFilters": [{"label": "path", "op": "=", "value": "/"}],
        "query": 'label_values(took_ms_count{path="/"},path)',
    }
    variable, _ = rename_entry(
        "templating", {"type": "query", "query": query, "definition": query["query"]}, NAMES
    )
    text = 'label_values(took_seconds_count{route="/"},route)'
    assert variable["query"] == {
        "qryType": 1,
        "metric": "took_seconds_count",
        "label": "route",
        "labelFilters": [{"label": "route", "op": "=", "value": "/"}],
        "query": text,
    }
    assert variable["definition"] == text


def test_a_variable_selects_both_names_with_one_pattern() -> None:
    query = 'label_values(took_ms_count{job="a"}, path)'
    variable, _ = rename_entry("templating", {"type": "query", "query": query}, BOTH)
    assert variable["query"] == (
        'label_values({__name__=~"took_seconds_count|took_ms_count", job="a"}, path)'
    )


def test_a_list_of_metrics_by_a_pattern_is_left_to_a_person() -> None:
    _, notes = rename_entry("templating", {"type": "query", "query": "metrics(took_ms_.*)"}, NAMES)
    assert notes == []
    _, notes = rename_entry("templating", {"type": "query", "query": "metrics(took_ms)"}, NAMES)
    assert notes == [
        "variable v: its query has to be changed by hand: it lists metrics by a pattern"
    ]


def test_an_annotation_shows_the_new_label() -> None:
    annotation, notes = rename_entry(
        "annotations",
        {
            "expr": "sum by (path) (took_ms_count) > 0",
            "titleFormat": "{{path}}",
            "tagKeys": "path,job",
        },
        NAMES,
    )
    assert annotation["expr"] == "sum by (route) (took_seconds_count) > 0"
    assert (annotation["titleFormat"], annotation["tagKeys"]) == ("{{route}}", "route,job")
    assert notes == []


# Schema v2


def test_a_dashboard_of_schema_v2_is_renamed_as_one_of_schema_v1() -> None:
    field_config = {"defaults": {"unit": "ms", "thresholds": thresholds(500)}, "overrides": []}
    document = convert_document(
        {
            "title": "D",
            "uid": "d",
            "panels": [{"id": 1, **build_panel(QUANTILE, fieldConfig=field_config)}],
            "templating": {
                "list": [
                    {
                        "name": "v",
                        "type": "query",
                        "datasource": PROMETHEUS,
                        "query": "label_values(took_ms_count, path)",
                    }
                ]
            },
        }
    )
    renamed, notes = rename_document(document, RENAMES)
    text = json.dumps(document)
    for old, new in (
        ("took_ms", "took_seconds"),
        ("le, path", "le, route"),
        ("_count, path", "_count, route"),
        ("{{path}} {{ path }}", "{{route}} {{ route }}"),
        ('"unit": "ms"', '"unit": "s"'),
        ('"value": 500', '"value": 0.5'),
    ):
        assert old in text
        text = text.replace(old, new)
    assert json.dumps(renamed) == text
    assert notes == []
