"""Grafana's variables in a text, written out as Grafana writes them for Prometheus.

`$name`, `${name}`, `${name:format}`, `${name.field}`, `[[name]]`, `[[name:format]]`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

USED = re.compile(
    r"\$\{(?P<braced>\w+)(?:\.[^:}]*)?(?::(?P<format>[^}]*))?\}"
    r"|\[\[(?P<old>\w+)(?:\.[^:\]]*)?(?::(?P<old_format>\w+))?\]\]"
    r"|\$(?P<plain>\w+)"
)
SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")


@dataclass(frozen=True)
class Value:
    """What is chosen: one value, or several; `raw` is the expression that stands for all of them.

    Of a variable that may have several, even one value is a regular expression.
    """

    values: tuple[str, ...] = ()
    several: bool = False
    raw: str = ""

    @property
    def empty(self) -> bool:
        """Whether there was nothing to choose."""
        return not self.values and not self.raw


def names(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own included."""
    return {_named(found) for found in USED.finditer(text)}


def written(text: str, values: Mapping[str, Value | str]) -> str:
    """The text with every known variable written out; unknown ones stay."""

    def replaced(found: re.Match[str]) -> str:
        value = values.get(_named(found))
        if value is None:
            return found[0]
        if isinstance(value, str):
            return value
        return _formatted(value, found["format"] or found["old_format"] or "")

    return USED.sub(replaced, text)


def _named(found: re.Match[str]) -> str:
    return found["braced"] or found["old"] or found["plain"]


def _formatted(value: Value, form: str) -> str:
    if value.raw:
        return value.raw
    form = form.partition(":")[0]
    if form in FORMATS:
        return FORMATS[form](value.values)
    if not value.several:
        return "".join(value.values[:1]).replace("\\", "\\\\").replace('"', '\\"')
    found = [_in_promql(it) for it in value.values]
    return f"({'|'.join(found)})" if len(found) > 1 else "".join(found)


def _in_promql(value: str) -> str:
    """A value as a regular expression, within a PromQL string."""
    return SPECIAL.sub(lambda it: rf"\\{it[0]}", value.replace("\\", r"\\\\"))


def _regex(values: Sequence[str]) -> str:
    found = [re.sub(r"[\\^$.*+?()\[\]{}|/]", lambda it: f"\\{it[0]}", value) for value in values]
    return f"({'|'.join(found)})" if len(found) > 1 else "".join(found)


def _joined(by: str, around: str = "") -> Callable[[Sequence[str]], str]:
    return lambda values: by.join(f"{around}{it}{around}" for it in values)


FORMATS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "regex": _regex,
    "pipe": _joined("|"),
    "csv": _joined(","),
    "raw": _joined(","),
    "text": _joined(" + "),
    "doublequote": _joined(",", '"'),
    "singlequote": _joined(",", "'"),
    "sqlstring": _joined(",", "'"),
    "glob": lambda values: f"{{{','.join(values)}}}" if len(values) > 1 else "".join(values),
    "json": lambda values: json.dumps(values[0] if len(values) == 1 else list(values)),
    "percentencode": lambda values: quote(_joined(",")(values), safe=""),
}
