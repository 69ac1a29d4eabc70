"""One line of an exposition, taken apart: its name, labels and value, or its declared type."""

import re
from typing import NamedTuple

METRIC = re.compile(r"[a-zA-Z_:][\w:]*", re.ASCII)
QUOTED = r'"((?:[^"\\]|\\.)*+)"'
LABEL = re.compile(
    rf'\s*+(?:([a-zA-Z_]\w*+|"(?:[^"\\]|\\.)*+")\s*+=\s*+)?+{QUOTED}\s*+(?:,|(?=\}}))', re.ASCII
)
CLOSE = re.compile(r"\s*+(?:,\s*+)?+\}")
NUMBER = (
    r"(?:[-+]?(?:\d++(?:\.\d*+)?+(?:[eE][-+]?\d++)?+|\.\d++(?:[eE][-+]?\d++)?+"
    r"|(?i:inf(?:inity)?+|nan)))"
)
NATIVE = r"\{\s*+count\s*+:[^}]*+\}"
VALUE = re.compile(
    rf"\s*+({NUMBER}|{NATIVE})(?:\s++{NUMBER})?+(?:\s++st@{NUMBER})?+\s*+(?:#.*+)?+$"
)
TYPE = re.compile(r'#\s*TYPE\s+("(?:[^"\\]|\\.)*"|\S+)\s+(\S+)\s*$')
ESCAPED = re.compile(r'\\([\\n"])')
ESCAPES = {"\\": "\\", "n": "\n", '"': '"'}


class Sample(NamedTuple):
    """One series and its value; None where it is a native histogram."""

    name: str
    labels: dict[str, str]
    value: float | None


def sample(text: str) -> Sample | None:
    """The sample that a line without blanks around it holds; None if it holds none."""
    found = METRIC.match(text)
    name, end = (found[0], found.end()) if found else ("", 0)
    labels: dict[str, str] = {}
    rest = text[end:].lstrip()
    if rest.startswith("{") and not (name and VALUE.match(rest)):
        position = 1
        while pair := LABEL.match(rest, position):
            label, value = pair[1], _unescaped(pair[2])
            position = pair.end()
            if label is not None:
                labels[_unquoted(label)] = value
            elif not name:
                name = value
            else:
                return None
        closed = CLOSE.match(rest, position)
        if not closed:
            return None
        rest = rest[closed.end() :]
    elif not text[end : end + 1].isspace():
        return None
    counted = VALUE.match(rest) if name else None
    if not counted:
        return None
    return Sample(name, labels, None if counted[1].startswith("{") else float(counted[1]))


def declared(text: str) -> tuple[str, str] | None:
    """The family that a comment declares, and its type."""
    found = TYPE.match(text)
    return (_unquoted(found[1]), found[2]) if found else None


def _unquoted(name: str) -> str:
    return _unescaped(name[1:-1]) if name.startswith('"') else name


def _unescaped(value: str) -> str:
    return ESCAPED.sub(lambda it: ESCAPES[it[1]], value) if "\\" in value else value
