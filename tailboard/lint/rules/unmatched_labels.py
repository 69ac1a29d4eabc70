"""Two sides of an operator whose labels can never be the same: nothing matches.

Without `on` or `ignoring` series match where all their labels are the same. `sum by (job)` and
`sum by (job, pod)` never are, and neither has a side that was aggregated without a label what `on`
asks for.

Bad: `sum by (job, pod) (errors) / sum by (job) (requests)`
Good: `sum by (job, pod) (errors) / on (job) group_left () sum by (job) (requests)`

Exclude it where the labels that differ are always empty.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from tailboard.findings.finding import Place
from tailboard.lint.engine import LintRule
from tailboard.queries.label_sets import METRIC_NAME_LABEL, LabelReader, LabelSet, is_scalar
from tailboard.queries.promql import get_node_type, walk_nodes
from tailboard.queries.recordings import find_recordings
from tailboard.queries.subject import Query, Subject, list_queries
from tailboard.queries.vector_matching import find_mismatches

UNMATCHED_OPERATORS = {"or", "unless"}
"""Operators that return what does not match."""


def _check_run(subjects: Sequence[Subject]) -> Iterator[tuple[str, str, Place]]:
    recordings = find_recordings(pair for subject in subjects for pair in subject.rules)
    reader = LabelReader(recordings)
    for query in (query for subject in subjects for query in list_queries(subject)):
        if not _is_candidate(query):
            continue
        tree = query.expression.tree
        problems = (_check_operator(node, reader) for node in walk_nodes(tree))
        mismatches = (
            f"the sides of `{mismatch.operator}` never match: {mismatch.reason}"
            for mismatch in find_mismatches(tree, recordings)
        )
        problem = next(filter(None, chain(problems, mismatches)), "")
        if problem:
            yield problem, "write on (...) with what both have, and group_left.", query.place


def _is_candidate(query: Query) -> bool:
    """Whether two of its selectors are aggregated differently, or matched by `on`."""
    groupings = {selector.remaining_labels for selector in query.selectors}
    return len(query.selectors) > 1 and (len(groupings) > 1 or " on" in query.text)


def _check_operator(node: Any, reader: LabelReader) -> str:
    if get_node_type(node) != "BinaryExpr" or node.op in UNMATCHED_OPERATORS:
        return ""
    if is_scalar(node.lhs) or is_scalar(node.rhs):
        return ""
    left, right = reader.infer_labels(node.lhs), reader.infer_labels(node.rhs)
    matching = node.modifier.matching if node.modifier is not None else None
    if matching is None:
        return _compare_all(left, right)
    labels = sorted(matching.labels)
    if str(matching).startswith("on"):
        return _compare_matched(left, right, labels)
    return _compare_all(left.drop(labels), right.drop(labels))


def _compare_all(left: LabelSet, right: LabelSet) -> str:
    if left.possible is None or right.possible is None:
        return ""
    names = sorted((left.possible ^ right.possible) - {METRIC_NAME_LABEL})
    if not names:
        return ""
    return f"the sides of an operator never match: only one of them has {', '.join(names)}"


def _compare_matched(left: LabelSet, right: LabelSet, labels: Sequence[str]) -> str:
    for label in labels:
        sides = (left.can_have(label), right.can_have(label))
        if sides in {(True, False), (False, True)}:
            side = "right" if sides[0] else "left"
            return f"`on ({', '.join(labels)})` never matches: the {side} side has no {label}"
    return ""


RULE = LintRule(
    "unmatched-labels",
    "error",
    "two sides whose labels never match",
    __doc__,
    check_run=_check_run,
)
