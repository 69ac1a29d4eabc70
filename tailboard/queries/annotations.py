"""The queries of a dashboard's annotations."""

from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.data_sources import is_prometheus_source, list_source_kinds
from tailboard.queries.subject import Query, Subject, build_query, list_entries


def list_annotation_queries(subject: Subject) -> Iterator[Query]:
    """Those that ask a Prometheus; before Grafana 9 they stood beside the name, not in a target."""
    kinds = list_source_kinds(subject.json)
    for annotation in list_entries(subject.json, "annotations"):
        text = _read_expression(annotation)
        if text and is_prometheus_source(annotation.get("datasource"), kinds):
            title = f"annotation {annotation.get('name', '?')}"
            yield build_query(
                Place(subject.place.source, subject.place.dashboard, title), text, annotation
            )


def _read_expression(annotation: Mapping[str, Any]) -> str:
    target = annotation.get("target")
    inner = target.get("expr") if isinstance(target, Mapping) else None
    expression = annotation.get("expr") or inner
    return expression if isinstance(expression, str) and expression.strip() else ""
