"""What a build says, and that the same definitions always make the same bytes."""

import json
from typing import Any

import pytest
import yaml

from tailboard.panels.conventions import CONVENTIONS
from tests.workspace import GOOD_DEFINITION, Workspace, list_contents

DEFINITION = """
from tailboard.dashboards.library import business
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import FASTAPI_INSTRUMENTATOR, PROMETHEUS_CLIENT, PUSHGATEWAY_JOBS

ORDERS = Service(
    "orders",
    {"job": "orders-api"},
    PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999),
)
services = [
    ORDERS,
    Service("shop", {"job": "shop"}, FASTAPI_INSTRUMENTATOR, histograms="both"),
    Service("reports", {"job": "reports"}, PUSHGATEWAY_JOBS),
]
dashboard = business(ORDERS, operations={"Orders": ("orders_total", {"outcome": "ok"})})
"""

ALL_FORMATS = [
    argument for name in ("api", "import", "provisioning") for argument in ("--format", name)
]


def test_a_summary_as_json_says_what_was_done(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    assert workspace.run_build("good.py", "--json").json == {
        "dashboards": 1,
        "notes": [],
        "out": "dist",
        "removed": [],
        "rules": {},
        "schema_version": 1,
        "unchanged": 0,
        "written": ["dashboards/good.json"],
    }


def test_links_that_alerts_lack_are_reported_once_for_all(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    note = "set grafana_url and runbook_url, so that alerts link to their panels and runbooks."
    run = workspace.run_build("shop.py")
    assert run.stderr.count(note) == 1
    assert "_url: " not in (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    run = workspace.run_build("shop.py", "--grafana-url", "https://g", "--runbook-url", "https://w")
    assert "so that alerts link" not in run.stderr
    rules = (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    assert "dashboard_url: https://g/d/" in rules
    assert "runbook_url: https://w" in rules


def test_without_rules_among_the_formats_no_links_are_missing(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    assert "so that alerts link" not in workspace.run_build("shop.py", "--format", "api").stderr


def test_a_summary_for_people_goes_to_stderr(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    run = workspace.run_build("good.py")
    assert not run.stdout
    assert "1 dashboard: 1 file written, 0 unchanged, 0 removed in dist" in run.stderr
    workspace.write_file(
        "more.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('More')"
    )
    assert (
        "2 dashboards: 1 file written, 1 unchanged"
        in workspace.run_build("good.py", "more.py").stderr
    )


def build_alerting_document(reducer: str) -> str:
    """The JSON of a dashboard with a panel that has an alert of old Grafana."""
    condition = {
        "evaluator": {"params": [5], "type": "gt"},
        "query": {"params": ["A", "5m", "now"]},
        "reducer": {"type": reducer},
    }
    panel = {
        "type": "graph",
        "title": "Errors",
        "targets": [{"expr": "errors", "refId": "A"}],
        "alert": {"name": "Too many", "conditions": [condition], "noDataState": "ok"},
    }
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [panel]}
    return json.dumps({"title": "Orders", "uid": "orders", "schemaVersion": 30, "panels": [row]})


def test_the_alert_of_a_panel_is_reported_and_written_as_a_rule(workspace: Workspace) -> None:
    workspace.write_file("old.json", build_alerting_document("avg"))
    run = workspace.run_build("old.json", "--json")
    (note,) = run.json["notes"]
    assert note.startswith("'Orders' in old.json: the panel 'Errors' loses its alert 'Too many'")
    assert "panel-alerts/orders.yaml" in note
    assert note in run.stderr
    text = (workspace.root / "dist/panel-alerts/orders.yaml").read_text("utf-8")
    ((rule,),) = (group["rules"] for group in yaml.safe_load(text)["groups"])
    assert rule["expr"] == "avg_over_time((errors)[5m:]) > 5"
    assert "# 'Too many': The panel's alert fired when its query failed" in text


def test_an_alert_that_no_rule_can_be_is_reported_with_the_reason(workspace: Workspace) -> None:
    workspace.write_file("old.json", build_alerting_document("count"))
    run = workspace.run_build("old.json", "--json")
    (note,) = run.json["notes"]
    assert "there is no Prometheus rule for it" in note
    assert "'count'" in note
    assert run.json["written"] == ["dashboards/orders.json"]


@pytest.mark.parametrize("convention", [convention.name for convention in CONVENTIONS])
def test_the_library_is_built_for_every_convention(convention: str, workspace: Workspace) -> None:
    run = workspace.run_build("--convention", convention, "--json", *ALL_FORMATS)
    assert run.json["dashboards"] == len(workspace.list_uids()) > 0
    assert (
        workspace.run_tailboard(
            "build", "--convention", convention, "--check", *ALL_FORMATS
        ).exit_code
        == 0
    )


def test_two_processes_with_other_hashes_write_the_same_bytes(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    built: list[dict[str, bytes]] = []
    for seed in ("1", "2"):
        run = workspace.run_process("build", "shop.py", *ALL_FORMATS, PYTHONHASHSEED=seed)
        assert run.exit_code == 0, run.output
        built.append(list_contents(workspace.read_state()))
        for path in (workspace.root / "dist").rglob("*.*"):
            path.unlink()
    assert built[0] == built[1]
    assert len(built[0]) > 10


def test_the_order_of_the_definitions_does_not_change_a_document(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.run_build("shop.py", "good.py")
    before = workspace.read_state()
    workspace.run_build("good.py", "shop.py")
    assert workspace.read_state() == before


def test_documents_are_sorted_indented_and_end_with_a_newline(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    workspace.run_build("shop.py")
    for path in (workspace.root / "dist/dashboards").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith('{\n  "annotations": {\n    "')
        assert text.endswith("\n}\n")
        json.loads(text, object_pairs_hook=check_sorted_pairs)


def check_sorted_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, whose keys have to be in order."""
    assert pairs == sorted(pairs, key=lambda pair: pair[0])
    return dict(pairs)


def test_a_document_built_again_from_its_own_json_is_the_same(workspace: Workspace) -> None:
    workspace.write_file("shop.py", DEFINITION)
    workspace.run_build("shop.py", "--out", "once")
    workspace.run_build("once/dashboards/orders-overview.json")
    once = (workspace.root / "once/dashboards/orders-overview.json").read_bytes()
    assert (workspace.root / "dist/dashboards/orders-overview.json").read_bytes() == once


def test_an_import_built_again_from_its_own_json_keeps_its_panels(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.run_build("good.py", "--format", "import", "--out", "once")
    workspace.run_build("once/import/good.json")
    assert list_panel_titles(workspace.read_document("good")) == list_panel_titles(
        workspace.read_document("good", "once/import")
    )


def list_panel_titles(document: dict[str, Any]) -> list[str]:
    return [panel["title"] for panel in document["panels"]]


PEAK_MEMORY_PROGRAM = """
    import sys, tracemalloc
    from tailboard.cli.main import main

    main(["build", "warm.py"])
    tracemalloc.start()
    assert main(["build", "many.py"]) == 0
    print(tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_dashboards(workspace: Workspace) -> None:
    workspace.write_file("warm.py", GOOD_DEFINITION)
    peaks: list[int] = []
    for count in (200, 2000):
        workspace.write_file(
            "many.py",
            f"""
            from tailboard.dashboards import Dashboard, Row
            from tailboard.panels.kinds import text

            def made():
                for n in range({count}):
                    words = f"{{n}} " * 4000
                    yield Dashboard(f"Board {{n}}", rows=[Row("R", [text("Words", words)])])

            dashboards = made()
            """,
        )
        run = workspace.run_process(program=PEAK_MEMORY_PROGRAM)
        assert run.exit_code == 0, run.output
        assert len(workspace.list_uids()) == count
        peaks.append(int(run.stdout))
    small, large = peaks
    # All documents together are 40 MB; what remains of each is its name and its hash.
    assert large - small < 4_000_000, peaks


def test_services_of_two_definitions_stand_in_one_fleet(workspace: Workspace) -> None:
    for name in ("orders", "billing"):
        workspace.write_file(
            f"defs/{name}.py",
            f"""
            from tailboard.panels import Service
            from tailboard.panels.conventions import PROMETHEUS_CLIENT

            services = [Service("{name}", {{"job": "{name}"}}, PROMETHEUS_CLIENT)]
            """,
        )
    assert workspace.run_build("defs").exit_code == 0
    fleet = (workspace.root / "dist/dashboards/fleet.json").read_text("utf-8")
    assert "orders" in fleet
    assert "billing" in fleet


SERVICES_DEFINITION = """
from tailboard.panels import Service
from tailboard.panels.conventions import FLOWER
services = [Service({name!r}, {{"job": {name!r}}}, FLOWER)]
"""


def test_services_of_one_name_in_two_definitions_are_both_named(workspace: Workspace) -> None:
    workspace.write_file("a.py", SERVICES_DEFINITION.format(name="Mail"))
    workspace.write_file("b.py", SERVICES_DEFINITION.format(name="mail"))
    run = workspace.run_tailboard("build", "a.py", "b.py")
    assert run.exit_code == 2
    assert "b.py: dashboard 'Mail / Overview' has the uid 'mail-overview'" in run.stderr
    assert "in a.py" in run.stderr
    assert not (workspace.root / "dist").exists()


def test_a_dashboard_may_not_take_the_uid_of_the_fleet(workspace: Workspace) -> None:
    workspace.write_file("a.py", SERVICES_DEFINITION.format(name="mail"))
    workspace.write_file(
        "b.py", "from tailboard.dashboards import Dashboard\ndashboard = Dashboard('Fleet')\n"
    )
    for order in (("a.py", "b.py"), ("b.py", "a.py")):
        run = workspace.run_tailboard("build", *order)
        assert run.exit_code == 2
        assert "'fleet'" in run.stderr
        assert "in b.py" in run.stderr
        assert "Traceback" not in run.stderr


def test_check_knows_the_fleet_of_several_definitions(workspace: Workspace) -> None:
    for name in ("mail", "pictures"):
        workspace.write_file(f"{name}.py", SERVICES_DEFINITION.format(name=name))
    workspace.run_build("mail.py", "pictures.py")
    assert workspace.run_tailboard("build", "mail.py", "pictures.py", "--check").exit_code == 0
    workspace.write_file("pictures.py", SERVICES_DEFINITION.format(name="photos"))
    run = workspace.run_tailboard("build", "mail.py", "pictures.py", "--check")
    assert run.exit_code == 1
    assert "stale  dist/dashboards/photos-overview.json" in run.stderr
    assert "obsolete  dist/dashboards/pictures-overview.json" in run.stderr


OWN_RULE_DEFINITION = """
from tailboard.alerts import AlertRule, rules_of
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service("orders", {"job": "orders"}, PROMETHEUS_CLIENT, Objectives(availability=0.99))
rules = rules_of(ORDERS).add(
    AlertRule(
        name="Own",
        expression="EXPRESSION",
        severity="warning",
        signal="errors",
        lasting="10m",
        summary="s",
        description="d",
    )
)
"""


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("rate(x) > 0", "expected type matrix"),
        ("sum(x > 0", "parenthesis"),
        ("(" * 5000 + "x" + ")" * 5000, "nested more than"),
    ],
)
def test_an_own_rule_that_is_not_promql_is_refused(
    workspace: Workspace, expression: str, problem: str
) -> None:
    workspace.write_file("orders.py", OWN_RULE_DEFINITION.replace("EXPRESSION", expression))
    run = workspace.run_tailboard("build", "orders.py")
    assert run.exit_code == 2
    assert "the rules of 'orders': the alert rule Own: its expression is not PromQL" in run.stderr
    assert problem in run.stderr
    assert not (workspace.root / "dist").exists()


def test_an_own_rule_that_is_promql_is_written(workspace: Workspace) -> None:
    workspace.write_file("orders.py", OWN_RULE_DEFINITION.replace("EXPRESSION", "up == 0"))
    workspace.run_build("orders.py")
    assert "alert: Own" in (workspace.root / "dist/rules/orders.rules.yaml").read_text()
