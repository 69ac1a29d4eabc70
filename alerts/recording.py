"""Recording rules of a service: the rates that its panels share, and the ratios of its objectives.

Panels read the first where a service says `recorded=True`; alert rules always do, so that a
dashboard and its alerts cannot disagree because they compute differently.
"""

import dataclasses
from collections.abc import Iterator

from tailboard.alerts.objective_recording import build_objective_rules
from tailboard.alerts.rule import RecordingRule
from tailboard.panels import promql
from tailboard.panels.metric import Histogram, Metric, Summary, Total
from tailboard.panels.objective import check_objective_metrics, list_objectives
from tailboard.panels.recording import RECORDING_ROLES, SERVICE_LABEL, WINDOW, Recording
from tailboard.panels.service import Service

NAME = "recording"


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
        yield from build_objective_rules(service, objective)


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
    if isinstance(metric, Summary):
        yield from (f"{metric.name}_{part}" for part in ("count", "sum"))
        return
    if not isinstance(metric, Histogram):
        yield metric.name
        if isinstance(metric, Total):
            yield metric.plus
        return
    if service.histograms != "native":
        yield from (f"{metric.name}_{part}" for part in ("bucket", "count", "sum"))
    if service.histograms != "classic":
        yield metric.name
