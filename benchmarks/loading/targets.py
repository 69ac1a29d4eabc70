"""Limits of the cost of loading from recorded rates beside loading from raw series."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.loading.results import Loading

SAMPLES_LIMIT = 0.1


def list_targets(loading: Loading | None) -> Iterator[CostTarget]:
    """Both limits with the measured values; none without a measurement."""
    if loading is None:
        return
    series = f"{loading.bucket_series} bucket series"
    yield CostTarget(
        f"query time recorded beside raw, {series}", SAMPLES_LIMIT, 1 / loading.seconds_ratio
    )
    yield CostTarget(
        f"samples read recorded beside raw, {series}", SAMPLES_LIMIT, 1 / loading.samples_ratio
    )
