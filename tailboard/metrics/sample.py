"""One line of an exposition, taken apart, and which versions of Prometheus refuse it and why.

Prometheus takes all of a scrape or nothing, and its two text formats have rules of their own:
https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/. What is refused here is what Prometheus 2.42
and 3.16 refuse, which is less than the specifications forbid; tests/live compares them.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from math import isfinite, isinf
from typing import Literal, NamedTuple

from tailboard.panels.lazy_pattern import declare_pattern

Dialect = Literal["text 2", "text 3", "openmetrics 2", "openmetrics 3"]
"""A format, and the version of Prometheus that reads it."""

TEXT: tuple[Dialect, ...] = ("text 2", "text 3")
OPENMETRICS: tuple[Dialect, ...] = ("openmetrics 2", "openmetrics 3")
VERSION_2: tuple[Dialect, ...] = ("text 2", "openmetrics 2")
VERSION_3: tuple[Dialect, ...] = ("text 3", "openmetrics 3")
DIALECTS: tuple[Dialect, ...] = (*TEXT, *OPENMETRICS)

BLANKS = r"[ \t]*+"
QUOTED_TEXT = r'[^"\\]*+(?:\\[^\n][^"\\]*+)*'
QUOTED = rf'"{QUOTED_TEXT}"'
LABEL = r"[a-zA-Z_][a-zA-Z0-9_]*+"
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*+"
METRIC_NAME = declare_pattern(NAME)

PLAIN_PAIRS = declare_pattern(rf'({LABEL})="([^"\\\n]*+)"')
PLAIN_SAMPLE = declare_pattern(
    rf'({NAME})(?:\{{((?:{LABEL}="[^"\\\n]*+"(?:,(?=[^}}])|(?=\}})))+)\}})? ([^ {{\t\n]++)\Z'
)
"""The form of most samples: every dialect takes them, if the number and the labels are right."""

SAMPLE_START = declare_pattern(rf"({BLANKS})({NAME})?({BLANKS}\{{)?")
PAIR = declare_pattern(rf"{BLANKS}({LABEL}|{QUOTED}){BLANKS}={BLANKS}({QUOTED}){BLANKS}(,?)")
QUOTED_NAME = declare_pattern(rf"{BLANKS}({QUOTED}){BLANKS}(,|(?=\}}))")
CLOSING_BRACE = declare_pattern(rf"{BLANKS}\}}")
OPEN_STRING = declare_pattern(
    rf'{BLANKS}(?:(?:{LABEL}|{QUOTED}){BLANKS}={BLANKS})?"{QUOTED_TEXT}\Z'
)
TEXT_VALUE = declare_pattern(rf"{BLANKS}([^{{ \t\n]++){BLANKS}([0-9]*+){BLANKS}\Z")
OPENMETRICS_VALUE = declare_pattern(
    r" ([^ \n]++)(?: (?!# \{)([^ \n]++))?(?: # (\{.*))?\Z", re.DOTALL
)
EXEMPLAR_VALUE = declare_pattern(r" ([^ \n]++)(?: ([^ \n]++))?\Z")
FLOAT = declare_pattern(
    r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?|[+-]?inf(?:inity)?|nan", re.I | re.ASCII
)
MAX_TIMESTAMP = 2**63 - 1

TEXT_COMMENT = declare_pattern(rf"{BLANKS}#(?:[ \t]++(HELP|TYPE)[ \t]++)?")
OPENMETRICS_COMMENT = declare_pattern(r"# (HELP|TYPE|UNIT) ")
COMMENT_NAME = declare_pattern(rf"{NAME}|{QUOTED}")
END_COMMENT = "# EOF"
TEXT_TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
OPENMETRICS_TYPES = (TEXT_TYPES - {"untyped"}) | {"gaugehistogram", "info", "stateset", "unknown"}

ESCAPE_SEQUENCE = declare_pattern(r'\\([\\n"])')
ESCAPES = {"\\": "\\", "n": "\n", '"': '"'}
INVALID_UTF_8 = declare_pattern("[\ud800-\udfff]")
"""What a byte becomes that is not UTF-8, with Python's `surrogateescape`."""

EXEMPLAR_SUFFIXES = ("_total", "_bucket")
TARGET_LABELS = {"job", "instance"}
"""Labels of every target: Prometheus 2 renames a program's own before it compares them."""


class Sample(NamedTuple):
    """One series and its value."""

    name: str
    labels: dict[str, str]
    value: float


@dataclass(slots=True)
class Line:
    """The readable part of a line, and why some dialects refuse it."""

    sample: Sample | None = None
    family: tuple[str, str] | None = None
    """A name and its type."""

    help_text: tuple[str, str] | None = None
    """A name and what is said of it."""

    problems: dict[Dialect, str] = field(default_factory=dict)
    is_open: bool = False
    """Whether a string goes on in the next line, which the text format allows."""

    @property
    def is_refused(self) -> bool:
        """Whether all dialects refuse it."""
        return len(self.problems) == len(DIALECTS)

    def refuse(self, problem: str, dialects: Iterable[Dialect] = DIALECTS) -> None:
        """Note a problem; the first of each dialect is kept."""
        for dialect in dialects:
            self.problems.setdefault(dialect, problem)


def parse_line(text: str) -> Line:
    """A line without its end; bytes that are no UTF-8 are surrogates."""
    if sample := _parse_plain_sample(text):
        return Line(sample)
    line = _parse_other_line(text)
    for problem, clean_text in (
        ("a line ends with a carriage return: CR LF", text.rstrip("\r")),
        ("it begins with a byte order mark", text.lstrip("\ufeff")),
    ):
        if clean_text != text and line.problems:
            clean_line = parse_line(clean_text)
            clean_line.refuse(problem, line.problems)
            return clean_line
    return line


def _parse_other_line(text: str) -> Line:
    line = Line()
    first = text.lstrip(" \t")[:1]
    if not first:
        line.refuse("a line is empty, which OpenMetrics does not allow", OPENMETRICS)
    elif first == "#":
        _parse_text_comment(text, line)
        _parse_openmetrics_comment(text, line)
    else:
        _parse_sample_line(text, line)
    return line


def parse_float(text: str) -> float | None:
    """A number as Go's strconv.ParseFloat reads it, without hexadecimal and underscores."""
    if not FLOAT.fullmatch(text):
        return None
    value = float(text)
    return None if isinf(value) and "n" not in text.lower() else value


def _parse_plain_sample(text: str) -> Sample | None:
    """The sample of a line that no dialect refuses; None where that takes a closer look."""
    plain = PLAIN_SAMPLE.match(text)
    value = parse_float(plain[3]) if plain else None
    if plain is None or value is None or not text.isascii():
        return None
    pairs = PLAIN_PAIRS.findall(plain[2]) if plain[2] else []
    labels = dict(pairs)
    is_unique = len(labels) == len(pairs) and "__name__" not in labels
    return Sample(plain[1], labels, value) if is_unique else None


def _parse_sample_line(text: str, line: Line) -> None:
    start = SAMPLE_START.match(text)
    indentation, name, brace = start.groups("") if start else ("", "", "")
    if not name and not brace:
        line.refuse("a line begins with no metric name")
        return
    if "\n" in text:
        line.refuse("a label's value has a line break", OPENMETRICS)
    if indentation:
        line.refuse("a line is indented", ("text 2", *OPENMETRICS))
    if not name:
        line.refuse("a name is in quotes", VERSION_2)
    full_name = indentation + name if name else ""
    labels = _parse_labels(text, full_name, brace, start.end() if start else 0, line)
    if labels.end < 0:
        return
    if not labels.name:
        line.refuse("a sample has no metric name")
    rest = text[labels.end :]
    value = _parse_text_value(rest, line)
    openmetrics_value = _parse_openmetrics_value(rest, labels.name, line)
    value = openmetrics_value if value is None else value
    if value is not None:
        line.sample = Sample(labels.name, dict(labels.pairs), value)


@dataclass(slots=True)
class _Labels:
    """What is read between the braces of a sample, and how it is written."""

    name: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    is_exact: bool = True
    """Whether there are no blanks."""

    has_comma: bool = True
    """Whether another label may follow."""

    has_quotes: bool = False
    end: int = -1
    """Where they end; -1 where they cannot be read."""


def _parse_labels(text: str, name: str, brace: str, position: int, line: Line) -> _Labels:
    """The metric's name and the labels of a sample, from behind the opening brace on."""
    labels = _Labels(name, is_exact=len(brace) <= 1)
    if not brace:
        labels.end = position
        return labels
    while not (closing_brace := CLOSING_BRACE.match(text, position)):
        if pair := PAIR.match(text, position):
            label, value, comma = pair.groups()
            if not labels.has_comma:
                line.refuse("there is no comma between two labels", OPENMETRICS)
            labels.has_quotes |= label.startswith('"')
            labels.pairs.append((_unquote(label), _unquote(value)))
            length = len(label) + 1 + len(value)
        elif (pair := QUOTED_NAME.match(text, position)) and not labels.name:
            quoted_name, comma = pair.groups()
            labels.name, labels.has_quotes = _unquote(quoted_name), True
            length = len(quoted_name)
        else:
            line.is_open = OPEN_STRING.match(text, position) is not None
            problem = "a string is not closed" if line.is_open else "a label cannot be read"
            problem = "a sample has two names" if pair else problem
            line.refuse(f"{problem}: {_show(text[position : position + 30])}")
            return labels
        labels.is_exact &= len(pair[0]) == length + len(comma)
        position, labels.has_comma = pair.end(), bool(comma)
    labels.is_exact &= len(closing_brace[0]) == 1
    labels.end = closing_brace.end()
    _check_spelling(labels, line)
    _check_labels(labels.name, labels.pairs, line)
    return labels


def _check_spelling(labels: _Labels, line: Line) -> None:
    if labels.has_quotes:
        line.refuse("a name is in quotes", VERSION_2)
    if not labels.is_exact:
        line.refuse("there are blanks within the braces", OPENMETRICS)
    if labels.pairs and labels.has_comma:
        line.refuse("there is a comma after the last label", ("openmetrics 2",))


def _check_labels(name: str, pairs: list[tuple[str, str]], line: Line) -> None:
    """Refuse names and values that Prometheus reads, and then does not store."""
    if invalid := next((text for text in chain((name,), *pairs) if _is_invalid(text)), ""):
        line.refuse(f"{_show(invalid[:30])} is not valid UTF-8")
    counts = Counter(["__name__", *(label for label, _ in pairs)])
    if "" in counts:
        line.refuse("a label's name is empty")
    empty_labels = {label for label, value in pairs if not value} - {"__name__"}
    for label, count in counts.items():
        if count > 1 and label not in empty_labels:
            dialects = VERSION_3 if label in TARGET_LABELS else DIALECTS
            line.refuse(f"a sample has the label {label} twice", dialects)


def _is_invalid(text: str) -> bool:
    return not text.isascii() and INVALID_UTF_8.search(text) is not None


def _parse_text_value(rest: str, line: Line) -> float | None:
    match = TEXT_VALUE.match(rest)
    value = parse_float(match[1]) if match else None
    if value is None:
        line.refuse(f"there is no number behind a metric: {_show(rest[:30])}", TEXT)
    elif match and match[2] and int(match[2][:20]) > MAX_TIMESTAMP:
        line.refuse("a timestamp is too large", TEXT)
    return value


def _parse_openmetrics_value(rest: str, name: str, line: Line) -> float | None:
    match = OPENMETRICS_VALUE.match(rest)
    value = parse_float(match[1]) if match else None
    if value is None or match is None:
        line.refuse(f"there is no number behind a metric: {_show(rest[:30])}", OPENMETRICS)
        return None
    if match[2] and not _is_timestamp(match[2]):
        line.refuse(f"{_show(match[2][:30])} is no timestamp", OPENMETRICS)
    if match[3]:
        if not name.endswith(EXEMPLAR_SUFFIXES):
            line.refuse("an exemplar is for neither _total nor _bucket", ("openmetrics 2",))
        _check_exemplar(match[3], line)
    return value


def _check_exemplar(text: str, line: Line) -> None:
    exemplar = Line()
    end = _parse_labels(text, "exemplar", "{", 1, exemplar).end
    match = EXEMPLAR_VALUE.match(text, end) if end > 0 else None
    if not match or parse_float(match[1]) is None:
        line.refuse(f"an exemplar cannot be read: {_show(text[:30])}", OPENMETRICS)
    elif match[2] and not _is_timestamp(match[2]):
        line.refuse("an exemplar's timestamp is no number", OPENMETRICS)
    for dialect in OPENMETRICS:
        problem = exemplar.problems.get(dialect)
        if problem and "twice" not in problem:
            line.refuse(f"in an exemplar, {problem}", (dialect,))


def _is_timestamp(text: str) -> bool:
    value = parse_float(text)
    return value is not None and isfinite(value)


def _parse_text_comment(text: str, line: Line) -> None:
    comment = TEXT_COMMENT.match(text)
    if comment is None or not comment[1]:
        return
    name = COMMENT_NAME.match(text, comment.end())
    if not name:
        line.is_open = OPEN_STRING.match(text, comment.end()) is not None
        line.refuse(f"there is no metric name behind {comment[1]}", TEXT)
        return
    if name[0].startswith('"'):
        line.refuse("a name is in quotes", VERSION_2)
    value = text[name.end() + 1 :]
    if comment[1] == "TYPE":
        if value not in TEXT_TYPES:
            line.refuse(f"{_show(value[:30])!r} is no type of the text format", TEXT)
        line.family = (_unquote(name[0]), value)
    elif INVALID_UTF_8.search(value):
        line.refuse("a help text is not valid UTF-8", TEXT)
    else:
        line.help_text = (_unquote(name[0]), value)


def _parse_openmetrics_comment(text: str, line: Line) -> None:
    comment = OPENMETRICS_COMMENT.match(text)
    if comment is None:
        if text != END_COMMENT:
            line.refuse(
                "OpenMetrics has no comments but # HELP, # TYPE, # UNIT and # EOF", OPENMETRICS
            )
        return
    name = COMMENT_NAME.match(text, comment.end())
    if not name or text[name.end() : name.end() + 1] != " ":
        line.refuse(f"there is no name and text behind {comment[1]}", OPENMETRICS)
        return
    if name[0].startswith('"'):
        line.refuse("a name is in quotes", VERSION_2)
    family, value = _unquote(name[0]), text[name.end() + 1 :]
    if comment[1] == "TYPE":
        if value not in OPENMETRICS_TYPES:
            line.refuse(f"{_show(value[:30])!r} is no type of OpenMetrics", OPENMETRICS)
        line.family = (family, value)
    elif comment[1] == "UNIT" and value and not family.endswith(f"_{value}"):
        line.refuse(f"the unit {_show(value[:30])} is not the end of {_show(family)}", OPENMETRICS)
    elif comment[1] == "HELP" and INVALID_UTF_8.search(value):
        line.refuse("a help text is not valid UTF-8", OPENMETRICS)
    elif comment[1] == "HELP":
        line.help_text = (family, value)


def _unquote(text: str) -> str:
    """A name or value without its quotes and escape sequences."""
    value = text[1:-1] if text.startswith('"') else text
    return ESCAPE_SEQUENCE.sub(lambda match: ESCAPES[match[1]], value) if "\\" in value else value


def _show(text: str) -> str:
    """A text for messages, with bytes that are no UTF-8 as escape sequences."""
    return INVALID_UTF_8.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)
