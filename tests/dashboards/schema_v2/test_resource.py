"""The resource around a document of schema v2, and which version of the schema it is of."""

import pytest

from tailboard.dashboards import build_document
from tailboard.dashboards.document import encode_resource
from tailboard.dashboards.schema_v2.resource import build_resource, find_version, is_v2_document
from tailboard.panels.definition_error import DefinitionError
from tests.dashboards.schema_v2 import sample_documents
from tests.dashboards.schema_v2.sample_documents import (
    Json,
    build_grid,
    build_panel_element,
    build_spec,
    build_tabs_spec,
)


@pytest.mark.parametrize("version", ["v2", "v2alpha1", "v2beta1", "v3alpha0"])
def test_a_resource_goes_out_as_it_came_in(version: str) -> None:
    resource = sample_documents.build_resource(build_tabs_spec(), version)
    assert build_resource(build_document(resource)) == resource


def test_nothing_of_a_spec_is_lost_or_added() -> None:
    spec = build_spec(build_grid(), {}, editable=None, later={"field": [1.5, None]})
    assert build_resource(build_document(spec))["spec"] == spec


def test_the_bytes_of_a_resource_are_sorted_and_end_with_a_newline() -> None:
    document = build_document(build_tabs_spec())
    text = encode_resource(document).decode()
    assert text.startswith('{\n  "apiVersion": "dashboard.grafana.app/v2beta1",\n  "kind"')
    assert text.endswith("}\n")
    assert (
        encode_resource(build_document(dict(reversed(build_tabs_spec().items())))).decode() == text
    )


def test_a_spec_without_a_name_gets_the_uid_of_its_title() -> None:
    assert build_document(build_tabs_spec())["uid"] == "orders"


def build_transformed(**transformation: object) -> Json:
    element = build_panel_element(1, "P", "up")
    element["spec"]["data"]["spec"]["transformations"] = [transformation]
    return build_spec(build_grid("panel-1"), {"panel-1": element})


def build_alpha() -> Json:
    element = build_panel_element(1, "P", "up", vizConfig={"kind": "stat", "spec": {}})
    return build_spec(build_grid("panel-1"), {"panel-1": element})


@pytest.mark.parametrize(
    ("spec", "version"),
    [
        (build_tabs_spec(), "v2beta1"),
        (build_alpha(), "v2alpha1"),
        (build_transformed(kind="merge", spec={"id": "merge", "options": {}}), "v2beta1"),
        (build_transformed(kind="Transformation", group="merge", spec={"options": {}}), "v2"),
    ],
)
def test_the_version_of_a_bare_spec_follows_from_how_it_is_written(
    spec: Json, version: str
) -> None:
    assert find_version(spec) == version
    assert find_version({**spec, "apiVersion": "dashboard.grafana.app/v2"}) == "v2"


def test_schema_v1_is_told_from_schema_v2() -> None:
    assert is_v2_document(build_tabs_spec())
    assert is_v2_document({"layout": {}})
    assert not is_v2_document({"panels": [], "elements": {}})
    assert not is_v2_document({"title": "Orders"})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"elements": []}, r"elements is \[\], not an object"),
        ({"elements": {"a": 1}}, "element 'a': it is 1, not an object"),
        ({"elements": {"a": {"kind": "Panel"}}}, "element 'a': spec of it is None"),
        ({"layout": {"kind": "GridLayout"}}, "layout: spec of it is None"),
        ({"layout": {"kind": "TabsLayout", "spec": {"tabs": [{"spec": {}}]}}}, "layout: kind"),
        ({"variables": {}}, "variables is {}, not a list"),
        ({"annotations": [1]}, r"annotations\[\] is 1, not an object"),
        ({"title": ""}, "title is empty"),
        ({"apiVersion": "v1"}, "apiVersion is 'v1'"),
        ({"uid": "a b"}, "uid 'a b'"),
    ],
)
def test_what_has_another_shape_is_refused_with_its_place(change: Json, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        build_document({**build_tabs_spec(), **change})


def test_a_layout_or_elements_may_be_missing() -> None:
    for name in ("elements", "layout"):
        spec = build_tabs_spec()
        del spec[name]
        assert build_resource(build_document(spec))["spec"] == spec
        assert build_resource(build_document({**spec, name: None}))["spec"][name] is None
