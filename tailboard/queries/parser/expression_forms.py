"""Expressions that differ in the values of their matchers alone, of which one is parsed.

The dashboards of two services ask the same of two jobs. The selectors of an expression, and what is
done with them, follow from its form, the code between its strings; the strings are their values.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.queries.parser.promql import (
    MAX_LENGTH,
    Expression,
    Selector,
    find_selectors,
    parse_expression,
)
from tailboard.queries.parser.syntax_tree import PATTERN_MARK, find_value_problem

Code = tuple[str, ...]

VALUE = declare_pattern(r'"([^"\n]*)"')
OTHER_MARKS = ("\\", "#", "'", "`", PATTERN_MARK)
"""Escapes, comments and other quotes: with one of them, a string is not what its text says."""

ANY_VALUE = '"x"'
MAX_FORMS = 1024


class _Form(NamedTuple):
    """What expressions of one form have in common, with the values of one of them."""

    placeholder: str
    selectors: tuple[Selector, ...]


_forms: dict[Code, _Form] = {}


def mask_values(text: str) -> str:
    """An expression with one value in all its matchers, for what follows from its form alone."""
    return text if _has_other_marks(text) else VALUE.sub(ANY_VALUE, text)


def read_expression(text: str) -> tuple[Expression, tuple[Selector, ...]]:
    """An expression and its selectors, from the left to the right; none where it is not PromQL."""
    if len(text) > MAX_LENGTH or _has_other_marks(text):
        return _parse_selectors(text)
    parts = VALUE.split(text)
    code, values = tuple(parts[::2]), parts[1::2]
    form = _forms.get(code)
    if form and (selectors := _fill_form(form, values)) is not None:
        return Expression(text, "", form.placeholder), selectors
    expression, selectors = _parse_selectors(text)
    if expression.text == text and not expression.problem and _are_values(values, selectors):
        if len(_forms) >= MAX_FORMS:
            _forms.clear()
        _forms[code] = _Form(expression.placeholder, selectors)
    return expression, selectors


def _has_other_marks(text: str) -> bool:
    return any(mark in text for mark in OTHER_MARKS)


def _parse_selectors(text: str) -> tuple[Expression, tuple[Selector, ...]]:
    expression = parse_expression(text)
    tree = expression.tree
    return expression, tuple(find_selectors(tree)) if tree is not None else ()


def _are_values(values: Sequence[str], selectors: Sequence[Selector]) -> bool:
    """Whether the strings of an expression are the values of its matchers, and none is a name.

    A selector without a name needs a value that is not empty, so its form is not enough.
    """
    matchers = [matcher for selector in selectors for matcher in selector.matchers]
    return (
        [value for _, _, value in matchers] == values
        and all(selector.name for selector in selectors)
        and all(label != "__name__" for label, _, _ in matchers)
    )


def _fill_form(form: _Form, values: Sequence[str]) -> tuple[Selector, ...] | None:
    """The selectors of a form with other values; None where one is a pattern that is not valid."""
    remaining_values = iter(values)
    selectors = []
    for selector in form.selectors:
        matchers = [(label, op, next(remaining_values)) for label, op, _ in selector.matchers]
        if any(find_value_problem(op, value) for _, op, value in matchers):
            return None
        selectors.append(selector._replace(matchers=tuple(matchers)))
    return tuple(selectors)
