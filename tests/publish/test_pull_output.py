"""Writing what was pulled."""

import os
from pathlib import Path, PurePosixPath

import pytest

from tailboard.publish import pull_output
from tailboard.publish.errors import OutputError

ORDERS_PATH = PurePosixPath("orders.json")
QUEUE_PATH = PurePosixPath("queue.json")


def test_files_are_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "deep/pulled"
    assert pull_output.write_files(folder, {ORDERS_PATH: b"1"}, force=False) == [
        str(folder / ORDERS_PATH)
    ]
    assert [path.name for path in folder.iterdir()] == ["orders.json"]
    assert (folder / ORDERS_PATH).read_bytes() == b"1"


def test_a_file_that_says_the_same_stays_as_it_is(tmp_path: Path) -> None:
    pull_output.write_files(tmp_path, {ORDERS_PATH: b"1"}, force=False)
    before = (tmp_path / ORDERS_PATH).stat().st_ino
    assert pull_output.write_files(tmp_path, {ORDERS_PATH: b"1"}, force=False) == []
    assert (tmp_path / ORDERS_PATH).stat().st_ino == before


def test_a_file_that_says_something_else_stops_everything(tmp_path: Path) -> None:
    (tmp_path / ORDERS_PATH).write_bytes(b"mine")
    with pytest.raises(OutputError, match="would be overwritten") as error:
        pull_output.write_files(tmp_path, {QUEUE_PATH: b"2", ORDERS_PATH: b"1"}, force=False)
    assert "--force" in error.value.tip
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"orders.json": b"mine"}


@pytest.mark.parametrize("mine", [b'{"spec": {}}', b'{"panels": []}', b"", b" \n"])
def test_a_dashboard_that_says_something_else_is_overwritten_by_force(
    tmp_path: Path, mine: bytes
) -> None:
    (tmp_path / ORDERS_PATH).write_bytes(mine)
    pull_output.write_files(tmp_path, {ORDERS_PATH: b"1"}, force=True)
    assert (tmp_path / ORDERS_PATH).read_bytes() == b"1"


@pytest.mark.parametrize("mine", [b'{"name": "shop"}', b"mine", b"[]", b"[" * 10**5, b"\xff"])
def test_a_file_that_is_no_dashboard_is_not_overwritten_even_by_force(
    tmp_path: Path, mine: bytes
) -> None:
    package = PurePosixPath("package.json")
    (tmp_path / package).write_bytes(mine)
    with pytest.raises(OutputError, match=r"package\.json holds no dashboard"):
        pull_output.write_files(tmp_path, {QUEUE_PATH: b"2", package: b"1"}, force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"package.json": mine}


@pytest.mark.parametrize(
    "name",
    [
        *("../orders.json", "/orders.json", "a/orders.json", "..", ".", "", "../../x/../y"),
        *(
            ".tailboard.json",
            "..\\x.json",
            "\x1b]0;x\x07.json",
            "a b.json",
            "CON.json",
            "lpt1.json",
        ),
        *("a\0.json", "ü.json", "orders"),
    ],
)
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "pulled"
    with pytest.raises(OutputError, match="cannot be the name of a file"):
        pull_output.write_files(folder, {ORDERS_PATH: b"1", PurePosixPath(name): b"2"}, force=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_a_file_is_told(tmp_path: Path, force: bool) -> None:
    (tmp_path / "pulled").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as error:
        pull_output.write_files(tmp_path / "pulled", {ORDERS_PATH: b"1"}, force=force)
    assert "--out" in error.value.tip


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ORDERS_PATH).mkdir()
    with pytest.raises(OutputError, match=r"orders\.json cannot be written"):
        pull_output.write_files(tmp_path, {ORDERS_PATH: b"1"}, force=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        pull_output.write_files(tmp_path, {ORDERS_PATH: b"1"}, force=False)
