"""One line of an exposition, taken apart: its name, labels and value, or its declared type."""

import re
from typing import NamedTuple

METRIC_NAME = re.compile(r"[a-zA-Z_:][\w:]*", re.ASCII)
QUOTED_TEXT = r'"((?:[^"\\]|\\.)*+)"'
LABEL_PAIR = re.compile(
    rf'\s*+(?:([a-zA-Z_]\w*+|"(?:[^"\\]|\\.)*+")\s*+=\s*+)?+{QUOTED_TEXT}\s*+(?:,|(?=\}}))',
    re.ASCII,
)
CLOSING_BRACE = re.compile(r"\s*+(?:,\s*+)?+\}")
NUMBER = (
    r"(?:[-+]?(?:\d++(?:\.\d*+)?+(?:[eE][-+]?\d++)?+|\.\d++(?:[eE][-+]?\d++)?+"
    r"|(?i:inf(?:inity)?+|nan)))"
)
NATIVE_HISTOGRAM = r"\{\s*+count\s*+:[^}]*+\}"
VALUE = re.compile(
    rf"\s*+({NUMBER}|{NATIVE_HISTOGRAM})(?:\s++{NUMBER})?+(?:\s++st@{NUMBER})?+\s*+(?:#.*+)?+$"
)
TYPE_COMMENT = re.compile(r'#\s*TYPE\s+("(?:[^"\\]|\\.)*"|\S+)\s+(\S+)\s*$')
ESCAPE_SEQUENCE = re.compile(r'\\([\\n"])')
ESCAPES = {"\\": "\\", "n": "\n", '"': '"'}


class Sample(NamedTuple):
    """One series and its value; None where it is a native histogram."""

    name: str
    labels: dict[str, str]
    value: float | None


def parse_sample(text: str) -> Sample | None:
    """The sample that a line without blanks around it holds; None if it holds none."""
    name_match = METRIC_NAME.match(text)
    name, end = (name_match[0], name_match.end()) if name_match else ("", 0)
    labels: dict[str, str] = {}
    rest = text[end:].lstrip()
    if rest.startswith("{") and not (name and VALUE.match(rest)):
        position = 1
        while pair := LABEL_PAIR.match(rest, position):
            label, value = pair[1], _unescape_value(pair[2])
            position = pair.end()
            if label is not None:
                labels[_strip_quotes(label)] = value
            elif not name:
                name = value
            else:
                return None
        closing_brace = CLOSING_BRACE.match(rest, position)
        if not closing_brace:
            return None
        rest = rest[closing_brace.end() :]
    elif not text[end : end + 1].isspace():
        return None
    value_match = VALUE.match(rest) if name else None
    if not value_match:
        return None
    return Sample(name, labels, None if value_match[1].startswith("{") else float(value_match[1]))


def parse_type_comment(text: str) -> tuple[str, str] | None:
    """The family that a comment declares, and its type."""
    match = TYPE_COMMENT.match(text)
    return (_strip_quotes(match[1]), match[2]) if match else None


def _strip_quotes(name: str) -> str:
    return _unescape_value(name[1:-1]) if name.startswith('"') else name


def _unescape_value(value: str) -> str:
    return ESCAPE_SEQUENCE.sub(lambda match: ESCAPES[match[1]], value) if "\\" in value else value
