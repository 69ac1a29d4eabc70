"""Variables, annotations and times say the same in both schemas."""

import pytest

from tailboard.dashboards.schema_v2.annotations import build_annotation, build_v1_annotation
from tailboard.dashboards.schema_v2.time_settings import build_time_settings, build_v1_time_fields
from tailboard.dashboards.schema_v2.variables import (
    KINDS,
    build_v1_variable,
    build_variable,
    find_variable_name,
)
from tests.dashboards.sample_dashboards import Json

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
OPTION = {"text": "a", "value": "a"}
OPTIONS = [{**OPTION, "selected": True}, {"text": "b", "value": "b", "selected": False}]
CHOICE = {"current": {"text": ["a"], "value": ["a"]}, "multi": True, "options": OPTIONS}

V1_VARIABLES: dict[str, Json] = {
    "adhoc": {"datasource": SOURCE, "filters": [{"key": "a", "operator": "=", "value": "b"}]},
    "constant": {"current": OPTION, "hide": 2, "query": "a"},
    "custom": {**CHOICE, "allValue": ".*", "includeAll": True, "query": "a,b"},
    "datasource": {**CHOICE, "query": "prometheus", "refresh": 1, "regex": "/a/"},
    "groupby": {**CHOICE, "datasource": SOURCE},
    "interval": {
        **{"auto": True, "auto_count": 30, "auto_min": "10s"},
        **{"current": OPTION, "options": OPTIONS, "query": "1m,5m", "refresh": 2},
    },
    "query": {
        **CHOICE,
        **{"datasource": SOURCE, "definition": "label_values(job)", "refresh": 2, "sort": 7},
        "query": {"qryType": 1, "query": "label_values(job)", "refId": "A"},
    },
    "switch": {
        "current": {"text": "on", "value": "on"},
        "options": [{"text": "on", "value": "on"}, {"text": "off", "value": "off"}],
    },
    "textbox": {"current": OPTION, "query": "a"},
}


@pytest.mark.parametrize("variable_type", KINDS)
def test_a_variable_of_every_type_says_the_same_there_and_back(variable_type: str) -> None:
    variable = {
        **{"name": "x", "type": variable_type, "label": "X", "description": "What it is."},
        **{"hide": 1, "skipUrlSync": True},
        **V1_VARIABLES[variable_type],
    }
    converted = build_variable(variable)
    assert converted is not None
    assert converted["kind"] == KINDS[variable_type]
    assert find_variable_name(converted) == "x"
    back = build_v1_variable(converted)
    assert {name: back.get(name) for name in variable} == variable


def test_a_query_that_is_text_stays_text() -> None:
    variable = {"name": "x", "type": "query", "query": "label_values(job)", "datasource": SOURCE}
    converted = build_variable(variable)
    assert converted is not None
    assert build_v1_variable(converted)["query"] == "label_values(job)"


def test_a_variable_that_schema_v2_does_not_have_is_left_out() -> None:
    assert build_variable({"name": "x", "type": "snapshot"}) is None


@pytest.mark.parametrize("value", [None, "odd", -1, 99, 1.5, True, []])
def test_an_odd_choice_is_the_first_one(value: object) -> None:
    converted = build_variable({"name": "x", "type": "textbox", "hide": value})
    assert converted is not None
    assert converted["spec"]["hide"] in {"dontHide", "hideLabel"}
    back = build_v1_variable({"kind": "TextVariable", "spec": {"name": "x", "hide": value}})
    assert back["hide"] == 0


def test_a_constant_is_hidden_in_schema_v1_since_grafana_would_make_a_text_box_of_it() -> None:
    variable = {"kind": "ConstantVariable", "spec": {"name": "x", "hide": "dontHide"}}
    assert build_v1_variable(variable)["hide"] == 2


@pytest.mark.parametrize(
    "annotation",
    [
        {"name": "A", "expr": "up", "step": "60s", "titleFormat": "t", "datasource": SOURCE},
        {"name": "B", "target": {"tags": ["deploy"], "type": "tags"}, "hide": True},
        {"name": "C", "builtIn": 1, "type": "dashboard", "filter": {"ids": [1], "exclude": True}},
        {
            "name": "D",
            "mappings": {"text": {"source": "field", "value": "a"}},
            "datasource": SOURCE,
        },
    ],
)
def test_an_annotation_says_the_same_there_and_back(annotation: Json) -> None:
    annotation = {"enable": True, "iconColor": "red", **annotation}
    back = build_v1_annotation(build_annotation(annotation))
    assert {name: back.get(name) for name in annotation} == annotation


def test_an_old_mapping_of_an_annotation_is_one_of_a_field() -> None:
    spec = build_annotation({"name": "A", "mappings": {"text": "a"}})["spec"]
    assert spec["mappings"] == {"text": {"source": "field", "value": "a"}}


def test_times_say_the_same_there_and_back() -> None:
    fields = {
        "fiscalYearStartMonth": 3,
        "refresh": "1m",
        "time": {"from": "now-2d", "to": "now-1d"},
        "timepicker": {
            "hidden": True,
            "nowDelay": "1m",
            "quick_ranges": [{"display": "A", "from": "now-1h", "to": "now"}],
            "refresh_intervals": ["1m"],
        },
        "timezone": "utc",
        "weekStart": "monday",
    }
    assert build_v1_time_fields(build_time_settings(fields)) == fields


def test_grafanas_defaults_of_times_are_left_out_in_schema_v1() -> None:
    fields = build_v1_time_fields(build_time_settings({}))
    assert fields["timepicker"] == {}
    assert fields["time"] == {"from": "now-6h", "to": "now"}
