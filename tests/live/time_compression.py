"""Compress rules in time: every duration is divided by a factor, so that an hour takes 2 minutes.

A number that is compared with a rate per second is multiplied: what happened once in five minutes
still happens once in ten seconds. Seconds by which a rate is multiplied or a count divided are
divided. Names of series (`rate5m`) and all other numbers stay. Any other construct is an error.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import promql_parser

JsonObject = dict[str, Any]
Quantity = Literal["rate", "count", "other"]
"""What a number counts: events per second, events, or anything else."""

MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
QUOTED = re.compile(r'("(?:\\.|[^"\\])*")')
RANGE = re.compile(r"\[([^\]]*)\]")
OFFSET = re.compile(r"\boffset\s+(\S+?)(?=[\s)]|$)")
UNSUPPORTED = re.compile(r"[`'@]|:\s*\]")

OPERAND = (
    r"(?:sum(?: by \([^()]*\))? ?\((?:[^()]|\([^()]*\))*\)|rate\([^()]*\)|[\w:]+(?:\{[^{}]*\})?)"
)
NUMBER = r"(\d[\d.e-]*)"
COMPARED_RATE = re.compile(rf"(\({OPERAND} >=? ){NUMBER}(?=\))")
MULTIPLIED_RATE = re.compile(rf"(\({OPERAND} \* ){NUMBER}(?=\))")
DIVIDED_COUNT = re.compile(rf"({OPERAND} / ){NUMBER}")

RATE_NAME = re.compile(r":rate\d+[smhd]$")
COUNT_NAME = re.compile(r":first_values\d+[smhd]$")
KEPT_FUNCTIONS = re.compile(r"(sum|avg|min|max|last)_over_time|clamp_min|abs")

GROUP_FIELDS = {"name", "interval", "rules"}
RULE_FIELDS = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
DURATION_FIELDS = {"interval", "for", "keep_firing_for"}


class UnsupportedRuleError(Exception):
    """A rule that cannot be compressed reliably."""


def compress_groups(groups: Iterable[JsonObject], factor: float) -> list[JsonObject]:
    """Rule groups whose every duration is that many times shorter."""
    return [
        {
            **_compress_fields(group, GROUP_FIELDS, factor),
            "rules": [
                {
                    **_compress_fields(rule, RULE_FIELDS, factor),
                    "expr": compress_expression(rule["expr"], factor),
                }
                for rule in group["rules"]
            ],
        }
        for group in groups
    ]


def compress_expression(expression: str, factor: float) -> str:
    """An expression with shorter ranges and offsets, for the same number of events."""
    parts = QUOTED.split(expression)
    for index in range(0, len(parts), 2):
        parts[index] = _compress_unquoted(parts[index], factor)
    return _compress_rates("".join(parts), factor)


def compress_duration(text: str, factor: float) -> str:
    """A duration divided by the factor, in whole milliseconds and above zero."""
    if text == "0s":
        return text
    match = DURATION.fullmatch(text)
    if not match:
        raise UnsupportedRuleError(f"{text!r} is not one number with one unit")
    return f"{math.ceil(int(match[1]) * MILLISECONDS[match[2]] / factor)}ms"


def _compress_fields(mapping: JsonObject, known_fields: set[str], factor: float) -> JsonObject:
    if strange := set(mapping) - known_fields:
        raise UnsupportedRuleError(f"unknown fields: {', '.join(sorted(strange))}")
    return {
        name: compress_duration(value, factor) if name in DURATION_FIELDS else value
        for name, value in mapping.items()
    }


def _compress_unquoted(text: str, factor: float) -> str:
    if match := UNSUPPORTED.search(text):
        raise UnsupportedRuleError(f"{match[0]!r} in {text!r}")

    def shorter(match: re.Match[str]) -> str:
        return match[0].replace(match[1], compress_duration(match[1], factor))

    return OFFSET.sub(shorter, RANGE.sub(shorter, text))


def _compress_rates(expression: str, factor: float) -> str:
    """Scale the numbers that have to do with seconds; the parser says how many there are."""
    try:
        numbers = Counter(_find_scaled_numbers(promql_parser.parse(expression)))
    except ValueError as error:
        raise UnsupportedRuleError(f"{expression}: {error}") from error
    for kind, pattern, scale in (
        ("compared", COMPARED_RATE, factor),
        ("multiplied", MULTIPLIED_RATE, 1 / factor),
        ("divided", DIVIDED_COUNT, 1 / factor),
    ):
        expression, count = _scale_numbers(expression, pattern, scale, kind)
        if count != numbers[kind]:
            raise UnsupportedRuleError(f"a number of {expression} is {kind} in an unknown form")
    return expression


def _scale_numbers(
    expression: str, pattern: re.Pattern[str], scale: float, kind: str
) -> tuple[str, int]:
    count = 0

    def scale_number(match: re.Match[str]) -> str:
        nonlocal count
        found = _find_scaled_numbers(promql_parser.parse(_close_parentheses(match[0])))
        if kind not in found:
            return match[0]
        count += 1
        return f"{match[1]}{float(match[2]) * scale:.6g}"

    return pattern.sub(scale_number, expression), count


def _close_parentheses(text: str) -> str:
    return text + ")" * (text.count("(") - text.count(")"))


def _find_scaled_numbers(node: Any) -> list[str]:
    found: list[str] = []
    _find_quantity(node, found.append)
    return found


def _find_quantity(node: Any, report: Callable[[str], None]) -> Quantity:
    """What an expression counts; each number that has to be scaled is reported on the way."""
    kind = type(node).__name__
    if kind == "BinaryExpr":
        return _find_binary_quantity(node, report)
    quantities = [_find_quantity(child, report) for child in _list_children(node)]
    first: Quantity = quantities[0] if quantities else "other"
    if kind in {"VectorSelector", "MatrixSelector"}:
        name = (node if kind == "VectorSelector" else node.vector_selector).name or ""
        if RATE_NAME.search(name):
            return "rate"
        return "count" if COUNT_NAME.search(name) else "other"
    if kind == "Call" and node.func.name == "rate":
        return "rate"
    is_other = kind == "Call" and not KEPT_FUNCTIONS.fullmatch(node.func.name)
    is_other |= kind == "AggregateExpr" and str(node.op) == "count"
    return "other" if is_other else first


def _find_binary_quantity(node: Any, report: Callable[[str], None]) -> Quantity:
    left, right = _find_quantity(node.lhs, report), _find_quantity(node.rhs, report)
    number = node.rhs.val if type(node.rhs).__name__ == "NumberLiteral" else None
    match str(node.op), left:
        case (">" | ">=" | "<" | "<=", "rate") if number:
            report("compared")
        case ("*", "rate") if number:
            report("multiplied")
            return "count"
        case ("/", "count") if number:
            report("divided")
            return "rate"
        case ("/", _):
            return left if number else "other"
        case ("*", "other"):
            return right
    return left


def _list_children(node: Any) -> Iterator[Any]:
    if expression := getattr(node, "expr", None):
        yield expression
    yield from getattr(node, "args", ())
