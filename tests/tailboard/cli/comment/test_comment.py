"""The comment on a pull request fits, and nobody's text is markup in it."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.check.query_states import CheckResult
from tailboard.cli.comment.markdown import MAX_LENGTH, escape_text, measure_length
from tailboard.cli.comment.new_findings import read_base_findings, select_new_findings
from tailboard.cli.comment.report import (
    MAX_DETAILS,
    CheckSummary,
    PullRequestReport,
    build_marker,
    render_comment,
)
from tailboard.findings.finding import Finding, Place
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem
from tailboard.publish.plan.item import State

SERVER = "https://grafana.example.org"


def build_report(
    *items: DashboardItem | FolderItem,
    check: CheckSummary | None = None,
    findings: tuple[Finding, ...] = (),
    has_base: bool = False,
    preview_urls: dict[str, str] | None = None,
) -> PullRequestReport:
    return PullRequestReport(
        SERVER, "apis", "shop", items, preview_urls or {}, check, findings, has_base
    )


def render_text(report: PullRequestReport) -> str:
    return "\n".join(render_comment(report))


def build_finding(problem: str = "misleads", panel: str = "P99", source: str = "a.py") -> Finding:
    return Finding("missing-unit", "warning", Place(source, "orders", panel), problem, "mend it.")


def build_result(dashboard: str, panel: str, state: str = "no such metric") -> CheckResult:
    return CheckResult(Place("a.py", dashboard, panel, "A"), state, "up is not there", "", "up")


def test_a_comment_says_what_changes_with_links_to_both() -> None:
    update = DashboardItem("orders", "Orders", State.UPDATE, "", ("panel 'P99': threshold 1 -> 2",))
    create = DashboardItem("queue", "Queue", State.CREATE, "in Shop")
    urls = {"orders": f"{SERVER}/d/tbp-1-orders", "queue": f"{SERVER}/d/tbp-1-queue"}
    text = render_text(build_report(update, create, preview_urls=urls))
    assert text.startswith(f"{build_marker('shop')}\n### Dashboards: 1 create, 1 update\n")
    assert (
        f"- **update** dashboard 'Orders' (orders) · [preview]({SERVER}/d/tbp-1-orders) · "
        f"[now]({SERVER}/d/orders)\n"
        "  - panel 'P99': threshold 1 -\\> 2\n"
    ) in text
    assert f"(queue): in Shop · [preview]({SERVER}/d/tbp-1-queue)\n" in text
    assert "### Lint: 0 findings" in text
    assert "Panels without data" not in text


def test_where_nothing_changes_the_comment_says_so() -> None:
    text = render_text(build_report(DashboardItem("a", "A", State.UNCHANGED)))
    assert f"Against {SERVER}. Nothing changes." in text


def test_panels_without_data_are_those_of_what_changes() -> None:
    items = (
        DashboardItem("orders", "Orders", State.UPDATE),
        DashboardItem("queue", "Queue", State.UNCHANGED),
    )
    results = (
        build_result("orders", "P99"),
        build_result("orders", "P99"),
        build_result("orders", "Fine", "data"),
        build_result("queue", "Age"),
    )
    text = render_text(build_report(*items, check=CheckSummary(results)))
    assert text.count("Orders: P99: **no such metric**: up is not there") == 1
    assert "Fine" not in text
    assert "Age" not in text
    assert "1 panel of dashboards that do not change" in text


def test_where_all_has_data_or_the_server_is_silent_the_comment_says_so() -> None:
    item = DashboardItem("orders", "Orders", State.UPDATE)
    assert "has data" in render_text(build_report(item, check=CheckSummary()))
    silent = render_text(build_report(item, check=CheckSummary(problem="no answer")))
    assert "Not all was checked: no answer" in silent
    assert "has data" not in silent


def test_only_findings_that_the_base_has_not_are_new(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    entry = {
        "rule": "missing-unit",
        "problem": "misleads",
        "place": {"source": "old/name.py", "dashboard": "orders", "panel": "P99", "query": ""},
    }
    path.write_text(json.dumps({"schema_version": 1, "findings": [entry]}))
    findings = [build_finding(), build_finding(), build_finding(panel="P50")]
    new_findings = select_new_findings(findings, read_base_findings(path))
    assert new_findings == findings[1:]
    text = render_text(build_report(findings=tuple(new_findings), has_base=True))
    assert "### Lint: 2 new findings" in text
    assert select_new_findings(findings, Counter()) == findings


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"findings": [1]}', "[" * 100_000])
def test_a_base_that_is_no_report_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(content)
    with pytest.raises(TailboardError, match="is no report of lint"):
        read_base_findings(path)
    with pytest.raises(TailboardError, match="cannot be read"):
        read_base_findings(tmp_path / "missing.json")


WILD_TEXTS = [
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example",
    "@everyone see #1 and !2 and $3 and %4 and ~5 and &6",
    "`code` **bold** _it_ | cell",
    "first\n/close\n<!-- tailboard report shop -->",
    "<!-- ",
    "\x1b[31m\u202ered",
]


@pytest.mark.parametrize("wild", WILD_TEXTS)
def test_nobodys_text_is_markup_in_a_comment(wild: str) -> None:
    item = DashboardItem("a", wild, State.UPDATE, wild, (wild,))
    results = (build_result("a", wild),)
    report = build_report(
        item, check=CheckSummary(results), findings=(build_finding(wild, wild, wild),)
    )
    text = render_text(report)
    ours = re.compile(rf"^<!-- tailboard report shop -->$|\*\*[\w -]+\*\*|\[now\]\({SERVER}/d/a\)")
    remainder = "\n".join(ours.sub("", line) for line in text.split("\n")[1:])
    remainder = re.sub(r"^#+ |^Against \S+$", "", remainder, flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)[`*_\[\]<>|#&~!$%]", remainder)
    assert not re.search(r"(?<!\\)://|www\.|@(?!\u200b)", remainder)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    assert all(
        line.startswith(("- ", "  - ", "#", "<!--", "Against")) or not line
        for line in text.split("\n")
    )


def read_markdown(text: str) -> str:
    """What a reader sees of a text without markup."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("@\u200b", "@")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=50))
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert read_markdown(escape_text(text)) == text


def test_a_long_comment_fits_and_says_what_was_left_out() -> None:
    details = tuple(f"panel 'P{number}': {'ä😀' * 200}" for number in range(MAX_DETAILS + 5))
    items = [DashboardItem(f"d{n}", f"D{n}", State.UPDATE, "", details) for n in range(200)]
    results = tuple(build_result(f"d{n}", f"panel {n}") for n in range(2000))
    findings = tuple(build_finding("x" * 500, f"panel {n}") for n in range(2000))
    text = render_text(build_report(*items, check=CheckSummary(results), findings=findings))
    assert MAX_LENGTH - 1500 < measure_length(text) <= MAX_LENGTH
    assert "and 5 more changes" in text
    for heading, noun in (
        ("### Dashboards: 200 update", "changes"),
        ("### Panels without data", "panels"),
        ("### Lint: 2000 findings", "findings"),
    ):
        assert heading in text
        assert re.search(rf"- and \d+ more {noun}, for which this comment has no room\.", text)


@given(
    st.lists(st.integers(1, 9000), max_size=20),
    st.lists(st.integers(1, 600), max_size=60),
    st.lists(st.integers(1, 600), max_size=60),
)
def test_every_comment_fits(titles: list[int], panels: list[int], problems: list[int]) -> None:
    items = [
        DashboardItem(f"d{number}", "x" * length, State.UPDATE)
        for number, length in enumerate(titles)
    ]
    results = tuple(build_result("d0", f"{n}{'&' * length}") for n, length in enumerate(panels))
    findings = tuple(build_finding("*" * length) for length in problems)
    report = build_report(*items, check=CheckSummary(results), findings=findings)
    assert measure_length(render_text(report)) <= MAX_LENGTH
