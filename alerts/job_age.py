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
from tailboard.panels.metric import Gauge, Role
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
            expression=_exclude_stopped_jobs(
                service, concept, name, promql.filter_above(age, limit), limit
            ),
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
                *_build_stopped_examples(service, concept, limit),
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


def _exclude_stopped_jobs(
    service: Service, concept: Concept[Gauge], name: str, late_jobs: str, limit: float
) -> str:
    """The late jobs without those that do not even run, which are another alert.

    What a job pushes itself and what the Pushgateway adds may name it by different labels.
    """
    if not _has_other_alert(service, concept):
        return late_jobs
    label, run_label = (
        service.select_concept(each, name).resolve_label(Role.JOB, name)
        for each in (concept, JOB_LAST_RUN)
    )
    stopped_jobs = promql.filter_above(batch.build_job_age(service, JOB_LAST_RUN, name), limit)
    if label != run_label:
        stopped_jobs = promql.copy_label(stopped_jobs, label, run_label)
    by = dict.fromkeys((*service.by, label))
    return f"({late_jobs} unless on ({', '.join(by)}) {stopped_jobs})"


def _has_other_alert(service: Service, concept: Concept[Gauge]) -> bool:
    """Whether another alert tells that the job does not run."""
    return concept is not JOB_LAST_RUN and service.has_concepts(JOB_LAST_RUN)


def _build_stopped_examples(
    service: Service, concept: Concept[Gauge], limit: float
) -> Iterator[Example]:
    if not _has_other_alert(service, concept):
        return
    # A target label that names the job is the same for both; another label has to agree with it.
    run_label = service.convention.resolve_metric(JOB_LAST_RUN, "example").labels[Role.JOB]
    target_labels = example_series.build_target_labels(service)
    roles = {Role.JOB: target_labels.get(run_label, "nightly")}
    values = example_series.format_constant(60)
    yield Example(
        "does not run either",
        {
            **example_series.build_gauge_series(service, concept, values, roles),
            **example_series.build_gauge_series(service, JOB_LAST_RUN, values, roles),
        },
        is_firing=False,
        delay=_format_delay(limit),
    )


def _build_series(service: Service, concept: Concept[Gauge], timestamp: float) -> InputSeries:
    return example_series.build_gauge_series(
        service, concept, example_series.format_constant(timestamp)
    )


def _format_delay(age: float) -> str:
    return f"{int(age // 60) + 3}m"
