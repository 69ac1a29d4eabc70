"""Previews from a server: what it is asked, and what is drawn where it does not answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tailboard.cli.main import main
from tailboard.preview.dashboard_drawing import DashboardDrawing, PreviewOptions, draw_dashboard
from tailboard.preview.data.panel_queries import QueryContext, build_annotation_queries
from tailboard.preview.data.server_source import ServerSource
from tailboard.preview.data.time_range import TimeRange
from tailboard.preview.panel_tree import read_dashboard
from tailboard.prometheus.client.server import connect_prometheus
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.prometheus.variables.values import VariableValues
from tests.tailboard.preview.documents import build_dashboard, build_panel
from tests.tailboard.prometheus.fake_prometheus import (
    FakePrometheus,
    Form,
    Reply,
    build_failure,
    build_success,
    build_vector,
    serve_fake_prometheus,
)


@pytest.fixture
def fake_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePrometheus]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("tailboard.prometheus.client.server.RETRY_PAUSE", 0)
    with serve_fake_prometheus() as server:
        server.add_series("orders_total", {"instance": "a"}, {"instance": "b"})
        yield server


@pytest.fixture
def source(fake_server: FakePrometheus) -> Iterator[ServerSource]:
    with connect_prometheus(fake_server.url, environ={}) as server:
        yield ServerSource(server, Intervals(), concurrency=1)


def build_query_panel(*expressions: str, **fields: Any) -> dict[str, Any]:
    targets = [
        {"refId": chr(65 + number), "expr": expression}
        for number, expression in enumerate(expressions)
    ]
    return build_panel(targets=targets, **fields)


def draw(source: ServerSource, *panels: dict[str, Any], **fields: Any) -> DashboardDrawing:
    return draw_dashboard(build_dashboard(*panels, **fields), source)


def build_matrix(count: int, form: Form) -> Reply:
    end = float(form["end"][0])
    result = [
        {"metric": {"id": str(number)}, "values": [[end, str(number)]]} for number in range(count)
    ]
    return build_success({"resultType": "matrix", "result": result})


def test_each_distinct_query_is_sent_once_for_all_dashboards(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    for _ in range(2):
        draw(source, build_query_panel("orders_total", "orders_total"), build_query_panel("up"))
    assert sorted(fake_server.list_expressions("query_range"))[0] == "orders_total"
    assert fake_server.list_expressions("query_range").count("orders_total") == 1


def test_a_panel_of_instant_queries_asks_for_the_end_alone(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    target = {"refId": "A", "expr": "orders_total", "instant": True, "format": "table"}
    draw(source, build_panel("table", targets=[target]))
    assert "orders_total" in fake_server.list_expressions("query")
    assert fake_server.list_expressions("query_range") == []


def test_a_range_has_the_step_that_the_width_of_the_panel_allows(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    panel = build_query_panel("rate(orders_total[$__rate_interval])")
    draw_dashboard(build_dashboard(panel), source, PreviewOptions("now-30d", "now"))
    (form,) = [form for _, path, form in fake_server.requests if path.endswith("/query_range")]
    assert form["step"] == ["3600"]
    assert form["query"] == ["rate(orders_total[3615s])"]
    assert float(form["end"][0]) % 3600 == 0


@pytest.mark.parametrize("has_limit", [True, False])
def test_of_ten_thousand_series_the_panel_says_how_many_are_left_out(
    fake_server: FakePrometheus, source: ServerSource, has_limit: bool
) -> None:
    def answer(form: Form) -> Reply:
        return build_matrix(int(form["limit"][0]) if has_limit else 10_000, form)

    fake_server.replies["query_range"] = answer
    fake_server.replies["/query"] = lambda form: (
        build_vector(({}, "10000")) if form["query"][0].startswith("count(") else None
    )
    (panel,) = draw(source, build_query_panel("orders_total")).panels
    assert panel.drawing.notes == (
        "9,000 of the 10,000 series of A are left out",
        "900 more series are not drawn; these are the largest",
    )


def test_a_server_that_goes_away_half_way_leaves_what_it_answered(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    answered: list[str] = []

    def answer(form: Form) -> Reply | None:
        answered.append(form["query"][0])
        return None if len(answered) == 1 else build_failure(503, "unavailable", "shutting down")

    fake_server.replies["query_range"] = answer
    first, second = draw(
        source, build_query_panel("orders_total"), build_query_panel("orders_total > 0")
    ).panels
    assert first.has_data
    assert not second.has_data
    assert second.problems[0].startswith("A: the server did not answer any more")
    assert source.stop_error is not None


def test_a_query_that_fails_says_what_the_server_says(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    fake_server.replies["query_range"] = lambda form: (
        build_failure(422, "execution", "many-to-many matching not allowed")
        if "orders_total" in form["query"][0]
        else None
    )
    (panel,) = draw(source, build_query_panel("orders_total")).panels
    assert panel.problems == ("A: query error: many-to-many matching not allowed",)


def test_a_metric_that_nobody_exposes_is_named_as_check_names_it(source: ServerSource) -> None:
    (panel,) = draw(source, build_query_panel("order_total")).panels
    assert panel.problems[0].startswith("no such metric: ")


def test_annotations_are_lines_where_their_query_gives_something(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    annotation = {
        "name": "Firing",
        "enable": True,
        "datasource": {"type": "prometheus", "uid": "p"},
        "expr": "ALERTS",
        "titleFormat": "{{alertname}}",
        "iconColor": "red",
    }
    fake_server.add_series("ALERTS", {"alertname": "Slow"})
    drawing = draw(source, build_query_panel("orders_total"), annotations={"list": [annotation]})
    assert [annotation.title for annotation in drawing.annotations] == ["Slow", "Slow"]
    drawing = draw(
        source,
        build_query_panel("orders_total"),
        annotations={"list": [{**annotation, "enable": False}]},
    )
    assert drawing.annotations == ()


@pytest.mark.parametrize("kind", ["timeseries", "heatmap", "state-timeline", "status-history"])
def test_annotations_are_on_every_chart_over_time(
    fake_server: FakePrometheus, source: ServerSource, kind: str
) -> None:
    annotation = {"datasource": {"type": "prometheus"}, "expr": "ALERTS", "iconColor": "#123456"}
    fake_server.add_series("ALERTS", {"alertname": "Slow"})
    fake_server.add_series("orders_total", {"le": "1"})
    panel = {**build_query_panel("orders_total"), "type": kind}
    (panel_drawing,) = draw(source, panel, annotations={"list": [annotation]}).panels
    assert "#123456" in json.dumps(panel_drawing.drawing.spec)


@pytest.mark.parametrize(("step", "expected"), [("", 15.0), ("2m", 120.0)])
def test_annotations_have_the_step_of_a_panel_as_wide_as_the_page(
    step: str, expected: float
) -> None:
    annotation = {"datasource": {"type": "prometheus"}, "expr": "ALERTS", "step": step}
    view = read_dashboard(build_dashboard(annotations={"list": [annotation]}))
    times = TimeRange(0.0, 900.0)
    context = QueryContext(times, Intervals(15.0), VariableValues({}))
    (query,) = build_annotation_queries(view, context)
    assert query.request.step == expected


def test_native_histograms_are_drawn_bucket_by_bucket(
    fake_server: FakePrometheus, source: ServerSource
) -> None:
    histogram = {
        "count": "5",
        "sum": "1",
        "buckets": [[0, "0.1", "0.2", "3"], [0, "0.2", "0.4", "2"]],
    }

    def answer(form: Form) -> Reply:
        series = {"metric": {}, "histograms": [[float(form["end"][0]), histogram]]}
        return build_success({"resultType": "matrix", "result": [series]})

    fake_server.replies["query_range"] = answer
    (panel,) = draw(source, {**build_query_panel("x"), "type": "heatmap"}).panels
    assert panel.drawing.spec is not None
    cells = panel.drawing.spec["datasets"]["cells"]
    assert [(cell["bucket"], cell["v"]) for cell in cells] == [("0.2", 3), ("0.4", 2)]


def test_the_command_ends_with_4_where_the_server_went_away(
    fake_server: FakePrometheus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    position = {"x": 0, "w": 24, "h": 8}
    panels = [
        build_query_panel(f"orders_total > {n}", id=n + 1, gridPos={**position, "y": 8 * n})
        for n in range(9)
    ]
    document = build_dashboard(*panels)
    (tmp_path / "orders.json").write_text(json.dumps(document))
    answered: list[Form] = []

    def answer(form: Form) -> Reply | None:
        answered.append(form)
        return None if len(answered) < 3 else build_failure(503, "unavailable", "shutting down")

    fake_server.replies["query_range"] = answer
    arguments = ["preview", "orders.json", "--prometheus", fake_server.url, "--concurrency", "1"]
    assert main(arguments) == 4
    assert "not all panels are drawn" in capsys.readouterr().err
    assert (tmp_path / "dist" / "preview" / "orders.html").exists()
