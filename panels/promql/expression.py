"""What every expression is made of: numbers, selectors, aggregations, parentheses."""

import re
from collections.abc import Sequence

from tailboard.panels.matcher import Matchers, quoted

_OPAQUE = re.compile(
    r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*` | \#[^\n]* """, re.VERBOSE
)
"""What may hold parentheses that mean nothing: a string in any of PromQL's quotes, a comment."""

WINDOW = "$__rate_interval"
"""The range of a rate on a dashboard; Grafana makes it at least four scrapes long."""


def number(value: float) -> str:
    """A number as PromQL and people write it: 1, 0.25."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def selector(name: str, matchers: Matchers = (), window: str = "") -> str:
    """`name{label="value"}[window]`."""
    inside = ",".join(f"{label}{it.op}{quoted(it.value)}" for label, it in matchers)
    return name + (f"{{{inside}}}" if inside else "") + (f"[{window}]" if window else "")


def aggregated(operator: str, expression: str, by: Sequence[str] = ()) -> str:
    """`sum by (label) (expression)`."""
    return f"{operator} by ({', '.join(by)}) ({expression})" if by else f"{operator}({expression})"


def top(count: int, expression: str) -> str:
    """The largest series."""
    return f"topk({count}, {expression})"


def either(*expressions: str) -> str:
    """The first, and what the others have besides it."""
    return f"({' or '.join(expressions)})" if len(expressions) > 1 else expressions[0]


def labelled(expression: str, label: str, value: str) -> str:
    """The same series with one more label."""
    return (
        f'label_replace({expression}, {quoted(label)}, {quoted(value.replace("$", "$$"))}, "", "")'
    )


def copied_label(expression: str, label: str, source: str) -> str:
    """The same series with the value of one label also under another name."""
    return f'label_replace({expression}, {quoted(label)}, "$1", {quoted(source)}, "(.*)")'


def at_least(expression: str, least: float) -> str:
    """The expression, or a number where that is larger."""
    return f"clamp_min({expression}, {number(least)})"


def above(expression: str, limit: float | str) -> str:
    """The series that are larger than a number, or than those of another expression."""
    return f"({expression} > {limit if isinstance(limit, str) else number(limit)})"


def reaches(expression: str, least: float) -> str:
    """The series that are at least as large as a number."""
    return f"({expression} >= {number(least)})"


def provided(condition: str, *guards: str, by: Sequence[str] = ()) -> str:
    """The series of a condition while every guard has some too, by the labels that they share."""
    shared = f"on ({', '.join(by)})"
    return f"({' and '.join([condition, *(f'{shared} {guard}' for guard in guards)])})"


def age(moment: str) -> str:
    """Seconds since a moment given as Unix time."""
    return f"(time() - {moment})"


def bare(expression: str) -> str:
    """The expression without the parentheses that it needs as an operand only."""
    depth = 0
    for index, char in enumerate(_OPAQUE.sub(lambda found: " " * len(found[0]), expression)):
        depth += (char == "(") - (char == ")")
        if depth == 0 and index < len(expression) - 1:
            return expression
    return expression[1:-1] if expression.startswith("(") else expression


def operand(expression: str) -> str:
    """The expression in one pair of parentheses."""
    return f"({bare(expression)})"
