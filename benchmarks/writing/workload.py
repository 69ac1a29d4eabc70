"""The dashboards that every tool writes, as plain data: 20 panels in four rows of five.

Their number is in the environment, since `tailboard build` has no argument for it.
"""

import os
from collections.abc import Iterator
from typing import Literal, NamedTuple

COLUMNS = 24
COUNT_VARIABLE = "BENCHMARK_DASHBOARDS"
TAG = "benchmark"
THRESHOLD_COLORS = ("green", "orange", "red")

Kind = Literal["timeseries", "stat", "table"]


class Shape(NamedTuple):
    """A panel before it belongs to a service; `@` stands for the service's name."""

    kind: Kind
    width: int
    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    """Expression and legend of each."""
    limits: tuple[float, ...] = ()
    """The thresholds of orange and of red."""


class Panel(NamedTuple):
    """One panel of one service, with its place on the grid."""

    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    limits: tuple[float, ...]
    x: int
    y: int
    width: int
    height: int


class Row(NamedTuple):
    """A heading at `y`, and the panels below it."""

    title: str
    y: int
    panels: tuple[Panel, ...]


class Dashboard(NamedTuple):
    """One service's dashboard."""

    title: str
    uid: str
    service: str
    rows: tuple[Row, ...]


SERVICE_MATCHERS = 'job="@",instance=~"$instance"'
REQUESTS_SELECTOR = f"http_requests_total{{{SERVICE_MATCHERS}}}"
REQUEST_RATE = f"sum(rate({REQUESTS_SELECTOR}[$__rate_interval]))"
RESIDENT_MEMORY = f"process_resident_memory_bytes{{{SERVICE_MATCHERS}}}"
FAILED_RATE = (
    f'sum(rate(http_requests_total{{{SERVICE_MATCHERS},http_status=~"5.."}}[$__rate_interval]))'
)


def _build_percentile_query(share: str, name: str, grouping: str = "le") -> str:
    buckets = f"rate({name}_bucket{{{SERVICE_MATCHERS}}}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({grouping}) ({buckets}))"


def _build_rate_query(name: str, grouping: str) -> str:
    return f"sum by ({grouping}) (rate({name}{{{SERVICE_MATCHERS}}}[$__rate_interval]))"


def _build_timeseries_shape(width: int, title: str, unit: str, *queries: tuple[str, str]) -> Shape:
    return Shape("timeseries", width, title, unit, queries)


def _build_stat_shape(width: int, title: str, unit: str, expression: str, *limits: float) -> Shape:
    return Shape("stat", width, title, unit, ((expression, ""),), limits)


def _build_percentiles_shape(width: int, title: str, name: str) -> Shape:
    return _build_timeseries_shape(
        width,
        title,
        "s",
        (_build_percentile_query("0.5", name), "P50"),
        (_build_percentile_query("0.99", name), "P99"),
    )


REQUEST_SECONDS = "http_request_duration_seconds"
QUERY_SECONDS = "db_query_duration_seconds"

ROWS: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    (
        "Golden signals",
        (
            _build_stat_shape(
                6, "P99", "s", _build_percentile_query("0.99", REQUEST_SECONDS), 0.5, 1.0
            ),
            _build_stat_shape(
                6, "Error ratio", "percentunit", f"{FAILED_RATE} / {REQUEST_RATE}", 0.001, 0.01
            ),
            _build_stat_shape(6, "Requests per second", "reqps", REQUEST_RATE, 500.0, 1000.0),
            _build_stat_shape(
                6, "Instances down", "short", 'count(up{job="@"} == 0) or vector(0)', 1.0, 2.0
            ),
            _build_percentiles_shape(24, "Latency", REQUEST_SECONDS),
        ),
    ),
    (
        "Traffic",
        (
            _build_timeseries_shape(
                8,
                "Requests by route",
                "reqps",
                (_build_rate_query("http_requests_total", "endpoint"), "{{endpoint}}"),
                (REQUEST_RATE, "all"),
            ),
            _build_timeseries_shape(
                8,
                "Requests by status",
                "reqps",
                (_build_rate_query("http_requests_total", "http_status"), "{{http_status}}"),
                (FAILED_RATE, "5xx"),
            ),
            _build_timeseries_shape(
                8,
                "In flight",
                "short",
                (f"sum(http_requests_in_flight{{{SERVICE_MATCHERS}}})", "all"),
                (f"max(http_requests_in_flight{{{SERVICE_MATCHERS}}})", "busiest instance"),
            ),
            _build_timeseries_shape(
                12,
                "P99 by route",
                "s",
                (_build_percentile_query("0.99", REQUEST_SECONDS, "le, endpoint"), "{{endpoint}}"),
                (_build_percentile_query("0.99", REQUEST_SECONDS), "all"),
            ),
            _build_timeseries_shape(
                12,
                "Errors",
                "percentunit",
                (f"{FAILED_RATE} / {REQUEST_RATE}", "5xx"),
                (f"({FAILED_RATE} or vector(0)) / {REQUEST_RATE}", "5xx, 0 without any"),
            ),
        ),
    ),
    (
        "Saturation",
        (
            _build_stat_shape(
                8,
                "CPU",
                "percentunit",
                _build_rate_query("process_cpu_seconds_total", "job"),
                0.7,
                0.9,
            ),
            _build_stat_shape(8, "Memory", "bytes", f"max({RESIDENT_MEMORY})", 4e8, 8e8),
            _build_stat_shape(
                8,
                "Open files",
                "short",
                f"max(process_open_fds{{{SERVICE_MATCHERS}}})",
                500.0,
                900.0,
            ),
            _build_timeseries_shape(
                12,
                "CPU by instance",
                "percentunit",
                (_build_rate_query("process_cpu_seconds_total", "instance"), "{{instance}}"),
                (_build_rate_query("process_cpu_seconds_total", "job"), "all"),
            ),
            _build_timeseries_shape(
                12,
                "Memory by instance",
                "bytes",
                (RESIDENT_MEMORY, "{{instance}} resident"),
                (f"process_virtual_memory_bytes{{{SERVICE_MATCHERS}}}", "{{instance}} virtual"),
            ),
        ),
    ),
    (
        "Dependencies",
        (
            _build_percentiles_shape(12, "Database", QUERY_SECONDS),
            _build_timeseries_shape(
                12,
                "Queries by table",
                "ops",
                (_build_rate_query(f"{QUERY_SECONDS}_count", "table"), "{{table}}"),
                (_build_rate_query(f"{QUERY_SECONDS}_count", "operation"), "{{operation}}"),
            ),
            _build_percentiles_shape(12, "Outgoing calls", "http_client_request_duration_seconds"),
            _build_percentiles_shape(12, "Cache", "redis_command_duration_seconds"),
            Shape(
                "table",
                24,
                "Slowest routes",
                "s",
                (
                    (_build_percentile_query("0.99", REQUEST_SECONDS, "le, endpoint"), "P99"),
                    (_build_rate_query("http_requests_total", "endpoint"), "Requests per second"),
                ),
                (0.5, 1.0),
            ),
        ),
    ),
)
HEIGHTS: dict[Kind, int] = {"timeseries": 8, "stat": 4, "table": 9}
PANEL_COUNT = sum(len(shapes) for _, shapes in ROWS)


def generate_dashboards() -> Iterator[Dashboard]:
    """The dashboards, one at a time."""
    return (build_workload_dashboard(index) for index in range(int(os.environ[COUNT_VARIABLE])))


def build_workload_dashboard(index: int) -> Dashboard:
    """The dashboard of one service."""
    service = f"service-{index:04}"
    return Dashboard(
        f"{service} / Overview", f"{service}-overview", service, tuple(_build_rows(service))
    )


def _build_rows(service: str) -> Iterator[Row]:
    y = 0
    for title, shapes in ROWS:
        panels = tuple(_place_panels(shapes, service, y + 1))
        yield Row(title, y, panels)
        y = panels[-1].y + panels[-1].height


def _place_panels(shapes: tuple[Shape, ...], service: str, y: int) -> Iterator[Panel]:
    """The panels from left to right; all of one line have the same height."""
    x = 0
    for shape in shapes:
        height = HEIGHTS[shape.kind]
        yield Panel(
            shape.kind,
            shape.title,
            f"{shape.title} of {service}, as its own instrumentation counts it.",
            shape.unit,
            tuple((query.replace("@", service), legend) for query, legend in shape.queries),
            shape.limits,
            x,
            y,
            shape.width,
            height,
        )
        x += shape.width
        if x >= COLUMNS:
            x, y = 0, y + height
