"""Count the requests of `tailboard plan` and `tailboard publish` to a Grafana in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import measure_cost
from benchmarks.writing.tools import BUILD, TAILBOARD
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
class Planning:
    """The requests to both APIs of Grafana."""

    dashboards: int
    apis: ApiRequests
    classic: ApiRequests


def measure_planning(dashboards: int, report_progress: Callable[[str], None]) -> Planning:
    """Publish to a server of each kind, then plan, then publish one change."""
    report_progress(f"requests of a plan of {dashboards} dashboards")
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        measure_cost([*BUILD, str(folder / "built")], {COUNT_VARIABLE: str(dashboards)})
        documents = folder / "built" / "dashboards"
        return Planning(
            dashboards,
            _count_requests(documents, folder / "apis-state", apis=True),
            _count_requests(documents, folder / "classic-state", apis=False),
        )


def _count_requests(documents: Path, state: Path, *, apis: bool) -> ApiRequests:
    with MemoryGrafana(apis=apis) as server:
        environment = {
            "GRAFANA_URL": server.url,
            "GRAFANA_TOKEN": server.create_token("administrator"),
        }
        plan = [TAILBOARD, "plan", str(documents), *OPTIONS]
        publish = [TAILBOARD, "publish", str(documents), *OPTIONS, "--state", str(state)]
        measure_cost(publish, environment)
        server.clear_requests()
        measure_cost(plan, environment)
        unchanged_count = server.count_requests()
        _change_document(min(documents.glob("*.json")))
        server.clear_requests()
        measure_cost(publish, environment)
        return ApiRequests(
            "/apis" if apis else "the classic API", unchanged_count, server.count_requests()
        )


def _change_document(path: Path) -> None:
    document = json.loads(path.read_bytes())
    document["description"] = f"{document.get('description') or ''} Changed."
    path.write_text(json.dumps(document), "utf-8")
