"""Unit tests of a service's alert rules, in promtool's format, from the rules' own examples.

promtool evaluates every rule of a file at every interval of every test. So examples share a test
where none of them changes what the other's rule reads, and those that last for hours are in a file
of their own with a coarser interval.
https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.example_series import INTERVAL, has_possible_labels
from tailboard.alerts.groups import build_groups, build_labels
from tailboard.alerts.rule import AlertRule, Example
from tailboard.alerts.rule_set import RuleSet
from tailboard.alerts.template import is_static
from tailboard.panels import promql
from tailboard.panels.duration import parse_duration
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.matcher import equals
from tailboard.panels.record import record

JsonObject = dict[str, Any]

EVALUATION_SECONDS = 60
LONG_EVALUATION_SECONDS = 1800
"""How often the rules are evaluated: every minute, and for hours twice in each."""

LONGEST_DELAY = 1800
"""An example that takes more seconds than this is one of the long ones."""

EVALUATIONS_OF_SLACK = 1
"""How many evaluations an alert may be later than its rule says."""

QUOTED_NAME = declare_pattern(r'\{("(?:[^"\\]|\\.)*")[,}]')
"""How a name begins a series that needs quotes, after `promql.selector`."""

WORD = declare_pattern(r"""[a-zA-Z_:][a-zA-Z0-9_:]*|(?<=\{)"(?:[^"\\]|\\.)*"(?=[,}])""")
"""What may be a metric's name in an expression: with its quotes, if it needs them."""

SeriesByMetric = Mapping[str, Mapping[str, str]]
"""Input series and their values, by the name of the metric."""


@record
class _Case:
    """An example of one rule, and the metrics that the rule reads."""

    rule: AlertRule
    example: Example
    reads: frozenset[str]

    @property
    def series(self) -> SeriesByMetric:
        series: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for name, values in self.example.series.items():
            series[_read_metric_name(name)][name] = values
        return dict(series)

    @property
    def duration(self) -> float:
        """The seconds after which the alert may fire."""
        return parse_duration(self.example.delay) + parse_duration(self.rule.lasting)

    @property
    def title(self) -> str:
        static_values = [value for value in self.rule.labels.values() if is_static(value)]
        details = ", ".join([self.rule.severity, *static_values])
        outcome = "fires" if self.example.is_firing else "is silent"
        return f"{self.rule.name} ({details}) {outcome}: {self.example.title}"


@dataclass
class _Test:
    """Cases that share their input series."""

    cases: list[_Case] = field(default_factory=list)
    series: dict[str, Mapping[str, str]] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)

    def has_room(self, case: _Case) -> bool:
        """Whether every rule would read the series of its own example, and no others."""
        for metric in {*self.series, *case.series}:
            old, new = self.series.get(metric), case.series.get(metric)
            together = new if old is None else old
            if new is not None and together != new:
                return False
            if metric in case.reads and together != new:
                return False
            if metric in self.reads and together != old:
                return False
        return True

    def add(self, case: _Case) -> None:
        self.cases.append(case)
        self.series.update(case.series)
        self.reads |= case.reads


def build_unit_tests(rules: RuleSet, rule_file: str, *, is_long: bool = False) -> JsonObject | None:
    """The examples of every alert rule: those of minutes, or those of hours.

    None where there are none, or where no labels can be invented for the service.
    """
    if not has_possible_labels(rules.service):
        return None
    evaluation_seconds = LONG_EVALUATION_SECONDS if is_long else EVALUATION_SECONDS
    cases = [
        case
        for case in _list_cases(rules)
        if (parse_duration(case.example.delay) > LONGEST_DELAY) == is_long
    ]
    if not cases:
        return None
    return {
        "rule_files": [rule_file],
        "evaluation_interval": f"{evaluation_seconds // 60}m",
        "group_eval_order": [group["name"] for group in build_groups(rules, Addresses())],
        "tests": [_render_test(test, rules, evaluation_seconds) for test in _group_cases(cases)],
    }


def _list_cases(rules: RuleSet) -> Iterator[_Case]:
    recorded = {rule.name: rule.expression for rule in (*rules.rates, *rules.ratios)}
    for rule in rules.alerts:
        reads = frozenset(_list_metrics(rule.expression, recorded))
        for example in rule.examples:
            yield _Case(rule, example, reads)


def _list_metrics(expression: str, recorded: Mapping[str, str]) -> Iterator[str]:
    """Every word that may be a metric's name, also in what the recorded series are made of."""
    names, unread = set[str](), [expression]
    while unread:
        for name in WORD.findall(unread.pop()):
            if name not in names:
                names.add(name)
                unread += [recorded[name]] if name in recorded else []
    yield from names


def _read_metric_name(series: str) -> str:
    """The name of an input series, with its quotes where expressions need them."""
    match = QUOTED_NAME.match(series)
    return match[1] if match else series.partition("{")[0]


def _group_cases(cases: Iterable[_Case]) -> Sequence[_Test]:
    """As few tests as come of taking the first one with room, the longest examples first."""
    tests: list[_Test] = []
    for case in sorted(cases, key=lambda case: case.duration, reverse=True):
        test = next((test for test in tests if test.has_room(case)), None)
        if test is None:
            test = _Test()
            tests.append(test)
        test.add(case)
    return tests


def _render_test(test: _Test, rules: RuleSet, evaluation_seconds: int) -> JsonObject:
    expectations = [
        expectation
        for case in test.cases
        for expectation in _list_expectations(case, rules, evaluation_seconds)
    ]
    end = max(eval_time for _, eval_time, _ in expectations)
    samples = end // INTERVAL + 1
    return {
        "name": "; ".join(case.title for case in test.cases),
        "interval": f"{INTERVAL}s",
        "input_series": [
            {"series": name, "values": f"{values}x{samples}"}
            for series in test.series.values()
            for name, values in series.items()
        ],
        "promql_expr_test": [
            {
                "expr": expression,
                "eval_time": f"{eval_time}s",
                "exp_samples": [{"labels": "{}", "value": 1}] if is_firing else [],
            }
            for expression, eval_time, is_firing in expectations
        ],
    }


def _list_expectations(
    case: _Case, rules: RuleSet, evaluation_seconds: int
) -> Iterator[tuple[str, int, bool]]:
    """Silent on the way, then firing or still silent: a query, the second, whether it fires."""
    rule, example = case.rule, case.example
    static_labels = {
        name: value for name, value in build_labels(rule, rules).items() if is_static(value)
    }
    alert_labels = {"alertname": rule.name, "alertstate": "firing", **static_labels}
    matchers = tuple((label, equals(value)) for label, value in alert_labels.items())
    alert_count = promql.aggregate("count", promql.selector("ALERTS", matchers))

    def round_up(seconds: float) -> int:
        return math.ceil(seconds / evaluation_seconds) * evaluation_seconds

    lasting, delay = (int(parse_duration(text)) for text in (rule.lasting, example.delay))
    pending_time = round_up(max(lasting - evaluation_seconds, 0))
    end = round_up(delay + lasting) + EVALUATIONS_OF_SLACK * evaluation_seconds
    times = [pending_time] if example.is_firing else [pending_time, round_up((delay + end) / 2)]
    for eval_time in dict.fromkeys(times):
        yield alert_count, eval_time, False
    yield alert_count, end, example.is_firing
