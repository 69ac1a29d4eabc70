"""The queries of a dashboard's annotations."""

from collections.abc import Iterator, Mapping
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.subject import Query, Subject, listed, query_of


def annotation_queries(subject: Subject) -> Iterator[Query]:
    """Those that ask a Prometheus; before Grafana 9 they stood beside the name, not in a target."""
    for it in listed(subject.plain, "annotations"):
        text = _expression(it)
        if text and _prometheus(it.get("datasource")):
            named = f"annotation {it.get('name', '?')}"
            yield query_of(Place(subject.place.source, subject.place.dashboard, named), text, it)


def _expression(annotation: Mapping[str, Any]) -> str:
    target = annotation.get("target")
    inner = target.get("expr") if isinstance(target, Mapping) else None
    found = annotation.get("expr") or inner
    return found if isinstance(found, str) and found.strip() else ""


def _prometheus(source: Any) -> bool:
    kind = source.get("type", "prometheus") if isinstance(source, Mapping) else "prometheus"
    return bool(kind == "prometheus")
