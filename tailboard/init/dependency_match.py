"""Metrics of the application's own about what it depends on: Redis, a cache, other services.

No library has them, so they are known by the words of their names and labels.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from tailboard.init.outcomes import HTTP_STATUS
from tailboard.init.own_metrics import MIN_BUCKETS, select_split_labels
from tailboard.init.presence import list_metric_series
from tailboard.init.variants import LABEL_ALIASES
from tailboard.metrics.catalogue import Catalogue, MetricSeries
from tailboard.panels.concept import (
    CACHE_HITS,
    CACHE_MISSES,
    OUTGOING_DURATION,
    REDIS_DURATION,
    Concept,
)
from tailboard.panels.convention import Convention
from tailboard.panels.metric import Counter, Histogram, Metric, Role, Unit
from tailboard.panels.metric_names import find_unit

REDIS_NAME = re.compile(r"(^|_)(redis|valkey|keydb)_")
OUTGOING_NAME = re.compile(r"(^|_)(client|downstream|egress|external|outbound|outgoing|upstream)_")
COMMAND_LABELS = ("command", "cmd", "operation", "op")
PEER_LABELS = (
    *("peer", "host", "hostname", "target", "upstream", "destination", "dependency", "provider"),
    *("remote", "server", "server_address", "service", "api"),
)
LOOKUP_LABELS = ("result", "outcome", "status", "type")
HIT, MISS = "hit", "miss"
TIME_UNITS = {Unit.SECONDS, Unit.MILLISECONDS, Unit.MICROSECONDS}
MEASURED_BY_APPLICATION = "The application measures it, with the network."


def find_dependency_metrics(
    catalogue: Catalogue, convention: Convention
) -> dict[Concept[Any], Metric]:
    """The metrics of concepts that the convention has none for, as far as they are there."""
    names = {name for metric in convention.metrics.values() for name in list_metric_series(metric)}
    metrics: dict[Concept[Any], Metric] = {}
    for concept, metric in (*_find_durations(catalogue), *_find_lookups(catalogue)):
        is_new = concept not in convention.metrics and concept not in metrics
        if is_new and not names & {*list_metric_series(metric)}:
            metrics[concept] = metric
    if len({CACHE_HITS, CACHE_MISSES} & metrics.keys()) == 1:  # one alone makes no ratio
        metrics.pop(CACHE_HITS, None)
        metrics.pop(CACHE_MISSES, None)
    return metrics


def _find_durations(catalogue: Catalogue) -> Iterator[tuple[Concept[Any], Metric]]:
    """The histograms of commands to Redis, and of calls to other services."""
    for bucket_name in sorted(catalogue.metrics):
        name = bucket_name.removesuffix("_bucket")
        if name == bucket_name or find_unit(name) not in TIME_UNITS:
            continue
        series = catalogue.metrics[bucket_name]
        bounds = tuple(sorted(bound for bound in series.buckets if isfinite(bound)))
        if len(bounds) < MIN_BUCKETS:
            continue
        if REDIS_NAME.search(name) and (command := _find_label(series, COMMAND_LABELS)):
            yield (
                REDIS_DURATION,
                _build_duration(name, {Role.COMMAND: command}, bounds, MEASURED_BY_APPLICATION),
            )
        elif OUTGOING_NAME.search(name) and (peer := _find_label(series, PEER_LABELS)):
            yield OUTGOING_DURATION, _build_duration(name, _list_call_roles(series, peer), bounds)


def _build_duration(
    name: str, labels: dict[Role, str], bounds: tuple[float, ...], caution: str = ""
) -> Histogram:
    return Histogram(name, labels, unit=find_unit(name), buckets=bounds, caution=caution)


def _list_call_roles(series: MetricSeries, peer: str) -> dict[Role, str]:
    """The peer, and the status where it is one of HTTP, whose failures are known."""
    for label in LABEL_ALIASES[Role.STATUS]:
        values = series.labels[label].known_values if label in series.labels else ()
        if label != peer and values and all(map(HTTP_STATUS.fullmatch, values)):
            return {Role.PEER: peer, Role.STATUS: label}
    return {Role.PEER: peer}


def _find_label(series: MetricSeries, aliases: tuple[str, ...]) -> str:
    """The first of these labels that the series has, with few values."""
    labels = MetricSeries(
        series.series_count,
        {label: values for label, values in series.labels.items() if label in aliases},
    )
    split_labels = select_split_labels(labels)
    return next((label for label in aliases if label in split_labels), "")


def _find_lookups(catalogue: Catalogue) -> Iterator[tuple[Concept[Any], Metric]]:
    """The hits and misses of a cache: two counters, or one with a label for either."""
    for name in sorted(catalogue.metrics):
        if "cache" not in name or not name.endswith("_total"):
            continue
        misses = name.replace(f"_{HIT}", f"_{MISS}e" if f"_{HIT}s" in name else f"_{MISS}")
        if misses != name and misses in catalogue.metrics:
            yield CACHE_HITS, Counter(name)
            yield CACHE_MISSES, Counter(misses)
        for label in LOOKUP_LABELS:
            values = catalogue.metrics[name].labels.get(label)
            if values and {HIT, MISS} <= {*values.known_values}:
                yield CACHE_HITS, Counter(name, matchers={label: HIT})
                yield CACHE_MISSES, Counter(name, matchers={label: MISS})
