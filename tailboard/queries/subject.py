"""What lint rules look at: a document or a service's rules, taken apart once for all of them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.findings.finding import Place
from tailboard.panels.record import record
from tailboard.queries.data_sources import (
    LOG_PANELS,
    PROMQL_KINDS,
    find_source_kind,
    list_source_kinds,
)
from tailboard.queries.parser.expression_forms import read_expression
from tailboard.queries.parser.promql import Expression, Selector, parse_expression

if TYPE_CHECKING:
    from tailboard.dashboards.schema_v2.layout import LayoutItem
    from tailboard.panels.statuses import Statuses

JsonMapping = Mapping[str, Any]
JsonDict = dict[str, Any]

GRAFANA_RULE = "grafana_rule"
"""The key in a rule of Grafana's own that says which rule a query belongs to."""


class Query(NamedTuple):
    """One expression: of a panel, or of a rule."""

    place: Place
    text: str
    expression: Expression
    selectors: tuple[Selector, ...]
    target: JsonMapping

    @property
    def is_in_rule(self) -> bool:
        """Whether it is a rule's, where Grafana's variables are unknown and ranges are fixed."""
        return not {"alert", "record", GRAFANA_RULE}.isdisjoint(self.target)

    @property
    def is_in_grafana_rule(self) -> bool:
        """Whether Grafana evaluates it as an alert rule: an expression of Grafana compares it."""
        return GRAFANA_RULE in self.target


class Panel(NamedTuple):
    """One panel with its queries; rows are none."""

    place: Place
    json: JsonMapping
    queries: tuple[Query, ...]


@record
class LoadProblem:
    """What is wrong with a file itself, and the lint rule that reports it."""

    lint_rule: str
    problem: str
    tip: str
    place: Place


@record
class Subject:
    """One document, with its panels in reading order; or one service's rule groups.

    A document of schema v2 is in `schema_v2`; `json` is then the same document as one of schema v1,
    so that one set of rules reads both. `is_built` is whether a document was built from a
    definition, and not read from a file. `statuses` are those that the service's convention
    declares.
    """

    place: Place
    json: JsonMapping
    panels: tuple[Panel, ...] = ()
    rules: tuple[tuple[Query, JsonMapping], ...] = ()
    load_problems: tuple[LoadProblem, ...] = ()
    is_built: bool = False
    statuses: "tuple[Statuses, ...]" = ()
    schema_v2: JsonMapping | None = None


def build_document_subject(document: JsonMapping, source: str) -> Subject:
    """A dashboard's document."""
    if is_v2_document(document):
        from tailboard.dashboards.schema_v2.flatten import build_view

        subject = build_document_subject(build_view(document), source)
        return replace(subject, schema_v2=document)
    place = Place(source, str(document.get("uid") or document.get("title") or "dashboard"))
    panels = list(_flatten_rows(list_top_level_panels(document)))
    titles = Counter(str(panel.get("title")) for panel in panels)
    shared_titles = {title for title, count in titles.items() if count > 1}
    kinds = list_source_kinds(document)
    return Subject(
        place,
        document,
        tuple(_build_panel(panel, place, shared_titles, kinds) for panel in panels),
    )


def list_placed_panels(subject: Subject) -> Iterator[tuple[Panel, "LayoutItem | None"]]:
    """Every panel with its place in a layout of schema v2; None in schema v1, or without a place.

    The panels of a subject are in the order of its layout, and those without a place come last.
    """
    items: list[LayoutItem] = []
    if subject.schema_v2 is not None:
        from tailboard.dashboards.schema_v2.layout import list_placed_items

        items = list_placed_items(subject.schema_v2)
    placed_count = min(len(items), len(subject.panels))
    yield from zip(subject.panels, items, strict=False)
    yield from ((panel, None) for panel in subject.panels[placed_count:])


def list_entries(document: JsonMapping, name: str) -> list[JsonDict]:
    """What stands in the list of `templating` or `annotations`; nothing where that is no list."""
    holder = document.get(name)
    entries = holder.get("list") if isinstance(holder, Mapping) else None
    return (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )


def list_top_level_panels(document: JsonMapping) -> Iterator[JsonMapping]:
    """The panels that stand on the dashboard itself, and its rows with what they hold.

    Before Grafana 5 a dashboard was a list of rows, each with its panels.
    """
    for row in document.get("rows") or []:
        yield from row.get("panels") or []
    yield from document.get("panels") or []


def convert_panels(document: JsonDict, change: Callable[[JsonDict], JsonDict]) -> JsonDict:
    """The document with every panel changed; rows stay what they are."""
    converted = dict(document)
    if document.get("rows"):
        converted["rows"] = [_convert_row(row, change) for row in document["rows"]]
    return _convert_row(converted, change)


def convert_queries(
    document: JsonDict, change: Callable[[str, JsonDict, JsonDict], str]
) -> JsonDict:
    """The document with every PromQL expression changed; what does not parse stays unchanged.

    `change` is given an expression, its target and its panel.
    """
    kinds = list_source_kinds(document)

    def convert_panel(panel: JsonDict) -> JsonDict:
        targets = panel.get("targets")
        if not targets:
            return panel
        return {
            **panel,
            "targets": [
                {**target, "expr": change(target["expr"], target, panel)}
                if is_promql_target(target, panel, kinds)
                and parse_expression(target["expr"]).tree is not None
                else target
                for target in targets
            ],
        }

    return convert_panels(document, convert_panel)


def build_rules_subject(groups: list[dict[str, Any]], slug: str, source: str) -> Subject:
    """The rule groups of a service, or of a rule file."""
    place = Place(source, slug)
    rules = tuple(
        (build_query(_build_rule_place(place, rule), str(rule.get("expr", "")), rule), rule)
        for group in groups
        for rule in group.get("rules") or []
    )
    return Subject(place, {"groups": groups}, rules=rules)


def list_queries(subject: Subject) -> Iterator[Query]:
    """Every expression of the subject."""
    for panel in subject.panels:
        yield from panel.queries
    yield from (query for query, _ in subject.rules)


def _flatten_rows(panels: Iterable[JsonMapping]) -> Iterator[JsonMapping]:
    for panel in panels:
        if panel.get("type") == "row":
            yield from _flatten_rows(panel.get("panels") or [])
        else:
            yield panel


def _build_panel(
    panel: JsonMapping, place: Place, shared_titles: Collection[str], kinds: Mapping[str, str]
) -> Panel:
    number = panel.get("id")
    title = str(panel.get("title") or f"panel {panel.get('id', '?')}")
    panel_id = number if title in shared_titles and type(number) is int else 0
    path = (place.source, place.dashboard, title)
    panel_queries = tuple(
        build_query(Place(*path, str(target.get("refId", "")), panel_id), target["expr"], target)
        for target in panel.get("targets") or []
        if is_promql_target(target, panel, kinds)
    )
    return Panel(Place(*path, panel_id=panel_id), panel, panel_queries)


def _convert_row(row: JsonDict, change: Callable[[JsonDict], JsonDict]) -> JsonDict:
    """A row, or the dashboard itself, with its panels changed."""
    if not row.get("panels"):
        return row
    panels = [
        _convert_row(panel, change) if panel.get("type") == "row" else change(panel)
        for panel in row["panels"]
    ]
    return {**row, "panels": panels}


def is_promql_target(target: JsonMapping, panel: JsonMapping, kinds: Mapping[str, str]) -> bool:
    """Whether PromQL is asked for: other data sources have an `expr` too."""
    if not isinstance(target.get("expr"), str) or not target["expr"].strip():
        return False
    source = target.get("datasource") or panel.get("datasource")
    kind = find_source_kind(source, kinds)
    return kind in PROMQL_KINDS and not (kind == "" and panel.get("type") in LOG_PANELS)


def build_query(place: Place, text: str, target: JsonMapping) -> Query:
    """An expression, read."""
    expression, selectors = read_expression(text)
    return Query(place, text, expression, selectors, target)


def _build_rule_place(place: Place, rule: JsonMapping) -> Place:
    name = str(rule.get("alert") or rule.get("record") or "rule")
    severity = (rule.get("labels") or {}).get("severity", "")
    return Place(place.source, place.dashboard, name, str(severity))
