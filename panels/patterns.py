"""The regular expressions of matchers: which of them Prometheus takes, and what they match.

Prometheus reads them as RE2, which takes time in proportion to the text. Python's own engine may
take exponential time for the same pattern, so it is used where its worst case is bounded; anywhere
else the answer is "unknown". https://github.com/google/re2/wiki/Syntax
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from math import comb
from warnings import catch_warnings, simplefilter

from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.record import record

MAX_STEPS = 20_000_000
"""Steps of Python's engine for one pattern and all values, in its worst case: below a second."""

MAX_EXPONENTIAL_LENGTH = 16
"""Characters of a value that a pattern of exponential time is tried on."""

MAX_REPEAT = 1000
"""The largest count that RE2 takes in `x{count}`."""

ATOM = declare_pattern(r"\\.|\[\^?\]?[^\]\\]*+(?:\\.[^\]\\]*+)*\]?", re.DOTALL)
"""An escape sequence, or a class of characters."""

QUANTIFIER = declare_pattern(r"[*+?]|\{\d*+(?:,\d*+)?\}")
REPEAT_OR_BRACKET = declare_pattern(r"\{(\d++)(?:,(\d*+))?\}|[()]")
FOREIGN_ESCAPE = declare_pattern(r"\\(?:[1-9ZuUN]|[^\x00-\x7f])")
FOREIGN_SYNTAX = declare_pattern(
    r"\(\?(?:[=!>#(]|<[=!]|P[=>]|[imsU-]*[aLux])|(?:[*+?]|\{\d++(?:,\d*+)?\})[*+]"
)
"""Lookarounds, back references, conditions, comments, atomic groups: RE2 has none of these."""

RE2_ONLY = declare_pattern(
    r"\\[pPzQE]|\[:\^?[a-z]+:\]|\(\?[imsU-]+[:)]|\(\?<\w|(?:[\^$]|\\[bBA])[*+?{]"
)
"""What RE2 takes, and Python reads otherwise or not at all."""


@record
class Pattern:
    """A pattern as Python reads it, and what decides how long matching takes.

    `quantifier_count` is that of the branch with the most. Where one is nested in another, or in a
    repeated alternative, the time is exponential.
    """

    regex: re.Pattern[str]
    quantifier_count: int
    branch_count: int
    is_exponential: bool

    def count_steps(self, value: str) -> int:
        """How many steps matching a value takes at most."""
        length, count = len(value), self.quantifier_count
        if self.is_exponential:
            return 2**length if length <= MAX_EXPONENTIAL_LENGTH else MAX_STEPS + 1
        branch_steps = comb(length + count, count)
        return length + self.branch_count * branch_steps


def has_match(op: str, pattern: str, values: Iterable[str]) -> bool:
    """Whether one of the values is as a matcher wants it."""
    if op in {"=", "!="}:
        return any((value == pattern) == (op == "=") for value in values)
    return has_pattern_match(pattern, values, is_negated=op == "!~")


def has_pattern_match(text: str, values: Iterable[str], *, is_negated: bool) -> bool:
    """Whether a pattern matches one of the values, or does not; true where that is unknown."""
    pattern = compile_pattern(text)
    if pattern is None:
        return True
    steps = 0
    for value in values:
        steps += pattern.count_steps(value)
        if steps > MAX_STEPS or bool(pattern.regex.fullmatch(value)) != is_negated:
            return True
    return False


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> Pattern | None:
    """The pattern; None where only RE2 can read it, or nobody."""
    if RE2_ONLY.search(text) and not text.startswith(("(?i)", "(?s)")):
        return None
    try:
        regex = _compile_python(text)
    except (re.error, RecursionError, OverflowError):
        return None
    return Pattern(regex, *_count_quantifiers(text))


@lru_cache(maxsize=1024)
def find_pattern_problem(text: str) -> str:
    """Why Prometheus refuses a pattern; empty where it takes it, or where that is unknown."""
    code = ATOM.sub("x", text)
    escapes = (match[0] for match in ATOM.finditer(text))
    foreign = [escape for escape in escapes if FOREIGN_ESCAPE.fullmatch(escape)]
    foreign += [match[0] for match in FOREIGN_SYNTAX.finditer(code)]
    if foreign:
        return f"RE2 has no {foreign[0]}"
    if _has_large_repeat(code):
        return f"it repeats something more than {MAX_REPEAT} times"
    try:
        _compile_python(text)
    except RecursionError:
        return "it is nested too deeply"
    except (re.error, OverflowError) as error:
        return "" if RE2_ONLY.search(text) else str(error)
    return ""


def _has_large_repeat(code: str) -> bool:
    """Whether a count, or those nested in one another multiplied, is more than RE2 takes."""
    products, closed_product, end = [1], 1, -1
    for match in REPEAT_OR_BRACKET.finditer(code):
        if match[0] == "(":
            products.append(1)
        elif match[0] == ")" and len(products) > 1:
            closed_product, end = products.pop(), match.end()
            products[-1] = max(products[-1], closed_product)
        elif match[0] != ")":
            digits = match[2] or match[1]
            if len(digits) > len(str(MAX_REPEAT)):
                return True
            product = int(digits) * (closed_product if match.start() == end else 1)
            products[-1] = max(products[-1], product)
            if product > MAX_REPEAT:
                return True
    return False


def _compile_python(text: str) -> re.Pattern[str]:
    with catch_warnings():
        simplefilter("ignore")
        return re.compile(text, re.DOTALL)


def _count_quantifiers(text: str) -> tuple[int, int, bool]:
    """The quantifiers of the branch with the most, the number of branches, and the nesting."""
    code = ATOM.sub("x", text)
    groups, is_exponential, position = [_Group()], False, 0
    while position < len(code):
        quantifier = QUANTIFIER.match(code, position)
        width = 1
        if code[position] == "(":
            groups.append(_Group())
            width = 2 if code.startswith("(?", position) else 1
        elif code[position] == ")" and len(groups) > 1:
            inner = groups.pop()
            groups[-1].branch += inner.total
            follower = QUANTIFIER.match(code, position + 1)
            is_repeated = follower is not None and follower[0] != "?"
            is_exponential |= is_repeated and (inner.total > 0 or inner.has_branches)
        elif code[position] == "|":
            groups[-1].end_branch()
        elif quantifier:
            groups[-1].branch += 1
            width = len(quantifier[0])
        position += width
    while len(groups) > 1:
        inner = groups.pop()
        groups[-1].branch += inner.total
    return groups[0].total, 1 + code.count("|"), is_exponential


class _Group:
    """The quantifiers of a group: of the branch at hand, and of the one with the most."""

    branch = 0
    largest_branch = 0
    has_branches = False

    @property
    def total(self) -> int:
        return max(self.branch, self.largest_branch)

    def end_branch(self) -> None:
        self.largest_branch, self.branch, self.has_branches = self.total, 0, True
