"""Recording rules of a service: the rates that its panels share, and the ratios of its objectives.

Panels read the first where a service says `recorded=True`; alert rules always do, so that a
dashboard and its alerts cannot disagree because they compute differently.
"""

import dataclasses
from collections.abc import Iterator

from tailboard.alerts.rule import RecordingRule
from tailboard.panels import promql
from tailboard.panels.metric import Histogram, Metric, Total
from tailboard.panels.objective import (
    BURN_RATE_WINDOWS,
    Objective,
    build_bad_rate,
    build_request_rate,
    check_objective_metrics,
    list_objectives,
)
from tailboard.panels.objective import select_recording as kept_of
from tailboard.panels.recording import RECORDING_ROLES, SERVICE_LABEL, WINDOW, Recording
from tailboard.panels.service import Service

NAME = "recording"

RATIO_INTERVAL = "1m"
"""How often the ratios of objectives are computed: their windows are long."""


def build_rate_rules(service: Service) -> Iterator[RecordingRule]:
    """The rates of 5 minutes that panels share, by the labels that they group by."""
    recorded_service = service.as_recorded()
    rules_by_name: dict[str, RecordingRule] = {}
    for concept in RECORDING_ROLES:
        if not recorded_service.has_concepts(concept):
            continue
        selection = recorded_service.select_concept(concept, NAME)
        for recording in selection.recordings:
            for rule in _build_metric_rules(service, selection.metric, recording):
                rules_by_name.setdefault(rule.name, rule)
    yield from rules_by_name.values()


def build_ratio_rules(service: Service) -> Iterator[RecordingRule]:
    """For each objective its requests, the bad ones, and their ratio over every window."""
    for objective in list_objectives(service):
        check_objective_metrics(service, objective)
        yield from _build_objective_rules(service, objective)


def _build_metric_rules(
    service: Service, metric: Metric, recording: Recording
) -> Iterator[RecordingRule]:
    """The rate of each series of a metric; what only matchers tell apart is kept by their label."""
    all_series = service.select_metric(dataclasses.replace(metric, matchers={}))
    for name in _list_series_names(service, metric):
        by = (*(("le",) if name.endswith("_bucket") else ()), *recording.level)
        if not recording.has_rate(name, by):
            continue
        rate = f"rate({promql.selector(name, all_series.matchers, WINDOW)})"
        labels = {SERVICE_LABEL: service.slug}
        yield RecordingRule(recording.build_name(name), promql.aggregate("sum", rate, by), labels)


def _list_series_names(service: Service, metric: Metric) -> Iterator[str]:
    if not isinstance(metric, Histogram):
        yield metric.name
        if isinstance(metric, Total):
            yield metric.plus
        return
    if service.histograms != "native":
        yield from (f"{metric.name}_{part}" for part in ("bucket", "count", "sum"))
    if service.histograms != "classic":
        yield metric.name


def _build_objective_rules(service: Service, objective: Objective) -> Iterator[RecordingRule]:
    labels = {SERVICE_LABEL: service.slug, "objective": objective.name}
    recorded_service = service.as_recorded()
    all_requests = kept_of(service, objective, f"requests:rate{WINDOW}")
    bad_requests = kept_of(service, objective, f"bad_requests:rate{WINDOW}")
    for recording, build_rate in (
        (all_requests, build_request_rate),
        (bad_requests, build_bad_rate),
    ):
        expression = promql.strip_parentheses(build_rate(recorded_service, objective, NAME, WINDOW))
        yield RecordingRule(recording.metric.name, expression, labels)
    for window in dict.fromkeys((*BURN_RATE_WINDOWS, service.objectives.window)):
        if window == WINDOW:
            ratio = promql.ratio(
                promql.select_series(bad_requests), promql.select_series(all_requests)
            )
        else:
            ratio = promql.ratio(
                promql.aggregate_over_time("sum", bad_requests, window),
                promql.aggregate_over_time("sum", all_requests, window),
            )
        name = kept_of(service, objective, f"bad_requests:ratio_rate{window}").metric.name
        yield RecordingRule(name, promql.strip_parentheses(ratio), labels)
