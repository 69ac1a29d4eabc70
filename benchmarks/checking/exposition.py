"""An exposition of a given number of series."""

from collections.abc import Iterator
from pathlib import Path

from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.promql import format_number

HISTOGRAMS = 10
METHODS = ("GET", "POST", "PUT", "DELETE")
BUCKET_BOUNDS = (*(format_number(bound) for bound in CLIENT_DEFAULT), "+Inf")
SERIES_PER_HISTOGRAM = len(BUCKET_BOUNDS) + 2
"""The series of one histogram for one set of labels."""


def write_exposition(path: Path, series: int) -> int:
    """Write a file of at least so many series; return their number."""
    sets = -(-series // (HISTOGRAMS * SERIES_PER_HISTOGRAM))
    path.write_text("".join(_format_series(sets)), "utf-8")
    return sets * HISTOGRAMS * SERIES_PER_HISTOGRAM


def _format_series(sets: int) -> Iterator[str]:
    for histogram in range(HISTOGRAMS):
        name = f"http_request_{histogram}_duration_seconds"
        yield f"# HELP {name} How long requests take.\n# TYPE {name} histogram\n"
        for number in range(sets):
            method, route = METHODS[number % len(METHODS)], number // len(METHODS)
            labels = f'method="{method}",endpoint="/shops/{{shop}}/items{route}",http_status="200"'
            for count, le in enumerate(BUCKET_BOUNDS):
                yield f'{name}_bucket{{le="{le}",{labels}}} {count * 7}.0\n'
            yield f"{name}_count{{{labels}}} {len(BUCKET_BOUNDS) * 7}.0\n"
            yield f"{name}_sum{{{labels}}} 12.5\n"
