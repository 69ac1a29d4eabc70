"""`tailboard report` against a Grafana: what a reviewer reads, and that nothing is changed."""

import json

import pytest

from tailboard.publish.grafana.previews.preview import Preview
from tests.publish.grafana.previews.server_state import read_state
from tests.publish.grafana.publisher import DEFINITIONS_FOLDER, Publisher
from tests.tailboard.prometheus.fake_prometheus import FakePrometheus, serve_fake_prometheus
from tests.workspace import CommandResult

OWNER_OPTIONS = ("--owner", "team")
PREVIEW = Preview("pr-7", "team")


@pytest.fixture
def shop(publisher: Publisher) -> Publisher:
    """A shop with a dashboard that is declared otherwise than it is published."""
    publisher.monkeypatch.delenv("PROMETHEUS_URL", raising=False)
    publisher.declare_dashboard("changed", "old", folder="Shop")
    publisher.declare_dashboard("same", folder="Shop")
    publisher.run_publish(*OWNER_OPTIONS)
    publisher.declare_dashboard("changed", "new", folder="Shop")
    return publisher


def run_report(shop: Publisher, *arguments: str, code: int = 0) -> CommandResult:
    options = ("--no-data-source-check", *OWNER_OPTIONS, *arguments)
    run = shop.run_command("report", *options)
    assert run.exit_code == code, run.output
    return run


def test_a_report_links_to_the_copies_that_there_are(shop: Publisher) -> None:
    without_preview = run_report(shop, "--preview", "pr-7").stdout
    assert "[preview]" not in without_preview
    shop.run_publish(*OWNER_OPTIONS, "--preview", "pr-7")
    before = read_state(shop.grafana)
    text = run_report(shop, "--preview", "pr-7", "--markdown").stdout
    assert text.startswith(
        "<!-- tailboard report team -->\n### Dashboards: 1 update, 2 unchanged\n"
    )
    url = f"{shop.grafana.url}/d/{PREVIEW.build_uid('changed')}"
    assert f"- **update** dashboard 'Changed' (changed) · [preview]({url})" in text
    assert f"[now]({shop.grafana.url}/d/changed)" in text
    assert "panel 'Up'" in text
    assert "[preview]" not in run_report(shop, "--preview", "pr-8").stdout
    assert read_state(shop.grafana) == before


def test_findings_of_the_base_are_not_new(shop: Publisher) -> None:
    base = shop.workspace.run_tailboard("lint", DEFINITIONS_FOLDER, "--json")
    shop.workspace.write_file("base.json", base.stdout)
    assert len(base.json["findings"]) > 1
    assert f"### Lint: {len(base.json['findings'])} findings" in run_report(shop).stdout
    assert "### Lint: 0 new findings" in run_report(shop, "--base", "base.json").stdout
    shop.declare_dashboard("added", "rate(", folder="Shop")
    report = run_report(shop, "--base", "base.json", "--json").json
    assert report["findings"]
    assert {finding["place"]["dashboard"] for finding in report["findings"]} == {"added"}


def test_panels_without_data_are_named_where_a_server_is(shop: Publisher) -> None:
    prometheus = FakePrometheus()
    prometheus.add_series("up", job="shop")
    with serve_fake_prometheus(prometheus) as server:
        text = run_report(shop, "--prometheus", server.url).stdout
    assert "### Panels without data" in text
    assert "Changed: Up: **no such metric**" in text


def test_a_prometheus_that_does_not_answer_is_a_line_of_the_report(shop: Publisher) -> None:
    text = run_report(shop, "--prometheus", "http://127.0.0.1:9", "--timeout", "1").stdout
    assert "Not all was checked: " in text
    assert "- **update**" in text


def test_a_report_in_json_has_the_addresses_of_the_copies(shop: Publisher) -> None:
    shop.run_publish(*OWNER_OPTIONS, "--preview", "pr-7")
    report = run_report(shop, "--preview", "pr-7", "--json").json
    urls = {item["uid"]: item["preview_url"] for item in report["items"]}
    assert urls["changed"].endswith(PREVIEW.build_uid("changed"))
    assert urls["same"] == ""
    assert report["check"] is None
    assert json.dumps(report["summary"]["update"]) == "1"


def test_a_title_is_no_markup_in_a_report(shop: Publisher) -> None:
    shop.declare_dashboard("changed", "new", folder="Shop", title="<img src=x> @team [a](b)")
    text = run_report(shop).stdout
    assert "\\<img src=x\\> @\u200bteam \\[a\\](b)" in text
