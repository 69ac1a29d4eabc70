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
    WINDOWS,
    Objective,
    bad,
    check_measured,
    counted,
    objectives_of,
)
from tailboard.panels.objective import recorded as kept_of
from tailboard.panels.recording import RECORDED, SERVICE, WINDOW, Recording
from tailboard.panels.service import Service

NAME = "recording"

RATIO_INTERVAL = "1m"
"""How often the ratios of objectives are computed: their windows are long."""


def rates(service: Service) -> Iterator[RecordingRule]:
    """The rates of 5 minutes that panels share, by the labels that they group by."""
    reading = service.as_recorded()
    made: dict[str, RecordingRule] = {}
    for concept in RECORDED:
        if not reading.has(concept):
            continue
        selection = reading.select(concept, NAME)
        for recording in selection.recordings:
            for rule in _rates(service, selection.metric, recording):
                made.setdefault(rule.name, rule)
    yield from made.values()


def ratios(service: Service) -> Iterator[RecordingRule]:
    """For each objective its requests, the bad ones, and their ratio over every window."""
    for objective in objectives_of(service):
        check_measured(service, objective)
        yield from _ratios(service, objective)


def _rates(service: Service, metric: Metric, recording: Recording) -> Iterator[RecordingRule]:
    """The rate of each series of a metric; what only matchers tell apart is kept by their label."""
    everything = service.series(dataclasses.replace(metric, matchers={}))
    for name in _series(service, metric):
        by = (*(("le",) if name.endswith("_bucket") else ()), *recording.level)
        if not recording.keeps(name, by):
            continue
        rate = f"rate({promql.selector(name, everything.matchers, WINDOW)})"
        labels = {SERVICE: service.slug}
        yield RecordingRule(recording.name(name), promql.aggregated("sum", rate, by), labels)


def _series(service: Service, metric: Metric) -> Iterator[str]:
    if not isinstance(metric, Histogram):
        yield metric.name
        if isinstance(metric, Total):
            yield metric.plus
        return
    if service.histograms != "native":
        yield from (f"{metric.name}_{part}" for part in ("bucket", "count", "sum"))
    if service.histograms != "classic":
        yield metric.name


def _ratios(service: Service, objective: Objective) -> Iterator[RecordingRule]:
    labels = {SERVICE: service.slug, "objective": objective.name}
    reading = service.as_recorded()
    everything = kept_of(service, objective, f"requests:rate{WINDOW}")
    failures = kept_of(service, objective, f"bad_requests:rate{WINDOW}")
    for kept, rate in ((everything, counted), (failures, bad)):
        expression = promql.bare(rate(reading, objective, NAME, WINDOW))
        yield RecordingRule(kept.metric.name, expression, labels)
    for window in dict.fromkeys((*WINDOWS, service.objectives.window)):
        if window == WINDOW:
            ratio = promql.ratio(promql.series(failures), promql.series(everything))
        else:
            ratio = promql.ratio(
                promql.over_time("sum", failures, window),
                promql.over_time("sum", everything, window),
            )
        name = kept_of(service, objective, f"bad_requests:ratio_rate{window}").metric.name
        yield RecordingRule(name, promql.bare(ratio), labels)
