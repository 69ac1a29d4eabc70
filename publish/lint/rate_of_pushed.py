"""A rate of what a job pushed: the count is the same after each push, and the rate is 0.

Bad: `increase(job_duration_seconds_count[1h])` of a Pushgateway
Good: `changes(push_time_seconds[1d])`, `time() - job_last_success_unixtime`
"""

from publish.linting import LintRule, Said
from publish.promql_reading import RATES
from publish.subject import Query

PUSHED = {"push_time_seconds", "push_failure_time_seconds"}


def _of_query(query: Query) -> Said:
    for it in query.selected:
        pushed = it.name in PUSHED or ("job", "=", "pushgateway") in it.matchers
        if pushed and RATES & {*it.within}:
            yield (
                f"a rate of {it.name}, which was pushed",
                "ask for its age, time() - it, or for changes() of push_time_seconds.",
            )


RULE = LintRule(
    "rate-of-pushed",
    "error",
    "a rate of what was pushed",
    __doc__,
    of_query=_of_query,
)
