"""A dashboard's JSON in the place of the one that Python declares: a hand edit that is kept."""

import json

from tests.workspace import Workspace

SERVICE_DEFINITION = """
from tailboard.panels import Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT
services = [Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)]
"""
EDITED_DOCUMENT = {"title": "Orders, edited", "uid": "orders-overview", "panels": []}


def test_json_takes_the_place_of_a_library_dashboard_and_says_so(workspace: Workspace) -> None:
    workspace.write_file("defs/orders.py", SERVICE_DEFINITION)
    before = json.loads(workspace.run_tailboard("build", "defs", "--json").stdout)
    workspace.write_file("defs/pulled.json", json.dumps(EDITED_DOCUMENT))
    run = workspace.run_tailboard("build", "defs", "--json")
    assert run.exit_code == 0
    report = json.loads(run.stdout)
    assert report["dashboards"] == before["dashboards"]
    assert any("defs/pulled.json takes the place of" in note for note in report["notes"])
    built = json.loads((workspace.root / "dist/dashboards/orders-overview.json").read_text())
    assert built["title"] == "Orders, edited"


def test_it_does_so_in_an_envelope_and_of_the_fleet_too(workspace: Workspace) -> None:
    workspace.write_file("defs/orders.py", SERVICE_DEFINITION)
    fleet = {"apiVersion": "dashboard.grafana.app/v1beta1", "metadata": {"name": "fleet"}}
    workspace.write_file("defs/fleet.json", json.dumps({**fleet, "spec": {"title": "All of it"}}))
    assert workspace.run_tailboard("build", "defs").exit_code == 0
    built = json.loads((workspace.root / "dist/dashboards/fleet.json").read_text())
    assert built["title"] == "All of it"


def test_two_in_json_of_one_uid_are_still_a_mistake(workspace: Workspace) -> None:
    workspace.write_file("defs/a.json", json.dumps(EDITED_DOCUMENT))
    workspace.write_file("defs/b.json", json.dumps(EDITED_DOCUMENT))
    run = workspace.run_tailboard("build", "defs")
    assert run.exit_code == 2
    assert "which 'Orders, edited' in defs/a.json has too" in run.stderr


def test_what_is_replaced_is_not_judged(workspace: Workspace) -> None:
    workspace.write_file("defs/orders.py", SERVICE_DEFINITION)
    workspace.write_file("defs/pulled.json", json.dumps(EDITED_DOCUMENT))
    run = workspace.run_tailboard("lint", "defs", "--json")
    assert "duplicate-uid" not in run.stdout


def test_broken_json_is_told_once_where_it_is(workspace: Workspace) -> None:
    workspace.write_file("defs/orders.py", SERVICE_DEFINITION)
    workspace.write_file("defs/pulled.json", "{")
    run = workspace.run_tailboard("build", "defs")
    assert run.exit_code == 2
    assert run.stderr.count("pulled.json") == 1
