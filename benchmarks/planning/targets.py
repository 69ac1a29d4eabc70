"""Limits of the requests and of the time of a plan."""

from collections.abc import Iterator

from benchmarks.harness.cost_target import CostTarget
from benchmarks.planning.measurement import Planning

UNCHANGED_LIMIT = 12
"""Six besides the pages of the list, which Grafana ends at 2 MB: dashboards of 12 KB keep it."""
CHANGE_LIMIT = 4
"""How many more requests one changed dashboard takes."""

TIME_LIMIT = 1.5
"""Besides, a plan finds the server's APIs, searches for tagged dashboards and compares."""


def list_targets(planning: Planning) -> Iterator[CostTarget]:
    """The limits of /apis; the classic API has to be asked for each dashboard."""
    classic, time = planning.classic, planning.time
    name = f"plan of {planning.dashboards} unchanged dashboards"
    yield CostTarget(
        f"requests of a {name}",
        UNCHANGED_LIMIT,
        planning.apis.unchanged_plan,
        f"{planning.apis.unchanged_plan}",
        f"{time.list_requests}, lists alone; {classic.unchanged_plan}, the classic API",
    )
    yield CostTarget(
        "requests more to publish one change",
        CHANGE_LIMIT,
        planning.apis.one_change - planning.apis.unchanged_plan,
        f"{planning.apis.one_change - planning.apis.unchanged_plan}",
        f"{classic.one_change - classic.unchanged_plan}, the classic API",
    )
    yield CostTarget(
        f"{name}, a server in memory, seconds",
        TIME_LIMIT,
        time.ratio,
        f"{time.plan.format_text(2)} s",
        f"{time.lists.format_text(2)} s, lists alone; {time.build.format_text(2)} s, the build",
    )
