"""Compress rules in time: every duration is divided by a factor, so that an hour takes 2 minutes.

A number that is compared with a rate per second is multiplied: what happened once in five minutes
still happens once in ten seconds. Names of series (`rate5m`) and all other numbers stay. Any other
construct is an error.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

JsonObject = dict[str, Any]

MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
QUOTED = re.compile(r'("(?:\\.|[^"\\])*")')
RANGE = re.compile(r"\[([^\]]*)\]")
OFFSET = re.compile(r"\boffset\s+(\S+?)(?=[\s)]|$)")
GUARD = re.compile(
    r"(?P<before> and on \([\w, ]*\) \()"
    r"(?P<rate>.*?)(?P<than> >=? )(?P<minimum>[\d.e-]+)(?=\)(?: and|$))"
)
PER_SECOND = re.compile(r":rate\d+[smhd]\b|\brate\(")
UNSUPPORTED = re.compile(r"[`'@]|:\s*\]")

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
    """An expression with shorter ranges and offsets, and guards for the same number of events."""
    parts = QUOTED.split(expression)
    for index in range(0, len(parts), 2):
        parts[index] = _compress_unquoted(parts[index], factor)
    return _compress_guards("".join(parts), factor)


def compress_duration(text: str, factor: float) -> str:
    """A duration divided by the factor, in whole milliseconds and above zero."""
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


def _compress_guards(expression: str, factor: float) -> str:
    def more_often(match: re.Match[str]) -> str:
        rate, minimum = match["rate"], float(match["minimum"])
        if minimum == 0 or ":ratio_rate" in rate:
            return match[0]
        if " / " in rate or not PER_SECOND.search(rate):
            raise UnsupportedRuleError(f"{rate} is compared with {match['minimum']}")
        return f"{match['before']}{rate}{match['than']}{minimum * factor:.6g}"

    compressed, count = GUARD.subn(more_often, expression)
    if count != expression.count(" and "):
        raise UnsupportedRuleError(f"not every operand of and is a guard: {expression}")
    return compressed
