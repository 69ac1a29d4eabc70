"""Measure `tailboard preview` of all dashboards of three services, from a real Prometheus."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from benchmarks.harness.cost import ROOT, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.loading.backfill import write_history
from benchmarks.loading.server import find_obstacle, run_server
from benchmarks.loading.services import END_TIME, TIME_RANGE

DEFINITION = str(Path(__file__).with_name("definition.py"))
PREVIEW = (sys.executable, "-m", "tailboard", "preview", DEFINITION)
INSTANCES = 10
PICTURE_OPTIONS = {"pages": (), "pages and SVG": ("--svg",), "pages and PNG": ("--png",)}


@dataclass(frozen=True)
class PreviewCost:
    """One way to draw all dashboards."""

    name: str
    seconds: MedianRange
    cpu_seconds: MedianRange
    peak_bytes: MedianRange
    written_bytes: int


@dataclass(frozen=True)
class Previewing:
    """What was drawn, how many queries that took, and its cost in each form."""

    dashboards: int
    panels: int
    empty_panels: int
    queries: int
    received_queries: int
    instances: int
    costs: list[PreviewCost]


def measure_previewing(
    instances: int, repeats: int, report_progress: Callable[[str], None]
) -> Previewing | None:
    """Fill a server and draw from it `repeats` times; None if no server can be started."""
    if lacking := find_obstacle():
        report_progress(lacking)
        return None
    with run_server() as server, TemporaryDirectory(prefix="benchmark-") as name:
        write_history(server, instances, report_progress)
        start, end = (
            datetime.fromtimestamp(time, UTC).isoformat()
            for time in (END_TIME - TIME_RANGE, END_TIME)
        )
        command = [*PREVIEW, f"--prometheus={server.url}", f"--from={start}", f"--to={end}"]
        earlier_queries = _count_queries(server.url)
        report = _read_report([*command, "--json", f"--out={name}/report"])
        received_queries = _count_queries(server.url) - earlier_queries
        costs = [
            _measure_form(form, [*command, *options], Path(name), repeats, report_progress)
            for form, options in PICTURE_OPTIONS.items()
        ]
        dashboards = report["dashboards"]
        return Previewing(
            len(dashboards),
            sum(dashboard["panels"] for dashboard in dashboards),
            sum(len(dashboard["without_data"]) for dashboard in dashboards),
            report["queries"],
            received_queries,
            instances,
            costs,
        )


def _count_queries(url: str) -> int:
    """How many queries a server has answered since it started."""
    metrics = requests.get(f"{url}/metrics", timeout=30).text
    counts = re.findall(
        r'^prometheus_http_requests_total\{.*handler="/api/v1/query(?:_range)?".*\} (\d+)',
        metrics,
        re.MULTILINE,
    )
    return sum(map(int, counts))


def _measure_form(
    form: str,
    command: Sequence[str],
    folder: Path,
    repeats: int,
    report_progress: Callable[[str], None],
) -> PreviewCost:
    report_progress(f"drawing {form}, {repeats} times")
    out = folder / form.replace(" ", "-")
    costs = repeat_measurement(lambda: measure_cost([*command, f"--out={out}"]), repeats)
    return PreviewCost(
        form,
        MedianRange.from_values(cost.seconds for cost in costs),
        MedianRange.from_values(cost.cpu_seconds for cost in costs),
        MedianRange.from_values(cost.peak_bytes for cost in costs),
        sum(path.stat().st_size for path in out.iterdir()),
    )


def _read_report(command: Sequence[str]) -> dict[str, Any]:
    process = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "editable")},
        check=True,
        capture_output=True,
        text=True,
    )
    report: dict[str, Any] = json.loads(process.stdout)
    return report
