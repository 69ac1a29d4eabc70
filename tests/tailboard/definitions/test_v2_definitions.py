"""A dashboard of Grafana's schema v2 is a definition: every command that reads one works on it."""

import json
import re

import pytest

from tests.dashboards.schema_v2.sample_documents import (
    Json,
    build_grid,
    build_panel_element,
    build_resource,
    build_spec,
    build_tabs_spec,
)
from tests.workspace import Workspace


@pytest.fixture
def v2_workspace(workspace: Workspace) -> Workspace:
    """A folder with one dashboard of schema v2."""
    workspace.write_file("orders.json", json.dumps(build_resource(build_tabs_spec())))
    return workspace


def read_json(workspace: Workspace, name: str) -> Json:
    content: Json = json.loads((workspace.root / name).read_bytes())
    return content


def test_build_writes_the_resource_with_its_spec_unchanged(v2_workspace: Workspace) -> None:
    v2_workspace.run_build("orders.json")
    resource = read_json(v2_workspace, "dist/dashboards/orders.json")
    assert resource == build_resource(build_tabs_spec())


def test_what_build_wrote_builds_to_the_same_bytes(v2_workspace: Workspace) -> None:
    v2_workspace.run_build("orders.json")
    content = (v2_workspace.root / "dist/dashboards/orders.json").read_bytes()
    v2_workspace.write_file("again.json", content)
    v2_workspace.run_build("again.json", "--out", "again")
    assert (v2_workspace.root / "again/dashboards/orders.json").read_bytes() == content


def test_provisioning_gets_the_resource_too(v2_workspace: Workspace) -> None:
    v2_workspace.run_build("orders.json", "--format", "provisioning")
    resource = read_json(v2_workspace, "dist/provisioning/dashboards/tailboard/orders.json")
    assert resource == build_resource(build_tabs_spec())


def test_a_format_that_cannot_hold_it_says_so_by_name(v2_workspace: Workspace) -> None:
    run = v2_workspace.run_build("orders.json", "--format", "import", "--format", "rules")
    assert "the format import cannot hold a dashboard of Grafana's schema v2" in run.stderr
    assert "the format rules" not in run.stderr
    assert not (v2_workspace.root / "dist/import").exists()


def test_list_names_it(v2_workspace: Workspace) -> None:
    run = v2_workspace.run_tailboard("list", "orders.json", "--json")
    assert [(row["name"], row["summary"]) for row in run.json["entries"]] == [("orders", "Orders")]


def test_docs_has_a_page_with_its_tabs_and_panels(v2_workspace: Workspace) -> None:
    assert v2_workspace.run_tailboard("docs", "orders.json").exit_code == 0
    page = (v2_workspace.root / "handbook/dashboards/orders.md").read_text()
    headings = [line for line in page.splitlines() if line.startswith("##")]
    assert headings == [
        "## Overview",
        "### Up",
        "## Routes",
        "## Speed",
        "### Latency",
        "## Errors",
        "### Errors",
        "### Traffic",
        "## Database",
        "### Pool",
    ]


def test_check_looks_at_every_query(v2_workspace: Workspace) -> None:
    v2_workspace.write_file("metrics.txt", "# TYPE other gauge\nother 1\n")
    run = v2_workspace.run_tailboard("check", "orders.json", "--metrics", "metrics.txt", "--json")
    panels = [query["place"]["panel"] for query in run.json["queries"]]
    assert panels == ["Up", "Latency", "Errors", "Traffic", "Pool"]


def test_lint_reports_places_and_panels_without_each_other(workspace: Workspace) -> None:
    spec = build_spec(build_grid("panel-9"), {"panel-1": build_panel_element(1, "Lost", "up")})
    workspace.write_file("orders.json", json.dumps(build_resource(spec)))
    run = workspace.run_tailboard("lint", "orders.json", "--json")
    findings = {finding["rule"]: finding for finding in run.json["findings"]}
    assert findings["missing-element"]["severity"] == "error"
    assert "'panel-9'" in findings["missing-element"]["problem"]
    assert findings["unplaced-panel"]["severity"] == "warning"
    assert findings["unplaced-panel"]["place"]["panel"] == "Lost"


def test_it_takes_the_place_of_the_dashboard_with_its_uid(workspace: Workspace) -> None:
    workspace.write_file(
        "orders.py",
        """
        from tailboard import Dashboard

        dashboard = Dashboard("Orders", uid="orders")
        """,
    )
    workspace.write_file("orders.json", json.dumps(build_resource(build_tabs_spec())))
    run = workspace.run_build("orders.py", "orders.json")
    assert "orders.json takes the place of 'Orders'" in run.stderr
    resource = read_json(workspace, "dist/dashboards/orders.json")
    assert resource["spec"] == build_tabs_spec()


@pytest.mark.parametrize("version", ["v1beta1", "v0alpha1", "v2beta1/..", "v2\x1b[31m", "V2", "2"])
def test_a_version_that_schema_v2_does_not_have_is_refused(
    workspace: Workspace, version: str
) -> None:
    resource = build_resource(build_tabs_spec())
    resource["apiVersion"] = f"dashboard.grafana.app/{version}"
    workspace.write_file("orders.json", json.dumps(resource))
    run = workspace.run_tailboard("build", "orders.json")
    assert run.exit_code == 2
    assert "which is not one of dashboards of schema v2" in run.stderr
    assert "\x1b" not in run.output


@pytest.mark.parametrize("version", ["v2alpha1", "v2beta1", "v2", "v3alpha0", "v10"])
def test_a_version_that_is_not_known_yet_goes_out_unchanged(
    workspace: Workspace, version: str
) -> None:
    resource = build_resource(build_tabs_spec())
    resource["apiVersion"] = f"dashboard.grafana.app/{version}"
    workspace.write_file("orders.json", json.dumps(resource))
    workspace.run_build("orders.json")
    assert read_json(workspace, "dist/dashboards/orders.json") == resource


def test_panels_beside_elements_are_refused_and_not_lost(workspace: Workspace) -> None:
    resource = build_resource({**build_tabs_spec(), "panels": []})
    workspace.write_file("orders.json", json.dumps(resource))
    run = workspace.run_tailboard("build", "orders.json")
    assert run.exit_code == 2
    assert "it has `panels`, of Grafana's schema v1, beside `elements`" in run.stderr


@pytest.mark.parametrize("command", [["build"], ["lint"], ["docs"], ["list"]])
def test_a_key_that_stands_twice_is_refused_and_no_value_lost(
    workspace: Workspace, command: list[str]
) -> None:
    text = json.dumps(build_resource(build_tabs_spec()))
    workspace.write_file("orders.json", text[:-1] + ', "spec": {"title": "Other", "elements": {}}}')
    run = workspace.run_tailboard(*command, "orders.json")
    assert run.exit_code == 2
    assert "the key 'spec' stands 2 times in one object" in run.stderr
    assert run.stderr.count("Tip:") == 1


@pytest.mark.parametrize("depth", [50, 100, 10_000])
def test_layouts_nested_without_end_are_refused_in_words(workspace: Workspace, depth: int) -> None:
    row = '{"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"layout": '
    layout = row * depth + json.dumps(build_grid()) + "}}]}}" * depth
    text = json.dumps(build_resource(build_spec({"kind": "LAYOUT"}, {})))
    workspace.write_file("orders.json", text.replace('{"kind": "LAYOUT"}', layout))
    run = workspace.run_tailboard("build", "orders.json")
    assert run.exit_code == 2
    assert "the JSON is nested too deep" in run.stderr
    assert "recursion" not in run.output.lower()


ONE_DASHBOARD = """
from tailboard import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

services = [
    Service(
        "orders",
        selector={"job": "orders-api"},
        convention=PROMETHEUS_CLIENT,
        objectives=Objectives(latency={0.99: 1.0}, availability=0.999),
        one_dashboard=True,
    )
]
"""


def test_one_dashboard_of_tabs_is_built_and_has_nothing_to_complain_about(
    workspace: Workspace,
) -> None:
    workspace.write_file("orders.py", ONE_DASHBOARD)
    workspace.run_build("orders.py", "--format", "v2", "--format", "rules")
    spec = read_json(workspace, "dist/v2/orders-overview.json")["spec"]
    assert [tab["spec"]["title"] for tab in spec["layout"]["spec"]["tabs"]][:3] == [
        "Overview",
        "Objectives",
        "Routes",
    ]
    run = workspace.run_tailboard("lint", "orders.py", "--json", "--fail-on", "nothing")
    assert "orders-overview" not in run.stdout


def test_alerts_open_their_panels_on_the_one_dashboard(workspace: Workspace) -> None:
    workspace.write_file("orders.py", ONE_DASHBOARD)
    options = ["--format", "v2", "--format", "rules", "--grafana-url", "https://g.example.org"]
    workspace.run_build("orders.py", *options)
    elements = read_json(workspace, "dist/v2/orders-overview.json")["spec"]["elements"]
    text = (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    links = set(re.findall(r"/d/([\w-]+)\?viewPanel=(\d+)", text))
    assert links
    assert {uid for uid, _ in links} == {"orders-overview"}
    assert {f"panel-{number}" for _, number in links} <= set(elements)
