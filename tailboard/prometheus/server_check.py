"""Checking subjects against a server: from their queries to a state for each, and evidence."""

from collections.abc import Callable, Iterable

from tailboard.check.query_states import CheckResult
from tailboard.check.states import Assessment
from tailboard.prometheus.check_outcome import CheckOutcome
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.diagnosis import (
    build_unchecked_assessment,
    classify_outcome,
    classify_server_query,
    find_dual_histograms,
    find_metrics_by_selection,
)
from tailboard.prometheus.metric_evidence import build_metric_evidence
from tailboard.prometheus.query_outcomes import QueryOutcomes, run_queries
from tailboard.prometheus.scrape_evidence import build_scrape_evidence
from tailboard.prometheus.targets.metrics import TargetMetrics
from tailboard.prometheus.targets.selection import Selection
from tailboard.prometheus.variables.expansion import ExpandedQuery, expand_queries
from tailboard.prometheus.variables.intervals import Intervals
from tailboard.publish.errors import TailboardError
from tailboard.publish.parallel import Parallel
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.subject import Subject

ProgressFactory = Callable[[str, int], Callable[[], None]]
"""Told what is done now, and how many there are; what it gives is called after each."""


def ignore_progress(_: str, __: int) -> Callable[[], None]:
    """Nobody looks."""
    return lambda: None


def check_against_server(
    subjects: Iterable[Subject],
    server: PrometheusServer,
    intervals: Intervals,
    *,
    concurrency: int = 4,
    start_progress: ProgressFactory = ignore_progress,
) -> CheckOutcome:
    """Ask for everything that the subjects ask for.

    Where the server does not answer any more, what it did answer is reported. Raises only where it
    answered nothing.
    """
    subjects = list(subjects)
    queries = [
        query for subject in subjects for query in expand_queries(subject, server, intervals)
    ]
    texts = list(dict.fromkeys(query.query.text for query in queries))
    outcomes = run_queries(server, texts, concurrency, start_progress("Asking", len(texts)))
    if outcomes.stop_error and not outcomes.by_expression:
        raise outcomes.stop_error
    target_metrics = TargetMetrics(server)
    stop_error, evidence = outcomes.stop_error, []
    assessments: list[Assessment] = []
    if not stop_error:
        try:
            metrics_by_selection = _load_metrics(
                queries, target_metrics, concurrency, start_progress
            )
            recordings = find_recordings(rule for subject in subjects for rule in subject.rules)
            dual_histograms = find_dual_histograms(queries)
            assessments = [
                classify_server_query(
                    query,
                    outcomes.by_expression[query.query.text],
                    target_metrics,
                    recordings,
                    dual_histograms,
                )
                for query in queries
            ]
            evidence = build_metric_evidence(
                subjects, queries, metrics_by_selection, target_metrics
            )
            evidence.append(build_scrape_evidence(queries, metrics_by_selection, target_metrics))
        except TailboardError as error:
            stop_error = error
    assessments = assessments or [_classify_without_reason(query, outcomes) for query in queries]
    check_results = [
        _build_check_result(query, assessment)
        for query, assessment in zip(queries, assessments, strict=True)
    ]
    return CheckOutcome(check_results, evidence, stop_error)


def _load_metrics(
    queries: list[ExpandedQuery],
    target_metrics: TargetMetrics,
    concurrency: int,
    start_progress: ProgressFactory,
) -> dict[Selection, set[str]]:
    """Ask what the programs expose of what the queries name, some targets at once."""
    metrics_by_selection = find_metrics_by_selection(queries, target_metrics)
    advance = start_progress("Looking at metrics", len(metrics_by_selection))
    work = Parallel(
        lambda selection: target_metrics.load_series(selection, metrics_by_selection[selection]),
        metrics_by_selection,
        concurrency,
    )
    for _ in work:
        advance()
    if work.error:
        raise work.error
    return metrics_by_selection


def _classify_without_reason(query: ExpandedQuery, outcomes: QueryOutcomes) -> Assessment:
    """The state of a query when the server cannot say why it gives nothing."""
    outcome = outcomes.by_expression.get(query.query.text)
    if outcome is None:
        return build_unchecked_assessment("the server did not answer any more")
    reason = "it gives nothing, and the server did not answer why"
    return classify_outcome(query, outcome) or build_unchecked_assessment(reason)


def _build_check_result(query: ExpandedQuery, assessment: Assessment) -> CheckResult:
    return CheckResult(
        query.query.place, assessment.state, assessment.problem, assessment.tip, query.source_text
    )
