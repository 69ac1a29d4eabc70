"""The queries that fill a dashboard's variables, as PromQL that asks for the same."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.subject import Query, Subject, listed, query_of

LABEL_VALUES = re.compile(r"\s*label_values\((.+),\s*([\w$]+)\s*\)\s*", re.DOTALL)
QUERY_RESULT = re.compile(r"\s*query_result\((.+)\)\s*", re.DOTALL)


def variable_queries(subject: Subject) -> Iterator[Query]:
    """Those that name a metric; a list of all values of a label, or of all metrics, names none."""
    for it in listed(subject.plain, "templating"):
        if it.get("type") == "query" and _prometheus(it):
            text = _promql(it.get("query"))
            if text:
                yield query_of(_place(it, subject.place), text, it)


def _prometheus(variable: Mapping[str, Any]) -> bool:
    source = variable.get("datasource")
    kind = source.get("type", "prometheus") if isinstance(source, Mapping) else "prometheus"
    return bool(kind == "prometheus")


def _promql(query: Any) -> str:
    text = query.get("query") if isinstance(query, Mapping) else query
    if not isinstance(text, str):
        return ""
    if found := LABEL_VALUES.fullmatch(text):
        return f"count by ({found[2]}) ({found[1]})"
    found = QUERY_RESULT.fullmatch(text)
    return found[1] if found else ""


def _place(variable: Mapping[str, Any], of: Place) -> Place:
    return Place(of.source, of.dashboard, f"variable {variable.get('name', '?')}")
