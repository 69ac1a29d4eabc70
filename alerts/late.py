"""A job that is late: what the two rules about it share."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series, Severity
from tailboard.alerts.template import DURATION, label, literal, seconds
from tailboard.panels import batch, promql
from tailboard.panels.concept import JOB_LAST_RUN, Concept
from tailboard.panels.metric import Gauge
from tailboard.panels.service import Service

STEPS: tuple[tuple[int, Severity], ...] = ((1, "warning"), (2, "critical"))
"""At how many times the age that is allowed, how bad."""

LASTING = "5m"


def late(service: Service, name: str, concept: Concept[Gauge], look_at: str) -> Iterator[AlertRule]:
    """A job whose last run, or last success, is older than its objective allows."""
    moment = service.select(concept, name)
    by, _ = batch.by_job(service, moment, name)
    age = batch.age(service, concept, name)
    ran = concept is JOB_LAST_RUN
    has_not, last = ("run", "ran") if ran else ("succeeded", "succeeded")
    panel = batch.last_run if ran else batch.last_success
    job = " ".join(label(it) for it in by if it not in service.by) or literal(service.name)
    for factor, severity in STEPS:
        limit = factor * service.objectives.job_age
        yield AlertRule(
            name=name,
            expression=promql.above(age, limit),
            severity=severity,
            signal="batch",
            lasting=LASTING,
            # Of one name whatever the metrics call it: a job that does not run does not succeed.
            labels={"batch_job": job},
            summary=f"{job} has not {has_not} for {DURATION}",
            description=f"{job} of {literal(service.name)} last {last} {DURATION} ago, and "
            f"{seconds(limit)} is the limit: whoever needs its result has an old one. {look_at}",
            panel=panel,
            limit=limit,
            told_by=by,
            time_range="2d",
            examples=(
                Example("long ago", _at(service, concept, 60), fires=True, after=_spelled(limit)),
                Example("just now", _at(service, concept, limit), fires=False, after="1m"),
                Example("never yet", _at(service, concept, 0), fires=False, after=_spelled(limit)),
            ),
        )


def _at(service: Service, concept: Concept[Gauge], moment: float) -> Series:
    return scene.gauged(service, concept, scene.constant(moment))


def _spelled(age: float) -> str:
    return f"{int(age // 60) + 3}m"
