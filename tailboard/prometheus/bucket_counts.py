"""The recent counts of a histogram's buckets on a server."""

from math import inf, isfinite

from tailboard.prometheus.selection import Selection, format_selector
from tailboard.prometheus.server import PrometheusServer
from tailboard.queries.percentiles import BUCKET_SUFFIX

OBSERVATION_WINDOW = "1h"
"""The time that distributions are of, and before which growth is measured."""


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


def _is_number(text: str) -> bool:
    try:
        return float(text) <= inf
    except ValueError:
        return False
