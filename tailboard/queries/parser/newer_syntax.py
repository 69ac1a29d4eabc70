"""PromQL that the parser does not know, rewritten as PromQL of the same shape that it knows.

Used only where an expression cannot be parsed unchanged: variables of Grafana that stand for an
operator, duration expressions (Prometheus 3.4, by default since 3.14), `anchored` and `smoothed`
(3.7, behind a flag), and the operators that trim native histograms (3.11).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern

WORDS_BEFORE_OPERAND = {
    *("and", "atan2", "bool", "by", "group_left", "group_right", "ignoring", "offset", "on", "or"),
    *("unless", "without", "avg", "bottomk", "count", "group", "limitk", "max", "min", "quantile"),
    *("stddev", "stdvar", "sum", "topk", "count_values", "limit_ratio"),
}
"""Words that are no operand themselves, so that no operator stands behind them."""

WORDS_BEHIND_OPERAND = {
    *("and", "atan2", "by", "group_left", "group_right", "offset", "or", "unless", "without"),
}

OPERATOR_VARIABLE = declare_pattern(
    r"(?<=[\w)\]}])\s+(?P<variable>\$\w+|\$\{\w+(?::\w+)?\}|\[\[\w+\]\])\s+(?=[\w(${\[+-])"
)
"""A variable between two operands: `sum(x) $op 5`. Strings are masked by underscores before."""

MAX_WORD_LENGTH = 20
WORD_BEFORE = declare_pattern(r"\w*\Z")
WORD_BEHIND = declare_pattern(r"\w*")

DURATION_EXPRESSION = declare_pattern(r"\[(?P<range>[^\][:]*)(?::(?P<step>[^\][:]*))?\]")
DURATION_OFFSET = declare_pattern(r"\boffset\s+\([^()]*\)")
ARITHMETIC = declare_pattern(r"[-+*/^%()]")
NEGATIVE_DURATION = declare_pattern(r"\s*-\s*\w+\s*")
"""What no Prometheus takes as a range: `[-5m]`."""

RANGE_MODIFIER = declare_pattern(r"(?<=[\w)\]}])\s+(?:anchored|smoothed)\b")
TRIM_OPERATOR = declare_pattern(r"</|>/")
ANY_DURATION = "5m"


def rewrite_newer_syntax(text: str, mask: Callable[[str], str]) -> str:
    """The expression without what the parser does not know; `mask` hides strings and comments."""
    for pattern, replace in REWRITES:
        parts, end = [], 0
        for match in pattern.finditer(mask(text)):
            replacement = replace(match)
            parts += [text[end : replacement.start], replacement.text]
            end = replacement.end
        text = "".join([*parts, text[end:]])
    return text


class Replacement(NamedTuple):
    """From where to where in the text something is replaced, and by what."""

    start: int
    end: int
    text: str


def _replace_operator(match: re.Match[str]) -> Replacement:
    start, end = match.span("variable")
    text = match.string
    before = WORD_BEFORE.search(text[max(0, match.start() - MAX_WORD_LENGTH) : match.start()])
    behind = WORD_BEHIND.match(text[match.end() : match.end() + MAX_WORD_LENGTH])
    is_operator = (
        before is not None
        and behind is not None
        and before[0].lower() not in WORDS_BEFORE_OPERAND
        and behind[0].lower() not in WORDS_BEHIND_OPERAND
    )
    return Replacement(start, end, ">" if is_operator else match["variable"])


def _replace_duration(match: re.Match[str]) -> Replacement:
    parts = [
        ANY_DURATION if ARITHMETIC.search(part) and not NEGATIVE_DURATION.fullmatch(part) else part
        for part in match.groups()
        if part is not None
    ]
    return Replacement(*match.span(), f"[{':'.join(parts)}]")


REWRITES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Replacement]], ...] = (
    (OPERATOR_VARIABLE, _replace_operator),
    (DURATION_EXPRESSION, _replace_duration),
    (DURATION_OFFSET, lambda match: Replacement(*match.span(), f"offset {ANY_DURATION}")),
    (RANGE_MODIFIER, lambda match: Replacement(*match.span(), "")),
    (TRIM_OPERATOR, lambda match: Replacement(*match.span(), match[0].strip("/"))),
)
