"""A rate of what a job pushed: the count is the same after each push, and the rate is 0.

That something was pushed is known where the Pushgateway says so: `push_time_seconds` and
`push_failure_time_seconds`, what is selected by `job="pushgateway"` and is not the gateway's
own, and every job of which a query of the same run asks for the `push_time_seconds`. Of other names
nobody can tell.

Bad: `increase(job_duration_seconds_count{job="pushgateway"}[1h])`
Good: `changes(push_time_seconds[1d])`, `time() - job_last_success_unixtime`

Exclude it where the job pushes a counter that goes on over its runs.
"""

from collections.abc import Collection, Iterator, Sequence

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.parser.promql import RATE_FUNCTIONS, Selector, find_variables
from tailboard.queries.subject import Query, Subject, list_queries

PUSH_METRICS = {"push_time_seconds", "push_failure_time_seconds"}
GATEWAY_JOB = ("job", "pushgateway")
JOB_LABELS = {"job", "exported_job"}
"""Where a pushed series says its job: in the second where the scrape lacks `honor_labels`."""

GATEWAY_PREFIXES = ("go_", "process_", "promhttp_", "pushgateway_", "scrape_")
"""How the names begin of what the Pushgateway says about itself."""

Job = tuple[str, str]
"""A label and its value."""


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    run_queries = [query for subject in subjects for query in list_queries(subject)]
    pushed_jobs = {
        GATEWAY_JOB,
        *(
            job
            for query in run_queries
            for selector in query.selectors
            if selector.name in PUSH_METRICS
            for job in _find_jobs(selector)
        ),
    }
    for query in run_queries:
        for selector in _find_rates(query):
            if selector.name in PUSH_METRICS or (
                not selector.name.startswith(GATEWAY_PREFIXES)
                and _is_from_jobs(selector, pushed_jobs)
            ):
                yield (
                    f"a rate of {selector.name}, which was pushed",
                    "ask for its age, time() - it, or for changes() of push_time_seconds.",
                    query.place,
                )


def _find_rates(query: Query) -> list[Selector]:
    return [
        selector
        for selector in query.selectors
        if not RATE_FUNCTIONS.isdisjoint(selector.operations)
    ]


def _is_from_jobs(selector: Selector, jobs: Collection[Job]) -> bool:
    return any(op == "=" and (label, value) in jobs for label, op, value in selector.matchers)


def _find_jobs(selector: Selector) -> list[Job]:
    """The jobs that it names, and no variable's."""
    pairs = (
        (label, value)
        for label, op, value in selector.matchers
        if op == "=" and label in JOB_LABELS
    )
    return [job for job in pairs if job[1] and not find_variables(job[1])]


RULE = LintRule(
    "rate-of-pushed",
    "error",
    "a rate of what was pushed",
    __doc__,
    check_run=_check_run,
)
