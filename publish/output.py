"""The output folder: written all at once or not at all, and never over what is not ours.

A manifest beside the files remembers what was written, so that a later build can tell its own
files from others', and from its own that a hand has changed since.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError
from tailboard.publish.formats.format import File

MANIFEST = ".tailboard.json"
WAITING = ".tailboard-"
"""How the names of files begin that wait to be put in place."""


@dataclass
class Changes:
    """What became of the files, by their paths within the output folder."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def stale(self) -> list[str]:
        """What a build would write or remove."""
        return sorted([*self.written, *self.removed])


class Output:
    """Files on their way into a folder: added one by one, put in place together.

    What is added waits in a temporary file beside its place, so that memory does not grow with
    the number of files. With `check`, nothing is written at all.
    """

    def __init__(
        self, root: Path, *, maker: str = "build", check: bool = False, force: bool = False
    ) -> None:
        _check_maker(root, maker)
        self.root = root
        self.maker = maker
        self.check = check
        self.force = force
        self.changes = Changes()
        self._known = known_files(root)
        self._new: dict[str, str] = {}
        self._waiting: dict[str, Path] = {}
        self._made: list[Path] = []
        self._there: set[Path] = set()
        self._refused: list[str] = []

    def add(self, file: File) -> None:
        """Compare a file with what is there, and let it wait if it differs."""
        name, hashed = str(file.path), _hash(file.content)
        there = self._current(name)
        self._new[name] = hashed
        if there == hashed:
            self.changes.unchanged.append(name)
            return
        if there is not None and there not in self._known.get(name, ()):
            self._refused.append(name)
        self.changes.written.append(name)
        if not self.check:
            self._stage(name, file.content)

    def commit(self) -> Changes:
        """Put all in place, and take away what an earlier build wrote and this one did not."""
        obsolete = [name for name in self._known if name not in self._new]
        self.changes.removed = [
            name for name in obsolete if self._current(name) in self._known[name]
        ]
        if self.check:
            return self.changes
        if self._refused and not self.force:
            self.discard()
            raise OutputError(
                f"{_several(self._refused)} in {self.root} changed since tailboard wrote it, "
                "or never was tailboard's; nothing was written",
                tip="keep what you need of it elsewhere, then run it again with --force.",
            )
        self._put_in_place()
        return self.changes

    def discard(self) -> None:
        """Forget what waits; the folder is as it was."""
        for path in self._waiting.values():
            path.unlink(missing_ok=True)
        self._waiting.clear()
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):  # it holds what was put in place
                folder.rmdir()
        self._made.clear()

    def _sweep(self) -> None:
        """Remove what a build that was killed left waiting."""
        waiting = {path.name for path in self._waiting.values()}
        for folder in {(self.root / name).parent for name in self._new} | {self.root}:
            for path in folder.glob(f"{WAITING}*"):
                if path.name not in waiting:
                    path.unlink(missing_ok=True)

    def _put_in_place(self) -> None:
        self._sweep()
        if not self.changes.stale and self._known == {k: [v] for k, v in self._new.items()}:
            return
        try:
            # Both states are known until the end, so that a build that is killed can be repeated.
            both = {name: [*self._known.get(name, []), it] for name, it in self._new.items()}
            _write_manifest(self.root, self.maker, {**self._known, **both})
            for name, path in self._waiting.items():
                path.replace(self.root / name)
            for name in self.changes.removed:
                (self.root / name).unlink()
                _remove_empty(self.root, PurePosixPath(name).parent)
            known = {name: [hashed] for name, hashed in self._new.items()}
            _write_manifest(self.root, self.maker, known)
        except OSError as error:
            raise self._cannot_write(error) from error
        finally:
            self.discard()

    def _stage(self, name: str, content: bytes) -> None:
        folder = (self.root / name).parent
        try:
            self._make(folder)
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=WAITING)
            self._waiting[name] = path = Path(temporary)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            path.chmod(0o644)
        except OSError as error:
            raise self._cannot_write(error) from error

    def _make(self, folder: Path) -> None:
        """Make a folder, and remember which folders were not there before."""
        if folder in self._there:
            return
        self._there.add(folder)
        self._made += reversed([it for it in (folder, *folder.parents) if not it.exists()])
        folder.mkdir(parents=True, exist_ok=True)

    def _current(self, name: str) -> str | None:
        """The hash of what is on disk, None where nothing is."""
        try:
            return _hash((self.root / name).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise OutputError(
                f"cannot read {self.root / name}: {error.strerror}",
                tip="look at its permissions, or choose another folder with --out.",
            ) from error

    def _cannot_write(self, error: OSError) -> OutputError:
        self.discard()
        if isinstance(error, FileExistsError | NotADirectoryError):
            return OutputError(
                f"cannot write to {self.root}: {error.filename} is not a folder",
                tip="move it away, or choose another folder with --out.",
            )
        return OutputError(
            f"cannot write to {self.root}: {error.strerror}",
            tip="look at its permissions and the free space, or choose another folder with --out.",
        )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check_maker(root: Path, maker: str) -> None:
    """Refuse the folder of another command: each is the whole truth of its own."""
    try:
        there = str(json.loads((root / MANIFEST).read_text("utf-8"))["generator"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # `known_files` tells what is wrong with it
    if there not in {"tailboard", f"tailboard {maker}"}:
        raise OutputError(
            f"{root} holds what `{there}` wrote, and this command would remove it",
            tip="choose another folder with --out.",
        )


def known_files(root: Path) -> dict[str, list[str]]:
    """The hashes that each of our files may have; nothing where there is no manifest."""
    try:
        files = json.loads((root / MANIFEST).read_text("utf-8"))["files"]
        return {_within(name): [str(it) for it in hashes] for name, hashes in files.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(
            f"cannot read {root / MANIFEST}, which remembers what tailboard wrote there",
            tip="restore it from version control, or delete it and build with --force.",
        ) from error


def _within(name: str) -> str:
    """The name itself, if it does not lead out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(name)
    return name


def _write_manifest(root: Path, maker: str, files: dict[str, list[str]]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    content = {"files": dict(sorted(files.items())), "generator": f"tailboard {maker}"}
    handle, temporary = tempfile.mkstemp(dir=root, prefix=WAITING)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(content, indent=1) + "\n")
        path.chmod(0o644)
        path.replace(root / MANIFEST)
    finally:
        path.unlink(missing_ok=True)


def _remove_empty(root: Path, folder: PurePosixPath) -> None:
    """Remove the folders that a removed file leaves empty."""
    for parent in (folder, *folder.parents):
        if parent == PurePosixPath():
            return
        with contextlib.suppress(OSError):
            (root / parent).rmdir()


def _several(names: Iterable[str]) -> str:
    ordered = sorted(names)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} and {len(ordered) - 1} more"
