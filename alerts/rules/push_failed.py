"""A job whose numbers the Pushgateway refused."""

from collections.abc import Iterator

from tailboard.alerts import example_series
from tailboard.alerts.rule import AlertRule, Example, InputSeries
from tailboard.alerts.template import escape_template, format_label_template
from tailboard.panels import batch, promql
from tailboard.panels.concept import JOB_LAST_RUN, PUSH_FAILURE
from tailboard.panels.service import Service

NAME = "PushFailed"


def push_failed(service: Service) -> Iterator[AlertRule]:
    """The last push of a job was refused: what its panels show is older than they look.

    Look at the Pushgateway's log. Usually a metric has another type or other labels than what
    somebody else pushed under the same name.
    """
    failure = service.select_concept(PUSH_FAILURE, NAME)
    by, _ = batch.resolve_job_grouping(service, failure, NAME)
    job = " ".join(
        format_label_template(label_name) for label_name in by if label_name not in service.by
    ) or escape_template(service.name)
    yield AlertRule(
        name=NAME,
        expression=promql.filter_at_least(batch.build_push_refusal(service, NAME), 1),
        severity="warning",
        signal="batch",
        lasting="5m",
        summary=f"The Pushgateway refused what {job} of {escape_template(service.name)} pushed",
        description=f"The last push of {job} was refused, so that its numbers are older than they "
        "look. Look first at the Pushgateway's log: a metric has another type or other labels "
        "than before.",
        panel=batch.failed_pushes,
        limit=1,
        series_labels=by,
        examples=(
            Example("refused", _build_push_series(service, 100, 200), is_firing=True),
            Example("taken again", _build_push_series(service, 300, 200), is_firing=False),
            Example("never refused", _build_push_series(service, 100, 0), is_firing=False),
        ),
    )


def _build_push_series(service: Service, push_time: float, failure_time: float) -> InputSeries:
    return {
        **example_series.build_gauge_series(
            service, JOB_LAST_RUN, example_series.format_constant(push_time)
        ),
        **example_series.build_gauge_series(
            service, PUSH_FAILURE, example_series.format_constant(failure_time)
        ),
    }
