"""`tailboard docs`: pages for all that a build would compile, in a folder of their own."""

import json
import re
from pathlib import Path

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.workspace import GOOD_DEFINITION, Workspace, list_contents

SHOP_DEFINITION = """
from tailboard.dashboards.library import business
from tailboard.panels import Objectives, Service
from tailboard.panels.conventions import PROMETHEUS_CLIENT, PUSHGATEWAY_JOBS

ORDERS = Service(
    "orders",
    {"job": "orders-api"},
    PROMETHEUS_CLIENT,
    objectives=Objectives(latency={0.95: 0.5, 0.99: 1.0}, availability=0.999),
)
services = [ORDERS, Service("reports", {"job": "reports"}, PUSHGATEWAY_JOBS)]
dashboard = business(ORDERS, operations={"Orders": ("orders_total", {"outcome": "ok"})})
"""
LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.fixture
def docs_workspace(workspace: Workspace) -> Workspace:
    """A folder with a definition of services, and its pages."""
    workspace.write_file("shop.py", SHOP_DEFINITION)
    result = workspace.run_tailboard("docs", "shop.py")
    assert result.exit_code == 0, result.output
    return workspace


def read_page(workspace: Workspace, name: str) -> str:
    return (workspace.root / name).read_text("utf-8")


def list_pages(workspace: Workspace, folder: str = "handbook") -> set[str]:
    return {path.stem for path in (workspace.root / folder / "dashboards").iterdir()}


def find_addresses(path: Path) -> list[str]:
    """Where the links of a page lead, those to Grafana left out."""
    links: list[str] = LINK.findall(path.read_text("utf-8"))
    return [address for address in links if not address.startswith("http://localhost:3000/d/")]


# What is written


def test_each_dashboard_of_a_build_has_its_page_and_the_index_lists_them_all(
    docs_workspace: Workspace,
) -> None:
    docs_workspace.run_build("shop.py")
    assert list_pages(docs_workspace) == docs_workspace.list_uids()
    index = find_addresses(docs_workspace.root / "handbook/README.md")
    listed = [address for address in index if address.startswith("dashboards/")]
    assert sorted(listed) == sorted(f"dashboards/{uid}.md" for uid in docs_workspace.list_uids())
    for uid in docs_workspace.list_uids():
        title = docs_workspace.read_document(uid)["title"]
        assert read_page(docs_workspace, f"handbook/dashboards/{uid}.md").startswith(f"# {title}\n")
        assert f"[{title}](dashboards/{uid}.md)" in read_page(docs_workspace, "handbook/README.md")


def test_every_link_leads_to_a_heading_that_is_there(docs_workspace: Workspace) -> None:
    followed = 0
    for path in (docs_workspace.root / "handbook").rglob("*.md"):
        for address in find_addresses(path):
            name, _, anchor = address.partition("#")
            lines = (path.parent / name).read_text("utf-8").lower().splitlines()
            assert not anchor or f"## {anchor}" in lines
            followed += bool(anchor)
    assert followed > 10


def test_every_alert_of_a_build_is_told_once(docs_workspace: Workspace) -> None:
    alerts = docs_workspace.run_build("shop.py", "--json").json["rules"]
    lines = [
        line
        for path in (docs_workspace.root / "handbook").rglob("*.md")
        if "runbooks" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if "runbooks/" in line and re.search(r"\*\* (after|at once)", line)
    ]
    assert len(lines) == sum(alerts.values()) > 10


def test_an_alert_that_no_panel_shows_is_on_the_index(workspace: Workspace) -> None:
    only = SHOP_DEFINITION.replace("services =", "_services =")
    workspace.write_file(
        "shop.py", f"{only}\nfrom alerts import rules_of\nrules = rules_of(ORDERS)\n"
    )
    assert workspace.run_tailboard("docs", "shop.py").exit_code == 0
    assert list_pages(workspace) == {"orders-business"}
    index = read_page(workspace, "handbook/README.md")
    hidden = index.partition("## Alerts that no panel here shows\n")[2]
    assert "- [AllInstancesDown](runbooks/orders.md#allinstancesdown), **critical** " in hidden


def test_the_runbooks_are_those_of_a_build(docs_workspace: Workspace) -> None:
    docs_workspace.run_build("shop.py")
    contents = {
        path.name: path.read_bytes() for path in (docs_workspace.root / "dist/runbooks").iterdir()
    }
    assert contents == {
        path.name: path.read_bytes()
        for path in (docs_workspace.root / "handbook/runbooks").iterdir()
    }
    assert "[reports](runbooks/reports.md)" in read_page(docs_workspace, "handbook/README.md")


def test_runbooks_that_are_elsewhere_are_linked_and_not_written(workspace: Workspace) -> None:
    workspace.write_file("shop.py", SHOP_DEFINITION)
    wiki = "https://wiki.example/{service}/{alert}"
    assert workspace.run_tailboard("docs", "shop.py", "--runbook-url", wiki).exit_code == 0
    assert not (workspace.root / "handbook/runbooks").exists()
    assert "Runbooks" not in read_page(workspace, "handbook/README.md")
    page = read_page(workspace, "handbook/dashboards/orders-overview.md")
    assert "[InstanceDown](https://wiki.example/orders/InstanceDown)" in page


def test_each_page_leads_to_its_dashboard(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    monkeypatch.setenv("GRAFANA_URL", "https://env.example")
    for options, address in (
        ((), "https://env.example"),
        (("--grafana-url", "https://option.example/"), "https://option.example"),
    ):
        assert workspace.run_tailboard("docs", "good.py", *options).exit_code == 0
        assert f"]({address}/d/good)" in read_page(workspace, "handbook/dashboards/good.md")


@pytest.mark.parametrize("convention", [convention.name for convention in CONVENTIONS])
def test_the_library_has_pages_for_every_convention(convention: str, workspace: Workspace) -> None:
    run = workspace.run_tailboard("docs", "--convention", convention, "--json")
    assert run.exit_code == 0, run.output
    assert run.json["dashboards"] == len(list_pages(workspace)) > 0


def test_a_dashboards_json_has_a_page_too(workspace: Workspace) -> None:
    hostile = "</pre>\r\n# `|` \u2028 ```"
    panel = {"type": "stat", "title": hostile, "targets": [{"expr": hostile}]}
    document = {"title": "By hand", "uid": "hand", "panels": [panel], "description": hostile}
    workspace.write_file("hand.json", json.dumps(document))
    assert workspace.run_tailboard("docs", "hand.json").exit_code == 0
    page = read_page(workspace, "handbook/dashboards/hand.md")
    assert [line for line in page.split("\n") if line.startswith("#")][:3] == [
        "# By hand",
        "## Panels",
        "### &lt;/pre> \\# \\`\\|\\` \\`\\`\\`",
    ]


# The same bytes, all at once, and nothing of others


def test_two_processes_with_other_hashes_write_the_same_bytes(workspace: Workspace) -> None:
    workspace.write_file("shop.py", SHOP_DEFINITION)
    contents = []
    for seed in ("1", "2"):
        run = workspace.run_process("docs", "shop.py", "--out", seed, PYTHONHASHSEED=seed)
        assert run.exit_code == 0, run.output
        contents.append(
            {name[2:]: path for name, path in list_contents(workspace.read_state(seed)).items()}
        )
    assert contents[0] == contents[1]
    assert len(contents[0]) > 10


def test_the_order_of_the_definitions_changes_nothing(docs_workspace: Workspace) -> None:
    docs_workspace.write_file("good.py", GOOD_DEFINITION)
    assert docs_workspace.run_tailboard("docs", "good.py", "shop.py").exit_code == 0
    before = docs_workspace.read_state("handbook")
    assert docs_workspace.run_tailboard("docs", "shop.py", "good.py").exit_code == 0
    assert docs_workspace.read_state("handbook") == before


def test_check_says_what_is_stale_and_writes_nothing(docs_workspace: Workspace) -> None:
    run = docs_workspace.run_tailboard("docs", "shop.py", "--check")
    assert (run.exit_code, run.stdout) == (0, "")
    changed = SHOP_DEFINITION.replace("0.99: 1.0", "0.99: 2.0").replace('"Orders":', '"Sales":')
    docs_workspace.write_file("shop.py", changed)
    before = docs_workspace.read_state("handbook")
    run = docs_workspace.run_tailboard("docs", "shop.py", "--check")
    assert run.exit_code == 1
    assert "stale  handbook/dashboards/orders-business.md" in run.stderr
    assert "stale files in handbook" in run.stderr
    assert docs_workspace.read_state("handbook") == before


def test_a_dashboard_that_is_gone_takes_its_page_with_it(docs_workspace: Workspace) -> None:
    docs_workspace.write_file("good.py", GOOD_DEFINITION)
    run = docs_workspace.run_tailboard("docs", "good.py", "--json")
    assert run.exit_code == 0
    assert "dashboards/orders-overview.md" in run.json["removed"]
    assert run.json["written"] == ["README.md", "dashboards/good.md"]
    assert list_pages(docs_workspace) == {"good"}


def test_a_page_that_a_hand_changed_is_kept_unless_forced(docs_workspace: Workspace) -> None:
    page = docs_workspace.write_file("handbook/dashboards/orders-overview.md", "mine")
    run = docs_workspace.run_tailboard("docs", "shop.py")
    assert run.exit_code == 2
    assert "orders-overview.md" in run.stderr
    assert page.read_text() == "mine"
    assert docs_workspace.run_tailboard("docs", "shop.py", "--force").exit_code == 0
    assert page.read_text() != "mine"


# Settings, and what a build made


def test_the_settings_name_the_definitions_but_not_the_folder(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.write_file(
        "tailboard.toml",
        'definitions = ["good.py"]\nout = "built"\ngrafana_url = "https://g.example"\n',
    )
    workspace.run_build()
    before = workspace.read_state("built")
    assert workspace.run_tailboard("docs").exit_code == 0
    assert workspace.read_state("built") == before
    assert "https://g.example/d/good" in read_page(workspace, "handbook/dashboards/good.md")


def test_the_folder_of_a_build_is_refused(built_workspace: Workspace) -> None:
    before = built_workspace.read_state()
    for options in ((), ("--check",), ("--force",)):
        run = built_workspace.run_tailboard("docs", "good.py", "--out", "dist", *options)
        assert run.exit_code == 2
        assert "holds what `tailboard build` wrote" in run.stderr
        assert built_workspace.read_state() == before


def test_a_build_refuses_the_folder_of_the_pages(docs_workspace: Workspace) -> None:
    before = docs_workspace.read_state("handbook")
    run = docs_workspace.run_tailboard("build", "shop.py", "--out", "handbook")
    assert run.exit_code == 2
    assert "holds what `tailboard docs` wrote" in run.stderr
    assert docs_workspace.read_state("handbook") == before


def test_pages_and_a_build_leave_each_other_alone(docs_workspace: Workspace) -> None:
    before = docs_workspace.read_state("handbook")
    docs_workspace.run_build("shop.py")
    assert docs_workspace.run_tailboard("docs", "shop.py").exit_code == 0
    assert docs_workspace.read_state("handbook") == before
    assert docs_workspace.run_tailboard("build", "shop.py", "--check").exit_code == 0


# What goes wrong


def test_all_mistakes_are_told_and_nothing_is_written(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    workspace.write_file("same.py", GOOD_DEFINITION)
    workspace.write_file("wrong.py", "dashboard = 1")
    run = workspace.run_tailboard("docs", "good.py", "same.py", "wrong.py")
    assert run.exit_code == 2
    assert "same.py" in run.stderr
    assert "wrong.py" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (workspace.root / "handbook").exists()


def test_nothing_to_tell_about_is_wrong_usage(workspace: Workspace) -> None:
    run = workspace.run_tailboard("docs")
    assert run.exit_code == 2
    assert "--convention" in run.stderr
    assert not list(workspace.root.iterdir())
