"""A document's variables, filled from the server as Grafana fills them when it is opened."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tailboard.prometheus.client.responses import RefusedError
from tailboard.prometheus.client.server import PrometheusServer
from tailboard.prometheus.variables.interpolation import (
    VariableValue,
    find_variable_names,
    interpolate_variables,
)
from tailboard.queries.variables import LABEL_VALUES

ALL_VALUE = "$__all"
MAX_LISTED_VALUES = 500
"""From so many values on, all of them are written as `.+`."""

LABEL_NAMES = re.compile(r"\s*label_names\(\s*(.*?)\s*\)\s*", re.DOTALL)
METRICS = re.compile(r"\s*metrics\(\s*(.*?)\s*\)\s*", re.DOTALL)
QUERY_RESULT = re.compile(r"\s*query_result\((.*)\)\s*", re.DOTALL)
REGEX_LITERAL = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)
NAMED_GROUP = re.compile(r"\(\?<(\w+)>")

JsonMapping = Mapping[str, Any]


@dataclass
class VariableValues:
    """The values by name, and of those without any the reason."""

    values: dict[str, VariableValue | str] = field(default_factory=dict)
    empty_reasons: dict[str, str] = field(default_factory=dict)

    def describe_empty(self, text: str) -> str:
        """The reason why a text that uses them has nothing to choose; empty if it has."""
        return "; ".join(
            self.empty_reasons[name]
            for name in sorted(find_variable_names(text))
            if name in self.empty_reasons
        )


def resolve_variables(
    document: JsonMapping,
    server: PrometheusServer,
    global_variables: Mapping[str, str],
    chosen_values: Mapping[str, tuple[str, ...]] | None = None,
) -> VariableValues:
    """Every variable of a document, and Grafana's `global_variables`.

    `chosen_values` are those that a reader chose: they are not looked for.
    """
    variables = (document.get("templating") or {}).get("list") or []
    variable_values = VariableValues(dict(global_variables))
    for variable in _sort_by_dependency(
        [
            candidate
            for candidate in variables
            if isinstance(candidate, Mapping) and candidate.get("name")
        ]
    ):
        name = str(variable["name"])
        if chosen_values and name in chosen_values:
            is_multi = bool(variable.get("multi") or variable.get("includeAll"))
            variable_values.values[name] = VariableValue(chosen_values[name], is_multi)
            continue
        try:
            value = _resolve_value(variable, variable_values, server)
            reason = f"the variable ${name} has no values: {_describe_query(variable)} gives none"
        except (RefusedError, re.error) as error:
            value, reason = VariableValue(), f"the variable ${name} cannot be filled: {error}"
        if value.is_empty:
            variable_values.empty_reasons[name] = (
                variable_values.describe_empty(_read_query(variable)) or reason
            )
        variable_values.values[name] = value
    return variable_values


def _sort_by_dependency(variables: list[JsonMapping]) -> Iterable[JsonMapping]:
    """Each after those that it uses; where they use each other, as they are listed."""
    pending_variables = {str(variable["name"]): variable for variable in variables}
    while pending_variables:
        ready_names = [
            name
            for name, variable in pending_variables.items()
            if not _find_dependencies(variable) & (pending_variables.keys() - {name})
        ]
        for name in ready_names or [next(iter(pending_variables))]:
            yield pending_variables.pop(name)


def _find_dependencies(variable: JsonMapping) -> set[str]:
    return find_variable_names(f"{_read_query(variable)} {variable.get('regex') or ''}")


def _read_query(variable: JsonMapping) -> str:
    query = variable.get("query")
    if isinstance(query, Mapping):
        query = query.get("query") or query.get("expr")
    return str(query or variable.get("definition") or "")


def _describe_query(variable: JsonMapping) -> str:
    regex = f" with {variable['regex']}" if variable.get("regex") else ""
    return f"{_read_query(variable) or 'nothing'}{regex}"


def _resolve_value(
    variable: JsonMapping, variable_values: VariableValues, server: PrometheusServer
) -> VariableValue:
    kind, query = variable.get("type"), _read_query(variable)
    if kind == "query":
        options = _filter_options(
            _fetch_options(interpolate_variables(query, variable_values.values), server),
            variable,
            variable_values,
        )
    elif kind in {"custom", "interval"}:
        options = _parse_custom_values(query)
    elif kind == "datasource":
        return VariableValue((str(_read_current(variable) or "prometheus"),))
    elif kind in {"constant", "textbox"}:
        current_value = _read_current(variable) if kind == "textbox" else ""
        return VariableValue((str(current_value or query),))
    else:
        return VariableValue(expression=".*")  # filters that a user adds: none yet
    return _select_value(variable, options, variable_values)


def _select_value(
    variable: JsonMapping, options: list[str], variable_values: VariableValues
) -> VariableValue:
    """What Grafana chooses when the dashboard is opened, or all where that can be chosen."""
    is_multi = bool(variable.get("multi") or variable.get("includeAll"))
    if variable.get("includeAll"):
        if variable.get("allValue"):
            return VariableValue(
                expression=interpolate_variables(str(variable["allValue"]), variable_values.values)
            )
        return (
            VariableValue((), is_multi, ".+")
            if len(options) > MAX_LISTED_VALUES
            else VariableValue(tuple(options), is_multi)
        )
    current = _read_current(variable)
    saved_values = [
        str(saved_value)
        for saved_value in (current if isinstance(current, list) else [current])
        if saved_value
    ]
    if saved_values and saved_values[0].startswith("$__auto"):
        return VariableValue(("1m",))
    valid_values = tuple(saved_value for saved_value in saved_values if saved_value in options)
    return VariableValue(valid_values or tuple(options[:1]), is_multi)


def _read_current(variable: JsonMapping) -> Any:
    current = variable.get("current")
    value = current.get("value") if isinstance(current, Mapping) else None
    return "" if value in (ALL_VALUE, [ALL_VALUE], None) else value


def _parse_custom_values(query: str) -> list[str]:
    """The values of `text : value, value`; a comma within one is written `\\,`."""
    parts = [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", query)]
    return [part.rpartition(" : ")[2].strip() for part in parts if part]


def _fetch_options(query: str, server: PrometheusServer) -> list[str]:
    if match := LABEL_VALUES.fullmatch(query):
        label = match["label"].removeprefix('"').removesuffix('"')
        return server.fetch_label_values(label, (match["series"] or "").strip())
    if match := LABEL_NAMES.fullmatch(query):
        return server.fetch_label_names(match[1])
    if match := METRICS.fullmatch(query):
        pattern = re.compile(match[1])
        return [name for name in server.fetch_label_values("__name__") if pattern.search(name)]
    result = QUERY_RESULT.fullmatch(query)
    result_series = (
        server.query_instant(result[1] if result else query).series if query.strip() else ()
    )
    return [_format_series(series.labels, series.points) for series in result_series]


def _format_series(labels: Mapping[str, str], points: tuple[tuple[float, float], ...]) -> str:
    """A series as `query_result` lists it, for a regex to choose from."""
    label_pairs = ",".join(
        f'{name}="{label_value}"' for name, label_value in labels.items() if name != "__name__"
    )
    timestamp, value = points[-1]
    return f"{labels.get('__name__', '')}{{{label_pairs}}} {value:g} {round(1000 * timestamp)}"


def _filter_options(
    options: list[str], variable: JsonMapping, variable_values: VariableValues
) -> list[str]:
    """What a variable's regex leaves; a group is what is taken, `(?<value>…)` before others."""
    text = interpolate_variables(str(variable.get("regex") or ""), variable_values.values)
    if not text:
        return list(dict.fromkeys(options))
    regex_literal = REGEX_LITERAL.fullmatch(text)
    flags = re.IGNORECASE if regex_literal and "i" in regex_literal[2] else 0
    pattern = re.compile(
        NAMED_GROUP.sub(r"(?P<\1>", regex_literal[1] if regex_literal else text), flags
    )
    selected_options = (
        _extract_option(match) for option in options for match in [pattern.search(option)] if match
    )
    return list(dict.fromkeys(option for option in selected_options if option))


def _extract_option(match: re.Match[str]) -> str:
    named_groups = match.groupdict()
    if named_groups.get("value"):
        return named_groups["value"] or ""
    return (
        next((group for group in match.groups() if group), match[0])
        if match.re.groups
        else match[0]
    )
