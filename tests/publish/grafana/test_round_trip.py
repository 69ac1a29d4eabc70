"""A plan right after publishing is empty, whatever the documents are like."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.publish.grafana.publisher import Document, Publisher
from tests.slow_marks import mark_slow

GRAFANALIB_DEFINITION = """
from grafanalib.core import BarGauge, Dashboard, GaugePanel, Graph, Heatmap, Stat, Table, Target
from grafanalib.core import Template, Templating, Text, Threshold, Time, TimeSeries

JOB = Template(name="job", dataSource="prometheus", query="label_values(up, job)")

dashboard = Dashboard(
    title="Old habits",
    uid="old-habits",
    time=Time("now-6h", "now"),
    templating=Templating([JOB]),
    panels=[
        TimeSeries(title="T", targets=[Target(expr="up", refId="A")]),
        Stat(title="S", thresholds=[Threshold("red", 0, 1.5)], targets=[Target(expr="up")]),
        Graph(title="G", targets=[Target(expr="up"), Target(expr="down")]),
        Table(title="Ta", targets=[Target(expr="up")]),
        Text(title="W", content="words"),
        Heatmap(title="H", targets=[Target(expr="up")]),
        GaugePanel(title="Ga", targets=[Target(expr="up")]),
        BarGauge(title="B", targets=[Target(expr="up")]),
    ],
).auto_panel_ids()
"""
UP_TARGET = {"expr": "up", "refId": "A"}
THRESHOLD_STEPS = [{"color": "green", "value": None}, {"color": "red", "value": 1.0}]
DOCUMENTS: dict[str, Document] = {
    "bare": {"title": "Bare"},
    "old": {
        "schemaVersion": 16,
        "rows": [
            {"title": "Row", "panels": [{"id": 1, "type": "graph", "title": "G", "span": 6}]},
            {"title": "More", "collapse": True, "panels": [{"id": 2, "type": "singlestat"}]},
        ],
        "templating": {"list": [{"name": "v", "type": "query", "query": "label_values(job)"}]},
    },
    "nulls": {
        "schemaVersion": 42,
        "annotations": None,
        "description": None,
        "links": None,
        "panels": [
            {"type": "stat", "title": None, "targets": [UP_TARGET], "interval": None, "links": None}
        ],
        "refresh": None,
        "tags": None,
        "templating": {"list": None},
        "timepicker": None,
    },
    "numbers": {
        "schemaVersion": 42,
        "fiscalYearStartMonth": 0.0,
        "panels": [
            {
                "type": "timeseries",
                "title": "N",
                "fieldConfig": {
                    "defaults": {
                        "decimals": 2.0,
                        "max": 1e21,
                        "min": 1e-9,
                        "thresholds": {"mode": "absolute", "steps": THRESHOLD_STEPS},
                    },
                    "overrides": [
                        {
                            "matcher": {"id": "byName", "options": "é\u2028\U0001f600"},
                            "properties": [
                                {"id": "thresholds", "value": {"steps": THRESHOLD_STEPS}}
                            ],
                        }
                    ],
                },
                "targets": [UP_TARGET],
            }
        ],
    },
    "words": {
        "schemaVersion": 42,
        "title": '<Words> & "quotes" \\ \u2028 é 😀',
        "tags": ["b", "a", "b"],
        "timezone": "utc",
        "weekStart": "monday",
        "panels": [{"type": "text", "title": "<b>", "options": {"content": "a\n\tb\u0001"}}],
    },
    "chosen": {
        "schemaVersion": 42,
        "refresh": "1m",
        "panels": [
            {
                "type": "row",
                "title": "R",
                "collapsed": True,
                "panels": [
                    {
                        "type": "timeseries",
                        "title": "In",
                        "targets": [UP_TARGET],
                        "pluginVersion": "9.0.0",
                    }
                ],
            }
        ],
        "templating": {
            "list": [
                {"name": "c", "type": "custom", "query": "a,b", "current": {"text": "a"}},
                {"name": "t", "type": "textbox", "query": "x"},
                {"name": "i", "type": "interval", "query": "1m,5m"},
                {"name": "k", "type": "constant", "query": "z", "hide": 2},
            ]
        },
        "annotations": {"list": [{"name": "Deploys", "expr": "x", "enable": True}]},
        "links": [{"type": "dashboards", "title": "L", "tags": ["a"], "asDropdown": True}],
    },
}


@pytest.fixture(autouse=True)
def default_data_source(publisher: Publisher) -> Iterator[None]:
    """What Grafana 12 puts into old documents that name none; without one it refuses them."""
    source = {"uid": "metrics", "name": "Metrics", "type": "prometheus", "isDefault": True}
    body = {**source, "access": "proxy", "url": "http://127.0.0.1:9", "jsonData": {}}
    assert publisher.grafana.send_request("POST", "/api/datasources", body).ok
    yield
    publisher.grafana.send_request("DELETE", "/api/datasources/uid/metrics")


def check_round_trip(
    publisher: Publisher, *arguments: Any, definitions: str = "definitions"
) -> None:
    """Published once, nothing differs, and nothing is written any more."""
    run = publisher.run_command("publish", *arguments, definitions=definitions)
    assert run.exit_code == 0, run.output
    plan = publisher.run_command("plan", "--exit-code", *arguments, definitions=definitions)
    assert plan.exit_code == 0, plan.output
    uids = list(publisher.grafana.list_documents())
    assert uids
    before = publisher.count_versions(uids[:3])
    assert publisher.run_command("publish", *arguments, definitions=definitions).stdout == ""
    assert publisher.count_versions(uids[:3]) == before


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_hand_made_documents_settle(publisher: Publisher, uid: str) -> None:
    document = {"title": uid.capitalize(), **DOCUMENTS[uid], "uid": uid}
    publisher.workspace.write_file(f"definitions/{uid}.json", json.dumps(document))
    check_round_trip(publisher)


def test_documents_of_grafanalib_settle(publisher: Publisher) -> None:
    publisher.workspace.write_file("definitions/old.dashboard.py", GRAFANALIB_DEFINITION)
    check_round_trip(publisher)


@pytest.mark.parametrize(
    "convention",
    mark_slow(
        [convention.name for convention in CONVENTIONS], ["prometheus_client", "pushgateway_jobs"]
    ),
)
def test_the_library_settles(publisher: Publisher, convention: str) -> None:
    run = publisher.workspace.run_tailboard(
        "publish",
        "--convention",
        convention,
        "--api",
        publisher.grafana.api,
        "--no-data-source-check",
    )
    assert run.exit_code == 0, run.output
    plan = publisher.workspace.run_tailboard(
        "plan", "--convention", convention, "--api", publisher.grafana.api, "--exit-code"
    )
    assert plan.exit_code == 0, plan.output


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_what_is_pulled_settles_without_a_change(publisher: Publisher, uid: str) -> None:
    document = {"title": uid.capitalize(), **DOCUMENTS[uid], "uid": uid}
    publisher.workspace.write_file(f"definitions/{uid}.json", json.dumps(document))
    publisher.run_publish()
    publisher.run_pull("--all")
    assert publisher.run_command("plan", "--exit-code", definitions="pulled").exit_code == 0
