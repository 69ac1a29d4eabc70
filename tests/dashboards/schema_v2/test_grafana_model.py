"""Grafana's own model of schema v2 knows every field of every document, and its type."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboardv2beta1 import Dashboard as Model

from tailboard.dashboards import Dashboard, build_document
from tailboard.dashboards.dashboard import Layout
from tailboard.dashboards.document import list_row_layouts
from tailboard.dashboards.library import build_service_dashboards
from tailboard.dashboards.schema_v2.convert import convert_document
from tailboard.dashboards.schema_v2.resource import build_spec
from tailboard.panels.conventions import CONVENTIONS
from tests.dashboards.sample_dashboards import (
    Json,
    build_library_documents,
    find_lost_values,
)
from tests.dashboards.test_grafana_model import find_type_errors
from tests.dashboards.test_tabs import ROWS, build_service

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
READ_AS_A_PANELS_QUERY = "the model reads a variable's query as one of a panel"
UNKNOWN_TO_THE_MODEL = {
    ".variables[].spec.query.spec.qryType": READ_AS_A_PANELS_QUERY,
    ".variables[].spec.query.spec.query": READ_AS_A_PANELS_QUERY,
}
"""Fields that the model lacks, and why they are written anyway."""


@pytest.fixture(autouse=True, scope="module")
def _model_plugins() -> None:
    """Teach the model Grafana's own kinds of panels and queries."""
    plugins.register_default_plugins()


def build_model(spec: Json) -> Model:
    """The spec in Grafana's model; the model keeps what it is given, so that it gets a copy.

    Its reader makes a set of the type and of the version of a panel, each with one item.
    """
    model = Model.from_json(json.loads(json.dumps(spec)))
    for element in model.elements.values():
        if viz_config := getattr(element.spec, "viz_config", None):
            viz_config.group, viz_config.version = map(
                unwrap_set, (viz_config.group, viz_config.version)
            )
    return model


def unwrap_set(value: Any) -> Any:
    """The one item of a set; what is no set stays."""
    return next(iter(value)) if isinstance(value, set) else value


def find_unknown_fields(spec: Json) -> Iterator[tuple[str, Any]]:
    """What the model does not know."""
    yield from find_lost_values(spec, json.loads(json.dumps(build_model(spec), cls=JSONEncoder)))


def build_tab_specs() -> Iterator[Json]:
    """The specs of dashboards with tabs: one of each convention, and ours of all features."""
    service = build_service(one_dashboard=True)
    repeated_rows = [replace(row, repeat="job") for row in ROWS]
    dashboards = [
        Dashboard("D", rows=rows, layout=layout)
        for rows in (ROWS, repeated_rows)
        for layout in LAYOUTS
    ]
    for convention in CONVENTIONS:
        dashboards += build_service_dashboards(replace(service, convention=convention))
    for dashboard in dashboards:
        document = convert_document(build_document(dashboard), list_row_layouts(dashboard))
        yield build_spec(document)


@pytest.mark.slow
def test_grafanas_model_knows_every_field_of_the_library_in_schema_v2() -> None:
    for name, document in build_library_documents().items():
        spec = build_spec(convert_document(document))
        unknown_fields = {path for path, _ in find_unknown_fields(spec)}
        assert unknown_fields <= set(UNKNOWN_TO_THE_MODEL), name
        assert list(find_type_errors(build_model(spec), Model, name)) == []


def test_grafanas_model_knows_every_field_of_dashboards_with_tabs() -> None:
    for spec in build_tab_specs():
        assert {path for path, _ in find_unknown_fields(spec)} <= set(UNKNOWN_TO_THE_MODEL)
        assert list(find_type_errors(build_model(spec), Model)) == []


@pytest.mark.parametrize(
    "change", [{"titel": "A"}, {"timeSettings": {"form": "now"}}, {"layout": {"kind": "Grid"}}]
)
def test_an_unknown_field_or_kind_is_found(change: Json) -> None:
    """What finds nothing in our documents does find something."""
    spec = build_spec(convert_document(build_document({"title": "T", "uid": "t"})))
    try:
        problems = [*find_unknown_fields({**spec, **change})]
    except (KeyError, TypeError, ValueError):
        return
    assert problems
