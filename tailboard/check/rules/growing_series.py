"""A metric with many more series than an hour ago: a label's values are without end.

Bad: a label holds paths with ids, and every new id is a new series
Good: as many series as an hour ago, whatever the traffic
Half as many again and at least 100 more is growth. The series are counted for each target, so
that another replica is none. A new version of a program may grow once.
"""

from collections.abc import Iterator

from tailboard.check.engine import Check, MetricProblem
from tailboard.check.evidence import Evidence

GROWTH_FACTOR, MIN_GROWTH = 1.5, 100


def _check_evidence(evidence: Evidence) -> Iterator[MetricProblem]:
    for name, (before, now) in sorted(evidence.growth.items()):
        if before and now >= GROWTH_FACTOR * before and now - before >= MIN_GROWTH:
            problem = f"{now:.0f} series per target; an hour ago there were {before:.0f}"
            tip = "find the label whose values go on: use a route's template, drop ids."
            yield MetricProblem(name, problem, tip)


CHECK = Check(
    "growing-series", "warning", "a metric with ever more series", __doc__, _check_evidence
)
