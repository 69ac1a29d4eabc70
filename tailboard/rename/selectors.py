"""Selectors with the new names: metrics, labels, bounds of buckets."""

import re
from collections.abc import Iterable, Iterator

from tailboard.panels.matcher import quote_label
from tailboard.queries.analysis.structure import build_selector, describe_selector, describe_times
from tailboard.queries.parser.positions import Matcher, PlacedNode
from tailboard.rename.errors import RenameError
from tailboard.rename.parts import Part, splice_text
from tailboard.rename.renames import SIMPLE_METRIC, Renames
from tailboard.rename.results import find_metric
from tailboard.rename.units import scale_number

BOUNDS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:\|[-+]?(?:\d+\.?\d*|\.\d+))*")
"""A bound of a bucket, or several as a pattern."""

BOUND_ENDING = "([.]0)?"
"""What a pattern of a whole bound ends in: Prometheus 3 writes `1.0` where 2 kept `1`."""


def write_selector(text: str, renames: Renames, node: PlacedNode) -> Part:
    """A selector of a text with the new names of its metric and labels, and its bounds."""
    metric = find_metric(node)
    new_metric = renames.find_new_name(metric) if metric else None
    _check_name_patterns(renames, node)
    edits: list[tuple[int, int, str]] = []
    changed_matchers: dict[Matcher, tuple[str, str, str]] = {}
    for matcher in node.matchers:
        changed_matcher = _change_matcher(renames, node, matcher, metric)
        if changed_matcher is not None:
            changed_matchers[matcher] = changed_matcher
            edits += _write_matcher(text, matcher, changed_matcher)
    if new_metric is not None and new_metric != metric:
        edits += _write_metric(text, node, new_metric)
    selector = node.node.vector_selector if node.kind == "MatrixSelector" else node.node
    structure = describe_selector(selector)
    if edits:
        matchers = _list_new_matchers(node, changed_matchers, metric, new_metric)
        structure = build_selector(
            (new_metric or selector.name) if selector.name else None,
            tuple(matchers),
            describe_times(selector),
        )
    if node.kind == "MatrixSelector":
        structure = ("range", str(node.node.range), structure)
    return Part(splice_text(text, node, edits), structure)


def _change_matcher(
    renames: Renames, node: PlacedNode, matcher: Matcher, metric: str
) -> tuple[str, str, str] | None:
    """A matcher with a label or a bound that changes; None where it stays."""
    if matcher.label in renames.labels and renames.has_metric(metric):
        _check_new_label(renames, node, matcher)
        return renames.labels[matcher.label], matcher.op, matcher.value
    if matcher.label == "le" and renames.is_bucket(metric):
        return ("le", *scale_bound(renames, matcher))
    return None


def _write_matcher(
    text: str, matcher: Matcher, changed_matcher: tuple[str, str, str]
) -> Iterator[tuple[int, int, str]]:
    """The edits that make another matcher of one."""
    label, op, value = changed_matcher
    if label != matcher.label:
        yield matcher.label_start, matcher.label_end, quote_label(label)
    if op != matcher.op:
        position = text.rindex(matcher.op, matcher.label_end, matcher.start)
        yield position, position + len(matcher.op), op
    if value != matcher.value:
        quote = text[matcher.start]
        yield matcher.start, matcher.end, f"{quote}{value}{quote}"


def _list_new_matchers(
    node: PlacedNode,
    changed_matchers: dict[Matcher, tuple[str, str, str]],
    metric: str,
    new_metric: str | None,
) -> Iterable[tuple[str, str, str]]:
    for matcher in node.matchers:
        if matcher in changed_matchers:
            yield changed_matchers[matcher]
        elif matcher.label == "__name__" and matcher.op == "=" and matcher.value == metric:
            yield "__name__", "=", new_metric or metric
        else:
            yield matcher.label, matcher.op, matcher.value


def _write_metric(text: str, node: PlacedNode, new_metric: str) -> list[tuple[int, int, str]]:
    """The edits that give a selector another name, in quotes within braces if it needs them."""
    name = next(name for name in node.names if name.kind == "metric")
    is_quoted = text[name.start] in "\"'`"
    if is_quoted:
        quote = text[name.start]
        return [(name.start, name.end, f"{quote}{new_metric}{quote}")]
    if SIMPLE_METRIC.fullmatch(new_metric):
        return [(name.start, name.end, new_metric)]
    behind = text[name.end :]
    if not behind.lstrip().startswith("{"):
        return [(name.start, name.end, f'{{"{new_metric}"}}')]
    brace = name.end + behind.index("{")
    separator = ", " if node.matchers else ""
    return [
        (name.start, brace + 1, f'{{"{new_metric}"{separator}'),
    ]


def _check_name_patterns(renames: Renames, node: PlacedNode) -> None:
    for matcher in node.matchers:
        if matcher.label != "__name__" or matcher.op == "=":
            continue
        for old, new in renames.metrics.items():
            for suffix in ("", "_bucket", "_sum", "_count"):
                is_old = _is_match(matcher.value, f"{old}{suffix}")
                if is_old != _is_match(matcher.value, f"{new}{suffix}"):
                    raise RenameError(
                        f'{{__name__{matcher.op}"{matcher.value}"}} selects {old} by a pattern'
                    )


def _check_new_label(renames: Renames, node: PlacedNode, matcher: Matcher) -> None:
    new_label = renames.labels[matcher.label]
    if any(other.label == new_label for other in node.matchers) and (
        new_label not in renames.labels
    ):
        raise RenameError(f"it has a label {new_label!r} beside {matcher.label!r} already")


def scale_bound(renames: Renames, matcher: Matcher) -> tuple[str, str]:
    """The operator and the value of a matcher of `le` in the new unit.

    A whole number that was none may be written with `.0` or without: it becomes a pattern.
    """
    value = matcher.value
    is_pattern = matcher.op.endswith("~")
    suffix = BOUND_ENDING if is_pattern and value.endswith(BOUND_ENDING) else ""
    value = value.removesuffix(suffix)
    if renames.unit is None or value in {"+Inf", "inf", "Inf", "", ".+", ".*"}:
        return matcher.op, matcher.value
    bounds = value.split("|") if is_pattern else [value]
    new_bounds = [scale_number(bound, renames.unit.factor) for bound in bounds]
    if not BOUNDS.fullmatch(value) or None in new_bounds:
        raise RenameError(f"its bound le{matcher.op}{matcher.value!r} cannot be converted")
    texts = [bound for bound in new_bounds if bound is not None]
    if not is_pattern and "." in value and "." not in texts[0]:
        return f"{matcher.op.rstrip('=')}=~".replace("!=~", "!~"), texts[0] + BOUND_ENDING
    if is_pattern:
        texts = [text.replace(".", "[.]") for text in texts]
    return matcher.op, "|".join(texts) + suffix


def _is_match(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return True
