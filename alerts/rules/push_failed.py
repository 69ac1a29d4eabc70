"""A job whose numbers the Pushgateway refused."""

from collections.abc import Iterator

from tailboard.alerts import scene
from tailboard.alerts.rule import AlertRule, Example, Series
from tailboard.alerts.template import label, literal
from tailboard.panels import batch, promql
from tailboard.panels.concept import JOB_LAST_RUN, PUSH_FAILURE
from tailboard.panels.service import Service

NAME = "PushFailed"


def push_failed(service: Service) -> Iterator[AlertRule]:
    """The last push of a job was refused: what its panels show is older than they look.

    Look at the Pushgateway's log. Usually a metric has another type or other labels than what
    somebody else pushed under the same name.
    """
    failure = service.select(PUSH_FAILURE, NAME)
    by, _ = batch.by_job(service, failure, NAME)
    job = " ".join(label(it) for it in by if it not in service.by) or literal(service.name)
    yield AlertRule(
        name=NAME,
        expression=promql.reaches(batch.refused(service, NAME), 1),
        severity="warning",
        signal="batch",
        lasting="5m",
        summary=f"The Pushgateway refused what {job} of {literal(service.name)} pushed",
        description=f"The last push of {job} was refused, so that its numbers are older than they "
        "look. Look first at the Pushgateway's log: a metric has another type or other labels "
        "than before.",
        panel=batch.failed_pushes,
        limit=1,
        told_by=by,
        examples=(
            Example("refused", _pushes(service, 100, 200), fires=True),
            Example("taken again", _pushes(service, 300, 200), fires=False),
            Example("never refused", _pushes(service, 100, 0), fires=False),
        ),
    )


def _pushes(service: Service, taken: float, refused: float) -> Series:
    return {
        **scene.gauged(service, JOB_LAST_RUN, scene.constant(taken)),
        **scene.gauged(service, PUSH_FAILURE, scene.constant(refused)),
    }
