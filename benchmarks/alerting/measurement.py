"""Measure when alerts fire, what their unit tests cost, and what it costs to evaluate them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.alerting.history import (
    EVALUATION_INTERVAL,
    RECORDED_DAYS,
    list_rules,
    write_history,
)
from benchmarks.alerting.services import (
    SLOTH,
    SLOTH_ADVICE,
    TAILBOARD,
    RuleFile,
    write_rule_files,
)
from benchmarks.harness.cost import measure_cost
from benchmarks.harness.median_range import MedianRange
from benchmarks.harness.repetition import repeat_measurement
from benchmarks.loading.server import PrometheusServer, find_obstacle, run_server
from benchmarks.loading.services import END_TIME
from tailboard.panels.duration import parse_duration
from tests.alerts.timelines import TIMELINES, Outcome, Timeline, run_timeline
from tests.required_programs import list_programs

PROMTOOL = "promtool"
VERSION = re.compile(r"version (\d+\.\d+\.\d+)")
BUILD = (sys.executable, "-m", "tailboard", "build", "definitions", "--format", "rules", "--out")
MANY_SERVICES = 100

HEAD_DURATION = f"{2 * RECORDED_DAYS}d"
"""A block that is longer than the history: all of it is in memory, for rules of any kind."""


@dataclass(frozen=True)
class Firing:
    """The minutes after which an alert fired first and last; nothing if it never did."""

    first: int | None
    last: int | None
    count: int

    @classmethod
    def from_intervals(cls, intervals: Sequence[tuple[int, int]]) -> "Firing":
        """The first and the last of some intervals, and how many there are."""
        if not intervals:
            return cls(None, None, 0)
        return cls(intervals[0][0], intervals[-1][1], len(intervals))


@dataclass(frozen=True)
class TimelineResult:
    """When pages and tickets fired on a timeline; `other_*` are those of sloth."""

    timeline: str
    page: Firing
    ticket: Firing
    other_page: Firing | None
    other_ticket: Firing | None


@dataclass(frozen=True)
class UnitTestCost:
    """CPU seconds of promtool for the unit tests of a service; `is_long` are those of hours."""

    service: str
    promtool: str
    is_long: bool
    cpu_seconds: MedianRange


@dataclass(frozen=True)
class EvaluationCost:
    """What it costs to evaluate rules: how many there are, samples and seconds a minute."""

    rules: str
    recording_rules: int
    alert_rules: int
    samples_per_minute: float
    seconds_per_minute: MedianRange


@dataclass(frozen=True)
class Alerting:
    """All measurements; those for which a program is missing are empty."""

    timelines: list[TimelineResult]
    unit_tests: list[UnitTestCost]
    evaluation: list[EvaluationCost]


def measure_alerting(
    rounds: int, report_progress: Callable[[str], None], beside: Sequence[Path] = ()
) -> Alerting | None:
    """Measure everything that the programs on the PATH allow; None without promtool.

    `beside` are rule files for the same service, such as those of another version.
    """
    promtool_paths = list_programs(PROMTOOL)
    if not promtool_paths:
        report_progress(f"{PROMTOOL} is not installed: apt-get install prometheus")
        return None
    if shutil.which(SLOTH) is None:
        report_progress(f"{SLOTH} is not installed: {SLOTH_ADVICE}")
    with TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        files = write_rule_files(folder)
        return Alerting(
            list(_run_timelines(promtool_paths[0], files, report_progress)),
            list(_measure_unit_tests(promtool_paths, folder, rounds, report_progress)),
            _measure_evaluation(
                [*files.values(), *(RuleFile(path.stem, path) for path in beside)],
                rounds,
                report_progress,
            ),
        )


def _run_timelines(
    promtool_path: str, files: dict[str, RuleFile], report_progress: Callable[[str], None]
) -> Iterable[TimelineResult]:
    for timeline in TIMELINES:
        report_progress(f"timeline: {timeline.name}")
        outcomes = {
            name: run_timeline(promtool_path, rules.path, timeline) for name, rules in files.items()
        }
        yield _summarize_timeline(timeline, outcomes[TAILBOARD], outcomes.get(SLOTH))


def _summarize_timeline(
    timeline: Timeline, outcome: Outcome, other: Outcome | None
) -> TimelineResult:
    return TimelineResult(
        timeline.name,
        Firing.from_intervals(outcome.pages),
        Firing.from_intervals(outcome.tickets),
        Firing.from_intervals(other.pages) if other else None,
        Firing.from_intervals(other.tickets) if other else None,
    )


def _measure_unit_tests(
    promtool_paths: Sequence[str],
    folder: Path,
    rounds: int,
    report_progress: Callable[[str], None],
) -> Iterable[UnitTestCost]:
    """The tests that a build writes for each service of `definitions/`."""
    measure_cost([*BUILD, str(folder / "built")])
    for suffix, is_long in ((".rules.test.yaml", False), (".rules.long.test.yaml", True)):
        for path in sorted((folder / "built" / "rules").glob(f"*{suffix}")):
            service = path.name.removesuffix(suffix)
            for promtool_path in promtool_paths:
                report_progress(f"unit tests of {service}{', hours' if is_long else ''}")
                measure = partial(measure_cost, [promtool_path, "test", "rules", str(path)])
                costs = repeat_measurement(measure, 1 if is_long else rounds)
                cpu_seconds = MedianRange.from_values(cost.cpu_seconds for cost in costs)
                yield UnitTestCost(service, _read_version(promtool_path), is_long, cpu_seconds)


def _read_version(promtool_path: str) -> str:
    """The program with its version; one that `go install` built reports none."""
    result = subprocess.run(
        [promtool_path, "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    version = VERSION.search(result.stdout + result.stderr)
    return f"promtool {version[1]}" if version else "promtool (go install)"


def _measure_evaluation(
    files: Sequence[RuleFile], rounds: int, report_progress: Callable[[str], None]
) -> list[EvaluationCost]:
    """Every rule of each file, on a server with the history of the service."""
    obstacle = find_obstacle()
    if obstacle:
        report_progress(obstacle)
        return []
    with run_server(HEAD_DURATION) as server:
        write_history(server, list(files), report_progress)
        report_progress(f"evaluating the rules, {rounds} times")
        costs = [_evaluate_rules(server, rules, rounds) for rules in files]
        report_progress(f"evaluating the rules of {files[0].title} {MANY_SERVICES} times")
        return [*costs, _evaluate_rules(server, files[0], 1, MANY_SERVICES)]


def _evaluate_rules(
    server: PrometheusServer, rules: RuleFile, rounds: int, services: int = 1
) -> EvaluationCost:
    """The rules of as many services, which read no series of each other: those of one again."""
    listed = list(list_rules(rules)) * services
    rates = [EVALUATION_INTERVAL / parse_duration(rule["interval"]) for rule in listed]
    turns = repeat_measurement(
        lambda: [server.query_instant(rule["expr"], END_TIME) for rule in listed], rounds
    )
    return EvaluationCost(
        rules.title if services == 1 else f"{rules.title}, {services} services",
        sum("record" in rule for rule in listed),
        sum("alert" in rule for rule in listed),
        sum(answer.samples * rate for answer, rate in zip(turns[-1], rates, strict=True)),
        MedianRange.from_values(
            sum(answer.seconds * rate for answer, rate in zip(answers, rates, strict=True))
            for answers in turns
        ),
    )
