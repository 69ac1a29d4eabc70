"""A program's metrics as text, with as many series as are wanted."""

from collections.abc import Iterator
from pathlib import Path

from tailboard.panels.conventions.buckets import CLIENT_DEFAULT
from tailboard.panels.promql import format_number

HISTOGRAMS = 10
METHODS = ("GET", "POST", "PUT", "DELETE")
LES = (*(format_number(it) for it in CLIENT_DEFAULT), "+Inf")
EACH = len(LES) + 2
"""The series of one histogram for one set of labels."""


def write(path: Path, series: int) -> int:
    """Write a file of at least so many series; how many they are."""
    sets = -(-series // (HISTOGRAMS * EACH))
    path.write_text("".join(_text(sets)), "utf-8")
    return sets * HISTOGRAMS * EACH


def _text(sets: int) -> Iterator[str]:
    for histogram in range(HISTOGRAMS):
        name = f"http_request_{histogram}_duration_seconds"
        yield f"# HELP {name} How long requests take.\n# TYPE {name} histogram\n"
        for one in range(sets):
            method, route = METHODS[one % len(METHODS)], one // len(METHODS)
            labels = f'method="{method}",endpoint="/shops/{{shop}}/items{route}",http_status="200"'
            for count, le in enumerate(LES):
                yield f'{name}_bucket{{le="{le}",{labels}}} {count * 7}.0\n'
            yield f"{name}_count{{{labels}}} {len(LES) * 7}.0\n{name}_sum{{{labels}}} 12.5\n"
