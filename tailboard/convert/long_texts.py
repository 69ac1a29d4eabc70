"""Long texts in Python: parts that end where a reader pauses, and blocks of several lines."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from tailboard.init.python_text import format_literal
from tailboard.queries.parser.promql import parse_expression

INDENT = "    "

MIN_BLOCK_LINES, MIN_FULL_LINES = 3, 2
"""From here on a text of several lines is written as such; so many of them are not empty."""

BREAK = re.compile(
    r"""
    (?P<variable>\$[{⦃][^{}⦃⦄]*[}⦄])
    |(?P<labels>\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\))
    |(?P<text>\{[A-Za-z]\w*\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
    |(?P<opening>[({⦃]\s*)
    |(?P<closing>[)}⦄])
    |(?P<comma>,\s*)
    |(?P<operator>(?<=\s)(?:[-+*/%^<>]|[=!<>]=|and|or|unless)(?=\s))
    |(?P<space>\s+)
    """,
    re.VERBOSE,
)
"""Where PromQL is broken: behind opening brackets and commas, and before operators."""

OPENING_BRACE, CLOSING_BRACE = "⦃", "⦄"
"""Braces of the text of an f-string, until they are doubled; names are in plain ones."""

MAX_OPENING_LENGTH = 20
"""Up to here a part such as `sum(rate(` or an indentation stays before what is behind it, if that
is too long for a line by itself."""

SPACE_DEPTH = 100
"""A space is the place of a break only where there is no other."""


def measure_width(text: str) -> int:
    """How many columns a text takes: East Asian characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def split_text(text: str, width: int) -> list[str]:
    """Literals of the text's parts, as long as fit: parts of PromQL, or words."""
    is_promql = parse_expression(text).tree is not None
    return [
        format_literal(part)
        for line in text.splitlines(keepends=True)
        for part in (_split_promql(line, width) if is_promql else _split_words(line, width))
    ]


def mark_braces(text: str) -> str:
    """The text of an f-string with signs for the braces that are no names'."""
    return text.replace("{", OPENING_BRACE).replace("}", CLOSING_BRACE)


def has_marks(text: str) -> bool:
    """Whether a text has those signs itself."""
    return OPENING_BRACE in text or CLOSING_BRACE in text


def split_template(text: str, width: int) -> list[str]:
    """Literals of PromQL with names in braces and marked ones: f-strings where a name is."""
    return [
        _format_part(part)
        for line in text.splitlines(keepends=True)
        for part in _split_promql(line, width - 1)
    ]


def _format_part(part: str) -> str:
    """The literal of a part; signs give way first, since a literal may escape them."""
    if "{" in part:
        return f"f{format_literal(_double_braces(part))}"
    return format_literal(part.replace(OPENING_BRACE, "{").replace(CLOSING_BRACE, "}"))


def _double_braces(text: str) -> str:
    return text.replace(OPENING_BRACE, "{{").replace(CLOSING_BRACE, "}}")


def render_block(text: str, depth: int) -> list[str] | None:
    """The lines of a text between triple quotes, indented by a depth, that `dedent` takes back.

    Marked braces are doubled. None for a text that would not come back unchanged, or that is not
    meant as lines.
    """
    lines = text.split("\n")
    if (
        len(lines) < MIN_BLOCK_LINES
        or sum(map(bool, lines)) < MIN_FULL_LINES
        or "\\" in text
        or '"""' in text
        or text.endswith('"')
        or not all(line.isprintable() and line == line.rstrip() for line in lines)
    ):
        return None
    indentation = INDENT * depth
    block_lines = [indentation + line if line else "" for line in lines]
    if text.endswith("\n"):
        block_lines[-1] = indentation
    if textwrap.dedent("\n".join(block_lines)) != text:
        return None
    return [_double_braces(line) for line in block_lines]


def _split_promql(line: str, width: int) -> Iterator[str]:
    """The parts of a line of PromQL, broken between its largest terms."""
    opening = ""
    for part in _split_terms(line, width):
        is_opening = part.endswith("(") or part.isspace()
        if is_opening and len(opening + part) <= MAX_OPENING_LENGTH:
            opening += part
            continue
        if opening and _measure_part(part) <= width:
            yield opening
            opening = ""
        yield opening + part
        opening = ""
    if opening:
        yield opening


def _split_terms(line: str, width: int) -> Iterator[str]:
    breaks = dict(_list_breaks(line))
    start = 0
    while _measure_part(line[start:]) > width:
        ends = [end for end in breaks if end > start and _measure_part(line[start:end]) <= width]
        if not ends:
            ends = [end for end in breaks if end > start][:1]
        if not ends:
            break
        late_ends = [end for end in ends if end - start > width // 3] or [max(ends)]
        end = min(late_ends, key=lambda position: (breaks[position], -position))
        if end >= len(line):
            break
        yield line[start:end]
        start = end
    yield line[start:]


def _measure_part(part: str) -> int:
    """How wide a part is as a literal; marked braces are two characters in an f-string."""
    return measure_width(format_literal(_double_braces(part)))


def _list_breaks(line: str) -> Iterator[tuple[int, int]]:
    """The places where a line may be broken, and how deep in brackets each is."""
    depth = 0
    for match in BREAK.finditer(line):
        if match["opening"]:
            depth += 1
            yield match.end(), depth
        elif match["closing"]:
            depth -= 1
        elif match["comma"] or (match["labels"] and line[match.end() :][:1].isalpha()):
            yield match.end(), depth
        elif match["operator"]:
            yield match.start(), depth
        elif match["space"]:
            yield match.end(), depth + SPACE_DEPTH


def _split_words(line: str, width: int) -> Iterator[str]:
    part = ""
    for word in _list_words(line):
        if part and measure_width(format_literal(part + word)) > width:
            yield part
            part = ""
        part += word
    yield part


def _list_words(line: str) -> Sequence[str]:
    """The words with the spaces behind them."""
    words = [f"{piece} " for piece in line.split(" ")]
    words[-1] = words[-1][:-1]
    return [word for word in words if word]
