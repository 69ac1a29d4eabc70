"""Matches in one dashboard or one rule set: names in parsed queries, then texts."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tailboard.dashboards.schema_v2.values import list_objects
from tailboard.findings.finding import Place
from tailboard.queries.annotations import list_annotation_queries
from tailboard.queries.parser.positions import PositionError, place_nodes, walk_placed_nodes
from tailboard.queries.parser.promql import Expression
from tailboard.queries.subject import Panel, Query, Subject, list_entries
from tailboard.queries.variables import LABEL_VALUES, list_variable_queries
from tailboard.search.match import MATCH_KINDS, Match, MatchKind, Owner
from tailboard.search.pattern import SearchPattern

LEGEND_LABEL = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
TEMPLATE_LABEL = re.compile(r"(?:\$labels|\.Labels)(?:\.(\w+)|\s+\"([^\"]+)\")", re.ASCII)
UNREAD_FIELDS = {"gridPos", "id", "pluginVersion", "schemaVersion", "panels", "color", "version"}
"""Fields whose texts are no one's words: colours, layouts, versions."""

Names = Collection[tuple[MatchKind, str]]


@dataclass
class SubjectSearch:
    """Finds a pattern in subjects, as what `kinds` say."""

    pattern: SearchPattern
    kinds: Collection[MatchKind] = MATCH_KINDS
    _texts: set[tuple[Place, str]] = field(default_factory=set)
    """The texts in which a name was found, so that they are not found again as texts."""

    def list_matches(self, subject: Subject) -> list[Match]:
        """The matches of one dashboard or rule set, in reading order, each once."""
        self._texts = set()
        if "groups" in subject.json:
            matches = list(self._search_rules(subject))
        else:
            matches = [
                *self._search_document(subject),
                *(
                    replace(match, panel_id=_read_id(panel.json))
                    for panel in subject.panels
                    for match in self._search_panel(panel)
                ),
                *self._search_variables(subject),
                *self._search_annotations(subject),
                *self._search_links(subject),
            ]
        return list(dict.fromkeys(matches))

    def _search_document(self, subject: Subject) -> Iterator[Match]:
        texts = {name: subject.json.get(name) for name in ("title", "description", "tags", "uid")}
        yield from self._search_texts(texts, subject.place, "dashboard")

    def _search_panel(self, panel: Panel) -> Iterator[Match]:
        for query in panel.queries:
            yield from self._search_query(query, "panel", "expr")
            legend = query.target.get("legendFormat")
            yield from self._search_labels(legend, LEGEND_LABEL, query.place, "legendFormat")
        yield from self._search_data_source(panel.json, panel.place, "panel")
        for target in list_objects(panel.json.get("targets")):
            target_place = replace(panel.place, query=str(target.get("refId", "")))
            yield from self._search_data_source(target, target_place, "panel")
            yield from self._search_texts(target, target_place, "panel")
        texts = {name: value for name, value in panel.json.items() if name != "targets"}
        yield from self._search_texts(texts, panel.place, "panel")

    def _search_variables(self, subject: Subject) -> Iterator[Match]:
        queries = {query.place: query for query in list_variable_queries(subject)}
        for variable in list_entries(subject.json, "templating"):
            place = replace(subject.place, panel=f"variable {variable.get('name', '?')}")
            text = _read_variable_query(variable)
            if query := queries.get(place):
                yield from self._search_query(query, "variable", "query", text)
            elif (match := LABEL_VALUES.fullmatch(text)) and self.pattern.is_name(match["label"]):
                yield from self._build("label", match["label"], place, "variable", "query", text)
            yield from self._search_data_source(variable, place, "variable")
            texts = {name: value for name, value in variable.items() if name != "definition"}
            yield from self._search_texts(texts, place, "variable")

    def _search_annotations(self, subject: Subject) -> Iterator[Match]:
        queries = {query.place: query for query in list_annotation_queries(subject)}
        for annotation in list_entries(subject.json, "annotations"):
            if annotation.get("builtIn"):
                continue
            place = replace(subject.place, panel=f"annotation {annotation.get('name', '?')}")
            if query := queries.get(place):
                yield from self._search_query(query, "annotation", "expr")
            for name in ("titleFormat", "textFormat"):
                text = annotation.get(name)
                yield from self._search_labels(text, LEGEND_LABEL, place, name, "annotation")
            yield from self._search_data_source(annotation, place, "annotation")
            yield from self._search_texts(annotation, place, "annotation")

    def _search_links(self, subject: Subject) -> Iterator[Match]:
        for link in list_objects(subject.json.get("links")):
            place = replace(subject.place, panel=f"link {link.get('title') or '?'}")
            yield from self._search_texts(link, place, "link")

    def _search_rules(self, subject: Subject) -> Iterator[Match]:
        for query, rule in subject.rules:
            owner: Owner = "recording rule" if "record" in rule else "alert rule"
            record = rule.get("record")
            if isinstance(record, str) and self.pattern.is_metric(record):
                yield from self._build("metric", record, query.place, owner, "record", record)
            yield from self._search_query(query, owner, "expr")
            for name in ("labels", "annotations"):
                texts = rule.get(name)
                for key, text in texts.items() if isinstance(texts, Mapping) else ():
                    yield from self._search_labels(text, TEMPLATE_LABEL, query.place, key, owner)
            yield from self._search_texts({**rule, "expr": query.text}, query.place, owner)

    def _search_query(
        self, query: Query, owner: Owner, field_name: str, text: str = ""
    ) -> Iterator[Match]:
        """The names in an expression; `text` is what it stands in."""
        for kind, name in list_names(query.text, query.expression, self.pattern):
            yield from self._build(kind, name, query.place, owner, field_name, text or query.text)

    def _search_labels(
        self,
        text: Any,
        label_pattern: re.Pattern[str],
        place: Place,
        field_name: str,
        owner: Owner = "panel",
    ) -> Iterator[Match]:
        """The labels that a legend or a template shows."""
        for match in label_pattern.finditer(text) if isinstance(text, str) else ():
            label = next(group for group in match.groups() if group is not None)
            if self.pattern.is_name(label):
                yield from self._build("label", label, place, owner, field_name, str(text))

    def _search_data_source(
        self, holder: Mapping[str, Any], place: Place, owner: Owner
    ) -> Iterator[Match]:
        """The data source that something names, by its uid, its name or its type."""
        source = holder.get("datasource")
        names = [source] if isinstance(source, str) else []
        if isinstance(source, Mapping):
            names = [str(source[key]) for key in ("uid", "type") if source.get(key)]
        if holder.get("type") == "datasource":
            names.append(str(holder.get("query") or ""))
        for name in names:
            if name and self.pattern.is_name(name.strip("${}")):
                yield from self._build("data-source", name, place, owner, "datasource", name)

    def _search_texts(
        self, value: Mapping[str, Any], place: Place, owner: Owner
    ) -> Iterator[Match]:
        if "text" not in self.kinds:
            return
        for field_name, text in list_texts(value):
            match = self.pattern.find_text(text)
            if match is not None and (place, text) not in self._texts:
                yield Match("text", match[0], place, owner, field_name, text)

    def _build(
        self, kind: MatchKind, name: str, place: Place, owner: Owner, field_name: str, text: str
    ) -> Iterator[Match]:
        if kind in self.kinds:
            self._texts.add((place, text))
            yield Match(kind, name, place, owner, field_name, text)


def list_names(text: str, expression: Expression, pattern: SearchPattern) -> Names:
    """The metrics and labels of an expression that match, each once."""
    try:
        nodes = walk_placed_nodes(place_nodes(text, expression))
    except PositionError:
        return []
    names: dict[tuple[MatchKind, str], None] = {}
    for node in nodes:
        for name in node.names:
            is_match = pattern.is_metric if name.kind == "metric" else pattern.is_name
            if is_match(name.value):
                names[name.kind, name.value] = None
        for matcher in node.matchers:
            if matcher.label == "__name__" and matcher.op == "=~":
                if pattern.is_in_name_pattern(matcher.value):
                    names["metric", f'{{__name__=~"{matcher.value}"}}'] = None
            elif matcher.label != "__name__" and pattern.is_name(matcher.label):
                names["label", matcher.label] = None
    return list(names)


def list_texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text below a value, with the name of the field that it is of."""
    pending = [(name, value)]
    while pending:
        field_name, item = pending.pop()
        if isinstance(item, str):
            yield field_name, item
        elif isinstance(item, Mapping):
            pending += [
                (str(key), child)
                for key, child in reversed([*item.items()])
                if key not in UNREAD_FIELDS
            ]
        elif isinstance(item, list):
            pending += [(field_name, child) for child in reversed(item)]


def _read_id(panel: Mapping[str, Any]) -> int:
    number = panel.get("id")
    return number if type(number) is int else 0


def _read_variable_query(variable: Mapping[str, Any]) -> str:
    query = variable.get("query")
    text = query.get("query") if isinstance(query, Mapping) else query
    return text if isinstance(text, str) else ""
