"""Samples of the service's instances: counters under a steady load that drifts a little.

An instance has one of seven weights, which multiplies its counts and shifts its scrapes by two
seconds each, so that no scrape coincides with a query of the dashboard.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, product
from statistics import NormalDist

from benchmarks.loading.remote_write import encode_samples, encode_series, encode_times
from benchmarks.loading.services import END_TIME, SCRAPE_INTERVAL, TIME_RANGE
from tailboard.panels.conventions import buckets

Labels = Mapping[str, str]
Values = Sequence[float]

ROUTES = tuple(f"/api/v1/resource-{number:02}" for number in range(40))
METHODS = ("GET", "POST", "DELETE")
QUERIES = tuple(product(("select", "insert", "update", "delete"), ("orders", "items")))
WEIGHT_COUNT = 7
NORMAL_DISTRIBUTION = NormalDist()

HISTORY = range(END_TIME - TIME_RANGE - 600, END_TIME, SCRAPE_INTERVAL)
"""Scrape times of the hour that is shown, and before it those in the first rates' windows."""

LONG_HISTORY = range(END_TIME - 2 * TIME_RANGE - 600, END_TIME, SCRAPE_INTERVAL)
"""Scrape times for queries with a window of an hour."""


def generate_instances(count: int) -> Iterator[bytes]:
    """The encoded series of `count` instances, one instance at a time."""
    for weight in range(1, WEIGHT_COUNT + 1):
        shared = [
            (labels, encode_samples(*values))
            for labels, values in _generate_weighted_series(weight)
        ]
        for number in range(weight - 1, count, WEIGHT_COUNT):
            target = {"job": "orders", "instance": f"10.0.{number // 250}.{number % 250}:8000"}
            yield b"".join(encode_series({**labels, **target}, packed) for labels, packed in shared)


def _generate_weighted_series(
    weight: int,
) -> Iterator[tuple[Labels, tuple[Values, Sequence[bytes]]]]:
    at, long_at = (
        encode_times(moment + 2 * weight - 1 for moment in moments)
        for moments in (HISTORY, LONG_HISTORY)
    )
    for labels, values in _generate_counters():
        yield labels, ([weight * value for value in values], at)
    for labels, values in _generate_process_series(weight):
        yield labels, (values, long_at)


def _generate_counters() -> Iterator[tuple[Labels, Values]]:
    for index, (route, method) in enumerate(product(ROUTES, METHODS)):
        labels = {"endpoint": route, "method": method}
        rate, typical = 400 + 140 * (index % 11), 0.02 * 1.03**index
        yield from _generate_histogram(
            "http_request_duration_seconds", labels, buckets.REQUESTS, rate, typical
        )
        failing = 0.005 + 0.0003 * index
        for status, share in {"200": 0.98 - failing, "404": 0.02, "500": failing}.items():
            counted = [math.floor(share * value) for value in accumulate(_generate_load(rate))]
            yield {"__name__": "http_requests_total", **labels, "http_status": status}, counted
    for index, (operation, table) in enumerate(QUERIES):
        labels = {"operation": operation, "table": table}
        yield from _generate_histogram(
            "db_query_duration_seconds", labels, buckets.QUERIES, 5000, 0.002 * (index + 1)
        )


def _generate_histogram(
    name: str, labels: Labels, bounds: Sequence[float], rate: float, typical: float
) -> Iterator[tuple[Labels, Values]]:
    """A histogram of lognormal durations whose median moves by a quarter within the hour."""
    load = _generate_load(rate)
    medians = [typical * (1 + 0.25 * math.sin(at / 1100)) for at in HISTORY]
    for bound in bounds:
        below = (
            round(count * NORMAL_DISTRIBUTION.cdf(math.log(bound / median)))
            for count, median in zip(load, medians, strict=True)
        )
        yield {"__name__": f"{name}_bucket", **labels, "le": str(bound)}, list(accumulate(below))
    counted = list(accumulate(load))
    seconds = (count * value * math.exp(0.5) for count, value in zip(load, medians, strict=True))
    yield {"__name__": f"{name}_bucket", **labels, "le": "+Inf"}, counted
    yield {"__name__": f"{name}_count", **labels}, counted
    yield {"__name__": f"{name}_sum", **labels}, list(accumulate(seconds))


def _generate_load(rate: float) -> list[int]:
    """Requests between two scrapes, which vary by a third."""
    return [round(rate * (1 + math.sin(at / 700) / 3)) for at in HISTORY]


def _generate_process_series(weight: int) -> Iterator[tuple[Labels, Values]]:
    passed = range(len(LONG_HISTORY))
    yield {"__name__": "up"}, [1.0 for _ in passed]
    yield {"__name__": "http_requests_in_flight"}, [weight + scrape % 5 for scrape in passed]
    yield {"__name__": "process_cpu_seconds_total"}, [0.5 * weight * scrape for scrape in passed]
    yield (
        {"__name__": "process_memory_bytes", "type": "rss"},
        [2e8 + 1e5 * scrape for scrape in passed],
    )
    yield {"__name__": "process_start_time_seconds"}, [END_TIME - 864e2 + weight for _ in passed]
