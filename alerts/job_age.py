"""A job that is late: what the two rules about it share."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries, Severity
from tailboard.alerts.template import (
    DURATION_TEMPLATE,
    escape_template,
    format_label_template,
    format_seconds,
)
from tailboard.panels import batch, promql
from tailboard.panels.concept import JOB_LAST_RUN, Concept
from tailboard.panels.metric import Gauge
from tailboard.panels.service import Service

STEPS: tuple[tuple[int, Severity], ...] = ((1, "warning"), (2, "critical"))
"""At how many times the age that is allowed, how bad."""

PENDING_DURATION = "5m"


def build_job_age_rules(
    service: Service, name: str, concept: Concept[Gauge], advice: str
) -> Iterator[AlertRule]:
    """A job whose last run, or last success, is older than its objective allows."""
    timestamp = service.select_concept(concept, name)
    by, _ = batch.resolve_job_grouping(service, timestamp, name)
    age = batch.build_job_age(service, concept, name)
    is_last_run = concept is JOB_LAST_RUN
    missing_verb, past_verb = ("run", "ran") if is_last_run else ("succeeded", "succeeded")
    panel = batch.last_run if is_last_run else batch.last_success
    job = " ".join(
        format_label_template(label_name) for label_name in by if label_name not in service.by
    ) or escape_template(service.name)
    for factor, severity in STEPS:
        limit = factor * service.objectives.job_age
        yield AlertRule(
            name=name,
            expression=promql.filter_above(age, limit),
            severity=severity,
            signal="batch",
            lasting=PENDING_DURATION,
            # Of one name whatever the metrics call it: a job that does not run does not succeed.
            labels={"batch_job": job},
            summary=f"{job} has not {missing_verb} for {DURATION_TEMPLATE}",
            description=f"{job} of {escape_template(service.name)} last {past_verb} "
            f"{DURATION_TEMPLATE} ago, and {format_seconds(limit)} is the limit: whoever needs "
            f"its result has an old one. {advice}",
            panel=panel,
            limit=limit,
            series_labels=by,
            time_range="2d",
            examples=(
                Example(
                    "long ago",
                    _build_series(service, concept, 60),
                    is_firing=True,
                    delay=_format_delay(limit),
                ),
                Example(
                    "just now", _build_series(service, concept, limit), is_firing=False, delay="1m"
                ),
                Example(
                    "never yet",
                    _build_series(service, concept, 0),
                    is_firing=False,
                    delay=_format_delay(limit),
                ),
            ),
        )


def _build_series(service: Service, concept: Concept[Gauge], timestamp: float) -> InputSeries:
    return example_series.build_gauge_series(
        service, concept, example_series.format_constant(timestamp)
    )


def _format_delay(age: float) -> str:
    return f"{int(age // 60) + 3}m"
