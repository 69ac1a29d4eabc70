"""Rates that recording rules keep, so that panels and alert rules need not compute them again.

Names are `level:metric:operations`: the labels kept, the metric without `_total`, the rate.
https://prometheus.io/docs/practices/rules/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tailboard.panels.concept import (
    DB_DURATION,
    DURATION,
    JOB_DURATION,
    OUTGOING_DURATION,
    OVERALL_DURATION,
    REDIS_DURATION,
    REQUESTS,
    TASK_DURATION,
    TASK_FAILURES,
    TASK_WAIT,
    TASKS,
    Concept,
)
from tailboard.panels.matcher import Matchers
from tailboard.panels.metric import Role

WINDOW = "5m"
"""The range of every recorded rate, and of every rate in an alert rule: 20 scrapes of 15 s."""

SERVICE_LABEL = "service"
"""The label by which recorded series and alerts say whose they are; its value is the slug."""

RECORDING_ROLES: Mapping[Concept[Any], tuple[Role, ...]] = {
    REQUESTS: (Role.ROUTE, Role.METHOD, Role.STATUS),
    DURATION: (Role.ROUTE,),
    OVERALL_DURATION: (),
    DB_DURATION: (Role.DATABASE, Role.OPERATION, Role.TABLE),
    OUTGOING_DURATION: (Role.PEER, Role.STATUS),
    REDIS_DURATION: (Role.COMMAND,),
    TASKS: (Role.TASK, Role.QUEUE),
    TASK_FAILURES: (Role.TASK, Role.QUEUE),
    TASK_DURATION: (Role.TASK, Role.QUEUE),
    TASK_WAIT: (Role.TASK, Role.QUEUE),
    JOB_DURATION: (Role.JOB,),
}
"""What is recorded, and by which labels: those that panels group by, over all instances."""


INSTANCE_CONCEPTS: frozenset[Concept[Any]] = frozenset({REQUESTS})
"""What is also recorded by instance: how many requests an instance may have in flight."""


@dataclass(frozen=True)
class Recording:
    """Where the rates of one metric are kept: by which labels, and which of them are meant.

    With `counts_only`, nothing is kept of a histogram's buckets and sums.
    """

    level: tuple[str, ...]
    matchers: Matchers
    is_count_only: bool = False

    def has_rate(self, series: str, by: Sequence[str]) -> bool:
        """Whether a series' rate is kept by these labels."""
        is_excluded = self.is_count_only and series.endswith(("_bucket", "_sum"))
        return not is_excluded and {*by} <= {*self.level, "le"}

    def build_name(self, series: str) -> str:
        """The recorded name of a series: `service_endpoint:http_requests:rate5m`."""
        level = "_".join((SERVICE_LABEL, *self.level))
        return f"{level}:{series.removesuffix('_total')}:rate{WINDOW}"
