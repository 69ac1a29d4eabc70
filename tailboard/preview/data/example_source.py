"""Data that is made up from the shape and the unit of each query: the same on every run."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from tailboard.dashboards.schema_v2.values import JsonObject, read_object, read_text
from tailboard.preview.data.panel_data import LEGEND_LABEL, DataResult
from tailboard.preview.data.panel_queries import DataRequest
from tailboard.preview.panel_tree import DashboardView, PanelPlace
from tailboard.prometheus.client.responses import ResultSeries
from tailboard.prometheus.variables.interpolation import VariableValue
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.prometheus.variables.values import VariableValues
from tailboard.publish.errors import TailboardError
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_selectors,
    get_node_type,
    list_children,
    parse_expression,
    walk_nodes,
)
from tailboard.queries.subject import list_entries

EXAMPLE_NOW = 1_767_268_800.0
"""The time of all examples: noon of a first of January, in UTC."""

EXAMPLE_VALUES = {
    "endpoint": ("/api/orders", "/api/orders/{id}", "/api/search", "/api/checkout", "/login"),
    "handler": ("/api/orders", "/api/orders/{id}", "/api/search", "/api/checkout", "/login"),
    "http_route": ("/api/orders", "/api/orders/{id}", "/api/search", "/api/checkout", "/login"),
    "path": ("/api/orders", "/api/orders/{id}", "/api/search", "/api/checkout", "/login"),
    "route": ("/api/orders", "/api/orders/{id}", "/api/search", "/api/checkout", "/login"),
    "instance": ("10.0.0.1:8000", "10.0.0.2:8000", "10.0.0.3:8000"),
    "method": ("GET", "POST", "PUT"),
    "operation": ("select", "insert", "update"),
    "queue": ("default", "mails", "reports"),
    "status": ("200", "404", "500"),
    "http_status": ("200", "404", "500"),
    "code": ("200", "404", "500"),
    "table": ("orders", "customers", "items"),
    "severity": ("warning", "critical"),
    "le": ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"),
}
"""Values of labels that are common; others are called after their label."""

STATE_METRIC = re.compile(r"\b(up|probe_success)\b(?!\s*\()")
"""Metrics that are 1 while all is well."""

PERCENTILE = re.compile(r"histogram_quantile\(\s*(0?\.\d+|1)")
MAX_COMBINATIONS = 8


class ExampleSource:
    """No server: what it gives depends on the queries alone."""

    is_example = True
    query_count = 0
    stop_error: TailboardError | None = None

    def __init__(self, intervals: Intervals | None = None) -> None:
        self.intervals = intervals or Intervals()

    @property
    def now(self) -> float:
        """The same at all times."""
        return EXAMPLE_NOW

    def refresh(self) -> None:
        """Nothing changes."""

    def resolve_variables(
        self, view: DashboardView, chosen_values: Mapping[str, tuple[str, ...]]
    ) -> VariableValues:
        """The values that a reader chose, that are saved, or that the variable's name suggests."""
        values: dict[str, VariableValue | str] = {**self.intervals.build_variables()}
        for variable in list_entries(view.json, "templating"):
            name = read_text(variable.get("name"))
            if name:
                values[name] = (
                    VariableValue(chosen_values[name], is_multi=True)
                    if name in chosen_values
                    else _choose_value(variable, name)
                )
        return VariableValues(values)

    def fetch(self, requests: Sequence[DataRequest]) -> Mapping[DataRequest, DataResult]:
        """Values for every request."""
        return {request: _build_result(request) for request in requests}

    def explain_empty(self, view: DashboardView, panels: Sequence[PanelPlace]) -> Mapping[str, str]:
        """Nothing: all queries have values."""
        return {}


def _build_result(request: DataRequest) -> DataResult:
    expression = request.expression
    times = _list_times(request)
    label_sets = list(_list_label_sets(expression, request.hint.legend))
    series = []
    for number, labels in enumerate(label_sets):
        level = _choose_level(request, labels, number, len(label_sets))
        wave = _build_wave(f"{_hide_percentile(expression)} {_list_wave_labels(labels)}", times)
        series.append(
            ResultSeries(
                labels,
                tuple(
                    (time, _shape_value(level * factor, request))
                    for time, factor in zip(times, wave, strict=True)
                ),
            )
        )
    return DataResult(tuple(series), len(series))


def _choose_level(
    request: DataRequest, labels: Mapping[str, str], number: int, count: int
) -> float:
    """About how large the values of a series are."""
    expression, unit = request.expression, request.hint.unit
    chance = _draw(f"{_hide_percentile(expression)} {number}")
    if "le" in labels:
        bound = float(labels["le"])
        share = 1.0 if math.isinf(bound) else 1 / (1 + (0.08 / max(bound, 1e-6)) ** 1.7)
        return 30 * share
    scale = UNIT_LEVELS.get(unit, 12.0)
    if match := PERCENTILE.search(expression):
        scale *= 0.4 + 6 * float(match[1]) ** 12
        chance = 0.5
    if unit == "percentunit" and not _is_error_share(expression):
        if "up{" in expression:
            return 1.0
        scale = 0.6
    if request.hint.limit:
        scale = min(scale, request.hint.limit * 0.7)
    return scale * (0.6 + 0.8 * chance) * (1 - 0.6 * number / max(count, 1))


UNIT_LEVELS = {
    "s": 0.18,
    "ms": 180.0,
    "µs": 900.0,
    "percentunit": 0.004,
    "percent": 40.0,
    "reqps": 42.0,
    "ops": 60.0,
    "bytes": 2.4e8,
    "decbytes": 2.4e8,
    "Bps": 4e6,
    "binBps": 4e6,
    "short": 18.0,
    "dateTimeFromNow": EXAMPLE_NOW * 1000,
    "dateTimeAsIso": EXAMPLE_NOW * 1000,
}
"""A usual size of values, by unit."""


def _is_error_share(expression: str) -> bool:
    return any(word in expression for word in ("5..", "4..", "error", "fail", "exception"))


def _hide_percentile(expression: str) -> str:
    """The expression with one name for all percentiles, so that their lines do not cross."""
    return PERCENTILE.sub("histogram_quantile(", expression)


def _shape_value(value: float, request: DataRequest) -> float:
    expression = request.expression
    if STATE_METRIC.search(expression) and "rate(" not in expression:
        return 1.0
    if request.hint.unit == "percentunit":
        return min(value, 1.0)
    if expression.startswith(("count", "ALERTS")):
        return float(round(value))
    return value


def _list_times(request: DataRequest) -> list[float]:
    if not request.step:
        return [request.time_range.end]
    count = int(request.time_range.seconds / request.step + 1e-6) + 1
    return [request.time_range.start + index * request.step for index in range(count)]


def _build_wave(seed: str, times: Sequence[float]) -> list[float]:
    """Factors around 1: a slow wave, a faster one, noise, and now and then a spike."""
    phase, tempo = _draw(f"{seed} phase"), 0.6 + _draw(f"{seed} tempo")
    spike = _draw(f"{seed} spike")
    factors = []
    span = max(times[-1] - times[0], 1.0) if times else 1.0
    for time in times:
        place = (time - times[0]) / span if len(times) > 1 else 0.5
        factor = 1 + 0.16 * math.sin(2 * math.pi * (place * 1.5 * tempo + phase))
        factor += 0.07 * math.sin(2 * math.pi * (place * 7 * tempo + 2 * phase))
        factor += 0.09 * (_draw(f"{seed} {time}") - 0.5)
        factor += 0.9 * math.exp(-(((place - spike) * 40) ** 2))
        factors.append(factor)
    return factors


def _list_wave_labels(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """The labels that make a wave of their own: the buckets of a histogram rise together."""
    return sorted((name, value) for name, value in labels.items() if name != "le")


def _draw(seed: str) -> float:
    """A number from 0 to 1 that depends on the text alone."""
    digest = hashlib.blake2s(seed.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def _list_label_sets(expression: str, legend: str) -> Iterator[dict[str, str]]:
    """The labels of the series that an expression would give."""
    names = _find_label_names(expression)
    legend_names = [name for name in LEGEND_LABEL.findall(legend) if name not in names]
    names = [*names, *legend_names]
    constants = _find_constants(expression)
    label_sets: list[dict[str, str]] = [{}]
    for name in names:
        options = (constants[name],) if name in constants else _list_options(name)
        label_sets = [{**labels, name: option} for labels in label_sets for option in options]
        if name != "le":
            label_sets = label_sets[:MAX_COMBINATIONS]
    yield from label_sets


def _list_options(name: str) -> tuple[str, ...]:
    return EXAMPLE_VALUES.get(name, (f"{name}-1", f"{name}-2", f"{name}-3"))


def _find_label_names(expression: str) -> list[str]:
    """The labels that the outermost aggregation keeps; `instance` where there is none."""
    tree = parse_expression(expression).tree
    if tree is None:
        return []
    node, is_quantile = tree, False
    while True:
        node_type = get_node_type(node)
        if node_type == "AggregateExpr" and str(node.op) not in SELECTING_AGGREGATIONS:
            labels = list(find_grouping_labels(node) or ())
            return [label for label in labels if not (is_quantile and label == "le")]
        if node_type in {"VectorSelector", "MatrixSelector"}:
            return ["instance"]
        if node_type == "Call" and str(node.func.name) in {"histogram_quantile", "absent"}:
            is_quantile = True
        children = [
            child
            for child in list_children(node)
            if any(
                get_node_type(inner) in {"VectorSelector", "MatrixSelector"}
                for inner in walk_nodes(child)
            )
        ]
        if not children:
            return []
        node = children[0]


def _find_constants(expression: str) -> dict[str, str]:
    """The labels that a selector sets to one value."""
    tree = parse_expression(expression).tree
    if tree is None:
        return {}
    return {
        label: value
        for selector in find_selectors(tree)
        for label, operator, value in selector.matchers
        if operator == "="
    }


def _choose_value(variable: JsonObject, name: str) -> VariableValue:
    kind, query = read_text(variable.get("type")), variable.get("query")
    if kind == "datasource":
        return VariableValue(("prometheus",))
    if variable.get("includeAll") and variable.get("allValue"):
        return VariableValue(expression=str(variable["allValue"]))
    current = read_object(variable.get("current")).get("value")
    saved = [str(value) for value in (current if isinstance(current, list) else [current]) if value]
    if saved and saved[0] != "$__all":
        return VariableValue(tuple(saved), bool(variable.get("multi")))
    if kind in {"custom", "interval"} and isinstance(query, str):
        options = [part.rpartition(" : ")[2].strip() for part in query.split(",")]
        options = [option for option in options if option]
        return VariableValue(tuple(options if variable.get("includeAll") else options[:1]))
    if kind in {"constant", "textbox"}:
        return VariableValue((read_text(query),))
    options = list(EXAMPLE_VALUES.get(name, (f"{name}-1", f"{name}-2")))
    is_multi = bool(variable.get("multi") or variable.get("includeAll"))
    return VariableValue(tuple(options if is_multi else options[:1]), is_multi)
