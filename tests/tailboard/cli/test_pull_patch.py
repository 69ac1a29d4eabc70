"""`tailboard pull --patch` and `--python`: what a browser saved becomes Python."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.grafana.conftest import memory_grafana
from tests.grafana.memory import MemoryGrafana
from tests.tailboard.convert.patch.test_patch import DEFINITION
from tests.workspace import Workspace

__all__ = ["memory_grafana"]

Document = dict[str, object]


@pytest.fixture
def orders(
    workspace: Workspace, memory_grafana: MemoryGrafana, monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    """A folder whose definition is published."""
    for name in list(os.environ):
        if name.startswith(("GRAFANA_", "GITHUB_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFANA_URL", memory_grafana.url)
    monkeypatch.setenv("GRAFANA_TOKEN", memory_grafana.create_token("editor"))
    prom = {"uid": "prom", "name": "Prom", "type": "prometheus", "isDefault": True, "jsonData": {}}
    memory_grafana.store.data_sources["prom"] = prom
    workspace.write_file("definitions/orders.py", DEFINITION)
    published = workspace.run_tailboard("publish", "definitions")
    assert published.exit_code == 0, published.output
    return workspace


def set_description(document: dict[str, list[Document]]) -> None:
    """Describe the depth of the queue otherwise."""
    for panel in document["panels"]:
        if panel["title"] == "Queue depth":
            panel["description"] = "All that waits."


def save_by_hand(
    grafana: MemoryGrafana, change: Callable[[Any], None], uid: str = "orders"
) -> None:
    """Save the changed dashboard as somebody who is no program does."""
    headers = dict(grafana.build_credentials("admin"))
    address = f"{grafana.url}/api/dashboards/uid/{uid}"
    document = requests.get(address, headers=headers, timeout=10).json()["dashboard"]
    change(document)
    body = {"dashboard": document, "message": "by hand", "overwrite": True}
    answer = requests.post(
        f"{grafana.url}/api/dashboards/db", json=body, headers=headers, timeout=10
    )
    assert answer.ok, answer.text


def ask_another_data_source(document: dict[str, list[Any]]) -> None:
    """Let a ready-made panel read logs, which no argument of it says."""
    for panel in document["panels"]:
        if panel["title"] == "Requests per second":
            panel["targets"][0] = {"refId": "A", "datasource": {"type": "loki", "uid": "l"}}


PATCH_COMMAND = ("pull", "orders", "--patch", "--definitions", "definitions")


def test_an_edit_is_printed_as_a_diff_and_written_on_demand(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    save_by_hand(memory_grafana, set_description)
    printed = orders.run_tailboard(*PATCH_COMMAND)
    assert printed.exit_code == 0, printed.output
    assert '-    description="What waits.",\n+    description="All that waits.",' in printed.stdout
    assert (orders.root / "definitions/orders.py").read_text() == DEFINITION
    written = orders.run_tailboard(*PATCH_COMMAND, "--write")
    assert (written.exit_code, written.stdout) == (0, "")
    assert '"All that waits."' in (orders.root / "definitions/orders.py").read_text()
    plan = orders.run_tailboard("plan", "definitions")
    assert "What waits" not in plan.output
    assert "nothing of definitions/orders.py" in orders.run_tailboard(*PATCH_COMMAND).stderr


def test_what_cannot_be_patched_exits_with_one_and_says_the_other_ways(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    save_by_hand(memory_grafana, ask_another_data_source)
    result = orders.run_tailboard(*PATCH_COMMAND)
    assert result.exit_code == 1
    assert "panel 'Requests per second': " in result.stderr
    assert "tailboard pull orders --python" in result.stderr


def test_the_ends_of_lines_stay(orders: Workspace, memory_grafana: MemoryGrafana) -> None:
    path = orders.root / "definitions/orders.py"
    old_content = DEFINITION.replace("\n", "\r\n").encode()
    path.write_bytes(old_content)
    save_by_hand(memory_grafana, set_description)
    printed = orders.run_tailboard(*PATCH_COMMAND)
    assert '-    description="What waits.",' in printed.stdout
    assert orders.run_tailboard(*PATCH_COMMAND, "--write").exit_code == 0
    assert path.read_bytes() == old_content.replace(b"What waits.", b"All that waits.")


def test_two_dashboards_of_one_file_are_patched_one_after_the_other(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    text = DEFINITION.replace("dashboard = Dashboard(", "FIRST = Dashboard(")
    text += 'SECOND = Dashboard("Other", uid="other", rows=[Row("Queue", [])])\n'
    text += "dashboards = [FIRST, SECOND]\n"
    orders.write_file("definitions/orders.py", text)
    assert orders.run_tailboard("publish", "definitions").exit_code == 0
    save_by_hand(memory_grafana, set_description)
    save_by_hand(memory_grafana, lambda document: document.update(title="Else"), "other")
    result = orders.run_tailboard(
        *("pull", "orders", "other", "--patch", "--definitions", "definitions", "--write")
    )
    assert result.exit_code == 0, result.output
    new_text = (orders.root / "definitions/orders.py").read_text()
    assert new_text == text.replace("What waits.", "All that waits.").replace('"Other"', '"Else"')


def test_a_read_only_definition_is_not_written(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    path = orders.root / "definitions/orders.py"
    path.chmod(0o444)
    save_by_hand(memory_grafana, set_description)
    result = orders.run_tailboard(*PATCH_COMMAND, "--write")
    assert (result.exit_code, "it is read-only" in result.stderr) == (2, True)
    assert path.read_text() == DEFINITION


def test_a_mistake_in_a_definition_is_said_where_none_declares_the_dashboard(
    orders: Workspace,
) -> None:
    orders.write_file("other/a.py", "x = 1 / 0\n")
    orders.write_file("other/b.py", DEFINITION.replace('uid="orders"', 'uid="other"'))
    result = orders.run_tailboard("pull", "orders", "--patch", "--definitions", "other")
    assert (result.exit_code, "ZeroDivisionError" in result.stderr) == (1, True)


def test_a_lost_mark_is_named_with_the_way_to_have_it_back(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    def overwrite_mark(document: dict[str, dict[str, list[Document]]]) -> None:
        (mark,) = [
            variable
            for variable in document["templating"]["list"]
            if variable["name"] == "tailboard_published"
        ]
        mark["query"] = "x"
        mark.pop("current", None)

    save_by_hand(memory_grafana, overwrite_mark)
    result = orders.run_tailboard(*PATCH_COMMAND)
    assert result.exit_code == 1
    assert "the variable 'tailboard_published', was overwritten" in result.stderr
    assert "publish with --force" in result.stderr
    forced = orders.run_tailboard("publish", "definitions", "--force")
    assert forced.exit_code == 0, forced.output
    assert orders.run_tailboard(*PATCH_COMMAND).exit_code == 0


def test_a_patched_title_is_published_without_force(
    orders: Workspace, memory_grafana: MemoryGrafana
) -> None:
    def rename_panel(document: dict[str, list[Document]]) -> None:
        (panel,) = [panel for panel in document["panels"] if panel["title"] == "Age"]
        panel["title"] = "Oldest"

    save_by_hand(memory_grafana, rename_panel)
    written = orders.run_tailboard(*PATCH_COMMAND, "--write")
    assert written.exit_code == 0, written.output
    assert "update " in orders.run_tailboard("plan", "definitions").stdout
    assert orders.run_tailboard("publish", "definitions").exit_code == 0
    assert "1 unchanged" in orders.run_tailboard("plan", "definitions").output


def test_a_patch_needs_definitions_that_declare_the_dashboard(orders: Workspace) -> None:
    assert "--definitions" in orders.run_tailboard("pull", "orders", "--patch").stderr
    assert orders.run_tailboard("pull", "orders", "--write").exit_code == 2
    orders.write_file("other/x.py", DEFINITION.replace('uid="orders"', 'uid="other"'))
    result = orders.run_tailboard("pull", "orders", "--patch", "--definitions", "other")
    assert (result.exit_code, "does not declare" in result.stderr) == (1, True)


def test_a_dashboard_comes_home_as_python(orders: Workspace) -> None:
    result = orders.run_tailboard("pull", "orders", "--python", "--out", "pulled")
    assert result.exit_code == 0, result.output
    text = (orders.root / "pulled/orders.py").read_text()
    assert "latency.percentiles(ORDERS)" in text
    assert orders.run_tailboard("build", "pulled", "--out", "built").exit_code == 0
    converted = orders.run_tailboard("convert", "orders")
    assert converted.stdout == text
