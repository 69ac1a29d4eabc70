"""Targets behind which one process is, so that all that it counts is there several times."""

from collections.abc import Iterable, Iterator, Mapping

from tailboard.check.scraping import SharedProcess
from tailboard.prometheus.client.responses import RefusedError, ResultSeries
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.process_history import START_TIME_METRIC, select_counters
from tailboard.prometheus.targets.selection import Selection, format_selector

OFFSET = "2m"
"""Longer than from one scrape to another: of one process no target is behind by more."""

MAX_SERIES = 2000

LabelSet = frozenset[tuple[str, str]]
CountsByLabels = dict[LabelSet, float]


def find_shared_processes(
    metrics_by_selection: Mapping[Selection, Iterable[str]], target_metrics: TargetMetrics
) -> Iterator[SharedProcess]:
    """Instances whose process started at the same hundredth of a second, and counts the same."""
    for selection, names in sorted(metrics_by_selection.items()):
        if selection.matchers:
            yield from _find_duplicates(
                selection,
                select_counters(names, target_metrics.fetch_types(selection)),
                target_metrics,
            )


def _find_duplicates(
    selection: Selection, names: list[str], target_metrics: TargetMetrics
) -> Iterator[SharedProcess]:
    instances_by_start: dict[tuple[str, float], list[str]] = {}
    for series in _fetch_series(
        format_selector(selection.matchers, START_TIME_METRIC), target_metrics
    ):
        job, instance = (series.labels.get(label, "") for label in ("job", "instance"))
        instances_by_start.setdefault((job, series.points[-1][1]), []).append(instance)
    for (job, _), instances in sorted(instances_by_start.items()):
        if len(instances) > 1 and names:
            job_selection = Selection((*selection.matchers, ("job", "=", job)))
            current_counts, earlier_counts = (
                _fetch_counts(job_selection, names, offset_modifier, target_metrics)
                for offset_modifier in ("", f" offset {OFFSET}")
            )
            yield from (
                SharedProcess(job, group)
                for group in _group_duplicates(sorted(instances), current_counts, earlier_counts)
            )


def _group_duplicates(
    instances: list[str],
    current_counts: Mapping[str, CountsByLabels],
    earlier_counts: Mapping[str, CountsByLabels],
) -> Iterator[tuple[str, ...]]:
    """Those that count the same, scraped one after the other."""

    def is_behind(instance: str, other: str) -> bool:
        other_counts = current_counts.get(other, {})
        return all(
            labels in other_counts and count <= other_counts[labels]
            for labels, count in earlier_counts.get(instance, {}).items()
        )

    while instances:
        first, *others = instances
        has_counts = any(earlier_counts.get(first, {}).values())
        duplicates = [
            other for other in others if is_behind(first, other) and is_behind(other, first)
        ]
        if has_counts and duplicates:
            yield (first, *duplicates)
        instances = [other for other in others if other not in duplicates]


def _fetch_counts(
    selection: Selection, names: list[str], offset_modifier: str, target_metrics: TargetMetrics
) -> dict[str, CountsByLabels]:
    """What each instance has counted: by the name and the labels of the program."""
    counts_by_instance: dict[str, CountsByLabels] = {}
    for name in names:
        for series in _fetch_series(
            f"{format_selector(selection.matchers, name)}{offset_modifier}", target_metrics
        ):
            program_labels = (
                series.labels.keys()
                - target_metrics.target_labels.fetch_names_for_series(series.labels)
            )
            label_set = {(label, series.labels[label]) for label in program_labels}
            counts = counts_by_instance.setdefault(series.labels.get("instance", ""), {})
            counts[frozenset({*label_set, ("", name)})] = series.points[-1][1]
    return counts_by_instance


def _fetch_series(expression: str, target_metrics: TargetMetrics) -> tuple[ResultSeries, ...]:
    """The series; none where there are very many, or where the server refuses."""
    try:
        series = target_metrics.server.query_instant(expression, limit=MAX_SERIES + 1).series
    except RefusedError:
        return ()
    return series if len(series) <= MAX_SERIES else ()
