"""Jobs that run now and then: how long, how long ago, whether they failed."""

from grafanalib import formatunits as units
from grafanalib.core import TimeSeries

from tailboard.panels import promql
from tailboard.panels.concept import (
    JOB_DURATION,
    JOB_FAILURES,
    JOB_LAST_RUN,
    JOB_LAST_SUCCESS,
    PUSH_FAILURE,
    Concept,
)
from tailboard.panels.descriptions import describe_percentile, describe_value, join_sentences
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Gauge, Metric, Role
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service
from tailboard.panels.style import BAD, WARNING, Thresholds

PUSH_CAVEAT = (
    "The job pushed this value once and it stays until the next push: only its age tells whether "
    "the job still runs."
)


def duration(service: Service) -> TimeSeries:
    """How long each job takes: the last run of a pushed one, P95 of one that is scraped."""
    job_duration = service.select_concept(JOB_DURATION, "batch.duration")
    by, legend = resolve_job_grouping(service, job_duration, "batch.duration")
    if job_duration.metric.pushed:
        return timeseries(
            "Duration of the last run",
            [Query(promql.build_last_mean(job_duration, by), legend)],
            description=describe_value(
                job_duration, join_sentences("How long each job's last run took.", PUSH_CAVEAT)
            ),
            unit=units.SECONDS,
        )
    return timeseries(
        "P95 job duration",
        [Query(promql.quantile(0.95, job_duration, by), f"{legend} P95")],
        description=describe_percentile(
            job_duration, "How long each job takes, all but one run in 20."
        ),
        unit=units.SECONDS,
    )


def last_run(service: Service) -> TimeSeries:
    """How long ago each job ran, beside the age that its objective allows, and twice that age."""
    return _build_age_panel(
        service,
        JOB_LAST_RUN,
        "batch.last_run",
        "Age of the last run",
        join_sentences(
            "The time since each job last pushed, whether it succeeded or not.", PUSH_CAVEAT
        ),
    )


def last_success(service: Service) -> TimeSeries:
    """How long ago each job succeeded, beside the age that its objective allows, and twice that."""
    return _build_age_panel(
        service,
        JOB_LAST_SUCCESS,
        "batch.last_success",
        "Age of the last success",
        "The time since each job last succeeded. A line that rises past the job's schedule "
        "means that it fails, hangs or does not start.",
    )


def failures(service: Service) -> TimeSeries:
    """Failed runs: of a pushed job what it pushed last, of a scraped one those of the last hour."""
    job_failures = service.select_concept(JOB_FAILURES, "batch.failures")
    by, legend = resolve_job_grouping(service, job_failures, "batch.failures")
    is_pushed = service.has_concepts(PUSH_FAILURE)
    last_failures = promql.aggregate("sum", promql.select_series(job_failures), by)
    return timeseries(
        "Failures in the last run" if is_pushed else "Failures in the last hour",
        [Query(last_failures if is_pushed else promql.increase(job_failures, by, "1h"), legend)],
        description=describe_value(
            job_failures,
            join_sentences("Runs that raised an exception.", PUSH_CAVEAT if is_pushed else ""),
        ),
        unit=units.SHORT,
        thresholds=[(1, BAD)],
    )


def failed_pushes(service: Service) -> TimeSeries:
    """Groups whose last push failed: 1 while the Pushgateway refused what a job sent last."""
    panel = "batch.failed_pushes"
    push_failure = service.select_concept(PUSH_FAILURE, panel)
    _, legend = resolve_job_grouping(service, push_failure, panel)
    return timeseries(
        "Failed pushes",
        [Query(build_push_refusal(service, panel), legend)],
        description=describe_value(
            push_failure,
            "1 where the last push of a job was refused, usually for a metric whose type or "
            "labels do not fit what others pushed. A push that never arrived is not seen here: "
            "the age of the last run tells.",
        ),
        unit=units.SHORT,
        maximum=1,
        thresholds=[(1, BAD)],
    )


def build_push_refusal(service: Service, panel: str) -> str:
    """1 where the Pushgateway refused a job's last push, else 0."""
    push_failure = service.select_concept(PUSH_FAILURE, panel)
    last_run = service.select_concept(JOB_LAST_RUN, panel)
    by, _ = resolve_job_grouping(service, push_failure, panel)
    failure_time = promql.aggregate_gauge(push_failure, by, "max")
    push_time = promql.aggregate_gauge(last_run, by, "max")
    return f"({failure_time} > bool {push_time})"


def resolve_job_grouping(
    service: Service, selection: Selection[Metric], panel: str
) -> tuple[tuple[str, ...], str]:
    """The labels to group by, and the legend; pushed metrics carry their job in a target label."""
    job_label = selection.resolve_label(Role.JOB, panel)
    if job_label in service.by:
        return service.by, service.legend
    return (*service.by, job_label), service.format_legend(job_label)


def build_job_age(service: Service, concept: Concept[Gauge], panel: str) -> str:
    """Seconds since the Unix time that a gauge holds, by job."""
    timestamp = service.select_concept(concept, panel)
    by, _ = resolve_job_grouping(service, timestamp, panel)
    # A gauge that is exposed before its first event is 0, that is, 1970.
    return promql.build_age(f"({promql.aggregate_gauge(timestamp, by, 'max')} > 0)")


def _build_age_panel(
    service: Service, concept: Concept[Gauge], panel: str, title: str, description: str
) -> TimeSeries:
    timestamp = service.select_concept(concept, panel)
    _, legend = resolve_job_grouping(service, timestamp, panel)
    job_age = service.objectives.job_age
    thresholds: Thresholds = [(job_age, WARNING), (2 * job_age, BAD)]
    return timeseries(
        title,
        [Query(build_job_age(service, concept, panel), legend)],
        description=describe_value(timestamp, description),
        unit=units.SECONDS,
        thresholds=thresholds,
    )
