"""The same rules for an hour that lasts two minutes: every duration divided by a factor.

What a rule compares with a rate per second is multiplied: what happened once in five minutes still
happened once in ten seconds. Names of series (`rate5m`) and all other numbers stay. Whatever is not
understood is refused.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

Plain = dict[str, Any]

MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
QUOTED = re.compile(r'("(?:\\.|[^"\\])*")')
RANGE = re.compile(r"\[([^\]]*)\]")
OFFSET = re.compile(r"\boffset\s+(\S+?)(?=[\s)]|$)")
GUARD = re.compile(
    r"(?P<before> and on \([\w, ]*\) \()"
    r"(?P<rate>.*?)(?P<than> >=? )(?P<least>[\d.e-]+)(?=\)(?: and|$))"
)
PER_SECOND = re.compile(r":rate\d+[smhd]\b|\brate\(")
UNKNOWN = re.compile(r"[`'@]|:\s*\]")

GROUP = {"name", "interval", "rules"}
RULE = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
LASTING = {"interval", "for", "keep_firing_for"}


class NotUnderstoodError(Exception):
    """Something that this helper could only guess at."""


def hurried(groups: Iterable[Plain], factor: float) -> list[Plain]:
    """Rule groups whose every duration is that many times shorter."""
    return [
        {
            **_fields(group, GROUP, factor),
            "rules": [
                {**_fields(rule, RULE, factor), "expr": hurried_expression(rule["expr"], factor)}
                for rule in group["rules"]
            ],
        }
        for group in groups
    ]


def hurried_expression(expression: str, factor: float) -> str:
    """An expression with shorter ranges and offsets, and guards that count as many events."""
    parts = QUOTED.split(expression)
    for index in range(0, len(parts), 2):
        parts[index] = _outside_of_quotes(parts[index], factor)
    return _hurried_guards("".join(parts), factor)


def hurried_duration(text: str, factor: float) -> str:
    """A duration divided by the factor, in whole milliseconds and never nothing."""
    found = DURATION.fullmatch(text)
    if not found:
        raise NotUnderstoodError(f"{text!r} is not one number with one unit")
    return f"{math.ceil(int(found[1]) * MILLISECONDS[found[2]] / factor)}ms"


def _fields(made: Plain, known: set[str], factor: float) -> Plain:
    if strange := set(made) - known:
        raise NotUnderstoodError(f"unknown fields: {', '.join(sorted(strange))}")
    return {
        name: hurried_duration(value, factor) if name in LASTING else value
        for name, value in made.items()
    }


def _outside_of_quotes(text: str, factor: float) -> str:
    if found := UNKNOWN.search(text):
        raise NotUnderstoodError(f"{found[0]!r} in {text!r}")

    def shorter(found: re.Match[str]) -> str:
        return found[0].replace(found[1], hurried_duration(found[1], factor))

    return OFFSET.sub(shorter, RANGE.sub(shorter, text))


def _hurried_guards(expression: str, factor: float) -> str:
    def more_often(found: re.Match[str]) -> str:
        rate, least = found["rate"], float(found["least"])
        if least == 0 or ":ratio_rate" in rate:
            return found[0]
        if " / " in rate or not PER_SECOND.search(rate):
            raise NotUnderstoodError(f"{rate} is compared with {found['least']}")
        return f"{found['before']}{rate}{found['than']}{least * factor:.6g}"

    made, count = GUARD.subn(more_often, expression)
    if count != expression.count(" and "):
        raise NotUnderstoodError(f"not every operand of and is a guard: {expression}")
    return made
