"""Names and units renamed in a dashboard: queries, legends, units, variables, annotations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from operator import not_
from typing import Any

from tailboard.dashboards.schema_v2.flatten import build_view
from tailboard.dashboards.schema_v2.resource import find_version, is_v2_document
from tailboard.dashboards.schema_v2.view_changes import OLD_VERSION, apply_view_changes
from tailboard.findings.finding import Place
from tailboard.queries.data_sources import is_prometheus_source, list_source_kinds
from tailboard.queries.subject import (
    Panel,
    build_document_subject,
    convert_panels,
    is_promql_target,
    list_entries,
)
from tailboard.queries.variables import LABEL_VALUES, QUERY_RESULT
from tailboard.rename.errors import RenameError
from tailboard.rename.expression import Rewriting, find_word, has_old_name, rewrite_expression
from tailboard.rename.label_texts import (
    rename_field_names,
    rename_legend,
    rename_texts,
)
from tailboard.rename.note import Note
from tailboard.rename.panel_unit import convert_bounds_unit, convert_panel_unit
from tailboard.rename.renames import Renames

JsonDict = dict[str, Any]

METRICS_FUNCTION = re.compile(r"\s*metrics\((.*)\)\s*", re.DOTALL)
TEXT_FIELDS = {"targets", "fieldConfig", "transformations"}
"""What of a panel is renamed field by field, and not as a text."""

MAX_TEXT_LENGTH = 100


@dataclass
class DocumentRename:
    """Renames what a document holds, and collects the places that are left to a person."""

    renames: Renames
    source: str
    notes: list[Note] = field(default_factory=list)

    def rename(self, document: JsonDict) -> JsonDict:
        """The document with the new names; the argument is not changed."""
        if is_v2_document(document):
            return self._rename_v2(document)
        subject = build_document_subject(document, self.source)
        kinds = list_source_kinds(document)
        panels = iter(subject.panels)
        renamed = convert_panels(
            document, lambda panel: self._rename_panel(panel, next(panels), kinds)
        )
        renamed = self._rename_entries(
            renamed, "templating", lambda entry: self._rename_variable(entry, subject.place, kinds)
        )
        renamed = self._rename_entries(
            renamed,
            "annotations",
            lambda entry: self._rename_annotation(entry, subject.place, kinds),
        )
        self._note_texts(renamed.get("links"), replace(subject.place, panel="links"))
        self._note_texts(renamed.get("description"), subject.place)
        return renamed

    def _rename_v2(self, document: JsonDict) -> JsonDict:
        view = build_view(document)
        renamed_view = self.rename(dict(view))
        if renamed_view != view and find_version(document) == OLD_VERSION:
            place = build_document_subject(view, self.source).place
            self._add_note(
                place, f"its schema {OLD_VERSION} is not rewritten: save it anew in Grafana"
            )
            return document
        return apply_view_changes(document, view, renamed_view)

    def _add_note(self, place: Place, problem: str) -> None:
        self.notes.append(Note(place, problem))

    def _rename_entries(self, document: JsonDict, name: str, rename_entry: Any) -> JsonDict:
        """The document with the variables or the annotations of its list renamed."""
        if not list_entries(document, name):
            return document
        entries = [
            rename_entry(entry) if isinstance(entry, dict) else entry
            for entry in document[name]["list"]
        ]
        return {**document, name: {**document[name], "list": entries}}

    # Panels

    def _rename_panel(self, panel: JsonDict, subject: Panel, kinds: Mapping[str, str]) -> JsonDict:
        targets = panel.get("targets")
        if isinstance(targets, list) and targets:
            panel = self._rename_targets(panel, targets, subject.place, kinds)
        self._note_texts(
            {name: value for name, value in panel.items() if name not in {"targets", "panels"}},
            subject.place,
        )
        return panel

    def _rename_targets(
        self, panel: JsonDict, targets: list[Any], place: Place, kinds: Mapping[str, str]
    ) -> JsonDict:
        is_promql = [
            isinstance(target, dict) and is_promql_target(target, panel, kinds)
            for target in targets
        ]
        queries = list(compress(targets, is_promql))
        others = list(compress(targets, map(not_, is_promql)))
        for target in others:
            self._note_texts(target, place, "a query that is no PromQL")
        rewritings = self._rewrite_in_new_unit(panel, queries) if not others else None
        converted_panel = (
            convert_panel_unit(panel, self.renames.unit)
            if rewritings and self.renames.unit
            else None
        )
        if rewritings is None or converted_panel is None:
            rewritings = [self._rewrite(target, place) for target in queries]
        else:
            panel = converted_panel
        pairs = list(zip(queries, rewritings, strict=True))
        if all(rewriting is None or rewriting.text == query["expr"] for query, rewriting in pairs):
            return panel
        panel = self._rename_bounds(panel, rewritings, place)
        new_targets = iter(self._rename_target(query, rewriting) for query, rewriting in pairs)
        panel = {
            **panel,
            "targets": [
                next(new_targets) if is_query else target
                for target, is_query in zip(targets, is_promql, strict=True)
            ],
        }
        return self._rename_panel_labels(panel, rewritings)

    def _rewrite_in_new_unit(
        self, panel: JsonDict, queries: list[JsonDict]
    ) -> list[Rewriting | None] | None:
        """The queries of a panel in the new unit; None where not all of them can be."""
        if self.renames.unit is None or convert_panel_unit(panel, self.renames.unit) is None:
            return None
        try:
            rewritings = [
                rewrite_expression(target["expr"], self.renames, is_value_kept=False)
                for target in queries
            ]
        except RenameError:
            return None
        is_even = bool(rewritings) and all(rewriting.degree == 1 for rewriting in rewritings)
        return [*rewritings] if is_even else None

    def _rewrite(self, target: JsonDict, place: Place) -> Rewriting | None:
        query_place = replace(place, query=str(target.get("refId", "")))
        return self._rewrite_text(target["expr"], query_place)

    def _rewrite_text(self, text: str, place: Place) -> Rewriting | None:
        """An expression whose numbers stay what they are; None where a person has to change it."""
        try:
            return rewrite_expression(text, self.renames)
        except RenameError as error:
            self._add_note(place, f"its expression has to be changed by hand: {error}")
            return None

    def _rename_bounds(
        self, panel: JsonDict, rewritings: list[Rewriting | None], place: Place
    ) -> JsonDict:
        """The panel with the unit of its buckets, where its queries return them."""
        if self.renames.unit is None or not any(
            rewriting and rewriting.has_bounds for rewriting in rewritings
        ):
            return panel
        converted_panel = (
            convert_bounds_unit(panel, self.renames.unit)
            if all(rewriting and rewriting.has_bounds for rewriting in rewritings)
            else None
        )
        if converted_panel is None:
            unit = self.renames.unit.new
            self._add_note(place, f"it shows bounds of buckets, which are in {unit} now")
        return converted_panel or panel

    def _rename_target(self, target: JsonDict, rewriting: Rewriting | None) -> JsonDict:
        if rewriting is None or rewriting.text == target["expr"]:
            return target
        legend = target.get("legendFormat")
        renamed = {**target, "expr": rewriting.text}
        if isinstance(legend, str):
            labels = {label: self.renames.labels[label] for label in rewriting.labels}
            renamed["legendFormat"] = rename_legend(legend, labels)
        return renamed

    def _rename_panel_labels(self, panel: JsonDict, rewritings: list[Rewriting | None]) -> JsonDict:
        """The panel with the labels of its results renamed in links, overrides and the like."""
        labels = {
            label: self.renames.labels[label]
            for rewriting in rewritings
            if rewriting
            for label in rewriting.labels
        }
        if not labels:
            return panel
        renamed: JsonDict = {
            name: value if name in TEXT_FIELDS else rename_texts(value, labels)
            for name, value in panel.items()
        }
        if isinstance(panel.get("transformations"), list):
            renamed["transformations"] = rename_field_names(panel["transformations"], labels)
        field_config = panel.get("fieldConfig")
        if isinstance(field_config, dict):
            renamed["fieldConfig"] = _rename_field_config(field_config, labels)
        return renamed

    # Variables and annotations

    def _rename_variable(
        self, variable: JsonDict, place: Place, kinds: Mapping[str, str]
    ) -> JsonDict:
        name = f"variable {variable.get('name', '?')}"
        variable_place = replace(place, panel=name)
        is_prometheus = is_prometheus_source(variable.get("datasource"), kinds)
        if variable.get("type") == "query" and is_prometheus:
            return self._rename_query_variable(variable, variable_place)
        if variable.get("type") == "adhoc" and is_prometheus and not self.renames.metrics:
            return _rename_filters(variable, self.renames.labels)
        self._note_texts(variable, variable_place)
        return variable

    def _rename_query_variable(self, variable: JsonDict, place: Place) -> JsonDict:
        query = variable.get("query")
        text = query.get("query") if isinstance(query, dict) else query
        if not isinstance(text, str):
            self._note_texts(query, place)
            return variable
        try:
            new_text = self._rename_variable_query(text)
        except RenameError as error:
            self._add_note(place, f"its query has to be changed by hand: {error}")
            return variable
        if new_text == text:
            return variable
        renamed = {**variable, "query": new_text}
        if isinstance(query, dict):
            renamed["query"] = {**self._rename_query_fields(query), "query": new_text}
        if variable.get("definition") == text:
            renamed["definition"] = new_text
        regex = variable.get("regex")
        if isinstance(regex, str):
            for old, new in self.renames.labels.items():
                regex = re.sub(rf'(?<![\w.]){re.escape(old)}(?=\\?="?)', new, regex)
            renamed["regex"] = regex
        return renamed

    def _rename_variable_query(self, text: str) -> str:
        if match := LABEL_VALUES.fullmatch(text):
            return self._rename_label_values(text, match)
        if match := QUERY_RESULT.fullmatch(text):
            rewriting = rewrite_expression(match[1], self.renames)
            return text[: match.start(1)] + rewriting.text + text[match.end(1) :]
        if match := METRICS_FUNCTION.fullmatch(text):
            for name in self.renames.metrics:
                if find_word(name, match[1]):
                    raise RenameError("it lists metrics by a pattern")
            return text
        if has_old_name(text, self.renames) and any(
            find_word(name, text) for name in self.renames.metrics
        ):
            raise RenameError("it is no query that is known here")
        return text

    def _rename_label_values(self, text: str, match: re.Match[str]) -> str:
        """`label_values(series, label)`; both names are one selector with a pattern."""
        series, label = match["series"] or "", match["label"].strip('"')
        new_label = self.renames.labels.get(label)
        if not series:
            if new_label is None or self.renames.metrics:
                return text
            if self.renames.is_both:
                raise RenameError("it lists the values of one label")
            return text[: match.start("label")] + new_label + text[match.end("label") :]
        single = replace(self.renames, is_both=False, unit=None)
        new_series = rewrite_expression(series, single).text
        is_label_renamed = new_label is not None and self._is_own_label(series)
        if new_series == series and not is_label_renamed:
            return text
        if self.renames.is_both:
            if is_label_renamed or (
                self.renames.labels and any(find_word(old, series) for old in self.renames.labels)
            ):
                raise RenameError("it lists the values of one label")
            new_series = self._join_selectors(series)
        edits = [(match.start("series"), match.end("series"), new_series)]
        if is_label_renamed and new_label is not None:
            edits.append((match.start("label"), match.end("label"), new_label))
        for start, end, new_text in reversed(edits):
            text = text[:start] + new_text + text[end:]
        return text

    def _is_own_label(self, series: str) -> bool:
        """Whether a selector is of metrics whose labels are renamed."""
        from tailboard.queries.parser.promql import find_selectors, parse_expression

        tree = parse_expression(series).tree
        selectors = find_selectors(tree) if tree is not None else []
        return bool(selectors) and all(
            self.renames.has_metric(selector.name) for selector in selectors
        )

    def _join_selectors(self, series: str) -> str:
        """One selector for a metric under both names."""
        match = re.fullmatch(r"\s*([\w:.]+)\s*(?:\{(.*)\})?\s*", series, re.DOTALL)
        new_name = self.renames.find_new_name(match[1]) if match else None
        if match is None or new_name is None:
            raise RenameError("its series cannot be selected under two names")
        if new_name == match[1]:
            return series
        names = "|".join(name.replace(".", "[.]") for name in (new_name, match[1]))
        matchers = f", {match[2].strip()}" if match[2] and match[2].strip() else ""
        return f'{{__name__=~"{names}"{matchers}}}'

    def _rename_query_fields(self, query: JsonDict) -> JsonDict:
        """The fields that Grafana's editor keeps beside the text of a variable's query."""
        renamed = dict(query)
        metric = query.get("metric")
        if isinstance(metric, str) and (new_name := self.renames.find_new_name(metric)):
            renamed["metric"] = new_name
        if isinstance(metric, str) and not self.renames.has_metric(metric):
            return renamed
        label = query.get("label")
        if isinstance(label, str):
            renamed["label"] = self.renames.labels.get(label, label)
        return _rename_filters(renamed, self.renames.labels, "labelFilters", "label")

    def _rename_annotation(
        self, annotation: JsonDict, place: Place, kinds: Mapping[str, str]
    ) -> JsonDict:
        annotation_place = replace(place, panel=f"annotation {annotation.get('name', '?')}")
        if not is_prometheus_source(annotation.get("datasource"), kinds):
            self._note_texts(annotation, annotation_place, "a query that is no PromQL")
            return annotation
        renamed = dict(annotation)
        labels: dict[str, str] = {}
        target = annotation.get("target")
        for holder in (renamed, dict(target) if isinstance(target, dict) else None):
            text = holder.get("expr") if holder is not None else None
            if holder is None or not isinstance(text, str) or not text.strip():
                continue
            if rewriting := self._rewrite_text(text, annotation_place):
                holder["expr"] = rewriting.text
                labels |= {label: self.renames.labels[label] for label in rewriting.labels}
                if holder is not renamed:
                    renamed["target"] = holder
        for name in ("titleFormat", "textFormat"):
            if isinstance(annotation.get(name), str):
                renamed[name] = rename_legend(annotation[name], labels)
        tag_keys = annotation.get("tagKeys")
        if isinstance(tag_keys, str):
            renamed["tagKeys"] = ",".join(
                labels.get(key.strip(), key) for key in tag_keys.split(",")
            )
        return renamed

    # Texts

    def _note_texts(self, value: Any, place: Place, kind: str = "a text") -> None:
        """Note every text below a value that names a metric under its old name."""
        for text in _list_texts(value):
            for name, new_name in self.renames.metrics.items():
                if name != new_name and (match := find_word(name, text)):
                    self._add_note(place, f"{kind} names {match[0]}: {_shorten(text)}")
                    break


def _rename_field_config(field_config: JsonDict, labels: Mapping[str, str]) -> JsonDict:
    renamed = rename_texts(field_config, labels)
    overrides = renamed.get("overrides")
    if isinstance(overrides, list):
        renamed["overrides"] = [
            {**override, "matcher": rename_field_names(override["matcher"], labels)}
            if isinstance(override, dict) and isinstance(override.get("matcher"), dict)
            else override
            for override in overrides
        ]
    return dict(renamed)


def _rename_filters(
    holder: JsonDict, labels: Mapping[str, str], name: str = "filters", key: str = "key"
) -> JsonDict:
    """A list of filters by label, of an ad hoc variable or of a variable's query."""
    filters = holder.get(name)
    if not isinstance(filters, list):
        return holder
    return {
        **holder,
        name: [
            {**entry, key: labels.get(entry[key], entry[key])}
            if isinstance(entry, dict) and isinstance(entry.get(key), str)
            else entry
            for entry in filters
        ],
    }


def _list_texts(value: Any) -> Iterator[str]:
    values = [value]
    while values:
        item = values.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            values += item.values()
        elif isinstance(item, list):
            values += item


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT_LENGTH else f"{line[: MAX_TEXT_LENGTH - 3]}..."
