"""What a published version says of itself."""

import subprocess
from pathlib import Path

import pytest

from tailboard.publish.grafana.commit import DEFAULT_MESSAGE, read_commit_message

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def folder_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder below which no repository and no settings of git are found."""
    for name in ("GITHUB_SHA", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@example.com")


def commit_folder(folder: Path, message: bytes) -> None:
    """A repository with one commit."""
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-F", "-"]):
        subprocess.run(["git", *command], cwd=folder, input=message, check=True)


def test_the_commit_and_its_subject_are_the_message(tmp_path: Path) -> None:
    commit_folder(tmp_path, b"Show P99\n\nAnd more.\n")
    short, _, subject = read_commit_message(tmp_path).partition(" ")
    assert len(short) >= 7
    assert subject == "Show P99"


def test_a_folder_within_a_repository_has_its_commit(tmp_path: Path) -> None:
    commit_folder(tmp_path, b"Show P99")
    (tmp_path / "deep").mkdir()
    assert read_commit_message(tmp_path / "deep").endswith("Show P99")


def test_a_subject_in_any_bytes_is_a_message(tmp_path: Path) -> None:
    commit_folder(tmp_path, "订单 ".encode() + b"\xff")
    assert "订单" in read_commit_message(tmp_path)


def test_a_git_that_speaks_another_encoding_is_read_all_the_same(tmp_path: Path) -> None:
    commit_folder(tmp_path, "Füge P99 hinzu".encode())
    command = ["git", "config", "i18n.logOutputEncoding", "iso-8859-1"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert read_commit_message(tmp_path).endswith("ge P99 hinzu")


def test_without_a_repository_ci_knows_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SHA", SHA)
    assert read_commit_message(tmp_path) == SHA[:12]


@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_without_git_there_is_a_message_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    commit_folder(tmp_path, b"Show P99")
    monkeypatch.setenv("PATH", path)
    assert read_commit_message(tmp_path) == DEFAULT_MESSAGE


def test_a_repository_without_a_commit_has_the_plain_message(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert read_commit_message(tmp_path) == DEFAULT_MESSAGE


def test_a_folder_that_is_gone_has_the_plain_message(tmp_path: Path) -> None:
    assert read_commit_message(tmp_path / "gone") == DEFAULT_MESSAGE
