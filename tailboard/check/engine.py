"""Running checks: the check says what misleads about a metric, this says where and how bad."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tailboard.check.evidence import Evidence
from tailboard.check.scraping import ProcessHistory, Scraping
from tailboard.findings.finding import Finding, Place, Severity
from tailboard.metrics.distribution import Distribution, propose_buckets
from tailboard.metrics.quantity import format_buckets
from tailboard.publish.plural import format_count
from tailboard.queries.analysis.percentiles import Percentile
from tailboard.queries.analysis.range_functions import RangeFunction
from tailboard.queries.analysis.status_filters import StatusFilter

MAX_NAMES = 3


@dataclass(frozen=True)
class MetricProblem:
    """What is wrong with a metric, or with one of its labels, and what to do about it.

    Where it is less certain than the check is as a rule, it has a severity of its own.
    """

    metric: str
    problem: str
    tip: str
    label: str = ""
    severity: Severity | None = None


@dataclass(frozen=True)
class Check:
    """One thing that metrics must get right for the queries that ask for them.

    `page` says why, with a bad and a good example. A label or metric that one of the `suppressors`
    has reported is not reported again; these checks have to run before.
    """

    name: str
    severity: Severity
    summary: str
    page: str | None
    check_evidence: Callable[[Evidence], Iterable[MetricProblem]]
    suppressors: tuple[str, ...] = ()


def report_processes(
    describe: Callable[[ProcessHistory], str], tip: str
) -> Callable[[Evidence], Iterator[MetricProblem]]:
    """What finds a problem in every process of which `describe` says something."""

    def check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
        for process in (evidence.scraping or Scraping()).processes:
            if problem := describe(process):
                yield MetricProblem(process.job, problem, tip, process.instance)

    return check_evidence


def run_checks(evidence: Evidence, checks: Iterable[Check]) -> Iterator[Finding]:
    """Everything that these checks find, check by check; the place is a metric and its label.

    Of a metric that is wrong, what else its numbers seem to say is left out.
    """
    wrong_metrics: set[str] = set()
    subjects_by_check: dict[str, set[str]] = {}
    for check in checks:
        suppressed_subjects = {
            subject for name in check.suppressors for subject in subjects_by_check.get(name, ())
        }
        check_subjects = subjects_by_check.setdefault(check.name, set())
        for metric_problem in check.check_evidence(evidence):
            subject = metric_problem.label or metric_problem.metric
            if subject not in suppressed_subjects and (
                metric_problem.label or metric_problem.metric not in wrong_metrics
            ):
                place = Place(
                    evidence.find_source(metric_problem.metric),
                    "",
                    metric_problem.metric,
                    metric_problem.label,
                )
                severity = metric_problem.severity or check.severity
                yield Finding(
                    check.name, severity, place, metric_problem.problem, metric_problem.tip
                )
            check_subjects.add(subject)
            if check.severity == "error":
                wrong_metrics.add(metric_problem.metric)


def group_by_histogram(evidence: Evidence) -> dict[str, list[Percentile]]:
    """The percentiles that are asked for, of each histogram that has something to tell."""
    percentiles_by_histogram: dict[str, list[Percentile]] = {}
    for percentile in evidence.percentiles:
        if (
            percentile.histogram in evidence.distributions
            and evidence.distributions[percentile.histogram].total
        ):
            percentiles_by_histogram.setdefault(percentile.histogram, []).append(percentile)
    return percentiles_by_histogram


def describe_panels(uses: Iterable[Percentile | RangeFunction | StatusFilter]) -> str:
    """How many panels and rules it concerns, and the first of them."""
    panels = list(dict.fromkeys(f"{use.place.dashboard}: {use.place.panel}" for use in uses))
    count = format_count(len(panels), "panel or rule", "panels and rules")
    return f"in {count}: {format_names(panels)}"


def format_proposed_buckets(distribution: Distribution, percentiles: Iterable[Percentile]) -> str:
    """Better buckets, as they are pasted into a program."""
    thresholds = {threshold for percentile in percentiles for threshold in percentile.thresholds}
    return f"buckets={format_buckets(propose_buckets(distribution, thresholds))}"


def format_names(names: Iterable[str], limit: int = MAX_NAMES) -> str:
    """The first of some names, and how many more there are."""
    all_names = list(names)
    suffix = f" and {len(all_names) - limit} more" if len(all_names) > limit else ""
    return f"{', '.join(all_names[:limit])}{suffix}"
