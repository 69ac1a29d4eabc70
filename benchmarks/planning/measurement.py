"""Count the requests of `tailboard plan` and `tailboard publish` to a Grafana in memory.

A plan is also measured beside a loop that only lists what the same server holds.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.publishing.measurement import LISTS
from benchmarks.writing.tools import BUILD, DEFINITION, TAILBOARD
from benchmarks.writing.workload import COUNT_VARIABLE
from tests.grafana.memory import MemoryGrafana

DASHBOARDS = 1000
OPTIONS = ("--no-data-source-check", "--folder", "Benchmark")


@dataclass(frozen=True)
class ApiRequests:
    """Requests to one API: of a plan without changes, and of publishing one changed dashboard."""

    api: str
    unchanged_plan: int
    one_change: int


@dataclass(frozen=True)
class PlanTime:
    """Wall-clock seconds of a plan without changes, and of what it cannot do without.

    `lists` is a loop that lists the folders and the dashboards of the same server, in
    `list_requests` requests; `build` is the build of the same definition.
    """

    list_requests: int
    plan: MedianRange
    lists: MedianRange
    build: MedianRange

    @property
    def ratio(self) -> float:
        """Seconds of the plan, divided by those of its lists and its build."""
        return self.plan.median / (self.lists.median + self.build.median)


@dataclass(frozen=True)
class Planning:
    """The requests to both APIs of Grafana, and the time of a plan through `/apis`."""

    dashboards: int
    apis: ApiRequests
    classic: ApiRequests
    time: PlanTime


def measure_planning(
    dashboards: int, repeats: int, report_progress: Callable[[str], None]
) -> Planning:
    """Publish to a server of each kind, then plan, then publish one change."""
    report_progress(f"requests of a plan of {dashboards} dashboards, {repeats} times")
    count = {COUNT_VARIABLE: str(dashboards)}
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        measure_cost([*BUILD, str(folder / "built")], count)
        documents = folder / "built" / "dashboards"
        with MemoryGrafana(apis=True) as server:
            environment = {**count, **_build_environment(server)}
            apis = _count_requests(server, documents, folder / "apis-state", environment)
            time = _measure_time(server, folder, repeats, environment)
        with MemoryGrafana(apis=False) as server:
            environment = {**count, **_build_environment(server)}
            classic = _count_requests(server, documents, folder / "classic-state", environment)
    return Planning(dashboards, apis, classic, time)


def _build_environment(server: MemoryGrafana) -> dict[str, str]:
    return {"GRAFANA_URL": server.url, "GRAFANA_TOKEN": server.create_token("administrator")}


def _count_requests(
    server: MemoryGrafana, documents: Path, state: Path, environment: dict[str, str]
) -> ApiRequests:
    plan = [TAILBOARD, "plan", str(documents), *OPTIONS]
    publish = [TAILBOARD, "publish", str(documents), *OPTIONS, "--state", str(state)]
    measure_cost(publish, environment)
    server.clear_requests()
    measure_cost(plan, environment)
    unchanged_count = server.count_requests()
    changed_path = min(documents.glob("*.json"))
    unchanged_text = changed_path.read_text("utf-8")
    _change_document(changed_path)
    server.clear_requests()
    measure_cost(publish, environment)
    change_count = server.count_requests()
    changed_path.write_text(unchanged_text, "utf-8")
    measure_cost(publish, environment)
    return ApiRequests("/apis" if server.apis else "the classic API", unchanged_count, change_count)


def _measure_time(
    server: MemoryGrafana, folder: Path, repeats: int, environment: dict[str, str]
) -> PlanTime:
    server.clear_requests()
    measure_cost(LISTS, environment)
    list_requests = server.count_requests()
    commands = (
        [TAILBOARD, "plan", DEFINITION, *OPTIONS],
        LISTS,
        [*BUILD, str(folder / "built-again"), "--force"],
    )
    turns = repeat_measurement(
        lambda: [measure_cost(command, environment).seconds for command in commands], repeats
    )
    medians = [MedianRange.from_values(seconds) for seconds in zip(*turns, strict=True)]
    return PlanTime(list_requests, *medians)


def _change_document(path: Path) -> None:
    document = json.loads(path.read_bytes())
    document["description"] = f"{document.get('description') or ''} Changed."
    path.write_text(json.dumps(document), "utf-8")
