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
from tailboard.panels.honesty import cautioned, described, estimated
from tailboard.panels.house import BAD, WARNING, Thresholds
from tailboard.panels.kinds.timeseries import timeseries
from tailboard.panels.metric import Gauge, Metric, Role
from tailboard.panels.query import Query
from tailboard.panels.selection import Selection
from tailboard.panels.service import Service

PUSHED = (
    "The job pushed this value once and it stays until the next push: only its age tells whether "
    "the job still runs."
)


def duration(service: Service) -> TimeSeries:
    """How long each job takes: the last run of a pushed one, P95 of one that is scraped."""
    taken = service.select(JOB_DURATION, "batch.duration")
    by, legend = by_job(service, taken, "batch.duration")
    if taken.metric.pushed:
        return timeseries(
            "Duration of the last run",
            [Query(promql.last_mean(taken, by), legend)],
            description=cautioned(taken, described("How long each job's last run took.", PUSHED)),
            unit=units.SECONDS,
        )
    return timeseries(
        "P95 job duration",
        [Query(promql.quantile(0.95, taken, by), f"{legend} P95")],
        description=estimated(taken, "How long each job takes, all but one run in 20."),
        unit=units.SECONDS,
    )


def last_run(service: Service) -> TimeSeries:
    """How long ago each job ran, beside the age that its objective allows, and twice that age."""
    return _age(
        service,
        JOB_LAST_RUN,
        "batch.last_run",
        "Age of the last run",
        described("The time since each job last pushed, whether it succeeded or not.", PUSHED),
    )


def last_success(service: Service) -> TimeSeries:
    """How long ago each job succeeded, beside the age that its objective allows, and twice that."""
    return _age(
        service,
        JOB_LAST_SUCCESS,
        "batch.last_success",
        "Age of the last success",
        "The time since each job last succeeded. A line that rises past the job's schedule "
        "means that it fails, hangs or does not start.",
    )


def failures(service: Service) -> TimeSeries:
    """Failed runs: of a pushed job what it pushed last, of a scraped one those of the last hour."""
    failed = service.select(JOB_FAILURES, "batch.failures")
    by, legend = by_job(service, failed, "batch.failures")
    pushed = service.has(PUSH_FAILURE)
    last = promql.aggregated("sum", promql.series(failed), by)
    return timeseries(
        "Failures in the last run" if pushed else "Failures in the last hour",
        [Query(last if pushed else promql.increase(failed, by, "1h"), legend)],
        description=cautioned(
            failed, described("Runs that raised an exception.", PUSHED if pushed else "")
        ),
        unit=units.SHORT,
        thresholds=[(1, BAD)],
    )


def failed_pushes(service: Service) -> TimeSeries:
    """Groups whose last push failed: 1 while the Pushgateway refused what a job sent last."""
    panel = "batch.failed_pushes"
    failed = service.select(PUSH_FAILURE, panel)
    _, legend = by_job(service, failed, panel)
    return timeseries(
        "Failed pushes",
        [Query(refused(service, panel), legend)],
        description=cautioned(
            failed,
            "1 where the last push of a job was refused, usually for a metric whose type or "
            "labels do not fit what others pushed. A push that never arrived is not seen here: "
            "the age of the last run tells.",
        ),
        unit=units.SHORT,
        maximum=1,
        thresholds=[(1, BAD)],
    )


def refused(service: Service, panel: str) -> str:
    """1 where the last push of a job was refused, else 0."""
    failed, pushed = service.select(PUSH_FAILURE, panel), service.select(JOB_LAST_RUN, panel)
    by, _ = by_job(service, failed, panel)
    return f"({promql.value(failed, by, 'max')} > bool {promql.value(pushed, by, 'max')})"


def by_job(
    service: Service, selection: Selection[Metric], panel: str
) -> tuple[tuple[str, ...], str]:
    """What to group by and the legend; what is pushed has its job in the label of the target."""
    job = selection.label(Role.JOB, panel)
    if job in service.by:
        return service.by, service.legend
    return (*service.by, job), service.line(job)


def age(service: Service, concept: Concept[Gauge], panel: str) -> str:
    """Seconds since the moment that a gauge holds, by job."""
    moment = service.select(concept, panel)
    by, _ = by_job(service, moment, panel)
    # A gauge that was exposed before its first event is 0, which would be 56 years ago.
    return promql.age(f"({promql.value(moment, by, 'max')} > 0)")


def _age(
    service: Service, concept: Concept[Gauge], panel: str, title: str, says: str
) -> TimeSeries:
    moment = service.select(concept, panel)
    _, legend = by_job(service, moment, panel)
    late = service.objectives.job_age
    lines: Thresholds = [(late, WARNING), (2 * late, BAD)]
    return timeseries(
        title,
        [Query(age(service, concept, panel), legend)],
        description=cautioned(moment, says),
        unit=units.SECONDS,
        thresholds=lines,
    )
