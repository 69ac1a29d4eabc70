"""The reports of runs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tailboard.publish.errors import OutputError, TailboardError
from tailboard.publish.grafana.api import Stored, Wanted
from tailboard.publish.grafana.folders import Folder
from tailboard.publish.grafana.item import DashboardItem, FolderItem, Plan, State
from tailboard.publish.grafana.marker import marked
from tailboard.publish.grafana.outcome import Outcome, Result
from tailboard.publish.grafana.run import (
    FOLDER,
    LONGEST_MESSAGE,
    MOST_KEPT,
    Before,
    Runs,
    checked_run,
    is_noted,
    new_run,
    noted,
)
from tests.publish.grafana.documents import orders

RUN = "20261120-184800-3fa2c1"
SERVER = "https://grafana.example.com"
NEW = marked(orders(), "shop", "here")
OLD = marked({**orders(), "title": "Old"}, "shop", "there")
CREATED = DashboardItem(
    "new", "Orders", State.CREATE, wanted=Wanted("new", NEW, "here", "shop"), folder="here"
)
UPDATED = DashboardItem(
    "orders",
    "Orders",
    State.UPDATE,
    wanted=Wanted("orders", NEW, "here", "shop"),
    stored=Stored("orders", OLD, "there"),
)
DELETED = DashboardItem("gone", "Gone", State.ORPHAN, stored=Stored("gone", OLD, "there"))
MADE = FolderItem("here", "Here", State.CREATE, wanted=Folder("here", "Here"))
PLAN = Plan((MADE,), (CREATED, DELETED, UPDATED))


def all_done(plan: Plan = PLAN) -> list[Outcome]:
    """Everything went well."""
    return [Outcome(it, Result.DONE) for it in plan.items]


def report_of(folder: Path, run: str = RUN) -> Any:
    """What is known of a run, which must be known."""
    found = Runs(folder).report(run)
    assert found
    return found


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    runs.begin(RUN, PLAN, SERVER, "shop")
    runs.end(RUN, PLAN, SERVER, "shop", all_done())
    found = report_of(tmp_path)
    assert (found.run, found.server, found.owner) == (RUN, SERVER, "shop")
    touched = {it.uid: it.before for it in found.dashboards}
    before = Before(OLD, "there")
    assert touched == {"new": None, "gone": before, "orders": before}
    assert [(it.uid, it.title) for it in found.folders] == [("here", "Here")]


def test_a_run_that_was_killed_knows_all_that_it_may_have_touched(tmp_path: Path) -> None:
    Runs(tmp_path).begin(RUN, PLAN, SERVER, "shop")
    assert {it.uid for it in report_of(tmp_path).dashboards} == {"new", "gone", "orders"}
    assert {it.uid for it in report_of(tmp_path).folders} == {"here"}


@pytest.mark.parametrize("result", [Result.FAILED, Result.STOPPED, Result.SKIPPED, Result.KEPT])
def test_what_a_run_did_not_do_is_not_undone(tmp_path: Path, result: Result) -> None:
    outcomes = [Outcome(it, result) for it in PLAN.items]
    Runs(tmp_path).end(RUN, PLAN, SERVER, "shop", outcomes)
    assert report_of(tmp_path).dashboards == report_of(tmp_path).folders == ()


def test_the_checksum_tells_what_was_published_and_is_empty_for_what_was_deleted(
    tmp_path: Path,
) -> None:
    Runs(tmp_path).end(RUN, PLAN, SERVER, "shop", all_done())
    checksums = {it.uid: it.checksum for it in report_of(tmp_path).dashboards}
    assert checksums["orders"]
    assert checksums["gone"] == ""


def test_the_oldest_runs_are_forgotten(tmp_path: Path) -> None:
    names = [f"202601{day:02}-000000-aaaaaa" for day in range(1, MOST_KEPT + 4)]
    runs = Runs(tmp_path)
    other = tmp_path / FOLDER / "notes.json"
    for name in names:
        runs.begin(name, PLAN, SERVER, "shop")
        runs.end(name, PLAN, SERVER, "shop", all_done())
    other.write_text("kept")
    runs.end(names[-1], PLAN, SERVER, "shop", all_done())
    kept = sorted(it.name for it in (tmp_path / FOLDER).iterdir())
    assert kept == [*(f"{it}.json" for it in names[-MOST_KEPT:]), other.name]


def test_a_run_that_nobody_knows_is_none(tmp_path: Path) -> None:
    assert Runs(tmp_path / "nowhere").report(RUN) is None


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
    path = tmp_path / FOLDER / f"{RUN}.json"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(TailboardError, match="cannot be read") as error:
        Runs(tmp_path).report(RUN)
    assert str(path) in error.value.problem
    assert "move it away" in error.value.tip


def test_a_state_folder_that_is_a_file_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as error:
        Runs(tmp_path / "state").begin(RUN, PLAN, SERVER, "shop")
    assert "--state" in error.value.tip


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        Runs(tmp_path).begin(RUN, PLAN, SERVER, "shop")


def test_no_half_written_report_is_left_beside_the_whole_one(tmp_path: Path) -> None:
    Runs(tmp_path).end(RUN, PLAN, SERVER, "shop", all_done())
    assert [it.name for it in (tmp_path / FOLDER).iterdir()] == [f"{RUN}.json"]
    assert json.loads((tmp_path / FOLDER / f"{RUN}.json").read_bytes())["run"] == RUN


def test_a_new_run_has_a_name_of_its_own_that_is_known_as_one() -> None:
    names = {new_run() for _ in range(50)}
    assert len(names) == 50
    assert {checked_run(it) for it in names} == names


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
        checked_run(name)
    assert RUN in error.value.tip


def test_a_message_names_its_run_however_long_it_is() -> None:
    for message in ("", "Fix\n\n the  P99", "x" * 1000):
        made = noted(message, RUN)
        assert is_noted(made, RUN)
        assert len(made) <= LONGEST_MESSAGE + 50
        assert "\n" not in made
    assert noted("Fix\n\n the  P99", RUN) == f"Fix the P99 [run {RUN}]"


def test_a_message_that_only_mentions_a_run_was_not_made_by_it() -> None:
    assert not is_noted(f"undo [run {RUN}] please", RUN)
    assert not is_noted(noted("Fix", new_run()), RUN)
