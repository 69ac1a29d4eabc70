"""A rate of what a job pushed: the count is the same after each push, and the rate is 0.

That something was pushed is known where the Pushgateway says so: `push_time_seconds` and
`push_failure_time_seconds`, what is asked for with `job="pushgateway"` and is not the gateway's
own, and every job of which a query of the same run asks for the `push_time_seconds`. Of other names
nobody can tell.

Bad: `increase(job_duration_seconds_count{job="pushgateway"}[1h])`
Good: `changes(push_time_seconds[1d])`, `time() - job_last_success_unixtime`
"""

from collections.abc import Collection, Iterator, Sequence

from tailboard.findings.finding import Place
from tailboard.lint.linting import LintRule
from tailboard.queries.promql_reading import RATES, Series, variables
from tailboard.queries.subject import Query, Subject, queries

PUSHED = {"push_time_seconds", "push_failure_time_seconds"}
GATEWAY = ("job", "pushgateway")
JOB = {"job", "exported_job"}
"""Where a pushed series says its job: in the second where the scrape lacks `honor_labels`."""

OWN = ("go_", "process_", "promhttp_", "pushgateway_", "scrape_")
"""How the names begin of what the Pushgateway says about itself."""

Job = tuple[str, str]
"""A label and its value."""


def _of_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    asked = [it for subject in subjects for it in queries(subject)]
    jobs = {
        job for query in asked for it in query.selected if it.name in PUSHED for job in _jobs(it)
    }
    for query in asked:
        for it in _rates(query):
            if it.name in PUSHED or (not it.name.startswith(OWN) and _is_of(it, jobs)):
                yield (
                    f"a rate of {it.name}, which was pushed",
                    "ask for its age, time() - it, or for changes() of push_time_seconds.",
                    query.place,
                )


def _rates(query: Query) -> list[Series]:
    return [it for it in query.selected if RATES & {*it.within}]


def _is_of(it: Series, jobs: Collection[Job]) -> bool:
    return any(job == GATEWAY or job in jobs for job in _jobs(it))


def _jobs(it: Series) -> list[Job]:
    """The jobs that it names, and no variable's."""
    chosen = ((label, value) for label, op, value in it.matchers if op == "=" and label in JOB)
    return [job for job in chosen if job[1] and not variables(job[1])]


RULE = LintRule(
    "rate-of-pushed",
    "error",
    "a rate of what was pushed",
    __doc__,
    of_run=_of_run,
)
