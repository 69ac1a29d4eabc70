"""How the server scrapes the targets that queries select, where its API reports that."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tailboard.check.evidence import Evidence
from tailboard.check.scraping import RangeWindow, ScrapeTarget, Scraping
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.panels.patterns import has_match
from tailboard.prometheus.client.responses import parse_targets, redact_addresses
from tailboard.prometheus.targets.duplicate_targets import find_shared_processes
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.process_history import find_process_histories
from tailboard.prometheus.targets.selection import Selection
from tailboard.prometheus.variables.expansion import ExpandedQuery
from tailboard.queries.parser.promql import find_selectors, get_node_type, walk_nodes

Labels = Mapping[str, str]
TargetsWithLabels = list[tuple[Labels, ScrapeTarget]]
MetricsBySelection = Mapping[Selection, Iterable[str]]


def build_scrape_evidence(
    queries: Iterable[ExpandedQuery],
    metrics_by_selection: MetricsBySelection,
    target_metrics: TargetMetrics,
) -> Evidence:
    """What the scrapes show, for the checks that judge it."""
    selections = [selection for selection in metrics_by_selection if selection.matchers] or list(
        metrics_by_selection
    )
    targets = [
        (labels, target)
        for labels, target in _fetch_targets(target_metrics)
        if any(_is_selected(labels, selection) for selection in selections)
    ]
    return Evidence(
        target_metrics.server.display_address,
        scraping=Scraping(
            targets=tuple(target for _, target in targets),
            windows=tuple(dict.fromkeys(_find_windows(queries, targets, target_metrics))),
            processes=tuple(find_process_histories(metrics_by_selection, target_metrics)),
            shared_processes=tuple(
                dict.fromkeys(find_shared_processes(metrics_by_selection, target_metrics))
            ),
            renamed_labels=tuple(sorted(target_metrics.exported_labels)),
        ),
    )


def _fetch_targets(target_metrics: TargetMetrics) -> Iterator[tuple[Labels, ScrapeTarget]]:
    targets = target_metrics.server.fetch_status("targets", parse_targets, state="active")
    for target in targets or ():
        yield target["labels"], _parse_target(target["labels"], target)


def _parse_target(labels: Labels, target: Mapping[str, Any]) -> ScrapeTarget:
    return ScrapeTarget(
        str(labels.get("job", "")),
        str(labels.get("instance", "")),
        target.get("health") != "down",
        redact_addresses(str(target.get("lastError") or "")),
        _parse_seconds(target.get("scrapeInterval")),
        _parse_seconds(target.get("scrapeTimeout")),
        target["lastScrapeDuration"],
    )


def _parse_seconds(text: object) -> float:
    return parse_duration(str(text)) if is_duration(text) else 0.0


def _is_selected(labels: Labels, selection: Selection) -> bool:
    return all(
        has_match(op, value, (labels.get(label, ""),)) for label, op, value in selection.matchers
    )


def _find_windows(
    queries: Iterable[ExpandedQuery], targets: TargetsWithLabels, target_metrics: TargetMetrics
) -> Iterator[RangeWindow]:
    """The ranges of all queries, beside the slowest target that each asks about."""
    for query in queries:
        tree = query.query.expression.tree
        for node in walk_nodes(tree) if tree is not None else ():
            if get_node_type(node) != "MatrixSelector":
                continue
            selection = target_metrics.target_labels.build_selection(find_selectors(node)[0])
            selected_targets = [
                target for labels, target in targets if _is_selected(labels, selection)
            ]
            slowest_target = max(selected_targets, key=lambda target: target.interval, default=None)
            if slowest_target and slowest_target.interval:
                range_seconds = node.range.total_seconds()
                yield RangeWindow(
                    query.query.place, range_seconds, slowest_target.interval, slowest_target.job
                )
