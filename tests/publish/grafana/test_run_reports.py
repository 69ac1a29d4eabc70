"""The reports of runs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tailboard.publish.errors import OutputError, TailboardError
from tailboard.publish.grafana.api import DesiredDashboard, LiveDashboard
from tailboard.publish.grafana.folders import DesiredFolder
from tailboard.publish.grafana.marker import add_marker
from tailboard.publish.grafana.plan_items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.run_reports import (
    MAX_MESSAGE_LENGTH,
    MAX_REPORTS,
    RUNS_FOLDER,
    PreviousDashboard,
    RunStore,
    build_run_name,
    build_version_message,
    is_message_of_run,
    validate_run_name,
)
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result
from tests.publish.grafana.sample_documents import copy_orders

RUN_NAME = "20261120-184800-3fa2c1"
SERVER = "https://grafana.example.com"
NEW_DOCUMENT = add_marker(copy_orders(), "shop", "here")
OLD_DOCUMENT = add_marker({**copy_orders(), "title": "Old"}, "shop", "there")
CREATED_ITEM = DashboardItem(
    "new",
    "Orders",
    State.CREATE,
    desired=DesiredDashboard("new", NEW_DOCUMENT, "here", "shop"),
    folder="here",
)
UPDATED_ITEM = DashboardItem(
    "orders",
    "Orders",
    State.UPDATE,
    desired=DesiredDashboard("orders", NEW_DOCUMENT, "here", "shop"),
    live=LiveDashboard("orders", OLD_DOCUMENT, "there"),
)
DELETED_ITEM = DashboardItem(
    "gone", "Gone", State.ORPHAN, live=LiveDashboard("gone", OLD_DOCUMENT, "there")
)
CREATED_FOLDER = FolderItem("here", "Here", State.CREATE, desired=DesiredFolder("here", "Here"))
PLAN = Plan((CREATED_FOLDER,), (CREATED_ITEM, DELETED_ITEM, UPDATED_ITEM))


def list_outcomes(plan: Plan = PLAN) -> list[Outcome]:
    """Everything went well."""
    return [Outcome(item, Result.DONE) for item in plan.items]


def read_report(folder: Path, run: str = RUN_NAME) -> Any:
    """What is known of a run, which must be known."""
    report = RunStore(folder).read_report(run)
    assert report
    return report


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = RunStore(tmp_path)
    runs.begin_run(RUN_NAME, PLAN, SERVER, "shop")
    runs.end_run(RUN_NAME, PLAN, SERVER, "shop", list_outcomes())
    report = read_report(tmp_path)
    assert (report.run, report.server, report.owner) == (RUN_NAME, SERVER, "shop")
    touched = {dashboard.uid: dashboard.previous for dashboard in report.dashboards}
    assert touched == {
        "new": None,
        "gone": PreviousDashboard(OLD_DOCUMENT, "there"),
        "orders": PreviousDashboard(OLD_DOCUMENT, "there", "shop"),
    }
    assert [(folder.uid, folder.title) for folder in report.folders] == [("here", "Here")]


def test_a_run_that_was_killed_knows_all_that_it_may_have_touched(tmp_path: Path) -> None:
    RunStore(tmp_path).begin_run(RUN_NAME, PLAN, SERVER, "shop")
    assert {dashboard.uid for dashboard in read_report(tmp_path).dashboards} == {
        "new",
        "gone",
        "orders",
    }
    assert {folder.uid for folder in read_report(tmp_path).folders} == {"here"}


@pytest.mark.parametrize("result", [Result.FAILED, Result.STOPPED, Result.SKIPPED, Result.KEPT])
def test_what_a_run_did_not_do_is_not_undone(tmp_path: Path, result: Result) -> None:
    outcomes = [Outcome(item, result) for item in PLAN.items]
    RunStore(tmp_path).end_run(RUN_NAME, PLAN, SERVER, "shop", outcomes)
    assert read_report(tmp_path).dashboards == read_report(tmp_path).folders == ()


def test_the_checksum_tells_what_was_published_and_is_empty_for_what_was_deleted(
    tmp_path: Path,
) -> None:
    RunStore(tmp_path).end_run(RUN_NAME, PLAN, SERVER, "shop", list_outcomes())
    checksums = {
        dashboard.uid: dashboard.checksum for dashboard in read_report(tmp_path).dashboards
    }
    assert checksums["orders"]
    assert checksums["gone"] == ""


def test_the_oldest_runs_are_forgotten(tmp_path: Path) -> None:
    names = [f"202601{day:02}-000000-aaaaaa" for day in range(1, MAX_REPORTS + 4)]
    runs = RunStore(tmp_path)
    path = tmp_path / RUNS_FOLDER / "notes.json"
    for name in names:
        runs.begin_run(name, PLAN, SERVER, "shop")
        runs.end_run(name, PLAN, SERVER, "shop", list_outcomes())
    path.write_text("kept")
    runs.end_run(names[-1], PLAN, SERVER, "shop", list_outcomes())
    kept_names = sorted(path.name for path in (tmp_path / RUNS_FOLDER).iterdir())
    assert kept_names == [*(f"{name}.json" for name in names[-MAX_REPORTS:]), path.name]


def test_a_run_that_nobody_knows_is_none(tmp_path: Path) -> None:
    assert RunStore(tmp_path / "nowhere").read_report(RUN_NAME) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"run": "a", "server": "b", "owner": "c", "dashboards": 7, "folders": []}',
        b'{"run": "a", "server": "b", "owner": "c", "dashboards": ["x"], "folders": []}',
        b'{"run": "a", "server": "b", "owner": "c", "dashboards": [{"uid": "x"}], "folders": []}',
    ],
)
def test_a_broken_report_says_what_to_do_with_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / RUNS_FOLDER / f"{RUN_NAME}.json"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(TailboardError, match="cannot be read") as error:
        RunStore(tmp_path).read_report(RUN_NAME)
    assert str(path) in error.value.problem
    assert "move it away" in error.value.tip


def test_a_state_folder_that_is_a_file_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as error:
        RunStore(tmp_path / "state").begin_run(RUN_NAME, PLAN, SERVER, "shop")
    assert "--state" in error.value.tip


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        RunStore(tmp_path).begin_run(RUN_NAME, PLAN, SERVER, "shop")


def test_no_half_written_report_is_left_beside_the_whole_one(tmp_path: Path) -> None:
    RunStore(tmp_path).end_run(RUN_NAME, PLAN, SERVER, "shop", list_outcomes())
    assert [path.name for path in (tmp_path / RUNS_FOLDER).iterdir()] == [f"{RUN_NAME}.json"]
    assert json.loads((tmp_path / RUNS_FOLDER / f"{RUN_NAME}.json").read_bytes())["run"] == RUN_NAME


def test_a_new_run_has_a_name_of_its_own_that_is_known_as_one() -> None:
    names = {build_run_name() for _ in range(50)}
    assert len(names) == 50
    assert {validate_run_name(name) for name in names} == names


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        f"{RUN_NAME}/../x",
        f"{RUN_NAME}\n",
        RUN_NAME.upper(),
        "٢٠٢٦١١٢٠-184800-3fa2c1",
    ],
)
def test_what_no_run_is_called_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(TailboardError, match="not the name of a run") as error:
        validate_run_name(name)
    assert RUN_NAME in error.value.tip


def test_a_message_names_its_run_however_long_it_is() -> None:
    for message in ("", "Fix\n\n the  P99", "x" * 1000):
        message_text = build_version_message(message, RUN_NAME)
        assert is_message_of_run(message_text, RUN_NAME)
        assert len(message_text) <= MAX_MESSAGE_LENGTH + 50
        assert "\n" not in message_text
    assert build_version_message("Fix\n\n the  P99", RUN_NAME) == f"Fix the P99 [run {RUN_NAME}]"


def test_a_message_that_only_mentions_a_run_was_not_made_by_it() -> None:
    assert not is_message_of_run(f"undo [run {RUN_NAME}] please", RUN_NAME)
    assert not is_message_of_run(build_version_message("Fix", build_run_name()), RUN_NAME)
