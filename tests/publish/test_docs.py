"""`tailboard docs`: pages for all that a build would compile, in a folder of their own."""

import json
import re
from pathlib import Path

import pytest

from tailboard.panels.conventions import CONVENTIONS
from tests.publish.workshop import GOOD, Workshop, files

SHOP = """
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
def shop(workshop: Workshop) -> Workshop:
    """A folder with a definition of services, and its pages."""
    workshop.write("shop.py", SHOP)
    done = workshop.tailboard("docs", "shop.py")
    assert done.code == 0, done.said
    return workshop


def text(workshop: Workshop, name: str) -> str:
    return (workshop.root / name).read_text("utf-8")


def pages(workshop: Workshop, folder: str = "handbook") -> set[str]:
    return {it.stem for it in (workshop.root / folder / "dashboards").iterdir()}


def addresses(path: Path) -> list[str]:
    """Where the links of a page lead, those to Grafana left out."""
    found: list[str] = LINK.findall(path.read_text("utf-8"))
    return [it for it in found if not it.startswith("http://localhost:3000/d/")]


# What is written


def test_each_dashboard_of_a_build_has_its_page_and_the_index_lists_them_all(
    shop: Workshop,
) -> None:
    shop.build("shop.py")
    assert pages(shop) == shop.uids()
    index = addresses(shop.root / "handbook/README.md")
    listed = [it for it in index if it.startswith("dashboards/")]
    assert sorted(listed) == sorted(f"dashboards/{uid}.md" for uid in shop.uids())
    for uid in shop.uids():
        title = shop.document(uid)["title"]
        assert text(shop, f"handbook/dashboards/{uid}.md").startswith(f"# {title}\n")
        assert f"[{title}](dashboards/{uid}.md)" in text(shop, "handbook/README.md")


def test_every_link_leads_to_a_heading_that_is_there(shop: Workshop) -> None:
    followed = 0
    for path in (shop.root / "handbook").rglob("*.md"):
        for address in addresses(path):
            name, _, anchor = address.partition("#")
            lines = (path.parent / name).read_text("utf-8").lower().splitlines()
            assert not anchor or f"## {anchor}" in lines
            followed += bool(anchor)
    assert followed > 10


def test_every_alert_of_a_build_is_told_once(shop: Workshop) -> None:
    alerts = shop.build("shop.py", "--json").json["rules"]
    told = [
        line
        for path in (shop.root / "handbook").rglob("*.md")
        if "runbooks" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if "runbooks/" in line and " after " in line
    ]
    assert len(told) == sum(alerts.values()) > 10


def test_an_alert_that_no_panel_shows_is_on_the_index(workshop: Workshop) -> None:
    only = SHOP.replace("services =", "_services =")
    workshop.write("shop.py", f"{only}\nfrom alerts import rules_of\nrules = rules_of(ORDERS)\n")
    assert workshop.tailboard("docs", "shop.py").code == 0
    assert pages(workshop) == {"orders-business"}
    index = text(workshop, "handbook/README.md")
    hidden = index.partition("## Alerts that no panel here shows\n")[2]
    assert "- [AllInstancesDown](runbooks/orders.md#allinstancesdown), **critical** " in hidden


def test_the_runbooks_are_those_of_a_build(shop: Workshop) -> None:
    shop.build("shop.py")
    written = {it.name: it.read_bytes() for it in (shop.root / "dist/runbooks").iterdir()}
    assert written == {
        it.name: it.read_bytes() for it in (shop.root / "handbook/runbooks").iterdir()
    }
    assert "[reports](runbooks/reports.md)" in text(shop, "handbook/README.md")


def test_runbooks_that_are_elsewhere_are_linked_and_not_written(workshop: Workshop) -> None:
    workshop.write("shop.py", SHOP)
    wiki = "https://wiki.example/{service}/{alert}"
    assert workshop.tailboard("docs", "shop.py", "--runbook-url", wiki).code == 0
    assert not (workshop.root / "handbook/runbooks").exists()
    assert "Runbooks" not in text(workshop, "handbook/README.md")
    page = text(workshop, "handbook/dashboards/orders-overview.md")
    assert "[InstanceDown](https://wiki.example/orders/InstanceDown)" in page


def test_each_page_leads_to_its_dashboard(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("good.py", GOOD)
    monkeypatch.setenv("GRAFANA_URL", "https://env.example")
    for options, where in (
        ((), "https://env.example"),
        (("--grafana-url", "https://option.example/"), "https://option.example"),
    ):
        assert workshop.tailboard("docs", "good.py", *options).code == 0
        assert f"]({where}/d/good)" in text(workshop, "handbook/dashboards/good.md")


@pytest.mark.parametrize("convention", [it.name for it in CONVENTIONS])
def test_the_library_has_pages_for_every_convention(convention: str, workshop: Workshop) -> None:
    run = workshop.tailboard("docs", "--convention", convention, "--json")
    assert run.code == 0, run.said
    assert run.json["dashboards"] == len(pages(workshop)) > 0


def test_a_dashboards_json_has_a_page_too(workshop: Workshop) -> None:
    hostile = "</pre>\r\n# `|` \u2028 ```"
    panel = {"type": "stat", "title": hostile, "targets": [{"expr": hostile}]}
    made = {"title": "By hand", "uid": "hand", "panels": [panel], "description": hostile}
    workshop.write("hand.json", json.dumps(made))
    assert workshop.tailboard("docs", "hand.json").code == 0
    page = text(workshop, "handbook/dashboards/hand.md")
    assert [it for it in page.split("\n") if it.startswith("#")][:3] == [
        "# By hand",
        "## Panels",
        "### &lt;/pre> \\# \\`\\|\\` \\`\\`\\`",
    ]


# The same bytes, all at once, and nothing of others


def test_two_processes_with_other_hashes_write_the_same_bytes(workshop: Workshop) -> None:
    workshop.write("shop.py", SHOP)
    made = []
    for seed in ("1", "2"):
        run = workshop.child("docs", "shop.py", "--out", seed, PYTHONHASHSEED=seed)
        assert run.code == 0, run.said
        made.append({name[2:]: it for name, it in files(workshop.state(seed)).items()})
    assert made[0] == made[1]
    assert len(made[0]) > 10


def test_the_order_of_the_definitions_changes_nothing(shop: Workshop) -> None:
    shop.write("good.py", GOOD)
    assert shop.tailboard("docs", "good.py", "shop.py").code == 0
    before = shop.state("handbook")
    assert shop.tailboard("docs", "shop.py", "good.py").code == 0
    assert shop.state("handbook") == before


def test_check_says_what_is_stale_and_writes_nothing(shop: Workshop) -> None:
    run = shop.tailboard("docs", "shop.py", "--check")
    assert (run.code, run.out) == (0, "")
    changed = SHOP.replace("0.99: 1.0", "0.99: 2.0").replace('"Orders":', '"Sales":')
    shop.write("shop.py", changed)
    before = shop.state("handbook")
    run = shop.tailboard("docs", "shop.py", "--check")
    assert run.code == 1
    assert "stale  handbook/dashboards/orders-business.md" in run.err
    assert "stale files in handbook" in run.err
    assert shop.state("handbook") == before


def test_a_dashboard_that_is_gone_takes_its_page_with_it(shop: Workshop) -> None:
    shop.write("good.py", GOOD)
    run = shop.tailboard("docs", "good.py", "--json")
    assert run.code == 0
    assert "dashboards/orders-overview.md" in run.json["removed"]
    assert run.json["written"] == ["README.md", "dashboards/good.md"]
    assert pages(shop) == {"good"}


def test_a_page_that_a_hand_changed_is_kept_unless_forced(shop: Workshop) -> None:
    page = shop.write("handbook/dashboards/orders-overview.md", "mine")
    run = shop.tailboard("docs", "shop.py")
    assert run.code == 2
    assert "orders-overview.md" in run.err
    assert page.read_text() == "mine"
    assert shop.tailboard("docs", "shop.py", "--force").code == 0
    assert page.read_text() != "mine"


# Settings, and what a build made


def test_the_settings_name_the_definitions_but_not_the_folder(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    workshop.write(
        "tailboard.toml",
        'definitions = ["good.py"]\nout = "built"\ngrafana_url = "https://g.example"\n',
    )
    workshop.build()
    before = workshop.state("built")
    assert workshop.tailboard("docs").code == 0
    assert workshop.state("built") == before
    assert "https://g.example/d/good" in text(workshop, "handbook/dashboards/good.md")


def test_the_folder_of_a_build_is_refused(good: Workshop) -> None:
    before = good.state()
    for options in ((), ("--check",), ("--force",)):
        run = good.tailboard("docs", "good.py", "--out", "dist", *options)
        assert run.code == 2
        assert "holds what `tailboard build` wrote" in run.err
        assert good.state() == before


def test_a_build_refuses_the_folder_of_the_pages(shop: Workshop) -> None:
    before = shop.state("handbook")
    run = shop.tailboard("build", "shop.py", "--out", "handbook")
    assert run.code == 2
    assert "holds what `tailboard docs` wrote" in run.err
    assert shop.state("handbook") == before


def test_pages_and_a_build_leave_each_other_alone(shop: Workshop) -> None:
    before = shop.state("handbook")
    shop.build("shop.py")
    assert shop.tailboard("docs", "shop.py").code == 0
    assert shop.state("handbook") == before
    assert shop.tailboard("build", "shop.py", "--check").code == 0


# What goes wrong


def test_all_mistakes_are_told_and_nothing_is_written(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    workshop.write("same.py", GOOD)
    workshop.write("wrong.py", "dashboard = 1")
    run = workshop.tailboard("docs", "good.py", "same.py", "wrong.py")
    assert run.code == 2
    assert "same.py" in run.err
    assert "wrong.py" in run.err
    assert "Traceback" not in run.err
    assert not (workshop.root / "handbook").exists()


def test_nothing_to_tell_about_is_wrong_usage(workshop: Workshop) -> None:
    run = workshop.tailboard("docs")
    assert run.code == 2
    assert "--convention" in run.err
    assert not list(workshop.root.iterdir())
