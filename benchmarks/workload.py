"""The dashboards that every contender writes, as plain data: 20 panels in four rows of five.

How many is in the environment, since the arguments of `tailboard build` are its own.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

COLUMNS = 24
COUNT = "BENCHMARK_DASHBOARDS"
TAG = "benchmark"

Kind = Literal["timeseries", "stat", "table"]


@dataclass(frozen=True)
class Shape:
    """A panel before it belongs to a service; `@` stands for the service's name."""

    kind: Kind
    width: int
    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    """Expression and legend of each."""
    limits: tuple[float, ...] = ()
    """From where on orange, from where on red."""


@dataclass(frozen=True)
class Panel:
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


@dataclass(frozen=True)
class Row:
    """A heading at `y`, and the panels below it."""

    title: str
    y: int
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Dashboard:
    """One service's dashboard."""

    title: str
    uid: str
    service: str
    rows: tuple[Row, ...]


MINE = 'job="@",instance=~"$instance"'
REQUESTS = f"http_requests_total{{{MINE}}}"
RATE = f"sum(rate({REQUESTS}[$__rate_interval]))"
RESIDENT = f"process_resident_memory_bytes{{{MINE}}}"
FAILED = f'sum(rate(http_requests_total{{{MINE},http_status=~"5.."}}[$__rate_interval]))'


def _percentile(share: str, name: str, by: str = "le") -> str:
    buckets = f"rate({name}_bucket{{{MINE}}}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({by}) ({buckets}))"


def _rate(name: str, by: str) -> str:
    return f"sum by ({by}) (rate({name}{{{MINE}}}[$__rate_interval]))"


def _lines(width: int, title: str, unit: str, *queries: tuple[str, str]) -> Shape:
    return Shape("timeseries", width, title, unit, queries)


def _number(width: int, title: str, unit: str, expression: str, *limits: float) -> Shape:
    return Shape("stat", width, title, unit, ((expression, ""),), limits)


def _percentiles(width: int, title: str, name: str) -> Shape:
    return _lines(
        width, title, "s", (_percentile("0.5", name), "P50"), (_percentile("0.99", name), "P99")
    )


REQUEST_SECONDS = "http_request_duration_seconds"
QUERY_SECONDS = "db_query_duration_seconds"

ROWS: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    (
        "Golden signals",
        (
            _number(6, "P99", "s", _percentile("0.99", REQUEST_SECONDS), 0.5, 1.0),
            _number(6, "Error ratio", "percentunit", f"{FAILED} / {RATE}", 0.001, 0.01),
            _number(6, "Requests per second", "reqps", RATE, 500.0, 1000.0),
            _number(6, "Instances down", "short", 'count(up{job="@"} == 0) or vector(0)', 1.0, 2.0),
            _percentiles(24, "Latency", REQUEST_SECONDS),
        ),
    ),
    (
        "Traffic",
        (
            _lines(
                8,
                "Requests by route",
                "reqps",
                (_rate("http_requests_total", "endpoint"), "{{endpoint}}"),
                (RATE, "all"),
            ),
            _lines(
                8,
                "Requests by status",
                "reqps",
                (_rate("http_requests_total", "http_status"), "{{http_status}}"),
                (FAILED, "5xx"),
            ),
            _lines(
                8,
                "In flight",
                "short",
                (f"sum(http_requests_in_flight{{{MINE}}})", "all"),
                (f"max(http_requests_in_flight{{{MINE}}})", "busiest instance"),
            ),
            _lines(
                12,
                "P99 by route",
                "s",
                (_percentile("0.99", REQUEST_SECONDS, "le, endpoint"), "{{endpoint}}"),
                (_percentile("0.99", REQUEST_SECONDS), "all"),
            ),
            _lines(
                12,
                "Errors",
                "percentunit",
                (f"{FAILED} / {RATE}", "5xx"),
                (f"({FAILED} or vector(0)) / {RATE}", "5xx, 0 without any"),
            ),
        ),
    ),
    (
        "Saturation",
        (
            _number(8, "CPU", "percentunit", _rate("process_cpu_seconds_total", "job"), 0.7, 0.9),
            _number(8, "Memory", "bytes", f"max({RESIDENT})", 4e8, 8e8),
            _number(8, "Open files", "short", f"max(process_open_fds{{{MINE}}})", 500.0, 900.0),
            _lines(
                12,
                "CPU by instance",
                "percentunit",
                (_rate("process_cpu_seconds_total", "instance"), "{{instance}}"),
                (_rate("process_cpu_seconds_total", "job"), "all"),
            ),
            _lines(
                12,
                "Memory by instance",
                "bytes",
                (RESIDENT, "{{instance}} resident"),
                (f"process_virtual_memory_bytes{{{MINE}}}", "{{instance}} virtual"),
            ),
        ),
    ),
    (
        "Dependencies",
        (
            _percentiles(12, "Database", QUERY_SECONDS),
            _lines(
                12,
                "Queries by table",
                "ops",
                (_rate(f"{QUERY_SECONDS}_count", "table"), "{{table}}"),
                (_rate(f"{QUERY_SECONDS}_count", "operation"), "{{operation}}"),
            ),
            _percentiles(12, "Outgoing calls", "http_client_request_duration_seconds"),
            _percentiles(12, "Cache", "redis_command_duration_seconds"),
            Shape(
                "table",
                24,
                "Slowest routes",
                "s",
                (
                    (_percentile("0.99", REQUEST_SECONDS, "le, endpoint"), "P99"),
                    (_rate("http_requests_total", "endpoint"), "Requests per second"),
                ),
                (0.5, 1.0),
            ),
        ),
    ),
)
HEIGHTS: dict[Kind, int] = {"timeseries": 8, "stat": 4, "table": 9}
PANELS = sum(len(shapes) for _, shapes in ROWS)


def dashboards() -> Iterator[Dashboard]:
    """As many dashboards as are asked for, one at a time."""
    return (dashboard_of(index) for index in range(int(os.environ[COUNT])))


def dashboard_of(index: int) -> Dashboard:
    """The dashboard of one service."""
    service = f"service-{index:04}"
    return Dashboard(f"{service} / Overview", f"{service}-overview", service, tuple(_rows(service)))


def _rows(service: str) -> Iterator[Row]:
    y = 0
    for title, shapes in ROWS:
        panels = tuple(_placed(shapes, service, y + 1))
        yield Row(title, y, panels)
        y = panels[-1].y + panels[-1].height


def _placed(shapes: tuple[Shape, ...], service: str, y: int) -> Iterator[Panel]:
    """The panels from left to right; all of one line are equally high."""
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
