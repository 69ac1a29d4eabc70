"""A document of schema v2 that a hand or a program has mutilated: a mistake, never a traceback."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.alerts.addresses import Addresses
from tailboard.alerts.dashboard_page import render_page
from tailboard.dashboards import build_document
from tailboard.dashboards.document import encode_resource
from tailboard.dashboards.schema_v2.flatten import build_view, flatten_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.dashboards.schema_v2.resource import is_v2_document
from tailboard.lint.engine import lint_subject
from tailboard.lint.rules import LINT_RULES
from tailboard.panels.definition_error import DefinitionError
from tailboard.queries.subject import build_document_subject
from tests.dashboards.schema_v2.sample_documents import (
    HAS_DATA,
    Json,
    build_condition,
    build_constant,
    build_tabs_spec,
)
from tests.example_counts import count_examples

ODD_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ODD_CONTAINERS = st.lists(ODD_VALUES, max_size=2) | st.dictionaries(
    st.sampled_from(["kind", "spec", "items", "title"]), ODD_VALUES, max_size=2
)


FIELD_CONFIG = {
    "defaults": {
        "custom": {"fillOpacity": 3},
        "mappings": [{"options": {"0": {"text": "none"}}, "type": "value"}],
        "thresholds": {"mode": "absolute", "steps": [{"color": "red", "value": 1}]},
        "unit": "s",
    },
    "overrides": [
        {
            "matcher": {"id": "byName", "options": "A"},
            "properties": [{"id": "unit", "value": "s"}],
        }
    ],
}


def build_rich_spec() -> Json:
    """A spec with one of everything that is walked."""
    spec = build_tabs_spec()
    first_panel = next(iter(spec["elements"].values()))["spec"]
    first_panel["vizConfig"]["spec"]["fieldConfig"] = deepcopy(FIELD_CONFIG)
    tab = spec["layout"]["spec"]["tabs"][1]["spec"]
    tab["conditionalRendering"] = build_condition(HAS_DATA)
    tab["variables"] = [build_constant("section")]
    tab["repeat"] = {"mode": "variable", "value": "job"}
    spec["variables"] = [build_constant("outer")]
    library_panel = {"id": 9, "title": "L", "libraryPanel": {"name": "L", "uid": "l"}}
    spec["elements"]["lost"] = {"kind": "LibraryPanel", "spec": library_panel}
    return spec


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every node but the outermost."""
    inner: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    inner += enumerate(value) if isinstance(value, list) else []
    return [
        node_path
        for key, item in inner
        for node_path in ((*path, key), *list_paths(item, (*path, key)))
    ]


PATHS = list_paths(build_rich_spec())


Change = tuple[tuple[Any, ...], Any]
CHANGES = st.lists(
    st.tuples(st.sampled_from(PATHS), ODD_VALUES | ODD_CONTAINERS), min_size=1, max_size=4
)


def mutilate_spec(changes: list[Change]) -> Json:
    """The rich spec with other values at these paths, where the earlier changes left them."""
    spec = build_rich_spec()
    for path, value in changes:
        node: Any = spec
        with suppress(IndexError, KeyError, TypeError):
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = deepcopy(value)
    return spec


@given(CHANGES)
@settings(max_examples=count_examples(300))
def test_a_mutilated_document_is_read_flattened_and_written_or_refused(
    changes: list[Change],
) -> None:
    spec = mutilate_spec(changes)
    before = deepcopy(spec)
    try:
        document = build_document(spec)
        encode_resource(document)
    except DefinitionError:
        return
    flat_document, view = flatten_document(document), build_view(document)
    assert len(view["panels"]) >= len(flat_document["panels"])
    assert isinstance(describe_losses(list_losses(document)), str)
    assert repr(spec) == repr(before)


@given(CHANGES)
@settings(max_examples=count_examples(200))
def test_a_mutilated_document_has_findings_and_a_page(changes: list[Change]) -> None:
    spec = {"title": "Orders", "uid": "orders", **mutilate_spec(changes)}
    if not is_v2_document(spec):
        return
    subject = build_document_subject(spec, "orders.json")
    assert all(finding.problem for finding in lint_subject(subject, LINT_RULES))
    spec |= {"title": "Orders", "uid": "orders"}
    assert render_page(build_view(spec), {}, Addresses()).startswith("# Orders\n")
