"""What a definition declares: how the server stores the histograms that are shown."""

from dataclasses import replace

import pytest

from tailboard.init.definition_text import render_definition
from tailboard.init.draft import build_draft
from tailboard.metrics.catalogue import Catalogue
from tests.tailboard.init.library_expositions import format_exposition, read_catalogue

NAMES = ("http_request_duration_seconds", "db_query_duration_seconds")


def build_catalogue(native: set[str], classic: set[str]) -> Catalogue:
    """A program whose histograms are stored in one of the forms, or in both."""
    catalogue = read_catalogue(format_exposition("prometheus_client"))
    metrics = dict(catalogue.metrics)
    for name in native - classic:
        labels = metrics[f"{name}_count"]
        metrics.update({f"{name}{suffix}": labels for suffix in ("_bucket", "_count", "_sum")})
    return replace(catalogue, metrics=metrics, native_histograms=native)


@pytest.mark.parametrize(
    ("native", "classic", "storage"),
    [
        (set(), {*NAMES}, "classic"),
        ({*NAMES}, set(), "native"),
        ({*NAMES}, {*NAMES}, "both"),
        ({NAMES[0]}, {NAMES[1]}, "both"),
    ],
)
def test_histograms_are_read_as_they_are_stored(
    native: set[str], classic: set[str], storage: str
) -> None:
    draft = build_draft(build_catalogue(native, classic), "shop")
    assert draft.histograms == storage
    text = render_definition(draft)
    assert (f'histograms="{storage}"' in text) == (storage != "classic")
