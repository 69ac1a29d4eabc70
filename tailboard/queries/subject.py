"""What lint rules look at: a document or a service's rules, taken apart once for all of them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.findings.finding import Place
from tailboard.queries.promql_reading import Reading, Series, read, series

Plain = Mapping[str, Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """One expression: of a panel, or of a rule."""

    place: Place
    text: str
    reading: Reading
    selected: tuple[Series, ...]
    target: Plain

    @property
    def in_rule(self) -> bool:
        """Whether it is a rule's, where Grafana's variables are unknown and ranges are fixed."""
        return "alert" in self.target or "record" in self.target


@dataclass(frozen=True)
class Panel:
    """One panel with its queries; rows are none."""

    place: Place
    plain: Plain
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Subject:
    """One document, with its panels in reading order; or one service's rule groups."""

    place: Place
    plain: Plain
    panels: tuple[Panel, ...] = ()
    rules: tuple[tuple[Query, Plain], ...] = ()


def of_document(document: Plain, source: str) -> Subject:
    """A dashboard's document."""
    place = Place(source, str(document.get("uid") or document.get("title") or "dashboard"))
    plain = list(_flat(top_level(document)))
    titles = Counter(str(it.get("title")) for it in plain)
    shared = {title for title, several in titles.items() if several > 1}
    return Subject(place, document, tuple(_panel(it, place, shared) for it in plain))


def listed(document: Plain, name: str) -> list[Json]:
    """What stands in the list of `templating` or `annotations`; nothing where that is no list."""
    holder = document.get(name)
    found = holder.get("list") if isinstance(holder, Mapping) else None
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


def top_level(document: Plain) -> Iterator[Plain]:
    """The panels that stand on the dashboard itself, and its rows with what they hold.

    Before Grafana 5 a dashboard was a list of rows, each with its panels.
    """
    for row in document.get("rows") or []:
        yield from row.get("panels") or []
    yield from document.get("panels") or []


def with_panels(document: Json, change: Callable[[Json], Json]) -> Json:
    """The document with every panel changed; rows stay what they are."""
    changed = dict(document)
    if document.get("rows"):
        changed["rows"] = [_changed_row(it, change) for it in document["rows"]]
    return _changed_row(changed, change)


def with_queries(document: Json, change: Callable[[str], str]) -> Json:
    """The document with every PromQL expression changed; what does not parse stays as it is."""

    def changed(panel: Json) -> Json:
        targets = panel.get("targets")
        if not targets:
            return panel
        return {
            **panel,
            "targets": [
                {**it, "expr": change(it["expr"])}
                if _is_query(it, panel) and read(it["expr"]).tree is not None
                else it
                for it in targets
            ],
        }

    return with_panels(document, changed)


def of_groups(groups: list[dict[str, Any]], slug: str, source: str) -> Subject:
    """The rule groups of a service, or of a rule file."""
    place = Place(source, slug)
    rules = tuple(
        (query_of(_rule_place(place, rule), str(rule.get("expr", "")), rule), rule)
        for group in groups
        for rule in group.get("rules") or []
    )
    return Subject(place, {"groups": groups}, rules=rules)


def queries(subject: Subject) -> Iterator[Query]:
    """Every expression of the subject."""
    for panel in subject.panels:
        yield from panel.queries
    yield from (query for query, _ in subject.rules)


def _flat(panels: Iterable[Plain]) -> Iterator[Plain]:
    for panel in panels:
        if panel.get("type") == "row":
            yield from _flat(panel.get("panels") or [])
        else:
            yield panel


def _panel(panel: Plain, place: Place, shared: Collection[str]) -> Panel:
    number = panel.get("id")
    named = str(panel.get("title") or f"panel {panel.get('id', '?')}")
    told = number if named in shared and type(number) is int else 0
    at = (place.source, place.dashboard, named)
    asked = tuple(
        query_of(Place(*at, str(it.get("refId", "")), told), it["expr"], it)
        for it in panel.get("targets") or []
        if _is_query(it, panel)
    )
    return Panel(Place(*at, panel_id=told), panel, asked)


def _changed_row(row: Json, change: Callable[[Json], Json]) -> Json:
    """A row, or the dashboard itself, with its panels changed."""
    if not row.get("panels"):
        return row
    panels = [
        _changed_row(it, change) if it.get("type") == "row" else change(it) for it in row["panels"]
    ]
    return {**row, "panels": panels}


def _is_query(target: Plain, panel: Plain) -> bool:
    """Whether PromQL is asked for: other data sources have an `expr` too."""
    if not isinstance(target.get("expr"), str) or not target["expr"].strip():
        return False
    source = target.get("datasource") or panel.get("datasource") or {}
    kind = source.get("type", "prometheus") if isinstance(source, Mapping) else "prometheus"
    return bool(kind == "prometheus")


def query_of(place: Place, text: str, target: Plain) -> Query:
    """An expression, read."""
    reading = read(text)
    found = tuple(series(reading.tree)) if reading.tree is not None else ()
    return Query(place, text, reading, found, target)


def _rule_place(place: Place, rule: Plain) -> Place:
    named = str(rule.get("alert") or rule.get("record") or "rule")
    severity = (rule.get("labels") or {}).get("severity", "")
    return Place(place.source, place.dashboard, named, str(severity))
