"""The queries that fill a dashboard's variables, as PromQL that asks for the same."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.findings.finding import Place
from tailboard.panels.lazy_pattern import declare_pattern
from tailboard.panels.matcher import quote_label
from tailboard.queries.data_sources import is_prometheus_source, list_source_kinds
from tailboard.queries.subject import Query, Subject, build_query, list_entries

LABEL_VALUES = declare_pattern(
    r"\s*label_values\(\s*(?:(?P<series>.+),\s*)?"
    r"""(?P<label>"(?:[^"\\]|\\.)+"|[^"{}(),=\s](?:[^"{}(),=]*[^"{}(),=\s])?)\s*\)\s*""",
    re.DOTALL,
)
"""Grafana writes the label without quotes, whatever it is, and takes it with them too."""

QUERY_RESULT = declare_pattern(r"\s*query_result\((.+)\)\s*", re.DOTALL)


def list_variable_queries(subject: Subject) -> Iterator[Query]:
    """Those that name a metric; a list of all values of a label, or of all metrics, names none."""
    kinds = list_source_kinds(subject.json)
    for variable in list_entries(subject.json, "templating"):
        source = variable.get("datasource")
        if variable.get("type") == "query" and is_prometheus_source(source, kinds):
            text = _convert_query(variable.get("query"))
            if text:
                yield build_query(_build_place(variable, subject.place), text, variable)


def _convert_query(query: Any) -> str:
    text = query.get("query") if isinstance(query, Mapping) else query
    if not isinstance(text, str):
        return ""
    if (match := LABEL_VALUES.fullmatch(text)) and match["series"]:
        return f"count by ({_quote_label(match['label'])}) ({match['series']})"
    match = QUERY_RESULT.fullmatch(text)
    return match[1] if match else ""


def _quote_label(label: str) -> str:
    """The label as PromQL writes names; a variable, and what has quotes already, unchanged."""
    return label if label.startswith(('"', "$", "[[")) else quote_label(label)


def _build_place(variable: Mapping[str, Any], subject_place: Place) -> Place:
    return Place(
        subject_place.source, subject_place.dashboard, f"variable {variable.get('name', '?')}"
    )
