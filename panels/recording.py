"""Names of recorded rates, which panels and alert rules read instead of computing them again.

Names are `level:metric:operations`: the labels kept, the metric without `_total`, the rate.
https://prometheus.io/docs/practices/rules/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    DURATION_SUMMARY,
    FIRST_TOKEN,
    JOB_DURATION,
    MODEL_CALLS,
    MODEL_DURATION,
    MODEL_FAILURES,
    OUTGOING_DURATION,
    OVERALL_DURATION,
    REDIS_DURATION,
    REQUESTS,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_WAIT,
    TASKS,
    TOKEN_INTERVAL,
    Concept,
)
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.matcher import Matchers
from tailboard.panels.metric import Role
from tailboard.panels.record import record

FOREIGN_CHARACTER = declare_pattern(r"[^a-zA-Z0-9_:]")

WINDOW = "5m"
"""The range of every recorded rate, and of every rate in an alert rule: 20 scrapes of 15 s."""

SERVICE_LABEL = "service"
"""The label of recorded series and alerts that names their service; its value is the slug."""

RECORDING_ROLES: Mapping[Concept[Any], tuple[Role, ...]] = {
    REQUESTS: (Role.ROUTE, Role.METHOD, Role.STATUS),
    DURATION: (Role.ROUTE,),
    DURATION_SUMMARY: (Role.ROUTE,),
    OVERALL_DURATION: (),
    DB_DURATION: (Role.DATABASE, Role.OPERATION, Role.TABLE),
    OUTGOING_DURATION: (Role.PEER, Role.STATUS),
    REDIS_DURATION: (Role.COMMAND,),
    TASKS: (Role.TASK, Role.QUEUE),
    TASK_FAILURES: (Role.TASK, Role.QUEUE),
    TASK_DURATION: (Role.TASK, Role.QUEUE),
    TASK_WAIT: (Role.TASK, Role.QUEUE),
    JOB_DURATION: (Role.JOB,),
    MODEL_CALLS: (Role.MODEL,),
    MODEL_FAILURES: (Role.MODEL,),
    MODEL_DURATION: (Role.MODEL,),
    FIRST_TOKEN: (Role.MODEL,),
    TOKEN_INTERVAL: (Role.MODEL,),
}
"""The concepts that are recorded, each with the labels that panels group by, over all instances."""


INSTANCE_CONCEPTS: frozenset[Concept[Any]] = frozenset({REQUESTS})
"""Also recorded by instance, for the limit of requests in flight."""


@record
class Recording:
    """The recorded rates of one metric: the labels they are kept by, and the matchers of a service.

    With `is_count_only`, a histogram's buckets and sums are not recorded.
    """

    level: tuple[str, ...]
    matchers: Matchers
    is_count_only: bool = False

    def has_rate(self, series: str, by: Sequence[str]) -> bool:
        """Whether a series' rate is recorded by these labels."""
        is_excluded = self.is_count_only and series.endswith(("_bucket", "_sum"))
        return not is_excluded and {*by} <= {*self.level, "le"}

    def build_name(self, series: str) -> str:
        """The recorded name of a series: `service_endpoint:http_requests:rate5m`."""
        level = "_".join((SERVICE_LABEL, *self.level))
        return format_recording(f"{level}:{series.removesuffix('_total')}:rate{WINDOW}")


def format_recording(name: str) -> str:
    """The name of recorded series: whatever is in it, no quotes are needed in PromQL.

    Dots become underscores; other characters that only Prometheus 3 has in names, their number.
    """
    return FOREIGN_CHARACTER.sub(
        lambda match: "_" if match[0] == "." else f"_{ord(match[0]):x}_", name
    )
