"""A document of schema v2 that a hand or a program has mutilated: a mistake, never a traceback."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tailboard.dashboards import build_document
from tailboard.dashboards.document import encode_resource
from tailboard.dashboards.schema_v2.flatten import build_view, flatten_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.schema_v2.sample_documents import (
    HAS_DATA,
    Json,
    build_condition,
    build_constant,
    build_tabs_spec,
)

ODD_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
ODD_CONTAINERS = st.lists(ODD_VALUES, max_size=2) | st.dictionaries(
    st.sampled_from(["kind", "spec", "items", "title"]), ODD_VALUES, max_size=2
)


def build_rich_spec() -> Json:
    """A spec with one of everything that is walked."""
    spec = build_tabs_spec()
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


@given(
    st.lists(st.tuples(st.sampled_from(PATHS), ODD_VALUES | ODD_CONTAINERS), min_size=1, max_size=4)
)
@settings(max_examples=300, deadline=None)
def test_a_mutilated_document_is_read_flattened_and_written_or_refused(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    spec: Any = build_rich_spec()
    for path, value in changes:
        node = spec
        with suppress(IndexError, KeyError, TypeError):
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
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
