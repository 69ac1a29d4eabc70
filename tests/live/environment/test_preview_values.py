"""The numbers of a preview are those that a real Prometheus answers."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from tailboard.preview.dashboard_drawing import PanelDrawing, draw_dashboard
from tailboard.preview.data.panel_queries import DataRequest
from tailboard.preview.data.server_source import ServerSource
from tailboard.prometheus.client.server import connect_prometheus
from tailboard.prometheus.variables.intervals import read_intervals
from tests.live.live_environment import LiveEnvironment
from tests.tailboard.preview.documents import build_dashboard, build_panel

JOB = "prometheus_client_fastapi-busy"
RATE = f'sum by (endpoint) (rate(http_requests_total{{job="{JOB}"}}[20s]))'
BUCKETS = f'sum by (le) (rate(http_request_duration_seconds_bucket{{job="{JOB}"}}[20s]))'
UP = f'up{{job="{JOB}"}}'


@pytest.fixture
def source(live_environment: LiveEnvironment) -> Iterator[ServerSource]:
    with connect_prometheus(live_environment.prometheus.url) as server:
        yield ServerSource(server, read_intervals(server))


def draw(source: ServerSource, kind: str, expression: str, **target: Any) -> PanelDrawing:
    targets = [{"refId": "A", "expr": expression, "legendFormat": "{{endpoint}}", **target}]
    panel = build_panel(kind, targets=targets)
    document = build_dashboard(panel, time={"from": "now-3m", "to": "now"})
    (drawing,) = draw_dashboard(document, source).panels
    return drawing


def fetch(environment: LiveEnvironment, drawing: PanelDrawing) -> list[dict[str, Any]]:
    """What Prometheus answers to the panel's request."""
    request = find_request(drawing)
    parameters: dict[str, Any] = {"query": request.expression}
    if request.step:
        times = request.time_range
        parameters |= {"start": times.start, "end": times.end, "step": request.step}
        path = "query_range"
    else:
        path, parameters["time"] = "query", request.time_range.end
    response = requests.get(
        f"{environment.prometheus.url}/api/v1/{path}", params=parameters, timeout=10
    )
    series: list[dict[str, Any]] = response.json()["data"]["result"]
    assert series
    return series


def find_request(drawing: PanelDrawing) -> DataRequest:
    request = drawing.queries[0].request
    assert request is not None
    return request


def read_points(series: Mapping[str, Any]) -> dict[int, float]:
    return {round(1000 * float(time)): float(value) for time, value in series["values"]}


def read_dataset(drawing: PanelDrawing, name: str) -> list[dict[str, Any]]:
    assert drawing.drawing.spec is not None
    dataset: list[dict[str, Any]] = drawing.drawing.spec["datasets"][name]
    return dataset


def test_lines_have_the_points_of_query_range(
    live_environment: LiveEnvironment, source: ServerSource
) -> None:
    drawing = draw(source, "timeseries", RATE)
    expected = {
        series["metric"]["endpoint"]: read_points(series)
        for series in fetch(live_environment, drawing)
    }
    lines = {
        series["name"]: {
            time: value
            for time, value in zip(series["t"], series["v"], strict=True)
            if value is not None
        }
        for series in read_dataset(drawing, "series")
    }
    assert lines == expected


@pytest.mark.parametrize(
    ("kind", "dataset"), [("stat", "cells"), ("gauge", "dials"), ("bargauge", "bars")]
)
def test_numbers_are_the_last_points_of_query_range(
    live_environment: LiveEnvironment, source: ServerSource, kind: str, dataset: str
) -> None:
    drawing = draw(source, kind, RATE)
    expected = {
        series["metric"]["endpoint"]: float(series["values"][-1][1])
        for series in fetch(live_environment, drawing)
    }
    cells = read_dataset(drawing, dataset)
    assert {cell.get("label", cell["name"]): cell["value"] for cell in cells} == expected


def test_a_table_has_the_values_of_an_instant_query(
    live_environment: LiveEnvironment, source: ServerSource
) -> None:
    drawing = draw(source, "table", UP, format="table", instant=True, range=False)
    (series,) = fetch(live_environment, drawing)
    table = drawing.drawing.table
    assert table is not None
    (row,) = table.rows
    cells = {column.title: cell.text for column, cell in zip(table.columns, row, strict=True)}
    assert cells["Value"] == series["value"][1]
    assert cells["job"] == JOB


def test_cells_of_a_heatmap_are_the_buckets_without_those_below(
    live_environment: LiveEnvironment, source: ServerSource
) -> None:
    drawing = draw(source, "heatmap", BUCKETS, format="heatmap", legendFormat="{{le}}")
    counts: dict[tuple[int, int], float] = {}
    answers = fetch(live_environment, drawing)
    answers.sort(key=lambda series: float(series["metric"]["le"]))
    below: dict[int, float] = {}
    for row, series in enumerate(answers):
        points = read_points(series)
        for time, value in points.items():
            if (count := value - below.get(time, 0.0)) > 1e-9:
                counts[row, time] = count
        below = points
    cells = {(cell["row"], cell["t"]): cell["v"] for cell in read_dataset(drawing, "cells")}
    assert cells == pytest.approx(counts)


@pytest.mark.parametrize("kind", ["status-history", "state-timeline"])
def test_states_last_as_long_as_their_points(
    live_environment: LiveEnvironment, source: ServerSource, kind: str
) -> None:
    drawing = draw(source, kind, UP)
    (series,) = fetch(live_environment, drawing)
    step = 1000 * find_request(drawing).step
    cells = read_dataset(drawing, "cells")
    assert {cell["v"] for cell in cells} == set(read_points(series).values())
    assert sum(cell["end"] - cell["t"] for cell in cells) == step * len(series["values"])


def test_each_distinct_query_is_sent_once(source: ServerSource) -> None:
    panels = [build_panel(targets=[{"refId": "A", "expr": UP}]) for _ in range(5)]
    draw_dashboard(build_dashboard(*panels), source)
    assert source.query_count == 1


def test_a_panel_without_data_says_what_check_says(source: ServerSource) -> None:
    drawing = draw(source, "timeseries", f'sum(rate(http_request_total{{job="{JOB}"}}[20s]))')
    assert not drawing.has_data
    (problem,) = drawing.problems
    assert problem.startswith("no such metric")
    assert "http_requests_total" in problem


def test_a_query_that_is_refused_says_so(source: ServerSource) -> None:
    drawing = draw(source, "timeseries", f"{UP} + on(job) group_left() group_left()")
    assert drawing.problems
