"""Limits of the cost of loading from recorded rates beside loading from raw series."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.loading.results import Loading

SECONDS_LIMIT = 0.1
SAMPLES_LIMIT = 0.01


def list_targets(loading: Loading | None) -> Iterator[CostTarget]:
    """Both limits with the measured values; none without a measurement."""
    if loading is None:
        return
    series = f"{loading.bucket_series} bucket series"
    yield CostTarget(
        f"query time of the recorded overview, {series}",
        SECONDS_LIMIT,
        1 / loading.seconds_ratio,
        f"{loading.recorded.seconds.format_text(3)} s",
        f"{loading.raw.seconds.format_text(3)} s, raw series",
    )
    yield CostTarget(
        f"samples of the recorded overview, {series}",
        SAMPLES_LIMIT,
        1 / loading.samples_ratio,
        f"{loading.recorded.samples}",
        f"{loading.raw.samples}, raw series",
    )
