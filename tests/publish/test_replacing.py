"""A dashboard's JSON in the place of the one that Python declares: a hand edit that is kept."""

import json

from tests.publish.workshop import Workshop

SERVICE = """
from tailboard.panels import Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT
services = [Service("orders", selector={"job": "orders"}, convention=PROMETHEUS_CLIENT)]
"""
EDITED = {"title": "Orders, edited", "uid": "orders-overview", "panels": []}


def test_json_takes_the_place_of_a_library_dashboard_and_says_so(workshop: Workshop) -> None:
    workshop.write("defs/orders.py", SERVICE)
    before = json.loads(workshop.tailboard("build", "defs", "--json").out)
    workshop.write("defs/pulled.json", json.dumps(EDITED))
    run = workshop.tailboard("build", "defs", "--json")
    assert run.code == 0
    found = json.loads(run.out)
    assert found["dashboards"] == before["dashboards"]
    assert any("defs/pulled.json takes the place of" in it for it in found["notes"])
    built = json.loads((workshop.root / "dist/dashboards/orders-overview.json").read_text())
    assert built["title"] == "Orders, edited"


def test_it_does_so_in_an_envelope_and_of_the_fleet_too(workshop: Workshop) -> None:
    workshop.write("defs/orders.py", SERVICE)
    fleet = {"apiVersion": "dashboard.grafana.app/v1beta1", "metadata": {"name": "fleet"}}
    workshop.write("defs/fleet.json", json.dumps({**fleet, "spec": {"title": "All of it"}}))
    assert workshop.tailboard("build", "defs").code == 0
    built = json.loads((workshop.root / "dist/dashboards/fleet.json").read_text())
    assert built["title"] == "All of it"


def test_two_in_json_of_one_uid_are_still_a_mistake(workshop: Workshop) -> None:
    workshop.write("defs/a.json", json.dumps(EDITED))
    workshop.write("defs/b.json", json.dumps(EDITED))
    run = workshop.tailboard("build", "defs")
    assert run.code == 2
    assert "which 'Orders, edited' in defs/a.json has too" in run.err


def test_what_is_replaced_is_not_judged(workshop: Workshop) -> None:
    workshop.write("defs/orders.py", SERVICE)
    workshop.write("defs/pulled.json", json.dumps(EDITED))
    run = workshop.tailboard("lint", "defs", "--json")
    assert "duplicate-uid" not in run.out


def test_broken_json_is_told_once_where_it_is(workshop: Workshop) -> None:
    workshop.write("defs/orders.py", SERVICE)
    workshop.write("defs/pulled.json", "{")
    run = workshop.tailboard("build", "defs")
    assert run.code == 2
    assert run.err.count("pulled.json") == 1
