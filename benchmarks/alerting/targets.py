"""Limits of what alerts cost, and of how late they are beside those of sloth."""

from collections.abc import Iterator

from benchmarks.alerting.measurement import Alerting
from benchmarks.alerting.services import SLOTH, TAILBOARD
from benchmarks.harness.cost_target import CostTarget
from tests.alerts.timelines import RARE_REQUESTS, TWO_OF_TWENTY

UNIT_TEST_LIMIT = 5.0
LATENESS_LIMIT = 1.0
"""A page at most a minute after that of sloth."""

SERVICE_LIMIT = 1.0
SERVICES_LIMIT = 60.0
"""Seconds of evaluation a minute: of one service, and of many, which one processor evaluates."""

SINGLE_FAILURE_TIMELINES = (RARE_REQUESTS.name, TWO_OF_TWENTY.name)
"""Where sloth pages for one failure, or for two that are no outage."""


def list_targets(alerting: Alerting | None) -> Iterator[CostTarget]:
    """Every limit with the measured value."""
    if alerting is None:
        return
    pairs = [
        (result.page.first, result.other_page.first)
        for result in alerting.timelines
        if result.other_page and result.timeline not in SINGLE_FAILURE_TIMELINES
    ]
    if pairs:
        yield CostTarget(
            f"pages of {SLOTH} that are missing",
            0,
            sum(other is not None and own is None for own, other in pairs),
        )
        yield CostTarget(
            f"minutes after a page of {SLOTH}",
            LATENESS_LIMIT,
            max(own - other for own, other in pairs if own is not None and other is not None),
        )
    for cost in alerting.unit_tests:
        if not cost.is_long:
            yield CostTarget(
                f"CPU seconds of the unit tests of {cost.service}, {cost.promtool}",
                UNIT_TEST_LIMIT,
                cost.cpu_seconds.median,
            )
    for evaluation in alerting.evaluation:
        if evaluation.rules.startswith(TAILBOARD):
            yield CostTarget(
                f"seconds of evaluation a minute, rules of {evaluation.rules}",
                SERVICE_LIMIT if evaluation.rules == TAILBOARD else SERVICES_LIMIT,
                evaluation.seconds_per_minute.median,
                f"{evaluation.samples_per_minute:,.0f} samples",
            )
