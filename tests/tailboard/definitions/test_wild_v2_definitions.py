"""Dashboards of schema v2 that Grafana's developers wrote: nothing crashes, nothing is lost."""

import json

import pytest

from tailboard.dashboards.schema_v2.flatten import flatten_document
from tailboard.dashboards.schema_v2.losses import describe_losses, list_losses
from tests.dashboards.schema_v2.wild_documents import list_wild_resources
from tests.workspace import Workspace

pytestmark = [
    pytest.mark.skipif(not list_wild_resources(), reason="GRAFANA_SOURCE names no checkout"),
    pytest.mark.slow,
]


@pytest.fixture
def wild_workspace(workspace: Workspace) -> Workspace:
    """A folder with all of them."""
    for resource in list_wild_resources():
        name = resource["metadata"]["name"]
        workspace.write_file(f"wild/{name}.json", json.dumps(resource))
    return workspace


def test_every_spec_is_built_unchanged(wild_workspace: Workspace) -> None:
    wild_workspace.run_build("wild")
    for resource in list_wild_resources():
        path = wild_workspace.root / "dist/dashboards" / f"{resource['metadata']['name']}.json"
        assert json.loads(path.read_bytes()) == resource


def test_lint_and_docs_and_list_read_all_of_them(wild_workspace: Workspace) -> None:
    run = wild_workspace.run_tailboard("lint", "wild", "--json")
    assert run.exit_code == 1
    assert f"{len(list_wild_resources())} dashboards" in run.stderr
    docs_run = wild_workspace.run_tailboard("docs", "wild")
    assert docs_run.exit_code == 0, docs_run.output
    list_run = wild_workspace.run_tailboard("list", "wild", "--json")
    assert len(list_run.json["entries"]) == len(list_wild_resources())


def test_every_one_becomes_a_dashboard_of_schema_v1_with_a_list_of_losses() -> None:
    for resource in list_wild_resources():
        spec = resource["spec"]
        placed_count = len(flatten_document(spec)["panels"])
        assert placed_count or not spec["elements"]
        assert isinstance(describe_losses(list_losses(spec)), str)
