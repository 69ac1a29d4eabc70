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
from tailboard.publish.grafana.outcome import Outcome, Result
from tailboard.publish.grafana.plan_items import DashboardItem, FolderItem, Plan, State
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
from tests.publish.grafana.documents import orders

RUN = "20261120-184800-3fa2c1"
SERVER = "https://grafana.example.com"
NEW = add_marker(orders(), "shop", "here")
OLD = add_marker({**orders(), "title": "Old"}, "shop", "there")
CREATED = DashboardItem(
    "new",
    "Orders",
    State.CREATE,
    desired=DesiredDashboard("new", NEW, "here", "shop"),
    folder="here",
)
UPDATED = DashboardItem(
    "orders",
    "Orders",
    State.UPDATE,
    desired=DesiredDashboard("orders", NEW, "here", "shop"),
    live=LiveDashboard("orders", OLD, "there"),
)
DELETED = DashboardItem("gone", "Gone", State.ORPHAN, live=LiveDashboard("gone", OLD, "there"))
MADE = FolderItem("here", "Here", State.CREATE, desired=DesiredFolder("here", "Here"))
PLAN = Plan((MADE,), (CREATED, DELETED, UPDATED))


def all_done(plan: Plan = PLAN) -> list[Outcome]:
    """Everything went well."""
    return [Outcome(it, Result.DONE) for it in plan.items]


def report_of(folder: Path, run: str = RUN) -> Any:
    """What is known of a run, which must be known."""
    found = RunStore(folder).read_report(run)
    assert found
    return found


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = RunStore(tmp_path)
    runs.begin_run(RUN, PLAN, SERVER, "shop")
    runs.end_run(RUN, PLAN, SERVER, "shop", all_done())
    found = report_of(tmp_path)
    assert (found.run, found.server, found.owner) == (RUN, SERVER, "shop")
    touched = {it.uid: it.before for it in found.dashboards}
    before = PreviousDashboard(OLD, "there")
    assert touched == {"new": None, "gone": before, "orders": before}
    assert [(it.uid, it.title) for it in found.folders] == [("here", "Here")]


def test_a_run_that_was_killed_knows_all_that_it_may_have_touched(tmp_path: Path) -> None:
    RunStore(tmp_path).begin_run(RUN, PLAN, SERVER, "shop")
    assert {it.uid for it in report_of(tmp_path).dashboards} == {"new", "gone", "orders"}
    assert {it.uid for it in report_of(tmp_path).folders} == {"here"}


@pytest.mark.parametrize("result", [Result.FAILED, Result.STOPPED, Result.SKIPPED, Result.KEPT])
def test_what_a_run_did_not_do_is_not_undone(tmp_path: Path, result: Result) -> None:
    outcomes = [Outcome(it, result) for it in PLAN.items]
    RunStore(tmp_path).end_run(RUN, PLAN, SERVER, "shop", outcomes)
    assert report_of(tmp_path).dashboards == report_of(tmp_path).folders == ()


def test_the_checksum_tells_what_was_published_and_is_empty_for_what_was_deleted(
    tmp_path: Path,
) -> None:
    RunStore(tmp_path).end_run(RUN, PLAN, SERVER, "shop", all_done())
    checksums = {it.uid: it.checksum for it in report_of(tmp_path).dashboards}
    assert checksums["orders"]
    assert checksums["gone"] == ""


def test_the_oldest_runs_are_forgotten(tmp_path: Path) -> None:
    names = [f"202601{day:02}-000000-aaaaaa" for day in range(1, MAX_REPORTS + 4)]
    runs = RunStore(tmp_path)
    other = tmp_path / RUNS_FOLDER / "notes.json"
    for name in names:
        runs.begin_run(name, PLAN, SERVER, "shop")
        runs.end_run(name, PLAN, SERVER, "shop", all_done())
    other.write_text("kept")
    runs.end_run(names[-1], PLAN, SERVER, "shop", all_done())
    kept = sorted(it.name for it in (tmp_path / RUNS_FOLDER).iterdir())
    assert kept == [*(f"{it}.json" for it in names[-MAX_REPORTS:]), other.name]


def test_a_run_that_nobody_knows_is_none(tmp_path: Path) -> None:
    assert RunStore(tmp_path / "nowhere").read_report(RUN) is None


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
    path = tmp_path / RUNS_FOLDER / f"{RUN}.json"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(TailboardError, match="cannot be read") as error:
        RunStore(tmp_path).read_report(RUN)
    assert str(path) in error.value.problem
    assert "move it away" in error.value.tip


def test_a_state_folder_that_is_a_file_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as error:
        RunStore(tmp_path / "state").begin_run(RUN, PLAN, SERVER, "shop")
    assert "--state" in error.value.tip


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        RunStore(tmp_path).begin_run(RUN, PLAN, SERVER, "shop")


def test_no_half_written_report_is_left_beside_the_whole_one(tmp_path: Path) -> None:
    RunStore(tmp_path).end_run(RUN, PLAN, SERVER, "shop", all_done())
    assert [it.name for it in (tmp_path / RUNS_FOLDER).iterdir()] == [f"{RUN}.json"]
    assert json.loads((tmp_path / RUNS_FOLDER / f"{RUN}.json").read_bytes())["run"] == RUN


def test_a_new_run_has_a_name_of_its_own_that_is_known_as_one() -> None:
    names = {build_run_name() for _ in range(50)}
    assert len(names) == 50
    assert {validate_run_name(it) for it in names} == names


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        f"{RUN}/../x",
        f"{RUN}\n",
        RUN.upper(),
        "٢٠٢٦١١٢٠-184800-3fa2c1",
    ],
)
def test_what_no_run_is_called_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(TailboardError, match="not the name of a run") as error:
        validate_run_name(name)
    assert RUN in error.value.tip


def test_a_message_names_its_run_however_long_it_is() -> None:
    for message in ("", "Fix\n\n the  P99", "x" * 1000):
        made = build_version_message(message, RUN)
        assert is_message_of_run(made, RUN)
        assert len(made) <= MAX_MESSAGE_LENGTH + 50
        assert "\n" not in made
    assert build_version_message("Fix\n\n the  P99", RUN) == f"Fix the P99 [run {RUN}]"


def test_a_message_that_only_mentions_a_run_was_not_made_by_it() -> None:
    assert not is_message_of_run(f"undo [run {RUN}] please", RUN)
    assert not is_message_of_run(build_version_message("Fix", build_run_name()), RUN)
