"""What became of the processes behind targets within an hour: starts, and whether counters fell."""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from tailboard.check.scraping import ProcessHistory
from tailboard.prometheus.client.responses import RefusedError
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.selection import Selection, format_selector

LOOKBACK = "1h"
MAX_COUNTERS = 5
"""So many counters are looked at to see whether they fall."""

MIN_COUNT = 100
"""So much a process that has just started has not counted when it is first scraped."""

CLOCK_SKEW = 60
"""Seconds by which the clocks of a program and of Prometheus may differ."""

START_TIME_METRIC = "process_start_time_seconds"
PROCESS_PREFIXES = ("process_", "python_")
TYPES_WITH_COUNT = {"histogram", "summary"}

Instance = tuple[str, str]


def find_process_histories(
    metrics_by_selection: Mapping[Selection, Iterable[str]], target_metrics: TargetMetrics
) -> Iterator[ProcessHistory]:
    """Of each instance that started again, or of which a counter fell."""
    for selection, names in sorted(metrics_by_selection.items()):
        if selection.matchers:
            yield from _find_histories(
                selection,
                select_counters(names, target_metrics.fetch_types(selection)),
                target_metrics,
            )


def select_counters(names: Iterable[str], families: Mapping[str, str]) -> list[str]:
    """Metrics that only fall when their process restarts, judged by name and type."""
    return [
        name
        for name in sorted(names)
        if not name.startswith(PROCESS_PREFIXES)
        and (
            _is_total(name, families)
            or families.get(name.removesuffix("_count")) in TYPES_WITH_COUNT
        )
    ][:MAX_COUNTERS]


def _is_total(name: str, families: Mapping[str, str]) -> bool:
    metric_type = families.get(name) or families.get(name.removesuffix("_total"), "counter")
    return name.endswith("_total") and metric_type in {"counter", "unknown", "untyped"}


def _find_histories(
    selection: Selection, names: list[str], target_metrics: TargetMetrics
) -> Iterator[ProcessHistory]:
    start_selector = format_selector(selection.matchers, START_TIME_METRIC)
    starts = _fetch_max_by_instance(f"changes({start_selector}[{LOOKBACK}])", target_metrics)
    backward_starts = _fetch_max_by_instance(
        f"resets({start_selector}[{LOOKBACK}])", target_metrics
    )
    counter_resets = _find_counter_resets(selection, names, target_metrics)
    up_selector = format_selector(selection.matchers, "up")
    scrapes = (
        _fetch_max_by_instance(f"count_over_time({up_selector}[{LOOKBACK}])", target_metrics)
        if names
        else {}
    )
    for instance in sorted({*starts, *backward_starts, *counter_resets}):
        resets, counter = counter_resets.get(instance, (0, ""))
        if starts.get(instance) or backward_starts.get(instance) or resets:
            yield ProcessHistory(
                *instance,
                start_count=starts.get(instance, 0),
                backward_count=backward_starts.get(instance, 0),
                reset_count=resets,
                scrape_count=scrapes.get(instance, 0),
                counter=counter,
                has_start_time=instance in starts,
                surviving_counter=_find_surviving_counter(
                    selection, instance, names, target_metrics
                )
                if starts.get(instance) and not resets
                else "",
            )


def _find_counter_resets(
    selection: Selection, names: list[str], target_metrics: TargetMetrics
) -> dict[Instance, tuple[int, str]]:
    """How often the counter of each instance fell that fell most, and which one it is.

    One after another: together, they may have the same labels, which Prometheus refuses.
    """
    resets_by_instance: dict[Instance, tuple[int, str]] = {}
    for name in names:
        series_selector = format_selector(selection.matchers, name)
        for instance, resets in _fetch_max_by_instance(
            f"resets({series_selector}[{LOOKBACK}])", target_metrics
        ).items():
            if resets > resets_by_instance.get(instance, (0, ""))[0]:
                resets_by_instance[instance] = (resets, name)
    return resets_by_instance


def _find_surviving_counter(
    selection: Selection, instance: Instance, names: list[str], target_metrics: TargetMetrics
) -> str:
    """A counter that was as high as before when its process had started again."""
    matchers = (*selection.matchers, ("job", "=", instance[0]), ("instance", "=", instance[1]))
    age = _fetch_max_by_instance(
        f"time() - {format_selector(matchers, START_TIME_METRIC)}", target_metrics
    ).get(instance, 0)
    for name in names if age > 0 else ():
        series = format_selector(matchers, name)
        earlier_value = f"last_over_time({series}[{LOOKBACK}] offset {age + CLOCK_SKEW}s)"
        later_value = f"min_over_time({series}[{age}s])"
        if _fetch_max_by_instance(
            f"{later_value} >= {earlier_value} >= {MIN_COUNT}", target_metrics
        ):
            return name
    return ""


def _fetch_max_by_instance(expression: str, target_metrics: TargetMetrics) -> dict[Instance, int]:
    """The largest number of each instance; none where the server refuses to count."""
    try:
        result_series = target_metrics.server.query_instant(
            f"max by (job, instance) ({expression})"
        ).series
    except RefusedError:
        return {}
    return {
        (series.labels.get("job", ""), series.labels.get("instance", "")): int(series.points[-1][1])
        for series in result_series
        if isfinite(series.points[-1][1])
    }
