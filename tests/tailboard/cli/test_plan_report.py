"""A plan as people and programs read it."""

import click
import pytest

from tailboard.cli.reports.outcome_report import (
    build_outcomes_json,
    format_result,
    render_outcome,
    render_outcome_problems,
)
from tailboard.cli.reports.plan_report import (
    MAX_NAMES,
    MAX_ROWS,
    build_plan_json,
    render_plan_advice,
    render_plan_markdown,
    render_plan_summary,
    render_plan_text,
)
from tailboard.cli.reports.terminal import render_lines
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.targets.outcomes import TargetOutcomes
from tailboard.publish.targets.target import Target, TargetPlan

SERVER = "https://grafana.example.com"
UPDATED_ITEM = DashboardItem(
    "orders", "Orders", State.UPDATE, differences=("tags changed", "P99 added")
)
EDITED_ITEM = DashboardItem("queue", "Queue", State.HAND_EDITED, "edited by hand by ada")
UNCHANGED_ITEM = DashboardItem("same", "Same", State.UNCHANGED)
ORPHAN_FOLDER = FolderItem("old", "Old", State.ORPHAN, "needed no more")
PLAN = Plan((ORPHAN_FOLDER,), (UPDATED_ITEM, EDITED_ITEM, UNCHANGED_ITEM))


def test_the_text_names_what_changes_and_why_and_not_what_stays() -> None:
    assert click.unstyle(render_lines(render_plan_text(PLAN.items))).splitlines() == [
        "orphan       folder 'Old' (old): needed no more",
        "update       dashboard 'Orders' (orders)",
        "               tags changed",
        "               P99 added",
        "hand-edited  dashboard 'Queue' (queue): edited by hand by ada",
    ]


def test_only_what_has_a_colour_is_styled() -> None:
    orphan, update, *_ = render_lines(render_plan_text(PLAN.items)).splitlines()
    assert "\x1b" not in orphan
    assert update.startswith("\x1b[33mupdate")


def test_nobody_steers_a_terminal_from_within_a_dashboard() -> None:
    item = DashboardItem("a", "\x1b[2J", State.HAND_EDITED, "by \x1b[31m", ("\x07\x9b changed",))
    text = click.unstyle(render_lines(render_plan_text(Plan((), (item,)).items))).replace("\n", "")
    assert text.isprintable()
    assert r"\x1b[31m" in text


def test_the_summary_counts_changes_first() -> None:
    assert render_plan_summary(PLAN.items) == "1 update, 1 unchanged, 1 hand-edited, 1 orphan"
    assert render_plan_summary(()) == "nothing declared"


def test_a_plan_as_json_has_every_item_and_every_state() -> None:
    report = build_plan_json(PLAN.items, SERVER, "apis")
    assert (report["server"], report["api"]) == (SERVER, "apis")
    assert {item["uid"]: item["state"] for item in report["items"]} == {
        "old": "orphan",
        "orders": "update",
        "queue": "hand-edited",
        "same": "unchanged",
    }
    assert set(report["summary"]) == {str(state) for state in State}
    assert report["summary"]["update"] == 1


def test_a_plan_says_what_to_do_once_for_all_that_it_is_good_for() -> None:
    foreign = [DashboardItem(f"f{number}", "F", State.FOREIGN) for number in range(MAX_NAMES + 2)]
    orphans = (FolderItem("old", "Old", State.ORPHAN),)
    assert render_plan_advice(Plan(orphans, (UPDATED_ITEM, UNCHANGED_ITEM, *foreign)).items) == [
        "folder 'Old': delete it with --prune, if it holds nothing.",
        "f0, f1, f2, f3, f4 and 2 more: take it over with --adopt, or give yours another uid.",
    ]


def test_an_items_own_tip_is_told_in_place_of_that_of_its_state() -> None:
    item = DashboardItem("a", "A", State.BLOCKED, "why", tip="do that.")
    plan = Plan((), (item,))
    assert render_plan_advice(plan.items) == ["a: do that."]
    assert "| why; do that. |" in render_plan_markdown(plan.items, SERVER)[-1]
    assert build_plan_json(plan.items, SERVER, "apis")["items"] == [
        {
            "differences": [],
            "folder": "",
            "kind": "dashboard",
            "loss": "",
            "state": "blocked",
            "tip": "do that.",
            "title": "A",
            "uid": "a",
            "why": "why",
        }
    ]


def test_what_was_not_done_says_whether_it_is_a_folder() -> None:
    items = (FolderItem("same", "Same", State.BLOCKED), UNCHANGED_ITEM)
    problem_list = render_outcome_problems(
        Outcome(item, Result.STOPPED, "no", "ask.") for item in items
    )
    assert problem_list == ["folder 'Same' (same): no\ndashboard 'Same' (same): no\nTip: ask."]


def test_a_plan_in_markdown_is_a_table_that_says_what_to_do() -> None:
    text = render_lines(render_plan_markdown(PLAN.items, SERVER))
    assert text.startswith("### Dashboards: 1 update, 1 unchanged, 1 hand-edited, 1 orphan\n")
    assert "| **update** | dashboard 'Orders' (orders) | tags changed; P99 added |" in text
    assert "tailboard pull UID" in text
    assert "Same" not in text


def test_a_plan_without_changes_says_so_in_markdown() -> None:
    assert render_plan_markdown(Plan((), (UNCHANGED_ITEM,)).items, SERVER)[-1].endswith(
        "Nothing changes."
    )


@pytest.mark.parametrize(
    "wild",
    ["a|b", "`code`", "<script>", "**bold**", "[a](b)", "~~gone~~", "&lt;", "back\\|slash", "a\nb"],
)
def test_a_title_says_in_markdown_what_it_says(wild: str) -> None:
    item = DashboardItem("a", wild, State.UPDATE, wild, (f"{wild} changed",))
    row = render_plan_markdown(Plan((), (item,)).items, SERVER)[-1]
    special = [
        place
        for place, char in enumerate(row)
        if char in "`*_[]<>&~" and not 2 <= place < len("| **update**")
    ]
    assert all(row[place - 1] == "\\" for place in special)
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 4


def test_a_long_plan_is_cut_for_a_comment_and_says_so() -> None:
    items = tuple(DashboardItem(f"d{number}", "D", State.CREATE) for number in range(MAX_ROWS + 7))
    text = render_lines(render_plan_markdown(Plan((), items).items, SERVER))
    assert text.count("**create**") == MAX_ROWS
    assert "and 7 more" in text
    assert "107 create" in text


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.CREATE, "created"),
        (State.UPDATE, "updated"),
        (State.MOVE, "moved"),
        (State.HAND_EDITED, "overwritten"),
        (State.FOREIGN, "adopted"),
        (State.ORPHAN, "deleted"),
    ],
)
def test_what_was_done_is_told_in_a_word(state: State, word: str) -> None:
    outcome = Outcome(DashboardItem("orders", "Orders", state), Result.DONE)
    assert format_result(outcome) == word
    assert (
        click.unstyle(render_lines(render_outcome(outcome)))
        == f"{word:<11}  dashboard 'Orders' (orders)"
    )


def test_what_stays_is_not_told_line_by_line() -> None:
    assert not render_outcome(Outcome(UNCHANGED_ITEM, Result.UNCHANGED))


def test_what_is_kept_is_told_where_it_was_to_go() -> None:
    assert not render_outcome(Outcome(ORPHAN_FOLDER, Result.KEPT))
    outcome = Outcome(ORPHAN_FOLDER, Result.KEPT, "it still holds 1 dashboards")
    assert render_lines(render_outcome(outcome)).endswith("it still holds 1 dashboards")


def test_outcomes_as_plain_data_have_problem_and_tip() -> None:
    target = Target("", "shop", Grafana(SERVER, "auto", None, allow_http=False))
    outcomes = [Outcome(EDITED_ITEM, Result.STOPPED, "edited", "pull it")]
    report = build_outcomes_json([TargetPlan(target)], TargetOutcomes({"": outcomes}), "run")
    assert (report["run"], report["server"]) == ("run", SERVER)
    (item,) = report["items"]
    assert item["result"] == "stopped"
    assert item["state"] == "hand-edited"
    assert (item["problem"], item["tip"]) == ("edited", "pull it")


def test_what_an_overwrite_loses_stands_below_the_changes_and_in_every_report() -> None:
    item = DashboardItem(
        "a", "A", State.HAND_EDITED, "by ada", ("tab 'B' in place of a row",), loss="1 tab goes"
    )
    plan = Plan((), (item,))
    lines = [line.text.strip() for line in render_plan_text(plan.items)]
    assert lines[1:] == ["tab 'B' in place of a row", "schema v1 cannot hold: 1 tab goes"]
    assert "schema v1 cannot hold: 1 tab goes" in render_plan_markdown(plan.items, SERVER)[-1]
    assert build_plan_json(plan.items, SERVER, "apis")["items"][0]["loss"] == "1 tab goes"
