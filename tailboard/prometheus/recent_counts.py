"""What metrics counted lately, as a server knows it: by bucket, by label, and what gauges were."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import inf, isfinite, nan

from tailboard.panels.matcher import escape_regex, quote_label
from tailboard.prometheus.client.responses import RefusedError
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.targets.labels import NAME
from tailboard.prometheus.targets.selection import Selection, format_selector
from tailboard.queries.analysis.percentiles import BUCKET_SUFFIX

OBSERVATION_WINDOW = "1h"
"""The time that distributions are of, and before which growth is measured."""

NAMES_PER_QUERY = 50
NAME_COPY = "tailboard_name"
"""A label for the name of a metric, which functions take away."""

RANGE_SECONDS, RANGE_STEP = 3600.0, 60.0
"""The same time in seconds, and how often the values of gauges in it are read."""


@dataclass(frozen=True)
class ValueRange:
    """The smallest and the largest of some values, and whether all are whole numbers."""

    lowest: float
    highest: float
    is_whole: bool


def fetch_bucket_counts(
    server: PrometheusServer, selection: Selection, histogram: str
) -> dict[float, tuple[float, int]]:
    """By bound what all series together counted in the last hour, and `1` for their number."""
    series_selector = format_selector(selection.matchers, f"{histogram}{BUCKET_SUFFIX}")
    result_series = server.query_instant(
        f"sum by (le) (increase({series_selector}[{OBSERVATION_WINDOW}]))"
    ).series
    return {
        float(series.labels["le"]): (series.points[-1][1], 1)
        for series in result_series
        if _is_number(series.labels.get("le", "")) and isfinite(series.points[-1][1])
    }


def fetch_native_bucket_counts(
    server: PrometheusServer, selection: Selection, histogram: str, bounds: Iterable[float]
) -> dict[float, tuple[float, int]]:
    """The same of a native histogram, as if its buckets had these bounds."""
    series_selector = format_selector(selection.matchers, histogram)
    growth = f"sum(increase({series_selector}[{OBSERVATION_WINDOW}]))"
    counts = {inf: _fetch_number(server, f"histogram_count({growth})")}
    for bound in bounds:
        fraction = f"histogram_fraction(-Inf, {bound:g}, {growth})"
        counts[bound] = _fetch_number(server, f"{fraction} * histogram_count({growth})")
    return {bound: (count, 1) for bound, count in sorted(counts.items()) if isfinite(count)}


def _fetch_number(server: PrometheusServer, expression: str) -> float:
    series = server.query_instant(expression).series
    return series[0].points[-1][1] if series else nan


def find_native_histograms(
    server: PrometheusServer, selection: Selection, names: Iterable[str]
) -> set[str]:
    """Those of the metrics that are native histograms now; none where the server has none."""
    native_names: set[str] = set()
    sorted_names = sorted(names)
    for start in range(0, len(sorted_names), NAMES_PER_QUERY):
        pattern = "|".join(map(escape_regex, sorted_names[start : start + NAMES_PER_QUERY]))
        series_selector = format_selector((*selection.matchers, (NAME, "=~", pattern)))
        named_series = f'label_replace({series_selector}, "{NAME_COPY}", "$1", "{NAME}", "(.+)")'
        try:
            result = server.query_instant(
                f"count by ({NAME_COPY}) (histogram_count({named_series}))"
            )
        except RefusedError:  # a server without native histograms
            return native_names
        native_names |= {series.labels.get(NAME_COPY, "") for series in result.series}
    return native_names & {*sorted_names}


def fetch_label_counts(
    server: PrometheusServer, selection: Selection, counter: str, label: str
) -> dict[str, float]:
    """By value of a label what a counter counted in the last hour."""
    series_selector = format_selector(selection.matchers, counter)
    result_series = server.query_instant(
        f"sum by ({quote_label(label)}) (increase({series_selector}[{OBSERVATION_WINDOW}]))"
    ).series
    return {
        series.labels[label]: series.points[-1][1]
        for series in result_series
        if label in series.labels and isfinite(series.points[-1][1])
    }


def fetch_value_ranges(
    server: PrometheusServer, selection: Selection, gauges: Collection[str]
) -> dict[str, ValueRange]:
    """What each gauge was in the last hour, at every minute of it."""
    if not gauges:
        return {}
    name_pattern = "|".join(escape_regex(gauge) for gauge in sorted(gauges))
    series_selector = format_selector((*selection.matchers, (NAME, "=~", name_pattern)))
    values: dict[str, list[float]] = {}
    for function in ("min", "max"):
        expression = f"{function} by ({NAME}) ({series_selector})"
        for series in server.query_range(expression, RANGE_SECONDS, RANGE_STEP).series:
            values.setdefault(series.labels.get(NAME, ""), []).extend(
                value for _, value in series.points if isfinite(value)
            )
    return {
        name: ValueRange(min(numbers), max(numbers), all(map(float.is_integer, numbers)))
        for name, numbers in values.items()
        if numbers
    }


def _is_number(text: str) -> bool:
    try:
        return float(text) <= inf
    except ValueError:
        return False
