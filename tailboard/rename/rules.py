"""Names and units renamed in rule files: expressions, records, templates of alerts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tailboard.findings.finding import Place
from tailboard.lint.alert_template import read_template
from tailboard.lint.rule_files import RULE_FILE_SUFFIXES
from tailboard.lint.rule_files.grafana_rules import is_prometheus_query
from tailboard.lint.rule_files.yaml_documents import (
    Node,
    get_child,
    get_text,
    is_mapping,
    is_scalar,
    is_sequence,
    read_yaml,
)
from tailboard.panels.definition_error import DefinitionError
from tailboard.rename.errors import RenameError, UnevenUnitError
from tailboard.rename.expression import Rewriting, find_word, rewrite_expression
from tailboard.rename.label_texts import rename_template
from tailboard.rename.note import Note
from tailboard.rename.renames import Renames
from tailboard.rename.text_edits import apply_edits
from tailboard.rename.yaml_text import is_same_yaml, list_scalar_edits

Change = tuple[Node, str]
"""A scalar and its new value."""

LIST_KINDS = {"List", "PrometheusRuleList"}


@dataclass
class RuleFileRename:
    """Renames what a rule file holds, and collects the places that are left to a person."""

    renames: Renames
    source: str
    name: str
    notes: list[Note] = field(default_factory=list)

    def rename(self, text: str) -> str:
        """The text with the new names; only the values that change are written anew.

        Raises `DefinitionError` for what is not YAML.
        """
        roots, problem = read_yaml(text.encode("utf-8", "surrogatepass"))
        if problem is not None:
            raise problem
        changes_by_node = {
            id(node): (node, new_value)  # an alias is the node of its anchor
            for root in roots
            for node, new_value in self._list_document_changes(root)
        }
        changes = list(changes_by_node.values())
        edits = []
        for node, new_value in changes:
            scalar_edits = list_scalar_edits(text, node, new_value)
            if scalar_edits is None:
                return self._refuse(text)
            edits += scalar_edits
        new_text = apply_edits(text, edits)
        return new_text if is_same_yaml(roots, changes, new_text) else self._refuse(text)

    def _refuse(self, text: str) -> str:
        self._add_note(
            Place(self.source, self.name),
            "its YAML cannot be written back surely: change it by hand",
        )
        return text

    def _add_note(self, place: Place, problem: str) -> None:
        self.notes.append(Note(place, problem))

    def _list_document_changes(self, root: Node) -> Iterator[Change]:
        """What changes in one YAML document, whoever loads it."""
        kind = get_text(root, "kind")
        if kind in LIST_KINDS:
            for item in _list_items(get_child(root, "items")):
                yield from self._list_document_changes(item)
        elif kind == "ConfigMap":
            yield from self._list_config_map_changes(root)
        else:
            spec = get_child(root, "spec") if kind == "PrometheusRule" else root
            name = get_text(root, "metadata", "name") or self.name
            for group in _list_items(get_child(spec, "groups") if spec is not None else None):
                for rule in _list_items(get_child(group, "rules")):
                    yield from self._list_rule_changes(rule, name)

    def _list_config_map_changes(self, root: Node) -> Iterator[Change]:
        """The rule files that a ConfigMap carries."""
        data = get_child(root, "data")
        for key, value in data.value if data is not None and is_mapping(data) else ():
            if not (is_scalar(key) and is_scalar(value)):
                continue
            inner = RuleFileRename(self.renames, self.source, str(key.value), self.notes)
            if str(key.value).endswith(RULE_FILE_SUFFIXES):
                try:
                    new_value = inner.rename(str(value.value))
                except DefinitionError:
                    continue
                if new_value != value.value:
                    yield value, new_value

    def _list_rule_changes(self, rule: Node, name: str) -> Iterator[Change]:
        if get_child(rule, "data") is not None:
            yield from self._list_grafana_changes(rule, name)
            return
        record = get_child(rule, "record")
        title = get_text(rule, "alert") or get_text(rule, "record") or "rule"
        place = Place(self.source, name, title, get_text(rule, "labels", "severity"))
        expression = get_child(rule, "expr")
        rewriting = None
        if expression is not None and is_scalar(expression):
            rewriting = self._rewrite(
                str(expression.value), place, is_value_kept=self._is_value_used(rule)
            )
            if rewriting is not None and rewriting.text != expression.value:
                yield expression, rewriting.text
        if record is not None and is_scalar(record):
            new_record = self.renames.find_new_name(str(record.value))
            if new_record is not None and new_record != record.value:
                yield record, new_record
        yield from self._list_template_changes(rule, rewriting, place)

    def _is_value_used(self, rule: Node) -> bool:
        """Whether somebody reads the number of a rule's result: other rules, or its texts."""
        return get_child(rule, "record") is not None or any(
            read_template(str(text.value)).has_value for text in _list_texts(rule)
        )

    def _rewrite(self, text: str, place: Place, *, is_value_kept: bool) -> Rewriting | None:
        try:
            if not is_value_kept:
                try:
                    return rewrite_expression(text, self.renames, is_value_kept=False)
                except UnevenUnitError:
                    pass
            return rewrite_expression(text, self.renames)
        except RenameError as error:
            self._add_note(place, f"its expression has to be changed by hand: {error}")
            return None

    def _list_template_changes(
        self, rule: Node, rewriting: Rewriting | None, place: Place
    ) -> Iterator[Change]:
        """The labels and annotations of an alert that show renamed labels."""
        result_labels = rewriting.labels if rewriting is not None else frozenset()
        labels: Mapping[str, str] = {label: self.renames.labels[label] for label in result_labels}
        for text in _list_texts(rule):
            new_text = rename_template(str(text.value), labels)
            if new_text != text.value:
                yield text, new_text
            for old, new in self.renames.metrics.items():
                if old != new and find_word(old, new_text):
                    self._add_note(place, f"a text names {old}: {' '.join(new_text.split())[:100]}")

    def _list_grafana_changes(self, rule: Node, name: str) -> Iterator[Change]:
        """The queries of a rule that Grafana evaluates; its thresholds keep their unit."""
        title = get_text(rule, "title") or "rule"
        rewriting = None
        for query in _list_items(get_child(rule, "data")):
            expression = get_child(query, "model", "expr")
            if expression is None or not is_scalar(expression) or not is_prometheus_query(query):
                continue
            place = Place(self.source, name, title, get_text(query, "refId"))
            rewriting = self._rewrite(str(expression.value), place, is_value_kept=True)
            if rewriting is not None and rewriting.text != expression.value:
                yield expression, rewriting.text
        place = Place(self.source, name, title)
        yield from self._list_template_changes(rule, rewriting, place)


def _list_texts(rule: Node) -> list[Node]:
    """The values of a rule's labels and annotations."""
    return [
        value
        for name in ("labels", "annotations")
        for holder in [get_child(rule, name)]
        for _, value in (holder.value if holder is not None and is_mapping(holder) else ())
        if is_scalar(value)
    ]


def _list_items(node: Node | None) -> list[Node]:
    return list(node.value) if node is not None and is_sequence(node) else []
