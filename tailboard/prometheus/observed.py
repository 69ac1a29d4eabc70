"""What the buckets of a histogram counted lately, as a server tells."""

from math import inf, isfinite

from tailboard.prometheus.selection import Selection, selector
from tailboard.prometheus.server import Server
from tailboard.queries.percentiles import BUCKET

OBSERVED = "1h"
"""The time that distributions are of, and before which growth is measured."""


def observed_buckets(
    server: Server, chosen: Selection, histogram: str
) -> dict[float, tuple[float, int]]:
    """By bound what all series together counted in the last hour, and `1` for their number."""
    of = selector(chosen.matchers, f"{histogram}{BUCKET}")
    lines = server.instant(f"sum by (le) (increase({of}[{OBSERVED}]))").lines
    return {
        float(it.labels["le"]): (it.points[-1][1], 1)
        for it in lines
        if _is_number(it.labels.get("le", "")) and isfinite(it.points[-1][1])
    }


def _is_number(text: str) -> bool:
    try:
        return float(text) <= inf
    except ValueError:
        return False
