"""Timelines of one service on which its alerts are tried, and what fires in each minute of them.

The service is `orders` with the metrics of the Python client; its objectives are an availability of
99.9 % and a P99 of one second. Minutes count from where the problem begins.
"""

import math
import random
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

JsonObject = dict[str, Any]

SCRAPE_SECONDS = 30
JOB = "orders-api"
SERVICE = Service(
    "orders",
    {"job": JOB},
    PROMETHEUS_CLIENT,
    Objectives(latency={0.99: 1.0}, availability=0.999),
)
FAST_BOUNDS, SLOW_BOUNDS = ("0.1", "0.5", "1.0"), ("2.5", "+Inf")
"""Bounds of buckets: a slow request takes between one second and two and a half."""

MEASURED_PATTERN = re.compile(r"time: (\S+),\s+exp: [^\n]*\n\s+got: ?([^\n]*)")
"""What promtool answers to an expectation that cannot be met."""

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_PATTERN = re.compile(r'(\w+)="([^"]*)"')
DURATION_PATTERN = re.compile(r"(\d+)([dhms])")
MINUTES_BY_UNIT = {"d": 1440.0, "h": 60.0, "m": 1.0, "s": 1 / 60}

FAST_MILLISECONDS, SLOW_MILLISECONDS = ("100.0", "500.0", "1000.0"), ("2500.0", "+Inf")

BUSY = 50 * 60.0
"""Requests per minute of a busy service."""


@dataclass(frozen=True)
class Phase:
    """Some minutes of steady traffic of one instance, in requests per minute.

    `is_scraped` is false in a gap of scraping, `is_up` while the target does not answer. `restarts`
    says that the process begins to count anew.
    """

    minutes: float
    good: float = 0
    failed: float = 0
    slow: float = 0
    is_scraped: bool = True
    is_up: bool = True
    restarts: bool = False


class Sample(NamedTuple):
    """What a scrape brings: `up` and the requests so far, or nothing."""

    up: float | None
    good: float | None = None
    failed: float | None = None
    slow: float | None = None

    def add(self, *names: str) -> float | None:
        """The sum of some counts, where there are any."""
        counts = [getattr(self, name) for name in names]
        return None if None in counts else float(sum(counts))


@dataclass(frozen=True)
class Timeline:
    """What happens to each instance. `start` is the minute in which the problem begins.

    With `has_new_failures` the series of the failures begins with the first. `is_random` draws each
    scrape's requests from Poisson's distribution, always the same for one name.
    """

    name: str
    start: int
    instances: Sequence[Sequence[Phase]]
    has_new_failures: bool = False
    is_random: bool = False
    evaluation_seconds: int = 60
    failed_status: str = "500"

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int(max(sum(phase.minutes for phase in phases) for phases in self.instances))

    def build_series(self, expose: "Exposition | None" = None) -> list[JsonObject]:
        """The series in promtool's notation, as `expose` names and formats them."""
        return [
            {"series": series, "values": values}
            for number, phases in enumerate(self.instances)
            for series, values in self._build_instance(
                f"{chr(ord('a') + number)}:8000", phases, expose or expose_client_metrics
            )
        ]

    def _build_instance(
        self, instance: str, phases: Sequence[Phase], expose: "Exposition"
    ) -> Iterator[tuple[str, str]]:
        samples = [*self._list_samples(phases)]
        target = f'job="{JOB}",instance="{instance}"'
        yield f"up{{{target}}}", format_values([sample.up for sample in samples])
        yield from expose(self, target, samples)

    def _list_samples(self, phases: Sequence[Phase]) -> Iterator[Sample]:
        chance = random.Random(self.name)
        totals = [0.0, 0.0, 0.0]
        for phase in phases:
            if phase.restarts:
                totals = [0.0, 0.0, 0.0]
            means = [rate * SCRAPE_SECONDS / 60 for rate in (phase.good, phase.failed, phase.slow)]
            for _ in range(round(phase.minutes * 60 / SCRAPE_SECONDS)):
                if not phase.is_scraped:
                    yield Sample(None)
                elif not phase.is_up:
                    yield Sample(0)
                else:
                    yield Sample(1, *(float(int(total + 1e-6)) for total in totals))
                growth = [draw_poisson(chance, mean) for mean in means] if self.is_random else means
                totals = [total + count for total, count in zip(totals, growth, strict=True)]


@dataclass(frozen=True)
class Outcome:
    """When something of a severity fired: first and last minute since the problem began."""

    intervals: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def pages(self) -> Sequence[tuple[int, int]]:
        """When something critical fired."""
        return self.intervals.get("critical", ())

    @property
    def tickets(self) -> Sequence[tuple[int, int]]:
        """When a warning fired."""
        return self.intervals.get("warning", ())


Exposition = Callable[[Timeline, str, Sequence[Sample]], Iterator[tuple[str, str]]]
"""How a service exposes the samples of one target: series, and values in promtool's notation."""


def expose_client_metrics(
    timeline: Timeline, target: str, samples: Sequence[Sample]
) -> Iterator[tuple[str, str]]:
    """A counter by status and a classic histogram in seconds, as of the Python client."""
    labels = f'{target},method="GET",endpoint="/orders"'
    yield from _expose_requests(timeline, labels, samples)
    fast = [sample.add("good", "failed") for sample in samples]
    every = [sample.add("good", "failed", "slow") for sample in samples]
    duration = "http_request_duration_seconds"
    yield from _expose_buckets(duration, labels, fast, every, (FAST_BOUNDS, SLOW_BOUNDS))


def expose_native_metrics(
    timeline: Timeline, target: str, samples: Sequence[Sample]
) -> Iterator[tuple[str, str]]:
    """A counter by status and a native histogram of schema 0, whose bounds are powers of two."""
    labels = f'{target},method="GET",endpoint="/orders"'
    yield from _expose_requests(timeline, labels, samples)
    histograms = [
        _format_histogram(sample.add("good", "failed"), sample.slow) for sample in samples
    ]
    yield f"http_request_duration_seconds{{{labels}}}", " ".join(histograms)


def expose_millisecond_metrics(
    timeline: Timeline, target: str, samples: Sequence[Sample]
) -> Iterator[tuple[str, str]]:
    """One histogram in milliseconds by status, as of OpenTelemetry's old conventions."""
    labels = f'{target},http_method="GET",http_target="/orders"'
    duration = "http_server_duration_milliseconds"
    for status, fast_names in (("200", ("good",)), (timeline.failed_status, ("failed",))):
        status_labels = f'{labels},http_status_code="{status}"'
        fast = [sample.add(*fast_names) for sample in samples]
        every = [sample.add("good", "slow") for sample in samples] if status == "200" else fast
        bounds = (FAST_MILLISECONDS, SLOW_MILLISECONDS)
        yield from _expose_buckets(duration, status_labels, fast, every, bounds)


def _expose_requests(
    timeline: Timeline, labels: str, samples: Sequence[Sample]
) -> Iterator[tuple[str, str]]:
    requests = f"http_requests_total{{{labels},http_status="
    good = [sample.add("good", "slow") for sample in samples]
    failures = [sample.failed for sample in samples]
    if timeline.has_new_failures:
        failures = [value or None for value in failures]
    yield f'{requests}"200"}}', format_values(good)
    yield f'{requests}"{timeline.failed_status}"}}', format_values(failures)


def _expose_buckets(
    name: str,
    labels: str,
    fast: Sequence[float | None],
    every: Sequence[float | None],
    bounds: tuple[Sequence[str], Sequence[str]],
) -> Iterator[tuple[str, str]]:
    for group, counts in zip(bounds, (fast, every), strict=True):
        for bound in group:
            yield f'{name}_bucket{{{labels},le="{bound}"}}', format_values(counts)
    yield f"{name}_count{{{labels}}}", format_values(every)


def _format_histogram(fast: float | None, slow: float | None) -> str:
    """A native histogram with requests of about 0.1 s and of 1.5 s; a gap where there is none."""
    if fast is None or slow is None:
        return "_"
    total = 0.1 * fast + 1.5 * slow
    return (
        f"{{{{schema:0 sum:{total:.15g} count:{fast + slow:.15g} offset:-3 "
        f"buckets:[{fast:.15g} 0 0 0 {slow:.15g}]}}}}"
    )


def draw_poisson(chance: random.Random, mean: float) -> int:
    """How many events of a mean happen, by Knuth's product of uniform numbers."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def format_values(values: Sequence[float | None]) -> str:
    """Values in promtool's notation, those of equal growth together."""
    steps = [_find_step(first, second) for first, second in pairwise(values)]
    parts, index = [], 0
    while index < len(values):
        value, step = values[index], steps[index] if index < len(steps) else None
        end = index
        while end < len(steps) and steps[end] == step and (value is None or step is not None):
            end += 1
        if value is None:
            parts.append(f"_x{end - index}" if end > index else "_")
            index = max(end, index + 1)
        else:
            parts.append(f"{value:.15g}{step or 0:+.15g}x{end - index}")
            index = end + 1
    return " ".join(parts)


def _find_step(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first


def select_rules(
    groups: Sequence[JsonObject], is_selected: Callable[[JsonObject], bool]
) -> list[JsonObject]:
    """Groups with the alerts that are selected, and the records that they read, however far."""
    records: dict[str, list[str]] = {}
    for group in groups:
        for rule in group["rules"]:
            if "record" in rule:
                records.setdefault(rule["record"], []).append(rule["expr"])
    unread = [
        rule["expr"]
        for group in groups
        for rule in group["rules"]
        if "alert" in rule and is_selected(rule)
    ]
    read_names = set[str]()
    while unread:
        names = {*METRIC_NAME.findall(unread.pop())} & {*records} - read_names
        read_names |= names
        unread += [expression for name in names for expression in records[name]]
    selected_groups = [
        {
            **group,
            "rules": [
                rule
                for rule in group["rules"]
                if ("alert" in rule and is_selected(rule)) or rule.get("record") in read_names
            ],
        }
        for group in groups
    ]
    return [group for group in selected_groups if group["rules"]]


def run_timeline(
    promtool_path: str,
    rule_file: Path,
    timeline: Timeline,
    expose: Exposition = expose_client_metrics,
) -> Outcome:
    """What fires in each minute, as promtool finds when it evaluates the rules."""
    expression = 'count by (alertname, severity) (ALERTS{alertstate="firing"})'
    minutes = range(0, timeline.minutes, max(1, timeline.evaluation_seconds // 60))
    answers = query_timeline(promtool_path, rule_file, timeline, expression, minutes, expose)
    firing = {minute - timeline.start: set(find_alerts(text)) for minute, text in answers.items()}
    alerts = {alert for alerts_now in firing.values() for alert in alerts_now}
    intervals, names = {}, {}
    for severity in {severity for _, severity in alerts}:
        names[severity] = frozenset(name for name, other in alerts if other == severity)
        states = {
            minute: any(other == severity for _, other in alerts_now)
            for minute, alerts_now in firing.items()
        }
        intervals[severity] = tuple(find_intervals(states))
    return Outcome(intervals, names)


def query_timeline(
    promtool_path: str,
    rule_file: Path,
    timeline: Timeline,
    expression: str,
    minutes: Sequence[int],
    expose: Exposition = expose_client_metrics,
) -> dict[int, str]:
    """What an expression answers in some minutes, as promtool writes it; empty for nothing."""
    return query_series(
        promtool_path,
        rule_file,
        timeline.build_series(expose),
        expression,
        minutes,
        evaluation_seconds=timeline.evaluation_seconds,
    )


def query_series(
    promtool_path: str,
    rule_file: Path,
    series: Sequence[JsonObject],
    expression: str,
    minutes: Sequence[int],
    *,
    scrape_seconds: int = SCRAPE_SECONDS,
    evaluation_seconds: int = 60,
) -> dict[int, str]:
    """What an expression answers in some minutes, where the rules are evaluated over series."""
    impossible = [{"labels": 'impossible{is="so"}', "value": 1}]
    groups = yaml.safe_load(rule_file.read_text())["groups"]
    document = {
        "rule_files": [rule_file.name],
        "evaluation_interval": f"{evaluation_seconds}s",
        "group_eval_order": [group["name"] for group in groups],
        "tests": [
            {
                "interval": f"{scrape_seconds}s",
                "input_series": series,
                "promql_expr_test": [
                    {"expr": expression, "eval_time": f"{minute}m", "exp_samples": impossible}
                    for minute in minutes
                ],
            }
        ],
    }
    path = rule_file.with_suffix(".query.yaml")
    path.write_text(yaml.dump(document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))
    process = subprocess.run(
        [promtool_path, "test", "rules", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    text = process.stdout + process.stderr
    answers = {
        _parse_minutes(time): "" if answer == "nil" else answer
        for time, answer in MEASURED_PATTERN.findall(text)
    }
    assert [*answers] == [*minutes], text[-2000:]
    return answers


def find_alerts(answer: str) -> Iterator[tuple[str, str]]:
    """The name and severity of each alert in an answer of promtool."""
    for series in re.findall(r"\{([^}]*)\}", answer):
        labels = dict(LABEL_PATTERN.findall(series))
        yield labels["alertname"], labels["severity"]


def find_intervals(states: Mapping[int, bool]) -> Iterator[tuple[int, int]]:
    """The first and the last minute of each time in which a state held."""
    for is_firing, minutes in groupby(sorted(states), key=lambda minute: states[minute]):
        if is_firing:
            found = [*minutes]
            yield found[0], found[-1]


def _parse_minutes(text: str) -> int:
    return round(
        sum(int(count) * MINUTES_BY_UNIT[unit] for count, unit in DURATION_PATTERN.findall(text))
    )


OUTAGE = Timeline(
    "100 % outage, 50 rps",
    60,
    [[Phase(60, BUSY), Phase(60, 0, BUSY), Phase(60, BUSY)]],
)
FIVE_PERCENT = Timeline(
    "5 % of a new series",
    120,
    [[Phase(120, BUSY), Phase(60, 0.95 * BUSY, 0.05 * BUSY), Phase(60, BUSY)]],
    has_new_failures=True,
)
TEN_PERCENT = Timeline(
    "10 % of a new series",
    120,
    [[Phase(120, BUSY), Phase(60, 0.9 * BUSY, 0.1 * BUSY), Phase(60, BUSY)]],
    has_new_failures=True,
)
ALL_SLOW = Timeline(
    "all requests slow",
    120,
    [[Phase(120, BUSY), Phase(60, 0, 0, BUSY), Phase(60, BUSY)]],
)
SOME_SLOW = Timeline(
    "5 % slow, 20 requests a minute",
    60,
    [[Phase(60, 20), Phase(60, 19, 0, 1), Phase(20, 20)]],
)
SMALL_SERVICE = Timeline(
    "1 request a minute, all fail for 2 h",
    60,
    [[Phase(60, 1), Phase(120, 0, 1), Phase(60, 1)]],
)
DYING_TRAFFIC = Timeline(
    "50 rps, then 2 requests a minute that all fail for 2 h",
    60,
    [[Phase(60, BUSY), Phase(120, 0, 2), Phase(60, BUSY)]],
)
TWO_OF_TWENTY = Timeline(
    "two 5xx among twenty requests",
    60,
    [[Phase(60, 4), Phase(1, 2, 2), Phase(60, 4)]],
)
BAD_MINUTES = Timeline(
    "one bad minute in ten, 6 h",
    60,
    [[Phase(60, BUSY), *(36 * (Phase(1, 0, BUSY), Phase(9, BUSY))), Phase(60, BUSY)]],
)
EARLY_BURST = Timeline(
    "a 3-minute burst in the first ten minutes of the rules' life",
    5,
    [[Phase(5, BUSY), Phase(3, 0, BUSY), Phase(400, BUSY)]],
)
SCRAPE_GAP = Timeline(
    "scrape gap of 20 min within an outage",
    60,
    [
        [
            Phase(60, BUSY),
            Phase(20, 0, BUSY),
            Phase(20, 0, BUSY, is_scraped=False),
            Phase(20, 0, BUSY),
            Phase(60, BUSY),
        ]
    ],
)
INSTANCE_GONE = Timeline(
    "the only instance gone",
    60,
    [[Phase(60, BUSY), Phase(30, is_up=False), Phase(30, BUSY, restarts=True)]],
)
RESTARTS = Timeline(
    "an outage of a process that restarts every 4 minutes",
    60,
    [[Phase(60, BUSY), *(10 * (Phase(4, 0, BUSY, restarts=True),)), Phase(30, BUSY)]],
)
FIRST_SCRAPE = Timeline(
    "1,500 failures in the first scrape of a new series",
    60,
    [[Phase(60, 60), Phase(0.5, 0, 3000), Phase(59.5, 60)]],
    has_new_failures=True,
)
ONE_OF_TWO_FAILS = Timeline(
    "one of two instances fails",
    60,
    [
        [Phase(60, BUSY / 2), Phase(40, 0, BUSY / 2), Phase(60, BUSY / 2)],
        [Phase(160, BUSY / 2)],
    ],
)
ONE_OF_TWO_GONE = Timeline(
    "one of two instances gone",
    60,
    [
        [Phase(60, BUSY / 2), Phase(30, is_up=False), Phase(30, BUSY / 2, restarts=True)],
        [Phase(60, BUSY / 2), Phase(30, BUSY), Phase(30, BUSY / 2)],
    ],
)
CLASSES = Timeline(
    "20 % failures, counted by class",
    60,
    [[Phase(60, BUSY), Phase(30, 0.8 * BUSY, 0.2 * BUSY), Phase(30, BUSY)]],
    failed_status="5xx",
)
RARE_REQUESTS = Timeline(
    "1 request in ten minutes, all fail for 2 h",
    240,
    [[Phase(240, 0.1), Phase(120, 0, 0.1), Phase(60, 0.1)]],
)
EVERY_15_SECONDS = Timeline(
    "100 % outage, 50 rps, evaluated every 15 s",
    60,
    [[Phase(60, BUSY), Phase(10, 0, BUSY), Phase(50, BUSY)]],
    evaluation_seconds=15,
)
NIGHT = Timeline(
    "an outage of an hour at night, two days",
    0,
    [
        [
            Phase(16 * 60, BUSY),
            Phase(3 * 60, 6),
            Phase(60, 0, 6),
            Phase(4 * 60, 6),
            Phase(16 * 60, BUSY),
            Phase(8 * 60, 6),
        ]
    ],
    evaluation_seconds=300,
)
NOISE = Timeline(
    "ten days of ordinary noise at 0.3 rps",
    0,
    [[Phase(10 * 24 * 60, 18 * 0.9985, 18 * 0.0005, 18 * 0.001)]],
    is_random=True,
    evaluation_seconds=300,
)
SMALL_NOISE = Timeline(
    "ten days of ordinary noise at 1 request a minute",
    0,
    [[Phase(10 * 24 * 60, 0.998, 0.0005, 0.0015)]],
    is_random=True,
    evaluation_seconds=300,
)

TIMELINES = (
    OUTAGE,
    FIVE_PERCENT,
    TEN_PERCENT,
    ALL_SLOW,
    SOME_SLOW,
    SMALL_SERVICE,
    DYING_TRAFFIC,
    TWO_OF_TWENTY,
    BAD_MINUTES,
    EARLY_BURST,
    SCRAPE_GAP,
    INSTANCE_GONE,
    RESTARTS,
    FIRST_SCRAPE,
    ONE_OF_TWO_FAILS,
    ONE_OF_TWO_GONE,
    CLASSES,
    RARE_REQUESTS,
    EVERY_15_SECONDS,
)
"""Those with a beginning and an end: when something pages on them is known, and measured."""
