"""A document's variables, filled from the server as Grafana fills them when it is opened."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.prometheus.answers import RefusedError
from tailboard.prometheus.interpolation import Value, names, written
from tailboard.prometheus.server import Server

ALL = "$__all"
MOST = 500
"""From so many values on, all of them are written as `.+`."""

LABEL_VALUES = re.compile(r"\s*label_values\(\s*(?:(.*),\s*)?(\w+)\s*\)\s*", re.DOTALL)
LABEL_NAMES = re.compile(r"\s*label_names\(\s*(.*?)\s*\)\s*", re.DOTALL)
METRICS = re.compile(r"\s*metrics\(\s*(.*?)\s*\)\s*", re.DOTALL)
QUERY_RESULT = re.compile(r"\s*query_result\((.*)\)\s*", re.DOTALL)
REGEX = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)
NAMED_GROUP = re.compile(r"\(\?<(\w+)>")

Plain = Mapping[str, Any]


@dataclass
class Filled:
    """The values by name, and of those without any the reason."""

    values: dict[str, Value | str] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)

    def why_empty(self, text: str) -> str:
        """The reason why a text that uses them has nothing to choose; empty if it has."""
        return "; ".join(self.empty[it] for it in sorted(names(text)) if it in self.empty)


def filled(document: Plain, server: Server, own: Mapping[str, str]) -> Filled:
    """Every variable of a document; `own` are Grafana's, which queries may use as well."""
    listed = (document.get("templating") or {}).get("list") or []
    found = Filled(dict(own))
    for variable in _in_order([it for it in listed if isinstance(it, Mapping) and it.get("name")]):
        name = str(variable["name"])
        try:
            value = _value(variable, found, server)
            why = f"the variable ${name} has no values: {_asked(variable)} gives none"
        except (RefusedError, re.error) as error:
            value, why = Value(), f"the variable ${name} cannot be filled: {error}"
        if value.empty:
            found.empty[name] = found.why_empty(_query(variable)) or why
        found.values[name] = value
    return found


def _in_order(variables: list[Plain]) -> Iterable[Plain]:
    """Each after those that it uses; where they use each other, as they are listed."""
    left = {str(it["name"]): it for it in variables}
    while left:
        ready = [it for it, found in left.items() if not _needed(found) & (left.keys() - {it})]
        for name in ready or [next(iter(left))]:
            yield left.pop(name)


def _needed(variable: Plain) -> set[str]:
    return names(f"{_query(variable)} {variable.get('regex') or ''}")


def _query(variable: Plain) -> str:
    query = variable.get("query")
    if isinstance(query, Mapping):
        query = query.get("query") or query.get("expr")
    return str(query or variable.get("definition") or "")


def _asked(variable: Plain) -> str:
    regex = f" with {variable['regex']}" if variable.get("regex") else ""
    return f"{_query(variable) or 'nothing'}{regex}"


def _value(variable: Plain, found: Filled, server: Server) -> Value:
    kind, query = variable.get("type"), _query(variable)
    if kind == "query":
        options = _chosen(_options(written(query, found.values), server), variable, found)
    elif kind in {"custom", "interval"}:
        options = _listed(query)
    elif kind == "datasource":
        return Value((str(_current(variable) or "prometheus"),))
    elif kind in {"constant", "textbox"}:
        own = _current(variable) if kind == "textbox" else ""
        return Value((str(own or query),))
    else:
        return Value(raw=".*")  # filters that a user adds: none yet
    return _choice(variable, options, found)


def _choice(variable: Plain, options: list[str], found: Filled) -> Value:
    """What Grafana chooses when the dashboard is opened, or all where that can be chosen."""
    several = bool(variable.get("multi") or variable.get("includeAll"))
    if variable.get("includeAll"):
        if variable.get("allValue"):
            return Value(raw=written(str(variable["allValue"]), found.values))
        return Value((), several, ".+") if len(options) > MOST else Value(tuple(options), several)
    current = _current(variable)
    saved = [str(it) for it in (current if isinstance(current, list) else [current]) if it]
    if saved and saved[0].startswith("$__auto"):
        return Value(("1m",))
    kept = tuple(it for it in saved if it in options)
    return Value(kept or tuple(options[:1]), several)


def _current(variable: Plain) -> Any:
    current = variable.get("current")
    value = current.get("value") if isinstance(current, Mapping) else None
    return "" if value in (ALL, [ALL], None) else value


def _listed(query: str) -> list[str]:
    """The values of `text : value, value`; a comma within one is written `\\,`."""
    parts = [it.replace("\\,", ",").strip() for it in re.split(r"(?<!\\),", query)]
    return [it.rpartition(" : ")[2].strip() for it in parts if it]


def _options(query: str, server: Server) -> list[str]:
    if it := LABEL_VALUES.fullmatch(query):
        return server.values(it[2], (it[1] or "").strip())
    if it := LABEL_NAMES.fullmatch(query):
        return server.labels(it[1])
    if it := METRICS.fullmatch(query):
        pattern = re.compile(it[1])
        return [name for name in server.values("__name__") if pattern.search(name)]
    result = QUERY_RESULT.fullmatch(query)
    lines = server.instant(result[1] if result else query).lines if query.strip() else ()
    return [_as_text(it.labels, it.points) for it in lines]


def _as_text(labels: Mapping[str, str], points: tuple[tuple[float, float], ...]) -> str:
    """A series as `query_result` lists it, for a regex to choose from."""
    others = ",".join(f'{name}="{it}"' for name, it in labels.items() if name != "__name__")
    at, value = points[-1]
    return f"{labels.get('__name__', '')}{{{others}}} {value:g} {round(1000 * at)}"


def _chosen(options: list[str], variable: Plain, found: Filled) -> list[str]:
    """What a variable's regex leaves; a group is what is taken, `(?<value>…)` before others."""
    text = written(str(variable.get("regex") or ""), found.values)
    if not text:
        return list(dict.fromkeys(options))
    parts = REGEX.fullmatch(text)
    flags = re.IGNORECASE if parts and "i" in parts[2] else 0
    pattern = re.compile(NAMED_GROUP.sub(r"(?P<\1>", parts[1] if parts else text), flags)
    taken = (_taken(it) for option in options for it in [pattern.search(option)] if it)
    return list(dict.fromkeys(it for it in taken if it))


def _taken(found: re.Match[str]) -> str:
    named = found.groupdict()
    if named.get("value"):
        return named["value"] or ""
    return next((it for it in found.groups() if it), found[0]) if found.re.groups else found[0]
