"""Names and units renamed in one expression, by its tree; the rest of its text stays.

The new text is parsed, and has to be the old tree with what was renamed and nothing else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

from tailboard.panels.matcher import quote_label
from tailboard.queries.analysis.structure import (
    Structure,
    build_aggregation,
    build_call,
    build_number,
    build_operation,
    build_selector,
    describe_matching_labels,
    describe_modifier,
    describe_selector,
    describe_times,
    describe_tree,
    list_modifier_labels,
)
from tailboard.queries.parser.positions import (
    Matcher,
    PlacedNode,
    PositionError,
    place_nodes,
    walk_placed_nodes,
)
from tailboard.queries.parser.promql import (
    SELECTING_AGGREGATIONS,
    find_grouping_labels,
    find_matching,
    find_variables,
    parse_expression,
)
from tailboard.rename.degrees import (
    ABSENCE_FUNCTIONS,
    CLAMPING_FUNCTIONS,
    HISTOGRAM_FUNCTIONS,
    measure_aggregation,
    measure_function,
)
from tailboard.rename.errors import RenameError, UnevenUnitError
from tailboard.rename.renames import SIMPLE_METRIC, Renames
from tailboard.rename.units import format_factor, scale_number

SELECTORS = {"VectorSelector", "MatrixSelector"}

COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}

BOUNDS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:\|[-+]?(?:\d+\.?\d*|\.\d+))*")
"""A bound of a bucket, or several as a pattern."""

BOUND_ENDING = "([.]0)?"
"""What a pattern of a whole bound ends in: Prometheus 3 writes `1.0` where 2 kept `1`."""

LINE_BREAK = re.compile(r"\s*\n\s*")

OptionalLabels = frozenset[str] | None
Variant = Literal["new", "old"]


@dataclass(frozen=True)
class Rewriting:
    """An expression with the new names.

    `degree` is the power of the unit in which the numbers of its result change: 0 where they stay
    what they are. `has_bounds` is whether its result has bounds of buckets in the unit. `labels`
    are the old names of labels that its result had under them.
    """

    text: str
    degree: int = 0
    has_bounds: bool = False
    labels: frozenset[str] = frozenset()


class _Part(NamedTuple):
    """A part of the expression in its new form; the degree is None for a number alone."""

    text: str
    structure: Structure
    degree: int | None = 0


def rewrite_expression(text: str, renames: Renames, *, is_value_kept: bool = True) -> Rewriting:
    """The expression with the new names; unchanged where it has none of the old ones.

    With `is_value_kept`, its result keeps the old unit. Raises `RenameError` for what a program
    cannot change surely, among it `UnevenUnitError` where the result cannot come in the new unit.
    """
    expression = parse_expression(text)
    if expression.tree is None:
        if has_old_name(text, renames):
            raise RenameError(f"it cannot be parsed: {expression.problem}")
        return Rewriting(text)
    try:
        placed_tree = place_nodes(text, expression)
    except PositionError as error:
        if has_old_name(text, renames):
            raise RenameError(f"its text cannot be followed: {error}") from error
        return Rewriting(text)
    writer = _Writer(text, renames, is_value_kept)
    part = writer.write(placed_tree, is_delimited=True)
    part = part._replace(text=text[: placed_tree.start] + part.text + text[placed_tree.end :])
    if part.text == text:
        return Rewriting(text)
    _verify(part)
    return Rewriting(
        part.text,
        part.degree or 0,
        _has_result_bounds(placed_tree, renames),
        _find_result_labels(placed_tree, renames),
    )


def has_old_name(text: str, renames: Renames) -> bool:
    """Whether a text has one of the old names as a word."""
    return any(find_word(name, text) for name in (*renames.metrics, *renames.labels))


def find_word(name: str, text: str) -> re.Match[str] | None:
    """Where a text has a name, or the part of a histogram of this name."""
    return re.search(rf"(?<![\w:]){re.escape(name)}(?:_bucket|_sum|_count)?(?![\w:])", text)


def _verify(part: _Part) -> None:
    new_expression = parse_expression(part.text)
    if new_expression.tree is None or describe_tree(new_expression.tree) != part.structure:
        raise RenameError("it cannot be rewritten surely")


def _find_result_labels(tree: PlacedNode, renames: Renames) -> frozenset[str]:
    """The old labels that the result may have: all that no aggregation drops."""
    return frozenset(label for label in renames.labels if _has_result_label(tree, label, renames))


def _has_result_label(node: PlacedNode, label: str, renames: Renames) -> bool:
    if node.kind in SELECTORS:
        return renames.has_metric(_find_metric(node))
    if node.kind == "AggregateExpr" and node.node.op not in SELECTING_AGGREGATIONS:
        by_labels = find_grouping_labels(node.node)
        if by_labels is not None:
            return label in by_labels and _is_any_renamed(node, renames)
        if label in list_modifier_labels(node.node):
            return False
    return any(_has_result_label(child, label, renames) for child in node.children)


def _has_result_bounds(node: PlacedNode, renames: Renames) -> bool:
    """Whether bounds of buckets in the unit are labels of the result."""
    if node.kind in SELECTORS:
        return renames.is_bucket(_find_metric(node))
    if node.kind == "Call" and node.node.func.name in HISTOGRAM_FUNCTIONS:
        return False
    if node.kind == "AggregateExpr" and node.node.op not in SELECTING_AGGREGATIONS:
        by_labels = find_grouping_labels(node.node)
        is_dropped = "le" not in by_labels if by_labels is not None else False
        if is_dropped or (by_labels is None and "le" in list_modifier_labels(node.node)):
            return False
    return any(_has_result_bounds(child, renames) for child in node.children)


def _is_any_renamed(node: PlacedNode, renames: Renames) -> bool:
    return any(
        renames.has_metric(_find_metric(selector))
        for selector in walk_placed_nodes(node)
        if selector.kind in SELECTORS
    )


def _find_metric(node: PlacedNode) -> str:
    """The metric of a selector; empty where it has none."""
    return next((name.value for name in node.names if name.kind == "metric"), "")


class _Writer:
    """Writes the nodes of one expression anew."""

    def __init__(self, text: str, renames: Renames, is_value_kept: bool) -> None:
        self.text = text
        self.renames = renames
        self.is_value_kept = is_value_kept

    def write(
        self,
        node: PlacedNode,
        *,
        is_delimited: bool = False,
        kept_labels: OptionalLabels = None,
        is_split: bool = True,
    ) -> _Part:
        """A node in its new form.

        `is_delimited` is whether brackets or commas stand around it. `kept_labels` are those that
        the aggregations around it keep; None for all. Without `is_split`, the node is a part of
        what is read under two names, or converted, as a whole.
        """
        if is_split:
            finished = self._find_finished(node)
            if finished is not None:
                return finished
            if self._is_atom(node):
                return self._write_atom(node, is_delimited=is_delimited, kept_labels=kept_labels)
        return WRITERS[node.kind](self, node, kept_labels, is_split)

    def _splice(self, node: PlacedNode, edits: Iterable[tuple[int, int, str]]) -> str:
        """The text of a node with some ranges of it replaced."""
        parts, position = [], node.start
        for start, end, text in sorted(edits):
            parts += [self.text[position:start], text]
            position = end
        return "".join([*parts, self.text[position : node.end]])

    # What is read under two names, or converted, as a whole

    def _is_atom(self, node: PlacedNode) -> bool:
        """Whether a node is the smallest instant vector of a renamed metric.

        Around it, two names can be joined with `or`, and its numbers can be converted.
        """
        if node.kind == "VectorSelector":
            return self._is_renamed(node)
        if node.kind != "Call":
            return False
        name = node.node.func.name
        selectors = [
            selector
            for selector in walk_placed_nodes(node)
            if selector.kind in SELECTORS and self._is_renamed(selector)
        ]
        if not selectors:
            return False
        if name in HISTOGRAM_FUNCTIONS and self.renames.unit:
            return True
        if name in {"absent", "timestamp"}:
            return _strip_parentheses(node.children[0]).kind == "VectorSelector"
        return any(
            child.kind == "MatrixSelector"
            or (child.kind == "SubqueryExpr" and _has_names(child.children[0]))
            for child in node.children
        )

    def _is_renamed(self, node: PlacedNode) -> bool:
        """Whether a selector is of a metric whose name, labels or unit change."""
        metric = _find_metric(node)
        if metric and self.renames.find_family(metric) is not None:
            return True
        return bool(self.renames.labels and self.renames.has_metric(metric))

    def _write_atom(
        self, node: PlacedNode, *, is_delimited: bool, kept_labels: OptionalLabels
    ) -> _Part:
        degree = self._measure_atom(node)
        new_part = WRITERS[node.kind](self, node, kept_labels, False)
        new_part = new_part._replace(degree=degree)
        if self.is_value_kept:
            new_part = self._scale_back(new_part)
        parts = [new_part]
        if self.renames.is_both and not self._is_in_both_names(node):
            parts = self._write_both(node, new_part, degree, kept_labels)
        result = self._join_alternatives(node, parts)
        is_single = len(parts) == 1 and result.text.startswith(new_part.text)
        needs_brackets = not is_delimited and not (
            is_single and (degree == 0 or not self.is_value_kept)
        )
        return result._replace(text=f"({result.text})") if needs_brackets else result

    def _write_both(
        self, node: PlacedNode, new_part: _Part, degree: int, kept_labels: OptionalLabels
    ) -> list[_Part]:
        """The new form, and the old one with the labels and the unit of the new one."""
        if self._has_new_names(node):
            return [new_part, self._write_old(node, degree)]
        used_labels = {
            matcher.label
            for selector in walk_placed_nodes(node)
            for matcher in selector.matchers
            if matcher.label in self.renames.labels
        }
        if used_labels:
            self._check_positive_matchers(node)
            return [new_part, self._write_old(node, degree)]
        if all(
            kept_labels is not None and label not in kept_labels for label in self.renames.labels
        ):
            return [new_part]
        return [self._rename_labels(new_part, pattern="(.+)")]

    def _write_old(self, node: PlacedNode, degree: int) -> _Part:
        text = self.text[node.start : node.end]
        if "#" not in text and "`" not in text:
            text = LINE_BREAK.sub(" ", text)
        old_part = _Part(text, describe_tree(node.node), degree)
        if node.kind == "Call" and node.node.func.name in ABSENCE_FUNCTIONS:
            return old_part
        old_part = self._rename_bounds(node, self._rename_labels(old_part))
        if not self.is_value_kept and degree and self.renames.unit:
            return _multiply(old_part, self.renames.unit.factor**degree)
        return old_part._replace(degree=0)

    def _join_alternatives(self, node: PlacedNode, parts: Sequence[_Part]) -> _Part:
        """Old and new joined: one of them is enough, but something is absent if both are."""
        result, *others = parts
        for other in others:
            if node.kind == "Call" and node.node.func.name in ABSENCE_FUNCTIONS:
                empty_matching = parse_expression("a and on () b").tree
                modifier = (*describe_modifier(empty_matching), (), ())
                text = f"{result.text} and on () {other.text}"
                structure = build_operation("and", result.structure, other.structure, modifier)
            else:
                modifier = (*describe_modifier(parse_expression("a or b").tree), (), ())
                text = f"{result.text} or {other.text}"
                structure = build_operation("or", result.structure, other.structure, modifier)
            result = _Part(text, structure, result.degree)
        return result

    def _rename_labels(self, part: _Part, pattern: str = "(.*)") -> _Part:
        """A vector of the old labels with the new ones in their place."""
        for old, new in self.renames.labels.items():
            for label, replacement, source, regex in (
                (new, "$1", old, pattern),
                (old, "", old, ".*"),
            ):
                part = _replace_label(part, label, replacement, source, regex)
        return part

    def _rename_bounds(self, node: PlacedNode, part: _Part) -> _Part:
        """A vector of one bucket with its bound in the new unit."""
        if node.kind not in SELECTORS and node.node.func.name in HISTOGRAM_FUNCTIONS:
            return part
        for selector in walk_placed_nodes(node):
            if selector.kind in SELECTORS and self.renames.is_bucket(_find_metric(selector)):
                bounds = [matcher for matcher in selector.matchers if matcher.label == "le"]
                if len(bounds) != 1 or bounds[0].op != "=":
                    raise RenameError(
                        "its buckets have bounds in two units, and none of them is chosen"
                    )
                op, bound = self._scale_bound(bounds[0])
                if op != "=":
                    raise RenameError(f"its bound {bound} may be written in two ways")
                return _replace_label(part, "le", bound, "le", bounds[0].value)
        return part

    def _scale_back(self, part: _Part) -> _Part:
        """The numbers of the new unit in the old one."""
        if not part.degree or self.renames.unit is None:
            return part
        return _multiply(part, 1 / self.renames.unit.factor**part.degree)

    def _has_new_names(self, node: PlacedNode) -> bool:
        """Whether the metrics of a node get other names."""
        metrics = [
            _find_metric(selector)
            for selector in walk_placed_nodes(node)
            if selector.kind in SELECTORS
        ]
        return any(self.renames.find_new_name(metric) not in {None, metric} for metric in metrics)

    def _check_positive_matchers(self, node: PlacedNode) -> None:
        for selector in walk_placed_nodes(node):
            for matcher in selector.matchers:
                if matcher.label in self.renames.labels and (
                    matcher.op.startswith("!") or not matcher.value
                ):
                    raise RenameError(
                        f"{matcher.label}{matcher.op} also matches the series with the new label"
                    )

    def _is_in_both_names(self, node: PlacedNode) -> bool:
        """Whether a selector matches old and new already, by a pattern of the name."""
        return any(
            matcher.label == "__name__" and matcher.op != "="
            for selector in walk_placed_nodes(node)
            for matcher in selector.matchers
        )

    def _find_finished(self, node: PlacedNode) -> _Part | None:
        """What reads old and new already: unchanged while both are kept, later the new alone."""
        if node.kind == "ParenExpr":
            child = node.children[0]
            inner = self._find_finished(child)
            if inner is None or (not self.renames.is_both and _is_atomic_text(inner.text)):
                return inner
            return inner._replace(text=self._splice(node, [(child.start, child.end, inner.text)]))
        both = replace(self.renames, is_both=True)
        is_absence = node.kind == "BinaryExpr" and node.node.op == "and"
        if node.kind not in {"BinaryExpr", "Call"} or (
            node.kind == "BinaryExpr" and node.node.op != "or" and not is_absence
        ):
            return None
        structure = describe_tree(node.node)
        candidate: PlacedNode | None = node.children[-1] if node.kind == "BinaryExpr" else node
        while candidate is not None:
            for is_value_kept in (False, True):
                writer = _Writer(self.text, both, is_value_kept)
                if not writer._is_atom(candidate):
                    continue
                try:
                    part = writer._write_atom(candidate, is_delimited=True, kept_labels=None)
                except RenameError:
                    continue
                if (
                    part.structure == structure
                    and part.text != self.text[candidate.start : candidate.end]
                ):
                    return self._finish(node, structure)
            candidate = candidate.children[0] if candidate.children else None
        return None

    def _finish(self, node: PlacedNode, structure: Structure) -> _Part:
        text = self.text[node.start : node.end]
        if self.renames.is_both:
            return _Part(text, structure)
        left = node.children[0] if node.kind == "BinaryExpr" else _find_innermost_argument(node)
        return _Part(self.text[left.start : left.end], describe_tree(left.node))

    def _measure_atom(self, node: PlacedNode) -> int:
        """The power of the unit in which the numbers of an atom change."""
        if self.renames.unit is None:
            return 0
        if node.kind == "VectorSelector":
            return int(self.renames.is_in_unit(_find_metric(node)))
        name = node.node.func.name
        selectors = [selector for selector in walk_placed_nodes(node) if selector.kind in SELECTORS]
        is_histogram = name in HISTOGRAM_FUNCTIONS
        in_unit = [
            self.renames.is_in_unit(_find_metric(selector))
            or (is_histogram and self.renames.is_bucket(_find_metric(selector)))
            for selector in selectors
        ]
        if any(in_unit) and not all(in_unit):
            raise RenameError(f"{name} reads series of several units")
        return measure_function(name, int(any(in_unit)))

    # One kind of node each

    def _write_selector(self, node: PlacedNode, _: OptionalLabels, __: bool) -> _Part:
        metric = _find_metric(node)
        new_metric = self.renames.find_new_name(metric) if metric else None
        self._check_name_patterns(node)
        edits: list[tuple[int, int, str]] = []
        changed_matchers: dict[Matcher, tuple[str, str, str]] = {}
        for matcher in node.matchers:
            changed_matcher = self._change_matcher(node, matcher, metric)
            if changed_matcher is not None:
                changed_matchers[matcher] = changed_matcher
                edits += self._write_matcher(matcher, changed_matcher)
        if new_metric is not None and new_metric != metric:
            edits += self._write_metric(node, new_metric)
        selector = node.node.vector_selector if node.kind == "MatrixSelector" else node.node
        structure = describe_selector(selector)
        if edits:
            matchers = self._list_new_matchers(node, changed_matchers, metric, new_metric)
            structure = build_selector(
                (new_metric or selector.name) if selector.name else None,
                tuple(matchers),
                describe_times(selector),
            )
        if node.kind == "MatrixSelector":
            structure = ("range", str(node.node.range), structure)
        return _Part(self._splice(node, edits), structure)

    def _change_matcher(
        self, node: PlacedNode, matcher: Matcher, metric: str
    ) -> tuple[str, str, str] | None:
        """A matcher with a label or a bound that changes; None where it stays."""
        if matcher.label in self.renames.labels and self.renames.has_metric(metric):
            self._check_new_label(node, matcher)
            return self.renames.labels[matcher.label], matcher.op, matcher.value
        if matcher.label == "le" and self.renames.is_bucket(metric):
            return ("le", *self._scale_bound(matcher))
        return None

    def _write_matcher(
        self, matcher: Matcher, changed_matcher: tuple[str, str, str]
    ) -> Iterator[tuple[int, int, str]]:
        """The edits that make another matcher of one."""
        label, op, value = changed_matcher
        if label != matcher.label:
            yield matcher.label_start, matcher.label_end, quote_label(label)
        if op != matcher.op:
            position = self.text.rindex(matcher.op, matcher.label_end, matcher.start)
            yield position, position + len(matcher.op), op
        if value != matcher.value:
            quote = self.text[matcher.start]
            yield matcher.start, matcher.end, f"{quote}{value}{quote}"

    def _list_new_matchers(
        self,
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

    def _write_metric(self, node: PlacedNode, new_metric: str) -> list[tuple[int, int, str]]:
        """The edits that give a selector another name, in quotes within braces if it needs them."""
        name = next(name for name in node.names if name.kind == "metric")
        is_quoted = self.text[name.start] in "\"'`"
        if is_quoted:
            quote = self.text[name.start]
            return [(name.start, name.end, f"{quote}{new_metric}{quote}")]
        if SIMPLE_METRIC.fullmatch(new_metric):
            return [(name.start, name.end, new_metric)]
        behind = self.text[name.end :]
        if not behind.lstrip().startswith("{"):
            return [(name.start, name.end, f'{{"{new_metric}"}}')]
        brace = name.end + behind.index("{")
        separator = ", " if node.matchers else ""
        return [
            (name.start, brace + 1, f'{{"{new_metric}"{separator}'),
        ]

    def _check_name_patterns(self, node: PlacedNode) -> None:
        for matcher in node.matchers:
            if matcher.label != "__name__" or matcher.op == "=":
                continue
            for old, new in self.renames.metrics.items():
                for suffix in ("", "_bucket", "_sum", "_count"):
                    is_old = _is_match(matcher.value, f"{old}{suffix}")
                    if is_old != _is_match(matcher.value, f"{new}{suffix}"):
                        raise RenameError(
                            f'{{__name__{matcher.op}"{matcher.value}"}} selects {old} by a pattern'
                        )

    def _check_new_label(self, node: PlacedNode, matcher: Matcher) -> None:
        new_label = self.renames.labels[matcher.label]
        if any(other.label == new_label for other in node.matchers) and (
            new_label not in self.renames.labels
        ):
            raise RenameError(f"it has a label {new_label!r} beside {matcher.label!r} already")

    def _scale_bound(self, matcher: Matcher) -> tuple[str, str]:
        """The operator and the value of a matcher of `le` in the new unit.

        A whole number that was none may be written with `.0` or without: it becomes a pattern.
        """
        value = matcher.value
        is_pattern = matcher.op.endswith("~")
        suffix = BOUND_ENDING if is_pattern and value.endswith(BOUND_ENDING) else ""
        value = value.removesuffix(suffix)
        if self.renames.unit is None or value in {"+Inf", "inf", "Inf", "", ".+", ".*"}:
            return matcher.op, matcher.value
        bounds = value.split("|") if is_pattern else [value]
        new_bounds = [scale_number(bound, self.renames.unit.factor) for bound in bounds]
        if not BOUNDS.fullmatch(value) or None in new_bounds:
            raise RenameError(f"its bound le{matcher.op}{matcher.value!r} cannot be converted")
        texts = [bound for bound in new_bounds if bound is not None]
        if not is_pattern and "." in value and "." not in texts[0]:
            return f"{matcher.op.rstrip('=')}=~".replace("!=~", "!~"), texts[0] + BOUND_ENDING
        if is_pattern:
            texts = [text.replace(".", "[.]") for text in texts]
        return matcher.op, "|".join(texts) + suffix

    def _write_labels(self, node: PlacedNode) -> tuple[list[tuple[int, int, str]], dict[str, str]]:
        """The edits of the labels that a node names, and which of them have another name now."""
        concerned_labels = {
            name.value
            for name in node.names
            if name.kind == "label" and name.value in self.renames.labels
        }
        if not concerned_labels:
            return [], {}
        metrics = [
            _find_metric(selector)
            for selector in walk_placed_nodes(node)
            if selector.kind in SELECTORS
        ]
        renamed_metrics = [metric for metric in metrics if self.renames.has_metric(metric)]
        if not renamed_metrics:
            return [], {}
        label = min(concerned_labels)
        if len(renamed_metrics) < len(metrics):
            other = next(metric for metric in metrics if metric not in renamed_metrics)
            raise RenameError(
                f"{label!r} is a label of {other or 'other metrics'} here too, which keeps it"
            )
        own_labels = {name.value for name in node.names if name.kind == "label"}
        for old_label in concerned_labels:
            new_label = self.renames.labels[old_label]
            if new_label in own_labels and new_label not in self.renames.labels:
                raise RenameError(f"it has a label {new_label!r} beside {old_label!r} already")
        edits = []
        for name in node.names:
            if name.kind == "label" and name.value in concerned_labels:
                new_label = self.renames.labels[name.value]
                quote = self.text[name.start]
                is_quoted = quote in "\"'`"
                edits.append(
                    (
                        name.start,
                        name.end,
                        f"{quote}{new_label}{quote}" if is_quoted else quote_label(new_label),
                    )
                )
        return edits, {label: self.renames.labels[label] for label in concerned_labels}

    def _write_aggregation(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> _Part:
        edits, new_labels = self._write_labels(node)
        op = node.node.op
        child = node.children[0]
        if op not in SELECTING_AGGREGATIONS:
            by_labels = find_grouping_labels(node.node)
            if by_labels is not None:
                kept_labels = frozenset(by_labels)
            elif kept_labels is not None:
                kept_labels -= {*list_modifier_labels(node.node)}
        inner = self.write(child, is_delimited=True, kept_labels=kept_labels, is_split=is_split)
        edits.append((child.start, child.end, inner.text))
        param: Structure = ()
        if node.param is not None:
            is_label = op == "count_values"
            param_part = (
                _Part("", describe_tree(node.param.node))
                if is_label
                else self.write(node.param, is_delimited=True, is_split=is_split)
            )
            if is_label and param_part.structure[1] in new_labels:
                param_part = param_part._replace(
                    structure=("string", new_labels[param_part.structure[1]])
                )
            elif not is_label:
                edits.append((node.param.start, node.param.end, param_part.text))
                self._expect_no_unit(param_part)
            param = param_part.structure
        labels = tuple(new_labels.get(label, label) for label in list_modifier_labels(node.node))
        return _Part(
            self._splice(node, edits),
            build_aggregation(node.node, labels, param, inner.structure),
            inner.degree and measure_aggregation(op, inner.degree),
        )

    def _write_call(self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool) -> _Part:
        name = node.node.func.name
        edits, new_labels = self._write_labels(node)
        named_positions = {label.start for label in node.names}
        parts = []
        for child in node.children:
            if child.start in named_positions:
                label = str(child.node.val)
                parts.append(_Part("", ("string", new_labels.get(label, label))))
            else:
                inner_labels = kept_labels if _is_label_keeping(name) else None
                part = self.write(
                    child, is_delimited=True, kept_labels=inner_labels, is_split=is_split
                )
                edits.append((child.start, child.end, part.text))
                parts.append(part)
        degree = self._measure_call(name, parts) if is_split else 0
        if degree and name in CLAMPING_FUNCTIONS:
            parts, edits = self._scale_arguments(node, parts, edits, degree)
        if not is_split and name == "histogram_fraction" and self._is_any_in_unit(node):
            parts, edits = self._scale_arguments(node, parts, edits, 1)
        structure = build_call(name, *(part.structure for part in parts))
        return _Part(self._splice(node, edits), structure, degree)

    def _is_any_in_unit(self, node: PlacedNode) -> bool:
        metrics = [_find_metric(selector) for selector in walk_placed_nodes(node)]
        return any(
            self.renames.is_in_unit(metric) or self.renames.is_bucket(metric) for metric in metrics
        )

    def _scale_arguments(
        self,
        node: PlacedNode,
        parts: list[_Part],
        edits: list[tuple[int, int, str]],
        degree: int,
    ) -> tuple[list[_Part], list[tuple[int, int, str]]]:
        """The numbers among the arguments in the new unit."""
        scaled_parts = []
        for child, part in zip(node.children, parts, strict=True):
            if part.degree is None:
                scaled_part = self._scale_constant(child, degree)
                edits = [edit for edit in edits if edit[0] != child.start]
                edits.append((child.start, child.end, scaled_part.text))
                scaled_parts.append(scaled_part)
            else:
                scaled_parts.append(part)
        return scaled_parts, edits

    def _measure_call(self, name: str, parts: Sequence[_Part]) -> int | None:
        degrees = {part.degree for part in parts if part.degree}
        if not degrees:
            is_constant = bool(parts) and all(part.degree is None for part in parts)
            return None if is_constant and name == "vector" else 0
        if len(degrees) > 1:
            raise UnevenUnitError(f"{name} reads series of several units")
        return measure_function(name, degrees.pop())

    def _write_operation(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> _Part:
        if is_split and self.is_value_kept and self.renames.unit:
            converted_part = self._drop_conversion(node, kept_labels)
            if converted_part is not None:
                return converted_part
        edits, new_labels = self._write_labels(node)
        left_node, right_node = node.children
        inner_labels = (
            kept_labels if find_matching(node.node) is None and (node.node.op in {"or"}) else None
        )
        left = self.write(left_node, kept_labels=inner_labels, is_split=is_split)
        right = self.write(right_node, kept_labels=inner_labels, is_split=is_split)
        op = node.node.op
        left, right, degree = self._balance(op, (left_node, left), (right_node, right))
        if bool(node.node.modifier and node.node.modifier.return_bool):
            degree = 0
        edits += [
            (left_node.start, left_node.end, left.text),
            (right_node.start, right_node.end, right.text),
        ]
        modifier = (
            *describe_modifier(node.node),
            *(
                tuple(new_labels.get(label, label) for label in labels)
                for labels in describe_matching_labels(node.node)
            ),
        )
        return _Part(
            self._splice(node, edits),
            build_operation(op, left.structure, right.structure, modifier),
            degree,
        )

    def _drop_conversion(self, node: PlacedNode, kept_labels: OptionalLabels) -> _Part | None:
        """The operand of a conversion into the new unit: `x / 1000` is x in seconds."""
        left, right = node.children
        pairs = {"/": [(left, right, 1)], "*": [(left, right, -1), (right, left, -1)]}
        if self.renames.unit is None:
            return None
        for operand, number, sign in pairs.get(node.node.op, []):
            if number.kind != "NumberLiteral" or find_variables(
                self.text[number.start : number.end]
            ):
                continue
            if Fraction(repr(float(number.node.val))) != self.renames.unit.factor**-sign:
                continue
            writer = _Writer(self.text, self.renames, is_value_kept=False)
            try:
                part = writer.write(operand, kept_labels=kept_labels)
            except UnevenUnitError:
                continue
            if part.degree == 1:
                return part._replace(degree=0)
        return None

    def _balance(
        self, op: str, left_pair: tuple[PlacedNode, _Part], right_pair: tuple[PlacedNode, _Part]
    ) -> tuple[_Part, _Part, int | None]:
        """The operands with numbers in the unit of the other side, and the degree of the result."""
        (left_node, left), (right_node, right) = left_pair, right_pair
        left_degree, right_degree = left.degree or 0, right.degree or 0
        if left.degree is None and right.degree is None:
            return left, right, None
        if op in {"and", "unless", "*", "/"}:
            degrees = {"*": left_degree + right_degree, "/": left_degree - right_degree}
            return left, right, degrees.get(op, left_degree)
        if left_degree == right_degree and (not left_degree or op not in {"^", "atan2"}):
            return left, right, left_degree
        if op in {"+", "-", "%", "or"} | COMPARISONS:
            if left.degree is None:
                return self._scale_constant(left_node, right_degree), right, right_degree
            if right.degree is None:
                return left, self._scale_constant(right_node, left_degree), left_degree
        raise UnevenUnitError(f"the sides of {op!r} are not in one unit")

    def _scale_constant(self, node: PlacedNode, degree: int) -> _Part:
        """A number in the new unit."""
        if self.renames.unit is None:
            raise UnevenUnitError("there is no unit")
        if node.kind in {"ParenExpr", "Call"} and len(node.children) == 1:
            child = node.children[0]
            inner = self._scale_constant(child, degree)
            structure = (
                inner.structure
                if node.kind == "ParenExpr"
                else build_call(node.node.func.name, inner.structure)
            )
            return _Part(
                self._splice(node, [(child.start, child.end, inner.text)]), structure, degree
            )
        text = self.text[node.start : node.end]
        number = scale_number(text.replace(" ", ""), self.renames.unit.factor**degree)
        if node.kind != "NumberLiteral" or number is None or find_variables(text):
            raise UnevenUnitError(f"the number {text} cannot be converted")
        if float(node.node.val) == 0 or text.lower().lstrip("+-") == "inf":
            return _Part(text, describe_tree(node.node), degree)
        return _Part(number, build_number(float(number)), degree)

    def _expect_no_unit(self, part: _Part) -> None:
        if part.degree:
            raise UnevenUnitError("a parameter is in the unit")

    def _write_literal(self, node: PlacedNode, _: OptionalLabels, __: bool) -> _Part:
        is_number = node.kind == "NumberLiteral"
        text = self.text[node.start : node.end]
        return _Part(text, describe_tree(node.node), None if is_number else 0)

    def _write_parentheses(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> _Part:
        child = node.children[0]
        inner = self.write(child, is_delimited=True, kept_labels=kept_labels, is_split=is_split)
        return inner._replace(text=self._splice(node, [(child.start, child.end, inner.text)]))

    def _write_sign(self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool) -> _Part:
        child = node.children[0]
        inner = self.write(child, kept_labels=kept_labels, is_split=is_split)
        return _Part(
            self._splice(node, [(child.start, child.end, inner.text)]),
            ("sign", inner.structure),
            inner.degree,
        )

    def _write_subquery(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> _Part:
        child = node.children[0]
        inner = self.write(child, kept_labels=kept_labels, is_split=is_split)
        return _Part(
            self._splice(node, [(child.start, child.end, inner.text)]),
            (
                "subquery",
                str(node.node.range),
                str(node.node.step),
                describe_times(node.node),
                inner.structure,
            ),
            inner.degree,
        )


def _replace_label(part: _Part, label: str, replacement: str, source: str, regex: str) -> _Part:
    """The part as an argument of `label_replace`."""
    arguments = [label, replacement, source, regex]
    strings = ", ".join(f'"{argument}"' for argument in arguments)
    return _Part(
        f"label_replace({part.text}, {strings})",
        build_call(
            "label_replace", part.structure, *(("string", argument) for argument in arguments)
        ),
        part.degree,
    )


def _multiply(part: _Part, factor: Fraction) -> _Part:
    """A part times a factor; it is a selector, a call or something in brackets."""
    operation = format_factor(factor)
    op, number = operation.split(" ")
    modifier = (*describe_modifier(parse_expression("a * b").tree), (), ())
    structure = build_operation(op, part.structure, build_number(float(number)), modifier)
    return _Part(f"{part.text} {operation}", structure, 0)


def _strip_parentheses(node: PlacedNode) -> PlacedNode:
    while node.kind == "ParenExpr":
        node = node.children[0]
    return node


def _has_names(node: PlacedNode) -> bool:
    """Whether the result of a node keeps the names of its metrics."""
    if node.kind == "Call":
        return node.node.func.name in {"last_over_time", "first_over_time", "label_replace"}
    if node.kind == "AggregateExpr":
        return node.node.op in SELECTING_AGGREGATIONS
    return node.kind in {"VectorSelector", "ParenExpr"} and (
        not node.children or _has_names(node.children[0])
    )


def _is_label_keeping(function: str) -> bool:
    """Whether what happens to the labels of a function's result happens to its argument's."""
    return function not in {"label_replace", "label_join", "histogram_quantile", "info"}


def _is_match(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return True


def _is_atomic_text(text: str) -> bool:
    """Whether an expression binds closer than any operator."""
    tree = parse_expression(text).tree
    return tree is not None and type(tree).__name__ in {
        *("AggregateExpr", "Call", "VectorSelector", "NumberLiteral", "ParenExpr"),
    }


def _find_innermost_argument(node: PlacedNode) -> PlacedNode:
    """What `label_replace` is called on, however often."""
    while node.kind == "Call" and node.node.func.name == "label_replace":
        node = node.children[0]
    return node


WRITERS = {
    "AggregateExpr": _Writer._write_aggregation,
    "BinaryExpr": _Writer._write_operation,
    "Call": _Writer._write_call,
    "MatrixSelector": _Writer._write_selector,
    "NumberLiteral": _Writer._write_literal,
    "ParenExpr": _Writer._write_parentheses,
    "StringLiteral": _Writer._write_literal,
    "SubqueryExpr": _Writer._write_subquery,
    "UnaryExpr": _Writer._write_sign,
    "VectorSelector": _Writer._write_selector,
}
