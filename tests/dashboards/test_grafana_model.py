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
    exported,
    grafanalib_of,
    library_documents,
    lost,
)

READ_BY_PROMETHEUS = "Grafana's PrometheusAnnotationSupport reads it"
UNKNOWN_TO_THE_MODEL = {
    ".annotations.list[].step": READ_BY_PROMETHEUS,
    ".annotations.list[].textFormat": READ_BY_PROMETHEUS,
    ".annotations.list[].titleFormat": READ_BY_PROMETHEUS,
    ".templating.list[].definition": "Grafana's list of variables shows it",
}
"""Fields of the library's documents that the model lacks, and why they are written anyway."""


@pytest.fixture(autouse=True, scope="module")
def _known_kinds() -> None:
    """Teach the model Grafana's own kinds of panels and queries."""
    plugins.register_default_plugins()


def model_of(made: Json) -> Model:
    """The document in Grafana's model; the model keeps what it is given, so that it gets a copy."""
    return Model.from_json(json.loads(json.dumps(made)))


def forgotten(made: Json) -> Iterator[tuple[str, Any]]:
    """What the model does not know."""
    known = json.loads(json.dumps(model_of(made), cls=JSONEncoder))
    yield from lost(made, known)


@cache
def hints(constructor: Any) -> dict[str, Any]:
    """The types of a model's fields."""
    return {k: v for k, v in typing.get_type_hints(constructor).items() if k != "return"}


def misfits(value: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of the type that the model says: the model itself never looks."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        found = [list(misfits(value, it, path)) for it in arguments]
        yield from found[0][:1] if all(found) else ()
    elif origin in (list, dict):
        yield from _misfits_inside(value, origin, arguments, path)
    elif hasattr(value, "to_json") and (wanted in (Any, object) or isinstance(value, wanted)):
        for name, hint in hints(type(value).__init__).items():
            yield from misfits(getattr(value, name), hint, f"{path}.{name}")
    elif isinstance(value, dict) and hasattr(wanted, "from_json"):
        known = wanted.from_json(value)  # where the model kept the JSON as it came
        yield from (f"{path}{it}: unknown" for it, _ in lost(value, known.to_json()))
        yield from misfits(known, wanted, path)
    elif not _fits(value, wanted, arguments):
        yield f"{path}: {value!r} is no {getattr(wanted, '__name__', arguments)}"


def _fits(value: Any, wanted: Any, arguments: tuple[Any, ...]) -> bool:
    if wanted in (Any, object):
        return True
    if typing.get_origin(wanted) is typing.Literal:
        return value in arguments
    if issubclass(wanted, enum.Enum):
        return value in [it.value for it in wanted]
    return type(value) is wanted or (wanted is float and type(value) is int)


def _misfits_inside(value: Any, origin: Any, arguments: Any, path: str) -> Iterator[str]:
    if not isinstance(value, origin):
        yield f"{path}: {value!r} is no {origin.__name__}"
    elif origin is list:
        for item in value:
            yield from misfits(item, arguments[0], f"{path}[]")
    else:
        for key, item in value.items():
            yield from misfits(item, arguments[1], f"{path}.{key}")


def unknown_queries(made: Json) -> list[Any]:
    """Queries of a kind that the model has no class for."""
    model = model_of(made)
    panels = list(model.panels or [])
    panels += [child for panel in panels for child in getattr(panel, "panels", None) or []]
    queries = [query for panel in panels for query in getattr(panel, "targets", None) or []]
    return [query for query in queries if isinstance(query, UnknownDataquery)]


def test_grafanas_model_knows_every_field_of_the_library() -> None:
    for name, made in library_documents().items():
        for path, value in forgotten(made):
            assert path in UNKNOWN_TO_THE_MODEL, (name, path, value)


def test_every_field_of_the_library_has_the_type_of_grafanas_model() -> None:
    for name, made in library_documents().items():
        assert list(misfits(model_of(made), Model, name)) == []


def test_every_query_of_the_library_is_one_of_prometheus() -> None:
    assert [name for name, made in library_documents().items() if unknown_queries(made)] == []


def test_every_exception_is_still_needed() -> None:
    found = {path for made in library_documents().values() for path, _ in forgotten(made)}
    assert found == set(UNKNOWN_TO_THE_MODEL)


UP = [Target(expr="up")]
STEPS = [Threshold("green", 0, 0.0), Threshold("red", 1, 80.0)]
MAPPINGS = [StatValueMapping("down", mapValue="0")]
OF_GRAFANALIB = [
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


@pytest.mark.parametrize("panel", OF_GRAFANALIB, ids=lambda it: type(it).__name__)
def test_grafanas_model_knows_what_becomes_of_grafanalibs_panels(panel: Any) -> None:
    made = grafanalib_of(panel)
    assert list(forgotten(made)) == []
    assert list(misfits(model_of(made), Model)) == []
    assert unknown_queries(made) == []


@pytest.mark.parametrize("kind", ["query", "custom", "interval", "datasource", "constant"])
def test_grafanas_model_knows_what_becomes_of_grafanalibs_variables(kind: str) -> None:
    template = Template("it", "1m,5m", type=kind, default="5m", multi=kind == "query")
    made = grafanalib_of(templating=Templating([template]))
    assert list(forgotten(made)) == []
    assert list(misfits(model_of(made), Model)) == []


def test_grafanas_model_knows_an_export_as_well_as_before() -> None:
    """Left out: a plugin's panel and a library's that has no type yet; the model knows neither."""
    given = exported()
    given["panels"] = [
        {key: value for key, value in panel.items() if value is not None}
        for panel in given["panels"]
        if panel["title"] not in {"Clock", "Pool"}
    ]
    made = build_document(given)
    assert {path for path, _ in forgotten(made)} <= {path for path, _ in forgotten(given)}
    assert set(misfits(model_of(made), Model)) <= set(misfits(model_of(given), Model))


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
    found = list(misfits(model_of({**exported(), "panels": [], **change}), Model))
    assert any(complaint in it for it in found), found


def test_an_unknown_field_is_found() -> None:
    panel = {"type": "timeseries", "options": {"titel": "A"}, "titel": "A"}
    found = {path for path, _ in forgotten({"titel": "A", "panels": [panel]})}
    assert found == {".titel", ".panels[].titel", ".panels[].options.titel"}
