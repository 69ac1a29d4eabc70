"""The reports of runs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tailboard.publish.errors import OutputError, TailboardError
from tailboard.publish.grafana.api import DesiredDashboard, LiveDashboard
from tailboard.publish.grafana.documents.marker import add_marker
from tailboard.publish.grafana.plan.folders import DesiredFolder
from tailboard.publish.grafana.plan.items import DashboardItem, FolderItem, Plan
from tailboard.publish.grafana.run_reports import PreviousDashboard
from tailboard.publish.grafana.server import Grafana
from tailboard.publish.plan.item import State
from tailboard.publish.plan.outcome import Outcome, Result
from tailboard.publish.plan.runs import (
    MAX_MESSAGE_LENGTH,
    MAX_REPORTS,
    RUNS_FOLDER,
    RunStore,
    build_run_name,
    build_version_message,
    is_message_of_run,
    validate_run_name,
)
from tailboard.publish.targets.run_reports import begin_run, end_run, read_reports
from tailboard.publish.targets.target import Target, TargetPlan
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
TARGET = Target("", "shop", Grafana(SERVER, "auto", None, allow_http=False))
PLANS = [TargetPlan(TARGET, PLAN)]


def list_outcomes(result: Result = Result.DONE) -> dict[str, list[Outcome]]:
    """Everything went well, or otherwise."""
    return {"": [Outcome(item, result) for item in PLAN.items]}


def read_report(folder: Path, run: str = RUN_NAME) -> Any:
    """What is known of a run, which must be known."""
    (report,) = read_reports(RunStore(folder), run)
    return report.dashboards


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = RunStore(tmp_path)
    begin_run(runs, RUN_NAME, PLANS)
    end_run(runs, RUN_NAME, PLANS, list_outcomes())
    report = read_report(tmp_path)
    assert (report.server, report.owner) == (SERVER, "shop")
    touched = {dashboard.uid: dashboard.previous for dashboard in report.dashboards}
    assert touched == {
        "new": None,
        "gone": PreviousDashboard(OLD_DOCUMENT, "there"),
        "orders": PreviousDashboard(OLD_DOCUMENT, "there", "shop"),
    }
    assert [(folder.uid, folder.title) for folder in report.folders] == [("here", "Here")]


def test_a_run_that_was_killed_knows_all_that_it_may_have_touched(tmp_path: Path) -> None:
    begin_run(RunStore(tmp_path), RUN_NAME, PLANS)
    assert {dashboard.uid for dashboard in read_report(tmp_path).dashboards} == {
        "new",
        "gone",
        "orders",
    }
    assert {folder.uid for folder in read_report(tmp_path).folders} == {"here"}


@pytest.mark.parametrize("result", [Result.FAILED, Result.STOPPED, Result.SKIPPED, Result.KEPT])
def test_what_a_run_did_not_do_is_not_undone(tmp_path: Path, result: Result) -> None:
    outcomes = list_outcomes(result)
    end_run(RunStore(tmp_path), RUN_NAME, PLANS, outcomes)
    assert read_report(tmp_path).dashboards == read_report(tmp_path).folders == ()


def test_the_checksum_tells_what_was_published_and_is_empty_for_what_was_deleted(
    tmp_path: Path,
) -> None:
    end_run(RunStore(tmp_path), RUN_NAME, PLANS, list_outcomes())
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
        begin_run(runs, name, PLANS)
        end_run(runs, name, PLANS, list_outcomes())
    path.write_text("kept")
    end_run(runs, names[-1], PLANS, list_outcomes())
    kept_names = sorted(path.name for path in (tmp_path / RUNS_FOLDER).iterdir())
    assert kept_names == [*(f"{name}.json" for name in names[-MAX_REPORTS:]), path.name]


def test_a_target_that_a_run_left_unchanged_is_known_as_such(tmp_path: Path) -> None:
    unchanged = TargetPlan(Target("other", "shop", TARGET.grafana))
    end_run(RunStore(tmp_path), RUN_NAME, [*PLANS, unchanged], list_outcomes())
    changed_report, unchanged_report = read_reports(RunStore(tmp_path), RUN_NAME)
    assert not changed_report.is_empty
    assert unchanged_report.is_empty


def test_a_run_that_nobody_knows_has_no_reports(tmp_path: Path) -> None:
    assert read_reports(RunStore(tmp_path / "nowhere"), RUN_NAME) == []


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
        read_reports(RunStore(tmp_path), RUN_NAME)
    assert str(path) in error.value.problem
    assert "move it away" in error.value.tip


def test_a_state_folder_that_is_a_file_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as error:
        begin_run(RunStore(tmp_path / "state"), RUN_NAME, PLANS)
    assert "--state" in error.value.tip


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        begin_run(RunStore(tmp_path), RUN_NAME, PLANS)


def test_no_half_written_report_is_left_beside_the_whole_one(tmp_path: Path) -> None:
    end_run(RunStore(tmp_path), RUN_NAME, PLANS, list_outcomes())
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


def test_the_report_of_an_older_tailboard_is_that_of_its_only_grafana(tmp_path: Path) -> None:
    path = tmp_path / RUNS_FOLDER / f"{RUN_NAME}.json"
    end_run(RunStore(tmp_path), RUN_NAME, PLANS, list_outcomes())
    (entry,) = json.loads(path.read_bytes())["targets"]
    del entry["target"]
    path.write_text(json.dumps({**entry, "run": RUN_NAME}))
    (report,) = read_reports(RunStore(tmp_path), RUN_NAME)
    assert (report.target, report.owner, report.rules) == ("", "shop", None)
    assert report.dashboards
    assert len(report.dashboards.dashboards) == 3
