"""Parts of every expression: numbers, selectors, aggregations, parentheses."""

import re
from collections.abc import Sequence

from tailboard.panels.matcher import METRIC_NAME, Matchers, quote_label, quote_string

_STRING_OR_COMMENT = re.compile(
    r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*` | \#[^\n]* """, re.VERBOSE
)
"""Where parentheses have no meaning: strings in any of PromQL's quotes, and comments."""

_PARENTHESIS = re.compile(r"[()]")

WINDOW = "$__rate_interval"
"""The range of a rate on a dashboard; Grafana makes it at least four scrapes long."""


def format_number(value: float) -> str:
    """A number without exponent and trailing zeros: 1, 0.25."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def selector(name: str, matchers: Matchers = (), window: str = "") -> str:
    """`name{label="value"}[window]`; a name that only Prometheus 3 has stands in the braces."""
    is_quoted = bool(name) and not METRIC_NAME.fullmatch(name)
    parts = [
        *([quote_string(name)] if is_quoted else []),
        *(
            f"{quote_label(label)}{matcher.op}{quote_string(matcher.value)}"
            for label, matcher in matchers
        ),
    ]
    return (
        ("" if is_quoted else name)
        + (f"{{{','.join(parts)}}}" if parts else "")
        + (f"[{window}]" if window else "")
    )


def format_labels(labels: Sequence[str]) -> str:
    """Labels in parentheses, as behind `by` and `on`."""
    return f"({', '.join(map(quote_label, labels))})"


def aggregate(operator: str, expression: str, by: Sequence[str] = ()) -> str:
    """`sum by (label) (expression)`."""
    grouping = f" by {format_labels(by)} " if by else ""
    return f"{operator}{grouping}({expression})"


def topk(count: int, expression: str) -> str:
    """The largest series."""
    return f"topk({count}, {expression})"


def union(*expressions: str) -> str:
    """`left or right`: the first expression, and the series that only the others have.

    Empty ones are left out.
    """
    alternatives = [expression for expression in expressions if expression]
    return f"({' or '.join(alternatives)})" if len(alternatives) > 1 else alternatives[0]


def add_label(expression: str, label: str, value: str) -> str:
    """The same series with one more label."""
    replacement = quote_string(value.replace("$", "$$"))
    return f'label_replace({expression}, {quote_string(label)}, {replacement}, "", "")'


def copy_label(expression: str, label: str, source: str) -> str:
    """The same series with the value of one label also under another name."""
    return f'label_join({expression}, {quote_string(label)}, "", {quote_string(source)})'


def clamp_min(expression: str, minimum: float) -> str:
    """The expression, or a number where that is larger."""
    return f"clamp_min({expression}, {format_number(minimum)})"


def filter_above(expression: str, limit: float | str) -> str:
    """The series that are larger than a number, or than those of another expression."""
    return f"({expression} > {limit if isinstance(limit, str) else format_number(limit)})"


def filter_below(expression: str, limit: float) -> str:
    """The series that are smaller than a number."""
    return f"({expression} < {format_number(limit)})"


def filter_at_least(expression: str, minimum: float) -> str:
    """The series that are at least as large as a number."""
    return f"({expression} >= {format_number(minimum)})"


def filter_by_guards(condition: str, *guards: str, by: Sequence[str] = ()) -> str:
    """The series of a condition while every guard has some too, by the labels that they share."""
    vector_matching = f"on {format_labels(by)}"
    return f"({' and '.join([condition, *(f'{vector_matching} {guard}' for guard in guards)])})"


def build_age(timestamp: str) -> str:
    """Seconds since a Unix time."""
    return f"(time() - {timestamp})"


def strip_parentheses(expression: str) -> str:
    """The expression without one pair of parentheses around all of it, if it has one."""
    if not expression.startswith("("):
        return expression
    depth = 0
    masked = _STRING_OR_COMMENT.sub(lambda match: " " * len(match[0]), expression)
    for match in _PARENTHESIS.finditer(masked):
        depth += 1 if match[0] == "(" else -1
        if depth == 0 and match.end() < len(expression):
            return expression
    return expression[1:-1]


def strip_comments(expression: str) -> str:
    """The expression without comments, which would hide what is composed around it."""
    return _STRING_OR_COMMENT.sub(
        lambda match: "" if match[0].startswith("#") else match[0], expression
    ).strip()


def reduce_over_time(
    function: str, expression: str, window: str, parameter: float | None = None
) -> str:
    """A function of the expression's values in the window: `avg_over_time((x)[5m:])`."""
    first_argument = "" if parameter is None else f"{format_number(parameter)}, "
    return f"{function}({first_argument}{add_parentheses(expression)}[{window}:])"


def absent(expression: str) -> str:
    """One series while the expression has none."""
    return f"absent({expression})"


def add_parentheses(expression: str) -> str:
    """The expression in one pair of parentheses."""
    return f"({strip_parentheses(expression)})"
