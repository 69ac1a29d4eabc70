"""The output folder: all or nothing, and never what is not ours."""

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tailboard.publish.errors import OutputError
from tailboard.publish.formats import File
from tailboard.publish.manifest import MANIFEST_NAME
from tailboard.publish.output import Output
from tests.workspace import GOOD_DEFINITION, CommandResult, Workspace, list_contents

DOCUMENT = "dist/dashboards/good.json"

DASHBOARDS_DEFINITION = """
from tailboard.dashboards import Dashboard
dashboards = [Dashboard(title, description="{words}") for title in {titles}]
"""


def format_definition(*titles: str, words: str = "first") -> str:
    """A definition of dashboards with these titles."""
    return DASHBOARDS_DEFINITION.format(titles=list(titles), words=words)


def check_refusal(run: CommandResult, *words: str) -> None:
    """One clear error: exit code 2, a way out and no traceback."""
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    assert "Tip: " in run.stderr
    for word in words:
        assert word in run.stderr


# What is unchanged, stale, obsolete


def test_what_is_unchanged_is_not_touched(built_workspace: Workspace) -> None:
    before = built_workspace.read_state()
    run = built_workspace.run_build("good.py", "--json")
    assert (run.json["written"], run.json["unchanged"]) == ([], 1)
    assert built_workspace.read_state() == before


def test_only_what_changed_is_written(workspace: Workspace) -> None:
    workspace.write_file("a.py", format_definition("A"))
    workspace.write_file("b.py", format_definition("B"))
    workspace.run_build("a.py", "b.py")
    before = workspace.read_state()
    workspace.write_file("b.py", format_definition("B", words="second"))
    run = workspace.run_build("a.py", "b.py", "--json")
    assert run.json["written"] == ["dashboards/b.json"]
    assert workspace.read_state()["dist/dashboards/a.json"] == before["dist/dashboards/a.json"]
    assert workspace.read_document("b")["description"] == "second"


def test_what_an_earlier_build_wrote_is_removed_when_nothing_makes_it(workspace: Workspace) -> None:
    workspace.write_file("boards.py", format_definition("A", "B"))
    workspace.run_build("boards.py")
    workspace.write_file("boards.py", format_definition("B"))
    run = workspace.run_build("boards.py", "--json")
    assert run.json["removed"] == ["dashboards/a.json"]
    assert workspace.list_uids() == {"b"}


def test_a_folder_that_a_removed_file_leaves_empty_is_removed(built_workspace: Workspace) -> None:
    built_workspace.run_build("good.py", "--format", "provisioning")
    assert not (built_workspace.root / "dist/dashboards").exists()
    built_workspace.run_build("good.py")
    assert not (built_workspace.root / "dist/provisioning").exists()


def test_a_folder_with_somebody_elses_file_stays(built_workspace: Workspace) -> None:
    foreign = built_workspace.write_file("dist/dashboards/by-hand.json", "{}")
    built_workspace.run_build("good.py", "--format", "import")
    assert foreign.read_text() == "{}"
    assert built_workspace.list_uids() == {"by-hand"}


def test_an_obsolete_file_that_a_hand_has_changed_stays(workspace: Workspace) -> None:
    workspace.write_file("boards.py", format_definition("A", "B"))
    workspace.run_build("boards.py")
    edited = workspace.write_file("dist/dashboards/a.json", '{"edited": true}')
    workspace.write_file("boards.py", format_definition("B"))
    assert workspace.run_build("boards.py", "--json").json["removed"] == []
    assert edited.read_text() == '{"edited": true}'


def test_a_file_of_ours_that_is_gone_is_written_again(built_workspace: Workspace) -> None:
    before = list_contents(built_workspace.read_state())
    (built_workspace.root / DOCUMENT).unlink()
    built_workspace.run_build("good.py")
    assert list_contents(built_workspace.read_state()) == before


def test_the_output_folder_may_be_gone_but_for_its_manifest(built_workspace: Workspace) -> None:
    before = list_contents(built_workspace.read_state())
    shutil.rmtree(built_workspace.root / "dist/dashboards")
    built_workspace.run_build("good.py")
    assert list_contents(built_workspace.read_state()) == before


# What is not ours


def test_a_file_that_a_hand_has_changed_is_refused_without_force(
    built_workspace: Workspace,
) -> None:
    built_workspace.write_file(DOCUMENT, '{"edited": true}')
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard("build", "good.py")
    check_refusal(run, "dashboards/good.json", "nothing was written", "--force")
    assert built_workspace.read_state() == before


def test_a_file_that_never_was_ours_is_refused_without_force(workspace: Workspace) -> None:
    workspace.write_file("boards.py", format_definition("A", "B"))
    foreign = workspace.write_file("dist/dashboards/b.json", "{}")
    run = workspace.run_tailboard("build", "boards.py")
    check_refusal(run, "dashboards/b.json", "--force")
    assert foreign.read_text() == "{}"
    assert workspace.list_uids() == {"b"}
    assert not workspace.list_temporary_files()


def test_several_refused_files_are_counted(workspace: Workspace) -> None:
    workspace.write_file("boards.py", format_definition("A", "B", "C"))
    for name in "abc":
        workspace.write_file(f"dist/dashboards/{name}.json", "{}")
    check_refusal(workspace.run_tailboard("build", "boards.py"), "dashboards/a.json and 2 more")


def test_force_overwrites_what_a_hand_has_changed(built_workspace: Workspace) -> None:
    before = list_contents(built_workspace.read_state())
    built_workspace.write_file(DOCUMENT, '{"edited": true}')
    built_workspace.run_build("good.py", "--force")
    assert list_contents(built_workspace.read_state()) == before
    built_workspace.run_build("good.py")


def test_a_change_by_hand_to_just_what_a_build_makes_is_no_conflict(workspace: Workspace) -> None:
    workspace.write_file("boards.py", format_definition("A", words="second"))
    workspace.run_build("boards.py", "--out", "other")
    workspace.write_file("boards.py", format_definition("A"))
    workspace.run_build("boards.py")
    shutil.copy("other/dashboards/a.json", "dist/dashboards/a.json")
    workspace.write_file("boards.py", format_definition("A", words="second"))
    assert workspace.run_build("boards.py", "--json").json["unchanged"] == 1


# --check


def test_check_finds_nothing_to_complain_about_after_a_build(built_workspace: Workspace) -> None:
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard("build", "good.py", "--check")
    assert run.exit_code == 0
    assert built_workspace.read_state() == before


@pytest.mark.parametrize("formats", [("api",), ("import", "provisioning")])
def test_check_complains_about_what_is_missing(
    formats: tuple[str, ...], workspace: Workspace
) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    options = [argument for name in formats for argument in ("--format", name)]
    run = workspace.run_tailboard("build", "good.py", "--check", *options)
    assert run.exit_code == 1
    assert "good.json" in run.stderr
    assert not (workspace.root / "dist").exists()


def test_check_complains_about_what_is_stale(built_workspace: Workspace) -> None:
    built_workspace.write_file("good.py", GOOD_DEFINITION.replace("world", "changed"))
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard("build", "good.py", "--check")
    assert run.exit_code == 1
    assert DOCUMENT in run.stderr
    assert "without --check" in run.stderr
    assert built_workspace.read_state() == before


def test_check_complains_about_what_is_obsolete(built_workspace: Workspace) -> None:
    built_workspace.write_file("other.py", format_definition("Other"))
    built_workspace.run_build("good.py", "other.py")
    before = built_workspace.read_state()
    run = built_workspace.run_tailboard("build", "other.py", "--check")
    assert run.exit_code == 1
    assert f"obsolete  {DOCUMENT}" in run.stderr
    assert built_workspace.read_state() == before


def test_check_complains_about_a_change_by_hand(built_workspace: Workspace) -> None:
    built_workspace.write_file(DOCUMENT, "{}")
    before = built_workspace.read_state()
    assert built_workspace.run_tailboard("build", "good.py", "--check").exit_code == 1
    assert built_workspace.read_state() == before


def test_check_of_a_broken_definition_is_a_mistake_and_not_a_difference(
    built_workspace: Workspace,
) -> None:
    built_workspace.write_file("broken.py", "1 / 0")
    assert built_workspace.run_tailboard("build", "good.py", "broken.py", "--check").exit_code == 2


# What goes wrong half way


def fail_at_replacement(nth: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the nth file that is put in place fail."""
    real: Callable[..., Path] = Path.replace
    calls = iter(range(1, 1000))

    def replace(self: Path, target: Path) -> Path:
        if next(calls) == nth:
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.fixture
def changed_workspace(workspace: Workspace) -> Workspace:
    """Three dashboards that were built, of which two have changed and one is obsolete."""
    workspace.write_file("boards.py", format_definition("A", "B", "C"))
    workspace.run_build("boards.py")
    workspace.write_file("boards.py", format_definition("B", "C", "D", words="second"))
    return workspace


def check_whole_files(workspace: Workspace) -> None:
    """Every document is the first one or the second one, and not a part of either."""
    for path in (workspace.root / "dist/dashboards").glob("*.json"):
        assert json.loads(path.read_bytes())["description"] in {"first", "second"}


def check_next_build(workspace: Workspace) -> None:
    """Without --force, as if nothing had happened."""
    workspace.run_build("boards.py")
    assert workspace.list_uids() == {"b", "c", "d"}
    for uid in "bcd":
        assert workspace.read_document(uid)["description"] == "second"
    assert workspace.run_tailboard("build", "boards.py", "--check").exit_code == 0


@pytest.mark.parametrize("nth", range(1, 6))
def test_a_build_that_cannot_go_on_leaves_whole_files_and_can_be_repeated(
    nth: int, changed_workspace: Workspace
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        fail_at_replacement(nth, OSError(28, "No space left on device"), monkeypatch)
        run = changed_workspace.run_tailboard("build", "boards.py")
    check_refusal(run, "dist", "No space left on device", "--out")
    assert not changed_workspace.list_temporary_files()
    check_whole_files(changed_workspace)
    check_next_build(changed_workspace)


def test_a_build_that_cannot_begin_leaves_everything_as_it_was(
    changed_workspace: Workspace,
) -> None:
    before = changed_workspace.read_state()
    with pytest.MonkeyPatch.context() as monkeypatch:
        fail_at_replacement(1, OSError(28, "No space left on device"), monkeypatch)
        changed_workspace.run_tailboard("build", "boards.py")
    assert changed_workspace.read_state() == before


@pytest.mark.parametrize("nth", range(1, 6))
def test_a_build_that_is_interrupted_leaves_whole_files_and_can_be_repeated(
    nth: int, changed_workspace: Workspace
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        fail_at_replacement(nth, KeyboardInterrupt(), monkeypatch)
        run = changed_workspace.run_tailboard("build", "boards.py")
    assert run.exit_code == 130
    assert not changed_workspace.list_temporary_files()
    check_whole_files(changed_workspace)
    check_next_build(changed_workspace)


KILLED_PROGRAM = """
    import os, sys
    from pathlib import Path
    from tailboard.cli.main import main

    real, calls = Path.replace, iter(range(1, 1000))

    def replace(self, target):
        if next(calls) == int(sys.argv[1]):
            os._exit(9)
        return real(self, target)

    Path.replace = replace
    main(["build", "boards.py"])
"""


@pytest.mark.parametrize("nth", [1, 3, 5])
def test_a_build_that_is_killed_can_be_repeated(nth: int, changed_workspace: Workspace) -> None:
    assert changed_workspace.run_process(str(nth), program=KILLED_PROGRAM).exit_code == 9
    check_whole_files(changed_workspace)
    check_next_build(changed_workspace)


def test_after_a_killed_build_an_older_definition_can_be_built(
    changed_workspace: Workspace,
) -> None:
    assert changed_workspace.run_process("3", program=KILLED_PROGRAM).exit_code == 9
    changed_workspace.write_file("boards.py", format_definition("A", words="first"))
    changed_workspace.run_build("boards.py")
    assert changed_workspace.list_uids() == {"a"}
    assert changed_workspace.read_document("a")["description"] == "first"


FULL_DISK_PROGRAM = """
    import resource, sys
    from tailboard.cli.main import run

    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    sys.argv[1:] = ["build", "boards.py", "big.py"]
    run()
"""


def test_a_full_disk_leaves_everything_as_it_was(changed_workspace: Workspace) -> None:
    changed_workspace.write_file("big.py", format_definition("Big", words="x" * 4000))
    before = changed_workspace.read_state()
    run = changed_workspace.run_process(program=FULL_DISK_PROGRAM)
    check_refusal(run, "dist cannot be written", "File too large", "free space", "--out")
    assert changed_workspace.read_state() == before


READ_ONLY_PROGRAM = """
    import os, sys, tempfile
    from tailboard.cli.main import main

    assert main(["build", "boards.py", "--check"]) == 1  # imports what else a build needs
    if os.getuid() == 0:
        os.seteuid(65534)  # root may write anywhere
    sys.exit(main(["build", "boards.py"]))
"""


@pytest.fixture
def shared_workspace(capsys: pytest.CaptureFixture[str]) -> Iterator[Workspace]:
    """A workshop whose parents anybody may enter, unlike pytest's own folders."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Workspace(Path(folder), capsys)


def test_a_read_only_folder_stays_as_it_was(shared_workspace: Workspace) -> None:
    workshop = shared_workspace
    workshop.write_file("boards.py", format_definition("A"))
    assert workshop.run_process("build", "boards.py").exit_code == 0
    workshop.write_file("boards.py", format_definition("A", words="second"))
    folders = [workshop.root / "dist", workshop.root / "dist/dashboards"]
    for folder in folders:
        folder.chmod(0o555)
    before = workshop.read_state()
    run = workshop.run_process(program=READ_ONLY_PROGRAM)
    assert workshop.read_state() == before
    for folder in folders:
        folder.chmod(0o755)
    check_refusal(run, "dist cannot be written", "Permission denied", "permissions", "--out")


# What is in the way


@pytest.mark.parametrize(
    ("out", "in_the_way"),
    [
        ("good.py/below", "good.py"),
        ("/dev/null/below", "/dev/null"),
        ("/proc/nowhere", "/proc/nowhere"),
        ("broken-link", "broken-link"),
    ],
)
def test_an_output_that_cannot_be_a_folder_is_one_clear_error(
    out: str, in_the_way: str, built_workspace: Workspace
) -> None:
    (built_workspace.root / "broken-link").symlink_to("nowhere")
    before = built_workspace.read_state(".")
    check_refusal(
        built_workspace.run_tailboard("build", "good.py", "--out", out), in_the_way, "--out"
    )
    assert built_workspace.read_state(".") == before


def test_an_output_that_is_a_file_is_wrong_usage(built_workspace: Workspace) -> None:
    run = built_workspace.run_tailboard("build", "good.py", "--out", "good.py")
    assert run.exit_code == 2
    assert "'good.py' is a file" in run.stderr
    assert (built_workspace.root / "good.py").is_file()


def test_a_file_in_the_way_of_a_folder_is_named(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    foreign = workspace.write_file("dist/dashboards", "mine")
    check_refusal(
        workspace.run_tailboard("build", "good.py"), "dist/dashboards is not a folder", "move it"
    )
    assert foreign.read_text() == "mine"


def test_a_folder_in_the_way_of_a_file_is_named(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    (workspace.root / DOCUMENT).mkdir(parents=True)
    before = workspace.read_state()
    check_refusal(workspace.run_tailboard("build", "good.py", "--force"), DOCUMENT, "--out")
    assert workspace.read_state() == before


def test_an_output_that_is_a_link_to_a_folder_is_followed(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    (workspace.root / "real").mkdir()
    (workspace.root / "dist").symlink_to("real")
    workspace.run_build("good.py")
    assert (workspace.root / "dist").is_symlink()
    assert (workspace.root / "real/dashboards/good.json").is_file()


def test_everybody_may_read_what_is_written(built_workspace: Workspace) -> None:
    for path in (built_workspace.root / DOCUMENT, built_workspace.root / "dist" / MANIFEST_NAME):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


# The manifest


@pytest.mark.parametrize(
    "content",
    [
        "not JSON",
        "",
        "[]",
        "{}",
        '{"files": 5}',
        '{"files": {"dashboards/good.json": 5}}',
        '{"files": {"../good.py": ["x"]}}',
        '{"files": {"/etc/passwd": ["x"]}}',
        '{"files": {"": ["x"]}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_manifest_that_cannot_be_read_is_one_clear_error(
    content: str | bytes, built_workspace: Workspace
) -> None:
    built_workspace.write_file(f"dist/{MANIFEST_NAME}", content)
    before = built_workspace.read_state()
    check_refusal(built_workspace.run_tailboard("build", "good.py"), MANIFEST_NAME, "--force")
    assert built_workspace.read_state() == before


def test_a_manifest_that_names_a_file_elsewhere_removes_nothing(built_workspace: Workspace) -> None:
    remembered: dict[str, Any] = json.loads(
        (built_workspace.root / "dist" / MANIFEST_NAME).read_text()
    )
    outside = built_workspace.write_file(
        "dist2/dashboards/good.json", (built_workspace.root / DOCUMENT).read_bytes()
    )
    hashes = remembered["files"]["dashboards/good.json"]
    remembered["files"]["../dist2/dashboards/good.json"] = hashes
    built_workspace.write_file(f"dist/{MANIFEST_NAME}", json.dumps(remembered))
    check_refusal(built_workspace.run_tailboard("build", "good.py"))
    assert outside.exists()


def test_without_a_manifest_what_is_the_same_is_taken_for_ours(built_workspace: Workspace) -> None:
    before = list_contents(built_workspace.read_state())
    (built_workspace.root / "dist" / MANIFEST_NAME).unlink()
    built_workspace.run_build("good.py")
    assert list_contents(built_workspace.read_state()) == before


# The class itself


def build_file(name: str, content: bytes = b"content") -> File:
    return File(PurePosixPath(name), content)


def test_nothing_is_in_place_before_the_commit(tmp_path: Path) -> None:
    output = Output(tmp_path / "out")
    output.add(build_file("a/b.json"))
    assert not (tmp_path / "out/a/b.json").exists()
    assert output.commit().written_files == ["a/b.json"]
    assert (tmp_path / "out/a/b.json").read_bytes() == b"content"


def test_a_check_needs_no_room_for_what_it_compares(tmp_path: Path) -> None:
    output = Output(tmp_path / "out", check=True)
    output.add(build_file("a/b.json"))
    assert not list(tmp_path.iterdir())
    assert output.commit().stale_files == ["a/b.json"]


def test_an_interrupted_commit_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Output(tmp_path)
    for name in "abc":
        output.add(build_file(f"{name}.json"))
    fail_at_replacement(3, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        output.commit()
    assert {path.name for path in tmp_path.iterdir()} == {MANIFEST_NAME, "a.json"}


def test_what_is_discarded_leaves_no_trace(tmp_path: Path) -> None:
    output = Output(tmp_path / "out/deep")
    for name in ("a/b.json", "a/c/d.json", "e.json"):
        output.add(build_file(name))
    output.discard()
    assert not list(tmp_path.iterdir())


def test_a_discarded_build_keeps_the_folders_that_were_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    output = Output(tmp_path / "out")
    output.add(build_file("a/b.json"))
    output.discard()
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_what_is_on_disk_but_unreadable_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("a.json")
    with pytest.raises(OutputError, match=r"a\.json"):
        Output(tmp_path).add(build_file("a.json"))


def test_a_link_in_the_output_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious.json"
    precious.write_bytes(b"mine")
    root = tmp_path / "out"
    root.mkdir()
    (root / "a.json").symlink_to(precious)
    output = Output(root, force=True)
    output.add(build_file("a.json"))
    output.commit()
    assert precious.read_bytes() == b"mine"
    assert (root / "a.json").read_bytes() == b"content"


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot lock folders")
def test_of_two_builds_at_once_the_second_is_refused(tmp_path: Path) -> None:
    first, second = Output(tmp_path / "out"), Output(tmp_path / "out")
    first.add(build_file("a.json"))
    with pytest.raises(OutputError, match="another build writes to"):
        second.add(build_file("b.json"))
    second.discard()
    with pytest.raises(OutputError, match="another build writes to"):
        second.commit()
    assert first.commit().written_files == ["a.json"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {MANIFEST_NAME, "a.json"}


def test_a_build_knows_what_another_one_wrote_after_it_began(tmp_path: Path) -> None:
    first, second = Output(tmp_path / "out"), Output(tmp_path / "out")
    first.add(build_file("a.json"))
    first.commit()
    second.add(build_file("a.json", b"new"))
    second.add(build_file("b.json"))
    assert second.commit().written_files == ["a.json", "b.json"]


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot lock folders")
def test_builds_at_once_end_well_or_say_so(workspace: Workspace) -> None:
    for number in range(5):
        workspace.write_file(
            f"many/d{number}.json", f'{{"title": "D{number}", "uid": "d{number}", "panels": []}}'
        )
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: workspace.run_process("build", "many"), range(3)))
    for run in runs:
        assert run.exit_code == 0 or "another build writes to dist now" in run.stderr
    assert any(run.exit_code == 0 for run in runs)
    assert workspace.list_uids() == {f"d{number}" for number in range(5)}
    assert not workspace.list_temporary_files()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_stdout_is_one_clear_error(built_workspace: Workspace) -> None:
    program = (
        "from tailboard.cli.main import run; import os; os.dup2(os.open('/dev/full', 1), 1); run()"
    )
    run = built_workspace.run_process("build", "good.py", "--json", program=program)
    assert run.exit_code == 2
    assert "No space left on device" in run.stderr
    assert "Traceback" not in run.stderr
    assert built_workspace.list_uids() == {"good"}


def test_what_a_killed_build_left_waiting_is_swept_away(workspace: Workspace) -> None:
    workspace.write_file("good.py", GOOD_DEFINITION)
    assert workspace.run_build("good.py").exit_code == 0
    leftover = workspace.write_file("dist/dashboards/.tailboard-left", "half")
    assert workspace.run_build("good.py").exit_code == 0
    assert not leftover.exists()
