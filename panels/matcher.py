"""Label matchers: Prometheus' four operators, with every value escaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tailboard.panels.definition_error import DefinitionError
from tailboard.panels.lazy_pattern import declare_pattern

LABEL_NAME = declare_pattern(r"[a-zA-Z_][a-zA-Z0-9_]*")
GRAFANA_VARIABLE = declare_pattern(r"\$\{?\w")
METRIC_NAME = declare_pattern(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
"""Names that need no quotes in PromQL, the only ones that Prometheus 2 has."""

SURROGATE = declare_pattern("[\ud800-\udfff]")
"""Halves of characters, which no UTF-8 has."""

REGEX_SPECIAL_CHARACTER = declare_pattern(r"[.+*?()|\[\]{}^$\\]")
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F)} | str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\ufffd": "\\ufffd"}
)
"""Prometheus would take the character U+FFFD itself for broken UTF-8."""


@dataclass(frozen=True)
class Matcher:
    """An operator and the value or regular expression (RE2, anchored) it compares with."""

    op: Literal["=", "!=", "=~", "!~"]
    value: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, str):
            raise DefinitionError(
                f"a label is compared with {self.value!r}, which is not a string",
                tip=f"write {str(self.value)!r} in quotes.",
            )


def equals(value: str) -> Matcher:
    """The label has exactly this value."""
    return Matcher("=", value)


def differs(value: str) -> Matcher:
    """The label has any value but this one."""
    return Matcher("!=", value)


def matches(pattern: str) -> Matcher:
    """The label's whole value matches the regular expression, or a Grafana variable: `"$job"`."""
    return Matcher("=~", pattern)


def avoids(pattern: str) -> Matcher:
    """The label's whole value does not match the regular expression."""
    return Matcher("!~", pattern)


def one_of(*values: str) -> Matcher:
    """The label has one of these values, taken literally."""
    if not values:
        raise DefinitionError(
            "one_of() without a value would match what has no such label",
            tip="name at least one value.",
        )
    return Matcher("=~", "|".join(escape_regex(value) for value in values))


def add_empty(matcher: Matcher) -> Matcher:
    """The matcher that also selects what has no such label."""
    if matcher.op.startswith("!"):
        return matcher  # of a negative matcher only the empty value itself would be excluded
    pattern = escape_regex(matcher.value) if matcher.op == "=" else matcher.value
    return Matcher("=~", f"|{pattern}")


def escape_regex(text: str) -> str:
    """A regular expression (RE2) that matches the text and nothing else.

    A dollar is in brackets, so that Grafana does not take it for the beginning of a variable.
    """
    return REGEX_SPECIAL_CHARACTER.sub(
        lambda match: "[$]" if match[0] == "$" else f"\\{match[0]}", text
    )


Matchers = tuple[tuple[str, Matcher], ...]


def build_matchers(labels: Mapping[str, str | Matcher]) -> Matchers:
    """Matchers in the order given; a plain string means equality."""
    return tuple(
        (validate_label(name), _build_matcher(name, value)) for name, value in labels.items()
    )


def validate_label(name: str) -> str:
    """The name itself, if Prometheus 3 accepts it as a label's name: any text but the empty one."""
    if not name or SURROGATE.search(name):
        raise DefinitionError(
            f"{name!r} is not a label name",
            tip="label names are letters, digits and underscores; Prometheus 3 takes any text.",
        )
    return name


def quote_label(name: str) -> str:
    """The name of a label for PromQL: in quotes where Prometheus 2 would not accept it."""
    return name if LABEL_NAME.fullmatch(name) else quote_string(name)


def quote_string(value: str) -> str:
    """A PromQL string literal of the value, whatever it contains."""
    return f'"{value.translate(_ESCAPES)}"'


def _build_matcher(label: str, value: object) -> Matcher:
    if isinstance(value, Matcher):
        return value
    if isinstance(value, str):
        return equals(value)
    raise DefinitionError(
        f"the label {label!r} is compared with {value!r}, which is not a string",
        tip=f"write {str(value)!r} in quotes, or use matches(), differs() or one_of().",
    )
