"""Measure `tailboard build` of many definitions with one job and with several, in turn."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness.cost import Cost, measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.writing.tools import TAILBOARD

DEFINITIONS = 167
"""Of six dashboards each, and one of all: a thousand and three."""

SERVICE_DEFINITION = """\
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

SERVICE = Service(
    "service {index}",
    selector={{"job": "{index}"}},
    convention=PROMETHEUS_CLIENT,
    objectives=Objectives(latency={{0.99: 1.0}}, availability=0.999),
)
services = [SERVICE]
"""
"""A service with all dashboards of the library and its rules."""


@dataclass(frozen=True)
class SideBySide:
    """Wall-clock and CPU seconds with one job and with as many as there are processors."""

    definitions: int
    dashboards: int
    jobs: int
    one_seconds: MedianRange
    several_seconds: MedianRange
    one_cpu_seconds: MedianRange
    several_cpu_seconds: MedianRange


def measure_side_by_side(
    definitions: int, repeats: int, report_progress: Callable[[str], None]
) -> SideBySide:
    """Run both `repeats` times, after a run that warms the caches."""
    jobs = os.cpu_count() or 1
    report_progress(f"{definitions} definitions with 1 and {jobs} jobs, {repeats} times each")
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        for index in range(definitions):
            text = SERVICE_DEFINITION.format(index=index)
            (folder / f"service_{index:04}.py").write_text(text, "utf-8")

        def run_build(job_count: int) -> tuple[Cost, int]:
            with TemporaryDirectory(prefix="benchmark-") as out:
                command = (
                    TAILBOARD,
                    "build",
                    name,
                    "--out",
                    out,
                    "--format",
                    "api",
                    "--format",
                    "rules",
                )
                cost = measure_cost([*command, "--jobs", str(job_count)])
                return cost, len([*(Path(out) / "dashboards").iterdir()])

        runs = repeat_measurement(lambda: (run_build(1), run_build(jobs)), repeats)
    one, several = ([cost for cost, _ in turns] for turns in zip(*runs, strict=True))
    (dashboards,) = {count for turn in runs for _, count in turn}
    return SideBySide(
        definitions,
        dashboards,
        jobs,
        *(_summarize_seconds(costs) for costs in (one, several)),
        *(_summarize_cpu_seconds(costs) for costs in (one, several)),
    )


def _summarize_seconds(costs: Sequence[Cost]) -> MedianRange:
    return MedianRange.from_values(cost.seconds for cost in costs)


def _summarize_cpu_seconds(costs: Sequence[Cost]) -> MedianRange:
    return MedianRange.from_values(cost.cpu_seconds for cost in costs)
