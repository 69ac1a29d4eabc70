"""A hidden constant variable of a document, which says something to tailboard.

It is the one place in a document that survives the classic API, the new one, and saving in the
browser, in both schemas. Its label and description are for people, whom Grafana shows it as a
variable that nothing uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.dashboards.schema_v2.values import read_object, read_spec
from tailboard.publish.grafana.documents.normalize import find_list

Document = dict[str, Any]


@dataclass(frozen=True)
class HiddenVariable:
    """Its name, and what people read of it."""

    name: str
    label: str
    description: str

    def list_values(self, document: Document) -> list[str]:
        """What a document says in it; a hand edit may have doubled it."""
        return [
            str(_read_fields(variable).get("query"))
            for variable in _list_variables(document)
            if self._is_variable(variable)
        ]

    def strip(self, document: Document) -> Document:
        """The document without it."""
        if not self.list_values(document):
            return document
        variables = [
            variable for variable in _list_variables(document) if not self._is_variable(variable)
        ]
        return _replace_variables(document, variables)

    def add(self, document: Document, value: str) -> Document:
        """The document with it, in place of any that it had."""
        stripped_document = self.strip(document)
        is_v2 = is_v2_document(document)
        variable = self._build_v2(value) if is_v2 else self._build_v1(value)
        return _replace_variables(
            stripped_document, [*_list_variables(stripped_document), variable]
        )

    def _is_variable(self, variable: Any) -> bool:
        return _read_fields(variable).get("name") == self.name

    def _build_v1(self, value: str) -> Document:
        option = {"selected": False, "text": value, "value": value}
        return {
            "current": option,
            "description": self.description,
            "hide": 2,
            "label": self.label,
            "name": self.name,
            "options": [option],
            "query": value,
            "skipUrlSync": True,
            "type": "constant",
        }

    def _build_v2(self, value: str) -> Document:
        return {
            "kind": "ConstantVariable",
            "spec": {
                "current": {"text": value, "value": value},
                "description": self.description,
                "hide": "hideVariable",
                "label": self.label,
                "name": self.name,
                "query": value,
                "skipUrlSync": True,
            },
        }


def _list_variables(document: Document) -> list[Any]:
    is_v2 = is_v2_document(document)
    variables = document.get("variables") if is_v2 else find_list(document, "templating")
    return variables if isinstance(variables, list) else []


def _replace_variables(document: Document, variables: list[Any]) -> Document:
    if is_v2_document(document):
        return {**document, "variables": variables}
    templating = document.get("templating")
    other_fields = templating if isinstance(templating, dict) else {}
    return {**document, "templating": {**other_fields, "list": variables}}


def _read_fields(variable: Any) -> Mapping[str, Any]:
    """The fields of a variable, which schema v2 has in its `spec`."""
    fields = read_object(variable)
    return read_spec(variable) if "spec" in fields else fields
