"""Dashboards and rules in one run: the order of doing, one policy for failures, one rollback."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grafana.conftest import memory_grafana
from tests.grafana.memory import MemoryGrafana
from tests.publish.grafana.publisher import read_run_name
from tests.publish.rulers.conftest import TENANT, clear_environment
from tests.publish.rulers.memory_ruler import MemoryRuler
from tests.publish.rulers.rules_publisher import OWNER, RulesPublisher
from tests.workspace import CommandResult, Workspace

__all__ = ["memory_grafana"]


@pytest.fixture
def ruler() -> Iterator[MemoryRuler]:
    """An empty ruler."""
    with MemoryRuler() as server:
        yield server


@pytest.fixture
def publisher(
    workspace: Workspace,
    memory_grafana: MemoryGrafana,
    ruler: MemoryRuler,
    monkeypatch: pytest.MonkeyPatch,
) -> RulesPublisher:
    """Somebody who publishes a service to a Grafana and a ruler in one run."""
    clear_environment(monkeypatch)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("administrator"))
    monkeypatch.setenv("RULER_URL", ruler.url)
    monkeypatch.setenv("RULER_TENANT", TENANT)
    publisher = RulesPublisher(workspace, ["--rules", "cortex"])
    publisher.declare_service("orders", None)
    return publisher


def publish(publisher: RulesPublisher, *arguments: str, code: int = 0) -> CommandResult:
    """Publish without looking for a data source, which this Grafana does not have."""
    return publisher.run("publish", "--no-data-source-check", *arguments, code=code)


def list_kinds(result: CommandResult, service: str) -> list[str]:
    """What was done for a service, in the order in which it was done; dashboards once."""
    kinds = []
    for line in result.stdout.splitlines():
        if f"'{service}: rates'" in line:
            kinds.append("recording rules")
        elif f"'{service}: alerts'" in line:
            kinds.append("alerts")
        elif f"dashboard '{service.capitalize()} / " in line:
            kinds.append("dashboards")
    return list(dict.fromkeys(kinds))


def test_each_is_there_before_what_needs_it_and_goes_after_it(publisher: RulesPublisher) -> None:
    publisher.declare_service("billing", None)
    created = publish(publisher)
    assert list_kinds(created, "billing") == ["recording rules", "dashboards", "alerts"]
    publisher.delete_definition("billing")
    deleted = publish(publisher, "--prune", "--max-delete", "50")
    assert list_kinds(deleted, "billing") == ["alerts", "dashboards", "recording rules"]


def test_after_a_failure_nothing_else_is_begun_where_that_is_wanted(
    publisher: RulesPublisher, memory_grafana: MemoryGrafana, ruler: MemoryRuler
) -> None:
    ruler.max_rules = 1
    publish(publisher, "--on-error", "abort", code=1)
    assert memory_grafana.list_documents() == {}
    publish(publisher, "--on-error", "continue", code=4)
    assert memory_grafana.list_documents()


def test_one_rollback_undoes_dashboards_and_rules(
    publisher: RulesPublisher, memory_grafana: MemoryGrafana, ruler: MemoryRuler
) -> None:
    published = publish(publisher)
    assert memory_grafana.list_documents()
    publisher.rollback(published)
    assert memory_grafana.list_documents() == {}
    assert ruler.list_names(TENANT, OWNER) == []


def test_without_a_report_only_dashboards_are_undone_and_the_rollback_is_not_complete(
    publisher: RulesPublisher, memory_grafana: MemoryGrafana, ruler: MemoryRuler
) -> None:
    published = publish(publisher)
    shutil.rmtree(publisher.workspace.root / ".tailboard")
    assert publisher.rollback(published, "--dry-run", code=1).stderr.count("--report FILE") == 1
    result = publisher.rollback(published, code=4)
    assert f"{ruler.url}: what that run changed of rules stays" in result.stderr
    assert memory_grafana.list_documents() == {}
    assert len(ruler.list_names(TENANT, OWNER)) == 2


def keep_report(publisher: RulesPublisher) -> Path:
    """Do what CI does with the report of the only run, and forget the rest."""
    root = publisher.workspace.root
    (path,) = (root / ".tailboard" / "runs").iterdir()
    report = Path(shutil.move(path, root / "report.json"))
    shutil.rmtree(root / ".tailboard")
    return report


def test_a_report_that_was_kept_elsewhere_undoes_dashboards_and_rules(
    publisher: RulesPublisher, memory_grafana: MemoryGrafana, ruler: MemoryRuler
) -> None:
    published = publish(publisher)
    report = keep_report(publisher)
    publisher.rollback(published, "--report", str(report))
    assert memory_grafana.list_documents() == {}
    assert ruler.list_names(TENANT, OWNER) == []


def test_a_report_names_its_run(publisher: RulesPublisher, ruler: MemoryRuler) -> None:
    publish(publisher)
    report = str(keep_report(publisher))
    command = ("rollback", "--owner", OWNER, *publisher.options, "--report", report)
    other = publisher.workspace.run_tailboard(*command, "20261120-184800-3fa2c1")
    assert other.exit_code == 2
    assert "is the report of" in other.stderr
    assert publisher.workspace.run_tailboard(*command).exit_code == 0
    assert ruler.list_names(TENANT, OWNER) == []


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"run": 7}', '{"run": "x", "targets": []}'])
def test_what_is_no_report_is_refused(publisher: RulesPublisher, content: str) -> None:
    path = publisher.workspace.write_file("report.json", content)
    result = publisher.workspace.run_tailboard("rollback", "--report", path)
    assert result.exit_code == 2
    assert "Tip: " in result.stderr


def test_on_ci_a_publish_of_rules_says_which_report_to_keep(
    publisher: RulesPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    published = publish(publisher)
    path = Path(".tailboard") / "runs" / f"{read_run_name(published)}.json"
    assert f"keep {path}, as an artifact" in published.stderr
    assert "artifact" not in publish(publisher).stderr


def test_a_rollback_that_does_not_name_the_ruler_is_told_to(publisher: RulesPublisher) -> None:
    published = publish(publisher)
    publisher.options = []
    assert "--rules" in publisher.rollback(published, code=2).stderr


def test_several_grafanas_are_one_plan_with_differences_as_data(
    publisher: RulesPublisher,
    workspace: Workspace,
    memory_grafana: MemoryGrafana,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MemoryGrafana() as second_grafana:
        workspace.write_file(
            "tailboard.toml",
            f"""
            [targets.eu]
            grafana_url = "{memory_grafana.url}"
            grafana_folder = "Europe"
            data_source = "prometheus-eu"

            [targets.us]
            grafana_url = "{second_grafana.url}"
            grafana_folder = "America"
            data_source = "prometheus-us"
            """,
        )
        for name, server in (("EU", memory_grafana), ("US", second_grafana)):
            monkeypatch.setenv(f"GRAFANA_{name}_TOKEN", server.create_token("administrator"))
        publisher.options = ["--target", "eu", "--target", "us"]
        published = publish(publisher)
        servers = {"eu": memory_grafana, "us": second_grafana}
        for name, server in servers.items():
            document = server.list_documents()["orders-overview"]
            (variable,) = [
                variable
                for variable in document["templating"]["list"]
                if variable["name"] == "datasource"
            ]
            assert variable["current"]["value"] == f"prometheus-{name}"
        report = publisher.run("plan", "--json").json
        assert {target["server"] for target in report["targets"]} == {
            memory_grafana.url,
            second_grafana.url,
        }
        publisher.rollback(published)
        assert not any(server.list_documents() for server in servers.values())
