"""Grafana's variables in a text, written out as Grafana writes them for Prometheus.

`$name`, `${name}`, `${name:format}`, `${name.field}`, `[[name]]`, `[[name:format]]`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

VARIABLE_PATTERN = re.compile(
    r"\$\{(?P<braced>\w+)(?:\.[^:}]*)?(?::(?P<format>[^}]*))?\}"
    r"|\[\[(?P<old>\w+)(?:\.[^:\]]*)?(?::(?P<old_format>\w+))?\]\]"
    r"|\$(?P<plain>\w+)"
)
REGEX_SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")


@dataclass(frozen=True)
class VariableValue:
    """The chosen values of a variable; `expression` stands for all of them.

    Of a variable that may have several, even one value is a regular expression.
    """

    values: tuple[str, ...] = ()
    is_multi: bool = False
    expression: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to choose."""
        return not self.values and not self.expression


def find_variable_names(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own included."""
    return {_read_name(match) for match in VARIABLE_PATTERN.finditer(text)}


def interpolate_variables(text: str, values: Mapping[str, VariableValue | str]) -> str:
    """The text with every known variable written out; unknown ones stay."""

    def replace_variable(match: re.Match[str]) -> str:
        value = values.get(_read_name(match))
        if value is None:
            return match[0]
        if isinstance(value, str):
            return value
        return _format_value(value, match["format"] or match["old_format"] or "")

    return VARIABLE_PATTERN.sub(replace_variable, text)


def _read_name(match: re.Match[str]) -> str:
    return match["braced"] or match["old"] or match["plain"]


def _format_value(value: VariableValue, format_name: str) -> str:
    if value.expression:
        return value.expression
    format_name = format_name.partition(":")[0]
    if format_name in FORMATS:
        return FORMATS[format_name](value.values)
    if not value.is_multi:
        return "".join(value.values[:1]).replace("\\", "\\\\").replace('"', '\\"')
    alternatives = [_escape_regex(option) for option in value.values]
    return f"({'|'.join(alternatives)})" if len(alternatives) > 1 else "".join(alternatives)


def _escape_regex(value: str) -> str:
    """A value as a regular expression, within a PromQL string."""
    return REGEX_SPECIAL.sub(lambda match: rf"\\{match[0]}", value.replace("\\", r"\\\\"))


def _format_regex(values: Sequence[str]) -> str:
    alternatives = [
        re.sub(r"[\\^$.*+?()\[\]{}|/]", lambda match: f"\\{match[0]}", value) for value in values
    ]
    return f"({'|'.join(alternatives)})" if len(alternatives) > 1 else "".join(alternatives)


def _build_joiner(separator: str, quote_mark: str = "") -> Callable[[Sequence[str]], str]:
    return lambda values: separator.join(f"{quote_mark}{value}{quote_mark}" for value in values)


FORMATS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "regex": _format_regex,
    "pipe": _build_joiner("|"),
    "csv": _build_joiner(","),
    "raw": _build_joiner(","),
    "text": _build_joiner(" + "),
    "doublequote": _build_joiner(",", '"'),
    "singlequote": _build_joiner(",", "'"),
    "sqlstring": _build_joiner(",", "'"),
    "glob": lambda values: f"{{{','.join(values)}}}" if len(values) > 1 else "".join(values),
    "json": lambda values: json.dumps(values[0] if len(values) == 1 else list(values)),
    "percentencode": lambda values: quote(_build_joiner(",")(values), safe=""),
}
