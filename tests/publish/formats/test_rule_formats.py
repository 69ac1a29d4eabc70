"""Rules as files: Prometheus', promtool's, the operator's, and the runbook."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tailboard.alerts import rules_of
from tailboard.alerts.addresses import Addresses
from tailboard.alerts.groups import build_groups
from tailboard.panels import Objectives
from tailboard.panels.conventions import PROMETHEUS_CLIENT
from tailboard.publish.formats import File, FormatOptions, prometheusrule, rules
from tests.alerts.sample_services import build_objectives, build_service, list_alert_rules
from tests.required_programs import require_program
from tests.workspace import Workspace

SERVICE_DEFINITION = """
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT

ORDERS = Service(
    "orders",
    {"job": "orders-api"},
    PROMETHEUS_CLIENT,
    Objectives(latency={0.95: 1.5}, availability=0.999),
)
"""

RULE_SET = rules_of(build_service(PROMETHEUS_CLIENT))


def render_files(format_: Any) -> dict[str, File]:
    return {str(file.path): file for file in format_.rule_files(RULE_SET, FormatOptions())}


def test_a_build_writes_rules_tests_and_runbook_beside_the_dashboards(workspace: Workspace) -> None:
    workspace.write_file("orders.py", SERVICE_DEFINITION + "services = [ORDERS]\n")
    run = workspace.run_build("orders.py")
    assert "7 dashboards, rules of 1 service: 11 files written" in run.stderr
    for name in (
        "rules/orders.rules.yaml",
        "rules/orders.rules.test.yaml",
        "rules/orders.rules.long.test.yaml",
        "runbooks/orders.md",
    ):
        assert (workspace.root / "dist" / name).is_file()
    assert "11 unchanged" in workspace.run_build("orders.py").stderr


def test_prometheus_accepts_what_a_build_writes_and_its_tests_pass(workspace: Workspace) -> None:
    promtool = require_program("promtool", "prometheus")
    workspace.write_file("orders.py", SERVICE_DEFINITION + "services = [ORDERS]\n")
    workspace.run_build("orders.py")
    folder = workspace.root / "dist" / "rules"
    tests = yaml.safe_load((folder / "orders.rules.test.yaml").read_text())
    assert tests["rule_files"] == ["orders.rules.yaml"]
    for command in (
        ["check", "rules", "orders.rules.yaml"],
        ["test", "rules", "orders.rules.test.yaml"],
    ):
        process = subprocess.run(
            [promtool, *command], cwd=folder, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0, process.stdout + process.stderr


def test_what_somebody_should_know_of_the_rules_is_told_and_written(workspace: Workspace) -> None:
    workspace.write_file("orders.py", SERVICE_DEFINITION + "services = [ORDERS]\n")
    run = workspace.run_build("orders.py", "--json")
    assert "note: orders: P95 within 1.5 s lies between the buckets 1 and 2.5" in run.stderr
    assert run.json["notes"]
    assert run.json["rules"] == {"orders": 17}
    text = (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    assert "# P95 within 1.5 s lies between the buckets" in text


def test_rules_of_a_definition_take_the_place_of_the_services_own(workspace: Workspace) -> None:
    changed = 'rules_of(ORDERS).silence("RestartLoop", because="deployed all day")'
    workspace.write_file(
        "orders.py",
        SERVICE_DEFINITION
        + f"from tailboard.alerts import rules_of\nservices = [ORDERS]\nrules = {changed}\n",
    )
    workspace.run_build("orders.py")
    text = (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    assert "alert: RestartLoop" not in text
    assert "# RestartLoop is silenced: deployed all day" in text
    assert "alert: InstanceDown" in text


def test_rules_alone_are_a_definition(workspace: Workspace) -> None:
    workspace.write_file(
        "orders.py",
        SERVICE_DEFINITION + "from tailboard.alerts import rules_of\nrules = [rules_of(ORDERS)]",
    )
    run = workspace.run_build("orders.py")
    assert "0 dashboards, rules of 1 service" in run.stderr
    (row,) = workspace.run_tailboard("list", "orders.py", "--json").json["entries"]
    assert row["name"] == "orders.rules"
    assert "17 alert rules" in row["summary"]


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ("rules = [ORDERS]", "`rules` holds a Service, which is not the rules of a service"),
        ("rules = 3", "`rules` is a int, not a list"),
        ("rules = [rules_of(ORDERS), rules_of(ORDERS)]", "names those of 'orders' twice"),
        ("rules = rules_of(ORDERS).silence('X', because='y')", "has no rule 'X'"),
    ],
)
def test_wrong_rules_are_refused_with_their_place(
    workspace: Workspace, rules: str, problem: str
) -> None:
    workspace.write_file(
        "orders.py", f"{SERVICE_DEFINITION}\nfrom alerts import rules_of\n{rules}\n"
    )
    run = workspace.run_tailboard("build", "orders.py")
    assert run.exit_code == 2
    assert problem in run.stderr
    assert "orders.py" in run.stderr
    assert "Tip: " in run.stderr


def test_two_services_of_one_name_are_refused(workspace: Workspace) -> None:
    more = "from tailboard.alerts import rules_of\nrules = rules_of(ORDERS)\n"
    workspace.write_file("a.py", SERVICE_DEFINITION + more)
    workspace.write_file("b.py", SERVICE_DEFINITION + more)
    run = workspace.run_tailboard("build", "a.py", "b.py")
    assert run.exit_code == 2
    assert "'orders' has rules already, of another definition" in run.stderr


def test_a_mistake_in_an_objective_names_its_file_and_the_way_out(workspace: Workspace) -> None:
    workspace.write_file(
        "orders.py", SERVICE_DEFINITION.replace("0.95: 1.5", "0.95: 25") + "services = [ORDERS]\n"
    )
    run = workspace.run_tailboard("build", "orders.py")
    assert run.exit_code == 2
    assert "orders.py" in run.stderr
    assert "the largest bucket of http_request_duration_seconds ends at 10 s" in run.stderr
    assert "Tip: promise" in run.stderr
    assert not (workspace.root / "dist" / "rules").exists()


def test_links_lead_where_the_user_says(workspace: Workspace) -> None:
    workspace.write_file("orders.py", SERVICE_DEFINITION + "services = [ORDERS]\n")
    workspace.run_build(
        "orders.py", "--grafana-url", "https://g.example.org", "--runbook-url", "https://w/{alert}"
    )
    text = (workspace.root / "dist/rules/orders.rules.yaml").read_text()
    assert "dashboard_url: https://g.example.org/d/orders-overview?viewPanel=" in text
    assert "runbook_url: https://w/InstanceDown" in text


def test_a_prometheusrule_holds_the_same_groups_as_the_rule_file() -> None:
    (file,) = render_files(prometheusrule.FORMAT).values()
    resource = yaml.safe_load(file.content)
    assert (resource["apiVersion"], resource["kind"]) == (
        *("monitoring.coreos.com/v1", "PrometheusRule"),
    )
    assert resource["metadata"]["name"] == "tailboard-orders"
    plain = yaml.safe_load(render_files(rules.FORMAT)["rules/orders.rules.yaml"].content)
    assert resource["spec"]["groups"] == plain["groups"] == build_groups(RULE_SET, Addresses())


def test_the_operators_own_schema_has_every_field_of_a_rule() -> None:
    """monitoring.coreos.com/v1: what a Rule and a RuleGroup may have, as of operator 0.80."""
    (file,) = render_files(prometheusrule.FORMAT).values()
    for group in yaml.safe_load(file.content)["spec"]["groups"]:
        assert set(group) <= {"name", "interval", "rules", "limit", "partial_response_strategy"}
        for rule in group["rules"]:
            assert set(rule) <= {
                *("alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations")
            }
            assert all(isinstance(value, str) for value in rule["labels"].values())


def test_the_runbook_has_a_heading_that_each_alert_links_to() -> None:
    options = FormatOptions(
        addresses=Addresses("http://localhost:3000", "runbooks/{service}.md#{anchor}")
    )
    files = {str(file.path): file for file in rules.FORMAT.rule_files(RULE_SET, options)}
    page = files["runbooks/orders.md"].content.decode()
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    for rule in list_alert_rules(RULE_SET, options.addresses):
        assert rule["alert"] in headings
        url = rule["annotations"]["runbook_url"]
        assert url == f"runbooks/orders.md#{rule['alert'].lower()}"
    assert "EXPLAIN it and look for a missing index" in page
    assert "(http://localhost:3000/d/orders-overview?viewPanel=" in page


def test_rules_are_written_alike_each_time() -> None:
    again = rules_of(build_service(PROMETHEUS_CLIENT))
    for rule_format in (rules.FORMAT, prometheusrule.FORMAT):
        first = [file.content for file in rule_format.rule_files(RULE_SET, FormatOptions())]
        assert [file.content for file in rule_format.rule_files(again, FormatOptions())] == first


def test_without_labels_to_invent_there_are_no_tests_and_the_file_says_so() -> None:
    from tailboard.panels import Service, matches

    odd = Service("odd", {"job": matches("[^a]{3}")}, PROMETHEUS_CLIENT, Objectives())
    rendered_files = list(rules.FORMAT.rule_files(rules_of(odd), FormatOptions()))
    assert [str(file.path) for file in rendered_files] == [
        "rules/odd.rules.yaml",
        "runbooks/odd.md",
    ]
    assert b"# No unit tests" in rendered_files[0].content
    assert build_objectives(PROMETHEUS_CLIENT).availability == 0.999


def test_a_folder_of_a_build_is_no_definition(workspace: Workspace) -> None:
    workspace.write_file("orders.py", SERVICE_DEFINITION + "services = [ORDERS]\n")
    workspace.run_build(".")
    assert "11 unchanged" in workspace.run_build(".").stderr
    assert Path(workspace.root / "dist").is_dir()
