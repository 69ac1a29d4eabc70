"""What loading from recorded rates promises to cost at most beside loading from raw series."""

from collections.abc import Iterator

from benchmarks.loading.results import Loading
from benchmarks.target import Target

TENTH = 0.1


def targets(loading: Loading | None) -> Iterator[Target]:
    """Both promises beside what was measured, if it was."""
    if loading is None:
        return
    held = f"{loading.bucket_series} bucket series"
    yield Target(f"query time recorded beside raw, {held}", TENTH, 1 / loading.seconds_ratio)
    yield Target(f"samples read recorded beside raw, {held}", TENTH, 1 / loading.samples_ratio)
