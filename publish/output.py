"""The output folder: written all at once or not at all, and never over what is not ours.

A manifest beside the files remembers what was written, so that a later build can tell its own
files from others', and from its own that a hand has changed since.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tailboard.publish.errors import OutputError
from tailboard.publish.formats.format import File
from tailboard.publish.manifest import (
    MANIFEST_NAME,
    TEMPORARY_PREFIX,
    read_generator,
    read_manifest,
)


@dataclass
class OutputChanges:
    """What became of the files, by their paths within the output folder."""

    written_files: list[str] = field(default_factory=list)
    unchanged_files: list[str] = field(default_factory=list)
    removed_files: list[str] = field(default_factory=list)

    @property
    def stale_files(self) -> list[str]:
        """What a build would write or remove."""
        return sorted([*self.written_files, *self.removed_files])


class Output:
    """Files on their way into a folder: added one by one, put in place together.

    What is added waits in a temporary file beside its place, so that memory does not grow with
    the number of files. The folder is locked from the first file until the commit: of two builds
    at once, the second raises `OutputError`. With `check`, nothing is written at all.
    """

    def __init__(
        self, root: Path, *, command: str = "build", check: bool = False, force: bool = False
    ) -> None:
        _check_generator(root, command)
        self.root = root
        self.command = command
        self.check = check
        self.force = force
        self.changes = OutputChanges()
        self._manifest_hashes = read_manifest(root)
        self._new_hashes: dict[str, str] = {}
        self._temporary_files: dict[str, Path] = {}
        self._new_folders: list[Path] = []
        self._checked_folders: set[Path] = set()
        self._conflicts: list[str] = []
        self._lock_descriptor: int | None = None

    def add(self, file: File) -> None:
        """Compare a file with what is there, and let it wait if it differs."""
        self._lock_folder()
        name, new_hash = str(file.path), _hash_content(file.content)
        current_hash = self._read_current_hash(name)
        self._new_hashes[name] = new_hash
        if current_hash == new_hash:
            self.changes.unchanged_files.append(name)
            return
        if current_hash is not None and current_hash not in self._manifest_hashes.get(name, ()):
            self._conflicts.append(name)
        self.changes.written_files.append(name)
        if not self.check:
            self._stage_file(name, file.content)

    def commit(self) -> OutputChanges:
        """Put all in place, and take away what an earlier build wrote and this one did not."""
        try:
            if self.root.exists():
                self._lock_folder()
            return self._commit_files()
        finally:
            self._unlock_folder()

    def _commit_files(self) -> OutputChanges:
        obsolete_names = [name for name in self._manifest_hashes if name not in self._new_hashes]
        self.changes.removed_files = [
            name
            for name in obsolete_names
            if self._read_current_hash(name) in self._manifest_hashes[name]
        ]
        if self.check:
            return self.changes
        if self._conflicts and not self.force:
            self.discard()
            raise OutputError(
                f"{_format_names(self._conflicts)} in {self.root} changed since tailboard wrote "
                "it, or never was tailboard's; nothing was written",
                tip="keep what you need of it elsewhere, then run it again with --force.",
            )
        self._install_files()
        return self.changes

    def discard(self) -> None:
        """Remove the temporary files and the folders that were made for them."""
        for path in self._temporary_files.values():
            path.unlink(missing_ok=True)
        self._temporary_files.clear()
        for folder in reversed(self._new_folders):
            with contextlib.suppress(OSError):  # it holds what was put in place
                folder.rmdir()
        self._new_folders.clear()
        self._unlock_folder()

    def _lock_folder(self) -> None:
        """Lock the folder for this build, once, and read again what a build before it wrote."""
        if self.check or self._lock_descriptor is not None:
            return
        try:
            while self._lock_descriptor is None:
                self._create_folder(self.root)
                self._lock_descriptor = open_locked(self.root)
                self._checked_folders.clear()
        except BlockingIOError as error:
            self._new_folders.clear()  # the other build writes there
            raise OutputError(
                f"another build writes to {self.root} now; nothing was written",
                tip="wait until it has ended, or choose another folder with --out.",
            ) from error
        except OSError as error:
            raise self._build_write_error(error) from error
        self._manifest_hashes = read_manifest(self.root)

    def _unlock_folder(self) -> None:
        if self._lock_descriptor is not None:
            os.close(self._lock_descriptor)
            self._lock_descriptor = None

    def _remove_leftovers(self) -> None:
        """Remove what a build that was killed left waiting."""
        temporary_names = {path.name for path in self._temporary_files.values()}
        for folder in {(self.root / name).parent for name in self._new_hashes} | {self.root}:
            for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
                if path.name not in temporary_names:
                    path.unlink(missing_ok=True)

    def _install_files(self) -> None:
        self._remove_leftovers()
        if not self.changes.stale_files and self._manifest_hashes == {
            name: [new_hash] for name, new_hash in self._new_hashes.items()
        }:
            return
        try:
            # Both states are known until the end, so that a build that is killed can be repeated.
            transition_hashes = {
                name: [*self._manifest_hashes.get(name, []), new_hash]
                for name, new_hash in self._new_hashes.items()
            }
            _write_manifest(self.root, self.command, {**self._manifest_hashes, **transition_hashes})
            for name in list(self._temporary_files):
                self._temporary_files[name].replace(self.root / name)
                del self._temporary_files[name]
            for name in self.changes.removed_files:
                (self.root / name).unlink()
                _remove_empty_folders(self.root, PurePosixPath(name).parent)
            final_hashes = {name: [new_hash] for name, new_hash in self._new_hashes.items()}
            _write_manifest(self.root, self.command, final_hashes)
        except OSError as error:
            raise self._build_write_error(error) from error
        finally:
            self.discard()

    def _stage_file(self, name: str, content: bytes) -> None:
        folder = (self.root / name).parent
        try:
            self._create_folder(folder)
            path = self._temporary_files[name] = _choose_temporary_path(folder)
            _create_file(path, content)
        except OSError as error:
            raise self._build_write_error(error) from error

    def _create_folder(self, folder: Path) -> None:
        """Make a folder, and remember which folders were not there before."""
        if folder in self._checked_folders:
            return
        self._checked_folders.add(folder)
        self._new_folders += reversed(
            [parent for parent in (folder, *folder.parents) if not parent.exists()]
        )
        folder.mkdir(parents=True, exist_ok=True)

    def _read_current_hash(self, name: str) -> str | None:
        """The hash of what is on disk, None where nothing is."""
        try:
            return _hash_content((self.root / name).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise OutputError(
                f"{self.root / name} cannot be read: {error.strerror}",
                tip="look at its permissions, or choose another folder with --out.",
            ) from error

    def _build_write_error(self, error: OSError) -> OutputError:
        self.discard()
        if isinstance(error, FileExistsError | NotADirectoryError):
            return OutputError(
                f"{self.root} cannot be written: {error.filename} is not a folder",
                tip="move it away, or choose another folder with --out.",
            )
        return OutputError(
            f"{self.root} cannot be written: {error.strerror}",
            tip="look at its permissions and the free space, or choose another folder with --out.",
        )


def open_locked(folder: Path) -> int | None:
    """A descriptor of a folder, which locks it until it is closed or the process ends.

    None where the folder was removed meanwhile; raises `BlockingIOError` where another process has
    locked it. File systems without locks, and Windows, are written to without one.
    """
    try:
        import fcntl
    except ImportError:
        return os.open(os.devnull, os.O_RDONLY)
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), folder.stat()):
            return descriptor
    except BlockingIOError:
        os.close(descriptor)
        raise
    except FileNotFoundError:
        pass
    except OSError:
        return descriptor
    os.close(descriptor)
    return None


def _hash_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check_generator(root: Path, command: str) -> None:
    """Refuse the folder of another command, which owns all files in it."""
    generator = read_generator(root)
    if generator and generator not in {"tailboard", f"tailboard {command}"}:
        raise OutputError(
            f"{root} holds what `{generator}` wrote, and this command would remove it",
            tip="choose another folder with --out.",
        )


def _write_manifest(root: Path, command: str, hashes: dict[str, list[str]]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    content = {"files": dict(sorted(hashes.items())), "generator": f"tailboard {command}"}
    path = _choose_temporary_path(root)
    try:
        _create_file(path, f"{json.dumps(content, indent=1)}\n".encode())
        path.replace(root / MANIFEST_NAME)
    finally:
        path.unlink(missing_ok=True)


def _choose_temporary_path(folder: Path) -> Path:
    """A path that no other build chooses; `tempfile` would import much for it."""
    return folder / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}"


def _create_file(path: Path, content: bytes) -> None:
    """Write a new file that everybody can read, as Grafana's provisioning does."""
    with path.open("xb") as stream:
        stream.write(content)
    path.chmod(0o644)


def _remove_empty_folders(root: Path, folder: PurePosixPath) -> None:
    """Remove the folders that a removed file leaves empty."""
    for parent in (folder, *folder.parents):
        if parent == PurePosixPath():
            return
        with contextlib.suppress(OSError):
            (root / parent).rmdir()


def _format_names(names: Iterable[str]) -> str:
    sorted_names = sorted(names)
    return (
        sorted_names[0]
        if len(sorted_names) == 1
        else f"{sorted_names[0]} and {len(sorted_names) - 1} more"
    )
