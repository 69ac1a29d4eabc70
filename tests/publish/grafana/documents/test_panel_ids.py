"""Documents that differ by the ids of panels alone, in both schemas."""

import copy
from typing import Any

import pytest

from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.publish.grafana.documents.panel_ids import describe_id_changes, replace_panel_ids

Document = dict[str, Any]


def build_document(panel_id: int, **fields: Any) -> Document:
    """A row with two panels, of which the second links to the first."""
    first = {"id": panel_id, "title": "Requests", "type": "stat", "targets": [{"expr": "up"}]}
    link = {"title": "Requests", "url": f"/d/orders?viewPanel=panel-{panel_id}"}
    second = {"id": 9, "title": "Errors", "type": "stat", "links": [link]}
    return {
        "panels": [
            {"id": 8, "title": "Signals", "type": "row", "gridPos": {"y": 0}},
            {**first, "gridPos": {"h": 4, "w": 6, "x": 0, "y": 1}, **fields},
            {**second, "gridPos": {"h": 4, "w": 6, "x": 6, "y": 1}},
        ],
        "title": "Orders",
        "uid": "orders",
    }


def convert_both(old: Document, new: Document, schemas: str) -> tuple[Document, Document]:
    """Both documents in the schemas that are named: `v1 v2`."""
    names = schemas.split()
    old, new = (
        convert_document(document) if name == "v2" else document
        for name, document in zip(names, (old, new), strict=True)
    )
    return old, new


@pytest.mark.parametrize("schemas", ["v1 v1", "v2 v1", "v2 v2"])
def test_panels_that_only_have_another_id_are_the_same(schemas: str) -> None:
    old, new = convert_both(build_document(1), build_document(2), schemas)
    assert describe_id_changes(old, new) == ["panel 'Requests': id 1 -> 2"]


@pytest.mark.parametrize("schemas", ["v1 v1", "v2 v1", "v2 v2"])
@pytest.mark.parametrize(
    "fields",
    [{"title": "All"}, {"gridPos": {"h": 5, "w": 6, "x": 0, "y": 1}}, {"description": "Mine"}],
)
def test_panels_that_differ_besides_are_not(schemas: str, fields: Document) -> None:
    old, new = convert_both(build_document(1), build_document(2, **fields), schemas)
    assert describe_id_changes(old, new) == []


def test_equal_documents_have_no_id_changes() -> None:
    assert describe_id_changes(build_document(1), build_document(1)) == []


def test_the_document_whose_ids_are_replaced_stays_unchanged() -> None:
    document = build_document(1)
    old_document = copy.deepcopy(document)
    assert replace_panel_ids(document, {1: 2}) == build_document(2)
    assert document == old_document
