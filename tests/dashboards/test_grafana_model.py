"""Grafana's own model of a dashboard knows every field of every document, and its type."""

import enum
import json
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.dashboard import Dashboard as Model
from grafanalib.core import (
    BarChart,
    BarGauge,
    GaugePanel,
    Graph,
    Heatmap,
    Histogram,
    Logs,
    PieChart,
    PieChartv2,
    SingleStat,
    Stat,
    StateTimeline,
    StatValueMapping,
    Table,
    Target,
    Template,
    Templating,
    Text,
    Threshold,
    TimeSeries,
    single_y_axis,
)

from tailboard.dashboards import build_document
from tests.dashboards.sample_dashboards import (
    Json,
    build_grafanalib_document,
    build_library_documents,
    find_lost_values,
    list_services,
    load_export,
)
from tests.slow_marks import mark_slow

READ_BY_PROMETHEUS = "Grafana's PrometheusAnnotationSupport reads it"
UNKNOWN_TO_THE_MODEL = {
    ".annotations.list[].step": READ_BY_PROMETHEUS,
    ".annotations.list[].textFormat": READ_BY_PROMETHEUS,
    ".annotations.list[].titleFormat": READ_BY_PROMETHEUS,
    ".templating.list[].definition": "Grafana's list of variables shows it",
}
"""Fields of the library's documents that the model lacks, and why they are written anyway."""

SERVICE_NAMES = [name for name, _ in list_services()]
TYPICAL_SERVICE_NAMES = [
    *("prometheus_client-fixed", "otel_http_stable-every", "django_prometheus-fixed"),
    *("celery_exporter-fixed", "pushgateway_jobs-fixed", "postgres_exporter-every"),
]


@pytest.fixture(autouse=True, scope="module")
def _model_plugins() -> None:
    """Teach the model Grafana's own kinds of panels and queries."""
    plugins.register_default_plugins()


def build_model(document: Json) -> Model:
    """The document in Grafana's model; the model keeps what it is given, so that it gets a copy."""
    return Model.from_json(json.loads(json.dumps(document)))


def find_unknown_fields(document: Json) -> Iterator[tuple[str, Any]]:
    """What the model does not know."""
    model_json = json.loads(json.dumps(build_model(document), cls=JSONEncoder))
    yield from find_lost_values(document, model_json)


@cache
def read_type_hints(constructor: Any) -> dict[str, Any]:
    """The types of a model's fields."""
    # With names of its own, typing does not reuse what it evaluated for another module's class.
    hints = typing.get_type_hints(constructor, localns={})
    return {name: hint for name, hint in hints.items() if name != "return"}


def find_type_errors(value: Any, expected_type: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of the type that the model says: the model itself never looks."""
    origin, arguments = typing.get_origin(expected_type), typing.get_args(expected_type)
    if origin in (typing.Union, types.UnionType):
        error_lists = [list(find_type_errors(value, argument, path)) for argument in arguments]
        yield from error_lists[0][:1] if all(error_lists) else ()
    elif origin in (list, dict):
        yield from _find_inner_type_errors(value, origin, arguments, path)
    elif hasattr(value, "to_json") and (
        expected_type in (Any, object) or isinstance(value, expected_type)
    ):
        for name, hint in read_type_hints(type(value).__init__).items():
            yield from find_type_errors(getattr(value, name), hint, f"{path}.{name}")
    elif isinstance(value, dict) and hasattr(expected_type, "from_json"):
        model = expected_type.from_json(value)  # where the model kept the JSON as it came
        yield from (
            f"{path}{series}: unknown" for series, _ in find_lost_values(value, model.to_json())
        )
        yield from find_type_errors(model, expected_type, path)
    elif not _is_of_type(value, expected_type, arguments):
        yield f"{path}: {value!r} is no {getattr(expected_type, '__name__', arguments)}"


def _is_of_type(value: Any, expected_type: Any, arguments: tuple[Any, ...]) -> bool:
    if expected_type in (Any, object):
        return True
    if typing.get_origin(expected_type) is typing.Literal:
        return value in arguments
    if issubclass(expected_type, enum.Enum):
        return value in [member.value for member in expected_type]
    return type(value) is expected_type or (expected_type is float and type(value) is int)


def _find_inner_type_errors(value: Any, origin: Any, arguments: Any, path: str) -> Iterator[str]:
    if not isinstance(value, origin):
        yield f"{path}: {value!r} is no {origin.__name__}"
    elif origin is list:
        for item in value:
            yield from find_type_errors(item, arguments[0], f"{path}[]")
    else:
        for key, item in value.items():
            yield from find_type_errors(item, arguments[1], f"{path}.{key}")


def list_unknown_queries(document: Json) -> list[Any]:
    """Queries of a kind that the model has no class for."""
    model = build_model(document)
    panels = list(model.panels or [])
    panels += [child for panel in panels for child in getattr(panel, "panels", None) or []]
    queries = [query for panel in panels for query in getattr(panel, "targets", None) or []]
    return [query for query in queries if isinstance(query, UnknownDataquery)]


def test_grafanas_model_knows_every_field_of_the_library() -> None:
    for name, document in build_library_documents().items():
        for path, value in find_unknown_fields(document):
            assert path in UNKNOWN_TO_THE_MODEL, (name, path, value)


@pytest.mark.parametrize("service", mark_slow(SERVICE_NAMES, TYPICAL_SERVICE_NAMES))
def test_every_field_of_the_library_has_the_type_of_grafanas_model(service: str) -> None:
    for name, document in build_library_documents().items():
        if name.startswith(f"{service}/"):
            assert list(find_type_errors(build_model(document), Model, name)) == []


def test_every_query_of_the_library_is_one_of_prometheus() -> None:
    assert [
        name
        for name, document in build_library_documents().items()
        if list_unknown_queries(document)
    ] == []


def test_every_exception_is_still_needed() -> None:
    unknown_paths = {
        path
        for document in build_library_documents().values()
        for path, _ in find_unknown_fields(document)
    }
    assert unknown_paths == set(UNKNOWN_TO_THE_MODEL)


UP = [Target(expr="up")]
STEPS = [Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)]
MAPPINGS = [StatValueMapping("down", mapValue="0")]
GRAFANALIB_PANELS = [
    BarChart(title="A", targets=UP),
    BarGauge(title="A", targets=UP, thresholds=STEPS, orientation="vertical"),
    GaugePanel(title="A", targets=UP, thresholds=STEPS, label="B"),
    Graph(title="A", targets=UP, yAxes=single_y_axis(format="s", min="0", logBase=10), stack=True),
    Graph(title="A", targets=UP, seriesOverrides=[{"alias": "B", "yaxis": 2, "fill": 3}]),
    Heatmap(title="A", targets=[Target(expr="x_bucket", format="heatmap")], dataFormat="tsbuckets"),
    Histogram(title="A", targets=UP),
    Logs(title="A", dataSource={"type": "loki", "uid": "L1"}, targets=[Target(expr='{a="b"}')]),
    PieChart(title="A", targets=UP),
    PieChartv2(title="A", targets=UP),
    SingleStat(title="A", targets=UP, thresholds="50,80", colorValue=True),
    Stat(title="A", targets=UP, thresholds=STEPS, mappings=MAPPINGS),
    StateTimeline(title="A", targets=UP),
    Table(title="A", targets=UP, displayMode="lcd-gauge"),
    Text(title="A", content="B"),
    TimeSeries(title="A", targets=UP, thresholds=STEPS, legendDisplayMode="hidden"),
]


@pytest.mark.parametrize("panel", GRAFANALIB_PANELS, ids=lambda panel: type(panel).__name__)
def test_grafanas_model_knows_what_becomes_of_grafanalibs_panels(panel: Any) -> None:
    document = build_grafanalib_document(panel)
    assert list(find_unknown_fields(document)) == []
    assert list(find_type_errors(build_model(document), Model)) == []
    assert list_unknown_queries(document) == []


@pytest.mark.parametrize("kind", ["query", "custom", "interval", "datasource", "constant"])
def test_grafanas_model_knows_what_becomes_of_grafanalibs_variables(kind: str) -> None:
    template = Template("it", "1m,5m", type=kind, default="5m", multi=kind == "query")
    document = build_grafanalib_document(templating=Templating([template]))
    assert list(find_unknown_fields(document)) == []
    assert list(find_type_errors(build_model(document), Model)) == []


def test_grafanas_model_knows_an_export_as_well_as_before() -> None:
    """Left out: a plugin's panel and a library's that has no type yet; the model knows neither."""
    exported_document = load_export()
    exported_document["panels"] = [
        {key: value for key, value in panel.items() if value is not None}
        for panel in exported_document["panels"]
        if panel["title"] not in {"Clock", "Pool"}
    ]
    document = build_document(exported_document)
    assert {path for path, _ in find_unknown_fields(document)} <= {
        path for path, _ in find_unknown_fields(exported_document)
    }
    assert set(find_type_errors(build_model(document), Model)) <= set(
        find_type_errors(build_model(exported_document), Model)
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"title": 1}, ".title: 1 is no str"),
        ({"tags": "a"}, ".tags: 'a' is no list"),
        ({"graphTooltip": 7}, ".graph_tooltip: 7 is no DashboardCursorSync"),
        ({"editable": "yes"}, ".editable: 'yes' is no bool"),
        ({"panels": [{"type": "stat", "maxDataPoints": "1"}]}, "'1' is no float"),
        (
            {"panels": [{"type": "timeseries", "options": {"legend": {"showLegend": 1}}}]},
            "1 is no bool",
        ),
    ],
)
def test_a_wrong_type_is_found(change: Json, complaint: str) -> None:
    """What finds nothing in our documents does find something."""
    errors = list(find_type_errors(build_model({**load_export(), "panels": [], **change}), Model))
    assert any(complaint in error for error in errors), errors


def test_an_unknown_field_is_found() -> None:
    panel = {"type": "timeseries", "options": {"titel": "A"}, "titel": "A"}
    paths = {path for path, _ in find_unknown_fields({"titel": "A", "panels": [panel]})}
    assert paths == {".titel", ".panels[].titel", ".panels[].options.titel"}
