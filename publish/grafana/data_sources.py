"""Whether the data source that dashboards will show is there, and knows how often is scraped."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tailboard.dashboards.schema_v2.flatten import list_variables
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.variables import build_v1_variable
from tailboard.panels.duration import is_duration, parse_duration
from tailboard.publish.grafana.api import Document, RefusedError
from tailboard.publish.grafana.clients.responses import parse_response, read_object, read_objects
from tailboard.publish.grafana.documents.normalize import find_list
from tailboard.publish.http.connection import Connection

PROMETHEUS = "prometheus"
DEFAULT_INTERVAL = "15s"
"""What Grafana assumes of a data source that does not say how often is scraped."""


def check_data_sources(
    connection: Connection, documents: Iterable[Document], scrape_interval: str
) -> list[str]:
    """What may mislead about the data sources of these documents.

    Raises `RefusedError` where a document has no data source to show at all.
    """
    prometheus_documents = [
        document
        for document in documents
        if any(map(_is_prometheus_variable, _list_variables(document)))
    ]
    if not prometheus_documents:
        return []
    sources = list_prometheus_sources(connection)
    if not sources:
        titles = ", ".join(sorted(str(document["title"]) for document in prometheus_documents)[:3])
        raise RefusedError(
            f"Grafana has no data source of the type Prometheus, which {titles} would show",
            tip="add one in Grafana: Connections, Data sources; or say --no-data-source-check.",
        )
    selected_sources = {
        str(source.get("uid") or source.get("name")): source
        for document in prometheus_documents
        if (source := select_data_source(document, sources))
    }
    return [
        note
        for source in selected_sources.values()
        for note in _check_scrape_interval(source, scrape_interval)
    ] + [
        f"the dashboard {document['title']!r} finds no data source that its variable may choose"
        for document in prometheus_documents
        if not select_data_source(document, sources)
    ]


def list_prometheus_sources(connection: Connection) -> list[dict[str, Any]]:
    """The data sources of the type Prometheus."""
    return [
        source for source in _fetch_data_sources(connection) if source.get("type") == PROMETHEUS
    ]


def find_shown_source(document: Document, sources: Sequence[Mapping[str, Any]]) -> str:
    """The uid of the data source that a document shows when it is opened; empty for none."""
    if not any(map(_is_prometheus_variable, _list_variables(document))):
        return ""
    source = select_data_source(document, sources) or {}
    return str(source.get("uid") or "")


def set_data_source(document: Document, uid: str) -> Document:
    """The document whose variables of Prometheus have chosen a data source."""
    if is_v2_document(document):
        variables = [
            {**variable, "spec": {**variable["spec"], "current": {"text": uid, "value": uid}}}
            if _is_prometheus_variable(build_v1_variable(variable))
            else variable
            for variable in list_variables(document)
        ]
        return {**document, "variables": variables}
    templating = document.get("templating")
    if not isinstance(templating, dict):
        return document
    v1_variables = [
        {**variable, "current": {"selected": False, "text": uid, "value": uid}}
        if isinstance(variable, dict) and _is_prometheus_variable(variable)
        else variable
        for variable in templating.get("list") or []
    ]
    return {**document, "templating": {**templating, "list": v1_variables}}


def select_data_source(
    document: Document, sources: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """What the variable picks: what it has chosen, the default, or the first that it may choose."""
    variable = next(
        candidate for candidate in _list_variables(document) if _is_prometheus_variable(candidate)
    )
    try:
        pattern = re.compile(str(variable.get("regex") or "").strip("/"))
    except re.error:
        pattern = re.compile("")
    candidates = sorted(
        (source for source in sources if pattern.search(str(source.get("name", "")))),
        key=lambda source: str(source.get("name", "")).lower(),
    )
    current_values = _list_current_values(variable)
    named_sources = [
        source
        for source in candidates
        if source.get("uid") in current_values or source.get("name") in current_values
    ]
    default_sources = [source for source in candidates if source.get("isDefault")]
    return next(iter([*named_sources, *default_sources, *candidates]), None)


def _list_current_values(variable: Mapping[str, Any]) -> list[Any]:
    """The uids or names that a variable has chosen; one for several has a list of them."""
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    return [item for item in (value if isinstance(value, list) else [value]) if item]


def _list_variables(document: Document) -> list[dict[str, Any]]:
    if is_v2_document(document):
        return [build_v1_variable(variable) for variable in list_variables(document)]
    variables = find_list(document, "templating")
    return (
        [variable for variable in variables if isinstance(variable, dict)]
        if isinstance(variables, list)
        else []
    )


def _is_prometheus_variable(variable: Mapping[str, Any]) -> bool:
    return variable.get("type") == "datasource" and variable.get("query") == PROMETHEUS


def _fetch_data_sources(connection: Connection) -> list[dict[str, Any]]:
    """All of them; without the right to list them, those of the settings for browsers."""
    response = connection.request("GET", "/api/datasources")
    if response.status != 403:
        return parse_response(response, "listing the data sources", _parse_data_sources)
    response = connection.request("GET", "/api/frontend/settings")
    return parse_response(response, "reading the settings", _parse_settings)


def _parse_data_sources(body: Any) -> list[dict[str, Any]]:
    sources = read_objects(body)
    for source in sources:
        read_object(source.get("jsonData") or {})
    return sources


def _parse_settings(body: Any) -> list[dict[str, Any]]:
    sources = read_object(read_object(body).get("datasources") or {})
    return _parse_data_sources(
        [{"name": name, **read_object(source)} for name, source in sources.items()]
    )


def _check_scrape_interval(source: Mapping[str, Any], scrape_interval: str) -> Iterable[str]:
    """A warning where `$__rate_interval` would be too short to hold two scrapes."""
    interval = str((source.get("jsonData") or {}).get("timeInterval") or DEFAULT_INTERVAL)
    if is_duration(interval) and parse_duration(interval) < parse_duration(scrape_interval):
        yield (
            f"the data source {source.get('name')!r} assumes a scrape every {interval}, and "
            f"--scrape-interval, given or by default, says that Prometheus scrapes every "
            f"{scrape_interval}: if so, rates over $__rate_interval may stay empty. Set its scrape "
            f"interval to {scrape_interval}, or give --scrape-interval {interval} if that is right."
        )
