"""Whether the data source that dashboards will show is there, and knows how often is scraped."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tailboard.panels.duration import is_duration, seconds
from tailboard.publish.grafana.answers import checked
from tailboard.publish.grafana.api import Document, RefusedError
from tailboard.publish.grafana.noise import listed
from tailboard.publish.http.connection import Connection

PROMETHEUS = "prometheus"
DEFAULT_INTERVAL = "15s"
"""What Grafana assumes of a data source that does not say how often is scraped."""


def data_source_notes(
    connection: Connection, documents: Iterable[Document], scrape_interval: str
) -> list[str]:
    """What may mislead about the data sources of these documents.

    Raises `RefusedError` where a document has no data source to show at all.
    """
    wanted = [it for it in documents if any(map(_is_prometheus, _variables(it)))]
    if not wanted:
        return []
    sources = [it for it in _data_sources(connection) if it.get("type") == PROMETHEUS]
    if not sources:
        titles = ", ".join(sorted(str(it["title"]) for it in wanted)[:3])
        raise RefusedError(
            f"Grafana has no data source of the type Prometheus, which {titles} would show",
            tip="add one in Grafana: Connections, Data sources; or say --no-data-source-check.",
        )
    picked = {str(it["uid"]): it for document in wanted if (it := _picked(document, sources))}
    return [note for it in picked.values() for note in _notes(it, scrape_interval)] + [
        f"the dashboard {document['title']!r} finds no data source that its variable may choose"
        for document in wanted
        if not _picked(document, sources)
    ]


def _picked(document: Document, sources: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What the variable picks: what it has chosen, the default, or the first that it may choose."""
    variable = next(it for it in _variables(document) if _is_prometheus(it))
    try:
        may = re.compile(str(variable.get("regex") or "").strip("/"))
    except re.error:
        may = re.compile("")
    choice = sorted(
        (it for it in sources if may.search(str(it.get("name", "")))),
        key=lambda it: str(it.get("name", "")).lower(),
    )
    chosen = _chosen(variable)
    named = [it for it in choice if it.get("uid") in chosen or it.get("name") in chosen]
    default = [it for it in choice if it.get("isDefault")]
    return next(iter([*named, *default, *choice]), None)


def _chosen(variable: Mapping[str, Any]) -> list[Any]:
    """The uids or names that a variable has chosen; one for several has a list of them."""
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    return [it for it in (value if isinstance(value, list) else [value]) if it]


def _variables(document: Document) -> list[dict[str, Any]]:
    found = listed(document, "templating")
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


def _is_prometheus(variable: Mapping[str, Any]) -> bool:
    return variable.get("type") == "datasource" and variable.get("query") == PROMETHEUS


def _data_sources(connection: Connection) -> list[Mapping[str, Any]]:
    """All of them; without the right to list them, what any visitor's browser is told."""
    answer = connection.ask("GET", "/api/datasources")
    if answer.status != 403:
        return list(checked(answer, "listing the data sources").body)
    settings = checked(connection.ask("GET", "/api/frontend/settings"), "reading the settings").body
    found = settings.get("datasources") or {}
    return [{"name": name, **it} for name, it in found.items()]


def _notes(source: Mapping[str, Any], scrape_interval: str) -> Iterable[str]:
    """A warning where `$__rate_interval` would be too short to hold two scrapes."""
    assumed = str((source.get("jsonData") or {}).get("timeInterval") or DEFAULT_INTERVAL)
    if is_duration(assumed) and seconds(assumed) < seconds(scrape_interval):
        yield (
            f"the data source {source.get('name')!r} assumes a scrape every {assumed}, and "
            f"--scrape-interval, given or by default, says that Prometheus scrapes every "
            f"{scrape_interval}: if so, rates over $__rate_interval may stay empty. Set its scrape "
            f"interval to {scrape_interval}, or give --scrape-interval {assumed} if that is right."
        )
