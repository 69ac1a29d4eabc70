"""Limits of the requests of `check --prometheus`: the table in docs/checks.md."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.querying.measurement import Querying

RUN_REQUESTS = 8
"""Time, scrape interval, targets, metadata and loaded rules; one of them is a range."""

SERVICE_REQUESTS = 40
"""Ten, three for each 50 of the metrics that a Prometheus has, its variables and counters."""


def list_targets(querying: Querying | None) -> Iterator[CostTarget]:
    """Both limits with the measured values; none without a measurement."""
    if querying is None:
        return
    name = f"check --prometheus of {querying.services} services"
    yield CostTarget(
        f"{name}, requests for a distinct query",
        1.0,
        (querying.query_requests - 1) / querying.distinct_queries,
        f"{querying.query_requests - 1}",
        f"{querying.distinct_queries} distinct queries",
    )
    bound = RUN_REQUESTS + querying.distinct_queries + SERVICE_REQUESTS * querying.services
    yield CostTarget(
        f"{name}, all requests",
        1.0,
        querying.requests / bound,
        f"{querying.requests}",
        f"{bound}, the bound of the handbook",
    )
