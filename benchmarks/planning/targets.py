"""Limits of the requests of a plan."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.planning.measurement import Planning

UNCHANGED_LIMIT = 12
CHANGE_LIMIT = 4
"""How many more requests one changed dashboard takes."""


def list_targets(planning: Planning) -> Iterator[CostTarget]:
    """The limits of /apis; the classic API has to be asked for each dashboard."""
    classic = planning.classic
    yield CostTarget(
        f"requests of a plan of {planning.dashboards} unchanged dashboards",
        UNCHANGED_LIMIT,
        planning.apis.unchanged_plan,
        f"{planning.apis.unchanged_plan}",
        f"{classic.unchanged_plan}, the classic API",
    )
    yield CostTarget(
        "requests more to publish one change",
        CHANGE_LIMIT,
        planning.apis.one_change - planning.apis.unchanged_plan,
        f"{planning.apis.one_change - planning.apis.unchanged_plan}",
        f"{classic.one_change - classic.unchanged_plan}, the classic API",
    )
