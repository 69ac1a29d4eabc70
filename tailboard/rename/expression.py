"""Names and units renamed in one expression, by its tree; the rest of its text stays.

The new text is parsed, and has to be the old tree with what was renamed and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tailboard.queries.analysis.structure import (
    Structure,
    build_aggregation,
    build_call,
    build_number,
    build_operation,
    describe_matching_labels,
    describe_modifier,
    describe_times,
    describe_tree,
    list_modifier_labels,
)
from tailboard.queries.parser.positions import (
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
from tailboard.rename.label_edits import write_labels
from tailboard.rename.parts import Part, multiply, replace_label, splice_text
from tailboard.rename.renames import Renames
from tailboard.rename.results import SELECTORS, find_metric, find_result_labels, has_result_bounds
from tailboard.rename.selectors import scale_bound, write_selector
from tailboard.rename.units import scale_number

COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}

LINE_BREAK = re.compile(r"\s*\n\s*")

OptionalLabels = frozenset[str] | None


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
        has_result_bounds(placed_tree, renames),
        find_result_labels(placed_tree, renames),
    )


def has_old_name(text: str, renames: Renames) -> bool:
    """Whether a text has one of the old names as a word."""
    return any(find_word(name, text) for name in (*renames.metrics, *renames.labels))


def find_word(name: str, text: str) -> re.Match[str] | None:
    """Where a text has a name, or the part of a histogram of this name."""
    return re.search(rf"(?<![\w:]){re.escape(name)}(?:_bucket|_sum|_count)?(?![\w:])", text)


def _verify(part: Part) -> None:
    new_expression = parse_expression(part.text)
    if new_expression.tree is None or describe_tree(new_expression.tree) != part.structure:
        raise RenameError("it cannot be rewritten surely")


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
    ) -> Part:
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
            return strip_parentheses(node.children[0]).kind == "VectorSelector"
        return any(
            child.kind == "MatrixSelector"
            or (child.kind == "SubqueryExpr" and has_names(child.children[0]))
            for child in node.children
        )

    def _is_renamed(self, node: PlacedNode) -> bool:
        """Whether a selector is of a metric whose name, labels or unit change."""
        metric = find_metric(node)
        if metric and self.renames.find_family(metric) is not None:
            return True
        return bool(self.renames.labels and self.renames.has_metric(metric))

    def _write_atom(
        self, node: PlacedNode, *, is_delimited: bool, kept_labels: OptionalLabels
    ) -> Part:
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
        self, node: PlacedNode, new_part: Part, degree: int, kept_labels: OptionalLabels
    ) -> list[Part]:
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

    def _write_old(self, node: PlacedNode, degree: int) -> Part:
        text = self.text[node.start : node.end]
        if "#" not in text and "`" not in text:
            text = LINE_BREAK.sub(" ", text)
        old_part = Part(text, describe_tree(node.node), degree)
        if node.kind == "Call" and node.node.func.name in ABSENCE_FUNCTIONS:
            return old_part
        old_part = self._rename_bounds(node, self._rename_labels(old_part))
        if not self.is_value_kept and degree and self.renames.unit:
            return multiply(old_part, self.renames.unit.factor**degree)
        return old_part._replace(degree=0)

    def _join_alternatives(self, node: PlacedNode, parts: Sequence[Part]) -> Part:
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
            result = Part(text, structure, result.degree)
        return result

    def _rename_labels(self, part: Part, pattern: str = "(.*)") -> Part:
        """A vector of the old labels with the new ones in their place."""
        for old, new in self.renames.labels.items():
            for label, replacement, source, regex in (
                (new, "$1", old, pattern),
                (old, "", old, ".*"),
            ):
                part = replace_label(part, label, replacement, source, regex)
        return part

    def _rename_bounds(self, node: PlacedNode, part: Part) -> Part:
        """A vector of one bucket with its bound in the new unit."""
        if node.kind not in SELECTORS and node.node.func.name in HISTOGRAM_FUNCTIONS:
            return part
        for selector in walk_placed_nodes(node):
            if selector.kind in SELECTORS and self.renames.is_bucket(find_metric(selector)):
                bounds = [matcher for matcher in selector.matchers if matcher.label == "le"]
                if len(bounds) != 1 or bounds[0].op != "=":
                    raise RenameError(
                        "its buckets have bounds in two units, and none of them is chosen"
                    )
                op, bound = scale_bound(self.renames, bounds[0])
                if op != "=":
                    raise RenameError(f"its bound {bound} may be written in two ways")
                return replace_label(part, "le", bound, "le", bounds[0].value)
        return part

    def _scale_back(self, part: Part) -> Part:
        """The numbers of the new unit in the old one."""
        if not part.degree or self.renames.unit is None:
            return part
        return multiply(part, 1 / self.renames.unit.factor**part.degree)

    def _has_new_names(self, node: PlacedNode) -> bool:
        """Whether the metrics of a node get other names."""
        metrics = [
            find_metric(selector)
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

    def _find_finished(self, node: PlacedNode) -> Part | None:
        """What reads old and new already: unchanged while both are kept, later the new alone."""
        if node.kind == "ParenExpr":
            child = node.children[0]
            inner = self._find_finished(child)
            if inner is None or (not self.renames.is_both and is_atomic_text(inner.text)):
                return inner
            return inner._replace(
                text=splice_text(self.text, node, [(child.start, child.end, inner.text)])
            )
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

    def _finish(self, node: PlacedNode, structure: Structure) -> Part:
        text = self.text[node.start : node.end]
        if self.renames.is_both:
            return Part(text, structure)
        left = node.children[0] if node.kind == "BinaryExpr" else find_innermost_argument(node)
        return Part(self.text[left.start : left.end], describe_tree(left.node))

    def _measure_atom(self, node: PlacedNode) -> int:
        """The power of the unit in which the numbers of an atom change."""
        if self.renames.unit is None:
            return 0
        if node.kind == "VectorSelector":
            return int(self.renames.is_in_unit(find_metric(node)))
        name = node.node.func.name
        selectors = [selector for selector in walk_placed_nodes(node) if selector.kind in SELECTORS]
        is_histogram = name in HISTOGRAM_FUNCTIONS
        in_unit = [
            self.renames.is_in_unit(find_metric(selector))
            or (is_histogram and self.renames.is_bucket(find_metric(selector)))
            for selector in selectors
        ]
        if any(in_unit) and not all(in_unit):
            raise RenameError(f"{name} reads series of several units")
        return measure_function(name, int(any(in_unit)))

    # One kind of node each

    def _write_selector(self, node: PlacedNode, _: OptionalLabels, __: bool) -> Part:
        return write_selector(self.text, self.renames, node)

    def _write_aggregation(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> Part:
        edits, new_labels = write_labels(self.text, self.renames, node)
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
                Part("", describe_tree(node.param.node))
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
        return Part(
            splice_text(self.text, node, edits),
            build_aggregation(node.node, labels, param, inner.structure),
            inner.degree and measure_aggregation(op, inner.degree),
        )

    def _write_call(self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool) -> Part:
        name = node.node.func.name
        edits, new_labels = write_labels(self.text, self.renames, node)
        named_positions = {label.start for label in node.names}
        parts = []
        for child in node.children:
            if child.start in named_positions:
                label = str(child.node.val)
                parts.append(Part("", ("string", new_labels.get(label, label))))
            else:
                inner_labels = kept_labels if is_label_keeping(name) else None
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
        return Part(splice_text(self.text, node, edits), structure, degree)

    def _is_any_in_unit(self, node: PlacedNode) -> bool:
        metrics = [find_metric(selector) for selector in walk_placed_nodes(node)]
        return any(
            self.renames.is_in_unit(metric) or self.renames.is_bucket(metric) for metric in metrics
        )

    def _scale_arguments(
        self,
        node: PlacedNode,
        parts: list[Part],
        edits: list[tuple[int, int, str]],
        degree: int,
    ) -> tuple[list[Part], list[tuple[int, int, str]]]:
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

    def _measure_call(self, name: str, parts: Sequence[Part]) -> int | None:
        degrees = {part.degree for part in parts if part.degree}
        if not degrees:
            is_constant = bool(parts) and all(part.degree is None for part in parts)
            return None if is_constant and name == "vector" else 0
        if len(degrees) > 1:
            raise UnevenUnitError(f"{name} reads series of several units")
        return measure_function(name, degrees.pop())

    def _write_operation(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> Part:
        if is_split and self.is_value_kept and self.renames.unit:
            converted_part = self._drop_conversion(node, kept_labels)
            if converted_part is not None:
                return converted_part
        edits, new_labels = write_labels(self.text, self.renames, node)
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
        return Part(
            splice_text(self.text, node, edits),
            build_operation(op, left.structure, right.structure, modifier),
            degree,
        )

    def _drop_conversion(self, node: PlacedNode, kept_labels: OptionalLabels) -> Part | None:
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
        self, op: str, left_pair: tuple[PlacedNode, Part], right_pair: tuple[PlacedNode, Part]
    ) -> tuple[Part, Part, int | None]:
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

    def _scale_constant(self, node: PlacedNode, degree: int) -> Part:
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
            return Part(
                splice_text(self.text, node, [(child.start, child.end, inner.text)]),
                structure,
                degree,
            )
        text = self.text[node.start : node.end]
        number = scale_number(text.replace(" ", ""), self.renames.unit.factor**degree)
        if node.kind != "NumberLiteral" or number is None or find_variables(text):
            raise UnevenUnitError(f"the number {text} cannot be converted")
        if float(node.node.val) == 0 or text.lower().lstrip("+-") == "inf":
            return Part(text, describe_tree(node.node), degree)
        return Part(number, build_number(float(number)), degree)

    def _expect_no_unit(self, part: Part) -> None:
        if part.degree:
            raise UnevenUnitError("a parameter is in the unit")

    def _write_literal(self, node: PlacedNode, _: OptionalLabels, __: bool) -> Part:
        is_number = node.kind == "NumberLiteral"
        text = self.text[node.start : node.end]
        return Part(text, describe_tree(node.node), None if is_number else 0)

    def _write_parentheses(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> Part:
        child = node.children[0]
        inner = self.write(child, is_delimited=True, kept_labels=kept_labels, is_split=is_split)
        return inner._replace(
            text=splice_text(self.text, node, [(child.start, child.end, inner.text)])
        )

    def _write_sign(self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool) -> Part:
        child = node.children[0]
        inner = self.write(child, kept_labels=kept_labels, is_split=is_split)
        return Part(
            splice_text(self.text, node, [(child.start, child.end, inner.text)]),
            ("sign", inner.structure),
            inner.degree,
        )

    def _write_subquery(
        self, node: PlacedNode, kept_labels: OptionalLabels, is_split: bool
    ) -> Part:
        child = node.children[0]
        inner = self.write(child, kept_labels=kept_labels, is_split=is_split)
        return Part(
            splice_text(self.text, node, [(child.start, child.end, inner.text)]),
            (
                "subquery",
                str(node.node.range),
                str(node.node.step),
                describe_times(node.node),
                inner.structure,
            ),
            inner.degree,
        )


def strip_parentheses(node: PlacedNode) -> PlacedNode:
    while node.kind == "ParenExpr":
        node = node.children[0]
    return node


def has_names(node: PlacedNode) -> bool:
    """Whether the result of a node keeps the names of its metrics."""
    if node.kind == "Call":
        return node.node.func.name in {"last_over_time", "first_over_time", "label_replace"}
    if node.kind == "AggregateExpr":
        return node.node.op in SELECTING_AGGREGATIONS
    return node.kind in {"VectorSelector", "ParenExpr"} and (
        not node.children or has_names(node.children[0])
    )


def is_label_keeping(function: str) -> bool:
    """Whether what happens to the labels of a function's result happens to its argument's."""
    return function not in {"label_replace", "label_join", "histogram_quantile", "info"}


def is_atomic_text(text: str) -> bool:
    """Whether an expression binds closer than any operator."""
    tree = parse_expression(text).tree
    return tree is not None and type(tree).__name__ in {
        *("AggregateExpr", "Call", "VectorSelector", "NumberLiteral", "ParenExpr"),
    }


def find_innermost_argument(node: PlacedNode) -> PlacedNode:
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
