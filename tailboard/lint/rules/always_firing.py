"""An alert without a condition: it fires as soon as there is a series, whatever its value.

Prometheus makes an alert of every sample that an expression returns. What drops samples is a
comparison: without one, with `> bool`, which returns 0 or 1, with `or vector(0)` around it or with
one that is true of every value, nothing does.

Bad: `sum(rate(errors_total[5m]))`, `sum(rate(errors_total[5m])) > bool 1`, `vector(1)`
Good: `sum(rate(errors_total[5m])) > 1`, `absent(up{job="shop"})`

An alert that is meant to fire always, so that its silence is noticed, is called Watchdog,
DeadMansSwitch or Heartbeat, and is no finding; nor is a series that a pattern of its state selects,
`x{state=~"failed|lost"}`, which may exist only while something is wrong. Exclude the rule for
others of that kind.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.analysis.conditions import ConditionReader, is_state_selection
from tailboard.queries.analysis.recordings import find_recordings
from tailboard.queries.analysis.value_ranges import COMPARISONS, has_bool_modifier
from tailboard.queries.parser.promql import get_node_type, walk_nodes
from tailboard.queries.subject import Subject

MEANT_TO_FIRE = declare_pattern(r"watch.?dog|dead.?man|heart.?beat|always|alive", re.IGNORECASE)
SAMPLE_NODES = {"MatrixSelector", "StringLiteral"}
"""What is no value: the rule never-true reports it."""


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    rules = [pair for subject in subjects for pair in subject.rules]
    reader = ConditionReader(find_recordings(rules))
    for query, rule in rules:
        tree = query.expression.tree
        if (
            "alert" not in rule
            or query.is_in_grafana_rule
            or tree is None
            or get_node_type(tree) in SAMPLE_NODES
            or MEANT_TO_FIRE.search(str(rule["alert"]))
        ):
            continue
        if not reader.has_condition(tree) and not is_state_selection(tree):
            yield (*_describe_alert(tree), query.place)


def _describe_alert(tree: Any) -> tuple[str, str]:
    for node in walk_nodes(tree):
        if get_node_type(node) != "BinaryExpr":
            continue
        if node.op in COMPARISONS and has_bool_modifier(node):
            return (
                f"it fires always: `{node.op} bool` returns 0 or 1, and drops nothing",
                "take `bool` away.",
            )
        if node.op == "or":
            return (
                "it fires always: one side of `or` has no condition",
                "compare both sides with a number, or put the comparison around the `or`.",
            )
        if node.op in COMPARISONS:
            return (
                f"it fires always: `{node.op}` is true of every value that there is",
                "compare it with a number that it can reach from both sides.",
            )
    return (
        "it fires as soon as there is a series: nothing is compared",
        "compare it with the value at which something is wrong, such as ... > 0.",
    )


RULE = LintRule(
    "always-firing",
    "error",
    "an alert without a condition",
    __doc__,
    check_run=_check_run,
)
