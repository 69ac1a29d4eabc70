"""What surrounds the panels: variables, annotations, times."""

import pytest
from grafanalib.core import (
    Annotations,
    ExternalLink,
    Template,
    Templating,
    Time,
    TimePicker,
)

from tailboard.dashboards import Dashboard, Row, annotations, build_document, variables
from tailboard.dashboards.schema import BUILT_IN_ANNOTATION, GRAFANA_DATASOURCE
from tests.dashboards.sample_dashboards import (
    DATA_SOURCE_VARIABLE,
    Json,
    build_grafanalib_document,
    build_json_document,
    build_rows_document,
    build_timeseries,
    load_export,
)


def convert_variable(template: Template) -> Json:
    """What becomes of a variable."""
    document = build_grafanalib_document(templating=Templating([template]))
    (converted,) = (
        variable for variable in document["templating"]["list"] if variable["name"] == template.name
    )
    return {key: value for key, value in converted.items() if key != "name"}


def test_dead_fields_of_a_dashboard_are_gone() -> None:
    document = build_grafanalib_document(gnetId=1, id=17, version=3, hideControls=True)
    dead = "__inputs gnetId hideControls id rows sharedCrosshair style version".split()
    assert not set(dead) & set(document)


@pytest.mark.parametrize(
    "document",
    [
        build_rows_document(Row("", [build_timeseries("A")])),
        build_grafanalib_document(build_timeseries("A")),
        build_json_document({"type": "stat", "title": "A", "targets": [{"expr": "up"}]}),
        build_json_document(annotations={"list": [{"name": "A", "expr": "up"}]}),
        build_json_document(
            templating={"list": [{"name": "job", "type": "query", "query": "metrics(.*)"}]}
        ),
    ],
)
def test_the_variable_that_our_data_sources_refer_to_is_declared(document: Json) -> None:
    assert document["templating"]["list"][0] == variables.datasource()


@pytest.mark.parametrize("document", [build_json_document(), build_document(load_export())])
def test_a_variable_that_nothing_refers_to_is_not_declared(document: Json) -> None:
    """It would stand at the dashboard's top and choose nothing."""
    assert "datasource" not in {variable["name"] for variable in document["templating"]["list"]}


def test_a_variable_of_ones_own_with_that_name_is_kept() -> None:
    variable = {"name": "datasource", "type": "datasource", "query": "prometheus", "regex": "/eu/"}
    document = build_document(
        Dashboard("Orders", [Row("", [build_timeseries("A")])], variables=[variable])
    )
    assert document["templating"]["list"] == [{**variable, "options": []}]


def test_a_variable_of_grafanalib_says_only_what_it_is() -> None:
    template = Template("job", "label_values(up, job)", label="Job", dataSource="Prometheus")
    assert convert_variable(template) == {
        "datasource": DATA_SOURCE_VARIABLE,
        "includeAll": False,
        "label": "Job",
        "multi": False,
        "options": [],
        "query": "label_values(up, job)",
        "refresh": 1,
        "sort": 1,
        "type": "query",
    }


def test_the_values_that_an_export_found_are_not_kept() -> None:
    """They are those of one Grafana on one day; it asks for them anyway."""
    options = [{"selected": False, "text": "a", "value": "a"}]
    job_variable = {
        "name": "job",
        "type": "query",
        "query": "label_values(up, job)",
        "options": options,
    }
    document = build_json_document(templating={"list": [job_variable]})
    assert document["templating"]["list"][-1]["options"] == []


def test_the_default_of_a_variable_is_kept() -> None:
    variable = convert_variable(Template("job", "label_values(up, job)", default="orders"))
    assert variable["current"] == {"selected": True, "text": "orders", "value": "orders"}


def test_the_default_of_a_variable_with_several_values_is_a_list() -> None:
    variable = convert_variable(
        Template("job", "label_values(up, job)", default="orders", multi=True)
    )
    assert variable["current"] == {"selected": True, "text": ["orders"], "value": ["orders"]}


def test_a_variable_that_was_never_refreshed_is_loaded_with_the_dashboard() -> None:
    """Grafana 8 made every query variable load its values."""
    variable = convert_variable(Template("job", "label_values(up, job)", refresh=0))
    assert variable["refresh"] == 1


def test_the_choices_of_a_custom_variable_are_kept() -> None:
    variable = convert_variable(Template("quantile", "0.5,0.99", type="custom", default="0.99"))
    assert variable == {
        "current": {"selected": True, "text": "0.99", "value": "0.99"},
        "includeAll": False,
        "multi": False,
        "options": [
            {"selected": False, "text": "0.5", "value": "0.5"},
            {"selected": True, "text": "0.99", "value": "0.99"},
        ],
        "query": "0.5,0.99",
        "refresh": 1,
        "sort": 1,
        "type": "custom",
    }


@pytest.mark.parametrize("kind", ["datasource", "textbox", "constant", "interval"])
def test_a_variable_without_default_has_nothing_chosen(kind: str) -> None:
    assert "current" not in convert_variable(Template("it", "1m,5m", type=kind))


def test_a_variable_of_json_says_only_what_it_is() -> None:
    empty_fields: Json = {"allValue": "", "label": "", "hide": 0, "regex": "", "current": {}}
    empty_fields["description"] = None
    textbox = {"name": "it", "type": "textbox", "query": "a", "options": []}
    assert build_json_document(templating={"list": [{**textbox, **empty_fields}]})["templating"][
        "list"
    ] == [textbox]


def test_an_interval_keeps_its_automatic_choice() -> None:
    variable = convert_variable(
        Template("window", "1m,5m", type="interval", auto=True, autoCount=10)
    )
    assert (variable["auto"], variable["auto_count"], variable["auto_min"]) == (True, 10, "10s")


@pytest.mark.parametrize(
    "empty_fields", [{}, {"auto_count": None, "auto_min": ""}, {"auto_count": 0}]
)
def test_an_automatic_interval_that_says_no_more_gets_what_grafanas_editor_begins_with(
    empty_fields: Json,
) -> None:
    interval = {"name": "window", "type": "interval", "query": "1m,5m", "auto": True}
    (document,) = build_json_document(templating={"list": [{**interval, **empty_fields}]})[
        "templating"
    ]["list"]
    assert (document["auto"], document["auto_count"], document["auto_min"]) == (True, 30, "10s")


def test_the_builtin_annotation_is_there_once_and_first() -> None:
    annotation = annotations.deployments()
    for document in (
        build_document(Dashboard("Orders", annotations=[annotation])),
        build_grafanalib_document(annotations=Annotations([annotation])),
        build_document(build_document(Dashboard("Orders", annotations=[annotation]))),
    ):
        assert document["annotations"]["list"] == [BUILT_IN_ANNOTATION, annotation]


def test_a_builtin_annotation_that_is_there_is_kept() -> None:
    built_in = {**BUILT_IN_ANNOTATION, "hide": False, "name": "Mine"}
    document = build_json_document(annotations={"list": [annotations.deployments(), built_in]})
    assert document["annotations"]["list"] == [annotations.deployments(), built_in]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, DATA_SOURCE_VARIABLE),
        ("Prometheus", DATA_SOURCE_VARIABLE),
        ("$ds", {"type": "prometheus", "uid": "${ds}"}),
    ],
)
def test_an_annotation_of_promql_reads_by_reference(source: object, expected: Json) -> None:
    document = build_grafanalib_document(
        annotations=Annotations([{"name": "A", "datasource": source, "expr": "up"}])
    )
    assert document["annotations"]["list"][1]["datasource"] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("-- Grafana --", GRAFANA_DATASOURCE), ("Elastic", {"uid": "Elastic"})],
)
def test_another_annotation_reads_by_reference_too(source: str, expected: Json) -> None:
    document = build_grafanalib_document(
        annotations=Annotations([{"name": "A", "datasource": source}])
    )
    assert document["annotations"]["list"][1]["datasource"] == expected


@pytest.mark.parametrize(
    ("refresh", "expected"), [(False, ""), (None, ""), ("", ""), ("10s", "10s"), (True, "")]
)
def test_refresh_is_a_string(refresh: object, expected: str) -> None:
    assert build_grafanalib_document(refresh=refresh)["refresh"] == expected
    assert build_json_document(refresh=refresh)["refresh"] == expected


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_crosshair_is_kept(shared: bool) -> None:
    assert build_grafanalib_document(sharedCrosshair=shared)["graphTooltip"] == int(shared)


def test_a_shared_crosshair_of_old_json_is_kept_by_grafana_too() -> None:
    """Grafana takes it away again from a document that calls itself older than version 14."""
    document = build_document(
        {"title": "Orders", "schemaVersion": 13, "sharedCrosshair": True, "rows": []}
    )
    assert document["graphTooltip"] == 1
    assert document["schemaVersion"] >= 14


def test_time_ranges_are_kept() -> None:
    picker = TimePicker(["10s", "1m"], ["5m"], nowDelay="1m", hidden=True)
    document = build_grafanalib_document(time=Time("now-6h", "now-1m"), timePicker=picker)
    assert document["time"] == {"from": "now-6h", "to": "now-1m"}
    assert document["timepicker"] == {
        "hidden": True,
        "nowDelay": "1m",
        "refresh_intervals": ["10s", "1m"],
    }


def test_links_are_kept() -> None:
    document = build_grafanalib_document(
        links=[ExternalLink(uri="https://example.org", title="Wiki")]
    )
    assert document["links"] == [
        {"keepTime": False, "title": "Wiki", "type": "link", "url": "https://example.org"}
    ]


@pytest.mark.parametrize(
    ("version", "expected"), [(None, 42), (12, 42), (36, 36), (39, 39), (41, 41), (42, 42)]
)
def test_a_document_of_grafanalib_is_current_and_an_export_keeps_its_version(
    version: int | None, expected: int
) -> None:
    """Grafana itself brings what it exported up to date."""
    versioned = {} if version is None else {"schemaVersion": version}
    assert build_document({"title": "Orders", **versioned})["schemaVersion"] == expected
