"""The output folder: all or nothing, and never what is not ours."""

import json
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tailboard.publish.errors import OutputError
from tailboard.publish.formats import File
from tailboard.publish.output import MANIFEST_NAME, Output
from tests.publish.workshop import GOOD, Run, Workshop, files

DOCUMENT = "dist/dashboards/good.json"

BOARDS = """
from tailboard.dashboards import Dashboard
dashboards = [Dashboard(title, description="{words}") for title in {titles}]
"""


def boards(*titles: str, words: str = "first") -> str:
    """A definition of dashboards with these titles."""
    return BOARDS.format(titles=list(titles), words=words)


def refused(run: Run, *words: str) -> None:
    """One clear error: exit code 2, a way out and no traceback."""
    assert run.code == 2
    assert "Traceback" not in run.said
    assert "Tip: " in run.err
    for word in words:
        assert word in run.err


# What is unchanged, stale, obsolete


def test_what_is_unchanged_is_not_touched(good: Workshop) -> None:
    before = good.state()
    run = good.build("good.py", "--json")
    assert (run.json["written"], run.json["unchanged"]) == ([], 1)
    assert good.state() == before


def test_only_what_changed_is_written(workshop: Workshop) -> None:
    workshop.write("a.py", boards("A"))
    workshop.write("b.py", boards("B"))
    workshop.build("a.py", "b.py")
    before = workshop.state()
    workshop.write("b.py", boards("B", words="second"))
    run = workshop.build("a.py", "b.py", "--json")
    assert run.json["written"] == ["dashboards/b.json"]
    assert workshop.state()["dist/dashboards/a.json"] == before["dist/dashboards/a.json"]
    assert workshop.document("b")["description"] == "second"


def test_what_an_earlier_build_wrote_is_removed_when_nothing_makes_it(workshop: Workshop) -> None:
    workshop.write("boards.py", boards("A", "B"))
    workshop.build("boards.py")
    workshop.write("boards.py", boards("B"))
    run = workshop.build("boards.py", "--json")
    assert run.json["removed"] == ["dashboards/a.json"]
    assert workshop.uids() == {"b"}


def test_a_folder_that_a_removed_file_leaves_empty_is_removed(good: Workshop) -> None:
    good.build("good.py", "--format", "provisioning")
    assert not (good.root / "dist/dashboards").exists()
    good.build("good.py")
    assert not (good.root / "dist/provisioning").exists()


def test_a_folder_with_somebody_elses_file_stays(good: Workshop) -> None:
    foreign = good.write("dist/dashboards/by-hand.json", "{}")
    good.build("good.py", "--format", "import")
    assert foreign.read_text() == "{}"
    assert good.uids() == {"by-hand"}


def test_an_obsolete_file_that_a_hand_has_changed_stays(workshop: Workshop) -> None:
    workshop.write("boards.py", boards("A", "B"))
    workshop.build("boards.py")
    edited = workshop.write("dist/dashboards/a.json", '{"edited": true}')
    workshop.write("boards.py", boards("B"))
    assert workshop.build("boards.py", "--json").json["removed"] == []
    assert edited.read_text() == '{"edited": true}'


def test_a_file_of_ours_that_is_gone_is_written_again(good: Workshop) -> None:
    before = files(good.state())
    (good.root / DOCUMENT).unlink()
    good.build("good.py")
    assert files(good.state()) == before


def test_the_output_folder_may_be_gone_but_for_its_manifest(good: Workshop) -> None:
    before = files(good.state())
    shutil.rmtree(good.root / "dist/dashboards")
    good.build("good.py")
    assert files(good.state()) == before


# What is not ours


def test_a_file_that_a_hand_has_changed_is_refused_without_force(good: Workshop) -> None:
    good.write(DOCUMENT, '{"edited": true}')
    before = good.state()
    run = good.tailboard("build", "good.py")
    refused(run, "dashboards/good.json", "nothing was written", "--force")
    assert good.state() == before


def test_a_file_that_never_was_ours_is_refused_without_force(workshop: Workshop) -> None:
    workshop.write("boards.py", boards("A", "B"))
    foreign = workshop.write("dist/dashboards/b.json", "{}")
    run = workshop.tailboard("build", "boards.py")
    refused(run, "dashboards/b.json", "--force")
    assert foreign.read_text() == "{}"
    assert workshop.uids() == {"b"}
    assert not workshop.temporary()


def test_several_refused_files_are_counted(workshop: Workshop) -> None:
    workshop.write("boards.py", boards("A", "B", "C"))
    for name in "abc":
        workshop.write(f"dist/dashboards/{name}.json", "{}")
    refused(workshop.tailboard("build", "boards.py"), "dashboards/a.json and 2 more")


def test_force_overwrites_what_a_hand_has_changed(good: Workshop) -> None:
    before = files(good.state())
    good.write(DOCUMENT, '{"edited": true}')
    good.build("good.py", "--force")
    assert files(good.state()) == before
    good.build("good.py")


def test_a_change_by_hand_to_just_what_a_build_makes_is_no_conflict(workshop: Workshop) -> None:
    workshop.write("boards.py", boards("A", words="second"))
    workshop.build("boards.py", "--out", "other")
    workshop.write("boards.py", boards("A"))
    workshop.build("boards.py")
    shutil.copy("other/dashboards/a.json", "dist/dashboards/a.json")
    workshop.write("boards.py", boards("A", words="second"))
    assert workshop.build("boards.py", "--json").json["unchanged"] == 1


# --check


def test_check_finds_nothing_to_complain_about_after_a_build(good: Workshop) -> None:
    before = good.state()
    run = good.tailboard("build", "good.py", "--check")
    assert run.code == 0
    assert good.state() == before


@pytest.mark.parametrize("formats", [("api",), ("import", "provisioning")])
def test_check_complains_about_what_is_missing(
    formats: tuple[str, ...], workshop: Workshop
) -> None:
    workshop.write("good.py", GOOD)
    chosen = [it for name in formats for it in ("--format", name)]
    run = workshop.tailboard("build", "good.py", "--check", *chosen)
    assert run.code == 1
    assert "good.json" in run.err
    assert not (workshop.root / "dist").exists()


def test_check_complains_about_what_is_stale(good: Workshop) -> None:
    good.write("good.py", GOOD.replace("world", "changed"))
    before = good.state()
    run = good.tailboard("build", "good.py", "--check")
    assert run.code == 1
    assert DOCUMENT in run.err
    assert "without --check" in run.err
    assert good.state() == before


def test_check_complains_about_what_is_obsolete(good: Workshop) -> None:
    good.write("other.py", boards("Other"))
    good.build("good.py", "other.py")
    before = good.state()
    run = good.tailboard("build", "other.py", "--check")
    assert run.code == 1
    assert f"obsolete  {DOCUMENT}" in run.err
    assert good.state() == before


def test_check_complains_about_a_change_by_hand(good: Workshop) -> None:
    good.write(DOCUMENT, "{}")
    before = good.state()
    assert good.tailboard("build", "good.py", "--check").code == 1
    assert good.state() == before


def test_check_of_a_broken_definition_is_a_mistake_and_not_a_difference(good: Workshop) -> None:
    good.write("broken.py", "1 / 0")
    assert good.tailboard("build", "good.py", "broken.py", "--check").code == 2


# What goes wrong half way


def failing_at(nth: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the nth file that is put in place fail."""
    real: Callable[..., Path] = Path.replace
    calls = iter(range(1, 1000))

    def replace(self: Path, target: Path) -> Path:
        if next(calls) == nth:
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.fixture
def changed(workshop: Workshop) -> Workshop:
    """Three dashboards that were built, of which two have changed and one is obsolete."""
    workshop.write("boards.py", boards("A", "B", "C"))
    workshop.build("boards.py")
    workshop.write("boards.py", boards("B", "C", "D", words="second"))
    return workshop


def assert_each_file_is_whole(workshop: Workshop) -> None:
    """Every document is the first one or the second one, and not a part of either."""
    for path in (workshop.root / "dist/dashboards").glob("*.json"):
        assert json.loads(path.read_bytes())["description"] in {"first", "second"}


def assert_the_next_build_completes(workshop: Workshop) -> None:
    """Without --force, as if nothing had happened."""
    workshop.build("boards.py")
    assert workshop.uids() == {"b", "c", "d"}
    for uid in "bcd":
        assert workshop.document(uid)["description"] == "second"
    assert workshop.tailboard("build", "boards.py", "--check").code == 0


@pytest.mark.parametrize("nth", range(1, 6))
def test_a_build_that_cannot_go_on_leaves_whole_files_and_can_be_repeated(
    nth: int, changed: Workshop
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        failing_at(nth, OSError(28, "No space left on device"), monkeypatch)
        run = changed.tailboard("build", "boards.py")
    refused(run, "dist", "No space left on device", "--out")
    assert not changed.temporary()
    assert_each_file_is_whole(changed)
    assert_the_next_build_completes(changed)


def test_a_build_that_cannot_begin_leaves_everything_as_it_was(changed: Workshop) -> None:
    before = changed.state()
    with pytest.MonkeyPatch.context() as monkeypatch:
        failing_at(1, OSError(28, "No space left on device"), monkeypatch)
        changed.tailboard("build", "boards.py")
    assert changed.state() == before


@pytest.mark.parametrize("nth", range(1, 6))
def test_a_build_that_is_interrupted_leaves_whole_files_and_can_be_repeated(
    nth: int, changed: Workshop
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        failing_at(nth, KeyboardInterrupt(), monkeypatch)
        run = changed.tailboard("build", "boards.py")
    assert run.code == 130
    assert not changed.temporary()
    assert_each_file_is_whole(changed)
    assert_the_next_build_completes(changed)


KILLED = """
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
def test_a_build_that_is_killed_can_be_repeated(nth: int, changed: Workshop) -> None:
    assert changed.child(str(nth), program=KILLED).code == 9
    assert_each_file_is_whole(changed)
    assert_the_next_build_completes(changed)


def test_after_a_killed_build_an_older_definition_can_be_built(changed: Workshop) -> None:
    assert changed.child("3", program=KILLED).code == 9
    changed.write("boards.py", boards("A", words="first"))
    changed.build("boards.py")
    assert changed.uids() == {"a"}
    assert changed.document("a")["description"] == "first"


FULL = """
    import resource, sys
    from tailboard.cli.main import run

    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    sys.argv[1:] = ["build", "boards.py", "big.py"]
    run()
"""


def test_a_full_disk_leaves_everything_as_it_was(changed: Workshop) -> None:
    changed.write("big.py", boards("Big", words="x" * 4000))
    before = changed.state()
    run = changed.child(program=FULL)
    refused(run, "cannot write to dist", "File too large", "free space", "--out")
    assert changed.state() == before


READ_ONLY = """
    import os, sys
    from tailboard.cli.main import main

    assert main(["build", "boards.py", "--check"]) == 1  # imports all that a build needs
    if os.getuid() == 0:
        os.seteuid(65534)  # root may write anywhere
    sys.exit(main(["build", "boards.py"]))
"""


@pytest.fixture
def open_to_all(capsys: pytest.CaptureFixture[str]) -> Iterator[Workshop]:
    """A workshop whose parents anybody may enter, unlike pytest's own folders."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Workshop(Path(folder), capsys)


def test_a_read_only_folder_stays_as_it_was(open_to_all: Workshop) -> None:
    workshop = open_to_all
    workshop.write("boards.py", boards("A"))
    assert workshop.child("build", "boards.py").code == 0
    workshop.write("boards.py", boards("A", words="second"))
    folders = [workshop.root / "dist", workshop.root / "dist/dashboards"]
    for folder in folders:
        folder.chmod(0o555)
    before = workshop.state()
    run = workshop.child(program=READ_ONLY)
    assert workshop.state() == before
    for folder in folders:
        folder.chmod(0o755)
    refused(run, "cannot write to dist", "Permission denied", "permissions", "--out")


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
    out: str, in_the_way: str, good: Workshop
) -> None:
    (good.root / "broken-link").symlink_to("nowhere")
    before = good.state(".")
    refused(good.tailboard("build", "good.py", "--out", out), in_the_way, "--out")
    assert good.state(".") == before


def test_an_output_that_is_a_file_is_wrong_usage(good: Workshop) -> None:
    run = good.tailboard("build", "good.py", "--out", "good.py")
    assert run.code == 2
    assert "'good.py' is a file" in run.err
    assert (good.root / "good.py").is_file()


def test_a_file_in_the_way_of_a_folder_is_named(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    foreign = workshop.write("dist/dashboards", "mine")
    refused(workshop.tailboard("build", "good.py"), "dist/dashboards is not a folder", "move it")
    assert foreign.read_text() == "mine"


def test_a_folder_in_the_way_of_a_file_is_named(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    (workshop.root / DOCUMENT).mkdir(parents=True)
    before = workshop.state()
    refused(workshop.tailboard("build", "good.py", "--force"), DOCUMENT, "--out")
    assert workshop.state() == before


def test_an_output_that_is_a_link_to_a_folder_is_followed(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    (workshop.root / "real").mkdir()
    (workshop.root / "dist").symlink_to("real")
    workshop.build("good.py")
    assert (workshop.root / "dist").is_symlink()
    assert (workshop.root / "real/dashboards/good.json").is_file()


def test_everybody_may_read_what_is_written(good: Workshop) -> None:
    for path in (good.root / DOCUMENT, good.root / "dist" / MANIFEST_NAME):
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
    content: str | bytes, good: Workshop
) -> None:
    good.write(f"dist/{MANIFEST_NAME}", content)
    before = good.state()
    refused(good.tailboard("build", "good.py"), MANIFEST_NAME, "--force")
    assert good.state() == before


def test_a_manifest_that_names_a_file_elsewhere_removes_nothing(good: Workshop) -> None:
    remembered: dict[str, Any] = json.loads((good.root / "dist" / MANIFEST_NAME).read_text())
    outside = good.write("dist2/dashboards/good.json", (good.root / DOCUMENT).read_bytes())
    hashes = remembered["files"]["dashboards/good.json"]
    remembered["files"]["../dist2/dashboards/good.json"] = hashes
    good.write(f"dist/{MANIFEST_NAME}", json.dumps(remembered))
    refused(good.tailboard("build", "good.py"))
    assert outside.exists()


def test_without_a_manifest_what_is_the_same_is_taken_for_ours(good: Workshop) -> None:
    before = files(good.state())
    (good.root / "dist" / MANIFEST_NAME).unlink()
    good.build("good.py")
    assert files(good.state()) == before


# The class itself


def file(name: str, content: bytes = b"content") -> File:
    return File(PurePosixPath(name), content)


def test_nothing_is_in_place_before_the_commit(tmp_path: Path) -> None:
    output = Output(tmp_path / "out")
    output.add(file("a/b.json"))
    assert not (tmp_path / "out/a/b.json").exists()
    assert output.commit().written_files == ["a/b.json"]
    assert (tmp_path / "out/a/b.json").read_bytes() == b"content"


def test_a_check_needs_no_room_for_what_it_compares(tmp_path: Path) -> None:
    output = Output(tmp_path / "out", check=True)
    output.add(file("a/b.json"))
    assert not list(tmp_path.iterdir())
    assert output.commit().stale_files == ["a/b.json"]


def test_an_interrupted_commit_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Output(tmp_path)
    for name in "abc":
        output.add(file(f"{name}.json"))
    failing_at(3, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        output.commit()
    assert {path.name for path in tmp_path.iterdir()} == {MANIFEST_NAME, "a.json"}


def test_what_is_discarded_leaves_no_trace(tmp_path: Path) -> None:
    output = Output(tmp_path / "out/deep")
    for name in ("a/b.json", "a/c/d.json", "e.json"):
        output.add(file(name))
    output.discard()
    assert not list(tmp_path.iterdir())


def test_a_discarded_build_keeps_the_folders_that_were_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    output = Output(tmp_path / "out")
    output.add(file("a/b.json"))
    output.discard()
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_what_is_on_disk_but_unreadable_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("a.json")
    with pytest.raises(OutputError, match=r"a\.json"):
        Output(tmp_path).add(file("a.json"))


def test_a_link_in_the_output_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious.json"
    precious.write_bytes(b"mine")
    root = tmp_path / "out"
    root.mkdir()
    (root / "a.json").symlink_to(precious)
    output = Output(root, force=True)
    output.add(file("a.json"))
    output.commit()
    assert precious.read_bytes() == b"mine"
    assert (root / "a.json").read_bytes() == b"content"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_stdout_is_one_clear_error(good: Workshop) -> None:
    program = (
        "from tailboard.cli.main import run; import os; os.dup2(os.open('/dev/full', 1), 1); run()"
    )
    run = good.child("build", "good.py", "--json", program=program)
    assert run.code == 2
    assert "No space left on device" in run.err
    assert "Traceback" not in run.err
    assert good.uids() == {"good"}


def test_what_a_killed_build_left_waiting_is_swept_away(workshop: Workshop) -> None:
    workshop.write("good.py", GOOD)
    assert workshop.build("good.py").code == 0
    left = workshop.write("dist/dashboards/.tailboard-left", "half")
    assert workshop.build("good.py").code == 0
    assert not left.exists()
